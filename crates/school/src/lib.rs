//! What is true of a school: its people and their rights, its groups, its place in the tree and its time.
//!
//! No IO, no clock, no chance: times and identifiers are handed in.
mod calendar;
mod cell;
mod choice;
pub mod exceptional;
mod flood;
mod grant;
pub mod guesses;
pub mod guest;
mod id;
mod identity;
mod opening;
mod oversight;
mod paper_code;
pub mod passwords;
mod person;
pub mod pictures;
mod placement;
mod post;
pub mod remote;
mod right;
mod role;
pub mod roster;
pub mod settings;
mod stay;
mod text;
mod tree;
mod year;

pub use crate::{
    calendar::{Calendar, DaySpan, Moment, SchoolDays, SchoolTime, Term},
    cell::defused,
    choice::Choice,
    flood::Flood,
    id::{Id, NotAnId},
    identity::{KeptBy, NotLetIn, RoundTrip},
    opening::{NotOpeningHours, OpeningHours},
    paper_code::{NotAPaperCode, PaperCode},
    person::{Group, Person},
    placement::Placement,
    post::Post,
    right::{Right, Rights},
    role::{Role, Roles},
    stay::Stay,
    text::{Email, Line, NotALine, NotAUsername, NotAnEmail, Username},
    tree::{Device, Layer, Place, School, Site, Trust},
    year::{KeyStage, NotAYear, Year},
};
