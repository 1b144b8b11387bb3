//! What is said of a host before any path is known, and whether the connection is opened.
use super::{Observer, Spoken, facts::Facts, pick::Picked};
use crate::{Inspect, Mode, Step, Verb, Verdict};

/// While connecting, a host that is not refused in full is let through to be opened and asked about again. The
/// second value: it must be opened.
pub(super) fn adjust<'a, O: Observer>(
    facts: &Facts<'a>,
    picked: &Picked<'a>,
    spoken: Spoken<'a>,
    observer: &mut O,
) -> (Spoken<'a>, bool) {
    if !facts.is_connect() {
        return (spoken, false);
    }
    if spoken.verdict == Verdict::Warn {
        // Whoever is warned has to be shown the page, and that takes an open connection.
        return (Spoken { verdict: Verdict::Allow, ..spoken }, true);
    }
    if spoken.verdict == Verdict::Allow {
        return (spoken, false);
    }
    let opener = match spoken.step {
        Step::Fault | Step::Sealed | Step::Help => None,
        Step::AlwaysBlocked => picked.trust_may_open,
        Step::LockedRule | Step::Rule => {
            picked.may_open.filter(|it| spoken.line.is_none_or(|line| line.key < it.key))
        }
        _ => picked.may_open,
    };
    if let Some(line) = opener {
        let step = if line.tier.is_locked() { Step::LockedRule } else { Step::Rule };
        observer.step(step, Some(Verdict::Allow), || {
            format!("Some addresses here may be open by {}, so each request is asked about.", line.words)
        });
        return (Spoken { line: Some(line), ..Spoken::new(step, Verdict::Allow) }, true);
    }
    if facts.found.has_paths && paths_may_open(facts, &spoken) {
        observer.step(Step::Category, Some(Verdict::Allow), || {
            "A list speaks of some addresses here only, so each request is asked about.".to_owned()
        });
        return (Spoken::new(Step::Category, Verdict::Allow), true);
    }
    (spoken, false)
}

/// A list that knows some addresses of a host may put them in a category that is open.
fn paths_may_open(facts: &Facts<'_>, spoken: &Spoken<'_>) -> bool {
    let profile = facts.profile;
    match spoken.step {
        Step::BaseMode => !profile.allowed.is_empty() || profile.profile.mode == Mode::BlockByCategory,
        _ => false,
    }
}

pub(super) fn inspect(
    facts: &Facts<'_>,
    picked: &Picked<'_>,
    spoken: &Spoken<'_>,
    must_open: bool,
) -> Inspect {
    if facts.is_help && facts.found.sealed.is_none() {
        return Inspect::Tunnel;
    }
    if must_open || spoken.verdict != Verdict::Allow {
        return Inspect::Open;
    }
    let safe_unopened = facts.engine.is_none_or(|it| it.on_tunnel(&facts.profile.profile).is_ok());
    match picked.inspect.map(|it| it.verb) {
        Some(Verb::Tunnel) if safe_unopened && !facts.found.has_sealed_paths => return Inspect::Tunnel,
        Some(_) => return Inspect::Open,
        None => {}
    }
    let private = !facts.categories.and(facts.profile.uninspected).is_empty();
    // A search engine is opened, so that what is typed stays safe and is seen.
    let whole = !picked.has_paths && !facts.found.has_paths && facts.engine.is_none();
    if private && whole { Inspect::Tunnel } else { Inspect::Open }
}
