//! Who may come in from a distance, by which way, until when (ACC-22, ACC-23).
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use maud::{Markup, html};
use school::{
    Choice, Id, Person, Right,
    remote::{Authority, RemoteAccess, needs_approval},
    settings::{REMOTE_AUTHORITY, REMOTE_LONGEST, Settings},
};
use store::{StoreError, fresh_id, remote, settings};

use crate::{
    Console,
    components::{
        field::{Input, input, select},
        layout,
        notice::{complaints, empty},
        tag, when,
    },
    failure::Failure,
    fields::Fields,
    pages::guests::new::{line, local, moment},
    people::{Named, People},
    staff::{Reader, Staff},
};

type Complaints = Vec<(&'static str, String)>;

/// All that the page shows.
struct Shown {
    all: Vec<RemoteAccess>,
    people: People,
    chosen: Settings,
    now: Timestamp,
    zone: TimeZone,
    /// The ways in that the gate's configuration names.
    routes: Vec<String>,
}

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let shown = shown(&console, &mut tx, &staff, "").await?;
    let words = format!("{} approvals", shown.all.len());
    drop(tx);
    console.viewed(&staff, "view remote access", &words).await?;
    Ok(page(&staff, &shown, &Fields::default(), &[]))
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    let shown = shown(&console, &mut tx, &staff, fields.get("person")).await?;
    match read(&staff, &fields, &shown) {
        Ok(access) => {
            // Sent twice: it stands already.
            let same = |it: &RemoteAccess| {
                let (one, two) = (&access, it);
                (one.person, &one.need, &one.scope, &one.route, one.from, one.until)
                    == (two.person, &two.need, &two.scope, &two.route, two.from, two.until)
            };
            if !shown.all.iter().any(|it| !it.is_over(by.at) && same(it)) {
                remote::add(&mut tx, &by, &access).await?;
                tx.commit().await?;
            }
            Ok(Redirect::to("/remote").into_response())
        }
        Err(wrong) => Ok((StatusCode::BAD_REQUEST, page(&staff, &shown, &fields, &wrong)).into_response()),
    }
}

pub(crate) async fn end(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let id: Id<RemoteAccess> = id.parse().map_err(|_| Failure::NotFound)?;
    let mut tx = console.db.write().await?;
    let access = remote::get(&mut tx, staff.school.id, id).await?.ok_or(Failure::NotFound)?;
    match remote::end(&mut tx, &by, &access).await {
        // Sent twice, or over meanwhile: it stands as it was wanted.
        Err(StoreError::Stale) => {}
        ended => {
            ended?;
            tx.commit().await?;
        }
    }
    Ok(Redirect::to("/remote").into_response())
}

async fn shown(console: &Console, tx: &mut store::Tx, staff: &Staff, typed: &str) -> Result<Shown, Failure> {
    let school = staff.school.id;
    let all = remote::all(tx, school).await?;
    let mut people = People::typed(tx, school, typed).await?;
    people.learn(tx, school, all.iter().flat_map(|it| [it.person, it.approved_by])).await?;
    Ok(Shown {
        all,
        people,
        chosen: settings::of(tx, school, None).await?,
        now: (console.clock)(),
        zone: console.zone(school),
        routes: (console.in_force)(school)
            .map(|it| it.routes().names().map(ToString::to_string).collect())
            .unwrap_or_default(),
    })
}

fn read(staff: &Staff, fields: &Fields, shown: &Shown) -> Result<RemoteAccess, Complaints> {
    let mut wrong: Complaints = Vec::new();
    let need = line("need", "The need", fields, &mut wrong);
    let scope = line("scope", "The scope", fields, &mut wrong);
    let route = line("route", "The route", fields, &mut wrong);
    if let Some(route) = &route
        && !shown.routes.is_empty()
        && !shown.routes.iter().any(|it| it.eq_ignore_ascii_case(route.as_str()))
    {
        wrong.push(("route", "Choose one of the ways in that the gate knows".to_owned()));
    }
    let person = match shown.people.named() {
        Named::One(it) if needs_approval(it.roles) => Some(it.id),
        Named::One(_) => {
            told(&mut wrong, "person", "Only staff and outside agencies need and get remote access")
        }
        Named::Several(_) => told(&mut wrong, "person", "Several people have that name: write the user name"),
        Named::Nobody | Named::NoSuch => {
            told(&mut wrong, "person", "Write the user name or the full name of one person")
        }
    };
    let from = moment(fields.get("from"), &shown.zone).unwrap_or(shown.now);
    let until = moment(fields.get("until"), &shown.zone);
    let longest = SignedDuration::from_hours(i64::from(shown.chosen.number(&REMOTE_LONGEST)) * 24);
    match until {
        None => wrong.push(("until", "Write when it ends: remote access is never open-ended".to_owned())),
        Some(it) if it <= shown.now || it <= from => {
            wrong.push(("until", "The end must be later than the beginning and than now".to_owned()));
        }
        Some(it) if longest < it.duration_since(from) => {
            let days = longest.as_hours() / 24;
            wrong.push(("until", format!("Remote access lasts at most {days} days (a setting)")));
        }
        Some(_) => {}
    }
    match (person, need, scope, route, until) {
        (Some(person), Some(need), Some(scope), Some(route), Some(until)) if wrong.is_empty() => {
            Ok(RemoteAccess {
                id: fresh_id(shown.now),
                school: staff.school.id,
                person,
                need,
                scope,
                route,
                from,
                until,
                authority: authority(&shown.chosen),
                approved_by: staff.id(),
                approved_at: shown.now,
                ended_at: None,
            })
        }
        _ => Err(wrong),
    }
}

