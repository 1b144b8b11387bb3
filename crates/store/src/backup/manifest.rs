use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::Timestamp;

use crate::hex;

/// What a backup holds. As text: a line each for what it is, then a line for each file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub made: Timestamp,
    /// Of the schema of the records.
    pub version: i64,
    /// The data folder it was made of.
    pub data: String,
    /// Path in the backup; SHA-256 and size.
    pub files: BTreeMap<String, ([u8; 32], u64)>,
}

const TITLE: &str = "schoolgate backup 1";

impl Manifest {
    /// Of everything in it, in bytes.
    pub fn size(&self) -> u64 {
        self.files.values().map(|it| it.1).sum()
    }
}

impl fmt::Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}\nmade {}\nversion {}\ndata {}", self.made, self.version, self.data)?;
        for (path, (hash, size)) in &self.files {
            writeln!(f, "file {} {size} {path}", hex::digits(hash))?;
        }
        writeln!(f, "end {}", self.files.len())
    }
}

impl FromStr for Manifest {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Manifest, &'static str> {
        read(text).ok_or("its manifest does not read")
    }
}

fn read(text: &str) -> Option<Manifest> {
    let mut lines = text.lines();
    if lines.next()? != TITLE {
        return None;
    }
    let made = lines.next()?.strip_prefix("made ")?.parse().ok()?;
    let version = lines.next()?.strip_prefix("version ")?.parse().ok()?;
    let data = lines.next()?.strip_prefix("data ")?.to_owned();
    let mut files = BTreeMap::new();
    for line in lines {
        if let Some(count) = line.strip_prefix("end ") {
            return (count.parse() == Ok(files.len())).then_some(Manifest { made, version, data, files });
        }
        let mut parts = line.strip_prefix("file ")?.splitn(3, ' ');
        let (hash, size) = (hex::bytes(parts.next()?)?, parts.next()?.parse().ok()?);
        files.insert(parts.next()?.to_owned(), (hash, size));
    }
    None
}
