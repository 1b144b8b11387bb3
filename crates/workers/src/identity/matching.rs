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
    /// The provider is the school's own, and keeps accounts of nobody else.
    pub only_ours: bool,
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
        // Nearly always there is nothing to write, and nobody who writes is waited for.
        let mut tx = db.read().await.map_err(|err| broken(&err))?;
        let (person, is_linked) = self.found(&mut tx, said).await?;
        drop(tx);
        if !person.stay.covers(now) {
            return Err(NotLetIn::NotNow);
        }
        if !is_linked {
            self.link(db, &person, said, now).await?;
        }
        Ok(person)
    }

    /// Whether the provider vouches for somebody of this school at all.
    fn ours(&self, said: &Said) -> Result<(), NotLetIn> {
        let ours = |tenant: &String| self.tenants.contains(tenant);
        if !self.tenants.is_empty() && !said.tenant.as_ref().is_some_and(ours) {
            return Err(NotLetIn::Foreign);
        }
        if self.domains.is_empty() {
            // A name alone says nothing: whoever comes first could take anybody's (OpenID Connect Core 1.0, 5.7).
            let vouched = self.claim == Claim::Email || self.only_ours || !self.tenants.is_empty();
            return if vouched { Ok(()) } else { Err(NotLetIn::Foreign) };
        }
        let email = said.email.as_deref().and_then(domain);
        let username = said.username.as_deref().and_then(domain);
        let named = [said.hosted.as_deref(), email, username];
        if !named.into_iter().flatten().all(|it| self.is_ours(it)) {
            return Err(NotLetIn::Foreign);
        }
        // An address that the provider has not made sure of may be anybody's: it speaks against them, never for.
        let proof = [said.hosted.as_deref(), username, email.filter(|_| said.email_verified)];
        let proven = self.only_ours || !self.tenants.is_empty() || proof.iter().any(Option::is_some);
        if proven { Ok(()) } else { Err(NotLetIn::Foreign) }
    }

    fn is_ours(&self, domain: &str) -> bool {
        self.domains.iter().any(|it| it.eq_ignore_ascii_case(domain))
    }

    /// And whether their account at the provider is known to be theirs.
    async fn found(&self, tx: &mut Tx, said: &Said) -> Result<(Person, bool), NotLetIn> {
        let linked = accounts::linked(tx, &self.issuer, &said.subject).await.map_err(|err| broken(&err))?;
        let Some((school, id)) = linked else { return Ok((self.by_claim(tx, said).await?, false)) };
        if school != self.school {
            return Err(NotLetIn::Foreign);
        }
        let kept = people::get(tx, school, id).await.map_err(|err| broken(&err))?;
        Ok((kept.ok_or(NotLetIn::Unknown)?.person, true))
    }

    async fn link(&self, db: &Db, person: &Person, said: &Said, now: Timestamp) -> Result<(), NotLetIn> {
        let (issuer, subject) = (&self.issuer, &said.subject);
        let mut tx = db.write().await.map_err(|err| broken(&err))?;
        match accounts::linked(&mut tx, issuer, subject).await.map_err(|err| broken(&err))? {
            // Meanwhile, in another browser.
            Some((_, id)) if id == person.id => return Ok(()),
            Some(_) => return Err(NotLetIn::Taken),
            None => {}
        }
        let by = By { person: Some(person.id), name: person.name.to_string(), at: now };
        let kept = accounts::link(&mut tx, &by, person, issuer, subject).await;
        kept.map_err(|err| match err {
            // The name was given to somebody else at the provider, or somebody claims it.
            StoreError::Taken(_) => NotLetIn::Taken,
            err => broken(&err),
        })?;
        tx.commit().await.map_err(|err| broken(&err))
    }

    async fn by_claim(&self, tx: &mut Tx, said: &Said) -> Result<Person, NotLetIn> {
        let known = match self.claim {
            Claim::Username => {
                let mut known = Vec::new();
                for school in schools::all(tx).await.map_err(|err| broken(&err))? {
                    known.extend(self.by_username(tx, school.id, said).await?);
                }
                known
            }
            Claim::Email => {
                let email = said.proven_email().ok_or(NotLetIn::Unproven)?;
                let kept = people::by_email(tx, &email).await.map_err(|err| broken(&err))?;
                kept.into_iter().map(|it| it.person).collect()
            }
        };
        let (mut ours, others): (Vec<Person>, Vec<Person>) =
            known.into_iter().partition(|it| it.school == self.school);
        match (ours.pop(), others.is_empty()) {
            (None, true) => Err(NotLetIn::Unknown),
            (None, false) => Err(NotLetIn::Foreign),
            // Two people who share an address are nobody in particular.
            (Some(_), _) if !ours.is_empty() => Err(NotLetIn::Unknown),
            (Some(it), _) => {
                if self.claim == Claim::Username {
                    self.meant(tx, said, &it, &others).await?;
                }
                Ok(it)
            }
        }
    }

    /// Where others go by the same name at other schools of the trust: whether ours is the one that is vouched for.
    async fn meant(
        &self,
        tx: &mut Tx,
        said: &Said,
        ours: &Person,
        others: &[Person],
    ) -> Result<(), NotLetIn> {
        if let Some(email) = said.proven_email().as_ref() {
            if ours.email.as_ref() == Some(email) {
                return Ok(());
            }
            if others.iter().any(|it| it.email.as_ref() == Some(email)) {
                return Err(NotLetIn::Foreign);
            }
        }
        for other in others {
            // Somebody of another domain would not have been vouched for, nor under another number.
            let theirs = other.email.as_ref().and_then(|it| domain(it.as_str()));
            let of_another = !self.domains.is_empty() && theirs.is_some_and(|it| !self.is_ours(it));
            let link = accounts::link_of(tx, &self.issuer, other.id).await.map_err(|err| broken(&err))?;
            if !of_another && link.is_none() {
                return Err(NotLetIn::Unproven);
            }
        }
        Ok(())
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

impl Said {
    fn proven_email(&self) -> Option<Email> {
        self.email.as_deref().filter(|_| self.email_verified)?.parse().ok()
    }
}

fn domain(address: &str) -> Option<&str> {
    address.rsplit_once('@').map(|(_, domain)| domain)
}

fn broken(err: &StoreError) -> NotLetIn {
    tracing::error!("a sign-in with a school account failed: {}", told(err));
    NotLetIn::Down
}

#[cfg(test)]
mod tests;
