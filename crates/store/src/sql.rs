//! The seam between us and the two engines. With `open`, the only module that names either of them.
//!
//! Statements are text that both accept: `$1` holes, `text`, `bigint` and `boolean` columns, times as Unix
//! milliseconds, ids made by us, `on conflict` and `returning`, no functions but `lower`, `count`, `max`, `min`,
//! `sum` and `coalesce`.
mod roles;
mod tables;

use std::{
    fmt::{Display, Write as _},
    str::FromStr,
};

use jiff::Timestamp;
use school::{Choice, Id};
use sqlx::{
    AssertSqlSafe, Database, Decode, Encode, IntoArguments, Postgres, Row as _, SqlSafeStr, Sqlite,
    Transaction, Type, postgres::PgRow, query::Query, sqlite::SqliteRow,
};

use crate::{
    StoreError,
    audit::{self, Waiting},
    error::corrupt,
};

/// One unit of work. Dropping it without [`Tx::commit`] undoes it.
#[derive(Debug)]
pub struct Tx {
    engine: Engine,
    /// Cannot write.
    reads: bool,
    /// Entries of the audit trail, written last of all.
    waiting: Vec<Waiting>,
    /// Whether gates are to look again (`stamp`); told last, because who tells it holds up others who do.
    bumped: bool,
}

#[derive(Debug)]
pub(crate) enum Engine {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// One row coming back.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A value on its way into a column. Absent values keep their type: `PostgreSQL` asks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Bool(bool),
}

