//! The slip: user name and code, shown once to whoever lets the guest in, and printed.
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use rand::TryRng;
use school::{
    Choice,
    guest::{Guest, Stage},
};
use store::{fresh_id, guests, people};

use super::{
    act::STALE,
    new::sentence,
    one::{again, open},
};
use crate::{
    Console,
    components::{layout, when},
    failure::Failure,
    fields::Fields,
    password,
    staff::{Reader, Staff},
};

/// Letters and digits that nobody takes for one another on paper.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
/// Some 49 bits: guessing is slowed down, and the code lives no longer than the visit.
const LENGTH: usize = 10;

pub(crate) async fn admit(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    // Hashed before the transaction, which other writers wait for.
    let code = code()?;
    let hash = password::hash(&code).await?;
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    let opened = open(&mut tx, &staff, &id).await?;
    if fields.get("version").parse() != Ok(opened.kept.version) {
        return Ok(again(&console, &staff, &opened, &[("main", STALE)]));
    }
    let account = fresh_id(by.at);
    let admitted = match opened.kept.guest.clone().admit(account, Some(staff.id()), by.at, &opened.rules) {
        Ok(it) => it,
        Err(why) => {
            return Ok(again(&console, &staff, &opened, &[("main", &sentence(&why.to_string()))]));
        }
    };
    let username = guests::open_account(&mut tx, &by, &admitted, account, &hash).await?;
    guests::save(&mut tx, &by, "admit guest", &opened.kept, &admitted).await?;
    tx.commit().await?;
    let zone = console.zone(staff.school.id);
    Ok(page(&staff, &admitted, username.as_str(), &code, &zone).into_response())
}

/// Another code; the one before is worth nothing from now on.
pub(crate) async fn again_with_a_new_code(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let code = code()?;
    let hash = password::hash(&code).await?;
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    let opened = open(&mut tx, &staff, &id).await?;
    let guest = &opened.kept.guest;
    let Stage::Admitted { account, .. } = guest.stage else {
        return Ok(again(&console, &staff, &opened, &[("main", STALE)]));
    };
    let Some(kept) = people::get(&mut tx, staff.school.id, account).await? else {
        return Err(Failure::NotFound);
    };
    people::set_password(&mut tx, &by, staff.school.id, account, &hash).await?;
    tx.commit().await?;
    let zone = console.zone(staff.school.id);
    Ok(page(&staff, guest, kept.person.username.as_str(), &code, &zone).into_response())
}

fn code() -> Result<String, Failure> {
    let mut code = String::with_capacity(LENGTH);
    while code.len() < LENGTH {
        let mut byte = [0];
        rand::rngs::SysRng
            .try_fill_bytes(&mut byte)
            .map_err(|_| Failure::Broken("the system gives no random numbers"))?;
        // Of 248 values each letter has eight; the rest are thrown again, so that none is likelier.
        if let Some(letter) = LETTERS.get(usize::from(byte[0]) / 8).filter(|_| byte[0] < 248) {
            code.push(char::from(*letter));
        }
    }
    Ok(code)
}

fn page(staff: &Staff, guest: &Guest, username: &str, code: &str, zone: &TimeZone) -> Markup {
    let content = html! {
        a.govuk-back-link href={ "/guests/" (guest.id) } { (guest.name) }
        h1.govuk-heading-l { "Slip for " (guest.name) }
        p.govuk-body.sg-lead.sg-screen {
            "This is shown once: print it now (Ctrl+P), or write it down. Whoever holds it signs in as this guest."
        }
        section.sg-card.sg-slip {
            h2.sg-card__title { (staff.school.name) ": internet access for " (guest.name) }
            dl.sg-facts {
                div.sg-fact { dt { "User name" } dd.sg-slip__code { (username) } }
                div.sg-fact { dt { "Code" } dd.sg-slip__code { (code) } }
                div.sg-fact { dt { "From" } dd { (when::full(guest.hours.from, zone)) } }
                div.sg-fact { dt { "Until" } dd { (when::full(guest.hours.until, zone)) } }
                div.sg-fact { dt { "For" } dd { (guest.focus) } }
                div.sg-fact { dt { "As" } dd { (guest.kind.label()) } }
            }
            ol.govuk-list.govuk-list--number {
                li { "Join the school’s network and open any page. A sign-in page comes up." }
                li { "Type the user name and the code." }
                li { "Read the agreement and accept it. Then pages open, until the time above." }
            }
            p.govuk-body { "What is opened is filtered and recorded. Give this slip to nobody else." }
        }
    };
    layout::page(staff, "/guests", "Slip", &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_can_be_read_from_paper() {
        let codes: Vec<String> = (0..50).map(|_| code().expect("chance")).collect();
        for it in &codes {
            assert_eq!(it.len(), LENGTH);
            assert!(
                it.bytes().all(|it| LETTERS.contains(&it)) && !it.contains(['0', 'o', '1', 'l', 'i']),
                "{it}"
            );
        }
        assert_ne!(codes[0], codes[1]);
    }
}
