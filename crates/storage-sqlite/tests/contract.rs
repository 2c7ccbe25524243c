//! The promises of the port, held on SQLite.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::sync::Arc;

use storage::Store;
use storage::contract::{Fixture, MIGRATIONS};
use storage_sqlite::{Options, SqliteStore};

struct Folder(tempfile::TempDir);

impl Fixture for Folder {
    fn open(&self) -> Arc<dyn Store> {
        Arc::new(
            SqliteStore::open_with(
                &self.0.path().join("contract.db"),
                &Options::default(),
                MIGRATIONS,
            )
            .unwrap(),
        )
    }
}

storage::contract_suite!(Folder(tempfile::tempdir().unwrap()));
