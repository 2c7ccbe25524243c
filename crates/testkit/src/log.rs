//! Proofs of whole logs and of receipts, with nothing but what the log shows.

use registry::{LogSummary, Receipt, Registry};
use ring::digest;
use tlog::{
    Checkpoint, EntriesId, Frontier, Hash, LogReader, TileId, TilePath, TileSource, VerifierKey, leaf_hash,
    tile::{TILE_WIDTH, decode_entries},
    tree::{consistency_proof, inclusion_proof, verify_consistency, verify_inclusion},
};

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

/// A log as somebody saw it who reads on: what they read before is not read again.
#[derive(Debug, Clone, Default)]
pub struct Followed {
    edge: Frontier,
}

impl Followed {
    /// Reads the leaves that are new, and proves that the signed checkpoint speaks of what was seen before and of these
    /// leaves and nothing else: by their hashes, by a proof of consistency between the two checkpoints, and by a proof of
    /// the places of the first and the last new leaf. Answers the log's size.
    ///
    /// # Panics
    /// When it does not hold.
    pub fn read_on(&mut self, registry: &Registry) -> u64 {
        let summary = wait(registry.log_summary()).expect("a summary");
        let key: VerifierKey = summary.verifier_key.parse().expect("a key");
        let signed = Checkpoint::open(summary.checkpoint.as_bytes(), &[key]).expect("a signed checkpoint");
        let (size, root) = (signed.checkpoint.size(), signed.checkpoint.root());
        let (seen, seen_root) = (self.edge.size(), self.edge.root());
        assert!(size >= seen, "the log had {seen} leaves, and has {size}");
        let shown = Shown {
            registry,
            summary: &summary,
        };
        let mut new: Vec<Hash> = Vec::new();
        let width = u64::from(TILE_WIDTH);
        for index in seen / width..size.div_ceil(width) {
            let id = EntriesId::in_tree(size, index).expect("a bundle of the tree");
            let bundle = shown.path(TilePath::Entries(id)).expect("a bundle");
            let entries = decode_entries(id, &bundle).expect("entries");
            let known = seen.saturating_sub(index * width) as usize;
            new.extend(entries.into_iter().skip(known).map(leaf_hash));
        }
        for leaf in &new {
            self.edge
                .append(*leaf, |_, _| {})
                .expect("a tree that is not full");
        }
        assert_eq!(self.edge.size(), size, "as many leaves as the checkpoint says");
        assert_eq!(self.edge.root(), root, "the leaves are those of the checkpoint");
        let mut tiles = TileSource::new(size, |id: TileId| shown.path(TilePath::Hashes(id)));
        let proof = consistency_proof(&mut tiles, seen, size).expect("a proof of consistency");
        verify_consistency(seen, size, &seen_root, &root, &proof).expect("what was seen before stands");
        // Root and size hold the leaves between; these two go by the way of a receipt too.
        let ends = [new.first().zip(Some(seen)), new.last().zip(size.checked_sub(1))];
        for (leaf, index) in ends.into_iter().flatten() {
            let proof = inclusion_proof(&mut tiles, index, size).expect("a proof of inclusion");
            verify_inclusion(index, size, leaf, &proof, &root).expect("the leaf is in its place");
        }
        size
    }
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
