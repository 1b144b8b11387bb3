//! Lists of sites by category: read from many formats, mapped to our categories, compiled to one compact file
//! each, looked up together.
//!
//! An entry is a host, which counts for everything below it too, or a host with a path, which counts for what
//! starts with that path at a `/`, `?` or `&`.
mod adblock;
mod category_map;
mod changes;
mod compiled;
mod draft;
mod format;
mod hasher;
mod import;
mod info;
mod layout;
mod lookup;
mod report;
mod sieve;
mod starter;
#[cfg(test)]
mod tests;
mod zone;

pub use self::{
    category_map::{CategoryMap, MapFault, Mapping},
    changes::{Change, Changes},
    compiled::{Bytes, CompiledList, NotAList},
    draft::{CannotCompile, Cover, Draft, Entry, Label},
    format::Format,
    hasher::Hasher,
    import::Import,
    info::ListInfo,
    lookup::{Blame, Found, Lists},
    report::{FAULTS_SHOWN, Fault, Report},
    starter::{STARTER_LISTS, StarterList, read_grouped, starter_lists},
};
