//! The compiled file, all numbers little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 0..8 | magic |
//! | 8..12 | version |
//! | 12..16 | flags: 1 sealed |
//! | 16..24 | seed, or mark of the secret |
//! | 24..40 | salt |
//! | 40..48 | number of host keys |
//! | 48..56 | number of address keys |
//! | 56..60 | number of rows |
//! | 60..64 | length of the information text |
//! | 64, 65 | bucket bits of hosts, of addresses |
//! | 66..68 | longest path of an address entry |
//! | 68..76 | xxh3 of everything after the header |
//! | 76..84 | xxh3 of the 76 bytes before |
//!
//! Then the information text, the rows, and for hosts and for addresses: where each bucket starts (`u32`, one more
//! than there are buckets), the sorted keys (`u64`), the row of each key (`u16`).
use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::NotAList;
use crate::CategorySet;

pub(super) const MAGIC: &[u8; 8] = b"SGLIST\r\n";
pub(super) const VERSION: u32 = 2;
/// Versions that are still read. The first did not say of a host what its addresses are about.
const READ: std::ops::RangeInclusive<u32> = 1..=VERSION;
pub(super) const HEADER: usize = 84;
pub(super) const ROW: usize = 33;

/// What an entry says. Entries of the same meaning share a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Row {
    /// Of the host and all below it.
    pub(super) below: CategorySet,
    /// Of the host alone.
    pub(super) exact: CategorySet,
    /// There are address entries on this host.
    pub(super) has_paths: bool,
    /// Some of them are of a category that is always blocked.
    pub(super) shuts_paths: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) version: u32,
    pub(super) sealed: bool,
    pub(super) mark: u64,
    pub(super) salt: [u8; 16],
    pub(super) hosts: u64,
    pub(super) urls: u64,
    pub(super) rows: u32,
    pub(super) info: u32,
    pub(super) host_bits: u8,
    pub(super) url_bits: u8,
    pub(super) longest_path: u16,
}

/// Where a sorted table of keys lies in the file.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) bits: u8,
    pub(super) starts: Range<usize>,
    pub(super) keys: Range<usize>,
    pub(super) rows: Range<usize>,
}

impl Row {
    pub(super) fn or(self, other: Row) -> Row {
        Row {
            below: self.below.or(other.below),
            exact: self.exact.or(other.exact),
            has_paths: self.has_paths || other.has_paths,
            shuts_paths: self.shuts_paths || other.shuts_paths,
        }
    }

    pub(super) fn to_bytes(self) -> [u8; ROW] {
        let mut bytes = [0; ROW];
        bytes[..16].copy_from_slice(&self.below.bits().to_le_bytes());
        bytes[16..32].copy_from_slice(&self.exact.bits().to_le_bytes());
        bytes[32] = u8::from(self.has_paths) | u8::from(self.shuts_paths) << 1;
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8; ROW]) -> Row {
        let set = |at: usize| {
            let bits = bytes[at..at + 16].try_into().expect("sixteen bytes");
            CategorySet::from_bits(u128::from_le_bytes(bits))
        };
        let flag = |bit: u8| bytes[32] >> bit & 1 == 1;
        Row { below: set(0), exact: set(16), has_paths: flag(0), shuts_paths: flag(1) }
    }
}

