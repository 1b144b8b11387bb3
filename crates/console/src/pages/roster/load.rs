//! One roster: what it would change, first in words, then row by row.
use axum::{
    extract::{Path, State},
    http::{StatusCode, header::REFRESH},
    response::{IntoResponse, Response},
};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use school::{Choice, Right, roster::Kind};
use store::{
    roster,
    roster::{Filter, KeptRow, Load, Stage},
};

use super::{find, stage};
use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::{Tone, complaints, empty, notice},
        when::{self, number},
    },
    failure::Failure,
    fields::Fields,
    staff::{Reader, Staff},
};

const ROWS: u32 = 50;
/// Seconds until a page of something under way looks again.
const AGAIN: &str = "3";

/// What the page shows besides the load.
struct Shown<'a> {
    rows: Vec<KeptRow>,
    kind: Option<Kind>,
    /// More follow after this one.
    more: Option<i64>,
    fields: &'a Fields,
    wrong: &'a [(&'static str, &'static str)],
    zone: TimeZone,
}

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    answer(&console, &staff, &id, &fields, &[]).await
}

/// The page, with what its forms complain of.
pub(super) async fn answer(
    console: &Console,
    staff: &Staff,
    id: &str,
    fields: &Fields,
    wrong: &[(&'static str, &'static str)],
) -> Result<Response, Failure> {
    let mut tx = console.db.read().await?;
    let load = find(&mut tx, staff, id).await?;
    let first = Kind::ALL.iter().copied().find(|it| 0 < load.counts.of(*it));
    let kind = Kind::from_code(fields.get("kind")).or(first);
    let filter = Filter { kind, words: fields.get("find") };
    let after = fields.get("after").parse().unwrap_or(0);
    let mut rows = roster::rows(&mut tx, staff.school.id, load.id, filter, after, ROWS + 1).await?;
    let more = rows.len() > ROWS as usize;
    rows.truncate(ROWS as usize);
    let more = rows.last().filter(|_| more).map(|it| it.seq);
    drop(tx);
    console.viewed(staff, "view roster", &load.file_name).await?;
    let zone = console.zone(staff.school.id);
    let page = page(staff, &load, &Shown { rows, kind, more, fields, wrong, zone });
    Ok(match (wrong.is_empty(), load.stage.is_under_way()) {
        (false, _) => (StatusCode::BAD_REQUEST, page).into_response(),
        (true, true) => ([(REFRESH, AGAIN)], page).into_response(),
        (true, false) => page.into_response(),
    })
}

fn page(staff: &Staff, load: &Load, shown: &Shown<'_>) -> Markup {
    let content = html! {
        (complaints(shown.wrong))
        span.govuk-caption-l { a.govuk-link href="/roster" { "Rosters" } }
        div.sg-title { h1.govuk-heading-l.sg-break { (load.file_name) } (stage(load.stage)) }
        p.govuk-body.sg-muted {
            "Loaded by " (load.loaded_by_name) ", " (when::full(load.loaded_at, &shown.zone))
            @if let Some(mode) = load.mode { " · " (mode.label()) }
            " · source " (load.source)
        }
        @if let Some(remark) = &load.remark {
            @let tone = if load.stage == Stage::Failed { Tone::Bad } else { Tone::Warning };
            (notice(tone, &html! { @for line in remark.lines() { p { (line) } } }))
        }
        @if load.stage.is_under_way() { (progress(load)) }
        @if load.mode.is_some() { (summary(load)) }
        (decided(load, &shown.zone))
        @if load.stage == Stage::Ready { (decide(staff, load, shown)) }
        @if load.mode.is_some() && !load.stage.is_under_way() { (rows(staff, load, shown)) }
    };
    layout::page(staff, "/roster", &load.file_name, &content)
}

fn progress(load: &Load) -> Markup {
    let words = match load.stage {
        Stage::Waiting => "It waits to be read; that begins within seconds.",
        Stage::Reading => "It is being read and compared with the people who are known.",
        Stage::Approved => "It is approved and takes effect within seconds.",
        _ => "It is being written, all of it or nothing.",
    };
    html! {
        section.sg-card aria-live="polite" {
            p.govuk-body { (words) " This page looks again by itself." }
            @if 0 < load.total {
                progress.sg-progress max=(load.total) value=(load.done) { (load.done) " of " (load.total) }
                p.govuk-body-s.sg-muted { (number(load.done)) " of " (number(load.total)) }
            }
        }
    }
}

