use jiff::Timestamp;
use policy::{Ask, Decision, Stage, Target, Verdict, decide};

use crate::{Snapshot, Who};

/// What is to be done with a request. A gate acts on this and on nothing else.
#[derive(Debug, Clone, PartialEq)]
pub enum Ruling {
    /// Let it go on, as the decision says.
    Proceed(Decision),
    /// Show the warning page; the person may go on from there.
    Warn(Decision),
    Refuse(Decision),
    /// Ask who it is.
    SignIn(Decision),
    /// Show the agreement that is missing.
    Agree(Decision),
}

/// Asks the rules, and asks whether this person has signed in and agreed. Help and reporting pass before both;
/// what is sealed is refused before both.
pub fn judge(snapshot: &Snapshot, who: &Who, target: &Target, stage: Stage<'_>, now: Timestamp) -> Ruling {
    let subject = who.subject(snapshot);
    let ask = Ask { who: subject, site: None, target, stage, when: snapshot.calendar.moment(now) };
    let decision = decide(&snapshot.rules, &ask);
    if decision.protected && decision.verdict == Verdict::Allow {
        return Ruling::Proceed(decision);
    }
    match (who, decision.verdict) {
        (Who::Known(known), _) if !known.missing.is_empty() => Ruling::Agree(decision),
        (_, Verdict::Block) => Ruling::Refuse(decision),
        (_, Verdict::Warn) => Ruling::Warn(decision),
        (_, Verdict::Allow) => Ruling::Proceed(decision),
    }
}
