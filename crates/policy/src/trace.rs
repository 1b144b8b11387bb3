use std::{cmp::Reverse, sync::Arc};

use school::{Choice, Id, Person};

use crate::{
    Ask, Category, Decision, Inspect, Rules, Stage, Step, Verdict,
    compile::Line,
    decide::{Fate, Observer, evaluate},
    lists::Blame,
};

/// A decision with everything that was considered on the way to it, for staff.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Exactly what [`crate::decide`] gives for the same question.
    pub decision: Decision,
    /// The address in its one spelling.
    pub address: String,
    pub person: Option<Id<Person>>,
    pub profile: Arc<str>,
    /// Where it is written that they have this profile, such as `school line 40`.
    pub profile_from: Option<Arc<str>>,
    /// What the address is about, and which list says so (`None`: the address itself shows it).
    pub categories: Vec<(Category, Option<Blame>)>,
    /// Every step in the published order.
    pub steps: Vec<Considered>,
    /// What becomes of the connection over which this is asked for, before any path is known.
    pub connection: Connection,
}

/// Whether an encrypted connection is opened, and why, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    pub inspect: Inspect,
    pub words: String,
}

/// What one step considered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Considered {
    pub step: Step,
    /// `None`: it stayed silent, or was not reached.
    pub verdict: Option<Verdict>,
    /// Why it spoke or stayed silent, in words.
    pub words: String,
    /// The rules that were looked at, and what became of each.
    pub rules: Vec<String>,
}

/// Decides, and keeps everything that was considered.
pub fn trace(rules: &Rules, ask: &Ask<'_>) -> Trace {
    let mut watcher = Watcher::default();
    let decision = evaluate(rules, ask, &mut watcher);
    let mut first = Watcher::default();
    let connect = evaluate(rules, &Ask { stage: Stage::Connect, ..*ask }, &mut first);
    let blamed = |it| (it, rules.lists.blame(ask.target, it));
    Trace {
        address: ask.target.to_string(),
        person: ask.who.person(),
        profile: Arc::clone(&rules.profile_of(ask.who, ask.site).name),
        profile_from: rules.profile_from(ask.who, ask.site),
        categories: decision.categories.iter().map(blamed).collect(),
        steps: watcher.in_order(),
        connection: Connection { inspect: connect.inspect, words: first.connection },
        decision,
    }
}

#[derive(Default)]
struct Watcher {
    steps: Vec<Considered>,
    connection: String,
    /// Key, whether it is locked, and the rule in words.
    rules: Vec<(u64, bool, String)>,
}

impl Observer for Watcher {
    fn step(&mut self, step: Step, verdict: Option<Verdict>, words: impl FnOnce() -> String) {
        self.steps.push(Considered { step, verdict, words: words(), rules: Vec::new() });
    }

    fn rule(&mut self, line: &Line, fate: Fate) {
        let why = match fate {
            Fate::Counts => "counts",
            Fate::NotForThem => "is for other people",
            Fate::Elsewhere => "is for another site",
            Fate::NotNow => "does not count at this time",
            Fate::Over => "is over",
            Fate::OtherAddress => "is for other addresses",
            Fate::SomeAddresses => "is for some addresses on this host",
        };
        self.rules.push((line.key, line.tier.is_locked(), format!("{} ({why})", line.words)));
    }

    fn connection(&mut self, _: Inspect, words: impl FnOnce() -> String) {
        self.connection = words();
    }
}

impl Watcher {
    fn in_order(mut self) -> Vec<Considered> {
        self.rules.sort_by_key(|(key, _, _)| Reverse(*key));
        let mut all: Vec<Considered> = Vec::new();
        for step in Step::ORDER {
            let mut said = self.steps.iter().filter(|it| it.step == step).cloned().peekable();
            if said.peek().is_none() {
                let words = "Not reached: an earlier step decided.".to_owned();
                all.push(Considered { step, verdict: None, words, rules: Vec::new() });
            }
            for mut considered in said {
                let locked = step == Step::LockedRule;
                if locked || step == Step::Rule {
                    let here = self.rules.iter().filter(|(_, it, _)| *it == locked);
                    considered.rules = here.map(|(_, _, words)| words.clone()).collect();
                }
                all.push(considered);
            }
        }
        all
    }
}

/// For a terminal.
impl std::fmt::Display for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}: {}", self.decision.verdict.label(), self.address)?;
        writeln!(f, "because: {}", self.decision.because.for_staff())?;
        let from = self.profile_from.as_deref().unwrap_or("none given, so the strictest");
        writeln!(f, "profile: {} ({from})", self.profile)?;
        for (category, blame) in &self.categories {
            match blame {
                Some(blame) => writeln!(f, "category: {} (list {})", category.label(), blame.list)?,
                None => writeln!(f, "category: {}", category.label())?,
            }
        }
        writeln!(f, "connection: {}", self.connection.words)?;
        for it in &self.steps {
            let verdict = it.verdict.map_or("-", Verdict::label);
            writeln!(f, "{:<30} {verdict:<8} {}", it.step.label(), it.words)?;
            for rule in &it.rules {
                writeln!(f, "{:<39} {rule}", "")?;
            }
        }
        Ok(())
    }
}
