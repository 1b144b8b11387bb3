use jiff::Timestamp;
use school::{Id, Person};

use crate::{Again, Agreement, Audience, Practice, Signature, Standing};

/// A signature that is wanted from a certain time on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub agreement: Id<Agreement>,
    pub what: What,
    /// Missing from then on. In the past for what was never given.
    pub since: Timestamp,
    /// Wanted at each sign-in: the last was given then.
    pub last_given: Option<Timestamp>,
}

/// What is missing, in words that doors turn into their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// The person has not signed this text.
    Own,
    /// They have, and it is time again (AUP-08).
    OwnAgain,
    /// A parent has to sign in the place of a young child (AUP-10).
    InPlace,
    InPlaceAgain,
    /// A parent has to counter-sign (AUP-09).
    Counter,
}

/// The answer to the one question that every door asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    pub agreement: Id<Agreement>,
    pub what: What,
}

/// What this person, or a parent for them, has still to sign at `now` of the agreements in force at their school:
/// the one question that every door asks (AUP-07, AUP-15). A signature counts only for the very text that stands.
pub fn missing(
    person: &Person,
    practice: &Practice,
    in_force: &[Agreement],
    signed: &[Signature],
    now: Timestamp,
) -> Vec<Missing> {
    due(person, practice, in_force, signed).into_iter().filter_map(|it| it.at(now, None)).collect()
}

/// All that this person has ever to sign, with the time from which each is missing, so that a door which keeps it
/// can answer at any moment without asking anew.
pub fn due(person: &Person, practice: &Practice, in_force: &[Agreement], signed: &[Signature]) -> Vec<Due> {
    let mut all = Vec::new();
    for agreement in in_force {
        if agreement.school != person.school || !agreement.audience.covers(person.roles) {
            continue;
        }
        let last = |standings: &[Standing]| {
            signed
                .iter()
                .filter(|it| it.person == person.id && it.agreement == agreement.id)
                .filter(|it| standings.contains(&it.standing) && agreement.by_hash(it.hash).is_some())
                .map(|it| it.at)
                .max()
        };
        let again = practice.again(agreement.audience);
        let mut want = |given: Option<Timestamp>, again: Again, first: What, next: What| {
            let (what, since, last_given) = match given {
                None => (first, Timestamp::MIN, None),
                Some(at) => {
                    let Some(since) = practice.lapses(again, at) else { return };
                    (next, since, (again == Again::EachSignIn).then_some(at))
                }
            };
            all.push(Due { agreement: agreement.id, what, since, last_given });
        };
        let is_pupils = agreement.audience == Audience::Pupils;
        if is_pupils && practice.parent_signs_for(person) {
            // Nobody's parent is there whenever a child signs in: the year is the most that can be asked of them.
            let again = if again == Again::EachYear { again } else { Again::Never };
            want(last(&[Standing::InPlace]), again, What::InPlace, What::InPlaceAgain);
            continue;
        }
        want(last(&[Standing::Own]), again, What::Own, What::OwnAgain);
        if is_pupils && practice.counter_sign {
            // Who signed in the place of a young child has agreed to the same text.
            let given = last(&[Standing::Counter, Standing::InPlace]);
            want(given, Again::Never, What::Counter, What::Counter);
        }
    }
    all
}

impl Due {
    /// `signed_in`: when the person signed in at this door, where it knows.
    pub fn at(&self, now: Timestamp, signed_in: Option<Timestamp>) -> Option<Missing> {
        let anew = self.last_given.zip(signed_in).is_some_and(|(given, came)| given < came);
        (self.since <= now || anew).then_some(Missing { agreement: self.agreement, what: self.what })
    }
}

impl What {
    /// Whether the person can do it themselves; else a parent has to.
    pub const fn is_theirs(self) -> bool {
        matches!(self, What::Own | What::OwnAgain)
    }

    /// For staff.
    pub const fn label(self) -> &'static str {
        match self {
            What::Own => "Has not signed",
            What::OwnAgain => "Signed; it is time to sign again",
            What::InPlace => "A parent has to sign in the child's place",
            What::InPlaceAgain => "A parent signed; it is time to sign again",
            What::Counter => "A parent has not counter-signed",
        }
    }
}

#[cfg(test)]
mod tests;
