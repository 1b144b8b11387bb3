//! Signing in with a school account at the gate: to the identity provider, and back (ACC-05). Nothing is kept of people
//! on their way: what leads them back to this device is signed with the gate's own secret.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use school::{NotLetIn, RoundTrip};

use super::{
    Visit,
    form::{Fields, encode, safe_back},
    to,
};
use crate::{Page, Refusal, desk::Desk, pages::Frame, pages::sign_in::Wrong, secret::Purpose};

/// The path that the provider leads back to.
pub(super) const BACK: &str = "/sign-in/provider/back";
/// How long somebody may take at the provider.
const LONGEST: SignedDuration = SignedDuration::from_mins(10);

impl Desk {
    pub(super) async fn set_out(&self, frame: &Frame<'_>, visit: &Visit<'_>, query: &Fields) -> Page {
        let gate = &frame.snapshot.settings.gate_name;
        let back = safe_back(query.get("back"), gate).unwrap_or_default();
        if !visit.secure {
            return to(&format!("https://{gate}/sign-in/provider?back={}", encode(back)));
        }
        let trip = self.trip(frame, visit, visit.now.as_nanosecond(), back);
        match self.errands.address(trip).await {
            Ok(address) => to(&address),
            Err(why) => self.sign_in_form(frame, visit, back, Some((Wrong::Elsewhere(why), ""))),
        }
    }

    pub(super) async fn come_back(&self, frame: &Frame<'_>, visit: &Visit<'_>, query: &Fields) -> Page {
        let Some((trip, back)) = self.trip_of(frame, visit, query.get("state")) else {
            return self.not_let_in(frame, visit, "", NotLetIn::NotBegunHere);
        };
        if query.get("code").is_empty() {
            return self.not_let_in(frame, visit, &back, NotLetIn::Declined);
        }
        let person = match self.errands.whose(trip, query.get("code").to_owned()).await {
            Ok(person) => person,
            Err(why) => return self.not_let_in(frame, visit, &back, why),
        };
        // Somebody may have been added since this snapshot was built; a moment later it knows them.
        let Some(known) = frame.snapshot.people.get(person) else {
            return self.not_let_in(frame, visit, &back, NotLetIn::Unknown);
        };
        if let Some(refusal) = Refusal::of(frame.snapshot, known, visit.device, visit.now) {
            return self.sign_in_form(frame, visit, &back, Some((Wrong::Refused(refusal), "")));
        }
        self.let_in(frame, visit, std::sync::Arc::clone(known), &back)
    }

    fn not_let_in(&self, frame: &Frame<'_>, visit: &Visit<'_>, back: &str, why: NotLetIn) -> Page {
        // Only what the provider vouched for: else anybody could fill the audit trail.
        if matches!(why, NotLetIn::Foreign | NotLetIn::Unproven | NotLetIn::Unknown | NotLetIn::Taken) {
            self.errands.sign_in(None, "", visit.device, why.in_short(), visit.now);
        }
        self.sign_in_form(frame, visit, back, Some((Wrong::Elsewhere(why), "")))
    }

    /// All of it follows from the device, the moment and the gate's secret, and no two moments are alike.
    fn trip(&self, frame: &Frame<'_>, visit: &Visit<'_>, began: i128, back: &str) -> RoundTrip {
        let device = visit.device.to_canonical().to_string();
        let moment = began.to_be_bytes();
        let follows = |what: &str| {
            let parts: [&[u8]; 4] = [what.as_bytes(), device.as_bytes(), &moment, back.as_bytes()];
            URL_SAFE_NO_PAD.encode(self.secret.tag(Purpose::Trip, &parts))
        };
        RoundTrip {
            back: format!("https://{}{BACK}", frame.snapshot.settings.gate_name),
            state: format!("{began}.{}.{}", follows("state"), URL_SAFE_NO_PAD.encode(back)),
            nonce: follows("nonce"),
            verifier: follows("verifier"),
            again: false,
        }
    }

    /// The trip that this state belongs to, if it began on this device not long ago, and where it was to lead.
    fn trip_of(&self, frame: &Frame<'_>, visit: &Visit<'_>, state: &str) -> Option<(RoundTrip, String)> {
        let mut parts = state.split('.');
        let began: i128 = parts.next()?.parse().ok()?;
        let back = String::from_utf8(URL_SAFE_NO_PAD.decode(parts.nth(1)?).ok()?).ok()?;
        let took = visit.now.as_nanosecond().checked_sub(began)?;
        let trip = self.trip(frame, visit, began, &back);
        let same: bool = subtle::ConstantTimeEq::ct_eq(trip.state.as_bytes(), state.as_bytes()).into();
        (same && (0..LONGEST.as_nanos()).contains(&took)).then_some((trip, back))
    }
}
