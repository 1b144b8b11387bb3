//! What shows that a form came from this gate, for this device and person, not long ago. It works without cookies
//! and without scripts, and nobody else can use it.
use std::net::IpAddr;

use jiff::Timestamp;
use policy::Target;
use school::Id;

use super::Visit;
use crate::{Who, desk::Desk, passes::site, secret::Purpose};

/// The gate's own forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    SignIn,
    SignOut,
    Agree,
    Report,
}

/// A form may stand open for half a day, a warning for an hour or two.
const FORM_HOURS: i64 = 12;
const GO_ON_HOURS: i64 = 2;

impl Desk {
    pub(super) fn token(&self, form: Form, visit: &Visit<'_>) -> String {
        let hour = hour(visit.now);
        with_form(form, visit, hour, |parts| self.secret.token(Purpose::Form, parts))
    }

    pub(super) fn is_ours(&self, form: Form, visit: &Visit<'_>, token: &str) -> bool {
        hours(visit.now, FORM_HOURS).any(|hour| {
            with_form(form, visit, hour, |parts| self.secret.accepts(token, Purpose::Form, parts))
        })
    }

    /// The token of a warning: for this person on this device and this site.
    pub(crate) fn go_on_token(&self, who: &Who, device: IpAddr, target: &Target, now: Timestamp) -> String {
        with_site(who, device, target, hour(now), |parts| self.secret.token(Purpose::GoOn, parts))
    }

    pub(super) fn is_go_on(&self, visit: &Visit<'_>, target: &Target, token: &str) -> bool {
        hours(visit.now, GO_ON_HOURS).any(|hour| {
            with_site(visit.who, visit.device, target, hour, |parts| {
                self.secret.accepts(token, Purpose::GoOn, parts)
            })
        })
    }
}

fn with_form<T>(form: Form, visit: &Visit<'_>, hour: i64, then: impl FnOnce(&[&[u8]]) -> T) -> T {
    // The person is no part of the sign-in form: whoever sends it is by then somebody else than who opened it.
    let who = if form == Form::SignIn { [0; 16] } else { person(visit.who) };
    then(&[&[form as u8], &device(visit.device), &who, &hour.to_be_bytes()])
}

fn with_site<T>(
    who: &Who,
    address: IpAddr,
    target: &Target,
    hour: i64,
    then: impl FnOnce(&[&[u8]]) -> T,
) -> T {
    then(&[&person(who), &device(address), site(target).as_bytes(), &hour.to_be_bytes()])
}

fn person(who: &Who) -> [u8; 16] {
    who.id().map_or(0, Id::as_u128).to_be_bytes()
}

fn device(address: IpAddr) -> [u8; 16] {
    match address.to_canonical() {
        IpAddr::V4(it) => it.to_ipv6_mapped().octets(),
        IpAddr::V6(it) => it.octets(),
    }
}

fn hour(now: Timestamp) -> i64 {
    now.as_second().div_euclid(3600)
}

/// This hour and those before it, `count` in all.
fn hours(now: Timestamp, count: i64) -> impl Iterator<Item = i64> {
    (0..count).map(move |back| hour(now) - back)
}
