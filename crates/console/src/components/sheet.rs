//! Spreadsheets: every cell defused and in quotes, since what stands in it may have been typed by anyone.
use school::defused;

use crate::failure::Failure;

/// The whole of one.
pub(crate) fn csv<const N: usize>(
    headings: &[&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<Vec<u8>, Failure> {
    piece(Some(headings), rows).ok_or(Failure::Broken("a spreadsheet could not be written"))
}

/// Some lines of one, the first of which may be its headings. `None`: memory could not be written to.
pub(crate) fn piece<const N: usize>(
    headings: Option<&[&str; N]>,
    rows: impl IntoIterator<Item = [String; N]>,
) -> Option<Vec<u8>> {
    let mut out = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    if let Some(headings) = headings {
        out.write_record(headings).ok()?;
    }
    for row in rows {
        out.write_record(row.each_ref().map(|it| defused(it).into_owned())).ok()?;
    }
    out.into_inner().ok()
}
