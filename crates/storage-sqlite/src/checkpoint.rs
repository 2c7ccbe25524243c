//! Moving the write-ahead log into the database, on a thread of its own beside the writer.
//!
//! A commit only appends to the log; sooner or later its pages have to be written to their places. SQLite
//! would have the writer do that within a commit. Here another connection does, while the writer goes on.
//! The log starts over when all of it has been moved and nothing is being written: under a load that never
//! pauses, the writer sees to that itself once the log has become long.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::{Connection, hooks::Wal};
use storage::StoreError;

use crate::error::engine;

/// At how many pages of 16 KiB in the log something is done about it.
#[derive(Clone, Copy)]
pub(crate) struct Lengths {
    /// From here on it is moved beside the writer.
    beside: i32,
    /// From here on the writer waits until all is moved, so that the log starts over.
    waiting: i32,
}

/// 128 MiB and 1 GiB: large enough that a big batch does not move the same index pages many times and that
/// the writer seldom waits, small enough that readers stay quick and a start after a crash is.
pub(crate) const LENGTHS: Lengths = Lengths {
    beside: 8_192,
    waiting: 65_536,
};

/// The writer's side.
struct Mover {
    lengths: Lengths,
    ask: SyncSender<()>,
    done: Receiver<()>,
    under_way: bool,
}

/// Has `mover` move the log of `writer` whenever a commit has left it long. What this answers is to run on a
/// thread of its own; it ends when the writer is closed.
pub(crate) fn beside(
    writer: &mut Connection,
    mover: Connection,
    lengths: Lengths,
) -> Result<impl FnOnce() + Send + 'static, StoreError> {
    let (ask, asked) = sync_channel(1);
    let (tell, done) = sync_channel(1);
    let mut side = Mover {
        lengths,
        ask,
        done,
        under_way: false,
    };
    writer
        .wal_hook(Some(move |wal: &mut Wal, pages| side.committed(wal, pages)))
        .map_err(|error| engine(&error))?;
    Ok(move || work(&mover, &asked, &tell))
}

fn work(mover: &Connection, asked: &Receiver<()>, tell: &SyncSender<()>) {
    while asked.recv().is_ok() {
        // Readers of an old state may keep it from moving everything; the next time, it does.
        let moved = mover
            .prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")
            .and_then(|mut statement| statement.query_row([], |_| Ok(())));
        if let Err(error) = moved {
            tracing::warn!(error = %engine(&error), "a checkpoint failed");
        }
        if tell.send(()).is_err() {
            return;
        }
    }
}

impl Mover {
    /// A commit, which is on disk, has left the log this long.
    fn committed(&mut self, wal: &mut Wal, pages: i32) -> rusqlite::Result<()> {
        if self.under_way && self.done.try_recv().is_ok() {
            self.under_way = false;
        }
        if pages < self.lengths.beside {
            return Ok(());
        }
        if pages >= self.lengths.waiting {
            // What is under way began before this commit.
            if std::mem::take(&mut self.under_way) {
                let _ = self.done.recv();
            }
        } else if self.under_way || self.ask.try_send(()).is_ok() {
            self.under_way = true;
            return Ok(());
        }
        // The log has become long, or the thread has ended. A failure is no failure of the commit.
        if let Err(error) = wal.checkpoint() {
            tracing::warn!(error = %engine(&error), "a checkpoint failed");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{Options, connection};

    const SHORT: Lengths = Lengths {
        beside: 8,
        waiting: 32,
    };

    /// Commits so many rows of about a page one by one, and answers the longest that the log's file was, in
    /// pages.
    fn longest(writer: &Connection, path: &Path, rows: i64) -> u64 {
        let log = path.with_extension("db-wal");
        (0..rows)
            .map(|row| {
                writer
                    .execute("INSERT INTO t VALUES (?, zeroblob(12000))", [row])
                    .unwrap();
                log.metadata().unwrap().len() / u64::from(connection::PAGE)
            })
            .max()
            .unwrap()
    }

    fn open(path: &Path) -> (Connection, Connection) {
        let options = Options::default();
        let writer = connection::writer(path, &options).unwrap();
        writer
            .execute_batch("CREATE TABLE t (k INTEGER PRIMARY KEY, v BLOB)")
            .unwrap();
        (writer, connection::mover(path, &options).unwrap())
    }

    #[test]
    fn the_log_starts_over_under_a_load_that_never_pauses() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.db");
        let (mut writer, mover) = open(&path);
        let work = beside(&mut writer, mover, SHORT).unwrap();
        let thread = std::thread::spawn(work);
        let pages = longest(&writer, &path, 600);
        assert!(pages < 48, "{pages} pages");
        let rows: i64 = writer
            .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, 600);
        drop(writer);
        thread.join().unwrap();
    }

    #[test]
    fn the_writer_does_it_alone_when_the_thread_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.db");
        let (mut writer, mover) = open(&path);
        drop(beside(&mut writer, mover, SHORT).unwrap());
        let pages = longest(&writer, &path, 600);
        assert!(pages < 48, "{pages} pages");
    }

    #[test]
    fn a_reader_of_an_old_state_stops_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.db");
        let (mut writer, mover) = open(&path);
        let thread = std::thread::spawn(beside(&mut writer, mover, SHORT).unwrap());
        let reader = connection::reader(&path, &Options::default()).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM t").unwrap();
        assert!(longest(&writer, &path, 200) > 200);
        reader.execute_batch("ROLLBACK").unwrap();
        writer.execute_batch("DELETE FROM t").unwrap();
        let before = path.with_extension("db-wal").metadata().unwrap().len();
        longest(&writer, &path, 200);
        let after = path.with_extension("db-wal").metadata().unwrap().len();
        assert_eq!(after, before, "the log has not started over");
        drop(writer);
        thread.join().unwrap();
    }
}
