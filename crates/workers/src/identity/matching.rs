use jiff::Timestamp;
use school::{Email, Id, NotLetIn, Person, School, Username};
use store::{By, Db, StoreError, Tx, accounts, people, schools};

use crate::health::told;

/// By what somebody is known at their first sign-in. From then on it is the provider's own number for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// `preferred_username`: our username, or that with one of the school's domains behind it.
    Username,
    /// `email`, where the provider has made sure of it: the address kept of the person.
    Email,
}

/// How people at the provider and people of the school are put together.
#[derive(Debug, Clone)]
pub struct Matching {
    pub school: Id<School>,
    pub issuer: String,
    pub claim: Claim,
    /// In lower case. Where there are any, every address that the provider names has to lie in one of them.
    pub domains: Vec<String>,
    /// Of a provider with many customers, the only ones that are ours (`tid`).
    pub tenants: Vec<String>,
}

/// What the provider has said and signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) subject: String,
    pub(super) username: Option<String>,
    pub(super) email: Option<String>,
    pub(super) email_verified: bool,
    /// `hd`, as Google names the organisation.
    pub(super) hosted: Option<String>,
    /// `tid`, as Microsoft does.
    pub(super) tenant: Option<String>,
}

impl Matching {
    /// The person of this school, and nobody else's. Remembers whose account it is.
    pub(super) async fn person(&self, db: &Db, said: &Said, now: Timestamp) -> Result<Person, NotLetIn> {
        self.ours(said)?;
        let mut tx = db.write().await.map_err(|err| broken(&err))?;
        let person = self.found(&mut tx, said, now).await?;
        tx.commit().await.map_err(|err| broken(&err))?;
        Ok(person)
    }

    /// Whether the provider vouches for somebody of this school at all.
    fn ours(&self, said: &Said) -> Result<(), NotLetIn> {
        if !self.tenants.is_empty() {
            let tenant = said.tenant.as_ref().ok_or(NotLetIn::Foreign)?;
            if !self.tenants.contains(tenant) {
                return Err(NotLetIn::Foreign);
            }
        }
        if self.domains.is_empty() {
            return Ok(());
        }
        let named = [
            said.hosted.as_deref(),
            said.email.as_deref().and_then(domain),
            said.username.as_deref().and_then(domain),
        ];
        let mut named = named.into_iter().flatten().peekable();
        let any = named.peek().is_some();
        if any && named.all(|it| self.is_ours(it)) { Ok(()) } else { Err(NotLetIn::Foreign) }
    }

    fn is_ours(&self, domain: &str) -> bool {
        self.domains.iter().any(|it| it.eq_ignore_ascii_case(domain))
    }

    async fn found(&self, tx: &mut Tx, said: &Said, now: Timestamp) -> Result<Person, NotLetIn> {
        let linked = accounts::linked(tx, &self.issuer, &said.subject).await.map_err(|err| broken(&err))?;
        let person = match linked {
            Some((school, _)) if school != self.school => return Err(NotLetIn::Foreign),
            Some((_, id)) => {
                let kept = people::get(tx, self.school, id).await.map_err(|err| broken(&err))?;
                kept.ok_or(NotLetIn::Unknown)?.person
            }
            None => self.by_claim(tx, said).await?,
        };
        if !person.stay.covers(now) {
            return Err(NotLetIn::NotNow);
        }
        if linked.is_none() {
            let by = By { person: Some(person.id), name: person.name.to_string(), at: now };
            let kept = accounts::link(tx, &by, &person, &self.issuer, &said.subject).await;
            kept.map_err(|err| match err {
                // The name was given to somebody else at the provider, or somebody claims it.
                StoreError::Taken(_) => NotLetIn::Taken,
                err => broken(&err),
            })?;
        }
        Ok(person)
    }

