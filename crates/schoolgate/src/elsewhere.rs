//! What the console and the gate ask of those who keep accounts outside of Schoolgate: hands it to `workers`.
use std::fs;

use anyhow::Context as _;
use console::{BACK, Elsewhere};
use futures_util::future::{BoxFuture, FutureExt as _, ready};
use school::{Id, NotLetIn, Person, RoundTrip, School};
use store::Db;
use workers::{
    Clock, Fetch, Health,
    identity::{Matching, OpenId, OpenIdSettings},
};

use crate::config::Config;

/// The school's identity provider and its directory, where it has any. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Accounts {
    school: Id<School>,
    button: String,
    back: String,
    pub(crate) open_id: Option<OpenId>,
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
    let Some(oidc) = &config.sign_in.oidc else { return Ok(None) };
    let client_secret = match &oidc.client_secret_file {
        None => None,
        Some(file) => {
            let text = fs::read_to_string(file);
            let text = text.with_context(|| format!("{} cannot be read", file.display()))?;
            Some(text.trim_end().to_owned())
        }
    };
    let settings = OpenIdSettings {
        issuer: oidc.issuer.clone(),
        client_id: oidc.client_id.clone(),
        client_secret,
        prompt: oidc.prompt.clone(),
        matching: Matching {
            school,
            issuer: oidc.issuer.clone(),
            claim: oidc.claim,
            domains: oidc.domains.clone(),
            tenants: oidc.tenants.clone(),
        },
    };
    let open_id = OpenId::new(settings, fetch, db.clone(), health.clone(), clock.clone());
    Ok(Some(Accounts {
        school,
        button: oidc.button.clone(),
        back: format!("{}{BACK}", config.console.url),
        open_id: Some(open_id),
    }))
}

impl Elsewhere for Accounts {
    fn school(&self) -> Option<Id<School>> {
        Some(self.school)
    }

    fn button(&self) -> Option<&str> {
        self.open_id.as_ref().map(|_| self.button.as_str())
    }

    fn back(&self) -> String {
        self.back.clone()
    }

    fn address<'a>(&'a self, trip: &'a RoundTrip) -> BoxFuture<'a, Result<String, NotLetIn>> {
        match &self.open_id {
            Some(it) => it.address(trip).boxed(),
            None => ready(Err(NotLetIn::NotSetUp)).boxed(),
        }
    }

    fn person<'a>(&'a self, trip: &'a RoundTrip, code: &'a str) -> BoxFuture<'a, Result<Person, NotLetIn>> {
        match &self.open_id {
            Some(it) => it.person(trip, code).boxed(),
            None => ready(Err(NotLetIn::NotSetUp)).boxed(),
        }
    }

    fn is_right<'a>(&'a self, _: &'a Person, _: &'a str) -> BoxFuture<'a, Result<bool, NotLetIn>> {
        ready(Err(NotLetIn::NotSetUp)).boxed()
    }
}
