//! The HTTP and HTTPS proxy: where browsers come to.
//!
//! The life of a request, a phase a file:
//!
//! ```text
//! listener → connection ─┬→ admit → exchange: who → judge → (notice) → forward → judge again → body → entry
//!                        │            ├→ desk      (for the gate itself)
//!                        │            └→ connect → peek → intercept ─┬→ relay   (tunnel)
//!                        └───────────────────────────────────────────┴→ opened: back to the connection
//! forward: pool, or dial → link
//! ```
//!
//! One thread for each core, each with its own sockets, its own runtime and its own connections to sites: what a
//! request needs is on the thread that it came in on. No database here: what decides is the snapshot.
mod admit;
mod authority;
mod body;
mod caller;
mod connect;
mod connection;
mod desk;
mod dial;
mod entry;
mod exchange;
mod fault;
mod headers;
mod intercept;
mod lane;
mod leaves;
mod limits;
mod link;
mod listener;
mod notices;
mod origin;
mod pace;
mod peek;
mod pool;
mod reach;
mod relay;
mod safe;
mod stream;
mod upstreams;
mod verify;

use std::{io, sync::Arc, thread};

use gate::{Desk, Recorder};
use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

pub use crate::{
    authority::{Authority, AuthorityError, AuthorityFiles, LeafFor},
    limits::Limits,
    listener::{Door, Doors, ListenError},
    reach::Reachable,
    upstreams::{Parent, Trust, Upstreams, UpstreamsError},
};
use crate::{lane::House, leaves::Leaves, upstreams::ClientTls};

/// What time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// All that the gate needs of the house.
pub struct Parts {
    /// Who people are, what is decided from, and what they are shown.
    pub desk: Arc<Desk>,
    pub recorder: Recorder,
    pub authority: Arc<Authority>,
    pub upstreams: Upstreams,
    pub limits: Limits,
    pub clock: Clock,
}

/// The gate, ready to serve.
pub struct WebGate(Arc<House>);

impl WebGate {
    /// # Errors
    /// [`UpstreamsError`]: nothing could be trusted, or TLS cannot be set up at all.
    pub fn new(parts: Parts) -> Result<WebGate, UpstreamsError> {
        let client_tls = ClientTls::new(&parts.upstreams.trust)?;
        let leaves = Leaves::new(parts.authority, Arc::clone(&parts.clock), &parts.limits)
            .map_err(UpstreamsError::Roots)?;
        Ok(WebGate(Arc::new(House {
            desk: parts.desk,
            recorder: parts.recorder,
            upstreams: parts.upstreams,
            client_tls,
            leaves,
            limits: parts.limits,
            clock: parts.clock,
            seats: lane::Seats::default(),
        })))
    }

    /// Serves at `doors` until `stop`, then lets connections end for [`Limits::farewell`]. Threads of its own
    /// carry the traffic, as many as the doors were opened for.
    ///
    /// # Errors
    /// A thread could not be started.
    pub async fn serve(self, doors: Doors, stop: CancellationToken) -> io::Result<()> {
        let mut threads = Vec::new();
        for (number, row) in doors.into_rows().into_iter().enumerate() {
            let (started, start) = oneshot::channel();
            let (ended, end) = oneshot::channel();
            let (house, stop) = (Arc::clone(&self.0), stop.clone());
            thread::Builder::new().name(format!("web-gate-{number}")).spawn(move || {
                listener::run(house, row, stop, started);
                let _ = ended.send(());
            })?;
            start.await.map_err(io::Error::other)??;
            threads.push(end);
        }
        for end in threads {
            // An error here is a thread that panicked; hyper's tasks catch theirs, so it is the gate's own fault.
            end.await.map_err(io::Error::other)?;
        }
        Ok(())
    }
}
