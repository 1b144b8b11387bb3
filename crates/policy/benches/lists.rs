//! How long lists take: text to compiled, opening, looking up. `cargo bench -p policy --bench lists [-- ENTRIES]`.
//!
//! The names are made, the same each time; one core does all of it. Times are of the processor where the system
//! tells them, so that a busy machine changes little.
use std::{
    fs,
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use policy::{
    Category, CategorySet, Target,
    lists::{Changes, CompiledList, Draft, Format, Hasher, Import, Label, Lists},
};
use school::Choice;

const TOPS: [&str; 12] =
    ["com", "com", "com", "com", "net", "org", "de", "ru", "co.uk", "info", "xyz", "com.br"];
const SYLLABLES: &[u8; 32] = b"babecodadefogahikelumonupirosetu";
/// As many sources as the bench tree has categories.
const SOURCES: usize = 20;

fn main() {
    let entries = std::env::args().skip(1).find_map(|it| it.parse().ok()).unwrap_or(5_000_000_usize);
    let texts = texts(entries);
    let bytes: usize = texts.iter().map(Vec::len).sum();
    println!("entries                  {entries} in {SOURCES} sources, {} MiB of text", bytes >> 20);

    let start = Stopwatch::start();
    let mut draft = Draft::new(Hasher::open(42));
    for (text, category) in texts.iter().zip(Category::ALL) {
        let set = CategorySet::NONE.with(*category);
        let report = Import::read(Format::Domains, text, &mut |entry| draft.add(entry, set));
        assert_eq!(report.bad(), 0);
    }
    let read = start.seconds();
    let compiled = draft.compile(label()).expect("compiles");
    println!("text to compiled         {:.2} s (reading {:.2} s)", start.seconds(), read);
    println!("bytes an entry           {:.2}", size(compiled.len()) / size(entries));
    println!("compiled size            {:.1} MiB", size(compiled.len()) / size(1 << 20));
    drop(texts);
    let path = std::env::temp_dir().join(format!("schoolgate-bench-{}.sglist", std::process::id()));
    fs::write(&path, &compiled).expect("room for the list");
    drop(compiled);
    println!("resident before opening  {} MiB", resident());
    let wall = Instant::now();
    let start = Stopwatch::start();
    let list = CompiledList::open(Arc::new(Mapped::open(&path))).expect("opens");
    let wall = wall.elapsed().as_secs_f64();
    println!("open by memory map       {:.3} s ({wall:.3} s on the clock)", start.seconds());
    fs::remove_file(&path).expect("the file is ours");
    println!("resident with the list   {} MiB", resident());

    let start = Stopwatch::start();
    let changes = Changes::between(&list, &list).expect("the same hasher");
    println!("compare two editions     {:.2} s ({} kept)", start.seconds(), changes.entries.kept);

    let lists = Lists::new(vec![list]);
    let targets = |prefix: &str, seed| -> Vec<Target> {
        let mut names = Names(seed);
        let address = |name: String| format!("https://{prefix}{name}/some/path?of=it");
        (0..1 << 16).map(|_| Target::parse(&address(names.next())).expect("an address")).collect()
    };
    look_up("look-ups, listed", &lists, &targets("www.", 1), true);
    look_up("look-ups, not listed", &lists, &targets("www.not-", 99), false);

    let spelled: Vec<String> = targets("www.", 1).iter().map(ToString::to_string).collect();
    let took = timed(spelled.len(), |i| black_box(Target::parse(black_box(&spelled[i]))).is_ok());
    println!("addresses read           {took:.2} million a second");
    sealed(entries.min(100_000));
}

/// As `store::list_files` maps it.
struct Mapped(mmap_io::MemoryMappedFile);

impl Mapped {
    fn open(path: &std::path::Path) -> Mapped {
        Mapped(mmap_io::MemoryMappedFile::open_ro(path).expect("maps"))
    }
}

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        self.0.as_slice_bytes(0, self.0.len()).expect("the whole file")
    }
}

