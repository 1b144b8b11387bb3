//! What all gates share: the snapshot they decide from, who is asking, the ruling, the record, and the pages
//! that a person may be shown instead of what they asked for. No sockets and no database.
mod bindings;
mod credentials;
mod desk;
mod errand;
mod judge;
mod notice;
mod page;
mod pages;
mod passes;
mod record;
#[cfg(test)]
mod sample;
mod secret;
mod sittings;
mod snapshot;
mod who;

pub use crate::{
    bindings::Bindings,
    credentials::{Credentials, Refusal},
    desk::{Desk, Visit},
    errand::{Asked as AskedElsewhere, Errand, Errands, Missed, NotTaken, Report},
    judge::{Ruling, judge},
    notice::{Asked, CertificateFault, Notice, UpstreamFault},
    page::{Page, Wants},
    passes::Passes,
    record::{Recorder, Tally},
    secret::Secret,
    snapshot::{
        Class, Current, Known, People, Pictured, Provider, ProxyAddress, Settings, SignInBy, Snapshot,
    },
    who::{Presented, Who},
};
