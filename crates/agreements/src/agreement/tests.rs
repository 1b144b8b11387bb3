use school::{Line, Username};

use super::*;

const SCHOOL: Id<School> = Id::from_u128(9);

fn person(roles: &[Role]) -> Person {
    Person {
        id: Id::from_u128(1),
        school: SCHOOL,
        username: "a.rahman".parse::<Username>().expect("a user name"),
        name: "Amina Rahman".parse::<Line>().expect("a line"),
        roles: roles.iter().copied().collect(),
        year: None,
        groups: Vec::new(),
        email: None,
        stay: school::Stay::ALWAYS,
    }
}

fn signed(agreement: &Agreement) -> Signature {
    Signature {
        person: Id::from_u128(1),
        agreement: agreement.id,
        hash: agreement.hash(),
        at: Timestamp::UNIX_EPOCH,
    }
}

fn pupils() -> Agreement {
    crate::pupils(Id::from_u128(30), SCHOOL)
}
fn adults() -> Agreement {
    crate::adults(Id::from_u128(31), SCHOOL)
}

#[test]
fn each_is_asked_for_what_their_roles_need() {
    let in_force = [pupils(), adults()];
    let check = |roles: &[Role], titles: &[&Agreement]| {
        let got: Vec<&Agreement> = missing(&person(roles), &in_force, &[]).collect();
        assert_eq!(got, titles, "{roles:?}");
    };
    check(&[Role::Pupil], &[&in_force[0]]);
    check(&[Role::Parent], &[]);
    check(&[], &[]);
    for role in Role::ALL.iter().filter(|it| !matches!(it, Role::Pupil | Role::Parent)) {
        check(&[*role], &[&in_force[1]]);
    }
    check(&[Role::Parent, Role::Governor], &[&in_force[1]]);
    check(&[Role::Pupil, Role::Visitor], &[&in_force[0], &in_force[1]]);
}

#[test]
fn a_signature_counts_for_the_very_text_and_person_that_signed() {
    let check = |why: &str, in_force: Agreement, signature: Signature, still: bool| {
        let in_force = [in_force];
        let got = missing(&person(&[Role::Pupil]), &in_force, &[signature]).count();
        assert_eq!(got == 1, still, "{why}");
    };
    check("signed", pupils(), signed(&pupils()), false);
    let next = Agreement { id: Id::from_u128(40), version: 2, ..pupils() };
    check("a new version asks again, even with the same words", next, signed(&pupils()), true);
    let reworded = Agreement { text: format!("{} And more.", pupils().text), ..pupils() };
    check("other words under the same id", reworded, signed(&pupils()), true);
    let retitled = Agreement { title: "Rules".into(), ..pupils() };
    check("another title", retitled, signed(&pupils()), true);
    let other = Signature { person: Id::from_u128(2), ..signed(&pupils()) };
    check("someone else's signature", pupils(), other, true);
    let elsewhere = Agreement { school: Id::from_u128(8), ..pupils() };
    check("another school's agreement is not asked for", elsewhere, signed(&adults()), false);
}

#[test]
fn title_and_text_cannot_be_shifted_into_one_another() {
    let one = Agreement { title: "a".into(), text: "bc".into(), ..pupils() };
    let two = Agreement { title: "ab".into(), text: "c".into(), ..pupils() };
    assert_ne!(one.hash(), two.hash());
    assert_eq!(one.hash().to_string().len(), 64);
}
