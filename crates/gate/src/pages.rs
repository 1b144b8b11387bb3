//! Every page the gate shows. Plain HTML that works without scripts, with one look (`look.css`), loading nothing.
pub(crate) mod agree;
pub(crate) mod blocked;
pub(crate) mod held;
pub(crate) mod help;
pub(crate) mod home;
mod look;
pub(crate) mod password;
pub(crate) mod pictures;
pub(crate) mod report;
pub(crate) mod set_up;
pub(crate) mod sign_in;
pub(crate) mod trouble;
pub(crate) mod warn;

pub(crate) use look::{FAVICON, Frame, Sheet};
