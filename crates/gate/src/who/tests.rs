use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use school::{Layer, settings::Said};

use super::*;
use crate::{
    Secret,
    sample::{AMINA, OKAFOR, Office, at, compiled, hash, pupil, rig, snapshot_of, teacher},
};

const TABLET: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
const SHARED: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

fn by_proxy(header: Option<&[u8]>) -> Option<Presented<'_>> {
    header.map(|header| Presented { header, at_connect: false })
}

fn basic_of(text: &str) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

/// The office's end is gone: sign-ins are noted nowhere.
fn unheard() -> Errands {
    Errands::new(1).0
}

/// Amina's tablet is known by its address; Tobias Okafor has a password.
fn school() -> Snapshot {
    let teacher = Known { password: Some(hash("kestrel: 9")), ..teacher() };
    let mut snapshot = snapshot_of([pupil(), teacher]);
    snapshot.settings.devices.insert(TABLET, ("tablet-1".into(), Some(AMINA)));
    snapshot.settings.devices.insert(SHARED, ("trolley-2".into(), None));
    snapshot
}

#[tokio::test]
async fn what_someone_says_comes_before_what_their_device_is() {
    let (school, bindings) = (school(), Bindings::default());
    let credentials = Credentials::new(&Secret::new([7; 32]), 1);
    let check = async |device: IpAddr, header: Option<&str>, id: Result<Option<Id<Person>>, Refusal>| {
        let header = by_proxy(header.map(str::as_bytes));
        let who = identify(&school, &credentials, &bindings, &unheard(), device, header, at(1)).await;
        assert_eq!(who.map(|it| it.id()), id, "{device} {header:?}");
    };
    let right = format!("Basic {}", STANDARD.encode("t.okafor:kestrel: 9"));
    check(TABLET, None, Ok(Some(AMINA))).await;
    check("::ffff:192.0.2.1".parse().expect("an address"), None, Ok(Some(AMINA))).await;
    check(SHARED, None, Ok(None)).await;
    check(SHARED, Some(&right), Ok(Some(OKAFOR))).await;
    check(TABLET, Some(&right), Ok(Some(OKAFOR))).await;
    check(TABLET, Some(&right.replace("Basic", "bAsIc")), Ok(Some(OKAFOR))).await;

    bindings.bind(TABLET, school.people.get(OKAFOR).expect("there"), at(60), at(0));
    bindings.bind(SHARED, &pupil(), at(60), at(0));
    check(TABLET, None, Ok(Some(OKAFOR))).await;
    check(SHARED, None, Ok(Some(AMINA))).await;
    check(SHARED, Some(&right), Ok(Some(OKAFOR))).await;

    // A wrong name is asked about again; it does not fall back on whoever the device belongs to.
    for bad in
        ["", "Basic", "Basic ", "Basic !!", "Bearer abc", "Negotiate abc", "Basic YWJj", "Basic /////w=="]
    {
        check(TABLET, Some(bad), Err(Refusal::Wrong)).await;
    }
    let wrong = format!("Basic {}", STANDARD.encode("t.okafor:kestrel"));
    check(TABLET, Some(&wrong), Err(Refusal::Wrong)).await;
}

#[tokio::test]
async fn someone_who_has_left_is_nobody_on_their_own_device() {
    let (mut school, bindings) = (school(), Bindings::default());
    school.people = [teacher()].into_iter().collect();
    let credentials = Credentials::new(&Secret::new([7; 32]), 1);
    bindings.bind(SHARED, &pupil(), at(60), at(0));
    for device in [TABLET, SHARED] {
        let who = identify(&school, &credentials, &bindings, &unheard(), device, None, at(1))
            .await
            .expect("no credentials");
        assert_eq!(who.id(), None, "{device}");
    }
}

