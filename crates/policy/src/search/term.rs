use std::borrow::Cow;

use percent_encoding::percent_decode;

use super::table::{engine_at, parameter};
use crate::Target;

/// Longest term kept, in characters.
const LONGEST: usize = 500;

/// What was typed into a search box, as the person would read it. `None` where the request is not a search, and
/// for the guesses that an engine is asked for at each key.
pub fn search_term(target: &Target) -> Option<Cow<'_, str>> {
    let engine = engine_at(target.host())?;
    if !engine.has_path(target) {
        return None;
    }
    engine.terms.iter().find_map(|name| read(parameter(target, name)?))
}

/// As HTML forms spell it: `+` is a space, `%xx` a byte of UTF-8.
fn read(value: &str) -> Option<Cow<'_, str>> {
    if !value.bytes().any(|it| matches!(it, b'+' | b'%')) && value.len() <= LONGEST {
        return (!value.is_empty()).then_some(Cow::Borrowed(value));
    }
    let spaced = value.replace('+', " ");
    let text = percent_decode(spaced.as_bytes()).decode_utf8_lossy();
    let text: String =
        text.trim().chars().map(|it| if it.is_control() { ' ' } else { it }).take(LONGEST).collect();
    (!text.is_empty()).then_some(Cow::Owned(text))
}
