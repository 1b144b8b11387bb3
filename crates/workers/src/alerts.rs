//! From a worry to a concern in the register and a letter on its way, in one transaction.
use casework::{NewConcern, Notice, Origin, goes_to};
use school::{Choice, Role, Roles, School};
use signals::Severity;
use store::{By, StoreError, Tx, audit, concerns, concerns::Raised, jobs, security};

use crate::jobs::send_mail;

/// Who is written to when a concern waits, and where they read it.
#[derive(Debug, Clone, Default)]
pub struct Alerts {
    /// E-mail addresses of the safeguarding leads (MON-06, REP-03).
    pub leads: Vec<String>,
    /// Of the head, who alone is told of concerns about staff (MON-08).
    pub heads: Vec<String>,
    /// Of the network manager, who is told of guessing and faults (PWD-09).
    pub technical: Vec<String>,
    /// Address of the console.
    pub console: Option<String>,
}

/// What the product itself does, at `at`.
pub(crate) fn ourselves(at: jiff::Timestamp) -> By {
    By { person: None, name: "Schoolgate".to_owned(), at }
}

impl Alerts {
    /// Enters the concern, with its audit entry and its letters. A repeat sends no letter, and neither does a search
    /// that can wait for the week: those stand in the console.
    pub(crate) async fn raise(
        &self,
        tx: &mut Tx,
        school: &School,
        new: &NewConcern,
        about: Roles,
    ) -> Result<Raised, StoreError> {
        let by = ourselves(new.at);
        let raised = concerns::raise(tx, &by, new).await?;
        let Raised::New(id) = raised else { return Ok(raised) };
        audit::note(tx, &by, school.id, "raise concern", &id.to_string(), None, Some(new.origin.label()))
            .await?;
        let severity = new.severity.as_deref().and_then(Severity::from_code);
        if new.origin == Origin::SiteReport {
            // CHG-07: whoever looks after the filter acts on the address. What was written may tell of a child, and
            // stays with the leads.
            let subject = new.place.as_deref().unwrap_or("a site without an address");
            let words = format!(
                "{subject} was reported as unsuitable. What was written is with the safeguarding leads"
            );
            let alert =
                security::New { kind: security::Kind::SiteReport, subject, words: &words, quiet: false };
            security::raise(tx, &by, school.id, alert).await?;
        }
        if new.origin == Origin::Search && severity < Some(Severity::Medium) {
            return Ok(raised);
        }
        let urgent = severity == Some(Severity::High) || new.origin == Origin::Report;
        let notice = Notice::of_concern(school.name.as_str(), urgent, self.console.as_deref());
        for to in self.addresses(about) {
            let payload = send_mail::payload(to, &notice);
            jobs::enqueue(tx, send_mail::KIND.name, &payload, new.at).await?;
        }
        Ok(raised)
    }

    /// Of those whom a concern about someone with these roles goes to.
    pub(crate) fn addresses(&self, about: Roles) -> &[String] {
        if goes_to(about) == Role::Head { &self.heads } else { &self.leads }
    }
}
