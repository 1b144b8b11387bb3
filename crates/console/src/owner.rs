//! Is it still the person who signed in? Their password, wherever it is kept, or a sign-in at the provider just now.
use jiff::SignedDuration;
use maud::{Markup, html};
use school::KeptBy;
use store::accounts;

use crate::{
    Console,
    components::field::{Input, input},
    failure::Failure,
    fields::Fields,
    pages::sign_in::provider_again,
    password,
    staff::Staff,
};

/// What somebody can show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A password, of which this is kept.
    Password(String),
    /// A password, which the directory knows.
    Directory,
    /// No password that could be typed here: they sign in at the provider. The button's words, where there is one.
    Provider(Option<String>),
}

/// So long after it, a sign-in at the provider says who they are as a password would.
const JUST_NOW: SignedDuration = SignedDuration::from_mins(10);

pub(crate) async fn owner(console: &Console, staff: &Staff) -> Result<Owner, Failure> {
    let mut tx = console.db.read().await?;
    let kept_by = accounts::kept_by(&mut tx, staff.id()).await?;
    let phc = store::people::password(&mut tx, staff.own_school().id, staff.id()).await?;
    let elsewhere = console.elsewhere.as_ref().filter(|it| it.school() == Some(staff.own_school().id));
    Ok(match (kept_by, phc, elsewhere) {
        (KeptBy::School, Some(phc), _) => Owner::Password(phc),
        (KeptBy::Directory, _, Some(_)) => Owner::Directory,
        (_, _, elsewhere) => Owner::Provider(elsewhere.and_then(|it| it.button()).map(ToOwned::to_owned)),
    })
}

/// Whether the password that was typed is theirs. Never so for who has none.
pub(crate) async fn is_owner(console: &Console, staff: &Staff, fields: &Fields) -> Result<bool, Failure> {
    let Some(guess) = console.throttle.guess_own("", staff.own_person(), (console.clock)()) else {
        return Ok(false);
    };
    let typed = fields.raw("password");
    let right = match (owner(console, staff).await?, &console.elsewhere) {
        (Owner::Password(phc), _) => password::is_right(typed, Some(phc)).await?,
        (Owner::Directory, Some(elsewhere)) if !typed.is_empty() => {
            elsewhere.is_right(staff.own_person(), typed).await.unwrap_or(false)
        }
        _ => password::is_right(typed, None).await?,
    };
    if right {
        console.throttle.right(guess);
    }
    Ok(right)
}

/// Whether they may add their first second credential (ACC-07): so that nobody adds theirs to a session left open.
pub(crate) async fn may_begin(console: &Console, staff: &Staff, fields: &Fields) -> Result<bool, Failure> {
    if let Owner::Provider(_) = owner(console, staff).await? {
        let age = (console.clock)().duration_since(staff.opened_at);
        return Ok((SignedDuration::ZERO..JUST_NOW).contains(&age));
    }
    is_owner(console, staff, fields).await
}

/// The question that `may_begin` reads the answer to.
pub(crate) fn question(owner: &Owner, next: &str, complaint: Option<&str>) -> Markup {
    if let Owner::Provider(button) = owner {
        return html! {
            @if let Some(words) = complaint { p.govuk-error-message { (words) } }
            p.govuk-body {
                "You sign in with a school account. For your first second credential, sign in again if you have been signed \
                 in for more than " (JUST_NOW.as_mins()) " minutes."
                @if let Some(button) = button { " " a.govuk-link href=(provider_again(next)) { (button) } "." }
            }
        };
    }
    input(&Input {
        kind: "password",
        hint: "Asked for with your first second credential",
        autocomplete: "current-password",
        complaint,
        ..Input::text("password", "Your password", "")
    })
}

/// What is said where `may_begin` says no.
pub(crate) fn not_now(owner: &Owner) -> &'static str {
    match owner {
        Owner::Provider(_) => {
            "You signed in too long ago. Sign in again with your school account, then add it"
        }
        _ => "That is not your password",
    }
}
