//! One file a page: take what was sent, call, show. Who may open which is the table in `router`.
pub(crate) mod account;
pub(crate) mod activity;
pub(crate) mod activity_export;
pub(crate) mod audit;
pub(crate) mod concern;
pub(crate) mod concerns;
pub(crate) mod explain;
pub(crate) mod lists;
pub(crate) mod people;
pub(crate) mod profiles;
pub(crate) mod profiles_change;
pub(crate) mod profiles_text;
pub(crate) mod profiles_versions;
pub(crate) mod provider;
pub(crate) mod set_up;
pub(crate) mod sign_in;
pub(crate) mod today;
