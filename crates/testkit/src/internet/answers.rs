//! What pretend sites answer, by path.
use std::{
    convert::Infallible,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    pin::Pin,
    sync::{Arc, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::{body::Incoming, rt::Executor};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinSet,
};

use super::{Reached, Shelf, Visits};

/// Why a body has no end.
type Broken = Box<dyn std::error::Error + Send + Sync>;
type Answer = Response<BoxBody<Bytes, Broken>>;

/// - `/big/N`: N bytes with their length; `/chunked/N`: N pieces of 1,000 bytes without
/// - `/stream/N`: at least N bytes in large pieces, without their length, made as they are read
/// - `/echo`: what was sent; `/count`: how many bytes were sent
/// - `/stops/N`: N pieces of 1,000 bytes, and then it breaks off
/// - `/trailers`: a body with a trailer
/// - `/status/N`: that status, empty
/// - `/header/NAME/VALUE`: with that header
/// - `/ws`: a WebSocket that says everything back
/// - what was published there, or the range of it that is asked for (RFC 9110, section 14)
/// - anything else: `hello from NAME, PATH`
pub(super) async fn answer(
    mut request: Request<Incoming>,
    site: Arc<str>,
    (visits, shelf): (Visits, Shelf),
    connection: usize,
) -> Result<Answer, hyper::Error> {
    let path = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned();
    visits.lock().unwrap_or_else(PoisonError::into_inner).push(Reached {
        site: site.to_string(),
        method: request.method().to_string(),
        path: path.clone(),
        version: request.version(),
        headers: request.headers().clone(),
        connection,
    });
    let published = shelf.lock().unwrap_or_else(PoisonError::into_inner).get(&path).cloned();
    if let Some(bytes) = published {
        return Ok(file(&request, bytes));
    }
    let mut segments = path.split('?').next().unwrap_or(&path).split('/').skip(1);
    let number = |part: Option<&str>| part.and_then(|it| it.parse().ok()).unwrap_or(0);
    Ok(match (segments.next(), segments.next()) {
        (Some("big"), length) => Response::new(full(vec![b'x'; number(length)])),
        (Some("chunked"), pieces) => Response::new(Pieces::of(SMALL, number(pieces)).boxed()),
        (Some("stream"), bytes) => {
            Response::new(Pieces::of(LARGE, number(bytes).div_ceil(LARGE.len())).boxed())
        }
        (Some("stops"), pieces) => {
            Response::new(Pieces { then: Then::Stop, ..Pieces::of(SMALL, number(pieces)) }.boxed())
        }
        (Some("trailers"), _) => {
            let mut answer = Response::new(Pieces { then: Then::Trailer, ..Pieces::of(SMALL, 2) }.boxed());
            answer.headers_mut().insert(header::TRAILER, HeaderValue::from_static("x-sum"));
            answer
        }
        (Some("echo"), _) => Response::new(request.into_body().map_err(Into::into).boxed()),
        (Some("count"), _) => {
            let mut body = request.into_body();
            let mut count = 0;
            while let Some(frame) = body.frame().await {
                count += frame?.data_ref().map_or(0, Bytes::len);
            }
            Response::new(full(count.to_string()))
        }
        (Some("status"), status) => {
            let mut answer = Response::new(full(""));
            *answer.status_mut() = status.and_then(|it| it.parse().ok()).unwrap_or_default();
            answer
        }
        (Some("header"), name) => {
            let mut answer = Response::new(full("with a header"));
            let value = segments.next().unwrap_or_default();
            if let (Ok(name), Ok(value)) =
                (name.unwrap_or_default().parse::<header::HeaderName>(), value.replace('+', "/").parse())
            {
                answer.headers_mut().insert(name, value);
            }
            answer
        }
        (Some("ws"), _) => switch(&mut request),
        _ => Response::new(full(format!("hello from {site}, {path}"))),
    })
}

fn file(request: &Request<Incoming>, bytes: Bytes) -> Answer {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let etag = format!("\"{:x}\"", hasher.finish());
    let said = |name: header::HeaderName| request.headers().get(name).and_then(|it| it.to_str().ok());
    let whole = bytes.len();
    let range = said(header::RANGE).filter(|_| said(header::IF_RANGE).is_none_or(|it| it == etag));
    let mut answer = if said(header::IF_NONE_MATCH) == Some(&etag) {
        with(StatusCode::NOT_MODIFIED, Bytes::new())
    } else if let Some((from, to)) = range.and_then(|it| it.strip_prefix("bytes=")?.split_once('-')) {
        let from = from.parse().unwrap_or(0);
        let end = to.parse().map_or(whole, |to: usize| whole.min(to + 1));
        let (status, piece, place) = if from < end {
            (StatusCode::PARTIAL_CONTENT, bytes.slice(from..end), format!("bytes {from}-{}/{whole}", end - 1))
        } else {
            (StatusCode::RANGE_NOT_SATISFIABLE, Bytes::new(), format!("bytes */{whole}"))
        };
        let mut answer = with(status, piece);
        answer.headers_mut().insert(header::CONTENT_RANGE, place.parse().expect("digits"));
        answer
    } else {
        with(StatusCode::OK, bytes)
    };
    answer.headers_mut().insert(header::ETAG, etag.parse().expect("hexadecimal"));
    answer
}

fn with(status: StatusCode, body: Bytes) -> Answer {
    let mut answer = Response::new(full(body));
    *answer.status_mut() = status;
    answer
}

fn full(body: impl Into<Bytes>) -> BoxBody<Bytes, Broken> {
    Full::new(body.into()).map_err(|never: Infallible| match never {}).boxed()
}

fn switch(request: &mut Request<Incoming>) -> Answer {
    let upgrade = hyper::upgrade::on(request);
    TokioExecutor::new().execute(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let (mut from, mut to) = tokio::io::split(TokioIo::new(upgraded));
        let _ = tokio::io::copy(&mut from, &mut to).await;
    });
    let mut answer = Response::new(full(""));
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    answer.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    answer
}

