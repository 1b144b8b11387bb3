use std::{
    borrow::Cow,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use axum::{
    Extension,
    extract::{ConnectInfo, State},
    http::{
        HeaderMap, StatusCode,
        header::{SET_COOKIE, USER_AGENT},
    },
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use maud::{Markup, html};
use school::{Id, KeptBy, Person, School, Username, guesses::account};
use store::{
    By, Tx, accounts, audit, class_identities, people, people::Kept, placements, schools, security, sessions,
};

use crate::{
    Console,
    components::{
        field::{Input, input, select},
        layout,
        notice::complaints,
    },
    failure::Failure,
    fields::Fields,
    pages::own_sessions,
    password,
    session::{self, Token},
};

/// One sentence for every reason, so that nobody learns which names exist.
const WRONG: &str = "That username and password do not match. Check both and try again.";
const SHARED: &str =
    "A class shares this identity: it opens the web at school, and no pages here. Sign in as yourself.";
/// No refusal is quicker: more than a hash, a row and a question to a directory nearby take together.
const FLOOR: Duration = Duration::from_millis(if cfg!(test) { 20 } else { 400 });
pub(crate) const WAIT: &str = "Too many wrong passwords. Wait five minutes, then try again.";

pub(crate) async fn get(State(console): State<Console>, fields: Fields) -> Result<Markup, Failure> {
    let schools = schools::all(&mut console.db.read().await?).await?;
    Ok(page(&console, &schools, &fields, None))
}

pub(crate) async fn post(
    State(console): State<Console>,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    // It runs from here on. A name that exists costs a row in the trail and perhaps a question to a directory, and one
    // that does not exist must not be told by that.
    let floor = tokio::time::sleep(FLOOR);
    let address = from.map(|it| it.0.0.ip());
    let schools = schools::all(&mut console.db.read().await?).await?;
    match believed(&console, &schools, &fields, address).await? {
        Ok(kept) if class_identities::is_one(&mut console.db.read().await?, kept.person.id).await? => {
            Ok((StatusCode::FORBIDDEN, page(&console, &schools, &fields, Some(SHARED))).into_response())
        }
        Ok(kept) => {
            console.admits(&kept.person, (console.clock)())?;
            let_in(&console, &kept.person, (address, &headers), fields.get("next")).await
        }
        Err((status, words)) => {
            floor.await;
            Ok((status, page(&console, &schools, &fields, Some(&words))).into_response())
        }
    }
}

/// Whose name and password these are, or what is said instead.
async fn believed(
    console: &Console,
    schools: &[School],
    fields: &Fields,
    address: Option<IpAddr>,
) -> Result<Result<Kept, (StatusCode, Cow<'static, str>)>, Failure> {
    let kept = find(console, schools, fields).await?;
    let account = account(chosen(schools, fields).unwrap_or(Id::from_u128(0)), fields.get("username"));
    let Some(guess) = console.throttle.guess(&account, address, (console.clock)()) else {
        failed(console, kept.as_ref(), address, true).await?;
        return Ok(Err((StatusCode::TOO_MANY_REQUESTS, WAIT.into())));
    };
    let keeper = match &kept {
        Some(it) => accounts::kept_by(&mut console.db.read().await?, it.person.id).await?,
        None => KeptBy::School,
    };
    let typed = fields.raw("password");
    // A hash that is left over from before opens nothing while somebody else keeps the password. Where there is none, the
    // hash of nobody is checked: that takes as long.
    let phc = kept.as_ref().filter(|_| keeper == KeptBy::School).and_then(|it| it.password.clone());
    let right = match (&kept, keeper, &console.elsewhere) {
        (Some(it), KeptBy::Directory, Some(elsewhere)) => {
            let (hashed, right) =
                tokio::join!(password::is_right(typed, None), elsewhere.is_right(&it.person, typed));
            hashed?;
            match right {
                Ok(right) => right,
                // That it is down has to be told to its people, though it says that they are known.
                Err(why) => {
                    console.throttle.take_back(guess);
                    return Ok(Err((StatusCode::SERVICE_UNAVAILABLE, why.to_string().into())));
                }
            }
        }
        _ => password::is_right(typed, phc).await?,
    };
    match kept {
        Some(kept) if right => {
            console.throttle.right(guess);
            Ok(Ok(kept))
        }
        kept => {
            failed(console, kept.as_ref(), address, false).await?;
            Ok(Err((StatusCode::UNAUTHORIZED, WRONG.into())))
        }
    }
}

/// Writes a wrong guess down, one a minute for each name and address. What was typed as a name may be a password in the
/// wrong box: only a name that exists is written down. `guessing`: it is one of many (PWD-09).
async fn failed(
    console: &Console,
    kept: Option<&Kept>,
    address: Option<IpAddr>,
    guessing: bool,
) -> Result<(), Failure> {
    let now = (console.clock)();
    let Some(person) = kept.map(|it| &it.person) else { return Ok(()) };
    let subject = person.username.as_str();
    // The first that is slowed down is told at once, however lately one before it was written down.
    let key = if guessing { format!("{subject} slowed down") } else { subject.to_owned() };
    let Some(left_out) = console.throttle.row(&key, address, now) else { return Ok(()) };
    let mut from = address.map(|it| it.to_string()).unwrap_or_default();
    if left_out > 0 {
        from = format!("{from}, and {left_out} times more since it was last written down");
    }
    let by = By { person: None, name: "Someone at the sign-in page".to_owned(), at: now };
    let mut tx = console.db.write().await?;
    audit::note(&mut tx, &by, person.school, "sign-in failed", subject, None, Some(&from)).await?;
    if guessing {
        let words = format!("Wrong passwords for {subject}, again and again, at the console from {from}");
        let new = security::New { kind: security::Kind::Guessing, subject, words: &words, quiet: false };
        security::raise(&mut tx, &by, person.school, new).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The page again, with why nobody is signed in.
pub(crate) async fn refused(
    console: &Console,
    fields: &Fields,
    status: StatusCode,
    words: &str,
) -> Result<Response, Failure> {
    let schools = schools::all(&mut console.db.read().await?).await?;
    Ok((status, page(console, &schools, fields, Some(words))).into_response())
}

/// Whoever has shown who they are, in whichever way: a session, and on to where they were going.
pub(crate) async fn let_in(
    console: &Console,
    person: &Person,
    (address, headers): (Option<IpAddr>, &HeaderMap),
    next: &str,
) -> Result<Response, Failure> {
    let now = (console.clock)();
    console.arrives(person, address, now).await?;
    let from = address.map(|it| it.to_string());
    let token = Token::fresh().map_err(|_| Failure::Broken("the system gives no random numbers"))?;
    let until = now.saturating_add(session::LONGEST).unwrap_or(now);
    let by = By { person: Some(person.id), name: person.name.to_string(), at: now };
    let mut tx = console.db.write().await?;
    if let Some(before) = console.cookie(headers) {
        give_way(&mut tx, &by, &before, person, now).await?;
    }
    sessions::open(&mut tx, &token.hash(), person.school, person.id, now, until).await?;
    let browser = headers.get(USER_AGENT).and_then(|it| it.to_str().ok()).map(own_sessions::browser);
    sessions::place(&mut tx, &token.hash(), from.as_deref(), browser.as_deref()).await?;
    audit::note(&mut tx, &by, person.school, "sign in", person.username.as_str(), None, from.as_deref())
        .await?;
    // Who holds roles at several schools says first at which they act (ACC-10).
    let placed = placements::of(&mut tx, person.id).await?.iter().any(|it| it.is_in_force(now));
    tx.commit().await?;
    let to = if placed {
        format!("/acting?{}", serde_html_form::to_string([("next", local(next))]).unwrap_or_default())
    } else {
        local(next).to_owned()
    };
    Ok(([(SET_COOKIE, token.to_cookie(console))], Redirect::to(&to)).into_response())
}

/// The session that this browser held until now ends: locked or not, nobody goes on with it (PWD-08).
async fn give_way(
    tx: &mut Tx,
    by: &By,
    before: &Token,
    person: &Person,
    now: Timestamp,
) -> Result<(), Failure> {
    let Some(old) = sessions::find(tx, &before.hash(), now).await? else { return Ok(()) };
    sessions::close(tx, &before.hash()).await?;
    if old.person == person.id {
        return Ok(());
    }
    let Some(left) = people::get(tx, old.school, old.person).await? else { return Ok(()) };
    let (subject, name) = (left.person.username.as_str(), &left.person.name);
    audit::note(tx, by, old.school, "end session left open", subject, None, None).await?;
    let words = format!("{name} left a session of the console open; the next person signed in over it");
    let new = security::New { kind: security::Kind::LeftOpen, subject, words: &words, quiet: true };
    security::raise(tx, by, old.school, new).await?;
    Ok(())
}

/// Only an address of ours: anything that a browser could take for another site leads to the first page.
pub(crate) fn local(next: &str) -> &str {
    let plain = next.bytes().all(|it| it.is_ascii_graphic() && it != b'\\');
    let ours = next.starts_with('/') && !next.starts_with("//") && plain;
    if ours { next } else { "/" }
}

async fn find(console: &Console, schools: &[School], fields: &Fields) -> Result<Option<Kept>, Failure> {
    let Some(school) = chosen(schools, fields) else { return Ok(None) };
    let Ok(username) = fields.get("username").parse::<Username>() else { return Ok(None) };
    Ok(people::by_username(&mut console.db.read().await?, school, &username).await?)
}

fn chosen(schools: &[School], fields: &Fields) -> Option<Id<School>> {
    match schools {
        [only] => Some(only.id),
        _ => schools.iter().map(|it| it.id).find(|it| it.to_string() == fields.get("school")),
    }
}

fn page(console: &Console, schools: &[School], fields: &Fields, complaint: Option<&str>) -> Markup {
    let button = console.elsewhere.as_ref().and_then(|it| it.button());
    let choices: Vec<_> = schools.iter().map(|it| (it.id.to_string(), it.name.to_string())).collect();
    let all: Vec<_> = complaint.iter().map(|words| ("username", *words)).collect();
    let username =
        Input { autocomplete: "username", ..Input::text("username", "Username", fields.get("username")) };
    let password = Input {
        kind: "password",
        autocomplete: "current-password",
        ..Input::text("password", "Password", "")
    };
    layout::bare(
        "Sign in",
        &html! {
            (complaints(&all))
            div.sg-panel {
                h1.govuk-heading-l { "Sign in" }
                p.govuk-body { "For staff who look after filtering and safety." }
                form method="post" action="/sign-in" novalidate {
                    input type="hidden" name="next" value=(fields.get("next"));
                    @if choices.len() > 1 { (select("school", "School", fields.get("school"), &choices)) }
                    (input(&username))
                    (input(&password))
                    button.govuk-button type="submit" { "Sign in" }
                }
                @if let Some(button) = button {
                    // A link, not a form: browsers hold `form-action` against where a form's answer leads.
                    p.govuk-body { "Or, without typing a password here:" }
                    p.govuk-body {
                        a.govuk-button.govuk-button--secondary role="button" draggable="false" href=(provider(fields.get("next"))) { (button) }
                    }
                }
            }
        },
    )
}

/// Where somebody who is signed in shows who they are once more, at the provider.
pub(crate) fn provider_again(next: &str) -> String {
    format!(
        "/sign-in/provider?{}",
        serde_html_form::to_string([("again", "yes"), ("next", next)]).unwrap_or_default()
    )
}

fn provider(next: &str) -> String {
    if next.is_empty() {
        return "/sign-in/provider".to_owned();
    }
    format!("/sign-in/provider?{}", serde_html_form::to_string([("next", next)]).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_no_other_site() {
        let check = |next: &str, expected: &str| assert_eq!(local(next), expected, "{next:?}");
        check("/activity?person=1", "/activity?person=1");
        check("", "/");
        check("https://evil.test/", "/");
        check("//evil.test/", "/");
        check("/\\evil.test/", "/");
        check("/\t/evil.test", "/");
    }
}
