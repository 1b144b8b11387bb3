use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use school::{Choice as _, Id, roster::Kind};
use store::{
    By,
    activity::{self, Activity},
    roster::{Approval, Filter, Load, NewLoad, Stage},
};
use wire::roster::{Bundle, Mapping, Mode, read_mapped};

use crate::{assemble, clock::now, data_folder::DataFolder, house::House};

#[derive(Args)]
pub(crate) struct Roster {
    #[command(flatten)]
    file: super::ConfigFile,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Read a roster without keeping it: what would be read, and every problem with its file, line and field.
    Check {
        #[command(flatten)]
        from: From,
    },
    /// Show the mapping that is guessed from the headings of a CSV, to be put right and used with --mapping.
    Guess { file: PathBuf },
    /// Hand a roster over and show whom it would add, change and take away. Nothing changes without --approve.
    Load(Hand),
}

#[derive(Args)]
struct From {
    /// `OneRoster` 1.1 or 1.2 as a zip or a folder, or one CSV of another system.
    file: PathBuf,
    /// What the columns of that one CSV are; guessed from the headings unless given.
    #[arg(long)]
    mapping: Option<PathBuf>,
}

#[derive(Args)]
struct Hand {
    #[command(flatten)]
    from: From,
    /// What the system is called; a roster speaks only of those that came from the same one. As in the configuration
    /// unless given.
    #[arg(long)]
    source: Option<String>,
    /// Let it take effect.
    #[arg(long)]
    approve: bool,
    /// With --approve: even if far more people would leave than usual.
    #[arg(long, requires = "approve")]
    accept_jump: bool,
    /// How many rows of each kind are shown.
    #[arg(long, default_value_t = 20)]
    rows: u32,
}

/// Half seconds to wait for a running gate.
const PATIENCE: u32 = 600;
/// Packed bytes of one roster.
const MOST_BYTES: u64 = 128 << 20;

pub(crate) fn run(asked: &Roster) -> anyhow::Result<ExitCode> {
    match &asked.what {
        What::Check { from } => check(from),
        What::Guess { file } => guess(file),
        What::Load(hand) => super::block_on(async {
            let house = House::open(&asked.file.config).await?;
            load(&house, hand).await
        }),
    }
}

