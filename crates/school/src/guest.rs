//! Visitors and others who are at the school for a time, from the asking to the end (ACC-18 to ACC-21).
use jiff::{SignedDuration, Timestamp};

use crate::{
    Choice, Email, Id, Line, Person, Role, School, Stay,
    settings::{CONTRACTORS, GUEST_APPROVAL, OUTSIDER_LONGEST, Settings, VISIT_LONGEST},
};

/// Someone's access for a time: why, who answers for it, and until when. Never open-ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    pub id: Id<Guest>,
    pub school: Id<School>,
    pub name: Line,
    pub kind: Kind,
    /// Whom they come from.
    pub organisation: Option<Line>,
    pub email: Option<Email>,
    /// What they need it for, in words.
    pub focus: Line,
    /// Who answers for it.
    pub sponsor: Id<Person>,
    pub hours: Hours,
    /// The sponsor has seen the agreement signed on paper. The gate asks for it in any case.
    pub signed_on_paper: bool,
    pub asked_by: Option<Id<Person>>,
    pub asked_at: Timestamp,
    pub stage: Stage,
}

/// What a guest is to the school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Visitor,
    Contractor,
    CommunityUser,
    ExternalTutor,
    Trainee,
    Volunteer,
    OutsideAgency,
}

/// From, included, until, not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    pub from: Timestamp,
    pub until: Timestamp,
}

/// Whose yes it has, and when it was given (ACC-19).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approval {
    pub by: Id<Person>,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Waits for the head or campus lead.
    Requested,
    Refused {
        by: Id<Person>,
        at: Timestamp,
        why: String,
    },
    /// Expected: may be let in. `None`: a sponsor was enough.
    Cleared {
        approval: Option<Approval>,
    },
    /// Has an account.
    Admitted {
        account: Id<Person>,
        by: Option<Id<Person>>,
        at: Timestamp,
        approval: Option<Approval>,
    },
    /// `by` is nobody where their time simply ran out; `account` is nothing where they never came.
    Ended {
        account: Option<Id<Person>>,
        by: Option<Id<Person>>,
        at: Timestamp,
        why: String,
    },
}

/// What the school has set for guests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    pub approval: bool,
    pub contractors: bool,
    pub visit_longest: SignedDuration,
    pub outsider_longest: SignedDuration,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("this school gives contractors no internet access (a setting)")]
    Contractors,
    #[error("the end must be later than the beginning")]
    EndsFirst,
    #[error("the end is in the past")]
    Past,
    #[error("access of this kind lasts at most {0} (a setting)")]
    TooLong(String),
    #[error("that is not possible any more: somebody else was here first, or its time is over")]
    Stage,
    #[error("say why")]
    NoReason,
    #[error("more time needs the approval of the head or campus lead")]
    NeedsApproval,
}

impl Rules {
    pub fn of(settings: &Settings) -> Rules {
        Rules {
            approval: settings.text(&GUEST_APPROVAL) != "none",
            contractors: settings.text(&CONTRACTORS) == "signed",
            visit_longest: SignedDuration::from_hours(settings.number(&VISIT_LONGEST).into()),
            outsider_longest: SignedDuration::from_hours(i64::from(settings.number(&OUTSIDER_LONGEST)) * 24),
        }
    }

    /// # Errors
    /// Why these hours cannot be given.
    pub fn check(&self, kind: Kind, hours: Hours, now: Timestamp) -> Result<(), Refused> {
        if kind == Kind::Contractor && !self.contractors {
            return Err(Refused::Contractors);
        }
        if hours.until <= hours.from {
            return Err(Refused::EndsFirst);
        }
        if hours.until <= now {
            return Err(Refused::Past);
        }
        let longest = if kind == Kind::Visitor { self.visit_longest } else { self.outsider_longest };
        if longest < hours.until.duration_since(hours.from) {
            let hours = longest.as_hours();
            let words = if hours <= 48 { format!("{hours} hours") } else { format!("{} days", hours / 24) };
            return Err(Refused::TooLong(words));
        }
        Ok(())
    }
}

impl Guest {
    /// All who had a part in it: sponsor, who asked, decided, let in and ended, and the account made.
    pub fn people(&self) -> impl Iterator<Item = Id<Person>> {
        let [approval, by, account] = match &self.stage {
            Stage::Requested => [None; 3],
            Stage::Refused { by, .. } => [None, Some(*by), None],
            Stage::Cleared { approval } => [approval.as_ref().map(|it| it.by), None, None],
            Stage::Admitted { account, by, approval, .. } => {
                [approval.as_ref().map(|it| it.by), *by, Some(*account)]
            }
            Stage::Ended { account, by, .. } => [None, *by, *account],
        };
        [Some(self.sponsor), self.asked_by, approval, by, account].into_iter().flatten()
    }

    /// Where a new one begins: expected, or waiting for approval.
    ///
    /// # Errors
    /// What the rules do not allow.
    pub fn ask(self, rules: &Rules, now: Timestamp) -> Result<Guest, Refused> {
        rules.check(self.kind, self.hours, now)?;
        let stage = if rules.approval { Stage::Requested } else { Stage::Cleared { approval: None } };
        Ok(Guest { stage, ..self })
    }

