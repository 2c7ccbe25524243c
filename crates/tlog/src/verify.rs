//! Proving a whole log: every entry, every tile, the root, the signature.
//!
//! Everything is worked out again from the entries alone, so nothing in the log has to be believed: each bundle
//! gives its leaf hashes, these give every tile of every level, compared byte for byte with what the log has,
//! and at the end the root, compared with the one that the log has signed. One bundle and one tile a level are
//! in memory at a time.
//!
//! Whether the log is the same that someone saw before is another question: see
//! [`verify_consistency`](crate::tree::verify_consistency).

use crate::checkpoint::{Checkpoint, CheckpointError, OpenedCheckpoint};
use crate::hash::{HASH_BYTES, Hash, leaf_hash};
use crate::note::VerifierKey;
use crate::tile::{EntriesError, EntriesId, Tile, TileBuilder, TileId, decode_entries};
use crate::tree::TreeError;

/// Where a log is read from: a folder, a database, a server.
///
/// Readers bound what they take in: [`MAX_NOTE_BYTES`](crate::note::MAX_NOTE_BYTES) for a checkpoint,
/// [`TileId::byte_length`] for a tile, [`MAX_BUNDLE_BYTES`](crate::tile::MAX_BUNDLE_BYTES) for a bundle.
pub trait LogReader {
    /// Why something could not be read.
    type Error;

    /// The signed checkpoint.
    ///
    /// # Errors
    /// When it can't be read.
    fn checkpoint(&mut self) -> Result<Vec<u8>, Self::Error>;

    /// A tile at exactly this width.
    ///
    /// # Errors
    /// When it can't be read.
    fn tile(&mut self, id: TileId) -> Result<Vec<u8>, Self::Error>;

    /// A bundle of entries at exactly this width.
    ///
    /// # Errors
    /// When it can't be read.
    fn entries(&mut self, id: EntriesId) -> Result<Vec<u8>, Self::Error>;
}

/// What was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The checkpoint and the signatures that hold.
    pub opened: OpenedCheckpoint,
    /// Tiles of hashes compared.
    pub tiles: u64,
    /// Bundles of entries read.
    pub bundles: u64,
    /// Bytes in all the bundles.
    pub entry_bytes: u64,
}

/// The first thing wrong with a log.
#[derive(Debug, thiserror::Error)]
pub enum LogFault<E> {
    /// Something could not be read.
    #[error("could not read {path}")]
    Read {
        /// What, below the log's prefix.
        path: String,
        /// Why.
        #[source]
        source: E,
    },
    /// The checkpoint is malformed or not signed by the log.
    #[error("checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// A bundle is malformed.
    #[error("{bundle}: {fault}")]
    Entries {
        /// Which bundle.
        bundle: EntriesId,
        /// What's wrong with it.
        fault: EntriesError,
    },
    /// A tile is of another length than its name says.
    #[error("{tile} has {found} bytes, not {}", .tile.byte_length())]
    TileLength {
        /// Which tile.
        tile: TileId,
        /// Bytes found.
        found: usize,
    },
    /// A tile has another hash than the entries give.
    #[error("{tile}: hash {position} is {found}, but the entries from {first_leaf} on give {expected}")]
    TileHash {
        /// Which tile.
        tile: TileId,
        /// The first hash that differs, from 0.
        position: usize,
        /// The first leaf that the hash covers.
        first_leaf: u64,
        /// What the entries give.
        expected: Hash,
        /// What the tile has.
        found: Hash,
    },
    /// All tiles agree with the entries, but the signed root is another.
    #[error("the checkpoint's root is {found}, but the {size} entries give {expected}")]
    Root {
        /// Leaves in the tree.
        size: u64,
        /// What the entries give.
        expected: Hash,
        /// What the log has signed.
        found: Hash,
    },
    /// There are more leaves than any tree has.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

impl<E> LogFault<E> {
    /// A code that stays the same across releases.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "log-unreadable",
            Self::Checkpoint(fault) => fault.code(),
            Self::Entries { .. } => "log-entries-malformed",
            Self::TileLength { .. } | Self::TileHash { .. } => "log-tile-differs",
            Self::Root { .. } => "log-root-differs",
            Self::Tree(_) => "log-too-large",
        }
    }
}

/// Reads a whole log and proves it, or gives the first fault.
///
/// `keys` are the log's keys and those of the witnesses one knows.
///
/// # Errors
/// The first thing that can't be read or doesn't hold.
pub fn verify_log<R: LogReader>(reader: &mut R, keys: &[VerifierKey]) -> Result<Summary, LogFault<R::Error>> {
    let signed = reader.checkpoint();
    let signed = signed.map_err(|source| LogFault::Read {
        path: "checkpoint".into(),
        source,
    })?;
    let opened = Checkpoint::open(&signed, keys)?;
    let (size, found) = (opened.checkpoint.size(), opened.checkpoint.root());
    let mut summary = Summary {
        opened,
        tiles: 0,
        bundles: 0,
        entry_bytes: 0,
    };
    let mut builder = TileBuilder::new();
    let mut full = Vec::new();
    for id in EntriesId::all(size) {
        let bundle = reader.entries(id);
        let bundle = bundle.map_err(|source| LogFault::Read {
            path: id.to_string(),
            source,
        })?;
        let entries = decode_entries(id, &bundle).map_err(|fault| LogFault::Entries { bundle: id, fault })?;
        for entry in entries {
            builder.push(leaf_hash(entry), &mut full)?;
        }
        summary.bundles += 1;
        summary.entry_bytes += bundle.len() as u64;
        for tile in full.drain(..) {
            compare(reader, &tile)?;
            summary.tiles += 1;
        }
    }
    for tile in builder.edge() {
        compare(reader, &tile)?;
        summary.tiles += 1;
    }
    let expected = builder.root();
    if expected != found {
        return Err(LogFault::Root {
            size,
            expected,
            found,
        });
    }
    Ok(summary)
}

/// Compares the log's tile with what the entries give.
fn compare<R: LogReader>(reader: &mut R, expected: &Tile) -> Result<(), LogFault<R::Error>> {
    let tile = expected.id;
    let read = reader.tile(tile);
    let read = read.map_err(|source| LogFault::Read {
        path: tile.to_string(),
        source,
    })?;
    if read.len() != tile.byte_length() {
        return Err(LogFault::TileLength {
            tile,
            found: read.len(),
        });
    }
    let hashes = |bytes: &[u8]| bytes.as_chunks::<HASH_BYTES>().0.to_vec();
    let pairs = hashes(&expected.bytes).into_iter().zip(hashes(&read));
    for (position, (expected, found)) in pairs.enumerate() {
        if expected != found {
            let first_leaf = (tile.index() * 256 + position as u64) << (8 * tile.level());
            let (expected, found) = (Hash(expected), Hash(found));
            return Err(LogFault::TileHash {
                tile,
                position,
                first_leaf,
                expected,
                found,
            });
        }
    }
    Ok(())
}
