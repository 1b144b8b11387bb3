use std::{path::Path, str::FromStr, time::Duration};

use sqlx::{
    PgPool, SqlStr, SqlitePool,
    migrate::{Migration, MigrationType, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{StoreError, Tx, audit, sql::Engine};

/// The database: one file, or a server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db(Pools);

#[derive(Debug, Clone)]
enum Pools {
    /// One writer, because `SQLite` has one: those who wait queue here in order instead of trying again by chance.
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
    },
    Postgres(PgPool),
}

/// Forward only: a line is added, never changed.
pub(crate) const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "first tables", include_str!("../migrations/0001_first_tables.sql")),
    (2, "settings and stays", include_str!("../migrations/0002_settings_and_stays.sql")),
    (3, "audit chain", include_str!("../migrations/0003_audit_chain.sql")),
    (4, "rosters and leavers", include_str!("../migrations/0004_rosters_and_leavers.sql")),
    (5, "signing in", include_str!("../migrations/0005_signing_in.sql")),
    (6, "accounts kept elsewhere", include_str!("../migrations/0006_accounts_kept_elsewhere.sql")),
    (7, "agreements", include_str!("../migrations/0007_agreements.sql")),
    (8, "tree of people", include_str!("../migrations/0008_tree_of_people.sql")),
    (9, "guests", include_str!("../migrations/0009_guests.sql")),
    (10, "rules of sites", include_str!("../migrations/0010_rules_of_sites.sql")),
    (11, "people by roles", include_str!("../migrations/0011_people_by_roles.sql")),
];

const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 10;
/// Another process (a backup, a command) may hold the file for a moment.
const BUSY: Duration = Duration::from_secs(10);
/// Beyond this the caller is told, rather than a page that never comes.
const ACQUIRE: Duration = Duration::from_secs(15);

impl Db {
    /// `sqlite:///path` (made if missing) or `postgres://…`. Brings the schema up to date.
    pub async fn open(url: &str) -> Result<Db, StoreError> {
        if url.starts_with("sqlite:") {
            return Db::open_sqlite(SqliteConnectOptions::from_str(url)?).await;
        }
        if !url.starts_with("postgres:") && !url.starts_with("postgresql:") {
            let scheme = url.split(':').next().unwrap_or_default();
            return Err(StoreError::Address(format!("{scheme}:")));
        }
        let options = PgConnectOptions::from_str(url)?;
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(ACQUIRE)
            .connect_with(options)
            .await?;
        migrations().run(&pool).await?;
        Db(Pools::Postgres(pool)).adopted().await
    }

    /// A file of `SQLite`, whatever its path is made of. Made if missing, readable by its owner alone.
    pub async fn open_file(path: &Path) -> Result<Db, StoreError> {
        Db::open_sqlite(SqliteConnectOptions::new().filename(path)).await
    }

    async fn open_sqlite(options: SqliteConnectOptions) -> Result<Db, StoreError> {
        own(options.get_filename()).map_err(sqlx::Error::Io)?;
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL, not NORMAL: what a person was told is kept (a signature, a concern) survives a power cut.
            // These are a few writes a second at most; the millions go to `activity`.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        let pool = SqlitePoolOptions::new().acquire_timeout(ACQUIRE);
        let writer = pool.clone().max_connections(1).connect_with(options.clone()).await?;
        migrations().run(&writer).await?;
        let readers = pool.max_connections(READERS).connect_with(options.pragma("query_only", "on")).await?;
        Db(Pools::Sqlite { readers, writer }).adopted().await
    }

    /// Whatever an older version left to be done by more than SQL.
    async fn adopted(self) -> Result<Db, StoreError> {
        let mut tx = self.write().await?;
        if audit::adopt(&mut tx).await? {
            tx.commit().await?;
        }
        Ok(self)
    }

    /// Sees one moment of the database until it is dropped; cannot write.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let engine = match &self.0 {
            Pools::Sqlite { readers, .. } => Engine::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => {
                Engine::Postgres(pool.begin_with("begin isolation level repeatable read, read only").await?)
            }
        };
        Ok(Tx::new(engine, true))
    }

    pub async fn write(&self) -> Result<Tx, StoreError> {
        let engine = match &self.0 {
            // Takes the write lock now; a read that turns into a write later could not wait for it.
            Pools::Sqlite { writer, .. } => Engine::Sqlite(writer.begin_with("begin immediate").await?),
            // Whatever the server's default: an entry of the audit trail reads what the one before has just written.
            Pools::Postgres(pool) => {
                Engine::Postgres(pool.begin_with("begin isolation level read committed").await?)
            }
        };
        Ok(Tx::new(engine, false))
    }

    /// Whether one may write while another does.
    pub fn has_many_writers(&self) -> bool {
        matches!(self.0, Pools::Postgres(_))
    }

    /// Waits for work under way and closes; every later call fails.
    pub async fn close(&self) {
        match &self.0 {
            Pools::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

fn migrations() -> Migrator {
    let all = MIGRATIONS.iter().map(|&(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, SqlStr::from_static(sql), false)
    });
    Migrator::with_migrations(all.collect())
}

/// Makes the file before `SQLite` does, so that it never exists for others to read; its WAL takes the same mode.
fn own(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match path.as_os_str().as_encoded_bytes() {
        b"" | b":memory:" => Ok(()),
        _ => options.open(path).map(drop),
    }
}
