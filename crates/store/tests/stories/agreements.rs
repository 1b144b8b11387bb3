//! Who signed which text, for whom, and what was done about it.
use agreements::{
    Again, Agreement, Audience, Contract, Level, Practice, Reading, Signature, Standing, TextHash, What,
    missing,
};
use jiff::{Timestamp, civil::date, tz::TimeZone};
use school::{Choice, Id, Layer, Person, Role, School, roster::ParentLink, settings::AGREEMENT_COUNTER_SIGN};
use store::{
    StoreError, Tx,
    agreements::{self as kept, Book, Discussion, Form, Issue, Method, NotAForm, Reminder, Signing, Way},
    audit, parents, people, settings,
};
use testkit::databases::on_both;

use crate::{at, by, person, small, write};

fn word(agreement: &Agreement, level: Level, person: &Person, when: Timestamp) -> Signature {
    Signature {
        agreement: agreement.id,
        hash: agreement.reading(level).hash(),
        person: person.id,
        signer: Some(person.id),
        standing: Standing::Own,
        at: when,
    }
}

fn at_the_gate(signature: Signature) -> Signing<'static> {
    Signing {
        signature,
        signer_name: "Ada Pupil",
        method: Method::Gate,
        job_title: None,
        appointed_on: None,
        form: None,
    }
}

fn once() -> Practice {
    Practice {
        counter_sign: false,
        parent_signs_to: None,
        pupils: Again::Never,
        adults: Again::Never,
        zone: TimeZone::UTC,
        year_month: 9,
    }
}

async fn publish(tx: &mut Tx, school: Id<School>, text: &str) -> Agreement {
    let readings =
        vec![Reading::new(Level::Standard, "Rules", text), Reading::new(Level::Easy, "Easy", text)];
    let by = by("2026-11-22T10:00:00Z");
    kept::publish(tx, &by, school, Audience::Pupils, readings, "First").await.expect("published")
}

#[tokio::test]
async fn a_signature_holds_for_the_text_that_was_shown() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (school, pupil) = (small.school.id, &small.pupil);
        let by = by("2026-11-22T10:00:00Z");
        let mut tx = write(&db).await;
        let first = publish(&mut tx, school, "Be kind.").await;
        let given = word(&first, Level::Easy, pupil, by.at);
        kept::sign(&mut tx, &by, school, &at_the_gate(given.clone())).await.unwrap();
        let twice = Signature { at: at("2026-11-22T10:00:30Z"), ..given.clone() };
        kept::sign(&mut tx, &by, school, &at_the_gate(twice)).await.unwrap();
        let signed = kept::signatures(&mut tx, school).await.unwrap();
        assert_eq!(signed, std::slice::from_ref(&given), "a form sent twice is one signature");
        let later = Signature { at: at("2026-11-23T10:00:00Z"), ..given.clone() };
        kept::sign(&mut tx, &by, school, &at_the_gate(later)).await.unwrap();
        assert_eq!(kept::signatures(&mut tx, school).await.unwrap().len(), 2, "signing again is kept");
        let other = Signature { hash: TextHash::from_bytes([7; 32]), ..given.clone() };
        let refused = kept::sign(&mut tx, &by, school, &at_the_gate(other)).await;
        assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");

        let second = publish(&mut tx, school, "Be kinder.").await;
        assert_eq!((first.version, second.version), (1, 2));
        let in_force = kept::in_force(&mut tx, school).await.unwrap();
        assert_eq!(in_force, std::slice::from_ref(&second));
        assert_eq!(kept::get(&mut tx, school, first.id).await.unwrap().as_ref(), Some(&first), "as it was");
        let versions = kept::versions(&mut tx, school, Audience::Pupils).await.unwrap();
        assert_eq!(versions.iter().map(|it| it.agreement.version).collect::<Vec<_>>(), [2, 1]);
        assert_eq!((versions[1].note.as_str(), versions[1].by_name.as_str()), ("First", "set-up"));
        let signed = kept::signatures(&mut tx, school).await.unwrap();
        assert_eq!(missing(pupil, &once(), &in_force, &signed, by.at).len(), 1);
        let refused = kept::sign(&mut tx, &by, school, &at_the_gate(given)).await;
        assert!(matches!(refused, Err(StoreError::Stale)), "an older text that was still open: {refused:?}");
        let new = word(&second, Level::Standard, pupil, by.at);
        kept::sign(&mut tx, &by, school, &at_the_gate(new)).await.unwrap();
        let signed = kept::signatures(&mut tx, school).await.unwrap();
        assert_eq!(missing(pupil, &once(), &in_force, &signed, by.at), []);
        tx.commit().await.unwrap();
    })
    .await;
}

