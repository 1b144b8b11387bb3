//! The first look at a request: what is it, and is it sound?
use gate::Desk;
use http::{Method, Request, StatusCode, header};
use policy::{Scheme, Target};

use crate::caller::Caller;

pub(crate) enum Admitted {
    Connect(Target),
    /// For the gate itself.
    Desk,
    Site(Target),
    Not(StatusCode, &'static str),
}

const NOT_A_PLACE: Admitted = Admitted::Not(StatusCode::BAD_REQUEST, "that address cannot exist");

pub(crate) fn admit<B>(caller: &Caller, request: &Request<B>) -> Admitted {
    if request.method() == Method::CONNECT {
        return connect(caller, request);
    }
    // It says back what a request held, to scripts that may not see it (RFC 9110 section 9.3.8).
    if request.method() == Method::TRACE {
        return Admitted::Not(StatusCode::METHOD_NOT_ALLOWED, "TRACE is not answered");
    }
    // HTTP/2 frames a body by itself and may carry lengths that contradict each other; as HTTP/1 towards a site they
    // would let one person's request begin inside another's.
    if request.headers().get_all(header::CONTENT_LENGTH).iter().nth(1).is_some() {
        return Admitted::Not(StatusCode::BAD_REQUEST, "the request gives its length twice");
    }
    let path = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let host = match host(request) {
        Ok(host) => host,
        Err(not) => return not,
    };
    let named = request.uri().authority().map(http::uri::Authority::as_str);
    let target = match (&caller.inside, request.uri().scheme_str(), named.or(host)) {
        (Some(inside), _, named) => {
            let Some(named) = named else {
                return Admitted::Not(StatusCode::BAD_REQUEST, "the request names no host");
            };
            let target = Target::from_parts(inside.scheme, named, path);
            // A request for another site inside this one's tunnel would be judged as one and answered by the other.
            if target.as_ref().is_ok_and(|it| *it.host() != inside.host || it.port() != inside.port) {
                return Admitted::Not(StatusCode::MISDIRECTED_REQUEST, "this connection is for another site");
            }
            target
        }
        (None, Some(scheme), Some(authority)) => {
            let scheme = if scheme.eq_ignore_ascii_case("http") {
                Scheme::Http
            } else if scheme.eq_ignore_ascii_case("https") {
                Scheme::Https
            } else {
                return Admitted::Not(StatusCode::BAD_REQUEST, "only http and https can be asked for");
            };
            Target::from_parts(scheme, authority, path)
        }
        // Origin form: the device has no proxy set, and speaks to the gate.
        (None, None, named) => {
            let snapshot = caller.lane.house.desk.current.load();
            if named.is_none_or(|it| Desk::answers_to(&snapshot, it, request.uri().path())) {
                return Admitted::Desk;
            }
            return Admitted::Not(StatusCode::MISDIRECTED_REQUEST, "that name is not this gate's");
        }
        (None, Some(_), None) => return NOT_A_PLACE,
    };
    let Ok(target) = target else { return NOT_A_PLACE };
    let snapshot = caller.lane.house.desk.current.load();
    if target.host().name().is_some_and(|it| Desk::is_gate(&snapshot, it)) {
        return Admitted::Desk;
    }
    Admitted::Site(target)
}

fn connect<B>(caller: &Caller, request: &Request<B>) -> Admitted {
    if caller.inside.is_some() {
        return Admitted::Not(StatusCode::METHOD_NOT_ALLOWED, "no tunnel inside a tunnel");
    }
    let Some(authority) = request.uri().authority() else { return NOT_A_PLACE };
    if authority.port().is_none() || authority.as_str().contains('@') {
        return NOT_A_PLACE;
    }
    // RFC 9110 section 9.3.6: a body has no meaning here; a sender that frames one is confused or an attack.
    let framed = request.headers().get(header::CONTENT_LENGTH).is_some_and(|it| it.as_bytes() != b"0")
        || request.headers().contains_key(header::TRANSFER_ENCODING);
    if framed {
        return Admitted::Not(StatusCode::BAD_REQUEST, "CONNECT has no body");
    }
    match Target::from_parts(Scheme::Https, authority.as_str(), "/") {
        Ok(target) => Admitted::Connect(target),
        Err(_) => NOT_A_PLACE,
    }
}

/// The one `Host` header. More than one is refused (RFC 9112 section 3.2); one that disagrees with an absolute
/// address is rewritten later, because the address wins.
fn host<B>(request: &Request<B>) -> Result<Option<&str>, Admitted> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let first = hosts.next();
    if hosts.next().is_some() {
        return Err(Admitted::Not(StatusCode::BAD_REQUEST, "the request names its host twice"));
    }
    first.map(|it| it.to_str()).transpose().map_err(|_| NOT_A_PLACE)
}
