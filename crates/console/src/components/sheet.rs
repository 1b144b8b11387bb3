//! Spreadsheets: every cell defused, since what stands in it may have been typed by anyone.
use crate::{failure::Failure, pages::activity_export::defused};

pub(crate) fn csv<const N: usize>(
    headings: &[&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<Vec<u8>, Failure> {
    let broken = |_| Failure::Broken("a spreadsheet could not be written");
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(headings).map_err(broken)?;
    for row in rows {
        out.write_record(row.map(|it| defused(&it))).map_err(broken)?;
    }
    out.into_inner().map_err(|_| Failure::Broken("a spreadsheet could not be written"))
}
