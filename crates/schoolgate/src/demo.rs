//! A demonstration school: made-up people, made-up sites, nothing to set up.
mod certificates;
mod families;
mod files;
mod people;
mod serve_sites;
mod sites;
pub(crate) mod visitor;

pub(crate) use self::{
    certificates::key_hash,
    files::{Ports, write},
    people::{PASSWORD, PEOPLE, add},
    serve_sites::{Sites, bind},
};
