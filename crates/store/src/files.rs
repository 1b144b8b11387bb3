//! Files that are there whole or not at all.
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// Beside where it will be, under a name that nothing reads; for its owner alone.
pub(crate) fn begin(path: &Path) -> io::Result<(File, PathBuf)> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let file =
        OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    Ok((file, part))
}

/// Gives it its name, once it is on the disk; replaces what had that name.
pub(crate) fn finish(file: &File, part: &Path, path: &Path) -> io::Result<()> {
    file.sync_all()?;
    fs::rename(part, path)?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Two programs may do so at once, such as the office and a command beside it: neither takes the other's half away.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut own = path.as_os_str().to_owned();
    own.push(format!(".{}", std::process::id()));
    let (mut file, part) = begin(Path::new(&own))?;
    let written = file.write_all(bytes).and_then(|()| finish(&file, &part, path));
    if written.is_err() {
        // Whatever failed is what matters; a leftover does no harm.
        let _ = fs::remove_file(&part);
    }
    written
}
