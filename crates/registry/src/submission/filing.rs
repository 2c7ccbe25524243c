//! Filing a part of a submission: one transaction that decides each row against what is stored, and writes
//! records, documents, people, leaves and the rows' outcomes together.

use intake::FaultCode;
use keys::{DocumentKey, Keyring};
use model::Randomness;
use storage::{Param, Tx};

use super::{
    early::Early,
    incoming::{Common, Incoming, Prepared},
    outcome::{Chunk, Outcome},
    stored::{DocumentState, PersonKey, Stored, Writes},
};
use crate::{
    RegistryError,
    by_mac::ByMac,
    certificate::revoke,
    log, person, record,
    reentry::{self, Reentered},
};

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
    let early = Early::put(tx, common.kind, &checked, common.at)?;
    let mut stored = Stored::load(tx, keys, common.kind, &checked, &early)?;
    let mut writes = Writes::default();
    let mut chunk = Chunk::new(rows.first().map_or(1, Incoming::number));
    for row in rows {
        let outcome = match row {
            Incoming::Rejected(rejected) => Outcome::Rejected(rejected.clone()),
            Incoming::Checked(prepared) => {
                let outcome = stored.decide(randomness, common, prepared, &mut writes)?;
                if outcome.refused_for() == Some(FaultCode::NameMismatch) {
                    chunk.note_other_name(prepared.person);
                }
                outcome
            }
        };
        chunk.push(row.number(), outcome);
    }
    for new in &writes.renamed {
        if let Some(PersonKey::Known(key)) = stored.people.get(&new.person.person).map(|known| &known.key) {
            person::rename(tx, key, &new.person, &new.person_key.ready(), randomness)?;
        }
    }
    write(tx, common, &stored, early, &mut writes)?;
    revoke::because_of_filing(tx, randomness, common, &writes.ended)?;
    let filing = Reentered {
        randomness,
        authority: &common.authority,
        at: common.at,
    };
    for (person, document, record) in &writes.again {
        reentry::came_again(tx, &filing, *person, document, *record)?;
        chunk.note_again(*person, *document);
    }
    Ok(chunk)
}

fn write<'r>(
    tx: &mut dyn Tx,
    common: &Common,
    stored: &Stored<'r>,
    early: Early<'r>,
    writes: &mut Writes<'r>,
) -> Result<(), RegistryError> {
    let first = log::append(tx, &writes.entries)?;
    for (version, leaf) in writes.versions.iter_mut().zip(first..) {
        version.head.leaf = leaf;
    }
    early.settle(tx, &writes.people, &stored.documents, common.at)?;
    change_documents(tx, &stored.documents)?;
    // In the order of their keys each page of their index is visited once.
    writes
        .versions
        .sort_unstable_by_key(|version| (version.head.person, version.head.leaf));
    record::insert(tx, &writes.versions)?;
    Ok(())
}

/// Notes the new content of documents that were there before.
fn change_documents(
    tx: &mut dyn Tx,
    documents: &ByMac<DocumentKey, DocumentState>,
) -> Result<(), RegistryError> {
    let mut changed: Vec<_> = documents
        .iter()
        .filter(|(_, state)| state.changed && !state.new)
        .collect();
    changed.sort_unstable_by_key(|(key, _)| **key);
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
