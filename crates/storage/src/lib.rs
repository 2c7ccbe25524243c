//! The storage port: run a named transaction.
//!
//! A transaction is a synchronous closure over [`Tx::execute`], [`Tx::query`] and [`Tx::insert_many`]. It
//! may run more than once (a distributed engine asks for a retry), so it must take its inputs by
//! reference and leave its result in what it returns. When [`Store::write`] answers `Ok`, everything the
//! closure wrote is on disk.
//!
//! # How to add a repository
//! 1. Write the tables as a new migration (see [`migrations`]), with three column types only: `BIGINT`,
//!    `TEXT`, `BYTEA`. Put the person's shard key first in the key of every table about people, and class
//!    every column in [`columns`].
//! 2. Write its SQL once, with `$1`, `$2` … for parameters, in what both engines take: no upsert syntax but
//!    `ON CONFLICT DO NOTHING` / `ON CONFLICT (…) DO UPDATE`, no functions of time or randomness.
//! 3. Take `&mut dyn Tx`; never a store. Whoever calls decides what else is in the same transaction.
//! 4. Test it on every adapter through the `testkit` stores.

pub mod columns;
#[cfg(feature = "contract")]
pub mod contract;
pub mod migrations;

use std::sync::mpsc::TryRecvError;

/// Why a store that was opened to read does not write.
pub const READ_ONLY: &str = "it was opened to read alone";

/// A value on its way into the store, borrowed so that a batch costs no copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Param<'a> {
    /// No value.
    Null,
    /// A `BIGINT`.
    Int(i64),
    /// A `TEXT`.
    Text(&'a str),
    /// A `BYTEA`.
    Blob(&'a [u8]),
}

/// A value out of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// A `BIGINT`.
    Int(i64),
    /// A `TEXT`.
    Text(String),
    /// A `BYTEA`.
    Blob(Vec<u8>),
}

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A key is taken already.
    #[error("a row with this key exists already")]
    Duplicate,
    /// The engine refused or failed. The text names no values.
    #[error("the database failed: {0}")]
    Engine(String),
    /// A row has not the shape that the code expects.
    #[error("a stored row has another shape than expected: {0}")]
    Shape(&'static str),
    /// The store is closed, or could not be reached.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// Another process holds it, and did so for as many seconds as it was waited for.
    #[error(
        "another process uses this database, and did not let go of it within {0} s; stop it or go through it"
    )]
    InUse(u64),
}

/// A row of an answer, read column by column from the left.
#[derive(Debug, Clone)]
pub struct Row(std::vec::IntoIter<Value>);

impl Row {
    /// A row of these values.
    pub fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// The next column, whatever it is.
    ///
    /// # Errors
    /// When there is none.
    pub fn value(&mut self) -> Result<Value, StoreError> {
        self.0.next().ok_or(StoreError::Shape("a column is missing"))
    }

    /// The next column, an integer.
    ///
    /// # Errors
    /// When it is something else or missing.
    pub fn int(&mut self) -> Result<i64, StoreError> {
        self.opt_int()?.ok_or(StoreError::Shape("an integer is expected"))
    }

    /// The next column, an integer or nothing.
    ///
    /// # Errors
    /// When it is something else or missing.
    pub fn opt_int(&mut self) -> Result<Option<i64>, StoreError> {
        match self.value()? {
            Value::Int(n) => Ok(Some(n)),
            Value::Null => Ok(None),
            _ => Err(StoreError::Shape("an integer is expected")),
        }
    }

    /// The next column, a text.
    ///
    /// # Errors
    /// When it is something else or missing.
    pub fn text(&mut self) -> Result<String, StoreError> {
        self.opt_text()?.ok_or(StoreError::Shape("a text is expected"))
    }

    /// The next column, a text or nothing.
    ///
    /// # Errors
    /// When it is something else or missing.
    pub fn opt_text(&mut self) -> Result<Option<String>, StoreError> {
        match self.value()? {
            Value::Text(t) => Ok(Some(t)),
            Value::Null => Ok(None),
            _ => Err(StoreError::Shape("a text is expected")),
        }
    }

    /// The next column, bytes.
    ///
    /// # Errors
    /// When it is something else or missing.
    pub fn blob(&mut self) -> Result<Vec<u8>, StoreError> {
        self.opt_blob()?.ok_or(StoreError::Shape("bytes are expected"))
    }

