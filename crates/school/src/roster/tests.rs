use jiff::{Timestamp, civil::date, tz::TimeZone};

use super::*;
use crate::{Choice, Email, Role, Roles, School, Year};

const SCHOOL: Id<School> = Id::from_u128(1);

fn at(text: &str) -> Timestamp {
    text.parse().expect(text)
}

fn rules() -> Rules {
    Rules {
        source: "mis".to_owned(),
        usernames: NameRule::default(),
        now: at("2026-11-25T09:00:00Z"),
        zone: TimeZone::get("Europe/London").expect("bundled"),
    }
}

/// `id given family roles year username`; `-` stands for nothing.
fn wanted(mode: Mode, people: &[&str]) -> Wanted {
    let person = |line: &&str| {
        let [id, given, family, roles, year, username] =
            line.split_whitespace().collect::<Vec<_>>().try_into().expect("six words");
        let optional = |it: &str| (it != "-").then(|| it.to_owned());
        WantedPerson {
            source_id: id.to_owned(),
            given: given.to_owned(),
            family: optional(family).unwrap_or_default(),
            roles: roles.split(',').map(ToOwned::to_owned).collect(),
            year: optional(year),
            username: optional(username),
            ..WantedPerson::default()
        }
    };
    Wanted { mode, people: people.iter().map(person).collect(), ..Wanted::default() }
}

fn known(n: u128, id: Option<&str>, username: &str, name: &str, role: Role, year: i8) -> KnownPerson {
    KnownPerson {
        person: Person {
            id: Id::from_u128(n),
            school: SCHOOL,
            username: username.parse().expect(username),
            name: name.parse().expect(name),
            roles: Roles::NONE.with(role),
            year: Year::new(year),
            groups: Vec::new(),
            email: None,
            stay: Stay::ALWAYS,
        },
        origin: id.map(|id| Origin { source: "mis".to_owned(), id: id.to_owned() }),
        has_left: false,
    }
}

fn people(people: Vec<KnownPerson>) -> Known {
    Known { people, ..Known::default() }
}

/// A line for each row: kind, username, what changes, what is said.
fn told(plan: &Plan) -> Vec<String> {
    let change = |it: &Change| format!("{}: {} > {}", it.field.code(), it.before, it.after);
    let row = |it: &Row| {
        let changes: Vec<String> = it.changes.iter().map(change).collect();
        format!("{} {} [{}] {}", it.kind.code(), it.username, changes.join("; "), it.words)
            .trim_end()
            .to_owned()
    };
    plan.rows.iter().map(row).collect()
}

#[track_caller]
fn check(known: &Known, wanted: &Wanted, unchanged: u64, expected: &[&str]) -> Plan {
    let plan = diff(known, wanted, &rules());
    assert_eq!(told(&plan), expected);
    assert_eq!(plan.unchanged, unchanged);
    plan
}

#[test]
fn people_join_move_leave_return_and_stay() {
    let mut back = known(4, Some("p4"), "dev.old", "Dev Old", Role::Pupil, 9);
    back.has_left = true;
    let known = people(vec![
        known(1, Some("p1"), "ada.same", "Ada Same", Role::Pupil, 7),
        known(2, Some("p2"), "ben.moves", "Ben Moves", Role::Pupil, 7),
        known(3, Some("p3"), "cara.gone", "Cara Gone", Role::Pupil, 8),
        back,
        known(5, None, "hand.made", "Hand Made", Role::Dsl, 0),
    ]);
    let roster = wanted(
        Mode::Bulk,
        &[
            "p1 Ada Same student 7 ada.same",
            "p2 Ben Moved student 08 ben.moves",
            "p4 Dev Old student 10 -",
            "p6 Ella New student Reception -",
            "p7 Finn Staff administrator - fstaff",
        ],
    );
    let plan = check(
        &known,
        &roster,
        1,
        &[
            "mover ben.moves [name: Ben Moves > Ben Moved; year: 7 > 8]",
            "returner dev.old [year: 9 > 10]",
            "joiner ella.new [roles:  > Pupil; year:  > R]",
            "joiner fstaff [roles:  > Support staff]",
            "leaver cara.gone []",
        ],
    );
    let counts = plan.counts();
    assert_eq!((counts.joiners, counts.movers, counts.leavers, counts.returners), (2, 1, 1, 1));
    assert!(!plan.is_empty());
    assert_eq!(plan, diff(&known, &roster, &rules()), "the same for the same");
}

