//! Any file is refused or looked up in; none of them breaks the gate.
//!
//! The checksums are made right first, or nothing would get past them.
#![no_main]
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use policy::{
    Category, CategorySet, Target,
    lists::{Changes, CompiledList, Draft, Entry, Hasher, Label, Lists},
};
use xxhash_rust::xxh3::xxh3_64;

const HEADER: usize = 84;

fuzz_target!(|changes: &[u8]| {
    let mut file = good();
    for change in changes.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % file.len();
        file[at] = change[2];
    }
    if let [.., shorter] = changes {
        file.truncate((file.len() - usize::from(*shorter % 16)).max(HEADER));
    }
    let body = xxh3_64(&file[HEADER..]).to_le_bytes();
    file[68..76].copy_from_slice(&body);
    let head = xxh3_64(&file[..76]).to_le_bytes();
    file[76..84].copy_from_slice(&head);
    if let Ok(list) = CompiledList::open(Arc::new(file)) {
        let _ = Changes::between(&list, &list);
        let lists = Lists::new(vec![list]);
        for i in 0..50 {
            let target = Target::parse(&format!("http://h{i}.test/p/q?r")).expect("an address");
            lists.look_up(&target);
            lists.blame(&target, Category::Games);
        }
    }
});

fn good() -> Vec<u8> {
    let mut draft = Draft::new(Hasher::open(1));
    for i in 0..50 {
        let host = format!("h{i}.test");
        let path = if i % 2 == 0 { "/p" } else { "" };
        draft.add(Entry { path, ..Entry::host(&host) }, CategorySet::NONE.with(Category::Games));
    }
    let made_at = Default::default();
    let label = Label { name: "x".into(), source: String::new(), licence: String::new(), made_at };
    draft.compile(label).expect("compiles")
}
