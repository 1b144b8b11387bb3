use proptest::prelude::*;

use super::{super::*, said};

const SIMS: &str = "Adno,UPN,Legal Forename,Legal Surname,Preferred Forename,Year Group,Reg Group,Date of Admission,\
    Contact 1 Name,Contact 1 Email,Contact 1 Relationship,Contact 1 Priority,Contact 2 Name,Contact 2 Email,\
    Contact 2 Relationship,Contact 2 Priority,Ethnicity\r\n\
    1001,A1,Adelaide,Pupil,Ada,Year 7,7A,03/09/2026,Mrs Pat Pupil,pat@example.org,Mother,2,Mr Gus Guard,gus@example.org,Guardian,1,x\r\n\
    1002,A2,Bea,Pupil,,Year 9,9B,13/09/2024,Mrs Pat Pupil,Pat@example.org,Mother,1,,,,,x\r\n";

#[test]
fn a_usual_export_is_read_without_a_mapping() {
    let roster = read("sims.csv", SIMS.as_bytes());
    assert_eq!(said(&roster), ["Note: sims.csv, line 1: these columns were not read: Ethnicity"]);
    let people: Vec<_> = roster
        .people
        .iter()
        .map(|it| format!("{} {} {} {}", it.source_id, it.roles.join(" "), it.given, it.family))
        .collect();
    assert_eq!(
        people,
        [
            "1001 student Adelaide Pupil",
            "contact:pat@example.org:pat pupil parent Pat Pupil",
            "contact:gus@example.org:gus guard parent Gus Guard",
            "1002 student Bea Pupil",
        ]
    );
    assert_eq!(roster.people[0].starts.unwrap().to_string(), "2026-09-03");
    assert_eq!(roster.people[0].grade.as_deref(), Some("Year 7"));
    let links: Vec<_> =
        roster.links.iter().map(|it| format!("{} {} {:?}", it.child, it.relation, it.priority)).collect();
    assert_eq!(links, ["1001 mother Some(2)", "1001 guardian Some(1)", "1002 mother Some(1)"]);
    assert_eq!(roster.classes.iter().map(|it| it.title.as_str()).collect::<Vec<_>>(), ["7A", "9B"]);
    assert_eq!(roster.enrolments.len(), 2);
    assert_eq!(roster.covers, Some(vec!["student".to_owned(), "parent".to_owned()]));
}

#[test]
fn headings_are_guessed() {
    let check = |headings: &[&str], want: &str| {
        assert_eq!(Mapping::guess(headings.iter().copied()).to_string(), want, "{headings:?}");
    };
    check(
        &[
            "Person ID",
            "First Name",
            "Last Name",
            "Year",
            "Form",
            "Parent/Carer 1 Mobile",
            "Primary Contact E-mail",
        ],
        "Person ID = id\nFirst Name = given name\nLast Name = family name\nYear = year\nForm = class\n\
         Parent/Carer 1 Mobile = contact 1 phone\nPrimary Contact E-mail = contact 1 email\nalways role = student\n",
    );
    check(
        &["Arbor Student ID", "Student", "Student ID", "Name", "Parent2Surname", "priority 1 contact name"],
        "Student ID = id\nName = name\nParent2Surname = contact 2 family name\n\
         priority 1 contact name = contact 1 name\nalways role = student\n",
    );
    check(
        &["Staff Code", "Forename", "Surname", "Name", "Staff Type", "Contact 77 Name", "", "House"],
        "Staff Code = id\nForename = given name\nSurname = family name\nStaff Type = role\n",
    );
}

#[test]
fn a_mapping_says_what_is_what() {
    let mapping = Mapping::parse(
        "# ours\n\nNumber = id\nWho = name\n Group=Class \nSets = lessons\nGone = ends\nKind = role\nShoe = ignore\n\
         always dates = day first\nalways school = Hollow Oak\nalways rows = changes\n",
    )
    .unwrap();
    let text = "Number;Who;Group;Sets;Gone;Kind;Shoe\n1;\"Pupil, Ada\";7A;\"7A/Ma1, 7A/En2\";03/04/2027;Pupil;4\n\
        2;Mr Tom Chalk;7A;;;Teacher;\n3;Solo;7A;;;Pupil;\n4;Nell Nobody;7A;;;Wizard;\n5;Eve Early;;;4/13/2027;pupil;\n\
        1;\"Pupil, Ada\";7A;;;Pupil;\n1;Other Name;7A;;;Pupil;\n";
    let roster = read_mapped("export.txt", text.as_bytes(), Some(&mapping));
    assert_eq!(
        said(&roster),
        [
            "Row: export.txt, line 4, Who: gives no given name: fill it in",
            "Row: export.txt, line 4, Who: gives no family name: fill it in",
            "Row: export.txt, line 5, Kind: “Wizard” is not a role: write pupil, teacher, teaching assistant, support staff, office, head or parent",
            "Row: export.txt, line 6, Gone: “4/13/2027” has the month before the day, as in the United States: write it as 2026-09-01",
            "Row: export.txt, line 7, Number: the same person stands on line 2 already; this row was left out",
            "Row: export.txt, line 8, Number: “1” is Ada Pupil on line 2 already, and that one was taken: give each person an id of their own",
        ]
    );
    assert_eq!((roster.people.len(), roster.classes.len(), roster.enrolments.len()), (2, 3, 4));
    assert_eq!(roster.held, ["3", "4", "5"]);
    assert_eq!((roster.mode, roster.orgs[0].name.as_str()), (Mode::Delta, "Hollow Oak"));
}

