use std::{fmt, str::FromStr};

use crate::Choice;

/// A year group in England: `N` (Nursery), `R` (Reception), `1` to `13`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Year(i8);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a year group: write N, R or 1 to 13")]
pub struct NotAYear;

/// The stages of the national curriculum, with the years that each covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyStage {
    /// Nursery and Reception.
    EarlyYears,
    /// Years 1 and 2.
    Ks1,
    /// Years 3 to 6.
    Ks2,
    /// Years 7 to 9.
    Ks3,
    /// Years 10 and 11.
    Ks4,
    /// Years 12 and 13.
    Ks5,
}

impl Year {
    pub const NURSERY: Year = Year(-1);
    pub const RECEPTION: Year = Year(0);

    /// `None` outside 1 to 13.
    pub const fn new(n: i8) -> Option<Year> {
        if n >= 1 && n <= 13 { Some(Year(n)) } else { None }
    }

    /// From Nursery to Year 13.
    pub fn all() -> impl Iterator<Item = Year> {
        (-1..=13).map(Year)
    }

    /// As said aloud: `Nursery`, `Year 7`.
    pub fn label(self) -> String {
        match self.0 {
            -1 => "Nursery".to_owned(),
            0 => "Reception".to_owned(),
            n => format!("Year {n}"),
        }
    }

    pub const fn key_stage(self) -> KeyStage {
        match self.0 {
            ..=0 => KeyStage::EarlyYears,
            1..=2 => KeyStage::Ks1,
            3..=6 => KeyStage::Ks2,
            7..=9 => KeyStage::Ks3,
            10..=11 => KeyStage::Ks4,
            12.. => KeyStage::Ks5,
        }
    }
}

impl FromStr for Year {
    type Err = NotAYear;
    fn from_str(s: &str) -> Result<Year, NotAYear> {
        match s.trim() {
            "N" | "n" => Ok(Year::NURSERY),
            "R" | "r" => Ok(Year::RECEPTION),
            digits if !digits.starts_with('+') => digits.parse().ok().and_then(Year::new).ok_or(NotAYear),
            _ => Err(NotAYear),
        }
    }
}
impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            -1 => f.write_str("N"),
            0 => f.write_str("R"),
            n => n.fmt(f),
        }
    }
}

impl Choice for KeyStage {
    const ALL: &'static [KeyStage] =
        &[KeyStage::EarlyYears, KeyStage::Ks1, KeyStage::Ks2, KeyStage::Ks3, KeyStage::Ks4, KeyStage::Ks5];
    fn code(self) -> &'static str {
        match self {
            KeyStage::EarlyYears => "eyfs",
            KeyStage::Ks1 => "ks1",
            KeyStage::Ks2 => "ks2",
            KeyStage::Ks3 => "ks3",
            KeyStage::Ks4 => "ks4",
            KeyStage::Ks5 => "ks5",
        }
    }
    fn label(self) -> &'static str {
        match self {
            KeyStage::EarlyYears => "Early years",
            KeyStage::Ks1 => "Key Stage 1",
            KeyStage::Ks2 => "Key Stage 2",
            KeyStage::Ks3 => "Key Stage 3",
            KeyStage::Ks4 => "Key Stage 4",
            KeyStage::Ks5 => "Key Stage 5",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_read_and_print_alike() {
        let check = |text: &str, stage: KeyStage| {
            let year: Year = text.parse().expect(text);
            assert_eq!(year.to_string(), text);
            assert_eq!(year.key_stage(), stage, "{text}");
        };
        check("N", KeyStage::EarlyYears);
        check("R", KeyStage::EarlyYears);
        check("2", KeyStage::Ks1);
        check("6", KeyStage::Ks2);
        check("7", KeyStage::Ks3);
        check("11", KeyStage::Ks4);
        check("13", KeyStage::Ks5);
        for text in ["", "0", "14", "-1", "+3", "Year 7", "٣"] {
            assert_eq!(text.parse::<Year>(), Err(NotAYear), "{text}");
        }
    }
}
