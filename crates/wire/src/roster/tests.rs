use super::*;

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
    let roster = read_bundle(&bundle(&[
        ("manifest.csv", MANIFEST),
        ("academicSessions.csv", SESSIONS),
        ("orgs.csv", ORGS),
        ("users.csv", USERS),
        ("classes.csv", CLASSES),
        ("enrollments.csv", ENROLMENTS),
    ]));
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