#[test]
fn of_changes_only_who_is_missing_stays() {
    let known = people(vec![
        known(1, Some("p1"), "ada", "Ada A", Role::Pupil, 7),
        known(2, Some("p2"), "ben", "Ben B", Role::Pupil, 7),
    ]);
    let mut roster = wanted(Mode::Delta, &["p2 Ben B student 7 ben", "p9 Nobody Known student 7 -"]);
    roster.people[0].gone = true;
    roster.people[1].gone = true;
    check(&known, &roster, 0, &["leaver ben []"]);
}

#[test]
fn who_was_made_by_hand_is_not_touched() {
    let known = people(vec![known(1, None, "ada.hand", "Ada Hand", Role::Dsl, 0)]);
    let roster = wanted(Mode::Bulk, &["t1 Ada Hand teacher - ada.hand", "t2 Ada Hand teacher - -"]);
    check(
        &known,
        &roster,
        0,
        &[
            "problem ada.hand [] The username ada.hand belongs to Ada Hand, who was added by hand. Left out until the two \
             are joined or one is renamed",
            "joiner ada.hand2 [roles:  > Teacher]",
        ],
    );
}

#[test]
fn a_role_that_gives_rights_is_neither_given_nor_taken() {
    let mut lead = known(1, Some("t1"), "lee", "Lee Lead", Role::Teacher, 0);
    lead.person.roles = lead.person.roles.with(Role::Dsl);
    let known = people(vec![lead]);
    check(&known, &wanted(Mode::Bulk, &["t1 Lee Lead teacher - lee"]), 1, &[]);
    check(
        &known,
        &wanted(Mode::Bulk, &["t1 Lee Lead aide - lee"]),
        0,
        &[
            "mover lee [roles: Teacher, Designated safeguarding lead > Support staff, Designated safeguarding lead]",
        ],
    );
    check(&known, &wanted(Mode::Bulk, &[]), 0, &["leaver lee [] Is also Designated safeguarding lead"]);
}

#[test]
fn whoever_comes_back_does_so_without_what_the_limits_refuse() {
    let mut back = known(1, Some("t1"), "nia", "Nia Net", Role::Teacher, 0);
    back.person.roles = back.person.roles.with(Role::NetworkManager).with(Role::Dsl);
    back.has_left = true;
    let mut known = people(vec![back]);
    let roster = wanted(Mode::Bulk, &["t1 Nia Net teacher - nia"]);
    check(&known, &roster, 0, &["returner nia []"]);
    known.refused.insert(Id::from_u128(1), Roles::NONE.with(Role::NetworkManager));
    let without = "returner nia [roles: Teacher, Designated safeguarding lead, Network manager > Teacher, Designated safeguarding lead]";
    check(&known, &roster, 0, &[without]);
    // Of those who are here it takes nothing.
    known.people[0].has_left = false;
    check(&known, &roster, 1, &[]);
}

#[test]
fn what_is_wrong_is_said_and_the_rest_goes_on() {
    let known = people(vec![known(1, Some("p1"), "ada", "Ada A", Role::Pupil, 7)]);
    let mut roster = wanted(
        Mode::Bulk,
        &[
            "p1 Ada A student Grade-seven ada",
            "p2 Ben B student 8 twin",
            "p3 Cara C student 8 twin",
            "p4 Dev D wizard - -",
            "p5 Ella E student - ella",
            "p6 Finn F student 8 finn/f",
            "p2 Ben B student 8 -",
            "g1 Gail G parent - -",
        ],
    );
    roster.people[1].email = Some("not an address".to_owned());
    roster
        .problems
        .push((Some(Place { file: "users.csv".to_owned(), line: 9 }), "The row is cut off".to_owned()));
    check(
        &known,
        &roster,
        1,
        &[
            "problem  [] The row is cut off",
            "problem ada [] The year “Grade-seven” cannot be read: write N, R or 1 to 13. Taken without it",
            "problem twin [] “not an address” is not an e-mail address: write name@example.sch.uk. Taken without it",
            "joiner twin [roles:  > Pupil; year:  > 8]",
            "problem twin [] The username twin stands twice in the roster. Left out",
            "problem  [] No role is known by the name “wizard”; left out",
            "problem ella [] A pupil without a year group; rules for years will not know them",
            "joiner ella [roles:  > Pupil]",
            "problem finn/f [] “finn/f” cannot be a username: it may hold only letters, digits and . _ - @ '. Another is \
             proposed",
            "joiner finn.f [roles:  > Pupil; year:  > 8]",
            "problem  [] This id stands twice; the first is taken",
            "problem  [] Parent of nobody who is here; not added",
        ],
    );
}

