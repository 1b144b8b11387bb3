//! What is allowed to stand but is probably not meant.
use std::collections::HashMap;

use school::Layer;

use super::{Fault, Given, Source, pattern, profiles::Profiles};
use crate::{
    Audience, Category, Directory, Host, Matches, Mode, Rule, Scheme, Target, Verb, When, help, lists::Lists,
    text::Body,
};

/// Beyond this many nobody reads on.
const MOST: usize = 500;

pub(super) fn collect(
    sources: &[Source],
    given: &[Given],
    profiles: &Profiles,
    directory: &Directory,
    lists: &Lists,
    warnings: &mut Vec<Fault>,
) {
    unknown_profile(sources, given, profiles, warnings);
    let locked = locked_rules(sources);
    for source in sources {
        for entry in &source.document.entries {
            let mut warn = |what: String, remedy: &str| {
                if warnings.len() < MOST {
                    warnings.push(source.fault(entry.line, what, remedy));
                }
            };
            match &entry.body {
                Body::Use(it) => {
                    missing(&it.audience, directory, &mut warn);
                    nothing_below(source.layer, it.locked, &mut warn);
                }
                Body::Rule(rule) => {
                    missing(&rule.audience, directory, &mut warn);
                    nothing_below(source.layer, rule.locked, &mut warn);
                    everything(rule, &mut warn);
                    no_effect(source.layer, rule, lists, &mut warn);
                    let above = |it: &&(Layer, u32, &Rule)| it.0 < source.layer && covers(it.2, rule);
                    if let Some((layer, line, by)) = locked.iter().find(above) {
                        let layer = format!("{layer:?}").to_lowercase();
                        warn(
                            format!("this has no effect: {layer} line {line} is locked ({by})"),
                            "take it out, or ask there for the change",
                        );
                    }
                }
                Body::Profile(_) | Body::Schedule(_) => {}
            }
        }
        contradictions(source, warnings);
    }
}

fn unknown_profile(sources: &[Source], given: &[Given], profiles: &Profiles, warnings: &mut Vec<Fault>) {
    let Some(last) = sources.iter().rfind(|it| it.context.is_none()) else { return };
    let fits = |it: &&Given| matches!(it.audience, Audience::Everyone | Audience::Unknown);
    let unknown = given
        .iter()
        .filter(fits)
        .filter(|it| it.context.is_none())
        .max_by_key(|it| (it.tier, it.audience.narrowness()));
    let profile = unknown.and_then(|it| profiles.in_context(0)?.get(&it.profile));
    match profile {
        None => warnings.push(last.fault(
            0,
            "no profile is given to people who have not signed in, so they get nothing but help",
            "add use profile \"...\" for unknown",
        )),
        Some(it) if it.profile.mode == Mode::BlockByCategory => warnings.push(last.fault(
            0,
            format!(
                "people who have not signed in get the profile \"{}\", which opens what is not blocked",
                it.name
            ),
            "give unknown a profile with mode deny by default",
        )),
        Some(_) => {}
    }
}

fn locked_rules(sources: &[Source]) -> Vec<(Layer, u32, &Rule)> {
    let mut all = Vec::new();
    for source in sources.iter().filter(|it| it.layer != Layer::Site) {
        for entry in &source.document.entries {
            if let Body::Rule(rule) = &entry.body
                && rule.locked
            {
                all.push((source.layer, entry.line, &**rule));
            }
        }
    }
    all
}

/// Whether `above` decides wherever `rule` would.
fn covers(above: &Rule, rule: &Rule) -> bool {
    let same_kind = above.verb.verdict().is_some() == rule.verb.verdict().is_some();
    let people = above.audience.contains(&Audience::Everyone)
        || rule.audience.iter().all(|it| above.audience.contains(it));
    let time = above.until.is_none() && (above.during == When::Always || above.during == rule.during);
    let place = match (&above.matches, &rule.matches) {
        (Matches::Everything, _) => true,
        (Matches::Domain(above), Matches::Domain(it) | Matches::Host(it)) => within(it, above),
        (Matches::Domain(above), Matches::Address(it)) => within(&it.host, above),
        (Matches::Host(above), Matches::Address(it)) => it.https.is_some() && it.host == *above,
        (above, it) => above == it,
    };
    same_kind && people && time && place
}

fn within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn missing(audience: &[Audience], directory: &Directory, warn: &mut impl FnMut(String, &str)) {
    for it in audience {
        match it {
            Audience::Group(name) if directory.groups(name).is_empty() => {
                warn(format!("there is no group \"{name}\", so this counts for nobody"), "correct the name");
            }
            Audience::Person(username) if !directory.has_person(username) => {
                warn(
                    format!("there is no person \"{}\", so this counts for nobody", username.as_str()),
                    "correct the username",
                );
            }
            _ => {}
        }
    }
}

fn nothing_below(layer: Layer, locked: bool, warn: &mut impl FnMut(String, &str)) {
    if locked && layer == Layer::Site {
        warn("nothing lies below a site, so locked has no effect".to_owned(), "take locked out");
    }
}

