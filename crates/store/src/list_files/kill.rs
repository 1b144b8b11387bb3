//! Killed at any moment while a list is imported, compiled and kept: the last good list is there, or the next one.
use std::{
    env,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::Duration,
};

use policy::{
    Category, CategorySet,
    lists::{CompiledList, Draft, Format, Hasher, Import, Label},
};

use super::{
    keep, open,
    tests::{SECRET, knows},
};

const PATH: &str = "SCHOOLGATE_TEST_LIST";
/// Several pages on the disk, and so few that much of the time goes into writing them.
const HOSTS: u64 = 2000;

/// The lists have different entries and lengths.
fn hosts(version: u64) -> impl Iterator<Item = String> {
    (0..HOSTS + version % 7 * 300).map(move |it| format!("v{version}-h{it}.test"))
}

fn compiled(version: u64) -> Vec<u8> {
    let text: String = hosts(version).map(|it| it + "\n").collect();
    let (mut draft, mut import) = (Draft::new(Hasher::open_for(&SECRET)), Import::new(Format::Domains));
    let mut into =
        |entry: policy::lists::Entry<'_>| draft.add(entry, CategorySet::NONE.with(Category::Games));
    import.feed(text.as_bytes(), &mut into);
    import.finish(&mut into);
    let name = version.to_string().into();
    let made_at = jiff::Timestamp::UNIX_EPOCH;
    let label = Label { name, source: String::new(), licence: String::new(), made_at };
    draft.compile(label).expect("compiles")
}

fn version(list: &CompiledList) -> u64 {
    list.info().name.parse().expect("its version for a name")
}

/// Not a test: what the test below starts and kills. Says which list is kept, after each.
#[test]
#[ignore = "run by the test that kills it"]
fn keeps_lists_until_it_is_killed() {
    let Some(path) = env::var_os(PATH) else { return };
    let path = Path::new(&path);
    let first = if path.exists() { version(&open(path, &SECRET).expect("opens")) + 1 } else { 1 };
    for next in first.. {
        let kept = keep(path, compiled(next), &SECRET).expect("kept");
        assert_eq!(version(&kept), next);
        println!("\nkept {next}");
    }
}

#[test]
fn killed_while_a_list_is_replaced_it_has_the_last_good_one_or_the_next() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("games.sglist");
    for round in 0..20 {
        let mut child = Command::new(env::current_exe().expect("this program"))
            .args(["--exact", "list_files::kill::keeps_lists_until_it_is_killed", "--ignored", "--nocapture"])
            .env(PATH, &path)
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let kept = |line: std::io::Result<String>| line.ok()?.strip_prefix("kept ")?.parse::<u64>().ok();
        let first = lines.by_ref().find_map(kept).expect("it keeps a list");
        // Chance enough: what the child does meanwhile is up to the machine.
        sleep(Duration::from_micros(round * 7919 % 50_000));
        child.kill().expect("killed");
        child.wait().expect("gone");
        let said = lines.filter_map(kept).last().unwrap_or(first);

        let list = open(&path, &SECRET).expect("what is there opens");
        let found = version(&list);
        assert!(found == said || found == said + 1, "round {round}: {said} was kept, {found} is there");
        assert_eq!(list.info().entries(), hosts(found).count() as u64, "round {round}");
        for host in hosts(found).step_by(97) {
            assert!(knows(&list, &format!("http://{host}/")), "round {round}: {host} is missing");
        }
    }
}
