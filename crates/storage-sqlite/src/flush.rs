//! Writing the write-ahead log to the disk while a long group of parts is still being filled.
//!
//! The engine writes pages to the log's file when its cache is full, and syncs that file at the commit. By then there are
//! hundreds of mebibytes to be synced, and the writer waits. A thread that syncs the same file now and then, while the
//! writer goes on, leaves little for the commit to wait for. Nothing relies on it: what is durable is decided by the
//! engine's own sync, which hears of a fault of the disk through its own handle all the same.

use std::fs::File;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use storage::StoreError;

use crate::lock::cannot_open;

/// What the writer asks through.
pub(crate) struct Flusher(SyncSender<()>);

impl Flusher {
    /// Has what stands in the log's file written to the disk, unless that is being done.
    pub(crate) fn ask(&self) {
        // One that is busy, or has ended, only means that the commit has more to do.
        let _ = self.0.try_send(());
    }
}

/// What the writer asks, and what is to run on a thread of its own; it ends when the writer has gone. `path` is that of
/// the database, whose log there is.
pub(crate) fn beside(path: &Path) -> Result<(Flusher, impl FnOnce() + Send + 'static), StoreError> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = File::open(log).map_err(|error| cannot_open(&error))?;
    let (ask, asked) = sync_channel(0);
    Ok((Flusher(ask), move || work(&log, &asked)))
}

fn work(log: &File, asked: &Receiver<()>) {
    while asked.recv().is_ok() {
        if let Err(error) = log.sync_data() {
            tracing::warn!(%error, "the log could not be written out early");
        }
    }
}
