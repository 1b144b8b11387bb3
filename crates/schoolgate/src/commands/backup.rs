use std::{path::PathBuf, process::ExitCode};

use anyhow::bail;
use clap::Args;
use store::{Db, audit, backup};

use crate::{clock::now, config::Config, house, seal};

#[derive(Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    file: super::ConfigFile,
    /// The file to make, or a folder to make it in. Schoolgate may run meanwhile.
    to: PathBuf,
    /// Make nothing: read this backup, and say whether it is whole.
    #[arg(long)]
    verify: bool,
}

#[derive(Args)]
pub(crate) struct Restore {
    /// A backup.
    file: PathBuf,
    /// The folder to put it into; it is made, or empty.
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,
}

pub(crate) fn run(asked: &Backup) -> anyhow::Result<ExitCode> {
    if asked.verify {
        let found = backup::verify(&asked.to)?;
        println!(
            "{} is whole: made at {}, {} files, {} bytes of {}",
            asked.to.display(),
            found.made,
            found.files.len(),
            found.size(),
            found.data
        );
        return Ok(ExitCode::SUCCESS);
    }
    super::block_on(async {
        let config = Config::load(&asked.file.config)?;
        if !config.data.is_dir() {
            bail!("{} is not there: there is nothing to back up", config.data.display());
        }
        let db = house::open(&config).await?;
        let now = now();
        let to = if asked.to.is_dir() { asked.to.join(backup::file_name(now)) } else { asked.to.clone() };
        let what = of(&config, &db);
        let made = what.make(&to, now).await?;
        db.close().await;
        println!("{}: {} files, {} bytes", to.display(), made.files.len(), made.size());
        println!(
            "It holds the keys of this installation and records about children, and is not encrypted: keep it safe."
        );
        Ok(ExitCode::SUCCESS)
    })
}

/// What a backup of this installation is made of.
pub(crate) fn of(config: &Config, db: &Db) -> backup::Backup {
    backup::Backup {
        db: db.clone(),
        data: config.data.clone(),
        database: config.database.strip_prefix("sqlite://").map(PathBuf::from),
        configuration: config.file.clone(),
    }
}

pub(crate) fn restore(asked: &Restore) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let found = backup::restore(&asked.file, &asked.data).await?;
        println!("{} files of {} are in {}", found.files.len(), found.made, asked.data.display());
        let db = Db::open_file(&asked.data.join(backup::DATABASE)).await?;
        let (checkpoints, mut faults) = audit::checkpoints_in(&asked.data.join("checkpoints"))?;
        let key = seal::signer(&asked.data)?.key();
        let mut tx = db.read().await?;
        for school in store::schools::all(&mut tx).await? {
            let report = audit::verify(&mut tx, school.id, &checkpoints, Some(key)).await?;
            println!("{}: {} entries in the audit trail", school.name, report.entries);
            faults.extend(report.breaks.iter().map(|it| format!("{}: {it}", school.name)));
        }
        drop(tx);
        db.close().await;
        for fault in &faults {
            println!("BAD   {fault}");
        }
        println!(
            "Write `data = \"{}\"` into the configuration and take `database` out; {} in the folder shows how it was. \
             For PostgreSQL, run `schoolgate move --to postgres://…` after that.",
            asked.data.display(),
            backup::CONFIGURATION
        );
        Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}
