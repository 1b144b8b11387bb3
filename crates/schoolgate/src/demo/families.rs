//! Parents, what they have signed and what waits for them, and what the school did to make it known (AUP-09 to AUP-14).
use agreements::{Agreement, Audience, Signature, Standing};
use anyhow::Context as _;
use school::{Id, Layer, Person, School, roster::ParentLink, settings::AGREEMENT_COUNTER_SIGN};
use store::{
    By, Tx,
    agreements::{Discussion, Issue, Method, Signing, Way},
};

use super::people::Ids;

/// Child, parent, what they are.
const LINKS: [(&str, &str, &str); 2] = [("theo", "marsh", "mother"), ("leila", "marsh", "mother")];
/// Whose parents have signed a paper form already, and who signed it. Leila's has not.
const SIGNED: [(&str, &str); 3] =
    [("rowan", "June Ashdown"), ("maya", "Peter Fielding"), ("theo", "Dana Marsh")];

/// Staff and parents have signed theirs, so that the console opens for them; pupils are asked at the gate, and a
/// parent signs beside them.
pub(super) async fn agree(tx: &mut Tx, by: &By, school: &School, ids: &Ids) -> anyhow::Result<()> {
    let owner = school.id.to_string();
    let here = (Layer::School, owner.as_str());
    store::settings::set(tx, by, school.id, here, &AGREEMENT_COUNTER_SIGN, "on", false).await?;
    for (child, parent, relation) in LINKS {
        let link = ParentLink {
            child: id(ids, child)?,
            parent: id(ids, parent)?,
            relation: relation.to_owned(),
            priority: Some(1),
        };
        store::parents::link(tx, by, school.id, &link).await?;
    }
    let people: Vec<Person> =
        store::people::all(tx, school.id).await?.into_iter().map(|it| it.person).collect();
    for agreement in store::agreements::in_force(tx, school.id).await? {
        if agreement.audience == Audience::Pupils {
            for (child, parent) in SIGNED {
                paper(tx, by, &agreement, id(ids, child)?, (Standing::Counter, None, parent)).await?;
            }
            make_known(tx, by, school, &agreement).await?;
            continue;
        }
        for it in people.iter().filter(|it| agreement.audience.covers(it.roles)) {
            paper(tx, by, &agreement, it.id, (Standing::Own, Some(it.id), it.name.as_str())).await?;
        }
    }
    Ok(())
}

fn id(ids: &Ids, username: &str) -> anyhow::Result<Id<Person>> {
    ids.get(username).copied().context("somebody of the demonstration")
}

async fn paper(
    tx: &mut Tx,
    by: &By,
    agreement: &Agreement,
    person: Id<Person>,
    (standing, signer, name): (Standing, Option<Id<Person>>, &str),
) -> anyhow::Result<()> {
    let signing = Signing {
        signature: Signature {
            agreement: agreement.id,
            hash: agreement.readings()[0].hash(),
            person,
            signer,
            standing,
            at: by.at,
        },
        signer_name: name,
        method: Method::Paper,
        job_title: None,
        appointed_on: None,
        form: None,
    };
    Ok(store::agreements::sign(tx, by, agreement.school, &signing).await?)
}

/// 7B has talked about it, the other classes not yet; it stood in a newsletter.
async fn make_known(tx: &mut Tx, by: &By, school: &School, agreement: &Agreement) -> anyhow::Result<()> {
    let classes = store::groups::all(tx, school.id).await?;
    let class = classes.iter().find(|it| it.name.as_str() == "7B").context("a class of the demonstration")?;
    let talk = Discussion {
        group: class.id,
        agreement: agreement.id,
        held_on: by.at.to_zoned(jiff::tz::TimeZone::UTC).date(),
        note: "Passwords, and what to do about a message from a stranger".to_owned(),
        recorded_by_name: "Sam Okafor".to_owned(),
    };
    store::agreements::discuss(tx, by, school.id, &talk).await?;
    let issue = Issue {
        agreement: agreement.id,
        child: None,
        parent: None,
        way: Way::Newsletter,
        note: "Newsletter 4, page 2, with a prompt to talk it through".to_owned(),
        at: by.at,
        by_name: "Ada Penrose".to_owned(),
    };
    Ok(store::agreements::issue(tx, by, school.id, &issue).await?)
}