/// AUP-09, AUP-11: the office enters what a parent signed on paper.
#[tokio::test]
async fn paper_forms_are_kept_and_complete_a_pupils_agreement() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (school, pupil) = (small.school.id, &small.pupil);
        let by = store::By { person: Some(small.lead.id), ..by("2026-11-22T10:00:00Z") };
        let mut tx = write(&db).await;
        let owner = school.to_string();
        settings::set(&mut tx, &by, school, (Layer::School, &owner), &AGREEMENT_COUNTER_SIGN, "on", false)
            .await
            .unwrap();
        let agreement = publish(&mut tx, school, "Be kind.").await;
        let scan = b"%PDF-1.7 a form".to_vec();
        let media_type = Form::media_type_of(&scan).unwrap();
        let form =
            kept::add_form(&mut tx, &by, school, pupil.id, "form\n.pdf", media_type, &scan).await.unwrap();
        for (standing, name) in [(Standing::Own, "Ada Pupil"), (Standing::Counter, "Pat Pupil")] {
            let signer = (standing == Standing::Own).then_some(pupil.id);
            let signature = Signature { signer, standing, ..word(&agreement, Level::Standard, pupil, by.at) };
            let new = Signing {
                signer_name: name,
                method: Method::Paper,
                form: Some(form),
                ..at_the_gate(signature)
            };
            kept::sign(&mut tx, &by, school, &new).await.unwrap();
        }
        let book = Book::of(&mut tx, school, TimeZone::UTC).await.unwrap();
        assert_eq!(book.missing(pupil, by.at), []);
        let file = kept::file_of(&mut tx, school, pupil.id).await.unwrap();
        assert_eq!(file.len(), 2);
        assert!(file.iter().all(|(it, of)| it.form == Some(form) && of.id == agreement.id));
        assert!(file.iter().all(|(it, _)| it.entered_by_name.as_deref() == Some("set-up")));
        let (found, bytes) = kept::form(&mut tx, &by, school, form).await.unwrap().unwrap();
        assert_eq!(
            (found.file_name.as_str(), found.media_type, bytes),
            ("form.pdf", "application/pdf", scan)
        );
        assert_eq!(kept::form(&mut tx, &by, Id::from_u128(7), form).await.unwrap(), None, "another school's");
        let newest = audit::recent(&mut tx, school, None, 1).await.unwrap();
        assert_eq!(newest[0].act, "view signed form");
        tx.commit().await.unwrap();
    })
    .await;
}

#[test]
fn only_scans_are_taken() {
    let check =
        |bytes: &[u8], expected: Result<&str, NotAForm>| assert_eq!(Form::media_type_of(bytes), expected);
    check(b"%PDF-1.4", Ok("application/pdf"));
    check(&[0xff, 0xd8, 0xff, 0xe0], Ok("image/jpeg"));
    check(b"\x89PNG\r\n\x1a\nrest", Ok("image/png"));
    check(b"", Err(NotAForm::Kind));
    check(b"<html>", Err(NotAForm::Kind));
    check(b"MZ\x90", Err(NotAForm::Kind));
    let mut long = b"%PDF-".to_vec();
    long.resize(kept::LARGEST_FORM + 1, 0);
    check(&long, Err(NotAForm::TooLarge));
}

