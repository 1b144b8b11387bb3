//! One table: headings, and rows with their lines.
use std::{collections::HashSet, sync::Arc};

use csv::StringRecord;
use jiff::civil::Date;

use super::{
    Mode, Place, Status,
    date::{self, Order},
    problems::{Problem, Problems, shown},
    text,
};

/// Bytes of one row. Long notes fit; a file without line ends does not.
const LONGEST_ROW: usize = 64 << 10;
/// Rows of one table.
const MOST_ROWS: usize = 2_000_000;
const MOST_COLUMNS: usize = 500;

pub(super) struct Sheet {
    pub(super) file: Arc<str>,
    headings: Vec<String>,
    rows: Vec<(u64, StringRecord)>,
    /// Rows with too many or too few fields, or with letters that are none.
    refused: Vec<StringRecord>,
}

/// One row, whose fields are known by their column.
pub(super) struct Row<'a> {
    file: &'a Arc<str>,
    pub(super) line: u64,
    fields: &'a StringRecord,
}

/// A column of dates and what they are like.
#[derive(Clone, Copy)]
pub(super) struct Dates<'a> {
    heading: &'a str,
    at: Option<usize>,
    order: Order,
}

impl Sheet {
    /// Reads a table whole. `None` when it cannot be used; the reason is among the problems.
    pub(super) fn read(file: &str, bytes: &[u8], problems: &mut Problems) -> Option<Sheet> {
        let text = text::decode(file, bytes, problems)?;
        let delimiter = whole(file, &text, problems)?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
        let mut sheet =
            Sheet { file: file.into(), headings: Vec::new(), rows: Vec::new(), refused: Vec::new() };
        for record in reader.records() {
            // Text was decoded, and rows may have any length: nothing else can go wrong in memory.
            let Ok(record) = record else { continue };
            let line = lines.of(record.position().map_or(0, csv::Position::byte));
            if sheet.headings.is_empty() {
                sheet.headings = record.iter().map(|it| it.trim().to_owned()).collect();
                if sheet.headings.len() > MOST_COLUMNS {
                    problems
                        .push(Problem::fatal(file, "has more columns than a roster can: export it again"));
                    return None;
                }
                sheet.complain_of_twins(problems)?;
            } else if record.iter().all(|it| it.trim().is_empty()) {
                continue;
            } else if sheet.takes(&record, line, problems) {
                sheet.rows.push((line, record));
            } else {
                sheet.refused.push(record);
            }
            if sheet.rows.len() + sheet.refused.len() > MOST_ROWS {
                let words = format!("has more than {MOST_ROWS} rows: hand over one school year only");
                problems.push(Problem::fatal(file, words));
                return None;
            }
        }
        if sheet.headings.is_empty() {
            problems.push(Problem::fatal(file, "is empty: it must at least have its headings"));
            return None;
        }
        // A file that ends inside a row has lost what came after it, too.
        let last = reader.position().record();
        if !text.ends_with('\n') && last > 1 {
            let tail = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter)
                .from_reader(&text.as_bytes()[lines.at..])
                .into_records()
                .next();
            let fields = tail.and_then(Result::ok).map_or(0, |it| it.len());
            if fields < sheet.headings.len() {
                let words = "the file ends in the middle of this row, so it was cut off: export it again";
                problems.push(Problem::fatal(file, words).at(lines.line));
                return None;
            }
        }
        Some(sheet)
    }

    fn complain_of_twins(&self, problems: &mut Problems) -> Option<()> {
        for (at, heading) in self.headings.iter().enumerate() {
            if !heading.is_empty() && self.headings[..at].iter().any(|it| it.eq_ignore_ascii_case(heading)) {
                let words = "stands twice among the headings: leave one of them out";
                problems.push(Problem::fatal(&self.file, words).at(1).field(heading));
                return None;
            }
        }
        Some(())
    }

    /// Whether a row has the fields that the headings name.
    fn takes(&self, record: &StringRecord, line: u64, problems: &mut Problems) -> bool {
        let want = self.headings.len();
        if record.len() < want || record.iter().skip(want).any(|it| !it.trim().is_empty()) {
            let words = format!(
                "has {} fields, and the headings are {want}: look for a missing comma, or one that is not in quotes",
                record.len()
            );
            problems.push(Problem::row(&self.file, line, words));
            return false;
        }
        if record.iter().any(|it| it.contains('\u{fffd}')) {
            let words = "has a letter that cannot be read: export the file as UTF-8";
            problems.push(Problem::row(&self.file, line, words));
            return false;
        }
        true
    }

    pub(super) fn headings(&self) -> impl Iterator<Item = &str> {
        self.headings.iter().map(String::as_str)
    }

    pub(super) fn column(&self, heading: &str) -> Option<usize> {
        self.headings.iter().position(|it| it.eq_ignore_ascii_case(heading))
    }

    /// A column without which the table cannot be used.
    pub(super) fn required(&self, heading: &str, problems: &mut Problems) -> Option<usize> {
        let found = self.column(heading);
        if found.is_none() {
            let words = "this column is missing: export the table with it";
            problems.push(Problem::fatal(&self.file, words).at(1).field(heading));
        }
        found
    }

    /// A column of dates; the whole of it says whether days come first.
    pub(super) fn dates<'a>(&self, heading: &'a str) -> Dates<'a> {
        self.dates_at(heading, self.column(heading), Order::default())
    }

    pub(super) fn dates_at<'a>(&self, heading: &'a str, at: Option<usize>, known: Order) -> Dates<'a> {
        let mut order = known;
        if let Some(at) = at {
            for (_, fields) in &self.rows {
                order.learn(fields.get(at).unwrap_or_default());
            }
        }
        Dates { heading, at, order }
    }

    /// Says once which columns nobody reads.
    pub(super) fn complain_of_unknown(&self, known: &[&str], problems: &mut Problems) {
        let unknown: Vec<String> = self
            .headings()
            .filter(|it| !it.is_empty() && !known.iter().any(|known| known.eq_ignore_ascii_case(it)))
            .filter(|it| !it.get(..9).is_some_and(|it| it.eq_ignore_ascii_case("metadata.")))
            .map(shown)
            .collect();
        if !unknown.is_empty() {
            let words = format!("these columns are not known and were not read: {}", unknown.join(", "));
            problems.push(Problem::note(&self.file, words).at(1));
        }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(line, fields)| Row { file: &self.file, line: *line, fields })
    }

    /// Who stands in this column of any row but is not among `taken`.
    pub(super) fn held<'a>(&self, id: usize, taken: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut seen: HashSet<&str> = taken.into_iter().collect();
        let rows = self.rows.iter().map(|(_, fields)| fields).chain(&self.refused);
        let mut held = Vec::new();
        for id in rows.filter_map(|it| it.get(id)).map(str::trim) {
            if !id.is_empty() && seen.insert(id) {
                held.push(id.to_owned());
            }
        }
        held
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}

