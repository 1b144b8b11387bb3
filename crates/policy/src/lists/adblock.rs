//! Adblock-style rules, of which those that name a whole host are imported.
use super::{Fault, import::Found};

/// Options that do not narrow a rule: it still means "this host, all of it".
const WHOLE: [&str; 5] = ["all", "important", "document", "doc", "popup"];

pub(super) fn line(line: &str, found: &mut Found<'_>) {
    if line.is_empty() || line.starts_with(['!', '[']) {
        return;
    }
    if line.starts_with("@@") {
        return found.fault(Fault::Exception);
    }
    if line.contains("##") || line.contains("#@#") || line.contains("#?#") || line.contains("#$#") {
        return found.fault(Fault::Cosmetic);
    }
    if line.starts_with('#') {
        return;
    }
    if line.starts_with('/') && line.ends_with('/') {
        return found.fault(Fault::Pattern);
    }
    let (rule, options) = line.split_once('$').map_or((line, ""), |(rule, options)| (rule, options));
    if !options.is_empty() && !options.split(',').all(|it| WHOLE.contains(&it)) {
        return found.fault(Fault::Options);
    }
    let Some(rest) = rule.strip_prefix("||") else {
        // Some lists of this family mix in plain hosts.
        if rule.contains(['/', '*', '|', '^', '=', '?', '&']) || !rule.contains('.') {
            return found.fault(Fault::Pattern);
        }
        return found.host(rule);
    };
    let host = rest.strip_suffix("^|").or_else(|| rest.strip_suffix('^')).unwrap_or(rest);
    if host.trim_start_matches("*.").contains(['/', '*', '|', '^']) {
        return found.fault(Fault::Pattern);
    }
    found.host(host);
}
