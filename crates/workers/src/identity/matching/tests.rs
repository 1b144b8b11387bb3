use std::time::Duration;

use school::{Role, Stay};

use super::*;

const OURS: Id<School> = Id::from_u128(1);
const OTHER: Id<School> = Id::from_u128(2);

fn matching(domains: &[&str], tenants: &[&str]) -> Matching {
    let all = |of: &[&str]| of.iter().map(|it| (*it).to_owned()).collect();
    Matching {
        school: OURS,
        issuer: "https://id.test".to_owned(),
        claim: Claim::Username,
        domains: all(domains),
        tenants: all(tenants),
        only_ours: false,
    }
}

fn some(it: &str) -> Option<String> {
    (!it.is_empty()).then(|| it.to_owned())
}

#[test]
fn only_people_of_our_domains_and_tenants_are_ours() {
    let check = |matching: &Matching, [username, email, hosted, tenant]: [&str; 4], ours: bool| {
        // A star: the provider has made sure of it.
        let said = Said {
            username: some(username),
            email: some(email.trim_end_matches('*')),
            email_verified: email.ends_with('*'),
            hosted: some(hosted),
            tenant: some(tenant),
            ..Said::default()
        };
        assert_eq!(matching.ours(&said).is_ok(), ours, "{username} {email} {hosted} {tenant}");
    };
    let any = matching(&[], &[]);
    check(&any, ["maya", "", "", ""], false);
    check(&any, ["maya", "maya@hill.sch.uk*", "hill.sch.uk", "t-1"], false);
    check(&Matching { only_ours: true, ..any.clone() }, ["maya", "", "", ""], true);
    check(&Matching { claim: Claim::Email, ..any }, ["", "maya@hill.sch.uk*", "", ""], true);
    let one = matching(&["hill.sch.uk"], &[]);
    check(&one, ["maya@hill.sch.uk", "", "", ""], true);
    check(&one, ["maya@HILL.sch.uk", "maya@hill.sch.uk", "hill.sch.uk", ""], true);
    check(&one, ["maya", "maya@hill.sch.uk*", "", ""], true);
    check(&one, ["maya", "", "hill.sch.uk", ""], true);
    // Whoever writes their own address into their account writes the head's.
    check(&one, ["maya", "maya@hill.sch.uk", "", ""], false);
    check(&one, ["maya@hill.sch.uk", "maya@example.org", "", ""], false);
    check(&one, ["maya", "maya@example.org*", "hill.sch.uk", ""], false);
    check(&one, ["maya", "", "", ""], false);
    check(&one, ["maya@hill.sch.uk", "maya@example.org*", "", ""], false);
    check(&one, ["maya@hill.sch.uk.example.org", "", "", ""], false);
    check(&one, ["maya@nothill.sch.uk", "", "", ""], false);
    check(&one, ["maya@x@hill.sch.uk", "", "vale.sch.uk", ""], false);
    let tenant = matching(&[], &["t-1"]);
    check(&tenant, ["maya", "", "", "t-1"], true);
    check(&tenant, ["maya", "", "", "t-2"], false);
    check(&tenant, ["maya", "", "", ""], false);
    let both = matching(&["hill.sch.uk"], &["t-1"]);
    check(&both, ["maya", "", "", "t-1"], true);
    check(&both, ["maya", "maya@example.org", "", "t-1"], false);
    check(&both, ["maya", "maya@hill.sch.uk*", "", "t-2"], false);
}

/// Two schools of a trust: `(id, school, username, address)` of each person.
async fn trust(people: &[(u128, Id<School>, &str, &str)]) -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open_file(&folder.path().join("records.db")).await.expect("a database");
    let by = By { person: None, name: "A test".to_owned(), at: now() };
    let mut tx = db.write().await.expect("a transaction");
    for id in [OURS, OTHER] {
        let school = School { id, trust: None, name: format!("School {id}").parse().expect("a line") };
        schools::add(&mut tx, &by, &school).await.expect("added");
    }
    for (id, school, username, email) in people {
        let person = Person {
            id: Id::from_u128(*id),
            school: *school,
            username: username.parse().expect("a username"),
            name: format!("Person {id}").parse().expect("a line"),
            roles: [Role::Teacher].into_iter().collect(),
            year: None,
            groups: Vec::new(),
            email: email.parse().ok(),
            stay: Stay::ALWAYS,
        };
        people::add(&mut tx, &by, &person).await.expect("added");
    }
    tx.commit().await.expect("kept");
    (folder, db)
}

fn now() -> Timestamp {
    Timestamp::from_second(1_790_000_000).expect("in range")
}

fn said(subject: &str, username: &str, email: &str) -> Said {
    let email_verified = email.ends_with('*');
    let (subject, email) = (subject.to_owned(), some(email.trim_end_matches('*')));
    Said { subject, username: some(username), email, email_verified, ..Said::default() }
}

