use jiff::Timestamp;

/// When someone may pass any door: from `from`, included, until `until`, not included (ACC-14, ACC-18). Every door
/// asks it at every request, so that nobody is in a minute longer than they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Stay {
    /// `None`: since ever.
    pub from: Option<Timestamp>,
    /// `None`: until further notice.
    pub until: Option<Timestamp>,
}

impl Stay {
    /// No beginning and no end.
    pub const ALWAYS: Stay = Stay { from: None, until: None };

    pub fn covers(self, now: Timestamp) -> bool {
        self.from.is_none_or(|it| it <= now) && !self.is_over(now)
    }
    pub fn is_over(self, now: Timestamp) -> bool {
        self.until.is_some_and(|it| it <= now)
    }

    /// While both let them in.
    #[must_use]
    pub fn and(self, other: Stay) -> Stay {
        let from = self.from.max(other.from);
        let until = match (self.until, other.until) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        Stay { from, until }
    }

    /// Whether there is a moment that both cover.
    pub fn meets(self, other: Stay) -> bool {
        let both = self.and(other);
        both.until.is_none_or(|until| both.from.is_none_or(|from| from < until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_until_the_minute_and_out_after_it() {
        let at = |text: &str| text.parse::<Timestamp>().expect(text);
        let stay = Stay { from: Some(at("2026-11-25T09:00:00Z")), until: Some(at("2026-11-25T15:00:00Z")) };
        let check = |text: &str, inside: bool| assert_eq!(stay.covers(at(text)), inside, "{text}");
        check("2026-11-25T08:59:59Z", false);
        check("2026-11-25T09:00:00Z", true);
        check("2026-11-25T14:59:59Z", true);
        check("2026-11-25T15:00:00Z", false);
        assert!(Stay::ALWAYS.covers(at("1970-01-01T00:00:00Z")));
    }

    #[test]
    fn two_stays_meet_where_both_let_them_in() {
        let at = |text: &str| Some(text.parse::<Timestamp>().expect(text));
        let stay = |from, until| Stay { from, until };
        let (nine, noon, three) =
            (at("2026-11-25T09:00:00Z"), at("2026-11-25T12:00:00Z"), at("2026-11-25T15:00:00Z"));
        let check = |one: Stay, two: Stay, both: Stay, meet: bool| {
            assert_eq!((one.and(two), two.and(one)), (both, both));
            assert_eq!((one.meets(two), two.meets(one)), (meet, meet), "{one:?} {two:?}");
        };
        check(Stay::ALWAYS, stay(nine, noon), stay(nine, noon), true);
        check(stay(nine, None), stay(None, three), stay(nine, three), true);
        check(stay(nine, three), stay(noon, None), stay(noon, three), true);
        check(stay(nine, noon), stay(noon, three), stay(noon, noon), false);
    }
}
