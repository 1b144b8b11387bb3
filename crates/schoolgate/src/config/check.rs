use std::{
    fmt::Display,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use jiff::SignedDuration;

use super::{
    Config, audit, backup, console,
    fault::{ConfigFault, Faults},
    gate, keep, lists, mail,
    raw::{self, Text},
    roster, school, sign_in,
};

/// Gathers what is wrong, so that all of it is said at once.
pub(crate) struct Check<'a> {
    folder: &'a Path,
    faults: Vec<ConfigFault>,
}

pub(crate) fn check(raw: raw::Config, folder: &Path) -> Result<Config, Faults> {
    let mut check = Check { folder, faults: Vec::new() };
    let config = sections(raw, &mut check);
    match config {
        Some(config) if check.faults.is_empty() => Ok(config),
        _ => Err(Faults::new(check.faults)),
    }
}

fn sections(raw: raw::Config, check: &mut Check) -> Option<Config> {
    let data = raw.data.as_ref().map_or_else(|| check.folder.join("data"), |it| check.path(it));
    let database = match &raw.database {
        None => format!("sqlite://{}", data.join("schoolgate.db").display()),
        Some(it) => database(it, check)?,
    };
    let school = school::check(raw.school, check);
    let gate = gate::check(raw.gate, check);
    let console = console::check(raw.console, check);
    let mail = raw.mail.map(|it| mail::check(it, check));
    let keep = keep::check(&raw.keep, check);
    let lists = lists::check(raw.lists, check);
    let roster = raw.roster.map(|it| roster::check(&it, check));
    let audit = audit::check(raw.audit, check);
    let backup = raw.backup.map(|it| backup::check(it, &data, check));
    let log = keep::check_log(raw.log, check);
    let sign_in = sign_in::check(raw.sign_in, check);
    let mail = match mail {
        None => None,
        Some(it) => Some(it?),
    };
    let roster = match roster {
        None => None,
        Some(it) => Some(it?),
    };
    let backup = match backup {
        None => None,
        Some(it) => Some(it?),
    };
    Some(Config {
        file: None,
        data,
        database,
        school: school?,
        gate: gate?,
        console: console?,
        mail,
        sign_in: sign_in?,
        keep: keep?,
        lists,
        roster,
        audit,
        backup,
        log: log?,
    })
}

fn database(text: &Text, check: &mut Check) -> Option<String> {
    let address = text.get_ref();
    if address.starts_with("postgres://") || address.starts_with("postgresql://") {
        return Some(address.clone());
    }
    if let Some(file) = address.strip_prefix("sqlite://") {
        return Some(format!("sqlite://{}", check.folder.join(file).display()));
    }
    check.none(ConfigFault::at(
        text,
        "database",
        "is no address of a database",
        "write postgres://user:password@host/name, sqlite:///path/to/file, or take it out for SQLite in the data folder",
    ))
}

impl Check<'_> {
    pub(crate) fn fault(&mut self, fault: ConfigFault) {
        self.faults.push(fault);
    }

    pub(crate) fn none<T>(&mut self, fault: ConfigFault) -> Option<T> {
        self.faults.push(fault);
        None
    }

    pub(crate) fn keep<T>(&mut self, value: Result<T, ConfigFault>) -> Option<T> {
        value.map_err(|it| self.faults.push(it)).ok()
    }

    pub(crate) fn parse<T: FromStr<Err: Display>>(
        &mut self,
        text: &Text,
        key: &str,
        remedy: &str,
    ) -> Option<T> {
        let value = text.get_ref().trim().parse();
        self.keep(value.map_err(|it: T::Err| ConfigFault::at(text, key, it.to_string(), remedy)))
    }

    /// A path as the file means it: from the folder that the file lies in.
    pub(crate) fn path(&self, text: &Text) -> PathBuf {
        self.folder.join(text.get_ref())
    }

    /// A path to something that must be there.
    pub(crate) fn file(&mut self, text: &Text, key: &str) -> Option<PathBuf> {
        let path = self.path(text);
        if path.exists() {
            return Some(path);
        }
        self.none(ConfigFault::at(
            text,
            key,
            format!("{} is not there", path.display()),
            "write the path of a file that exists",
        ))
    }

    /// A time such as `8h`, `90s` or `1h 30m`, within bounds.
    pub(crate) fn duration(
        &mut self,
        text: Option<&Text>,
        key: &str,
        default: Duration,
        bounds: std::ops::RangeInclusive<Duration>,
    ) -> Option<Duration> {
        let Some(text) = text else { return Some(default) };
        let remedy = "write a time such as \"30s\", \"45m\" or \"8h\"";
        let Ok(value) = text.get_ref().parse::<SignedDuration>() else {
            return self.none(ConfigFault::at(text, key, "is no span of time", remedy));
        };
        match Duration::try_from(value) {
            Ok(it) if bounds.contains(&it) => Some(it),
            _ => self.none(ConfigFault::at(
                text,
                key,
                format!("must lie between {} s and {} s", bounds.start().as_secs(), bounds.end().as_secs()),
                remedy,
            )),
        }
    }
}
