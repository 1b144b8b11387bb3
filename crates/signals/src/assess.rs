use crate::{
    Lexicon, Severity, Signal, Theme,
    lexicon::{Says, Weighs},
    normalise::normalise,
};
use school::Choice;

/// What someone typed, and where.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// As typed, decoded.
    pub text: &'a str,
    /// The host it was sent to, canonical.
    pub host: &'a str,
}

/// At most one signal for each theme, the gravest first.
///
/// The evidence competes: a worry counts 1 to 3 by its severity; one more where a raising context is found, one less
/// for each lowering one, nothing where a cancelling one is. What is typed at a help site is not looked at.
pub fn assess(lexicon: &Lexicon, words: &Words<'_>) -> Vec<Signal> {
    if lexicon.is_help(words.host) {
        return Vec::new();
    }
    let found = find(lexicon, &normalise(words.text));
    if found.is_empty() {
        return Vec::new();
    }
    let mut signals: Vec<Signal> =
        Theme::ALL.iter().filter_map(|theme| of_theme(lexicon, &found, *theme)).collect();
    signals.sort_by_key(|it| std::cmp::Reverse(it.severity));
    signals
}

/// The entries of which every part was found, in order.
fn find(lexicon: &Lexicon, normal: &str) -> Vec<usize> {
    let mut hits: Vec<(usize, u8)> = Vec::new();
    for hit in lexicon.automaton.find_overlapping_iter(normal) {
        let key = &lexicon.keys[hit.pattern().as_usize()];
        if rest_follows(normal, hit.end(), &key.rest) {
            hits.push((key.entry, key.part));
        }
    }
    hits.sort_unstable();
    let mut found = Vec::new();
    for group in hits.chunk_by(|a, b| a.0 == b.0) {
        let parts = group.iter().fold(0, |bits, hit| bits | hit.1);
        if parts == lexicon.entries[group[0].0].parts {
            found.push(group[0].0);
        }
    }
    found
}

/// Each run must begin where the word before it ends.
fn rest_follows(normal: &str, mut at: usize, rest: &[Box<str>]) -> bool {
    rest.iter().all(|run| {
        let Some(gap) = normal[at..].find(' ') else { return false };
        at += gap;
        let follows = normal[at..].starts_with(&**run);
        at += run.len();
        follows
    })
}

fn of_theme(lexicon: &Lexicon, found: &[usize], theme: Theme) -> Option<Signal> {
    let says = |entry: &usize| lexicon.entries[*entry].says;
    let count = |wanted: Weighs| {
        let speaks = |it: &&usize| matches!(says(it), Says::Context { theme: of, weighs } if weighs == wanted && of.is_none_or(|of| of == theme));
        i8::try_from(found.iter().filter(speaks).count()).unwrap_or(i8::MAX)
    };
    let worries = found.iter().filter_map(|entry| match says(entry) {
        Says::Worry { theme: of, severity, firm } if of == theme => Some((*entry, severity, firm)),
        _ => None,
    });
    worries
        .filter(|(entry, ..)| !found.iter().any(|it| says(it) == Says::Unless(*entry)))
        .filter_map(|(entry, severity, firm)| {
            let raised = points(severity).saturating_add(count(Weighs::Raise).min(1));
            let weight = match firm {
                true => raised,
                false if 0 < count(Weighs::Cancel) => 0,
                false => raised.saturating_sub(count(Weighs::Lower)),
            };
            Some((severity_of(weight)?, entry))
        })
        .max_by_key(|(severity, entry)| (*severity, std::cmp::Reverse(*entry)))
        .map(|(severity, entry)| Signal { theme, severity, phrase: lexicon.entries[entry].phrase.clone() })
}

fn points(severity: Severity) -> i8 {
    match severity {
        Severity::Low => 1,
        Severity::Medium => 2,
        Severity::High => 3,
    }
}

fn severity_of(points: i8) -> Option<Severity> {
    match points {
        ..=0 => None,
        1 => Some(Severity::Low),
        2 => Some(Severity::Medium),
        3.. => Some(Severity::High),
    }
}

#[cfg(test)]
mod tests;
