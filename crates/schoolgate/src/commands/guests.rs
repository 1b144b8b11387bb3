use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use jiff::{Timestamp, tz::TimeZone};
use school::{Choice as _, Id, Line, Username, guest::Guest};
use store::{
    By, Tx,
    guests::{self, Kept},
    people, register,
};

use crate::{clock::now, house::House};

#[derive(Args)]
pub(crate) struct Guests {
    #[command(flatten)]
    file: super::ConfigFile,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Show who is in, who is expected, and who waits for approval.
    List {
        /// Those who are gone or were refused instead, the latest first.
        #[arg(long)]
        past: bool,
    },
    /// End somebody's time now: nothing opens for them any more.
    End {
        /// Their user name, such as guest-3; their id where they have none yet.
        who: String,
        /// Kept with their record.
        #[arg(long)]
        why: Line,
    },
}

/// Of those who are gone.
const PAST: u32 = 200;

pub(crate) fn run(asked: &Guests) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let house = House::open(&asked.file.config).await?;
        match &asked.what {
            What::List { past } => list(&house, *past).await?,
            What::End { who, why } => end(&house, who, why).await?,
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn list(house: &House, past: bool) -> anyhow::Result<()> {
    let school = house.school.id;
    let zone = &house.config.school.calendar.zone;
    let mut tx = house.db.read().await?;
    let all = if past {
        guests::past(&mut tx, school, PAST).await?
    } else {
        guests::current(&mut tx, school).await?
    };
    if all.is_empty() {
        println!(
            "{}",
            if past { "nobody has been a guest yet" } else { "nobody is in, expected or waiting" }
        );
    }
    let ids: Vec<_> =
        all.iter().flat_map(|it| [Some(it.guest.sponsor), it.guest.account()]).flatten().collect();
    let known = register::some(&mut tx, school, &ids).await?;
    for it in all {
        let guest = &it.guest;
        let account = guest.account().and_then(|it| known.get(&it));
        let handle = account.map_or_else(|| guest.id.to_string(), |it| it.username.to_string());
        let sponsor = known.get(&guest.sponsor).map_or("somebody who has left", |it| it.name.as_str());
        println!(
            "{handle:<12} {:<24} {:<16} {} to {}  {}, for {}, sponsor {sponsor}",
            guest.name,
            guest.kind.label(),
            minute(guest.hours.from, zone),
            minute(guest.hours.until, zone),
            guest.stage.label(),
            guest.focus,
        );
    }
    Ok(())
}

async fn end(house: &House, who: &str, why: &Line) -> anyhow::Result<()> {
    let by = By { person: None, name: "Command line".to_owned(), at: now() };
    let mut tx = house.db.write().await?;
    let kept = find(&mut tx, house, who).await?;
    let Ok(ended) = kept.guest.clone().end(None, by.at, why.as_str()) else {
        bail!("the time of {} is over already", kept.guest.name);
    };
    guests::save(&mut tx, &by, "end guest", &kept, &ended).await?;
    tx.commit().await?;
    println!("the time of {} has ended", kept.guest.name);
    Ok(())
}

/// By the user name that they were given, or by id.
async fn find(tx: &mut Tx, house: &House, who: &str) -> anyhow::Result<Kept> {
    let school = house.school.id;
    if let Ok(id) = who.parse::<Id<Guest>>() {
        return guests::get(tx, school, id).await?.with_context(|| format!("there is no guest {who}"));
    }
    let username: Username =
        who.parse().with_context(|| format!("{who} is neither a user name nor an id"))?;
    let account = people::by_username(tx, school, &username).await?.map(|it| it.person.id);
    let account = account.with_context(|| format!("nobody signs in as {username}"))?;
    let mut all = guests::current(tx, school).await?;
    all.extend(guests::past(tx, school, PAST).await?);
    let found = all.into_iter().find(|it| it.guest.account() == Some(account));
    found.with_context(|| format!("{username} is no guest: `schoolgate people` is for everybody else"))
}

fn minute(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}
