//! Who to ask about what: open to everyone who has signed in; changed by those who appoint (ACC-08, ACC-09).
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};
use school::{
    Choice, Id, Line, Post, Right, School, Username,
    settings::{LEAD_FUNCTIONS, LEAD_ON_LEADERSHIP, REQUIRED_POSTS},
};
use store::{StoreError, Tx, placements, posts, posts::Holder, register, settings};

use crate::{
    Console,
    components::{
        field::{Input, input, select},
        layout,
        notice::{Tone, complaints, notice},
        summary::table,
        tag, when,
    },
    failure::Failure,
    fields::Fields,
    search::moment,
    staff::{Reader, Staff},
};

const MOST_CONTACT: usize = 200;

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    page(&mut tx, &console, &staff, &Fields::default(), &[]).await
}

pub(crate) async fn appoint(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let (school, by) = (staff.school.id, staff.by(&console));
    let mut all = Vec::new();
    let mut tx = console.db.write().await?;
    let post = Post::from_code(fields.get("post"));
    if post.is_none() {
        all.push(("post", "Choose a post"));
    }
    let person = match fields.get("person").parse::<Username>() {
        Ok(username) => placements::by_username(&mut tx, school, &username, by.at).await?,
        Err(_) => None,
    };
    if person.is_none() {
        all.push(("person", "Nobody here has this username"));
    }
    let since = moment(fields.get("since"), &console.zone(school));
    if since.is_err() {
        all.push(("since", "Enter a date and time, such as 2026-11-23T09:00"));
    }
    let contact = fields.get("contact");
    if contact.is_empty() || MOST_CONTACT < contact.chars().count() {
        all.push(("contact", "Write how to reach them, in at most 200 characters"));
    }
    let about: Result<Line, _> = match (fields.get("about"), post) {
        ("", Some(post)) => post.about().parse(),
        (typed, _) => typed.parse(),
    };
    if about.is_err() && post.is_some() {
        all.push(("about", "Write what to ask them about, in one line"));
    }
    if let (Some(post), Some(person)) = (post, &person)
        && post.sits_on_leadership()
        && settings::of(&mut tx, school, None).await?.is_on(&LEAD_ON_LEADERSHIP)
        && !person.roles.is_on_leadership()
    {
        all.push((
            "person",
            "This school wants a member of the leadership team in this post: this person is not one",
        ));
    }
    let (Some(post), Some(person), Ok(since), Ok(about), true) = (post, person, since, about, all.is_empty())
    else {
        let page = page(&mut tx, &console, &staff, &fields, &all).await?;
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    };
    let since = since.unwrap_or(by.at);
    // Sent twice: they hold it already.
    let held = posts::at(&mut tx, school, by.at).await?;
    if !held.iter().any(|it| it.post == post && it.person == person.id) {
        let holder = Holder {
            id: store::fresh_id(by.at),
            school,
            post,
            person: person.id,
            since,
            until: None,
            contact: contact.to_owned(),
            about,
            version: 1,
        };
        match posts::appoint(&mut tx, &by, &holder).await {
            Ok(()) => tx.commit().await?,
            // Somebody else did the same at this moment.
            Err(StoreError::Stale) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Ok(Redirect::to("/posts").into_response())
}

pub(crate) async fn end(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    let id: Id<Holder> = id.parse().map_err(|_| Failure::NotFound)?;
    let holder = posts::get(&mut tx, staff.school.id, id).await?.ok_or(Failure::NotFound)?;
    if holder.until.is_none_or(|it| by.at < it) {
        posts::end(&mut tx, &by, &holder, by.at).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to("/posts").into_response())
}

/// Posts that must be filled and are not.
pub(crate) async fn vacancies(
    tx: &mut Tx,
    school: Id<School>,
    now: Timestamp,
) -> Result<Vec<Post>, StoreError> {
    let set = settings::of(tx, school, None).await?;
    let mut required: Vec<Post> =
        set.several(&REQUIRED_POSTS).iter().filter_map(|it| Post::from_code(it)).collect();
    let lead = Post::lead(&set.text(&LEAD_FUNCTIONS));
    if !required.contains(&lead) {
        required.push(lead);
    }
    let held = posts::at(tx, school, now).await?;
    Ok(required.into_iter().filter(|post| !held.iter().any(|it| it.post == *post)).collect())
}

async fn page(
    tx: &mut Tx,
    console: &Console,
    staff: &Staff,
    fields: &Fields,
    all: &[(&str, &str)],
) -> Result<Markup, Failure> {
    let (school, now) = (staff.school.id, (console.clock)());
    let zone = console.zone(school);
    let lead = Post::lead(&settings::of(tx, school, None).await?.text(&LEAD_FUNCTIONS));
    let mut held = posts::at(tx, school, now).await?;
    held.sort_by_key(|it| (it.post != lead, it.post));
    let manages = staff.rights.has(Right::ManagePosts);
    let ever = if manages { posts::all(tx, school).await? } else { Vec::new() };
    let ids: Vec<_> = held.iter().chain(&ever).map(|it| it.person).collect();
    let people = register::some(tx, school, &ids).await?;
    let name = |it: &Holder| {
        people.get(&it.person).map_or_else(|| "Someone who has left".to_owned(), |it| it.name.to_string())
    };
    let vacant = vacancies(tx, school, now).await?;
    let rows: Vec<Vec<Markup>> = held
        .iter()
        .map(|it| {
            vec![
                html! { (it.about) @if it.post == lead { " " (tag::tag("purple", "Ask first")) } },
                html! { strong { (name(it)) } span.sg-sub { (it.post.label()) } },
                html! { (it.contact) },
                html! { @if manages { form method="post" action={ "/posts/" (it.id) "/end" } { (layout::token(staff)) button.govuk-button.govuk-button--secondary type="submit" { "End" span.govuk-visually-hidden { " " (it.post.label()) } } } } },
            ]
        })
        .collect();
    let content = html! {
        (complaints(all))
        h1.govuk-heading-l { "Who to ask" }
        p.govuk-body.sg-lead { "Whom to go to about what. In danger right now? Ring 999 or tell the nearest adult." }
        @if !vacant.is_empty() { (notice(Tone::Warning, &html! { p { "Nobody holds: " (labels(&vacant)) "." } })) }
        @if rows.is_empty() { p.govuk-body { "Nobody has been appointed yet. Ask any member of staff you trust." } }
        @else { (table("Who to ask", &["About", "Who", "How to reach them", ""], &rows)) }
        @if manages { (form(staff, fields, all)) (history(&ever, &name, &zone)) }
    };
    Ok(layout::page(staff, "/posts", "Who to ask", &content))
}

pub(crate) fn labels(posts: &[Post]) -> String {
    posts.iter().map(|it| it.label()).collect::<Vec<_>>().join(", ")
}

fn form(staff: &Staff, fields: &Fields, all: &[(&str, &str)]) -> Markup {
    let complaint = |name: &str| all.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let ask = |name, label, hint, kind| {
        input(&Input { hint, kind, complaint: complaint(name), ..Input::text(name, label, fields.get(name)) })
    };
    let choices: Vec<_> = Post::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect();
    html! {
        section.sg-card.sg-form {
            h2.govuk-heading-s { "Appoint" }
            form method="post" action="/posts" novalidate {
                (layout::token(staff))
                (select("post", "Post", fields.get("post"), &choices))
                (ask("person", "Username", "Look it up under People", "text"))
                (ask("since", "From", "Empty: now", "datetime-local"))
                (ask("contact", "How to reach them", "Such as Room 12, or 01234 567890", "text"))
                (ask("about", "Ask them about", "Empty: as usual for this post", "text"))
                button.govuk-button type="submit" { "Appoint" }
            }
        }
    }
}

fn history(ever: &[Holder], name: &impl Fn(&Holder) -> String, zone: &TimeZone) -> Markup {
    let rows: Vec<Vec<Markup>> = ever
        .iter()
        .map(|it| {
            let until = html! { @match it.until { Some(at) => (when::full(at, zone)), None => "–" } };
            vec![html! { (it.post.label()) }, html! { (name(it)) }, when::full(it.since, zone), until]
        })
        .collect();
    html! {
        h2.govuk-heading-m { "The register" }
        @if !rows.is_empty() { (table("Post-holders, newest first", &["Post", "Who", "From", "Until"], &rows)) }
    }
}
