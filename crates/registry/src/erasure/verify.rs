//! Proving, for a receipt, that nothing of what it speaks of can be read any more.

mod held;

use model::{PersonId, ProcedureId, RecordId};
use profile::Text2;
use storage::Access;
use tlog::VerifierKey;

use super::{Erasure, What};
use crate::{Receipt, Registry, RegistryError, leaf};
use held::{Both, Held, Place};

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureCheck {
    /// Whether it is so.
    pub holds: bool,
    /// What was found, in plain words.
    pub words: Text2,
}

/// What was found for a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureProof {
    /// Each check, in the order in which they were made.
    pub checks: Vec<ErasureCheck>,
}

impl ErasureProof {
    /// Whether nothing can be read any more and all that should say so does.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.holds)
    }

    fn add(&mut self, holds: bool, yes: Text2, no: Text2) {
        let words = if holds { yes } else { no };
        self.checks.push(ErasureCheck { holds, words });
    }
}

fn both(zh: impl Into<String>, en: impl Into<String>) -> Text2 {
    Text2 {
        zh: zh.into(),
        en: en.into(),
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
            both(
                "回执出自本系统的日志",
                "the receipt is one of this installation's log",
            ),
            both(
                "回执不成立：被改动过，或者属于别的日志",
                "the receipt does not hold: it was changed, or is of another log",
            ),
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
                    both(
                        "本人有新的密钥，用于销毁之后报送的内容",
                        "the person has a new key, made for what was filed after the erasure",
                    )
                } else {
                    both(
                        "本人的密钥、姓名和号码均已不存在",
                        "the person's key, name and number are gone",
                    )
                },
                both("本人的密钥仍然存在", "the person's key is still there"),
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
        what: Both { zh, en },
        looked_at,
        left,
    } in &held.places
    {
        proof.add(
            *left == 0,
            match looked_at {
                0 => both(format!("{zh}：没有"), format!("{en}: there are none")),
                n => both(
                    format!("{zh}：共 {n} 项，均已没有密钥和内容"),
                    format!("{en}: looked at {n}, and none has a key or anything in it any more"),
                ),
            },
            both(
                format!("{zh}：共 {looked_at} 项，仍有 {left} 项可以读取"),
                format!("{en}: {left} of {looked_at} can still be read"),
            ),
        );
    }
}

/// That the person's key is gone with the last of theirs, or why it is kept.
fn key_of(proof: &mut ErasureProof, held: &Held) {
    let why = match held.others {
        0 => held.kept_for,
        _ => Some(Both {
            zh: "还保存着其他有关记录",
            en: "other records of theirs are held",
        }),
    };
    // Where nothing else can be read, a key that is gone is never missed.
    match why.filter(|_| held.person || held.others > 0) {
        Some(Both { zh, en }) => proof.add(
            held.person,
            both(
                format!("本人的密钥予以保留，因为{zh}"),
                format!("the person's key is kept, since {en}"),
            ),
            both(
                format!("{zh}，而本人的密钥已不存在"),
                format!("the person's key is gone while {en}"),
            ),
        ),
        None => proof.add(
            !held.person,
            both(
                "本人的密钥、姓名和号码均已不存在，因为没有保存其他有关记录",
                "the person's key, name and number are gone, since nothing else of theirs is held",
            ),
            both(
                "本人的密钥仍然存在，而没有保存其他有关记录",
                "the person's key is still there, though no other record of theirs is held",
            ),
        ),
    }
}

/// That the log says so.
fn said(proof: &mut ErasureProof, held: &Held) {
    let found = held.events.iter().find(|one| held::is_in_log(one));
    let place = found.map_or(0, |(event, _)| event.leaf);
    proof.add(
        found.is_some(),
        both(
            format!("日志中有这次销毁，在第 {place} 条"),
            format!("the log holds the erasure, at place {place}"),
        ),
        both("日志中没有对它的销毁", "the log holds no erasure of it"),
    );
}

/// That a restore of an older copy does it again.
fn written(proof: &mut ErasureProof, apart: &[Erasure]) {
    proof.add(
        !apart.is_empty(),
        both(
            "这次销毁另有记载，恢复较早的备份后会再次销毁",
            "the erasure is written apart, so that it is done again after a restore of an older copy",
        ),
        both(
            "这次销毁没有另外记载：恢复较早的备份会使内容重现",
            "the erasure is not written apart: an older copy would bring it back",
        ),
    );
}
