//! Rosters on their way from a file to the people of a school (ACC-03): loaded, read, looked over, approved, applied.
//!
//! What a load would change is worked out by `school::roster` and kept as rows for people to look at. It is worked
//! out again when it is applied, and must then be the same.
mod apply;
mod dry_run;
mod known;
mod loads;
mod rows;

pub use self::{
    apply::{Applied, apply},
    dry_run::{digest, write_dry_run},
    known::{Found, known},
    loads::{
        APPLY_JOB, Approval, Load, NewLoad, READ_JOB, Stage, approve, bytes, fail, get, join_by_hand, names,
        prune, read_again, receive, recent, refuse, set_progress, start_applying, start_reading,
    },
    rows::{Filter, KeptRow, rows},
};