/// A rule that matches everything, or nothing.
fn everything(rule: &Rule, warn: &mut impl FnMut(String, &str)) {
    let bounded = rule.during != When::Always || rule.until.is_some();
    let all = match &rule.matches {
        Matches::Everything => true,
        Matches::Pattern(text) => {
            never(text, warn);
            matches_all(text)
        }
        Matches::Domain(host) => {
            if Host::parse(host).is_ok_and(|it| it.is_public_suffix()) {
                warn(format!("{host} holds every site under it, of many owners"), "name the site itself");
            }
            false
        }
        _ => false,
    };
    if !all {
        return;
    }
    if matches!(rule.matches, Matches::Pattern(_)) {
        warn("the pattern matches every address".to_owned(), "make it narrower, or write everything");
    }
    if bounded || !rule.audience.contains(&Audience::Everyone) {
        return;
    }
    match rule.verb {
        Verb::Block => warn("this closes the whole web to everyone".to_owned(), "say for whom, or when"),
        Verb::Warn => warn("this warns everyone of every site".to_owned(), "say for whom, or when"),
        Verb::Allow => warn("this opens the whole web to everyone".to_owned(), "say for whom, or when"),
        Verb::Tunnel => warn("nothing would be inspected for anyone".to_owned(), "name the sites"),
        Verb::Inspect => {}
    }
}

fn matches_all(text: &str) -> bool {
    const UNLIKE: [&str; 3] = ["https://a.test/", "http://10.7.6.5/", "https://xn--q9j.example/zz?1=2"];
    pattern(text).is_ok_and(|it| UNLIKE.iter().all(|address| it.is_match(address)))
}

/// A few ways in which a pattern can never be found in a canonical address.
fn never(text: &str, warn: &mut impl FnMut(String, &str)) {
    let start = text.strip_prefix('^').and_then(|it| it.chars().next());
    if start.is_some_and(|it| it.is_ascii_alphanumeric() && !it.eq_ignore_ascii_case(&'h')) {
        warn("the pattern matches nothing: every address begins with http".to_owned(), "take the ^ out");
    } else if text.contains(' ') {
        warn("the pattern matches nothing: no address holds a space".to_owned(), "write + or %20, or \\s*");
    }
}

fn no_effect(layer: Layer, rule: &Rule, lists: &Lists, warn: &mut impl FnMut(String, &str)) {
    let closes = matches!(rule.verb, Verb::Block | Verb::Warn);
    match &rule.matches {
        Matches::Category(Category::Help) => {
            warn("help is always open and never inspected, so this has no effect".to_owned(), "take it out");
        }
        Matches::Category(it @ (Category::Extremism | Category::Illegal)) if rule.verb == Verb::Allow => {
            warn(
                format!("{} is always blocked, so this has no effect", school::Choice::label(*it)),
                "let the trust allow the one address that is listed wrongly",
            );
        }
        Matches::Domain(host) | Matches::Host(host) => {
            let Ok(target) = Target::from_parts(Scheme::Https, host, "/") else { return };
            let categories = lists.look_up(&target).categories;
            if closes && (categories.has(Category::Help) || help::is_help(target.host())) {
                warn(format!("{host} is help, which is always open, so this has no effect"), "take it out");
            }
            let always = categories.has(Category::Extremism) || categories.has(Category::Illegal);
            shut(rule, host, &target, lists, warn);
            if rule.verb == Verb::Allow && always && layer != Layer::Trust {
                warn(
                    format!("{host} is listed as always blocked, so this has no effect"),
                    "if it is listed wrongly, only the trust can allow it",
                );
            }
        }
        _ => {}
    }
}

/// A rule that would hide what is always blocked.
fn shut(rule: &Rule, host: &str, target: &Target, lists: &Lists, warn: &mut impl FnMut(String, &str)) {
    let found = lists.look_up(target);
    if rule.verb == Verb::Tunnel && (found.has_sealed_paths || found.has_shut_paths) {
        warn(
            format!(
                "some addresses on {host} are always blocked, so connections to it are opened all the same"
            ),
            "take it out; if they are listed wrongly, the trust can allow the site",
        );
    }
}

/// Two rules of one layer that say different things of the same addresses, people and times.
fn contradictions(source: &Source, warnings: &mut Vec<Fault>) {
    let mut seen: HashMap<(&Matches, &Audience, bool), (u32, &Rule)> = HashMap::new();
    for entry in &source.document.entries {
        let Body::Rule(rule) = &entry.body else { continue };
        for audience in &rule.audience {
            let key = (&rule.matches, audience, rule.verb.verdict().is_some());
            let Some((line, before)) = seen.insert(key, (entry.line, rule)) else { continue };
            let alike =
                before.during == rule.during && before.until == rule.until && before.locked == rule.locked;
            if !alike || MOST <= warnings.len() {
                continue;
            }
            let (what, remedy) = if before.verb == rule.verb {
                (format!("line {line} says the same"), "take one out")
            } else {
                (format!("line {line} says the opposite; the stricter counts"), "take one out")
            };
            warnings.push(source.fault(entry.line, what, remedy));
        }
    }
}
