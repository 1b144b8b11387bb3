use std::{collections::HashMap, hash::BuildHasherDefault, sync::LazyLock};

use crate::{Category, Host, Target, rules::Xxh, target::Suffixes};

/// One block of `engines.txt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Engine {
    pub(crate) code: &'static str,
    pub(crate) label: &'static str,
    pub(crate) kind: Kind,
    /// Bit of this engine in a profile's set.
    pub(crate) bit: u64,
    pub(super) paths: Vec<&'static str>,
    pub(super) terms: Vec<&'static str>,
    image_hosts: Vec<&'static str>,
    image_paths: Vec<&'static str>,
    image_queries: Vec<&'static str>,
    pub(crate) safe: Safe,
    pub(super) unopened: Option<&'static str>,
    pub(super) unopened_moderate: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Search,
    Video,
    Site,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Safe {
    Parameter {
        name: &'static str,
        value: &'static str,
    },
    Header {
        name: &'static str,
        strict: &'static str,
        moderate: &'static str,
    },
    /// Answers nothing unsafe by itself.
    Always,
    /// Cannot be forced in an opened request.
    Never,
}

struct Table {
    engines: Vec<Engine>,
    /// Host, with whether everything below it counts.
    hosts: HashMap<String, (usize, bool), BuildHasherDefault<Xxh>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| read(include_str!("engines.txt")));

pub(crate) fn engines() -> &'static [Engine] {
    &TABLE.engines
}

/// The engine that profiles name by this code.
pub(crate) fn engine(code: &str) -> Option<&'static Engine> {
    engines().iter().find(|it| it.code == code && it.kind == Kind::Search)
}

/// The engine or site that answers at this host.
pub(crate) fn engine_at(host: &Host) -> Option<&'static Engine> {
    let table = &*TABLE;
    let name = host.name()?;
    for suffix in Suffixes::of(name) {
        if let Some((engine, under)) = table.hosts.get(suffix)
            && (*under || suffix.len() == name.len())
        {
            return table.engines.get(*engine);
        }
    }
    None
}

impl Engine {
    /// What the engine is, added to whatever the lists say.
    pub(crate) fn category(&self) -> Option<Category> {
        match self.kind {
            Kind::Search => Some(Category::SearchEngines),
            Kind::Video => Some(Category::VideoSharing),
            Kind::Site => None,
        }
    }

    /// A request that may answer with results: by its path, or because it carries something typed.
    pub(super) fn is_search(&self, target: &Target) -> bool {
        self.has_path(target) || self.terms.iter().any(|name| parameter(target, name).is_some())
    }

    pub(super) fn has_path(&self, target: &Target) -> bool {
        // Some engines answer in any case of letters.
        self.paths.iter().any(|it| it.eq_ignore_ascii_case(plain_path(target)))
    }

    /// A search for pictures (FIL-11).
    pub(crate) fn is_image_search(&self, target: &Target) -> bool {
        let path = plain_path(target);
        target
            .host()
            .name()
            .is_some_and(|host| host.starts_with("images.") || self.image_hosts.contains(&host))
            || self
                .image_paths
                .iter()
                .any(|it| after(path, it).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
            || target.query().is_some_and(|query| {
                query.split('&').any(|it| self.image_queries.iter().any(|x| x.eq_ignore_ascii_case(it)))
            })
    }
}

/// Without query, and without a slash at its end.
fn plain_path(target: &Target) -> &str {
    let path = target.path().split('?').next().unwrap_or("/");
    match path.strip_suffix('/') {
        Some("") | None => path,
        Some(shorter) => shorter,
    }
}

/// The first parameter of that name, still in its spelling.
pub(super) fn parameter<'a>(target: &'a Target, name: &str) -> Option<&'a str> {
    target.query()?.split('&').find_map(|pair| after(pair, name)?.strip_prefix('='))
}

/// What follows `start`, in whatever case it is written.
fn after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (front, rest) = text.split_at_checked(start.len())?;
    front.eq_ignore_ascii_case(start).then_some(rest)
}

fn read(text: &'static str) -> Table {
    let mut table = Table { engines: Vec::new(), hosts: HashMap::default() };
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word == "engine" {
            table.begin(rest);
        } else {
            table.line(word, rest);
        }
    }
    table
}

impl Table {
    fn begin(&mut self, rest: &'static str) {
        let (code, label) = rest.split_once(' ').unwrap_or((rest, rest));
        self.engines.push(Engine {
            code,
            label,
            kind: Kind::Search,
            bit: 1 << self.engines.len().min(63),
            paths: Vec::new(),
            terms: Vec::new(),
            image_hosts: Vec::new(),
            image_paths: Vec::new(),
            image_queries: Vec::new(),
            safe: Safe::Never,
            unopened: None,
            unopened_moderate: None,
        });
    }

    /// A test reads the whole table and finds every line understood.
    fn line(&mut self, word: &str, rest: &'static str) {
        let mut items = rest.split(' ');
        let number = self.engines.len().wrapping_sub(1);
        let Some(engine) = self.engines.last_mut() else { return };
        match word {
            "kind" => {
                engine.kind = match rest {
                    "video" => Kind::Video,
                    "site" => Kind::Site,
                    _ => Kind::Search,
                }
            }
            "under" => self.hosts.extend(items.map(|it| (it.to_owned(), (number, true)))),
            "host" => self.hosts.extend(items.map(|it| (it.to_owned(), (number, false)))),
            "country" => {
                let name = items.next().unwrap_or_default();
                for suffix in items {
                    for front in ["", "www.", "m.", "images."] {
                        self.hosts.insert(format!("{front}{name}.{suffix}"), (number, false));
                    }
                }
            }
            "path" => engine.paths.extend(items),
            "term" => engine.terms.extend(items),
            "image-host" => engine.image_hosts.extend(items),
            "image-path" => engine.image_paths.extend(items),
            "image-query" => engine.image_queries.extend(items),
            "unopened" => (engine.unopened, engine.unopened_moderate) = (items.next(), items.next()),
            "safe" => {
                engine.safe = match (items.next(), items.next(), items.next(), items.next()) {
                    (Some("parameter"), Some(pair), None, None) => {
                        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                        Safe::Parameter { name, value }
                    }
                    (Some("header"), Some(name), Some(strict), Some(moderate)) => {
                        Safe::Header { name, strict, moderate }
                    }
                    (Some("always"), None, None, None) => Safe::Always,
                    _ => Safe::Never,
                }
            }
            _ => debug_assert!(false, "engines.txt: {word} {rest}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_understood() {
        let mut codes: Vec<&str> = engines().iter().map(|it| it.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), engines().len(), "codes are unique");
        assert!(engines().len() <= 64, "a set holds 64");
        for engine in engines() {
            assert!(!engine.paths.is_empty() && !engine.terms.is_empty(), "{}", engine.code);
            assert!(engine.paths.iter().all(|it| it.starts_with('/')), "{}", engine.code);
        }
        for (host, (number, _)) in &TABLE.hosts {
            let parsed = Host::parse(host).expect(host);
            assert_eq!(parsed.to_string(), *host, "{}", engines()[*number].code);
        }
    }
}
