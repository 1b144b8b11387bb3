use std::sync::Arc;

use regex::Regex;
use school::{Choice, Layer};

use super::{Fault, Groups, Schedules, Source};
use crate::{Audience, Directory, Matches, Rule, Until, Verb, When, text::Body};

/// One rule for one audience, ready to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Greater wins; no two are equal.
    pub(crate) key: u64,
    pub(crate) tier: Tier,
    pub(crate) layer: Layer,
    pub(crate) context: Option<u16>,
    pub(crate) verb: Verb,
    pub(crate) matches: Matches,
    pub(crate) pattern: Option<Regex>,
    pub(crate) audience: Audience,
    /// What the audience's group name stands for.
    pub(crate) groups: Groups,
    /// Any of them.
    pub(crate) during: Vec<When>,
    pub(crate) until: Option<Until>,
    /// `school line 12: block bbc.co.uk for year 7`.
    pub(crate) words: Arc<str>,
}

/// First by what is locked, from the trust down; then by layer, from the site up. Greater wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    Trust,
    School,
    Site,
    LockedBySchool,
    LockedByTrust,
}

impl Tier {
    pub(crate) fn of(layer: Layer, locked: bool) -> Tier {
        match (layer, locked) {
            (Layer::Trust, true) => Tier::LockedByTrust,
            (Layer::School, true) => Tier::LockedBySchool,
            (Layer::Trust, false) => Tier::Trust,
            (Layer::School, false) => Tier::School,
            (Layer::Site, _) => Tier::Site,
        }
    }
    pub(crate) fn is_locked(self) -> bool {
        Tier::LockedBySchool <= self
    }
}

pub(super) fn build(
    sources: &[Source],
    schedules: &Schedules,
    directory: &Directory,
    faults: &mut Vec<Fault>,
) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        for entry in &source.document.entries {
            let Body::Rule(rule) = &entry.body else { continue };
            let during = match schedules.resolve(sources, at, &rule.during) {
                Ok(it) => it,
                Err(what) => {
                    faults.push(source.fault(
                        entry.line,
                        what,
                        "add a schedule of that name, or write the times",
                    ));
                    continue;
                }
            };
            let words = words(source, entry.line, rule);
            for audience in &rule.audience {
                let groups = match audience {
                    Audience::Group(name) => directory.groups(name).to_vec(),
                    _ => Vec::new(),
                };
                let pattern = match &rule.matches {
                    Matches::Pattern(text) => super::pattern(text).ok(),
                    _ => None,
                };
                let tier = Tier::of(source.layer, rule.locked);
                lines.push(Line {
                    key: key(tier, audience, rule, lines.len()),
                    tier,
                    layer: source.layer,
                    context: source.context,
                    verb: rule.verb,
                    matches: rule.matches.clone(),
                    pattern,
                    audience: audience.clone(),
                    groups,
                    during: during.clone(),
                    until: rule.until,
                    words: Arc::clone(&words),
                });
            }
        }
    }
    lines
}

fn words(source: &Source, line: u32, rule: &Rule) -> Arc<str> {
    let layer = source.layer.code();
    match source.layer {
        Layer::Site => format!("{layer} {} line {line}: {rule}", source.name).into(),
        _ => format!("{layer} line {line}: {rule}").into(),
    }
}

/// The published order as one number: tier, narrowest audience, narrowest address, block before warn before allow
/// (inspect before tunnel), first written.
fn key(tier: Tier, audience: &Audience, rule: &Rule, order: usize) -> u64 {
    let verb = match rule.verb {
        Verb::Block => 2,
        Verb::Warn | Verb::Inspect => 1,
        Verb::Allow | Verb::Tunnel => 0,
    };
    let length = rule.matches.length().min(0xffff) as u64;
    let order = (1 << 34) - 1 - order as u64;
    (tier as u64) << 58
        | u64::from(audience.narrowness()) << 55
        | u64::from(rule.matches.narrowness()) << 52
        | length << 36
        | verb << 34
        | order
}
