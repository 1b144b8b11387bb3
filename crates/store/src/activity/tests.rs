use std::{
    collections::BTreeMap,
    fs,
    net::IpAddr,
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use policy::{Because, Carried, Category, CategorySet, Method, Outcome, Scheme, Seen, Step};
use proptest::prelude::*;
use school::{Choice, Id, School};
use tempfile::TempDir;

use super::*;
use crate::activity::{folder as files, frame, room::Room};

const SCHOOL: Id<School> = Id::from_u128(7);
const OTHER: Id<School> = Id::from_u128(8);

fn start() -> Timestamp {
    "2026-11-22T09:00:00Z".parse().expect("a time")
}

/// Row `n` of a made-up morning: every few of each kind, some out of order, some at the same moment.
fn seen(n: u32) -> Seen {
    let pick = |from: u32| n.wrapping_mul(2_654_435_761) >> 7 & 0xffff & (from - 1);
    let late = if n.is_multiple_of(13) { 90 } else { 0 };
    let category = Category::ALL[pick(32) as usize];
    Seen {
        at: start() + SignedDuration::from_secs(i64::from(n / 4) - late),
        school: if n.is_multiple_of(11) { OTHER } else { SCHOOL },
        person: (!n.is_multiple_of(5)).then(|| Id::from_u128(u128::from(100 + pick(16)))),
        device: n.is_multiple_of(3).then(|| format!("laptop-{}", pick(8)).into()),
        address: if n.is_multiple_of(7) { IpAddr::from([0; 16]) } else { IpAddr::from([10, 0, 0, 9]) },
        method: if n.is_multiple_of(9) { Method::Post } else { Method::Get },
        scheme: if n.is_multiple_of(4) { Scheme::Http } else { Scheme::Https },
        host: format!("h{}.site{}.example.org", pick(4), pick(64)).into(),
        port: 443,
        path: (!n.is_multiple_of(6)).then(|| format!("/page/{n}").into()),
        search: n.is_multiple_of(50).then(|| format!("how high is hill {n}").into()),
        categories: [category, Category::Education].into_iter().collect(),
        outcome: Outcome::ALL[(pick(8) as usize) % Outcome::ALL.len()],
        because: Because {
            step: Step::Category,
            rule: n.is_multiple_of(10).then(|| "school line 12: block made-up.example.org".into()),
            list: Some("Our list".into()),
            category: n.is_multiple_of(2).then_some(category),
            profile: Some("Pupils".into()),
            matched: 11,
        },
        carried: Carried::Inspected,
        status: 200,
        bytes_in: u64::from(n),
        bytes_out: u64::from(n) * 3,
        took: 1_500,
    }
}

/// In memory where that can be had: these tests wait for the disk thousands of times.
fn folder() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).expect("a temporary folder")
}

fn settings(roll_rows: u32) -> Settings {
    Settings { roll_rows, ..Settings::new(TimeZone::get("Europe/London").expect("bundled")) }
}

fn open(dir: &TempDir, roll_rows: u32) -> Activity {
    Activity::open(dir.path(), settings(roll_rows)).expect("opens")
}

fn all(reader: &Reader, filter: &Filter) -> Vec<Kept> {
    reader.rows(filter.clone()).map(|it| it.expect("reads")).collect()
}

/// The numbers that `seen` was made with, of everything that both schools have.
fn numbers(reader: &Reader) -> Vec<u64> {
    let both = [SCHOOL, OTHER].map(|school| all(reader, &Filter::all(school)));
    let mut numbers: Vec<u64> = both.iter().flatten().map(|it| it.seen.bytes_in).collect();
    numbers.sort_unstable();
    numbers
}

