//! DNS response policy zones (draft-vixie-dnsop-dns-rpz), of which triggers on the name asked for are imported.
use super::{
    Fault,
    import::{Found, State},
};

/// Last labels of owners that are triggers on something else than the name asked for.
const OTHER_TRIGGERS: [&str; 4] = ["rpz-ip", "rpz-client-ip", "rpz-nsdname", "rpz-nsip"];

pub(super) fn line(line: &str, state: &mut State, found: &mut Found<'_>) {
    let line = line.split(';').next().unwrap_or_default();
    let opens = line.matches('(').count();
    let closes = line.matches(')').count();
    let continues = state.open;
    state.open = (state.open || opens > 0) && closes == 0;
    if continues || line.trim().is_empty() {
        return;
    }
    if let Some(origin) = line.strip_prefix("$ORIGIN") {
        origin.trim().trim_end_matches('.').clone_into(&mut state.origin);
        return;
    }
    if line.starts_with('$') {
        return;
    }
    let mut words = line.split_ascii_whitespace();
    if !line.starts_with([' ', '\t']) {
        words.next().unwrap_or_default().clone_into(&mut state.owner);
    }
    let mut words = words.skip_while(|it| is_time_to_live(it) || ["IN", "in"].contains(it));
    let kind = words.next().unwrap_or_default();
    let value = words.next().unwrap_or_default();
    match kind.to_ascii_uppercase().as_str() {
        "SOA" => {
            // The zone's own name, if the owner gives it in full.
            if state.origin.is_empty() && state.owner.ends_with('.') {
                state.origin = state.owner.trim_end_matches('.').to_owned();
            }
        }
        "NS" | "TXT" if state.owner == "@" || is_apex(state) => {}
        "CNAME" => cname(state, value, found),
        // Answers put in place of the true ones: the name is still meant to be kept from.
        "A" | "AAAA" => name(state, found),
        "TXT" | "NS" | "MX" | "SRV" | "DNAME" => found.fault(Fault::Trigger),
        _ => found.fault(Fault::NotThisFormat),
    }
}

fn cname(state: &State, value: &str, found: &mut Found<'_>) {
    match value.to_ascii_lowercase().trim_end_matches('.') {
        "rpz-passthru" | "rpz-tcp-only" => found.fault(Fault::Exception),
        "" if value != "." => found.fault(Fault::NotThisFormat),
        _ => name(state, found),
    }
}

fn name(state: &State, found: &mut Found<'_>) {
    let mut owner = state.owner.as_str();
    if let Some(absolute) = owner.strip_suffix('.') {
        owner = absolute.strip_suffix(&*state.origin).map_or(absolute, |rest| rest.trim_end_matches('.'));
    }
    if OTHER_TRIGGERS.iter().any(|it| owner.rsplit('.').next() == Some(it)) {
        found.fault(Fault::Trigger);
    } else if owner.starts_with("*.") {
        found.host(owner);
    } else {
        found.exact_host(owner);
    }
}

fn is_apex(state: &State) -> bool {
    state.owner.trim_end_matches('.') == state.origin
}

fn is_time_to_live(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) && word.bytes().all(|b| b.is_ascii_alphanumeric())
}
