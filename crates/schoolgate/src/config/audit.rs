//! `[audit]`: where signed checkpoints of the audit trail go, beside the data folder.
use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::{check::Check, fault::ConfigFault, raw::Text};

#[derive(Debug, Clone, Default)]
pub(crate) struct Audit {
    /// Another folder that gets each checkpoint too.
    pub(crate) copy: Option<PathBuf>,
    /// Who gets each checkpoint by mail.
    pub(crate) mail: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raw {
    copy: Option<Text>,
    #[serde(default)]
    mail: Vec<Text>,
}

pub(crate) fn check(raw: Raw, check: &mut Check) -> Audit {
    for it in raw.mail.iter().filter(|it| !it.get_ref().contains('@')) {
        check.fault(ConfigFault::at(it, "audit.mail", "is no e-mail address", "write name@host"));
    }
    Audit {
        copy: raw.copy.as_ref().map(|it| check.path(it)),
        mail: raw.mail.into_iter().map(Spanned::into_inner).collect(),
    }
}
