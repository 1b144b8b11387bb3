//! What can be asked of the program; one file each.
mod agreements;
mod audit;
pub(crate) mod backup;
mod clock;
mod demo;
mod doctor;
mod explain;
mod guests;
mod lists;
mod migrate;
mod move_school;
mod people;
mod roster;
mod rules;
mod serve;
mod trust;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};

use crate::house::House;

#[derive(Parser)]
#[command(
    name = "schoolgate",
    version,
    about = "A school's gate to the internet: decided by person, explained, recorded"
)]
pub(crate) struct Commands {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a school's gate, its office and its console.
    Serve(ConfigFile),
    /// Run a made-up school with made-up people and made-up sites.
    Demo(demo::Demo),
    /// Say what a person would get, and why.
    Explain(explain::Explain),
    /// Category lists: what there is, add one, compile, check.
    Lists(lists::Lists),
    /// People: list, add, set a password.
    People(people::People),
    /// Visitors and others who are here for a time: list, end.
    Guests(guests::Guests),
    /// Agreements: what is in force and who has signed, print a text, publish a new version.
    Agreements(agreements::Agreements),
    /// Rosters from a management information system: check a file, show what it would change, approve it.
    Roster(roster::Roster),
    /// Rules as a text file: export, import, diff.
    Rules(rules::Rules),
    /// Trusts: list, make one, put this school under one.
    Trust(trust::Trust),
    /// The audit trail: list, verify, sign, export.
    Audit(audit::Audit),
    /// Bring the database up to date; `serve` does it by itself.
    Migrate(ConfigFile),
    /// Everything into one file, while it runs; or check such a file.
    Backup(backup::Backup),
    /// Put a backup into a new data folder.
    Restore(backup::Restore),
    /// Move the records of this school to another database, such as a trust's.
    Move(move_school::Move),
    /// The time: show what is believed, or confirm that this computer's is right.
    Clock(clock::Clock),
    /// Check everything, and say what to do about what is wrong.
    Doctor(ConfigFile),
}

#[derive(Args)]
pub(crate) struct ConfigFile {
    /// The configuration; docs/configuration.md shows every key.
    #[arg(long, global = true, default_value = "schoolgate.toml")]
    config: PathBuf,
}

impl Commands {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Serve(it) => serve::run(&it.config),
            Command::Demo(it) => demo::run(&it),
            Command::Explain(it) => explain::run(&it),
            Command::Lists(it) => lists::run(&it),
            Command::People(it) => people::run(it),
            Command::Guests(it) => guests::run(&it),
            Command::Agreements(it) => agreements::run(&it),
            Command::Roster(it) => roster::run(&it),
            Command::Rules(it) => rules::run(&it),
            Command::Trust(it) => trust::run(it),
            Command::Audit(it) => audit::run(&it),
            Command::Backup(it) => backup::run(&it),
            Command::Restore(it) => backup::restore(&it),
            Command::Move(it) => move_school::run(&it),
            Command::Migrate(it) => migrate::run(&it.config),
            Command::Clock(it) => clock::run(&it),
            Command::Doctor(it) => doctor::run(&it.config),
        }
    }
}

/// A look at what is of people is written down before it is shown, here as in the console (LOG-04).
async fn viewed(house: &House, act: &str, subject: &str) -> anyhow::Result<()> {
    let by = store::By { person: None, name: "Command line".to_owned(), at: crate::clock::now() };
    let mut tx = house.db.write().await?;
    store::audit::note(&mut tx, &by, house.school.id, act, subject, None, None).await?;
    Ok(tx.commit().await?)
}

/// The address of a database as it is typed, or as the first line of a file has it.
fn address(typed: Option<&str>, file: Option<&Path>) -> anyhow::Result<Option<String>> {
    let Some(file) = file else { return Ok(typed.map(ToOwned::to_owned)) };
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let line = text.lines().map(str::trim).find(|it| !it.is_empty());
    Ok(Some(line.with_context(|| format!("{} holds no address", file.display()))?.to_owned()))
}

/// As it may be printed where others read it.
fn without_password(address: &str) -> String {
    let hidden = address.split_once("://").and_then(|(scheme, rest)| {
        // The last, so that one in a password hides no less.
        let (who, place) = rest.rsplit_once('@')?;
        let (name, _) = who.split_once(':')?;
        Some(format!("{scheme}://{name}:(the password)@{place}"))
    });
    hidden.unwrap_or_else(|| address.to_owned())
}

/// A runtime for a command that ends by itself.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn an_address_is_printed_without_its_password() {
        for (address, printed) in [
            ("postgres://school:s3cr:t/@db.test/gate", "postgres://school:(the password)@db.test/gate"),
            ("postgres://school:s3cret@db.test/gate", "postgres://school:(the password)@db.test/gate"),
            (
                "postgres://school:s%40c@t@db.test:5432/gate?host=/x",
                "postgres://school:(the password)@db.test:5432/gate?host=/x",
            ),
            ("postgres://school@db.test/gate", "postgres://school@db.test/gate"),
            ("sqlite:///var/lib/a.db", "sqlite:///var/lib/a.db"),
        ] {
            assert_eq!(without_password(address), printed);
        }
    }
}
