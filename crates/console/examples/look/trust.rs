//! The trust that the school to look at belongs to.
use std::error::Error;

use argon2::{Argon2, password_hash::PasswordHasher};
use jiff::{SignedDuration, Timestamp};
use school::{Placement, Role, Roles, School, Stay, Trust};
use store::{By, Db, fresh_id, people, placements, schools, trusts};

/// A trust with an office of its own: `tess` is a trustee there, `cai` of its own team is a technician at the school too.
pub(crate) async fn put_under(db: &Db, school: School, now: Timestamp) -> Result<School, Box<dyn Error>> {
    let by = By { person: None, name: "Made up for looking".to_owned(), at: now };
    let trust = Trust { id: fresh_id(now), name: "Vale Schools Trust".parse()? };
    let office = School { id: fresh_id(now), trust: Some(trust.id), name: "Vale Trust Office".parse()? };
    let mut tx = db.write().await?;
    trusts::add(&mut tx, &by, &trust).await?;
    schools::add(&mut tx, &by, &office).await?;
    trusts::join(&mut tx, &by, school.id, &trust).await?;
    let phc = Argon2::default().hash_password(b"three random words")?.to_string();
    for (username, name, role) in
        [("tess", "Tess Trustee", Role::Trustee), ("cai", "Cai Central", Role::CentralSupport)]
    {
        let person = super::person(office.id, username, name, role, None)?;
        people::add(&mut tx, &by, &person).await?;
        people::set_password(&mut tx, &by, office.id, person.id, &phc).await?;
        if role == Role::CentralSupport {
            let placement = Placement {
                id: fresh_id(now),
                school: school.id,
                person: person.id,
                username: None,
                roles: Roles::NONE.with(Role::Technician),
                stay: Stay { from: Some(now), until: Some(now + SignedDuration::from_hours(24 * 200)) },
                basis: "Service agreement 7".parse()?,
            };
            placements::give(&mut tx, &by, &placement, &person).await?;
        }
    }
    tx.commit().await?;
    Ok(School { trust: Some(trust.id), ..school })
}
