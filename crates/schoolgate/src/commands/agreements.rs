use std::{fs, path::Path, path::PathBuf, process::ExitCode};

use agreements::{Agreement, Audience, Contract, Level, Reading};
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use school::Choice;
use store::{
    By, Tx,
    agreements::{self as kept, Book},
    register, settings,
};

use crate::{clock::now, house::House};

#[derive(Args)]
pub(crate) struct Agreements {
    #[command(flatten)]
    file: super::ConfigFile,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Show what is in force, and how many have signed it.
    List {
        /// Everybody with something missing instead, in a line each.
        #[arg(long)]
        missing: bool,
    },
    /// Print a text: its title, then the rest, as `publish` takes it.
    Export {
        #[arg(value_parser = audience)]
        audience: Audience,
        /// standard, easy or young.
        #[arg(long, default_value = "standard", value_parser = level)]
        reading: Level,
        /// Without it: the one in force.
        #[arg(long)]
        version: Option<u32>,
    },
    /// Put a new version in force: everyone whom it is for is asked to sign again.
    Publish {
        #[arg(value_parser = audience)]
        audience: Audience,
        /// The title in the first line, then the text. `#` begins a heading, `-` a point of a list.
        text: PathBuf,
        /// The same in easy words.
        #[arg(long, value_name = "FILE")]
        easy: Option<PathBuf>,
        /// The same for young children.
        #[arg(long, value_name = "FILE")]
        young: Option<PathBuf>,
        /// Why it changes; kept with the version.
        #[arg(long)]
        note: school::Line,
    },
}

fn audience(code: &str) -> Result<Audience, String> {
    chosen(code)
}

fn level(code: &str) -> Result<Level, String> {
    chosen(code)
}

fn chosen<T: Choice>(code: &str) -> Result<T, String> {
    T::from_code(code).ok_or_else(|| {
        let codes: Vec<&str> = T::ALL.iter().map(|it| it.code()).collect();
        format!("write one of {}", codes.join(", "))
    })
}

pub(crate) fn run(asked: &Agreements) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let house = House::open(&asked.file.config).await?;
        match &asked.what {
            What::List { missing: false } => list(&house).await?,
            What::List { missing: true } => list_missing(&house).await?,
            What::Export { audience, reading, version } => {
                let of = find(&mut house.db.read().await?, &house, *audience, *version).await?;
                let found = of.readings().iter().find(|it| it.level() == *reading);
                let it = found.with_context(|| {
                    format!("version {} has no such reading: {}", of.version, readings(&of))
                })?;
                println!("{}\n\n{}", it.title(), it.text());
            }
            What::Publish { audience, text, easy, young, note } => {
                let files = [
                    (Level::Standard, Some(text)),
                    (Level::Easy, easy.as_ref()),
                    (Level::Young, young.as_ref()),
                ];
                publish(&house, *audience, &files, note.as_str()).await?;
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn list(house: &House) -> anyhow::Result<()> {
    let book = book(house).await?;
    let at = now();
    for it in &book.in_force {
        let concerned = book.people.iter().filter(|kept| it.audience.covers(kept.person.roles));
        let (lacking, complete): (Vec<_>, Vec<_>) = concerned.partition(|kept| {
            book.missing(&kept.person, at).iter().any(|missing| missing.agreement == it.id)
        });
        println!(
            "{:<10} version {:<3} {} of {} complete  {} ({})",
            it.audience.code(),
            it.version,
            complete.len(),
            complete.len() + lacking.len(),
            it.title(),
            readings(it),
        );
    }
    Ok(())
}

async fn list_missing(house: &House) -> anyhow::Result<()> {
    let book = book(house).await?;
    let at = now();
    for kept in &book.people {
        for it in book.missing(&kept.person, at) {
            let of = book.agreement(it.agreement).map_or("", |it| it.audience.code());
            println!("{:<20} {:<28} {of}: {}", kept.person.username, kept.person.name, it.what.label());
        }
    }
    Ok(())
}

async fn book(house: &House) -> anyhow::Result<Book> {
    let zone = house.config.school.calendar.zone.clone();
    Ok(Book::of(&mut house.db.read().await?, house.school.id, zone).await?)
}

fn readings(of: &Agreement) -> String {
    of.readings().iter().map(|it| it.level().code()).collect::<Vec<_>>().join(", ")
}

async fn find(
    tx: &mut Tx,
    house: &House,
    audience: Audience,
    version: Option<u32>,
) -> anyhow::Result<Agreement> {
    let school = house.school.id;
    let found = match version {
        None => kept::newest(tx, school, audience).await?,
        Some(number) => {
            let all = kept::versions(tx, school, audience).await?;
            all.into_iter().map(|it| it.agreement).find(|it| it.version == number)
        }
    };
    found.context("there is no such version: `schoolgate agreements list` shows what is in force")
}

async fn publish(
    house: &House,
    audience: Audience,
    files: &[(Level, Option<&PathBuf>)],
    note: &str,
) -> anyhow::Result<()> {
    let by = By { person: None, name: "Command line".to_owned(), at: now() };
    let school = house.school.id;
    let mut tx = house.db.write().await?;
    let contract = Contract::of(&settings::of(&mut tx, school, None).await?);
    let mut readings = Vec::new();
    for (level, file) in files {
        let Some(file) = file else { continue };
        readings.push(read(*level, file, audience, contract)?);
    }
    let before = kept::newest(&mut tx, school, audience).await?;
    if before.is_some_and(|it| it.readings() == readings) {
        bail!("this is what is in force already, so nobody is asked again");
    }
    let new = kept::publish(&mut tx, &by, school, audience, readings, note).await?;
    let all = register::count_by_roles(&mut tx, school).await?;
    let asked: u64 = all.iter().filter(|(roles, _)| audience.covers(*roles)).map(|(_, n)| n).sum();
    tx.commit().await?;
    println!("version {} is in force; {asked} people are asked to sign it", new.version);
    Ok(())
}

fn read(level: Level, file: &Path, audience: Audience, contract: Contract) -> anyhow::Result<Reading> {
    let whole = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let whole = whole.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let (title, text) = whole.trim().split_once('\n').unwrap_or_default();
    let text =
        if audience == Audience::Adults { contract.put_in(text.trim()) } else { text.trim().to_owned() };
    let reading = Reading::new(level, title.trim(), &text);
    match reading.fault() {
        None => Ok(reading),
        Some(fault) => bail!("{}: {fault}", file.display()),
    }
}
