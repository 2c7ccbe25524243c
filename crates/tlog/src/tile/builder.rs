//! Making tiles out of leaves as they come.

use super::{MAX_LEVEL, TILE_BYTES, TileId, TileSource, TileSourceError};
use crate::hash::Hash;
use crate::tree::{Frontier, MAX_SIZE, Node, TreeError};

/// A tile with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Which tile, at which width.
    pub id: TileId,
    /// Its hashes, 32 bytes each, `id.byte_length()` in all.
    pub bytes: Vec<u8>,
}

/// Appends leaves to a tree and gives the tiles that change.
///
/// The state is the right edge: at most eight partial tiles of under 8 KiB each, whatever the tree's size, and
/// each leaf costs one node hash. A store keeps one row a `(level, index)`, overwritten with each version that
/// [`TileBuilder::append`] gives; [`TileId::right_edge`] says which of them [`TileBuilder::resume`] will ask for.
#[derive(Debug, Clone, Default)]
pub struct TileBuilder {
    frontier: Frontier,
    /// The partial tile of each level, empty where there is none.
    edge: [Vec<u8>; MAX_LEVEL as usize + 1],
}

impl TileBuilder {
    /// A builder for the empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes up a tree of `size` leaves from the partial tiles at its right edge.
    ///
    /// `fetch` is asked for each tile of [`TileId::right_edge`], at exactly that width. Compare
    /// [`TileBuilder::root`] with the checkpoint's afterwards: that proves the edge.
    ///
    /// # Errors
    /// When the size is above [`MAX_SIZE`], or a tile can't be read or has another length.
    pub fn resume<E>(
        size: u64,
        mut fetch: impl FnMut(TileId) -> Result<Vec<u8>, E>,
    ) -> Result<Self, TreeError<TileSourceError<E>>> {
        let mut edge: [Vec<u8>; MAX_LEVEL as usize + 1] = Default::default();
        let mut source = TileSource::new(size, |tile: TileId| {
            let bytes = fetch(tile)?;
            edge[usize::from(tile.level())].clone_from(&bytes);
            Ok(bytes)
        });
        // Every node at the tree's right edge lies in a partial tile, and every partial tile has one.
        let frontier = Frontier::load(&mut source, size)?;
        Ok(Self { frontier, edge })
    }

    /// Leaves in the tree.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The tree's root.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Appends leaf hashes and returns every tile that is new or wider, each once, in its last version.
    ///
    /// Full tiles come first, in the order of their completion, then the partial ones from level 0 up.
    ///
    /// # Errors
    /// When the tree would have more than [`MAX_SIZE`] leaves; nothing has changed then.
    pub fn append(&mut self, leaves: &[Hash]) -> Result<Vec<Tile>, TreeError> {
        let before = self.size();
        if leaves.len() as u64 > MAX_SIZE - before {
            return Err(TreeError::TooLarge);
        }
        let mut changed = Vec::new();
        for leaf in leaves {
            self.push(*leaf, &mut changed)?;
        }
        let after = self.size();
        changed.extend(self.edge().filter(|tile| {
            let shift = 8 * u32::from(tile.id.level());
            before >> shift != after >> shift
        }));
        Ok(changed)
    }

    /// Appends one leaf hash; tiles that it fills are added to `full`.
    ///
    /// # Errors
    /// When the tree is full; nothing has changed then.
    pub fn push(&mut self, leaf: Hash, full: &mut Vec<Tile>) -> Result<(), TreeError> {
        let edge = &mut self.edge;
        self.frontier.append(leaf, |node, hash| {
            if node.level % 8 == 0 {
                let level = node.level / 8;
                let bytes = &mut edge[usize::from(level)];
                bytes.extend_from_slice(hash.as_bytes());
                if bytes.len() == TILE_BYTES {
                    let bytes = std::mem::replace(bytes, Vec::with_capacity(TILE_BYTES));
                    full.extend(tile_ending_with(node, bytes));
                }
            }
        })
    }

    /// The partial tiles at the tree's right edge, from level 0 up.
    pub fn edge(&self) -> impl Iterator<Item = Tile> {
        TileId::right_edge(self.size()).map(|id| Tile {
            id,
            bytes: self.edge[usize::from(id.level())].clone(),
        })
    }
}

