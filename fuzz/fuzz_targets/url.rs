//! Any text is an address or a refusal, and a canonical address stays as it is.
#![no_main]
use libfuzzer_sys::fuzz_target;
use policy::{Host, Scheme, Target};

fuzz_target!(|text: &str| {
    if let Ok(once) = Target::parse(text) {
        let spelled = once.to_string();
        assert_eq!(Target::parse(&spelled).expect("canonical"), once);
    }
    let (authority, path) = text.split_once(' ').unwrap_or((text, "/"));
    if let Ok(target) = Target::from_parts(Scheme::Https, authority, path) {
        assert!(target.path().starts_with('/'));
        assert_eq!(Host::parse(&target.host().to_string()).as_ref(), Ok(target.host()));
    }
});
