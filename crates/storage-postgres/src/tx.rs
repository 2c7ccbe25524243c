//! The port's transaction on a connection of PostgreSQL.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use postgres::error::SqlState;
use postgres::types::{ToSql, Type};
use postgres::{Error, Statement};
use storage::{Body, Param, Row, StoreError, Tx};

use crate::connection::Session;
use crate::error::{Kind, copy, engine, kind};
use crate::value::{Received, Sent, copy_out};

/// The start of a COPY in binary form: signature, flags, length of the extension.
const COPY_HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Bytes handed to the driver at a time.
const COPY_CHUNK: usize = 64 * 1024;

/// Why a body did not succeed, and whether it may be tried again. The body may have hidden the engine's
/// error in one of its own, so this is remembered apart.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: StoreError,
    pub(crate) kind: Kind,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            error: engine(&error),
            kind: kind(&error),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self {
            error,
            kind: Kind::Final,
        }
    }
}

/// A transaction; remembers its first error, since nothing may follow one.
pub(crate) struct PostgresTx<'s> {
    session: &'s mut Session,
    failed: Option<Failure>,
}

/// Runs a body on an open transaction. An error that the body swallowed counts, and so does a panic.
pub(crate) fn run(session: &mut Session, name: &'static str, body: &mut Body) -> Result<(), Failure> {
    let mut tx = PostgresTx {
        session,
        failed: None,
    };
    // Whatever a panic left half done is rolled back, and the outcome says that it happened.
    let outcome = catch_unwind(AssertUnwindSafe(|| body(&mut tx))).unwrap_or_else(|_| {
        tracing::error!(transaction = name, "a transaction panicked");
        Err(StoreError::Engine("the transaction panicked".into()))
    });
    match (outcome, tx.failed) {
        (Ok(()), None) => Ok(()),
        (Ok(()), Some(failure)) => Err(failure),
        (Err(error), None) => Err(error.into()),
        (Err(error), Some(Failure { kind, .. })) => Err(Failure { error, kind }),
    }
}

impl PostgresTx<'_> {
    fn guard<T>(&mut self, work: impl FnOnce(&mut Session) -> Result<T, Failure>) -> Result<T, StoreError> {
        if let Some(failure) = &self.failed {
            return Err(copy(&failure.error));
        }
        work(self.session).map_err(|failure| {
            let error = copy(&failure.error);
            self.failed = Some(failure);
            error
        })
    }
}

impl Tx for PostgresTx<'_> {
    fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, StoreError> {
        self.guard(|session| {
            with(session, sql, params, |session, statement, params| {
                session.client.execute(statement, params)
            })
        })
    }

    fn query(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, StoreError> {
        self.guard(|session| {
            let rows = with(session, sql, params, |session, statement, params| {
                session.client.query(statement, params)
            })?;
            let shape = |_| StoreError::Shape("a column has a type that the port does not know");
            rows.iter()
                .map(|row| {
                    let values = (0..row.len())
                        .map(|column| {
                            row.try_get::<_, Received>(column)
                                .map(|value| value.0)
                                .map_err(shape)
                        })
                        .collect::<Result<Vec<_>, _>>()?;
                    Ok(Row::new(values))
                })
                .collect()
        })
    }

    fn insert_many(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        values: &[Param<'_>],
    ) -> Result<u64, StoreError> {
        self.guard(|session| {
            let width = columns.len();
            if width == 0 || !values.len().is_multiple_of(width) {
                return Err(StoreError::Shape("the values are no whole number of rows").into());
            }
            if values.is_empty() {
                return Ok(0);
            }
            let names = columns.join(",");
            let (described, _) = session.prepare(&format!("SELECT {names} FROM {table} LIMIT 0"))?;
            let kinds: Vec<Type> = described
                .columns()
                .iter()
                .map(|column| column.type_().clone())
                .collect();
            let data = encode(&kinds, values)?;
            let (copy, _) = session.prepare(&format!("COPY {table} ({names}) FROM STDIN BINARY"))?;
            send(session, &copy, &data)
        })
    }
}

/// Prepares a statement, checks and binds its parameters, and does something with it.
fn with<T>(
    session: &mut Session,
    sql: &str,
    params: &[Param<'_>],
    work: impl FnOnce(&mut Session, &Statement, &[&(dyn ToSql + Sync)]) -> Result<T, Error>,
) -> Result<T, Failure> {
    let (statement, kept) = session.prepare(sql)?;
    if statement.params().len() != params.len() {
        return Err(StoreError::Shape("the statement takes another number of parameters").into());
    }
    let sent: Vec<Sent<'_>> = params.iter().map(Sent).collect();
    let sent: Vec<&(dyn ToSql + Sync)> = sent.iter().map(|param| param as _).collect();
    work(session, &statement, &sent).map_err(|error| {
        // Another process has changed the schema since the statement was prepared.
        let stale = kept
            && error.code().is_some_and(|code| {
                *code == SqlState::FEATURE_NOT_SUPPORTED || *code == SqlState::INVALID_SQL_STATEMENT_NAME
            });
        let mut failure = Failure::from(error);
        if stale {
            session.forget();
            failure.kind = Kind::Conflict;
        }
        failure
    })
}

/// Rows in the form of COPY BINARY.
fn encode(kinds: &[Type], values: &[Param<'_>]) -> Result<Vec<u8>, StoreError> {
    let width = i16::try_from(kinds.len())
        .map_err(|_| StoreError::Shape("a table has fewer columns"))?
        .to_be_bytes();
    let mut data = Vec::with_capacity(values.len() * 24 + 32);
    data.extend_from_slice(COPY_HEADER);
    for row in values.chunks_exact(kinds.len()) {
        data.extend_from_slice(&width);
        for (param, kind) in row.iter().zip(kinds) {
            copy_out(param, kind, &mut data)?;
        }
    }
    data.extend_from_slice(&(-1_i16).to_be_bytes());
    Ok(data)
}

fn send(session: &mut Session, copy: &Statement, data: &[u8]) -> Result<u64, Failure> {
    let mut writer = match session.client.copy_in(copy) {
        Ok(writer) => writer,
        Err(error) => {
            // When a COPY is refused before it has begun, the driver still ends it, and the server's answer
            // to that arrives in the place of the answer to the next statement.
            session.out_of_step = true;
            return Err(error.into());
        }
    };
    for chunk in data.chunks(COPY_CHUNK) {
        if let Err(error) = writer.write_all(chunk) {
            // The driver wraps its own error; anything else is the socket's.
            return Err(match error.into_inner().map(|inner| inner.downcast::<Error>()) {
                Some(Ok(error)) => (*error).into(),
                _ => Failure {
                    error: StoreError::Unavailable("the connection broke".into()),
                    kind: Kind::Broken,
                },
            });
        }
    }
    Ok(writer.finish()?)
}
