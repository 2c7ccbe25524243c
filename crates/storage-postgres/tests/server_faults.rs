//! What goes wrong between us and a server, and the program's own schema there.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod server;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use storage::columns::COLUMNS;
use storage::contract::MIGRATIONS;
use storage::{Access, Param, Row, Store, StoreError, Tx};
use storage_postgres::{Options, PostgresStore};

fn open(database: &server::Database, options: &Options) -> Arc<dyn Store> {
    Arc::new(PostgresStore::connect_with(&database.config(), options, MIGRATIONS).unwrap())
}

fn number(tx: &mut dyn Tx, sql: &str) -> Result<i64, StoreError> {
    tx.query(sql, &[])?.remove(0).int()
}

fn raise(tx: &mut dyn Tx) -> Result<i64, StoreError> {
    let total = number(tx, "SELECT total FROM counter WHERE id = 1")?;
    tx.execute(
        "UPDATE counter SET total = $1 WHERE id = 1",
        &[Param::Int(total + 1)],
    )?;
    Ok(total + 1)
}

/// Ends every connection to the database but this one, as a restart of the server does.
fn cut(database: &server::Database) {
    let ended = database
        .client()
        .execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
            &[],
        )
        .unwrap();
    assert!(ended > 0);
}

#[test]
fn a_connection_that_broke_is_made_again() {
    let database = server::Database::create();
    let store = open(&database, &Options::default());
    for round in 1..=5 {
        assert_eq!(
            store
                .run("raise", Access::Write, raise)
                .map_err(|e: StoreError| e)
                .unwrap(),
            round
        );
        cut(&database);
        let seen: Result<_, StoreError> =
            store.run("read", Access::Read, |tx| number(tx, "SELECT total FROM counter"));
        assert_eq!(seen.unwrap(), round);
    }
}

#[test]
fn a_body_whose_connection_breaks_runs_again_and_counts_once() {
    let database = server::Database::create();
    let store = open(&database, &Options::default());
    let runs = Arc::new(AtomicU32::new(0));
    let (here, count) = (database.config(), Arc::clone(&runs));
    let total: Result<i64, StoreError> = store.run("raise", Access::Write, move |tx| {
        let total = raise(tx)?;
        if count.fetch_add(1, Ordering::SeqCst) == 0 {
            let me = number(tx, "SELECT pg_backend_pid()")?;
            let here = here.clone();
            let mut other = here.parse::<postgres::Config>().unwrap();
            std::thread::spawn(move || {
                let mut client = other.application_name("knife").connect(postgres::NoTls).unwrap();
                client
                    .execute("SELECT pg_terminate_backend($1, 5000)", &[&(me as i32)])
                    .unwrap();
            })
            .join()
            .unwrap();
            number(tx, "SELECT total FROM counter")?;
        }
        Ok(total)
    });
    assert_eq!(total.unwrap(), 1);
    assert_eq!(runs.load(Ordering::SeqCst), 2);
}

#[test]
fn two_processes_lose_no_increment() {
    let database = server::Database::create();
    // Two stores share nothing but the server.
    let options = Options {
        tries: 200,
        ..Options::default()
    };
    let stores = [open(&database, &options), open(&database, &options)];
    std::thread::scope(|scope| {
        for store in stores.iter().cycle().take(8) {
            scope.spawn(|| {
                for _ in 0..25 {
                    store
                        .run("raise", Access::Write, raise)
                        .map_err(|e: StoreError| e)
                        .unwrap();
                }
            });
        }
    });
    let total: i64 = database
        .client()
        .query_one("SELECT total FROM counter", &[])
        .unwrap()
        .get(0);
    assert_eq!(total, 200);
}

#[test]
fn a_body_may_hide_the_conflict_in_an_error_of_its_own() {
    #[derive(Debug)]
    struct Own;
    impl From<StoreError> for Own {
        fn from(_: StoreError) -> Self {
            Self
        }
    }
    let database = server::Database::create();
    let store = open(&database, &Options::default());
    let runs = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&runs);
    let mut rival = database.client();
    let (read, go) = mpsc::channel();
    let (changed, wait) = mpsc::channel();
    let body = std::thread::spawn(move || {
        store.run("raise", Access::Write, move |tx| -> Result<i64, Own> {
            let total = number(tx, "SELECT total FROM counter WHERE id = 1")?;
            if count.fetch_add(1, Ordering::SeqCst) == 0 {
                read.send(()).unwrap();
                wait.recv().unwrap();
            }
            tx.execute(
                "UPDATE counter SET total = $1 WHERE id = 1",
                &[Param::Int(total + 1)],
            )?;
            Ok(total + 1)
        })
    });
    go.recv().unwrap();
    rival.execute("UPDATE counter SET total = 100", &[]).unwrap();
    changed.send(()).unwrap();
    assert_eq!(body.join().unwrap().unwrap(), 101);
    assert_eq!(runs.load(Ordering::SeqCst), 2);
}

#[test]
fn a_statement_that_takes_too_long_is_ended() {
    let database = server::Database::create();
    let options = Options {
        statement_timeout: Duration::from_millis(200),
        ..Options::default()
    };
    let store = open(&database, &options);
    let started = Instant::now();
    let refusal: Result<_, StoreError> = store.run("long", Access::Read, |tx| {
        number(
            tx,
            "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b",
        )
    });
    assert!(
        matches!(&refusal, Err(StoreError::Engine(why)) if why.contains("57014")),
        "{refusal:?}"
    );
    assert!(started.elapsed() < Duration::from_secs(20));
    assert_eq!(
        store
            .run("raise", Access::Write, raise)
            .map_err(|e: StoreError| e)
            .unwrap(),
        1
    );
}

