//! What happens unasked: what gates saw is written down and looked over, snapshots are built for them, what people
//! did at a gate is recorded, letters go out, lists are refreshed and what is old is forgotten.
//!
//! Each worker is a struct of what it needs with an `async fn run(self, stop)`; `schoolgate::supervise` starts them.
//! Nothing here starts a task of its own.
mod alerts;
mod back_ups;
mod clock;
mod compaction;
mod download;
pub mod errands;
mod fetch;
mod health;
pub mod identity;
pub mod jobs;
mod list_import;
mod mail;
mod places;
mod plausible;
mod pulse;
pub mod recorder;
mod roster;
mod sign_in_notes;
pub mod snapshots;
mod unpack;
mod watch;

pub use crate::{
    alerts::Alerts,
    back_ups::BackUps,
    clock::Clock,
    compaction::Compaction,
    errands::Clerk,
    fetch::{Fetch, Parent},
    health::Health,
    jobs::Office,
    mail::{MailError, MailServer, MailTls, Post},
    plausible::{BACK_AT_MOST, LastKnown, OFF_AT_MOST},
    pulse::Heart,
    recorder::Recording,
    snapshots::Snapshots,
    watch::Watch,
};
