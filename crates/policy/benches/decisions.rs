//! Decisions a second of processor time on one core: 40 listed categories, 8 profiles, a thousand rules, a mix of requests.
//!
//! `cargo bench -p policy --bench decisions [-- DOMAINS]`; a million listed domains unless told.
use std::{fs, hint::black_box, sync::Arc, time::Duration};

use jiff::{Timestamp, civil, tz::TimeZone};
use policy::{
    Ask, Category, CategorySet, Directory, LayerText, Rules, Stage, Subject, Target, Verdict, decide,
    lists::{CompiledList, Draft, Entry, Hasher, Label, Lists},
    starter,
};
use school::{Calendar, Choice, DaySpan, Id, Layer, Moment, Person, Role, Roles, SchoolDays};

const CATEGORIES: usize = 40;
const ROUNDS: usize = 15;
const DECISIONS: u32 = 200_000;

fn main() {
    let domains = std::env::args().skip(1).find_map(|it| it.parse().ok()).unwrap_or(1_000_000);
    let rules = rules(domains);
    let subjects = subjects(&rules);
    let when = moment();
    println!(
        "decisions: {domains} listed domains in {CATEGORIES} categories, {} profiles, {} people, one thread",
        rules.profiles().count(),
        subjects.len()
    );
    let all = targets(domains);
    for (name, targets) in &all {
        measure(name, &rules, &subjects, targets, Stage::Request, when);
    }
    let mix: Vec<Target> = interleave(&all.iter().map(|(_, it)| it));
    measure("mix, connecting", &rules, &subjects, &mix, Stage::Connect, when);
    measure("mix", &rules, &subjects, &mix, Stage::Request, when);
}

fn measure(
    name: &str,
    rules: &Rules,
    subjects: &[Subject],
    targets: &[Target],
    stage: Stage<'_>,
    when: Moment,
) {
    let mut rounds: Vec<f64> = Vec::new();
    let mut blocked = 0;
    for round in 0..=ROUNDS {
        let begun = processor_time();
        blocked = 0;
        for i in 0..DECISIONS as usize {
            let ask = Ask {
                who: &subjects[i % subjects.len()],
                site: None,
                target: &targets[i % targets.len()],
                stage,
                when,
            };
            blocked += u32::from(black_box(decide(rules, black_box(&ask))).verdict == Verdict::Block);
        }
        // The first warms up.
        if round != 0 {
            rounds.push(f64::from(DECISIONS) / processor_time().saturating_sub(begun).as_secs_f64());
        }
    }
    rounds.sort_by(f64::total_cmp);
    let share = f64::from(blocked) * 100.0 / f64::from(DECISIONS);
    println!(
        "{name:<28} {:>10.0} a second (median of {ROUNDS}; {:.0} to {:.0}), {share:.0} % blocked",
        rounds[ROUNDS / 2],
        rounds[0],
        rounds[ROUNDS - 1]
    );
}

/// Spent on a processor by this thread, so that a busy machine changes little. Linux only.
fn processor_time() -> Duration {
    let spent = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells it");
    let nanoseconds = spent.split(' ').next().and_then(|it| it.parse().ok());
    Duration::from_nanos(nanoseconds.expect("the first figure is nanoseconds"))
}

fn rules(domains: usize) -> Rules {
    let mut text = starter().to_owned();
    for i in 0..1000 {
        let verb = ["allow", "block", "warn"][i % 3];
        let who = ["everyone", "year 7", "role teacher", "key stage 4"][i % 4];
        let rule = match i % 5 {
            0 => format!("{verb} example{i}.test/path/{i} for {who}\n"),
            1 => format!("{verb} host www.example{i}.test for {who} during lessons\n"),
            _ => format!("{verb} example{i}.test for {who}\n"),
        };
        text.push_str(&rule);
    }
    let source = LayerText { layer: Layer::School, name: "Bench", text: &text };
    Rules::compile(&[source], &Directory::default(), lists(domains)).expect("compiles")
}

/// One file for each ten categories, as a school might load them.
fn lists(domains: usize) -> Arc<Lists> {
    let mut all = Vec::new();
    for part in 0..CATEGORIES / 10 {
        let mut draft = Draft::new(Hasher::open(1));
        for i in (part..domains).step_by(CATEGORIES / 10) {
            let category = Category::ALL[(i % CATEGORIES + part) % CATEGORIES];
            draft.add(Entry::host(&format!("listed{i}.test")), CategorySet::NONE.with(category));
        }
        let made_at = Timestamp::UNIX_EPOCH;
        let label = Label {
            name: format!("list {part}").into(),
            source: String::new(),
            licence: String::new(),
            made_at,
        };
        let bytes = draft.compile(label).expect("compiles");
        all.push(CompiledList::open(Arc::new(bytes)).expect("opens"));
    }
    Arc::new(Lists::new(all))
}

fn subjects(rules: &Rules) -> Vec<Subject> {
    let person = |n: u128, role: Role, year: Option<&str>| Person {
        id: Id::from_u128(n),
        school: Id::from_u128(1),
        username: format!("person{n}").parse().expect("a username"),
        name: "A person".parse().expect("a name"),
        roles: Roles::NONE.with(role),
        year: year.map(|it| it.parse().expect("a year")),
        groups: Vec::new(),
        email: None,
        stay: school::Stay::ALWAYS,
    };
    let years = ["1", "5", "7", "10", "12"];
    let mut all: Vec<Subject> =
        years.iter().zip(1..).map(|(year, n)| rules.subject(&person(n, Role::Pupil, Some(year)))).collect();
    all.push(rules.subject(&person(50, Role::Teacher, None)));
    all.push(rules.subject(&person(51, Role::Visitor, None)));
    all.push(rules.unknown().clone());
    all
}

fn targets(domains: usize) -> Vec<(&'static str, Vec<Target>)> {
    let many = |url: &dyn Fn(usize) -> String| -> Vec<Target> {
        (0..1009).map(|i| Target::parse(&url(i)).expect("an address")).collect()
    };
    vec![
        ("not listed", many(&|i| format!("https://www.page{i}.elsewhere.test/a/page/{i}.html?x={i}"))),
        ("listed", many(&|i| format!("https://cdn.listed{}.test/a/{i}.js", i * 7919 % domains))),
        ("decided by a rule", many(&|i| format!("https://www.example{}.test/path/{i}", i % 1000))),
        ("searched for", many(&|i| format!("https://www.google.co.uk/search?hl=en&q=term+{i}&ie=utf8"))),
    ]
}

fn interleave<'a>(all: &(impl Iterator<Item = &'a Vec<Target>> + Clone)) -> Vec<Target> {
    (0..1009).flat_map(|i| all.clone().map(move |it| it[i].clone())).collect()
}

fn moment() -> Moment {
    let span = |a, b| DaySpan { start: civil::time(a, 0, 0, 0), end: civil::time(b, 0, 0, 0) };
    let calendar = Calendar {
        zone: TimeZone::UTC,
        terms: vec![],
        days: SchoolDays::MONDAY_TO_FRIDAY,
        day: span(8, 16),
        lessons: vec![span(9, 12)],
        closed: vec![],
    };
    calendar.moment("2026-10-05T10:00:00Z".parse().expect("a time"))
}
