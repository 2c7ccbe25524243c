//! Stores of both engines, made for one test and gone with it.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use storage::Store;
use storage_postgres::PostgresStore;
use storage_sqlite::SqliteStore;

/// The engines that everything is tested on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded.
    Sqlite,
    /// A server, named by `STANDING_TEST_POSTGRES`.
    Postgres,
}

impl Engine {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

/// A store for one test.
pub struct TestStore {
    /// The store.
    pub store: Arc<dyn Store>,
    database: Option<Database>,
}

impl TestStore {
    /// A store of this engine; SQLite keeps its file in `folder`.
    ///
    /// # Panics
    /// When it cannot be opened, or no server is named for PostgreSQL.
    pub fn open(engine: Engine, folder: &Path) -> Self {
        match engine {
            Engine::Sqlite => {
                let options = storage_sqlite::Options::default();
                let store = SqliteStore::open(&folder.join("standing.db"), &options).expect("a SQLite store");
                Self { store: Arc::new(store), database: None }
            }
            Engine::Postgres => {
                let database = Database::create();
                let options = storage_postgres::Options { writers: 2, readers: 2, ..Default::default() };
                let store = PostgresStore::connect(&database.config, &options).expect("a PostgreSQL store");
                Self { store: Arc::new(store), database: Some(database) }
            }
        }
    }

    /// The connection string of the database, on PostgreSQL.
    pub fn config(&self) -> Option<&str> {
        self.database.as_ref().map(|database| database.config.as_str())
    }
}

/// A database of a test's own, dropped after it.
struct Database {
    name: String,
    server: String,
    config: String,
}

impl Database {
    fn create() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("STANDING_TEST_POSTGRES")
            .unwrap_or_else(|_| panic!("set STANDING_TEST_POSTGRES or run cargo xtask test"));
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("standing_kit_{}_{count}", std::process::id());
        on_server(&server, format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"));
        let config = format!("{server} dbname={name}");
        Self { name, server, config }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        on_server(&self.server, format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

/// Runs a statement on the server, on a thread of its own: the driver blocks on a runtime of its own.
fn on_server(server: &str, sql: String) {
    let server = server.to_owned();
    let done = std::thread::spawn(move || {
        let mut client = postgres::Client::connect(&server, postgres::NoTls).expect("the test server answers");
        client.batch_execute(&sql).expect("the statement runs");
    });
    done.join().expect("the statement runs");
}
