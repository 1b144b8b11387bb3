//! Help that stays open whatever the lists hold, even when there are none (design decision 9).
use std::{collections::HashSet, sync::LazyLock};

use crate::Host;

/// Domains, one a line, each with everything below it. Lists of the category `help` add to them; nothing takes
/// from them.
static DOMAINS: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("help.txt").lines().collect());

pub(crate) fn is_help(host: &Host) -> bool {
    host.suffixes().any(|it| DOMAINS.contains(it))
}