    /// # Errors
    /// [`Refused::Stage`] unless it waits for approval.
    pub fn approve(self, by: Id<Person>, at: Timestamp) -> Result<Guest, Refused> {
        match self.stage {
            Stage::Requested if at < self.hours.until => {
                Ok(Guest { stage: Stage::Cleared { approval: Some(Approval { by, at }) }, ..self })
            }
            _ => Err(Refused::Stage),
        }
    }

    /// # Errors
    /// [`Refused::NoReason`], or [`Refused::Stage`] unless it waits for approval.
    pub fn refuse(self, by: Id<Person>, at: Timestamp, why: &str) -> Result<Guest, Refused> {
        match self.stage {
            Stage::Requested if why.trim().is_empty() => Err(Refused::NoReason),
            Stage::Requested => {
                Ok(Guest { stage: Stage::Refused { by, at, why: why.trim().to_owned() }, ..self })
            }
            _ => Err(Refused::Stage),
        }
    }

    /// # Errors
    /// [`Refused::Stage`] unless they are expected and there is time left, [`Refused::Contractors`].
    pub fn admit(
        self,
        account: Id<Person>,
        by: Option<Id<Person>>,
        at: Timestamp,
        rules: &Rules,
    ) -> Result<Guest, Refused> {
        if self.kind == Kind::Contractor && !rules.contractors {
            return Err(Refused::Contractors);
        }
        match self.stage {
            Stage::Cleared { approval } if at < self.hours.until => {
                Ok(Guest { stage: Stage::Admitted { account, by, at, approval }, ..self })
            }
            _ => Err(Refused::Stage),
        }
    }

    /// Another end, later or sooner. `may_approve`: whoever asks could approve it too.
    ///
    /// # Errors
    /// What the rules do not allow; [`Refused::Stage`] once it is over.
    pub fn extend(
        self,
        until: Timestamp,
        now: Timestamp,
        rules: &Rules,
        may_approve: bool,
    ) -> Result<Guest, Refused> {
        if matches!(self.stage, Stage::Refused { .. } | Stage::Ended { .. }) || self.hours.until <= now {
            return Err(Refused::Stage);
        }
        let hours = Hours { until, ..self.hours };
        rules.check(self.kind, hours, now)?;
        let approved = !matches!(self.stage, Stage::Requested);
        if approved && rules.approval && !may_approve && self.hours.until < until {
            return Err(Refused::NeedsApproval);
        }
        Ok(Guest { hours, ..self })
    }

    /// # Errors
    /// [`Refused::Stage`] where it is over already.
    pub fn end(self, by: Option<Id<Person>>, at: Timestamp, why: &str) -> Result<Guest, Refused> {
        let account = match self.stage {
            Stage::Requested | Stage::Cleared { .. } => None,
            Stage::Admitted { account, .. } => Some(account),
            Stage::Refused { .. } | Stage::Ended { .. } => return Err(Refused::Stage),
        };
        Ok(Guest { stage: Stage::Ended { account, by, at, why: why.trim().to_owned() }, ..self })
    }

    /// Closes the record of one whose time is over; the doors have been shut since then anyway.
    pub fn lapse(self, now: Timestamp) -> Option<Guest> {
        let until = self.hours.until;
        let why = match self.stage {
            Stage::Admitted { .. } => "Their time was over",
            Stage::Cleared { .. } => "They did not come",
            _ => "Nobody had approved it in time",
        };
        if now < until { None } else { self.end(None, until, why).ok() }
    }

    pub fn account(&self) -> Option<Id<Person>> {
        match self.stage {
            Stage::Admitted { account, .. } => Some(account),
            Stage::Ended { account, .. } => account,
            _ => None,
        }
    }

    /// When the account may pass any door: never after it was ended.
    pub fn stay(&self) -> Stay {
        let until = match self.stage {
            Stage::Ended { at, .. } => at.min(self.hours.until),
            _ => self.hours.until,
        };
        Stay { from: Some(self.hours.from.min(until)), until: Some(until) }
    }
}

impl Kind {
    pub const fn role(self) -> Role {
        match self {
            Kind::Visitor => Role::Visitor,
            Kind::Contractor => Role::Contractor,
            Kind::CommunityUser => Role::CommunityUser,
            Kind::ExternalTutor => Role::ExternalTutor,
            Kind::Trainee => Role::Trainee,
            Kind::Volunteer => Role::Volunteer,
            Kind::OutsideAgency => Role::OutsideAgency,
        }
    }
}

impl Stage {
    pub const fn code(&self) -> &'static str {
        match self {
            Stage::Requested => "requested",
            Stage::Refused { .. } => "refused",
            Stage::Cleared { .. } => "cleared",
            Stage::Admitted { .. } => "admitted",
            Stage::Ended { .. } => "ended",
        }
    }
    pub const fn label(&self) -> &'static str {
        match self {
            Stage::Requested => "Waits for approval",
            Stage::Refused { .. } => "Refused",
            Stage::Cleared { .. } => "Expected",
            Stage::Admitted { .. } => "Admitted",
            Stage::Ended { .. } => "Ended",
        }
    }
}

impl Choice for Kind {
    const ALL: &'static [Kind] = &[
        Kind::Visitor,
        Kind::Contractor,
        Kind::CommunityUser,
        Kind::ExternalTutor,
        Kind::Trainee,
        Kind::Volunteer,
        Kind::OutsideAgency,
    ];
    fn code(self) -> &'static str {
        self.role().code()
    }
    fn label(self) -> &'static str {
        self.role().label()
    }
}

#[cfg(test)]
mod tests;
