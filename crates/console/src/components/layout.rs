//! The frame around every page.
use maud::{DOCTYPE, Markup, html};
use school::Right;

use crate::{assets, staff::Staff};

/// The pages of the menu, with the right that each demands.
static MENU: &[(&str, &str, Right)] = &[
    ("Today", "/today", Right::SeeToday),
    ("Concerns", "/concerns", Right::SeeConcerns),
    ("Activity", "/activity", Right::SeeActivity),
    ("Explain", "/explain", Right::ExplainDecisions),
    ("Profiles", "/profiles", Right::SeeRules),
    ("Lists", "/lists", Right::SeeLists),
    ("Audit", "/audit", Right::SeeAudit),
];

/// Where someone with these rights lands after signing in.
pub(crate) fn home(staff: &Staff) -> &'static str {
    MENU.iter().find(|(_, _, right)| staff.rights.has(*right)).map_or("/account", |(_, path, _)| path)
}

/// A page for someone who has signed in. `here` is the path of its place in the menu.
pub(crate) fn page(staff: &Staff, here: &str, title: &str, content: &Markup) -> Markup {
    let menu = html! {
        nav.sg-menu aria-label="Menu" {
            ul.sg-menu__list {
                @for (name, path, _) in MENU.iter().filter(|(_, _, right)| staff.rights.has(*right)) {
                    li { a.sg-menu__link href=(path) aria-current=[(*path == here).then_some("page")] { (name) } }
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
    document(title, Some(staff.school.name.as_str()), &who, &menu, content)
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

fn document(title: &str, school: Option<&str>, who: &Markup, menu: &Markup, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html.govuk-template lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="color-scheme" content="light dark";
                title { (title) " – Schoolgate" }
                link rel="icon" type="image/svg+xml" href=(assets::url("mark.svg"));
                @for url in assets::style_urls() {
                    link rel="stylesheet" href=(url);
                }
            }
            body.govuk-template__body {
                a.govuk-skip-link href="#main" { "Skip to main content" }
                header.sg-header {
                    div.sg-width.sg-header__row {
                        a.sg-brand href="/" {
                            img.sg-brand__mark src=(assets::url("mark.svg")) alt="" width="32" height="32";
                            span.sg-brand__name { "Schoolgate" }
                        }
                        @if let Some(school) = school { span.sg-school { (school) } }
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