/// The same, page by page.
fn paged(reader: &Reader, filter: &Filter, limit: usize, mut between: impl FnMut()) -> Vec<Kept> {
    let (mut rows, mut next) = (vec![], None);
    loop {
        let page = reader.search(filter, next, limit).expect("searches");
        assert!(page.rows.len() <= limit && page.unreadable == 0);
        rows.extend(page.rows);
        between();
        let Some(more) = page.next else { return rows };
        assert!(next.is_none_or(|it| more < it), "goes on");
        next = Some(more);
    }
}

fn filters() -> Vec<Filter> {
    let at = |secs| Some(start() + SignedDuration::from_secs(secs));
    let all = || Filter::all(SCHOOL);
    vec![
        all(),
        Filter::all(OTHER),
        Filter::all(Id::from_u128(9)),
        Filter { person: Some(Id::from_u128(105)), ..all() },
        Filter { person: Some(Id::from_u128(5)), ..all() },
        Filter { site: Some("site33.example.org".to_owned()), ..all() },
        Filter { site: Some("ite3".to_owned()), ..all() },
        Filter { site: Some("xample.org".to_owned()), ..all() },
        Filter { outcome: Some(Outcome::Blocked), ..all() },
        Filter { category: Some(Category::Weapons), ..all() },
        Filter { category: Some(Category::Education), outcome: Some(Outcome::Warned), ..all() },
        Filter { searches: true, ..all() },
        Filter { from: at(100), to: at(200), ..all() },
        Filter { from: at(300), outcome: Some(Outcome::Allowed), ..all() },
        Filter { to: at(77), person: Some(Id::from_u128(103)), ..all() },
    ]
}

fn check_filters(reader: &Reader, rows: &[Seen], when: &str) {
    for filter in filters() {
        let mut expected: Vec<&Seen> = rows.iter().filter(|it| filter.matches(it)).collect();
        expected.sort_by_key(|it| std::cmp::Reverse((it.at, it.bytes_in)));
        let got = paged(reader, &filter, 211, || ());
        assert!(got.is_sorted_by(|a, b| b.key < a.key), "{when}: {filter:?}");
        let got: Vec<&Seen> = got.iter().map(|it| &it.seen).collect();
        assert_eq!(got, expected, "{when}: {filter:?}");
    }
}

#[test]
fn every_filter_finds_what_it_asks_for_in_journals_and_segments_alike() {
    let dir = folder();
    let mut activity = open(&dir, 500);
    let reader = activity.reader();
    let rows: Vec<Seen> = (0..2_200).map(seen).collect();
    for batch in rows.chunks(90) {
        assert_eq!(activity.append(batch, start()).unwrap().kept, batch.len() as u64);
    }
    check_filters(&reader, &rows, "in journals");
    assert_eq!(reader.compact().unwrap(), 4);
    check_filters(&reader, &rows, "in segments and a journal");
    let rare = reader.get(SCHOOL, all(&reader, &filters()[3])[2].key).unwrap().unwrap();
    assert_eq!(reader.get(OTHER, rare.key).unwrap(), None, "another school's");
    drop((activity, reader));
    let activity = open(&dir, 500);
    assert_eq!(activity.recovered(), Recovered { rows: 40, ..Recovered::default() });
    check_filters(&activity.reader(), &rows, "opened again");
    assert_eq!(activity.reader().get(SCHOOL, rare.key).unwrap(), Some(rare));
}

#[test]
fn a_page_turned_while_a_journal_becomes_a_segment_neither_loses_nor_repeats() {
    let dir = folder();
    let mut activity = open(&dir, 100);
    let reader = activity.reader();
    let rows: Vec<Seen> = (0..1_000).map(seen).collect();
    activity.append(&rows[..50], start()).unwrap();
    for batch in rows[50..].chunks(100) {
        activity.append(batch, start()).unwrap();
    }
    let expected = all(&reader, &Filter::all(SCHOOL));
    let got = paged(&reader, &Filter::all(SCHOOL), 30, || {
        reader.compact().unwrap();
    });
    assert_eq!(got, expected);
}

