//! Reading a segment: only the groups that can hold what is looked for, only the columns that are asked about, and
//! of the rest only the rows that are shown.
use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::FileExt,
    path::PathBuf,
    sync::Arc,
};

use arrow_array::{
    Array, ArrayRef, RecordBatch,
    cast::AsArray,
    types::{Int64Type, UInt32Type},
};
use bytes::Bytes;
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{
            ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
            ParquetRecordBatchReaderBuilder, RowSelection,
        },
    },
    errors::Result as ParquetResult,
    file::{
        metadata::{PageIndexPolicy, RowGroupMetaData},
        reader::{ChunkReader, Length},
        statistics::Statistics,
    },
};

use crate::activity::{
    Kept,
    columns::{self, codes, words},
    distinct,
    error::{ActivityError, At, damaged},
    filter::is_of_site,
    key::Cursor,
    segment::{Segment, TALLY},
    tally::Tally,
    wanted::Wanted,
};

#[derive(Debug)]
pub(crate) struct Opened {
    file: Shared,
    metadata: ArrowReaderMetadata,
    path: PathBuf,
    number: u64,
}

/// A file that many read at once: each read says where.
#[derive(Debug, Clone)]
pub(crate) struct Shared(Arc<File>);

pub(crate) struct ReadFrom {
    file: Shared,
    at: u64,
}

