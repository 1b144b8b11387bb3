//! Lists of sites by category: read from many formats, mapped to our categories, compiled to one compact file
//! each, looked up together.
//!
//! An entry is a host, which counts for everything below it too, or a host with a path, which counts for what
//! starts with that path at a `/`, `?` or `&`.
mod compiled;
mod lookup;

pub use self::{
    compiled::{Bytes, CompiledList, ListInfo, NotAList},
    lookup::{Blame, Found, Lists},
};
