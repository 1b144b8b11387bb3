//! One TOML file: read as it stands (`raw`), then checked into values that the rest of the binary can trust.
//! Every key is in `config/example.toml`, which docs/configuration.md shows.
mod audit;
mod backup;
mod check;
mod console;
mod fault;
mod gate;
mod keep;
mod lists;
mod mail;
mod nearest;
mod raw;
mod roster;
mod school;
mod sign_in;
#[cfg(test)]
mod tests;

use std::{
    fs,
    path::{Path, PathBuf},
};

pub(crate) use self::{
    audit::Audit,
    backup::Backup,
    console::Console,
    fault::Faults,
    gate::Gate,
    keep::{Keep, Log},
    lists::{KINDS as LIST_KINDS, Lists, Source, is_url},
    mail::{Mail, MailTls},
    roster::Roster,
    school::OwnSchool,
    sign_in::{LdapFind, SignIn},
};

/// The file with every key and its default, as docs/configuration.md shows it.
#[cfg(test)]
pub(crate) const EXAMPLE: &str = include_str!("config/example.toml");

/// All that a school has set, checked.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Where it was read from.
    pub(crate) file: Option<PathBuf>,
    /// Where everything is kept: records, the journal, compiled lists, keys.
    pub(crate) data: PathBuf,
    /// `sqlite://…` in the data folder unless set.
    pub(crate) database: String,
    pub(crate) school: OwnSchool,
    pub(crate) gate: Gate,
    pub(crate) console: Console,
    /// `None`: no mail goes out, and the safeguarding lead sees concerns in the console only.
    pub(crate) mail: Option<Mail>,
    pub(crate) sign_in: SignIn,
    pub(crate) keep: Keep,
    pub(crate) lists: Lists,
    /// `None`: rosters come by the console or the command line only.
    pub(crate) roster: Option<Roster>,
    pub(crate) audit: Audit,
    /// `None`: nothing is backed up by itself.
    pub(crate) backup: Option<Backup>,
    pub(crate) log: Log,
}

impl Config {
    /// Reads and checks a file; relative paths in it count from the folder it lies in.
    ///
    /// # Errors
    /// [`Faults`]: everything that is wrong, each with its line and what to do.
    pub(crate) fn load(path: &Path) -> Result<Config, Faults> {
        let text = fs::read_to_string(path).map_err(|fault| Faults::unreadable(path, &fault))?;
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let config = Config::parse(&text, folder).map_err(|it| it.in_file(path, &text))?;
        Ok(Config { file: Some(path.to_owned()), ..config })
    }

    /// As [`Config::load`], from text.
    pub(crate) fn parse(text: &str, folder: &Path) -> Result<Config, Faults> {
        let raw: raw::Config = toml::from_str(text).map_err(|it| Faults::from_toml(&it))?;
        check::check(raw, folder)
    }
}
