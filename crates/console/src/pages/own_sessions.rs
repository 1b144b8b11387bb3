//! Where one is signed in: since when, with what; end one or all others.
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use store::{audit, sessions};

use crate::{
    Console,
    components::{layout, when},
    failure::Failure,
    fields::Fields,
    session::hex,
    staff::Reader,
};

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let all = sessions::of(&mut console.db.read().await?, staff.id(), (console.clock)()).await?;
    let zone = console.zone(staff.school.id);
    let content = html! {
        a.govuk-back-link href="/account" { "Your account" }
        h1.govuk-heading-l { "Where you are signed in" }
        p.govuk-body { "If you do not know one of these, end it and change your password." }
        @for (hash, it) in &all {
            section.sg-card {
                h2.govuk-heading-m {
                    (it.browser.as_deref().unwrap_or("A browser"))
                    @if *hash == staff.session { " (this one)" }
                }
                p.govuk-body {
                    "Since " (when::full(it.opened_at, &zone)) ", last used " (when::full(it.seen_at, &zone))
                    @if let Some(address) = &it.address { ", from " (address) }
                    @if it.locked_at.is_some() { ", locked" }
                    "."
                }
                @if *hash != staff.session {
                    form method="post" action="/account/sessions/end" {
                        (layout::token(&staff))
                        input type="hidden" name="session" value=(hex(hash));
                        button.govuk-button.govuk-button--secondary type="submit" { "End it" }
                    }
                }
            }
        }
        @if all.len() > 1 {
            form method="post" action="/account/sessions/end" {
                (layout::token(&staff))
                input type="hidden" name="session" value="others";
                button.govuk-button.govuk-button--warning type="submit" { "End all others" }
            }
        }
    };
    Ok(layout::page(&staff, "/account", "Where you are signed in", &content))
}

pub(crate) async fn end(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut tx = console.db.write().await?;
    let asked = fields.get("session");
    let ended = if asked == "others" {
        sessions::close_others(&mut tx, staff.id(), &staff.session).await?
    } else {
        let all = sessions::of(&mut tx, staff.id(), (console.clock)()).await?;
        match all.iter().find(|(hash, _)| hex(hash) == asked && *hash != staff.session) {
            Some((hash, _)) => {
                sessions::close(&mut tx, hash).await?;
                1
            }
            None => 0,
        }
    };
    if ended > 0 {
        let (by, subject) = (staff.by(&console), staff.person.username.as_str());
        let after = format!("{ended} ended");
        audit::note(&mut tx, &by, staff.school.id, "end own sessions", subject, None, Some(&after)).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to("/account/sessions").into_response())
}

/// What a browser calls itself, in words: `Firefox on Windows`. It may say anything, so only known names are repeated.
pub(crate) fn browser(agent: &str) -> String {
    let name = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let system = [
        ("CrOS", "a Chromebook"),
        ("Android", "Android"),
        ("iPhone", "an iPhone"),
        ("iPad", "an iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "a Mac"),
        ("Linux", "Linux"),
    ];
    let find =
        |all: &[(&str, &'static str)]| all.iter().find(|(mark, _)| agent.contains(mark)).map(|it| it.1);
    format!("{} on {}", find(&name).unwrap_or("A browser"), find(&system).unwrap_or("a device"))
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn browsers_are_named_in_words() {
        let check = |agent: &str, words: &str| assert_eq!(browser(agent), words, "{agent}");
        check(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36 Edg/142.0",
            "Edge on Windows",
        );
        check("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox on Linux");
        check("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on an iPad");
        check("<script>", "A browser on a device");
    }
}
