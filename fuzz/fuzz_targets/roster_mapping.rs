//! A mapping that is read prints to one that reads the same; a guess at any headings can be read back; reading a table
//! with either never panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::roster::{Mapping, read_mapped};

fuzz_target!(|text: &str| {
    let (mapping, table) = text.split_once("---").unwrap_or((text, text));
    if let Ok(mapping) = Mapping::parse(mapping) {
        assert_eq!(Mapping::parse(&mapping.to_string()).as_ref(), Ok(&mapping));
        let _ = read_mapped("fuzz.csv", table.as_bytes(), Some(&mapping));
    }
    let headings: Vec<&str> = table.lines().next().unwrap_or_default().split(',').map(str::trim).collect();
    let _ = Mapping::guess(headings).to_string();
});
