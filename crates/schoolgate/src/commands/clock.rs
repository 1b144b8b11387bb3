use std::{path::Path, process::ExitCode};

use clap::{Args, Subcommand};
use store::{By, last_known};

use crate::{clock::now, config::Config, house};

#[derive(Args)]
pub(crate) struct Clock {
    #[command(flatten)]
    file: super::ConfigFile,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Show this computer's time and the last that was believed.
    Show,
    /// Say that this computer's time is right, so that what waited for it is ended and deleted.
    Confirm,
}

pub(crate) fn run(asked: &Clock) -> anyhow::Result<ExitCode> {
    super::block_on(work(&asked.file.config, &asked.what))
}

async fn work(file: &Path, what: &What) -> anyhow::Result<ExitCode> {
    let config = Config::load(file)?;
    let db = house::open(&config).await?;
    let by = By { person: None, name: "Command line".to_owned(), at: now() };
    match what {
        What::Show => {
            println!("This computer says {}.", by.at);
            let mut tx = db.read().await?;
            match last_known::get(&mut tx).await? {
                Some(at) => println!("The last time that was believed is {at}."),
                None => println!("No time has been believed yet: nothing has run on this database."),
            }
        }
        What::Confirm => {
            let mut tx = db.write().await?;
            last_known::confirm(&mut tx, &by).await?;
            tx.commit().await?;
            println!(
                "{} is taken to be right. What was held back goes on within a quarter of an hour.",
                by.at
            );
        }
    }
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
