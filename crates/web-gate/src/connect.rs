//! `CONNECT`: who asks, and for what. What becomes of the tunnel is decided in stages ([`crate::intercept`]).
use std::sync::Arc;

use gate::{Desk, Notice, Ruling, SignInBy, Snapshot, UpstreamFault, Wants, Who};
use http::{HeaderValue, Request, Response, header};
use hyper::body::Incoming;
use jiff::Timestamp;
use policy::{Carried, Method, Stage, Target};

use crate::{
    body::Answer,
    caller::{Caller, Next},
    entry::Entry,
    exchange::Case,
    origin::Origin,
};

/// A tunnel that was granted and is not yet decided.
pub(crate) struct Wanted {
    pub(crate) target: Target,
    pub(crate) credentials: Option<HeaderValue>,
    /// `None`: a tunnel to the gate itself.
    pub(crate) ruled: Option<Ruled>,
}

/// What was found at `CONNECT`.
pub(crate) struct Ruled {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) who: Who,
    pub(crate) now: Timestamp,
    pub(crate) ruling: Ruling,
    pub(crate) entry: Box<Entry>,
}

/// Grants the tunnel, so that a notice can be shown inside it, unless the browser can be told at once: browsers
/// show nothing of a `CONNECT` that was refused.
pub(crate) async fn ask(
    caller: &Arc<Caller>,
    request: Request<Incoming>,
    target: Target,
) -> Response<Answer> {
    let (snapshot, now) = (caller.snapshot(), caller.now());
    let credentials = request.headers().get(header::PROXY_AUTHORIZATION).cloned();
    if target.host().name().is_some_and(|it| Desk::is_gate(&snapshot, it)) {
        return grant(caller, request, Wanted { target, credentials, ruled: None });
    }
    let (who, refused) = match caller.who(&snapshot, request.headers(), now).await {
        Ok(who) => (who, None),
        Err(refusal) => (Who::Nobody, Some(refusal)),
    };
    let (sent, wants, carried) = (http::Uri::default(), Wants::Part, Carried::Tunnel);
    let case = Case { caller, snapshot, who, target, sent, now, wants, carried };
    let ruling = case.judge(Stage::Connect);
    let entry = case.entry(Method::Connect, &ruling);
    entry.room().await;
    let by_proxy = case.snapshot.settings.sign_in == SignInBy::Proxy;
    // Who is known, but is not to be let in at this time, is told so by a page inside the tunnel.
    let at_once = refused.map_or(by_proxy, |it| !it.knows_them());
    if matches!(ruling, Ruling::SignIn(_)) && at_once {
        return case.notice(Notice::SignIn(refused), entry);
    }
    let upstreams = &caller.lane.house.upstreams;
    let unreachable =
        case.target.host().address().is_some_and(|it| !upstreams.reach.allows_at(it, case.target.port()));
    if unreachable && !upstreams.pins(&Origin::of(&case.target)) {
        return case.failed(UpstreamFault::Private.into(), entry);
    }
    let Case { snapshot, who, target, now, .. } = case;
    let ruled = Some(Ruled { snapshot, who, now, ruling, entry });
    grant(caller, request, Wanted { target, credentials, ruled })
}

fn grant(caller: &Caller, request: Request<Incoming>, wanted: Wanted) -> Response<Answer> {
    *caller.next.lock() = Some(Next::Tunnel(hyper::upgrade::on(request), Box::new(wanted)));
    Response::new(Answer::nothing(None, &caller.pace))
}
