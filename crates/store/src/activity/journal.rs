//! One journal: a file that rows are added to until it becomes a segment.
use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date};

use crate::{
    activity::{
        Recovered, codec,
        error::{ActivityError, At, damaged},
        folder,
        frame::{self, Batch, Frame},
        room::Room,
        tally::Tally,
    },
    by::fresh_id,
};

/// Magic, number, day, salt, and a hash of these.
const HEAD: usize = 40;
const MAGIC: [u8; 8] = *b"SGJRNL01";

#[derive(Debug)]
pub(crate) struct Journal {
    pub(crate) file: Arc<File>,
    pub(crate) path: PathBuf,
    pub(crate) number: u64,
    /// The school's day on which it was begun, and under which its segment will be kept.
    pub(crate) day: Date,
    salt: u64,
    /// Where the next frame goes.
    pub(crate) end: u64,
    pub(crate) rows: u32,
    pub(crate) frames: Vec<Frame>,
    pub(crate) tally: Tally,
    /// Part of a write that failed may stand after `end`.
    overhang: bool,
}

impl Journal {
    pub(crate) fn create(
        dir: &Path,
        number: u64,
        day: Date,
        now: Timestamp,
    ) -> Result<Journal, ActivityError> {
        let path = folder::journal(dir, number);
        let salt = u64::try_from(fresh_id::<()>(now).as_u128() & u128::from(u64::MAX)).unwrap_or(0);
        let mut head = [0; HEAD];
        head[..8].copy_from_slice(&MAGIC);
        head[8..16].copy_from_slice(&number.to_le_bytes());
        head[16..24].copy_from_slice(&day_number(day).to_le_bytes());
        head[24..32].copy_from_slice(&salt.to_le_bytes());
        let hash = xxhash_rust::xxh3::xxh3_64(&head[..32]);
        head[32..].copy_from_slice(&hash.to_le_bytes());
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .at(&path)?;
        file.write_all_at(&head, 0).at(&path)?;
        file.sync_all().at(&path)?;
        folder::sync(&folder::journals(dir))?;
        let end = HEAD as u64;
        Ok(Journal {
            file: Arc::new(file),
            path,
            number,
            day,
            salt,
            end,
            rows: 0,
            frames: Vec::new(),
            tally: Tally::default(),
            overhang: false,
        })
    }

    /// Reads what a stop or a crash left; cuts off a last write that is not whole. `None` when nothing can be read:
    /// a file without a head held no rows and is removed; one with rows after a damaged head is put aside.
    pub(crate) fn open(
        dir: &Path,
        number: u64,
        zone: &jiff::tz::TimeZone,
        recovered: &mut Recovered,
    ) -> Result<Option<Journal>, ActivityError> {
        let path = folder::journal(dir, number);
        let bytes = fs::read(&path).at(&path)?;
        let Some((day, salt)) = head(&bytes, number) else {
            if bytes.len() <= HEAD {
                recovered.cut_bytes += bytes.len() as u64;
                fs::remove_file(&path).at(&path)?;
            } else {
                recovered.damaged_bytes += bytes.len() as u64;
                fs::rename(&path, path.with_extension("damaged")).at(&path)?;
            }
            return Ok(None);
        };
        let scan = frame::scan(&bytes, HEAD, salt);
        let file = OpenOptions::new().read(true).write(true).open(&path).at(&path)?;
        recovered.damaged_bytes += scan.damaged;
        let tail = bytes.len() as u64 - scan.end;
        if tail != 0 {
            recovered.cut_bytes += tail;
            file.set_len(scan.end).at(&path)?;
            file.sync_all().at(&path)?;
        }
        let mut journal = Journal {
            file: Arc::new(file),
            path,
            number,
            day,
            salt,
            end: scan.end,
            rows: scan.frames.last().map_or(0, |it| it.first.saturating_add(it.rows)),
            frames: scan.frames,
            tally: Tally::default(),
            overhang: false,
        };
        journal.count(&bytes, zone)?;
        recovered.rows += journal.frames.iter().map(|it| u64::from(it.rows)).sum::<u64>();
        Ok(Some(journal))
    }

    /// All of the batch or, with an error, none of it.
    pub(crate) fn write(&mut self, batch: &mut Batch, room: &Room) -> Result<(), ActivityError> {
        if self.overhang {
            self.file.set_len(self.end).at(&self.path)?;
            self.overhang = false;
        }
        let bytes = batch.seal(self.rows, self.salt);
        let (end, len) = (self.end, bytes.len() as u64);
        if let Err(err) = room.write_all_at(&self.file, bytes, end) {
            self.overhang = self.file.set_len(end).is_err();
            return Err(err).at(&self.path);
        }
        self.frames.extend(batch.frames_at(end, self.rows));
        self.end += len;
        self.rows += batch.rows();
        Ok(())
    }

    fn count(&mut self, bytes: &[u8], zone: &jiff::tz::TimeZone) -> Result<(), ActivityError> {
        for frame in &self.frames {
            let start = usize::try_from(frame.offset).unwrap_or(usize::MAX) + frame::HEAD;
            let mut rest = &bytes[start..start + frame.len];
            while let Some((_, row)) = codec::skip(&mut rest) {
                let seen = codec::take(row).ok_or_else(|| damaged(&self.path, "a row does not read"))?;
                self.tally.add(&seen, zone);
            }
        }
        Ok(())
    }
}

/// The rows of one frame, with their numbers.
pub(crate) fn rows<'a>(frame: &Frame, payload: &'a [u8]) -> impl Iterator<Item = (u32, &'a [u8])> {
    let mut rest = payload;
    let mut number = frame.first;
    std::iter::from_fn(move || {
        let (_, row) = codec::skip(&mut rest)?;
        let this = number;
        number = number.saturating_add(1);
        Some((this, row))
    })
}

/// What stands in a frame, read from the file.
pub(crate) fn payload(file: &File, frame: &Frame) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; frame.len];
    file.read_exact_at(&mut bytes, frame.offset + frame::HEAD as u64)?;
    Ok(bytes)
}

fn head(bytes: &[u8], number: u64) -> Option<(Date, u64)> {
    let head: &[u8; HEAD] = bytes.first_chunk()?;
    let word = |at: usize| head[at..].first_chunk().map(|it| u64::from_le_bytes(*it));
    let whole = head[..8] == MAGIC
        && word(8) == Some(number)
        && word(32) == Some(xxhash_rust::xxh3::xxh3_64(&head[..32]));
    let day = Date::constant(1970, 1, 1);
    let day = day.checked_add(jiff::Span::new().try_days(word(16)?.cast_signed()).ok()?).ok()?;
    whole.then_some((day, word(24)?))
}

fn day_number(day: Date) -> i64 {
    let since = day.since(Date::constant(1970, 1, 1));
    since.map_or(0, |span| i64::from(span.get_days()))
}
