//! The storage port on SQLite, inside the process.
//!
//! One thread writes and commits many transactions with one sync (see [`mod@self`]'s `writer`); a few
//! threads read, each from a consistent state. Everything that was handed over before the store is dropped
//! is finished before it is gone.
//!
//! The file and its lock are readable by their owner alone. Deleted content is overwritten with zeros, since
//! erasing a person is destroying a key. After a transaction with [`Access::Erase`] the write-ahead log, which
//! holds pages as they were, is moved into the database and cut to nothing before anybody is answered.

mod checkpoint;
mod connection;
mod copy;
mod error;
mod flush;
mod lock;
mod migrate;
mod reader;
mod tx;
mod writer;

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

pub use copy::copy;
use storage::migrations::Migration;
use storage::{Access, Body, Done, Next, Store, StoreError, Work};

/// How a store is set up. [`Options::default`] suits one portal on one machine.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads that read, each with its own connection; at least 1.
    pub readers: usize,
    /// Page cache of the writer in KiB.
    pub writer_cache_kib: u32,
    /// Page cache of each reader in KiB.
    pub reader_cache_kib: u32,
    /// How long to wait for another process to let go of the database.
    pub wait: Duration,
    /// Transactions that may wait, each for reading and for writing, before more are turned away.
    pub queue: usize,
    /// Transactions committed with one sync at most.
    pub group: usize,
    /// Time after which a group takes no further transaction.
    pub group_time: Duration,
    /// Parts of one work committed with one sync at most.
    pub parts: usize,
    /// How long parts of one work wait for the next ones to be committed with. Whatever else is to be written
    /// ends the waiting.
    pub parts_time: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 4,
            writer_cache_kib: 128 * 1024,
            reader_cache_kib: 8 * 1024,
            wait: Duration::from_secs(10),
            queue: 8192,
            group: 512,
            group_time: Duration::from_millis(5),
            parts: 32,
            parts_time: Duration::from_secs(2),
        }
    }
}

/// One transaction on its way to a thread.
struct Job {
    name: &'static str,
    body: Body,
    done: Done,
    /// Of a part of a larger work: which one, and what says that the next part may come.
    part: Option<(Work, Next)>,
    /// Whether what it overwrites must leave the write-ahead log too.
    erases: bool,
}

/// A database in one file.
pub struct SqliteStore {
    writes: Option<SyncSender<Job>>,
    reads: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
    // Let go of last, after every thread has ended. None: it only reads.
    _lock: Option<lock::Lock>,
}

impl SqliteStore {
    /// Opens the database at `path` and brings its schema up to date; creates it when there is none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when another process holds it for longer than `options.wait`, or the
    /// file can't be opened; [`StoreError::Engine`] when it is no database, or newer than this program.
    pub fn open(path: &Path, options: &Options) -> Result<Self, StoreError> {
        Self::open_with(path, options, storage::migrations::all())
    }

    /// Opens the database at `path` with a schema of the caller's.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub fn open_with(path: &Path, options: &Options, migrations: &[Migration]) -> Result<Self, StoreError> {
        let lock = lock::Lock::take(path, options.wait)?;
        let mut writing = connection::writer(path, options)?;
        migrate::run(&mut writing, migrations)?;
        let mover = connection::mover(path, options)?;
        let moving = checkpoint::beside(&mut writing, mover, checkpoint::LENGTHS)?;
        let reading = (0..options.readers.max(1))
            .map(|_| connection::reader(path, options))
            .collect::<Result<Vec<_>, _>>()?;

        let (writes, write_jobs) = sync_channel(options.queue.max(1));
        let (reads, read_jobs) = sync_channel(options.queue.max(1));
        let mut store = Self {
            writes: Some(writes),
            reads: Some(reads),
            threads: Vec::new(),
            _lock: Some(lock),
        };
        let limits = writer::Limits::of(options);
        let moving = thread("store-checkpoint", moving)?;
        let (flusher, flushing) = flush::beside(path)?;
        let flushing = thread("store-flush", flushing)?;
        store.spawn("store-write", move || {
            writer::run(&writing, &write_jobs, limits, &flusher);
            drop(flusher);
            // Its panic, if any, has been reported.
            drop(flushing.join());
            writer::close(writing, moving);
        })?;
        store.read(reading, read_jobs)?;
        Ok(store)
    }

    /// Opens the database at `path` to read it, also while another process holds it and goes on writing. Nothing
    /// is written and the schema stays as it is; a transaction that would write is refused.
    ///
    /// # Errors
    /// [`StoreError::Engine`] when there is no database, or it cannot be read.
    pub fn read_only(path: &Path, options: &Options) -> Result<Self, StoreError> {
        let reading = connection::reader(path, options)?;
        let (reads, read_jobs) = sync_channel(options.queue.max(1));
        let mut store = Self {
            writes: None,
            reads: Some(reads),
            threads: Vec::new(),
            _lock: None,
        };
        store.read(vec![reading], read_jobs)?;
        Ok(store)
    }

    fn read(
        &mut self,
        connections: Vec<rusqlite::Connection>,
        jobs: Receiver<Job>,
    ) -> Result<(), StoreError> {
        let jobs: Arc<Mutex<Receiver<Job>>> = Arc::new(Mutex::new(jobs));
        for connection in connections {
            let jobs = Arc::clone(&jobs);
            self.spawn("store-read", move || reader::run(&connection, &jobs))?;
        }
        Ok(())
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
        self.threads.push(thread(name, work)?);
        Ok(())
    }
}

impl Store for SqliteStore {
    fn submit(&self, name: &'static str, access: Access, body: Body, done: Done) {
        let queue = match access {
            Access::Read => &self.reads,
            Access::Write | Access::Erase => &self.writes,
        };
        let (part, erases) = (None, access == Access::Erase);
        let job = Job {
            name,
            body,
            done,
            part,
            erases,
        };
        hand_over(queue.as_ref(), job);
    }

    fn submit_part(&self, name: &'static str, work: Work, body: Body, next: Next, done: Done) {
        let (part, erases) = (Some((work, next)), false);
        let job = Job {
            name,
            body,
            done,
            part,
            erases,
        };
        hand_over(self.writes.as_ref(), job);
    }
}

fn hand_over(queue: Option<&SyncSender<Job>>, job: Job) {
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

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // The writer is the first thread; it goes last, because the last connection to close moves the log.
        let readers = self.threads.split_off(self.threads.len().min(1));
        // Threads end when their queue is closed and empty.
        self.reads = None;
        join(readers);
        self.writes = None;
        join(std::mem::take(&mut self.threads));
    }
}

fn join(threads: Vec<JoinHandle<()>>) {
    let here = std::thread::current().id();
    for thread in threads {
        // A transaction that held the last handle on the store drops it on a thread of the store.
        if thread.thread().id() != here {
            // A thread catches the panics of others; one of its own has been reported already.
            let _ = thread.join();
        }
    }
}

fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new()
        .name(name.into())
        .spawn(work)
        .map_err(|_| StoreError::Unavailable("a thread could not be started".into()))
}

/// Takes the next job off a queue that several threads share; nothing when it is closed and empty.
fn next(jobs: &Mutex<Receiver<Job>>) -> Option<Job> {
    jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}
