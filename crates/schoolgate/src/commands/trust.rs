use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use school::{Line, Trust as Tree};
use store::{By, fresh_id, trusts};

use crate::{clock::now, house::House};

#[derive(Args)]
pub(crate) struct Trust {
    #[command(flatten)]
    file: super::ConfigFile,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Show the trusts and their schools.
    List,
    /// Make a trust.
    New { name: Line },
    /// Put the school of this configuration under a trust: what the trust has set and locked holds there from then on.
    AddSchool { trust: Line },
}

pub(crate) fn run(asked: Trust) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let house = House::open(&asked.file.config).await?;
        let by = By { person: None, name: "Command line".to_owned(), at: now() };
        let mut tx = house.db.write().await?;
        match asked.what {
            What::List => {
                for trust in trusts::all(&mut tx).await? {
                    let schools = store::schools::of_trust(&mut tx, trust.id).await?;
                    let names: Vec<&str> = schools.iter().map(|it| it.name.as_str()).collect();
                    println!("{}: {}", trust.name, names.join(", "));
                }
            }
            What::New { name } => trusts::add(&mut tx, &by, &Tree { id: fresh_id(by.at), name }).await?,
            What::AddSchool { trust } => {
                let missing = || format!("there is no trust {trust}: make it with `schoolgate trust new`");
                let found = trusts::named(&mut tx, &trust).await?.with_context(missing)?;
                trusts::join(&mut tx, &by, house.school.id, &found).await?;
            }
        }
        tx.commit().await?;
        Ok(ExitCode::SUCCESS)
    })
}