fn summary(load: &Load) -> Markup {
    let it = load.counts;
    let stat = |kind: Kind| {
        html! {
            li.sg-stat {
                a href={ "?kind=" (kind.code()) } {
                    span.sg-stat__figure { (number(it.of(kind))) } span.sg-stat__name { (kind.label()) }
                }
            }
        }
    };
    html! {
        div.sg-status.sg-status--good[load.jump.is_none()].sg-status--bad[load.jump.is_some()] {
            div {
                p.sg-status__title { (load.words()) "." }
                p.sg-status__text { (number(it.unchanged)) " people stay as they are. People who were added by hand are never touched." }
            }
        }
        @if let Some((words, _)) = &load.jump {
            @if load.stage == Stage::Ready { (notice(Tone::Warning, &html! { (words) })) }
        }
        ul.sg-stats { @for kind in Kind::ALL { (stat(*kind)) } }
    }
}

fn decided(load: &Load, zone: &TimeZone) -> Markup {
    let (Some(name), Some(at)) = (&load.decided_by_name, load.decided_at) else { return html! {} };
    let verb = if load.reason.is_some() { "Refused" } else { "Approved" };
    html! {
        p.govuk-body {
            (verb) " by " strong { (name) } ", " (when::full(at, zone))
            @if let Some(reason) = &load.reason { ": “" (reason) "”" }
        }
    }
}

fn decide(staff: &Staff, load: &Load, shown: &Shown<'_>) -> Markup {
    if !staff.rights.has(Right::ApproveRoster) {
        return html! {
            p.govuk-inset-text { "Somebody with the right to approve rosters decides: the head, the admin team or the account administrator." }
        };
    }
    let complaint = |name: &str| shown.wrong.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let digest = load.digest.as_deref().unwrap_or_default();
    let reason = Input {
        complaint: complaint("reason"),
        hint: "Such as: the export left out Year 9",
        ..Input::text("reason", "Why it is refused", shown.fields.get("reason"))
    };
    html! {
        div.sg-two.sg-decide {
            form.sg-card method="post" action={ "/roster/" (load.id) "/approve" } {
                (layout::token(staff))
                input type="hidden" name="digest" value=(digest);
                h2.govuk-heading-s { "Approve" }
                p.govuk-body { "It takes effect at once, and your name stands beside it." }
                @if let Some((_, leavers)) = &load.jump {
                    @let hint = format!("{leavers} people would lose their access. Type the number to show that you mean it");
                    div.govuk-form-group {
                        div.govuk-checkboxes.govuk-checkboxes--small {
                            div.govuk-checkboxes__item {
                                input.govuk-checkboxes__input type="checkbox" id="sure" name="sure" value="yes" checked[shown.fields.get("sure") == "yes"];
                                label.govuk-label.govuk-checkboxes__label for="sure" { "So many really leave" }
                            }
                        }
                    }
                    (input(&Input { complaint: complaint("leavers"), hint: &hint, ..Input::text("leavers", "How many leave", shown.fields.get("leavers")) }))
                }
                button.govuk-button type="submit" { "Approve and apply" }
            }
            form.sg-card method="post" action={ "/roster/" (load.id) "/refuse" } {
                (layout::token(staff))
                input type="hidden" name="digest" value=(digest);
                h2.govuk-heading-s { "Refuse" }
                (input(&reason))
                button.govuk-button.govuk-button--secondary type="submit" { "Refuse" }
            }
        }
    }
}

