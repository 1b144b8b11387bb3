use casework::Notice;
use jiff::SignedDuration;
use school::School;
use store::{
    audit::{self, Checkpoint},
    jobs,
    jobs::Job,
};

use super::{Doing, Failure, Kind, Office, send_mail};

/// Reads the audit trail of every school through, once a night, and signs how far it reaches (LOG-04). What is not as
/// it was written stands on Today until it is. It looks each hour whether a day has begun, so that a restart or a
/// night without power leaves no day out.
pub(crate) const KIND: Kind =
    Kind { name: "check audit", every: Some(SignedDuration::from_hours(1)), tries: 3, run: boxed };

const FINDER: &str = "audit";

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, _job: &Job) -> Result<(), Failure> {
    let schools = store::schools::all(&mut office.db.read().await?).await?;
    let care = &office.audit;
    let not_now = |err: std::io::Error| Failure::NotNow(format!("the checkpoints of the audit trail: {err}"));
    let mut faults = Vec::new();
    for school in schools {
        let last = audit::last_check(&mut office.db.read().await?, school.id).await?;
        let now = (office.clock)();
        let zone = office.current.load().calendar.zone.clone();
        let day = |at: jiff::Timestamp| at.to_zoned(zone.clone()).date();
        let fault = match last {
            Some(it) if it.at.is_some_and(|at| day(at) == day(now)) => !it.faults.is_empty(),
            _ => !look(office, &school).await?,
        };
        if fault {
            faults.push(format!(
                "the audit trail of {} is not as it was written: see Audit, and keep the last backup",
                school.name
            ));
        }
    }
    faults.extend(audit::checkpoints_in_both(&care.folder, care.copy.as_deref()).map_err(not_now)?.2);
    office.health.set(FINDER, faults);
    Ok(())
}

/// Whether all is well.
async fn look(office: &Office, school: &School) -> Result<bool, Failure> {
    let care = &office.audit;
    let not_now = |err: std::io::Error| Failure::NotNow(format!("the checkpoints of the audit trail: {err}"));
    // That the other place is away is told of by `run`.
    let (checkpoints, unreadable, _) =
        audit::checkpoints_in_both(&care.folder, care.copy.as_deref()).map_err(not_now)?;
    let mut read = office.db.read().await?;
    let report = audit::verify(&mut read, school.id, &checkpoints, Some(care.signer.key())).await?;
    drop(read);
    let now = (office.clock)();
    let mut tx = office.db.write().await?;
    audit::keep_check(&mut tx, school.id, &report, &unreadable, now).await?;
    let good = report.is_good() && unreadable.is_empty();
    // A trail that is broken is not signed for.
    if good {
        let made = care.signer.sign(school, report.last, report.hash, now);
        audit::put_checkpoint(&care.folder, &made).map_err(not_now)?;
        for to in &care.mail {
            let letter = send_mail::payload(to, &letter(&made));
            jobs::enqueue(&mut tx, send_mail::KIND.name, &letter, now).await?;
        }
        audit::keep_checkpoint(&mut tx, &made).await?;
    }
    tx.commit().await?;
    Ok(good)
}

fn letter(made: &Checkpoint) -> Notice {
    Notice {
        subject: format!("Audit trail of {}: {} entries", made.name, made.entries),
        body: format!(
            "Please keep this message. It says how far the audit trail of {} reached at {}, and is signed. Should \
             anybody cut the trail short or write it anew, this proves it: save the eight lines below as a file and \
             run\n\n    schoolgate audit verify --checkpoint FILE\n\nIt names nobody.\n\n{made}",
            made.name, made.made
        ),
    }
}