#[test]
fn a_search_that_costs_much_stops_and_goes_on() {
    let dir = folder();
    let frugal = Settings { search_rows: 150, ..settings(100) };
    let mut activity = Activity::open(dir.path(), frugal).unwrap();
    let rows: Vec<Seen> = (0..1_000).map(seen).collect();
    for batch in rows.chunks(100) {
        activity.append(batch, start()).unwrap();
    }
    let reader = activity.reader();
    reader.compact().unwrap();
    let filter = Filter { outcome: Some(Outcome::Blocked), ..Filter::all(SCHOOL) };
    let got = paged(&reader, &filter, 30, || ());
    assert!(got.is_sorted_by(|a, b| b.key < a.key));
    assert_eq!(got.len(), rows.iter().filter(|it| filter.matches(it)).count());
    let nobody = Filter { person: Some(Id::from_u128(5)), ..Filter::all(SCHOOL) };
    let page = reader.search(&nobody, None, 50).unwrap();
    assert!(page.rows.is_empty() && page.next.is_some());
}

#[test]
fn counts_are_those_of_the_rows() {
    let dir = folder();
    let mut activity = open(&dir, 900);
    let reader = activity.reader();
    let rows: Vec<Seen> = (0..30_000).step_by(6).map(seen).collect();
    for batch in rows.chunks(300) {
        activity.append(batch, start()).unwrap();
    }
    let of = CountsOf {
        school: SCHOOL,
        from: "2026-11-22T09:30:00Z".parse().unwrap(),
        to: "2026-11-22T11:00:00Z".parse().unwrap(),
    };
    let counted = |row: &&Seen| row.school == SCHOOL && start() <= row.at && row.at < of.to;
    let mut outcomes: BTreeMap<Outcome, u64> = BTreeMap::new();
    let mut weapons = 0;
    for row in rows.iter().filter(counted) {
        *outcomes.entry(row.outcome).or_default() += 1;
        let category = row.because.category.or_else(|| row.categories.first());
        weapons += u64::from(category == Some(Category::Weapons));
    }
    let before = reader.counts(of).unwrap();
    assert_eq!(before.outcomes, outcomes);
    let count = |has: fn(&Seen) -> bool| rows.iter().filter(counted).filter(|it| has(it)).count() as u64;
    assert_eq!(before.with_person, count(|it| it.person.is_some()));
    assert_eq!(before.with_device, count(|it| it.device.is_some()));
    assert_eq!(before.with_search, count(|it| it.search.is_some()));
    assert_eq!(before.categories[&Category::Weapons].values().sum::<u64>(), weapons);
    assert_eq!(
        before.hours.keys().map(ToString::to_string).collect::<Vec<_>>(),
        ["2026-11-22T09:00:00Z", "2026-11-22T10:00:00Z"]
    );
    assert_eq!(before.most_blocked(3).len(), 3);
    reader.compact().unwrap();
    assert_eq!(reader.counts(of).unwrap(), before, "in segments");
    drop((activity, reader));
    let activity = open(&dir, 900);
    assert_eq!(activity.reader().counts(of).unwrap(), before, "opened again");
}

#[test]
fn a_tail_cut_at_any_byte_loses_only_the_frame_it_cuts() {
    let dir = folder();
    let mut activity = open(&dir, 500);
    let mut ends = vec![];
    for n in 0..4 {
        activity.append(&[seen(2 * n), seen(2 * n + 1)], start()).unwrap();
        activity.sync().unwrap();
        ends.push(fs::metadata(files::journal(dir.path(), 1)).unwrap().len());
    }
    drop(activity);
    let whole = fs::read(files::journal(dir.path(), 1)).unwrap();
    for cut in 0..=whole.len() {
        let dir = folder();
        fs::create_dir(dir.path().join("journal")).unwrap();
        fs::write(files::journal(dir.path(), 1), &whole[..cut]).unwrap();
        let mut activity = open(&dir, 500);
        let frames = ends.iter().filter(|end| **end <= cut as u64).count() as u64;
        assert_eq!(activity.recovered().rows, 2 * frames, "cut at {cut}");
        assert_eq!(activity.recovered().damaged_bytes, 0);
        activity.append(&[seen(77)], start()).unwrap();
        let expected: Vec<u64> = (0..2 * frames).chain([77]).collect();
        assert_eq!(numbers(&activity.reader()), expected, "cut at {cut}");
    }
}

