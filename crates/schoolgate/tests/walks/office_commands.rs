//! Guests and agreements by command, beside a running school.
use std::fs;

use crate::demo::Demo;

/// Ends as it should, and says these words.
fn check(demo: &Demo, arguments: &[&str], well: bool, words: &[&str]) -> String {
    let (ended_well, said) = demo.command(arguments);
    assert_eq!(ended_well, well, "{arguments:?}: {said}");
    for it in words {
        assert!(said.contains(it), "{arguments:?}: does not say {it}\n{said}");
    }
    said
}

/// ACC-18: whoever is in is seen, and is out at once.
#[test]
fn guests_are_listed_and_ended_by_command() {
    let demo = Demo::start();
    let list = check(
        &demo,
        &["guests", "list"],
        true,
        &["guest-1", "Victor Lane", "A talk on bridges", "sponsor Sam Okafor", "Farah Quill"],
    );
    check(&demo, &["guests", "end", "guest-1"], false, &["--why"]);
    check(&demo, &["guests", "end", "okafor", "--why", "A mistake"], false, &["is no guest"]);
    check(&demo, &["guests", "end", "guest-9", "--why", "A mistake"], false, &["nobody signs in as guest-9"]);
    check(
        &demo,
        &["guests", "end", "guest-1", "--why", "The talk is over"],
        true,
        &["Victor Lane has ended"],
    );
    check(&demo, &["guests", "end", "guest-1", "--why", "Again"], false, &["over already"]);
    // Who has no account yet is named by id.
    let farah = list.lines().find(|it| it.contains("Farah Quill")).and_then(|it| it.split(' ').next());
    check(&demo, &["guests", "end", farah.expect("an id"), "--why", "She is ill"], true, &["Farah Quill"]);
    check(&demo, &["guests", "list"], true, &["nobody is in"]);
    check(&demo, &["guests", "list", "--past"], true, &["Victor Lane", "Farah Quill"]);
    check(&demo, &["audit", "list", "--act", "end guest"], true, &["Command line", "The talk is over"]);
}

/// AUP-06, AUP-12: a text goes out, is changed and comes back as a new version that asks everyone again.
#[test]
fn agreements_are_listed_exported_and_published_by_command() {
    let demo = Demo::start();
    check(&demo, &["agreements", "list"], true, &["pupils     version 1   0 of 4", "standard, easy, young"]);
    let missing =
        check(&demo, &["agreements", "list", "--missing"], true, &["leila", "has not counter-signed"]);
    assert!(!missing.contains("okafor"), "staff have signed: {missing}");
    let text = check(&demo, &["agreements", "export", "adults"], true, &["contract of employment"]);
    check(&demo, &["agreements", "export", "adults", "--reading", "young"], false, &["no such reading"]);
    check(&demo, &["agreements", "export", "everybody"], false, &["pupils", "adults"]);
    let easy = check(&demo, &["agreements", "export", "adults", "--reading", "easy"], true, &[]);
    let (file, easy_file) = (demo.path("adults.txt"), demo.path("easy.txt"));
    fs::write(&easy_file, &easy).expect("written");
    fs::write(&file, &text).expect("written");
    let (path, easy_path) = (file.to_str().expect("plain"), easy_file.to_str().expect("plain"));
    let publish = ["agreements", "publish", "adults", path, "--easy", easy_path, "--note", "Reviewed"];
    check(&demo, &publish, false, &["in force already"]);
    fs::write(&file, format!("{text}\nI lock my screen when I leave it.\n")).expect("written");
    check(&demo, &publish, true, &["version 2 is in force", "people are asked"]);
    check(&demo, &["agreements", "export", "adults"], true, &["I lock my screen"]);
    check(&demo, &["agreements", "export", "adults", "--version", "1"], true, &["contract of employment"]);
    check(&demo, &["agreements", "list", "--missing"], true, &["okafor", "adults: Has not signed"]);
    fs::write(&file, "A title alone\n").expect("written");
    check(&demo, &publish, false, &["a title and a text"]);
    check(&demo, &["agreements", "list"], true, &["adults     version 2"]);
}
