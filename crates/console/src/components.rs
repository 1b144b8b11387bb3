//! Pieces of pages, one function a component.
pub(crate) mod agreement;
pub(crate) mod bars;
pub(crate) mod changes;
pub(crate) mod choice;
pub(crate) mod faults;
pub(crate) mod field;
pub(crate) mod layout;
pub(crate) mod notice;
pub(crate) mod pager;
pub(crate) mod policy_text;
pub(crate) mod sheet;
pub(crate) mod summary;
pub(crate) mod tag;
pub(crate) mod when;