async fn check(matching: &Matching, db: &Db, said: Said, expected: Result<u128, NotLetIn>) {
    let got = matching.person(db, &said, now()).await.map(|it| it.id);
    assert_eq!(got, expected.map(Id::from_u128), "{said:?}");
}

/// A trust with one provider: the name of a colleague at another school is no key to one of that name here.
#[tokio::test]
async fn somebody_of_another_school_is_not_the_one_of_that_name_here() {
    let people = [
        (1, OURS, "okafor", "s.okafor@hill.sch.uk"),
        (2, OTHER, "okafor", "t.okafor@hill.sch.uk"),
        (3, OURS, "novak", ""),
        (4, OTHER, "novak", ""),
        (5, OURS, "byrne", ""),
        (6, OTHER, "byrne", "byrne@vale.sch.uk"),
        (7, OTHER, "adeyemi", ""),
    ];
    let (_folder, db) = trust(&people).await;
    let hill = matching(&["hill.sch.uk"], &[]);
    check(&hill, &db, said("a", "okafor@hill.sch.uk", "t.okafor@hill.sch.uk*"), Err(NotLetIn::Foreign)).await;
    check(&hill, &db, said("a", "okafor@hill.sch.uk", "s.okafor@hill.sch.uk"), Err(NotLetIn::Unproven)).await;
    check(&hill, &db, said("b", "okafor", "s.okafor@hill.sch.uk*"), Ok(1)).await;
    check(&hill, &db, said("c", "okafor", "s.okafor@hill.sch.uk*"), Err(NotLetIn::Taken)).await;
    check(&hill, &db, said("d", "novak@hill.sch.uk", ""), Err(NotLetIn::Unproven)).await;
    check(&hill, &db, said("e", "adeyemi@hill.sch.uk", ""), Err(NotLetIn::Foreign)).await;
    // The other one would not have been vouched for.
    check(&hill, &db, said("f", "byrne@hill.sch.uk", ""), Ok(5)).await;
    // Nor under another number than theirs.
    let theirs = Matching { school: OTHER, ..hill.clone() };
    let mut tx = db.write().await.expect("a transaction");
    let by = By { person: None, name: "A test".to_owned(), at: now() };
    let other = people::get(&mut tx, OTHER, Id::from_u128(4)).await.expect("read").expect("there").person;
    accounts::link(&mut tx, &by, &other, &hill.issuer, "g").await.expect("linked");
    tx.commit().await.expect("kept");
    check(&hill, &db, said("d", "novak@hill.sch.uk", ""), Ok(3)).await;
    check(&hill, &db, said("g", "novak@hill.sch.uk", ""), Err(NotLetIn::Foreign)).await;
    check(&theirs, &db, said("g", "novak@hill.sch.uk", ""), Ok(4)).await;
}

#[tokio::test]
async fn an_address_is_one_persons_and_the_provider_has_made_sure_of_it() {
    let people = [
        (1, OURS, "okafor", "okafor@hill.sch.uk"),
        (2, OURS, "office1", "office@hill.sch.uk"),
        (3, OURS, "office2", "office@hill.sch.uk"),
        (4, OTHER, "byrne", "byrne@hill.sch.uk"),
    ];
    let (_folder, db) = trust(&people).await;
    let by_email = Matching { claim: Claim::Email, ..matching(&[], &[]) };
    check(&by_email, &db, said("a", "", "okafor@hill.sch.uk"), Err(NotLetIn::Unproven)).await;
    check(&by_email, &db, said("b", "", "office@hill.sch.uk*"), Err(NotLetIn::Unknown)).await;
    check(&by_email, &db, said("c", "", "byrne@hill.sch.uk*"), Err(NotLetIn::Foreign)).await;
    check(&by_email, &db, said("d", "", "nobody@hill.sch.uk*"), Err(NotLetIn::Unknown)).await;
    check(&by_email, &db, said("a", "", "Okafor@Hill.sch.uk*"), Ok(1)).await;
}

/// Monday at nine: hundreds sign in while the office writes.
#[tokio::test]
async fn whoever_signed_in_before_waits_for_nobody_who_writes() {
    let (_folder, db) = trust(&[(1, OURS, "okafor", "okafor@hill.sch.uk")]).await;
    let by_email = Matching { claim: Claim::Email, ..matching(&[], &[]) };
    check(&by_email, &db, said("a", "", "okafor@hill.sch.uk*"), Ok(1)).await;
    let writing = db.write().await.expect("a transaction");
    let again = check(&by_email, &db, said("a", "", ""), Ok(1));
    assert!(tokio::time::timeout(Duration::from_secs(3), again).await.is_ok(), "it waited");
    // Nor is anybody kept from writing to be told that they are not known.
    let unknown = check(&by_email, &db, said("b", "", "nobody@hill.sch.uk*"), Err(NotLetIn::Unknown));
    assert!(tokio::time::timeout(Duration::from_secs(3), unknown).await.is_ok(), "it waited");
    drop(writing);
}
