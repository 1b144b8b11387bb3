use super::*;

mod mapped;
mod zips;

fn bundle(files: &[(&str, &str)]) -> Bundle {
    let mut bundle = Bundle::new("roster");
    for (name, text) in files {
        bundle.add(name, text.as_bytes().to_vec());
    }
    bundle
}

const MANIFEST: &str = "propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.1\r\n\
    file.academicSessions,bulk\r\nfile.classes,bulk\r\nfile.enrollments,bulk\r\nfile.orgs,bulk\r\nfile.users,bulk\r\n\
    source.systemName,Made-up MIS\r\n";
const SESSIONS: &str = "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\r\n\
    y26,,,2026/27,schoolYear,2026-09-01,2027-07-20,,2027\r\n";
const ORGS: &str = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\n\
    o1,,,Hollow Oak School,school,100001,\r\n";
const USERS: &str = "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,\
    familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,metadata.contactPriority\r\n\
    p1,,,true,o1,student,ada.pupil,{UPN:X1},Ada,Pupil,,1001,,,,\"a1,a2\",07,,\"2,1\"\r\n\
    a1,,,true,o1,parent,,,Pat,Pupil,,,pat@example.org,,,,,,\r\n\
    a2,,,true,o1,guardian,,,Gus,Guardian,,,,,,,,,\r\n\
    t1,,,true,o1,teacher,t.chalk,,Tom,Chalk,,,t.chalk@school.example,,,,,,\r\n";
const CLASSES: &str = "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,\
    schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\r\n\
    c1,,,7A,07,,7A,homeroom,,o1,y26,,,\r\n";
const ENROLMENTS: &str = "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,\
    beginDate,endDate\r\n\
    e1,,,c1,o1,p1,student,,2026-09-01,2027-07-20\r\n\
    e2,,,c1,o1,t1,teacher,true,,\r\n";

#[test]
fn a_small_school_is_read() {
    let roster = read_bundle(
        &bundle(&[
            ("manifest.csv", MANIFEST),
            ("academicSessions.csv", SESSIONS),
            ("orgs.csv", ORGS),
            ("users.csv", USERS),
            ("classes.csv", CLASSES),
            ("enrollments.csv", ENROLMENTS),
        ]),
        None,
    );
    assert_eq!(roster.problems, []);
    assert_eq!(roster.source.as_deref(), Some("Made-up MIS"));
    assert_eq!((roster.orgs.len(), roster.people.len(), roster.classes.len()), (1, 4, 1));
    assert_eq!(roster.enrolments.len(), 2);
    let links: Vec<_> =
        roster.links.iter().map(|it| (it.parent.as_str(), it.relation.as_str(), it.priority)).collect();
    assert_eq!(links, [("a1", "parent", Some(2)), ("a2", "guardian", Some(1))]);
    assert!(roster.classes[0].registration);
    assert_eq!(roster.classes[0].ends.unwrap().to_string(), "2027-07-20");
}

/// The good school with some files changed, added or (`None`) taken away.
fn school(changes: &[(&str, Option<Vec<u8>>)]) -> Bundle {
    let mut bundle = Bundle::new("roster");
    for (name, text) in [
        ("manifest.csv", MANIFEST),
        ("academicSessions.csv", SESSIONS),
        ("orgs.csv", ORGS),
        ("users.csv", USERS),
        ("classes.csv", CLASSES),
        ("enrollments.csv", ENROLMENTS),
    ] {
        if !changes.iter().any(|(it, _)| *it == name) {
            bundle.add(name, text.into());
        }
    }
    for (name, bytes) in changes {
        if let Some(bytes) = bytes {
            bundle.add(name, bytes.clone());
        }
    }
    bundle
}

fn said(roster: &Roster) -> Vec<String> {
    roster.problems.iter().map(|it| format!("{:?}: {it}", it.weight)).collect()
}