    /// The next column, bytes or nothing.
    ///
    /// # Errors
    /// When it is something else or missing.
    pub fn opt_blob(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        match self.value()? {
            Value::Blob(b) => Ok(Some(b)),
            Value::Null => Ok(None),
            _ => Err(StoreError::Shape("bytes are expected")),
        }
    }

    /// The next column, exactly `N` bytes.
    ///
    /// # Errors
    /// When it is something else, of another length, or missing.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        self.blob()?
            .try_into()
            .map_err(|_| StoreError::Shape("bytes of another length are expected"))
    }
}

/// What a transaction can do.
pub trait Tx {
    /// Runs one statement and answers how many rows it touched.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] on a taken key; the transaction can't go on after any error.
    fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, StoreError>;

    /// Runs one query and answers its rows.
    ///
    /// # Errors
    /// When the engine refuses the query.
    fn query(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Vec<Row>, StoreError>;

    /// Puts many rows into one table the fastest way that the engine has. `values` holds them one after
    /// another, each as long as `columns`.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] on a taken key; [`StoreError::Shape`] when `values` is no multiple of
    /// `columns`.
    fn insert_many(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        values: &[Param<'_>],
    ) -> Result<u64, StoreError>;

    /// Puts into a table those of many rows whose key, their first column, a `BYTEA`, is not taken yet. Answers
    /// the places of the others among `values`, in their order. For keys that nearly all are new this costs half
    /// of looking first.
    ///
    /// # Errors
    /// [`StoreError::Shape`] when `values` is no multiple of `columns`, or a key is no `BYTEA`.
    fn insert_new(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        values: &[Param<'_>],
    ) -> Result<Vec<usize>, StoreError> {
        let width = columns.len();
        if width == 0 || !values.len().is_multiple_of(width) {
            return Err(StoreError::Shape("the values are no whole number of rows"));
        }
        let mut taken = Vec::new();
        for (part, rows) in values.chunks(width * NEW_AT_ONCE).enumerate() {
            let row = |first: usize| {
                let places: Vec<String> = (first..first + width).map(|place| format!("${place}")).collect();
                format!("({})", places.join(", "))
            };
            let places: Vec<String> = (1..=rows.len()).step_by(width).map(row).collect();
            let sql = format!(
                "INSERT INTO {table} ({}) VALUES {} ON CONFLICT DO NOTHING RETURNING {}",
                columns.join(", "),
                places.join(", "),
                columns[0],
            );
            let new = self.query(&sql, rows)?;
            let mut new = new
                .into_iter()
                .map(|mut row| row.blob())
                .collect::<Result<std::collections::HashSet<Vec<u8>>, _>>()?;
            for (place, row) in rows.chunks_exact(width).enumerate() {
                let Param::Blob(key) = row[0] else {
                    return Err(StoreError::Shape("a key of bytes is expected"));
                };
                // Taken out, so that of one key twice the second counts as taken.
                if !new.remove(key) {
                    taken.push(part * NEW_AT_ONCE + place);
                }
            }
        }
        Ok(taken)
    }
}

/// How many rows one statement of [`Tx::insert_new`] takes.
const NEW_AT_ONCE: usize = 64;

/// A transaction's body as adapters take it. It may be called again after a conflict between transactions.
/// An `Err` rolls back everything that this body wrote, and nothing that another one wrote.
pub type Body = Box<dyn FnMut(&mut dyn Tx) -> Result<(), StoreError> + Send>;

/// Called once with the outcome of a body, after its writes are durable.
pub type Done = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Called once when the next part of the same work may be handed over.
pub type Next = Box<dyn FnOnce() + Send>;

/// A piece of work that is too large for one transaction, told from others by its identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work(pub [u8; 16]);

/// What a transaction may do, which decides where it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reads a consistent state; writes are refused by the engine.
    Read,
    /// Reads and writes; serialised against every other writer that touches the same rows.
    Write,
    /// As [`Access::Write`], of a transaction that destroys what must not be read again. An engine in the
    /// process takes what was destroyed out of its own files, its write-ahead log among them, before it
    /// answers, or as soon after as readers of an older state let go. A server clears its pages in its own time.
    Erase,
}

/// A database, behind the port. Adapters implement [`Store::submit`]; nothing else is asked of them.
pub trait Store: Send + Sync {
    /// Hands a named transaction over and returns at once; `done` is called when it has ended and `body` has
    /// been let go with all that it holds. `name` is a constant of the code, for logs and metrics.
    fn submit(&self, name: &'static str, access: Access, body: Body, done: Done);

    /// Hands over a part of a larger piece of work, whose parts run in the order in which they are handed over.
    /// `next` is called when the next part may come, `done` when this one is durable, which may be later: an
    /// engine that gains by it commits several parts of one work together. Then they share their fate: where
    /// one fails, those that wait to be committed with it fail too. So a part has to see for itself that the
    /// part before it is there. Without a way of its own, an adapter commits each part alone.
    fn submit_part(&self, name: &'static str, _work: Work, body: Body, next: Next, done: Done) {
        let told = move |outcome| {
            done(outcome);
            next();
        };
        self.submit(name, Access::Write, body, Box::new(told));
    }
}

/// What will become of a part that has been handed over.
pub struct Pending<T, E>(std::sync::mpsc::Receiver<Result<T, E>>);

impl<T, E: From<StoreError>> Pending<T, E> {
    /// What became of the part, if that is known already. Answers once; asked again, that the store has closed.
    pub fn try_wait(&self) -> Option<Result<T, E>> {
        match self.0.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(gone().into())),
        }
    }

    /// Waits until the part is durable.
    ///
    /// # Errors
    /// What the closure answers, or why the store could not run it.
    pub fn wait(self) -> Result<T, E> {
        self.0.recv().unwrap_or_else(|_| Err(gone().into()))
    }
}

impl dyn Store {
    /// Runs a transaction and waits for it. For threads that may block, never for async tasks.
    ///
    /// # Errors
    /// What the closure answers, or why the store could not run it.
    pub fn run<T, E, F>(&self, name: &'static str, access: Access, body: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        self.hand_over(name, access, body, move |outcome| {
            // Whoever asked may have gone; then nobody needs the answer.
            let _ = sender.send(outcome);
        });
        receiver.recv().unwrap_or_else(|_| Err(gone().into()))
    }

    /// Runs a transaction for an async task.
    ///
    /// # Errors
    /// What the closure answers, or why the store could not run it.
    pub async fn run_async<T, E, F>(&self, name: &'static str, access: Access, body: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        self.hand_over(name, access, body, move |outcome| {
            let _ = sender.send(outcome);
        });
        receiver.await.unwrap_or_else(|_| Err(gone().into()))
    }

    /// Hands over a part of a larger piece of work ([`Store::submit_part`]) and waits until the next one may
    /// come. For threads that may block, never for async tasks.
    pub fn run_part<T, E, F>(&self, name: &'static str, work: Work, body: F) -> Pending<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    {
        let (answer, answered) = std::sync::mpsc::sync_channel(1);
        let (next, may_come) = std::sync::mpsc::sync_channel(1);
        let (body, done) = with_answer(body, move |outcome| {
            let _ = answer.send(outcome);
        });
        let next = Box::new(move || {
            let _ = next.send(());
        });
        self.submit_part(name, work, body, next, done);
        // Where the store has gone, so has the answer, which says so.
        let _ = may_come.recv();
        Pending(answered)
    }

    fn hand_over<T, E, F>(
        &self,
        name: &'static str,
        access: Access,
        body: F,
        answer: impl FnOnce(Result<T, E>) + Send + 'static,
    ) where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    {
        let (body, done) = with_answer(body, answer);
        self.submit(name, access, body, done);
    }
}

/// A closure as adapters take it, and what hands its answer over once the engine has spoken.
fn with_answer<T, E, F>(mut body: F, answer: impl FnOnce(Result<T, E>) + Send + 'static) -> (Body, Done)
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
{
    // The body leaves what it made here; `done` picks it up.
    let made: std::sync::Arc<std::sync::Mutex<Option<Result<T, E>>>> = std::sync::Arc::default();
    let leave = made.clone();
    let body: Body = Box::new(move |tx| {
        let outcome = body(tx);
        let verdict = if outcome.is_ok() {
            Ok(())
        } else {
            Err(StoreError::Shape("the transaction gave up"))
        };
        *leave.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(outcome);
        verdict
    });
    let done: Done = Box::new(move |engine| {
        let made = made
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take();
        answer(match (engine, made) {
            (Ok(()), Some(outcome)) => outcome,
            // The closure's own refusal says more than the engine's.
            (Err(_), Some(Err(refusal))) => Err(refusal),
            (Err(error), _) => Err(error.into()),
            (Ok(()), None) => Err(gone().into()),
        });
    });
    (body, done)
}

fn gone() -> StoreError {
    StoreError::Unavailable("the store was closed before it answered".into())
}
