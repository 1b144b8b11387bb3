//! Bytes both ways, unread. A relay that waits holds no buffer: all of a thread share one, and only what could
//! not be written at once is kept by the relay itself.
use std::{
    cell::RefCell,
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, sleep_until},
};

use crate::{Limits, entry::Entry, stream::Stream};

const BUFFER: usize = 256 * 1024;

thread_local! {
    static SHARED: RefCell<Vec<u8>> = RefCell::new(vec![0; BUFFER]);
}

#[derive(Default)]
struct Half {
    /// Read, and not yet written.
    rest: Vec<u8>,
    written: usize,
    state: State,
    moved: u64,
    unflushed: bool,
}

#[derive(Default, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    /// The reader ended; the writer has to be told.
    Ending,
    Over,
}

/// Until both sides have ended, one has failed, nothing has moved for [`Limits::tunnel_idle`], or the person's time
/// is over, which is looked at every [`Limits::look`].
pub(crate) async fn relay(mut person: Stream, mut site: Stream, mut entry: Box<Entry>, limits: &Limits) {
    let (mut up, mut down) = (Half::default(), Half::default());
    let (idle, look) = (limits.tunnel_idle, limits.look.min(limits.tunnel_idle));
    let mut timer = std::pin::pin!(sleep_until(Instant::now() + look));
    let (mut seen, mut since) = (0, Instant::now());
    poll_fn(|cx| {
        let outcome = both(&mut person, &mut site, &mut up, &mut down, cx);
        if let Poll::Ready(outcome) = outcome {
            if let Err(error) = outcome {
                tracing::debug!(%error, "a tunnel broke");
            }
            return Poll::Ready(());
        }
        while timer.as_mut().poll(cx).is_ready() {
            let (moved, now) = (up.moved + down.moved, Instant::now());
            if moved != seen {
                (seen, since) = (moved, now);
            }
            if since + idle <= now || entry.has_outstayed() {
                return Poll::Ready(());
            }
            timer.as_mut().reset((now + look).min(since + idle));
        }
        Poll::Pending
    })
    .await;
    entry.received(up.moved);
    entry.sent(down.moved);
}

fn both(
    person: &mut Stream,
    site: &mut Stream,
    up: &mut Half,
    down: &mut Half,
    cx: &mut Context<'_>,
) -> Poll<io::Result<()>> {
    let first = up.poll(person, site, cx)?;
    let second = down.poll(site, person, cx)?;
    if first.is_ready() && second.is_ready() { Poll::Ready(Ok(())) } else { Poll::Pending }
}

impl Half {
    fn poll(&mut self, from: &mut Stream, to: &mut Stream, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            while self.written < self.rest.len() {
                let count = ready!(Pin::new(&mut *to).poll_write(cx, &self.rest[self.written..]))?;
                if count == 0 {
                    return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                }
                self.written += count;
            }
            if !self.rest.is_empty() {
                self.rest = Vec::new();
                self.written = 0;
            }
            match self.state {
                State::Open => match self.pass(from, to, cx) {
                    Poll::Ready(outcome) => outcome?,
                    Poll::Pending => {
                        if self.unflushed {
                            ready!(Pin::new(&mut *to).poll_flush(cx))?;
                            self.unflushed = false;
                        }
                        return Poll::Pending;
                    }
                },
                State::Ending => {
                    ready!(Pin::new(&mut *to).poll_shutdown(cx))?;
                    self.state = State::Over;
                }
                State::Over => return Poll::Ready(Ok(())),
            }
        }
    }

    /// Reads once, and writes what can be written.
    fn pass(&mut self, from: &mut Stream, to: &mut Stream, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        SHARED.with_borrow_mut(|shared| {
            let mut buffer = ReadBuf::new(shared);
            ready!(Pin::new(from).poll_read(cx, &mut buffer))?;
            let bytes = buffer.filled();
            if bytes.is_empty() {
                self.state = State::Ending;
                return Poll::Ready(Ok(()));
            }
            self.moved += bytes.len() as u64;
            self.unflushed = true;
            match Pin::new(to).poll_write(cx, bytes) {
                Poll::Ready(Ok(count)) if count == bytes.len() => {}
                Poll::Ready(Ok(count)) => self.rest = bytes[count..].to_vec(),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => self.rest = bytes.to_vec(),
            }
            Poll::Ready(Ok(()))
        })
    }
}
