//! What a trust, its schools and their sites have set (ACC-01). What it adds up to is worked out by `school::settings`.
use school::{
    Id, Layer, School, Site,
    settings::{Said, Setting, Settings},
};

use crate::{
    By, StoreError, Tx, audit,
    sql::{Row, Value},
    stamp,
};

/// What holds at a school, or at one of its sites.
pub async fn of(tx: &mut Tx, school: Id<School>, site: Option<Id<Site>>) -> Result<Settings, StoreError> {
    Ok(Settings::resolve(&said(tx, school, site).await?))
}

/// What each layer above and at this place says.
pub async fn said(tx: &mut Tx, school: Id<School>, site: Option<Id<Site>>) -> Result<Vec<Said>, StoreError> {
    let sql = "select layer, name, value, locked from setting where owner = $1 or owner = $2 \
               or owner = (select trust from school where id = $1) order by name";
    tx.all(sql, vec![school.into(), Value::text_or_null(site)], read).await
}

/// What one place says of a setting: the value, and whether it is locked for those below. `None`: nothing.
pub type Word<'a> = Option<(&'a str, bool)>;

/// Says `now` for a place, or leaves it to the layer above, where it still says `was`; else [`StoreError::Stale`].
/// Otherwise as [`set`].
pub async fn change(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    place: (Layer, &str),
    setting: &Setting,
    (was, now): (Word<'_>, Word<'_>),
) -> Result<(), StoreError> {
    // Whoever else changes it waits here until we are done, or we for them: so what is read next is what stands.
    tx.next(&format!("setting {} {}", place.1, setting.key)).await?;
    let sql = "select value, locked from setting where owner = $1 and name = $2";
    let row = tx.first(sql, vec![place.1.into(), setting.key.into()]).await?;
    let stands: Option<(String, bool)> =
        row.map(|row| Ok::<_, StoreError>((row.get("value")?, row.get("locked")?))).transpose()?;
    if stands.as_ref().map(|(value, locked)| (value.as_str(), *locked)) != was {
        return Err(StoreError::Stale);
    }
    match now {
        Some((value, locked)) => set(tx, by, school, place, setting, value, locked).await,
        None => unset(tx, by, school, place, setting).await,
    }
}

/// Says it for a place: `owner` is the id of the trust, school or site that `layer` names. Audited at `school`; what
/// its trust says, at every school of the trust. The
/// caller has asked [`may_set`] and the setting's kind.
pub async fn set(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    (layer, owner): (Layer, &str),
    setting: &Setting,
    value: &str,
    locked: bool,
) -> Result<(), StoreError> {
    let before = told_or_above(tx, school, (layer, owner), setting).await?;
    let sql = "insert into setting (owner, layer, name, value, locked) values ($1, $2, $3, $4, $5) \
               on conflict (owner, name) do update set value = excluded.value, locked = excluded.locked";
    let code = school::Choice::code(layer);
    tx.run(sql, vec![owner.into(), code.into(), setting.key.into(), value.into(), locked.into()]).await?;
    let after = told(tx, owner, setting).await?;
    note(tx, by, school, layer, setting, Some(&before), after.as_deref()).await
}

/// Leaves it to the layer above again.
pub async fn unset(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    (layer, owner): (Layer, &str),
    setting: &Setting,
) -> Result<(), StoreError> {
    let Some(before) = told(tx, owner, setting).await? else { return Ok(()) };
    tx.run("delete from setting where owner = $1 and name = $2", vec![owner.into(), setting.key.into()])
        .await?;
    let after = told_or_above(tx, school, (layer, owner), setting).await?;
    note(tx, by, school, layer, setting, Some(&before), Some(&after)).await
}

/// Whether this layer may say something of it: none above has locked it.
pub fn may_set(settings: &Settings, setting: &Setting, layer: Layer) -> bool {
    settings.get(setting).locked_by.is_none_or(|it| layer <= it)
}

/// What holds at this layer, said there or not: who reads the audit trail need not know the default.
async fn told_or_above(
    tx: &mut Tx,
    school: Id<School>,
    (layer, owner): (Layer, &str),
    setting: &Setting,
) -> Result<String, StoreError> {
    if let Some(said) = told(tx, owner, setting).await? {
        return Ok(said);
    }
    let above = if layer == Layer::Trust {
        setting.default.to_owned()
    } else {
        of(tx, school, None).await?.get(setting).value
    };
    Ok(format!("{}, not set here", setting.kind.words(&above)))
}

async fn told(tx: &mut Tx, owner: &str, setting: &Setting) -> Result<Option<String>, StoreError> {
    let sql = "select value, locked from setting where owner = $1 and name = $2";
    let row = tx.first(sql, vec![owner.into(), setting.key.into()]).await?;
    row.map(|row| {
        let (value, locked): (String, bool) = (row.get("value")?, row.get("locked")?);
        Ok(format!("{}{}", setting.kind.words(&value), if locked { ", locked" } else { "" }))
    })
    .transpose()
}

async fn note(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    layer: Layer,
    setting: &Setting,
    before: Option<&str>,
    after: Option<&str>,
) -> Result<(), StoreError> {
    stamp::bump(tx).await?;
    let subject = format!("{} ({})", setting.label, school::Choice::label(layer));
    // What the trust says holds at each of its schools, and stands in the trail of each.
    let trust = match layer {
        Layer::Trust => crate::schools::get(tx, school).await?.and_then(|it| it.trust),
        Layer::School | Layer::Site => None,
    };
    let told = match trust {
        Some(trust) => crate::schools::of_trust(tx, trust).await?.iter().map(|it| it.id).collect(),
        None => vec![school],
    };
    for school in told {
        audit::note(tx, by, school, "change setting", &subject, before, after).await?;
    }
    Ok(())
}

fn read(row: &Row) -> Result<Said, StoreError> {
    Ok(Said {
        layer: row.choice("layer")?,
        key: row.get("name")?,
        value: row.get("value")?,
        locked: row.get("locked")?,
    })
}
