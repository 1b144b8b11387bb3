use casework::Notice;
use store::jobs::Job;

use super::{Doing, Failure, Kind, Office};

/// About two days of trying.
pub(crate) const KIND: Kind = Kind { name: "send mail", every: None, tries: 32, run: boxed };

/// The address, the subject, then the text, each from its own line on.
pub(crate) fn payload(to: &str, notice: &Notice) -> String {
    format!("{to}\n{}\n{}", notice.subject, notice.body)
}

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, job: &Job) -> Result<(), Failure> {
    let mut lines = job.payload.splitn(3, '\n');
    let (Some(to), Some(subject), Some(body)) = (lines.next(), lines.next(), lines.next()) else {
        return Err(Failure::Never("the letter is not an address, a subject and a text".to_owned()));
    };
    let Some(post) = &office.post else {
        return Err(Failure::Never("the school has set no mail server".to_owned()));
    };
    post.send(to, subject, body).await.map_err(|err| {
        if err.is_final() { Failure::Never(err.to_string()) } else { Failure::NotNow(err.to_string()) }
    })
}
