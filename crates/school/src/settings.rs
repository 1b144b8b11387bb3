//! What a trust, a school or a site may set, and how what they say adds up (ACC-01, design decision 18).
//!
//! The nearest to the person asking wins (site, then school, then trust, then the default), unless one above has
//! locked it. Each value knows where it comes from.
mod agreements;
mod all;
mod guests;
mod kind;
mod page;
mod posts;
mod roles;
mod rosters;
mod sessions;
mod shared;
mod signing_in;

use std::collections::BTreeMap;

pub use self::{
    agreements::*,
    all::*,
    guests::*,
    kind::{Kind, NotAValue},
    page::page,
    posts::*,
    rosters::*,
    sessions::*,
    shared::*,
};
use crate::{Choice, Layer};

/// One thing that can be set. The catalogue's section *Settings and numbers* says which values the seeds use.
#[derive(Debug)]
pub struct Setting {
    /// Stored; never changes once released.
    pub key: &'static str,
    /// The heading it stands under.
    pub group: &'static str,
    pub label: &'static str,
    /// What it does and what the seeds say, in a sentence or two.
    pub help: &'static str,
    pub kind: Kind,
    /// As stored; [`Kind::check`] accepts it.
    pub default: &'static str,
    /// Requirements that it settles.
    pub rows: &'static [&'static str],
}

/// What one layer says of one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub layer: Layer,
    pub key: String,
    pub value: String,
    /// Those below may not say otherwise.
    pub locked: bool,
}

/// The value that holds, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    pub value: String,
    /// `None`: nobody has said anything, the default holds.
    pub from: Option<Layer>,
    /// Who has locked it; only that layer and those above may change it.
    pub locked_by: Option<Layer>,
}

/// Every setting of [`SETTINGS`], resolved for one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<&'static str, Resolved>);

impl Settings {
    /// Adds up what the layers say. A stored value that no longer reads as its kind counts as not said: the one above
    /// it holds, and the page of settings shows it as broken.
    pub fn resolve(said: &[Said]) -> Settings {
        let one = |setting: &'static Setting| {
            let mut now = Resolved { value: setting.default.to_owned(), from: None, locked_by: None };
            for layer in Layer::ALL {
                let Some(it) = said.iter().find(|it| it.layer == *layer && it.key == setting.key) else {
                    continue;
                };
                if now.locked_by.is_some() || setting.kind.check(&it.value).is_err() {
                    continue;
                }
                now.value.clone_from(&it.value);
                now.from = Some(*layer);
                now.locked_by = it.locked.then_some(*layer);
            }
            (setting.key, now)
        };
        Settings(SETTINGS.iter().copied().map(one).collect())
    }

    pub fn get(&self, setting: &Setting) -> Resolved {
        let default = || Resolved { value: setting.default.to_owned(), from: None, locked_by: None };
        self.0.get(setting.key).cloned().unwrap_or_else(default)
    }

    /// Without a copy: asked at every request of a gate.
    pub(crate) fn value<'a>(&'a self, setting: &'a Setting) -> &'a str {
        self.0.get(setting.key).map_or(setting.default, |it| it.value.as_str())
    }

    pub fn text(&self, setting: &Setting) -> String {
        self.value(setting).to_owned()
    }

    pub fn is_on(&self, setting: &Setting) -> bool {
        self.value(setting) == "on"
    }

    /// In the unit that the setting names.
    pub fn number(&self, setting: &Setting) -> u32 {
        self.value(setting).parse().unwrap_or_default()
    }

    /// Codes of a [`Kind::Several`], in the order kept.
    pub fn several(&self, setting: &Setting) -> Vec<String> {
        self.value(setting).split_whitespace().map(ToOwned::to_owned).collect()
    }
}

#[cfg(test)]
mod tests;
