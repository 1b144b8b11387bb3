use std::sync::Arc;

use jiff::Timestamp;

/// Reads the time. Only the binary's reads the real one.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
