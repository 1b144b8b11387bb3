use std::io::{Cursor, Write as _};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{super::*, CLASSES, ENROLMENTS, MANIFEST, ORGS, SESSIONS, USERS, said};

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn school(inside: &str) -> Vec<(String, Vec<u8>)> {
    [
        ("manifest.csv", MANIFEST),
        ("academicSessions.csv", SESSIONS),
        ("orgs.csv", ORGS),
        ("users.csv", USERS),
        ("classes.csv", CLASSES),
        ("enrollments.csv", ENROLMENTS),
    ]
    .map(|(name, text)| (format!("{inside}{name}"), text.as_bytes().to_vec()))
    .to_vec()
}

fn packed(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, it)| (name.as_str(), it.as_slice())).collect();
    zip(&files)
}

#[track_caller]
fn check(bytes: &[u8], people: usize, want: &[&str]) {
    let roster = read("/up/load/roster.zip", bytes);
    assert_eq!(
        (roster.people.len(), said(&roster)),
        (people, want.iter().map(|it| (*it).to_owned()).collect())
    );
}

#[test]
fn a_zip_is_read_with_or_without_a_folder() {
    check(&packed(&school("")), 4, &[]);
    check(&packed(&school("export 2026/")), 4, &[]);
    let mut files = school("");
    files.push(("__MACOSX/._users.csv".to_owned(), vec![0; 4]));
    files.push(("readme.txt".to_owned(), b"hello".to_vec()));
    files.push(("results.csv".to_owned(), b"a,b\r\n".to_vec()));
    check(&packed(&files), 4, &[]);
    check(&zip(&[("pupils.csv", b"ID,Forename,Surname\n1,Ada,Pupil\n")]), 1, &[]);
}

#[test]
fn a_folder_can_be_packed() {
    let roster = read("packed.zip", &super::school(&[]).pack());
    assert_eq!((roster.people.len(), said(&roster)), (4, vec![]));
}

#[test]
fn a_zip_cut_off_anywhere_stops_the_whole() {
    let whole = packed(&school(""));
    for end in (2..whole.len()).step_by(37) {
        let roster = read("roster.zip", &whole[..end]);
        assert!(roster.is_fatal() && roster.people.is_empty(), "{end}");
        let words = &roster.problems[0].words;
        assert!(words.contains("export or copy it again"), "{end}: {words}");
    }
    let mut damaged = whole;
    let at = damaged.windows(4).position(|it| it == b"sers").unwrap() + 30;
    damaged[at] ^= 0xff;
    assert!(read("roster.zip", &damaged).is_fatal());
}

#[test]
fn a_bomb_does_not_go_off() {
    let mut files = school("");
    files.push(("demographics.csv".to_owned(), vec![b'x'; 20 << 20]));
    check(
        &packed(&files),
        0,
        &[
            "Fatal: roster.zip: “demographics.csv” unpacks to far more than a roster holds, as a zip made to do harm would; nothing was read",
        ],
    );
    let limits = Limits { bytes: 1000, ..Limits::default() };
    let fault = Bundle::unpack("r.zip", &packed(&school("")), &limits).unwrap_err();
    assert!(fault.words.contains("far more"), "{fault}");
    let many: Vec<_> = (0..300).map(|it| (format!("{it}.csv"), Vec::new())).collect();
    check(
        &packed(&many),
        0,
        &["Fatal: roster.zip: holds 300 files, and a roster has fewer than 200: pack the tables alone"],
    );
}

#[test]
fn names_that_lead_out_are_not_read() {
    let mut files = school("");
    files[3].0 = "../../users.csv".to_owned();
    check(
        &packed(&files),
        0,
        &[
            "Fatal: users.csv: is missing, though the manifest promises it: hand over all the files",
            "Note: roster.zip: “../../users.csv” has a name that leads out of the zip, and was not read",
        ],
    );
}

#[test]
fn what_is_no_roster_is_told_so() {
    check(b"", 0, &["Fatal: roster.zip: is empty: it must at least have its headings"]);
    check(
        &zip(&[("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")]),
        0,
        &["Fatal: roster.zip: is a workbook: save it as “CSV UTF-8” and hand over that"],
    );
    check(
        &zip(&[("a.txt", b"x")]),
        0,
        &["Fatal: roster.zip: holds no CSV table: hand over what was exported"],
    );
    let mut locked = packed(&school(""));
    for at in 0..locked.len() - 8 {
        // The flag of a password, in the local and in the central headers.
        match &locked[at..at + 4] {
            b"PK\x03\x04" => locked[at + 6] |= 1,
            b"PK\x01\x02" => locked[at + 8] |= 1,
            _ => {}
        }
    }
    let roster = read("roster.zip", &locked);
    assert!(
        roster.is_fatal() && roster.problems[0].words.contains("without a password"),
        "{:?}",
        roster.problems
    );
}
