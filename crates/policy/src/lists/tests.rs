mod changes;
mod compiled;
mod import;
mod starter;
mod ut1;

use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::{CategorySet, Target};

fn label(name: &str) -> Label {
    Label {
        name: name.into(),
        source: "made up".into(),
        licence: "none".into(),
        made_at: Timestamp::from_second(1_700_000_000).expect("a time"),
    }
}

/// A list of one category from text.
fn list(name: &str, category: crate::Category, format: Format, text: &str) -> CompiledList {
    let mut draft = Draft::new(Hasher::open(7));
    let set = CategorySet::NONE.with(category);
    Import::read(format, text.as_bytes(), &mut |entry| draft.add(entry, set));
    open(draft.compile(label(name)).expect("compiles")).expect("opens")
}

fn open(bytes: Vec<u8>) -> Result<CompiledList, NotAList> {
    CompiledList::open(Arc::new(bytes))
}

fn target(url: &str) -> Target {
    Target::parse(url).unwrap_or_else(|fault| panic!("{url}: {fault}"))
}
