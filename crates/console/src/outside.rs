//! Two doors behind the sign-in: coming in from outside (ACC-22, ACC-23), and waiting for the head (ACC-19).
use std::net::{IpAddr, SocketAddr};

use axum::{extract::ConnectInfo, http::Extensions};
use jiff::Timestamp;
use school::{
    Line, Person,
    exceptional::{Held, is_asked},
    remote::may_enter,
};
use store::{audit, exceptional};

use crate::{Console, failure::Failure, staff::Staff};

/// Where the request comes from, as far as the server knows.
pub(crate) fn address(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|it| it.0.ip())
}

impl Console {
    /// The way by which they come in from outside; `None`: they are not outside.
    ///
    /// # Errors
    /// [`Failure::Outside`] where no approval of it is in force.
    pub(crate) async fn enters(
        &self,
        person: &Person,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<Option<Line>, Failure> {
        let Some(route) = self.route(person, address) else { return Ok(None) };
        let mut tx = self.db.read().await?;
        let approvals = store::remote::of_person(&mut tx, person.school, person.id, now).await?;
        may_enter(person, &approvals, route.as_str(), now).map_err(Failure::Outside)?;
        Ok(Some(route))
    }

    /// As [`Console::enters`], at the sign-in: either answer stands in the audit trail (LOG-03).
    pub(crate) async fn arrives(
        &self,
        person: &Person,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let entered = self.enters(person, address, now).await;
        let act = match &entered {
            Ok(None) => return Ok(()),
            Ok(Some(_)) => "remote access: signed in",
            Err(Failure::Outside(_)) => "remote access: refused",
            Err(_) => return entered.map(drop),
        };
        let from = address.map(|it| it.to_string()).unwrap_or_default();
        let route = self.route(person, address);
        let route = route.as_ref().map_or("", Line::as_str);
        let words = format!("{from}, from outside by {route}, at the console");
        let by = store::By { person: Some(person.id), name: person.name.to_string(), at: now };
        let mut tx = self.db.write().await?;
        audit::note(&mut tx, &by, person.school, act, person.username.as_str(), None, Some(&words)).await?;
        tx.commit().await?;
        entered.map(drop)
    }

    fn route(&self, person: &Person, address: Option<IpAddr>) -> Option<Line> {
        (self.in_force)(person.school)?.routes().by(address?).cloned()
    }

    /// Whoever waits for the head works with nothing of the school's; what is their own stays open.
    pub(crate) async fn held(&self, staff: &Staff) -> Result<Option<Held>, Failure> {
        if !is_asked(&staff.settings, staff.person.roles) {
            return Ok(None);
        }
        let mut tx = self.db.read().await?;
        Ok(exceptional::held_of(&mut tx, &staff.settings, &staff.person).await?)
    }
}
