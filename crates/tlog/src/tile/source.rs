//! Node hashes out of tiles.

use super::{HASH_BYTES, TileId};
use crate::hash::{Hash, node_hash};
use crate::tree::{HashSource, Node};
use std::collections::HashMap;

/// How many tiles a source keeps; a proof needs at most two a level.
const KEPT_TILES: usize = 64;

/// Why a node could not be had from tiles.
#[derive(Debug, thiserror::Error)]
pub enum TileSourceError<E> {
    /// The node isn't complete in a tree of this size.
    #[error("node {} of level {} is not complete in a tree of {size} leaves", .node.index, .node.level)]
    NotInTree {
        /// The node asked for.
        node: Node,
        /// Leaves in the tree.
        size: u64,
    },
    /// The tile is of another length than its name says.
    #[error("{tile} has {found} bytes, not {}", .tile.byte_length())]
    Length {
        /// The tile.
        tile: TileId,
        /// Bytes found.
        found: usize,
    },
    /// The tile could not be read.
    #[error("could not read {tile}")]
    Read {
        /// The tile.
        tile: TileId,
        /// Why.
        #[source]
        source: E,
    },
}

/// The nodes of a tree of `size` leaves, read from its tiles through a function.
///
/// The function is asked for tiles at the width that they have in this tree. What it returns is believed: for
/// tiles from elsewhere check the root first.
#[derive(Debug)]
pub struct TileSource<F> {
    size: u64,
    fetch: F,
    kept: HashMap<TileId, Vec<u8>>,
}

impl<F> TileSource<F> {
    /// Reads the tiles of a tree of `size` leaves through `fetch`.
    pub fn new(size: u64, fetch: F) -> Self {
        Self {
            size,
            fetch,
            kept: HashMap::new(),
        }
    }
}

impl<F, E> HashSource for TileSource<F>
where
    F: FnMut(TileId) -> Result<Vec<u8>, E>,
{
    type Error = TileSourceError<E>;

    fn node(&mut self, node: Node) -> Result<Hash, Self::Error> {
        let (size, level, height) = (self.size, node.level / 8, node.level % 8);
        let absent = TileSourceError::NotInTree { node, size };
        if !node.is_in(size) {
            return Err(absent);
        }
        // A complete node's hashes are all in one tile, and its place there can't overflow: it's in the tree.
        let first = node.index << height;
        let Some(tile) = TileId::in_tree(size, level, first >> 8) else {
            return Err(absent);
        };
        if !self.kept.contains_key(&tile) {
            let bytes = (self.fetch)(tile).map_err(|source| TileSourceError::Read { tile, source })?;
            if bytes.len() != tile.byte_length() {
                return Err(TileSourceError::Length {
                    tile,
                    found: bytes.len(),
                });
            }
            if self.kept.len() >= KEPT_TILES {
                self.kept.clear();
            }
            self.kept.insert(tile, bytes);
        }
        let start = (first & 0xff) as usize * HASH_BYTES;
        let bytes = self
            .kept
            .get(&tile)
            .and_then(|bytes| bytes.get(start..start + (HASH_BYTES << height)));
        bytes.map(perfect_root).ok_or(absent)
    }
}

/// The root over a power of two of hashes.
pub(super) fn perfect_root(bytes: &[u8]) -> Hash {
    let mut hashes: Vec<Hash> = bytes
        .as_chunks::<HASH_BYTES>()
        .0
        .iter()
        .map(|bytes| Hash(*bytes))
        .collect();
    while hashes.len() > 1 {
        hashes = hashes
            .as_chunks::<2>()
            .0
            .iter()
            .map(|[left, right]| node_hash(left, right))
            .collect();
    }
    hashes.first().copied().unwrap_or(Hash::EMPTY_ROOT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    #[test]
    fn a_node_that_is_not_complete_is_refused_without_reading() {
        let mut asked = 0;
        let mut source = TileSource::new(300, |_: TileId| {
            asked += 1;
            Ok::<_, Infallible>(vec![])
        });
        for (level, index) in [(0, 300), (8, 1), (9, 0), (64, 0), (255, u64::MAX)] {
            let fault = source.node(Node { level, index });
            assert!(matches!(fault, Err(TileSourceError::NotInTree { size: 300, .. })));
        }
        assert_eq!(asked, 0);
    }

    #[test]
    fn a_tile_of_another_length_is_refused() {
        let mut source = TileSource::new(300, |_: TileId| Ok::<_, Infallible>(vec![0; 100]));
        let fault = source.node(Node { level: 0, index: 299 }).unwrap_err();
        assert_eq!(fault.to_string(), "tile/0/001.p/44 has 100 bytes, not 1408");
    }

    #[test]
    fn a_tile_is_read_once() {
        let mut asked = 0;
        let mut source = TileSource::new(256, |tile: TileId| {
            asked += 1;
            Ok::<_, Infallible>(vec![0; tile.byte_length()])
        });
        for index in 0..256 {
            source.node(Node { level: 0, index }).unwrap();
        }
        assert_eq!(asked, 1);
    }
}
