//! Floors for what the lexicon finds and for what it leaves alone, by theme.
use std::collections::BTreeMap;

use school::Choice;
use signals::{Lexicon, Theme, Words, assess};

/// Of each theme: signals that were right, wrong, and missing.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    right: u32,
    wrong: u32,
    missed: u32,
}

impl Count {
    fn precision(self) -> f64 {
        share(self.right, self.wrong)
    }
    fn recall(self) -> f64 {
        share(self.right, self.missed)
    }
}

#[test]
fn precision_and_recall_stay_above_their_floors() {
    let (searches, counts) = count(include_str!("../corpus/searches.tsv"));
    assert!(150 <= searches);
    for (theme, count) in counts {
        assert!(0.95 <= count.precision(), "precision of {theme}: {count:?}");
        assert!(0.90 <= count.recall(), "recall of {theme}: {count:?}");
    }
}

/// What is left alone must hold for wording that is new; how much of it is found is told by the bench.
#[test]
fn wording_that_is_new_to_the_lexicon_raises_few_false_alarms() {
    let check = |name: &str, corpus: &str, floor: f64| {
        let (_, counts) = count(corpus);
        let all = counts.values().fold(Count::default(), |all, it| Count {
            right: all.right + it.right,
            wrong: all.wrong + it.wrong,
            missed: all.missed + it.missed,
        });
        println!("{name}: {all:?}, precision {:.2}, recall {:.2}", all.precision(), all.recall());
        for (theme, count) in counts {
            println!("{name} {theme}: {count:?}");
        }
        assert!(floor <= all.precision(), "{name}: {all:?}");
    };
    check("held out", include_str!("../corpus/held-out.tsv"), 0.80);
    check("held out, second", include_str!("../corpus/held-out-second.tsv"), 0.80);
}

fn count(corpus: &str) -> (u32, BTreeMap<&'static str, Count>) {
    let lexicon = Lexicon::ours().expect("our own lexicon");
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    let mut searches = 0;
    for line in corpus.lines().filter(|it| !it.starts_with('#')) {
        searches += 1;
        let (expected, text) = line.split_once('\t').expect(line);
        let (code, severity) = expected.split_once(':').unwrap_or((expected, ""));
        let theme = Theme::from_code(code);
        assert!(code == "none" || theme.is_some(), "{line}");
        let found = assess(&lexicon, &Words { text, host: "search.example.org" });
        for signal in &found {
            let count = counts.entry(signal.theme.code()).or_default();
            if Some(signal.theme) == theme {
                count.right += 1;
            } else {
                count.wrong += 1;
                println!("wrong  {text}: {} by `{}`", signal.theme.code(), signal.phrase);
            }
        }
        match (theme, found.iter().find(|it| Some(it.theme) == theme)) {
            (Some(theme), None) => {
                counts.entry(theme.code()).or_default().missed += 1;
                println!("missed {text}: {}", theme.code());
            }
            (_, Some(signal)) if !severity.is_empty() => {
                assert_eq!(signal.severity.code(), severity, "{text}");
            }
            _ => {}
        }
    }
    (searches, counts)
}

fn share(part: u32, rest: u32) -> f64 {
    f64::from(part) / f64::from((part + rest).max(1))
}
