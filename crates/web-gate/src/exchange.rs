//! One request, in the order of its phases: admit, who, judge, forward, judge again, answer.
use std::{
    future::poll_fn,
    sync::{Arc, atomic::AtomicU64},
};

use gate::{Asked, Notice, Ruling, Snapshot, UpstreamFault, Wants, Who, judge};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, Version, header, request};
use hyper::body::Incoming;
use jiff::Timestamp;
use policy::{Carried, Decision, Outcome, Scheme, Stage, Target};
use tokio::time::timeout;

use crate::{
    admit::{Admitted, admit},
    body::{Answer, Upload},
    caller::{Caller, Next},
    connect, desk, dial,
    entry::{Entry, Facts, method},
    fault::Fault,
    headers::{clean_answer, clean_request, file_name, join_cookies, media_type, upgrades},
    link::{Link, Way},
    notices::{plain, send},
    origin::Origin,
    pace::Busy,
    safe::make_safe,
    upstreams::Parent,
};

/// What hyper calls for each request. Never fails: whatever goes wrong has a page.
pub(crate) async fn answer(caller: &Arc<Caller>, request: Request<Incoming>) -> Response<Answer> {
    let _busy = Busy::new(&caller.pace);
    match admit(caller, &request) {
        // Boxed, so that the common path does not make room for the rare ones at each request.
        Admitted::Connect(target) => Box::pin(connect::ask(caller, request, target)).await,
        Admitted::Desk => Box::pin(desk::answer(caller, request)).await,
        Admitted::Site(target) => site(caller, request, target).await,
        Admitted::Not(status, why) => plain(caller, status, why),
    }
}

/// All that the phases of one request share.
pub(crate) struct Case<'a> {
    pub(crate) caller: &'a Arc<Caller>,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) who: Who,
    pub(crate) target: Target,
    /// As it was sent: [`Target`] is for deciding.
    pub(crate) sent: Uri,
    pub(crate) now: Timestamp,
    pub(crate) wants: Wants,
    pub(crate) carried: Carried,
}

impl Case<'_> {
    pub(crate) fn judge(&self, stage: Stage<'_>) -> Ruling {
        let ruling = judge(&self.snapshot, &self.who, self.caller.device, &self.target, stage, self.now);
        let desk = &self.caller.lane.house.desk;
        desk.passes.settle(ruling, &self.who, self.caller.device, &self.target, self.now)
    }

    fn asked<'b>(&'b self, url: &'b str) -> Asked<'b> {
        Asked {
            target: &self.target,
            url,
            who: &self.who,
            device: self.caller.device,
            wants: self.wants,
            inside: self.caller.inside.is_some(),
            now: self.now,
        }
    }

    pub(crate) fn entry(&self, method: policy::Method, ruling: &Ruling) -> Box<Entry> {
        let facts = Facts {
            snapshot: &self.snapshot,
            who: &self.who,
            device: self.caller.device,
            at: self.now,
            method,
            target: &self.target,
            ruling,
            carried: self.carried,
        };
        Entry::new(&self.caller.lane, &facts)
    }

    /// A notice instead of what was asked for.
    pub(crate) fn notice(&self, notice: Notice<'_>, entry: Box<Entry>) -> Response<Answer> {
        let path = self.sent.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let url = format!("{}://{}{path}", self.target.scheme().as_str(), text(&Origin::of(&self.target)));
        let page = self.caller.lane.house.desk.notice(&self.snapshot, notice, &self.asked(&url));
        send(self.caller, page, Some(entry))
    }

    pub(crate) fn failed(&self, fault: Fault, mut entry: Box<Entry>) -> Response<Answer> {
        entry.outcome(Outcome::Failed);
        self.notice(notice_of(fault), entry)
    }
}

pub(crate) fn notice_of(fault: Fault) -> Notice<'static> {
    match fault {
        Fault::Certificate(it) => Notice::Certificate(it),
        Fault::Upstream(it) => Notice::Upstream(it),
    }
}

/// What the asker can make use of, from its headers.
pub(crate) fn wants(headers: &HeaderMap) -> Wants {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    Wants::of(text("sec-fetch-mode"), text("sec-fetch-dest"), text("accept"))
}

async fn site(caller: &Arc<Caller>, request: Request<Incoming>, target: Target) -> Response<Answer> {
    let (snapshot, now) = (caller.snapshot(), caller.now());
    let (who, refused) = match caller.who(&snapshot, request.headers(), now).await {
        Ok(who) => (who, None),
        Err(refusal) => (Who::Nobody, Some(refusal)),
    };
    let carried = match (&caller.inside, target.scheme()) {
        (_, Scheme::Http) => Carried::Plain,
        (_, Scheme::Https) => Carried::Inspected,
    };
    let wants = wants(request.headers());
    let case = Case { caller, snapshot, who, target, sent: request.uri().clone(), now, wants, carried };
    let ruling = case.judge(Stage::Request);
    let entry = case.entry(method(request.method()), &ruling);
    entry.room().await;
    match &ruling {
        Ruling::Proceed(decision) => {
            if let Some(fault) = caller.inside.as_ref().and_then(|it| it.fault) {
                return case.failed(fault, entry);
            }
            forward(&case, decision, request, entry).await
        }
        Ruling::SignIn(_) => case.notice(Notice::SignIn(refused), entry),
        Ruling::Refuse(decision) => case.notice(Notice::Blocked(decision), entry),
        Ruling::Warn(decision) => case.notice(Notice::Warn(decision), entry),
        Ruling::Password(_) => case.notice(Notice::Password, entry),
        Ruling::Agree(_) => case.notice(Notice::Agree, entry),
        Ruling::Hold(_, held) => case.notice(Notice::Held(*held), entry),
    }
}

