//! Proving, for a receipt, that nothing of what it speaks of can be read any more.

use model::{PersonId, RecordId};
use storage::{Access, Param, Tx};
use tlog::VerifierKey;

use super::{Erasure, What};
use crate::{
    Receipt, Registry, RegistryError,
    event::{self, EventKind, LoggedEvent},
    leaf, record,
};

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ErasureCheck {
    /// Whether it is so.
    pub holds: bool,
    /// What was found, in plain words.
    pub words: String,
}

/// What was found for a receipt.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ErasureProof {
    /// Each check, in the order in which they were made.
    pub checks: Vec<ErasureCheck>,
}

impl ErasureProof {
    /// Whether nothing can be read any more and all that should say so does.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.holds)
    }

    fn add(&mut self, holds: bool, yes: impl Into<String>, no: impl Into<String>) {
        let words = if holds { yes.into() } else { no.into() };
        self.checks.push(ErasureCheck { holds, words });
    }
}

/// Why a receipt could not be looked into.
#[derive(Debug, thiserror::Error)]
pub enum ErasureProofError {
    /// It is no receipt of a filing or of an erasure.
    #[error("a receipt of a filed record or of an erasure is expected")]
    OtherReceipt,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<storage::StoreError> for ErasureProofError {
    fn from(error: storage::StoreError) -> Self {
        Self::Registry(error.into())
    }
}

/// What a receipt speaks of.
#[derive(Clone, Copy)]
struct Subject {
    person: PersonId,
    /// None: of the person's identity.
    record: Option<RecordId>,
}

fn subject(statement: &str) -> Option<Subject> {
    let said: serde_json::Value = serde_json::from_str(statement).ok()?;
    let text = |name: &str| said.get(name)?.as_str();
    let person = text("person")?.parse().ok()?;
    let record = match text("what")? {
        "identity-erased" => None,
        "erased" => Some(text("subject")?.parse().ok()?),
        _ => Some(text("record")?.parse().ok()?),
    };
    Some(Subject { person, record })
}

/// What the database holds of it.
struct Held {
    contents: i64,
    certificates: i64,
    /// Of other records of the person.
    others: i64,
    person: bool,
    /// Erasures of it with what stands at their place in the log.
    events: Vec<(LoggedEvent, Option<Vec<u8>>)>,
}

impl Registry {
    /// Proves that what a receipt speaks of is destroyed: its content and keys, the person's key where nothing
    /// else of theirs is held, and that the log and the file of erasures say so. Blocks.
    ///
    /// # Errors
    /// [`ErasureProofError`].
    pub fn prove_erased(&self, receipt: &Receipt) -> Result<ErasureProof, ErasureProofError> {
        let subject = subject(&receipt.statement).ok_or(ErasureProofError::OtherReceipt)?;
        let mut proof = ErasureProof { checks: Vec::new() };
        proof.add(
            self.is_ours(receipt),
            "the receipt is one of this installation's log",
            "the receipt does not hold: it was changed, or is of another log",
        );
        let held = self
            .store
            .run("erasure.prove", Access::Read, move |tx| read(tx, subject))?;
        match subject.record {
            Some(record) => self.prove_record(&mut proof, subject.person, record, &held)?,
            None => self.prove_person(&mut proof, subject.person, &held)?,
        }
        Ok(proof)
    }

    fn prove_record(
        &self,
        proof: &mut ErasureProof,
        person: PersonId,
        record: RecordId,
        held: &Held,
    ) -> Result<(), RegistryError> {
        proof.add(
            held.contents == 0,
            "no version of the record has a key or a content any more",
            format!("{} versions of the record can still be read", held.contents),
        );
        proof.add(
            held.certificates == 0,
            "no certificate about it has a key or a text any more",
            format!("{} certificates about it can still be read", held.certificates),
        );
        if held.others > 0 {
            proof.add(
                held.person,
                "the person's key is kept, since other records of theirs are held",
                "the person's key is gone while other records of theirs are held",
            );
        } else {
            proof.add(
                !held.person,
                "the person's key, name and number are gone, since nothing else of theirs is held",
                "the person's key is still there, though no other record of theirs is held",
            );
        }
        said(proof, held);
        let apart = self.apart.find(|one| {
            one.person == person && matches!(one.what, What::Record { record: of, .. } if of == record)
        })?;
        written(proof, &apart);
        Ok(())
    }