impl Opened {
    /// `None`: it has been removed meanwhile.
    pub(crate) fn open(segment: &Segment) -> Result<Option<Opened>, ActivityError> {
        let path = segment.path.clone();
        let file = match File::open(&path) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => Shared(Arc::new(opened.at(&path)?)),
        };
        let options = ArrowReaderOptions::new().with_offset_index_policy(PageIndexPolicy::Optional);
        let metadata = ArrowReaderMetadata::load(&file, options).at(&path)?;
        Ok(Some(Opened { file, metadata, path, number: segment.name.number }))
    }

    pub(crate) fn tally(&self) -> Tally {
        let pairs = self.metadata.metadata().file_metadata().key_value_metadata();
        let text = pairs.into_iter().flatten().find(|it| it.key == TALLY).and_then(|it| it.value.as_deref());
        Tally::read(text.unwrap_or_default())
    }

    /// First and last time in each group.
    pub(crate) fn groups(&self) -> Vec<(i64, i64)> {
        let groups = self.metadata.metadata().row_groups();
        groups.iter().map(|group| times(group).unwrap_or((i64::MIN, i64::MAX))).collect()
    }

    pub(crate) fn rows_in(&self, group: usize) -> usize {
        usize::try_from(self.metadata.metadata().row_group(group).num_rows()).unwrap_or(0)
    }

    /// The newest `limit` rows of a group that are wanted, oldest first.
    pub(crate) fn newest(
        &self,
        group: usize,
        wanted: &Wanted<'_>,
        limit: usize,
    ) -> Result<Vec<Kept>, ActivityError> {
        let Some(asked) = self.columns_asked(group, wanted) else { return Ok(vec![]) };
        if self.holds_none(group, wanted) {
            return Ok(vec![]);
        }
        let all = self.rows_in(group);
        let places = if asked.is_empty() {
            (all.saturating_sub(limit)..all).collect()
        } else {
            let mut places = self.places(group, wanted, &asked)?;
            places.drain(..places.len().saturating_sub(limit));
            places
        };
        self.read(group, &places)
    }

    /// The row of this number, if it is in this segment.
    pub(crate) fn find(&self, key: Cursor) -> Result<Option<Kept>, ActivityError> {
        for (group, (min, max)) in self.groups().into_iter().enumerate() {
            if key.at < min || max < key.at {
                continue;
            }
            let mut start = 0;
            for batch in self.batches(group, &["at", "row"], None)? {
                let batch = batch.map_err(|err| damaged(&self.path, &err.to_string()))?;
                let place = (0..batch.num_rows()).find(|i| self.key(&batch, *i) == Some(key));
                if let Some(place) = place {
                    return Ok(self.read(group, &[start + place])?.pop());
                }
                start += batch.num_rows();
            }
        }
        Ok(None)
    }

    /// Which columns must be looked at to tell wanted rows from others. `None`: no row of the group is wanted.
    fn columns_asked(&self, group: usize, wanted: &Wanted<'_>) -> Option<Vec<&'static str>> {
        let metadata = self.metadata.metadata().row_group(group);
        let filter = wanted.filter;
        let mut asked = Vec::new();
        let (min, max) = times(metadata).unwrap_or((i64::MIN, i64::MAX));
        if !wanted.takes_all_between(min, max) {
            asked.extend(["at", "row"]);
        }
        let school = filter.school.as_u128().to_be_bytes();
        match bounds(metadata, "school") {
            Some((min, max)) if school[..] < *min || *max < school[..] => return None,
            Some((min, max)) if min == max => {}
            _ => asked.push("school"),
        }
        if filter.person.is_some() {
            asked.push("person");
        }
        if filter.site.is_some() {
            asked.push("host");
        }
        if filter.outcome.is_some() {
            asked.push("outcome");
        }
        if filter.category.is_some() {
            asked.extend(["categories", "category"]);
        }
        if filter.searches {
            asked.push("search");
        }
        Some(asked)
    }

    /// Whether the distinct values alone, which lie before the rows, tell that nothing in the group is wanted.
    fn holds_none(&self, group: usize, wanted: &Wanted<'_>) -> bool {
        let holds = |column, passes: &dyn Fn(&[u8]) -> bool| {
            distinct::any(&self.file, self.metadata.metadata().row_group(group), column, passes)
        };
        let filter = wanted.filter;
        let person = filter.person.map(|it| it.as_u128().to_be_bytes());
        let is_person = |it: &[u8]| person.is_some_and(|person| it == person);
        let is_site = |it: &[u8]| {
            let (host, site) = (std::str::from_utf8(it), filter.site.as_deref());
            host.is_ok_and(|host| site.is_some_and(|site| is_of_site(host, site)))
        };
        person.is_some() && holds("person", &is_person) == Some(false)
            || filter.site.is_some() && holds("host", &is_site) == Some(false)
    }

    /// Where in the group the wanted rows are.
    fn places(
        &self,
        group: usize,
        wanted: &Wanted<'_>,
        asked: &[&'static str],
    ) -> Result<Vec<usize>, ActivityError> {
        let mut places = Vec::new();
        let mut start = 0;
        for batch in self.batches(group, asked, None)? {
            let batch = batch.map_err(|err| damaged(&self.path, &err.to_string()))?;
            let mask =
                self.mask(&batch, wanted).ok_or_else(|| damaged(&self.path, "a column does not read"))?;
            places.extend(mask.iter().enumerate().filter(|(_, wanted)| **wanted).map(|(i, _)| start + i));
            start += batch.num_rows();
        }
        Ok(places)
    }

    fn mask(&self, batch: &RecordBatch, wanted: &Wanted<'_>) -> Option<Vec<bool>> {
        let filter = wanted.filter;
        let mut mask = vec![true; batch.num_rows()];
        if batch.column_by_name("at").is_some() {
            for (i, it) in mask.iter_mut().enumerate() {
                *it = wanted.takes(self.key(batch, i)?);
            }
        }
        let same_id = |id: u128| move |it: &[u8]| it == id.to_be_bytes();
        if let Some(column) = batch.column_by_name("school") {
            keep_codes(&mut mask, column, same_id(filter.school.as_u128()))?;
        }
        if let (Some(column), Some(person)) = (batch.column_by_name("person"), filter.person) {
            keep_codes(&mut mask, column, same_id(person.as_u128()))?;
        }
        if let (Some(column), Some(site)) = (batch.column_by_name("host"), &filter.site) {
            keep(&mut mask, &is_word(column, |it| is_of_site(it, site))?);
        }
        if let (Some(column), Some(outcome)) = (batch.column_by_name("outcome"), filter.outcome) {
            let code = school::Choice::code(outcome);
            keep(&mut mask, &is_word(column, |it| it == code)?);
        }
        if let (Some(all), Some(decided), Some(category)) =
            (batch.column_by_name("categories"), batch.column_by_name("category"), filter.category)
        {
            let code = school::Choice::code(category);
            let mut either = is_word(all, |it| it.split(' ').any(|it| it == code))?;
            let decided = is_word(decided, |it| it == code)?;
            either.iter_mut().zip(decided).for_each(|(either, decided)| *either |= decided);
            keep(&mut mask, &either);
        }
        if let Some(column) = batch.column_by_name("search") {
            mask.iter_mut().enumerate().for_each(|(i, it)| *it &= column.is_valid(i));
        }
        Some(mask)
    }

    /// All columns of the rows at `places`, which are in order.
    fn read(&self, group: usize, places: &[usize]) -> Result<Vec<Kept>, ActivityError> {
        let mut rows = Vec::with_capacity(places.len());
        if places.is_empty() {
            return Ok(rows);
        }
        let ranges = places.chunk_by(|a, b| a + 1 == *b).map(|run| run[0]..run[0] + run.len());
        let selection = RowSelection::from_consecutive_ranges(ranges, self.rows_in(group));
        for batch in self.batches(group, &[], Some(selection))? {
            let batch = batch.map_err(|err| damaged(&self.path, &err.to_string()))?;
            for i in 0..batch.num_rows() {
                let read = columns::read(&batch, i);
                let (row, seen) = read.ok_or_else(|| damaged(&self.path, "a row does not read"))?;
                let key = Cursor { at: seen.at.as_microsecond(), journal: self.number, row };
                rows.push(Kept { key, seen });
            }
        }
        Ok(rows)
    }

    /// Without names: all columns.
    fn batches(
        &self,
        group: usize,
        names: &[&str],
        selection: Option<RowSelection>,
    ) -> Result<ParquetRecordBatchReader, ActivityError> {
        let mut builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.clone(), self.metadata.clone())
                .with_row_groups(vec![group])
                .with_batch_size(self.rows_in(group).max(1));
        if !names.is_empty() {
            let mask = ProjectionMask::columns(self.metadata.parquet_schema(), names.iter().copied());
            builder = builder.with_projection(mask);
        }
        if let Some(selection) = selection {
            builder = builder.with_row_selection(selection);
        }
        builder.build().at(&self.path)
    }

    fn key(&self, batch: &RecordBatch, i: usize) -> Option<Cursor> {
        let at = batch.column_by_name("at")?.as_primitive_opt::<Int64Type>()?.value(i);
        let row = batch.column_by_name("row")?.as_primitive_opt::<UInt32Type>()?.value(i);
        Some(Cursor { at, journal: self.number, row })
    }
}