#[test]
fn who_is_held_or_not_spoken_for_does_not_leave() {
    let known = people(vec![
        known(1, Some("p1"), "ada", "Ada A", Role::Pupil, 7),
        known(2, Some("p2"), "ben", "Ben B", Role::Pupil, 7),
        known(3, Some("t1"), "tom", "Tom T", Role::Teacher, 0),
    ]);
    let mut roster = wanted(Mode::Bulk, &["p3 Cara C student 8 cara"]);
    roster.held = vec!["p2".to_owned()];
    roster.covers = Some(vec!["student".to_owned()]);
    let joins = "joiner cara [roles:  > Pupil; year:  > 8]";
    check_told(&known, &roster, &[joins, "leaver ada []"]);
    roster.covers = None;
    check_told(&known, &roster, &[joins, "leaver ada []", "leaver tom []"]);
}

#[test]
fn a_child_whose_row_cannot_be_read_keeps_their_parents() {
    let mut known = people(vec![
        known(1, Some("p1"), "ada", "Ada A", Role::Pupil, 7),
        known(2, Some("p2"), "ben", "Ben B", Role::Pupil, 7),
        known(3, Some("g1"), "gail", "Gail G", Role::Parent, 0),
    ]);
    let link = |child: u128| ParentLink {
        child: Id::from_u128(child),
        parent: Id::from_u128(3),
        relation: "guardian".to_owned(),
        priority: None,
    };
    known.links = vec![link(1), link(2)];
    let mut roster = wanted(Mode::Bulk, &["p1 Ada A student 7 ada", "g1 Gail G parent - gail"]);
    roster.links = vec![WantedLink {
        child: "p1".to_owned(),
        parent: "g1".to_owned(),
        relation: "guardian".to_owned(),
        ..WantedLink::default()
    }];
    roster.held = vec!["p2".to_owned()];
    assert_eq!(diff(&known, &roster, &rules()).links, []);
}

#[test]
fn a_last_day_ends_with_that_day_in_the_schools_time() {
    let zone = rules().zone;
    let check = |ends, until: &str| {
        assert_eq!(stay_of(None, Some(ends), &zone).until, Some(at(until)), "{ends}");
    };
    check(date(2026, 12, 18), "2026-12-19T00:00:00Z");
    check(date(2026, 7, 17), "2026-07-17T23:00:00Z");
    check(date(2026, 10, 25), "2026-10-26T00:00:00Z");
    let known = people(vec![known(1, Some("p1"), "ada", "Ada A", Role::Pupil, 7)]);
    let mut roster = wanted(Mode::Bulk, &["p1 Ada A student 7 ada", "p2 Ben B student 7 ben"]);
    roster.people[0].stay = stay_of(None, Some(date(2026, 12, 18)), &zone);
    roster.people[1].stay = stay_of(None, Some(date(2026, 11, 24)), &zone);
    check_told(&known, &roster, &["mover ada [leaves:  > 18 Dec 2026]"]);
    roster.people[0].stay = stay_of(None, Some(date(2026, 11, 24)), &zone);
    check_told(&known, &roster, &["leaver ada []"]);
}

#[track_caller]
fn check_told(known: &Known, wanted: &Wanted, expected: &[&str]) {
    assert_eq!(told(&diff(known, wanted, &rules())), expected);
}

