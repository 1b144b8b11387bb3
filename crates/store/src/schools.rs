use school::{Id, School, Site, Trust};

use crate::{
    By, StoreError, Tx, audit,
    sql::{Row, Value},
};

pub async fn add(tx: &mut Tx, by: &By, school: &School) -> Result<(), StoreError> {
    let sql = "insert into school (id, trust, name, added_at) values ($1, $2, $3, $4)";
    let values =
        vec![school.id.into(), Value::text_or_null(school.trust), Value::text(&school.name), by.at.into()];
    tx.run(sql, values).await.map_err(|err| err.taken(|| format!("the school {}", school.name)))?;
    audit::note(tx, by, school.id, "add school", school.name.as_str(), None, None).await
}

pub async fn all(tx: &mut Tx) -> Result<Vec<School>, StoreError> {
    tx.all("select id, trust, name from school order by name", vec![], read).await
}

/// Those of a trust, by name.
pub async fn of_trust(tx: &mut Tx, trust: Id<Trust>) -> Result<Vec<School>, StoreError> {
    tx.all("select id, trust, name from school where trust = $1 order by name", vec![trust.into()], read)
        .await
}

pub async fn get(tx: &mut Tx, id: Id<School>) -> Result<Option<School>, StoreError> {
    let row = tx.first("select id, trust, name from school where id = $1", vec![id.into()]).await?;
    row.as_ref().map(read).transpose()
}

pub async fn add_site(tx: &mut Tx, by: &By, site: &Site) -> Result<(), StoreError> {
    let sql = "insert into site (id, school, name) values ($1, $2, $3)";
    let values = vec![site.id.into(), site.school.into(), Value::text(&site.name)];
    tx.run(sql, values).await.map_err(|err| err.taken(|| format!("the site {}", site.name)))?;
    audit::note(tx, by, site.school, "add site", site.name.as_str(), None, None).await
}

pub async fn sites(tx: &mut Tx, school: Id<School>) -> Result<Vec<Site>, StoreError> {
    let sql = "select id, school, name from site where school = $1 order by name";
    tx.all(sql, vec![school.into()], read_site).await
}

pub(crate) fn read(row: &Row) -> Result<School, StoreError> {
    Ok(School { id: row.parse("id")?, trust: row.parse_opt("trust")?, name: row.parse("name")? })
}

fn read_site(row: &Row) -> Result<Site, StoreError> {
    Ok(Site { id: row.parse("id")?, school: row.parse("school")?, name: row.parse("name")? })
}
