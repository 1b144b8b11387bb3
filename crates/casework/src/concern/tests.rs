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
