//! A connection to a site that carries one request after another.
//!
//! A link is driven by whoever uses it, inside their own task: no task of its own, so no hand-over between tasks
//! for every piece of a body.
use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
    time::Instant,
};

use hyper::{
    Request, Response,
    body::Incoming,
    client::conn::{http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};

use crate::{body::Upload, fault::Fault, origin::Origin, stream::Stream};

/// Either kind, ready for a request.
pub(crate) enum Way {
    One(Box<Link>),
    Two(http2::SendRequest<Upload>),
}

pub(crate) struct Link {
    pub(crate) origin: Origin,
    send: http1::SendRequest<Upload>,
    connection: http1::Connection<TokioIo<Stream>, Upload>,
    /// Carried a request before: a site may have closed it without our having heard.
    pub(crate) used: bool,
    /// Nothing more will come of the connection; polled once more, it would close what it was upgraded to.
    over: bool,
    pub(crate) idle_since: Instant,
}

impl Link {
    pub(crate) async fn new(origin: Origin, stream: Stream) -> Result<Box<Link>, Fault> {
        let (send, connection) = http1::Builder::new()
            .title_case_headers(true)
            .max_headers(200)
            .max_buf_size(256 * 1024)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|it| Fault::of_hyper(&it))?;
        Ok(Box::new(Link { origin, send, connection, used: false, over: false, idle_since: Instant::now() }))
    }

    /// Sends a request and waits for the head of its answer.
    pub(crate) async fn send(
        &mut self,
        request: Request<Upload>,
    ) -> Result<Response<Incoming>, hyper::Error> {
        let mut answer = pin!(self.send.send_request(request));
        let (connection, over) = (&mut self.connection, &mut self.over);
        poll_fn(|cx| {
            if !*over {
                *over = Pin::new(&mut *connection).poll(cx).is_ready();
            }
            answer.as_mut().poll(cx)
        })
        .await
    }

    /// Moves bytes; true once nothing more will come of the connection.
    pub(crate) fn drive(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.over {
            self.over = Pin::new(&mut self.connection).poll(cx).is_ready();
        }
        self.over
    }

    /// Whether another request may follow the last one.
    pub(crate) fn is_ready(&mut self, cx: &mut Context<'_>) -> bool {
        !self.drive(cx) && self.send.is_ready()
    }

    /// As [`Link::is_ready`], for a link that was put away: sees whether the site closed it meanwhile.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.is_ready(&mut Context::from_waker(Waker::noop()))
    }

    /// After a 101: the bare stream.
    pub(crate) async fn into_stream(mut self) -> Stream {
        poll_fn(|cx| if self.drive(cx) { Poll::Ready(()) } else { Poll::Pending }).await;
        let parts = self.connection.into_parts();
        parts.io.into_inner().after(parts.read_buf)
    }
}

/// An HTTP/2 connection to a site; hyper drives it in a task of its own.
pub(crate) async fn http2(stream: Stream) -> Result<http2::SendRequest<Upload>, Fault> {
    let (send, connection) = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .initial_stream_window_size(1024 * 1024)
        .initial_connection_window_size(4 * 1024 * 1024)
        .max_frame_size(64 * 1024)
        .max_header_list_size(64 * 1024)
        .keep_alive_interval(std::time::Duration::from_secs(30))
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|it| Fault::of_hyper(&it))?;
    let driven = async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "an HTTP/2 connection to a site ended");
        }
    };
    hyper::rt::Executor::execute(&TokioExecutor::new(), driven);
    Ok(send)
}
