//! What a new installation begins with: a school, rules, agreements, lists, and a link for its first person.
use agreements::{Audience, Contract};
use anyhow::Context as _;
use jiff::Timestamp;
use school::{Choice as _, Id, Place, School, Site};
use store::{By, Db, fresh_id, lists::ListSource};

use crate::config::{Config, Source};

/// The school of this installation; made, with all that it begins with, when there is none.
pub(crate) async fn school(db: &Db, config: &Config, now: Timestamp) -> anyhow::Result<School> {
    let mut tx = db.read().await?;
    let known = store::schools::all(&mut tx).await?;
    drop(tx);
    match &known[..] {
        [] => {}
        [only] => return Ok(only.clone()),
        // A trust's database.
        several => {
            let meant = several.iter().find(|it| it.name == config.school.name);
            let names: Vec<&str> = several.iter().map(|it| it.name.as_str()).collect();
            return meant.cloned().with_context(|| {
                format!(
                    "the database holds {}, and none is named {}: write the name of one of them into school.name",
                    names.join(", "),
                    config.school.name
                )
            });
        }
    }
    let by = By { person: None, name: "First start".to_owned(), at: now };
    let school = School { id: fresh_id(now), trust: None, name: config.school.name.clone() };
    let mut tx = db.write().await?;
    store::schools::add(&mut tx, &by, &school).await?;
    let note = "What Schoolgate comes with";
    store::rules::save(&mut tx, &by, school.id, Place::School, policy::starter(), note).await?;
    let contract = Contract::of(&store::settings::of(&mut tx, school.id, None).await?);
    for audience in Audience::ALL {
        let it = agreements::first(fresh_id(now), school.id, *audience, contract);
        let readings = it.readings().to_vec();
        store::agreements::publish(&mut tx, &by, school.id, *audience, readings, note).await?;
    }
    tx.commit().await?;
    Ok(school)
}

/// The site that this gate stands at, by the name of `gate.site`; made when the school has none of that name.
pub(crate) async fn site(
    db: &Db,
    config: &Config,
    school: &School,
    now: Timestamp,
) -> anyhow::Result<Option<Id<Site>>> {
    let Some(name) = &config.gate.site else { return Ok(None) };
    let known = store::schools::sites(&mut db.read().await?, school.id).await?;
    if let Some(site) = known.iter().find(|it| it.name == *name) {
        return Ok(Some(site.id));
    }
    let by = By { person: None, name: "Configuration".to_owned(), at: now };
    let site = Site { id: fresh_id(now), school: school.id, name: name.clone() };
    let mut tx = db.write().await?;
    store::schools::add_site(&mut tx, &by, &site).await?;
    tx.commit().await?;
    Ok(Some(site.id))
}

/// Lists that the configuration names and the store does not know yet. One whose place changed is moved; one that
/// was taken out of the file stays until it is switched off with `schoolgate lists off`.
pub(crate) async fn lists(db: &Db, config: &Config, school: &School, now: Timestamp) -> anyhow::Result<()> {
    let by = By { person: None, name: "Configuration".to_owned(), at: now };
    let mut tx = db.write().await?;
    let known = store::lists::sources(&mut tx).await?;
    for source in &config.lists.sources {
        let map = map_of(source)?;
        let wanted = ListSource {
            id: fresh_id(now),
            name: source.name.to_string(),
            kind: source.kind.clone(),
            location: source.location.clone(),
            licence: source.licence.clone(),
            sealed: source.sealed,
            enabled: true,
            map,
        };
        match known.iter().find(|it| it.name == wanted.name) {
            None => store::lists::add_source(&mut tx, &by, school.id, &wanted).await?,
            Some(it) if it.location != wanted.location || it.map != wanted.map || it.kind != wanted.kind => {
                let id = it.id;
                store::lists::save_source(&mut tx, &by, school.id, &ListSource { id, ..wanted }).await?;
            }
            Some(_) => {}
        }
    }
    Ok(tx.commit().await?)
}

/// The table that turns their names into ours, as text.
fn map_of(source: &Source) -> anyhow::Result<String> {
    if let Some(category) = &source.category {
        return Ok(map_to(category));
    }
    let Some(file) = &source.map else { return Ok(String::new()) };
    std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// For a list about one thing: whatever it calls it.
pub(crate) fn map_to(category: &str) -> String {
    format!("any any = {category}")
}
