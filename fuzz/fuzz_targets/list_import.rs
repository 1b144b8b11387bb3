//! Any bytes, in any pieces, give canonical entries and counted faults; the compiled list finds each of them.
#![no_main]
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use policy::{
    Category, CategorySet, Host,
    lists::{CompiledList, Draft, Format, Hasher, Import, Label},
};

const FORMATS: [Format; 6] =
    [Format::Domains, Format::Hosts, Format::Urls, Format::Expressions, Format::Adblock, Format::Zone];

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let format = FORMATS[usize::from(*choice) % FORMATS.len()];
    Format::sniff("list", bytes);
    let mut draft = Draft::new(Hasher::open(1));
    let mut import = Import::new(format);
    let mut into = |entry: policy::lists::Entry<'_>| {
        assert_eq!(Host::parse(entry.host).expect("canonical").to_string(), entry.host);
        draft.add(entry, CategorySet::NONE.with(Category::Games));
    };
    for piece in bytes.chunks(usize::from(choice / 6) + 1) {
        import.feed(piece, &mut into);
    }
    let report = import.finish(&mut into);
    assert!(report.shown.len() <= policy::lists::FAULTS_SHOWN);
    let made_at = Default::default();
    let label = Label { name: "x".into(), source: String::new(), licence: String::new(), made_at };
    let compiled = draft.compile(label).expect("compiles");
    CompiledList::open(Arc::new(compiled)).expect("what was compiled opens");
});