    async fn by_claim(&self, tx: &mut Tx, said: &Said) -> Result<Person, NotLetIn> {
        let mut known = Vec::new();
        for school in schools::all(tx).await.map_err(|err| broken(&err))? {
            let found = match self.claim {
                Claim::Username => self.by_username(tx, school.id, said).await?,
                Claim::Email => by_email(tx, school.id, said).await?,
            };
            known.extend(found);
        }
        match known.iter().find(|it| it.school == self.school) {
            Some(it) => Ok(it.clone()),
            None if known.is_empty() => Err(NotLetIn::Unknown),
            None => Err(NotLetIn::Foreign),
        }
    }

    async fn by_username(
        &self,
        tx: &mut Tx,
        school: Id<School>,
        said: &Said,
    ) -> Result<Option<Person>, NotLetIn> {
        let whole = said.username.as_deref().unwrap_or_default();
        let local = whole.rsplit_once('@').filter(|(_, domain)| self.is_ours(domain)).map(|(local, _)| local);
        for name in [Some(whole), local].into_iter().flatten() {
            let Ok(username) = name.parse::<Username>() else { continue };
            let kept = people::by_username(tx, school, &username).await.map_err(|err| broken(&err))?;
            if let Some(kept) = kept {
                return Ok(Some(kept.person));
            }
        }
        Ok(None)
    }
}

async fn by_email(tx: &mut Tx, school: Id<School>, said: &Said) -> Result<Option<Person>, NotLetIn> {
    let email = said.email.as_deref().and_then(|it| it.parse::<Email>().ok());
    let email = email.ok_or(NotLetIn::Unproven)?;
    if !said.email_verified {
        return Err(NotLetIn::Unproven);
    }
    let all = people::all(tx, school).await.map_err(|err| broken(&err))?;
    let mut of = all.into_iter().map(|it| it.person).filter(|it| it.email.as_ref() == Some(&email));
    // Two people who share an address are nobody in particular.
    Ok(of.next().filter(|_| of.next().is_none()))
}

fn domain(address: &str) -> Option<&str> {
    address.rsplit_once('@').map(|(_, domain)| domain)
}

fn broken(err: &StoreError) -> NotLetIn {
    tracing::error!("a sign-in with a school account failed: {}", told(err));
    NotLetIn::Down
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matching(domains: &[&str], tenants: &[&str]) -> Matching {
        let all = |of: &[&str]| of.iter().map(|it| (*it).to_owned()).collect();
        Matching {
            school: Id::from_u128(1),
            issuer: "https://id.test".to_owned(),
            claim: Claim::Username,
            domains: all(domains),
            tenants: all(tenants),
        }
    }

    #[test]
    fn only_people_of_our_domains_and_tenants_are_ours() {
        let check = |matching: &Matching, [username, email, hosted, tenant]: [&str; 4], ours: bool| {
            let some = |it: &str| (!it.is_empty()).then(|| it.to_owned());
            let said = Said {
                username: some(username),
                email: some(email),
                hosted: some(hosted),
                tenant: some(tenant),
                ..Said::default()
            };
            assert_eq!(matching.ours(&said).is_ok(), ours, "{username} {email} {hosted} {tenant}");
        };
        let any = matching(&[], &[]);
        check(&any, ["maya", "", "", ""], true);
        let one = matching(&["hill.sch.uk"], &[]);
        check(&one, ["maya@hill.sch.uk", "", "", ""], true);
        check(&one, ["maya@HILL.sch.uk", "maya@hill.sch.uk", "hill.sch.uk", ""], true);
        check(&one, ["maya", "maya@hill.sch.uk", "", ""], true);
        check(&one, ["maya", "", "", ""], false);
        check(&one, ["maya@hill.sch.uk", "maya@example.org", "", ""], false);
        check(&one, ["maya@hill.sch.uk.example.org", "", "", ""], false);
        check(&one, ["maya@nothill.sch.uk", "", "", ""], false);
        check(&one, ["maya@x@hill.sch.uk", "", "vale.sch.uk", ""], false);
        let tenant = matching(&[], &["t-1"]);
        check(&tenant, ["maya", "", "", "t-1"], true);
        check(&tenant, ["maya", "", "", "t-2"], false);
        check(&tenant, ["maya", "", "", ""], false);
    }
}
