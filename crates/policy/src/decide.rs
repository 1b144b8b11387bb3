//! The one evaluator. [`decide`] and [`crate::trace`] are the same code with different eyes on it, so that what is
//! explained is what was decided.
mod connect;
mod facts;
mod pick;
mod steps;

use std::sync::Arc;

use crate::{
    Ask, Because, Category, Decision, Inspect, Matches, Rules, Step, Verdict,
    compile::Line,
    decide::{facts::Facts, pick::Picked},
};

/// Watches a decision being made. The one that watches nothing costs nothing.
pub(crate) trait Observer {
    /// A step was asked, and spoke (with its verdict) or stayed silent, for a reason in words.
    fn step(&mut self, step: Step, verdict: Option<Verdict>, words: impl FnOnce() -> String);
    /// A rule that names this address was looked at.
    fn rule(&mut self, line: &Line, fate: Fate);
    /// Whether the connection is opened, and why, in words.
    fn connection(&mut self, inspect: Inspect, words: impl FnOnce() -> String);
}

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Counts,
    /// For other people.
    NotForThem,
    /// For another site.
    Elsewhere,
    NotNow,
    Over,
    /// Speaks of other addresses on this host.
    OtherAddress,
    /// Speaks of some addresses on this host; which, is known only when the request is read.
    SomeAddresses,
}

struct Blind;

impl Observer for Blind {
    #[inline]
    fn step(&mut self, _: Step, _: Option<Verdict>, _: impl FnOnce() -> String) {}
    #[inline]
    fn rule(&mut self, _: &Line, _: Fate) {}
    #[inline]
    fn connection(&mut self, _: Inspect, _: impl FnOnce() -> String) {}
}

/// The one decision. Allocates nothing unless a list has to be named or a pattern has to be searched for.
pub fn decide(rules: &Rules, ask: &Ask<'_>) -> Decision {
    evaluate(rules, ask, &mut Blind)
}

/// What a step said.
#[derive(Debug, Clone, Copy)]
struct Spoken<'a> {
    verdict: Verdict,
    step: Step,
    line: Option<&'a Line>,
    category: Option<Category>,
}

impl<'a> Spoken<'a> {
    fn new(step: Step, verdict: Verdict) -> Spoken<'a> {
        Spoken { verdict, step, line: None, category: None }
    }
    fn of_category(step: Step, verdict: Verdict, category: Category) -> Spoken<'a> {
        Spoken { category: Some(category), ..Spoken::new(step, verdict) }
    }
}

pub(crate) fn evaluate<O: Observer>(rules: &Rules, ask: &Ask<'_>, observer: &mut O) -> Decision {
    let facts = Facts::new(rules, ask);
    let picked = if facts.is_past_rules() { Picked::default() } else { pick::pick(&facts, observer) };
    let spoken = steps::ask_each(&facts, &picked, observer);
    let (spoken, must_open) = connect::adjust(&facts, &picked, spoken, observer);
    let inspect = connect::inspect(&facts, &picked, &spoken, must_open, observer);
    finish(&facts, &spoken, inspect)
}

fn finish(facts: &Facts<'_>, spoken: &Spoken<'_>, inspect: Inspect) -> Decision {
    let profile = facts.profile;
    let safe_search = match (facts.engine, spoken.verdict, inspect) {
        (None, _, _) | (_, Verdict::Block, _) => None,
        (Some(engine), _, Inspect::Tunnel) => engine.on_tunnel(&profile.profile).unwrap_or_default(),
        (Some(_), _, Inspect::Open) if facts.is_connect() => None,
        (Some(engine), _, Inspect::Open) => engine.on_request(&profile.profile, facts.ask.target),
    };
    let (list, matched) = blame(facts, spoken);
    Decision {
        verdict: spoken.verdict,
        because: Because {
            step: spoken.step,
            rule: spoken.line.map(|it| Arc::clone(&it.words)),
            list,
            category: spoken.category,
            profile: Some(Arc::clone(&profile.name)),
            matched,
        },
        inspect,
        safe_search,
        categories: facts.categories,
        protected: facts.is_help && facts.found.sealed.is_none(),
    }
}

/// The list is named where it closed something; naming it takes a second look-up.
fn blame(facts: &Facts<'_>, spoken: &Spoken<'_>) -> (Option<Arc<str>>, u16) {
    if let Some(line) = spoken.line {
        let matched = match &line.matches {
            Matches::Domain(host) | Matches::Host(host) => host.len(),
            Matches::Address(it) => it.host.len(),
            _ => 0,
        };
        return (None, u16::try_from(matched).unwrap_or(0));
    }
    match (spoken.step, spoken.category) {
        (Step::Sealed, _) => {
            let list = facts.found.sealed.and_then(|it| facts.rules.lists.get(it));
            (list.map(|it| Arc::clone(&it.info().name)), 0)
        }
        (Step::AlwaysBlocked | Step::Category, Some(category)) if spoken.verdict != Verdict::Allow => {
            match facts.rules.lists.blame(facts.ask.target, category) {
                Some(blame) => (Some(blame.list), blame.matched),
                None => (None, 0),
            }
        }
        _ => (None, 0),
    }
}
