//! A database of any earlier version becomes one like a fresh one, on both engines.
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqliteConnection};
use testkit::databases::Postgres;

use super::*;
use crate::audit;

/// A school of the first version, with three entries in its trail that nobody has chained.
const FIRST: &str = "\
    insert into school (id, trust, name, added_at) values ('00000000-0000-0000-0000-000000000001', null, 'Hill', 1); \
    insert into person (id, version, school, username, name, roles) values \
    ('00000000-0000-0000-0000-000000000002', 1, '00000000-0000-0000-0000-000000000001', 'ada', 'Ada', 'pupil'); \
    insert into school_setting (school, name, value) values ('00000000-0000-0000-0000-000000000001', 'a', 'b'); \
    insert into counter (name, value) values ('audit 00000000-0000-0000-0000-000000000001', 3); \
    insert into audit (school, seq, at, actor_name, act, subject) values \
    ('00000000-0000-0000-0000-000000000001', 1, 5, 'x', 'add school', 'Hill'), \
    ('00000000-0000-0000-0000-000000000001', 2, 6, 'x', 'add person', 'ada'), \
    ('00000000-0000-0000-0000-000000000001', 3, 6, 'x', 'sign in', 'ada')";

const SQLITE_SCHEMA: &str =
    "select type || ' ' || name || ' ' || coalesce(sql, '') from sqlite_schema order by 1";
const POSTGRES_SCHEMA: &str = "select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) \
    from information_schema.columns where table_schema = 'public' \
    union all select indexdef from pg_indexes where schemaname = 'public' \
    union all select concat_ws(' ', conrelid::regclass::text, pg_get_constraintdef(oid)) from pg_constraint \
    where connamespace = 'public'::regnamespace order by 1";

async fn sqlite(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    SqliteConnection::connect_with(&options).await.expect("SQLite")
}

async fn postgres(url: &str) -> PgConnection {
    PgConnection::connect(url).await.expect("PostgreSQL")
}

/// What was there before is chained, and stays chained when it is opened again.
async fn is_chained(db: &Db) {
    let school = school::Id::from_u128(1);
    let mut tx = db.read().await.expect("a read");
    let report = audit::verify(&mut tx, school, &[], None).await.expect("looked at");
    assert_eq!((report.entries, report.breaks.as_slice()), (3, &[][..]));
}

#[tokio::test]
async fn an_upgraded_sqlite_equals_a_fresh_one() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let schema = async |path: &Path| -> Vec<String> {
        let rows = sqlite(path).await.fetch_all(SQLITE_SCHEMA).await.expect("a schema");
        rows.iter()
            .map(|row| row.get::<String, _>(0).split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    };
    let (old, fresh) = (folder.path().join("old.db"), folder.path().join("fresh.db"));
    let mut connection = sqlite(&old).await;
    migrations(1).run(&mut connection).await.expect("the first version");
    connection.execute(sqlx::raw_sql(FIRST)).await.expect("rows");
    for &(version, ..) in MIGRATIONS {
        migrations(version).run(&mut connection).await.expect("one step");
    }
    connection.close().await.expect("closed");
    for _ in 0..2 {
        let db = Db::open_file(&old).await.expect("it opens");
        is_chained(&db).await;
        db.close().await;
    }
    Db::open_file(&fresh).await.expect("it opens").close().await;
    assert_eq!(schema(&old).await, schema(&fresh).await);
}

#[tokio::test]
async fn an_upgraded_postgres_equals_a_fresh_one() {
    let (Some(old), Some(fresh)) = (Postgres::wanted(), Postgres::wanted()) else { return };
    let schema = async |url: &str| -> Vec<String> {
        let rows = postgres(url).await.fetch_all(POSTGRES_SCHEMA).await.expect("a schema");
        rows.iter().map(|row| row.get(0)).collect()
    };
    let mut connection = postgres(&old.url()).await;
    migrations(1).run(&mut connection).await.expect("the first version");
    connection.execute(sqlx::raw_sql(FIRST)).await.expect("rows");
    for &(version, ..) in MIGRATIONS {
        migrations(version).run(&mut connection).await.expect("one step");
    }
    for _ in 0..2 {
        let db = Db::open(&old.url()).await.expect("it opens");
        is_chained(&db).await;
        db.close().await;
    }
    Db::open(&fresh.url()).await.expect("it opens").close().await;
    assert_eq!(schema(&old.url()).await, schema(&fresh.url()).await);
}

#[tokio::test]
async fn opening_says_from_what_to_what_and_refuses_what_is_newer() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("school.db");
    let newest = MIGRATIONS.iter().map(|it| it.0).max().expect("there are some");
    migrations(1).run(&mut sqlite(&path).await).await.expect("the first version");
    for from in [1, newest] {
        let db = Db::open_file(&path).await.expect("it opens");
        assert_eq!(db.upgrade(), Upgrade { from: Some(from), to: newest });
        db.close().await;
    }
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                 values (9999, 'of the future', true, x'00', 0)";
    sqlite(&path).await.execute(AssertSqlSafe(newer.to_owned())).await.expect("a row");
    let refused = Db::open_file(&path).await.expect_err("refused").to_string();
    assert!(refused.contains("version 9999") && refused.contains("newer program"), "{refused}");
}