    fn prove_person(
        &self,
        proof: &mut ErasureProof,
        person: PersonId,
        held: &Held,
    ) -> Result<(), RegistryError> {
        proof.add(
            !held.person || held.others > 0,
            if held.person {
                "the person has a new key, made for what was filed after the erasure"
            } else {
                "the person's key, name and number are gone"
            },
            "the person's key is still there",
        );
        said(proof, held);
        let apart = self
            .apart
            .find(|one| one.person == person && one.what == What::Person)?;
        written(proof, &apart);
        Ok(())
    }

    /// Whether a receipt holds under this log's key.
    fn is_ours(&self, receipt: &Receipt) -> bool {
        let mut salt = [0; 16];
        let Ok(()) = hex::decode_to_slice(&receipt.salt, &mut salt) else {
            return false;
        };
        let entry = leaf::entry(&salt, &receipt.statement);
        let Ok(key) = self.log.verifier().parse::<VerifierKey>() else {
            return false;
        };
        let proof = tlog::Receipt::parse(receipt.proof.as_bytes());
        hex::encode(entry) == receipt.entry && proof.is_ok_and(|proof| proof.verify(&entry, &[key]).is_ok())
    }
}

/// That the log says so.
fn said(proof: &mut ErasureProof, held: &Held) {
    let stands = |(event, stored): &(LoggedEvent, Option<Vec<u8>>)| {
        let entry = leaf::entry(&event.salt, &leaf::event_statement(&event.event));
        stored.as_deref() == Some(&entry[..])
    };
    let found = held.events.iter().find(|one| stands(one));
    let place = found.map_or(0, |(event, _)| event.leaf);
    proof.add(
        found.is_some(),
        format!("the log holds the erasure, at place {place}"),
        "the log holds no erasure of it",
    );
}

/// That a restore of an older copy does it again.
fn written(proof: &mut ErasureProof, apart: &[Erasure]) {
    proof.add(
        !apart.is_empty(),
        "the erasure is written apart, so that it is done again after a restore of an older copy",
        "the erasure is not written apart: an older copy would bring it back",
    );
}

fn read(tx: &mut dyn Tx, subject: Subject) -> Result<Held, RegistryError> {
    let Subject { person, record } = subject;
    let whose = Param::Blob(person.as_bytes());
    let versions = record::of_person(tx, person)?;
    let of_it = |one: &&record::Version| Some(one.head.record) == record;
    let sealed = versions.iter().filter(|one| one.sealed.is_some());
    let contents = sealed.clone().filter(of_it).count();
    let others = sealed.clone().count() - contents;
    let certificates = match &record {
        Some(record) => tx.query(
            "SELECT certificate FROM certificate WHERE person = $1 AND record = $2 \
             AND (wrapped_key IS NOT NULL OR sealed_text IS NOT NULL)",
            &[whose, Param::Blob(record.as_bytes())],
        )?,
        None => Vec::new(),
    };
    let known = tx.query("SELECT person FROM person WHERE person = $1", &[whose])?;
    let mut events = Vec::new();
    for event in event::of_person(tx, person)? {
        let same = match record {
            Some(record) => {
                event.event.kind == EventKind::Erased && event.event.subject == Some(*record.as_bytes())
            }
            None => event.event.kind == EventKind::IdentityErased,
        };
        if same {
            let stored = tx.query(
                "SELECT entry FROM log_leaf WHERE leaf = $1",
                &[Param::Int(event.leaf as i64)],
            )?;
            let entry = stored.into_iter().next().map(|mut row| row.blob()).transpose()?;
            events.push((event, entry));
        }
    }
    Ok(Held {
        contents: contents as i64,
        certificates: certificates.len() as i64,
        others: others as i64,
        person: !known.is_empty(),
        events,
    })
}
