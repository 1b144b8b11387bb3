use std::{fmt, path::Path, str::FromStr, time::Duration};

use sqlx::{
    Connection as _, Database, PgPool, Pool, SqlStr, SqliteConnection, SqlitePool,
    migrate::{Migrate, Migration, MigrationType, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    StoreError, Tx, audit,
    carry::{Beside, CarryError, carry},
    sql::Engine,
};

/// The database: one file, or a server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    pools: Pools,
    upgrade: Upgrade,
}

/// What opening did to the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upgrade {
    /// The version it was of; `None`: it was empty.
    pub from: Option<i64>,
    pub to: i64,
}

#[derive(Debug, Clone)]
enum Pools {
    /// One writer, because `SQLite` has one: those who wait queue here in order instead of trying again by chance.
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
        options: Box<SqliteConnectOptions>,
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
    (12, "people by address", include_str!("../migrations/0012_people_by_address.sql")),
    (13, "lists by name", include_str!("../migrations/0013_lists_by_name.sql")),
    (14, "pictures", include_str!("../migrations/0014_pictures.sql")),
    (15, "placements", include_str!("../migrations/0015_placements.sql")),
    (16, "class identities", include_str!("../migrations/0016_class_identities.sql")),
    (17, "exceptional cases", include_str!("../migrations/0017_exceptional_cases.sql")),
    (18, "one at once", include_str!("../migrations/0018_one_at_once.sql")),
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
        let upgrade = migrate(&pool).await?;
        Db { pools: Pools::Postgres(pool), upgrade }.adopted().await
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
        let plain = options.clone();
        let pool = SqlitePoolOptions::new().acquire_timeout(ACQUIRE);
        let writer = pool.clone().max_connections(1).connect_with(options.clone()).await?;
        let upgrade = migrate(&writer).await?;
        let readers = pool.max_connections(READERS).connect_with(options.pragma("query_only", "on")).await?;
        Db { pools: Pools::Sqlite { readers, writer, options: Box::new(plain) }, upgrade }.adopted().await
    }

    /// What opening it did to its schema.
    pub fn upgrade(&self) -> Upgrade {
        self.upgrade
    }

    /// Whatever an older version left to be done by more than SQL.
    async fn adopted(self) -> Result<Db, StoreError> {
        let mut tx = self.write().await?;
        if audit::adopt(&mut tx).await? {
            tx.commit().await?;
        }
        Ok(self)
    }

    /// Lets the database look at what it holds, so that it chooses good ways to it: after many rows came at once.
    pub async fn analyze(&self) -> Result<(), StoreError> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => sqlx::query("analyze").execute(writer).await.map(drop)?,
            Pools::Postgres(pool) => sqlx::query("analyze").execute(pool).await.map(drop)?,
        }
        Ok(())
    }

    /// Sees one moment of the database until it is dropped; cannot write.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let engine = match &self.pools {
            Pools::Sqlite { readers, .. } => Engine::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => {
                Engine::Postgres(pool.begin_with("begin isolation level repeatable read, read only").await?)
            }
        };
        Ok(Tx::new(engine, true))
    }

    pub async fn write(&self) -> Result<Tx, StoreError> {
        let engine = match &self.pools {
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
        matches!(self.pools, Pools::Postgres(_))
    }

    /// A copy of all records as they are at one moment, in a file of `SQLite` that is not there yet, while work goes
    /// on; from either engine.
    pub async fn copy_to(&self, file: &Path) -> Result<(), CarryError> {
        own(file).map_err(sqlx::Error::Io).map_err(StoreError::from)?;
        if let Pools::Sqlite { options, .. } = &self.pools {
            // Of its own, so that neither readers nor the writer wait for it.
            let reader = options.clone().pragma("query_only", "off");
            let mut connection = SqliteConnection::connect_with(&reader).await.map_err(StoreError::from)?;
            let into = sqlx::query("vacuum into $1").bind(file.display().to_string());
            into.execute(&mut connection).await.map_err(StoreError::from)?;
            return connection.close().await.map_err(|err| StoreError::from(err).into());
        }
        let copy = Db::open_file(file).await?;
        let carried = carry(self, &copy, Beside::Others).await;
        copy.close().await;
        carried.map(drop)
    }

    /// Waits for work under way and closes; every later call fails.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, writer, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// A database of a newer program is left as it is, and refused.
async fn migrate<DB: Database>(pool: &Pool<DB>) -> Result<Upgrade, StoreError>
where
    DB::Connection: Migrate,
{
    let to = MIGRATIONS.iter().map(|it| it.0).max().unwrap_or_default();
    let mut connection = pool.acquire().await?;
    // Two programs may open an empty database at once.
    connection.lock().await?;
    connection.ensure_migrations_table(TABLE).await?;
    let applied = connection.list_applied_migrations(TABLE).await?;
    connection.unlock().await?;
    drop(connection);
    let from = applied.iter().map(|it| it.version).max();
    let known = |version: i64| MIGRATIONS.iter().any(|it| it.0 == version);
    if let Some(newer) = applied.iter().map(|it| it.version).find(|it| !known(*it)) {
        return Err(StoreError::Newer { found: newer, known: to });
    }
    migrations(i64::MAX).run(pool).await?;
    Ok(Upgrade { from, to })
}

/// Where sqlx keeps which migrations were done.
const TABLE: &str = "_sqlx_migrations";

impl fmt::Display for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.from {
            None => write!(f, "The database was empty; it is now of version {}.", self.to),
            Some(from) if from == self.to => write!(f, "The database is of version {from}, as it should be."),
            Some(from) => write!(f, "The database was of version {from}; it is now of version {}.", self.to),
        }
    }
}

/// Those up to a version.
fn migrations(last: i64) -> Migrator {
    let all = MIGRATIONS.iter().filter(|it| it.0 <= last).map(|&(version, name, sql)| {
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

#[cfg(test)]
mod tests;