#[test]
fn damage_within_a_journal_loses_only_the_frame_it_hits() {
    let dir = folder();
    let mut activity = open(&dir, 500);
    for n in 0..6 {
        activity.append(&[seen(n)], start()).unwrap();
    }
    drop(activity);
    let path = files::journal(dir.path(), 1);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let mut activity = open(&dir, 500);
    assert_eq!((activity.recovered().rows, activity.recovered().cut_bytes), (5, 0));
    assert!(0 < activity.recovered().damaged_bytes);
    activity.append(&[seen(77)], start()).unwrap();
    let kept = numbers(&activity.reader());
    assert_eq!((kept.len(), kept.last()), (6, Some(&77)));
    let keys: std::collections::HashSet<Cursor> =
        all(&activity.reader(), &Filter::all(SCHOOL)).iter().map(|it| it.key).collect();
    assert_eq!(
        keys.len(),
        numbers(&activity.reader()).len() - all(&activity.reader(), &Filter::all(OTHER)).len()
    );
}

#[test]
fn nothing_that_a_person_types_looks_like_a_frame() {
    let mut batch = Batch::default();
    batch.push(&seen(1));
    let forged = batch.seal(0, 0).to_vec();
    let scan = frame::scan(&forged, 0, 1_234);
    assert_eq!((scan.frames.len(), scan.end), (0, 0), "made with another salt");
    assert_eq!(frame::scan(&forged, 0, 0).frames.len(), 1);
}

/// A copy of the folder as a crash would leave it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(path, to).unwrap();
        }
    }
}

#[test]
fn a_crash_at_any_point_of_becoming_a_segment_neither_loses_nor_doubles() {
    let dir = folder();
    let mut activity = open(&dir, 100);
    for n in 0..10 {
        let rows: Vec<Seen> = (20 * n..20 * n + 20).map(seen).collect();
        activity.append(&rows, start()).unwrap();
    }
    let reader = activity.reader();
    let before = folder();
    copy(dir.path(), before.path());
    assert_eq!(reader.compact().unwrap(), 1);
    let day = dir.path().join("2026-11-22");
    let segment = fs::read_dir(&day).unwrap().next().unwrap().unwrap().path();
    let expected: Vec<u64> = (0..200).collect();
    let check = |at: &str, arrange: &dyn Fn(&Path)| {
        let crashed = folder();
        copy(before.path(), crashed.path());
        arrange(crashed.path());
        for again in [false, true] {
            let activity = Activity::open(crashed.path(), settings(100)).unwrap();
            assert_eq!(numbers(&activity.reader()), expected, "{at}, opened again: {again}");
            activity.reader().compact().unwrap();
            assert_eq!(numbers(&activity.reader()), expected, "{at}, turned, opened again: {again}");
            assert!(fs::read_dir(crashed.path().join("journal")).unwrap().count() == 1);
        }
    };
    let put = |dir: &Path, name: &str, bytes: &[u8]| {
        let day = dir.join("2026-11-22");
        fs::create_dir_all(&day).unwrap();
        fs::write(day.join(name), bytes).unwrap();
    };
    let (name, bytes) = (segment.file_name().unwrap().to_str().unwrap(), fs::read(&segment).unwrap());
    check("before the folder", &|_| ());
    check("with an empty folder", &|dir| fs::create_dir(dir.join("2026-11-22")).unwrap());
    check("half written", &|dir| put(dir, &name.replace("parquet", "part"), &bytes[..bytes.len() / 2]));
    check("written, not renamed", &|dir| put(dir, &name.replace("parquet", "part"), &bytes));
    check("renamed, journal still there", &|dir| put(dir, name, &bytes));
    check("renamed, unreadable, journal still there", &|dir| put(dir, name, &bytes[..bytes.len() - 9]));
    check("journal gone", &|dir| {
        put(dir, name, &bytes);
        fs::remove_file(files::journal(dir, 1)).unwrap();
    });
}

