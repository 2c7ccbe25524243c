//! Whom a breach affects: a list of any length, of pseudonyms, or of numbers and names as whoever lost them knows them.

use std::collections::BTreeSet;

use keys::Mac;
use model::PersonId;
use storage::Tx;

use super::ProcedureError;
use crate::{NoticeKind, Registry, RegistryError, mine, notice, person};

/// How many people are read at once: no more of their keys are in memory.
const AT_ONCE: usize = 1_000;

/// Whom a breach affects.
#[derive(Clone)]
pub enum Affected {
    /// By their pseudonyms, whether or not anybody is known under them.
    Pseudonyms(Vec<PersonId>),
    /// By number and name. Each has to be known, or nobody is told.
    Named(Vec<Named>),
}

/// Somebody by number and name.
#[derive(Clone)]
pub struct Named {
    /// The identity number.
    pub id_number: String,
    /// The name.
    pub name: String,
}

impl From<Vec<PersonId>> for Affected {
    fn from(people: Vec<PersonId>) -> Self {
        Self::Pseudonyms(people)
    }
}

/// The same, ready to be told: who, and for those with a name what it is compared by, in the order of the list.
pub(crate) struct Listed {
    named: Vec<(PersonId, Mac)>,
    people: BTreeSet<PersonId>,
}

impl Listed {
    /// Reads the list. Nothing is looked up yet.
    pub(crate) fn read(this: &Registry, affected: &Affected) -> Result<Self, ProcedureError> {
        let mut named = Vec::new();
        let people = match affected {
            Affected::Pseudonyms(people) => people.iter().copied().collect(),
            Affected::Named(list) => {
                named.reserve_exact(list.len());
                for (n, one) in list.iter().enumerate() {
                    let number = this.profile.identity.check(&one.id_number);
                    let number = number.map_err(|_| ProcedureError::NobodyKnown { place: n + 1 })?;
                    let person = this.keys.person(&number.canonical);
                    named.push((person, this.keys.name(person, &intake::normalise_name(&one.name))));
                }
                named.iter().map(|(person, _)| *person).collect()
            }
        };
        Ok(Self { named, people })
    }

    /// How many people these are.
    pub(crate) fn count(&self) -> usize {
        self.people.len()
    }

    /// Who they are.
    pub(crate) fn people(&self) -> impl Iterator<Item = PersonId> {
        self.people.iter().copied()
    }

    /// Tells each of them once, if everybody in the list is known.
    pub(crate) fn tell(
        &self,
        tx: &mut dyn Tx,
        this: &Registry,
        (kind, subject): (NoticeKind, [u8; 16]),
    ) -> Result<(), ProcedureError> {
        for (part, list) in self.named.chunks(AT_ONCE).enumerate() {
            if let Some(n) = stranger(tx, this, list)? {
                return Err(ProcedureError::NobodyKnown {
                    place: part * AT_ONCE + n + 1,
                });
            }
        }
        let people: Vec<PersonId> = self.people().collect();
        notice::put_many(tx, this, &people, kind, subject)?;
        Ok(())
    }
}

/// The place of the first of these who is not known under the name.
fn stranger(
    tx: &mut dyn Tx,
    this: &Registry,
    list: &[(PersonId, Mac)],
) -> Result<Option<usize>, RegistryError> {
    let ids: Vec<PersonId> = list.iter().map(|(person, _)| *person).collect();
    let known = person::find(tx, &this.keys, &ids)?;
    for (n, (person, mac)) in list.iter().enumerate() {
        if !mine::goes_by(tx, &this.keys, *person, known.get(person), mac)? {
            return Ok(Some(n));
        }
    }
    Ok(None)
}