/// ACC-14, ACC-18: by whatever way it is known who they are.
#[tokio::test]
async fn someone_whose_time_is_over_passes_no_way() {
    let stay = school::Stay { from: Some(at(0)), until: Some(at(360)) };
    let timed = |mut known: Known| {
        known.person.stay = stay;
        known
    };
    let mut school = school();
    school.people = [timed(pupil()), timed(Known { password: Some(hash("kestrel: 9")), ..teacher() })]
        .into_iter()
        .collect();
    let (credentials, bindings) = (Credentials::new(&Secret::new([7; 32]), 1), Bindings::default());
    bindings.bind(SHARED, school.people.get(OKAFOR).expect("there"), at(480), at(0));
    let right = format!("Basic {}", STANDARD.encode("t.okafor:kestrel: 9"));
    let check = async |minute: i64, refused: Option<Refusal>| {
        for (device, header) in [(TABLET, None), (SHARED, None), (TABLET, Some(right.as_bytes()))] {
            let who =
                identify(&school, &credentials, &bindings, &unheard(), device, by_proxy(header), at(minute))
                    .await;
            assert_eq!(who.err(), refused, "{minute} {device} {}", header.is_some());
        }
    };
    check(-1, Some(Refusal::NotYet(at(0)))).await;
    check(0, None).await;
    check(359, None).await;
    check(360, Some(Refusal::Ended(at(360)))).await;
    check(361, Some(Refusal::Ended(at(360)))).await;
    let wrong = format!("Basic {}", STANDARD.encode("t.okafor:kestrel"));
    let who = identify(
        &school,
        &credentials,
        &bindings,
        &unheard(),
        TABLET,
        by_proxy(Some(wrong.as_bytes())),
        at(361),
    )
    .await;
    assert_eq!(who.err(), Some(Refusal::Wrong), "who guesses learns nothing of anybody's time");
}

/// ACC-20: by the school's own clock, and only for those who are nothing more than a neighbour.
#[tokio::test]
async fn a_community_user_is_let_in_within_the_opening_hours_alone() {
    use school::{Role, Roles};
    let hours = |written: Option<&str>, roles: Roles| {
        let mut known = pupil();
        known.person.roles = roles;
        let mut school = school();
        school.people = [known].into_iter().collect();
        if let Some(written) = written {
            let said = Said {
                layer: Layer::School,
                key: school::settings::COMMUNITY_HOURS.key.to_owned(),
                value: written.to_owned(),
                locked: false,
            };
            school.chosen = school::settings::Settings::resolve(&[said]);
        }
        school
    };
    let neighbour = Roles::NONE.with(Role::CommunityUser);
    let check = async |written: Option<&str>, roles: Roles, now: &str, refused: Option<Refusal>| {
        let school = hours(written, roles);
        let (credentials, bindings) = (Credentials::new(&Secret::new([7; 32]), 1), Bindings::default());
        let now = now.parse().expect("a time");
        let who = identify(&school, &credentials, &bindings, &unheard(), TABLET, None, now).await;
        assert_eq!(who.err(), refused, "{written:?} {now}");
    };
    // As it comes: monday to friday 16:00 to 21:00, saturday 09:00 to 17:00.
    check(None, neighbour, "2026-11-23T15:59:59Z", Some(Refusal::Closed)).await;
    check(None, neighbour, "2026-11-23T16:00:00Z", None).await;
    check(None, neighbour, "2026-11-23T20:59:59Z", None).await;
    check(None, neighbour, "2026-11-23T21:00:00Z", Some(Refusal::Closed)).await;
    check(None, neighbour, "2026-11-29T12:00:00Z", Some(Refusal::Closed)).await;
    // Four in the afternoon in London is three by Greenwich in July.
    check(None, neighbour, "2026-07-20T15:00:00Z", None).await;
    check(Some("monday 10:00 to 11:00"), neighbour, "2026-11-23T10:30:00Z", None).await;
    check(Some("monday 10:00 to 11:00"), neighbour, "2026-11-23T16:30:00Z", Some(Refusal::Closed)).await;
    check(Some("whenever"), neighbour, "2026-11-23T16:30:00Z", Some(Refusal::Closed)).await;
    check(Some(""), neighbour, "2026-11-23T03:00:00Z", None).await;
    check(None, neighbour.with(Role::Teacher), "2026-11-23T09:00:00Z", None).await;
    check(None, neighbour.with(Role::Parent), "2026-11-23T09:00:00Z", Some(Refusal::Closed)).await;
    check(None, Roles::NONE.with(Role::Parent), "2026-11-23T09:00:00Z", None).await;
}

