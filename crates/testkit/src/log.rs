//! Proofs of whole logs and of receipts, with nothing but what the log shows.

use registry::{LogSummary, Receipt, Registry};
use ring::digest;
use tlog::{EntriesId, LogReader, TileId, TilePath, VerifierKey};

use crate::wait;

/// What a registry's log shows to auditors.
struct Shown<'a> {
    registry: &'a Registry,
    summary: &'a LogSummary,
}

impl Shown<'_> {
    fn path(&self, path: TilePath) -> Result<Vec<u8>, String> {
        match wait(self.registry.log_tile(path)) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(format!("{path} is missing")),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl LogReader for Shown<'_> {
    type Error = String;

    fn checkpoint(&mut self) -> Result<Vec<u8>, String> {
        Ok(self.summary.checkpoint.clone().into_bytes())
    }

    fn tile(&mut self, id: TileId) -> Result<Vec<u8>, String> {
        self.path(TilePath::Hashes(id))
    }

    fn entries(&mut self, id: EntriesId) -> Result<Vec<u8>, String> {
        self.path(TilePath::Entries(id))
    }
}

/// Brings the checkpoint up to date, reads the whole log and proves it. Answers its size.
///
/// # Panics
/// When it does not hold.
pub fn prove_log(registry: &Registry) -> u64 {
    registry.integrate().expect("the log is integrated");
    let summary = wait(registry.log_summary()).expect("a summary");
    let key: VerifierKey = summary.verifier_key.parse().expect("a key");
    let proved = tlog::verify_log(
        &mut Shown {
            registry,
            summary: &summary,
        },
        &[key],
    )
    .unwrap_or_else(|fault| panic!("the log does not hold: {fault}: {fault:?}"));
    assert_eq!(
        proved.opened.checkpoint.size(),
        summary.size,
        "the checkpoint speaks of another size"
    );
    summary.size
}

/// Proves a receipt as whoever holds it would, and answers its place in the log and its statement.
///
/// # Panics
/// When it does not hold.
pub fn prove_receipt(registry: &Registry, receipt: &Receipt) -> (u64, serde_json::Value) {
    let summary = wait(registry.log_summary()).expect("a summary");
    let key: VerifierKey = summary.verifier_key.parse().expect("a key");
    let mut line = b"standing leaf v1\n".to_vec();
    line.extend(
        (0..receipt.salt.len() / 2)
            .map(|at| u8::from_str_radix(&receipt.salt[at * 2..at * 2 + 2], 16).expect("hexadecimal digits")),
    );
    assert_eq!(line.len(), 17 + 16, "a salt has sixteen bytes");
    line.extend_from_slice(receipt.statement.as_bytes());
    let entry = digest::digest(&digest::SHA256, &line);
    let written: String = entry.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        written, receipt.entry,
        "the entry is not the commitment to the statement"
    );
    let proof = tlog::Receipt::parse(receipt.proof.as_bytes()).expect("a proof");
    proof.verify(entry.as_ref(), &[key]).expect("the proof holds");
    assert!(
        proof
            .verify(&[0; 32], &[summary.verifier_key.parse().expect("a key")])
            .is_err()
    );
    (
        proof.index(),
        serde_json::from_str(&receipt.statement).expect("a line of JSON"),
    )
}
