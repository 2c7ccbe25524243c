//! The port's transaction on a connection of SQLite.

use std::collections::BTreeSet;
use std::ops::Range;
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
            let batch = Batch::of(table, columns, values, "")?;
            batch.insert(connection, |_, _| Ok(()))?;
            Ok(batch.rows() as u64)
        })
    }

    fn insert_new(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        values: &[Param<'_>],
    ) -> Result<Vec<usize>, StoreError> {
        self.guard(|connection| {
            let batch = Batch::of(table, columns, values, " ON CONFLICT DO NOTHING")?;
            let mut keys = values.iter().step_by(columns.len());
            if !keys.all(|key| matches!(key, Param::Blob(_))) {
                return Err(StoreError::Shape("a key of bytes is expected"));
            }
            let mut taken = Vec::new();
            let mut last = batch.last_rowid(connection)?;
            batch.insert(connection, |rows, inserted| {
                if inserted < rows.len() {
                    batch.find_taken(connection, rows, last, &mut taken)?;
                }
                last += inserted as i64;
                Ok(())
            })?;
            Ok(taken)
        })
    }
}

/// Rows on their way into a table. A value that all rows have in a column is bound once for all of a statement.
struct Batch<'b> {
    table: &'static str,
    columns: &'static [&'static str],
    values: &'b [Param<'b>],
    /// Of each column, whether all rows have the same value in it.
    shared: Vec<bool>,
    /// What ends the statement.
    ending: &'static str,
}

impl<'b> Batch<'b> {
    fn of(
        table: &'static str,
        columns: &'static [&'static str],
        values: &'b [Param<'b>],
        ending: &'static str,
    ) -> Result<Self, StoreError> {
        let width = columns.len();
        if width == 0 || !values.len().is_multiple_of(width) {
            return Err(StoreError::Shape("the values are no whole number of rows"));
        }
        let shared = (0..width).map(|column| {
            let mut column = values.iter().skip(column).step_by(width);
            let first = column.next();
            column.all(|value| Some(value) == first)
        });
        Ok(Self {
            table,
            columns,
            values,
            shared: shared.collect(),
            ending,
        })
    }

    fn rows(&self) -> usize {
        self.values.len() / self.columns.len()
    }

    fn row(&self, row: usize) -> &'b [Param<'b>] {
        let width = self.columns.len();
        &self.values[row * width..(row + 1) * width]
    }

    /// Puts the rows in, [`ROWS_A_STATEMENT`] at once and the rest one by one, so that few lengths of statement are
    /// kept prepared. `done` hears after each statement which rows it took and how many of them it put in.
    fn insert(
        &self,
        connection: &Connection,
        mut done: impl FnMut(Range<usize>, usize) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let whole = self.rows() - self.rows() % ROWS_A_STATEMENT;
        for (all, at_once) in [(0..whole, ROWS_A_STATEMENT), (whole..self.rows(), 1)] {
            if all.is_empty() {
                continue;
            }
            let mut statement = prepare(connection, &self.sql(at_once))?;
            for first in all.step_by(at_once) {
                let rows = first..first + at_once;
                self.bind(&mut statement, rows.clone())?;
                let inserted = statement.raw_execute().map_err(|error| engine(&error))?;
                done(rows, inserted)?;
            }
        }
        Ok(())
    }

    fn bind(&self, statement: &mut CachedStatement<'_>, rows: Range<usize>) -> Result<(), StoreError> {
        let mut place = 0;
        for row in rows.clone() {
            for (param, shared) in self.row(row).iter().zip(&self.shared) {
                if row == rows.start || !shared {
                    place += 1;
                    bind(statement, place, param)?;
                }
            }
        }
        Ok(())
    }

    /// `INSERT INTO table (columns) VALUES (?1,…),…` for so many rows. Rows before a failing one stay until the
    /// transaction is rolled back, which it always is: undoing them one statement at a time would have SQLite
    /// copy every page that a batch touches.
    fn sql(&self, rows: usize) -> String {
        let mut next = self.columns.len();
        let rows: Vec<String> = (0..rows)
            .map(|row| {
                let places = self.shared.iter().enumerate().map(|(column, shared)| {
                    if row == 0 || *shared {
                        return format!("?{}", column + 1);
                    }
                    next += 1;
                    format!("?{next}")
                });
                format!("({})", places.collect::<Vec<_>>().join(","))
            })
            .collect();
        format!(
            "INSERT OR FAIL INTO {} ({}) VALUES {}{}",
            self.table,
            self.columns.join(","),
            rows.join(","),
            self.ending
        )
    }

    /// The number of the table's last row: what is put in from here on has higher ones.
    fn last_rowid(&self, connection: &Connection) -> Result<i64, StoreError> {
        let sql = format!("SELECT coalesce(max(rowid), 0) FROM {}", self.table);
        let last = prepare(connection, &sql)?.query_row([], |row| row.get(0));
        last.map_err(|error| engine(&error))
    }

    /// Adds the places of those of these rows that were not put in: their key had been taken before, or was by a
    /// row before them.
    fn find_taken(
        &self,
        connection: &Connection,
        rows: Range<usize>,
        last: i64,
        taken: &mut Vec<usize>,
    ) -> Result<(), StoreError> {
        let sql = format!("SELECT rowid FROM {} WHERE {} = ?1", self.table, self.columns[0]);
        let mut statement = prepare(connection, &sql)?;
        let mut new = BTreeSet::new();
        for row in rows {
            bind(&mut statement, 1, &self.row(row)[0])?;
            let mut found = statement.raw_query();
            let found = found.next().map_err(|error| engine(&error))?;
            let rowid: Option<i64> = found
                .map(|row| row.get(0))
                .transpose()
                .map_err(|error| engine(&error))?;
            if !rowid.is_some_and(|rowid| rowid > last && new.insert(rowid)) {
                taken.push(row);
            }
        }
        Ok(())
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
