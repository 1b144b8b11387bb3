//! `[lists]`: where the category lists come from.
use std::path::PathBuf;

use school::Line;
use serde::Deserialize;

use super::{check::Check, fault::ConfigFault, raw::Text};

#[derive(Debug, Clone)]
pub(crate) struct Lists {
    pub(crate) sources: Vec<Source>,
}

/// A list that stands in the file; others are added with `schoolgate lists add`.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) name: Line,
    /// How it is written, one of [`KINDS`].
    pub(crate) kind: String,
    /// Of illegal content: hashed, never shown, never overridden (FIL-06).
    pub(crate) sealed: bool,
    /// A path, or an address of http or https.
    pub(crate) location: String,
    /// Category code of ours for a list of one kind; a squidGuard tree brings its own names.
    pub(crate) category: Option<String>,
    /// Table that turns their names into ours.
    pub(crate) map: Option<PathBuf>,
    pub(crate) licence: String,
}

pub(crate) const KINDS: [&str; 6] = ["domains", "hosts", "urls", "adblock", "rpz", "squidguard"];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raw {
    sources: Option<Vec<RawSource>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSource {
    name: Text,
    kind: Text,
    sealed: Option<bool>,
    location: Text,
    category: Option<Text>,
    map: Option<Text>,
    licence: Option<String>,
}

pub(crate) fn is_url(location: &str) -> bool {
    location.starts_with("http://") || location.starts_with("https://")
}

pub(crate) fn check(raw: Raw, check: &mut Check) -> Lists {
    let sources = raw.sources.unwrap_or_default();
    Lists { sources: sources.into_iter().filter_map(|it| source(it, check)).collect() }
}

fn source(raw: RawSource, check: &mut Check) -> Option<Source> {
    let name = check.parse(&raw.name, "lists.sources.name", "write what the list is called");
    if !KINDS.contains(&raw.kind.get_ref().as_str()) {
        let remedy = format!("write one of {}", KINDS.join(", "));
        check.fault(ConfigFault::at(&raw.kind, "lists.sources.kind", "is no kind of list", &remedy));
    }
    let location = if is_url(raw.location.get_ref()) {
        Some(raw.location.get_ref().clone())
    } else {
        check.file(&raw.location, "lists.sources.location").map(|it| it.display().to_string())
    };
    let map = match &raw.map {
        None => None,
        Some(it) => Some(check.file(it, "lists.sources.map")?),
    };
    if let Some(it) = &raw.category
        && <policy::Category as school::Choice>::from_code(it.get_ref()).is_none()
    {
        let remedy = "write a code, such as \"gambling\"; docs/configuration.md has them all";
        check.fault(ConfigFault::at(it, "lists.sources.category", "is no category", remedy));
    }
    Some(Source {
        name: name?,
        kind: raw.kind.into_inner(),
        sealed: raw.sealed.unwrap_or(false),
        location: location?,
        category: raw.category.map(toml::Spanned::into_inner),
        map,
        licence: raw.licence.unwrap_or_default(),
    })
}
