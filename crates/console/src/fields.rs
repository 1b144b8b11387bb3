//! What a form or a query said, as words.
use std::convert::Infallible;

use axum::{body::Bytes, extract::FromRequestParts, http::request::Parts};

/// Names and values in the order sent. From the query of a GET; from the body of a POST, once the guard has accepted it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>, Vec<File>);

/// What was uploaded.
#[derive(Debug, Clone)]
pub(crate) struct File {
    field: String,
    /// As the browser calls it; without its folder.
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

impl Fields {
    /// What cannot be read is left out: a hand-typed query is not an error.
    pub(crate) fn parse(encoded: &[u8]) -> Fields {
        Fields(serde_html_form::from_bytes(encoded).unwrap_or_default(), Vec::new())
    }

    pub(crate) fn push(&mut self, name: String, value: String) {
        self.0.push((name, value));
    }

    /// Whether it was sent at all, be it empty.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(it, _)| it == name)
    }

    pub(crate) fn push_file(&mut self, field: String, name: &str, bytes: Bytes) {
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.chars().filter(|it| !it.is_control()).take(120).collect();
        self.1.push(File { field, name, bytes });
    }

    /// Whole, whatever it is; `None` where none was chosen.
    pub(crate) fn file(&self, field: &str) -> Option<&File> {
        self.1.iter().find(|it| it.field == field && !(it.name.is_empty() && it.bytes.is_empty()))
    }

    /// Trimmed; empty where it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// As typed, for passwords and policy text.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(it, _)| it == name).map_or("", |(_, value)| value.as_str())
    }

    /// Every value of this name, trimmed: of ticked boxes.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(it, _)| it == name).map(|(_, value)| value.trim())
    }

    /// The same fields with some changed, encoded as a query, without empty ones.
    pub(crate) fn query_with(&self, changed: &[(&str, &str)]) -> String {
        let kept = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let kept = kept.filter(|(name, _)| changed.iter().all(|(it, _)| it != name));
        let all: Vec<_> =
            kept.chain(changed.iter().copied()).filter(|(_, value)| !value.is_empty()).collect();
        serde_html_form::to_string(all).unwrap_or_default()
    }

    /// What was asked, as the audit trail tells it; empty where nothing was.
    pub(crate) fn in_words(&self) -> String {
        let asked = self.0.iter().filter(|(name, value)| name != "token" && !value.is_empty());
        let words: Vec<String> = asked.map(|(name, value)| format!("{name} {value}")).collect();
        words.join(", ").chars().take(MOST_WORDS).collect()
    }
}

/// Of a search, as it is written down; in characters.
const MOST_WORDS: usize = 500;

impl From<Vec<(String, String)>> for Fields {
    fn from(all: Vec<(String, String)>) -> Fields {
        Fields(all, Vec::new())
    }
}

impl<S: Sync> FromRequestParts<S> for Fields {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Fields, Infallible> {
        let posted = parts.extensions.get::<Fields>().cloned();
        Ok(posted.unwrap_or_else(|| Fields::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}
