use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use policy::lists::{Changes, CompiledList};
use store::{
    jobs::Job,
    list_files,
    lists::{ListSource, ListState},
    security,
};

use super::{Doing, Failure, Kind, ListFolder, Office};
use crate::{
    alerts::ourselves,
    download::{Download, download, forget_marks, is_due, is_url},
    health::told,
    list_import::{changed_at, fingerprint, import},
};

/// Reads again every list whose source has changed (FIL-25). The list before stays in use until the new one is whole
/// on the disk, and when the new one cannot be made.
pub(crate) const KIND: Kind =
    Kind { name: "refresh lists", every: Some(SignedDuration::from_mins(15)), tries: 3, run: boxed };

/// A list that nobody has brought up to date for longer is stale.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(14 * 24);
const FINDER: &str = "lists";

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, job: &Job) -> Result<(), Failure> {
    office.refresh_lists(if job.payload.is_empty() { Wish::InTime } else { Wish::Newest }).await
}

/// How eagerly lists are fetched from the internet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// What is missing, so that the gate can open.
    Any,
    /// What is missing, and what has not been looked for lately.
    InTime,
    /// Somebody asked: whatever there is now.
    Newest,
}

impl Office {
    /// Before the first request is answered: a gate that has not read its lists would open what they refuse.
    pub async fn load_lists(&self) {
        self.load(Wish::Any).await;
    }

    /// Because somebody asked: from the internet too, whenever that was last looked at.
    pub async fn renew_lists(&self) {
        self.load(Wish::Newest).await;
    }

    async fn load(&self, wish: Wish) {
        if let Err(err) = self.refresh_lists(wish).await {
            self.health.set(FINDER, vec![format!("the lists cannot be loaded: {err}")]);
        }
    }

    async fn refresh_lists(&self, wish: Wish) -> Result<(), Failure> {
        let mut tx = self.db.read().await?;
        let all = store::lists::all(&mut tx).await?;
        drop(tx);
        let mut faults = Vec::new();
        for (source, before) in all.into_iter().filter(|(it, _)| it.enabled || it.sealed) {
            let name = source.name.clone();
            let state = self.refresh(source, before, wish).await?;
            if let Some(fault) = state.fault {
                faults.push(format!("the list {name} could not be brought up to date: {fault}"));
            }
            let told = |it: &&String| it.starts_with(STALE) || it.starts_with(JUMP);
            faults.extend(state.warnings.iter().filter(told).map(|it| format!("the list {name} {it}")));
        }
        self.health.set(FINDER, faults);
        self.snapshots.refresh().await;
        Ok(())
    }

    async fn refresh(
        &self,
        source: ListSource,
        before: Option<ListState>,
        wish: Wish,
    ) -> Result<ListState, Failure> {
        let (folder, now, id) = (self.lists.clone(), (self.clock)(), source.id);
        let found = if is_url(&source.location) {
            let standing = before.as_ref().is_some_and(|it| stands(it, &compiled(&folder, &source)));
            let may_wait = |it: &ListState| match wish {
                Wish::Any => standing,
                Wish::InTime => !is_due(it, now) && (standing || it.fault.is_some()),
                Wish::Newest => false,
            };
            if let Some(before) = before.as_ref().filter(|it| may_wait(it)) {
                return Ok(before.clone());
            }
            match download(&self.fetch, &source, standing, &folder.path).await {
                Ok(None) => Found::Same,
                Ok(Some(download)) => Found::Fetched(download),
                Err(fault) => Found::Nothing(fault),
            }
        } else {
            Found::Here(PathBuf::from(&source.location))
        };
        let (name, known) = (source.name.clone(), before.clone());
        let refreshed = tokio::task::spawn_blocking(move || refresh(&folder, &source, &found, before, now));
        let state = refreshed.await.map_err(|err| Failure::NotNow(err.to_string()))?;
        let mut tx = self.db.write().await?;
        store::lists::set_state(&mut tx, id, &state).await?;
        let school = self.current.load().school.id;
        for (kind, warning) in news(known.as_ref(), &state) {
            let words = format!("The list {name} {warning}");
            let new = security::New { kind, subject: &name, words: &words, quiet: false };
            security::raise(&mut tx, &ourselves(now), school, new).await?;
        }
        tx.commit().await?;
        if let Some(path) = &state.compiled_path {
            forget_older(Path::new(path), &id.to_string());
        }
        Ok(state)
    }
}

const STALE: &str = "is stale";
const JUMP: &str = "has changed by more than a quarter";

/// What the network manager is told: once when it comes, not at every look.
fn news<'a>(
    before: Option<&'a ListState>,
    now: &'a ListState,
) -> impl Iterator<Item = (security::Kind, &'a str)> {
    let warning = |state: &'a ListState, start| state.warnings.iter().find(|it| it.starts_with(start));
    let is_newly_loaded = before.is_some_and(|it| it.loaded_at != now.loaded_at);
    let stale = warning(now, STALE).filter(|_| before.is_none_or(|it| warning(it, STALE).is_none()));
    let jump = warning(now, JUMP).filter(|_| is_newly_loaded);
    let stale = stale.map(|it| (security::Kind::StaleList, it.as_str()));
    let jump = jump.map(|it| (security::Kind::ListJump, it.as_str()));
    stale.into_iter().chain(jump)
}

