use std::time::Instant;

use super::*;
use crate::sample::{AMINA, at, hash, pupil, snapshot_of};

const DEVICE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

fn credentials() -> Credentials {
    Credentials::new(&Secret::new([7; 32]), 2)
}

fn school(password: Option<&str>) -> Snapshot {
    snapshot_of([Known { password: password.map(hash), ..pupil() }])
}

async fn check(
    credentials: &Credentials,
    school: &Snapshot,
    name: &str,
    password: &str,
    minutes: i64,
) -> Result<Id<Person>, Refusal> {
    credentials.check(school, DEVICE, name, password, at(minutes)).await.map(|it| it.person.id)
}

#[tokio::test]
async fn the_right_password_opens_and_everything_else_does_not() {
    let (credentials, school) = (credentials(), school(Some("marsh harrier 7")));
    assert_eq!(check(&credentials, &school, "a.rahman", "marsh harrier 7", 0).await, Ok(AMINA));
    assert_eq!(
        check(&credentials, &school, " A.Rahman ", "marsh harrier 7", 0).await,
        Ok(AMINA),
        "one spelling"
    );
    let wrong = ["Marsh harrier 7", "marsh harrier 7 ", "", "a.rahman"];
    for (minute, password) in wrong.iter().enumerate() {
        let minute = i64::try_from(minute).expect("small") * 5;
        assert_eq!(
            check(&credentials, &school, "a.rahman", password, minute).await,
            Err(Refusal::Wrong),
            "{password}"
        );
    }
    for name in ["nobody", "", "a rahman", "a.rahman\0"] {
        assert_eq!(
            check(&credentials, &school, name, "marsh harrier 7", 30).await,
            Err(Refusal::Wrong),
            "{name:?}"
        );
    }
}

#[tokio::test]
async fn someone_without_a_password_cannot_sign_in() {
    let (credentials, school) = (credentials(), school(None));
    for password in ["", "x", DUMMY] {
        assert_eq!(check(&credentials, &school, "a.rahman", password, 0).await, Err(Refusal::Wrong));
    }
}

#[tokio::test]
async fn a_changed_password_a_new_name_or_a_removed_person_ends_it_at_once() {
    let (credentials, before) = (credentials(), school(Some("old")));
    assert_eq!(check(&credentials, &before, "a.rahman", "old", 0).await, Ok(AMINA));
    assert_eq!(check(&credentials, &school(Some("new")), "a.rahman", "old", 0).await, Err(Refusal::Wrong));
    assert_eq!(check(&credentials, &school(None), "a.rahman", "old", 0).await, Err(Refusal::Wrong));
    assert_eq!(check(&credentials, &snapshot_of([]), "a.rahman", "old", 0).await, Err(Refusal::Wrong));
    let mut renamed = Known { password: before.people.get(AMINA).expect("her").password.clone(), ..pupil() };
    renamed.person.username = "amina.r".parse().expect("a user name");
    assert_eq!(check(&credentials, &snapshot_of([renamed]), "a.rahman", "old", 0).await, Err(Refusal::Wrong));
}

#[tokio::test]
async fn a_new_password_opens_though_it_was_wrong_a_moment_ago() {
    let credentials = credentials();
    assert_eq!(check(&credentials, &school(Some("old")), "a.rahman", "new", 0).await, Err(Refusal::Wrong));
    assert_eq!(check(&credentials, &school(Some("new")), "a.rahman", "new", 0).await, Ok(AMINA));
}

#[tokio::test]
async fn what_is_remembered_costs_no_hash_and_ends_after_a_day_at_school() {
    let (credentials, school) = (credentials(), school(Some("marsh harrier 7")));
    assert_eq!(check(&credentials, &school, "a.rahman", "marsh harrier 7", 0).await, Ok(AMINA));
    let hashing = Arc::clone(&credentials.hashing).acquire_many_owned(2).await.expect("open");
    // No hash can be made now; the remembered answer needs none.
    assert_eq!(check(&credentials, &school, "a.rahman", "marsh harrier 7", 479).await, Ok(AMINA));
    let later = check(&credentials, &school, "a.rahman", "marsh harrier 7", 481);
    let soon = tokio::time::timeout(Duration::from_millis(20), later).await;
    assert!(soon.is_err(), "it was believed without a hash after its time");
    drop(hashing);
}

#[tokio::test]
async fn a_crowd_is_told_that_the_gate_is_busy() {
    let (credentials, school) = (credentials(), school(Some("marsh harrier 7")));
    let _crowd =
        credentials.waiting.acquire_many(u32::try_from(WAITING).expect("small")).await.expect("open");
    assert_eq!(check(&credentials, &school, "a.rahman", "marsh harrier 7", 0).await, Err(Refusal::Busy));
}

