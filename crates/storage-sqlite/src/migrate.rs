//! The schema: runs the steps that a database has not seen, all of them or none.

use rusqlite::{Connection, TransactionBehavior, params};
use storage::StoreError;
use storage::migrations::Migration;

use crate::error::engine;

/// Brings the schema up to date.
pub(crate) fn run(connection: &mut Connection, migrations: &[Migration]) -> Result<(), StoreError> {
    let tx = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|error| engine(&error))?;
    tx.execute_batch(
        "CREATE TABLE IF NOT EXISTS schema_migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT",
    )
    .map_err(|error| engine(&error))?;
    let seen = steps(&tx).map_err(|error| engine(&error))?;
    if seen.len() > migrations.len() {
        return Err(StoreError::Engine(
            "the database is newer than this program".into(),
        ));
    }
    for (index, migration) in migrations.iter().enumerate() {
        let ours = (i64::from(migration.version), migration.name);
        match seen.get(index) {
            Some((version, name)) if (*version, name.as_str()) == ours => {}
            Some(_) => {
                return Err(StoreError::Engine(
                    "the database has the schema of another program".into(),
                ));
            }
            None => {
                for statement in statements(migration.sql) {
                    tx.execute_batch(&statement).map_err(|error| engine(&error))?;
                }
                tx.execute(
                    "INSERT INTO schema_migration VALUES (?1, ?2)",
                    params![ours.0, ours.1],
                )
                .map_err(|error| engine(&error))?;
            }
        }
    }
    tx.commit().map_err(|error| engine(&error))
}

fn steps(connection: &Connection) -> rusqlite::Result<Vec<(i64, String)>> {
    let mut query = connection.prepare("SELECT version, name FROM schema_migration ORDER BY version")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// The statements of a step in SQLite's words: its names for the column types, and tables that hold values
/// to them. A key of one `BIGINT` becomes SQLite's own row number, which saves an index; the one difference
/// is that an INSERT without it gets the next free number where PostgreSQL refuses.
fn statements(sql: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut statement = String::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = token(rest, first);
        let (token, after) = rest.split_at(length);
        rest = after;
        match token {
            ";" => all.extend(finish(std::mem::take(&mut statement))),
            comment if comment.starts_with("--") => {}
            word if word.eq_ignore_ascii_case("BIGINT") => statement.push_str("INTEGER"),
            word if word.eq_ignore_ascii_case("BYTEA") => statement.push_str("BLOB"),
            other => statement.push_str(other),
        }
    }
    all.extend(finish(statement));
    all
}

/// The length of the word, literal, comment or character that `sql` starts with, in bytes.
fn token(sql: &str, first: char) -> usize {
    let end = |found: Option<usize>| found.unwrap_or(sql.len());
    if sql.starts_with("--") {
        end(sql.find('\n'))
    } else if first == '\'' {
        // A doubled quote inside reads as two literals side by side, which comes to the same here.
        end(sql[1..].find('\'').map(|at| at + 2))
    } else if first.is_ascii_alphanumeric() || first == '_' {
        end(sql.find(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
    } else {
        first.len_utf8()
    }
}

fn finish(statement: String) -> Option<String> {
    let statement = statement.trim();
    let mut words = statement.split_whitespace();
    let table = words
        .next()
        .is_some_and(|word| word.eq_ignore_ascii_case("CREATE"))
        && words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("TABLE"));
    match statement {
        "" => None,
        _ if table => Some(format!("{statement} STRICT")),
        _ => Some(statement.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Migration = Migration {
        version: 1,
        name: "one",
        sql: "CREATE TABLE a (k BYTEA NOT NULL PRIMARY KEY)",
    };
    const TWO: Migration = Migration {
        version: 2,
        name: "two",
        sql: "CREATE TABLE b (k BIGINT NOT NULL)",
    };
    const BROKEN: Migration = Migration {
        version: 2,
        name: "two",
        sql: "CREATE TABLE b (k TEXT); CREATE TABLE c (k NONSENSE)",
    };

    #[test]
    fn types_are_translated_outside_of_literals_and_comments() {
        let sql = "-- BYTEA; here\nCREATE TABLE t (a BIGINT, b bytea, bigint_x TEXT DEFAULT 'BYTEA;''x');\n\
                   CREATE INDEX i ON t (a);;";
        assert_eq!(
            statements(sql),
            [
                "CREATE TABLE t (a INTEGER, b BLOB, bigint_x TEXT DEFAULT 'BYTEA;''x') STRICT",
                "CREATE INDEX i ON t (a)"
            ]
        );
    }

    #[test]
    fn steps_run_once_and_a_later_start_adds_only_the_new_ones() {
        let mut connection = Connection::open_in_memory().unwrap();
        run(&mut connection, &[ONE]).unwrap();
        run(&mut connection, &[ONE, TWO]).unwrap();
        run(&mut connection, &[ONE, TWO]).unwrap();
        assert_eq!(
            steps(&connection).unwrap(),
            [(1, "one".into()), (2, "two".into())]
        );
    }

    #[test]
    fn a_newer_database_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        run(&mut connection, &[ONE, TWO]).unwrap();
        let refusal = run(&mut connection, &[ONE]).unwrap_err();
        assert!(
            refusal.to_string().contains("newer than this program"),
            "{refusal}"
        );
    }

    #[test]
    fn a_database_with_other_steps_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        run(&mut connection, &[ONE]).unwrap();
        let other = Migration { name: "other", ..ONE };
        assert!(run(&mut connection, &[other]).is_err());
    }

    #[test]
    fn a_step_that_fails_leaves_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert!(run(&mut connection, &[ONE, BROKEN]).is_err());
        let tables: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .unwrap();
        assert_eq!(tables, 0);
    }
}
