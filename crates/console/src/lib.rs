//! The pages that staff see: what the gate does, why, and whom to worry about.
//!
//! The console knows no gate and no worker: it reads what they wrote, and writes rows and job rows. Every page works
//! without JavaScript; there is none.
mod assets;
mod clock;
mod components;
mod console;
mod draft;
mod elsewhere;
mod failure;
mod fields;
mod guard;
mod headers;
mod pages;
mod password;
mod people;
mod router;
mod search;
mod session;
mod staff;
mod throttle;
mod trip;

pub use crate::{
    clock::Clock,
    console::{Console, InForce, InForceAt},
    elsewhere::{BACK, Elsewhere},
    router::router,
    session::{IDLE, LONGEST, Token},
    throttle::Throttle,
};

#[cfg(test)]
mod tests;
