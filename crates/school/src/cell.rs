//! A cell of a spreadsheet that somebody will open.
use std::borrow::Cow;

/// What a spreadsheet would run as a formula becomes plain text, by an apostrophe before it (OWASP, CSV injection): pupils
/// choose what they search for, and names come from outside. Neither blanks nor quotes before it hide it, nor the wide form
/// of a sign, nor a sign at which some spreadsheets split columns. Write every cell in quotes as well.
pub fn defused(cell: &str) -> Cow<'_, str> {
    const SIGNS: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    if !cell.contains(SIGNS) {
        return Cow::Borrowed(cell);
    }
    let mut safe = String::with_capacity(cell.len() + 1);
    // Whether a cell begins here, for one spreadsheet or another.
    let mut begins = true;
    for c in cell.chars() {
        if begins && SIGNS.contains(&c) {
            safe.push('\'');
        }
        begins = matches!(c, ';' | '\t' | '\r' | '\n') || begins && (c.is_whitespace() || c == '"');
        safe.push(c);
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::defused;

    #[test]
    fn formulas_are_defused() {
        let check = |cell: &str, expected: &str| assert_eq!(defused(cell), expected);
        check("=HYPERLINK(\"http://evil.test\")", "'=HYPERLINK(\"http://evil.test\")");
        check("+1", "'+1");
        check("-1+2", "'-1+2");
        check("@SUM(A1)", "'@SUM(A1)");
        check("\t=1", "\t'=1");
        check(" =1", " '=1");
        check("\"=1", "\"'=1");
        check("\u{a0}\u{ff1d}1", "\u{a0}'\u{ff1d}1");
        check("a;=cmd", "a;'=cmd");
        check("a; =cmd\n-2", "a; '=cmd\n'-2");
        check("how do volcanoes form", "how do volcanoes form");
        check("1 = 1", "1 = 1");
        check("", "");
    }
}