fn told(wrong: &mut Complaints, field: &'static str, words: &str) -> Option<Id<Person>> {
    wrong.push((field, words.to_owned()));
    None
}

fn authority(chosen: &Settings) -> Authority {
    Authority::from_code(&chosen.text(&REMOTE_AUTHORITY)).unwrap_or(Authority::Head)
}

fn page(staff: &Staff, shown: &Shown, fields: &Fields, wrong: &[(&'static str, String)]) -> Markup {
    let all: Vec<_> = wrong.iter().map(|(name, words)| (*name, words.as_str())).collect();
    let (standing, over): (Vec<_>, Vec<_>) = shown.all.iter().partition(|it| !it.is_over(shown.now));
    let content = html! {
        (complaints(&all))
        h1.govuk-heading-l { "Remote access" }
        p.govuk-body.sg-lead {
            "Staff and outside agencies come in from a distance only with an approval in force: for a stated need, by a named \
             way, until a day. The gate asks for it at the addresses that its configuration calls remote."
        }
        h2.govuk-heading-m { "In force and to come" }
        @if standing.is_empty() {
            (empty("Nobody may come in from a distance", "An approval names the person, the need, the way in and the end."))
        } @else {
            (table(staff, "Approvals in force and to come", &standing, shown, true))
        }
        @if staff.rights.has(Right::ApproveRemote) { (form(staff, shown, fields, wrong)) }
        @if !over.is_empty() {
            h2.govuk-heading-m { "Over" }
            (table(staff, "Approvals that are over", &over, shown, false))
        }
    };
    layout::page(staff, "/remote", "Remote access", &content)
}

fn form(staff: &Staff, shown: &Shown, fields: &Fields, wrong: &[(&'static str, String)]) -> Markup {
    let of = |name: &str| wrong.iter().find(|(it, _)| *it == name).map(|(_, words)| words.as_str());
    let text = |name, label, hint| {
        input(&Input { hint, complaint: of(name), ..Input::text(name, label, fields.get(name)) })
    };
    let time = |name, label, value: &str| {
        input(&Input { kind: "datetime-local", complaint: of(name), ..Input::text(name, label, value) })
    };
    let from = local(shown.now, &shown.zone);
    let from = if fields.has("from") { fields.get("from") } else { &from };
    html! {
        section.sg-card {
            h2.sg-card__title { "Approve" }
            form method="post" action="/remote" novalidate {
                (layout::token(staff))
                (text("person", "Who", "User name or full name of one of the staff, or of somebody of an outside agency"))
                (text("need", "Professional need", ""))
                (text("scope", "Scope", "What they reach, and nothing else"))
                @if shown.routes.is_empty() {
                    (text(
                        "route",
                        "Approved way in",
                        "Such as: School VPN. The gate asks for it once its configuration names the addresses of the way in.",
                    ))
                } @else {
                    @let names: Vec<_> = shown.routes.iter().map(|it| (it.clone(), it.clone())).collect();
                    (select("route", "Approved way in", fields.get("route"), &names))
                }
                div.sg-two { (time("from", "From", from)) (time("until", "Until", fields.get("until"))) }
                p.govuk-body { "On the authority of: " strong { (authority(&shown.chosen).label()) } " (a setting)." }
                button.govuk-button type="submit" { "Approve" }
            }
        }
    }
}

fn table(staff: &Staff, caption: &str, all: &[&RemoteAccess], shown: &Shown, ends: bool) -> Markup {
    let may = ends && staff.rights.has(Right::ApproveRemote);
    let mut names = vec!["Who", "Need and scope", "Way in", "From", "Until", "Authority"];
    if may {
        names.push("");
    }
    html! {
        div.sg-scroll {
            table.govuk-table.sg-table {
                caption.govuk-visually-hidden { (caption) }
                thead.govuk-table__head {
                    tr.govuk-table__row {
                        @for name in &names { th.govuk-table__header scope="col" { (name) } }
                    }
                }
                tbody.govuk-table__body {
                    @for it in all {
                        tr.govuk-table__row {
                            td.govuk-table__cell { (shown.people.name(Some(it.person))) }
                            td.govuk-table__cell { (it.need) span.sg-sub { (it.scope) } }
                            td.govuk-table__cell { (it.route) }
                            td.govuk-table__cell.sg-nowrap { (when::full(it.from, &shown.zone)) }
                            td.govuk-table__cell.sg-nowrap {
                                (when::full(it.until, &shown.zone))
                                @if let Some(at) = it.ended_at { span.sg-sub { "taken back " (when::full(at, &shown.zone)) } }
                                @else if it.ends_within(SignedDuration::from_hours(7 * 24), shown.now) {
                                    " " (tag::tag("orange", "Ends soon"))
                                }
                            }
                            td.govuk-table__cell {
                                (it.authority.label())
                                span.sg-sub { "entered by " (shown.people.name(Some(it.approved_by))) }
                            }
                            @if may {
                                td.govuk-table__cell {
                                    form method="post" action={ "/remote/" (it.id) "/end" } {
                                        (layout::token(staff))
                                        button.govuk-button.govuk-button--secondary type="submit" {
                                            "Take back" span.govuk-visually-hidden { " from " (shown.people.name(Some(it.person))) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
