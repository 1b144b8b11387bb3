use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::EnvFilter;

/// What the program says of itself, on standard error. It never holds what a person opened, searched or typed.
pub(crate) fn start(level: &str) {
    let libraries = "hyper=warn,h2=warn,rustls=warn,rustls_platform_verifier=off,sqlx=error,hickory_proto=warn,hickory_resolver=warn,lettre=warn";
    let filter = EnvFilter::new(format!("{level},{libraries}"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal());
    // Only a second start in one process fails, and then the first one holds.
    let _ = lines.try_init();
}
