//! What the network manager is told (PWD-09, ACC-17).
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use school::{Choice, Id};
use store::security::{self, Alert, Kind, Wanted};

use crate::{
    Console,
    components::{field::select, layout, notice::empty, tag, when},
    failure::Failure,
    fields::Fields,
    pages::sign_in::local,
    people::asked,
    staff::Reader,
};

/// On one page.
const MOST: u32 = 100;

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let before = fields.get("before").parse::<i64>().ok();
    let wanted = Wanted {
        kind: Kind::from_code(fields.get("kind")),
        unseen: fields.get("show") != "all",
        before: before.and_then(|it| jiff::Timestamp::from_millisecond(it).ok()),
    };
    let all = security::list(&mut console.db.read().await?, staff.school.id, wanted, MOST).await?;
    console.viewed(&staff, "view security alerts", &asked(&fields, "new")).await?;
    let zone = console.zone(staff.school.id);
    let mut kinds = vec![(String::new(), "Every kind".to_owned())];
    kinds.extend(Kind::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned())));
    let shows =
        [("new".to_owned(), "Those nobody has looked at".to_owned()), ("all".to_owned(), "All".to_owned())];
    let content = html! {
        h1.govuk-heading-l { "Security alerts" }
        form.sg-filter method="get" action="/security" {
            (select("kind", "Kind", fields.get("kind"), &kinds))
            (select("show", "Show", if wanted.unseen { "new" } else { "all" }, &shows))
            button.govuk-button.govuk-button--secondary type="submit" { "Show" }
        }
        @if all.is_empty() {
            (empty("Nothing to look at", "Wrong passwords again and again, accounts in two places and the like stand here."))
        }
        @for it in &all {
            section.sg-card {
                h2.govuk-heading-m { (it.kind.label()) @if !it.subject.is_empty() { ": " (it.subject) } }
                p.govuk-body { (it.words) }
                p.govuk-body.sg-muted {
                    (when::full(it.last_at, &zone))
                    @if it.times > 1 { ", " (it.times) " times since " (when::full(it.raised_at, &zone)) }
                }
                @match &it.seen {
                    Some((at, who)) => p.govuk-body {
                        (tag::tag("grey", "Seen")) " by " (who) ", " (when::full(*at, &zone))
                    },
                    None => form method="post" action={ "/security/" (it.id) "/seen" } {
                        (layout::token(&staff))
                        input type="hidden" name="back" value=(fields.query_with(&[("token", "")]));
                        button.govuk-button.govuk-button--secondary type="submit" { "I have looked at it" }
                    },
                }
            }
        }
        @if let Some(last) = all.last().filter(|_| all.len() == MOST as usize) {
            @let older = last.last_at.as_millisecond().to_string();
            p { a.govuk-link href={ "/security?" (fields.query_with(&[("before", &older)])) } { "Older" } }
        }
    };
    Ok(layout::page(&staff, "/security", "Security alerts", &content))
}

pub(crate) async fn seen(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let id: Id<Alert> = id.parse().map_err(|_| Failure::NotFound)?;
    let mut tx = console.db.write().await?;
    if !security::see(&mut tx, &staff.by(&console), staff.school.id, id).await? {
        return Err(Failure::NotFound);
    }
    tx.commit().await?;
    Ok(Redirect::to(local(&format!("/security?{}", fields.get("back")))).into_response())
}
