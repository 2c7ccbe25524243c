//! The port's transaction on a connection of SQLite.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};
use storage::{Body, Param, Row, StoreError, Tx, Value};

use crate::error::{copy, engine};

/// Rows that one INSERT statement of a batch takes. From 1 to 64 the disk decides how long a batch takes (see
/// the `store_speed` example), and long statements would crowd the cache.
const ROWS_A_STATEMENT: usize = 16;

/// A transaction; remembers its first error, since nothing may follow one.
pub(crate) struct SqliteTx<'c> {
    connection: &'c Connection,
    failed: Option<StoreError>,
}

/// Runs a body on an open transaction. An error that the body swallowed counts, and so does a panic.
pub(crate) fn run(connection: &Connection, name: &'static str, body: &mut Body) -> Result<(), StoreError> {
    let mut tx = SqliteTx {
        connection,
        failed: None,
    };
    // Whatever a panic left half done is rolled back, and the body is never called again.
    let outcome = catch_unwind(AssertUnwindSafe(|| body(&mut tx))).unwrap_or_else(|_| {
        tracing::error!(transaction = name, "a transaction panicked");
        Err(StoreError::Engine("the transaction panicked".into()))
    });
    match (outcome, tx.failed) {
        (Ok(()), Some(error)) => Err(error),
        (outcome, _) => outcome,
    }
}

impl SqliteTx<'_> {
    fn guard<T>(&mut self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if let Some(error) = &self.failed {
            return Err(copy(error));
        }
        work(self.connection).inspect_err(|error| self.failed = Some(copy(error)))
    }
}

impl Tx for SqliteTx<'_> {
    fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, StoreError> {
        self.guard(|connection| {
            let mut statement = prepare(connection, &numbered(sql))?;
            bind_all(&mut statement, params)?;
            let rows = statement.raw_execute().map_err(|error| engine(&error))?;
            Ok(rows as u64)
        })
    }

    fn query(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, StoreError> {
        self.guard(|connection| {
            let mut statement = prepare(connection, &numbered(sql))?;
            bind_all(&mut statement, params)?;
            let width = statement.column_count();
            let mut rows = statement.raw_query();
            let mut answer = Vec::new();
            while let Some(row) = rows.next().map_err(|error| engine(&error))? {
                let values = (0..width)
                    .map(|column| value(row.get_ref(column).map_err(|error| engine(&error))?))
                    .collect::<Result<Vec<_>, _>>()?;
                answer.push(Row::new(values));
            }
            Ok(answer)
        })
    }

    fn insert_many(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        values: &[Param<'_>],
    ) -> Result<u64, StoreError> {
        self.guard(|connection| {
            let width = columns.len();
            if width == 0 || !values.len().is_multiple_of(width) {
                return Err(StoreError::Shape("the values are no whole number of rows"));
            }
            let mut chunks = values.chunks_exact(width * ROWS_A_STATEMENT);
            if chunks.len() > 0 {
                let mut statement = prepare(connection, &insert(table, columns, ROWS_A_STATEMENT))?;
                for chunk in &mut chunks {
                    insert_rows(&mut statement, chunk)?;
                }
            }
            let rest = chunks.remainder();
            if !rest.is_empty() {
                let mut statement = prepare(connection, &insert(table, columns, 1))?;
                for row in rest.chunks_exact(width) {
                    insert_rows(&mut statement, row)?;
                }
            }
            Ok((values.len() / width) as u64)
        })
    }

    fn insert_new(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        values: &[Param<'_>],
    ) -> Result<Vec<usize>, StoreError> {
        self.guard(|connection| {
            let width = columns.len();
            if width == 0 || !values.len().is_multiple_of(width) {
                return Err(StoreError::Shape("the values are no whole number of rows"));
            }
            let sql = format!("{} ON CONFLICT DO NOTHING", insert(table, columns, 1));
            let mut statement = prepare(connection, &sql)?;
            let mut taken = Vec::new();
            for (place, row) in values.chunks_exact(width).enumerate() {
                if !matches!(row[0], Param::Blob(_)) {
                    return Err(StoreError::Shape("a key of bytes is expected"));
                }
                bind_all(&mut statement, row)?;
                if statement.raw_execute().map_err(|error| engine(&error))? == 0 {
                    taken.push(place);
                }
            }
            Ok(taken)
        })
    }
}

fn prepare<'c>(connection: &'c Connection, sql: &str) -> Result<CachedStatement<'c>, StoreError> {
    connection.prepare_cached(sql).map_err(|error| engine(&error))
}

/// The port's `$n` is a name to SQLite, counted in the order of first appearance; `?n` is the n-th parameter.
fn numbered(sql: &str) -> String {
    let mut quoted = false;
    let places = sql.bytes().map(|byte| {
        quoted ^= byte == b'\'';
        if byte == b'$' && !quoted { b'?' } else { byte }
    });
    // One character of ASCII became another: it is text as before.
    String::from_utf8(places.collect()).unwrap_or_default()
}

fn bind_all(statement: &mut CachedStatement<'_>, params: &[Param<'_>]) -> Result<(), StoreError> {
    if statement.parameter_count() != params.len() {
        return Err(StoreError::Shape(
            "the statement takes another number of parameters",
        ));
    }
    for (index, param) in params.iter().enumerate() {
        bind(statement, index + 1, param)?;
    }
    Ok(())
}

fn insert_rows(statement: &mut CachedStatement<'_>, values: &[Param<'_>]) -> Result<(), StoreError> {
    bind_all(statement, values)?;
    statement.raw_execute().map(drop).map_err(|error| engine(&error))
}

/// `INSERT INTO table (columns) VALUES (?,…),…` for so many rows. Rows before a failing one stay until the
/// transaction is rolled back, which it always is: undoing them one statement at a time would have SQLite
/// copy every page that a batch touches.
fn insert(table: &str, columns: &[&str], rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns.len()].join(","));
    format!(
        "INSERT OR FAIL INTO {table} ({}) VALUES {}",
        columns.join(","),
        vec![row; rows].join(",")
    )
}

struct Bound<'p>(&'p Param<'p>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self.0 {
            Param::Null => ValueRef::Null,
            Param::Int(number) => ValueRef::Integer(number),
            Param::Text(text) => ValueRef::Text(text.as_bytes()),
            Param::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn bind(statement: &mut CachedStatement<'_>, place: usize, param: &Param<'_>) -> Result<(), StoreError> {
    if matches!(param, Param::Text(text) if text.as_bytes().contains(&0)) {
        return Err(StoreError::Shape("a text holds the character NUL"));
    }
    statement
        .raw_bind_parameter(place, Bound(param))
        .map_err(|error| engine(&error))
}

fn value(value: ValueRef<'_>) -> Result<Value, StoreError> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(text) => Value::Text(
            String::from_utf8(text.to_vec()).map_err(|_| StoreError::Shape("a stored text is not UTF-8"))?,
        ),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Real(_) => return Err(StoreError::Shape("a stored number is no integer")),
    })
}