/// What is said of a school of which one file is another, and how many people are read all the same.
#[track_caller]
fn check(file: &str, bytes: impl AsRef<[u8]>, people: usize, want: &[&str]) {
    let roster = read_bundle(&school(&[(file, Some(bytes.as_ref().to_vec()))]), None);
    assert_eq!(
        (roster.people.len(), said(&roster)),
        (people, want.iter().map(|it| (*it).to_owned()).collect())
    );
    assert_eq!(roster.is_fatal(), want.first().is_some_and(|it| it.starts_with("Fatal")));
}

#[test]
fn a_table_that_is_missing_stops_the_whole() {
    let gone = |file: &str| said(&read_bundle(&school(&[(file, None)]), None));
    assert_eq!(
        gone("users.csv"),
        ["Fatal: users.csv: is missing, though the manifest promises it: hand over all the files"]
    );
    assert_eq!(
        gone("manifest.csv"),
        [
            "Fatal: manifest.csv: is missing, and says whether this is the whole school or changes only: hand over all the files that were exported"
        ]
    );
    let change = |from: &str, to: &str| MANIFEST.replace(from, to);
    check(
        "manifest.csv",
        change("file.users,bulk", "file.users,absent"),
        0,
        &[
            "Fatal: users.csv: the manifest says that it is absent, and without it everybody would seem to have left: export it too",
        ],
    );
    check(
        "manifest.csv",
        change("file.users,bulk", "file.users,delta"),
        0,
        &["Fatal: manifest.csv: some tables are bulk and some delta: export all of them the same way"],
    );
    check(
        "manifest.csv",
        change("version,1.1", "version,2.0"),
        0,
        &["Fatal: manifest.csv, oneroster.version: “2.0” is not read here: export OneRoster 1.1 or 1.2"],
    );
    check(
        "manifest.csv",
        change("file.users,bulk", "file.users,all"),
        0,
        &["Fatal: manifest.csv, file.users: “all” is not known: it is bulk, delta or absent"],
    );
    check(
        "manifest.csv",
        change("file.orgs,bulk", "file.orgs,absent"),
        4,
        &["Note: orgs.csv: the manifest says that it is absent, so it was not read"],
    );
    check("b/users.csv", USERS, 0, &["Fatal: users.csv: is there more than once: pack one roster at a time"]);
}

#[test]
fn columns_may_lack_or_be_strange() {
    check(
        "users.csv",
        USERS.replace("familyName", "lastName"),
        0,
        &["Fatal: users.csv, line 1, familyName: this column is missing: export the table with it"],
    );
    check(
        "users.csv",
        USERS.replace("middleName", "shoeSize"),
        4,
        &["Note: users.csv, line 1: these columns are not known and were not read: shoeSize"],
    );
    check(
        "users.csv",
        USERS.replace("middleName", "givenname"),
        0,
        &["Fatal: users.csv, line 1, givenname: stands twice among the headings: leave one of them out"],
    );
    check("users.csv", "", 0, &["Fatal: users.csv: is empty: it must at least have its headings"]);
}

