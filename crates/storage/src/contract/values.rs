//! Values in and out.

use super::{Fixture, INSERT, ids, number, put, read, write};
use crate::{Param, StoreError, Value};

/// A write that was answered is seen by every read that starts later.
pub fn committed_writes_are_seen_by_later_reads(fixture: &impl Fixture) {
    let store = fixture.open();
    for id in 1..=50 {
        assert_eq!(write(&store, move |tx| put(tx, id, "x")).unwrap(), 1);
        assert_eq!(ids(&store), (1..=id).collect::<Vec<_>>());
    }
}

/// NULL, the empty text, empty bytes and the ends of the integers stay what they are.
pub fn nothing_empty_and_extreme_values_come_back_as_they_went_in(fixture: &impl Fixture) {
    let store = fixture.open();
    let rows: [(i64, Param<'static>, Param<'static>); 5] = [
        (i64::MIN, Param::Null, Param::Null),
        (-1, Param::Text(""), Param::Blob(b"")),
        (0, Param::Text("0"), Param::Blob(b"\0")),
        (1, Param::Text(" x "), Param::Blob(&[0xff, 0x00, 0x80])),
        (i64::MAX, Param::Text("'; --"), Param::Blob(b"\\x00")),
    ];
    write(&store, move |tx| {
        for (id, label, body) in rows {
            tx.execute(INSERT, &[Param::Int(id), label, body])?;
        }
        Ok(())
    })
    .unwrap();
    let found = read(&store, |tx| {
        let mut rows = tx.query("SELECT id, label, body FROM item ORDER BY id", &[])?;
        rows.iter_mut()
            .map(|row| Ok((row.int()?, row.opt_text()?, row.opt_blob()?)))
            .collect::<Result<Vec<_>, _>>()
    })
    .unwrap();
    let expected: Vec<_> = rows
        .iter()
        .map(|(id, label, body)| {
            let label = if let Param::Text(text) = label {
                Some((*text).to_owned())
            } else {
                None
            };
            let body = if let Param::Blob(bytes) = body {
                Some(bytes.to_vec())
            } else {
                None
            };
            (*id, label, body)
        })
        .collect();
    assert_eq!(found, expected);
}

/// Rare Han characters, combining marks and emoji come back unchanged, and are found by equality.
pub fn text_of_every_plane_comes_back(fixture: &impl Fixture) {
    let store = fixture.open();
    let texts = [
        "𠮷野家",
        "张伟",
        "e\u{301}",
        "é",
        "🧑🏽‍⚕️",
        "\u{feff}x",
        "\u{10ffff}",
        "\r\n\t",
    ];
    for (id, text) in (0..).zip(texts) {
        write(&store, move |tx| put(tx, id, text)).unwrap();
        let found = read(&store, move |tx| {
            let mut rows = tx.query(
                "SELECT id, label FROM item WHERE label = $1",
                &[Param::Text(text)],
            )?;
            rows.iter_mut()
                .map(|row| Ok((row.int()?, row.text()?)))
                .collect::<Result<Vec<_>, StoreError>>()
        });
        assert_eq!(found.unwrap(), [(id, text.to_owned())]);
    }
}

/// Texts are ordered by the bytes of their UTF-8, whatever the locale of the machine.
pub fn text_sorts_by_its_bytes(fixture: &impl Fixture) {
    let store = fixture.open();
    let mut texts = vec![
        "b", "B", "a", "é", "z", "_", "-", "10", "9", "𠮷", "张", "\u{ffee}", "aB", "a b", "",
    ];
    let given = texts.clone();
    write(&store, move |tx| {
        for (id, text) in (0..).zip(&given) {
            put(tx, id, text)?;
        }
        Ok(())
    })
    .unwrap();
    texts.sort_unstable();
    let found = read(&store, |tx| {
        let mut rows = tx.query("SELECT label FROM item ORDER BY label", &[])?;
        rows.iter_mut()
            .map(|row| row.text())
            .collect::<Result<Vec<_>, _>>()
    });
    assert_eq!(found.unwrap(), texts);
    let above = read(&store, |tx| {
        number(tx, "SELECT count(*) FROM item WHERE label > 'B'")
    })
    .unwrap();
    assert_eq!(above as usize, texts.iter().filter(|text| **text > "B").count());
}

/// Not every engine can hold U+0000 in a text, so none takes it.
pub fn a_text_with_nul_is_refused(fixture: &impl Fixture) {
    let store = fixture.open();
    let refusal = write(&store, |tx| put(tx, 1, "a\0b"));
    assert!(matches!(refusal, Err(StoreError::Shape(_))), "{refusal:?}");
    assert_eq!(ids(&store), []);
}