async fn forward(
    case: &Case<'_>,
    decision: &Decision,
    mut request: Request<Incoming>,
    mut entry: Box<Entry>,
) -> Response<Answer> {
    let caller = case.caller;
    let origin = Origin::of(&case.target);
    let switches = upgrades(request.headers()) && request.version() == Version::HTTP_11;
    let on_upgrade = switches.then(|| hyper::upgrade::on(&mut request));
    let (mut parts, body) = request.into_parts();
    clean_request(&mut parts.headers, switches);
    make_safe(&mut parts, decision.safe_search.as_ref());
    let upload = if http_body::Body::is_end_stream(&body) {
        Upload::Nothing
    } else {
        let count = Arc::new(AtomicU64::new(0));
        entry.up = Some(Arc::clone(&count));
        Upload::of(body, count, Arc::clone(&caller.pace))
    };
    let signed = signs(&parts.headers, header::AUTHORIZATION);
    let (answer, link, own) = match exchange(case, &origin, parts, upload).await {
        Ok(it) => it,
        Err(fault) => return case.failed(fault, entry),
    };
    let (mut head, incoming) = answer.into_parts();
    if head.status == StatusCode::SWITCHING_PROTOCOLS {
        let (Some(on_upgrade), Some(link), true) = (on_upgrade, link, upgrades(&head.headers)) else {
            return case.failed(UpstreamFault::Garbled.into(), entry);
        };
        return Box::pin(switch(case, head, *link, on_upgrade, entry)).await;
    }
    // Only a proxy may say so, and a browser would take it for ours and ask for a password.
    if head.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        let parent = parent(case, &origin).is_some();
        let fault = if parent { UpstreamFault::Parent } else { UpstreamFault::Garbled };
        return case.failed(fault.into(), entry);
    }
    let file_name = file_name(&head.headers);
    let stage = Stage::Response { media_type: media_type(&head.headers), file_name: file_name.as_deref() };
    let again = case.judge(stage);
    if let Ruling::Refuse(decision) | Ruling::Warn(decision) = &again
        && !decision.protected
    {
        entry.ruled(&again);
        entry.room().await;
        let notice = match &again {
            Ruling::Warn(_) => Notice::Warn(decision),
            _ => Notice::Blocked(decision),
        };
        return case.notice(notice, entry);
    }
    clean_answer(&mut head.headers, false);
    head.version = Version::HTTP_11;
    entry.status(head.status.as_u16());
    let theirs = signed || own || signs(&head.headers, header::WWW_AUTHENTICATE);
    if http_body::Body::is_end_stream(&incoming) {
        drop(incoming);
        give_back(caller, link, theirs).await;
        return Response::from_parts(head, Answer::nothing(Some(entry), &caller.pace));
    }
    Response::from_parts(head, Answer::site(incoming, link, caller, entry, theirs))
}

/// Sends the request over a waiting connection or a new one, and waits for the head of the answer. The last value:
/// the connection is this person's own.
async fn exchange(
    case: &Case<'_>,
    origin: &Origin,
    parts: request::Parts,
    upload: Upload,
) -> Result<(Response<Incoming>, Option<Box<Link>>, bool), Fault> {
    let lane = &case.caller.lane;
    let h2 = case.caller.inside.as_ref().is_some_and(|it| it.h2);
    let safe = matches!(upload, Upload::Nothing) && parts.method.is_idempotent();
    let mut upload = Some(upload);
    if let Some((way, own)) = case.caller.waiting(origin, h2) {
        // A site may close a waiting connection just as we use it (RFC 9110 section 9.2.2): then once more, anew.
        let spare = safe.then(|| parts.clone());
        let body = upload.take().unwrap_or(Upload::Nothing);
        match one(case, origin, way, parts, body).await {
            Err(Fault::Upstream(UpstreamFault::Stopped)) if spare.is_some() => {
                let Some(parts) = spare else { return Err(UpstreamFault::Stopped.into()) };
                let (way, _) = Box::pin(dial::open(lane, origin, h2)).await?;
                let (answer, link) = one(case, origin, way, parts, Upload::Nothing).await?;
                return Ok((answer, link, false));
            }
            outcome => return outcome.map(|(answer, link)| (answer, link, own)),
        }
    }
    let (way, _) = Box::pin(dial::open(lane, origin, h2)).await?;
    if let Way::Two(send) = &way {
        lane.pool.put_two(origin.clone(), send.clone());
    }
    let (answer, link) = one(case, origin, way, parts, upload.unwrap_or(Upload::Nothing)).await?;
    Ok((answer, link, false))
}