#[test]
fn a_bad_row_never_stops_the_good_ones() {
    let add = |row: &str| format!("{USERS}{row}\r\n");
    check(
        "users.csv",
        add("x1,,,true,o1,student,x,,Xan,Extra"),
        4,
        &[
            "Row: users.csv, line 6: has 10 fields, and the headings are 19: look for a missing comma, or one that is not in quotes",
        ],
    );
    check(
        "users.csv",
        add("x1,,,true,o1,student,x,,Xan,Ex,tra,,,,,,,,,07"),
        4,
        &[
            "Row: users.csv, line 6: has 20 fields, and the headings are 19: look for a missing comma, or one that is not in quotes",
        ],
    );
    check("users.csv", add("x1,,,true,o1,student,x,,Xan,Extra,,,,,,,,,,"), 5, &[]);
    check(
        "users.csv",
        add("\r\n\r\nx1,,,true,o1,student,x,,Xan,,,,,,,,,,"),
        4,
        &["Row: users.csv, line 8, familyName: is empty: fill it in"],
    );
    check(
        "users.csv",
        add("x1,,,true,o1,student,x,,\"Xan\r\nTwo\",Extra,,,,,,,,,\r\nx2,,,true,o1,,x,,A,B,,,,,,,,,"),
        5,
        &["Row: users.csv, line 8, role: is empty: fill it in"],
    );
    check(
        "users.csv",
        add("x1,,,true,o1,wizard,x,,Xan,Extra,,,,,,,,,"),
        4,
        &[
            "Row: users.csv, line 6, role: “wizard” is not a role of the standard: use one of administrator, aide, counselor, \
         districtadministrator, guardian, parent, principal, proctor, relative, siteadministrator, student, \
         systemadministrator, teacher",
        ],
    );
    check(
        "users.csv",
        add("p1,,,true,o1,student,x,,Xan,Extra,,,,,,,,,"),
        4,
        &[
            "Row: users.csv, line 6, sourcedId: “p1” stands on line 2 already, and that one was taken: leave one of them out",
        ],
    );
    check(
        "users.csv",
        add("x1,,,true,o1,student,Ada.Pupil,,Xan,Extra,,,,,,,,,"),
        5,
        &["Note: users.csv, line 6, username: “Ada.Pupil” is also the one on line 2, who keeps it"],
    );
    check(
        "users.csv",
        add("x1,gone,,true,o1,student,x,,Xan,Extra,,,,,,,,,"),
        4,
        &["Row: users.csv, line 6, status: “gone” is not known: write active or tobedeleted"],
    );
    check(
        "users.csv",
        add("x1,,,true,o1,student,x,,Xan,Extra,,,,,,nobody,,,"),
        5,
        &["Row: users.csv, line 6, agentSourcedIds: “nobody” is nobody that was read; the link was left out"],
    );
    check(
        "users.csv",
        add("x1,,,true,o1,student,x,,Xan,Extra,,,,,,,,secret,"),
        5,
        &["Note: users.csv, password: holds passwords. They are not read here and should not be exported"],
    );
    check(
        "users.csv",
        USERS.replace("\"2,1\"", "\"2,first\""),
        4,
        &[
            "Note: users.csv, line 2, metadata.contactPriority: “first” is not a number from 1 to 99; the contact has no priority",
        ],
    );
    check(
        "enrollments.csv",
        format!("{ENROLMENTS}e3,,,c9,o1,p1,student,,,\r\ne4,,,c1,o1,p9,student,,,\r\n"),
        4,
        &[
            "Row: enrollments.csv, line 4, classSourcedId: “c9” is nothing that was read; the row was left out",
            "Row: enrollments.csv, line 5, userSourcedId: “p9” is nothing that was read; the row was left out",
        ],
    );
    check(
        "enrollments.csv",
        format!("{ENROLMENTS}e3,,,c1,o1,p1,student,,2027-01-01,2026-01-01\r\n"),
        4,
        &["Row: enrollments.csv, line 4, endDate: is before beginDate: put one of them right"],
    );
}

#[test]
fn rings_are_broken() {
    let orgs =
        format!("{ORGS}o2,,,Trust,district,,o3\r\no3,,,Other,district,,o2\r\no4,,,Below,school,,o2\r\n");
    check(
        "orgs.csv",
        orgs,
        4,
        &[
            "Note: orgs.csv, line 3, parentSourcedId: goes round in a ring, each above the other; it was taken to stand alone",
            "Note: orgs.csv, line 4, parentSourcedId: goes round in a ring, each above the other; it was taken to stand alone",
        ],
    );
    check(
        "orgs.csv",
        format!("{ORGS}o2,,,Self,school,,o2\r\n"),
        4,
        &[
            "Note: orgs.csv, line 3, parentSourcedId: goes round in a ring, each above the other; it was taken to stand alone",
        ],
    );
    let users = format!(
        "{USERS}x1,,,true,o1,student,,,X,One,,,,,,x2,,,\r\nx2,,,true,o1,student,,,X,Two,,,,,,\"x1,a1\",,,\r\n"
    );
    check(
        "users.csv",
        users,
        6,
        &[
            "Row: users.csv, line 6, agentSourcedIds: “x1” and “x2” are each other's parents, or their own; the link was left out",
            "Row: users.csv, line 7, agentSourcedIds: “x2” and “x1” are each other's parents, or their own; the link was left out",
        ],
    );
}