/// A column holds values of its own type alone.
pub fn a_value_of_another_type_is_refused(fixture: &impl Fixture) {
    let store = fixture.open();
    let wrong: [[Param<'static>; 3]; 4] = [
        [Param::Text("one"), Param::Null, Param::Null],
        [Param::Int(1), Param::Blob(b"x"), Param::Null],
        [Param::Int(1), Param::Null, Param::Text("x")],
        [Param::Int(1), Param::Null, Param::Int(1)],
    ];
    for params in wrong {
        let refusal = write(&store, move |tx| tx.execute(INSERT, &params));
        assert!(
            matches!(refusal, Err(StoreError::Shape(_))),
            "{params:?}: {refusal:?}"
        );
    }
    assert_eq!(ids(&store), []);
}

/// Large values arrive whole.
pub fn a_mebibyte_comes_back(fixture: &impl Fixture) {
    let store = fixture.open();
    let bytes: Vec<u8> = (0..1_u32 << 20)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let text = "记".repeat(1 << 18);
    let (b, t) = (bytes.clone(), text.clone());
    write(&store, move |tx| {
        tx.execute(INSERT, &[Param::Int(1), Param::Text(&t), Param::Blob(&b)])
    })
    .unwrap();
    let found = read(&store, |tx| {
        let mut rows = tx.query("SELECT label, body FROM item", &[])?;
        let row = rows.first_mut().ok_or(StoreError::Shape("a row is expected"))?;
        Ok((row.text()?, row.blob()?))
    })
    .unwrap();
    // Not assert_eq: a failure would print a mebibyte.
    assert!(found == (text, bytes));
}

/// `$2` may stand before `$1`, and `$1` may stand twice; one in a literal is none.
pub fn parameters_are_counted_by_number_not_by_place(fixture: &impl Fixture) {
    let store = fixture.open();
    write(&store, |tx| {
        tx.execute(
            "INSERT INTO item (label, id, body) VALUES ($2, $1, $3)",
            &[Param::Int(7), Param::Text("seven"), Param::Blob(b"7")],
        )?;
        tx.execute("INSERT INTO item (id, label) VALUES ($1, '$2')", &[Param::Int(8)])
    })
    .unwrap();
    let found = read(&store, |tx| {
        let mut rows = tx.query(
            "SELECT label, id, body FROM item WHERE label = $2 AND id = $1 AND (id >= $1 OR label <> $2)",
            &[Param::Int(7), Param::Text("seven")],
        )?;
        rows.pop()
            .ok_or(StoreError::Shape("a row is expected"))
            .map(|row| (rows.len(), row))
    });
    let (more, mut row) = found.unwrap();
    assert_eq!(more, 0);
    assert_eq!(
        (row.text().unwrap(), row.int().unwrap(), row.blob().unwrap()),
        ("seven".into(), 7, b"7".to_vec())
    );
    let literal = read(&store, |tx| {
        number(tx, "SELECT count(*) FROM item WHERE label = '$2'")
    });
    assert_eq!(literal.unwrap(), 1);
}

/// Too few and too many are both mistakes of the caller.
pub fn a_wrong_number_of_parameters_is_refused(fixture: &impl Fixture) {
    let store = fixture.open();
    let few = write(&store, |tx| {
        tx.execute("INSERT INTO item (id, label) VALUES ($1, $2)", &[Param::Int(1)])
    });
    assert!(matches!(few, Err(StoreError::Shape(_))), "{few:?}");
    let many = read(&store, |tx| {
        tx.query(
            "SELECT id FROM item WHERE id = $1",
            &[Param::Int(1), Param::Int(2)],
        )
    });
    assert!(matches!(many, Err(StoreError::Shape(_))), "{many:?}");
    assert_eq!(ids(&store), []);
}

/// Counts, sums, comparisons and CASE answer integers on every engine.
pub fn results_of_functions_come_back_as_integers(fixture: &impl Fixture) {
    let store = fixture.open();
    let found = read(&store, |tx| {
        let mut rows = tx.query(
            "SELECT count(*), coalesce(sum(total), 0), max(total), EXISTS (SELECT 1 FROM counter), \
             CASE WHEN total = 0 THEN 7 ELSE 8 END, length(body) FROM counter \
             LEFT JOIN item ON item.id = counter.id GROUP BY total, body",
            &[],
        )?;
        let row = rows.first_mut().ok_or(StoreError::Shape("a row is expected"))?;
        (0..6).map(|_| row.value()).collect::<Result<Vec<_>, _>>()
    });
    let integers = [1, 0, 0, 1, 7].map(Value::Int);
    assert_eq!(found.unwrap(), [&integers[..], &[Value::Null]].concat());
    let sum = write(&store, |tx| {
        put(tx, 40_000_000_000, "x")?;
        put(tx, 50_000, "x")?;
        put(tx, -1, "x")?;
        number(tx, "SELECT sum(id) FROM item")
    });
    assert_eq!(sum.unwrap(), 40_000_049_999);
}

/// `RETURNING` works, through `query`.
pub fn a_statement_may_answer_what_it_wrote(fixture: &impl Fixture) {
    let store = fixture.open();
    let raised = write(&store, |tx| {
        let sql = "UPDATE counter SET total = total + $1 WHERE id = 1 RETURNING total";
        let mut rows = tx.query(sql, &[Param::Int(5)])?;
        rows.first_mut()
            .ok_or(StoreError::Shape("a row is expected"))?
            .int()
    });
    assert_eq!(raised.unwrap(), 5);
    assert_eq!(
        read(&store, |tx| number(tx, "SELECT total FROM counter")).unwrap(),
        5
    );
}

/// One statement a call, so that a text can't smuggle in another.
pub fn two_statements_at_once_are_refused(fixture: &impl Fixture) {
    let store = fixture.open();
    let refusal = write(&store, |tx| {
        tx.execute("DELETE FROM item; DELETE FROM counter", &[])
    });
    assert!(matches!(refusal, Err(StoreError::Engine(_))), "{refusal:?}");
    assert_eq!(
        read(&store, |tx| number(tx, "SELECT count(*) FROM counter")).unwrap(),
        1
    );
}
