//! What was fetched, made ready to be read as a list: plain, gzip, or an archive (tar) of either. Blocks.
use std::{
    fs::{self, File},
    io::{self, BufReader, Read, Write as _},
    path::{Component, Path, PathBuf},
};

use flate2::read::MultiGzDecoder;

use crate::list_import::is_list;

/// How much may come out of a file, however small it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    pub(crate) bytes: u64,
    pub(crate) entries: usize,
}

impl Default for Room {
    /// Ten times what all lists of the largest publisher make.
    fn default() -> Room {
        Room { bytes: 2 << 30, entries: 20_000 }
    }
}

const BLOCK: usize = 512;
const GZIP: [u8; 2] = [0x1f, 0x8b];
const PIECE: usize = 256 * 1024;

/// The file or folder to read, somewhere in `folder`, which must be empty. `name`: what the publisher calls it.
///
/// # Errors
/// Why it cannot be unpacked, in words.
pub(crate) fn unpack(fetched: &Path, name: &str, folder: &Path, room: Room) -> Result<PathBuf, String> {
    let broken = |err: io::Error| format!("it cannot be unpacked: {err}");
    let mut file = File::open(fetched).map_err(broken)?;
    let head = begin(&mut file, GZIP.len()).map_err(broken)?;
    let packed = head == GZIP;
    let whole = io::Cursor::new(head).chain(file);
    let reader: Box<dyn Read> =
        if packed { Box::new(MultiGzDecoder::new(BufReader::new(whole))) } else { Box::new(whole) };
    let mut reader = Within { reader, left: room.bytes };
    let head = begin(&mut reader, BLOCK).map_err(broken)?;
    // The magic of POSIX and of GNU archives alike.
    let archive = head.get(257..262) == Some(b"ustar");
    if !packed && !archive {
        return Ok(fetched.to_owned());
    }
    let reader = io::Cursor::new(head).chain(reader);
    if archive {
        open(reader, folder, room).map_err(broken)?;
        return Ok(folder.to_owned());
    }
    let name = Path::new(name.trim_end_matches(".gz")).file_name().unwrap_or("list".as_ref());
    let plain = folder.join(name);
    pour(reader, &plain).map_err(broken)?;
    Ok(plain)
}

/// Only lists, and only where they lie below the folder: no links, nothing that climbs out.
fn open(reader: impl Read, folder: &Path, room: Room) -> io::Result<()> {
    for (n, entry) in tar::Archive::new(reader).entries()?.enumerate() {
        if room.entries <= n {
            return Err(io::Error::other(format!("there are more than {} files in it", room.entries)));
        }
        let entry = entry?;
        let path = entry.path()?.into_owned();
        let inside: Option<Vec<_>> = path
            .components()
            .filter(|it| *it != Component::CurDir)
            .map(|it| if let Component::Normal(name) = it { Some(name) } else { None })
            .collect();
        let Some(inside) = inside.filter(|it| !it.is_empty()) else { continue };
        if !entry.header().entry_type().is_file() || !is_list(&path, inside.len() - 1) {
            continue;
        }
        let to = folder.join(inside.iter().collect::<PathBuf>());
        fs::create_dir_all(to.parent().unwrap_or(folder))?;
        pour(entry, &to)?;
    }
    Ok(())
}

fn pour(mut reader: impl Read, to: &Path) -> io::Result<()> {
    let mut file = io::BufWriter::with_capacity(PIECE, File::create(to)?);
    io::copy(&mut reader, &mut file)?;
    file.flush()
}

/// The first bytes, as many as there are up to `most`.
fn begin(reader: &mut impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(most);
    reader.take(most as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Ends in an error, not in silence, where there is more.
struct Within<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Within<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(into)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other("it holds more than we take"))?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    const ROOM: Room = Room { bytes: 1 << 20, entries: 10 };

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(bytes).expect("packs");
        gzip.finish().expect("packs")
    }

    fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = tar::Builder::new(Vec::new());
        for (name, bytes) in entries {
            let mut header = tar::Header::new_ustar();
            // Set by hand: the crate would not write a name that climbs out.
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            archive.append(&header, *bytes).expect("packs");
        }
        archive.into_inner().expect("packs")
    }

    /// What lies in the place given back, by name.
    fn unpacked(bytes: &[u8], room: Room) -> Result<Vec<(String, Vec<u8>)>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let (fetched, into) = (folder.path().join("fetched"), folder.path().join("a/b"));
        fs::write(&fetched, bytes).expect("written");
        fs::create_dir_all(&into).expect("a folder");
        let place = unpack(&fetched, "bets.txt.gz", &into, room)?;
        let mut found = Vec::new();
        walk(&place, &mut found);
        assert_eq!(fs::read_dir(folder.path()).expect("reads").count(), 2, "nothing climbed out");
        assert_eq!(fs::read_dir(folder.path().join("a")).expect("reads").count(), 1, "nothing climbed out");
        let name = |it: &Path| it.strip_prefix(&into).unwrap_or(Path::new("fetched")).display().to_string();
        Ok(found.into_iter().map(|it| (name(&it), fs::read(it).expect("reads"))).collect())
    }

    fn walk(place: &Path, found: &mut Vec<PathBuf>) {
        if place.is_file() {
            return found.push(place.to_owned());
        }
        let mut inside: Vec<_> =
            fs::read_dir(place).expect("reads").map(|it| it.expect("reads").path()).collect();
        inside.sort();
        for it in inside {
            walk(&it, found);
        }
    }

    #[test]
    fn plain_packed_and_archived_lists_are_found() {
        let check = |bytes: &[u8], expected: &[(&str, &str)]| {
            let expected = expected.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
            assert_eq!(unpacked(bytes, ROOM), Ok(expected.collect()));
        };
        let tree = archive(&[
            ("blacklists/adult/domains", b"a.test\n"),
            ("./blacklists/adult/urls", b"a.test/b\n"),
            ("blacklists/README", b"read me\n"),
            ("../../climbed/domains", b"c.test\n"),
            ("/rooted/domains", b"d.test\n"),
        ]);
        let lists = [("blacklists/adult/domains", "a.test\n"), ("blacklists/adult/urls", "a.test/b\n")];
        check(b"a.test\n", &[("fetched", "a.test\n")]);
        check(b"", &[("fetched", "")]);
        check(&gzip(b"a.test\n"), &[("bets.txt", "a.test\n")]);
        check(&tree, &lists);
        check(&gzip(&tree), &lists);
    }

    #[test]
    fn what_is_cut_or_far_too_large_is_refused() {
        let check = |bytes: &[u8], fault: &str| {
            let said = unpacked(bytes, ROOM).expect_err("a fault");
            assert!(said.contains(fault), "{said}");
        };
        let packed = gzip(&b"bet.test\n".repeat(1_000));
        check(&packed[..packed.len() - 9], "it cannot be unpacked");
        check(&gzip(&vec![b'x'; 2 << 20]), "more than we take");
        check(&archive(&[("a/domains", b"".as_slice()); 11]), "more than 10 files");
        let tree = gzip(&archive(&[("a/domains", b"a.test\n".repeat(500).as_slice())]));
        check(&tree[..tree.len() / 2], "it cannot be unpacked");
    }
}
