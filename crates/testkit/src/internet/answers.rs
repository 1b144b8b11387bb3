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

type Answer = Response<BoxBody<Bytes, hyper::Error>>;

/// - `/big/N`: N bytes with their length; `/chunked/N`: N pieces of 1,000 bytes without
/// - `/stream/N`: at least N bytes in large pieces, without their length, made as they are read
/// - `/echo`: what was sent; `/count`: how many bytes were sent
/// - `/trailers`: a body with a trailer
/// - `/status/N`: that status, empty
/// - `/header/NAME/VALUE`: with that header
/// - `/ws`: a WebSocket that says everything back
/// - what was published there
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
        (Some("trailers"), _) => {
            let mut answer = Response::new(Pieces { trailer: true, ..Pieces::of(SMALL, 2) }.boxed());
            answer.headers_mut().insert(header::TRAILER, HeaderValue::from_static("x-sum"));
            answer
        }
        (Some("echo"), _) => Response::new(request.into_body().boxed()),
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
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|it| *it == etag);
    let mut answer = Response::new(full(if known { Bytes::new() } else { bytes }));
    if known {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
    }
    answer.headers_mut().insert(header::ETAG, etag.parse().expect("hexadecimal"));
    answer
}

fn full(body: impl Into<Bytes>) -> BoxBody<Bytes, hyper::Error> {
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
    trailer: bool,
}

impl Pieces {
    fn of(piece: &'static [u8], left: usize) -> Pieces {
        Pieces { piece, left, trailer: false }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if self.left > 0 {
            self.left -= 1;
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(self.piece)))));
        }
        if std::mem::take(&mut self.trailer) {
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
