use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use school::{Id, Person, School};

use crate::{
    By, StoreError, Tx, audit,
    by::fresh_id,
    error::corrupt,
    sql::{Row, Value},
};

/// A form that was signed on paper, as it was scanned (AUP-11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    pub id: Id<Form>,
    pub person: Id<Person>,
    pub file_name: String,
    pub media_type: &'static str,
    pub bytes: u64,
    pub added_at: Timestamp,
    pub added_by_name: String,
}

/// Of a scan, in bytes.
pub const LARGEST_FORM: usize = 4 * 1024 * 1024;

/// Why a file is not taken as a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAForm {
    #[error("the file is larger than 4 MB")]
    TooLarge,
    #[error("the file is neither a PDF nor a JPEG nor a PNG")]
    Kind,
}

const TYPES: [(&[u8], &str); 3] =
    [(b"%PDF-", "application/pdf"), (&[0xff, 0xd8, 0xff], "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png")];

impl Form {
    /// What these bytes are, by how they begin; their name is not asked.
    ///
    /// # Errors
    /// [`NotAForm`].
    pub fn media_type_of(bytes: &[u8]) -> Result<&'static str, NotAForm> {
        if LARGEST_FORM < bytes.len() {
            return Err(NotAForm::TooLarge);
        }
        let found = TYPES.iter().find(|(magic, _)| bytes.starts_with(magic));
        found.map(|(_, media_type)| *media_type).ok_or(NotAForm::Kind)
    }
}

/// `media_type` from [`Form::media_type_of`]. The same scan of the same person again is the one that is there.
pub async fn add_form(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    person: Id<Person>,
    file_name: &str,
    media_type: &'static str,
    bytes: &[u8],
) -> Result<Id<Form>, StoreError> {
    let body = STANDARD.encode(bytes);
    let same = "select id from signed_form where school = $1 and person = $2 and bytes = $3 and body = $4";
    let looked = vec![school.into(), person.into(), Value::count(bytes.len() as u64), body.as_str().into()];
    if let Some(row) = tx.first(same, looked).await? {
        return row.parse("id");
    }
    let id = fresh_id(by.at);
    let sql = "insert into signed_form (id, school, person, file_name, media_type, body, bytes, added_at, added_by_name) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let name: String = file_name.chars().filter(|it| !it.is_control()).take(120).collect();
    let values = vec![
        id.into(),
        school.into(),
        person.into(),
        name.as_str().into(),
        media_type.into(),
        Value::Text(Some(body)),
        Value::count(bytes.len() as u64),
        by.at.into(),
        by.name.as_str().into(),
    ];
    tx.run(sql, values).await?;
    audit::note(tx, by, school, "add signed form", &person.to_string(), None, Some(&name)).await?;
    Ok(id)
}

/// With its bytes. Whoever opens it is written down.
pub async fn form(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    id: Id<Form>,
) -> Result<Option<(Form, Vec<u8>)>, StoreError> {
    let sql = "select id, person, file_name, media_type, bytes, added_at, added_by_name, body from signed_form \
               where school = $1 and id = $2";
    let Some(row) = tx.first(sql, vec![school.into(), id.into()]).await? else { return Ok(None) };
    let form = read(&row)?;
    let body = STANDARD.decode(row.get::<String>("body")?).map_err(|err| corrupt("body", err))?;
    audit::note(tx, by, school, "view signed form", &form.person.to_string(), None, Some(&form.file_name))
        .await?;
    Ok(Some((form, body)))
}

pub async fn forms_of(tx: &mut Tx, school: Id<School>, person: Id<Person>) -> Result<Vec<Form>, StoreError> {
    let sql = "select id, person, file_name, media_type, bytes, added_at, added_by_name from signed_form \
               where school = $1 and person = $2 order by added_at desc";
    tx.all(sql, vec![school.into(), person.into()], read).await
}

fn read(row: &Row) -> Result<Form, StoreError> {
    let kept: String = row.get("media_type")?;
    let known = TYPES.iter().find(|(_, it)| *it == kept).map(|(_, it)| *it);
    Ok(Form {
        id: row.parse("id")?,
        person: row.parse("person")?,
        file_name: row.get("file_name")?,
        media_type: known.ok_or_else(|| corrupt("media_type", kept))?,
        bytes: row.count("bytes")?,
        added_at: row.at("added_at")?,
        added_by_name: row.get("added_by_name")?,
    })
}
