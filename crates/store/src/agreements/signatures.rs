use agreements::{Agreement, Signature, TextHash};
use jiff::{SignedDuration, civil::Date};
use school::{Choice, Id, Person, School};

use super::{Form, get};
use crate::{
    By, StoreError, Tx, audit,
    by::fresh_id,
    error::corrupt,
    hex,
    sql::{Row, Value},
};

/// How somebody signed (AUP-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Gate,
    Console,
    /// A paper form or a planner, entered by the office.
    Paper,
}

/// A signature on its way in, with what is kept beside it.
#[derive(Debug, Clone)]
pub struct Signing<'a> {
    pub signature: Signature,
    /// As then.
    pub signer_name: &'a str,
    pub method: Method,
    /// Of staff, as then.
    pub job_title: Option<&'a str>,
    pub appointed_on: Option<Date>,
    pub form: Option<Id<Form>>,
}

/// One line of somebody's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub signature: Signature,
    pub signer_name: String,
    pub method: Method,
    pub job_title: Option<String>,
    pub appointed_on: Option<Date>,
    /// Who entered it, where that was not the signer.
    pub entered_by_name: Option<String>,
    pub form: Option<Id<Form>>,
}

/// Who sends a form twice within this time has signed once.
const ONCE: SignedDuration = SignedDuration::from_secs(60);

/// [`StoreError::Stale`] when the text that was shown is no reading of the agreement, or the agreement is not in
/// force any more (a paper form may be older: it is entered for the version that it shows).
pub async fn sign(tx: &mut Tx, by: &By, school: Id<School>, new: &Signing<'_>) -> Result<(), StoreError> {
    let it = &new.signature;
    let Some(agreement) = get(tx, school, it.agreement).await? else { return Err(StoreError::Stale) };
    let Some(reading) = agreement.by_hash(it.hash) else { return Err(StoreError::Stale) };
    let sql = "select count(*) as n from agreement where school = $1 and audience = $2 and version > $3";
    let newer = tx
        .first(
            sql,
            vec![school.into(), agreement.audience.code().into(), i64::from(agreement.version).into()],
        )
        .await?;
    let is_old = newer.is_some_and(|row| row.get::<i64>("n").is_ok_and(|n| n != 0));
    if is_old && new.method != Method::Paper {
        return Err(StoreError::Stale);
    }
    let since = it.at.saturating_sub(ONCE).unwrap_or(it.at);
    let sql = "select id from agreement_signature where agreement = $1 and person = $2 and standing = $3 \
               and signer_name = $4 and signed_at >= $5 limit 1";
    let values = vec![
        it.agreement.into(),
        it.person.into(),
        it.standing.code().into(),
        new.signer_name.into(),
        since.into(),
    ];
    if tx.first(sql, values).await?.is_some() {
        return Ok(());
    }
    let sql = "insert into agreement_signature (id, school, agreement, person, standing, signer, signer_name, hash, \
               signed_at, method, job_title, appointed_on, entered_by_name, form) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let entered = (by.person != it.signer).then_some(by.name.as_str());
    let values = vec![
        fresh_id::<Signature>(by.at).into(),
        school.into(),
        it.agreement.into(),
        it.person.into(),
        it.standing.code().into(),
        Value::text_or_null(it.signer),
        new.signer_name.into(),
        Value::text(it.hash),
        it.at.into(),
        new.method.code().into(),
        new.job_title.into(),
        Value::text_or_null(new.appointed_on),
        entered.into(),
        Value::text_or_null(new.form),
    ];
    tx.run(sql, values).await?;
    let subject =
        format!("{} version {}, {}", agreement.audience.label(), agreement.version, reading.level().label());
    let what = format!("{} for {}: {}", new.signer_name, it.person, it.standing.label());
    audit::note(tx, by, school, "sign agreement", &subject, None, Some(&what)).await
}

/// Every signature for an agreement that is in force, oldest first.
pub async fn signatures(tx: &mut Tx, school: Id<School>) -> Result<Vec<Signature>, StoreError> {
    let sql = "select agreement_signature.person, agreement_signature.agreement, agreement_signature.hash, \
               agreement_signature.signed_at, agreement_signature.signer, agreement_signature.standing \
               from agreement_signature join agreement on agreement.id = agreement_signature.agreement \
               where agreement_signature.school = $1 and agreement.version = (select max(newer.version) \
               from agreement as newer where newer.school = $1 and newer.audience = agreement.audience) \
               order by agreement_signature.signed_at, agreement_signature.person";
    tx.all(sql, vec![school.into()], read).await
}

/// Everything that was ever signed for this person, oldest first.
pub async fn signatures_of(
    tx: &mut Tx,
    school: Id<School>,
    person: Id<Person>,
) -> Result<Vec<Signature>, StoreError> {
    let sql = "select person, agreement, hash, signed_at, signer, standing from agreement_signature \
               where school = $1 and person = $2 order by signed_at";
    tx.all(sql, vec![school.into(), person.into()], read).await
}

/// The person's file: what was signed for them, newest first, with its agreement (AUP-11).
pub async fn file_of(
    tx: &mut Tx,
    school: Id<School>,
    person: Id<Person>,
) -> Result<Vec<(Signed, Agreement)>, StoreError> {
    let sql = "select person, agreement, hash, signed_at, signer, standing, signer_name, method, job_title, \
               appointed_on, entered_by_name, form from agreement_signature \
               where school = $1 and person = $2 order by signed_at desc, id desc";
    let lines = tx.all(sql, vec![school.into(), person.into()], read_line).await?;
    let mut file = Vec::with_capacity(lines.len());
    for line in lines {
        let agreement = get(tx, school, line.signature.agreement).await?;
        file.push((line, agreement.ok_or_else(|| corrupt("agreement", "is not there"))?));
    }
    Ok(file)
}

fn read(row: &Row) -> Result<Signature, StoreError> {
    let hash: String = row.get("hash")?;
    let bytes = hex::bytes(&hash).ok_or_else(|| corrupt("hash", "is not 64 hex digits"))?;
    Ok(Signature {
        person: row.parse("person")?,
        agreement: row.parse("agreement")?,
        hash: TextHash::from_bytes(bytes),
        signer: row.parse_opt("signer")?,
        standing: row.choice("standing")?,
        at: row.at("signed_at")?,
    })
}

fn read_line(row: &Row) -> Result<Signed, StoreError> {
    Ok(Signed {
        signature: read(row)?,
        signer_name: row.get("signer_name")?,
        method: row.choice("method")?,
        job_title: row.get("job_title")?,
        appointed_on: row.parse_opt("appointed_on")?,
        entered_by_name: row.get("entered_by_name")?,
        form: row.parse_opt("form")?,
    })
}

impl Choice for Method {
    const ALL: &'static [Method] = &[Method::Gate, Method::Console, Method::Paper];
    fn code(self) -> &'static str {
        match self {
            Method::Gate => "gate",
            Method::Console => "console",
            Method::Paper => "paper",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Method::Gate => "At the gate's page",
            Method::Console => "In the console",
            Method::Paper => "On paper",
        }
    }
}
