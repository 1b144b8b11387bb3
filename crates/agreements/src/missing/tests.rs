use jiff::tz::TimeZone;
use school::{Choice, KeyStage, Line, Role, Username, Year};

use super::*;
use crate::{
    Audience::{Adults, External, Operators, Parents, Pupils},
    Contract, Level, Reading,
    Standing::{Counter, InPlace, Own},
};

const SCHOOL: Id<school::School> = Id::from_u128(9);
const ADA: Id<Person> = Id::from_u128(1);
const PARENT: Id<Person> = Id::from_u128(2);

fn at(text: &str) -> Timestamp {
    text.parse().expect(text)
}

fn person(roles: &[Role], year: Option<i8>) -> Person {
    Person {
        id: ADA,
        school: SCHOOL,
        username: "a.rahman".parse::<Username>().expect("a user name"),
        name: "Amina Rahman".parse::<Line>().expect("a line"),
        roles: roles.iter().copied().collect(),
        year: year.and_then(Year::new),
        groups: Vec::new(),
        email: None,
        stay: school::Stay::ALWAYS,
    }
}

fn practice() -> Practice {
    Practice {
        counter_sign: false,
        parent_signs_to: Some(KeyStage::Ks1),
        pupils: Again::Never,
        adults: Again::Never,
        zone: TimeZone::get("Europe/London").expect("bundled"),
        year_month: 9,
    }
}

fn agreement(n: u128, audience: Audience) -> Agreement {
    crate::first(Id::from_u128(n), SCHOOL, audience, Contract::Silent)
}

fn pupils() -> Agreement {
    agreement(30, Pupils)
}

fn word(agreement: &Agreement, level: Level, standing: Standing, when: &str) -> Signature {
    let signer = if standing == Own { ADA } else { PARENT };
    let hash = agreement.reading(level).hash();
    Signature { agreement: agreement.id, hash, person: ADA, signer: Some(signer), standing, at: at(when) }
}

fn own(agreement: &Agreement) -> Signature {
    word(agreement, Level::Standard, Own, "2026-09-10T10:00:00Z")
}

const NOW: &str = "2026-11-23T10:00:00Z";

#[test]
fn each_is_asked_for_what_their_roles_need() {
    let in_force: Vec<Agreement> =
        (30..).zip(Audience::ALL).map(|(n, audience)| agreement(n, *audience)).collect();
    let check = |roles: &[Role], expected: &[Audience]| {
        let got = missing(&person(roles, Some(7)), &practice(), &in_force, &[], at(NOW));
        let got: Vec<Audience> = got
            .iter()
            .map(|it| in_force.iter().find(|a| a.id == it.agreement).expect("in force").audience)
            .collect();
        assert_eq!(got, expected, "{roles:?}");
    };
    check(&[], &[]);
    for role in Role::ALL {
        let expected = match role {
            Role::Pupil => &[Pupils][..],
            Role::Parent => &[Parents],
            Role::Contractor | Role::CommunityUser | Role::OutsideAgency => &[External],
            Role::ChannelOperator => &[Adults, Operators],
            _ => &[Adults],
        };
        check(&[*role], expected);
    }
    check(&[Role::Parent, Role::Governor], &[Adults, Parents]);
    check(&[Role::Pupil, Role::Visitor], &[Pupils, Adults]);
}

