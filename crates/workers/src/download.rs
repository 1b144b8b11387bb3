//! Lists that others publish on the internet (FIL-25): looked for a few times a day, brought whole or not at all.
use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp};
use school::Id;
use store::lists::{ListSource, ListState};

use crate::{
    fetch::{Fetch, Fetched, Marks},
    unpack::{Room, unpack},
};

const FOLDER: &str = "downloads";
/// Publishers change their lists once a day at most, and ask not to be asked more often than this.
const AGAIN: SignedDuration = SignedDuration::from_hours(6);
const AGAIN_AFTER_FAULT: SignedDuration = SignedDuration::from_mins(30);

/// A fetched list, ready to be read. Gone from the disk when dropped: of a sealed list nothing may stay readable.
pub(crate) struct Download {
    pub(crate) place: PathBuf,
    folder: PathBuf,
    marks: Marks,
    marks_file: PathBuf,
}

pub(crate) fn is_url(location: &str) -> bool {
    location.starts_with("http://") || location.starts_with("https://")
}

/// Whether it is time to look for a newer one.
pub(crate) fn is_due(before: &ListState, now: Timestamp) -> bool {
    let wait = if before.fault.is_some() { AGAIN_AFTER_FAULT } else { AGAIN };
    // Tried by a clock that ran ahead: it says nothing.
    !(SignedDuration::ZERO..wait).contains(&now.duration_since(before.tried_at))
}

/// `None`: what we have is what there is. `standing`: we have one that was made from this source as it is set up now.
///
/// # Errors
/// Why it could not be brought, in words.
pub(crate) async fn download(
    fetch: &Fetch,
    source: &ListSource,
    standing: bool,
    lists: &Path,
) -> Result<Option<Download>, String> {
    let folder = lists.join(FOLDER).join(source.id.to_string());
    let marks_file = marks_file(lists, source.id);
    let unready = |err: io::Error| format!("{} cannot be made ready: {err}", folder.display());
    // What a crash left.
    remove(&folder).map_err(unready)?;
    let inside = folder.join("inside");
    fs::create_dir_all(&inside).map_err(unready)?;
    let name = name(&source.location);
    let mut download = Download { place: folder.join(&name), folder, marks: Marks::default(), marks_file };
    let known = if standing { Marks::read(&download.marks_file) } else { Marks::default() };
    let fetched = download.place.clone();
    match fetch.fetch(&source.location, &known, &fetched).await? {
        Fetched::Same if standing => return Ok(None),
        Fetched::Same => return Err("it is said to be what it was, which we do not have".to_owned()),
        Fetched::New(marks) => download.marks = marks,
    }
    let unpacked = tokio::task::spawn_blocking(move || unpack(&fetched, &name, &inside, Room::default()));
    download.place = unpacked.await.map_err(|err| err.to_string())??;
    Ok(Some(download))
}

impl Download {
    /// It is in force now: next time only something newer need come.
    pub(crate) fn keep_marks(&self) {
        if let Err(err) = self.marks.write(&self.marks_file) {
            tracing::warn!("the list will be fetched again: {err}");
        }
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        if let Err(err) = remove(&self.folder) {
            tracing::error!(folder = %self.folder.display(), "what was fetched cannot be removed: {err}");
        }
    }
}

/// What we have cannot be used: whatever the publisher has is to be fetched.
pub(crate) fn forget_marks(lists: &Path, source: Id<ListSource>) {
    // Missing already, most likely; where it stays, the fault stays told.
    let _ = fs::remove_file(marks_file(lists, source));
}

fn marks_file(lists: &Path, source: Id<ListSource>) -> PathBuf {
    lists.join(FOLDER).join(format!("{source}.marks"))
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => Err(err),
        _ => Ok(()),
    }
}

/// The last part of its path, which often says what it lists.
fn name(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let after_host = path.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |it| it.1);
    let name = after_host.rsplit('/').next().unwrap_or_default();
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name: String = name.chars().filter(|c| safe(*c)).take(100).collect();
    match name.trim_matches('.') {
        "" | "inside" => "list.txt".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fetched_list_is_named_as_its_publisher_names_it() {
        let check = |url: &str, expected: &str| assert_eq!(name(url), expected, "{url}");
        check("https://lists.example.org/gambling.txt", "gambling.txt");
        check("https://lists.example.org/a/adult.tar.gz?x=1/2", "adult.tar.gz");
        check("https://lists.example.org", "list.txt");
        check("https://lists.example.org/", "list.txt");
        check("https://lists.example.org/..", "list.txt");
        check("https://lists.example.org/a%2Fb", "a2Fb");
    }
}
