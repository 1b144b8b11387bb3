//! `manifest.csv`: which tables there are, and whether they are the whole or changes.
use super::{
    Bundle, Mode,
    problems::{Problem, Problems, shown},
    sheet::Sheet,
};

/// The tables that are read, in order.
pub(super) const TABLES: &[&str] =
    &["academicSessions.csv", "orgs.csv", "users.csv", "roles.csv", "classes.csv", "enrollments.csv"];

const FILE: &str = "manifest.csv";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Two,
}

#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) version: Version,
    pub(super) mode: Mode,
    pub(super) source: Option<String>,
    /// Table and what it says of it: `bulk`, `delta`, `absent`.
    said: Vec<(&'static str, String)>,
}

impl Manifest {
    pub(super) fn read(bundle: &Bundle, problems: &mut Problems) -> Option<Manifest> {
        for table in TABLES.iter().chain([&FILE]) {
            if bundle.count(table) > 1 {
                problems.push(Problem::fatal(table, "is there more than once: pack one roster at a time"));
                return None;
            }
        }
        let Some(bytes) = bundle.file(FILE) else {
            let words = "is missing, and says whether this is the whole school or changes only: \
                 hand over all the files that were exported";
            problems.push(Problem::fatal(FILE, words));
            return None;
        };
        let sheet = Sheet::read(FILE, bytes, problems)?;
        let name = sheet.required("propertyName", problems)?;
        let value = sheet.required("value", problems)?;
        let said = |wanted: &str| {
            let row = sheet.rows().find(|it| it.get(Some(name)).eq_ignore_ascii_case(wanted));
            row.map(|it| it.get(Some(value)).to_owned()).filter(|it| !it.is_empty())
        };

        let version = match said("oneroster.version").as_deref() {
            Some("1.1" | "1.1.0") => Version::One,
            Some("1.2" | "1.2.0" | "1.2.1") => Version::Two,
            other => {
                let words = match other {
                    Some(other) => {
                        format!("“{}” is not read here: export OneRoster 1.1 or 1.2", shown(other))
                    }
                    None => "is missing: export OneRoster 1.1 or 1.2".to_owned(),
                };
                problems.push(Problem::fatal(FILE, words).field("oneroster.version"));
                return None;
            }
        };
        let mut manifest =
            Manifest { version, mode: Mode::Bulk, source: said("source.systemName"), said: Vec::new() };
        for &table in TABLES {
            let property = format!("file.{}", table.trim_end_matches(".csv"));
            let word = said(&property).unwrap_or_else(|| "absent".to_owned()).to_ascii_lowercase();
            if !matches!(word.as_str(), "bulk" | "delta" | "absent") {
                let words = format!("“{}” is not known: it is bulk, delta or absent", shown(&word));
                problems.push(Problem::fatal(FILE, words).field(&property));
                return None;
            }
            manifest.said.push((table, word));
        }
        manifest.settle(problems)?;
        Some(manifest)
    }

    /// One mode for the whole, and the tables without which there is no roster.
    fn settle(&mut self, problems: &mut Problems) -> Option<()> {
        let any = |word: &str| self.said.iter().any(|(_, it)| it == word);
        let (bulk, delta) = (any("bulk"), any("delta"));
        if bulk && delta {
            let words = "some tables are bulk and some delta: export all of them the same way";
            problems.push(Problem::fatal(FILE, words));
            return None;
        }
        if delta {
            self.mode = Mode::Delta;
        } else {
            let mut needed = vec!["users.csv"];
            if self.version == Version::Two {
                needed.push("roles.csv");
            }
            for table in needed {
                if self.word(table) == "absent" {
                    let words = "the manifest says that it is absent, and without it everybody would seem \
                         to have left: export it too";
                    problems.push(Problem::fatal(table, words));
                    return None;
                }
            }
        }
        Some(())
    }

    fn word(&self, table: &str) -> &str {
        self.said.iter().find(|(it, _)| *it == table).map_or("absent", |(_, it)| it)
    }

    /// The bytes of a table, if it is promised. A promise that is not kept is fatal.
    pub(super) fn file<'a>(
        &self,
        bundle: &'a Bundle,
        table: &str,
        problems: &mut Problems,
    ) -> Option<&'a [u8]> {
        let found = bundle.file(table);
        match (self.word(table), found) {
            ("absent", Some(_)) => {
                let words = "the manifest says that it is absent, so it was not read";
                problems.push(Problem::note(table, words));
                None
            }
            ("absent", None) => None,
            (_, Some(bytes)) => Some(bytes),
            (_, None) => {
                let words = "is missing, though the manifest promises it: hand over all the files";
                problems.push(Problem::fatal(table, words));
                None
            }
        }
    }
}