fn check(from: &From) -> anyhow::Result<ExitCode> {
    let (name, bytes) = from.bytes()?;
    let mapping = from.mapping()?.map(|(_, mapping)| mapping);
    let roster = read_mapped(&name, &bytes, mapping.as_ref());
    let mode = if roster.mode == Mode::Bulk { "everybody" } else { "changes only" };
    println!("{name}: {mode}");
    println!("    people       {}", roster.people.len());
    let mut roles: Vec<(&str, usize)> = Vec::new();
    for role in roster.people.iter().filter_map(|it| it.roles.first()) {
        match roles.iter_mut().find(|(it, _)| *it == role.as_str()) {
            Some((_, count)) => *count += 1,
            None => roles.push((role, 1)),
        }
    }
    for (role, count) in roles {
        println!("      {role:<12}{count}");
    }
    println!("    contacts     {}", roster.links.len());
    println!("    classes      {}", roster.classes.len());
    println!("    enrolments   {}", roster.enrolments.len());
    for problem in &roster.problems {
        println!("{problem}");
    }
    if roster.is_fatal() {
        println!("Nothing of it can be used before that is put right.");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn guess(file: &Path) -> anyhow::Result<ExitCode> {
    let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let headings = wire::roster::headings(&file.to_string_lossy(), &bytes);
    match headings {
        Ok(headings) => {
            print!("{}", Mapping::guess(headings.iter().map(String::as_str)));
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => {
            for it in &problems {
                println!("{it}");
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn load(house: &House, hand: &Hand) -> anyhow::Result<ExitCode> {
    let (name, bytes) = hand.from.bytes()?;
    let set = house.config.roster.as_ref();
    let mapping = match hand.from.mapping()? {
        Some((text, _)) => text,
        None => set.and_then(|it| it.mapping.clone()).unwrap_or_default(),
    };
    let source = hand.source.clone().or_else(|| set.map(|it| it.source.to_string()));
    let source = source.unwrap_or_else(|| "MIS".to_owned());
    let by = By { person: None, name: "Command line".to_owned(), at: now() };
    let new = NewLoad {
        school: house.school.id,
        source: &source,
        file_name: &name,
        mapping: &mapping,
        bytes: &bytes,
    };
    let mut tx = house.db.write().await?;
    let id = store::roster::receive(&mut tx, &by, &new).await?;
    tx.commit().await?;
    let load = wait(house, id).await?;
    super::viewed(house, "view roster", &load.file_name).await?;
    show(house, &load, hand.rows).await?;
    if load.stage != Stage::Ready {
        return Ok(ExitCode::FAILURE);
    }
    if !hand.approve {
        println!("Nothing has changed: approve it in the console, or give --approve.");
        return Ok(ExitCode::SUCCESS);
    }
    let typed = load.jump.as_ref().filter(|_| hand.accept_jump).map(|(_, leavers)| *leavers);
    let mut tx = house.db.write().await?;
    let by = By { at: now(), ..by };
    if store::roster::approve(&mut tx, &by, house.school.id, &load, typed).await? == Approval::Asks {
        bail!("not approved: look at who would leave, and give --accept-jump as well if that is right");
    }
    tx.commit().await?;
    let load = wait(house, id).await?;
    println!("{}: {}", load.file_name, load.stage.label());
    load.remark.iter().for_each(|it| println!("{it}"));
    Ok(if load.stage == Stage::Applied { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Beside a running gate, the gate's own office does what waits; otherwise it is done here.
async fn wait(house: &House, id: Id<Load>) -> anyhow::Result<Load> {
    if let Ok(folder) = DataFolder::take(&house.config.data) {
        let health = workers::Health::default();
        let (snapshots, current) =
            assemble::snapshots(&house.config, &house.db, &house.school, &health).await?;
        let settings = activity::Settings::new(house.config.school.calendar.zone.clone());
        let log = Activity::open(&folder.join("activity"), settings)?;
        let office = assemble::office(&house.config, &house.db, &current, &snapshots, &health, log.reader())?;
        office.work_off().await?;
    }
    for _ in 0..PATIENCE {
        let load = store::roster::get(&mut house.db.read().await?, id).await?;
        let load = load.context("the roster that was handed over is gone")?;
        if !load.stage.is_under_way() {
            return Ok(load);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    bail!("the running gate has not come to it yet: look at the console for what came of it")
}

async fn show(house: &House, load: &Load, most: u32) -> anyhow::Result<()> {
    println!("{}: {}", load.file_name, load.words());
    load.remark.iter().for_each(|it| println!("{it}"));
    let mut tx = house.db.read().await?;
    for kind in Kind::ALL {
        let filter = Filter { kind: Some(*kind), words: "" };
        let rows = store::roster::rows(&mut tx, house.school.id, load.id, filter, 0, most).await?;
        if rows.is_empty() {
            continue;
        }
        println!("{}", kind.label());
        for row in &rows {
            let place = row.place.as_ref().map(|it| format!(" ({}, line {})", it.file, it.line));
            let side = |it: &str| if it.is_empty() { "nothing".to_owned() } else { it.to_owned() };
            let changes: Vec<String> = row
                .changes
                .iter()
                .map(|it| format!("{}: {} → {}", it.field.label(), side(&it.before), side(&it.after)))
                .collect();
            let words = [row.words.clone(), changes.join("; ")].into_iter().filter(|it| !it.is_empty());
            let words = words.collect::<Vec<_>>().join("; ");
            println!("    {:<28} {words}{}", row.name, place.unwrap_or_default());
        }
        if u32::try_from(rows.len()) == Ok(most) {
            println!("    and perhaps more: the console shows all, and --rows says how many here");
        }
    }
    if let Some((words, _)) = &load.jump {
        println!("STOP: {words}");
    }
    Ok(())
}

impl From {
    /// The file, or a folder of tables as one zip, with its name.
    fn bytes(&self) -> anyhow::Result<(String, Vec<u8>)> {
        let name = self.file.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let missing = || format!("{} cannot be read", self.file.display());
        let size = |path: &Path| fs::metadata(path).map(|it| it.len());
        let mut left = MOST_BYTES;
        let mut take = |path: &Path| {
            left = left
                .checked_sub(size(path).with_context(missing)?)
                .context("it is larger than any roster: hand over the tables of people and classes alone")?;
            fs::read(path).with_context(missing)
        };
        if !self.file.is_dir() {
            return Ok((name, take(&self.file)?));
        }
        let mut bundle = Bundle::new(&name);
        for entry in fs::read_dir(&self.file).with_context(missing)? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it.eq_ignore_ascii_case("csv")) {
                let inner = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
                bundle.add(&inner, take(&path)?);
            }
        }
        Ok((name, bundle.pack()))
    }

    /// As text, and read.
    fn mapping(&self) -> anyhow::Result<Option<(String, Mapping)>> {
        let Some(path) = &self.mapping else { return Ok(None) };
        let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        match Mapping::parse(&text) {
            Ok(mapping) => Ok(Some((text, mapping))),
            Err(faults) => {
                let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
                bail!("{}", words.join("\n"))
            }
        }
    }
}