#[test]
fn a_date_set_by_hand_stays_where_the_source_gives_none() {
    let mut ada = known(1, Some("p1"), "ada", "Ada A", Role::Pupil, 7);
    ada.person.stay.until = Some(at("2026-12-19T00:00:00Z"));
    check(&people(vec![ada]), &wanted(Mode::Bulk, &["p1 Ada A student 7 ada"]), 1, &[]);
}

#[test]
fn classes_are_made_taken_over_and_told_apart() {
    let group = |n: u128, name: &str, id: Option<&str>| KnownGroup {
        group: Group { id: Id::from_u128(n), school: SCHOOL, name: name.parse().expect(name) },
        origin: id.map(|id| Origin { source: "mis".to_owned(), id: id.to_owned() }),
    };
    let class = |id: &str, name: &str, code: &str| WantedGroup {
        source_id: id.to_owned(),
        name: name.to_owned(),
        code: Some(code.to_owned()),
        ..WantedGroup::default()
    };
    let joins = |person: &str, group: &str| WantedMembership {
        person: person.to_owned(),
        group: group.to_owned(),
        gone: false,
    };
    let mut ada = known(1, Some("p1"), "ada", "Ada A", Role::Pupil, 7);
    ada.person.groups = vec![Id::from_u128(101), Id::from_u128(102)];
    let known = Known {
        people: vec![ada],
        groups: vec![
            group(101, "7B", Some("old")),
            group(102, "Chess", None),
            group(103, "Maths", Some("m0")),
        ],
        ..Known::default()
    };
    let mut roster = wanted(Mode::Bulk, &["p1 Ada A student 7 ada"]);
    roster.groups = vec![class("new", "7B", "x"), class("m0", "Maths", "m"), class("m1", "Maths", "7/Ma1")];
    roster.memberships = vec![joins("p1", "m1"), joins("p1", "new")];
    let plan = check(&known, &roster, 0, &["mover ada [classes: 7B, Chess > 7B, Chess, Maths (7/Ma1)]"]);
    let groups: Vec<_> =
        plan.groups.iter().map(|it| (it.source_id.as_str(), it.name.as_str(), it.kept)).collect();
    assert_eq!(groups, [("new", "7B", Some(Id::from_u128(101))), ("m1", "Maths (7/Ma1)", None)]);

    // Of changes only, one class goes and the rest stays.
    let mut delta = wanted(Mode::Delta, &[]);
    delta.memberships = vec![WantedMembership { gone: true, ..joins("p1", "old") }];
    check(&known, &delta, 0, &["mover ada [classes: 7B, Chess > Chess]"]);
}

#[test]
fn parents_follow_their_children() {
    let link = |child: &str, parent: &str, priority| WantedLink {
        child: child.to_owned(),
        parent: parent.to_owned(),
        relation: "parent".to_owned(),
        priority,
        ..WantedLink::default()
    };
    let known = Known {
        people: vec![
            known(1, Some("p1"), "ada", "Ada A", Role::Pupil, 7),
            known(2, Some("g1"), "gail", "Gail A", Role::Parent, 0),
            known(3, Some("g2"), "hal", "Hal A", Role::Parent, 0),
        ],
        groups: vec![],
        links: [2, 3]
            .map(|n| ParentLink {
                child: Id::from_u128(1),
                parent: Id::from_u128(n),
                relation: "parent".to_owned(),
                priority: Some(1),
            })
            .to_vec(),
        ..Known::default()
    };
    let mut roster = wanted(
        Mode::Bulk,
        &[
            "p1 Ada A student 7 ada",
            "p2 Ben A student 8 ben",
            "g1 Gail A parent - gail",
            "g2 Hal A parent - hal",
        ],
    );
    roster.links = vec![link("p1", "g1", Some(2)), link("p2", "g1", Some(1)), link("p2", "p2", None)];
    let plan = diff(&known, &roster, &rules());
    assert_eq!(
        told(&plan),
        [
            "joiner ben [roles:  > Pupil; year:  > 8]",
            "problem hal [] Parent of nobody who is here; stays as they are",
            "problem  [] p2 is said to be their own parent",
        ]
    );
    let links: Vec<_> = plan
        .links
        .iter()
        .map(|it| (it.child.as_str(), it.parent.as_str(), it.after.as_ref().map(|it| it.1)))
        .collect();
    assert_eq!(links, [("p1", "g1", Some(Some(2))), ("p2", "g1", Some(Some(1))), ("p1", "g2", None)]);
}