/// An upper bound, unoptimised: `cargo test -p gate -- --ignored --nocapture what_each_request_pays`.
#[tokio::test]
#[ignore = "measures"]
async fn what_each_request_pays() {
    let (school, bindings) = (school(), Bindings::default());
    let credentials = Credentials::new(&Secret::new([7; 32]), 1);
    bindings.bind(SHARED, &pupil(), at(60), at(0));
    let (errands, right) = (unheard(), basic_of("t.okafor:kestrel: 9"));
    for (what, header) in [("a binding", None), ("remembered credentials", Some(right.as_bytes()))] {
        let start = std::time::Instant::now();
        for _ in 0..20_000 {
            let who =
                identify(&school, &credentials, &bindings, &errands, SHARED, by_proxy(header), at(1)).await;
            assert!(who.is_ok());
        }
        println!("{what}: {} ns", start.elapsed().as_nanos() / 20_000);
    }
}

/// PWD-07: a browser's own box ends too.
#[tokio::test]
async fn a_proxy_sign_in_is_typed_again_when_its_time_is_over() {
    let (mut school, bindings) = (school(), Bindings::default());
    school.settings.sign_in = SignInBy::Proxy;
    let credentials = Credentials::new(&Secret::new([7; 32]), 1);
    let right = format!("Basic {}", STANDARD.encode("t.okafor:kestrel: 9"));
    let hours = |n: i64| at(n * 60);
    let check = async |now: Timestamp, at_connect: bool, expected: Result<Option<Id<Person>>, Refusal>| {
        let presented = Some(Presented { header: right.as_bytes(), at_connect });
        let who = identify(&school, &credentials, &bindings, &unheard(), SHARED, presented, now).await;
        assert_eq!(who.map(|it| it.id()), expected, "{now}");
    };
    check(hours(0), false, Ok(Some(OKAFOR))).await;
    check(hours(7), true, Ok(Some(OKAFOR))).await;
    check(hours(8), true, Err(Refusal::Again)).await;
    check(hours(8), false, Err(Refusal::Again)).await;
    check(hours(9), false, Ok(Some(OKAFOR))).await;
}

/// LOG-03, PWD-09: a browser's own box is a sign-in like any other, but its every request is not.
#[tokio::test]
async fn what_was_asked_of_a_password_is_told_and_what_is_remembered_is_not() {
    let rig = rig(school(), Office::Open);
    let snapshot = rig.desk.current.load_full();
    let check = async |device: IpAddr, named: &str, minute: i64, told: &[&str]| {
        for expected in [told, &[]] {
            let header = basic_of(named);
            let presented = by_proxy(Some(header.as_bytes()));
            let _ = rig.desk.who(&snapshot, device, presented, at(minute)).await;
            tokio::task::yield_now().await;
            assert_eq!(std::mem::take(&mut *rig.told.lock()), expected, "{device} {named} {minute}");
        }
    };
    let right = "t.okafor:kestrel: 9";
    check(SHARED, right, 0, &["t.okafor signed in"]).await;
    check(TABLET, right, 1, &["t.okafor signed in"]).await;
    check(SHARED, "t.okafor:kestrel", 1, &["t.okafor refused"]).await;
    check(SHARED, "kestrel 9:t.okafor", 1, &[" refused"]).await;
    check(SHARED, "nobody:kestrel", 1, &[" refused", "nobody is nobody here"]).await;
    check(SHARED, right, 477, &[]).await;
    // A browser that is asked anew was not believed: that is no sign-in, but what is typed next is one.
    check(SHARED, right, 482, &[]).await;
    check(SHARED, right, 483, &["t.okafor signed in"]).await;
}

/// PWD-09: a guesser without a browser is heard of too.
#[tokio::test]
async fn guessing_at_the_proxy_is_told() {
    let rig = rig(school(), Office::Open);
    let snapshot = rig.desk.current.load_full();
    for guess in 0..20 {
        let header = basic_of(&format!("t.okafor:{guess}"));
        let presented = by_proxy(Some(header.as_bytes()));
        assert!(rig.desk.who(&snapshot, SHARED, presented, at(0)).await.is_err());
        tokio::task::yield_now().await;
    }
    let told = std::mem::take(&mut *rig.told.lock());
    assert_eq!(told.len(), 20);
    assert_eq!((&*told[0], &*told[19]), ("t.okafor refused", "t.okafor slowed down"));
}

