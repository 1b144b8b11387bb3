use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use gate::{Desk, Recorder, Refusal};
use hickory_resolver::TokioResolver;
use parking_lot::Mutex;
use school::{Id, Person};

use crate::{Clock, Limits, Upstreams, leaves::Leaves, pool::Pool, upstreams::ClientTls};

/// What all threads of the gate share. Read by every request, so nothing in it is locked on the common path.
pub(crate) struct House {
    pub(crate) desk: Arc<Desk>,
    pub(crate) recorder: Recorder,
    pub(crate) upstreams: Upstreams,
    pub(crate) client_tls: ClientTls,
    pub(crate) leaves: Leaves,
    pub(crate) limits: Limits,
    pub(crate) clock: Clock,
    pub(crate) seats: Seats,
}

impl House {
    /// Whether this person's time is over, or they are not known any more (ACC-14, ACC-18).
    pub(crate) fn has_outstayed(&self, person: Id<Person>, device: IpAddr) -> bool {
        let snapshot = self.desk.current.load();
        let now = (self.clock)();
        snapshot
            .people
            .get(person)
            .is_none_or(|it| it.held.is_some() || Refusal::of(&snapshot, it, device, now).is_some())
    }
}

/// One thread, with what only it uses.
pub(crate) struct Lane {
    pub(crate) house: Arc<House>,
    pub(crate) pool: Pool,
    pub(crate) resolver: TokioResolver,
}

/// How many are connected.
#[derive(Default)]
pub(crate) struct Seats {
    taken: AtomicUsize,
    by_address: Mutex<HashMap<IpAddr, usize>>,
}

/// A place at the gate, given back when dropped.
pub(crate) struct Seat {
    house: Arc<House>,
    address: IpAddr,
}

impl Seat {
    /// `None`: the gate, or this address, has as many connections as it may.
    pub(crate) fn take(house: &Arc<House>, address: IpAddr) -> Option<Seat> {
        let address = address.to_canonical();
        let seats = &house.seats;
        if seats.taken.fetch_add(1, Ordering::Relaxed) >= house.limits.connections {
            seats.taken.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let mut by_address = seats.by_address.lock();
        let taken = by_address.entry(address).or_default();
        if *taken >= house.limits.connections_per_address {
            seats.taken.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        *taken += 1;
        Some(Seat { house: Arc::clone(house), address })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let seats = &self.house.seats;
        seats.taken.fetch_sub(1, Ordering::Relaxed);
        let mut by_address = seats.by_address.lock();
        if let Some(taken) = by_address.get_mut(&self.address) {
            *taken -= 1;
            if *taken == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}
