use super::*;

const PUPIL: Id<Person> = Id::from_u128(7);
const LEAD: Id<Person> = Id::from_u128(8);

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + 60 * minutes).expect("in range")
}

fn searched(words: &str, minutes: i64) -> NewConcern {
    NewConcern {
        school: Id::from_u128(1),
        at: at(minutes),
        origin: Origin::Search,
        about: Some(PUPIL),
        reporter: None,
        theme: Some("bullying".to_owned()),
        severity: Some("medium".to_owned()),
        words: words.to_owned(),
        place: Some("search.example.org".to_owned()),
    }
}

fn raised() -> Concern {
    searched("first words", 0).raise(Id::from_u128(9))
}

#[test]
fn the_first_look_counts() {
    let seen = raised().see(LEAD, at(1)).expect("new");
    let again = seen.clone().see(PUPIL, at(2)).expect("seen");
    assert_eq!(seen, again);
    assert_eq!(again.stage, Stage::Seen { by: LEAD, at: at(1) });
}

#[test]
fn closing_needs_an_outcome_and_happens_once() {
    assert_eq!(raised().close(LEAD, at(1), "  "), Err(StageError::NoOutcome));
    let closed = raised().close(LEAD, at(1), " spoke with home ").expect("an outcome");
    assert_eq!(closed.stage, Stage::Closed { by: LEAD, at: at(1), outcome: "spoke with home".to_owned() });
    assert_eq!(closed.clone().see(LEAD, at(2)), Err(StageError::Closed));
    assert_eq!(closed.close(LEAD, at(2), "again"), Err(StageError::Closed));
}

#[test]
fn a_repeat_is_the_same_worry_of_the_same_person_unread_within_a_day() {
    let check = |change: &dyn Fn(&mut Concern, &mut NewConcern), expected: bool, why: &str| {
        let (mut old, mut new) = (raised(), searched("other words", 30));
        change(&mut old, &mut new);
        assert_eq!(old.is_repeated_by(&new), expected, "{why}");
    };
    check(&|_, _| (), true, "half an hour later");
    check(&|_, new| new.at = at(24 * 60 - 1), true, "just within the day");
    check(&|_, new| new.at = at(24 * 60), false, "a day later");
    check(&|_, new| new.at = at(-1), false, "before it");
    check(&|_, new| new.about = Some(LEAD), false, "someone else");
    check(&|_, new| new.theme = Some("threats".to_owned()), false, "another theme");
    check(&|_, new| new.severity = Some("high".to_owned()), false, "graver");
    check(&|_, new| new.origin = Origin::Report, false, "a report");
    check(&|old, _| old.stage = Stage::Seen { by: LEAD, at: at(1) }, false, "somebody has looked");
    check(&|old, new| (old.about, new.about) = (None, None), false, "nobody known");
}

#[test]
fn repeats_are_counted_and_their_words_kept_once_and_bounded() {
    let mut concern = raised();
    for words in ["first words", "second words", "second words"] {
        concern = concern.again(&searched(words, 1));
    }
    assert_eq!((concern.times, concern.words.as_str()), (4, "first words\nsecond words"));
    for n in 0..1_000 {
        concern = concern.again(&searched(&format!("words number {n}"), 1));
    }
    assert_eq!(concern.times, 1_004);
    assert!(concern.words.len() <= Concern::WORDS_ROOM);
}
