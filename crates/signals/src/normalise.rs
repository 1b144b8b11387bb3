use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// No search box takes more; what lies beyond is not looked at.
const LONGEST: usize = 1_000;

/// One spelling for many: words in lower case between single spaces, with a space before the first and after the
/// last, or nothing at all.
///
/// Accents, full-width and styled letters fold (NFKD), look-alikes of other scripts and digits within words become
/// the letters they imitate, repeated letters become one, spelt-out words (`s p e l t`) join, and common short forms
/// become words. The lexicon's phrases go through the same door, so the two always agree.
pub(crate) fn normalise(text: &str) -> String {
    let mut out = Spelling::default();
    if text.is_ascii() {
        out.take(text.chars().take(LONGEST));
    } else {
        out.take(text.nfkd().take(LONGEST));
    }
    out.finish()
}

#[derive(Default)]
struct Spelling {
    done: String,
    word: String,
    /// One-letter words in a row, held back until it is known whether they spell a longer one.
    spelt: String,
}

impl Spelling {
    fn take(&mut self, chars: impl Iterator<Item = char>) {
        for c in chars {
            match c {
                '\'' | '\u{2019}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
                'a'..='z' | '0'..='9' | '@' | '$' | '!' => self.word.push(c),
                'A'..='Z' => self.word.push(c.to_ascii_lowercase()),
                _ if c.is_ascii() => self.end_word(),
                _ if is_combining_mark(c) => {}
                _ if c.is_alphanumeric() => self.word.extend(c.to_lowercase().map(latin)),
                _ => self.end_word(),
            }
        }
    }

    fn end_word(&mut self) {
        let word = self.word.trim_end_matches(['!', '@', '$']);
        if word.is_empty() {
            self.word.clear();
            return;
        }
        let has_letter = word.contains(char::is_alphabetic);
        let letters: String =
            word.chars().filter_map(|c| if has_letter { Some(letter(c)) } else { digit(c) }).collect();
        self.word.clear();
        match short_form(&letters) {
            Some(long) => self.put(long),
            None if letters.chars().nth(1).is_none() => self.spelt.push_str(&letters),
            None => self.put(&letters),
        }
    }

    fn put(&mut self, words: &str) {
        self.end_spelt();
        if !words.is_empty() {
            self.done.push(' ');
            fold_repeats(words, &mut self.done);
        }
    }

    /// Three letters or more spell a word; `i` before them is a word of its own.
    fn end_spelt(&mut self) {
        let spelt = std::mem::take(&mut self.spelt);
        let joins = 3 <= spelt.chars().count();
        match spelt.strip_prefix('i') {
            Some(rest) if joins && 3 <= rest.len() => {
                self.done.push_str(" i ");
                fold_repeats(rest, &mut self.done);
            }
            _ if joins => {
                self.done.push(' ');
                fold_repeats(&spelt, &mut self.done);
            }
            _ => {
                for c in spelt.chars() {
                    self.done.extend([' ', c]);
                }
            }
        }
    }

    fn finish(mut self) -> String {
        self.end_word();
        self.end_spelt();
        if !self.done.is_empty() {
            self.done.push(' ');
        }
        self.done
    }
}

/// Without the spaces between words, for words that someone ran together.
pub(crate) fn squash(normal: &str) -> String {
    let joined: String = normal.chars().filter(|it| *it != ' ').collect();
    let mut out = String::with_capacity(joined.len());
    fold_repeats(&joined, &mut out);
    out
}

fn fold_repeats(word: &str, out: &mut String) {
    let mut last = None;
    for c in word.chars() {
        if last != Some(c) || c.is_ascii_digit() {
            out.push(c);
        }
        last = Some(c);
    }
}

/// What a digit or sign imitates within a word.
fn letter(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

fn digit(c: char) -> Option<char> {
    c.is_alphanumeric().then_some(c)
}

/// Letters of other scripts that look like Latin ones (Unicode TR39, the few that matter).
fn latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'в' => 'b',
        'с' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'н' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' => 'l',
        'м' => 'm',
        'о' | 'ο' | 'ø' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'ν' => 'v',
        'х' | 'χ' => 'x',
        'у' => 'y',
        other => other,
    }
}

fn short_form(word: &str) -> Option<&'static str> {
    Some(match word {
        "u" => "you",
        "ur" => "your",
        "urself" => "yourself",
        "2" => "to",
        "wanna" => "want to",
        "gonna" => "going to",
        "ppl" => "people",
        "tmrw" => "tomorrow",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn many_spellings_become_one() {
        let check = |text: &str, expected: &str| assert_eq!(normalise(text), expected, "{text:?}");
        check("", "");
        check("  !?  ", "");
        check("Rain  in SPAIN", " rain in spain ");
        check("r4in, in $pa1n!!!", " rain in spain ");
        check("raaaain\tin-spain", " rain in spain ");
        check("r a i n in s.p.a.i.n", " rain in spain ");
        check("ｒáïn ｉｎ 𝓼𝓹𝓪𝓲𝓷", " rain in spain ");
        check("r\u{200b}ain in sраin", " rain in spain ");
        check("don't wanna", " dont want to ");
        check("i r a i n", " i rain ");
        check("i r", " i r ");
        check("year 10, ww2 and 1000 ways", " year 10 w2 and 1000 ways ");
        check("дождь", " дoждь ");
    }

    proptest! {
        #[test]
        fn normal_text_is_words_between_single_spaces(text in any::<String>()) {
            let normal = normalise(&text);
            prop_assert!(normal.is_empty() || (normal.starts_with(' ') && normal.ends_with(' ')));
            prop_assert!(!normal.contains("  "));
            prop_assert!(!normal.chars().any(|c| c.is_ascii_uppercase() || c.is_control()));
        }

        #[test]
        fn case_and_repeats_change_nothing(word in "[a-z]{2,12}", times in 1_usize..5) {
            let stretched: String = word.chars().flat_map(|c| std::iter::repeat_n(c, times)).collect();
            prop_assume!(short_form(&word).is_none() && short_form(&stretched).is_none());
            prop_assert_eq!(normalise(&stretched.to_uppercase()), normalise(&word));
        }
    }
}
