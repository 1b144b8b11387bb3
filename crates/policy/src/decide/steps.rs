use school::Choice;

use super::{Observer, Spoken, facts::Facts, pick::Picked};
use crate::{Category, CategorySet, Mode, Stage, Step, Verdict, search::Kind};

/// Asks each step in the published order; the first that speaks wins.
pub(super) fn ask_each<'a, O: Observer>(
    facts: &Facts<'a>,
    picked: &Picked<'a>,
    observer: &mut O,
) -> Spoken<'a> {
    for step in &Step::ORDER[..Step::ORDER.len() - 1] {
        match ask(*step, facts, picked) {
            Says(spoken) => {
                observer.step(*step, Some(spoken.verdict), || said(facts, &spoken));
                return spoken;
            }
            Silent(why) => observer.step(*step, None, || why.to_owned()),
        }
    }
    let spoken = base_mode(facts);
    observer.step(Step::BaseMode, Some(spoken.verdict), || said(facts, &spoken));
    spoken
}

#[inline]
fn ask<'a>(step: Step, facts: &Facts<'a>, picked: &Picked<'a>) -> Answer<'a> {
    match step {
        Step::Fault => fault(facts),
        Step::Sealed => sealed(facts),
        Step::Help => help(facts),
        Step::AlwaysBlocked => always_blocked(facts, picked),
        Step::LockedRule => by_rule(picked, true, Step::LockedRule, "No locked rule counts here."),
        Step::Rule => by_rule(picked, false, Step::Rule, "No rule counts here."),
        Step::Schedule => schedule(facts),
        Step::SearchEngine => search_engine(facts),
        Step::FileType => file_type(facts),
        Step::Category => category(facts),
        // Unseen is said by gates of what they could not read; the rules never come to it.
        Step::BaseMode | Step::Unseen => Says(base_mode(facts)),
    }
}

