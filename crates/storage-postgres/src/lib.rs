//! The storage port on PostgreSQL.
//!
//! One thread or a few write and commit many transactions with one sync; a few threads read. Each has a
//! connection of its own, and connects again when it breaks. Writes are `SERIALIZABLE` and tried again after
//! a conflict, so that several processes may share a database; reads are `REPEATABLE READ`, read-only.
//!
//! # Connecting
//! [`PostgresStore::connect`] takes the usual connection string, with `host=/folder` for a Unix socket. A
//! password comes from the file that `PGPASSFILE` names, never from the string, which other users of the
//! machine may see on a command line. There is no TLS: hosts that are not this machine are refused unless
//! [`Options::plain_network`] says that the way there is private.

mod config;
mod connection;
mod error;
mod migrate;
mod passfile;
mod reader;
mod tx;
mod value;
mod writer;

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use storage::migrations::Migration;
use storage::{Access, Body, Done, Store, StoreError};

/// How a store is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads that write, each with its own connection; at least 1. All writes of the registry append to
    /// the same log, so a second thread mostly meets conflicts.
    pub writers: usize,
    /// Threads that read, each with its own connection; at least 1.
    pub readers: usize,
    /// How long one statement may take; the server ends it then. Zero is without limit.
    pub statement_timeout: Duration,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How often a transaction is tried after conflicts with others.
    pub tries: u32,
    /// Transactions that may wait, each for reading and for writing, before more are turned away.
    pub queue: usize,
    /// Transactions committed with one sync at most.
    pub group: usize,
    /// Time after which a group takes no further transaction.
    pub group_time: Duration,
    /// Whether to speak with another machine in clear.
    pub plain_network: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            writers: 1,
            readers: 4,
            statement_timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            tries: 20,
            queue: 8192,
            group: 128,
            group_time: Duration::from_millis(5),
            plain_network: false,
        }
    }
}

/// One transaction on its way to a thread.
struct Job {
    name: &'static str,
    body: Body,
    done: Done,
}

/// A database on a server.
pub struct PostgresStore {
    writes: Option<SyncSender<Job>>,
    reads: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl PostgresStore {
    /// Connects and brings the schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the server can't be reached or refuses us, or the connection string
    /// is no good; [`StoreError::Engine`] when the schema is newer than this program.
    pub fn connect(config: &str, options: &Options) -> Result<Self, StoreError> {
        Self::connect_with(config, options, storage::migrations::all())
    }

    /// Connects to a database with a schema of the caller's.
    ///
    /// # Errors
    /// As [`PostgresStore::connect`].
    pub fn connect_with(
        config: &str,
        options: &Options,
        migrations: &'static [Migration],
    ) -> Result<Self, StoreError> {
        let config = config::parse(config, options)?;
        let (writes, write_jobs) = sync_channel(options.queue.max(1));
        let (reads, read_jobs) = sync_channel(options.queue.max(1));
        let (write_jobs, read_jobs) = (Arc::new(Mutex::new(write_jobs)), Arc::new(Mutex::new(read_jobs)));
        let mut store = Self {
            writes: Some(writes),
            reads: Some(reads),
            threads: Vec::new(),
        };
        // The driver blocks on a runtime of its own, which must not happen on a thread of another runtime.
        let prepared = {
            let config = config.clone();
            thread("store-setup", move || {
                connection::Link::open(&config).and_then(|mut link| migrate::run(&mut link, migrations))
            })?
        };
        prepared
            .join()
            .unwrap_or_else(|_| Err(StoreError::Engine("setting up the database panicked".into())))?;
        let turn = Arc::new(writer::Turn::default());
        for _ in 0..options.writers.max(1) {
            let mut writer =
                writer::Writer::new(connection::Link::closed(&config), options, Arc::clone(&turn));
            let jobs = Arc::clone(&write_jobs);
            store
                .threads
                .push(thread("store-write", move || writer.run(&jobs))?);
        }
        for _ in 0..options.readers.max(1) {
            store.read(connection::Link::closed(&config), &read_jobs, options)?;
        }
        Ok(store)
    }

    /// Connects to read, beside whoever writes. Nothing is written and the schema stays as it is; a transaction that
    /// would write is refused.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the server can't be reached or refuses us, or the connection string is no
    /// good.
    pub fn read_only(config: &str, options: &Options) -> Result<Self, StoreError> {
        let config = config::parse(config, options)?;
        let (reads, read_jobs) = sync_channel(options.queue.max(1));
        let mut store = Self {
            writes: None,
            reads: Some(reads),
            threads: Vec::new(),
        };
        let reached = {
            let config = config.clone();
            thread("store-setup", move || connection::Link::open(&config).map(drop))?
        };
        reached
            .join()
            .unwrap_or_else(|_| Err(StoreError::Engine("reaching the database panicked".into())))?;
        let read_jobs = Arc::new(Mutex::new(read_jobs));
        store.read(connection::Link::closed(&config), &read_jobs, options)?;
        Ok(store)
    }

    /// Starts a thread that reads.
    fn read(
        &mut self,
        mut link: connection::Link,
        jobs: &Arc<Mutex<Receiver<Job>>>,
        options: &Options,
    ) -> Result<(), StoreError> {
        let (jobs, tries) = (Arc::clone(jobs), options.tries);
        let reading = thread("store-read", move || reader::run(&mut link, &jobs, tries))?;
        self.threads.push(reading);
        Ok(())
    }
}

fn thread<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, StoreError> {
    std::thread::Builder::new()
        .name(name.into())
        .spawn(work)
        .map_err(|_| StoreError::Unavailable("a thread could not be started".into()))
}

impl Store for PostgresStore {
    fn submit(&self, name: &'static str, access: Access, body: Body, done: Done) {
        let queue = match access {
            Access::Read => &self.reads,
            Access::Write | Access::Erase => &self.writes,
        };
        let job = Job { name, body, done };
        let (job, why) = match queue {
            // `drop` takes the queues away, and nobody can call then.
            None => (job, storage::READ_ONLY),
            Some(queue) => match queue.try_send(job) {
                Ok(()) => return,
                Err(TrySendError::Full(job)) => (job, "too many transactions are waiting"),
                Err(TrySendError::Disconnected(job)) => (job, "the store has closed"),
            },
        };
        (job.done)(Err(StoreError::Unavailable(why.into())));
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        // Threads end when their queue is closed and empty.
        self.reads = None;
        self.writes = None;
        let here = std::thread::current().id();
        for thread in self.threads.drain(..) {
            // A transaction that held the last handle on the store drops it on a thread of the store.
            if thread.thread().id() != here {
                // A thread catches the panics of others; one of its own has been reported already.
                let _ = thread.join();
            }
        }
    }
}

/// Takes the next job off a queue that several threads share; nothing when it is closed and empty.
fn next(jobs: &Mutex<Receiver<Job>>) -> Option<Job> {
    jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Takes another job if one waits and no other thread is about to take it.
fn another(jobs: &Mutex<Receiver<Job>>) -> Option<Job> {
    jobs.try_lock().ok()?.try_recv().ok()
}

/// Tells whoever asked. Their panic must not end the thread.
fn answer(name: &'static str, done: Done, outcome: Result<(), StoreError>) {
    if let Err(StoreError::Engine(error)) = &outcome {
        tracing::warn!(transaction = name, error, "a transaction failed");
    }
    if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| done(outcome))).is_err() {
        tracing::error!(transaction = name, "whoever waited for a transaction panicked");
    }
}
