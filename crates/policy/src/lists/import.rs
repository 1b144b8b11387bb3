use std::borrow::Cow;

use super::{
    Cover, Entry, Fault, Format, Report,
    draft::LONGEST_PATH,
    lookup::{DEEPEST, boundaries},
};
use crate::{Host, Scheme, Target, target};

/// Longest line that is read, in bytes; the rest of a longer one is passed over.
const LONGEST_LINE: usize = 4096;

/// Reads a source line by line, in pieces of any size, holding no more than one line.
#[derive(Debug)]
pub struct Import {
    format: Format,
    report: Report,
    /// The start of a line whose end has not come yet.
    begun: Vec<u8>,
    /// The line has grown too long: wait for its end.
    skipping: bool,
    pub(super) state: State,
}

/// What earlier lines say about later ones.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Zones: the name that owners are relative to, without a dot at the end; and the last owner.
    pub(super) origin: String,
    pub(super) owner: String,
    /// Zones: inside the parentheses of a record over several lines.
    pub(super) open: bool,
}

/// Where the readers of single lines put what they find.
pub(super) struct Found<'a> {
    into: &'a mut dyn FnMut(Entry<'_>),
    report: &'a mut Report,
}

impl Import {
    pub fn new(format: Format) -> Import {
        Import {
            format,
            report: Report::default(),
            begun: Vec::new(),
            skipping: false,
            state: State::default(),
        }
    }

    /// Reads all of a source that is in memory.
    pub fn read(format: Format, bytes: &[u8], into: &mut dyn FnMut(Entry<'_>)) -> Report {
        let mut import = Import::new(format);
        import.feed(bytes, into);
        import.finish(into)
    }

    pub fn feed(&mut self, mut bytes: &[u8], into: &mut dyn FnMut(Entry<'_>)) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (piece, rest) = (&bytes[..end], &bytes[end + 1..]);
            bytes = rest;
            if self.begun.is_empty() && !self.skipping {
                self.line(piece, into);
            } else {
                self.keep(piece);
                self.end_line(into);
            }
        }
        self.keep(bytes);
    }

    /// The last line may lack its end.
    pub fn finish(mut self, into: &mut dyn FnMut(Entry<'_>)) -> Report {
        if self.skipping || !self.begun.is_empty() {
            self.end_line(into);
        }
        self.report
    }

    fn keep(&mut self, piece: &[u8]) {
        if self.begun.len() + piece.len() > LONGEST_LINE {
            self.skipping = true;
            self.begun.clear();
        } else if !self.skipping {
            self.begun.extend_from_slice(piece);
        }
    }

    fn end_line(&mut self, into: &mut dyn FnMut(Entry<'_>)) {
        if self.skipping {
            self.skipping = false;
            self.report.lines += 1;
            self.report.add(self.report.lines, Fault::TooLong);
            return;
        }
        let line = std::mem::take(&mut self.begun);
        self.line(&line, into);
        self.begun = line;
        self.begun.clear();
    }

    fn line(&mut self, line: &[u8], into: &mut dyn FnMut(Entry<'_>)) {
        self.report.lines += 1;
        let number = self.report.lines;
        if line.len() > LONGEST_LINE {
            return self.report.add(number, Fault::TooLong);
        }
        let Ok(text) = std::str::from_utf8(line) else {
            return self.report.add(number, Fault::NotText);
        };
        let text = if number == 1 { text.trim_start_matches('\u{feff}') } else { text };
        let mut found = Found { into, report: &mut self.report };
        self.format.line(text, &mut self.state, &mut found);
    }
}

impl Found<'_> {
    pub(super) fn fault(&mut self, fault: Fault) {
        self.report.add(self.report.lines, fault);
    }

    /// A host in any spelling. `*.` before it takes all that is below, even for a public suffix.
    pub(super) fn host(&mut self, text: &str) {
        let (text, wild) = match text.strip_prefix("*.") {
            Some(rest) => (rest, true),
            None => (text.strip_prefix('.').unwrap_or(text), false),
        };
        match canonical_host(text) {
            Some(host) if wild => self.entry(Entry { host: &host, path: "", cover: Cover::Below }),
            Some(host) => {
                let entry = Entry::host(&host);
                if entry.cover == Cover::Exact {
                    self.fault(Fault::PublicSuffix);
                }
                self.entry(entry);
            }
            None => self.fault(Fault::NotAHost),
        }
    }

    /// The host alone, nothing below it.
    pub(super) fn exact_host(&mut self, text: &str) {
        match canonical_host(text) {
            Some(host) => self.entry(Entry { host: &host, path: "", cover: Cover::Exact }),
            None => self.fault(Fault::NotAHost),
        }
    }

    /// `host`, `host/path` or a whole address, with or without scheme and port.
    pub(super) fn address(&mut self, text: &str) {
        let text = text.split_once("://").map_or(text, |(_, rest)| rest);
        let end = text.find(['/', '?', '#']).unwrap_or(text.len());
        let (authority, path) = text.split_at(end);
        if path.is_empty() || path == "/" {
            let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            return self.host(without_port(host));
        }
        let Ok(target) = Target::from_parts(Scheme::Http, authority, path) else {
            return self.fault(Fault::NotAHost);
        };
        let host = target.host().as_text();
        let path = target.path();
        if path.len() > LONGEST_PATH || boundaries(path).count() > DEEPEST {
            return self.fault(Fault::TooDeep);
        }
        self.entry(Entry { path, ..Entry::host(&host) });
    }

    fn entry(&mut self, entry: Entry<'_>) {
        self.report.entries += 1;
        (self.into)(entry);
    }
}

fn canonical_host(text: &str) -> Option<Cow<'_, str>> {
    if target::is_plain_name(text) {
        return Some(Cow::Borrowed(text));
    }
    // An underscore or space that slipped in, a comma, a wildcard: nothing that a name may hold.
    Host::parse(text).ok().map(|host| Cow::Owned(host.to_string()))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.contains(':') => name,
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && name.ends_with(']') => name,
        _ => host,
    }
}
