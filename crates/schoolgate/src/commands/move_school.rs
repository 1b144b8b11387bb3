use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::Args;
use store::{
    Db,
    carry::{Beside, carry},
};

use crate::{config::Config, data_folder::DataFolder, house};

#[derive(Args)]
pub(crate) struct Move {
    #[command(flatten)]
    file: super::ConfigFile,
    /// Where to: `postgres://user@host/name`, or `sqlite:///path/to/file`. Other users of this computer see what is
    /// typed here: an address with a password belongs in a file.
    #[arg(long, value_name = "ADDRESS", required_unless_present = "to_file", conflicts_with = "to_file")]
    to: Option<String>,
    /// A file with such an address.
    #[arg(long, value_name = "FILE")]
    to_file: Option<PathBuf>,
    /// The target is a trust's, and may hold other schools.
    #[arg(long)]
    trust: bool,
}

pub(crate) fn run(asked: &Move) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let config = Config::load(&asked.file.config)?;
        let address = super::address(asked.to.as_deref(), asked.to_file.as_deref())?;
        let address = address.context("say where to, with --to or --to-file")?;
        if address == config.database {
            bail!("the school is there already: `database` in the configuration is the target");
        }
        // While it moves nobody writes, so that nothing is left behind.
        let _held = DataFolder::take(&config.data)?;
        let from = house::open(&config).await?;
        let to = Db::open(&address)
            .await
            .context("the target does not open: is it there, and does it take us?")?;
        let beside = if asked.trust { Beside::Others } else { Beside::Nobody };
        let carried = carry(&from, &to, beside).await?;
        for table in carried.tables.iter().filter(|it| it.rows != 0) {
            println!("{:>9}  {:<20} SHA-256 {}", table.rows, table.name, table.digest);
        }
        to.analyze().await?;
        from.close().await;
        to.close().await;
        if carried.was_there {
            println!("All of it was there already, row for row; nothing was changed.");
        } else {
            println!("All of it is there, row for row, and the audit trail reads as it was written.");
        }
        println!(
            "What was moved from is as it was. To go on with the new one, write into {}:\n",
            asked.file.config.display()
        );
        println!("    database = \"{}\"", super::without_password(&address));
        Ok(ExitCode::SUCCESS)
    })
}
