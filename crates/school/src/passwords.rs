//! Whose password it is time to change, and who is too young for one.
use jiff::{SignedDuration, Timestamp};

use crate::{
    Person, Role, Year,
    settings::{PASSWORD_DAYS, PERSONAL_FROM, PUPIL_PASSWORD_DAYS, Settings, YOUNG_SIGN_IN},
};

/// Whether the rules for pupils hold: for adults they are stricter.
pub fn is_pupils(person: &Person) -> bool {
    person.roles.has(Role::Pupil) && person.roles.iter().all(|it| it == Role::Pupil)
}

/// Signs in with pictures or a card (PWD-04): a pupil below the year that the setting names.
pub fn is_young(settings: &Settings, person: &Person) -> bool {
    let from = settings.text(&PERSONAL_FROM).parse::<Year>().ok();
    is_pupils(person) && person.year.zip(from).is_some_and(|(year, from)| year < from)
}

/// Whether they may sign in with three pictures (PWD-04).
pub fn by_pictures(settings: &Settings, person: &Person) -> bool {
    settings.text(&YOUNG_SIGN_IN) == "pictures" && is_young(settings, person)
}

/// Letters of codes on class cards: no vowels, so that chance spells no word, and none that is taken for another.
pub const CARD_LETTERS: &[u8; 16] = b"bcdfghjkmnpqrtwx";
/// Some 32 bits: a child types it, and guessing is slowed down.
pub const CARD_LENGTH: usize = 8;

/// The code of a card however it was typed, with gaps or in capitals. `None`: it is none.
pub fn card_code(typed: &str) -> Option<String> {
    let letters = typed.chars().filter(|it| !it.is_whitespace() && *it != '-');
    let code: String = letters.map(|it| it.to_ascii_lowercase()).collect();
    (code.len() == CARD_LENGTH && code.bytes().all(|it| CARD_LETTERS.contains(&it))).then_some(code)
}

/// Since when it has to be changed before anything else opens: it was given by somebody else (PWD-05), or will be older
/// than the school allows (PWD-03). `None`: never. Those too young for a password of their own are not asked.
pub fn change_from(
    settings: &Settings,
    person: &Person,
    set_at: Timestamp,
    given: bool,
) -> Option<Timestamp> {
    if is_young(settings, person) {
        return None;
    }
    if given {
        return Some(set_at);
    }
    let days = settings.number(if is_pupils(person) { &PUPIL_PASSWORD_DAYS } else { &PASSWORD_DAYS });
    let lasts = SignedDuration::from_hours(24 * i64::from(days));
    (days > 0).then(|| set_at.saturating_add(lasts).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Id, Layer, Roles, Stay, settings::Said};

    #[test]
    fn the_code_of_a_card_counts_however_it_was_typed() {
        let check =
            |typed: &str, code: Option<&str>| assert_eq!(card_code(typed).as_deref(), code, "{typed}");
        check("bcdf ghjk", Some("bcdfghjk"));
        check(" BCDF-ghjk ", Some("bcdfghjk"));
        check("bcdf ghj", None);
        check("bcdf ghjkm", None);
        check("kestrel9", None);
        check("", None);
    }

    #[test]
    fn a_password_grows_old_only_where_the_school_says_so() {
        let at = |text: &str| text.parse::<Timestamp>().expect(text);
        let said = |key: &str, value: &str| Said {
            layer: Layer::School,
            key: key.to_owned(),
            value: value.to_owned(),
            locked: false,
        };
        let person = |role, year: Option<i8>| Person {
            id: Id::from_u128(1),
            school: Id::from_u128(2),
            username: "ada".parse().expect("a name"),
            name: "Ada".parse().expect("a line"),
            roles: Roles::NONE.with(role),
            year: year.and_then(Year::new),
            groups: vec![],
            email: None,
            stay: Stay::ALWAYS,
        };
        let check = |settings: &[Said], person: &Person, now: &str, old: bool| {
            let settings = Settings::resolve(settings);
            let from = change_from(&settings, person, at("2026-01-01T09:00:00Z"), false);
            assert_eq!(from.is_some_and(|it| it <= at(now)), old, "{person:?} {now}");
        };
        let twice = [said("password-days", "182")];
        check(&[], &person(Role::Head, None), "2030-01-01T09:00:00Z", false);
        check(&twice, &person(Role::Head, None), "2026-07-02T08:59:59Z", false);
        check(&twice, &person(Role::Head, None), "2026-07-02T09:00:00Z", true);
        check(&twice, &person(Role::Pupil, Some(7)), "2030-01-01T09:00:00Z", false);
        let pupils = [said("pupil-password-days", "30")];
        check(&pupils, &person(Role::Pupil, Some(7)), "2026-02-01T09:00:00Z", true);
        check(&pupils, &person(Role::Pupil, Some(6)), "2026-02-01T09:00:00Z", false);
        let given = |person: &Person| change_from(&Settings::default(), person, Timestamp::MIN, true);
        assert_eq!(given(&person(Role::Head, None)), Some(Timestamp::MIN), "at once");
        assert_eq!(given(&person(Role::Pupil, Some(7))), Some(Timestamp::MIN));
        assert_eq!(given(&person(Role::Pupil, Some(2))), None, "too young for one of their own");
    }
}
