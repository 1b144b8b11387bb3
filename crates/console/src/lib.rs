//! The pages that staff see: what the gate does, why, and whom to worry about.
//!
//! The console knows no gate and no worker: it reads what they wrote, and writes rows and job rows. Every page works
//! without JavaScript; what there is serves passkeys and the idle lock.
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
mod outside;
mod overseen;
mod owner;
mod pages;
mod password;
mod people;
mod router;
mod search;
mod second;
mod session;
mod staff;
mod throttle;
mod trip;
mod viewed;

pub use crate::{
    clock::Clock,
    console::{Console, InForce, InForceAt},
    elsewhere::{BACK, Elsewhere},
    pages::agreements::roll::Rolls,
    password::rules::{KEEP_PRIVATE, PasswordFault, faults as password_faults},
    router::router,
    second::SignIn,
    session::{LONGEST, Token},
    throttle::Throttle,
};

#[cfg(test)]
mod tests;
