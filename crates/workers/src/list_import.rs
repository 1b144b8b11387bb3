//! From a folder or file of a list, as others publish it, to the bytes of a compiled list. Blocks; reads as it goes.
use std::{
    fs::{self, File},
    io::{self, Read as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use policy::{
    CategorySet,
    lists::{CategoryMap, Draft, Format, Hasher, Import, Label, Mapping, Report},
};
use school::Choice;
use store::lists::ListSource;

/// A list that was read.
pub(crate) struct Imported {
    pub(crate) compiled: Vec<u8>,
    pub(crate) bad_lines: u64,
    /// In words: lines by number, categories that nobody has mapped.
    pub(crate) warnings: Vec<String>,
}

/// Bad lines named by number, of each list.
const LINES_NAMED: usize = 20;
const PIECE: usize = 256 * 1024;
/// How deep a tree of lists may be.
const DEEPEST: usize = 4;

/// What a compiled list is made from, besides the lines: it is made again when this changes. Tells nothing of `seal`.
pub(crate) fn fingerprint(source: &ListSource, seal: &[u8; 32]) -> u64 {
    let sealed = if source.sealed { "sealed" } else { "open" };
    let mut described = Vec::new();
    for part in [&source.name, &source.kind, &source.location, &source.licence, &source.map, sealed] {
        described.extend((part.len() as u64).to_le_bytes());
        described.extend(part.as_bytes());
    }
    Hasher::open_for(seal).hash(&described)
}

/// When anything of the source last changed on this machine, as the file system tells.
pub(crate) fn changed_at(location: &Path) -> io::Result<Timestamp> {
    let mut latest = Timestamp::MIN;
    let mut see = |path: &Path| -> io::Result<()> {
        let data = fs::metadata(path)?;
        let at = Timestamp::new(data.ctime(), i32::try_from(data.ctime_nsec()).unwrap_or(0));
        latest = latest.max(at.map_err(io::Error::other)?);
        Ok(())
    };
    see(location)?;
    for file in files(location)? {
        see(&file.path)?;
    }
    Ok(latest)
}

/// `location`: where the source lies on this machine.
///
/// # Errors
/// Why nothing can be made of it, in words.
pub(crate) fn import(
    source: &ListSource,
    location: &Path,
    seal: &[u8; 32],
    now: Timestamp,
) -> Result<Imported, String> {
    let map = match source.map.trim() {
        "" => None,
        text => Some(CategoryMap::parse(text).map_err(|faults| {
            faults.first().map_or_else(String::new, |it| format!("the table of categories, {it}"))
        })?),
    };
    let names = Names { map, ours: CategoryMap::built_in(), family: family(source) };
    let hasher = if source.sealed {
        Hasher::sealed(seal, source.id.as_u128().to_be_bytes())
    } else {
        Hasher::open_for(seal)
    };
    let (mut draft, mut warnings) = (Draft::new(hasher), Vec::new());
    let (mut bad, mut entries) = (0, 0);
    let unreadable = |err: io::Error| format!("{} cannot be read: {err}", location.display());
    let files = files(location).map_err(unreadable)?;
    for file in &files {
        let categories = match names.find(&file.category, source) {
            Some(Mapping::To(categories)) => categories,
            Some(Mapping::Ignore) => continue,
            None => {
                warnings.push(format!("nobody has said what its category {} means: left out", file.category));
                continue;
            }
        };
        let report = read(file, source, categories, &mut draft).map_err(unreadable)?;
        bad += report.bad();
        entries += report.entries;
        let room = LINES_NAMED.saturating_sub(warnings.len());
        for (line, fault) in report.shown.iter().filter(|(_, fault)| fault.is_bad()).take(room) {
            warnings.push(format!("{} line {line}: {}", file.shown, fault.message()));
        }
    }
    if draft.is_empty() {
        return Err("there is nothing in it that we can read".to_owned());
    }
    if entries < bad {
        return Err(format!("it is damaged: {bad} lines cannot be read, {entries} can"));
    }
    draft.count_bad_lines(bad);
    let label = Label {
        name: source.name.as_str().into(),
        source: source.location.clone(),
        licence: source.licence.clone(),
        made_at: now,
    };
    let compiled = draft.compile(label).map_err(|err| err.to_string())?;
    Ok(Imported { compiled, bad_lines: bad, warnings })
}

/// One file of a source.
struct Part {
    path: PathBuf,
    /// As their tree names it: the folder of `domains` and `urls`, or the file without its ending.
    category: String,
    /// For people: from the top of the source on.
    shown: String,
}

/// What their categories are in ours.
struct Names {
    map: Option<CategoryMap>,
    ours: CategoryMap,
    family: String,
}

impl Names {
    /// The school's own table first, then ours; a sealed list needs none.
    fn find(&self, category: &str, source: &ListSource) -> Option<Mapping> {
        if source.sealed {
            return Some(Mapping::To(CategorySet::NONE));
        }
        let own = self.map.as_ref();
        own.and_then(|it| it.find(&self.family, category))
            .or_else(|| own.and_then(|it| it.find("any", "any")))
            .or_else(|| self.ours.find(&self.family, category))
            .or_else(|| self.ours.find(&self.family, &source.name))
    }
}

/// Whose names they are: one of the families of our table that the source's name or place speaks of.
fn family(source: &ListSource) -> String {
    let told = format!("{} {}", source.name, source.location).to_lowercase();
    let ours = CategoryMap::built_in();
    let family = ours.families().find(|it| *it != "any" && told.contains(*it));
    family.unwrap_or("any").to_owned()
}

/// In order of their names, so that the same source is always read alike.
fn files(location: &Path) -> io::Result<Vec<Part>> {
    let mut parts = Vec::new();
    if fs::metadata(location)?.is_dir() {
        walk(location, location, 0, &mut parts)?;
        parts.sort_by(|a, b| a.path.cmp(&b.path));
    } else {
        parts.push(part(location, location));
    }
    Ok(parts)
}

fn walk(top: &Path, folder: &Path, depth: usize, parts: &mut Vec<Part>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        // Links are passed over: UT1 names the same folder twice, and a loop would never end.
        if kind.is_dir() && depth < DEEPEST && !hidden {
            walk(top, &entry.path(), depth + 1, parts)?;
        } else if kind.is_file() && !hidden && is_list(&entry.path(), depth) {
            parts.push(part(top, &entry.path()));
        }
    }
    Ok(())
}

/// In the folders of a tree, only the files of squidGuard; at its top, any text list.
pub(crate) fn is_list(path: &Path, depth: usize) -> bool {
    let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
    let known = ["txt", "list", "hosts", "zone", "rpz"];
    matches!(name, "domains" | "urls" | "expressions")
        || depth == 0 && path.extension().and_then(|it| it.to_str()).is_some_and(|it| known.contains(&it))
}

fn part(top: &Path, path: &Path) -> Part {
    let text = |it: Option<&std::ffi::OsStr>| it.map(|it| it.to_string_lossy().into_owned());
    let named =
        matches!(path.file_name().and_then(|it| it.to_str()), Some("domains" | "urls" | "expressions"));
    let category = if named { text(path.parent().and_then(Path::file_name)) } else { text(path.file_stem()) };
    let shown = match path.strip_prefix(top) {
        Ok(rest) if !rest.as_os_str().is_empty() => rest.display().to_string(),
        _ => text(path.file_name()).unwrap_or_default(),
    };
    Part { path: path.to_owned(), category: category.unwrap_or_default(), shown }
}

fn read(part: &Part, source: &ListSource, categories: CategorySet, draft: &mut Draft) -> io::Result<Report> {
    let mut file = File::open(&part.path)?;
    let mut piece = vec![0; PIECE];
    let mut filled = fill(&mut file, &mut piece)?;
    let format = Format::from_code(&source.kind)
        .unwrap_or_else(|| Format::sniff(&part.shown, &piece[..filled.min(8_192)]));
    let mut import = Import::new(format);
    let mut into = |entry: policy::lists::Entry<'_>| draft.add(entry, categories);
    while 0 < filled {
        import.feed(&piece[..filled], &mut into);
        filled = fill(&mut file, &mut piece)?;
    }
    Ok(import.finish(&mut into))
}

fn fill(file: &mut File, piece: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(piece) {
            Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}
