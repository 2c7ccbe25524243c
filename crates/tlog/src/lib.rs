//! A transparency log's formats and mathematics, with no input or output of its own.
//!
//! | module | holds | specification |
//! | --- | --- | --- |
//! | [`hash`] | leaf, node and empty-tree hashes | [RFC 9162, section 2.1.1](https://www.rfc-editor.org/rfc/rfc9162.html#section-2.1.1) |
//! | [`tree`] | appending, roots, inclusion and consistency proofs | [RFC 9162, sections 2.1.3 and 2.1.4](https://www.rfc-editor.org/rfc/rfc9162.html#section-2.1.3) |
//! | [`tile`] | tiles, their paths, entry bundles, the builder | [c2sp.org/tlog-tiles](https://c2sp.org/tlog-tiles) |
//! | [`note`] | signed notes and verifier keys | [c2sp.org/signed-note](https://c2sp.org/signed-note) |
//! | [`checkpoint`] | signed tree heads | [c2sp.org/tlog-checkpoint](https://c2sp.org/tlog-checkpoint) |
//! | [`proof`] | receipts: offline proofs of inclusion | [c2sp.org/tlog-proof](https://c2sp.org/tlog-proof) |
//! | [`verify`] | re-reading a whole log and proving it | all of the above |
//!
//! **In scope**: writing, reading and verifying a log whose entries are at most 65,535 bytes each, with
//! Ed25519 signatures (type `0x01`) and Ed25519 cosignatures of witnesses (type `0x04`, verified only).
//! **Out of scope**: fetching and storing, the witness protocol, pruning, ML-DSA-44 signatures (type `0x06`;
//! their lines are carried and tolerated, their keys refused by name).
//!
//! **Limits**: a tree holds at most [`tree::MAX_SIZE`] leaves. Everything parsed is bounded in size before it
//! is looked at, and no input makes this crate panic. All encodings are canonical: what parses prints back
//! byte for byte.

pub mod checkpoint;
pub mod hash;
pub mod note;
pub mod proof;
pub mod tile;
pub mod tree;
pub mod verify;

pub use checkpoint::{Checkpoint, CheckpointError, OpenedCheckpoint};
pub use hash::{Hash, leaf_hash, node_hash};
pub use note::{Ed25519Signer, KeyId, Note, NoteError, NoteSigner, VerifierKey};
pub use proof::{Receipt, ReceiptError};
pub use tile::{EntriesId, Tile, TileBuilder, TileId, TilePath, TileSource};
pub use tree::{Frontier, HashSource, Node};
pub use verify::{LogReader, Summary, verify_log};

/// The same random cases on every run, so that a failure is the same everywhere.
#[cfg(test)]
pub(crate) fn tests_config() -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(0x7_106),
        ..proptest::test_runner::Config::default()
    }
}
