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
}
