use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises what this process may hold open to what the system lets it have, and says how much that is; `None`:
/// without bound. Each connection is an open file.
pub(crate) fn raise() -> Option<u64> {
    let found = getrlimit(Resource::Nofile);
    let wanted = Rlimit { current: found.maximum, maximum: found.maximum };
    match setrlimit(Resource::Nofile, wanted) {
        Ok(()) => found.maximum,
        Err(error) => {
            tracing::warn!(%error, "the number of open files cannot be raised");
            found.current
        }
    }
}

/// What so many connections to the gate take: each has one to a site, and the rest of the program needs some.
pub(crate) fn needed(connections: usize) -> u64 {
    u64::try_from(connections).unwrap_or(u64::MAX).saturating_mul(2).saturating_add(1_000)
}