#[test]
fn a_signature_counts_for_the_very_text_and_person_that_signed() {
    let check = |why: &str, in_force: Agreement, signature: Signature, still: bool| {
        let got = missing(&person(&[Role::Pupil], Some(7)), &practice(), &[in_force], &[signature], at(NOW));
        assert_eq!(!got.is_empty(), still, "{why}");
    };
    let reworded = |title: &str, text: &str| {
        let reading = Reading::new(Level::Standard, title, text);
        Agreement::new(pupils().id, SCHOOL, Pupils, 1, vec![reading]).expect("standard")
    };
    let (title, text) = (pupils().title().to_owned(), pupils().readings()[0].text().to_owned());
    check("signed", pupils(), own(&pupils()), false);
    for level in Level::ALL {
        let signed = word(&pupils(), *level, Own, "2026-09-10T10:00:00Z");
        check("any reading of it", pupils(), signed, false);
    }
    check("a new version asks again, even with the same words", agreement(40, Pupils), own(&pupils()), true);
    check("the same words", reworded(&title, &text), own(&pupils()), false);
    check("other words under the same id", reworded(&title, "Other"), own(&pupils()), true);
    check("another title", reworded("Rules", &text), own(&pupils()), true);
    check("someone else's signature", pupils(), Signature { person: PARENT, ..own(&pupils()) }, true);
    check(
        "of another agreement",
        pupils(),
        Signature { agreement: Id::from_u128(99), ..own(&pupils()) },
        true,
    );
    let elsewhere = crate::pupils(Id::from_u128(30), Id::from_u128(8));
    check("another school's agreement is not asked for", elsewhere, own(&pupils()), false);
}

/// AUP-09, AUP-10.
#[test]
fn parents_sign_beside_their_children_or_in_their_place() {
    let check = |year: Option<i8>, counter_sign: bool, standings: &[Standing], expected: &[What]| {
        let practice = Practice { counter_sign, ..practice() };
        let signed: Vec<Signature> =
            standings.iter().map(|it| word(&pupils(), Level::Easy, *it, "2026-09-10T10:00:00Z")).collect();
        let got = missing(&person(&[Role::Pupil], year), &practice, &[pupils()], &signed, at(NOW));
        let got: Vec<What> = got.iter().map(|it| it.what).collect();
        assert_eq!(got, expected, "year {year:?}, counter-sign {counter_sign}, {standings:?}");
    };
    check(Some(9), false, &[], &[What::Own]);
    check(Some(9), false, &[Own], &[]);
    check(Some(9), true, &[], &[What::Own, What::Counter]);
    check(Some(9), true, &[Own], &[What::Counter]);
    check(Some(9), true, &[Counter], &[What::Own]);
    check(Some(9), true, &[Own, Counter], &[]);
    // Year 2 is Key Stage 1, Year 3 is not.
    check(Some(2), false, &[], &[What::InPlace]);
    check(Some(2), true, &[Own, Counter], &[What::InPlace]);
    check(Some(2), true, &[InPlace], &[]);
    check(Some(3), true, &[InPlace], &[What::Own]);
    check(None, false, &[], &[What::Own]);
    check(None, false, &[InPlace], &[What::Own]);
}

#[test]
fn nobody_else_is_counter_signed_for() {
    let practice = Practice { counter_sign: true, ..practice() };
    let adults = agreement(31, Adults);
    let signed = [own(&adults)];
    assert_eq!(missing(&person(&[Role::Teacher], None), &practice, &[adults], &signed, at(NOW)), []);
}

