//! Help that stays open whatever the lists hold, even when there are none (design decision 9).
use std::{collections::HashSet, hash::BuildHasherDefault, sync::LazyLock};

use crate::{Host, rules::Xxh};

/// The built-in list of help, each domain with everything below it. Other lists of the category `help` add to it;
/// nothing takes from it.
static DOMAINS: LazyLock<HashSet<&str, BuildHasherDefault<Xxh>>> = LazyLock::new(|| {
    let lines = include_str!("../data/help.list").lines();
    lines.map(|it| it.split('#').next().unwrap_or("").trim()).filter(|it| it.contains('.')).collect()
});

pub(crate) fn is_help(host: &Host) -> bool {
    host.suffixes().any(|it| DOMAINS.contains(it))
}
