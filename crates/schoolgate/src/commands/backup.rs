use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::Args;
use store::{
    Db, audit,
    backup::{self, Identity},
};

use crate::{clock::now, config::Config, house, seal};

#[derive(Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    file: super::ConfigFile,
    /// The file to make, or a folder to make it in. Schoolgate may run meanwhile.
    #[arg(required_unless_present = "new_key")]
    to: Option<PathBuf>,
    /// Make nothing: read this backup, and say whether it is whole.
    #[arg(long)]
    verify: bool,
    /// The file with the key of a sealed backup, to verify it.
    #[arg(long, value_name = "FILE", requires = "verify")]
    identity: Option<PathBuf>,
    /// Make a key that opens sealed backups, in this file, and print what to write into the configuration.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["to", "verify"])]
    new_key: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Restore {
    /// A backup.
    file: PathBuf,
    /// The folder to put it into; it is made, or empty.
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,
    /// The file with the key of a sealed backup.
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    #[command(flatten)]
    database: Database,
}

/// Where the records go, if not into a file of the folder. Other users of this computer see what is typed here: an
/// address with a password belongs in a file.
#[derive(Args)]
struct Database {
    /// An empty database: `postgres://user@host/name`.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "database_file")]
    database: Option<String>,
    /// A file with such an address.
    #[arg(long, value_name = "FILE")]
    database_file: Option<PathBuf>,
}

pub(crate) fn run(asked: &Backup) -> anyhow::Result<ExitCode> {
    if let Some(file) = &asked.new_key {
        return new_key(file);
    }
    let to = asked.to.as_ref().context("name the file to make, or a folder to make it in")?;
    if asked.verify {
        let found = backup::verify(to, identity(asked.identity.as_deref())?.as_ref())?;
        println!(
            "{} is whole: made at {}, {} files, {} bytes of {}",
            to.display(),
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
        let what = of(&config, &db);
        let sealed = what.recipient.is_some();
        let to = if to.is_dir() { to.join(backup::file_name(now, sealed)) } else { to.clone() };
        let made = what.make(&to, now).await?;
        db.close().await;
        println!("{}: {} files, {} bytes", to.display(), made.files.len(), made.size());
        println!(
            "It holds the keys of this installation and records about children{}.",
            match what.recipient {
                Some(recipient) => format!(", and is sealed for {recipient}"),
                None => ", and is not encrypted: keep it safe".to_owned(),
            }
        );
        Ok(ExitCode::SUCCESS)
    })
}

/// Never over a file that is there: it may be the only key of older backups.
fn new_key(file: &Path) -> anyhow::Result<ExitCode> {
    let identity = Identity::fresh()?;
    let recipient = identity.recipient()?;
    let text = format!("# Opens the backups of Schoolgate that are sealed for\n# {recipient}\n{identity}\n");
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file).with_context(|| format!("{} cannot be made", file.display()))?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    println!(
        "Move {} to the safe, twice, and off this computer: without it no sealed backup opens.\n\
         Then write into the configuration:\n\n    [backup]\n    recipient = \"{recipient}\"",
        file.display()
    );
    Ok(ExitCode::SUCCESS)
}

fn identity(file: Option<&Path>) -> anyhow::Result<Option<Identity>> {
    let Some(file) = file else { return Ok(None) };
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(Some(text.parse().with_context(|| format!("{}", file.display()))?))
}

/// What a backup of this installation is made of.
pub(crate) fn of(config: &Config, db: &Db) -> backup::Backup {
    backup::Backup {
        db: db.clone(),
        data: config.data.clone(),
        database: config.database.strip_prefix("sqlite://").map(PathBuf::from),
        configuration: config.file.clone(),
        others: config.backup.iter().map(|it| it.folder.clone()).collect(),
        recipient: config.backup.as_ref().and_then(|it| it.recipient),
    }
}

pub(crate) fn restore(asked: &Restore) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let identity = identity(asked.identity.as_deref())?;
        let address =
            super::address(asked.database.database.as_deref(), asked.database.database_file.as_deref())?;
        let target = match &address {
            None => None,
            Some(it) => Some(
                Db::open(it)
                    .await
                    .context("the database does not open: is it there, and does it take us?")?,
            ),
        };
        let found = backup::restore(&asked.file, &asked.data, identity.as_ref(), target.as_ref()).await?;
        println!("{} files of {} are in {}", found.files.len(), found.made, asked.data.display());
        let db = match &target {
            Some(db) => db.clone(),
            None => Db::open_file(&asked.data.join(backup::DATABASE)).await?,
        };
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
        let database = match &address {
            None => "take `database` out".to_owned(),
            Some(it) => format!("`database = \"{}\"`", super::without_password(it)),
        };
        println!(
            "Everybody is signed out. Write `data = \"{}\"` into the configuration and {database}; {} in the folder \
             shows how it was.",
            asked.data.display(),
            backup::CONFIGURATION
        );
        Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}
