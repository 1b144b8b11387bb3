/// Most faults that are kept with their line numbers; all are counted.
pub const FAULTS_SHOWN: usize = 50;

/// What came of reading a source: nothing in it is dropped without being counted here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub lines: u64,
    pub entries: u64,
    /// The first of the lines that were not imported as they stand, by number from 1.
    pub shown: Vec<(u64, Fault)>,
    counts: [u64; Fault::ALL.len()],
}

/// Why a line was left out, or taken for less than it might have meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    TooLong,
    NotText,
    NotAHost,
    NotThisFormat,
    TooDeep,
    /// Taken, but for the suffix alone; `*.` before it would take everything below.
    PublicSuffix,
    Exception,
    Options,
    Cosmetic,
    Pattern,
    Trigger,
    /// Grouped lists: what follows is left out until the next known heading.
    UnknownCategory,
}

impl Fault {
    pub const ALL: [Fault; 12] = [
        Fault::TooLong,
        Fault::NotText,
        Fault::NotAHost,
        Fault::NotThisFormat,
        Fault::TooDeep,
        Fault::PublicSuffix,
        Fault::Exception,
        Fault::Options,
        Fault::Cosmetic,
        Fault::Pattern,
        Fault::Trigger,
        Fault::UnknownCategory,
    ];

    /// A mistake in the list, not something that we merely do not import.
    pub fn is_bad(self) -> bool {
        matches!(
            self,
            Fault::TooLong
                | Fault::NotText
                | Fault::NotAHost
                | Fault::NotThisFormat
                | Fault::TooDeep
                | Fault::UnknownCategory
        )
    }

    /// In words, for people.
    pub fn message(self) -> &'static str {
        match self {
            Fault::TooLong => "longer than 4,096 characters",
            Fault::NotText => "not text",
            Fault::NotAHost => "not a host name or address",
            Fault::NotThisFormat => "not in the format of this list",
            Fault::TooDeep => "its path is too long or has more than 32 parts",
            Fault::PublicSuffix => "a public suffix: taken for itself alone, not for all below it",
            Fault::Exception => "an exception: not imported",
            Fault::Options => "applies under conditions only: not imported",
            Fault::Cosmetic => "hides parts of pages: not imported",
            Fault::Pattern => "a pattern: not imported",
            Fault::Trigger => "a trigger on answers, clients or name servers: not imported",
            Fault::UnknownCategory => "a category that is not ours",
        }
    }
}

impl Report {
    pub fn count(&self, fault: Fault) -> u64 {
        self.counts[fault as usize]
    }

    /// Mistakes in the list.
    pub fn bad(&self) -> u64 {
        Fault::ALL.iter().filter(|it| it.is_bad()).map(|it| self.count(*it)).sum()
    }

    /// Lines that are right but say something that we do not import.
    pub fn left_out(&self) -> u64 {
        Fault::ALL
            .iter()
            .filter(|it| !it.is_bad() && **it != Fault::PublicSuffix)
            .map(|it| self.count(*it))
            .sum()
    }

    pub fn add(&mut self, line: u64, fault: Fault) {
        self.counts[fault as usize] += 1;
        if self.shown.len() < FAULTS_SHOWN {
            self.shown.push((line, fault));
        }
    }
}
