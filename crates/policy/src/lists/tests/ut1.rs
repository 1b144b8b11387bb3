//! Real lists, where they are on the machine; none of them is in the repository.
use std::{fs, path::Path};

use super::*;
use crate::Category;

#[test]
fn the_whole_ut1_tree_is_read() {
    let mut places = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|it| it.join("../shared/data"));
    let Some(data) = places.find(|it| it.is_dir()) else {
        eprintln!("SKIPPED: ../shared/data is not on this machine");
        return;
    };
    let map = CategoryMap::built_in();
    let mut draft = Draft::new(Hasher::open(5));
    let (mut entries, mut bad, mut left_out) = (0, 0, 0);
    let mut read = |path: &Path, set: CategorySet| {
        let bytes = fs::read(path).expect("a file");
        let format = Format::sniff(&path.to_string_lossy(), &bytes[..bytes.len().min(8192)]);
        let report = Import::read(format, &bytes, &mut |entry| draft.add(entry, set));
        assert!(report.bad() * 100 <= report.lines.max(100), "{}: {:?}", path.display(), report.shown);
        entries += report.entries;
        bad += report.bad();
        left_out += report.left_out();
    };
    for folder in fs::read_dir(data.join("ut1")).expect("a tree").flatten().filter(|it| it.path().is_dir()) {
        let name = folder.file_name();
        let mapping = map.find("ut1", &name.to_string_lossy());
        let set = match mapping.unwrap_or_else(|| panic!("{} is not in the table", name.display())) {
            Mapping::To(set) => set,
            Mapping::Ignore => continue,
        };
        for file in ["domains", "urls", "expressions"] {
            let path = folder.path().join(file);
            if path.is_file() {
                read(&path, set);
            }
        }
    }
    for file in ["gambling-hosts", "pornography-hosts", "social-hosts"] {
        match map.find("sinfonietta", file) {
            Some(Mapping::To(set)) => read(&data.join("hosts").join(file), set),
            other => panic!("{file}: {other:?}"),
        }
    }
    draft.count_bad_lines(bad);
    let compiled = open(draft.compile(label("UT1")).expect("compiles")).expect("opens");
    let info = compiled.info().clone();
    eprintln!(
        "{entries} entries read, {bad} bad lines, {left_out} left out; kept {} hosts, {} addresses in {} bytes",
        info.hosts,
        info.urls,
        compiled.size()
    );
    assert!(entries > 400_000 && info.entries() > 350_000);
    let lists = Lists::new(vec![compiled]);
    let found = |url: &str| lists.look_up(&target(url)).categories;
    assert!(found("https://www.bet365.com/").has(Category::Gambling));
    assert!(found("https://10bet.com/x").has(Category::Gambling));
    assert!(found("https://m.facebook.com/").has(Category::SocialMedia));
    assert!(found("http://204.71.88.20/ygg/page").has(Category::Hate));
    assert!(!found("https://www.bbc.co.uk/bitesize").has(Category::Pornography));
}
