use std::{fs, io::Write as _, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, ValueEnum};
use store::{
    By,
    audit::{self, Checkpoint, Format, Wanted},
};

use crate::{clock::now, house::House, seal};

#[derive(Args)]
pub(crate) struct Audit {
    #[command(flatten)]
    file: super::ConfigFile,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Show the newest entries.
    List {
        /// Part of the name of who did it.
        #[arg(long, default_value = "")]
        who: String,
        /// Part of what was done.
        #[arg(long, default_value = "")]
        act: String,
        /// Part of what it was about, or of how that was before or after.
        #[arg(long, default_value = "")]
        about: String,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Read the whole trail, and say whether it is as it was written.
    Verify {
        /// A checkpoint that was kept elsewhere; may stand several times. Those in the data folder are always used.
        #[arg(long = "checkpoint", value_name = "FILE")]
        checkpoints: Vec<PathBuf>,
    },
    /// Sign how far the trail reaches, for keeping elsewhere.
    Checkpoint {
        /// Without it: into the data folder, and to standard output.
        #[arg(long, value_name = "FOLDER")]
        to: Option<PathBuf>,
    },
    /// Everything, oldest first, with hashes.
    Export {
        #[arg(long, value_enum, default_value = "jsonl")]
        format: As,
        /// Without it: to standard output.
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum As {
    Jsonl,
    Csv,
}

pub(crate) fn run(asked: &Audit) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let house = House::open(&asked.file.config).await?;
        match &asked.what {
            What::List { who, act, about, limit } => {
                let text = |it: &String| it.clone();
                let wanted =
                    Wanted { who: text(who), act: text(act), words: text(about), ..Wanted::default() };
                list(&house, &wanted, *limit).await.map(|()| ExitCode::SUCCESS)
            }
            What::Verify { checkpoints } => verify(&house, checkpoints).await,
            What::Checkpoint { to } => checkpoint(&house, to.as_ref()).await.map(|()| ExitCode::SUCCESS),
            What::Export { format, to } => {
                let format = match format {
                    As::Jsonl => Format::JsonLines,
                    As::Csv => Format::Csv,
                };
                export(&house, format, to.as_ref()).await.map(|()| ExitCode::SUCCESS)
            }
        }
    })
}

async fn list(house: &House, wanted: &Wanted, limit: u32) -> anyhow::Result<()> {
    let mut tx = house.db.read().await?;
    let found = audit::search(&mut tx, house.school.id, wanted, None, limit).await?;
    drop(tx);
    let words = [("who", &wanted.who), ("act", &wanted.act), ("about", &wanted.words)];
    let words = words.iter().filter(|(_, it)| !it.is_empty()).map(|(name, it)| format!("{name} {it}"));
    let words = words.collect::<Vec<_>>().join(", ");
    super::viewed(house, "view audit", if words.is_empty() { "newest" } else { &words }).await?;
    for it in found {
        let change = match (&it.before, &it.after) {
            (Some(before), Some(after)) => format!(": {before} -> {after}"),
            (Some(only), None) | (None, Some(only)) => format!(": {only}"),
            (None, None) => String::new(),
        };
        let why = it.reason.map(|it| format!(" (because: {it})")).unwrap_or_default();
        println!("{:>7}  {}  {}: {} {}{change}{why}", it.seq, it.at, it.actor_name, it.act, it.subject);
    }
    Ok(())
}

async fn verify(house: &House, given: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let folder = house.config.data.join("checkpoints");
    let both = audit::checkpoints_in_both(&folder, house.config.audit.copy.as_deref());
    let (mut checkpoints, mut faults, away) = both.with_context(|| format!("{}", folder.display()))?;
    faults.extend(away);
    let mut foreign: Vec<Checkpoint> = Vec::new();
    for path in given {
        match audit::read_checkpoint(path) {
            Ok(it) => foreign.push(it),
            Err(fault) => faults.push(fault),
        }
    }
    let mut tx = house.db.read().await?;
    let schools = store::schools::all(&mut tx).await?;
    for it in foreign.iter().filter(|it| schools.iter().all(|school| school.id != it.school)) {
        faults.push(format!(
            "a checkpoint of {} has signed for {}, which is not in this database",
            it.made, it.name
        ));
    }
    checkpoints.append(&mut foreign);
    let key = seal::signer(&house.config.data)?.key();
    for school in schools {
        let report = audit::verify(&mut tx, school.id, &checkpoints, Some(key)).await?;
        let used = checkpoints.iter().filter(|it| it.school == school.id).count();
        println!("{}: {} entries, held against {used} checkpoints", school.name, report.entries);
        faults.extend(report.breaks.iter().map(|it| format!("{}: {it}", school.name)));
    }
    for fault in &faults {
        println!("BAD   {fault}");
    }
    if faults.is_empty() {
        println!("The trail is as it was written.");
        Ok(ExitCode::SUCCESS)
    } else {
        println!(
            "The trail is not as it was written. Keep this database and its backups, and tell the head."
        );
        Ok(ExitCode::FAILURE)
    }
}

async fn checkpoint(house: &House, to: Option<&PathBuf>) -> anyhow::Result<()> {
    let signer = seal::signer(&house.config.data)?;
    let folder = house.config.data.join("checkpoints");
    let copy = house.config.audit.copy.as_deref();
    let (known, _, away) = audit::checkpoints_in_both(&folder, copy)?;
    if let Some(away) = away {
        eprintln!("{away}");
    }
    let mut tx = house.db.read().await?;
    for school in store::schools::all(&mut tx).await? {
        let report = audit::verify(&mut tx, school.id, &known, Some(signer.key())).await?;
        if !report.is_good() {
            bail!(
                "the trail of {} is not as it was written, so it is not signed for: run audit verify",
                school.name
            );
        }
        let made = signer.sign(&school, report.last, report.hash, now());
        audit::put_checkpoint(&folder, &made)?;
        if let Some(copy) = copy {
            audit::put_checkpoint(copy, &made)?;
        }
        match to {
            None => print!("{made}"),
            Some(to) => println!("{}", audit::put_checkpoint(to, &made)?.display()),
        }
    }
    Ok(())
}

async fn export(house: &House, format: Format, to: Option<&PathBuf>) -> anyhow::Result<()> {
    let mut out: Box<dyn std::io::Write> = match to {
        None => Box::new(std::io::stdout().lock()),
        Some(to) => {
            let mut options = fs::OpenOptions::new();
            options.write(true).create(true).truncate(true);
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(to).with_context(|| format!("{} cannot be written", to.display()))?;
            Box::new(std::io::BufWriter::new(file))
        }
    };
    let school = house.school.id;
    let by = By { person: None, name: "Command line".to_owned(), at: now() };
    let mut tx = house.db.write().await?;
    audit::note(&mut tx, &by, school, "export audit", "all entries", None, None).await?;
    tx.commit().await?;
    let mut tx = house.db.read().await?;
    out.write_all(audit::heading(format).as_bytes())?;
    let mut last = 0;
    loop {
        let entries = audit::oldest(&mut tx, school, last).await?;
        for entry in &entries {
            out.write_all(audit::line(format, school, entry).as_bytes())?;
            last = entry.seq;
        }
        if entries.is_empty() {
            break;
        }
    }
    Ok(out.flush()?)
}
