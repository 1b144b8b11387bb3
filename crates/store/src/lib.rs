//! What is kept. The only crate that speaks SQL, and the home of the activity log.
//!
//! Records (people, rules, concerns ...) live in one database, on either of two engines: functions named in the
//! school's words take a [`Tx`] and return what the ground crates call things. What was seen, at volume, lives in
//! [`activity`], which is files.
pub mod access;
pub mod accounts;
pub mod activity;
pub mod agreements;
pub mod audit;
pub mod backup;
mod by;
pub mod carry;
pub mod class_identities;
pub mod concerns;
pub mod digests;
mod error;
pub mod exceptional;
mod files;
pub mod groups;
pub mod guests;
mod hex;
pub mod jobs;
pub mod last_known;
pub mod leavers;
pub mod list_files;
pub mod lists;
pub mod local_bodies;
mod open;
pub mod oversight;
pub mod parents;
pub mod passwords;
pub mod people;
pub mod placements;
pub mod plans;
pub mod posts;
pub mod powers;
pub mod pulse;
pub mod reasons;
pub mod register;
pub mod remote;
pub mod roster;
pub mod rules;
pub mod schools;
pub mod second;
pub mod security;
pub mod sessions;
pub mod set_up;

pub mod settings;
pub mod sign_in_links;
mod sql;
pub mod stamp;
pub mod trusts;
pub mod young;

pub use crate::{
    by::{By, fresh_id},
    error::StoreError,
    open::{Db, Upgrade},
    sql::Tx,
};
