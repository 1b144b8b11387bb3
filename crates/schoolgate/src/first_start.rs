//! What a new installation begins with: a school, rules, agreements, lists, and a link for its first person.
use agreements::Audience;
use anyhow::Context as _;
use jiff::Timestamp;
use school::{Layer, School};
use store::{By, Db, fresh_id};

use crate::config::Config;

const PUPILS: &str = include_str!("../starter/agreement-pupils.txt");
const ADULTS: &str = include_str!("../starter/agreement-adults.txt");

/// The school of this installation; made, with all that it begins with, when there is none.
pub(crate) async fn school(db: &Db, config: &Config, now: Timestamp) -> anyhow::Result<School> {
    let mut tx = db.read().await?;
    if let Some(school) = store::schools::all(&mut tx).await?.into_iter().next() {
        return Ok(school);
    }
    drop(tx);
    let by = By { person: None, name: "First start".to_owned(), at: now };
    let school = School { id: fresh_id(now), trust: None, name: config.school.name.clone() };
    let mut tx = db.write().await?;
    store::schools::add(&mut tx, &by, &school).await?;
    let note = "What Schoolgate comes with";
    store::rules::save(&mut tx, &by, school.id, Layer::School, policy::starter(), note).await?;
    for (audience, text) in [(Audience::Pupils, PUPILS), (Audience::Adults, ADULTS)] {
        let (title, body) = text.split_once("\n\n").context("an agreement has a title and a text")?;
        store::agreements::publish(&mut tx, &by, school.id, audience, title, body.trim_end()).await?;
    }
    tx.commit().await?;
    Ok(school)
}
