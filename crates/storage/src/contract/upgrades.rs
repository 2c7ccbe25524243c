//! Steps of the program's own schema that carry stored rows over into another shape: nothing of them is lost.

use std::sync::Arc;

use crate::migrations::{self, Migration};
use crate::{Access, Param, Row, Store, StoreError};

/// Opens one database, which stays the same, with a schema.
pub type Open<'a> = &'a dyn Fn(&'static [Migration]) -> Arc<dyn Store>;

const PERSON: [u8; 16] = [1; 16];
const LOOKS: [[u8; 16]; 3] = [[11; 16], [12; 16], [13; 16]];
/// With bytes that end a text, or are none.
const RECORDS: [[u8; 16]; 3] = [[0; 16], [0x41; 16], [0xff; 16]];

/// What a look was until version 8, a row of its own and one for each record given, is one event from version 9 on.
pub fn looks_become_events(open: Open<'_>) {
    let store = open(&migrations::all()[..8]);
    store.run("old", Access::Write, fill).unwrap();
    drop(store);
    let store = open(migrations::all());
    let looks = rows(
        &store,
        "SELECT event, staff, outcome, sealed_case, body_salt, body_leaf, given, read_at FROM event ORDER BY event",
        |row| {
            Ok((
                (row.array::<16>()?, row.opt_text()?, row.opt_text()?),
                (row.opt_blob()?, row.opt_blob()?, row.opt_int()?),
                (row.opt_blob()?, row.opt_int()?),
            ))
        },
    );
    let text = |text: &str| Some(text.to_owned());
    let seen = |look: [u8; 16], leaf, given: &[[u8; 16]], read| {
        (
            (look, text("clerk"), text("seen")),
            (Some(vec![7, 0, 7]), Some(vec![8; 3]), Some(leaf)),
            (Some(given.concat()), read),
        )
    };
    let expected = [
        // The second look gave two of them again, so what the first one gave last is the third alone.
        seen(LOOKS[0], 1, &RECORDS[2..], Some(99)),
        seen(LOOKS[1], 3, &RECORDS[..2], None),
        (
            (LOOKS[2], text("clerk"), text("not-registered")),
            (None, None, None),
            (None, None),
        ),
        another([21; 16], None),
        another([22; 16], text("deputy")),
    ];
    assert_eq!(looks, expected);
    let represented = rows(
        &store,
        "SELECT event FROM event WHERE mandate IS NOT NULL AND representative = mandate",
        Row::array::<16>,
    );
    assert_eq!(represented, [[21; 16]]);
    let notices = rows(&store, "SELECT kind FROM notice", Row::text);
    assert_eq!(notices, ["look-improper"], "a look is its own notice");
    let nonces = rows(
        &store,
        "SELECT nonce FROM request_nonce WHERE expires_at = 50",
        Row::text,
    );
    assert_eq!(nonces, ["once"]);
}

type Stored = (
    ([u8; 16], Option<String>, Option<String>),
    (Option<Vec<u8>>, Option<Vec<u8>>, Option<i64>),
    (Option<Vec<u8>>, Option<i64>),
);

/// An event that is no look.
fn another(id: [u8; 16], staff: Option<String>) -> Stored {
    ((id, staff, None), (None, None, None), (None, None))
}

fn rows<T: Send + 'static>(
    store: &Arc<dyn Store>,
    sql: &'static str,
    read: fn(&mut Row) -> Result<T, StoreError>,
) -> Vec<T> {
    let found = store.run("new", Access::Read, move |tx| {
        tx.query(sql, &[])?
            .iter_mut()
            .map(read)
            .collect::<Result<_, StoreError>>()
    });
    found.unwrap()
}

fn fill(tx: &mut dyn crate::Tx) -> Result<(), StoreError> {
    let person = Param::Blob(&PERSON);
    for (place, look) in LOOKS.iter().enumerate() {
        let (id, at) = (Param::Blob(look), Param::Int(100 + place as i64));
        let leaf = Param::Int(2 * place as i64);
        tx.execute(
            "INSERT INTO event (person, event, kind, actor, purpose, at, salt, leaf) \
             VALUES ($1, $2, 'look', 'body', 'p', $3, $2, $4)",
            &[person, id, at, leaf],
        )?;
        let answered = place < 2;
        let (case, salt) = (Param::Blob(&[7, 0, 7]), Param::Blob(&[8; 3]));
        let own = Param::Int(2 * place as i64 + 1);
        let only = |param| if answered { param } else { Param::Null };
        let outcome = if answered { "seen" } else { "not-registered" };
        tx.execute(
            "INSERT INTO look (person, look, body, staff, purpose, outcome, sealed_case, at, body_salt, body_leaf) \
             VALUES ($1, $2, 'body', 'clerk', 'p', $3, $4, $5, $6, $7)",
            &[person, id, Param::Text(outcome), only(case), at, only(salt), only(own)],
        )?;
    }
    for (record, last_at) in RECORDS.iter().zip([101, 101, 100]) {
        tx.execute(
            "INSERT INTO given (person, record, body, last_at) VALUES ($1, $2, 'body', $3)",
            &[person, Param::Blob(record), Param::Int(last_at)],
        )?;
    }
    for (id, who) in [([21_u8; 16], None), ([22; 16], Some("deputy"))] {
        tx.execute(
            "INSERT INTO event (person, event, kind, actor, purpose, at, salt, leaf) \
             VALUES ($1, $2, 'download', 'self', '', 5, $2, $3)",
            &[person, Param::Blob(&id), Param::Int(i64::from(id[0]))],
        )?;
        let mandate = if who.is_none() {
            Param::Blob(&[3; 16])
        } else {
            Param::Null
        };
        tx.execute(
            "INSERT INTO event_by (person, event, staff, mandate, representative) VALUES ($1, $2, $3, $4, $4)",
            &[person, Param::Blob(&id), who.map_or(Param::Null, Param::Text), mandate],
        )?;
    }
    for (id, kind, look) in [
        ([31_u8; 16], "looked-at", LOOKS[0]),
        ([32; 16], "look-improper", LOOKS[1]),
    ] {
        tx.execute(
            "INSERT INTO notice (person, notice, kind, subject, at, read_at) VALUES ($1, $2, $3, $4, 100, 99)",
            &[person, Param::Blob(&id), Param::Text(kind), Param::Blob(&look)],
        )?;
    }
    tx.execute(
        "INSERT INTO request_nonce (key_id, nonce, expires_at) VALUES ('key', 'once', 50)",
        &[],
    )?;
    Ok(())
}