/// AUP-10, AUP-12.
#[tokio::test]
async fn a_parent_signs_for_a_young_child_and_the_book_knows_whom_to_turn_to() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let school = small.school.id;
        let by = by("2026-11-22T10:00:00Z");
        let mut tx = write(&db).await;
        let mut child = person(school, "kit", "Kit Young", Role::Pupil);
        child.year = school::Year::new(1);
        let (first, second) = (
            person(school, "pat", "Pat Young", Role::Parent),
            person(school, "sam", "Sam Young", Role::Parent),
        );
        for it in [&child, &first, &second] {
            people::add(&mut tx, &by, it).await.unwrap();
        }
        for (parent, priority) in [(&second, None), (&first, Some(1))] {
            let link =
                ParentLink { child: child.id, parent: parent.id, relation: "parent".to_owned(), priority };
            parents::link(&mut tx, &by, school, &link).await.unwrap();
        }
        let agreement = publish(&mut tx, school, "Be kind.").await;
        let book = Book::of(&mut tx, school, TimeZone::UTC).await.unwrap();
        assert_eq!(book.missing(&child, by.at)[0].what, What::InPlace);
        let names: Vec<&str> = book.parents(child.id).map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["Pat Young", "Sam Young"]);
        let mine = parents::children(&mut tx, school, first.id).await.unwrap();
        assert_eq!(mine.iter().map(|it| it.child).collect::<Vec<_>>(), [child.id]);
        assert_eq!(parents::children(&mut tx, Id::from_u128(7), first.id).await.unwrap(), []);

        let signature = Signature {
            signer: Some(first.id),
            standing: Standing::InPlace,
            ..word(&agreement, Level::Easy, &child, by.at)
        };
        let new = Signing { signer_name: "Pat Young", method: Method::Console, ..at_the_gate(signature) };
        kept::sign(&mut tx, &by, school, &new).await.unwrap();
        let (missing, _) = kept::missing_of(&mut tx, &child, TimeZone::UTC, by.at).await.unwrap();
        assert_eq!(missing, []);
        tx.commit().await.unwrap();
    })
    .await;
}

/// AUP-13, AUP-14.
#[tokio::test]
async fn talks_issues_and_reminders_are_logged() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (school, pupil) = (small.school.id, &small.pupil);
        let by = by("2026-11-22T10:00:00Z");
        let mut tx = write(&db).await;
        let agreement = publish(&mut tx, school, "Be kind.").await;
        let talk = Discussion {
            group: small.group.id,
            agreement: agreement.id,
            held_on: date(2026, 9, 8),
            note: "With the form tutor".to_owned(),
            recorded_by_name: by.name.clone(),
        };
        kept::discuss(&mut tx, &by, school, &talk).await.unwrap();
        kept::discuss(&mut tx, &by, school, &talk).await.unwrap();
        assert_eq!(kept::discussions(&mut tx, school).await.unwrap(), [talk], "twice is once");

        let issue = Issue {
            agreement: agreement.id,
            child: Some(pupil.id),
            parent: Some(small.lead.id),
            way: Way::Email,
            note: String::new(),
            at: by.at,
            by_name: by.name.clone(),
        };
        kept::issue(&mut tx, &by, school, &issue).await.unwrap();
        let later = Issue { at: at("2026-11-23T10:00:00Z"), ..issue.clone() };
        kept::issue(&mut tx, &by, school, &later).await.unwrap();
        assert_eq!(kept::issues(&mut tx, school, 9).await.unwrap(), [later.clone(), issue]);
        assert_eq!(kept::last_issues(&mut tx, school).await.unwrap().get(&pupil.id), Some(&later.at));

        kept::note_reminder(&mut tx, school, small.lead.id, Reminder::Missing, by.at).await.unwrap();
        kept::note_reminder(&mut tx, school, small.lead.id, Reminder::Missing, later.at).await.unwrap();
        let last = kept::last_reminders(&mut tx, school, Reminder::Missing).await.unwrap();
        assert_eq!(last.get(&small.lead.id), Some(&later.at));
        assert!(kept::last_reminders(&mut tx, school, Reminder::Yearly).await.unwrap().is_empty());
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn every_audience_has_its_first_version() {
    on_both(async |db| {
        let school = small(&db, "Hill School").await.school.id;
        let by = by("2026-11-22T10:00:00Z");
        let mut tx = write(&db).await;
        for audience in Audience::ALL {
            let it = agreements::first(store::fresh_id(by.at), school, *audience, Contract::NotPart);
            kept::publish(&mut tx, &by, school, *audience, it.readings().to_vec(), "").await.unwrap();
        }
        let all = kept::in_force(&mut tx, school).await.unwrap();
        assert_eq!(all.iter().map(|it| it.audience).collect::<Vec<_>>(), Audience::ALL);
        assert_eq!(all[0].readings().len(), 3);
        let newest = kept::newest(&mut tx, school, Audience::Parents).await.unwrap();
        assert_eq!(newest.as_ref(), Some(&all[2]));
        tx.commit().await.unwrap();
    })
    .await;
}
