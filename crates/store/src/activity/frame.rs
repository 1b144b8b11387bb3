//! Rows handed in together stand in the journal as one frame: a head, then the rows. A frame is whole or it is not
//! there: its head carries a hash over everything, seeded with a number that only the journal's own head knows, so
//! that nothing a person types can look like one.
use policy::Seen;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::activity::codec;

/// Magic, length of the rows in bytes, number of rows, number of the first row, hash.
pub(crate) const HEAD: usize = 24;
const MAGIC: [u8; 4] = *b"\xabSGF";
/// A bound on what one read holds in memory.
const FRAME_ROWS: u32 = 4_096;
/// More than any frame has; a length beyond is rubbish.
const LONGEST: usize = 64 << 20;

/// Where a frame stands in its journal, and what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Of its head, in bytes from the start of the file.
    pub(crate) offset: u64,
    /// Of its rows, in bytes.
    pub(crate) len: usize,
    pub(crate) first: u32,
    pub(crate) rows: u32,
    /// Unix microseconds, both included.
    pub(crate) min: i64,
    pub(crate) max: i64,
}

/// Rows on their way into a journal, in frames. Kept between uses, so that a use allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    /// Offsets and first rows count from the start of the batch.
    frames: Vec<Frame>,
}

impl Batch {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.frames.clear();
    }

    pub(crate) fn push(&mut self, seen: &Seen) {
        let at = seen.at.as_microsecond();
        let rows = self.rows();
        let frame = match self.frames.pop() {
            Some(frame) if frame.rows < FRAME_ROWS => frame,
            full => {
                self.frames.extend(full);
                let offset = self.bytes.len() as u64;
                self.bytes.extend_from_slice(&[0; HEAD]);
                Frame { offset, len: 0, first: rows, rows: 0, min: at, max: at }
            }
        };
        let before = self.bytes.len();
        codec::put(&mut self.bytes, seen);
        self.frames.push(Frame {
            len: frame.len + self.bytes.len() - before,
            rows: frame.rows + 1,
            min: frame.min.min(at),
            max: frame.max.max(at),
            ..frame
        });
    }

    pub(crate) fn rows(&self) -> u32 {
        self.frames.last().map_or(0, |it| it.first + it.rows)
    }

    /// Makes the frames fit to follow row number `first` of the journal with this salt.
    pub(crate) fn seal(&mut self, first: u32, salt: u64) -> &[u8] {
        for frame in &self.frames {
            let start = usize::try_from(frame.offset).unwrap_or(usize::MAX);
            let bytes = &mut self.bytes[start..start + HEAD + frame.len];
            bytes[0..4].copy_from_slice(&MAGIC);
            bytes[4..8].copy_from_slice(&u32::try_from(frame.len).unwrap_or(u32::MAX).to_le_bytes());
            bytes[8..12].copy_from_slice(&frame.rows.to_le_bytes());
            bytes[12..16].copy_from_slice(&(first + frame.first).to_le_bytes());
            let hash = hash(bytes, salt);
            bytes[16..24].copy_from_slice(&hash.to_le_bytes());
        }
        &self.bytes
    }

    /// As they stand in a journal where the batch begins at this offset, with row number `first`.
    pub(crate) fn frames_at(&self, offset: u64, first: u32) -> impl Iterator<Item = Frame> {
        self.frames.iter().map(move |it| Frame { offset: offset + it.offset, first: first + it.first, ..*it })
    }
}

/// The whole frame that starts where `bytes` start, if one does.
pub(crate) fn open(bytes: &[u8], offset: u64, salt: u64) -> Option<Frame> {
    let word = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    if bytes.get(..4)? != MAGIC {
        return None;
    }
    let len = usize::try_from(word(4)?).ok().filter(|len| *len <= LONGEST)?;
    let whole = bytes.get(..HEAD + len)?;
    if u64::from_le_bytes(*bytes.get(16..)?.first_chunk()?) != hash(whole, salt) {
        return None;
    }
    let (rows, first) = (word(8)?, word(12)?);
    let (mut rest, mut min, mut max) = (&whole[HEAD..], i64::MAX, i64::MIN);
    for _ in 0..rows {
        let (at, _) = codec::skip(&mut rest)?;
        (min, max) = (min.min(at), max.max(at));
    }
    rest.is_empty().then_some(Frame { offset, len, first, rows, min, max })
}

/// What a journal holds after its head.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    pub(crate) frames: Vec<Frame>,
    /// Where the last whole frame ends.
    pub(crate) end: u64,
    /// Bytes between whole frames that are none.
    pub(crate) damaged: u64,
}

/// Finds every whole frame from `start` on.
pub(crate) fn scan(file: &[u8], start: usize, salt: u64) -> Scan {
    let mut scan = Scan { end: start as u64, ..Scan::default() };
    let mut at = start;
    while let Some(rest) = file.get(at..).filter(|rest| HEAD <= rest.len()) {
        if let Some(frame) = open(rest, at as u64, salt) {
            scan.damaged += at as u64 - scan.end;
            at += HEAD + frame.len;
            scan.end = at as u64;
            scan.frames.push(frame);
        } else {
            at += 1;
            at += file[at..].windows(4).position(|it| it == MAGIC).unwrap_or(file.len() - at);
        }
    }
    scan
}

fn hash(frame: &[u8], salt: u64) -> u64 {
    xxh3_64_with_seed(&frame[HEAD..], xxh3_64_with_seed(&frame[..16], salt))
}
