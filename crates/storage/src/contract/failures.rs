//! What fails, and what stays.

use std::sync::mpsc;

use super::{Fixture, ids, number, put, read, write};
use crate::{Access, Param, StoreError};

/// Bodies that wait together may be committed together; a failing one takes nobody with it.
pub fn a_failed_body_leaves_nothing_and_its_neighbours_stay(fixture: &impl Fixture) {
    let store = fixture.open();
    let (answers, outcomes) = mpsc::channel();
    for id in 0..60_i64 {
        let answers = answers.clone();
        store.submit(
            "contract-neighbour",
            Access::Write,
            Box::new(move |tx| {
                put(tx, id, "own")?;
                match id % 3 {
                    0 => Ok(()),
                    1 => Err(StoreError::Shape("the body changed its mind")),
                    // A second time: the key is taken by this very body.
                    _ => put(tx, id, "again").map(drop),
                }
            }),
            Box::new(move |outcome| answers.send((id, outcome)).unwrap()),
        );
    }
    drop(answers);
    for (id, outcome) in outcomes {
        match id % 3 {
            0 => assert!(outcome.is_ok(), "{id}: {outcome:?}"),
            1 => assert!(matches!(outcome, Err(StoreError::Shape(_))), "{id}: {outcome:?}"),
            _ => assert!(matches!(outcome, Err(StoreError::Duplicate)), "{id}: {outcome:?}"),
        }
    }
    assert_eq!(ids(&store), (0..60).filter(|id| id % 3 == 0).collect::<Vec<_>>());
}

/// Callers tell a taken key from every other failure.
pub fn a_taken_key_is_a_duplicate(fixture: &impl Fixture) {
    let store = fixture.open();
    write(&store, |tx| put(tx, 1, "first")).unwrap();
    let refusal = write(&store, |tx| put(tx, 1, "second"));
    assert!(matches!(refusal, Err(StoreError::Duplicate)), "{refusal:?}");
    let label = read(&store, |tx| {
        let mut rows = tx.query("SELECT label FROM item WHERE id = 1", &[])?;
        rows.first_mut()
            .ok_or(StoreError::Shape("a row is expected"))?
            .text()
    });
    assert_eq!(label.unwrap(), "first");
}

/// `DO NOTHING` touches no row, `DO UPDATE` touches one.
pub fn a_conflict_clause_reports_the_rows_it_touched(fixture: &impl Fixture) {
    let store = fixture.open();
    let counts = write(&store, |tx| {
        let quiet = "INSERT INTO item (id, label) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let loud = "INSERT INTO item (id, label) VALUES ($1, $2) \
                    ON CONFLICT (id) DO UPDATE SET label = excluded.label";
        let row = [Param::Int(1), Param::Text("x")];
        Ok([
            tx.execute(quiet, &row)?,
            tx.execute(quiet, &row)?,
            tx.execute(loud, &row)?,
            tx.execute("UPDATE item SET label = 'y' WHERE id = $1", &[Param::Int(2)])?,
            tx.execute("DELETE FROM item WHERE id >= $1", &[Param::Int(0)])?,
        ])
    });
    assert_eq!(counts.unwrap(), [1, 0, 1, 0, 1]);
}

/// A body can't hide a failed statement: `Ok` means that everything was written.
pub fn an_error_that_the_body_swallows_still_undoes_it(fixture: &impl Fixture) {
    let store = fixture.open();
    write(&store, |tx| put(tx, 1, "first")).unwrap();
    let outcome = write(&store, |tx| {
        put(tx, 2, "before")?;
        let _ = put(tx, 1, "taken");
        Ok(())
    });
    assert!(matches!(outcome, Err(StoreError::Duplicate)), "{outcome:?}");
    assert_eq!(ids(&store), [1]);
}