fn rows(staff: &Staff, load: &Load, shown: &Shown<'_>) -> Markup {
    let path = format!("/roster/{}", load.id);
    let kind = shown.kind.map_or("", Choice::code);
    let tab = |it: Kind| {
        let here = shown.kind == Some(it);
        html! {
            li {
                a.sg-tabs__link href={ (path) "?kind=" (it.code()) } aria-current=[here.then_some("page")] {
                    (it.label()) " (" (number(load.counts.of(it))) ")"
                }
            }
        }
    };
    let find = Input::text("find", "Find a name, a username, a class or an id", shown.fields.get("find"));
    let query = |after: &str| {
        let all = [("kind", kind), ("find", shown.fields.get("find")), ("after", after)];
        let all: Vec<_> = all.into_iter().filter(|(_, it)| !it.is_empty()).collect();
        serde_html_form::to_string(all).unwrap_or_default()
    };
    html! {
        div.sg-title {
            h2.govuk-heading-m { "Row by row" }
            @if 0 < load.counts.problems {
                a.govuk-button.govuk-button--secondary href={ (path) "/problems.csv" } download="problems.csv" { "Download the problems" }
            }
        }
        nav.sg-tabs aria-label="Kind of change" { ul { @for it in Kind::ALL { (tab(*it)) } } }
        form.sg-filter method="get" action=(path) role="search" aria-label="Find in this roster" {
            input type="hidden" name="kind" value=(kind);
            (input(&find))
            div.sg-filter__buttons { button.govuk-button.govuk-button--secondary type="submit" { "Find" } }
        }
        @if shown.rows.is_empty() { (empty("Nothing here", "No row of this kind fits.")) }
        @else { (table(staff, load, shown)) }
        nav.sg-pager aria-label="Pages" {
            @if !shown.fields.get("after").is_empty() { a.govuk-link href={ (path) "?" (query("")) } { "Back to the first" } }
            @if let Some(after) = shown.more { a.govuk-link rel="next" href={ (path) "?" (query(&after.to_string())) } { "More" } }
        }
    }
}

fn table(staff: &Staff, load: &Load, shown: &Shown<'_>) -> Markup {
    let joins = load.stage == Stage::Ready && staff.rights.has(Right::ApproveRoster);
    html! {
        div.sg-scroll tabindex="0" role="region" aria-label="Rows" {
            table.govuk-table.sg-table {
                caption.govuk-visually-hidden { "What changes, row by row" }
                thead.govuk-table__head {
                    tr.govuk-table__row {
                        @for name in ["Who", "What", "Where in the file"] { th.govuk-table__header scope="col" { (name) } }
                    }
                }
                tbody.govuk-table__body {
                    @for it in &shown.rows {
                        tr.govuk-table__row {
                            td.govuk-table__cell {
                                (it.name)
                                @if !it.username.is_empty() { span.sg-sub { (it.username) } }
                            }
                            td.govuk-table__cell.sg-break {
                                (changes(it))
                                @if !it.words.is_empty() { p.sg-row-words { (it.words) } }
                                @if joins && may_join(it) { (join(staff, load, it)) }
                            }
                            td.govuk-table__cell.sg-break {
                                @if let Some(place) = &it.place {
                                    (place.file) @if 0 < place.line { span.sg-sub { "line " (place.line) } }
                                }
                                @if !it.source_id.is_empty() { span.sg-sub { "id " (it.source_id) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A newcomer whose username somebody has who was added by hand: perhaps they are the same.
fn may_join(it: &KeptRow) -> bool {
    it.kind == Kind::Problem && it.person.is_none() && it.words.contains("who was added by hand")
}

fn join(staff: &Staff, load: &Load, it: &KeptRow) -> Markup {
    html! {
        form method="post" action={ "/roster/" (load.id) "/join" } {
            (layout::token(staff))
            input type="hidden" name="username" value=(it.username);
            input type="hidden" name="id" value=(it.source_id);
            button.govuk-button.govuk-button--secondary type="submit" {
                "They are the same person" span.govuk-visually-hidden { ": " (it.name) }
            }
        }
    }
}

fn changes(it: &KeptRow) -> Markup {
    html! {
        @if !it.changes.is_empty() {
            dl.sg-changes {
                @for change in &it.changes {
                    div {
                        dt { (change.field.label()) }
                        dd {
                            @if !change.before.is_empty() { del { (change.before) } " → " }
                            @if change.after.is_empty() { "nothing" } @else { (change.after) }
                        }
                    }
                }
            }
        }
    }
}
