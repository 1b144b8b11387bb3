//! The distinct values of a column, which Parquet writes once for each group, before the rows: far fewer bytes than the
//! rows, and enough to tell that a group does not hold somebody.
use std::sync::Arc;

use parquet::{
    basic::{Encoding, PageType},
    column::page::{Page, PageReader as _},
    file::{
        metadata::{ColumnChunkMetaData, RowGroupMetaData},
        reader::ChunkReader,
        serialized_reader::SerializedPageReader,
    },
};

/// Whether any value of the column passes. `None`: that cannot be told without reading the rows.
pub(crate) fn any<R: ChunkReader + Clone + 'static>(
    file: &R,
    group: &RowGroupMetaData,
    column: &str,
    passes: impl Fn(&[u8]) -> bool,
) -> Option<bool> {
    let chunk = group.columns().iter().find(|it| it.column_path().string() == column)?;
    if !is_all_in_dictionary(chunk) {
        return None;
    }
    let rows = usize::try_from(group.num_rows()).ok()?;
    let mut pages = SerializedPageReader::new(Arc::new(file.clone()), chunk, rows, None).ok()?;
    let Ok(Some(Page::DictionaryPage { buf, num_values, encoding: Encoding::PLAIN, .. })) =
        pages.get_next_page()
    else {
        return None;
    };
    let mut rest = &buf[..];
    for _ in 0..num_values {
        let (length, after) = rest.split_first_chunk()?;
        let (value, after) = after.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
        if passes(value) {
            return Some(true);
        }
        rest = after;
    }
    Some(false)
}

/// A dictionary that grew too large is given up half way: the values after that stand among the rows.
fn is_all_in_dictionary(chunk: &ColumnChunkMetaData) -> bool {
    let is_dictionary = |it| matches!(it, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY);
    if let Some(mask) = chunk.page_encoding_stats_mask() {
        return mask.encodings().all(is_dictionary);
    }
    let Some(pages) = chunk.page_encoding_stats() else { return false };
    let is_data = |it: PageType| matches!(it, PageType::DATA_PAGE | PageType::DATA_PAGE_V2);
    pages.iter().filter(|it| is_data(it.page_type)).all(|it| is_dictionary(it.encoding))
}
