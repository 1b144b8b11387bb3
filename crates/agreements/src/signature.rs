use jiff::Timestamp;
use school::{Choice, Id, Person};

use crate::{Agreement, TextHash};

/// Someone's word, bound to the text they saw (AUP-06, AUP-11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub agreement: Id<Agreement>,
    /// Of the reading that was shown.
    pub hash: TextHash,
    /// Whom it is for.
    pub person: Id<Person>,
    /// Who gave it. `None`: on paper, by a parent whom the school has not got in its register.
    pub signer: Option<Id<Person>>,
    pub standing: Standing,
    pub at: Timestamp,
}

/// In what part the signer signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// For themselves.
    Own,
    /// A parent, in the place of a young child (AUP-10).
    InPlace,
    /// A parent, beside their child (AUP-09).
    Counter,
}

impl Choice for Standing {
    const ALL: &'static [Standing] = &[Standing::Own, Standing::InPlace, Standing::Counter];
    fn code(self) -> &'static str {
        match self {
            Standing::Own => "own",
            Standing::InPlace => "in-place",
            Standing::Counter => "counter",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Standing::Own => "Signed",
            Standing::InPlace => "Signed by a parent in the child's place",
            Standing::Counter => "Counter-signed by a parent",
        }
    }
}
