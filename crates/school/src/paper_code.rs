use std::{fmt, str::FromStr};

/// 80 bits of chance as people copy them from paper: 16 letters and digits that nobody takes for each other
/// (Crockford's base 32), shown in fours.
#[derive(Clone, PartialEq, Eq)]
pub struct PaperCode([u8; 16]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no code from paper: it has 16 letters and digits")]
pub struct NotAPaperCode;

const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl PaperCode {
    pub fn of_chance(chance: [u8; 10]) -> PaperCode {
        let bits = chance.iter().fold(0_u128, |all, byte| all << 8 | u128::from(*byte));
        let mut letters = [0; 16];
        for (n, letter) in letters.iter_mut().enumerate() {
            *letter = LETTERS[(bits >> (5 * (15 - n)) & 31) as usize];
        }
        PaperCode(letters)
    }

    /// Without the gaps, in small letters: what is hashed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// However it was typed: with gaps or hyphens, in capitals, with O for 0 and I or L for 1.
impl FromStr for PaperCode {
    type Err = NotAPaperCode;
    fn from_str(text: &str) -> Result<PaperCode, NotAPaperCode> {
        let mut letters = [0; 16];
        let mut count = 0;
        for letter in text.chars().filter(|it| !it.is_whitespace() && *it != '-') {
            let letter = match letter.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            };
            let letter = u8::try_from(letter).ok().filter(|it| LETTERS.contains(it)).ok_or(NotAPaperCode)?;
            *letters.get_mut(count).ok_or(NotAPaperCode)? = letter;
            count += 1;
        }
        if count == letters.len() { Ok(PaperCode(letters)) } else { Err(NotAPaperCode) }
    }
}

impl fmt::Display for PaperCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, letter) in self.0.iter().enumerate() {
            if n > 0 && n % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*letter))?;
        }
        Ok(())
    }
}

/// Never in a log line.
impl fmt::Debug for PaperCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaperCode")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_however_it_is_typed() {
        let code = PaperCode::of_chance([0xff, 0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0x01]);
        let shown = code.to_string();
        assert_eq!(shown.len(), 19);
        assert_eq!(shown.parse(), Ok(code.clone()));
        assert_eq!(
            shown.to_uppercase().replace('-', " ").replace('0', "O").replace('1', "l").parse(),
            Ok(code)
        );
        for wrong in ["", "abcd", &format!("{shown}0"), &shown.replacen(|_: char| true, "u", 1)] {
            assert_eq!(wrong.parse::<PaperCode>(), Err(NotAPaperCode), "{wrong}");
        }
    }
}
