//! A connection, whatever it is made of, with bytes that were read too early put back in front.
use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::{Buf, Bytes};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::{client, server};

use crate::pace::Pace;

pub(crate) struct Stream {
    /// Read before anything else.
    front: Bytes,
    inner: Inner,
}

enum Inner {
    Tcp(TcpStream),
    /// From a person; its pace is watched.
    Person(TcpStream, Arc<Pace>),
    Opened(Box<server::TlsStream<Stream>>),
    Site(Box<client::TlsStream<Stream>>),
}

impl Stream {
    pub(crate) fn tcp(tcp: TcpStream) -> Stream {
        Stream { front: Bytes::new(), inner: Inner::Tcp(tcp) }
    }

    pub(crate) fn person(tcp: TcpStream, pace: Arc<Pace>) -> Stream {
        Stream { front: Bytes::new(), inner: Inner::Person(tcp, pace) }
    }

    pub(crate) fn opened(tls: server::TlsStream<Stream>) -> Stream {
        Stream { front: Bytes::new(), inner: Inner::Opened(Box::new(tls)) }
    }

    pub(crate) fn site(tls: client::TlsStream<Stream>) -> Stream {
        Stream { front: Bytes::new(), inner: Inner::Site(Box::new(tls)) }
    }

    /// Puts bytes back in front.
    #[must_use]
    pub(crate) fn after(mut self, front: Bytes) -> Stream {
        if self.front.is_empty() {
            self.front = front;
        } else if !front.is_empty() {
            self.front = [front, self.front].concat().into();
        }
        self
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.front.is_empty() {
            let count = self.front.len().min(into.remaining());
            into.put_slice(&self.front[..count]);
            self.front.advance(count);
            if self.front.is_empty() {
                // An empty piece would still hold all of the buffer that it was cut from.
                self.front = Bytes::new();
            }
            return Poll::Ready(Ok(()));
        }
        match &mut self.inner {
            Inner::Tcp(it) => Pin::new(it).poll_read(cx, into),
            Inner::Person(it, pace) => {
                let before = into.filled().len();
                let outcome = Pin::new(it).poll_read(cx, into);
                pace.received(into.filled().len() - before);
                outcome
            }
            Inner::Opened(it) => Pin::new(it).poll_read(cx, into),
            Inner::Site(it) => Pin::new(it).poll_read(cx, into),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.inner {
            Inner::Tcp(it) => Pin::new(it).poll_write(cx, bytes),
            Inner::Person(it, pace) => pace.sent(Pin::new(it).poll_write(cx, bytes)),
            Inner::Opened(it) => Pin::new(it).poll_write(cx, bytes),
            Inner::Site(it) => Pin::new(it).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.inner {
            Inner::Tcp(it) => Pin::new(it).poll_write_vectored(cx, pieces),
            Inner::Person(it, pace) => pace.sent(Pin::new(it).poll_write_vectored(cx, pieces)),
            Inner::Opened(it) => Pin::new(it).poll_write_vectored(cx, pieces),
            Inner::Site(it) => Pin::new(it).poll_write_vectored(cx, pieces),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.inner {
            Inner::Tcp(it) | Inner::Person(it, _) => Pin::new(it).poll_flush(cx),
            Inner::Opened(it) => Pin::new(it).poll_flush(cx),
            Inner::Site(it) => Pin::new(it).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.inner {
            Inner::Tcp(it) | Inner::Person(it, _) => Pin::new(it).poll_shutdown(cx),
            Inner::Opened(it) => Pin::new(it).poll_shutdown(cx),
            Inner::Site(it) => Pin::new(it).poll_shutdown(cx),
        }
    }
}
