use std::{
    fmt, io,
    ops::Range,
    path::{Path, PathBuf},
};

use toml::Spanned;

use super::nearest::nearest;

/// One thing that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigFault {
    /// From 1, once the text is known.
    pub(crate) line: Option<usize>,
    span: Option<Range<usize>>,
    /// As it is written, `gate.listen`; empty where the file itself cannot be read.
    pub(crate) key: String,
    pub(crate) what: String,
    pub(crate) remedy: String,
}

/// All that is wrong, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Faults {
    file: Option<PathBuf>,
    pub(crate) all: Vec<ConfigFault>,
}

impl std::error::Error for Faults {}

impl ConfigFault {
    pub(crate) fn new(
        key: &str,
        span: Option<Range<usize>>,
        what: impl Into<String>,
        remedy: &str,
    ) -> ConfigFault {
        ConfigFault { line: None, span, key: key.to_owned(), what: what.into(), remedy: remedy.to_owned() }
    }

    /// About a value of the file.
    pub(crate) fn at<T>(value: &Spanned<T>, key: &str, what: impl Into<String>, remedy: &str) -> ConfigFault {
        ConfigFault::new(key, Some(value.span()), what, remedy)
    }
}

impl Faults {
    pub(crate) fn new(all: Vec<ConfigFault>) -> Faults {
        Faults { file: None, all }
    }

    pub(crate) fn unreadable(path: &Path, fault: &io::Error) -> Faults {
        let remedy = if fault.kind() == io::ErrorKind::NotFound {
            "give the file with --config, or write one: docs/configuration.md shows every key"
        } else {
            "make it readable for the user that runs schoolgate"
        };
        let what = format!("cannot be read: {fault}");
        Faults { file: Some(path.to_owned()), all: vec![ConfigFault::new("", None, what, remedy)] }
    }

    pub(crate) fn from_toml(fault: &toml::de::Error) -> Faults {
        let said = fault.message();
        let (what, remedy) = match unknown_key(said) {
            Some((key, known)) => (format!("there is no key `{key}` here"), suggestion(key, &known)),
            None if said.starts_with("missing field") => (
                said.replace("missing field", "there is no"),
                "write it; docs/configuration.md shows how".to_owned(),
            ),
            None => (said.to_owned(), "put it right; docs/configuration.md shows every key".to_owned()),
        };
        Faults::new(vec![ConfigFault::new("", fault.span(), what, &remedy)])
    }

    /// Turns places in the text into lines, and puts them in order.
    pub(crate) fn in_file(mut self, path: &Path, text: &str) -> Faults {
        self.file = Some(path.to_owned());
        for fault in &mut self.all {
            let start = fault.span.as_ref().map(|it| it.start.min(text.len()));
            fault.line = start.map(|it| text[..it].matches('\n').count() + 1);
        }
        self.all.sort_by_key(|it| it.line);
        self
    }
}

/// The key that serde did not know, and those it does.
fn unknown_key(said: &str) -> Option<(&str, Vec<&str>)> {
    let mut names = said.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    Some((names.next()?, names.collect()))
}

fn suggestion(key: &str, known: &[&str]) -> String {
    match nearest(key, known) {
        Some(it) => format!("did you mean `{it}`?"),
        None => format!("take it out, or write one of {}", known.join(", ")),
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.all.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            if let Some(file) = &self.file {
                write!(f, "{}: ", file.display())?;
            }
            if let Some(line) = fault.line {
                write!(f, "line {line}: ")?;
            }
            if !fault.key.is_empty() {
                write!(f, "{}: ", fault.key)?;
            }
            write!(f, "{} ({})", fault.what, fault.remedy)?;
        }
        Ok(())
    }
}
