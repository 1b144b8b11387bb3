//! What a new password must be (PWD-02). One function for all who set one: the account page, links, resets and the
//! command line.
use std::{collections::HashSet, fmt, sync::LazyLock};

use school::{
    Person,
    passwords::is_pupils,
    settings::{
        PASSWORD_LENGTH, PASSWORD_SORTS, PASSWORD_STRENGTH, PUPIL_PASSWORD_LENGTH, PUPIL_PASSWORD_SORTS,
        PUPIL_PASSWORD_STRENGTH, Settings,
    },
};

/// The ten thousand most common of six characters and more, in small letters: from `passwords.json` of the npm package
/// `@zxcvbn-ts/language-common` 4.1.3 (MIT), which counts them in published leaks.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common.txt").lines().collect());

/// PWD-05: shown wherever a password is set.
pub const KEEP_PRIVATE: &str = "Keep your password to yourself. Never share it, write it down where others see it or send \
                                it to anyone. No one at school will ask you for it.";

/// Why a password will not do, in words for whoever chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer characters than this.
    Short(u32),
    Long,
    /// Lacks one of these: capital letter, small letter, digit, sign.
    Lacks(&'static str),
    Common,
    /// Holds their name, username or school.
    Named,
    Weak,
}

impl fmt::Display for PasswordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PasswordFault::Short(least) => {
                write!(f, "Use at least {least} characters; three random words are good")
            }
            PasswordFault::Long => f.write_str("Use at most 512 characters"),
            PasswordFault::Lacks(what) => write!(f, "Put {what} into it"),
            PasswordFault::Common => {
                f.write_str("This is among the passwords that guessers try first: choose another")
            }
            PasswordFault::Named => f.write_str("Leave out your name, your username and the school's name"),
            PasswordFault::Weak => f.write_str(
                "This would be guessed too easily: add a word or two that have nothing to do with each other",
            ),
        }
    }
}

/// Beyond this, hashing is only a way to keep the server busy.
const LONGEST: usize = 512;
/// A shorter part of a name is in many good passwords by chance.
const NAME_PART: usize = 4;

/// What is wrong with it; nothing where it may be used.
pub fn faults(settings: &Settings, person: &Person, school: &str, password: &str) -> Vec<PasswordFault> {
    let (length, sorts, strength) = if is_pupils(person) {
        (&PUPIL_PASSWORD_LENGTH, &PUPIL_PASSWORD_SORTS, &PUPIL_PASSWORD_STRENGTH)
    } else {
        (&PASSWORD_LENGTH, &PASSWORD_SORTS, &PASSWORD_STRENGTH)
    };
    let mut all = Vec::new();
    let least = settings.number(length);
    if password.chars().count() < least as usize {
        all.push(PasswordFault::Short(least));
    }
    if LONGEST < password.chars().count() {
        return vec![PasswordFault::Long];
    }
    for sort in settings.several(sorts) {
        let has = |test: fn(char) -> bool| password.chars().any(test);
        let (there, what) = match sort.as_str() {
            "upper" => (has(char::is_uppercase), "a capital letter"),
            "lower" => (has(char::is_lowercase), "a small letter"),
            "digit" => (has(char::is_numeric), "a digit"),
            _ => (has(|it| !it.is_alphanumeric()), "a sign such as ! or -"),
        };
        if !there {
            all.push(PasswordFault::Lacks(what));
        }
    }
    let small = password.to_lowercase();
    let bare = small.trim_end_matches(|it: char| !it.is_alphabetic());
    if COMMON.contains(small.as_str()) || COMMON.contains(bare) {
        all.push(PasswordFault::Common);
    }
    let names = names(person, school);
    if names.iter().any(|it| small.contains(it.as_str())) {
        all.push(PasswordFault::Named);
    }
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    // Its time grows with the square of the length; what comes after a hundred characters makes nothing weaker.
    let head: String = password.chars().take(100).collect();
    let score = u32::from(u8::from(zxcvbn::zxcvbn(&head, &known).score()));
    if all.is_empty() && score < settings.number(strength) {
        all.push(PasswordFault::Weak);
    }
    all
}

fn names(person: &Person, school: &str) -> Vec<String> {
    let words = [person.name.as_str(), person.username.as_str(), school].map(str::to_lowercase);
    let parts = words.iter().flat_map(|it| it.split(|letter: char| !letter.is_alphanumeric()));
    let long = parts.filter(|it| NAME_PART <= it.chars().count() && *it != "school").map(ToOwned::to_owned);
    long.chain([words[1].clone()]).filter(|it| NAME_PART <= it.chars().count()).collect()
}

#[cfg(test)]
mod tests {
    use school::{Id, Layer, Role, Roles, Stay, settings::Said};

    use super::*;

    fn check(role: Role, said: &[(&str, &str)], password: &str, expected: &[PasswordFault]) {
        let said: Vec<Said> = said
            .iter()
            .map(|(key, value)| Said {
                layer: Layer::School,
                key: (*key).to_owned(),
                value: (*value).to_owned(),
                locked: false,
            })
            .collect();
        let person = Person {
            id: Id::from_u128(1),
            school: Id::from_u128(2),
            username: "b.okafor".parse().expect("a username"),
            name: "Blessing Okafor".parse().expect("a line"),
            roles: Roles::NONE.with(role),
            year: None,
            groups: vec![],
            email: None,
            stay: Stay::ALWAYS,
        };
        let got = faults(&Settings::resolve(&said), &person, "Elm Park School", password);
        assert_eq!(got, expected, "{role:?} {said:?} {password}");
    }

    #[test]
    fn what_a_new_password_must_be() {
        use PasswordFault::{Common, Lacks, Long, Named, Short, Weak};
        check(Role::Teacher, &[], "Correct horse battery 9", &[]);
        check(Role::Teacher, &[], "correct horse battery", &[Lacks("a capital letter"), Lacks("a digit")]);
        check(Role::Teacher, &[], "Tr4in", &[Short(12)]);
        check(Role::Teacher, &[("password-sorts", ""), ("password-length", "8")], "password1", &[Common]);
        check(Role::Teacher, &[], "Sunshine2026!", &[Common]);
        check(Role::Teacher, &[], "Okafor likes 3 geese", &[Named]);
        check(Role::Teacher, &[], "Elmtree Park under 5", &[Named]);
        check(Role::Teacher, &[], "Aaaaaaaaaaa1", &[Weak]);
        check(Role::Teacher, &[], &"Aa1 ".repeat(200), &[Long]);
        check(Role::Pupil, &[], "purple tortoise", &[]);
        check(Role::Pupil, &[], "qwertyuiop", &[Common]);
        check(Role::Pupil, &[], "short", &[Short(8)]);
        check(
            Role::Pupil,
            &[("pupil-password-sorts", "sign")],
            "purpletortoise",
            &[Lacks("a sign such as ! or -")],
        );
    }

    #[test]
    fn the_common_ones_are_thousands_and_small() {
        assert_eq!(COMMON.len(), 10_000);
        assert!(COMMON.iter().all(|it| it.len() >= 6 && !it.chars().any(char::is_uppercase)));
    }
}
