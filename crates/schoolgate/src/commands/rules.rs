use std::{fs, io::Read as _, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, ValueEnum};
use policy::{Directory, LayerText, lists::Lists};
use school::{Choice as _, Place, School, Site};
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
        #[command(flatten)]
        whose: Whose,
        #[arg(long)]
        version: Option<i64>,
    },
    /// Put a text in force, if nothing is wrong with it.
    Import {
        /// `-` for standard input.
        text: PathBuf,
        #[command(flatten)]
        whose: Whose,
        /// Why it is changed.
        #[arg(long, default_value = "Imported from a file")]
        note: String,
    },
    /// Show what differs between two versions, or between what is in force and a file.
    Diff {
        /// Version numbers or files; the second is what is in force unless given.
        from: String,
        to: Option<String>,
        #[command(flatten)]
        whose: Whose,
    },
    /// Show who changed what, newest first.
    Versions,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LayerName {
    Trust,
    School,
    Site,
}

/// Whose text is meant.
#[derive(Args)]
struct Whose {
    #[arg(long, default_value = "school")]
    layer: LayerName,
    /// With `--layer site`: the site's name. Without it: `gate.site` of the configuration, or the only one there is.
    #[arg(long)]
    site: Option<String>,
}

pub(crate) fn run(asked: &Rules) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        let house = House::open(&asked.file.config).await?;
        match &asked.what {
            What::Export { whose, version } => {
                let place = place_of(&house, whose).await?;
                let mut tx = house.db.read().await?;
                print!("{}", version_of(&mut tx, &house, place, *version).await?.text);
            }
            What::Import { text, whose, note } => {
                import(&house, text, place_of(&house, whose).await?, note).await?;
            }
            What::Diff { from, to, whose } => {
                diff(&house, from, to.as_deref(), place_of(&house, whose).await?).await?;
            }
            What::Versions => {
                let mut tx = house.db.read().await?;
                for it in store::rules::versions(&mut tx, house.school.id).await? {
                    println!(
                        "{:>4}  {:<6}  {}  {}: {}",
                        it.version,
                        it.place.layer().code(),
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

async fn place_of(house: &House, whose: &Whose) -> anyhow::Result<Place> {
    match whose.layer {
        LayerName::Trust => return Ok(Place::Trust),
        LayerName::School => return Ok(Place::School),
        LayerName::Site => {}
    }
    let sites = store::schools::sites(&mut house.db.read().await?, house.school.id).await?;
    let names = |sites: &[Site]| sites.iter().map(|it| it.name.to_string()).collect::<Vec<_>>().join(", ");
    let wanted = whose.site.as_deref().or(house.config.gate.site.as_ref().map(school::Line::as_str));
    let found = match (wanted, &sites[..]) {
        (Some(name), all) => all.iter().find(|it| it.name.as_str() == name),
        (None, [only]) => Some(only),
        (None, []) => bail!("the school has no site: name one as gate.site in the configuration"),
        (None, all) => bail!("say which with --site: {}", names(all)),
    };
    match found {
        Some(site) => Ok(Place::Site(site.id)),
        None => bail!("there is no such site; there are: {}", names(&sites)),
    }
}

async fn version_of(
    tx: &mut Tx,
    house: &House,
    place: Place,
    version: Option<i64>,
) -> anyhow::Result<RulesVersion> {
    if let Some(version) = version {
        let found = store::rules::at(tx, house.school.id, version).await?;
        return found.with_context(|| {
            format!("there is no version {version}: `schoolgate rules versions` shows them")
        });
    }
    let current = store::rules::current(tx, house.school.id).await?;
    let found = current.into_iter().find(|it| it.place == place);
    found.with_context(|| format!("the {} has said nothing yet", place.layer().label().to_lowercase()))
}

async fn import(house: &House, file: &PathBuf, place: Place, note: &str) -> anyhow::Result<()> {
    let text = read(file)?;
    let mut tx = house.db.write().await?;
    let by = By { person: None, name: "Command line".to_owned(), at: now() };
    // What the trust says holds at each of its schools, and must read well at each.
    if let (Place::Trust, Some(trust)) = (place, house.school.trust) {
        let schools = store::schools::of_trust(&mut tx, trust).await?;
        for school in &schools {
            check(&mut tx, school, place, &text).await?;
        }
        store::rules::save_for_trust(&mut tx, &by, trust, &text, note).await?;
        tx.commit().await?;
        println!("it is in force at {} schools", schools.len());
        return Ok(());
    }
    check(&mut tx, &house.school, place, &text).await?;
    let version = store::rules::save(&mut tx, &by, house.school.id, place, &text, note).await?;
    tx.commit().await?;
    println!("version {version} is in force");
    Ok(())
}

/// Whether it can be put in force with what the other layers of the school say.
async fn check(tx: &mut Tx, school: &School, place: Place, text: &str) -> anyhow::Result<()> {
    let people: Vec<_> = store::people::all(tx, school.id).await?.into_iter().map(|it| it.person).collect();
    let groups = store::groups::all(tx, school.id).await?;
    let sites = store::schools::sites(tx, school.id).await?;
    let directory = Directory::new(&people, &groups, &sites);
    let current = store::rules::current(tx, school.id).await?;
    let others = current.iter().filter(|it| it.place != place).map(|it| (it.place, it.text.as_str()));
    let name = |place: Place| {
        let site = sites.iter().find(|it| Some(it.id) == place.site());
        site.map_or(school.name.as_str(), |it| it.name.as_str())
    };
    let all = others.chain([(place, text)]);
    let all: Vec<LayerText<'_>> =
        all.map(|(place, text)| LayerText { layer: place.layer(), name: name(place), text }).collect();
    match policy::Rules::compile(&all, &directory, std::sync::Arc::new(Lists::empty())) {
        Ok(rules) => rules.warnings().iter().for_each(|it| eprintln!("note: {it}")),
        Err(faults) => {
            let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
            bail!("nothing was changed; at {}:\n{}", school.name, said.join("\n"));
        }
    }
    Ok(())
}

async fn diff(house: &House, from: &str, to: Option<&str>, place: Place) -> anyhow::Result<()> {
    let mut tx = house.db.read().await?;
    let mut text = async |what: Option<&str>| -> anyhow::Result<String> {
        match what {
            Some(file) if PathBuf::from(file).is_file() => read(&PathBuf::from(file)),
            Some(number) => {
                let number =
                    number.parse().with_context(|| format!("{number} is neither a version nor a file"))?;
                Ok(version_of(&mut tx, house, place, Some(number)).await?.text)
            }
            None => Ok(version_of(&mut tx, house, place, None).await?.text),
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