/// Where a source is to be read.
enum Found {
    Here(PathBuf),
    Fetched(Download),
    /// As it was when it was loaded.
    Same,
    /// Why, in words.
    Nothing(String),
}

/// The file that a source is compiled to, as it is set up now.
fn compiled(folder: &ListFolder, source: &ListSource) -> PathBuf {
    folder.path.join(format!("{}-{:016x}.sglist", source.id, fingerprint(source, &folder.seal)))
}

/// Whether what is in force was made from the source as it is set up now.
fn stands(state: &ListState, path: &Path) -> bool {
    state.compiled_path.as_deref().map(Path::new) == Some(path) && path.exists()
}

/// Never fails: a fault is part of the state, and what was before stays in it.
fn refresh(
    folder: &ListFolder,
    source: &ListSource,
    found: &Found,
    before: Option<ListState>,
    now: Timestamp,
) -> ListState {
    let path = compiled(folder, source);
    let old = before.as_ref().and_then(|it| it.compiled_path.as_ref()).map(PathBuf::from);
    let old_list = old.as_ref().and_then(|it| list_files::open(it, &folder.seal).ok());
    let before = before.unwrap_or_else(|| never(now));
    if let (Some(loaded_at), Some(_), true) = (before.loaded_at, &old_list, stands(&before, &path))
        && found.is_as_of(loaded_at, before.fault.is_some())
    {
        let mut warnings: Vec<String> =
            before.warnings.iter().filter(|it| !it.starts_with(STALE)).cloned().collect();
        warnings.extend(stale(loaded_at, now));
        return ListState { tried_at: now, fault: None, warnings, ..before };
    }
    if let Found::Same = found {
        forget_marks(&folder.path, source.id);
    }
    let made = found.place().and_then(|place| {
        let it = import(source, place, &folder.seal, now)?;
        let list = list_files::keep(&path, it.compiled, &folder.seal).map_err(|err| told(&err))?;
        if let Found::Fetched(download) = found {
            download.keep_marks();
        }
        Ok((list, it.bad_lines, it.warnings))
    });
    match made {
        Ok((list, bad_lines, mut warnings)) => {
            let change = old_list.and_then(|old| Changes::between(&old, &list));
            if change.as_ref().is_some_and(Changes::is_jump) {
                let entries = change.as_ref().map(|it| it.entries).unwrap_or_default();
                let (added, removed) = (entries.added, entries.removed);
                warnings.insert(0, format!("{JUMP}: {added} came, {removed} went; have a look at it"));
            }
            let (added, removed) =
                change.map_or((list.info().entries(), 0), |it| (it.entries.added, it.entries.removed));
            ListState {
                tried_at: now,
                loaded_at: Some(now),
                entries: list.info().entries(),
                size_bytes: size(&list),
                compiled_path: Some(path.display().to_string()),
                added,
                removed,
                bad_lines,
                fault: None,
                warnings,
            }
        }
        Err(fault) => {
            let warnings = before.loaded_at.and_then(|it| stale(it, now)).into_iter().collect();
            ListState { tried_at: now, fault: Some(fault), warnings, ..before }
        }
    }
}

impl Found {
    fn is_as_of(&self, loaded_at: Timestamp, was_faulty: bool) -> bool {
        match self {
            Found::Here(place) => !was_faulty && changed_at(place).is_ok_and(|at| at < loaded_at),
            Found::Same => true,
            Found::Fetched(_) | Found::Nothing(_) => false,
        }
    }

    fn place(&self) -> Result<&Path, String> {
        match self {
            Found::Here(place) => Ok(place),
            Found::Fetched(download) => Ok(&download.place),
            Found::Same => Err("the compiled list does not open; it will be fetched again".to_owned()),
            Found::Nothing(why) => Err(why.clone()),
        }
    }
}

fn size(list: &CompiledList) -> u64 {
    list.size() as u64
}

fn stale(loaded_at: Timestamp, now: Timestamp) -> Option<String> {
    // Whichever of the two clocks was wrong.
    let age = now.duration_since(loaded_at).abs();
    (STALE_AFTER < age).then(|| format!("{STALE}: nothing new has come for more than 14 days"))
}

fn never(now: Timestamp) -> ListState {
    ListState {
        tried_at: now,
        loaded_at: None,
        entries: 0,
        size_bytes: 0,
        compiled_path: None,
        added: 0,
        removed: 0,
        bad_lines: 0,
        fault: None,
        warnings: Vec::new(),
    }
}

/// Files that an earlier form of this source was compiled to, and what a crash left. A gate that has one of them open
/// keeps it open.
fn forget_older(path: &Path, id: &str) {
    let Some(Ok(entries)) = path.parent().map(std::fs::read_dir) else { return };
    for entry in entries.flatten().filter(|it| it.path() != path) {
        if entry.file_name().to_string_lossy().starts_with(id) && std::fs::remove_file(entry.path()).is_err()
        {
            tracing::warn!(file = %entry.path().display(), "an old list cannot be removed");
        }
    }
}
