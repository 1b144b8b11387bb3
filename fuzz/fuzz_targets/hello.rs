//! Any bytes at all as the start of a tunnel: no panic; a longer look never turns a hello into something else.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::Glimpse;

fuzz_target!(|bytes: &[u8]| {
    let whole = Glimpse::of(bytes);
    let cut = Glimpse::of(&bytes[..bytes.len() / 2]);
    match cut {
        Glimpse::More => {}
        settled => assert_eq!(settled, whole),
    }
});