/// AUP-08.
#[test]
fn it_is_asked_again_as_often_as_the_school_has_set() {
    let check = |again: Again, signed: &str, now: &str, signed_in: Option<&str>, expected: bool| {
        let practice = Practice { pupils: again, ..practice() };
        let signed = [word(&pupils(), Level::Standard, Own, signed)];
        let due = due(&person(&[Role::Pupil], Some(9)), &practice, &[pupils()], &signed);
        let got: Vec<Missing> = due.iter().filter_map(|it| it.at(at(now), signed_in.map(at))).collect();
        assert_eq!(got.len() == 1, expected, "{again:?}, signed {signed:?}, now {now}, came {signed_in:?}");
        assert!(got.iter().all(|it| it.what == What::OwnAgain));
    };
    check(Again::Never, "2020-01-01T10:00:00Z", NOW, None, false);
    // The school's own midnight, which is eleven in the evening by UTC in summer.
    check(Again::EachYear, "2026-08-31T22:59:00Z", "2026-08-31T22:59:59Z", None, false);
    check(Again::EachYear, "2026-08-31T22:59:00Z", "2026-08-31T23:00:00Z", None, true);
    check(Again::EachYear, "2026-08-31T23:00:00Z", NOW, None, false);
    check(Again::EachYear, "2026-09-01T08:00:00Z", "2027-08-31T20:00:00Z", None, false);
    check(Again::EachYear, "2026-09-01T08:00:00Z", "2027-09-01T08:00:00Z", None, true);
    check(Again::EachYear, "2026-01-10T08:00:00Z", NOW, None, true);
    check(Again::Days(30), "2026-10-24T10:00:01Z", NOW, None, false);
    check(Again::Days(30), "2026-10-24T10:00:00Z", NOW, None, true);
    check(Again::Days(u32::MAX), "2026-10-24T10:00:00Z", NOW, None, false);
    check(Again::EachSignIn, "2026-11-23T09:00:00Z", NOW, Some("2026-11-23T08:59:00Z"), false);
    check(Again::EachSignIn, "2026-11-23T09:00:00Z", NOW, Some("2026-11-23T09:00:00Z"), false);
    check(Again::EachSignIn, "2026-11-23T09:00:00Z", NOW, Some("2026-11-23T09:30:00Z"), true);
    check(Again::EachSignIn, "2026-11-23T09:00:00Z", NOW, None, false);
    check(Again::EachSignIn, "2026-11-22T09:00:00Z", NOW, None, true);
}

#[test]
fn the_last_word_counts_and_a_parent_is_asked_once_a_year_at_most() {
    let signed = [
        word(&pupils(), Level::Standard, Own, "2026-11-01T10:00:00Z"),
        word(&pupils(), Level::Standard, Own, "2026-09-01T10:00:00Z"),
    ];
    let practice_of = |pupils| Practice { pupils, ..practice() };
    let ada = person(&[Role::Pupil], Some(9));
    assert_eq!(missing(&ada, &practice_of(Again::Days(30)), &[pupils()], &signed, at(NOW)), []);
    let young = person(&[Role::Pupil], Some(1));
    let check = |again: Again, expected: &[What]| {
        let signed = [word(&pupils(), Level::Young, InPlace, "2025-11-01T10:00:00Z")];
        let got = missing(&young, &practice_of(again), &[pupils()], &signed, at(NOW));
        assert_eq!(got.iter().map(|it| it.what).collect::<Vec<_>>(), expected, "{again:?}");
    };
    check(Again::EachSignIn, &[]);
    check(Again::Days(7), &[]);
    check(Again::EachYear, &[What::InPlaceAgain]);
}

#[test]
fn each_is_shown_the_reading_for_their_age() {
    let check = |year: Option<i8>, level: Level| {
        let got = pupils().suited(&person(&[Role::Pupil], year)).level();
        assert_eq!(got, level, "{year:?}");
    };
    check(Some(1), Level::Young);
    check(Some(2), Level::Young);
    check(Some(3), Level::Easy);
    check(Some(6), Level::Easy);
    check(Some(7), Level::Standard);
    check(None, Level::Standard);
}

#[test]
fn title_and_text_cannot_be_shifted_into_one_another() {
    let one = Reading::new(Level::Standard, "a", "bc");
    let two = Reading::new(Level::Standard, "ab", "c");
    assert_ne!(one.hash(), two.hash());
    assert_eq!(one.hash().to_string().len(), 64);
}

#[test]
fn an_agreement_has_a_standard_reading_and_one_of_each() {
    let of = |levels: &[Level]| {
        let readings = levels.iter().map(|it| Reading::new(*it, it.label(), "x")).collect();
        Agreement::new(Id::from_u128(1), SCHOOL, Pupils, 1, readings)
    };
    assert_eq!(of(&[]), None);
    assert_eq!(of(&[Level::Easy, Level::Young]), None);
    let whole = of(&[Level::Easy, Level::Standard, Level::Easy]).expect("standard");
    assert_eq!(whole.readings().len(), 2);
    assert_eq!(whole.title(), "Standard");
    assert_eq!(whole.reading(Level::Young).level(), Level::Standard);
}
