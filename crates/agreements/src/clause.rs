//! Whether the agreement of staff is part of their contract (AUP-16, where 000 and 003 disagree).
use school::settings::{AGREEMENT_CONTRACT, Settings};

/// What the agreement says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contract {
    /// As 003 has it.
    Part,
    /// As 000 has it.
    NotPart,
    Silent,
}

const PART: &str = "For staff, this agreement is part of the contract of employment.";
const NOT_PART: &str = "This agreement is not part of the contract of employment. The school may change it, and then \
                        asks everyone to sign anew.";

impl Contract {
    pub fn of(settings: &Settings) -> Contract {
        match settings.text(&AGREEMENT_CONTRACT).as_str() {
            "part" => Contract::Part,
            "silent" => Contract::Silent,
            _ => Contract::NotPart,
        }
    }

    /// What this text says of itself.
    pub fn said_in(text: &str) -> Contract {
        let says = |clause: &str| text.split("\n\n").any(|it| it.trim() == clause);
        if says(PART) {
            Contract::Part
        } else if says(NOT_PART) {
            Contract::NotPart
        } else {
            Contract::Silent
        }
    }

    pub const fn clause(self) -> Option<&'static str> {
        match self {
            Contract::Part => Some(PART),
            Contract::NotPart => Some(NOT_PART),
            Contract::Silent => None,
        }
    }

    /// The text with this as its last paragraph, in the place of any other such.
    pub fn put_in(self, text: &str) -> String {
        let kept = text.split("\n\n").filter(|it| ![PART, NOT_PART].contains(&it.trim()));
        let mut whole = kept.collect::<Vec<_>>().join("\n\n").trim_end().to_owned();
        if let Some(clause) = self.clause() {
            whole.push_str("\n\n");
            whole.push_str(clause);
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AUP-16.
    #[test]
    fn the_clause_is_one_paragraph_that_is_swapped() {
        let plain = "# Work\n\n- I work.";
        for one in [Contract::Part, Contract::NotPart, Contract::Silent] {
            let text = one.put_in(plain);
            assert_eq!(Contract::said_in(&text), one);
            for other in [Contract::Part, Contract::NotPart, Contract::Silent] {
                assert_eq!(other.put_in(&text), other.put_in(plain), "{one:?} to {other:?}");
            }
        }
        assert_eq!(Contract::Silent.put_in(plain), plain);
        let nothing_said = Settings::resolve(&[]);
        assert_eq!(Contract::of(&nothing_said), Contract::NotPart);
    }
}
