//! The gate, whole, against a pretend internet: what a person sees, what a site sees, and what is recorded.
mod certificates;
mod flow;
mod framing;
mod many;
mod opened;
mod outside;
mod plain;
mod stay;
mod stopping;
mod tunnels;
mod two_names;
mod ways;
mod world;