/// The full tile whose last hash is this node's.
fn tile_ending_with(node: Node, bytes: Vec<u8>) -> Option<Tile> {
    TileId::new(node.level / 8, node.index >> 8, super::TILE_WIDTH).map(|id| Tile { id, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;
    use std::collections::BTreeMap;

    type Store = BTreeMap<(u8, u64), Vec<u8>>;

    fn leaves(from: u64, to: u64) -> Vec<Hash> {
        (from..to).map(|index| leaf_hash(&index.to_be_bytes())).collect()
    }

    fn keep(store: &mut Store, tiles: Vec<Tile>) {
        for tile in tiles {
            assert_eq!(tile.bytes.len(), tile.id.byte_length());
            let old = store.insert((tile.id.level(), tile.id.index()), tile.bytes.clone());
            assert!(
                tile.bytes.starts_with(&old.unwrap_or_default()),
                "{} is no longer a prefix",
                tile.id
            );
        }
    }

    fn resume(store: &Store, size: u64) -> TileBuilder {
        let fetch = |tile: TileId| {
            let stored = store.get(&(tile.level(), tile.index())).ok_or("missing")?;
            tile.cut(stored).map(<[u8]>::to_vec).ok_or("short")
        };
        TileBuilder::resume(size, fetch).unwrap()
    }

    fn assert_holds_exactly(store: &Store, size: u64) {
        let expected: Store = TileId::all(size)
            .map(|tile| ((tile.level(), tile.index()), vec![0; tile.byte_length()]))
            .collect();
        let lengths = |store: &Store| -> Vec<_> { store.iter().map(|(k, v)| (*k, v.len())).collect() };
        assert_eq!(lengths(store), lengths(&expected));
    }

    #[test]
    fn any_cutting_into_batches_gives_the_same_tiles_and_root() {
        let mut whole = Store::new();
        let mut builder = TileBuilder::new();
        keep(&mut whole, builder.append(&leaves(0, 70_000)).unwrap());
        assert_holds_exactly(&whole, 70_000);
        for step in [1, 255, 256, 257, 4_099, 65_536] {
            let mut store = Store::new();
            let mut size = if step == 1 { 69_000 } else { 0 };
            keep(&mut store, TileBuilder::new().append(&leaves(0, size)).unwrap());
            while size < 70_000 {
                let next = (size + step).min(70_000);
                let mut resumed = resume(&store, size);
                keep(&mut store, resumed.append(&leaves(size, next)).unwrap());
                size = next;
                if size == 70_000 {
                    assert_eq!(resumed.root(), builder.root());
                }
            }
            assert_eq!(store, whole, "in steps of {step}");
        }
    }

    #[test]
    fn the_empty_tree_and_the_empty_batch_change_nothing() {
        let mut builder = TileBuilder::new();
        assert_eq!(builder.append(&[]).unwrap(), []);
        assert_eq!((builder.size(), builder.root()), (0, Hash::EMPTY_ROOT));
        builder.append(&leaves(0, 300)).unwrap();
        assert_eq!(builder.append(&[]).unwrap(), []);
    }

    #[test]
    fn only_tiles_that_changed_are_given() {
        let mut builder = TileBuilder::new();
        builder.append(&leaves(0, 511)).unwrap();
        let paths = |tiles: Vec<Tile>| tiles.iter().map(|t| t.id.to_string()).collect::<Vec<_>>();
        assert_eq!(
            paths(builder.append(&leaves(511, 512)).unwrap()),
            ["tile/0/001", "tile/1/000.p/2"]
        );
        assert_eq!(
            paths(builder.append(&leaves(512, 513)).unwrap()),
            ["tile/0/002.p/1"]
        );
    }

    #[test]
    fn a_damaged_edge_shows_in_the_root() {
        let mut store = Store::new();
        let mut builder = TileBuilder::new();
        keep(&mut store, builder.append(&leaves(0, 700)).unwrap());
        store.get_mut(&(1, 0)).unwrap()[40] ^= 1;
        assert_ne!(resume(&store, 700).root(), builder.root());
    }

    #[test]
    fn an_edge_that_cannot_be_read_is_a_fault_that_names_the_tile() {
        let missing = TileBuilder::resume(700, |_| Err::<Vec<u8>, _>("gone")).unwrap_err();
        let TreeError::Source(TileSourceError::Read { tile, source: "gone" }) = missing else {
            panic!("{missing:?}");
        };
        assert_eq!(tile.to_string(), "tile/1/000.p/2");
        let huge = TileBuilder::resume(u64::MAX, |_| Err::<Vec<u8>, _>("gone")).unwrap_err();
        assert!(matches!(huge, TreeError::TooLarge));
    }
}
