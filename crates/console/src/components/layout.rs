//! The frame around every page.
use maud::{DOCTYPE, Markup, html};
use school::{Right, Role};

use crate::{assets, router::Demand, session, staff::Staff};

/// A part of the menu: its pages stand in a second row where it has more than one for the reader.
struct Part {
    name: &'static str,
    pages: &'static [(&'static str, &'static str, Demand)],
}

const fn may(right: Right) -> Demand {
    Demand::Right(right)
}

static MENU: &[Part] = &[
    Part { name: "Today", pages: &[("Today", "/today", may(Right::SeeToday))] },
    Part { name: "Concerns", pages: &[("Concerns", "/concerns", may(Right::SeeConcerns))] },
    Part {
        name: "Activity",
        pages: &[
            ("Activity", "/activity", may(Right::SeeActivity)),
            ("Explain", "/explain", may(Right::ExplainDecisions)),
        ],
    },
    Part {
        name: "People",
        pages: &[
            ("People", "/people", may(Right::SeePeople)),
            ("From other schools", "/placements", may(Right::SeePeople)),
            ("Young pupils", "/people/cards", Demand::SignedIn),
            ("Class identities", "/people/shared", may(Right::SeePeople)),
            ("Who to ask", "/posts", Demand::SignedIn),
            ("Digests", "/digests", may(Right::SeeToday)),
            ("Access plans", "/plans", may(Right::SeePlans)),
            ("Access register", "/access", may(Right::SeeAccess)),
            ("Rosters", "/roster", may(Right::SeeRoster)),
            ("Leavers", "/leavers", may(Right::SeeRoster)),
        ],
    },
    Part {
        name: "Guests",
        pages: &[
            ("Guests", "/guests", may(Right::SeeGuests)),
            ("Access to approve", "/guests/cases", may(Right::SeeGuests)),
            ("Community users", "/guests/community", may(Right::SeeGuests)),
            ("Remote access", "/remote", may(Right::SeeAccess)),
        ],
    },
    Part {
        name: "Agreements",
        pages: &[
            ("Who has signed", "/agreements", may(Right::SeeAgreements)),
            ("Texts", "/agreements/texts", may(Right::SeeAgreements)),
            ("Given to parents", "/agreements/issued", may(Right::SeeAgreements)),
            ("Class discussions", "/agreements/discussions", may(Right::RecordDiscussions)),
            ("My agreements", "/agreements/mine", Demand::SignedIn),
            ("My children", "/children", Demand::SignedIn),
        ],
    },
    Part {
        name: "Filtering",
        pages: &[("Profiles", "/profiles", may(Right::SeeRules)), ("Lists", "/lists", may(Right::SeeLists))],
    },
    Part { name: "Settings", pages: &[("Settings", "/settings", may(Right::SeeSettings))] },
    Part {
        name: "Trust",
        pages: &[
            ("Schools", "/trust", may(Right::SeeTrust)),
            ("Who has not signed", "/trust/agreements", may(Right::SeeTrust)),
            ("Settings that differ", "/trust/settings", may(Right::SeeTrust)),
            ("Policy", "/trust/rules", may(Right::ManageTrust)),
            ("From other schools", "/trust/placements", may(Right::ManageTrust)),
        ],
    },
    Part {
        name: "Audit",
        pages: &[
            ("Audit", "/audit", may(Right::SeeAudit)),
            ("Security alerts", "/security", may(Right::SeeSecurity)),
        ],
    },
];

impl Part {
    fn of<'a>(&self, staff: &'a Staff) -> impl Iterator<Item = (&'static str, &'static str)> + use<'a> {
        let open = |demand: Demand| demand.right().is_none_or(|right| staff.rights.has(right));
        let is_parent = staff.person.roles.has(Role::Parent);
        // Nobody lands on it, so its demand is not in the table: it only stands in the menu of those who may.
        let makes_cards = staff.rights.has(Right::ResetPupils);
        let theirs = move |path: &str| match path {
            "/children" => is_parent,
            "/people/cards" => makes_cards,
            _ => true,
        };
        let pages = self.pages.iter().filter(move |(_, path, demand)| open(*demand) && theirs(path));
        pages.map(|(name, path, _)| (*name, *path))
    }
}

