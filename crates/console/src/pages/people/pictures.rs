//! Sign-in pictures for pupils who are too young for a password of their own (PWD-04): three drawings in their order and
//! a badge for each, on a sheet for the class. They are kept and checked as a password is.
use std::collections::HashSet;

use axum::extract::State;
use maud::{Markup, PreEscaped, html};
use rand::TryRng;
use school::{
    Choice,
    pictures::{Badge, PICKS, Picture, Pictures},
};
use store::{
    audit,
    young::{Young, give},
};

use super::young::{Child, buttons, children, head, is_chosen};
use crate::{
    Console,
    components::{
        layout,
        notice::{Tone, empty, notice},
        summary::table,
    },
    failure::Failure,
    fields::Fields,
    password,
    staff::Reader,
};

const PATH: &str = "/people/pictures";

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let class = fields.get("class");
    let (names, children) = children(&console, &staff, &fields).await?;
    console
        .viewed(&staff, "view sign-in pictures", if class.is_empty() { "no class" } else { class })
        .await?;
    let rows: Vec<_> = children
        .iter()
        .map(|it| {
            let state = it
                .badge
                .map_or_else(|| "None yet".to_owned(), |badge| format!("Has them; badge: {}", badge.label()));
            vec![html! { (it.person.name) }, html! { (it.person.username) }, html! { (state) }]
        })
        .collect();
    let content = html! {
        (head(&staff, PATH, class, names, "their class, their name with a badge, and three pictures in their order, at the gate's own page."))
        @if !is_chosen(&staff, "pictures") {
        } @else if class.is_empty() {
            (empty("No class chosen", "Choose a class to see who of it signs in with pictures."))
        } @else if children.is_empty() {
            (empty("Nobody in this class signs in with pictures", "Its pupils are old enough for a password, or sign in with a school account."))
        } @else {
            (table(&format!("{class}: who signs in with pictures"), &["Name", "User name", "Pictures"], &rows))
            (notice(Tone::Warning, &html! {
                p { "New pictures end the old ones. The sheet is shown once: print it at once, and keep it where pupils do not \
                     see each other's." }
            }))
            form method="post" action=(PATH) {
                (layout::token(&staff))
                input type="hidden" name="class" value=(class);
                (buttons(children.iter().any(|it| it.badge.is_none()), "Give pictures to those without", "Give new pictures to all"))
            }
        }
    };
    Ok(layout::page(&staff, "/people/cards", "Sign-in pictures", &content))
}

/// Gives them and shows them, this once.
pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    if !is_chosen(&staff, "pictures") {
        return Err(Failure::BadRequest("The school has not chosen pictures. Nothing was changed."));
    }
    let (_, all) = children(&console, &staff, &fields).await?;
    let mut badges = badges(&all);
    let mut given = Vec::new();
    // Hashed before the transaction, which other writers wait for.
    for child in all {
        if fields.get("who") != "all" && child.badge.is_some() {
            continue;
        }
        let Some(badge) = child.badge.or_else(|| badges.pop()) else {
            return Err(Failure::BadRequest("This class is too large for pictures. Nothing was changed."));
        };
        let pictures = pictures()?;
        let young = Young { pictures: password::hash(&pictures.secret()).await?, badge };
        given.push((child.person, pictures, young));
    }
    let (school, by) = (staff.school.id, staff.by(&console));
    let mut tx = console.db.write().await?;
    for (person, _, young) in &given {
        give(&mut tx, &by, person, young).await?;
    }
    let count = given.len().to_string();
    audit::note(&mut tx, &by, school, "make sign-in pictures", fields.get("class"), None, Some(&count))
        .await?;
    tx.commit().await?;
    let content = html! {
        a.govuk-back-link href=(PATH) { "Sign-in pictures" }
        h1.govuk-heading-l { "Sign-in pictures for " (fields.get("class")) }
        p.govuk-body.sg-lead.sg-screen {
            "This is shown once: print it now (Ctrl+P). Show each child their own, and keep the sheet where others do not see it."
        }
        @if given.is_empty() { (empty("No pictures were given", "Everybody in this class has them.")) }
        div.sg-cards {
            @for (person, pictures, young) in &given {
                section.sg-card.sg-slip {
                    h2.sg-card__title { (person.name) }
                    p.govuk-body { "Badge: " (young.badge.label()) }
                    (badge(young.badge))
                    p.govuk-body { "Pictures, in this order:" }
                    ol.sg-pictures { @for picture in pictures.all() { li { (drawing(picture)) span { (picture.label()) } } } }
                }
            }
        }
    };
    Ok(layout::page(&staff, "/people/cards", "Sign-in pictures", &content))
}

/// Those that nobody of the class has, the first to be given last in the list.
fn badges(class: &[Child]) -> Vec<Badge> {
    let taken: HashSet<Badge> = class.iter().filter_map(|it| it.badge).collect();
    let mut free: Vec<Badge> = Badge::all().filter(|it| !taken.contains(it)).collect();
    free.reverse();
    free
}

fn pictures() -> Result<Pictures, Failure> {
    loop {
        let mut chance = [0; PICKS];
        rand::rngs::SysRng
            .try_fill_bytes(&mut chance)
            .map_err(|_| Failure::Broken("the system gives no random numbers"))?;
        // Four times in five at the first throw.
        if let Some(pictures) = Pictures::of_chance(chance) {
            return Ok(pictures);
        }
    }
}

fn drawing(picture: Picture) -> Markup {
    svg(&html! {}, picture)
}

fn badge(badge: Badge) -> Markup {
    svg(
        &html! { rect x="-7" y="-7" width="62" height="62" rx="12" stroke="none" fill=(badge.colour.shade()) {} },
        badge.picture,
    )
}

/// Its name stands beside it.
fn svg(behind: &Markup, picture: Picture) -> Markup {
    html! {
        svg width="76" height="76" viewBox="-7 -7 62 62" stroke="#17282b" stroke-width="2.2" stroke-linejoin="round"
            stroke-linecap="round" fill="none" aria-hidden="true" {
            (behind)
            (PreEscaped(picture.drawing()))
        }
    }
}
