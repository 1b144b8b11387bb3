//! What the console and the gate ask of those who keep accounts outside of Schoolgate: hands it to `workers`.
use std::{fs, path::Path};

use anyhow::Context as _;
use console::{BACK, Elsewhere};
use futures_util::future::{BoxFuture, FutureExt as _, ready};
use school::{Id, NotLetIn, Person, RoundTrip, School};
use store::Db;
use workers::{
    Clock, Fetch, Health,
    identity::{Directory, DirectorySettings, Find, Matching, OpenId, OpenIdSettings},
};

use crate::config::{Config, LdapFind};

/// The school's identity provider and its directory, where it has any. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Accounts {
    school: Id<School>,
    button: String,
    back: String,
    pub(crate) asked: workers::identity::Accounts,
}

/// `None`: the school has neither.
pub(crate) fn accounts(
    config: &Config,
    school: Id<School>,
    fetch: Fetch,
    db: &Db,
    health: &Health,
    clock: &Clock,
) -> anyhow::Result<Option<Accounts>> {
    let sign_in = &config.sign_in;
    if sign_in.oidc.is_none() && sign_in.ldap.is_none() {
        return Ok(None);
    }
    let directory = directory(config, &fetch, health)?;
    let open_id = match &sign_in.oidc {
        None => None,
        Some(oidc) => {
            let settings = OpenIdSettings {
                issuer: oidc.issuer.clone(),
                client_id: oidc.client_id.clone(),
                client_secret: oidc.client_secret_file.as_deref().map(secret).transpose()?,
                prompt: oidc.prompt.clone(),
                matching: Matching {
                    school,
                    issuer: oidc.issuer.clone(),
                    claim: oidc.claim,
                    domains: oidc.domains.clone(),
                    tenants: oidc.tenants.clone(),
                    only_ours: oidc.only_ours,
                },
            };
            Some(OpenId::new(settings, fetch, db.clone(), health.clone(), clock.clone()))
        }
    };
    Ok(Some(Accounts {
        school,
        button: sign_in.oidc.as_ref().map(|it| it.button.clone()).unwrap_or_default(),
        back: format!("{}{BACK}", config.console.url),
        asked: workers::identity::Accounts { open_id, directory },
    }))
}

fn directory(config: &Config, fetch: &Fetch, health: &Health) -> anyhow::Result<Option<Directory>> {
    let Some(ldap) = &config.sign_in.ldap else { return Ok(None) };
    let find = match &ldap.find {
        LdapFind::Name(template) => Find::Name(template.clone()),
        LdapFind::Search { account, password_file, base, filter } => Find::Search {
            account: account.clone(),
            password: secret(password_file)?,
            base: base.clone(),
            filter: filter.clone(),
        },
    };
    let settings = DirectorySettings { url: ldap.url.clone(), start_tls: ldap.start_tls, find };
    Ok(Some(Directory::new(settings, fetch, health.clone())))
}

fn secret(file: &Path) -> anyhow::Result<String> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(text.trim_end().to_owned())
}

impl Elsewhere for Accounts {
    fn school(&self) -> Option<Id<School>> {
        Some(self.school)
    }

    fn button(&self) -> Option<&str> {
        self.asked.open_id.as_ref().map(|_| self.button.as_str())
    }

    fn back(&self) -> String {
        self.back.clone()
    }

    fn address<'a>(&'a self, trip: &'a RoundTrip) -> BoxFuture<'a, Result<String, NotLetIn>> {
        match &self.asked.open_id {
            Some(it) => it.address(trip).boxed(),
            None => ready(Err(NotLetIn::NotSetUp)).boxed(),
        }
    }

    fn person<'a>(&'a self, trip: &'a RoundTrip, code: &'a str) -> BoxFuture<'a, Result<Person, NotLetIn>> {
        match &self.asked.open_id {
            Some(it) => it.person(trip, code).boxed(),
            None => ready(Err(NotLetIn::NotSetUp)).boxed(),
        }
    }

    fn is_right<'a>(
        &'a self,
        person: &'a Person,
        password: &'a str,
    ) -> BoxFuture<'a, Result<bool, NotLetIn>> {
        match &self.asked.directory {
            Some(it) => it.is_right(person, password).boxed(),
            None => ready(Err(NotLetIn::NotSetUp)).boxed(),
        }
    }
}
