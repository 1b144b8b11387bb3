use std::sync::Arc;

use jiff::Timestamp;

use crate::Category;

/// The bytes of a compiled list: a memory map or a buffer, shared, never changed while open.
pub type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A list ready to be looked up. Cheap to clone.
#[derive(Clone)]
pub struct CompiledList {
    info: Arc<ListInfo>,
}

/// What people are told of a list; never an entry of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListInfo {
    pub name: Arc<str>,
    /// Where it came from: an address, a path or a few words.
    pub source: String,
    pub licence: String,
    pub made_at: Timestamp,
    /// Of illegal content: entries are hashed with a secret, never shown, never overridden (FIL-06).
    pub sealed: bool,
    pub hosts: u64,
    pub urls: u64,
    /// Entries by category, those with none left out; an entry may count in several.
    pub counts: Vec<(Category, u64)>,
    pub bad_lines: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAList {
    #[error("the file is not a compiled list")]
    WrongMagic,
    #[error("the list was compiled by another version; compile it again")]
    WrongVersion,
    #[error("the list is cut short or damaged; compile it again")]
    Damaged,
    #[error("the list is sealed with another secret")]
    WrongSecret,
}

impl CompiledList {
    pub fn info(&self) -> &ListInfo {
        &self.info
    }
}
