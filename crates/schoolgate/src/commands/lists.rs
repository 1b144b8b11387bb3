use std::{
    fs::{self, File},
    io::Read as _,
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use policy::{
    Category,
    lists::{Format, Import, Report},
};
use school::Choice as _;
use store::{
    By,
    activity::{self, Activity},
    fresh_id,
    lists::ListSource,
};

use crate::{assemble, clock::now, data_folder::DataFolder, house::House};

#[derive(Args)]
pub(crate) struct Lists {
    #[command(flatten)]
    file: super::ConfigFile,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Show each list: source, licence, age, size, what is wrong.
    Status,
    /// Show what came and went with the last load of each list.
    Changes,
    /// Add a list, and compile it.
    Add(Add),
    /// As add; the word that other products use.
    Import(Add),
    /// Decide by a list no more; it stays known. A sealed list cannot be switched off.
    Off { name: String },
    /// Decide by a list again.
    On { name: String },
    /// Compile every list anew from its source.
    Compile,
    /// Read a file without keeping it, and report the lines that are wrong, with their numbers.
    Check {
        file: PathBuf,
        /// domains, hosts, urls, adblock or rpz; guessed unless given.
        #[arg(long)]
        kind: Option<String>,
    },
}

/// The job of `workers`.
const REFRESH: &str = "refresh lists";
/// Beside the one that comes by itself.
const ASKED: &str = "refresh lists, asked";
/// Half seconds to wait for the running gate.
const PATIENCE: u32 = 600;

#[derive(Args)]
struct Add {
    /// A file, a folder for `--kind squidguard`, or an address of http or https.
    location: String,
    /// What it is called.
    #[arg(long)]
    name: String,
    /// domains, hosts, urls, adblock, rpz or squidguard.
    #[arg(long)]
    kind: String,
    #[arg(long, default_value = "")]
    licence: String,
    /// One of ours, for a list about one thing.
    #[arg(long, conflicts_with = "map")]
    category: Option<String>,
    /// A table of their names and ours.
    #[arg(long)]
    map: Option<PathBuf>,
    /// Illegal content: hashed, never shown, never overridden, and no off switch.
    #[arg(long)]
    sealed: bool,
}

pub(crate) fn run(asked: &Lists) -> anyhow::Result<ExitCode> {
    if let What::Check { file, kind } = &asked.what {
        return check(file, kind.as_deref());
    }
    super::block_on(async {
        let house = House::open(&asked.file.config).await?;
        match &asked.what {
            What::Status | What::Changes => show(&house, matches!(asked.what, What::Changes)).await?,
            What::Add(it) | What::Import(it) => {
                let added = add(&house, it).await?;
                compile(&house).await?;
                off_unless_loaded(&house, added).await?;
            }
            What::Off { name } => switch(&house, name, false).await?,
            What::On { name } => switch(&house, name, true).await?,
            What::Compile => compile(&house).await?,
            What::Check { .. } => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn switch(house: &House, name: &str, enabled: bool) -> anyhow::Result<()> {
    let by = By { person: None, name: "Command line".to_owned(), at: now() };
    let mut tx = house.db.write().await?;
    let known = store::lists::sources(&mut tx).await?;
    let source = known.into_iter().find(|it| it.name == name);
    let source = source.with_context(|| format!("no list is called {name}: `lists status` names them"))?;
    if source.sealed {
        bail!("{name} is sealed: it has no off switch");
    }
    store::lists::save_source(&mut tx, &by, house.school.id, &ListSource { enabled, ..source }).await?;
    tx.commit().await?;
    compile(house).await
}

async fn show(house: &House, changes: bool) -> anyhow::Result<()> {
    let mut tx = house.db.read().await?;
    for (source, state) in store::lists::all(&mut tx).await? {
        let sealed = if source.sealed { ", sealed" } else { "" };
        let off = if source.enabled || source.sealed { "" } else { ", off" };
        println!("{} ({}{sealed}{off})", source.name, source.kind);
        let Some(state) = state else {
            println!("    has not been read yet");
            continue;
        };
        if changes {
            println!("    {} came, {} went with the last load", state.added, state.removed);
            continue;
        }
        if !source.sealed {
            println!("    from      {}", source.location);
        }
        let licence = if source.licence.is_empty() { "not said" } else { &source.licence };
        println!("    licence   {licence}");
        if let Some(at) = state.loaded_at {
            let hours = now().duration_since(at).as_hours();
            println!("    loaded    {at}, {hours} hours ago");
        }
        println!(
            "    entries   {} in {} KiB, {} bad lines",
            state.entries,
            state.size_bytes >> 10,
            state.bad_lines
        );
        println!("    changed   {} came, {} went", state.added, state.removed);
        for warning in &state.warnings {
            println!("    WARNING   {warning}");
        }
        if let Some(fault) = &state.fault {
            println!("    FAULT     {fault}; what was loaded before stays in force");
        }
    }
    Ok(())
}

async fn add(house: &House, it: &Add) -> anyhow::Result<ListSource> {
    if !crate::config::LIST_KINDS.contains(&it.kind.as_str()) {
        bail!("{} is no kind of list: write one of {}", it.kind, crate::config::LIST_KINDS.join(", "));
    }
    let location = if crate::config::is_url(&it.location) {
        it.location.clone()
    } else {
        let path = fs::canonicalize(&it.location).with_context(|| format!("{} is not there", it.location))?;
        path.display().to_string()
    };
    let map = match (&it.category, &it.map) {
        (Some(code), _) if Category::from_code(code).is_none() => bail!("{code} is no category of ours"),
        (Some(code), _) => crate::first_start::map_to(code),
        (None, Some(file)) => {
            fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?
        }
        (None, None) => String::new(),
    };
    let by = By { person: None, name: "Command line".to_owned(), at: now() };
    let source = ListSource {
        id: fresh_id(by.at),
        name: it.name.clone(),
        kind: it.kind.clone(),
        location,
        licence: it.licence.clone(),
        sealed: it.sealed,
        enabled: true,
        map,
    };
    let mut tx = house.db.write().await?;
    store::lists::add_source(&mut tx, &by, house.school.id, &source).await?;
    tx.commit().await?;
    Ok(source)
}

/// A gate that starts with a list which was never loaded stays closed: a slip on the command line must not do that.
/// What is sealed cannot be switched off, and closes the gate until it is loaded.
async fn off_unless_loaded(house: &House, added: ListSource) -> anyhow::Result<()> {
    let mut tx = house.db.write().await?;
    let state = store::lists::state(&mut tx, added.id).await?;
    if state.as_ref().is_some_and(|it| it.compiled_path.is_some()) {
        return Ok(());
    }
    let fault = state.and_then(|it| it.fault).unwrap_or_else(|| "it has not been read".to_owned());
    if added.sealed {
        bail!("{} is not loaded, and the gate opens nothing until it is: {fault}", added.name);
    }
    let by = By { person: None, name: "Command line".to_owned(), at: now() };
    let off = ListSource { enabled: false, ..added };
    store::lists::save_source(&mut tx, &by, house.school.id, &off).await?;
    tx.commit().await?;
    bail!("{} could not be loaded and is switched off: {fault}", off.name)
}

/// Beside a running gate, the gate's own office does it; otherwise it is done here.
async fn compile(house: &House) -> anyhow::Result<()> {
    let began = now();
    match DataFolder::take(&house.config.data) {
        Err(_) => ask(house, began).await?,
        Ok(folder) => {
            let health = workers::Health::default();
            let (snapshots, current) =
                assemble::snapshots(&house.config, &house.db, &house.school, &health).await?;
            let settings = activity::Settings::new(house.config.school.calendar.zone.clone());
            let log = Activity::open(&folder.join("activity"), settings)?;
            let office =
                assemble::office(&house.config, &house.db, &current, &snapshots, &health, log.reader())?;
            office.renew_lists().await;
        }
    }
    show(house, false).await
}

async fn ask(house: &House, began: Timestamp) -> anyhow::Result<()> {
    let mut tx = house.db.write().await?;
    store::jobs::enqueue_once(&mut tx, REFRESH, ASKED, "asked", began).await?;
    tx.commit().await?;
    for _ in 0..PATIENCE {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let all = store::lists::all(&mut house.db.read().await?).await?;
        if all.iter().all(|(_, state)| state.as_ref().is_some_and(|it| began <= it.tried_at)) {
            return Ok(());
        }
    }
    bail!("the running gate has not compiled them yet: `schoolgate lists status` shows how far it is")
}

fn check(file: &PathBuf, kind: Option<&str>) -> anyhow::Result<ExitCode> {
    let mut source = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut piece = vec![0; 1 << 16];
    let mut length = source.read(&mut piece)?;
    let name = file.to_string_lossy();
    let format = match kind {
        None => Format::sniff(&name, &piece[..length]),
        Some(code) => {
            Format::from_code(code).with_context(|| format!("{code} is no kind of list that is one file"))?
        }
    };
    let mut import = Import::new(format);
    let mut entries = 0_u64;
    while length > 0 {
        import.feed(&piece[..length], &mut |_| entries += 1);
        length = source.read(&mut piece)?;
    }
    let report: Report = import.finish(&mut |_| entries += 1);
    println!("{name}: {}, {} lines, {entries} entries", format.label(), report.lines);
    for (line, fault) in &report.shown {
        println!("{name}:{line}: {}", fault.message());
    }
    println!("{} bad lines, {} that say what is not imported", report.bad(), report.left_out());
    Ok(if report.bad() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
