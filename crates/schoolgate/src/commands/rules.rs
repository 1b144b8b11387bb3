use std::{fs, io::Read as _, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, ValueEnum};
use policy::{Directory, LayerText, lists::Lists};
use school::{Choice as _, Layer};
use similar::TextDiff;
use store::{By, Tx, rules::RulesVersion};

use crate::{clock::now, house::House};

#[derive(Args)]
pub(crate) struct Rules {
    #[command(flatten)]
    file: super::ConfigFile,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Print the rules in force, or an older version.
    Export {
        #[arg(long, default_value = "school")]
        layer: LayerName,
        #[arg(long)]
        version: Option<i64>,
    },
    /// Put a text in force, if nothing is wrong with it.
    Import {
        /// `-` for standard input.
        text: PathBuf,
        #[arg(long, default_value = "school")]
        layer: LayerName,
        /// Why it is changed.
        #[arg(long, default_value = "Imported from a file")]
        note: String,
    },
    /// Show what differs between two versions, or between what is in force and a file.
    Diff {
        /// Version numbers or files; the second is what is in force unless given.
        from: String,
        to: Option<String>,
        #[arg(long, default_value = "school")]
        layer: LayerName,
    },
    /// Show who changed what, newest first.
    Versions,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LayerName {
    Trust,
    School,
}

impl From<LayerName> for Layer {
    fn from(name: LayerName) -> Layer {
        match name {
            LayerName::Trust => Layer::Trust,
            LayerName::School => Layer::School,
        }
    }
}

pub(crate) fn run(asked: &Rules) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let house = House::open(&asked.file.config).await?;
        match &asked.what {
            What::Export { layer, version } => {
                let mut tx = house.db.read().await?;
                print!("{}", version_of(&mut tx, &house, (*layer).into(), *version).await?.text);
            }
            What::Import { text, layer, note } => import(&house, text, (*layer).into(), note).await?,
            What::Diff { from, to, layer } => diff(&house, from, to.as_deref(), (*layer).into()).await?,
            What::Versions => {
                let mut tx = house.db.read().await?;
                for it in store::rules::versions(&mut tx, house.school.id).await? {
                    println!(
                        "{:>4}  {:<6}  {}  {}: {}",
                        it.version,
                        it.layer.code(),
                        it.saved_at,
                        it.saved_by_name,
                        it.note
                    );
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn version_of(
    tx: &mut Tx,
    house: &House,
    layer: Layer,
    version: Option<i64>,
) -> anyhow::Result<RulesVersion> {
    if let Some(version) = version {
        let found = store::rules::at(tx, house.school.id, version).await?;
        return found.with_context(|| {
            format!("there is no version {version}: `schoolgate rules versions` shows them")
        });
    }
    let current = store::rules::current(tx, house.school.id).await?;
    let found = current.into_iter().find(|it| it.layer == layer);
    found.with_context(|| format!("the {} has said nothing yet", layer.label().to_lowercase()))
}

async fn import(house: &House, file: &PathBuf, layer: Layer, note: &str) -> anyhow::Result<()> {
    let text = read(file)?;
    let mut tx = house.db.write().await?;
    let people: Vec<_> =
        store::people::all(&mut tx, house.school.id).await?.into_iter().map(|it| it.person).collect();
    let groups = store::groups::all(&mut tx, house.school.id).await?;
    let sites = store::schools::sites(&mut tx, house.school.id).await?;
    let directory = Directory::new(&people, &groups, &sites);
    let current = store::rules::current(&mut tx, house.school.id).await?;
    let others = current.iter().filter(|it| it.layer != layer).map(|it| (it.layer, it.text.as_str()));
    let name = house.school.name.as_str();
    let all: Vec<LayerText<'_>> =
        others.chain([(layer, text.as_str())]).map(|(layer, text)| LayerText { layer, name, text }).collect();
    match policy::Rules::compile(&all, &directory, std::sync::Arc::new(Lists::empty())) {
        Ok(rules) => rules.warnings().iter().for_each(|it| eprintln!("note: {it}")),
        Err(faults) => {
            let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
            bail!("nothing was changed:\n{}", said.join("\n"));
        }
    }
    let by = By { person: None, name: "Command line".to_owned(), at: now() };
    let version = store::rules::save(&mut tx, &by, house.school.id, layer, &text, note).await?;
    tx.commit().await?;
    println!("version {version} is in force");
    Ok(())
}

async fn diff(house: &House, from: &str, to: Option<&str>, layer: Layer) -> anyhow::Result<()> {
    let mut tx = house.db.read().await?;
    let mut text = async |what: Option<&str>| -> anyhow::Result<String> {
        match what {
            Some(file) if PathBuf::from(file).is_file() => read(&PathBuf::from(file)),
            Some(number) => {
                let number =
                    number.parse().with_context(|| format!("{number} is neither a version nor a file"))?;
                Ok(version_of(&mut tx, house, layer, Some(number)).await?.text)
            }
            None => Ok(version_of(&mut tx, house, layer, None).await?.text),
        }
    };
    let (old, new) = (text(Some(from)).await?, text(to).await?);
    print!("{}", TextDiff::from_lines(&old, &new).unified_diff().header(from, to.unwrap_or("in force")));
    Ok(())
}

fn read(file: &PathBuf) -> anyhow::Result<String> {
    if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}
