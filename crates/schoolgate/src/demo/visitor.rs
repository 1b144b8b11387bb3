//! Somebody who is in today, and somebody who waits for the head's approval (ACC-18, ACC-19).
use anyhow::Context as _;
use jiff::SignedDuration;
use school::{
    School,
    guest::{Approval, Guest, Hours, Kind, Stage},
};
use store::{By, Tx, fresh_id, guests};

use super::people::Ids;

/// The first guest of a school gets this one.
pub(crate) const USERNAME: &str = "guest-1";
pub(crate) const NAME: &str = "Victor Lane";
const HERE: SignedDuration = SignedDuration::from_hours(6);

/// `password`: in PHC form.
pub(super) async fn admit(
    tx: &mut Tx,
    by: &By,
    school: &School,
    ids: &Ids,
    password: &str,
) -> anyhow::Result<()> {
    let id = |username: &str| ids.get(username).copied().context("somebody of the demonstration");
    let (sponsor, head) = (id("okafor")?, id("whitlock")?);
    let hours = Hours { from: by.at, until: by.at.checked_add(HERE)? };
    let guest = |name: &str, kind, focus: &str| -> anyhow::Result<Guest> {
        Ok(Guest {
            id: fresh_id(by.at),
            school: school.id,
            name: name.parse()?,
            kind,
            organisation: None,
            email: None,
            focus: focus.parse()?,
            sponsor,
            hours,
            signed_on_paper: true,
            asked_by: Some(sponsor),
            asked_at: by.at,
            stage: Stage::Requested,
        })
    };
    let waits = guest("Farah Quill", Kind::ExternalTutor, "Violin lessons in the music room")?;
    guests::add(tx, by, &waits).await?;
    let victor = guest(NAME, Kind::Visitor, "A talk on bridges to Year 10")?;
    guests::add(tx, by, &victor).await?;
    let account = fresh_id(by.at);
    guests::open_account(tx, by, &victor, account, password).await?;
    let approval = Some(Approval { by: head, at: by.at });
    let stage = Stage::Admitted { account, by: Some(sponsor), at: by.at, approval };
    let kept = guests::get(tx, school.id, victor.id).await?.context("the visitor of the demonstration")?;
    Ok(guests::save(tx, by, "admit guest", &kept, &Guest { stage, ..victor }).await?)
}
