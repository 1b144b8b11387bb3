use super::*;
use crate::Category;

#[test]
fn two_editions_are_compared_by_entry_and_category() {
    let edition = |games: std::ops::Range<u32>, chat: std::ops::Range<u32>| {
        let mut draft = Draft::new(Hasher::open(1));
        for i in games {
            draft.add(Entry::host(&format!("g{i}.test")), CategorySet::NONE.with(Category::Games));
        }
        for i in chat {
            let host = format!("g{i}.test");
            draft.add(Entry { path: "/room", ..Entry::host(&host) }, CategorySet::NONE.with(Category::Chat));
        }
        open(draft.compile(label("x")).expect("compiles")).expect("opens")
    };
    let changes =
        Changes::between(&edition(0..1000, 0..200), &edition(10..1040, 150..250)).expect("hashed alike");
    assert_eq!(changes.entries, Change { added: 90, removed: 160, kept: 1040 });
    assert_eq!(
        changes.categories,
        [
            (Category::Chat, Change { added: 50, removed: 150, kept: 50 }),
            (Category::Games, Change { added: 40, removed: 10, kept: 990 }),
        ]
    );
    assert!(!changes.entries.is_jump(), "less than a quarter of the whole");
    assert!(changes.is_jump(), "but most of one category");
    let same = Changes::between(&edition(0..9, 0..0), &edition(0..9, 0..0)).expect("hashed alike");
    assert_eq!(same.entries, Change { added: 0, removed: 0, kept: 9 });
    assert!(!same.is_jump());
    let other = open(Draft::new(Hasher::open(2)).compile(label("x")).expect("compiles")).expect("opens");
    assert_eq!(Changes::between(&edition(0..9, 0..0), &other), None);
}

#[test]
fn a_jump_is_more_than_a_quarter() {
    let check = |added, removed, kept, jump| {
        let change = Change { added, removed, kept };
        assert_eq!(change.is_jump(), jump, "{change:?}");
    };
    check(0, 0, 0, false);
    check(1000, 0, 0, false);
    check(25, 0, 100, false);
    check(26, 0, 100, true);
    check(0, 25, 75, false);
    check(0, 26, 74, true);
    check(13, 13, 87, true);
    check(0, 100, 0, true);
}
