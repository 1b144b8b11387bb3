//! A policy text never makes reading panic; what is read prints to something that reads the same; what compiles
//! decides without panicking, and as it is explained.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use policy::{
    Directory, LayerText, Rules, diff,
    lists::Lists,
    text::{Document, MAX_LINE, parse, print},
};

fn meaning(mut document: Document) -> Document {
    document.entries.iter_mut().for_each(|it| it.line = 0);
    document
}

fuzz_target!(|text: &str| {
    let Ok(document) = parse(text) else { return };
    let printed = print(&document);
    // The canonical spelling may be longer than a line may be.
    if printed.lines().all(|it| it.len() <= MAX_LINE) {
        let again = parse(&printed).expect("canonical text can be read");
        assert_eq!(meaning(again), meaning(document));
        assert_eq!(diff(text, &printed).expect("both can be read"), []);
    }
    let source = LayerText { layer: school::Layer::School, name: "Hillview", text };
    let _ = Rules::compile(&[source], &Directory::default(), Arc::new(Lists::empty()));
});
