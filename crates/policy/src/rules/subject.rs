use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use school::{Id, Site};

use super::{Rules, context_number, index::Xxh};
use crate::{Audience, compile::Compiled};

/// A person as the rules see them: worked out once when rules or people change, not at each request.
#[derive(Debug, Clone)]
pub struct Subject {
    person: Option<Id<school::Person>>,
    /// Bit of each audience of the rules.
    audiences: Box<[u64]>,
    /// By context: number of the profile, and of what gave it.
    profiles: Box<[(u16, Option<u16>)]>,
    name: Arc<str>,
    stamp: u64,
}

/// Stands where the number of a `use profile` line would: an access plan gave the profile.
const PLANNED: u16 = u16::MAX;

/// Of whom a [`Subject`] is made.
pub(crate) enum Person<'a> {
    Unknown,
    Known(&'a school::Person),
}

impl Subject {
    /// `None`: nobody has signed in.
    pub fn person(&self) -> Option<Id<school::Person>> {
        self.person
    }

    /// The name of the profile in force, apart from what a site changes.
    pub fn profile(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    pub(super) fn nobody() -> Subject {
        Subject { person: None, audiences: [].into(), profiles: [].into(), name: "".into(), stamp: 0 }
    }

    pub(crate) fn is_among(&self, audience: u32) -> bool {
        let bit = audience % 64;
        self.audiences.get((audience / 64) as usize).is_some_and(|it| it >> bit & 1 == 1)
    }
}

impl Rules {
    pub fn subject(&self, person: &school::Person) -> Subject {
        self.subject_of(&Person::Known(person))
    }

    /// Someone with an access plan of their own: this profile instead of the one of their year, class or role
    /// (ACC-16). What a layer above has locked stays. `None`: the rules have no profile of this name.
    pub fn subject_planned(&self, person: &school::Person, profile: &str) -> Option<Subject> {
        let numbers = self.named.get(profile.to_lowercase().as_str())?;
        let mut subject = self.subject(person);
        for (has, planned) in subject.profiles.iter_mut().zip(numbers) {
            let locked =
                has.1.is_some_and(|it| it != PLANNED && self.given[usize::from(it)].given.tier.is_locked());
            if !locked && *planned != 0 {
                *has = (*planned, Some(PLANNED));
            }
        }
        if let Some((n, Some(PLANNED))) = subject.profiles.first() {
            subject.name = Arc::clone(&self.profiles[usize::from(*n)].name);
        }
        Some(subject)
    }

    /// Nobody has signed in: the strictest profile (design decision 13).
    pub fn unknown(&self) -> &Subject {
        &self.unknown
    }

    /// Whether a subject was made by these rules or by others that know the same people and profiles. Others are
    /// refused as a fault.
    pub fn knows(&self, who: &Subject) -> bool {
        self.stamp == who.stamp
    }

    pub(crate) fn context(&self, site: Option<Id<Site>>) -> usize {
        match site {
            None => 0,
            Some(_) => self.contexts.iter().position(|it| it.site == site).unwrap_or(0),
        }
    }

    /// The strictest where the subject is of other rules.
    pub(crate) fn profile_of(&self, who: &Subject, site: Option<Id<Site>>) -> &Compiled {
        let number = who.profiles.get(self.context(site)).map_or(0, |(profile, _)| *profile);
        self.profiles.get(usize::from(number)).unwrap_or(&self.profiles[0])
    }

    /// Where it is written that someone has their profile, such as `school line 40`.
    pub(crate) fn profile_from(&self, who: &Subject, site: Option<Id<Site>>) -> Option<Arc<str>> {
        let (_, given) = who.profiles.get(self.context(site))?;
        if *given == Some(PLANNED) {
            return Some("an individual access plan".into());
        }
        Some(Arc::clone(&self.given.get(usize::from((*given)?))?.given.words))
    }

    pub(super) fn subject_of(&self, person: &Person<'_>) -> Subject {
        let is = |audience: &Audience, groups| match person {
            Person::Unknown => matches!(audience, Audience::Everyone | Audience::Unknown),
            Person::Known(it) => audience.has(it, |_| person.in_any(groups)),
        };
        let mut audiences = vec![0u64; self.audiences.len().div_ceil(64)];
        for (i, (audience, groups)) in self.audiences.iter().enumerate() {
            if is(audience, groups) {
                audiences[i / 64] |= 1 << (i % 64);
            }
        }
        let profile = |context: usize| {
            let here = |it: &Option<u16>| it.is_none() || *it == Some(context_number(context));
            let fitting = self
                .given
                .iter()
                .enumerate()
                .filter(|(_, it)| here(&it.given.context) && is(&it.given.audience, &it.given.groups));
            let best = fitting.max_by_key(|(i, it)| {
                let strictness = self.profiles[usize::from(it.profiles[context])].strictness();
                (it.given.tier, it.given.audience.narrowness(), strictness, std::cmp::Reverse(*i))
            });
            best.map_or((0, None), |(i, it)| (it.profiles[context], u16::try_from(i).ok()))
        };
        let profiles: Box<[_]> = (0..self.contexts.len()).map(profile).collect();
        let name = profiles.first().and_then(|(n, _)| self.profiles.get(usize::from(*n)));
        Subject {
            person: match person {
                Person::Unknown => None,
                Person::Known(it) => Some(it.id),
            },
            audiences: audiences.into(),
            name: name.map_or_else(|| "".into(), |it| Arc::clone(&it.name)),
            profiles,
            stamp: self.stamp,
        }
    }

    pub(super) fn fingerprint(&self) -> u64 {
        let mut hash = Xxh::default();
        self.audiences.hash(&mut hash);
        self.contexts.iter().for_each(|it| it.site.hash(&mut hash));
        self.profiles.iter().for_each(|it| it.name.hash(&mut hash));
        for it in &self.given {
            (&it.given.audience, &it.given.groups, &it.given.profile, it.given.context).hash(&mut hash);
        }
        hash.finish()
    }
}
