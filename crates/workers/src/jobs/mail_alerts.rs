use std::collections::BTreeSet;

use casework::Notice;
use jiff::SignedDuration;
use school::School;
use store::{
    StoreError, Tx, jobs,
    jobs::Job,
    people,
    security::{self, Alert},
};

use super::{Doing, Failure, Kind, Office, send_mail};
use crate::alerts::ourselves;

/// Tells the network manager what stands under Security alerts (PWD-09). An alert is one row an hour for each kind and
/// subject, and a row is mailed once, so nobody gets more than one letter an hour about the same thing.
pub(crate) const KIND: Kind =
    Kind { name: "mail alerts", every: Some(SignedDuration::from_mins(1)), tries: 3, run: boxed };

/// Those who keep accounts elsewhere and may be down: who finds it, and what it is called.
const ELSEWHERE: [(&str, &str); 2] =
    [("directory", "the directory"), ("identity provider", "the identity provider")];

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

/// The head, and the person it is about: neither may be able to open the page of alerts.
async fn told(
    tx: &mut Tx,
    office: &Office,
    school: &School,
    alert: &Alert,
) -> Result<BTreeSet<String>, StoreError> {
    let mut all: BTreeSet<String> = office.alerts.heads.iter().cloned().collect();
    if let Ok(username) = alert.subject.parse() {
        let person = people::by_username(tx, school.id, &username).await?;
        all.extend(person.and_then(|it| it.person.email).map(|it| it.to_string()));
    }
    Ok(all)
}

/// It names staff and what they may do, and nobody else.
fn of_powers(alert: &Alert, school: &School, place: &str) -> Notice {
    let kind = school::Choice::label(alert.kind);
    Notice {
        subject: format!("Schoolgate: {}", kind.to_lowercase()),
        body: format!(
            "{}\n\nAt {}. If this was not agreed with you, speak to the head at once; heads, to whoever did it. Who did what \
             stands in the audit trail, and at {place}\n",
            alert.words, school.name
        ),
    }
}

async fn run(office: &Office, _job: &Job) -> Result<(), Failure> {
    let now = (office.clock)();
    let school = office.current.load().school.clone();
    let mut tx = office.db.write().await?;
    for (finder, subject) in ELSEWHERE {
        for words in office.health.of(finder) {
            let new = security::New { kind: security::Kind::Technical, subject, words: &words, quiet: false };
            security::lasts(&mut tx, &ourselves(now), school.id, new).await?;
        }
    }
    for alert in security::unmailed(&mut tx, school.id).await? {
        let kind = school::Choice::label(alert.kind);
        let place = match office.alerts.console.as_deref() {
            Some(url) => format!("{}/security", url.trim_end_matches('/')),
            None => "Security alerts in the console".to_owned(),
        };
        let notice = Notice {
            subject: format!("Schoolgate: {}", kind.to_lowercase()),
            // Mail is read over shoulders: who and where stand in the console alone.
            body: format!("{kind}, at {}. Sign in to read more: {place}\n", school.name),
        };
        for to in &office.alerts.technical {
            jobs::enqueue(&mut tx, send_mail::KIND.name, &send_mail::payload(to, &notice), now).await?;
        }
        if alert.kind.is_of_powers() {
            let notice = of_powers(&alert, &school, &place);
            for to in told(&mut tx, office, &school, &alert).await? {
                jobs::enqueue(&mut tx, send_mail::KIND.name, &send_mail::payload(&to, &notice), now).await?;
            }
        }
        security::mailed(&mut tx, alert.id, now).await?;
    }
    Ok(tx.commit().await?)
}
