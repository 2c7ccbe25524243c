//! A server to test on, and databases that are removed after the test.

use std::sync::atomic::{AtomicU32, Ordering};

use postgres::{Client, Config, NoTls};

/// A database of one test.
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Makes an empty one, in a locale that sorts otherwise than by bytes where the server has one.
    pub(crate) fn create() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("STANDING_TEST_POSTGRES")
            .unwrap_or_else(|_| panic!("set STANDING_TEST_POSTGRES or run cargo xtask test"));
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("standing_test_{}_{count}", std::process::id());
        let database = Self { server, name };
        let locale = "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'";
        let mut client = database.admin();
        client
            .batch_execute(&format!("DROP DATABASE IF EXISTS {}", database.name))
            .unwrap();
        if client
            .batch_execute(&format!("CREATE DATABASE {} {locale}", database.name))
            .is_err()
        {
            client
                .batch_execute(&format!("CREATE DATABASE {}", database.name))
                .unwrap();
        }
        database
    }

    /// The connection string of this database.
    pub(crate) fn config(&self) -> String {
        format!("{} dbname={}", self.server, self.name)
    }

    #[allow(dead_code, reason = "not every test file looks in from outside")]
    /// A connection beside the store.
    pub(crate) fn client(&self) -> Client {
        self.config().parse::<Config>().unwrap().connect(NoTls).unwrap()
    }

    fn admin(&self) -> Client {
        let mut config: Config = self.server.parse().unwrap();
        if config.get_dbname().is_none() {
            config.dbname("postgres");
        }
        config.connect(NoTls).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A test that fails leaves its store open; the database goes all the same.
        let _ = self
            .admin()
            .batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}
