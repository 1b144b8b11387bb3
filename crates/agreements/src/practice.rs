use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use school::{
    Choice, KeyStage, Person, Role,
    settings::{
        AGREEMENT_ADULTS_AGAIN, AGREEMENT_COUNTER_SIGN, AGREEMENT_DAYS, AGREEMENT_PARENT_SIGNS,
        AGREEMENT_PUPILS_AGAIN, SCHOOL_YEAR_MONTH, Settings,
    },
};

use crate::Audience;

/// How a school goes about its agreements, as it has set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practice {
    /// A pupil's agreement is complete only when a parent has signed it too (AUP-09).
    pub counter_sign: bool,
    /// Up to this stage, included, a parent signs in the child's place (AUP-10).
    pub parent_signs_to: Option<KeyStage>,
    pub pupils: Again,
    /// All who are not pupils.
    pub adults: Again,
    pub zone: TimeZone,
    /// The month, 1 to 12, on whose first day a school year begins.
    pub year_month: i8,
}

/// When somebody who has signed the text in force is asked again (AUP-08).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    Never,
    EachYear,
    Days(u32),
    EachSignIn,
}

impl Practice {
    pub fn of(settings: &Settings, zone: TimeZone) -> Practice {
        let again = |code: &str| match code {
            "once" => Again::Never,
            "days" => Again::Days(settings.number(&AGREEMENT_DAYS).max(1)),
            "sign-in" => Again::EachSignIn,
            _ => Again::EachYear,
        };
        Practice {
            counter_sign: settings.is_on(&AGREEMENT_COUNTER_SIGN),
            parent_signs_to: KeyStage::from_code(&settings.text(&AGREEMENT_PARENT_SIGNS)),
            pupils: again(&settings.text(&AGREEMENT_PUPILS_AGAIN)),
            adults: again(&settings.text(&AGREEMENT_ADULTS_AGAIN)),
            zone,
            year_month: i8::try_from(settings.number(&SCHOOL_YEAR_MONTH)).unwrap_or(9).clamp(1, 12),
        }
    }

    /// Whether a parent signs in this pupil's place.
    pub fn parent_signs_for(&self, person: &Person) -> bool {
        let young = |to: KeyStage| person.key_stage().is_some_and(|it| it <= to);
        person.roles.has(Role::Pupil) && self.parent_signs_to.is_some_and(young)
    }

    pub fn again(&self, audience: Audience) -> Again {
        if audience == Audience::Pupils { self.pupils } else { self.adults }
    }

    /// From when a signature of `at` is to be given again; `None`: it holds as long as the text.
    pub(crate) fn lapses(&self, again: Again, at: Timestamp) -> Option<Timestamp> {
        match again {
            Again::Never => None,
            Again::EachYear => self.next_year(at),
            Again::Days(days) => Some(
                at.saturating_add(SignedDuration::from_hours(i64::from(days) * 24)).unwrap_or(Timestamp::MAX),
            ),
            // Doors that know no sign-in (a device known by its owner, a browser that names somebody with every
            // request) ask on the next day.
            Again::EachSignIn => self.midnight(self.zone.to_datetime(at).date().tomorrow().ok()?),
        }
    }

    /// The beginning of the school year after the one in which `at` lies.
    fn next_year(&self, at: Timestamp) -> Option<Timestamp> {
        let date = self.zone.to_datetime(at).date();
        let this = Date::new(date.year(), self.year_month, 1).ok()?;
        let next = if date < this { this } else { Date::new(date.year() + 1, self.year_month, 1).ok()? };
        self.midnight(next)
    }

    fn midnight(&self, date: Date) -> Option<Timestamp> {
        date.to_zoned(self.zone.clone()).ok().map(|it| it.timestamp())
    }
}
