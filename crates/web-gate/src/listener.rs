//! Where connections come in: one set of sockets for each thread, so that threads share no queue.
use std::{
    io,
    net::{SocketAddr, TcpListener as Socket},
    sync::Arc,
};

use socket2::{Domain, Protocol, SockRef, Type};
use tokio::{net::TcpListener, sync::oneshot, task::JoinSet, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    connection, dial,
    intercept::SITE_LASTS,
    lane::{House, Lane, Seat},
    pool::Pool,
};

/// An address to listen at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Door {
    pub address: SocketAddr,
    /// Proxy over TLS (`HTTPS` in a PAC file).
    pub tls: bool,
}

/// Sockets that listen and are not yet answered.
#[derive(Debug)]
pub struct Doors {
    /// One row for each thread.
    rows: Vec<Vec<(Socket, bool)>>,
    addresses: Vec<SocketAddr>,
}

#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error("{0} is used by another program: stop it, or choose another port")]
    Used(SocketAddr),
    #[error("{0} is not an address of this machine")]
    NotHere(SocketAddr),
    #[error("{0} needs the right to open ports below 1024")]
    NotAllowed(SocketAddr),
    #[error("cannot listen at {0}")]
    Other(SocketAddr, #[source] io::Error),
}

const BACKLOG: i32 = 4_096;

impl Doors {
    /// Opens each door for `threads` threads (at least one). A port of 0 chooses a free one.
    pub fn open(doors: &[Door], threads: usize) -> Result<Doors, ListenError> {
        let mut addresses = Vec::new();
        let mut rows: Vec<Vec<_>> = Vec::new();
        rows.resize_with(threads.max(1), Vec::new);
        for door in doors {
            // Sockets that share a port would also share it with another program that does the same: ask first
            // without sharing.
            let mut address = door.address;
            if address.port() != 0 {
                bind(address, false).map_err(|it| ListenError::of(address, it))?;
            }
            for row in &mut rows {
                let socket = bind(address, true).map_err(|it| ListenError::of(address, it))?;
                address = socket.local_addr().map_err(|it| ListenError::of(address, it))?;
                row.push((socket, door.tls));
            }
            addresses.push(address);
        }
        Ok(Doors { rows, addresses })
    }

    /// In the order of the doors, with the ports that were chosen.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    pub(crate) fn into_rows(self) -> Vec<Vec<(Socket, bool)>> {
        self.rows
    }
}

impl ListenError {
    fn of(address: SocketAddr, error: io::Error) -> ListenError {
        match error.kind() {
            io::ErrorKind::AddrInUse => ListenError::Used(address),
            io::ErrorKind::AddrNotAvailable => ListenError::NotHere(address),
            io::ErrorKind::PermissionDenied => ListenError::NotAllowed(address),
            _ => ListenError::Other(address, error),
        }
    }
}

fn bind(address: SocketAddr, share: bool) -> io::Result<Socket> {
    let socket = socket2::Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    if share {
        socket.set_reuse_port(true)?;
    }
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// One thread of the gate, from its first connection to its last.
pub(crate) fn run(
    house: Arc<House>,
    row: Vec<(Socket, bool)>,
    stop: CancellationToken,
    ready: oneshot::Sender<io::Result<()>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().event_interval(61).build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    runtime.block_on(async move {
        match open(house, row) {
            Ok((lane, listeners)) => {
                let _ = ready.send(Ok(()));
                answer(lane, listeners, stop).await;
            }
            Err(error) => {
                let _ = ready.send(Err(error));
            }
        }
    });
}

type Listeners = Vec<(TcpListener, bool)>;

fn open(house: Arc<House>, row: Vec<(Socket, bool)>) -> io::Result<(Arc<Lane>, Listeners)> {
    let resolver = dial::resolver().map_err(io::Error::other)?;
    let lane = Arc::new(Lane { house, pool: Pool::default(), resolver });
    let listeners = row
        .into_iter()
        .map(|(socket, tls)| TcpListener::from_std(socket).map(|it| (it, tls)))
        .collect::<io::Result<_>>()?;
    Ok((lane, listeners))
}

async fn answer(lane: Arc<Lane>, listeners: Listeners, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let mut loops = JoinSet::new();
    for (listener, tls) in listeners {
        loops.spawn(accept(Arc::clone(&lane), listener, tls, connections.clone(), stop.clone()));
    }
    let beat = lane.house.limits.upstream_idle.min(std::time::Duration::from_secs(5));
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(beat) => lane.pool.sweep(&lane.house.limits, SITE_LASTS),
        }
    }
    loops.join_all().await;
    connections.close();
    let _ = timeout(lane.house.limits.farewell, connections.wait()).await;
}

async fn accept(
    lane: Arc<Lane>,
    listener: TcpListener,
    tls: bool,
    connections: TaskTracker,
    stop: CancellationToken,
) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            it = listener.accept() => it,
        };
        match accepted {
            Ok((tcp, peer)) => {
                // Over the bound: closed at once, which costs the least.
                let Some(seat) = Seat::take(&lane.house, peer.ip()) else { continue };
                let _ = tcp.set_nodelay(true);
                let _ = SockRef::from(&tcp).set_keepalive(true);
                let carried = connection::person(Arc::clone(&lane), tcp, peer, tls, seat, stop.clone());
                connections.spawn(carried);
            }
            Err(error) => {
                // Out of file descriptors, most likely: those that are open have to end first.
                tracing::error!(%error, "a connection cannot be taken");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
    }
}