#[tokio::test]
async fn guessing_is_slowed_and_a_saved_wrong_password_is_not_hashed_each_time() {
    let (credentials, school) = (credentials(), school(Some("marsh harrier 7")));
    for _ in 0..100 {
        assert_eq!(check(&credentials, &school, "a.rahman", "last year's", 0).await, Err(Refusal::Wrong));
    }
    for guess in 0..4 {
        assert_eq!(
            check(&credentials, &school, "a.rahman", &format!("{guess}"), 0).await,
            Err(Refusal::Wrong)
        );
    }
    assert_eq!(check(&credentials, &school, "a.rahman", "one more", 0).await, Err(Refusal::SlowDown));
    assert_eq!(check(&credentials, &school, "a.rahman", "marsh harrier 7", 0).await, Err(Refusal::SlowDown));
    assert_eq!(
        check(&credentials, &school, "a.rahman", "last year's", 2).await,
        Err(Refusal::Wrong),
        "what a browser has saved is no new guess, and keeps nobody out"
    );
    assert_eq!(
        check(&credentials, &school, "a.rahman", "marsh harrier 7", 5).await,
        Ok(AMINA),
        "five minutes later"
    );
}

#[tokio::test]
async fn twenty_connections_of_one_browser_cost_one_hash() {
    let (credentials, school) = (Arc::new(credentials()), Arc::new(school(Some("marsh harrier 7"))));
    let mut connections = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (credentials, school) = (Arc::clone(&credentials), Arc::clone(&school));
        connections
            .spawn(async move { check(&credentials, &school, "a.rahman", "marsh harrier 7", 0).await });
    }
    // Each hash begins a guess, and six guesses would be one too many.
    assert!(connections.join_all().await.iter().all(|it| *it == Ok(AMINA)));
}

/// What the directory says of everybody's password.
#[derive(Debug, Clone, Copy)]
enum Says {
    Yes,
    No,
    Nothing,
}

/// A password changed in the directory, or an account closed there, ends before the day at school does; a directory that
/// is away keeps nobody out who was in.
#[tokio::test]
async fn what_the_directory_keeps_is_asked_again() {
    let (errands, mut inbox) = Errands::new(8);
    let says = Arc::new(parking_lot::Mutex::new((Says::Yes, 0)));
    let told = Arc::clone(&says);
    let mut office = tokio::task::JoinSet::new();
    office.spawn(async move {
        while let Some(errand) = inbox.recv().await {
            let crate::Errand::Elsewhere(crate::AskedElsewhere::Password { done, .. }) = errand else {
                continue;
            };
            let mut told = told.lock();
            told.1 += 1;
            let _ = match told.0 {
                Says::Yes => done.send(Ok(true)),
                Says::No => done.send(Ok(false)),
                Says::Nothing => done.send(Err(school::NotLetIn::Down)),
            };
        }
    });
    let credentials = credentials().asking(errands);
    let school = snapshot_of([Known { kept_by: KeptBy::Directory, ..pupil() }]);
    let check = async |minutes: i64, says_: Says, asked: u32, expected: Result<Id<Person>, Refusal>| {
        *says.lock() = (says_, 0);
        let got = check(&credentials, &school, "a.rahman", "marsh harrier 7", minutes).await;
        assert_eq!((got, says.lock().1), (expected, asked), "{minutes} {says_:?}");
    };
    check(0, Says::Yes, 1, Ok(AMINA)).await;
    check(14, Says::No, 0, Ok(AMINA)).await;
    check(15, Says::Nothing, 1, Ok(AMINA)).await;
    check(15, Says::Nothing, 0, Ok(AMINA)).await;
    check(16, Says::Yes, 1, Ok(AMINA)).await;
    check(30, Says::Yes, 0, Ok(AMINA)).await;
    check(31, Says::No, 1, Err(Refusal::Wrong)).await;
    check(31, Says::Nothing, 0, Err(Refusal::Wrong)).await;
    check(40, Says::Nothing, 1, Err(Refusal::Down)).await;
    check(41, Says::Yes, 1, Ok(AMINA)).await;
    // As long as anybody is believed without a new word, and no longer.
    for minute in (56..521).step_by(16) {
        check(minute, Says::Nothing, 1, Ok(AMINA)).await;
    }
    check(521, Says::Nothing, 1, Err(Refusal::Down)).await;
}

/// The dummy has the cost of a real one, so that a name that does not exist is not told by the time it takes.
#[tokio::test]
async fn names_that_do_not_exist_cost_the_same() {
    let dummy = PasswordHash::new(DUMMY).expect("PHC form");
    let default = argon2::Params::default();
    let params = argon2::Params::try_from(&dummy).expect("parameters");
    assert_eq!(
        (params.m_cost(), params.t_cost(), params.p_cost()),
        (default.m_cost(), default.t_cost(), default.p_cost())
    );
    let credentials = credentials();
    let start = Instant::now();
    assert!(!credentials.verify(DUMMY, "x").await);
    assert!(Duration::from_millis(3) < start.elapsed(), "it was not hashed");
}
