//! web-gate
