//! The promises of the port, held on PostgreSQL.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod server;

use std::sync::Arc;

use storage::Store;
use storage::contract::{Fixture, MIGRATIONS};
use storage_postgres::{Options, PostgresStore};

/// Opens with several writing threads, so that they meet conflicts.
struct Crowd(server::Database);

impl Fixture for Crowd {
    fn open(&self) -> Arc<dyn Store> {
        let options = Options {
            writers: 4,
            ..Options::default()
        };
        Arc::new(PostgresStore::connect_with(&self.0.config(), &options, MIGRATIONS).unwrap())
    }
}

/// Opens as the program does.
struct Usual(server::Database);

impl Fixture for Usual {
    fn open(&self) -> Arc<dyn Store> {
        Arc::new(PostgresStore::connect_with(&self.0.config(), &Options::default(), MIGRATIONS).unwrap())
    }
}

mod crowd {
    use super::*;
    storage::contract_suite!(Crowd(server::Database::create()));
}

mod usual {
    use super::*;
    storage::contract_suite!(Usual(server::Database::create()));
}

#[test]
fn looks_of_older_databases_are_carried_over() {
    let database = server::Database::create();
    storage::contract::upgrades::looks_become_events(&|migrations| {
        Arc::new(PostgresStore::connect_with(&database.config(), &Options::default(), migrations).unwrap())
    });
}