impl Header {
    pub(super) fn to_bytes(self, body: &[u8]) -> [u8; HEADER] {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.version.to_le_bytes());
        bytes.extend_from_slice(&u32::from(self.sealed).to_le_bytes());
        bytes.extend_from_slice(&self.mark.to_le_bytes());
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&self.hosts.to_le_bytes());
        bytes.extend_from_slice(&self.urls.to_le_bytes());
        bytes.extend_from_slice(&self.rows.to_le_bytes());
        bytes.extend_from_slice(&self.info.to_le_bytes());
        bytes.extend_from_slice(&[self.host_bits, self.url_bits]);
        bytes.extend_from_slice(&self.longest_path.to_le_bytes());
        bytes.extend_from_slice(&xxh3_64(body).to_le_bytes());
        bytes.extend_from_slice(&xxh3_64(&bytes).to_le_bytes());
        bytes.try_into().expect("the header has a fixed length")
    }

    /// Checks everything that can be checked: a file that was cut, padded or changed in any bit is refused.
    pub(super) fn read(bytes: &[u8]) -> Result<(Header, &[u8]), NotAList> {
        if !bytes.starts_with(MAGIC) {
            return Err(NotAList::WrongMagic);
        }
        let (head, body) = bytes.split_at_checked(HEADER).ok_or(NotAList::Damaged)?;
        let four = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().expect("four bytes"));
        let eight = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().expect("eight bytes"));
        if !READ.contains(&four(8)) {
            return Err(NotAList::WrongVersion);
        }
        if eight(76) != xxh3_64(&head[..76]) || eight(68) != xxh3_64(body) || four(12) > 1 {
            return Err(NotAList::Damaged);
        }
        let header = Header {
            version: four(8),
            sealed: four(12) == 1,
            mark: eight(16),
            salt: head[24..40].try_into().expect("sixteen bytes"),
            hosts: eight(40),
            urls: eight(48),
            rows: four(56),
            info: four(60),
            host_bits: head[64],
            url_bits: head[65],
            longest_path: u16::from_le_bytes([head[66], head[67]]),
        };
        Ok((header, body))
    }

    /// Information text, rows, hosts, addresses: as places in the whole file, which must be `length` long.
    pub(super) fn parts(&self, length: usize) -> Option<(Range<usize>, Range<usize>, Table, Table)> {
        let mut at = HEADER;
        let mut take = |count: usize, size: usize| {
            let start = at;
            at = count.checked_mul(size)?.checked_add(start)?;
            Some(start..at)
        };
        let info = take(usize::try_from(self.info).ok()?, 1)?;
        let rows = take(usize::try_from(self.rows).ok()?, ROW)?;
        let mut table = |bits: u8, count: u64| {
            let count = usize::try_from(count).ok()?;
            let starts = take((1 << bits_in_range(bits)?) + 1, 4)?;
            Some(Table { bits, starts, keys: take(count, 8)?, rows: take(count, 2)? })
        };
        let hosts = table(self.host_bits, self.hosts)?;
        let urls = table(self.url_bits, self.urls)?;
        (at == length).then_some((info, rows, hosts, urls))
    }
}

impl Table {
    /// The row of a key. A file that lies about its buckets finds nothing; it cannot make this fail.
    pub(super) fn find(&self, file: &[u8], key: u64) -> Option<u16> {
        let bucket = usize::try_from(key >> (64 - self.bits)).ok()?;
        let starts = file.get(self.starts.clone())?.get(bucket * 4..bucket * 4 + 8)?;
        let first = u32::from_le_bytes(*starts.first_chunk()?) as usize;
        let after = u32::from_le_bytes(*starts.last_chunk()?) as usize;
        let keys = file.get(self.keys.clone())?.as_chunks::<8>().0.get(first..after)?;
        let found = keys.iter().position(|it| u64::from_le_bytes(*it) == key)?;
        let row = file.get(self.rows.clone())?.as_chunks::<2>().0.get(first + found)?;
        Some(u16::from_le_bytes(*row))
    }

    /// Fetches what [`Table::find`] will read, for all keys at once: a large list is not in the processor's cache,
    /// and waiting for several places together takes no longer than for one.
    pub(super) fn fetch(&self, file: &[u8], keys: impl Iterator<Item = u64>) {
        let Some(starts) = file.get(self.starts.clone()) else { return };
        let Some(table) = file.get(self.keys.clone()) else { return };
        let mut read = 0_u8;
        for key in keys {
            let bucket = usize::try_from(key >> (64 - self.bits)).unwrap_or_default();
            let start =
                starts.as_chunks::<4>().0.get(bucket).map_or(0, |it| u32::from_le_bytes(*it) as usize);
            read |= table.get(start * 8).copied().unwrap_or_default();
        }
        std::hint::black_box(read);
    }

    /// Keys in order, each with its row.
    pub(super) fn iter<'a>(&self, file: &'a [u8]) -> impl Iterator<Item = (u64, u16)> + use<'a> {
        let keys = file.get(self.keys.clone()).unwrap_or_default().as_chunks::<8>().0;
        let rows = file.get(self.rows.clone()).unwrap_or_default().as_chunks::<2>().0;
        keys.iter().zip(rows).map(|(key, row)| (u64::from_le_bytes(*key), u16::from_le_bytes(*row)))
    }
}

/// Enough buckets for four to eight keys each: a bucket is one or two cache lines, and costs a byte an entry at most.
pub(super) fn bits_for(keys: usize) -> u8 {
    u8::try_from((keys / 4).max(2).ilog2()).unwrap_or(LARGEST_BITS).min(LARGEST_BITS)
}

const LARGEST_BITS: u8 = 28;

fn bits_in_range(bits: u8) -> Option<u8> {
    (1..=LARGEST_BITS).contains(&bits).then_some(bits)
}

/// Makes the checksums right again after a change, to see what a file that lies can do.
#[cfg(test)]
pub(super) fn reseal(file: &mut [u8]) {
    let body = xxh3_64(&file[HEADER..]);
    file[68..76].copy_from_slice(&body.to_le_bytes());
    let head = xxh3_64(&file[..76]);
    file[76..84].copy_from_slice(&head.to_le_bytes());
}
