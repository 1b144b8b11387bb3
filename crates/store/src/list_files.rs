//! Compiled lists on the disk: opened by memory map, replaced whole or not at all.
use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use mmap_io::MemoryMappedFile;
use policy::lists::{Bytes, CompiledList, NotAList};

#[derive(Debug, thiserror::Error)]
pub enum ListFileError {
    #[error("the file {0} cannot be read")]
    Unreadable(PathBuf, #[source] io::Error),
    #[error("the file {0} is no list to open")]
    NotAList(PathBuf, #[source] NotAList),
    #[error("the file {0} cannot be written")]
    Unwritable(PathBuf, #[source] io::Error),
}

/// Opens a compiled list, sealed or not. The file must be replaced by [`keep`], never changed in place, while it
/// is open.
pub fn open(path: &Path, secret: &[u8; 32]) -> Result<CompiledList, ListFileError> {
    let bytes = map(path).map_err(|cause| ListFileError::Unreadable(path.to_owned(), cause))?;
    CompiledList::open_sealed(bytes, secret).map_err(|cause| ListFileError::NotAList(path.to_owned(), cause))
}

/// The bytes of a file that stays as it is, without reading them into memory first.
pub fn map(path: &Path) -> io::Result<Bytes> {
    let map = MemoryMappedFile::open_ro(path).map_err(io::Error::other)?;
    let length = map.len();
    map.as_slice_bytes(0, length).map_err(io::Error::other)?;
    Ok(Arc::new(Mapped { map, length }))
}

/// Puts a compiled list in its place in one step. Whoever has the one before open keeps it; a crash at any moment
/// leaves either the old file or the new one.
///
/// Refuses bytes that do not open, so that a good list is never replaced by a bad one.
pub fn keep(path: &Path, compiled: Vec<u8>, secret: &[u8; 32]) -> Result<CompiledList, ListFileError> {
    let compiled: Arc<Vec<u8>> = Arc::new(compiled);
    CompiledList::open_sealed(compiled.clone(), secret)
        .map_err(|cause| ListFileError::NotAList(path.to_owned(), cause))?;
    replace(path, &compiled).map_err(|cause| ListFileError::Unwritable(path.to_owned(), cause))?;
    drop(compiled);
    open(path, secret)
}

struct Mapped {
    map: MemoryMappedFile,
    length: u64,
}

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        // Was tried when the file was opened; a read-only map does not shrink.
        self.map.as_slice_bytes(0, self.length).unwrap_or_default()
    }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // One writer at a time holds the data folder, so a fixed name is enough; what a crash left is written over.
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    let write = || {
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        File::open(folder)?.sync_all()
    };
    write().inspect_err(|_| {
        // Whatever failed is what matters; a leftover does no harm.
        let _ = fs::remove_file(&new);
    })
}

#[cfg(test)]
mod kill;
#[cfg(test)]
mod tests {
    use policy::{
        Category, CategorySet, Target,
        lists::{Draft, Entry, Hasher, Label, Lists},
    };

    use super::*;

    pub(super) const SECRET: [u8; 32] = [5; 32];

    fn compiled(hasher: Hasher, hosts: &[&str]) -> Vec<u8> {
        let mut draft = Draft::new(hasher);
        for host in hosts {
            draft.add(Entry::host(host), CategorySet::NONE.with(Category::Games));
        }
        let made_at = jiff::Timestamp::UNIX_EPOCH;
        let label = Label { name: "x".into(), source: String::new(), licence: String::new(), made_at };
        draft.compile(label).expect("compiles")
    }

    pub(super) fn knows(list: &CompiledList, url: &str) -> bool {
        let found = Lists::new(vec![list.clone()]).look_up(&Target::parse(url).expect("an address"));
        found.sealed.is_some() || !found.categories.is_empty()
    }

    #[test]
    fn a_list_is_replaced_under_those_who_have_it_open() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lists/games.sglist");
        let old = keep(&path, compiled(Hasher::open(1), &["old.test"]), &SECRET).expect("kept");
        let new = keep(&path, compiled(Hasher::open(1), &["new.test"]), &SECRET).expect("kept");
        assert!(knows(&old, "http://old.test/") && !knows(&old, "http://new.test/"));
        assert!(knows(&new, "http://new.test/") && !knows(&new, "http://old.test/"));
        let names: Vec<_> = fs::read_dir(path.parent().expect("a folder")).expect("reads").collect();
        assert_eq!(names.len(), 1, "nothing is left behind");
    }

    #[test]
    fn a_bad_list_never_takes_the_place_of_a_good_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("games.sglist");
        let good = compiled(Hasher::open(1), &["good.test"]);
        keep(&path, good.clone(), &SECRET).expect("kept");
        let cut = keep(&path, good[..good.len() - 1].to_vec(), &SECRET);
        assert!(matches!(cut, Err(ListFileError::NotAList(..))));
        assert!(knows(&open(&path, &SECRET).expect("still opens"), "http://good.test/"));
        // Killed while writing the next one: a leftover is in nobody's way.
        fs::write(folder.path().join("games.sglist.new"), &good[..40]).expect("writes");
        assert!(knows(&open(&path, &SECRET).expect("still opens"), "http://good.test/"));
        assert!(keep(&path, good, &SECRET).is_ok());
    }

    #[test]
    fn sealed_lists_open_with_their_secret_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sealed.sglist");
        let sealed = compiled(Hasher::sealed(&SECRET, [1; 16]), &["awful.test"]);
        assert!(knows(&keep(&path, sealed, &SECRET).expect("kept"), "http://awful.test/"));
        let other = open(&path, &[6; 32]);
        assert!(matches!(other, Err(ListFileError::NotAList(_, NotAList::WrongSecret))));
    }

    #[test]
    fn what_is_no_list_is_told_apart_from_what_cannot_be_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x");
        assert!(matches!(open(&path, &SECRET), Err(ListFileError::Unreadable(..))));
        for bytes in [&b""[..], b"hello", &[0; 5000]] {
            fs::write(&path, bytes).expect("writes");
            assert!(open(&path, &SECRET).is_err(), "{} bytes", bytes.len());
        }
    }
}
