//! A made-up school as its management information system would export it: the same every time, and nobody in it lives.
use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// How many of each, and in which version of the standard.
#[derive(Debug, Clone, Copy)]
pub struct MadeUp {
    pub version: Version,
    /// The first pupil's number: two rosters with different ones have joiners and leavers between them.
    pub first: usize,
    pub pupils: usize,
    /// Each is the parent of the pupil of the same number, and further ones of the first pupils again.
    pub parents: usize,
    pub staff: usize,
    pub classes: usize,
    pub enrolments: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    OneOne,
    OneTwo,
}

impl MadeUp {
    /// 20,000 people with 60,000 enrolments.
    pub const TRUST: MadeUp = MadeUp {
        version: Version::OneOne,
        first: 0,
        pupils: 9_000,
        parents: 10_000,
        staff: 1_000,
        classes: 600,
        enrolments: 60_000,
    };

    /// A small school.
    pub const SMALL: MadeUp = MadeUp {
        version: Version::OneOne,
        first: 0,
        pupils: 60,
        parents: 80,
        staff: 6,
        classes: 6,
        enrolments: 120,
    };

    /// Each table with its text.
    pub fn tables(&self) -> Vec<(&'static str, String)> {
        let mut tables = vec![
            ("manifest.csv", self.manifest()),
            ("academicSessions.csv", SESSIONS.to_owned()),
            ("orgs.csv", ORGS.to_owned()),
            ("users.csv", self.users()),
            ("classes.csv", self.classes()),
            ("enrollments.csv", self.enrolments()),
        ];
        if self.version == Version::OneTwo {
            tables.push(("roles.csv", self.roles()));
        }
        tables
    }