fn keep(mask: &mut [bool], also: &[bool]) {
    mask.iter_mut().zip(also).for_each(|(it, also)| *it &= also);
}

/// For each row, whether its word passes; each distinct word is looked at once.
fn is_word(column: &ArrayRef, passes: impl Fn(&str) -> bool) -> Option<Vec<bool>> {
    let (dictionary, values) = words(column)?;
    let passing: Vec<bool> = (0..values.len()).map(|i| passes(values.value(i))).collect();
    Some((0..dictionary.len()).map(|i| dictionary.key(i).is_some_and(|key| passing[key])).collect())
}

fn keep_codes(mask: &mut [bool], column: &ArrayRef, passes: impl Fn(&[u8]) -> bool) -> Option<()> {
    let (dictionary, values) = codes(column)?;
    let passing: Vec<bool> = (0..values.len()).map(|i| passes(values.value(i))).collect();
    for (i, it) in mask.iter_mut().enumerate() {
        *it &= dictionary.key(i).is_some_and(|key| passing[key]);
    }
    Some(())
}

fn times(group: &RowGroupMetaData) -> Option<(i64, i64)> {
    let column = group.columns().iter().find(|it| it.column_path().string() == "at")?;
    match column.statistics()? {
        Statistics::Int64(it) => Some((*it.min_opt()?, *it.max_opt()?)),
        _ => None,
    }
}

/// The least and the greatest value of a column of ids, where both are known exactly.
fn bounds<'a>(group: &'a RowGroupMetaData, name: &str) -> Option<(&'a [u8], &'a [u8])> {
    let column = group.columns().iter().find(|it| it.column_path().string() == name)?;
    let statistics = column.statistics()?;
    let exact = statistics.min_is_exact() && statistics.max_is_exact();
    Some((statistics.min_bytes_opt()?, statistics.max_bytes_opt()?)).filter(|_| exact)
}

impl Length for Shared {
    fn len(&self) -> u64 {
        self.0.metadata().map_or(0, |it| it.len())
    }
}
impl ChunkReader for Shared {
    type T = ReadFrom;
    fn get_read(&self, start: u64) -> ParquetResult<ReadFrom> {
        Ok(ReadFrom { file: self.clone(), at: start })
    }
    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let mut bytes = vec![0; length];
        self.0.read_exact_at(&mut bytes, start)?;
        Ok(bytes.into())
    }
}
impl Read for ReadFrom {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.0.read_at(into, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