#[test]
fn a_file_cut_off_stops_the_whole() {
    check(
        "users.csv",
        &USERS[..USERS.len() - 12],
        0,
        &[
            "Fatal: users.csv, line 5: the file ends in the middle of this row, so it was cut off: export it again",
            "Row: users.csv, line 5: has 13 fields, and the headings are 19: look for a missing comma, or one that is not in quotes",
        ],
    );
    let quote = USERS.find("\"a1").unwrap() + 2;
    check(
        "users.csv",
        &USERS[..quote],
        0,
        &[
            "Fatal: users.csv, line 2: a quote opens here and never closes, so the file was cut off: export it again",
        ],
    );
    // Whole but for its last line end, as many write it.
    check("users.csv", USERS.trim_end(), 4, &[]);
    check(
        "users.csv",
        "sourcedId,giv",
        0,
        &[
            "Fatal: users.csv, line 1, givenName: this column is missing: export the table with it",
            "Fatal: users.csv, line 1, familyName: this column is missing: export the table with it",
            "Fatal: users.csv, line 1, role: this column is missing: export the table with it",
        ],
    );
    let accent = USERS.replace("Ada", "Zo\u{eb}").replace("Chalk", "\u{eb}");
    let cut = accent.rfind('\u{eb}').unwrap() + 1;
    let cut = &accent.as_bytes()[..cut];
    check("users.csv", cut, 0, &["Fatal: users.csv: was cut off in the middle of a letter: export it again"]);
}

#[test]
fn a_row_without_end_is_refused() {
    let long = format!("{USERS}{}", "x".repeat(100_000));
    check(
        "users.csv",
        long,
        0,
        &["Fatal: users.csv, line 6: this row is longer than any row can be: export the file again"],
    );
    let quoted = USERS.replace("Ada,", &format!("\"Ada,{}", "\r\nx".repeat(40_000)));
    check(
        "users.csv",
        quoted,
        0,
        &["Fatal: users.csv, line 2: a quote opens in this row and does not close: export the file again"],
    );
}

#[test]
fn letters_of_every_kind() {
    let text = USERS.replace("Ada", "Zo\u{eb}").replace("Pat", "Se\u{e1}n");
    let name = |bytes: Vec<u8>| {
        let roster = read_bundle(&school(&[("users.csv", Some(bytes))]), None);
        (roster.people.first().map(|it| it.given.clone()).unwrap_or_default(), said(&roster))
    };
    let units = |bytes: fn(u16) -> [u8; 2], mark: bool| {
        let text = if mark { format!("\u{feff}{text}") } else { text.clone() };
        text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>()
    };
    let good = ("Zo\u{eb}".to_owned(), Vec::<String>::new());
    assert_eq!(name(text.clone().into_bytes()), good);
    assert_eq!(name(format!("\u{feff}{text}").into_bytes()), good);
    assert_eq!(name(units(u16::to_le_bytes, true)), good);
    assert_eq!(name(units(u16::to_be_bytes, true)), good);
    assert_eq!(name(units(u16::to_le_bytes, false)), good);
    assert_eq!(name(text.replace("\r\n", "\n").into_bytes()), good);
    assert_eq!(name(text.replace("\r\n", "\r").into_bytes()), good);
    let windows: Vec<u8> = text.chars().map(|it| u8::try_from(u32::from(it)).unwrap()).collect();
    assert_eq!(name(windows), (
        "Zo\u{eb}".to_owned(),
        vec!["Note: users.csv, line 2: is not UTF-8 and was read as Windows-1252; if names look wrong, export it as UTF-8".to_owned()]
    ));
    // One bad letter in UTF-8 costs its row, not the file.
    let mut mixed = text.clone().into_bytes();
    let at = text.find("Tom").unwrap();
    mixed[at + 1] = 0xe9;
    assert_eq!(
        name(mixed).1,
        ["Row: users.csv, line 5: has a letter that cannot be read: export the file as UTF-8"]
    );
    let mut half = units(u16::to_le_bytes, true);
    half.pop();
    assert_eq!(name(half).1, ["Fatal: users.csv: was cut off in the middle of a letter: export it again"]);
    assert_eq!(
        name(b"\x01\0\0\0".to_vec()).1,
        ["Fatal: users.csv: is not text: export it as CSV, not as a workbook"]
    );
}

