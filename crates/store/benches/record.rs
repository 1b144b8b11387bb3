//! What recording costs and how long a page takes: `cargo bench -p store --bench record [-- ROWS]`.
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use policy::{Because, Carried, Category, Method, Outcome, Scheme, Seen, Step};
use school::{Choice, Id};
use store::activity::{Activity, CountsOf, Filter, Reader, Settings};

/// As many as a recorder takes at once under load.
const BATCH: usize = 500;

fn main() {
    let rows: u32 = std::env::args().find_map(|it| it.parse().ok()).unwrap_or(5_000_000);
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let start: Timestamp = "2026-11-02T08:30:00Z".parse().expect("a time");
    let mut activity = Activity::open(folder.path(), Settings::new(TimeZone::UTC)).expect("opens");
    let reader = activity.reader();

    let (mut appending, mut compacting, mut journals) = (Spent::default(), Spent::default(), 0);
    let mut batch = Vec::with_capacity(BATCH);
    let mut synced = Instant::now();
    for n in 0..rows {
        batch.push(seen(n, start));
        if batch.len() == BATCH || n + 1 == rows {
            let now = batch.last().map_or(start, |it| it.at);
            appending.time(|| {
                activity.append(&batch, now).expect("appends");
                if Duration::from_millis(500) < synced.elapsed() {
                    activity.sync().expect("syncs");
                    synced = Instant::now();
                }
            });
            batch.clear();
            if n % 65_536 < u32::try_from(BATCH).unwrap_or(0) {
                journals += compacting.time(|| reader.compact().expect("compacts"));
            }
        }
    }
    compacting.time(|| reader.compact().expect("compacts"));
    let each = |spent: Duration| spent.as_secs_f64() * 1e6 / f64::from(rows);
    println!("rows                           {rows}");
    println!("append and sync, rows/s        {:.0}", f64::from(rows) / appending.wall.as_secs_f64());
    println!("append and sync, CPU us/row    {:.2}", each(appending.cpu));
    println!("to segments ({journals}), CPU us/row    {:.2}", each(compacting.cpu));
    println!("on disk, bytes/row             {:.1}", size(folder.path()) / f64::from(rows));
    pages(&reader, start, rows);

    drop((activity, reader));
    let mut opening = Spent::default();
    let activity = opening.time(|| Activity::open(folder.path(), Settings::new(TimeZone::UTC)));
    println!("opening again, ms              {:.1}", opening.wall.as_secs_f64() * 1e3);
    drop(activity);
}

#[expect(clippy::cast_precision_loss, reason = "figures for people to read")]
fn pages(reader: &Reader, start: Timestamp, rows: u32) {
    let all = || Filter::all(Id::from_u128(1));
    let middle = start + SignedDuration::from_millis(i64::from(rows) * 5 / 2);
    let filters = [
        ("newest", all()),
        ("in the middle", Filter { to: Some(middle), ..all() }),
        ("a person", Filter { person: Some(person(77)), ..all() }),
        ("a rare person", Filter { person: Some(person(5_000)), ..all() }),
        ("nobody's", Filter { person: Some(person(9_999_999)), ..all() }),
        ("a site", Filter { site: Some("site77.example.org".to_owned()), ..all() }),
        ("blocked", Filter { outcome: Some(Outcome::Blocked), ..all() }),
        ("a category", Filter { category: Some(Category::Weapons), ..all() }),
        ("searches", Filter { searches: true, ..all() }),
    ];
    for (name, filter) in filters {
        let mut times: Vec<f64> = (0..5)
            .map(|_| {
                let began = Instant::now();
                let page = reader.search(&filter, None, 50).expect("searches");
                assert_eq!(page.unreadable, 0);
                began.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        let first = times[0];
        times.sort_by(f64::total_cmp);
        println!("page of 50, {name:<14} ms  {first:>9.1} first, {:>7.1} median", times[2]);
    }
    let of = CountsOf { school: Id::from_u128(1), from: start, to: start + SignedDuration::from_hours(99) };
    for when in ["first", "again"] {
        let began = Instant::now();
        let total = reader.counts(of).expect("counts").total();
        println!("counts of {total}, {when}, ms     {:.1}", began.elapsed().as_secs_f64() * 1e3);
    }
    let began = Instant::now();
    let found = reader.rows(all()).take(200_000).count();
    println!("rows for a download, rows/s    {:.0}", found as f64 / began.elapsed().as_secs_f64());
}

fn person(n: u32) -> Id<school::Person> {
    Id::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000 | u128::from(n.wrapping_mul(2_654_435_761)))
}

/// A school of 1,000 people, 200 requests a second, most of them to few hosts.
fn seen(n: u32, start: Timestamp) -> Seen {
    let chance = n.wrapping_mul(2_654_435_761) ^ n.rotate_left(11).wrapping_mul(40_503);
    let host = match chance % 10 {
        0..=6 => chance / 16 % 60,
        _ => chance / 16 % 20_000,
    };
    let who = if n % 500_000 == 9 { 5_000 } else { chance / 32 % 1_000 };
    let blocked = chance % 40 == 3;
    let category = Category::ALL[(host % 50) as usize];
    Seen {
        at: start + SignedDuration::from_millis(i64::from(n) * 5),
        school: Id::from_u128(1),
        person: Some(person(who)),
        device: Some(format!("laptop-{who}").into()),
        address: [10, 0, (who / 250).to_le_bytes()[0], (who % 250).to_le_bytes()[0]].into(),
        method: if chance % 20 == 1 { Method::Post } else { Method::Get },
        scheme: Scheme::Https,
        host: format!("www{}.site{host}.example.org", host % 3).into(),
        port: 443,
        path: Some(format!("/assets/{}/{:x}.js?v={}", chance % 97, chance, n % 1_000).into()),
        search: (chance % 100 == 7).then(|| format!("how far is the moon {}", chance % 5_000).into()),
        categories: [category].into_iter().collect(),
        outcome: if blocked { Outcome::Blocked } else { Outcome::Allowed },
        because: Because {
            step: if blocked { Step::Category } else { Step::BaseMode },
            rule: None,
            list: Some("Our list".into()),
            category: blocked.then_some(category),
            profile: Some(if who % 2 == 0 { "Pupils" } else { "Staff" }.into()),
            matched: 12,
        },
        carried: Carried::Inspected,
        status: if blocked { 403 } else { 200 },
        bytes_in: 0,
        bytes_out: u64::from(chance % 60_000),
        took: chance % 300_000,
    }
}

#[derive(Default)]
struct Spent {
    wall: Duration,
    cpu: Duration,
}

impl Spent {
    fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let (began, cpu) = (Instant::now(), cpu_time());
        let result = work();
        self.wall += began.elapsed();
        self.cpu += cpu_time().saturating_sub(cpu);
        result
    }
}

/// Of this thread, in a hundred-millionth of a second: `/proc/thread-self/schedstat` counts nanoseconds.
fn cpu_time() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|it| it.parse().ok()).unwrap_or(0))
}

#[expect(clippy::cast_precision_loss, reason = "figures for people to read")]
fn size(folder: &Path) -> f64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|it| match it.metadata() {
            Ok(metadata) if metadata.is_dir() => size(&it.path()),
            Ok(metadata) => metadata.len() as f64,
            Err(_) => 0.0,
        })
        .sum()
}
