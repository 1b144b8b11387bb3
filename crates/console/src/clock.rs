use std::sync::Arc;

use jiff::Timestamp;

/// Tells the time; a test's own moves when the test says so.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
