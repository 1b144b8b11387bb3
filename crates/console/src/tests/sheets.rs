//! Every spreadsheet, opened as spreadsheets open it: nothing in a cell is a formula, whoever chose the words.
use axum::http::{Method, StatusCode};
use store::{By, people};

use super::{
    World,
    refusals::{guarded, holder},
};

const POISON: &str = "=POISON;=1+1";

#[tokio::test]
async fn no_cell_of_any_spreadsheet_is_a_formula() {
    let world = World::new().await;
    let by = By { person: None, name: POISON.to_owned(), at: world.now() };
    let mut tx = world.db.write().await.expect("a transaction");
    for kept in people::all(&mut tx, world.elm.id).await.expect("people") {
        let named = school::Person { name: POISON.parse().expect("a line"), ..kept.person.clone() };
        people::save(&mut tx, &by, &kept, &named).await.expect("saved");
    }
    let new = super::person(&world.elm, "new.pupil", "x", school::Role::Pupil);
    let new = school::Person { name: POISON.parse().expect("a line"), ..new };
    people::add(&mut tx, &by, &new).await.expect("added");
    tx.commit().await.expect("kept");

    let mut sheets = 0;
    for (route, case) in guarded(&world).filter(|(it, _)| {
        it.method == Method::GET && it.path.rsplit_once('.').is_some_and(|(_, of)| of == "csv")
    }) {
        let session = world.session(&world.elm, holder(route.demand.right().expect("a right"))).await;
        // All rows, whatever the walk of refusals looks for.
        let address = case.address.split('?').next().expect("a path");
        let answer = world.get(address, Some(&session)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", route.path);
        let text = answer.text;
        // The roster was loaded before, with a poison of its own.
        assert!(text.contains("\"'=POISON") || text.contains("\"'=HYPERLINK"), "{}: {text}", route.path);
        // Split as is meant, and as spreadsheets of other countries split.
        for delimiter in [b',', b';', b'\t'] {
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(delimiter)
                .flexible(true)
                .has_headers(false)
                .from_reader(text.as_bytes());
            for row in reader.records() {
                for cell in &row.expect("a row") {
                    let begins = cell.trim_start_matches(|c: char| c.is_whitespace() || c == '"');
                    assert!(!begins.starts_with(['=', '+', '-', '@']), "{}: {cell}", route.path);
                }
            }
        }
        sheets += 1;
    }
    assert!(7 <= sheets, "the walk met {sheets}");
}
