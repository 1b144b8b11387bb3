//! What all gates share: the snapshot they decide from, who is asking, the ruling, the record, and the pages
//! that a person may be shown instead of what they asked for. No sockets and no database.
mod errand;
mod judge;
mod record;
mod snapshot;
mod who;

pub use crate::{
    errand::{Errand, Errands, NotTaken, Report},
    judge::{Ruling, judge},
    record::{Recorder, Tally},
    snapshot::{Current, Known, People, Settings, SignInBy, Snapshot},
    who::{Bindings, Credentials, Refusal, Who},
};
