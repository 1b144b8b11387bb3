use std::net::IpAddr;

use jiff::Timestamp;
use policy::{Ask, Decision, Outcome, Stage, Step, Target, Verdict, decide};
use school::exceptional::Held;

use crate::{Snapshot, Who};

/// What is to be done with a request. A gate acts on this and on nothing else.
#[derive(Debug, Clone, PartialEq)]
pub enum Ruling {
    /// Let it go on, as the decision says.
    Proceed(Decision),
    /// Show the warning page; the person may go on from there ([`crate::Passes::settle`] remembers that they did).
    Warn(Decision),
    Refuse(Decision),
    /// Ask who it is.
    SignIn(Decision),
    /// Say that their password has to be changed first, and where (PWD-03).
    Password(Decision),
    /// Show the agreement that is missing.
    Agree(Decision),
    /// They have signed; now the head or campus lead has to approve it (ACC-19).
    Hold(Decision, Held),
}

/// Asks the rules, and asks whether this person has signed in, with a password that still counts, and agreed. Help and
/// reporting pass before all of it;
/// what nothing could open is refused before both.
pub fn judge(
    snapshot: &Snapshot,
    who: &Who,
    device: IpAddr,
    target: &Target,
    stage: Stage<'_>,
    now: Timestamp,
) -> Ruling {
    let subject = who.subject(snapshot);
    let ask = Ask { who: subject, site: snapshot.site, target, stage, when: snapshot.calendar.moment(now) };
    // From outside, nothing opens to nobody (ACC-22, ACC-23).
    let open_unknown = snapshot.settings.open_unknown && snapshot.settings.routes.by(device).is_none();
    match settle(decide(&snapshot.rules, &ask), who, open_unknown, now) {
        // Nobody could sign in at a provider whose page asks them to sign in first.
        Ruling::SignIn(decision) if snapshot.settings.is_for_sign_in(target) => Ruling::Proceed(decision),
        // Nor change a password at a console that asks for the change first.
        Ruling::Password(decision) if snapshot.settings.is_console(target) => Ruling::Proceed(decision),
        ruling => ruling,
    }
}

/// The order of the doors (AUP-07, PWD-01, ACC-19): help, what nobody may have, sign-in, a password of one's own,
/// agreement, approval, then the verdict.
fn settle(decision: Decision, who: &Who, open_unknown: bool, now: Timestamp) -> Ruling {
    if decision.protected && decision.verdict == Verdict::Allow {
        return Ruling::Proceed(decision);
    }
    if matches!(decision.because.step, Step::Fault | Step::Sealed | Step::AlwaysBlocked)
        && decision.verdict == Verdict::Block
    {
        return Ruling::Refuse(decision);
    }
    match who {
        Who::Nobody if !open_unknown || decision.verdict == Verdict::Block => Ruling::SignIn(decision),
        Who::Known(known) if known.has_to_change(now) => Ruling::Password(decision),
        Who::Known(known) if known.missing_at(now).next().is_some() => Ruling::Agree(decision),
        Who::Known(known) if let Some(held) = known.held => Ruling::Hold(decision, held),
        Who::Nobody | Who::Known(_) => match decision.verdict {
            Verdict::Block => Ruling::Refuse(decision),
            Verdict::Warn => Ruling::Warn(decision),
            Verdict::Allow => Ruling::Proceed(decision),
        },
    }
}

impl Ruling {
    pub fn decision(&self) -> &Decision {
        match self {
            Ruling::Proceed(it)
            | Ruling::Warn(it)
            | Ruling::Refuse(it)
            | Ruling::SignIn(it)
            | Ruling::Password(it)
            | Ruling::Agree(it)
            | Ruling::Hold(it, _) => it,
        }
    }

    /// What the record says of it, as long as the site itself does not fail.
    pub fn outcome(&self) -> Outcome {
        match self {
            Ruling::Proceed(_) => Outcome::Allowed,
            Ruling::Warn(_) => Outcome::Warned,
            Ruling::Refuse(_) => Outcome::Blocked,
            // They are to sign in once more, with another password.
            Ruling::SignIn(_) | Ruling::Password(_) => Outcome::AskedToSignIn,
            Ruling::Agree(_) => Outcome::AskedToAgree,
            Ruling::Hold(..) => Outcome::Held,
        }
    }
}

#[cfg(test)]
mod tests;
