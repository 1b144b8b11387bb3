use std::{net::IpAddr, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use policy::Subject;
use school::{Id, Person};
use zeroize::Zeroizing;

use crate::{Bindings, Credentials, Known, Refusal, SignInBy, Snapshot};

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
    device: IpAddr,
    presented: Option<Presented<'_>>,
    now: Timestamp,
) -> Result<Who, Refusal> {
    if let Some(Presented { header, at_connect }) = presented {
        let text = basic(header).ok_or(Refusal::Wrong)?;
        let named = std::str::from_utf8(&text).ok().and_then(|it| it.split_once(':'));
        let (name, password) = named.ok_or(Refusal::Wrong)?;
        let known = credentials.check(snapshot, device, name, password, now).await?;
        let lasts = snapshot.rules.session(&known.subject).unwrap_or(snapshot.settings.session);
        let device = device.to_canonical();
        if !credentials.sittings.holds(device, known.person.id, lasts, at_connect, now) {
            return Err(Refusal::Again);
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
            if let Some(refusal) = Refusal::of_time(snapshot, known, now) {
                Err(refusal)
            } else {
                let anew = bindings.since(device, now).and_then(|came| known.asked_anew(came));
                Ok(Who::Known(anew.map_or_else(|| Arc::clone(known), Arc::new)))
            }
        }
    }
}

/// `name:password` of `Basic` credentials (RFC 7617).
fn basic(header: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (scheme, rest) = header.split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"basic ") {
        return None;
    }
    STANDARD.decode(rest.trim_ascii()).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests;
