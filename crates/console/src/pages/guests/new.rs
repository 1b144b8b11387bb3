use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use maud::{Markup, html};
use school::{
    Choice, Email, Id, Line, Person, Right, Rights, School,
    guest::{Guest, Hours, Kind, Rules, Stage},
};
use store::{StoreError, Tx, fresh_id, guests, jobs, settings};

use crate::{
    Console,
    components::{
        field::{Input, input, select},
        layout,
        notice::complaints,
    },
    failure::Failure,
    fields::Fields,
    people::People,
    staff::{Reader, Staff},
};

type Complaints = Vec<(&'static str, String)>;

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let now = (console.clock)();
    let mut tx = console.db.read().await?;
    let people = answering(&mut tx, staff.school.id).await?;
    let rules = Rules::of(&settings::of(&mut tx, staff.school.id, None).await?);
    let zone = console.zone(staff.school.id);
    let mut fields = fields;
    if !fields.has("from") {
        let end = (now + SignedDuration::from_hours(2)).to_zoned(zone.clone());
        fields.push("from".to_owned(), local(now, &zone));
        fields.push("until".to_owned(), local(end.timestamp(), &zone));
        fields.push("sponsor".to_owned(), staff.id().to_string());
    }
    Ok(page(&staff, &people, &rules, &fields, &[]))
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let school = staff.school.id;
    let zone = console.zone(school);
    let mut tx = console.db.write().await?;
    let people = answering(&mut tx, school).await?;
    let rules = Rules::of(&settings::of(&mut tx, school, None).await?);
    let asked = read(&staff, &fields, &people, by.at, &zone).and_then(|guest| {
        guest.ask(&rules, by.at).map_err(|why| vec![("until", sentence(&why.to_string()))])
    });
    let mut guest = match asked {
        Ok(guest) => guest,
        Err(wrong) => {
            let page = page(&staff, &people, &rules, &fields, &wrong);
            return Ok((StatusCode::BAD_REQUEST, page).into_response());
        }
    };
    // The form sent twice: the second one changes nothing.
    if guests::get(&mut tx, school, guest.id).await?.is_none() {
        if let Err(why) = guests::add(&mut tx, &by, &guest).await {
            if !matches!(why, StoreError::Taken(_)) {
                return Err(why.into());
            }
            // Somebody put the number of another school's guest into the form.
            guest.id = fresh_id(by.at);
            guests::add(&mut tx, &by, &guest).await?;
        }
        if guest.stage == Stage::Requested {
            tell_approvers(&mut tx, &staff, &people, &guest, by.at).await?;
        }
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("/guests/{}", guest.id)).into_response())
}

/// A letter to each who may approve and has an address.
async fn tell_approvers(
    tx: &mut Tx,
    staff: &Staff,
    people: &People,
    guest: &Guest,
    now: Timestamp,
) -> Result<(), Failure> {
    let approvers = people.iter().filter(|it| Rights::of(it.roles).has(Right::ApproveGuests));
    for to in approvers.filter_map(|it| it.email.as_ref()) {
        let letter = format!(
            "{to}\nA guest waits for your approval\n{} asks for access for {} ({}), for: {}.\n\nRead it and decide in \
             Schoolgate, under Guests.\n\n{}",
            staff.person.name,
            guest.name,
            guest.kind.label(),
            guest.focus,
            staff.school.name
        );
        jobs::enqueue(tx, "send mail", &letter, now).await?;
    }
    Ok(())
}

/// Every field is read before any complaint is made, so that all of them show at once.
fn read(
    staff: &Staff,
    fields: &Fields,
    people: &People,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Guest, Complaints> {
    let mut wrong: Complaints = Vec::new();
    let name = line("name", "Name", fields, &mut wrong);
    let focus = line("focus", "What it is for", fields, &mut wrong);
    let kind = Kind::from_code(fields.get("kind"));
    if kind.is_none() {
        wrong.push(("kind", "Choose what they are to the school".to_owned()));
    }
    let optional = |name| Some(fields.get(name)).filter(|it| !it.is_empty());
    let organisation =
        optional("organisation").map(|_| line("organisation", "Organisation", fields, &mut wrong));
    let email = optional("email").map(str::parse::<Email>);
    if let Some(Err(why)) = &email {
        wrong.push(("email", format!("E-mail {why}")));
    }
    let sponsor = fields.get("sponsor").parse().ok().filter(|id| sponsors(people).any(|it| it.id == *id));
    if sponsor.is_none() {
        wrong.push(("sponsor", "Choose who answers for them".to_owned()));
    }
    let from = moment(fields.get("from"), zone);
    let until = moment(fields.get("until"), zone);
    for (at, name, words) in [
        (from, "from", "Write when it begins"),
        (until, "until", "Write when it ends: access is never open-ended"),
    ] {
        if at.is_none() {
            wrong.push((name, words.to_owned()));
        }
    }
    match (name, focus, kind, sponsor, from, until) {
        (Some(name), Some(focus), Some(kind), Some(sponsor), Some(from), Some(until)) if wrong.is_empty() => {
            Ok(Guest {
                id: fields.get("id").parse().unwrap_or_else(|_| fresh_id(now)),
                school: staff.school.id,
                name,
                kind,
                organisation: organisation.flatten(),
                email: email.and_then(Result::ok),
                focus,
                sponsor,
                hours: Hours { from, until },
                signed_on_paper: fields.get("paper") == "yes",
                asked_by: Some(staff.id()),
                asked_at: now,
                stage: Stage::Requested,
            })
        }
        _ => Err(wrong),
    }
}

pub(crate) fn line(name: &'static str, label: &str, fields: &Fields, wrong: &mut Complaints) -> Option<Line> {
    match fields.get(name).parse() {
        Ok(line) => Some(line),
        Err(why) => {
            wrong.push((name, format!("{label} {why}")));
            None
        }
    }
}

/// As a browser sends `datetime-local`, by the school's clock.
pub(crate) fn moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let local: DateTime = text.parse().ok()?;
    zone.to_timestamp(local).ok()
}

