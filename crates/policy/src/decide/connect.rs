//! What is said of a host before any path is known, and whether the connection is opened.
use super::{Observer, Spoken, facts::Facts, pick::Picked};
use crate::{Inspect, Mode, Step, Verb, Verdict, help};

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

/// Whether the connection is opened, said to the observer with the reason.
pub(super) fn inspect<O: Observer>(
    facts: &Facts<'_>,
    picked: &Picked<'_>,
    spoken: &Spoken<'_>,
    must_open: bool,
    observer: &mut O,
) -> Inspect {
    let (inspect, why) = weigh(facts, picked, spoken, must_open);
    observer.connection(inspect, || said(why, picked));
    inspect
}

/// Why a connection is opened or not, in the order in which it is asked.
#[derive(Clone, Copy)]
enum Why {
    SealedOnHelp,
    Help,
    Refused,
    EachRequest,
    ShutPaths,
    NoSafeName,
    Rule,
    Paths,
    SearchEngine,
    Private,
    Usual,
}

fn weigh(facts: &Facts<'_>, picked: &Picked<'_>, spoken: &Spoken<'_>, must_open: bool) -> (Inspect, Why) {
    if facts.is_help && facts.found.sealed.is_none() {
        // What a school calls help may hold what is sealed, and sealed goes first. Our own help is never opened.
        let built_in = help::is_help(facts.ask.target.host());
        return if facts.found.has_sealed_paths && !built_in {
            (Inspect::Open, Why::SealedOnHelp)
        } else {
            (Inspect::Tunnel, Why::Help)
        };
    }
    if spoken.verdict != Verdict::Allow {
        return (Inspect::Open, Why::Refused);
    }
    if must_open {
        return (Inspect::Open, Why::EachRequest);
    }
    match picked.inspect.map(|it| it.verb) {
        Some(Verb::Tunnel) => return tunnel(facts, picked),
        Some(_) => return (Inspect::Open, Why::Rule),
        None => {}
    }
    if facts.categories.and(facts.profile.uninspected).is_empty() {
        return (Inspect::Open, Why::Usual);
    }
    if picked.has_paths || facts.found.has_paths {
        return (Inspect::Open, Why::Paths);
    }
    if facts.engine.is_some() {
        // A search engine is opened, so that what is typed stays safe and is seen.
        return (Inspect::Open, Why::SearchEngine);
    }
    (Inspect::Tunnel, Why::Private)
}

/// What no rule opens, no rule hides either: what is always blocked on a part of a host is found only in the open
/// connection (FIL-06, FIL-07). The trust alone, which may open what is listed wrongly, may leave it unopened too.
fn tunnel(facts: &Facts<'_>, picked: &Picked<'_>) -> (Inspect, Why) {
    let shut = facts.found.has_shut_paths && picked.trust_opens.is_none();
    if facts.found.has_sealed_paths || shut {
        return (Inspect::Open, Why::ShutPaths);
    }
    if facts.engine.is_some_and(|it| it.on_tunnel(&facts.profile.profile).is_err()) {
        return (Inspect::Open, Why::NoSafeName);
    }
    (Inspect::Tunnel, Why::Rule)
}

fn said(why: Why, picked: &Picked<'_>) -> String {
    let rule = picked.inspect.map_or("a rule", |it| &it.words);
    match why {
        Why::SealedOnHelp => {
            "Opened: the host is called help, but some addresses on it are always blocked.".to_owned()
        }
        Why::Help => "Carried unopened: help is never opened.".to_owned(),
        Why::Refused => "Opened, to show the page that says why.".to_owned(),
        Why::EachRequest => "Opened: each request is asked about.".to_owned(),
        Why::ShutPaths => format!("Opened against {rule}: some addresses on this host are always blocked."),
        Why::NoSafeName => format!("Opened against {rule}: a search here can be kept safe in no other way."),
        Why::Rule => match picked.inspect.map(|it| it.verb) {
            Some(Verb::Tunnel) => format!("Carried unopened by {rule}."),
            _ => format!("Opened by {rule}."),
        },
        Why::Paths => "Opened: a rule or a list speaks of some addresses on this host only.".to_owned(),
        Why::SearchEngine => "Opened: what is searched for is kept safe, and is seen.".to_owned(),
        Why::Private => "Carried unopened: the profile leaves this category uninspected.".to_owned(),
        Why::Usual => "Opened, as every connection that nothing else is said of.".to_owned(),
    }
}
