//! The gate, whole, against a pretend internet: what a person sees, what a site sees, and what is recorded.
mod certificates;
mod framing;
mod many;
mod opened;
mod plain;
mod tunnels;
mod world;
