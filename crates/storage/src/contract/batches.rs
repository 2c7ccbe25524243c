//! Many rows at once.

use super::{Fixture, INSERT, ids, number, put, read, write};
use crate::{Param, StoreError, Tx, Value};

const COLUMNS: &[&str] = &["id", "label", "body"];

/// A batch stores what single inserts store, at every size around an adapter's own limits, also where all rows have the
/// same value in a column, or all but the last one.
pub fn a_batch_equals_single_inserts(fixture: &impl Fixture) {
    let store = fixture.open();
    let sizes = [1_i64, 2, 15, 16, 17, 31, 33, 100, 1000];
    for (size, alike) in sizes.into_iter().flat_map(|size| [(size, false), (size, true)]) {
        let (batch, single) = write(&store, move |tx| {
            let labels: Vec<String> = (0..size).map(|n| format!("号{n}")).collect();
            let rows: Vec<[Param<'_>; 3]> = (0..size)
                .zip(&labels)
                .map(|(n, label)| match n % 3 {
                    _ if alike && n == size - 1 => [Param::Int(n), Param::Text("same"), Param::Null],
                    _ if alike => [Param::Int(n), Param::Text("same"), Param::Blob(b"same")],
                    0 => [Param::Int(n), Param::Text(label), Param::Blob(label.as_bytes())],
                    1 => [Param::Int(n), Param::Null, Param::Blob(b"")],
                    _ => [Param::Int(n), Param::Text(""), Param::Null],
                })
                .collect();
            tx.execute("DELETE FROM item", &[])?;
            assert_eq!(tx.insert_many("item", COLUMNS, &rows.concat())?, size as u64);
            let batch = contents(tx)?;
            tx.execute("DELETE FROM item", &[])?;
            for row in &rows {
                tx.execute(INSERT, row)?;
            }
            Ok((batch, contents(tx)?))
        })
        .unwrap();
        assert_eq!(batch.len(), size as usize);
        assert_eq!(batch, single);
    }
}

/// No rows are a batch too.
pub fn an_empty_batch_does_nothing(fixture: &impl Fixture) {
    let store = fixture.open();
    assert_eq!(
        write(&store, |tx| tx.insert_many("item", COLUMNS, &[])).unwrap(),
        0
    );
    assert_eq!(ids(&store), []);
}

/// Values that don't fill the last row are refused before anything is written.
pub fn a_batch_of_no_whole_rows_is_refused(fixture: &impl Fixture) {
    let store = fixture.open();
    let refusal = write(&store, |tx| {
        tx.insert_many(
            "item",
            COLUMNS,
            &[Param::Int(1), Param::Null, Param::Null, Param::Int(2)],
        )
    });
    assert!(matches!(refusal, Err(StoreError::Shape(_))), "{refusal:?}");
    let refusal = write(&store, |tx| tx.insert_many("item", &[], &[]));
    assert!(matches!(refusal, Err(StoreError::Shape(_))), "{refusal:?}");
    assert_eq!(ids(&store), []);
}

/// One taken key undoes the whole transaction, and is reported as what it is.
pub fn a_batch_with_a_taken_key_is_a_duplicate_and_leaves_nothing(fixture: &impl Fixture) {
    let store = fixture.open();
    write(&store, |tx| put(tx, 500, "first")).unwrap();
    let refusal = write(&store, |tx| {
        let values: Vec<Param<'_>> = (0..1000).map(Param::Int).collect();
        tx.insert_many("item", &["id"], &values)
    });
    assert!(matches!(refusal, Err(StoreError::Duplicate)), "{refusal:?}");
    assert_eq!(ids(&store), [500]);
    write(&store, |tx| put(tx, 1, "later")).unwrap();
    assert_eq!(ids(&store), [1, 500]);
}

/// Other types, NUL in a text, a NULL where there must be a value.
pub fn a_batch_refuses_what_a_single_insert_refuses(fixture: &impl Fixture) {
    let store = fixture.open();
    let wrong: [[Param<'static>; 3]; 5] = [
        [Param::Text("one"), Param::Null, Param::Null],
        [Param::Int(1), Param::Blob(b"x"), Param::Null],
        [Param::Int(1), Param::Null, Param::Text("x")],
        [Param::Int(1), Param::Null, Param::Int(1)],
        [Param::Int(1), Param::Text("a\0b"), Param::Null],
    ];
    for params in wrong {
        let refusal = write(&store, move |tx| tx.insert_many("item", COLUMNS, &params));
        assert!(
            matches!(refusal, Err(StoreError::Shape(_))),
            "{params:?}: {refusal:?}"
        );
    }
    let refusal = write(&store, |tx| {
        tx.insert_many("claim", &["id", "name"], &[Param::Int(1), Param::Null])
    });
    assert!(matches!(refusal, Err(StoreError::Engine(_))), "{refusal:?}");
    assert_eq!(ids(&store), []);
}

/// Rows whose key is free are put in, the places of the others are answered, and a key that comes twice is new once.
pub fn of_many_rows_the_new_ones_are_put_in(fixture: &impl Fixture) {
    let store = fixture.open();
    let keys: Vec<[u8; 2]> = (0..300_u16).map(u16::to_be_bytes).collect();
    let left_out = |keys: Vec<[u8; 2]>| {
        write(&store, move |tx| {
            let values: Vec<Param<'_>> = keys
                .iter()
                .flat_map(|key| [Param::Blob(key), Param::Null])
                .collect();
            tx.insert_new("keyed", &["key", "label"], &values)
        })
        .unwrap()
    };
    let third: Vec<[u8; 2]> = keys.iter().copied().step_by(3).collect();
    assert_eq!(left_out(third.clone()), []);
    assert_eq!(left_out(third), (0..100).collect::<Vec<_>>());
    assert_eq!(left_out(keys), (0..300).step_by(3).collect::<Vec<_>>());
    assert_eq!(left_out(vec![[9, 1], [9, 2], [9, 1]]), [2]);
    assert_eq!(left_out(Vec::new()), []);
    let rows = read(&store, |tx| number(tx, "SELECT count(*) FROM keyed")).unwrap();
    assert_eq!(rows, 302);
    let refusal = write(&store, |tx| {
        tx.insert_new("keyed", &["key", "label"], &[Param::Int(1), Param::Null])
    });
    assert!(matches!(refusal, Err(StoreError::Shape(_))), "{refusal:?}");
}

/// A batch of many mebibytes arrives whole, and the transaction goes on after it.
pub fn a_large_batch_arrives(fixture: &impl Fixture) {
    let store = fixture.open();
    let count = write(&store, |tx| {
        let body = vec![0xa5; 1000];
        let values: Vec<Param<'_>> = (0..20_000)
            .flat_map(|n| [Param::Int(n), Param::Text("row"), Param::Blob(&body)])
            .collect();
        tx.insert_many("item", COLUMNS, &values)?;
        put(tx, -1, "after")?;
        number(tx, "SELECT count(*) FROM item")
    });
    assert_eq!(count.unwrap(), 20_001);
    let bytes = read(&store, |tx| number(tx, "SELECT sum(length(body)) FROM item"));
    assert_eq!(bytes.unwrap(), 20_000_000);
}

fn contents(tx: &mut dyn Tx) -> Result<Vec<[Value; 3]>, StoreError> {
    let mut rows = tx.query("SELECT id, label, body FROM item ORDER BY id", &[])?;
    rows.iter_mut()
        .map(|row| Ok([row.value()?, row.value()?, row.value()?]))
        .collect()
}
