use std::{
    fs::{self, File, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

/// The one folder that holds a school's set-up. While this value lives, no other schoolgate runs on it.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    /// Held for its lock, which the kernel lets go of when the process ends, however it ends.
    _lock: File,
}

impl DataFolder {
    /// Makes the folder when it is not there, for its owner only, and takes hold of it.
    ///
    /// # Errors
    /// In words: what is wrong with the folder, or which process holds it.
    pub(crate) fn take(path: &Path) -> anyhow::Result<DataFolder> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(|| {
            format!(
                "{} cannot be made: give `data` another folder, or the right to write there",
                path.display()
            )
        })?;
        let mode = fs::metadata(path).with_context(|| format!("{}", path.display()))?.permissions().mode();
        if mode & 0o077 != 0 {
            bail!(
                "{} can be read by others (mode {:o}): it holds keys and records about children; run chmod 700 on it",
                path.display(),
                mode & 0o7777
            );
        }
        let lock = lock(&path.join("schoolgate.lock"))?;
        Ok(DataFolder { path: path.to_owned(), _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A path in the folder.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

fn lock(path: &Path) -> anyhow::Result<File> {
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder);
            let folder = path.parent().unwrap_or(path).display();
            bail!(
                "another schoolgate (process {}) runs on {folder}: stop it first, or give this one a data folder of its own",
                holder.trim()
            );
        }
        Err(TryLockError::Error(fault)) => {
            return Err(fault).with_context(|| format!("{} cannot be locked", path.display()));
        }
    }
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())?;
    Ok(file)
}

/// Writes a secret for its owner only; the file is never there with other rights or half written.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let part = path.with_extension("part");
    let _ = fs::remove_file(&part);
    let mut file = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&part)
        .with_context(|| format!("{} cannot be written", part.display()))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, path).with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_instance_is_told_who_holds_the_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("data");
        let first = DataFolder::take(&path).expect("the first takes it");
        let mode = fs::metadata(&path).expect("made").permissions().mode() & 0o777;
        assert_eq!(mode, 0o700);
        let said = DataFolder::take(&path).expect_err("the second does not").to_string();
        assert!(
            said.contains(&std::process::id().to_string()) && said.contains("data folder of its own"),
            "{said}"
        );
        drop(first);
        DataFolder::take(&path).expect("free again");
    }

    #[test]
    fn a_folder_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("chmod");
        let said = DataFolder::take(folder.path()).expect_err("refused").to_string();
        assert!(said.contains("chmod 700"), "{said}");
    }

    #[test]
    fn secrets_are_for_their_owner_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key.pem");
        write_secret(&path, b"one").expect("written");
        write_secret(&path, b"two").expect("written again");
        assert_eq!(fs::read(&path).expect("there"), b"two");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    }
}