#[test]
fn a_jump_stops_and_asks() {
    let mut all: Vec<KnownPerson> = (0..9)
        .map(|n| known(n, Some(&format!("p{n}")), &format!("p{n}"), "A Pupil", Role::Pupil, 7))
        .collect();
    all.push(known(20, Some("t1"), "t1", "A Teacher", Role::Teacher, 0));
    let known = people(all);
    let check = |stay: u32, teacher: bool, percent: u32, words: Option<&str>| {
        let mut lines: Vec<String> = (0..stay).map(|n| format!("p{n} A Pupil student 7 p{n}")).collect();
        if teacher {
            lines.push("t1 A Teacher teacher - t1".to_owned());
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let jump = diff(&known, &wanted(Mode::Bulk, &lines), &rules()).jump(percent);
        let first = jump.as_ref().map(|it| it.words.split(". ").next().unwrap_or_default());
        assert_eq!(first, words, "{stay} stay");
    };
    check(9, true, 33, None);
    check(7, true, 33, None);
    check(6, true, 33, Some("3 of 9 pupils would leave"));
    check(6, true, 34, None);
    check(9, false, 33, Some("1 of 1 staff would leave"));
    check(
        0,
        false,
        33,
        Some(
            "The roster names nobody, so all 10 who came from it would leave; 9 of 9 pupils would leave; 1 of 1 staff would leave",
        ),
    );
}

#[test]
fn years_and_roles_are_read_as_schools_write_them() {
    let year = |text: &str, read: Option<&str>| {
        assert_eq!(read_year(text).map(|it| it.to_string()).as_deref(), read, "{text:?}");
    };
    for (text, read) in [("7", "7"), ("07", "7"), ("Year 7", "7"), ("Y13", "13"), ("yr. 2", "2"), ("R", "R")]
    {
        year(text, Some(read));
    }
    year(" Reception ", Some("R"));
    year("Nursery", Some("N"));
    for text in ["", "14", "KG", "Grade 7", "7B", "-1", "0"] {
        year(text, None);
    }
    assert_eq!(role_of("Student"), Some(Role::Pupil));
    assert_eq!(role_of("guardian"), Some(Role::Parent));
    for code in ["systemAdministrator", "principal", "administrator"] {
        assert_eq!(role_of(code), Some(Role::SupportStaff), "a file gives nobody rights");
    }
    for role in managed().iter() {
        let rights = crate::Rights::of(Roles::NONE.with(role));
        assert!(rights.is_empty() || role == Role::Teacher, "{role:?} comes with rights");
    }
}

#[test]
fn proposed_usernames_are_free_and_plain() {
    let mut names = Usernames::default();
    let mut check = |rule, given, family, username: &str| {
        assert_eq!(names.propose(rule, given, family).as_str(), username);
    };
    check(NameRule::GivenDotFamily, "Ada", "Lovelace", "ada.lovelace");
    check(NameRule::GivenDotFamily, "ADA", "Lovelace", "ada.lovelace2");
    check(NameRule::InitialFamily, "Zoë", "O'Brien-Müller", "zobrien-muller");
    check(NameRule::FamilyDotGiven, "Øyvind", "Groß", "gross.oyvind");
    check(NameRule::GivenDotFamily, "王", "", "person");
    check(NameRule::GivenDotFamily, "王", "伟", "person2");
    check(NameRule::GivenDotFamily, &"x".repeat(80), "", &"x".repeat(56));
    assert_eq!(
        NameRule::ALL.iter().map(|it| it.code()).collect::<Vec<_>>(),
        ["given.family", "initial-family", "family.given"]
    );
    assert!("a@b.c".parse::<Email>().is_ok());
}