#[test]
fn dates_of_every_kind() {
    use super::date::{Order, parse};
    let check = |value: &str, want: Result<&str, DateFault>| {
        let found = parse(value, Order::default()).map(|it| it.to_string());
        assert_eq!(found.as_deref().map_err(|it| *it), want, "{value}");
    };
    for good in [
        "2026-09-01",
        " 2026-09-01 ",
        "2026/09/01",
        "20260901",
        "2026-09-01T00:00:00.000Z",
        "2026-09-01 08:30",
        "1-Sep-2026",
        "01-Sept-2026",
        "1 September 2026",
        "September 1, 2026",
        "Sep 1 2026",
    ] {
        check(good, Ok("2026-09-01"));
    }
    check("13/04/2026", Ok("2026-04-13"));
    check("13.4.2026 00:00", Ok("2026-04-13"));
    check("04/04/2026", Ok("2026-04-04"));
    check("03/04/2026", Err(DateFault::Ambiguous));
    check("04/13/2026", Err(DateFault::MonthFirst));
    check("46266", Err(DateFault::Serial));
    check("46266.5", Err(DateFault::Serial));
    check("1-Sep-26", Err(DateFault::ShortYear));
    check("13/04/26", Err(DateFault::ShortYear));
    check("30/02/2026", Err(DateFault::NoSuchDay));
    check("2026-13-01", Err(DateFault::NoSuchDay));
    check("0026-09-01", Err(DateFault::NoSuchDay));
    for bad in
        ["soon", "1/2", "1/2/3/2026", "2026", "1/Smarch/2026", "é1/02/2026", "12345678901", "--", "2026-9-x"]
    {
        check(bad, Err(DateFault::Unknown));
    }
}

#[test]
fn a_column_says_whether_days_come_first() {
    let begins = |dates: &[&str]| {
        let rows: Vec<String> =
            dates.iter().enumerate().map(|(at, it)| format!("e{at},,,c1,o1,p1,student,,{it},\r\n")).collect();
        let rows = rows.concat();
        let head = ENROLMENTS.lines().next().unwrap();
        let bytes = format!("{head}\r\n{rows}").into_bytes();
        let roster = read_bundle(&school(&[("enrollments.csv", Some(bytes))]), None);
        let dates: Vec<String> = roster.enrolments.iter().map(|it| it.starts.unwrap().to_string()).collect();
        (dates, said(&roster))
    };
    assert_eq!(begins(&["03/04/2026", "25/12/2026"]).0, ["2026-04-03", "2026-12-25"]);
    assert_eq!(
        begins(&["03/04/2026", "12/25/2026"]).1,
        [
            "Row: enrollments.csv, line 2, beginDate: “03/04/2026” has the month before the day, as in the United States: write it as 2026-09-01",
            "Row: enrollments.csv, line 3, beginDate: “12/25/2026” has the month before the day, as in the United States: write it as 2026-09-01",
        ]
    );
    assert_eq!(
        begins(&["03/04/2026"]).1,
        [
            "Row: enrollments.csv, line 2, beginDate: “03/04/2026” could be read as day/month or month/day: write it as 2026-09-01",
        ]
    );
    // One of each: nothing can be said of the rest.
    assert_eq!(begins(&["03/04/2026", "25/12/2026", "12/25/2026"]).0, ["2026-12-25"]);
}

