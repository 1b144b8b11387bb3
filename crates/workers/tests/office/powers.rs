//! Who is told of rights that were given and of sign-ins that were reset (ACC-12).
use store::{people, powers};

use crate::{Running, SCHOOL, Small, by, until};

#[tokio::test]
async fn head_and_person_get_a_letter_about_rights_that_were_given() {
    let small = Small::open().await;
    let mut tx = small.db.write().await.expect("a transaction");
    let kept = people::get(&mut tx, SCHOOL, crate::PUPIL).await.expect("read").expect("somebody");
    let mut now = kept.person.clone();
    now.roles = now.roles.with(school::Role::Dsl);
    now.email = Some("raised@elm-park.test".parse().expect("an address"));
    let office = store::By { person: Some(school::Id::from_u128(77)), ..by() };
    people::save(&mut tx, &office, &kept, &now).await.expect("saved");
    powers::reset(&mut tx, &office, &now, powers::Reset::Second).await.expect("told");
    tx.commit().await.expect("kept");
    let mut running = Running::new();
    running.start(small.office().run(running.stop.clone()));
    let letters = until(async || Some(small.mailbox.letters()).filter(|it| it.len() == 6)).await;
    running.end().await;
    for (kind, words) in
        [("rights over grave records given", "see concerns"), ("sign-in reset", "second credentials")]
    {
        let mut to: Vec<_> = letters
            .iter()
            .filter(|it| it.text.contains(&format!("Subject: Schoolgate: {kind}")))
            .map(|it| (it.to.join(","), it.text.contains(words)))
            .collect();
        to.sort();
        let expected =
            [("head@elm-park.test", true), ("it@example.org", false), ("raised@elm-park.test", true)];
        assert_eq!(to, expected.map(|(to, words)| (to.to_owned(), words)), "{kind}");
    }
}
