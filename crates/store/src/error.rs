use std::fmt::Display;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Someone else changed the record first, or it is no longer what the caller took it to be.
    #[error("the record has changed since it was read")]
    Stale,
    /// A value that must be unique is in use: what it is, in words, such as `the username ada`. The transaction is
    /// of no further use.
    #[error("{0} is already in use")]
    Taken(String),
    /// What is stored does not read as what it should be. Never replaced by a default.
    #[error("stored {column} is unreadable: {reason}")]
    Corrupt { column: String, reason: String },
    #[error("something was to be written where it is only read")]
    ReadOnly,
    #[error("the database address {0} is neither sqlite: nor postgres:")]
    Address(String),
    #[error("database")]
    Database(#[from] sqlx::Error),
    #[error(
        "the database is of version {found}, which this program does not know (it knows {known}): \
         run the newer program it was last opened with"
    )]
    Newer { found: i64, known: i64 },
    #[error("bringing the database up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl StoreError {
    /// The database is not there just now, or went away in mid-transaction: nothing was kept, and the same may be
    /// tried again.
    pub fn is_away(&self) -> bool {
        // PostgreSQL is shutting down, crashed, starting up, or has no room for another connection.
        const CODES: [&str; 5] = ["57P01", "57P02", "57P03", "53300", "57P05"];
        match self {
            StoreError::Database(cause) => match cause {
                sqlx::Error::Io(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::Protocol(_)
                | sqlx::Error::WorkerCrashed => true,
                sqlx::Error::Database(it) => {
                    it.code().is_some_and(|code| CODES.contains(&&*code) || code.starts_with("08"))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Two did something at once that the engine could not put in a row, such as a deadlock: nothing of this one was
    /// kept, and the same may be done again at once.
    pub fn is_clash(&self) -> bool {
        // PostgreSQL: serialisation failure, deadlock, a lock that was not to be had. SQLite: busy, busy snapshot.
        const CODES: [&str; 5] = ["40001", "40P01", "55P03", "5", "517"];
        match self {
            StoreError::Database(sqlx::Error::Database(it)) => {
                it.code().is_some_and(|code| CODES.contains(&&*code))
            }
            _ => false,
        }
    }

    /// Turns a clash of unique values into words; leaves everything else as it is.
    pub(crate) fn taken(self, what: impl FnOnce() -> String) -> StoreError {
        let clash = |cause: &sqlx::Error| {
            cause.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
        };
        match self {
            StoreError::Database(cause) if clash(&cause) => StoreError::Taken(what()),
            other => other,
        }
    }
}

pub(crate) fn corrupt(column: &str, reason: impl Display) -> StoreError {
    StoreError::Corrupt { column: column.to_owned(), reason: reason.to_string() }
}
