//! Filing a part of a submission: one transaction that decides each row against what is stored, and writes
//! records, documents, people, leaves and the rows' outcomes together.

use std::collections::HashMap;

use keys::{DocumentKey, Keyring};
use model::Randomness;
use storage::{Param, Tx};

use super::{
    incoming::{Common, Incoming, Prepared},
    outcome::{Chunk, Outcome},
    stored::{DocumentState, PersonKey, Stored, Writes},
};
use crate::{RegistryError, certificate::revoke, log, person, record};

/// Files one part of a submission. Everything that it decides is in the answer.
pub(crate) fn file(
    tx: &mut dyn Tx,
    keys: &Keyring,
    randomness: &dyn Randomness,
    common: &Common,
    rows: &[Incoming],
) -> Result<Chunk, RegistryError> {
    let checked: Vec<&Prepared> = rows
        .iter()
        .filter_map(|row| match row {
            Incoming::Checked(prepared) => Some(&**prepared),
            Incoming::Rejected(_) => None,
        })
        .collect();
    let mut stored = Stored::load(tx, keys, common.kind, &checked)?;
    let mut writes = Writes::default();
    let mut chunk = Chunk::new(rows.first().map_or(1, Incoming::number));
    for row in rows {
        let outcome = match row {
            Incoming::Rejected(rejected) => Outcome::Rejected(rejected.clone()),
            Incoming::Checked(prepared) => stored.decide(randomness, common, prepared, &mut writes)?,
        };
        chunk.push(row.number(), outcome);
    }
    for new in &writes.renamed {
        if let Some(PersonKey::Known(key)) = stored.people.get(&new.person.person).map(|known| &known.key) {
            person::rename(tx, key, &new.person, &new.person_key.ready(), randomness)?;
        }
    }
    write(tx, common, &stored, &mut writes)?;
    revoke::because_of_filing(tx, randomness, common, &writes.ended)?;
    Ok(chunk)
}

fn write(
    tx: &mut dyn Tx,
    common: &Common,
    stored: &Stored<'_>,
    writes: &mut Writes<'_>,
) -> Result<(), RegistryError> {
    let first = log::append(tx, &writes.entries)?;
    for (version, leaf) in writes.versions.iter_mut().zip(first..) {
        version.head.leaf = leaf;
    }
    // Keys are scattered over their index. In their order, each of its pages is visited once.
    writes.people.sort_unstable_by_key(|new| new.person);
    writes
        .versions
        .sort_unstable_by_key(|version| (version.head.person, version.head.record, version.head.version));
    person::insert(tx, &writes.people, common.at)?;
    write_documents(tx, &stored.documents)?;
    record::insert(tx, &writes.versions)?;
    Ok(())
}

fn write_documents(
    tx: &mut dyn Tx,
    stored: &HashMap<DocumentKey, DocumentState>,
) -> Result<(), RegistryError> {
    let (mut new, mut changed): (Vec<_>, Vec<_>) = stored
        .iter()
        .filter(|(_, state)| state.new || state.changed)
        .partition(|(_, state)| state.new);
    new.sort_unstable_by_key(|(key, _)| **key);
    changed.sort_unstable_by_key(|(key, _)| **key);
    for part in new.chunks(crate::sql::AT_ONCE) {
        let values: Vec<Param<'_>> = part
            .iter()
            .flat_map(|(key, state)| {
                [
                    Param::Blob(*key),
                    Param::Blob(state.person.as_bytes()),
                    Param::Blob(state.record.as_bytes()),
                    Param::Blob(&state.content_mac),
                    Param::Int(state.version),
                ]
            })
            .collect();
        let columns = &["document", "person", "record", "content_mac", "version"];
        tx.insert_many("document", columns, &values)?;
    }
    for (key, state) in changed {
        tx.execute(
            "UPDATE document SET content_mac = $1, version = $2 WHERE document = $3",
            &[
                Param::Blob(&state.content_mac),
                Param::Int(state.version),
                Param::Blob(key),
            ],
        )?;
    }
    Ok(())
}
