//! A journal that is done becomes a segment: a Parquet file sorted by time, with its counts in its own metadata.
use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use jiff::civil::Date;
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, Encoding, ZstdLevel},
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties},
    },
    schema::types::ColumnPath,
};

use crate::activity::{
    codec,
    columns::{self, Columns},
    error::{ActivityError, At, damaged},
    folder::{self, Name},
    journal::{self, Journal},
    tally::Tally,
};

pub(crate) const TALLY: &str = "schoolgate.counts";
/// A search reads whole groups of the columns that it filters by.
const GROUP_ROWS: usize = 65_536;
/// What is shown is read by the page.
const PAGE_ROWS: usize = 4_096;
const BATCH_ROWS: usize = 8_192;
const ZSTD: i32 = 3;

#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) path: PathBuf,
    pub(crate) name: Name,
    pub(crate) day: Date,
    /// Read once, when first asked for.
    pub(crate) tally: OnceLock<Arc<Tally>>,
}

impl Segment {
    pub(crate) fn new(dir: &Path, day: Date, name: Name) -> Segment {
        let path = folder::day(dir, day).join(name.file_name());
        Segment { path, name, day, tally: OnceLock::new() }
    }
}

/// Writes the rows of a journal as a segment. It is there whole, on the disk, or not at all; the journal is left as
/// it is. `None`: the journal is empty.
pub(crate) fn write(dir: &Path, journal: &Journal) -> Result<Option<Segment>, ActivityError> {
    let Sorted { bytes, order } = sorted(journal)?;
    let (Some(first), Some(last)) = (order.first(), order.last()) else { return Ok(None) };
    let rows = u32::try_from(order.len()).unwrap_or(u32::MAX);
    let name = Name { number: journal.number, min: first.0, max: last.0, rows };
    let segment = Segment::new(dir, journal.day, name);
    let folder = folder::day(dir, journal.day);
    folder::make(&folder)?;
    folder::sync(dir)?;
    let part = segment.path.with_extension("part");
    let written = write_part(&part, journal, &bytes, &order);
    if written.is_err() {
        fs::remove_file(&part).ok();
    }
    written?;
    fs::rename(&part, &segment.path).at(&segment.path)?;
    folder::sync(&folder)?;
    Ok(Some(segment))
}

/// Time, row number, where its bytes start, how many they are.
type Place = (i64, u32, usize, usize);

/// The bytes of a journal, and where its rows are, by time.
struct Sorted {
    bytes: Vec<u8>,
    order: Vec<Place>,
}

fn sorted(journal: &Journal) -> Result<Sorted, ActivityError> {
    let mut bytes = Vec::new();
    let mut order: Vec<Place> = Vec::new();
    for frame in &journal.frames {
        let payload = journal::payload(&journal.file, frame).at(&journal.path)?;
        let base = bytes.len();
        for (row, row_bytes) in journal::rows(frame, &payload) {
            let at = row_bytes.first_chunk().map(|it| i64::from_le_bytes(*it));
            let at = at.ok_or_else(|| damaged(&journal.path, "a row does not read"))?;
            let start = row_bytes.as_ptr().addr() - payload.as_ptr().addr();
            order.push((at, row, base + start, row_bytes.len()));
        }
        bytes.extend_from_slice(&payload);
    }
    order.sort_unstable_by_key(|it| (it.0, it.1));
    Ok(Sorted { bytes, order })
}

fn write_part(part: &Path, journal: &Journal, bytes: &[u8], order: &[Place]) -> Result<(), ActivityError> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(part).at(part)?;
    let mut writer = ArrowWriter::try_new(file, columns::schema(), Some(properties())).at(part)?;
    let mut columns = Columns::default();
    for chunk in order.chunks(BATCH_ROWS) {
        for (_, row, start, len) in chunk {
            let seen = codec::take(&bytes[*start..*start + *len]);
            columns.add(*row, &seen.ok_or_else(|| damaged(&journal.path, "a row does not read"))?);
        }
        let batch = columns.finish().map_err(|err| damaged(part, &err.to_string()))?;
        writer.write(&batch).at(part)?;
    }
    writer.append_key_value_metadata(KeyValue::new(TALLY.to_owned(), journal.tally.write()));
    let mut file: File = writer.into_inner().at(part)?;
    file.flush().at(part)?;
    file.sync_all().at(part)
}

fn properties() -> WriterProperties {
    let numbers = ["at", "row", "bytes_in", "bytes_out", "took"];
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD).unwrap_or_default()))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by("schoolgate".to_owned())
        .set_column_dictionary_enabled(ColumnPath::from("path"), false)
        .set_column_dictionary_enabled(ColumnPath::from("search"), false);
    for name in numbers {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(name), false);
    }
    for name in ["at", "row"] {
        properties = properties.set_column_encoding(ColumnPath::from(name), Encoding::DELTA_BINARY_PACKED);
    }
    properties.build()
}