#[test]
fn a_full_disk_refuses_rows_whole_and_takes_them_when_there_is_room() {
    let dir = folder();
    let left = Arc::new(AtomicU64::new(u64::MAX / 2));
    let room = Room { left: Some(Arc::clone(&left)) };
    let mut activity = Activity::open_with(dir.path(), settings(500), room).unwrap();
    activity.append(&[seen(0)], start()).unwrap();
    let batch: Vec<Seen> = (1..10).map(seen).collect();
    for room in [0, 1, 30, 700] {
        left.store(room, std::sync::atomic::Ordering::Relaxed);
        let full = activity.append(&batch, start());
        assert!(
            matches!(&full, Err(ActivityError::Io { source, .. }) if source.kind() == std::io::ErrorKind::StorageFull)
        );
        assert_eq!(numbers(&activity.reader()), [0], "with room for {room} bytes");
    }
    left.store(u64::MAX / 2, std::sync::atomic::Ordering::Relaxed);
    activity.append(&batch, start()).unwrap();
    assert_eq!(numbers(&activity.reader()), (0..10).collect::<Vec<_>>());
    drop(activity);
    let activity = open(&dir, 500);
    assert_eq!(activity.recovered(), Recovered { rows: 10, ..Recovered::default() });
    assert_eq!(numbers(&activity.reader()), (0..10).collect::<Vec<_>>());
}

/// So many distinct hosts that Parquet gives up listing them before the rows.
#[test]
fn who_comes_last_is_found_among_more_hosts_than_a_dictionary_holds() {
    let dir = folder();
    let mut activity = open(&dir, 25_000);
    let host = |n: u32| -> Box<str> { format!("{n}.{}.example.org", "long".repeat(14)).into() };
    let rows: Vec<Seen> = (0..25_000).map(|n| Seen { host: host(n), ..seen(1) }).collect();
    activity.append(&rows, start()).unwrap();
    activity.append(&[seen(1)], start()).unwrap();
    let reader = activity.reader();
    assert_eq!(reader.compact().unwrap(), 1);
    let check = |n: u32, expected: usize| {
        let filter = Filter { site: Some(host(n).to_string()), ..Filter::all(SCHOOL) };
        assert_eq!(reader.search(&filter, None, 50).unwrap().rows.len(), expected, "{n}");
    };
    check(0, 1);
    check(24_999, 1);
    check(25_000, 0);
}

#[test]
fn two_on_one_folder_get_a_clear_error() {
    let dir = folder();
    let activity = open(&dir, 500);
    let second = Activity::open(dir.path(), settings(500)).unwrap_err();
    assert!(matches!(second, ActivityError::InUse(_)), "{second:?}");
    assert!(second.to_string().ends_with("is in use by another Schoolgate"), "{second}");
    drop(activity);
    open(&dir, 500);
}

#[test]
fn whole_days_are_removed_when_their_time_is_over() {
    let dir = folder();
    let mut activity = open(&dir, 500);
    let day = SignedDuration::from_hours(24);
    for days in 0..5 {
        let now = start() + day * days;
        let rows = (0..10).map(|n| Seen { at: now, ..seen(n) }).collect::<Vec<_>>();
        activity.append(&rows, now).unwrap();
    }
    let reader = activity.reader();
    let last = start() + day * 4;
    assert_eq!(reader.retain(30, last).unwrap(), Removed::default());
    assert_eq!(reader.retain(2, last).unwrap(), Removed { days: 2, rows: 20 });
    assert_eq!(numbers(&reader).len(), 30);
    let oldest = all(&reader, &Filter::all(SCHOOL)).last().unwrap().seen.at;
    assert_eq!(oldest, start() + day * 2);
    assert!(!dir.path().join("2026-11-23").exists());
    // Nothing has come for weeks: the open journal goes too.
    assert_eq!(reader.retain(2, last + day * 20).unwrap(), Removed { days: 3, rows: 30 });
    assert!(numbers(&reader).is_empty());
    activity.append(&[seen(1)], last + day * 21).unwrap();
    assert_eq!(numbers(&reader), [1]);
}