#[test]
fn changes_only() {
    let manifest = MANIFEST.replace("bulk", "delta");
    let users = "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,givenName,familyName,agentSourcedIds\n\
        p1,tobedeleted,2026-11-01T00:00:00.000Z,,,,,,\n\
        p2,active,2026-11-01T00:00:00.000Z,false,o1,student,New,Pupil,a7\n\
        p3,,2026-11-01T00:00:00.000Z,true,o1,student,No,Status,\n";
    let orgs = ORGS.replace("o1,,", "o1,active,");
    let roster = read_bundle(
        &school(&[
            ("manifest.csv", Some(manifest.into())),
            ("academicSessions.csv", Some(SESSIONS.replace("y26,,", "y26,active,").into())),
            ("orgs.csv", Some(orgs.into())),
            ("users.csv", Some(users.into())),
            ("classes.csv", Some(CLASSES.replace("c1,,", "c1,active,").into())),
            (
                "enrollments.csv",
                Some(
                    "sourcedId,status,classSourcedId,userSourcedId,role\ne9,tobedeleted,c1,p1,student\n"
                        .into(),
                ),
            ),
        ]),
        None,
    );
    assert_eq!(
        said(&roster),
        ["Row: users.csv, line 4, status: is empty, and a roster of changes must say active or tobedeleted",]
    );
    assert_eq!(roster.mode, Mode::Delta);
    let people: Vec<_> =
        roster.people.iter().map(|it| (it.source_id.as_str(), it.status, it.enabled)).collect();
    assert_eq!(people, [("p1", Status::ToBeDeleted, true), ("p2", Status::Active, false)]);
    assert_eq!((roster.links.len(), roster.enrolments[0].status), (1, Status::ToBeDeleted));
}

#[test]
fn version_two_has_roles_apart() {
    let manifest =
        MANIFEST.replace("version,1.1", "version,1.2").replace("file.users", "file.roles,bulk\r\nfile.users");
    let users = "sourcedId,status,dateLastModified,enabledUser,username,givenName,familyName,agentSourcedIds,grades,\
        preferredGivenName,primaryOrgSourcedId,userMasterIdentifier\n\
        p1,,,true,ada,Adelaide,Pupil,a1,07,Ada,o1,M1\n\
        a1,,,true,,Pat,Pupil,,,,,\n\
        t1,,,true,tom,Tom,Chalk,,,,o1,\n\
        n1,,,true,nob,No,Roles,,,,o1,\n";
    let roles = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n\
        r1,,,p1,primary,student,2026-09-01,2031-07-20,o1,\n\
        r2,,,a1,primary,guardian,,,o1,\n\
        r3,,,t1,secondary,parent,,,o1,\n\
        r4,,,t1,primary,teacher,2020-09-01,2027-08-31,o1,\n";
    let files = [
        ("manifest.csv", Some(manifest.clone().into())),
        ("users.csv", Some(users.into())),
        ("roles.csv", Some(roles.into())),
        ("enrollments.csv", Some(ENROLMENTS.into())),
    ];
    let roster = read_bundle(&school(&files), None);
    assert_eq!(
        said(&roster),
        ["Row: users.csv, line 5, role: has no row in roles.csv: give this person a role there"]
    );
    let people: Vec<_> =
        roster.people.iter().map(|it| (it.roles.join(" "), it.ends.map(|it| it.to_string()))).collect();
    assert_eq!(
        people,
        [
            ("student".to_owned(), Some("2031-07-20".to_owned())),
            ("guardian".to_owned(), None),
            ("teacher parent".to_owned(), None),
        ]
    );
    assert_eq!(roster.people[0].preferred_given.as_deref(), Some("Ada"));
    assert_eq!(roster.links[0].relation, "guardian");
    let missing = read_bundle(
        &school(&[("manifest.csv", Some(manifest.into())), ("users.csv", Some(users.into()))]),
        None,
    );
    assert_eq!(
        said(&missing),
        ["Fatal: roles.csv: is missing, though the manifest promises it: hand over all the files"]
    );
}

#[test]
fn whoever_has_a_bad_row_is_held() {
    let users = format!("{USERS}x1,,,true\r\nx2,,,true,o1,wizard,,,A,B,,,,,,,,,\r\n");
    let enrolments = format!("{ENROLMENTS}e3,,,c1,o1,x2,student,,,\r\n");
    let files = [("users.csv", Some(users.into())), ("enrollments.csv", Some(enrolments.into()))];
    let roster = read_bundle(&school(&files), None);
    assert_eq!(
        (roster.held, roster.people.len(), roster.problems.len()),
        (vec!["x2".into(), "x1".into()], 4, 2)
    );
}
