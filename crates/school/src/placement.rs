use crate::{Id, Line, Person, Role, Roles, School, Stay, Username};

/// Roles that somebody of one school holds at another, for a time: of the trust's own team, of a firm, of a second
/// school (ACC-02, ACC-10). Each school gives its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    pub id: Id<Placement>,
    /// Where the roles are held.
    pub school: Id<School>,
    pub person: Id<Person>,
    /// How they sign in at this school's gate, where somebody of this school has their own username.
    pub username: Option<Username>,
    pub roles: Roles,
    pub stay: Stay,
    /// On what grounds, such as a contract or a decision of the trust.
    pub basis: Line,
}

impl Placement {
    /// Somebody as they stand at the school where they are placed: with the roles they hold there and no others, for
    /// as long as their own school and this one both let them in.
    #[must_use]
    pub fn stands(&self, home: &Person) -> Person {
        Person {
            id: home.id,
            school: self.school,
            username: self.username.clone().unwrap_or_else(|| home.username.clone()),
            name: home.name.clone(),
            roles: self.roles,
            year: home.year.filter(|_| self.roles.has(Role::Pupil)),
            groups: Vec::new(),
            email: home.email.clone(),
            stay: self.stay.and(home.stay),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::Year;

    #[test]
    fn they_hold_there_what_was_given_there_and_nothing_else() {
        let at = |text: &str| text.parse::<Timestamp>().expect(text);
        let home = Person {
            id: Id::from_u128(1),
            school: Id::from_u128(10),
            username: "cai".parse().expect("a username"),
            name: "Cai Central".parse().expect("a line"),
            roles: Roles::NONE.with(Role::Head).with(Role::Pupil),
            year: Year::new(12),
            groups: vec![Id::from_u128(5)],
            email: None,
            stay: Stay { from: None, until: Some(at("2026-12-18T16:00:00Z")) },
        };
        let placement = Placement {
            id: Id::from_u128(2),
            school: Id::from_u128(20),
            person: home.id,
            username: Some("cai.trust".parse().expect("a username")),
            roles: Roles::NONE.with(Role::CentralSupport),
            stay: Stay { from: Some(at("2026-11-23T08:00:00Z")), until: Some(at("2027-07-20T16:00:00Z")) },
            basis: "Service agreement 7".parse().expect("a line"),
        };
        let there = placement.stands(&home);
        assert_eq!((there.id, there.school), (home.id, placement.school));
        assert_eq!(there.username.as_str(), "cai.trust");
        assert_eq!(there.roles, placement.roles, "being head at home is nothing here");
        assert_eq!((there.year, there.groups.len()), (None, 0));
        assert_eq!(
            there.stay.until, home.stay.until,
            "when their own school lets go of them, so does this one"
        );
        assert_eq!(there.stay.from, placement.stay.from);
    }
}