#[test]
fn help_is_never_written_down() {
    let dir = folder();
    let mut activity = open(&dir, 500);
    let help = Seen {
        host: "help.example.org".into(),
        because: Because { step: Step::Help, ..seen(1).because },
        ..seen(1)
    };
    let appended = activity.append(&[seen(0), help], start()).unwrap();
    assert_eq!(appended, Appended { kept: 1, withheld: 1 });
    assert_eq!(numbers(&activity.reader()), [0]);
    let journal = fs::read(files::journal(dir.path(), 1)).unwrap();
    assert!(!journal.windows(16).any(|it| it == b"help.example.org"));
}

fn any_seen() -> impl Strategy<Value = Seen> {
    let word = || proptest::option::of(".{0,40}");
    let numbers = (any::<u128>(), any::<u16>(), any::<u16>(), any::<u64>(), any::<u64>(), any::<u32>());
    let choices = (0..Outcome::ALL.len(), 0..Method::ALL.len(), 0..Step::ALL.len(), 0..Category::ALL.len());
    let words = (".{0,300}", word(), word(), word(), word(), word(), word());
    let at = -10_000_000_000_000_i64..10_000_000_000_000_000;
    (numbers, choices, words, at, any::<Option<u128>>(), any::<IpAddr>()).prop_map(
        |((bits, port, status, bytes_in, bytes_out, took), (o, m, s, c), words, at, person, address)| Seen {
            at: Timestamp::from_microsecond(at).expect("in range"),
            school: Id::from_u128(bits),
            person: person.map(Id::from_u128),
            device: words.1.map(Arc::from),
            address,
            method: Method::ALL[m],
            scheme: if port % 2 == 0 { Scheme::Http } else { Scheme::Https },
            host: words.0.into(),
            port,
            path: words.2.map(Box::from),
            search: words.3.map(Box::from),
            categories: CategorySet::from_bits(bits & ((1 << Category::ALL.len()) - 1)),
            outcome: Outcome::ALL[o],
            because: Because {
                step: Step::ALL[s],
                rule: words.4.map(Arc::from),
                list: words.5.map(Arc::from),
                category: (c % 3 != 0).then(|| Category::ALL[c]),
                profile: words.6.map(Arc::from),
                matched: port,
            },
            carried: Carried::ALL[o % Carried::ALL.len()],
            status,
            bytes_in,
            bytes_out,
            took,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_row_reads_as_it_was_written(rows in proptest::collection::vec(any_seen(), 1..20)) {
        let mut bytes = vec![];
        for row in &rows {
            codec::put(&mut bytes, row);
        }
        let mut rest = &bytes[..];
        let read: Vec<Seen> = std::iter::from_fn(|| codec::take(codec::skip(&mut rest)?.1)).collect();
        prop_assert_eq!(&read, &rows);
        let mut columns = columns::Columns::default();
        (0..).zip(&rows).for_each(|(n, it)| columns.add(n, it));
        let batch = columns.finish().unwrap();
        for (i, row) in rows.iter().enumerate() {
            let read = columns::read(&batch, i);
            prop_assert_eq!(read, Some((u32::try_from(i).unwrap(), row.clone())));
        }
    }

    #[test]
    fn rubbish_is_no_row_and_no_frame(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        codec::take(&bytes);
        prop_assert!(frame::scan(&bytes, 0, 7).frames.is_empty());
    }
}
