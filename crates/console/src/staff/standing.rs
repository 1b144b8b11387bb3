//! As whom somebody acts: at their own school, or at another where they are placed (ACC-10).
use jiff::Timestamp;
use school::{Person, School, settings::Settings};
use store::{Tx, people, placements, schools, sessions::Session};

use crate::failure::Failure;

/// Somebody's own school, with who they are there, while they act at another.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) school: School,
    pub(crate) person: Person,
    pub(crate) settings: Settings,
}

/// Who acts where.
pub(super) struct Standing {
    /// With the roles they hold at `school` and no others.
    pub(super) person: Person,
    pub(super) school: School,
    pub(super) settings: Settings,
    /// `None`: `school` is their own.
    pub(super) home: Option<Home>,
    /// They hold roles at more than one school now.
    pub(super) has_choice: bool,
}

/// `None`: their account has ended, or the roles that they acted under.
pub(super) async fn standing(
    tx: &mut Tx,
    session: &Session,
    now: Timestamp,
) -> Result<Option<Standing>, Failure> {
    let Some(kept) = people::get(tx, session.school, session.person).await? else { return Ok(None) };
    let Some(school) = schools::get(tx, session.school).await? else { return Ok(None) };
    let settings = store::settings::of(tx, school.id, None).await?;
    let placed = placements::of(tx, session.person).await?;
    let mut placed = placed.into_iter().filter(|it| it.is_in_force(now)).peekable();
    let has_choice = placed.peek().is_some();
    let Some(at) = session.acting else {
        return Ok(Some(Standing { person: kept.person, school, settings, home: None, has_choice }));
    };
    let Some(placement) = placed.find(|it| it.placement.school == at) else { return Ok(None) };
    let Some(there) = schools::get(tx, at).await? else { return Ok(None) };
    Ok(Some(Standing {
        person: placement.stands(),
        settings: store::settings::of(tx, there.id, None).await?,
        school: there,
        home: Some(Home { school, person: kept.person, settings }),
        has_choice,
    }))
}