pub(crate) fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()
}

pub(crate) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |it| it.to_uppercase().chain(letters).collect())
}

/// Who may answer for a guest, or approve one.
async fn answering(tx: &mut Tx, school: Id<School>) -> Result<People, StoreError> {
    let may = |roles| {
        let rights = Rights::of(roles);
        rights.has(Right::SponsorGuests) || rights.has(Right::ApproveGuests)
    };
    People::with_roles(tx, school, may).await
}

fn sponsors(people: &People) -> impl Iterator<Item = &Person> {
    people.iter().filter(|it| Rights::of(it.roles).has(Right::SponsorGuests))
}

fn page(
    staff: &Staff,
    people: &People,
    rules: &Rules,
    fields: &Fields,
    wrong: &[(&'static str, String)],
) -> Markup {
    let all: Vec<_> = wrong.iter().map(|(name, words)| (*name, words.as_str())).collect();
    let of = |name: &str| wrong.iter().find(|(it, _)| *it == name).map(|(_, words)| words.as_str());
    let text = |name, label, hint| {
        input(&Input { hint, complaint: of(name), ..Input::text(name, label, fields.get(name)) })
    };
    let time = |name, label, hint| {
        let it = Input::text(name, label, fields.get(name));
        input(&Input { kind: "datetime-local", hint, complaint: of(name), ..it })
    };
    let kinds: Vec<_> = Kind::ALL
        .iter()
        .filter(|it| **it != Kind::Contractor || rules.contractors)
        .map(|it| (it.code().to_owned(), it.label().to_owned()))
        .collect();
    let mut names: Vec<_> = sponsors(people).map(|it| (it.id.to_string(), it.name.to_string())).collect();
    names.sort_by(|a, b| a.1.cmp(&b.1));
    let id = Some(fields.get("id")).filter(|it| !it.is_empty());
    let id = id.map_or_else(|| fresh_id::<Guest>(Timestamp::UNIX_EPOCH).to_string(), ToOwned::to_owned);
    let content = html! {
        a.govuk-back-link href="/guests" { "Guests" }
        (complaints(&all))
        h1.govuk-heading-l { "New guest" }
        p.govuk-body.sg-lead {
            "An account for a time. The gate asks them to accept the agreement before anything opens, and shuts them out at \
             the minute their time is over."
            @if rules.approval { " The head or campus lead approves it first, on sight of the signed agreement." }
            @if !rules.contractors { " This school gives contractors no internet access." }
        }
        form method="post" action="/guests" novalidate {
            (layout::token(staff))
            input type="hidden" name="id" value=(id);
            section.sg-card {
                (text("name", "Name", "In full"))
                (select("kind", "What they are to the school", fields.get("kind"), &kinds))
                (text("organisation", "Whom they come from (may be empty)", ""))
                (text("email", "E-mail (may be empty)", ""))
                (text("focus", "What it is for", "The focus of their visit, such as: a talk on rivers to Year 7"))
                (select("sponsor", "Sponsor, who answers for them", fields.get("sponsor"), &names))
                div.sg-two {
                    (time("from", "From", ""))
                    (time("until", "Until", "Out at this very minute"))
                }
                div.govuk-form-group {
                    div.govuk-checkboxes {
                        div.govuk-checkboxes__item {
                            input.govuk-checkboxes__input id="paper" type="checkbox" name="paper" value="yes"
                                checked[fields.get("paper") == "yes"];
                            label.govuk-label.govuk-checkboxes__label for="paper" { "I have seen the agreement, signed on paper" }
                        }
                    }
                }
                button.govuk-button type="submit" { @if rules.approval { "Ask for approval" } @else { "Add the guest" } }
            }
        }
    };
    layout::page(staff, "/guests", "New guest", &content)
}

/// Whom a form names as the guest it is about.
pub(crate) fn id_of(text: &str) -> Result<Id<Guest>, Failure> {
    text.parse().map_err(|_| Failure::NotFound)
}