/// After an error every further statement answers the same.
pub fn nothing_runs_after_an_error(fixture: &impl Fixture) {
    let store = fixture.open();
    let (seen, what) = mpsc::channel();
    let outcome = write(&store, move |tx| {
        put(tx, 1, "x")?;
        seen.send(put(tx, 1, "x").is_err()).unwrap();
        seen.send(tx.query("SELECT id FROM item", &[]).is_err()).unwrap();
        seen.send(tx.insert_many("item", &["id"], &[Param::Int(2)]).is_err())
            .unwrap();
        Ok(())
    });
    assert!(matches!(outcome, Err(StoreError::Duplicate)), "{outcome:?}");
    assert_eq!(what.iter().collect::<Vec<_>>(), [true, true, true]);
    assert_eq!(ids(&store), []);
}

/// A panic is an error of that body alone.
pub fn a_panicking_body_leaves_nothing_and_the_store_goes_on(fixture: &impl Fixture) {
    let store = fixture.open();
    for round in 0..5 {
        let outcome: Result<(), _> = write(&store, move |tx| {
            put(tx, 1, "x")?;
            panic!("a panic that a test asks for");
        });
        assert!(matches!(outcome, Err(StoreError::Engine(_))), "{outcome:?}");
        write(&store, move |tx| put(tx, 10 + round, "x")).unwrap();
    }
    assert_eq!(ids(&store), [10, 11, 12, 13, 14]);
}

/// As many panics as there could be threads leave enough of them.
pub fn a_panicking_reader_does_not_stop_reading(fixture: &impl Fixture) {
    let store = fixture.open();
    for _ in 0..20 {
        let outcome: Result<(), _> = read(&store, |tx| {
            number(tx, "SELECT count(*) FROM item")?;
            panic!("a panic that a test asks for");
        });
        assert!(matches!(outcome, Err(StoreError::Engine(_))), "{outcome:?}");
    }
    assert_eq!(ids(&store), []);
}

/// The engine itself refuses, whichever way a write comes.
pub fn reads_refuse_writes(fixture: &impl Fixture) {
    let store = fixture.open();
    let execute = read(&store, |tx| put(tx, 1, "x"));
    assert!(matches!(execute, Err(StoreError::Engine(_))), "{execute:?}");
    let batch = read(&store, |tx| tx.insert_many("item", &["id"], &[Param::Int(1)]));
    assert!(matches!(batch, Err(StoreError::Engine(_))), "{batch:?}");
    let query = read(&store, |tx| {
        tx.query("UPDATE counter SET total = 9 RETURNING total", &[])
    });
    assert!(matches!(query, Err(StoreError::Engine(_))), "{query:?}");
    assert_eq!(ids(&store), []);
    assert_eq!(
        read(&store, |tx| number(tx, "SELECT total FROM counter")).unwrap(),
        0
    );
}

/// What an error says can be logged.
pub fn errors_hold_no_values(fixture: &impl Fixture) {
    const MARK: &str = "Zhang-Wei-990101";
    let store = fixture.open();
    let errors = [
        write(&store, |tx| {
            put(tx, 1, MARK)?;
            put(tx, 1, MARK)
        }),
        write(&store, |tx| {
            let values = [Param::Int(1), Param::Text(MARK), Param::Int(1), Param::Text(MARK)];
            tx.insert_many("item", &["id", "label"], &values)
        }),
        write(&store, |tx| {
            tx.execute("INSERT INTO item (id) VALUES ($1)", &[Param::Text(MARK)])
        }),
        write(&store, |tx| {
            tx.execute(
                "INSERT INTO claim (id, name) SELECT id, NULL FROM counter WHERE $1 <> ''",
                &[Param::Text(MARK)],
            )
        }),
        write(&store, |tx| {
            tx.execute("INSERT INTO nowhere (label) VALUES ($1)", &[Param::Text(MARK)])
        }),
    ];
    for outcome in errors {
        let error = outcome.unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(
            !said.contains(MARK) && !said.contains("990101"),
            "an error holds a value"
        );
    }
}