#[test]
fn a_schema_that_moved_under_prepared_statements_is_taken_up() {
    let database = server::Database::create();
    let store = open(
        &database,
        &Options {
            readers: 1,
            ..Options::default()
        },
    );
    let all = || {
        store.run("all", Access::Read, |tx| {
            Ok::<_, StoreError>(tx.query("SELECT * FROM counter", &[])?.remove(0))
        })
    };
    let width = |mut row: Row| std::iter::from_fn(|| row.value().ok()).count();
    assert_eq!(width(all().unwrap()), 2);
    database
        .client()
        .batch_execute("ALTER TABLE counter ADD COLUMN more BIGINT")
        .unwrap();
    assert_eq!(width(all().unwrap()), 3);
}

#[test]
fn a_batch_refused_before_it_begins_costs_nobody_else_anything() {
    let database = server::Database::create();
    let store = open(
        &database,
        &Options {
            readers: 1,
            ..Options::default()
        },
    );
    database
        .client()
        .batch_execute("CREATE VIEW nowhere AS SELECT id FROM item GROUP BY id")
        .unwrap();
    for round in 0..10_i64 {
        let (answers, outcomes) = mpsc::channel();
        for id in 0..10_i64 {
            let answers = answers.clone();
            store.submit(
                "batch",
                Access::Write,
                Box::new(move |tx| {
                    let table = if id == 5 { "nowhere" } else { "item" };
                    tx.insert_many(table, &["id"], &[Param::Int(100 * round + id)])
                        .map(drop)
                }),
                Box::new(move |outcome| answers.send((id, outcome.is_ok())).unwrap()),
            );
        }
        drop(answers);
        assert!(outcomes.iter().all(|(id, ok)| ok == (id != 5)));
        let refused: Result<_, StoreError> = store.run("batch", Access::Read, |tx| {
            tx.insert_many("item", &["id"], &[Param::Int(-1)])
        });
        assert!(refused.is_err());
        let count: Result<_, StoreError> = store.run("count", Access::Read, |tx| {
            number(tx, "SELECT count(*) FROM item")
        });
        assert_eq!(count.unwrap(), 9 * (round + 1));
    }
}

#[test]
fn several_can_start_on_an_empty_database_at_once() {
    let database = server::Database::create();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                drop(open(
                    &database,
                    &Options {
                        readers: 1,
                        ..Options::default()
                    },
                ))
            });
        }
    });
    let steps: i64 = database
        .client()
        .query_one("SELECT count(*) FROM schema_migration", &[])
        .unwrap()
        .get(0);
    assert_eq!(steps, MIGRATIONS.len() as i64);
}

#[test]
fn a_store_that_only_reads_makes_no_schema_and_writes_nothing() {
    let database = server::Database::create();
    let options = Options::default();
    let beside =
        || -> Arc<dyn Store> { Arc::new(PostgresStore::read_only(&database.config(), &options).unwrap()) };
    let count = |store: &Arc<dyn Store>| {
        store.run("count", Access::Read, |tx| {
            number(tx, "SELECT COUNT(*) FROM item")
        })
    };
    assert!(count(&beside()).is_err(), "there are no tables");
    let writer = open(&database, &options);
    let reader = beside();
    assert_eq!(count(&reader).unwrap(), count(&writer).unwrap());
    let put = |access| {
        reader.run("put", access, |tx| {
            tx.execute("INSERT INTO item (id, body) VALUES (99, NULL)", &[])
        })
    };
    assert!(matches!(put(Access::Write), Err(StoreError::Unavailable(_))));
    assert!(put(Access::Read).is_err());
    assert_eq!(count(&reader).unwrap(), count(&writer).unwrap());
}

#[test]
fn a_newer_database_is_refused() {
    let database = server::Database::create();
    drop(open(&database, &Options::default()));
    let older = PostgresStore::connect_with(&database.config(), &Options::default(), &MIGRATIONS[..1]);
    let refusal = older.err().unwrap();
    assert!(
        refusal.to_string().contains("newer than this program"),
        "{refusal}"
    );
}

#[test]
fn a_server_that_is_not_there_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let config = format!("host={} user=nobody", folder.path().display());
    let refusal = PostgresStore::connect(&config, &Options::default())
        .err()
        .unwrap();
    assert!(matches!(refusal, StoreError::Unavailable(_)), "{refusal}");
}

#[test]
fn every_column_of_the_program_is_classed_and_sorts_by_bytes() {
    let database = server::Database::create();
    drop(PostgresStore::connect(&database.config(), &Options::default()).unwrap());
    let rows = database
        .client()
        .query(
            "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, NULL), a.attcollation = '\"C\"'::regcollation \
             FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 \
             AND c.relname <> 'schema_migration'",
            &[],
        )
        .unwrap();
    let real: BTreeSet<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let classed: BTreeSet<_> = COLUMNS
        .iter()
        .map(|(table, column, _)| ((*table).to_owned(), (*column).to_owned()))
        .collect();
    assert_eq!(real, classed);
    for row in rows {
        let (table, column, kind): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        assert!(
            ["bigint", "text", "bytea"].contains(&kind.as_str()),
            "{table}.{column} is {kind}"
        );
        assert!(
            kind != "text" || row.get(3),
            "{table}.{column} sorts by the locale"
        );
    }
}