/// Where someone with these rights lands after signing in.
pub(crate) fn home(staff: &Staff) -> &'static str {
    let rights = |it: &&(&str, &str, Demand)| it.2.right().is_some_and(|right| staff.rights.has(right));
    MENU.iter().flat_map(|it| it.pages).find(rights).map_or_else(
        || if staff.person.roles.has(Role::Parent) { "/children" } else { "/account" },
        |(_, path, _)| *path,
    )
}

/// A page for someone who has signed in. `here` is the path of its place in the menu.
pub(crate) fn page(staff: &Staff, here: &str, title: &str, content: &Markup) -> Markup {
    let parts = || MENU.iter().filter_map(|it| it.of(staff).next().map(|(_, path)| (it, path)));
    let is_here = |part: &Part| part.of(staff).any(|(_, path)| path == here);
    let menu = html! {
        nav.sg-menu aria-label="Menu" {
            ul.sg-menu__list {
                @for (part, path) in parts() {
                    li {
                        // On a page of its own, or of one that lies below it.
                        a.sg-menu__link href=(path) aria-current=[is_here(part).then_some(if path == here { "page" } else { "true" })] { (part.name) }
                    }
                }
            }
            @for (part, _) in parts().filter(|(it, _)| is_here(it) && 1 < it.of(staff).count()) {
                ul.sg-menu__list.sg-menu__list--second aria-label=(part.name) {
                    @for (name, path) in part.of(staff) {
                        li { a.sg-menu__link href=(path) aria-current=[(path == here).then_some("page")] { (name) } }
                    }
                }
            }
        }
    };
    let who = html! {
        div.sg-who {
            a.sg-who__link href="/account" { (staff.person.name) }
            form method="post" action="/sign-out" {
                (token(staff))
                button.sg-who__button type="submit" { "Sign out" }
            }
        }
    };
    document(title, Some(staff), &who, &menu, content)
}

/// Where they act. Who holds roles at several schools always sees the way to another.
fn school(staff: &Staff) -> Markup {
    html! {
        span.sg-school {
            (staff.school.name)
            @if staff.has_choice {
                " " a.sg-school__change href="/acting" { "Change" span.govuk-visually-hidden { " the school you act at" } }
            }
        }
    }
}

/// A page for anyone: signing in, and what goes wrong.
pub(crate) fn bare(title: &str, content: &Markup) -> Markup {
    let content = html! { div.sg-narrow { (content) } };
    document(title, None, &html! {}, &html! {}, &content)
}

/// What every form of a signed-in person carries, so that no other site can send it for them.
pub(crate) fn token(staff: &Staff) -> Markup {
    html! { input type="hidden" name="token" value=(staff.form_token); }
}

/// A little later than the session locks, so that the page that follows finds it locked.
fn idle(staff: &Staff) -> i64 {
    session::idle(&staff.settings).as_secs() + 5
}

fn document(title: &str, staff: Option<&Staff>, who: &Markup, menu: &Markup, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html.govuk-template lang="en-GB" data-idle=[staff.map(idle)] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="color-scheme" content="light dark";
                title { (title) " – Schoolgate" }
                link rel="icon" type="image/svg+xml" href=(assets::url("mark.svg"));
                @for url in assets::style_urls() {
                    link rel="stylesheet" href=(url);
                }
                script src=(assets::url("console.js")) defer {}
                // Without a script, an idle page gives way to the lock by its clock (PWD-06).
                @if let Some(staff) = staff { noscript { meta http-equiv="refresh" content={ (idle(staff)) ";url=/lock" }; } }
            }
            body.govuk-template__body {
                a.govuk-skip-link href="#main" { "Skip to main content" }
                header.sg-header {
                    div.sg-width.sg-header__row {
                        a.sg-brand href="/" {
                            img.sg-brand__mark src=(assets::url("mark.svg")) alt="" width="32" height="32";
                            span.sg-brand__name { "Schoolgate" }
                        }
                        @if let Some(staff) = staff { (school(staff)) }
                        (who)
                    }
                    (menu)
                }
                main.sg-width.sg-main id="main" { (content) }
                footer.sg-footer {
                    div.sg-width {
                        p { "No filter is perfect. Staff supervision still matters, and so does telling someone." }
                    }
                }
            }
        }
    }
}
