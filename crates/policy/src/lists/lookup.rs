use std::sync::Arc;

use super::CompiledList;
use crate::{Category, CategorySet, Target};

/// Several lists looked up as one.
#[derive(Clone, Default)]
pub struct Lists {
    lists: Vec<CompiledList>,
}

/// What the lists say of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// Of all lists that are not sealed.
    pub categories: CategorySet,
    /// The number of the sealed list that holds the target, as in [`Lists::get`].
    pub sealed: Option<u16>,
    /// Some list holds addresses with a path on this host or above it: at [`crate::Stage::Connect`] the host
    /// alone does not tell everything.
    pub has_paths: bool,
}

/// Which list put a target in a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blame {
    pub list: Arc<str>,
    /// Length in bytes of the listed host, counted from the end of the target's host; 0 for sealed lists.
    pub matched: u16,
}

impl Lists {
    pub fn new(lists: Vec<CompiledList>) -> Lists {
        Lists { lists }
    }

    /// Lists that know no site.
    pub fn empty() -> Lists {
        Lists::default()
    }

    pub fn get(&self, number: u16) -> Option<&CompiledList> {
        self.lists.get(usize::from(number))
    }

    pub fn iter(&self) -> impl Iterator<Item = &CompiledList> {
        self.lists.iter()
    }

    pub fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.lists.iter().map(|list| &list.info().name)
    }

    /// Everything that the lists say. Allocates nothing.
    pub fn look_up(&self, _target: &Target) -> Found {
        Found::default()
    }

    /// The first list that puts the target in the category. Slower than [`Lists::look_up`]; asked for only when
    /// something has to be explained.
    pub fn blame(&self, _target: &Target, _category: Category) -> Option<Blame> {
        None
    }
}

impl std::fmt::Debug for Lists {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl std::fmt::Debug for CompiledList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CompiledList({})", self.info().name)
    }
}
