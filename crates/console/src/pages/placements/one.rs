use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use school::{Choice, Placement, Stay};
use store::{
    Tx, audit, oversight,
    placements::{self, Kept},
    schools,
};

use super::{OWN, Scope, give, labels, state};
use crate::{
    Console,
    components::{
        layout,
        notice::{Tone, complaints, notice},
        summary::summary,
        when,
    },
    failure::Failure,
    fields::Fields,
    overseen::{self, Complaint},
    staff::{Reader, Staff},
};

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    show(&console, &staff, &Scope::here(&staff), &id, None).await
}

pub(crate) async fn get_trust(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    let scope = Scope::trust(&mut console.db.read().await?, &staff).await?;
    show(&console, &staff, &scope, &id, None).await
}

pub(crate) async fn change(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    save(&console, &staff, &Scope::here(&staff), &id, &fields).await
}

pub(crate) async fn change_trust(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let scope = Scope::trust(&mut console.db.read().await?, &staff).await?;
    save(&console, &staff, &scope, &id, &fields).await
}

pub(crate) async fn end(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    over(&console, &staff, &Scope::here(&staff), &id).await
}

pub(crate) async fn end_trust(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let scope = Scope::trust(&mut console.db.read().await?, &staff).await?;
    over(&console, &staff, &scope, &id).await
}

async fn over(console: &Console, staff: &Staff, scope: &Scope, id: &str) -> Result<Response, Failure> {
    let mut tx = console.db.write().await?;
    let kept = scope.found(&mut tx, id).await?;
    // Sent twice: it has ended already.
    if kept.ended_at.is_none() {
        let by = staff.by(console);
        placements::end(&mut tx, &by, &kept, &format!("ended by {}", by.name)).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("{}/{}", scope.base, kept.placement.id)).into_response())
}

async fn save(
    console: &Console,
    staff: &Staff,
    scope: &Scope,
    id: &str,
    fields: &Fields,
) -> Result<Response, Failure> {
    let by = staff.by(console);
    let mut tx = console.db.write().await?;
    let kept = scope.found(&mut tx, id).await?;
    if kept.is_over(by.at) {
        return Err(Failure::BadRequest(
            "These roles have ended. Give new ones instead. Nothing was changed.",
        ));
    }
    let (before, school) = (&kept.placement, kept.placement.school);
    let mut all: Vec<Complaint> = Vec::new();
    if before.person == staff.id() {
        all.push(("roles", OWN));
    }
    let asked = give::asked(fields, &console.zone(school), &mut all);
    let watched = overseen::read(&mut tx, school, fields, by.at).await?.map_err(|it| all.push(it));
    let is_stale = fields.get("version") != kept.version.to_string();
    if let (Some(asked), Ok(watched), true, false) = (asked, watched, all.is_empty(), is_stale) {
        let stay = Stay { from: before.stay.from, until: asked.stay.until };
        let now = Placement { id: before.id, school, person: before.person, stay, ..asked };
        let refused = give::refusal(&mut tx, &now, &kept.home.person, by.at).await?;
        let limits = oversight::refusal(&mut tx, school, now.person, now.roles, &watched, by.at).await?;
        let trust = overseen::of_trust(staff, before.roles, now.roles);
        let Some(why) = refused.or(trust).or(limits) else {
            placements::change(&mut tx, &by, &kept, &now).await?;
            oversight::set(&mut tx, &by, school, now.person, &watched).await?;
            tx.commit().await?;
            return Ok(Redirect::to(&format!("{}/{}", scope.base, now.id)).into_response());
        };
        all.push(why);
    }
    drop(tx);
    let status = if all.is_empty() { StatusCode::CONFLICT } else { StatusCode::BAD_REQUEST };
    Ok((status, show(console, staff, scope, id, Some((fields, &all))).await?).into_response())
}

