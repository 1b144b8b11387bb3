//! Whole tables, whatever is in them: for `carry` alone.
use futures_util::{StreamExt as _, stream::BoxStream};
use sqlx::AssertSqlSafe;

use super::{Engine, Row, Tx, Value};
use crate::{StoreError, carry::Kind, error::corrupt};

impl Tx {
    /// In the order of their names.
    pub(crate) async fn columns(&mut self, table: &str) -> Result<Vec<(String, Kind)>, StoreError> {
        let sql = match &self.engine {
            Engine::Sqlite(_) => "select name, lower(type) as kind from pragma_table_info($1)",
            Engine::Postgres(_) => {
                "select cast(column_name as text) as name, cast(data_type as text) as kind \
                 from information_schema.columns where table_schema = current_schema() and table_name = $1"
            }
        };
        let read = |row: &Row| {
            let kind: String = row.get("kind")?;
            let kind = match kind.as_str() {
                "text" => Kind::Text,
                "bigint" => Kind::Int,
                "boolean" => Kind::Bool,
                other => return Err(corrupt("kind of a column", format!("{other} is not of our dialect"))),
            };
            Ok((row.get::<String>("name")?, kind))
        };
        let mut columns = self.all(sql, vec![table.into()], read).await?;
        columns.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(columns)
    }

    /// Every row, as it comes; on `SQLite` in the order in which they were put in.
    pub(crate) fn every(&mut self, table: &str, columns: &str) -> BoxStream<'_, Result<Row, StoreError>> {
        let sql = format!("select {columns} from {table}");
        match &mut self.engine {
            Engine::Sqlite(tx) => {
                let query = sqlx::query(AssertSqlSafe(format!("{sql} order by rowid")));
                query.fetch(&mut **tx).map(|it| Ok(Row::Sqlite(it?))).boxed()
            }
            Engine::Postgres(tx) => {
                sqlx::query(AssertSqlSafe(sql)).fetch(&mut **tx).map(|it| Ok(Row::Postgres(it?))).boxed()
            }
        }
    }

    /// References between rows are looked at when the transaction commits, where the engine can do so.
    pub(crate) async fn defer_references(&mut self) -> Result<(), StoreError> {
        match &self.engine {
            Engine::Sqlite(_) => self.run("pragma defer_foreign_keys = on", vec![]).await.map(drop),
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// Those that are not there yet; says how many.
    pub(crate) async fn insert_new(
        &mut self,
        table: &str,
        columns: &str,
        rows: usize,
        values: Vec<Value>,
    ) -> Result<u64, StoreError> {
        let sql = super::insertion(table, columns, rows, values.len() / rows.max(1));
        self.run_made(sql + " on conflict do nothing", values).await
    }
}