impl<'a> Row<'a> {
    /// What stands in a column; nothing where there is no such column.
    pub(super) fn get(&self, at: Option<usize>) -> &'a str {
        at.and_then(|at| self.fields.get(at)).unwrap_or_default().trim()
    }

    pub(super) fn some(&self, at: Option<usize>) -> Option<String> {
        Some(self.get(at)).filter(|it| !it.is_empty()).map(str::to_owned)
    }

    /// What stands in a column that may not be empty.
    pub(super) fn filled(&self, at: Option<usize>, heading: &str, problems: &mut Problems) -> Option<String> {
        let found = self.some(at);
        if found.is_none() {
            self.refuse(heading, "is empty: fill it in", problems);
        }
        found
    }

    pub(super) fn date(&self, dates: Dates<'_>, problems: &mut Problems) -> Result<Option<Date>, ()> {
        let value = self.get(dates.at);
        if value.is_empty() {
            return Ok(None);
        }
        match date::parse(value, dates.order) {
            Ok(date) => Ok(Some(date)),
            Err(fault) => {
                self.refuse(dates.heading, &format!("“{}” {fault}", shown(value)), problems);
                Err(())
            }
        }
    }

    /// `status` is empty in a whole roster, and says what to do in one of changes.
    pub(super) fn status(&self, at: Option<usize>, mode: Mode, problems: &mut Problems) -> Option<Status> {
        let value = self.get(at);
        if value.eq_ignore_ascii_case("tobedeleted") {
            return Some(Status::ToBeDeleted);
        }
        if value.eq_ignore_ascii_case("active") || (value.is_empty() && mode == Mode::Bulk) {
            return Some(Status::Active);
        }
        let words = if value.is_empty() {
            "is empty, and a roster of changes must say active or tobedeleted".to_owned()
        } else {
            format!("“{}” is not known: write active or tobedeleted", shown(value))
        };
        self.refuse("status", &words, problems);
        None
    }

    /// A list in one field: `a,b`, and as some write it `a;b`.
    pub(super) fn list(&self, at: Option<usize>) -> impl Iterator<Item = &'a str> {
        self.get(at).split([',', ';']).map(str::trim).filter(|it| !it.is_empty())
    }

    pub(super) fn refuse(&self, heading: &str, words: &str, problems: &mut Problems) {
        problems.push(Problem::row(self.file, self.line, words).field(heading));
    }

    pub(super) fn note(&self, heading: &str, words: &str, problems: &mut Problems) {
        problems.push(Problem::note(self.file, words).at(self.line).field(heading));
    }

    pub(super) fn place(&self) -> Place {
        Place { file: Arc::clone(self.file), line: self.line }
    }
}

