use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _, SqliteConnection};

use super::TABLES;
use crate::Db;

#[tokio::test]
async fn every_table_is_carried_after_those_it_refers_to() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("school.db");
    Db::open_file(&path).await.expect("it opens").close().await;
    let url = format!("sqlite://{}", path.display());
    let mut connection = SqliteConnection::connect(&url).await.expect("SQLite");
    let mut texts = async |sql: String| -> Vec<String> {
        let rows = connection.fetch_all(sqlx::raw_sql(AssertSqlSafe(sql))).await.expect("rows");
        rows.iter().map(|row| row.get(0)).collect()
    };
    let ours = "select name from sqlite_schema where type = 'table' and name <> '_sqlx_migrations' \
                and name not like 'sqlite%' order by name";
    let all = texts(ours.to_owned()).await;
    let mut listed = TABLES.to_vec();
    listed.sort_unstable();
    assert_eq!(listed, all, "a new table gets its line in carry::TABLES, after those it refers to");
    for (place, table) in TABLES.iter().enumerate() {
        let keys = texts(format!("select name from pragma_table_info('{table}') where pk > 0")).await;
        assert!(!keys.is_empty(), "{table} has a primary key, so that a row is never put in twice");
        for other in texts(format!("select \"table\" from pragma_foreign_key_list('{table}')")).await {
            let before = TABLES.iter().position(|it| *it == other).expect("listed");
            assert!(before <= place, "{table} refers to {other}, which comes after it");
        }
    }
}