/// `typed`: a form that was refused, with what is wrong with it; with nothing wrong, somebody else was first. Looking
/// is written down.
async fn show(
    console: &Console,
    staff: &Staff,
    scope: &Scope,
    id: &str,
    typed: Option<(&Fields, &[Complaint])>,
) -> Result<Markup, Failure> {
    let by = staff.by(console);
    let mut tx = console.db.write().await?;
    let kept = scope.found(&mut tx, id).await?;
    let subject = kept.home.person.username.as_str();
    audit::note(&mut tx, &by, kept.placement.school, "view placement", subject, None, None).await?;
    let filled = filled(&mut tx, &kept, console).await?;
    let names = schools::all(&mut tx).await?;
    tx.commit().await?;
    let (fields, all) = typed.unwrap_or((&filled, &[]));
    let (now, person) = (by.at, &kept.home.person);
    let is_stale = typed.is_some() && all.is_empty();
    let version = if is_stale { kept.version.to_string() } else { fields.get("version").to_owned() };
    let content = html! {
        (complaints(all))
        a.govuk-back-link href=(scope.base) { "From other schools" }
        h1.govuk-heading-l { (person.name) }
        @if is_stale {
            (notice(Tone::Warning, &html! {
                p { "Somebody else changed this while you did. How it stands now is above the form, what you typed is in \
                     it. Save again if you still mean it." }
            }))
        }
        (facts(&kept, console, &names))
        @if !kept.is_over(now) && scope.manages(staff) {
            section.sg-card.sg-form {
                h2.govuk-heading-s { "Change" }
                form method="post" action={ (scope.base) "/" (kept.placement.id) "/change" } novalidate {
                    (layout::token(staff))
                    input type="hidden" name="version" value=(version);
                    (give::questions(fields, all))
                    button.govuk-button type="submit" { "Save" }
                }
            }
            section.sg-card {
                h2.govuk-heading-s { "End" }
                form method="post" action={ (scope.base) "/" (kept.placement.id) "/end" } {
                    (layout::token(staff))
                    p.govuk-body.sg-muted { "Their sessions at this school end at once. Their own account stays as it is." }
                    button.govuk-button.govuk-button--secondary type="submit" { "End these roles" }
                }
            }
        }
    };
    Ok(layout::page(staff, scope.base, person.name.as_str(), &content))
}

fn facts(kept: &Kept, console: &Console, names: &[school::School]) -> Markup {
    let (it, person) = (&kept.placement, &kept.home.person);
    let zone = console.zone(it.school);
    let name = |id| names.iter().find(|it| it.id == id).map_or("", |it| it.name.as_str());
    let mut rows = vec![
        ("Own school", html! { (name(person.school)) }),
        ("Username there", html! { (person.username) }),
        ("Roles held at", html! { (name(it.school)) }),
        ("Roles", html! { (labels(kept)) " " (state(kept, (console.clock)())) }),
        ("From", html! { @if let Some(from) = it.stay.from { (when::full(from, &zone)) } }),
        (
            "Until",
            html! { @match it.stay.until { Some(until) => (when::full(until, &zone)), None => "No end set" } },
        ),
        ("On what grounds", html! { (it.basis) ", given by " (kept.added_by) }),
        ("Signs in at the gate as", html! { (kept.stands().username) }),
    ];
    if let (Some(at), Some(by)) = (kept.ended_at, &kept.ended_by) {
        rows.push(("Ended", html! { (when::full(at, &zone)) " by " (by) }));
    }
    summary(&rows)
}

/// The form as it would have been filled in.
async fn filled(tx: &mut Tx, kept: &Kept, console: &Console) -> Result<Fields, Failure> {
    let it = &kept.placement;
    let zone = console.zone(it.school);
    let until = it.stay.until.map(|it| it.to_zoned(zone).strftime("%Y-%m-%dT%H:%M").to_string());
    let mut all = vec![
        ("version".to_owned(), kept.version.to_string()),
        ("until".to_owned(), until.unwrap_or_default()),
        ("basis".to_owned(), it.basis.to_string()),
        ("here".to_owned(), it.username.as_ref().map(ToString::to_string).unwrap_or_default()),
    ];
    all.extend(it.roles.iter().map(|it| ("roles".to_owned(), it.code().to_owned())));
    let mut fields = Fields::from(all);
    overseen::fill(tx, it.school, it.person, (console.clock)(), &mut fields).await?;
    Ok(fields)
}
