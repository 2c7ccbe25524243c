//! Stores of both engines, made for one test and gone with it.

use std::{
    io::Read as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use storage::{Access, Body, Done, Store, StoreError};
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
        let database = (engine == Engine::Postgres).then(Database::create);
        Self::on(database, folder)
    }

    fn on(database: Option<Database>, folder: &Path) -> Self {
        let store: Arc<dyn Store> = match &database {
            None => {
                let options = storage_sqlite::Options::default();
                Arc::new(SqliteStore::open(&folder.join("standing.db"), &options).expect("a SQLite store"))
            }
            Some(database) => {
                let options = storage_postgres::Options {
                    writers: 2,
                    readers: 2,
                    ..Default::default()
                };
                Arc::new(PostgresStore::connect(&database.config, &options).expect("a PostgreSQL store"))
            }
        };
        Self { store, database }
    }

    /// The same store, closed and opened anew.
    ///
    /// # Panics
    /// When it does not open.
    #[must_use]
    pub fn reopen(self, folder: &Path) -> Self {
        let Self { store, database } = self;
        drop(store);
        Self::on(database, folder)
    }

    /// The same store, closed, copied and opened anew, and the copy.
    ///
    /// # Panics
    /// When it cannot be copied.
    #[must_use]
    pub fn copy(self, folder: &Path) -> (Self, StoreCopy) {
        let Self { store, database } = self;
        drop(store);
        let copy = match &database {
            None => StoreCopy::File(std::fs::read(folder.join("standing.db")).expect("a database")),
            Some(database) => StoreCopy::Database(Database::like(&database.name)),
        };
        (Self::on(database, folder), copy)
    }

    /// The store with a copy put in its place.
    ///
    /// # Panics
    /// When it cannot be put back.
    #[must_use]
    pub fn restore(self, folder: &Path, copy: &StoreCopy) -> Self {
        let Self { store, database } = self;
        drop(store);
        let database = match copy {
            StoreCopy::File(bytes) => {
                std::fs::write(folder.join("standing.db"), bytes).expect("a file");
                database
            }
            StoreCopy::Database(copy) => Some(Database::like(&copy.name)),
        };
        Self::on(database, folder)
    }

    /// Every byte that the installation in `folder` has stored, by where it is: the files of the folder, and on
    /// PostgreSQL every table as the server holds it.
    ///
    /// # Panics
    /// When something cannot be read.
    pub fn every_byte(&self, folder: &Path) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = std::fs::read(&path).expect("a file");
                    found.push((path.display().to_string(), bytes));
                }
            }
        }
        if let Some(database) = &self.database {
            found.extend(tables(&database.config));
        }
        found
    }

    /// How many rows a table has.
    ///
    /// # Panics
    /// When there is no such table.
    pub fn rows(&self, table: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let count = self.store.run("test.count", Access::Read, move |tx| {
            let rows = tx.query(&sql, &[])?;
            rows.into_iter()
                .next()
                .ok_or(StoreError::Shape("a count is expected"))?
                .int()
        });
        count.expect("a table of the schema")
    }

    /// The connection string of the database, on PostgreSQL.
    pub fn config(&self) -> Option<&str> {
        self.database.as_ref().map(|database| database.config.as_str())
    }
}

/// A copy of a store as it was.
pub enum StoreCopy {
    /// The file of an embedded one.
    File(Vec<u8>),
    /// A database on the server.
    #[expect(private_interfaces, reason = "nobody needs to look into it")]
    Database(Database),
}

/// A store that stops for good before a certain transaction, as a killed process would.
pub(crate) struct Stopping {
    store: Arc<dyn Store>,
    name: &'static str,
    /// How many transactions of that name still go through.
    left: AtomicU32,
    stopped: AtomicBool,
}

impl Stopping {
    pub(crate) fn new(store: Arc<dyn Store>, name: &'static str, after: u32) -> Self {
        Self {
            store,
            name,
            left: AtomicU32::new(after),
            stopped: AtomicBool::new(false),
        }
    }
}

impl Store for Stopping {
    fn submit(&self, name: &'static str, access: Access, body: Body, done: Done) {
        let through = |left: u32| left.checked_sub(1);
        if name == self.name
            && self
                .left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, through)
                .is_err()
        {
            self.stopped.store(true, Ordering::SeqCst);
        }
        if self.stopped.load(Ordering::SeqCst) {
            done(Err(StoreError::Unavailable(
                "a test has stopped the store".into(),
            )));
        } else {
            self.store.submit(name, access, body, done);
        }
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
        Self::like("template0")
    }

    /// A copy of a database that nobody uses.
    fn like(template: &str) -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("STANDING_TEST_POSTGRES")
            .unwrap_or_else(|_| panic!("set STANDING_TEST_POSTGRES or run cargo xtask test"));
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("standing_kit_{}_{count}", std::process::id());
        on_server(
            &server,
            format!("CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'"),
        );
        let config = format!("{server} dbname={name}");
        Self { name, server, config }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        on_server(
            &self.server,
            format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name),
        );
    }
}

/// Every table of a database, in the binary form of COPY.
fn tables(config: &str) -> Vec<(String, Vec<u8>)> {
    let config = config.to_owned();
    let read = std::thread::spawn(move || {
        let mut client =
            postgres::Client::connect(&config, postgres::NoTls).expect("the test server answers");
        let select = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
        let tables = client.query(select, &[]).expect("the names of the tables");
        let mut found = Vec::with_capacity(tables.len());
        for row in tables {
            let table: String = row.get(0);
            let mut bytes = Vec::new();
            let copy = format!("COPY {table} TO STDOUT (FORMAT binary)");
            client
                .copy_out(&copy)
                .expect("a copy")
                .read_to_end(&mut bytes)
                .expect("a table's bytes");
            found.push((table, bytes));
        }
        found
    });
    read.join().expect("the tables are read")
}

/// Runs a statement on the server, on a thread of its own: the driver blocks on a runtime of its own.
fn on_server(server: &str, sql: String) {
    let server = server.to_owned();
    let done = std::thread::spawn(move || {
        let mut client =
            postgres::Client::connect(&server, postgres::NoTls).expect("the test server answers");
        client.batch_execute(&sql).expect("the statement runs");
    });
    done.join().expect("the statement runs");
}
