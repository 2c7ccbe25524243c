//! Filing a part of a submission: one transaction that decides each row against what is stored, and writes
//! records, documents, people, leaves and the rows' outcomes together.

use intake::FaultCode;
use keys::Keyring;
use model::Randomness;
use storage::{Param, Tx};

use super::{
    early::{Early, there},
    incoming::{Common, Incoming},
    outcome::{Chunk, Outcome},
    part::Part,
    stored::{PersonState, Stored, Writes},
};
use crate::{
    RegistryError,
    certificate::revoke,
    log, person,
    record::{self, VersionRow},
    reentry::{self, Reentered},
};

/// Files one part of a submission. Everything that it decides is in the answer.
pub(crate) fn file(
    tx: &mut dyn Tx,
    keys: &Keyring,
    randomness: &dyn Randomness,
    common: &Common,
    part: &Part,
) -> Result<Chunk, RegistryError> {
    let early = Early::put(tx, common.kind, part, common.at)?;
    let mut stored = Stored::load(tx, keys, common.kind, part, &early)?;
    let mut writes = Writes::default();
    let mut chunk = Chunk::new(part.rows().first().map_or(1, Incoming::number));
    let mut checked = part.checked();
    for row in part.rows() {
        let outcome = match row {
            Incoming::Rejected(rejected) => Outcome::Rejected(rejected.clone()),
            Incoming::Checked(_) => {
                // There is one for each checked row, in the same order.
                let checked = checked.next().ok_or(RegistryError::Stored("a checked row"))?;
                let outcome = stored.decide(randomness, common, checked, &mut writes)?;
                if outcome.refused_for() == Some(FaultCode::NameMismatch) {
                    chunk.note_other_name(checked.row.head.person);
                }
                outcome
            }
        };
        chunk.push(row.number(), outcome);
    }
    for (person, new) in &writes.renamed {
        if let Some(key) = stored.people[*person].as_ref().and_then(PersonState::known) {
            person::rename(tx, key, &new.person, &new.person_key.ready(), randomness)?;
        }
    }
    write(tx, common, part, &stored, &early, &writes)?;
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
    part: &'r Part,
    stored: &Stored<'r>,
    early: &Early<'r>,
    writes: &Writes<'r>,
) -> Result<(), RegistryError> {
    let first = log::append(tx, &writes.entries)?;
    early.settle(tx, part, stored, common.at)?;
    change_documents(tx, part, stored)?;
    // In the order of their keys each page of their index is visited once.
    let mut order: Vec<(usize, usize)> = writes
        .versions
        .iter()
        .map(|version| version.person)
        .zip(0..)
        .collect();
    order.sort_unstable();
    record::insert_rows(
        tx,
        order.iter().map(|(_, place)| {
            let version = &writes.versions[*place];
            VersionRow {
                head: &version.head,
                leaf: first + *place as u64,
                sealed: Some((&version.wrapped_key, &version.content)),
            }
        }),
    )?;
    Ok(())
}

/// Notes the new content of documents that were there before.
fn change_documents(tx: &mut dyn Tx, part: &Part, stored: &Stored<'_>) -> Result<(), RegistryError> {
    for (key, state) in there(part, &stored.documents).filter(|(_, state)| state.changed && !state.new) {
        tx.execute(
            "UPDATE document SET content_mac = $1, version = $2 WHERE document = $3",
            &[
                Param::Blob(&state.content_mac),
                Param::Int(state.version),
                Param::Blob(&key),
            ],
        )?;
    }
    Ok(())
}