enum Answer<'a> {
    Says(Spoken<'a>),
    Silent(&'static str),
}
use Answer::{Says, Silent};

fn fault(facts: &Facts<'_>) -> Answer<'static> {
    match (facts.is_fault, facts.is_help) {
        (false, _) => Silent("Rules and lists are in order."),
        (true, true) => Silent("Rules or lists cannot be relied on; help stays open."),
        (true, false) => Says(Spoken::new(Step::Fault, Verdict::Block)),
    }
}

fn sealed(facts: &Facts<'_>) -> Answer<'static> {
    match facts.found.sealed {
        None => Silent("No sealed list holds this address."),
        Some(_) => Says(Spoken::new(Step::Sealed, Verdict::Block)),
    }
}

fn help(facts: &Facts<'_>) -> Answer<'static> {
    if facts.is_help {
        Says(Spoken::of_category(Step::Help, Verdict::Allow, Category::Help))
    } else {
        Silent("Not a help or reporting site.")
    }
}

fn always_blocked(facts: &Facts<'_>, picked: &Picked<'_>) -> Answer<'static> {
    match facts.categories.and(CategorySet::ALWAYS_BLOCKED).first() {
        None => Silent("In no category that is always blocked."),
        Some(_) if picked.trust_opens.is_some() => {
            Silent("In a category that is always blocked, but a rule of the trust names this address.")
        }
        Some(category) => Says(Spoken::of_category(Step::AlwaysBlocked, Verdict::Block, category)),
    }
}

fn by_rule<'a>(picked: &Picked<'a>, locked: bool, step: Step, silent: &'static str) -> Answer<'a> {
    match picked.best.filter(|it| it.tier.is_locked() == locked) {
        None => Silent(silent),
        Some(line) => Says(Spoken {
            line: Some(line),
            ..Spoken::new(step, line.verb.verdict().unwrap_or(Verdict::Block))
        }),
    }
}

fn schedule(facts: &Facts<'_>) -> Answer<'static> {
    if facts.profile.times.iter().any(|it| it.has(&facts.ask.when)) {
        Silent("Within the times of the profile.")
    } else {
        Says(Spoken::new(Step::Schedule, Verdict::Block))
    }
}

fn search_engine(facts: &Facts<'_>) -> Answer<'static> {
    let profile = facts.profile;
    let Some(engine) = facts.engine.filter(|it| it.kind == Kind::Search) else {
        if facts.categories.has(Category::SearchEngines) && profile.profile.block_other_engines {
            return Says(Spoken::of_category(Step::SearchEngine, Verdict::Block, Category::SearchEngines));
        }
        return Silent("Not a search engine.");
    };
    if profile.engines & engine.bit != 0 {
        if facts.categories.has(Category::ImageSearch) {
            return Silent(
                "The profile has this search engine; a search for pictures is left to its category.",
            );
        }
        return Says(Spoken::of_category(Step::SearchEngine, Verdict::Allow, Category::SearchEngines));
    }
    if profile.profile.block_other_engines {
        Says(Spoken::of_category(Step::SearchEngine, Verdict::Block, Category::SearchEngines))
    } else {
        Silent("The profile does not name this search engine, and leaves it to its category.")
    }
}

fn file_type(facts: &Facts<'_>) -> Answer<'static> {
    let blocked = &facts.profile.profile.blocked_files;
    if blocked.is_empty() || facts.is_connect() {
        return Silent("No kind of file to judge.");
    }
    let (media_type, file_name) = match facts.ask.stage {
        Stage::Response { media_type, file_name } => (media_type, file_name),
        Stage::Connect | Stage::Request => (None, None),
    };
    let ending_of = |name: &str| {
        let name = name.trim_end_matches(['.', ' ', '"']);
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        blocked.iter().any(|it| it.eq_ignore_ascii_case(ending))
    };
    let media = |name: &str| {
        let name = name.split(';').next().unwrap_or("").trim();
        let kind = name.split('/').next().unwrap_or("");
        blocked.iter().any(|it| {
            it.eq_ignore_ascii_case(name)
                || it.strip_suffix("/*").is_some_and(|it| it.eq_ignore_ascii_case(kind))
        })
    };
    let path = facts.ask.target.path().split('?').next().unwrap_or("");
    let last = path.rsplit('/').next().unwrap_or("");
    if ending_of(last) || file_name.is_some_and(ending_of) || media_type.is_some_and(media) {
        Says(Spoken::new(Step::FileType, Verdict::Block))
    } else {
        Silent("Not a kind of file that the profile blocks.")
    }
}

fn category(facts: &Facts<'_>) -> Answer<'static> {
    let profile = facts.profile;
    let mut judged = facts.categories;
    if facts.engine.is_some_and(|it| profile.engines & it.bit != 0) {
        // The profile opened the engine by name, so only what is searched for is still to be judged.
        judged = judged.without(Category::SearchEngines);
    }
    let says = |set: CategorySet, verdict| {
        let category = judged.and(set).first()?;
        Some(Says(Spoken::of_category(Step::Category, verdict, category)))
    };
    says(profile.blocked, Verdict::Block)
        .or_else(|| says(profile.warned, Verdict::Warn))
        .or_else(|| says(profile.allowed, Verdict::Allow))
        .unwrap_or(Silent("The profile says nothing of these categories."))
}

fn base_mode(facts: &Facts<'_>) -> Spoken<'static> {
    let profile = &facts.profile.profile;
    let verdict = match profile.mode {
        _ if facts.categories.is_empty() => profile.uncategorised,
        Mode::DenyByDefault => Verdict::Block,
        Mode::BlockByCategory => Verdict::Allow,
    };
    Spoken::new(Step::BaseMode, verdict)
}

fn said(facts: &Facts<'_>, spoken: &Spoken<'_>) -> String {
    let profile = &facts.profile.name;
    let category = spoken.category.map_or("", Category::label);
    match spoken.step {
        Step::Fault => "Rules or lists cannot be relied on: all is closed but help.".to_owned(),
        Step::Sealed => "A sealed list holds this address. Nothing opens it.".to_owned(),
        Step::Help => "Help and reporting are always open, never inspected and never recorded.".to_owned(),
        Step::AlwaysBlocked => format!("In the category {category}, which is always blocked."),
        Step::LockedRule | Step::Rule => {
            let words = spoken.line.map_or("", |it| &it.words);
            format!("Decided by {words}.")
        }
        Step::Schedule => format!("Outside the times of the profile {profile}."),
        Step::SearchEngine if spoken.verdict == Verdict::Allow => {
            format!("The profile {profile} opens this search engine.")
        }
        Step::SearchEngine => format!("The profile {profile} does not open this search engine."),
        Step::FileType => format!("The profile {profile} blocks this kind of file."),
        Step::Category => {
            let verdict = spoken.verdict.label().to_lowercase();
            format!("The category {category} is {verdict} by the profile {profile}.")
        }
        Step::BaseMode | Step::Unseen => {
            let what =
                if facts.categories.is_empty() { "a site in no category" } else { "what nothing speaks of" };
            format!("The profile {profile} gives {what}: {}.", spoken.verdict.label().to_lowercase())
        }
    }
}
