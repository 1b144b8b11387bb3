use std::{fmt, sync::Arc};

use super::{
    Hasher, ListInfo,
    layout::{Header, ROW, Row, Table},
};
use crate::CategorySet;

/// The bytes of a compiled list: a memory map or a buffer, shared, never changed while open.
pub type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// In bytes: lists up to this size are taken to be in the processor's cache.
const CACHED: usize = 1 << 20;

/// A list ready to be looked up. Cheap to clone.
#[derive(Clone)]
pub struct CompiledList {
    bytes: Bytes,
    info: Arc<ListInfo>,
    hasher: Hasher,
    rows: Arc<[Row]>,
    hosts: Table,
    urls: Table,
    longest_path: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAList {
    #[error("the file is not a compiled list")]
    WrongMagic,
    #[error("the list was compiled by another version; compile it again")]
    WrongVersion,
    #[error("the list is cut short or damaged; compile it again")]
    Damaged,
    #[error("the list is sealed; the secret that it was compiled with is needed")]
    WrongSecret,
}

impl CompiledList {
    /// Opens a list that is not sealed. Reads the bytes through once, to check them.
    pub fn open(bytes: Bytes) -> Result<CompiledList, NotAList> {
        CompiledList::open_with(bytes, None)
    }

    /// Opens a list, sealed or not.
    pub fn open_sealed(bytes: Bytes, secret: &[u8; 32]) -> Result<CompiledList, NotAList> {
        CompiledList::open_with(bytes, Some(secret))
    }

    fn open_with(bytes: Bytes, secret: Option<&[u8; 32]>) -> Result<CompiledList, NotAList> {
        let file = (*bytes).as_ref();
        let (header, _) = Header::read(file)?;
        let hasher = match (header.sealed, secret) {
            (false, _) => Hasher::open(header.mark),
            (true, Some(secret)) => Hasher::sealed(secret, header.salt),
            (true, None) => return Err(NotAList::WrongSecret),
        };
        if hasher.mark() != header.mark {
            return Err(NotAList::WrongSecret);
        }
        let (info, rows, hosts, urls) = header.parts(file.len()).ok_or(NotAList::Damaged)?;
        let info = ListInfo::from_text(&file[info], header.sealed)?;
        let mut rows: Vec<Row> = file[rows].as_chunks::<ROW>().0.iter().map(Row::from_bytes).collect();
        if header.version == 1 {
            // It was not written down which, so any may be.
            let shuts =
                rows.iter().any(|it| !it.below.or(it.exact).and(CategorySet::ALWAYS_BLOCKED).is_empty());
            for it in &mut rows {
                it.shuts_paths = it.has_paths && shuts;
            }
        }
        let longest_path = usize::from(header.longest_path);
        Ok(CompiledList { info: Arc::new(info), hasher, rows: rows.into(), hosts, urls, longest_path, bytes })
    }

    pub fn info(&self) -> &ListInfo {
        &self.info
    }

    /// Size of the compiled form in bytes, which is about what it holds in memory.
    pub fn size(&self) -> usize {
        self.file().len()
    }

    pub(super) fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// In characters, of any address entry; nothing longer need be hashed.
    pub(super) fn longest_path(&self) -> usize {
        self.longest_path
    }

    /// See [`Table::fetch`]. Of no use for a list that the processor's cache holds anyway.
    pub(super) fn fetch(&self, keys: impl Iterator<Item = u64>) {
        let file = self.file();
        if file.len() > CACHED {
            self.hosts.fetch(file, keys);
        }
    }

    pub(super) fn host(&self, key: u64) -> Option<Row> {
        self.row(self.hosts.find(self.file(), key)?)
    }

    pub(super) fn url(&self, key: u64) -> Option<Row> {
        self.row(self.urls.find(self.file(), key)?)
    }

    pub(super) fn hosts(&self) -> usize {
        self.hosts.keys.len() / size_of::<u64>()
    }

    pub(super) fn host_keys(&self) -> impl Iterator<Item = u64> {
        self.hosts.iter(self.file()).map(|(key, _)| key)
    }

    /// All host keys in order, then all address keys in order.
    pub(super) fn entries(&self) -> [impl Iterator<Item = (u64, Row)>; 2] {
        [&self.hosts, &self.urls]
            .map(|table| table.iter(self.file()).map(|(key, row)| (key, self.row(row).unwrap_or_default())))
    }

    fn row(&self, number: u16) -> Option<Row> {
        self.rows.get(usize::from(number)).copied()
    }

    pub(super) fn file(&self) -> &[u8] {
        (*self.bytes).as_ref()
    }
}

impl fmt::Debug for CompiledList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CompiledList").field(&self.info.name).finish()
    }
}
