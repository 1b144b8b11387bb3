//! What was published, and who put their name to which text.
use agreements::{Agreement, Audience, Signature, TextHash};
use school::{Choice, Id, School};

use crate::{
    By, StoreError, Tx, audit,
    by::fresh_id,
    error::corrupt,
    hex,
    sql::{Row, Value},
};

/// The next version for this audience, in force from now on.
pub async fn publish(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    audience: Audience,
    title: &str,
    text: &str,
) -> Result<Agreement, StoreError> {
    let version = tx.next(&format!("agreement {school} {}", audience.code())).await?;
    let agreement = Agreement {
        id: fresh_id(by.at),
        school,
        audience,
        version: u32::try_from(version).map_err(|err| corrupt("version", err))?,
        title: title.to_owned(),
        text: text.to_owned(),
    };
    let sql = "insert into agreement (id, school, audience, version, title, body, published_at) \
               values ($1, $2, $3, $4, $5, $6, $7)";
    let values = vec![
        agreement.id.into(),
        school.into(),
        audience.code().into(),
        version.into(),
        title.into(),
        text.into(),
        by.at.into(),
    ];
    tx.run(sql, values).await?;
    let subject = format!("{} version {version}", audience.label());
    audit::note(tx, by, school, "publish agreement", &subject, None, Some(title)).await?;
    Ok(agreement)
}

/// The newest for each audience.
pub async fn in_force(tx: &mut Tx, school: Id<School>) -> Result<Vec<Agreement>, StoreError> {
    let sql = "select id, school, audience, version, title, body from agreement \
               where school = $1 and version = (select max(newer.version) from agreement as newer \
               where newer.school = $1 and newer.audience = agreement.audience) order by audience";
    tx.all(sql, vec![school.into()], read).await
}

pub async fn get(
    tx: &mut Tx,
    school: Id<School>,
    id: Id<Agreement>,
) -> Result<Option<Agreement>, StoreError> {
    let sql =
        "select id, school, audience, version, title, body from agreement where school = $1 and id = $2";
    let row = tx.first(sql, vec![school.into(), id.into()]).await?;
    row.as_ref().map(read).transpose()
}

/// Signing twice changes nothing: the first time counts. [`StoreError::Stale`] when the text that was shown is
/// not the text of the agreement.
pub async fn sign(tx: &mut Tx, school: Id<School>, signature: &Signature) -> Result<(), StoreError> {
    let agreement = get(tx, school, signature.agreement).await?;
    if agreement.is_none_or(|it| it.hash() != signature.hash) {
        return Err(StoreError::Stale);
    }
    let sql = "insert into signature (school, agreement, person, hash, signed_at) \
               values ($1, $2, $3, $4, $5) on conflict (agreement, person) do nothing";
    let values = vec![
        school.into(),
        signature.agreement.into(),
        signature.person.into(),
        Value::text(signature.hash),
        signature.at.into(),
    ];
    tx.run(sql, values).await.map(drop)
}

/// Every signature for an agreement that is in force.
pub async fn signatures(tx: &mut Tx, school: Id<School>) -> Result<Vec<Signature>, StoreError> {
    let sql = "select signature.person, signature.agreement, signature.hash, signature.signed_at \
               from signature join agreement on agreement.id = signature.agreement \
               where signature.school = $1 and agreement.version = (select max(newer.version) \
               from agreement as newer where newer.school = $1 and newer.audience = agreement.audience) \
               order by signature.signed_at, signature.person";
    tx.all(sql, vec![school.into()], read_signature).await
}

fn read(row: &Row) -> Result<Agreement, StoreError> {
    Ok(Agreement {
        id: row.parse("id")?,
        school: row.parse("school")?,
        audience: row.choice("audience")?,
        version: row.count("version")?,
        title: row.get("title")?,
        text: row.get("body")?,
    })
}

fn read_signature(row: &Row) -> Result<Signature, StoreError> {
    let hash: String = row.get("hash")?;
    let bytes = hex::bytes(&hash).ok_or_else(|| corrupt("hash", "is not 64 hex digits"))?;
    Ok(Signature {
        person: row.parse("person")?,
        agreement: row.parse("agreement")?,
        hash: TextHash::from_bytes(bytes),
        at: row.at("signed_at")?,
    })
}
