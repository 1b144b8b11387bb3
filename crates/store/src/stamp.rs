//! Whether anything that a gate decides from has changed, asked every second and so cheap to answer.
use jiff::Timestamp;
use school::{Id, School};

use crate::{StoreError, Tx};

/// Equal stamps: nothing changed. What a stamp is made of is nobody's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(Vec<i64>);

/// Says that something changed which no count of rows would show: a setting, a plan, a placement.
#[expect(
    clippy::unused_async,
    reason = "every other function of the store is awaited, and this one may be again"
)]
pub async fn bump(tx: &mut Tx) -> Result<(), StoreError> {
    tx.bump()
}

/// Of people, groups, sites, rules, agreements, signatures and lists; and of what begins and ends by the clock: posts
/// and placements.
pub async fn of(tx: &mut Tx, school: Id<School>, now: Timestamp) -> Result<Stamp, StoreError> {
    tx.write_bump().await?;
    let sql = "select \
        (select count(*) from person where school = $1) as people, \
        (select cast(coalesce(sum(version), 0) as bigint) from person where school = $1) as versions, \
        (select count(*) from school_group where school = $1) as groups, \
        (select count(*) from site where school = $1) as sites, \
        (select coalesce(max(version), 0) from rules_version where school = $1) as rules, \
        (select count(*) from agreement where school = $1) as agreements, \
        (select count(*) from agreement_signature where school = $1) as signatures, \
        (select coalesce(max(value), 0) from counter where name = 'stamp') as bumps, \
        (select count(*) from post_holder where school = $1 and since <= $2) as begun, \
        (select count(*) from post_holder where school = $1 and until <= $2) as over, \
        (select count(*) from placement where school = $1 and since <= $2) as placed, \
        (select count(*) from placement where school = $1 and until <= $2) as gone, \
        (select cast(coalesce(sum(person.version), 0) as bigint) from placement join person \
         on person.id = placement.person where placement.school = $1) as homes, \
        (select count(*) from list_source where enabled) as lists, \
        (select cast(coalesce(sum(loaded_at), 0) as bigint) from list_state) as loaded";
    let Some(row) = tx.first(sql, vec![school.into(), now.into()]).await? else {
        return Ok(Stamp(Vec::new()));
    };
    let columns = [
        "people",
        "versions",
        "groups",
        "sites",
        "rules",
        "agreements",
        "signatures",
        "bumps",
        "begun",
        "over",
        "placed",
        "gone",
        "homes",
        "lists",
        "loaded",
    ];
    columns.into_iter().map(|column| row.get(column)).collect::<Result<_, _>>().map(Stamp)
}
