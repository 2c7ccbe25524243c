//! Proving, for a receipt, that nothing of what it speaks of can be read any more.

mod held;

use model::{PersonId, ProcedureId, RecordId};
use storage::Access;
use tlog::VerifierKey;

use super::{Erasure, What};
use crate::{Receipt, Registry, RegistryError, leaf};
use held::{Held, Place};

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
    what: Of,
}

/// What of theirs.
#[derive(Clone, Copy)]
enum Of {
    /// One record.
    Record(RecordId),
    /// What was said in one procedure that was kept alone.
    Procedure(ProcedureId),
    /// Key, name and number, and with them all that there was.
    Identity,
}

fn subject(statement: &str) -> Option<Subject> {
    let said: serde_json::Value = serde_json::from_str(statement).ok()?;
    let text = |name: &str| said.get(name)?.as_str();
    let person = text("person")?.parse().ok()?;
    let what = match text("what")? {
        "identity-erased" => Of::Identity,
        "erased" => Of::Record(text("subject")?.parse().ok()?),
        "procedure-erased" => Of::Procedure(text("subject")?.parse().ok()?),
        _ => Of::Record(text("record")?.parse().ok()?),
    };
    Some(Subject { person, what })
}

impl Registry {
    /// Proves that what a receipt speaks of is destroyed: content and keys wherever it stood, the person's key where
    /// nothing else of theirs is held, and that the log and the file of erasures say so. Says what it looked at. Blocks.
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
        let now = self.clock.now();
        let held = self.store.run("erasure.prove", Access::Read, move |tx| {
            held::read(tx, subject, now)
        })?;
        places(&mut proof, &held);
        let Subject { person, what } = subject;
        match what {
            Of::Record(_) => key_of(&mut proof, &held),
            Of::Procedure(_) => {}
            Of::Identity => proof.add(
                !held.person || held.others > 0,
                if held.person {
                    "the person has a new key, made for what was filed after the erasure"
                } else {
                    "the person's key, name and number are gone"
                },
                "the person's key is still there",
            ),
        }
        said(&mut proof, &held);
        let apart = self.apart.find(|one| {
            let same = match (one.what, what) {
                (What::Record { record, .. }, Of::Record(of)) => record == of,
                (What::Procedure { procedure }, Of::Procedure(of)) => procedure == of,
                (What::Person, Of::Identity) => true,
                _ => false,
            };
            one.person == person && same
        })?;
        written(&mut proof, &apart);
        Ok(proof)
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

/// That nothing can be read wherever something of it could be, and where that was.
fn places(proof: &mut ErasureProof, held: &Held) {
    for Place {
        what,
        looked_at,
        left,
    } in &held.places
    {
        proof.add(
            *left == 0,
            match looked_at {
                0 => format!("{what}: there are none"),
                n => format!("{what}: looked at {n}, and none has a key or anything in it any more"),
            },
            format!("{what}: {left} of {looked_at} can still be read"),
        );
    }
}

/// That the person's key is gone with the last of theirs, or why it is kept.
fn key_of(proof: &mut ErasureProof, held: &Held) {
    let why = match held.others {
        0 => held.kept_for,
        _ => Some("other records of theirs are held"),
    };
    // Where nothing else can be read, a key that is gone is never missed.
    match why.filter(|_| held.person || held.others > 0) {
        Some(why) => proof.add(
            held.person,
            format!("the person's key is kept, since {why}"),
            format!("the person's key is gone while {why}"),
        ),
        None => proof.add(
            !held.person,
            "the person's key, name and number are gone, since nothing else of theirs is held",
            "the person's key is still there, though no other record of theirs is held",
        ),
    }
}

/// That the log says so.
fn said(proof: &mut ErasureProof, held: &Held) {
    let found = held.events.iter().find(|one| held::is_in_log(one));
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
