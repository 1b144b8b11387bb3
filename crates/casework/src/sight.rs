use school::{Person, Role, Roles};

use crate::Concern;

/// Which role a concern goes to: the safeguarding leads, or, when it is about a grown-up of the school, the head
/// alone (MON-08, REP-08). One about the head goes back to the leads, so that it does not go nowhere.
///
/// `about` holds the roles of the person it is about, [`Roles::NONE`] where nobody is known.
pub fn goes_to(about: Roles) -> Role {
    if is_staff(about) && !about.has(Role::Head) { Role::Head } else { Role::Dsl }
}

/// Whether `viewer` may read this concern, its words and its names: only at their own school, only with the role it
/// goes to, and never when it is about them.
pub fn may_see(concern: &Concern, about: Roles, viewer: &Person) -> bool {
    let lead = viewer.roles.has(Role::Dsl) || viewer.roles.has(Role::DeputyDsl);
    let theirs = if goes_to(about) == Role::Dsl { lead } else { viewer.roles.has(Role::Head) };
    viewer.school == concern.school && Some(viewer.id) != concern.about && theirs
}

/// Someone who is at school to work, to govern or to visit, and not as a pupil.
fn is_staff(roles: Roles) -> bool {
    !roles.has(Role::Pupil) && roles.iter().any(|it| it != Role::Parent)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use school::Id;

    use super::*;
    use crate::{NewConcern, Origin};

    #[test]
    fn who_may_see_a_concern() {
        use Role::{Coordinator, DeputyDsl, Dsl, Governor, Head, NetworkManager, Parent, Pupil, Teacher};
        let roles = |of: &[Role]| of.iter().copied().collect::<Roles>();
        let viewer = |id: u128, school: u128, of: &[Role]| Person {
            id: Id::from_u128(id),
            school: Id::from_u128(school),
            username: "a.lead".parse().expect("a username"),
            name: "Ada Lead".parse().expect("a line"),
            roles: roles(of),
            year: None,
            groups: Vec::new(),
            email: None,
            stay: school::Stay::ALWAYS,
        };
        let check = |about: &[Role], viewer: Person, expected: bool| {
            let concern = NewConcern {
                school: Id::from_u128(1),
                at: Timestamp::UNIX_EPOCH,
                origin: Origin::Search,
                about: Some(Id::from_u128(2)),
                reporter: None,
                theme: None,
                severity: None,
                words: String::new(),
                place: None,
            };
            let concern = concern.raise(Id::from_u128(3));
            assert_eq!(may_see(&concern, roles(about), &viewer), expected, "{about:?} {viewer:?}");
        };
        check(&[Pupil], viewer(10, 1, &[Dsl]), true);
        check(&[Pupil], viewer(10, 1, &[Teacher, Dsl]), true);
        check(&[Pupil], viewer(10, 1, &[DeputyDsl]), true);
        check(&[Teacher], viewer(10, 1, &[DeputyDsl]), false);
        check(&[], viewer(10, 1, &[Dsl]), true);
        check(&[Parent], viewer(10, 1, &[Dsl]), true);
        for other in [Pupil, Teacher, Coordinator, NetworkManager, Head, Governor] {
            check(&[Pupil], viewer(10, 1, &[other]), false);
        }
        check(&[Pupil], viewer(10, 4, &[Dsl]), false);
        check(&[Teacher], viewer(10, 1, &[Dsl]), false);
        check(&[Teacher], viewer(10, 1, &[Head]), true);
        check(&[Teacher, Dsl], viewer(10, 1, &[Head]), true);
        check(&[Teacher], viewer(2, 1, &[Head]), false);
        check(&[Head], viewer(10, 1, &[Dsl]), true);
        check(&[Head], viewer(2, 1, &[Head, Dsl]), false);
    }
}
