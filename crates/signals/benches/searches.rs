//! Precision and recall of our lexicon over the corpus, by theme, and the time that one search takes.
//! `cargo bench -p signals --bench searches`
use std::{hint::black_box, time::Instant};

use school::Choice;
use signals::{Lexicon, Theme, Words, assess};

const ROUNDS: u32 = 200;

fn main() {
    let corpus = read(include_str!("../corpus/searches.tsv"));
    let held_out = read(include_str!("../corpus/held-out.tsv"));
    let second = read(include_str!("../corpus/held-out-second.tsv"));
    let started = Instant::now();
    let Ok(lexicon) = Lexicon::ours() else { return println!("our own lexicon cannot be read") };
    println!("worries {}, searches {}, loaded in {:.1?}", lexicon.len(), corpus.len(), started.elapsed());
    for (name, searches) in [("searches", &corpus), ("held out", &held_out), ("held out, second", &second)] {
        for theme in Theme::ALL {
            tell(name, &lexicon, searches, *theme);
        }
    }
    let started = Instant::now();
    let mut signals = 0;
    for _ in 0..ROUNDS {
        for (_, text) in &corpus {
            signals += assess(&lexicon, &Words { text: black_box(text), host: "search.example.org" }).len();
        }
    }
    black_box(signals);
    let searches = f64::from(ROUNDS) * f64::from(u32::try_from(corpus.len()).unwrap_or(u32::MAX));
    println!("us per search {:.2}", started.elapsed().as_secs_f64() * 1e6 / searches);
}

fn read(corpus: &str) -> Vec<(&str, &str)> {
    corpus.lines().filter(|it| !it.starts_with('#')).filter_map(|it| it.split_once('\t')).collect()
}

fn tell(name: &str, lexicon: &Lexicon, searches: &[(&str, &str)], theme: Theme) {
    let (mut right, mut wrong, mut missed) = (0_u32, 0_u32, 0_u32);
    for (expected, text) in searches {
        let expected = expected.split(':').next() == Some(theme.code());
        let found = assess(lexicon, &Words { text, host: "" }).iter().any(|it| it.theme == theme);
        match (expected, found) {
            (true, true) => right += 1,
            (false, true) => wrong += 1,
            (true, false) => missed += 1,
            (false, false) => {}
        }
    }
    let share = |part: u32, rest: u32| f64::from(part) / f64::from((part + rest).max(1));
    let (precision, recall) = (share(right, wrong), share(right, missed));
    println!("{name} {:10} precision {precision:.2} recall {recall:.2} of {}", theme.code(), right + missed);
}