#[test]
fn contacts_may_stand_on_rows_of_their_own() {
    let text = "ID,Forename,Surname,Contact Forename,Contact Surname,Contact Email,Contact Priority\n\
        1,Ada,Pupil,Pat,Pupil,pat@example.org,1\n1,Ada,Pupil,Gus,Guard,gus@example.org,2\n\
        2,Bea,Pupil,,,only@example.org,1\n3,Cy,Pupil,Kit,,,first\n";
    let roster = read("arbor.csv", text.as_bytes());
    assert_eq!(
        said(&roster),
        [
            "Row: arbor.csv, line 4, Contact Forename: gives no first name of this contact, who was left out: fill it in",
            "Note: arbor.csv, line 5, Contact Priority: “first” is not a number from 1 to 99; the contact has no priority",
        ]
    );
    let links: Vec<_> = roster.links.iter().map(|it| (it.child.as_str(), it.priority)).collect();
    assert_eq!(links, [("1", Some(1)), ("1", Some(2)), ("3", None)]);
    assert_eq!(roster.people.len(), 6);
}

#[test]
fn a_mapping_that_is_wrong_names_the_line_and_the_heading() {
    let check = |text: &str, want: &[&str]| {
        let found: Vec<String> = Mapping::parse(text).unwrap_err().iter().map(ToString::to_string).collect();
        let found: Vec<&str> = found.iter().map(|it| it.split(": it is one of").next().unwrap()).collect();
        assert_eq!(found, want, "{text}");
    };
    check(
        "Adno id",
        &["mapping, line 1: is neither a comment nor “heading = field”: put a = between the two"],
    );
    check("# x\nAdno = shoe size", &["mapping, line 2: “shoe size” is not a field"]);
    check("A = id\nB = id", &["mapping, line 2: “id” has a column already: leave one of them out"]);
    check("A = id\na = upn", &["mapping, line 2: “a” stands here twice: leave one of them out"]);
    check("= id", &["mapping, line 1: has no heading before the ="]);
    check("A = contact 10 name", &["mapping, line 1: “contact 10 name” is not a field"]);
    check(
        "always role = wizard",
        &[
            "mapping, line 1: “wizard” is not a role: write pupil, teacher, teaching assistant, support staff, office, head or parent",
        ],
    );
    check(
        "always lucky = yes",
        &[
            "mapping, line 1: is not known: “always” goes with role, school, dates = day first, rows = everybody or rows = changes",
        ],
    );

    let mapping =
        Mapping::parse("Adno = id\nForname = given name\nLegal Surname = family name\nalways role = pupil")
            .unwrap();
    let roster = read_mapped("sims.csv", SIMS.as_bytes(), Some(&mapping));
    assert_eq!(
        said(&roster)[0].split(": Adno").next().unwrap(),
        "Fatal: sims.csv, line 1, Forname: stands in the mapping, but is not among the headings"
    );
    let roster = read("x.csv", b"Colour,Size\nred,4\n");
    assert_eq!(roster.problems.iter().filter(|it| it.is_fatal()).count(), 3);
    assert_eq!(
        said(&roster)[0],
        "Fatal: x.csv, line 1, id: no column gives it. The headings are: Colour, Size. Write a mapping with a line “heading = id”"
    );
}

proptest! {
    #[test]
    fn a_mapping_prints_as_it_is_read(text in "([A-Za-z ]{0,9}= ?(id|upn|year|name|contact [1-9] email|always)\n|always (role|school|dates|rows) = (pupil|x=y|day first|changes)\n){0,6}") {
        if let Ok(mapping) = Mapping::parse(&text) {
            prop_assert_eq!(Mapping::parse(&mapping.to_string()), Ok(mapping));
        }
    }

    #[test]
    fn anything_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let roster = read("x", &bytes);
        prop_assert!(!roster.problems.is_empty() || !roster.people.is_empty() || !bytes.is_empty());
    }
}
