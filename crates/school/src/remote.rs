//! Who may come in from a distance, by which way, until when (ACC-22, ACC-23).
use std::net::IpAddr;

use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};

use crate::{Choice, Id, Line, Person, Role, Roles, School};

/// A recorded approval: for someone of an outside agency, or an authorisation for one of the staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteAccess {
    pub id: Id<RemoteAccess>,
    pub school: Id<School>,
    pub person: Id<Person>,
    /// The professional need.
    pub need: Line,
    /// What it reaches.
    pub scope: Line,
    /// The approved way in, by the name that the gate's configuration gives it.
    pub route: Line,
    pub from: Timestamp,
    /// Never open-ended.
    pub until: Timestamp,
    pub authority: Authority,
    pub approved_by: Id<Person>,
    pub approved_at: Timestamp,
    /// Taken back before its time.
    pub ended_at: Option<Timestamp>,
}

/// Who has said yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authority {
    Head,
    GoverningBody,
}

/// Why somebody may not come in this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotEntered {
    #[error("no approval of remote access is in force")]
    NoApproval,
    #[error("the approval is for another way in")]
    OtherRoute,
}

/// The approved ways in, each by the addresses from which people come by it: the school's VPN, a support line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routes(Vec<Route>);

/// One way in from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub name: Line,
    pub ranges: Vec<IpNet>,
}

impl Routes {
    pub fn new(routes: Vec<Route>) -> Routes {
        Routes(routes)
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    pub fn names(&self) -> impl Iterator<Item = &Line> {
        self.0.iter().map(|it| &it.name)
    }
    /// The way by which somebody at this address comes, by the narrowest range that holds it. `None`: they are not
    /// outside.
    pub fn by(&self, address: IpAddr) -> Option<&Line> {
        let address = address.to_canonical();
        let narrowest = |it: &Route| {
            let holding = it.ranges.iter().filter(|range| range.contains(&address));
            holding.map(IpNet::prefix_len).max()
        };
        let all = self.0.iter().filter_map(|it| Some((narrowest(it)?, &it.name)));
        all.max_by_key(|(length, _)| *length).map(|(_, name)| name)
    }
}

impl RemoteAccess {
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until && self.ended_at.is_none()
    }
    /// Still to come, or in force: shown among those that stand.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until <= now || self.ended_at.is_some()
    }
    /// Whether its holder is to be told that it ends soon.
    pub fn ends_within(&self, time: SignedDuration, now: Timestamp) -> bool {
        self.is_live(now) && self.until.duration_since(now) <= time
    }
}

/// Whether those with these roles need an approval to come in from a distance: staff and outside agencies. Pupils and
/// parents are kept by their profile as anywhere.
pub fn needs_approval(roles: Roles) -> bool {
    roles.iter().any(|it| it.is_staff() || it == Role::OutsideAgency)
}

/// The one question that every door asks of somebody who comes by a remote route.
///
/// # Errors
/// [`NotEntered`].
pub fn may_enter<'a>(
    person: &Person,
    approvals: impl IntoIterator<Item = &'a RemoteAccess>,
    route: &str,
    now: Timestamp,
) -> Result<(), NotEntered> {
    if !needs_approval(person.roles) {
        return Ok(());
    }
    let mut why = NotEntered::NoApproval;
    for it in approvals {
        if it.person != person.id || it.school != person.school || !it.is_live(now) {
            continue;
        }
        if it.route.as_str().eq_ignore_ascii_case(route) {
            return Ok(());
        }
        why = NotEntered::OtherRoute;
    }
    Err(why)
}

impl Choice for Authority {
    const ALL: &'static [Authority] = &[Authority::Head, Authority::GoverningBody];
    fn code(self) -> &'static str {
        match self {
            Authority::Head => "head",
            Authority::GoverningBody => "governors",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Authority::Head => "The head",
            Authority::GoverningBody => "The governing body",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stay;

    fn at(text: &str) -> Timestamp {
        text.parse().expect(text)
    }

    fn person(role: Role) -> Person {
        Person {
            id: Id::from_u128(1),
            school: Id::from_u128(9),
            username: "t.okafor".parse().expect("a user name"),
            name: "Tobias Okafor".parse().expect("a line"),
            roles: Roles::NONE.with(role),
            year: None,
            groups: Vec::new(),
            email: None,
            stay: Stay::ALWAYS,
        }
    }

    #[test]
    fn the_narrowest_range_says_by_which_way_somebody_comes() {
        let route = |name: &str, ranges: &[&str]| Route {
            name: name.parse().expect("a line"),
            ranges: ranges.iter().map(|it| it.parse().expect(it)).collect(),
        };
        let routes = Routes::new(vec![
            route("School VPN", &["10.99.0.0/16", "fd00:99::/32"]),
            route("Support line", &["10.99.7.0/24"]),
        ]);
        let check = |address: &str, expected: Option<&str>| {
            let got = routes.by(address.parse().expect(address));
            assert_eq!(got.map(Line::as_str), expected, "{address}");
        };
        check("10.99.1.2", Some("School VPN"));
        check("::ffff:10.99.1.2", Some("School VPN"));
        check("10.99.7.2", Some("Support line"));
        check("fd00:99::7", Some("School VPN"));
        check("10.98.1.2", None);
        assert_eq!(Routes::default().by([10, 99, 1, 2].into()), None);
    }

    #[test]
    fn only_a_live_approval_for_this_person_by_this_way_lets_them_in() {
        let approval = RemoteAccess {
            id: Id::from_u128(5),
            school: Id::from_u128(9),
            person: Id::from_u128(1),
            need: "Marks at home".parse().expect("a line"),
            scope: "The web through the school's gate".parse().expect("a line"),
            route: "School VPN".parse().expect("a line"),
            from: at("2026-11-01T00:00:00Z"),
            until: at("2026-12-01T00:00:00Z"),
            authority: Authority::Head,
            approved_by: Id::from_u128(2),
            approved_at: at("2026-10-30T10:00:00Z"),
            ended_at: None,
        };
        let check = |role: Role,
                     approvals: &[RemoteAccess],
                     route: &str,
                     now: &str,
                     got: Result<(), NotEntered>| {
            assert_eq!(may_enter(&person(role), approvals, route, at(now)), got, "{role:?} {route} {now}");
        };
        let one = std::slice::from_ref(&approval);
        let now = "2026-11-25T10:00:00Z";
        check(Role::Teacher, one, "school vpn", now, Ok(()));
        check(Role::OutsideAgency, one, "School VPN", now, Ok(()));
        check(Role::Teacher, one, "Support line", now, Err(NotEntered::OtherRoute));
        check(Role::Teacher, one, "School VPN", "2026-12-01T00:00:00Z", Err(NotEntered::NoApproval));
        check(Role::Teacher, one, "School VPN", "2026-10-31T23:59:59Z", Err(NotEntered::NoApproval));
        check(Role::Teacher, &[], "School VPN", now, Err(NotEntered::NoApproval));
        check(Role::OutsideAgency, &[], "School VPN", now, Err(NotEntered::NoApproval));
        check(Role::Pupil, &[], "School VPN", now, Ok(()));
        check(Role::Parent, &[], "School VPN", now, Ok(()));
        let ended = RemoteAccess { ended_at: Some(at("2026-11-20T00:00:00Z")), ..approval.clone() };
        check(Role::Teacher, &[ended], "School VPN", now, Err(NotEntered::NoApproval));
        let other = RemoteAccess { person: Id::from_u128(7), ..approval };
        check(Role::Teacher, &[other], "School VPN", now, Err(NotEntered::NoApproval));
    }
}