static SMALL: &[u8] = &[b'y'; 1_000];
static LARGE: &[u8] = &[b'y'; 64 * 1024];

/// Pieces of unknown number, with or without a trailer at the end.
struct Pieces {
    piece: &'static [u8],
    left: usize,
    then: Then,
    sent: bool,
}

/// How a body ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    End,
    Trailer,
    /// It breaks off, when what came before has been sent.
    Stop,
}

impl Pieces {
    fn of(piece: &'static [u8], left: usize) -> Pieces {
        Pieces { piece, left, then: Then::End, sent: false }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if self.left > 0 {
            self.left -= 1;
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(self.piece)))));
        }
        let then = std::mem::replace(&mut self.then, Then::End);
        if then == Then::Stop {
            if self.sent {
                return Poll::Ready(Some(Err("it breaks off here".into())));
            }
            // The connection sends what it has while it waits for more.
            (self.sent, self.then) = (true, Then::Stop);
            let waker = context.waker().clone();
            TokioExecutor::new().execute(async move {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                waker.wake();
            });
            return Poll::Pending;
        }
        if then == Then::Trailer {
            let mut trailers = HeaderMap::new();
            trailers.insert("x-sum", HeaderValue::from_static("2000"));
            return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
        }
        Poll::Ready(None)
    }
}

pub(super) async fn raw(listener: TcpListener, says: Option<&'static [u8]>) {
    let mut connections = JoinSet::new();
    while let Ok((mut tcp, _)) = listener.accept().await {
        connections.spawn(async move {
            let mut asked = [0; 4_096];
            let _ = tcp.read(&mut asked).await;
            match says {
                Some(says) => {
                    let _ = tcp.write_all(says).await;
                }
                None => std::future::pending().await,
            }
        });
    }
}
