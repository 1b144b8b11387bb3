//! The text of profiles and rules, every version of it kept.
use jiff::Timestamp;
use school::{Choice, Id, Layer, Person, Place, School, Trust};

use crate::{
    By, StoreError, Tx, audit,
    error::corrupt,
    schools,
    sql::{Row, Value},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesVersion {
    /// Counts from 1 in each school, over all layers.
    pub version: i64,
    pub place: Place,
    pub text: String,
    /// Why it was changed.
    pub note: String,
    pub saved_at: Timestamp,
    pub saved_by: Option<Id<Person>>,
    pub saved_by_name: String,
}

/// In force from now on. Says which version it became.
pub async fn save(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    place: Place,
    text: &str,
    note: &str,
) -> Result<i64, StoreError> {
    let version = tx.next(&series(school)).await?;
    put(tx, by, school, (place, version), text, note).await
}

/// As [`save`], where `base` is still what stands there (0: nothing does). Else [`StoreError::Stale`]: of two who save at
/// once, the second looks at what the first changed.
pub async fn replace(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    (place, base): (Place, i64),
    text: &str,
    note: &str,
) -> Result<i64, StoreError> {
    // The number first: whoever else saves waits here until we are done, or we for them.
    let version = tx.next(&series(school)).await?;
    let sql = "select coalesce(max(version), 0) as newest from rules_version \
               where school = $1 and layer = $2 and coalesce(site, '') = $3";
    let site = place.site().map(|it| it.to_string()).unwrap_or_default();
    let row = tx.first(sql, vec![school.into(), place.layer().code().into(), site.into()]).await?;
    let newest: i64 = row.map_or(Ok(0), |row| row.get("newest"))?;
    if newest != base {
        return Err(StoreError::Stale);
    }
    put(tx, by, school, (place, version), text, note).await
}

/// Of all layers together.
fn series(school: Id<School>) -> String {
    format!("rules {school}")
}

async fn put(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    (place, version): (Place, i64),
    text: &str,
    note: &str,
) -> Result<i64, StoreError> {
    let sql = "insert into rules_version \
               (school, version, layer, site, policy, note, saved_at, saved_by, saved_by_name) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = vec![
        school.into(),
        version.into(),
        place.layer().code().into(),
        Value::text_or_null(place.site()),
        text.into(),
        note.into(),
        by.at.into(),
        Value::text_or_null(by.person),
        by.name.as_str().into(),
    ];
    tx.run(sql, values).await?;
    let subject = format!("{} rules version {version}", place.layer().code());
    audit::note(tx, by, school, "save rules", &subject, None, Some(note)).await?;
    Ok(version)
}

/// In force at every school of the trust from now on, each keeping it as a version of its own. The caller has compiled
/// it with what each school says.
pub async fn save_for_trust(
    tx: &mut Tx,
    by: &By,
    trust: Id<Trust>,
    text: &str,
    note: &str,
) -> Result<(), StoreError> {
    for school in schools::of_trust(tx, trust).await? {
        save(tx, by, school.id, Place::Trust, text, note).await?;
    }
    Ok(())
}

/// What the trust says, as the last of its schools was told. `None`: nothing yet.
pub async fn of_trust(tx: &mut Tx, trust: Id<Trust>) -> Result<Option<RulesVersion>, StoreError> {
    let sql = "select version, layer, site, policy, note, saved_at, saved_by, saved_by_name from rules_version \
               where layer = 'trust' and school in (select id from school where trust = $1) \
               order by saved_at desc, version desc limit 1";
    tx.first(sql, vec![trust.into()]).await?.as_ref().map(read).transpose()
}

/// The newest of trust, school and each site, the trust's first.
pub async fn current(tx: &mut Tx, school: Id<School>) -> Result<Vec<RulesVersion>, StoreError> {
    let sql = "select version, layer, site, policy, note, saved_at, saved_by, saved_by_name from rules_version \
               where school = $1 and version in \
               (select max(version) from rules_version where school = $1 group by layer, site)";
    let mut newest = tx.all(sql, vec![school.into()], read).await?;
    newest.sort_by_key(|it| it.place);
    Ok(newest)
}

/// Newest first, with their texts.
pub async fn versions(tx: &mut Tx, school: Id<School>) -> Result<Vec<RulesVersion>, StoreError> {
    let sql = "select version, layer, site, policy, note, saved_at, saved_by, saved_by_name from rules_version \
               where school = $1 order by version desc";
    tx.all(sql, vec![school.into()], read).await
}

pub async fn at(tx: &mut Tx, school: Id<School>, version: i64) -> Result<Option<RulesVersion>, StoreError> {
    let sql = "select version, layer, site, policy, note, saved_at, saved_by, saved_by_name from rules_version \
               where school = $1 and version = $2";
    let row = tx.first(sql, vec![school.into(), version.into()]).await?;
    row.as_ref().map(read).transpose()
}

fn place(row: &Row) -> Result<Place, StoreError> {
    Ok(match row.choice("layer")? {
        Layer::Trust => Place::Trust,
        Layer::School => Place::School,
        Layer::Site => {
            let site = row.parse_opt("site")?;
            Place::Site(site.ok_or_else(|| corrupt("site", "a site's rules without a site"))?)
        }
    })
}

fn read(row: &Row) -> Result<RulesVersion, StoreError> {
    Ok(RulesVersion {
        version: row.get("version")?,
        place: place(row)?,
        text: row.get("policy")?,
        note: row.get("note")?,
        saved_at: row.at("saved_at")?,
        saved_by: row.parse_opt("saved_by")?,
        saved_by_name: row.get("saved_by_name")?,
    })
}