/// The path of nearly every request: neither it nor telling of sign-ins may cost it anything.
#[tokio::test]
async fn who_is_remembered_costs_no_allocation() {
    let (school, bindings, errands) = (school(), Bindings::default(), unheard());
    let credentials = Credentials::new(&Secret::new([7; 32]), 1);
    let right = basic_of("t.okafor:kestrel: 9");
    let presented = by_proxy(Some(right.as_bytes()));
    let ask = || identify(&school, &credentials, &bindings, &errands, SHARED, presented, at(1));
    assert!(ask().await.is_ok());
    let counted: Vec<u64> = (0..1_000)
        .map(|_| {
            let counted = allocation_counter::measure(|| {
                let answer = pin!(ask()).poll(&mut Context::from_waker(Waker::noop()));
                assert!(matches!(answer, Poll::Ready(Ok(Who::Known(_)))));
            });
            counted.count_total
        })
        .collect();
    // Now and then the cache looks after itself.
    let some: Vec<_> = counted.iter().enumerate().filter(|(_, count)| **count > 0).collect();
    assert!(some.len() < 20, "{some:?}");
}

#[test]
fn a_sign_in_lasts_no_longer_than_the_school_lets_their_roles_stay() {
    let said = |key: &str, value: &str| Said {
        layer: Layer::School,
        key: key.to_owned(),
        value: value.to_owned(),
        locked: false,
    };
    let check = |said: &[Said], rules: &str, pupil: u64, teacher: u64| {
        let mut school = school();
        school.chosen = school::settings::Settings::resolve(said);
        if !rules.is_empty() {
            school.rules = compiled(rules);
        }
        for (id, hours) in [(AMINA, pupil), (OKAFOR, teacher)] {
            let known = school.people.get(id).expect("there");
            let subject = school.rules.subject(&known.person);
            let known = Known { subject, person: known.person.clone(), ..self::pupil() };
            assert_eq!(school.session(&known), Duration::from_hours(hours), "{said:?} {rules}");
        }
    };
    check(&[], "", 8, 8);
    check(&[said("session-longest-pupils", "2")], "", 2, 8);
    check(&[said("session-longest", "3"), said("session-longest-pupils", "24")], "", 8, 3);
    let profile = "profile \"All\"\n    session 300 minutes\nuse profile \"All\" for everyone\n";
    check(&[], profile, 5, 5);
    check(&[said("session-longest-pupils", "2")], profile, 2, 5);
}

/// ACC-22, ACC-23: by whatever way it is known who they are, and only by the way that was approved.
#[tokio::test]
async fn from_outside_only_those_with_a_live_approval_for_this_way_come_in() {
    use school::{Role, Roles, remote::NotEntered};
    let agency = Known {
        person: Person { roles: Roles::NONE.with(Role::OutsideAgency), ..teacher().person },
        password: Some(hash("kestrel: 9")),
        ..teacher()
    };
    let staff = Known { password: Some(hash("kestrel: 9")), ..teacher() };
    let far: IpAddr = [203, 0, 113, 7].into();
    let right = basic_of("t.okafor:kestrel: 9");
    for known in [staff, agency] {
        let role = known.person.roles;
        let mut school = snapshot_of([known, pupil()]);
        school.settings.routes = crate::sample::routes();
        let bindings = Bindings::default();
        bindings.bind(far, school.people.get(OKAFOR).expect("there"), at(600), at(0));
        let check = async |school: &Snapshot, device: IpAddr, minute: i64, expected: Option<NotEntered>| {
            let expected = expected.map(Refusal::Outside);
            for header in [None, Some(right.as_bytes())] {
                if header.is_none() && device != far {
                    continue;
                }
                let credentials = Credentials::new(&Secret::new([7; 32]), 1);
                let header = by_proxy(header);
                let got =
                    identify(school, &credentials, &bindings, &unheard(), device, header, at(minute)).await;
                assert_eq!(
                    got.err(),
                    expected,
                    "{role:?} {device} at {minute}, by proxy: {}",
                    header.is_some()
                );
            }
        };
        check(&school, far, 1, Some(NotEntered::NoApproval)).await;
        check(&school, SHARED, 1, None).await;
        let with = |route| (OKAFOR, vec![crate::sample::approval(OKAFOR, route)]);
        school.remote = [with("Support line")].into();
        check(&school, far, 1, Some(NotEntered::OtherRoute)).await;
        school.remote = [with("school vpn")].into();
        check(&school, far, 1, None).await;
        check(&school, far, 59, None).await;
        check(&school, far, 60, Some(NotEntered::NoApproval)).await;
        school.remote = [(AMINA, vec![crate::sample::approval(AMINA, "School VPN")])].into();
        check(&school, far, 1, Some(NotEntered::NoApproval)).await;
    }
}
