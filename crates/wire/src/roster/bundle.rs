//! The files of a roster, unpacked with a limit on everything.
use std::io::{Cursor, Read as _, Write as _};

use zip::{CompressionMethod, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::problems::{Problem, shown};

/// How much is read before somebody is trying something.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of all files together, unpacked.
    pub bytes: u64,
    /// Unpacked bytes for each packed one, for a file over a megabyte. Tables of names pack to a tenth.
    pub ratio: u64,
    /// Files in a zip or a folder.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 256 << 20, ratio: 200, files: 200 }
    }
}

/// Named files. The names have no folders; those that had are known by their last part.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    /// What it is called where a fault is in the whole.
    pub name: String,
    pub(super) files: Vec<(String, Vec<u8>)>,
    pub(super) notes: Vec<Problem>,
}

impl Bundle {
    pub fn new(name: &str) -> Bundle {
        Bundle { name: shown(last_part(name)), ..Bundle::default() }
    }

    /// Adds a file that somebody read.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) {
        self.files.push((last_part(name).to_owned(), bytes));
    }

    /// Whether these bytes are a zip by their first two; a cut-off one counts.
    pub fn is_zip(bytes: &[u8]) -> bool {
        bytes.starts_with(b"PK")
    }

    /// Unpacks a zip in memory.
    pub fn unpack(name: &str, bytes: &[u8], limits: &Limits) -> Result<Bundle, Problem> {
        let mut bundle = Bundle::new(name);
        let stop = |words: String| Problem::fatal(&shown(last_part(name)), words);
        if bytes.is_empty() {
            return Err(stop("is empty: export it again".to_owned()));
        }
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|fault| stop(unreadable(&fault)))?;
        if archive.len() > limits.files {
            return Err(stop(format!(
                "holds {} files, and a roster has fewer than {}: pack the tables alone",
                archive.len(),
                limits.files
            )));
        }
        if archive.index_for_name("[Content_Types].xml").is_some() {
            return Err(stop("is a workbook: save it as “CSV UTF-8” and hand over that".to_owned()));
        }
        let mut left = limits.bytes;
        for at in 0..archive.len() {
            let mut file = archive.by_index(at).map_err(|fault| stop(unreadable(&fault)))?;
            let inner = String::from_utf8_lossy(file.name_raw()).into_owned();
            if file.is_dir() {
                continue;
            }
            if !file.is_file() || file.enclosed_name().is_none() {
                let words =
                    format!("“{}” has a name that leads out of the zip, and was not read", shown(&inner));
                bundle.notes.push(Problem::note(&bundle.name, words));
                continue;
            }
            if !is_table(last_part(&inner)) {
                continue;
            }
            // What the zip says of its own sizes is only believed where it counts against it.
            let packed = file.compressed_size().max(1);
            let room = left.min(packed.saturating_mul(limits.ratio).max(1 << 20));
            let mut unpacked = Vec::new();
            (&mut file)
                .take(room + 1)
                .read_to_end(&mut unpacked)
                .map_err(|fault| stop(damaged(&inner, &fault.to_string())))?;
            let size = u64::try_from(unpacked.len()).unwrap_or(u64::MAX);
            if size > room {
                return Err(stop(format!(
                    "“{}” unpacks to far more than a roster holds, as a zip made to do harm would; nothing was read",
                    shown(&inner)
                )));
            }
            left -= size;
            bundle.add(&inner, unpacked);
        }
        Ok(bundle)
    }

    /// One file in place of a folder; what [`Bundle::unpack`] undoes.
    pub fn pack(&self) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let packed = self.files.iter().try_for_each(|(name, bytes)| {
            writer.start_file(name.as_str(), options)?;
            Ok::<_, ZipError>(writer.write_all(bytes)?)
        });
        // Twice the same name, or four gigabytes: reading what is left says what is missing.
        packed.and_then(|()| writer.finish()).map(Cursor::into_inner).unwrap_or_default()
    }

    /// The file of that name, whatever its capitals.
    pub(super) fn file(&self, name: &str) -> Option<&[u8]> {
        let found = self.files.iter().find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.map(|(_, bytes)| bytes.as_slice())
    }

    pub(super) fn count(&self, name: &str) -> usize {
        self.files.iter().filter(|(it, _)| it.eq_ignore_ascii_case(name)).count()
    }
}

/// Tables end in `.csv`; what a Mac adds (`._users.csv`) is none.
fn is_table(name: &str) -> bool {
    let end = name.len().checked_sub(4).and_then(|at| name.get(at..));
    !name.starts_with('.') && end.is_some_and(|it| it.eq_ignore_ascii_case(".csv"))
}

fn last_part(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

fn unreadable(fault: &ZipError) -> String {
    match fault {
        ZipError::UnsupportedArchive(what) => {
            format!("is packed in a way that is not read here ({what}): make a plain zip without a password")
        }
        _ => format!("is damaged or was cut off on its way ({fault}): export or copy it again"),
    }
}

fn damaged(inner: &str, fault: &str) -> String {
    format!(
        "“{}” in it is damaged or was cut off on its way ({fault}): export or copy it again",
        shown(inner)
    )
}