fn look_up(what: &str, lists: &Lists, targets: &[Target], listed: bool) {
    for target in targets {
        assert_eq!(!lists.look_up(target).categories.is_empty(), listed, "{target}");
    }
    let rate = timed(targets.len(), |i| lists.look_up(black_box(&targets[i])).has_paths);
    println!("{what:<24} {rate:.2} million a second");
}

fn sealed(entries: usize) {
    let mut names = Names(7);
    let text: String = (0..entries).flat_map(|_| [names.next(), "\n".into()]).collect();
    let start = Stopwatch::start();
    let mut draft = Draft::new(Hasher::sealed(&[1; 32], [2; 16]));
    Import::read(Format::Domains, text.as_bytes(), &mut |entry| draft.add(entry, CategorySet::NONE));
    let compiled = draft.compile(label()).expect("compiles");
    println!("sealed, {entries} entries   {:.3} s to compile", start.seconds());
    let list = CompiledList::open_sealed(Arc::new(compiled), &[1; 32]).expect("opens");
    let lists = Lists::new(vec![list]);
    let target = Target::parse("https://www.some.ordinary.example/path").expect("an address");
    let rate = timed(1, |_| lists.look_up(black_box(&target)).sealed.is_some());
    println!("sealed look-ups, missed  {rate:.2} million a second");
}

/// Millions of calls in a second, over at least half a second.
fn timed(distinct: usize, mut call: impl FnMut(usize) -> bool) -> f64 {
    let start = Stopwatch::start();
    let mut calls = 0_usize;
    while start.seconds() < 0.5 {
        for i in 0..4096 {
            black_box(call((calls + i) % distinct));
        }
        calls += 4096;
    }
    size(calls) / start.seconds() / 1e6
}

fn texts(entries: usize) -> Vec<Vec<u8>> {
    let mut names = Names(1);
    let mut texts = vec![Vec::new(); SOURCES];
    for i in 0..entries {
        let text = &mut texts[i % SOURCES];
        text.extend_from_slice(names.next().as_bytes());
        text.push(b'\n');
    }
    texts
}

fn label() -> Label {
    Label {
        name: "bench".into(),
        source: "made".into(),
        licence: "none".into(),
        made_at: Timestamp::UNIX_EPOCH,
    }
}

/// Names like those in lists, 12 to 30 characters, hardly ever the same twice.
struct Names(u64);

impl Names {
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ it >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ it >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^ it >> 31
    }
    fn next(&mut self) -> String {
        let mut bits = self.number();
        let mut name = String::with_capacity(32);
        for _ in 0..4 + bits % 6 {
            let at = usize::try_from(bits >> 8 & 15).expect("four bits") * 2;
            name.push(char::from(SYLLABLES[at]));
            name.push(char::from(SYLLABLES[at + 1]));
            bits = bits.rotate_right(4);
        }
        let more = self.number();
        name.push_str(&(more % 100_000).to_string());
        name.push('.');
        name.push_str(TOPS[usize::try_from(more >> 32).expect("half") % TOPS.len()]);
        name
    }
}

/// Of this process, in MiB; 0 where the system does not say.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|it| it.parse::<usize>().ok()).unwrap_or_default() >> 10
}

struct Stopwatch(Duration, Instant);

impl Stopwatch {
    fn start() -> Stopwatch {
        Stopwatch(on_processor().unwrap_or_default(), Instant::now())
    }
    fn seconds(&self) -> f64 {
        on_processor().map_or_else(|| self.1.elapsed(), |now| now.saturating_sub(self.0)).as_secs_f64()
    }
}

/// What this thread, the only one, has run so far.
fn on_processor() -> Option<Duration> {
    let text = fs::read_to_string("/proc/self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

#[expect(clippy::cast_precision_loss, reason = "figures to be read by people")]
fn size(count: usize) -> f64 {
    count as f64
}
