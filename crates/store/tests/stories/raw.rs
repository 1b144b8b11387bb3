//! What somebody with a tool of the engine's own can do behind our back.
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};

pub(crate) async fn run(url: &str, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.expect("SQLite");
        connection.execute(sqlx::raw_sql(sql)).await.expect("done");
        connection.close().await.expect("closed");
    } else {
        let mut connection = PgConnection::connect(url).await.expect("PostgreSQL");
        connection.execute(sqlx::raw_sql(sql)).await.expect("done");
        connection.close().await.expect("closed");
    }
}
