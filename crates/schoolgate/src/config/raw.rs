//! The file as it stands. A value that is checked later carries its place in the file.
use serde::Deserialize;
use toml::Spanned;

use super::{audit, backup, console, gate, keep, lists, mail, roster, school, sign_in};

pub(crate) type Text = Spanned<String>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) data: Option<Text>,
    pub(crate) database: Option<Text>,
    pub(crate) school: school::Raw,
    #[serde(default)]
    pub(crate) gate: gate::Raw,
    #[serde(default)]
    pub(crate) console: console::Raw,
    pub(crate) mail: Option<mail::Raw>,
    #[serde(default)]
    pub(crate) sign_in: sign_in::Raw,
    #[serde(default)]
    pub(crate) keep: keep::Raw,
    #[serde(default)]
    pub(crate) lists: lists::Raw,
    pub(crate) roster: Option<roster::Raw>,
    #[serde(default)]
    pub(crate) audit: audit::Raw,
    pub(crate) backup: Option<backup::Raw>,
    #[serde(default)]
    pub(crate) log: keep::RawLog,
}
