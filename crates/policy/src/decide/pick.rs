use std::cell::OnceCell;

use school::Layer;

use super::{Fate, Observer, facts::Facts};
use crate::{Host, Matches, Scheme, Verb, compile::Line};

/// What the rules say, with the winner of each kind.
#[derive(Default)]
pub(super) struct Picked<'a> {
    /// Of allow, warn and block.
    pub(super) best: Option<&'a Line>,
    /// Of inspect and tunnel.
    pub(super) inspect: Option<&'a Line>,
    /// Of the trust's own that name the address and would open it.
    pub(super) trust_opens: Option<&'a Line>,
    /// While connecting: the strongest that may open some address on this host.
    pub(super) may_open: Option<&'a Line>,
    /// While connecting: the trust's strongest that may open some address on this host.
    pub(super) trust_may_open: Option<&'a Line>,
    /// While connecting: some rule speaks of some addresses on this host only.
    pub(super) has_paths: bool,
}

/// Finds every rule that counts now and keeps the strongest.
pub(super) fn pick<'a, O: Observer>(facts: &Facts<'a>, observer: &mut O) -> Picked<'a> {
    let mut picked = Picked::default();
    let whole = OnceCell::new();
    facts.rules.index.each(facts.ask.target.host(), facts.categories, |line, audience| {
        let fate = fate(facts, line, audience, &whole);
        observer.rule(line, fate);
        match fate {
            Fate::Counts => picked.take(line),
            Fate::SomeAddresses => picked.may_take(line),
            _ => {}
        }
    });
    picked
}

impl<'a> Picked<'a> {
    fn take(&mut self, line: &'a Line) {
        match line.verb {
            Verb::Inspect | Verb::Tunnel => stronger(&mut self.inspect, line),
            Verb::Allow | Verb::Warn | Verb::Block => stronger(&mut self.best, line),
        }
        if opens_anything(line) {
            stronger(&mut self.trust_opens, line);
        }
    }

    fn may_take(&mut self, line: &'a Line) {
        self.has_paths |= !matches!(line.verb, Verb::Inspect | Verb::Tunnel);
        if matches!(line.verb, Verb::Allow | Verb::Warn) {
            stronger(&mut self.may_open, line);
        }
        if opens_anything(line) {
            stronger(&mut self.trust_may_open, line);
        }
    }
}

fn stronger<'a>(to: &mut Option<&'a Line>, line: &'a Line) {
    if to.is_none_or(|it| it.key < line.key) {
        *to = Some(line);
    }
}

/// Only the trust, naming the address, may open what is always blocked (FIL-07).
fn opens_anything(line: &Line) -> bool {
    line.layer == Layer::Trust
        && matches!(line.verb, Verb::Allow | Verb::Warn)
        && matches!(line.matches, Matches::Domain(_) | Matches::Host(_) | Matches::Address(_))
}

fn fate(facts: &Facts<'_>, line: &Line, audience: u32, whole: &OnceCell<String>) -> Fate {
    if !facts.is_here(line.context) {
        return Fate::Elsewhere;
    }
    if !facts.ask.who.is_among(audience) {
        return Fate::NotForThem;
    }
    if !line.during.iter().any(|it| it.has(&facts.ask.when)) {
        return Fate::NotNow;
    }
    if line.until.is_some_and(|it| it.is_over(&facts.ask.when)) {
        return Fate::Over;
    }
    address(facts, line, whole)
}

fn address(facts: &Facts<'_>, line: &Line, whole: &OnceCell<String>) -> Fate {
    let target = facts.ask.target;
    let counts = |it: bool| if it { Fate::Counts } else { Fate::OtherAddress };
    match &line.matches {
        Matches::Everything | Matches::Category(_) | Matches::Domain(_) => Fate::Counts,
        Matches::Host(host) => match target.host() {
            Host::Name(name) => counts(**name == **host),
            Host::V4(_) | Host::V6(_) => Fate::Counts,
        },
        Matches::Address(it) => {
            let scheme = it.https.is_none_or(|https| https == (target.scheme() == Scheme::Https));
            let exact = it.https.is_none() || target.host().name().is_none_or(|name| *name == *it.host);
            if !scheme || !exact {
                Fate::OtherAddress
            } else if facts.is_connect() && &*it.path != "/" {
                Fate::SomeAddresses
            } else {
                counts(it.has_path(target.path()))
            }
        }
        Matches::Pattern(_) => {
            let Some(pattern) = &line.pattern else { return Fate::OtherAddress };
            let found = pattern.is_match(whole.get_or_init(|| target.to_string()));
            match line.verb {
                _ if !facts.is_connect() => counts(found),
                Verb::Inspect | Verb::Tunnel => counts(found),
                // Without its path an address shows too little of itself for a pattern to be sure of it.
                Verb::Block if !found => Fate::OtherAddress,
                Verb::Allow | Verb::Warn | Verb::Block => Fate::SomeAddresses,
            }
        }
    }
}