async fn one(
    case: &Case<'_>,
    origin: &Origin,
    way: Way,
    mut parts: request::Parts,
    upload: Upload,
) -> Result<(Response<Incoming>, Option<Box<Link>>), Fault> {
    let lane = &case.caller.lane;
    let patience = lane.house.limits.answer_head;
    let sent = async {
        match way {
            Way::One(mut link) => {
                address_one(case, origin, &mut parts);
                let answer = link.send(expecting(Request::from_parts(parts, upload))).await;
                Ok((answer.map_err(|it| Fault::of_hyper(&it))?, Some(link)))
            }
            Way::Two(mut send) => {
                address_two(origin, &mut parts)?;
                send.ready().await.map_err(|it| Fault::of_hyper(&it))?;
                let answer = send.send_request(Request::from_parts(parts, upload)).await;
                Ok((answer.map_err(|it| Fault::of_hyper(&it))?, None))
            }
        }
    };
    timeout(patience, sent).await.unwrap_or(Err(UpstreamFault::TimedOut.into()))
}

/// The person asks whether a body is wanted at all: the site is asked the same, and its answer counts.
fn expecting(mut request: Request<Upload>) -> Request<Upload> {
    let expects = request.headers().get(header::EXPECT);
    if expects.is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(b"100-continue"))
        && let Some(asked) = request.body_mut().hold()
    {
        hyper::ext::on_informational(&mut request, move |it| {
            if it.status() == StatusCode::CONTINUE {
                asked.cancel();
            }
        });
    }
    request
}

/// Origin form, or absolute form for a parent proxy.
fn address_one(case: &Case<'_>, origin: &Origin, parts: &mut request::Parts) {
    parts.version = Version::HTTP_11;
    join_cookies(&mut parts.headers);
    let host = host_header(origin);
    if parts.headers.get(header::HOST) != Some(&host) {
        parts.headers.insert(header::HOST, host);
    }
    let path = parts.uri.path_and_query().cloned();
    let path = path.unwrap_or_else(|| http::uri::PathAndQuery::from_static("/"));
    parts.uri = if let Some(parent) = parent(case, origin) {
        if let Some(credentials) = parent.credentials.as_ref().and_then(|it| it.header().parse().ok()) {
            parts.headers.insert(header::PROXY_AUTHORIZATION, credentials);
        }
        Uri::builder().scheme("http").authority(text(origin)).path_and_query(path.clone()).build()
    } else {
        Uri::builder().path_and_query(path).build()
    }
    .unwrap_or_default();
}

/// The parent proxy, where it is what answers to this plain request.
fn parent<'a>(case: &Case<'a>, origin: &Origin) -> Option<&'a Parent> {
    let upstreams = &case.caller.lane.house.upstreams;
    upstreams.parent.as_ref().filter(|_| origin.scheme == Scheme::Http && !upstreams.pins(origin))
}

fn address_two(origin: &Origin, parts: &mut request::Parts) -> Result<(), Fault> {
    parts.version = Version::HTTP_2;
    parts.headers.remove(header::HOST);
    parts.headers.remove(header::EXPECT);
    let path = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    parts.uri = Uri::builder()
        .scheme("https")
        .authority(text(origin))
        .path_and_query(path)
        .build()
        .map_err(|_| Fault::from(UpstreamFault::NotFound))?;
    Ok(())
}

/// `host`, with the port where it is not the scheme's own.
fn text(origin: &Origin) -> String {
    if origin.port == origin.scheme.default_port() { origin.host.to_string() } else { origin.authority() }
}

fn host_header(origin: &Origin) -> HeaderValue {
    HeaderValue::try_from(text(origin)).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Puts a link away as soon as it can carry the next request.
async fn give_back(caller: &Caller, link: Option<Box<Link>>, theirs: bool) {
    let Some(mut link) = link else { return };
    if poll_fn(|cx| std::task::Poll::Ready(link.is_ready(cx))).await {
        caller.keep(link, theirs);
    }
}

/// Whether a header speaks of a scheme that signs a whole connection in, not a request.
fn signs(headers: &HeaderMap, name: header::HeaderName) -> bool {
    headers.get_all(name).iter().any(|it| {
        let scheme = it.as_bytes().split(|&it| it == b' ').next().unwrap_or_default();
        scheme.eq_ignore_ascii_case(b"ntlm") || scheme.eq_ignore_ascii_case(b"negotiate")
    })
}

async fn switch(
    case: &Case<'_>,
    mut head: http::response::Parts,
    link: Link,
    on_upgrade: hyper::upgrade::OnUpgrade,
    mut entry: Box<Entry>,
) -> Response<Answer> {
    let caller = case.caller;
    let stream = link.into_stream().await;
    entry.status(101);
    clean_answer(&mut head.headers, true);
    *caller.next.lock() = Some(Next::Switched(on_upgrade, Box::new(stream), entry));
    Response::from_parts(head, Answer::nothing(None, &caller.pace))
}