    /// As it is handed over.
    ///
    /// # Panics
    /// Never: it is written in memory.
    pub fn zip(&self) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, text) in self.tables() {
            writer.start_file(name, options).expect("in memory");
            writer.write_all(text.as_bytes()).expect("in memory");
        }
        writer.finish().expect("in memory").into_inner()
    }

    fn manifest(&self) -> String {
        let (version, roles) = match self.version {
            Version::OneOne => ("1.1", ""),
            Version::OneTwo => ("1.2", "file.roles,bulk\r\n"),
        };
        format!(
            "propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,{version}\r\nfile.academicSessions,bulk\r\n\
             file.orgs,bulk\r\nfile.users,bulk\r\n{roles}file.classes,bulk\r\nfile.enrollments,bulk\r\n\
             source.systemName,Made-up MIS\r\n"
        )
    }

    fn users(&self) -> String {
        let mut text = match self.version {
            Version::OneOne => {
                "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,\
                 middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,metadata.contactPriority\r\n"
            }
            Version::OneTwo => {
                "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,\
                 identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,\
                 preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns,\
                 metadata.contactPriority\r\n"
            }
        }
        .to_owned();
        for nth in self.first..self.first + self.pupils {
            let agents: Vec<String> = self.parents_of(nth).map(|it| format!("a{it}")).collect();
            let priorities: Vec<String> = (1..=agents.len()).map(|it| it.to_string()).collect();
            let (agents, priorities) = (agents.join(","), priorities.join(","));
            let it =
                Somebody { id: format!("p{nth}"), role: "student", nth, username: format!("pupil{nth}") };
            let grade = format!("{:02}", 1 + nth % 13);
            self.user(&mut text, &it, &format!("\"{agents}\""), &grade, &format!("\"{priorities}\""));
        }
        for nth in self.first..self.first + self.parents {
            let it =
                Somebody { id: format!("a{nth}"), role: "parent", nth: nth + 7, username: String::new() };
            self.user(&mut text, &it, "", "", "");
        }
        for nth in 0..self.staff {
            let role = if nth.is_multiple_of(5) { "aide" } else { "teacher" };
            let it = Somebody { id: format!("t{nth}"), role, nth: nth + 3, username: format!("staff{nth}") };
            self.user(&mut text, &it, "", "", "");
        }
        text
    }

    fn parents_of(&self, nth: usize) -> impl Iterator<Item = usize> {
        let (first, end) = (self.first, self.first + self.parents);
        [nth, nth + self.pupils].into_iter().filter(move |it| (first..end).contains(it))
    }

    fn user(&self, text: &mut String, it: &Somebody, agents: &str, grade: &str, priorities: &str) {
        let Somebody { id, role, nth, username } = it;
        let (given, family) = (given(*nth), family(*nth));
        let email = format!("{id}@made-up.example");
        let written = match self.version {
            Version::OneOne => write!(
                text,
                "{id},,,true,o1,{role},{username},,{given},{family},,,{email},,,{agents},{grade},,{priorities}\r\n"
            ),
            Version::OneTwo => write!(
                text,
                "{id},,,true,{username},,{given},{family},,,{email},,,{agents},{grade},,,,,,,o1,,{priorities}\r\n"
            ),
        };
        written.expect("in memory");
    }

    fn roles(&self) -> String {
        let head = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,\
                    userProfileSourcedId\r\n";
        let mut text = head.to_owned();
        let pupils = (self.first..self.first + self.pupils).map(|it| (format!("p{it}"), "student"));
        let parents = (self.first..self.first + self.parents).map(|it| (format!("a{it}"), "parent"));
        let staff = (0..self.staff)
            .map(|it| (format!("t{it}"), if it.is_multiple_of(5) { "aide" } else { "teacher" }));
        for (id, role) in pupils.chain(parents).chain(staff) {
            write!(text, "r-{id},,,{id},primary,{role},,,o1,\r\n").expect("in memory");
        }
        text
    }

    fn classes(&self) -> String {
        let head = "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,\
                    schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\r\n";
        let mut text = head.to_owned();
        for nth in 0..self.classes {
            let kind = if nth.is_multiple_of(6) { "homeroom" } else { "scheduled" };
            let grade = 1 + nth % 13;
            write!(text, "c{nth},,,Set {nth},{grade:02},,S{nth},{kind},,o1,y26,,,\r\n").expect("in memory");
        }
        text
    }

    fn enrolments(&self) -> String {
        let head = "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,\
                    beginDate,endDate\r\n";
        let mut text = head.to_owned();
        let (pupils, classes) = (self.pupils.max(1), self.classes.max(1));
        for nth in 0..self.enrolments {
            // Each class has a teacher; the rest are pupils, each in several classes.
            let (person, class, role) = if nth < classes && self.staff > 0 {
                (format!("t{}", nth % self.staff), nth, "teacher")
            } else {
                let pupil = nth % pupils;
                (format!("p{}", self.first + pupil), (pupil + nth / pupils * 7) % classes, "student")
            };
            write!(text, "e{nth},,,c{class},o1,{person},{role},,,\r\n").expect("in memory");
        }
        text
    }
}

struct Somebody {
    id: String,
    role: &'static str,
    nth: usize,
    username: String,
}

const SESSIONS: &str = "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\r\n\
    y26,,,2026/27,schoolYear,2026-09-01,2027-07-20,,2027\r\n";
const ORGS: &str = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\n\
    o1,,,Made-up Academy,school,999999,\r\n";

/// `Zibalo`, `Quenip`: no name that anybody bears.
fn given(nth: usize) -> String {
    const FIRST: [&str; 12] =
        ["Zib", "Quen", "Wrax", "Plim", "Frob", "Jund", "Vosk", "Klep", "Drim", "Yarb", "Gwip", "Snov"];
    const LAST: [&str; 11] = ["alo", "ip", "enna", "oru", "ula", "ex", "imo", "aby", "oss", "eel", "unt"];
    format!("{}{}", FIRST[nth % FIRST.len()], LAST[nth / 3 % LAST.len()])
}

fn family(nth: usize) -> String {
    const FIRST: [&str; 7] = ["Mock", "Sample", "Pretend", "Dummy", "Paper", "Cardboard", "Placeholder"];
    const LAST: [&str; 13] = [
        "son", "ley", "worth", "ington", "smith", "by", "ham", "ford", "stone", "well", "field", "mere",
        "dale",
    ];
    format!("{}{}", FIRST[nth / 5 % FIRST.len()], LAST[nth % LAST.len()])
}
