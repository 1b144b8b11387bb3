use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::SignedDuration;
use maud::{Markup, html};
use school::{Id, Line, School, Username};
use store::{StoreError, access, people, plans, plans::Plan};

use crate::{
    Console,
    components::{
        choice::textarea,
        field::{Input, input, select},
        layout,
        notice::complaints,
    },
    failure::Failure,
    fields::Fields,
    search::moment,
    staff::{Reader, Staff},
};

/// A review is at most this far off.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 400);
const MOST_WORDS: usize = 4_000;

pub(crate) async fn get(State(console): State<Console>, staff: Reader, fields: Fields) -> Markup {
    page(&console, &staff, &fields, &[])
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let (school, by) = (staff.school.id, staff.by(&console));
    let mut all = Vec::new();
    let mut tx = console.db.write().await?;
    let person = match fields.get("person").parse::<Username>() {
        Ok(username) => people::by_username(&mut tx, school, &username).await?.map(|it| it.person),
        Err(_) => None,
    };
    if person.is_none() {
        all.push(("person", "Nobody here has this username"));
    }
    let need = fields.get("need");
    if need.is_empty() || MOST_WORDS < need.chars().count() {
        all.push(("need", "Write what they need it for, in at most 4,000 characters"));
    }
    let decided_by = fields.get("decided").parse::<Line>();
    if decided_by.is_err() {
        all.push(("decided", "Write who decided it"));
    }
    let profile = fields.get("profile");
    if !profiles(&console, school).iter().any(|(it, _)| it == profile) {
        all.push(("profile", "Choose a profile of the rules in force"));
    }
    let review_at = moment(fields.get("review"), &console.zone(school)).ok().flatten();
    let review_at = review_at.filter(|it| by.at < *it && it.duration_since(by.at) <= LONGEST);
    if review_at.is_none() {
        all.push(("review", "Choose a day for the review, within the next year"));
    }
    let (Some(person), Ok(decided_by), Some(review_at), true) =
        (person, decided_by, review_at, all.is_empty())
    else {
        return Ok((StatusCode::BAD_REQUEST, page(&console, &staff, &fields, &all)).into_response());
    };
    let plan = Plan {
        id: store::fresh_id(by.at),
        school,
        person: person.id,
        need: need.to_owned(),
        decided_by,
        profile: profile.to_owned(),
        since: by.at,
        review_at,
        ended_at: None,
        version: 1,
    };
    access::close(&mut tx, &by, &person, WHAT, "replaced by a new plan").await?;
    if let Err(why) = plans::make(&mut tx, &by, &plan).await {
        if !matches!(why, StoreError::Stale) {
            return Err(why.into());
        }
        let words =
            "Somebody else made a plan for them at this moment. Look at it; yours, sent again, replaces it";
        let page = page(&console, &staff, &fields, &[("person", words)]);
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    access::give(&mut tx, &by, &person, WHAT, &format!("individual plan, decided by {}", plan.decided_by))
        .await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/plans/{}", plan.id)).into_response())
}

/// As the access register calls it.
pub(super) const WHAT: &str = "Internet: individual access plan";

/// The profiles in force.
fn profiles(console: &Console, school: Id<School>) -> Vec<(String, String)> {
    let Some(in_force) = (console.in_force)(school) else { return Vec::new() };
    let mut names: Vec<String> = in_force.rules().profiles().map(|it| it.name.to_string()).collect();
    names.dedup();
    names.into_iter().map(|it| (it.clone(), it)).collect()
}

fn page(console: &Console, staff: &Staff, fields: &Fields, all: &[(&str, &str)]) -> Markup {
    let complaint = |name: &str| all.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let ask = |name, label, hint, kind| {
        input(&Input { hint, kind, complaint: complaint(name), ..Input::text(name, label, fields.get(name)) })
    };
    let content = html! {
        (complaints(all))
        a.govuk-back-link href="/plans" { "Access plans" }
        h1.govuk-heading-l { "Make an access plan" }
        p.govuk-body.sg-lead { "It replaces the plan they have, if any, and holds at the gate within seconds. Explain says “individual access plan”, never the need." }
        form.sg-panel.sg-form method="post" action="/plans/add" novalidate {
            (layout::token(staff))
            (ask("person", "Username", "Look it up under People", "text"))
            (textarea("need", "The need", "Only those who may see plans read it", complaint("need"), fields.get("need")))
            (ask("decided", "Decided by", "Name and post", "text"))
            (select("profile", "Profile instead of that of their year", fields.get("profile"), &profiles(console, staff.school.id)))
            (ask("review", "Review on", "Staff with plans are reminded then", "datetime-local"))
            button.govuk-button type="submit" { "Make the plan" }
        }
    };
    layout::page(staff, "/plans", "Make an access plan", &content)
}