impl Tx {
    pub(crate) fn new(engine: Engine, reads: bool) -> Tx {
        Tx { engine, reads, waiting: Vec::new(), bumped: false }
    }

    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.write_bump().await?;
        self.write_entries().await?;
        match self.engine {
            Engine::Sqlite(tx) => Ok(tx.commit().await?),
            Engine::Postgres(tx) => Ok(tx.commit().await?),
        }
    }

    /// To be written when all else is.
    pub(crate) fn put_aside(&mut self, entry: Waiting) -> Result<(), StoreError> {
        if self.reads {
            return Err(StoreError::ReadOnly);
        }
        self.waiting.push(entry);
        Ok(())
    }

    pub(crate) fn bump(&mut self) -> Result<(), StoreError> {
        if self.reads {
            return Err(StoreError::ReadOnly);
        }
        self.bumped = true;
        Ok(())
    }

    pub(crate) async fn write_bump(&mut self) -> Result<(), StoreError> {
        if std::mem::take(&mut self.bumped) {
            self.next("stamp").await?;
        }
        Ok(())
    }

    /// Before the trail is read by the one who adds to it, and at the end.
    pub(crate) async fn write_entries(&mut self) -> Result<(), StoreError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        audit::write_waiting(self, waiting).await
    }

    pub(crate) async fn rows(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        match &mut self.engine {
            Engine::Sqlite(tx) => {
                let rows = bind::<Sqlite>(sql, values).fetch_all(&mut **tx).await?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Engine::Postgres(tx) => {
                let rows = bind::<Postgres>(sql, values).fetch_all(&mut **tx).await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    /// Every row, read as a `T`.
    pub(crate) async fn all<T>(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
        read: fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.rows(sql, values).await?.iter().map(read).collect()
    }

    /// The first row, if there is one.
    pub(crate) async fn first(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// How many rows it touched.
    pub(crate) async fn run(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, StoreError> {
        match &mut self.engine {
            Engine::Sqlite(tx) => Ok(bind::<Sqlite>(sql, values).execute(&mut **tx).await?.rows_affected()),
            Engine::Postgres(tx) => {
                Ok(bind::<Postgres>(sql, values).execute(&mut **tx).await?.rows_affected())
            }
        }
    }

    /// The next number of a series that starts at 1, has no gaps and repeats none, whoever else asks.
    pub(crate) async fn next(&mut self, series: &str) -> Result<i64, StoreError> {
        self.next_of(series, 1).await
    }

    /// The last of the next `count` numbers of a series, all of which are now the caller's.
    pub(crate) async fn next_of(&mut self, series: &str, count: i64) -> Result<i64, StoreError> {
        let sql = "insert into counter (name, value) values ($1, $2) \
                   on conflict (name) do update set value = counter.value + excluded.value returning value";
        let row = self.first(sql, vec![series.into(), count.into()]).await?;
        row.ok_or_else(|| corrupt("counter", "no number came back"))?.get("value")
    }
}

impl Tx {
    /// Several rows at once; `values` are those of the first row, then of the second, and so on. Names are ours.
    pub(crate) async fn insert(
        &mut self,
        table: &str,
        columns: &str,
        rows: usize,
        values: Vec<Value>,
    ) -> Result<(), StoreError> {
        let sql = insertion(table, columns, rows, values.len() / rows.max(1));
        self.run_made(sql, values).await.map(drop)
    }

    /// Many rows in few statements: `head values (…), (…) tail`. `values` are those of all rows, one after the other,
    /// `width` for each. Says how many rows were touched.
    pub(crate) async fn run_many(
        &mut self,
        head: &'static str,
        width: usize,
        values: Vec<Value>,
        tail: &'static str,
    ) -> Result<u64, StoreError> {
        let rows = (MOST_HOLES / width.max(1)).clamp(1, MOST_ROWS);
        let mut values = values.into_iter().peekable();
        let mut touched = 0;
        while values.peek().is_some() {
            let some: Vec<Value> = values.by_ref().take(rows * width).collect();
            let mut sql = format!("{head} values ");
            for n in 0..some.len() / width {
                sql.push_str(if n == 0 { "(" } else { ", (" });
                holes(&mut sql, n * width, width);
                sql.push(')');
            }
            sql.push(' ');
            sql.push_str(tail);
            touched += self.run_made(sql, some).await?;
        }
        Ok(touched)
    }

    /// One statement for many ids: `head ($n, …) tail`, where `fixed` are the values of the holes in `head` and `tail`.
    pub(crate) async fn run_in(
        &mut self,
        head: &'static str,
        fixed: &[Value],
        ids: impl IntoIterator<Item = Value>,
        tail: &'static str,
    ) -> Result<u64, StoreError> {
        let mut ids = ids.into_iter().peekable();
        let mut touched = 0;
        while ids.peek().is_some() {
            let some: Vec<Value> = ids.by_ref().take(MOST_HOLES / 4).collect();
            let mut sql = format!("{head} (");
            holes(&mut sql, fixed.len(), some.len());
            sql.push_str(") ");
            sql.push_str(tail);
            touched += self.run_made(sql, fixed.iter().cloned().chain(some).collect()).await?;
        }
        Ok(touched)
    }

    /// As [`Tx::run`], of a statement put together from names of tables and columns, and never from what people said.
    pub(crate) async fn run_made(&mut self, sql: String, values: Vec<Value>) -> Result<u64, StoreError> {
        match &mut self.engine {
            Engine::Sqlite(tx) => {
                Ok(bind::<Sqlite>(AssertSqlSafe(sql), values).execute(&mut **tx).await?.rows_affected())
            }
            Engine::Postgres(tx) => {
                Ok(bind::<Postgres>(AssertSqlSafe(sql), values).execute(&mut **tx).await?.rows_affected())
            }
        }
    }
}

impl Row {
    pub(crate) fn get<T>(&self, column: &str) -> Result<T, StoreError>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
    {
        match self {
            Row::Sqlite(row) => Ok(row.try_get(column)?),
            Row::Postgres(row) => Ok(row.try_get(column)?),
        }
    }
    pub(crate) fn parse<T: FromStr<Err: Display>>(&self, column: &str) -> Result<T, StoreError> {
        parse(column, &self.get::<String>(column)?)
    }
    pub(crate) fn parse_opt<T: FromStr<Err: Display>>(&self, column: &str) -> Result<Option<T>, StoreError> {
        self.get::<Option<String>>(column)?.map(|it| parse(column, &it)).transpose()
    }
    pub(crate) fn choice<T: Choice>(&self, column: &str) -> Result<T, StoreError> {
        let code: String = self.get(column)?;
        T::from_code(&code).ok_or_else(|| corrupt(column, format!("unknown code {code}")))
    }
    pub(crate) fn at(&self, column: &str) -> Result<Timestamp, StoreError> {
        time(column, self.get(column)?)
    }
    pub(crate) fn at_opt(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        self.get::<Option<i64>>(column)?.map(|it| time(column, it)).transpose()
    }
    /// A count, which is never below zero.
    pub(crate) fn count<T: TryFrom<i64>>(&self, column: &str) -> Result<T, StoreError> {
        T::try_from(self.get::<i64>(column)?).map_err(|_| corrupt(column, "out of range"))
    }
    /// One line each.
    pub(crate) fn lines(&self, column: &str) -> Result<Vec<String>, StoreError> {
        Ok(self.get::<String>(column)?.lines().map(ToOwned::to_owned).collect())
    }
}

impl Value {
    pub(crate) fn text(it: impl Display) -> Value {
        Value::Text(Some(it.to_string()))
    }
    pub(crate) fn text_or_null<T: Display>(it: Option<T>) -> Value {
        Value::Text(it.map(|it| it.to_string()))
    }
    /// Counts beyond `i64` do not occur; they stay at its end.
    pub(crate) fn count(it: u64) -> Value {
        Value::Int(Some(i64::try_from(it).unwrap_or(i64::MAX)))
    }
    pub(crate) fn at_or_null(it: Option<Timestamp>) -> Value {
        Value::Int(it.map(Timestamp::as_millisecond))
    }
    pub(crate) fn lines(it: &[String]) -> Value {
        let lines: Vec<String> = it.iter().map(|it| it.replace(['\n', '\r'], " ")).collect();
        Value::Text(Some(lines.join("\n")))
    }
}

impl From<&str> for Value {
    fn from(it: &str) -> Value {
        Value::Text(Some(it.to_owned()))
    }
}
impl From<Option<&str>> for Value {
    fn from(it: Option<&str>) -> Value {
        Value::Text(it.map(ToOwned::to_owned))
    }
}
impl From<i64> for Value {
    fn from(it: i64) -> Value {
        Value::Int(Some(it))
    }
}
impl From<bool> for Value {
    fn from(it: bool) -> Value {
        Value::Bool(it)
    }
}
impl From<Timestamp> for Value {
    fn from(it: Timestamp) -> Value {
        Value::Int(Some(it.as_millisecond()))
    }
}
impl<T> From<Id<T>> for Value {
    fn from(it: Id<T>) -> Value {
        Value::text(it)
    }
}

/// `SQLite` takes 32,766 values in a statement, `PostgreSQL` 65,535.
const MOST_HOLES: usize = 32_000;
/// More at once gain nothing.
const MOST_ROWS: usize = 500;

/// `$4, $5, $6` after three.
fn holes(sql: &mut String, after: usize, count: usize) {
    for n in after + 1..=after + count {
        // A string takes all.
        let _ = write!(sql, "{}${n}", if n == after + 1 { "" } else { ", " });
    }
}

fn bind<DB: Database>(sql: impl SqlSafeStr, values: Vec<Value>) -> Query<'static, DB, DB::Arguments>
where
    DB::Arguments: IntoArguments<DB>,
    Option<String>: for<'q> Encode<'q, DB> + Type<DB>,
    Option<i64>: for<'q> Encode<'q, DB> + Type<DB>,
    bool: for<'q> Encode<'q, DB> + Type<DB>,
{
    values.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Text(it) => query.bind(it),
        Value::Int(it) => query.bind(it),
        Value::Bool(it) => query.bind(it),
    })
}

fn insertion(table: &str, columns: &str, rows: usize, width: usize) -> String {
    let mut sql = format!("insert into {table} ({columns}) values ");
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=width {
            let comma = if column == 1 { "" } else { ", " };
            // A string takes all.
            let _ = write!(sql, "{comma}${}", row * width + column);
        }
        sql.push(')');
    }
    sql
}

fn parse<T: FromStr<Err: Display>>(column: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|err| corrupt(column, err))
}

fn time(column: &str, millis: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis).map_err(|err| corrupt(column, err))
}
