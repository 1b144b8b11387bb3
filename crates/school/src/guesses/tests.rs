use jiff::ToSpan;

use super::*;

const NINE: &str = "2026-11-23T09:00:00Z";

fn at(seconds: i64) -> Timestamp {
    NINE.parse::<Timestamp>().expect("a time") + seconds.seconds()
}
fn device(n: u8) -> Origin {
    Origin::Device([192, 0, 2, n].into())
}
/// Signs in once, so that the device is known.
fn right(guesses: &mut Guesses, from: Origin, account: &str, second: i64) {
    let guess = guesses.begin(Secret::Password, from, account, at(second)).expect(account);
    guesses.was_right(guess);
}

/// The most that got through in any five minutes, of wrong guesses at `seconds` each from where `from` says.
fn most(secret: Secret, guesses: &mut Guesses, lasts: i64, from: impl Fn(i64) -> Origin) -> usize {
    let through: Vec<i64> =
        (0..lasts).filter(|n| guesses.begin(secret, from(*n), "t.okafor", at(*n)).is_some()).collect();
    through
        .iter()
        .map(|end| through.iter().filter(|it| (0..300).contains(&(end - **it))).count())
        .max()
        .unwrap_or(0)
}

/// BEY-11: ten in five minutes, whoever guesses and from wherever.
#[test]
fn no_account_takes_more_than_ten_wrong_guesses_in_any_five_minutes() {
    let check = |what: &str, known: &[u8], from: &dyn Fn(i64) -> Origin, expected: usize| {
        let mut guesses = Guesses::default();
        for n in known {
            right(&mut guesses, device(*n), "t.okafor", -10);
        }
        assert_eq!(most(Secret::Password, &mut guesses, 7200, from), expected, "{what}");
    };
    check("one device", &[], &|_| device(1), 5);
    check("one on which they have signed in", &[1], &|_| device(1), 5);
    check("many devices", &[], &|n| device(u8::try_from(n % 250).expect("small")), 5);
    check("many, some of them known", &[1, 2, 3], &|n| device(u8::try_from(n % 9).expect("small")), 10);
    check(
        "a session left open, and many devices",
        &[],
        &|n| if n % 2 == 0 { Origin::Session } else { device(9) },
        10,
    );
    check("no address", &[], &|_| Origin::Unknown, 5);
}

/// PWD-04: 12,144 ways are few.
#[test]
fn pictures_are_guessed_four_times_and_then_once_in_ten_minutes() {
    let mut guesses = Guesses::default();
    right(&mut guesses, device(1), "t.okafor", -10);
    let got = (0..7 * 3600)
        .filter(|n| {
            let from = device(u8::try_from(n % 250).expect("small"));
            guesses.begin(Secret::Pictures, from, "ivy", at(*n)).is_some()
        })
        .count();
    assert!((45..=46).contains(&got), "{got} in a school day: one chance in 260");
    let mut guesses = Guesses::default();
    let got = (0..3600)
        .filter(|n| {
            guesses.begin(Secret::Pictures, device(1), &format!("child{}", n % 600), at(*n)).is_some()
        })
        .count();
    assert!((74..=76).contains(&got), "{got} in an hour at all children from one device");
}

#[test]
fn a_name_attacked_from_elsewhere_still_opens_where_it_has_signed_in_before() {
    let mut guesses = Guesses::default();
    right(&mut guesses, device(1), "t.okafor", 0);
    most(Secret::Password, &mut guesses, 300, |n| device(u8::try_from(n % 200).expect("small") + 2));
    assert!(guesses.begin(Secret::Password, device(2), "t.okafor", at(251)).is_none());
    right(&mut guesses, device(1), "t.okafor", 251);
    assert!(guesses.begin(Secret::Password, Origin::Session, "t.okafor", at(251)).is_some());
    assert!(guesses.begin(Secret::Password, device(2), "a.begum", at(251)).is_some(), "another name");
}

#[test]
fn nobody_is_kept_out_for_longer_than_five_minutes_after_the_last_guess() {
    let mut guesses = Guesses::default();
    most(Secret::Password, &mut guesses, 3600, |_| device(7));
    assert!(guesses.begin(Secret::Password, device(1), "t.okafor", at(3599 + 300)).is_some());
}

#[test]
fn a_class_behind_one_address_can_sign_in_though_one_of_them_guesses() {
    let mut guesses = Guesses::default();
    most(Secret::Password, &mut guesses, 500, |_| device(1));
    for n in 0..30 {
        right(&mut guesses, device(1), &format!("pupil{n}"), 501);
    }
}

#[test]
fn a_right_password_is_no_guess_and_forgives_none() {
    let mut guesses = Guesses::default();
    for _ in 0..50 {
        right(&mut guesses, device(1), "a.begum", 0);
    }
    let wrong =
        |guesses: &mut Guesses| guesses.begin(Secret::Password, device(1), "a.begum", at(1)).is_some();
    assert!((0..4).all(|_| wrong(&mut guesses)));
    right(&mut guesses, device(1), "a.begum", 1);
    assert!(wrong(&mut guesses));
    assert!(!wrong(&mut guesses), "else a guesser would begin anew with each sign-in of the owner");
}

/// A directory that is down.
#[test]
fn a_guess_that_nobody_answered_is_none_and_makes_no_device_known() {
    let mut guesses = Guesses::default();
    for _ in 0..50 {
        let guess = guesses.begin(Secret::Password, device(1), "a.begum", at(0)).expect("not counted");
        guesses.take_back(guess);
    }
    let both = |n| if n % 2 == 0 { device(1) } else { device(2) };
    assert_eq!(most(Secret::Password, &mut guesses, 300, both), 5, "neither is known");
}

#[test]
fn one_device_that_tries_endless_names_has_to_wait_and_others_do_not() {
    let mut guesses = Guesses::default();
    let got = (0..100_000)
        .filter(|n| guesses.begin(Secret::Password, device(1), &format!("n{n}"), at(0)).is_some());
    assert_eq!(got.count(), 60);
    assert!(guesses.begin(Secret::Password, device(2), "ada", at(0)).is_some());
    let same = Origin::Device("::ffff:192.0.2.1".parse().expect("an address"));
    assert!(guesses.begin(Secret::Password, same, "ada", at(0)).is_none(), "one device in either spelling");
}

#[test]
fn memory_is_bounded_whatever_names_are_tried() {
    let mut guesses = Guesses::default();
    for n in 0..40_000_u32 {
        let device = Origin::Device(IpAddr::from((0x0a00_0000 + n).to_be_bytes()));
        let _ = guesses.begin(Secret::Password, device, &format!("n{n}"), at(0));
    }
    assert!(guesses.0.len() <= KEPT + 2);
}
