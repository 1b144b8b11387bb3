use std::{collections::HashMap, sync::Arc};

use school::Layer;

use super::{Fault, Groups, Schedules, Source, lines::Tier};
use crate::{
    Audience, CategorySet, Directory, Mode, Profile, Verdict, When,
    search::{Safe, engine},
    text::{Body, ProfileText},
};

/// A profile ready to be asked.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    pub(crate) profile: Profile,
    pub(crate) name: Arc<str>,
    pub(crate) blocked: CategorySet,
    pub(crate) warned: CategorySet,
    pub(crate) allowed: CategorySet,
    pub(crate) uninspected: CategorySet,
    /// Bits of [`crate::search::Engine::bit`].
    pub(crate) engines: u64,
    /// No named schedules among them.
    pub(crate) times: Vec<When>,
    pub(crate) layer: Layer,
    locked: bool,
}

/// Who has which profile.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) tier: Tier,
    pub(crate) context: Option<u16>,
    pub(crate) audience: Audience,
    pub(crate) groups: Groups,
    /// In lower case.
    pub(crate) profile: String,
    pub(crate) words: Arc<str>,
}

/// Profiles by name in lower case, as seen from each source; the last entry of all is what people get.
pub(crate) struct Profiles {
    /// One for each source, holding what the layers above say too.
    pub(crate) seen: Vec<HashMap<String, Compiled>>,
    /// The number of the source from which each context sees them.
    from: Vec<(Option<u16>, usize)>,
}

impl Profiles {
    pub(crate) fn none() -> Profiles {
        Profiles { seen: Vec::new(), from: Vec::new() }
    }

    /// What holds in a context: the site's own text if it has one, else the school's, else the trust's.
    pub(crate) fn in_context(&self, context: u16) -> Option<&HashMap<String, Compiled>> {
        let own = self.from.iter().find(|(it, _)| *it == Some(context));
        let shared = || self.from.iter().rfind(|(it, _)| it.is_none());
        own.or_else(shared).and_then(|(_, source)| self.seen.get(*source))
    }
}

impl Compiled {
    /// What someone has to whom nothing is given: nothing opens but help.
    pub(crate) fn strictest() -> Compiled {
        Compiled::new(Profile::strictest("None given"), vec![When::Always], Layer::Trust, false)
    }

    pub(crate) fn new(profile: Profile, times: Vec<When>, layer: Layer, locked: bool) -> Compiled {
        let set = |verdict| profile.categories(verdict).collect::<CategorySet>();
        let usable = |code: &&str| {
            engine(code).filter(|it| !profile.safe_search || it.can_be_safe()).map_or(0, |it| it.bit)
        };
        Compiled {
            name: (&*profile.name).into(),
            blocked: set(Verdict::Block),
            warned: set(Verdict::Warn),
            allowed: set(Verdict::Allow),
            uninspected: profile.uninspected.iter().copied().collect(),
            engines: profile.engines.iter().map(usable).fold(0, |all, it| all | it),
            times,
            layer,
            locked,
            profile,
        }
    }

    /// Greater is stricter; decides between two profiles that fit a person equally.
    pub(crate) fn strictness(&self) -> (bool, u32) {
        (self.profile.mode == Mode::DenyByDefault, self.blocked.bits().count_ones())
    }
}

pub(super) fn build(
    sources: &[Source],
    schedules: &Schedules,
    faults: &mut Vec<Fault>,
    warnings: &mut Vec<Fault>,
) -> Profiles {
    let mut all = Profiles { seen: Vec::new(), from: Vec::new() };
    for (at, source) in sources.iter().enumerate() {
        let above = (0..at).rev().find(|it| sources[*it].layer < source.layer);
        let mut seen: HashMap<String, Compiled> = above.map(|it| all.seen[it].clone()).unwrap_or_default();
        let mut here: Vec<String> = Vec::new();
        for entry in &source.document.entries {
            let Body::Profile(text) = &entry.body else { continue };
            let key = text.name.to_lowercase();
            if here.contains(&key) {
                let what = format!("there are two profiles \"{}\"", text.name);
                faults.push(source.fault(entry.line, what, "join them, or give one another name"));
                continue;
            }
            here.push(key.clone());
            if let Some(locked) = seen.get(&key).filter(|it| it.locked) {
                let what = format!("the profile \"{}\" is locked by the {:?}", text.name, locked.layer);
                warnings.push(source.fault(
                    entry.line,
                    what.replace("Trust", "trust").replace("School", "school"),
                    "this has no effect: ask there for the change, or use another name",
                ));
                continue;
            }
            match one(sources, at, text, &seen, schedules) {
                Ok(built) => {
                    unsafe_engines(source, entry.line, &built, warnings);
                    seen.insert(key, built);
                }
                Err((what, remedy)) => faults.push(source.fault(entry.line, what, remedy)),
            }
        }
        all.seen.push(seen);
        all.from.push((source.context, at));
    }
    all
}

fn one(
    sources: &[Source],
    at: usize,
    text: &ProfileText,
    seen: &HashMap<String, Compiled>,
    schedules: &Schedules,
) -> Result<Compiled, (String, &'static str)> {
    let base = match &text.like {
        Some(like) => Some(seen.get(&like.to_lowercase()).ok_or_else(|| {
            (format!("there is no profile \"{like}\" above this one"), "put it first, or correct the name")
        })?),
        None => seen.get(&text.name.to_lowercase()),
    };
    let (profile, mut times) = match base {
        Some(base) => (text.over(&base.profile), base.times.clone()),
        None => (text.over(&Profile::strictest(&text.name)), vec![When::Always]),
    };
    if let Some(said) = &text.times {
        times.clear();
        for when in said {
            let resolved = schedules.resolve(sources, at, when);
            times.extend(resolved.map_err(|what| (what, "add a schedule of that name, or write the times"))?);
        }
    }
    Ok(Compiled::new(profile, times, sources[at].layer, text.locked))
}

fn unsafe_engines(source: &Source, line: u32, built: &Compiled, warnings: &mut Vec<Fault>) {
    if !built.profile.safe_search {
        return;
    }
    for engine in built.profile.engines.iter().filter_map(|it| engine(it)).filter(|it| it.safe == Safe::Never)
    {
        warnings.push(source.fault(
            line,
            format!("safe search cannot be forced on {}, so it stays closed in this profile", engine.label),
            "leave it out, or turn safe search off",
        ));
    }
}

pub(super) fn given(
    sources: &[Source],
    profiles: &Profiles,
    directory: &Directory,
    faults: &mut Vec<Fault>,
) -> Vec<Given> {
    let mut all = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        for entry in &source.document.entries {
            let Body::Use(it) = &entry.body else { continue };
            let profile = it.profile.to_lowercase();
            if !profiles.seen[at].contains_key(&profile) {
                faults.push(source.fault(
                    entry.line,
                    format!("there is no profile \"{}\"", it.profile),
                    "correct the name, or add the profile",
                ));
                continue;
            }
            let words: Arc<str> = format!("{:?} line {}", source.layer, entry.line).to_lowercase().into();
            all.extend(it.audience.iter().map(|audience| Given {
                tier: Tier::of(source.layer, it.locked),
                context: source.context,
                audience: audience.clone(),
                groups: match audience {
                    Audience::Group(name) => directory.groups(name).to_vec(),
                    _ => Vec::new(),
                },
                profile: profile.clone(),
                words: Arc::clone(&words),
            }));
        }
    }
    all
}
