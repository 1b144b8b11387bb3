//! Bodies on their way, in pieces, never held whole.
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    caller::Caller,
    entry::Entry,
    link::Link,
    pace::{Busy, Pace},
};

/// What a person sends to a site.
pub(crate) enum Upload {
    Nothing,
    Flow { incoming: Incoming, count: Arc<AtomicU64>, pace: Arc<Pace>, hungry: bool, hold: Option<Hold> },
}

type Hold = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How long a body waits for a site to ask for it (RFC 9110 section 10.1.1: not for ever).
const UNASKED: Duration = Duration::from_secs(1);

/// What a person is sent.
pub(crate) struct Answer {
    from: From,
    entry: Option<Box<Entry>>,
    busy: Option<Busy>,
}

enum From {
    Nothing,
    Page(Bytes),
    Site(Box<Flow>),
}

/// An answer as it comes from a site.
struct Flow {
    incoming: Incoming,
    /// The HTTP/1 connection it comes over, which this body drives.
    link: Option<Box<Link>>,
    caller: Arc<Caller>,
    /// The connection vouches for whoever signed in over it ([`Caller::keep`]).
    theirs: bool,
    silence: Option<Pin<Box<Sleep>>>,
    last: Option<Instant>,
    /// All of it has come.
    over: bool,
    /// The last piece was taken, and no other asked for yet.
    given: bool,
    /// Told one turn late, so that what came before it is sent on first.
    broken: Option<Broken>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error(transparent)]
    Hyper(#[from] hyper::Error),
    #[error("the site fell silent")]
    Silent,
}

impl Upload {
    pub(crate) fn of(incoming: Incoming, count: Arc<AtomicU64>, pace: Arc<Pace>) -> Upload {
        Upload::Flow { incoming, count, pace, hungry: false, hold: None }
    }

    /// Not read, and so not asked of the person, before the site asks for it or lets [`UNASKED`] pass. What is
    /// returned is cancelled once the site asks.
    pub(crate) fn hold(&mut self) -> Option<CancellationToken> {
        let Upload::Flow { hold, .. } = self else { return None };
        let asked = CancellationToken::new();
        let waiting = timeout(UNASKED, asked.clone().cancelled_owned());
        *hold = Some(Box::pin(async { waiting.await.unwrap_or_default() }));
        Some(asked)
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Upload::Flow { incoming, count, pace, hungry, hold } = &mut *self else {
            return Poll::Ready(None);
        };
        if let Some(waiting) = hold {
            ready!(waiting.as_mut().poll(cx));
            *hold = None;
        }
        let polled = Pin::new(incoming).poll_frame(cx);
        match (&polled, *hungry) {
            (Poll::Pending, false) => {
                pace.hungry();
                *hungry = true;
            }
            (Poll::Ready(_), true) => {
                pace.fed();
                *hungry = false;
            }
            _ => {}
        }
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            count.fetch_add(data.len() as u64, Ordering::Relaxed);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Upload::Nothing => true,
            Upload::Flow { incoming, .. } => incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Upload::Nothing => SizeHint::with_exact(0),
            Upload::Flow { incoming, .. } => incoming.size_hint(),
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Upload::Flow { pace, hungry: true, .. } = self {
            pace.fed();
        }
    }
}

impl Answer {
    pub(crate) fn nothing(entry: Option<Box<Entry>>, pace: &Arc<Pace>) -> Answer {
        Answer { from: From::Nothing, entry, busy: Some(Busy::new(pace)) }
    }

    pub(crate) fn page(body: Vec<u8>, mut entry: Option<Box<Entry>>, pace: &Arc<Pace>) -> Answer {
        if let Some(entry) = &mut entry {
            entry.sent(body.len() as u64);
        }
        Answer { from: From::Page(body.into()), entry, busy: Some(Busy::new(pace)) }
    }

    pub(crate) fn site(
        incoming: Incoming,
        link: Option<Box<Link>>,
        caller: &Arc<Caller>,
        entry: Box<Entry>,
        theirs: bool,
    ) -> Answer {
        let flow = Flow {
            incoming,
            link,
            caller: Arc::clone(caller),
            theirs,
            silence: None,
            last: None,
            over: false,
            given: false,
            broken: None,
        };
        Answer { from: From::Site(Box::new(flow)), entry: Some(entry), busy: Some(Busy::new(&caller.pace)) }
    }

    /// All has been handed on: the record is written, and the connection waits for the next request.
    fn close(&mut self) {
        self.entry = None;
        self.busy = None;
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.close();
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let this = &mut *self;
        match &mut this.from {
            From::Nothing => Poll::Ready(None),
            From::Page(bytes) => {
                let bytes = std::mem::take(bytes);
                this.from = From::Nothing;
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            From::Site(flow) => {
                let frame = ready!(flow.poll(cx));
                if let (Some(Ok(frame)), Some(entry)) = (&frame, &mut this.entry)
                    && let Some(data) = frame.data_ref()
                {
                    entry.sent(data.len() as u64);
                }
                Poll::Ready(frame)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.from {
            From::Nothing => true,
            From::Page(bytes) => bytes.is_empty(),
            From::Site(flow) => flow.over && flow.broken.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.from {
            From::Nothing => SizeHint::with_exact(0),
            From::Page(bytes) => SizeHint::with_exact(bytes.len() as u64),
            From::Site(flow) => flow.incoming.size_hint(),
        }
    }
}

impl Flow {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        self.give(false);
        let frame = ready!(self.next(cx));
        self.give(frame.is_some());
        Poll::Ready(frame)
    }

    /// In HTTP/2, only this tells an answer that is not read from one that does not come.
    fn give(&mut self, given: bool) {
        match (self.given, given) {
            (false, true) => self.caller.pace.given(),
            (true, false) => self.caller.pace.taken(),
            _ => {}
        }
        self.given = given;
    }

    fn next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if self.over {
            return Poll::Ready(self.broken.take().map(Err));
        }
        let mut closed = false;
        if let Some(link) = &mut self.link {
            closed = link.drive(cx);
        }
        match Pin::new(&mut self.incoming).poll_frame(cx) {
            Poll::Ready(frame) => {
                self.last = None;
                if matches!(frame, None | Some(Err(_))) || self.incoming.is_end_stream() {
                    self.over = true;
                    self.finish(cx, closed || matches!(frame, Some(Err(_))));
                }
                if let Some(Err(error)) = frame {
                    self.broken = Some(error.into());
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Ready(frame.map(|it| it.map_err(Broken::from)))
            }
            Poll::Pending => self.wait(cx),
        }
    }

    /// The link goes back for the next request, if the site lets it.
    fn finish(&mut self, cx: &mut Context<'_>, closed: bool) {
        if let Some(mut link) = self.link.take()
            && !closed
            && link.is_ready(cx)
        {
            self.caller.keep(link, self.theirs);
        }
    }

    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let patience: Duration = self.caller.lane.house.limits.answer_silence;
        let last = *self.last.get_or_insert_with(Instant::now);
        let silence = self.silence.get_or_insert_with(|| Box::pin(sleep_until(last + patience)));
        while silence.as_mut().poll(cx).is_ready() {
            if last.elapsed() >= patience {
                self.over = true;
                self.link = None;
                return Poll::Ready(Some(Err(Broken::Silent)));
            }
            silence.as_mut().reset(last + patience);
        }
        Poll::Pending
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        self.give(false);
    }
}
