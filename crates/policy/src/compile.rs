//! From the texts of all layers to [`Rules`]: names resolved, settings inherited, rules indexed.
mod lines;
mod profiles;
mod warnings;

use std::{collections::HashMap, fmt, sync::Arc};

use regex::{Regex, RegexBuilder};
use school::{Choice, Layer};

use crate::{
    Directory, Rules, When,
    lists::Lists,
    rules::{Context, Person, Ready},
    text::{self, Body, Document, Problem},
};

pub(crate) use crate::compile::{
    lines::Line,
    profiles::{Compiled, Given, Profiles},
};

/// What one layer says.
#[derive(Debug, Clone, Copy)]
pub struct LayerText<'a> {
    pub layer: Layer,
    /// Of the trust, the school or the site. A site is found in the [`Directory`] by this name.
    pub name: &'a str,
    pub text: &'a str,
}

/// Something wrong or doubtful in the text of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub layer: Layer,
    pub name: Arc<str>,
    /// Line 0: the text as a whole.
    pub problem: Problem,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { line, what, remedy } = &self.problem;
        write!(f, "{} ({})", self.layer.code(), self.name)?;
        if *line != 0 {
            write!(f, " line {line}")?;
        }
        write!(f, ": {what}; {remedy}")
    }
}

impl std::error::Error for Fault {}

/// Most rules in all layers together.
const MAX_RULES: usize = 200_000;
/// Most patterns: each is tried on every address.
const MAX_PATTERNS: usize = 200;
/// Largest compiled pattern, in bytes.
const PATTERN_SIZE: usize = 1 << 18;

/// Searched for anywhere in the address, in any case of letters, in time linear in its length.
pub(crate) fn pattern(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text)
        .case_insensitive(true)
        .size_limit(PATTERN_SIZE)
        .dfa_size_limit(PATTERN_SIZE)
        .build()
}

/// A layer, read.
pub(crate) struct Source {
    pub(crate) layer: Layer,
    pub(crate) name: Arc<str>,
    pub(crate) document: Document,
    /// The number of the site among the contexts; `None` for trust and school.
    pub(crate) context: Option<u16>,
}

impl Source {
    pub(crate) fn fault(&self, line: u32, what: impl Into<String>, remedy: impl Into<String>) -> Fault {
        let problem = Problem { line, what: what.into(), remedy: remedy.into() };
        Fault { layer: self.layer, name: Arc::clone(&self.name), problem }
    }
}

impl Rules {
    /// Compiles the texts of all layers, in any order. Doubtful rules are kept and told of by
    /// [`Rules::warnings`].
    ///
    /// # Errors
    /// Every fault found. Nothing is compiled then: the last good rules stay in force.
    pub fn compile(
        sources: &[LayerText<'_>],
        directory: &Directory,
        lists: Arc<Lists>,
    ) -> Result<Rules, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut contexts = vec![Context { site: None }];
        let sources = read(sources, directory, &mut contexts, &mut faults);
        let mut warnings = Vec::new();
        let schedules = schedules(&sources, &mut faults);
        let profiles = profiles::build(&sources, &schedules, &mut faults, &mut warnings);
        let given = profiles::given(&sources, &profiles, directory, &mut faults);
        let lines = lines::build(&sources, &schedules, directory, &mut faults);
        check_sizes(&sources, &lines, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        warnings::collect(&sources, &given, &profiles, directory, &lists, &mut warnings);
        Ok(Rules::ready(Ready { contexts, profiles, given, lines, lists, warnings }))
    }
}

fn read(
    texts: &[LayerText<'_>],
    directory: &Directory,
    contexts: &mut Vec<Context>,
    faults: &mut Vec<Fault>,
) -> Vec<Source> {
    let mut sources: Vec<Source> = Vec::new();
    for text in texts {
        let name: Arc<str> = text.name.into();
        let fault = |problem| Fault { layer: text.layer, name: Arc::clone(&name), problem };
        let whole = |what: String, remedy: &str| fault(Problem { line: 0, what, remedy: remedy.into() });
        let context = if text.layer == Layer::Site {
            let Some(site) = directory.site(text.name) else {
                faults.push(whole(
                    format!("there is no site \"{}\"", text.name),
                    "add the site, or drop its text",
                ));
                continue;
            };
            contexts.push(Context { site: Some(site) });
            u16::try_from(contexts.len() - 1).ok()
        } else {
            None
        };
        if sources.iter().any(|it| it.layer == text.layer && (context.is_none() || it.name == name)) {
            faults.push(whole(format!("there are two texts for {}", text.name), "join them into one"));
            continue;
        }
        match text::parse(text.text) {
            Ok(document) => sources.push(Source { layer: text.layer, name, document, context }),
            Err(problems) => faults.extend(problems.into_iter().map(fault)),
        }
    }
    sources.sort_by_key(|it| it.layer);
    sources
}

/// The times of each schedule, by source and name in lower case.
pub(crate) struct Schedules(Vec<HashMap<String, Vec<When>>>);

fn schedules(sources: &[Source], faults: &mut Vec<Fault>) -> Schedules {
    let mut all = Vec::new();
    for source in sources {
        let mut here = HashMap::new();
        for entry in &source.document.entries {
            if let Body::Schedule(it) = &entry.body
                && here.insert(it.name.to_lowercase(), it.times.clone()).is_some()
            {
                let what = format!("there are two schedules \"{}\"", it.name);
                faults.push(source.fault(entry.line, what, "give one another name"));
            }
        }
        all.push(here);
    }
    Schedules(all)
}

impl Schedules {
    /// The times themselves; a named schedule is looked for in its own layer, then in those above.
    pub(crate) fn resolve(&self, sources: &[Source], at: usize, when: &When) -> Result<Vec<When>, String> {
        let When::Named(name) = when else { return Ok(vec![when.clone()]) };
        let key = name.to_lowercase();
        let above = |it: usize| it == at || sources[it].layer < sources[at].layer;
        (0..=at)
            .rev()
            .filter(|it| above(*it))
            .find_map(|it| self.0[it].get(&key).cloned())
            .ok_or_else(|| format!("there is no schedule \"{name}\""))
    }
}

fn check_sizes(sources: &[Source], lines: &[Line], faults: &mut Vec<Fault>) {
    let Some(last) = sources.last() else { return };
    if MAX_RULES < lines.len() {
        faults.push(last.fault(0, format!("there are more than {MAX_RULES} rules"), "use a list instead"));
    }
    if MAX_PATTERNS < lines.iter().filter(|it| it.pattern.is_some()).count() {
        let what = format!("there are more than {MAX_PATTERNS} patterns");
        faults.push(last.fault(0, what, "write domains or addresses instead: they cost nothing"));
    }
}

/// Kept so that a [`Person`] can be matched without its groups' names.
pub(crate) type Groups = Vec<school::Id<school::Group>>;

impl Person<'_> {
    pub(crate) fn in_any(&self, groups: &Groups) -> bool {
        match self {
            Person::Unknown => false,
            Person::Known(person) => groups.iter().any(|it| person.groups.contains(it)),
        }
    }
}
