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

#[test]
fn precision_and_recall_stay_above_their_floors() {
    let lexicon = Lexicon::ours().expect("our own lexicon");
    let corpus = include_str!("../corpus/searches.tsv");
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    let (mut searches, mut complaints) = (0, Vec::new());
    for line in corpus.lines().filter(|it| !it.starts_with('#')) {
        searches += 1;
        let (expected, text) = line.split_once('\t').expect(line);
        let (theme, severity) = expected.split_once(':').unwrap_or((expected, ""));
        assert!(theme == "none" || Theme::from_code(theme).is_some(), "{line}");
        let found = assess(&lexicon, &Words { text, host: "search.example.org" });
        for signal in &found {
            let count = counts.entry(signal.theme.code()).or_default();
            if signal.theme.code() == theme {
                count.right += 1;
            } else {
                count.wrong += 1;
                complaints.push(format!("wrong  {text}: {} by `{}`", signal.theme.code(), signal.phrase));
            }
        }
        match found.iter().find(|it| it.theme.code() == theme) {
            None if theme != "none" => {
                counts.entry(Theme::from_code(theme).expect("checked").code()).or_default().missed += 1;
                complaints.push(format!("missed {text}: {theme}"));
            }
            Some(signal) if !severity.is_empty() => assert_eq!(signal.severity.code(), severity, "{text}"),
            _ => {}
        }
    }
    println!("{searches} searches\n{counts:#?}\n{}", complaints.join("\n"));
    assert!(150 <= searches);
    for (theme, count) in counts {
        let share = |part: u32, rest: u32| f64::from(part) / f64::from(part + rest);
        assert!(0.95 <= share(count.right, count.wrong), "precision of {theme}: {count:?}");
        assert!(0.90 <= share(count.right, count.missed), "recall of {theme}: {count:?}");
    }
}
