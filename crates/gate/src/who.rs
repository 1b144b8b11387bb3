use std::{net::IpAddr, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use policy::Subject;
use school::{Id, Person, Username, remote::NotEntered};
use zeroize::Zeroizing;

use crate::{
    Bindings, Credentials, Errands, Known, Refusal, SignInBy, Snapshot, credentials::Answer, sittings::Holds,
};

/// Who is asking.
#[derive(Debug, Clone)]
pub enum Who {
    Known(Arc<Known>),
    /// Nobody has signed in: the strictest profile, never an open one (design decision 13).
    Nobody,
}

impl Who {
    pub fn subject<'a>(&'a self, snapshot: &'a Snapshot) -> &'a Subject {
        match self {
            Who::Known(known) => &known.subject,
            Who::Nobody => snapshot.rules.unknown(),
        }
    }
    pub fn id(&self) -> Option<Id<Person>> {
        match self {
            Who::Known(known) => Some(known.person.id),
            Who::Nobody => None,
        }
    }
}

/// A name and password that came by the proxy's own way (RFC 9110 section 11.7).
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// The value of `Proxy-Authorization`.
    pub header: &'a [u8],
    /// Sent with the CONNECT of a tunnel, and counted for each request inside it since.
    pub at_connect: bool,
}

/// What someone says of themselves is believed before what is assumed of their device: a teacher who signs in on
/// a pupil's tablet is the teacher.
pub(crate) async fn identify(
    snapshot: &Snapshot,
    credentials: &Credentials,
    bindings: &Bindings,
    errands: &Errands,
    device: IpAddr,
    presented: Option<Presented<'_>>,
    now: Timestamp,
) -> Result<Who, Refusal> {
    if let Some(Presented { header, at_connect }) = presented {
        let (mut room, mut long) = (Zeroizing::new([0; 256]), Zeroizing::new(Vec::new()));
        let text = basic(header, &mut *room, &mut long).ok_or(Refusal::Wrong)?;
        let named = std::str::from_utf8(text).ok().and_then(|it| it.split_once(':'));
        let (name, password) = named.ok_or(Refusal::Wrong)?;
        let Answer { who, anew } = credentials.answer(snapshot, device, name, password, now).await;
        let known = match who {
            Ok(known) => known,
            Err(refusal) => {
                // From outside it is news of a remembered password too; of many alike the office keeps one.
                if anew || matches!(refusal, Refusal::Outside(_)) {
                    refused(snapshot, errands, device, name, refusal, now);
                }
                return Err(refusal);
            }
        };
        let lasts = snapshot.session(&known);
        let holds =
            credentials.sittings.holds(device.to_canonical(), known.person.id, lasts, at_connect, now);
        if holds == Holds::Over {
            return Err(Refusal::Again);
        }
        // Remembered from another device is no news of the password, but of a second place (ACC-17).
        if anew || holds == Holds::Begins {
            let name = known.person.username.as_str();
            errands.sign_in(Some(known.person.id), name, device, "signed in", now);
        }
        return Ok(Who::Known(known));
    }
    let device = device.to_canonical();
    let owner = || {
        let (_, person) = snapshot.settings.devices.get(&device)?;
        snapshot.people.get((*person)?)
    };
    match bindings.signed_in(device, &snapshot.people, now).or_else(owner) {
        None => {
            if snapshot.settings.sign_in == SignInBy::Proxy {
                credentials.sittings.ask(device, now);
            }
            Ok(Who::Nobody)
        }
        Some(known) => {
            if let Some(refusal) = Refusal::of(snapshot, known, device, now) {
                Err(refusal)
            } else {
                let anew = bindings.since(device, now).and_then(|came| known.asked_anew(came));
                Ok(Who::Known(anew.map_or_else(|| Arc::clone(known), Arc::new)))
            }
        }
    }
}

/// Tells the office of a sign-in that came to nothing (LOG-03, PWD-09).
pub(crate) fn refused(
    snapshot: &Snapshot,
    errands: &Errands,
    device: IpAddr,
    username: &str,
    refusal: Refusal,
    now: Timestamp,
) {
    let what = match refusal {
        // Nothing was looked at.
        Refusal::Busy => return,
        Refusal::Wrong | Refusal::Again => "refused",
        Refusal::Down => "refused: the directory did not answer",
        Refusal::SlowDown => "slowed down",
        Refusal::Ended(_) => "refused: their time is over",
        Refusal::NotYet(_) => "refused: their time has not come",
        Refusal::Closed => "refused: outside the hours of community users",
        Refusal::Outside(NotEntered::NoApproval) => "refused: no approval of remote access",
        Refusal::Outside(NotEntered::OtherRoute) => "refused: remote access is approved for another way in",
    };
    // What was typed may be a password in the wrong box: only a name that exists is kept.
    let typed: Option<Username> = username.parse().ok();
    let known = typed.as_ref().and_then(|it| snapshot.people.by_username(it));
    let name = known.map_or("", |it| it.person.username.as_str());
    errands.sign_in(known.map(|it| it.person.id), name, device, what, now);
    // Nobody's here; it may be one of another school (ACC-17).
    if let (Refusal::Wrong, None, Some(typed)) = (refusal, known, typed) {
        errands.stranger(typed, device, now);
    }
}

/// `name:password` of `Basic` credentials (RFC 7617), in `room` where they fit: this is asked of every request.
fn basic<'a>(header: &[u8], room: &'a mut [u8], long: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    let (scheme, rest) = header.split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"basic ") {
        return None;
    }
    let rest = rest.trim_ascii();
    let most = base64::decoded_len_estimate(rest.len());
    let into = if most <= room.len() {
        room
    } else {
        long.resize(most, 0);
        long
    };
    let length = STANDARD.decode_slice(rest, into).ok()?;
    into.get(..length)
}

#[cfg(test)]
mod tests;