/// Lines of places that only grow. The reader counts the blank ones before a row as part of it.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, byte: u64) -> u64 {
        let mut end = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        while self.text.get(end).is_some_and(|it| matches!(it, b'\r' | b'\n')) {
            end += 1;
        }
        let skipped = self.text.get(self.at..end).unwrap_or_default();
        let ends = memchr::memchr_iter(b'\n', skipped).count();
        self.line += u64::try_from(ends).unwrap_or(0);
        self.at = end.max(self.at);
        self.line
    }
}

/// Walks a text before it is read: every quote closes and no row is endless. Gives what parts its fields.
fn whole(file: &str, text: &str, problems: &mut Problems) -> Option<u8> {
    let head = text.lines().find(|it| !it.trim().is_empty()).unwrap_or_default();
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|sign| (head.bytes().filter(|it| it == sign).count(), *sign == b','))
        .unwrap_or(b',');

    let mut line = 1_u64;
    let mut row = (1_u64, 0_usize);
    let mut quote: Option<u64> = None;
    let mut fresh = true;
    for (at, byte) in text.bytes().enumerate() {
        if at - row.1 > LONGEST_ROW {
            let words = match quote {
                Some(_) => "a quote opens in this row and does not close: export the file again",
                None => "this row is longer than any row can be: export the file again",
            };
            problems.push(Problem::fatal(file, words).at(quote.unwrap_or(row.0)));
            return None;
        }
        if byte == b'\n' {
            line += 1;
        }
        match (quote, byte) {
            // A second quote right after opens again: that is how a quote inside quotes is written.
            (Some(_), b'"') => (quote, fresh) = (None, true),
            (Some(_), _) => {}
            (None, b'"') if fresh => (quote, fresh) = (Some(line), false),
            (None, b'\n' | b'\r') => (row, fresh) = ((line, at), true),
            (None, _) => fresh = byte == delimiter,
        }
    }
    if let Some(opened) = quote {
        let words = "a quote opens here and never closes, so the file was cut off: export it again";
        problems.push(Problem::fatal(file, words).at(opened));
        return None;
    }
    Some(delimiter)
}
