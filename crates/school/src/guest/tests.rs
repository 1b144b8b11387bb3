use super::*;
use crate::settings::{Said, Settings};

const HEAD: Id<Person> = Id::from_u128(1);
const SPONSOR: Id<Person> = Id::from_u128(2);
const ACCOUNT: Id<Person> = Id::from_u128(3);

fn at(text: &str) -> Timestamp {
    format!("2026-11-25T{text}:00Z").parse().expect(text)
}

fn guest(kind: Kind, until: &str) -> Guest {
    Guest {
        id: Id::from_u128(4),
        school: Id::from_u128(9),
        name: "Vera Guest".parse().expect("a line"),
        kind,
        organisation: None,
        email: None,
        focus: "A talk on rivers".parse().expect("a line"),
        sponsor: SPONSOR,
        hours: Hours { from: at("09:00"), until: at(until) },
        signed_on_paper: true,
        asked_by: Some(SPONSOR),
        asked_at: at("08:00"),
        stage: Stage::Requested,
    }
}

fn rules(approval: &str, contractors: &str) -> Rules {
    let said = |key: &str, value: &str| Said {
        layer: crate::Layer::School,
        key: key.to_owned(),
        value: value.to_owned(),
        locked: false,
    };
    Rules::of(&Settings::resolve(&[said(GUEST_APPROVAL.key, approval), said(CONTRACTORS.key, contractors)]))
}

#[test]
fn from_asking_to_the_end_with_approval() {
    let rules = rules("guests", "signed");
    let asked = guest(Kind::Visitor, "15:00").ask(&rules, at("08:00")).expect("asked");
    assert_eq!(asked.stage, Stage::Requested);
    assert_eq!(
        asked.clone().admit(ACCOUNT, None, at("08:30"), &rules),
        Err(Refused::Stage),
        "approval first"
    );
    let cleared = asked.approve(HEAD, at("08:30")).expect("approved");
    let inside = cleared.admit(ACCOUNT, Some(SPONSOR), at("09:00"), &rules).expect("in");
    assert_eq!(inside.account(), Some(ACCOUNT));
    assert_eq!(inside.stay(), Stay { from: Some(at("09:00")), until: Some(at("15:00")) });
    assert_eq!(inside.clone().lapse(at("14:59")), None);
    let more = |may_approve| inside.clone().extend(at("16:00"), at("14:00"), &rules, may_approve);
    assert_eq!(more(false), Err(Refused::NeedsApproval));
    assert_eq!(more(true).expect("more").stay().until, Some(at("16:00")));
    assert!(inside.clone().extend(at("14:30"), at("14:00"), &rules, false).is_ok(), "sooner needs nobody");
    let sooner = inside.clone().end(Some(SPONSOR), at("12:00"), "went home").expect("ended");
    assert_eq!(sooner.stay().until, Some(at("12:00")));
    assert_eq!(sooner.end(None, at("12:01"), ""), Err(Refused::Stage), "once");
    let over = inside.lapse(at("15:00")).expect("over");
    assert!(matches!(&over.stage, Stage::Ended { by: None, why, .. } if why == "Their time was over"));
    assert_eq!(over.extend(at("16:00"), at("15:01"), &rules, true), Err(Refused::Stage));
}

#[test]
fn without_approval_a_sponsor_is_enough_and_a_refusal_says_why() {
    let asked = guest(Kind::Visitor, "15:00").ask(&rules("none", "signed"), at("08:00")).expect("asked");
    assert_eq!(asked.stage, Stage::Cleared { approval: None });
    let waiting = guest(Kind::Visitor, "15:00").ask(&rules("guests", "signed"), at("08:00")).expect("asked");
    assert_eq!(waiting.clone().refuse(HEAD, at("08:10"), " "), Err(Refused::NoReason));
    let refused = waiting.refuse(HEAD, at("08:10"), "not today").expect("refused");
    assert_eq!(refused.clone().approve(HEAD, at("08:20")), Err(Refused::Stage));
    assert_eq!(refused.lapse(at("16:00")), None, "it is over already");
}

#[test]
fn hours_are_never_open_ended() {
    let rules = rules("none", "signed");
    let check = |kind: Kind, from: &str, until: &str, now: &str, refused: Option<Refused>| {
        let at = |text: &str| text.parse::<Timestamp>().expect(text);
        let hours = Hours { from: at(from), until: at(until) };
        assert_eq!(rules.check(kind, hours, at(now)).err(), refused, "{kind:?} {from} {until}");
    };
    let now = "2026-11-25T08:00:00Z";
    check(Kind::Visitor, now, "2026-11-25T20:00:00Z", now, None);
    check(Kind::Visitor, now, "2026-11-25T20:00:01Z", now, Some(Refused::TooLong("12 hours".into())));
    check(Kind::Visitor, now, now, now, Some(Refused::EndsFirst));
    check(Kind::Visitor, "2026-11-24T08:00:00Z", "2026-11-24T15:00:00Z", now, Some(Refused::Past));
    check(Kind::Contractor, now, "2027-02-25T08:00:00Z", now, None);
    check(Kind::Contractor, now, "2027-02-26T08:00:00Z", now, Some(Refused::TooLong("92 days".into())));
}

/// ACC-21, K12.
#[test]
fn contractors_are_refused_outright_where_that_is_set() {
    let rules = rules("none", "refused");
    let asked = guest(Kind::Contractor, "15:00").ask(&rules, at("08:00"));
    assert_eq!(asked.err(), Some(Refused::Contractors));
    let before = Guest { stage: Stage::Cleared { approval: None }, ..guest(Kind::Contractor, "15:00") };
    assert_eq!(before.admit(ACCOUNT, None, at("09:00"), &rules).err(), Some(Refused::Contractors));
    assert!(guest(Kind::Visitor, "15:00").ask(&rules, at("08:00")).is_ok());
}
