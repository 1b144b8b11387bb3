//! Whose password it is time to change, and who is too young for one.
use jiff::{SignedDuration, Timestamp};

use crate::{
    Person, Role, Year,
    settings::{PASSWORD_DAYS, PERSONAL_FROM, PUPIL_PASSWORD_DAYS, Settings},
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

/// Set so long ago that it has to be changed (PWD-03).
pub fn is_old(settings: &Settings, person: &Person, set_at: Timestamp, now: Timestamp) -> bool {
    let days = settings.number(if is_pupils(person) { &PUPIL_PASSWORD_DAYS } else { &PASSWORD_DAYS });
    days > 0
        && !is_young(settings, person)
        && SignedDuration::from_hours(24 * i64::from(days)) <= now.duration_since(set_at)
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
            assert_eq!(
                is_old(&settings, person, at("2026-01-01T09:00:00Z"), at(now)),
                old,
                "{person:?} {now}"
            );
        };
        let twice = [said("password-days", "182")];
        check(&[], &person(Role::Head, None), "2030-01-01T09:00:00Z", false);
        check(&twice, &person(Role::Head, None), "2026-07-02T08:59:59Z", false);
        check(&twice, &person(Role::Head, None), "2026-07-02T09:00:00Z", true);
        check(&twice, &person(Role::Pupil, Some(7)), "2030-01-01T09:00:00Z", false);
        let pupils = [said("pupil-password-days", "30")];
        check(&pupils, &person(Role::Pupil, Some(7)), "2026-02-01T09:00:00Z", true);
        check(&pupils, &person(Role::Pupil, Some(6)), "2026-02-01T09:00:00Z", false);
    }
}
