//! From bytes to letters: UTF-8, UTF-16 and what Windows called ANSI.
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::problems::{Problem, Problems};

/// The text of a table, with its line ends as `\n` or `\r\n`. Letters that could not be read are U+FFFD.
pub(super) fn decode(file: &str, bytes: &[u8], problems: &mut Problems) -> Option<String> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) if encoding == UTF_8 => utf8(file, &bytes[mark..], problems)?,
        Some((encoding, mark)) => utf16(file, encoding, &bytes[mark..], problems)?,
        None => match bytes {
            // A heading is plain letters, so a zero beside the first one is the other half of it.
            [first, 0, ..] if *first != 0 => utf16(file, UTF_16LE, bytes, problems)?,
            [0, second, ..] if *second != 0 => utf16(file, UTF_16BE, bytes, problems)?,
            _ => utf8(file, bytes, problems)?,
        },
    };
    if text.contains('\0') {
        problems.push(Problem::fatal(file, "is not text: export it as CSV, not as a workbook"));
        return None;
    }
    // The line ends of old Macs.
    if !text.contains('\n') && text.contains('\r') {
        return Some(text.replace('\r', "\n"));
    }
    Some(text)
}

fn utf16(file: &str, encoding: &'static Encoding, bytes: &[u8], problems: &mut Problems) -> Option<String> {
    if !bytes.len().is_multiple_of(2) {
        problems.push(Problem::fatal(file, "was cut off in the middle of a letter: export it again"));
        return None;
    }
    Some(encoding.decode_without_bom_handling(bytes).0.into_owned())
}

fn utf8(file: &str, bytes: &[u8], problems: &mut Problems) -> Option<String> {
    let fault = match std::str::from_utf8(bytes) {
        Ok(text) => return Some(text.to_owned()),
        Err(fault) => fault,
    };
    let (before, after) = bytes.split_at(fault.valid_up_to());
    if fault.error_len().is_none() && !before.is_ascii() {
        problems.push(Problem::fatal(file, "was cut off in the middle of a letter: export it again"));
        return None;
    }
    // Letters beyond ASCII that are right as UTF-8 are hardly ever so by chance.
    let right = String::from_utf8_lossy(bytes);
    let wrong = right.matches('\u{fffd}').count();
    let well = right.chars().filter(|it| !it.is_ascii()).count().saturating_sub(wrong);
    if well > wrong {
        return Some(right.into_owned());
    }
    let words = "is not UTF-8 and was read as Windows-1252; if names look wrong, export it as UTF-8";
    let line = u64::try_from(memchr::memchr_iter(b'\n', before).count()).unwrap_or(0) + 1;
    debug_assert!(!after.is_empty(), "a fault has a place");
    problems.push(Problem::note(file, words).at(line));
    Some(WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned())
}
