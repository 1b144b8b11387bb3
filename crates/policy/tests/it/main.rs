//! What the catalogue promises of filtering, shown from outside: on the starter rules and on small ones.
mod connecting;
mod explaining;
mod inheritance;
mod precedence;
mod requirements;
mod searching;
mod small_school;
