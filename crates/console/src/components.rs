//! Pieces of pages, one function a component.
pub(crate) mod bars;
pub(crate) mod changes;
pub(crate) mod faults;
pub(crate) mod field;
pub(crate) mod layout;
pub(crate) mod notice;
pub(crate) mod policy_text;
pub(crate) mod tag;
pub(crate) mod when;
