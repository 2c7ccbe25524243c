//! Tiles: the tree cut into files of 256 hashes, and the entries into bundles of 256.
//!
//! [c2sp.org/tlog-tiles](https://c2sp.org/tlog-tiles). Tile `(L, N)` holds the hashes of the nodes at tree
//! level `8 · L` from index `256 · N` on. A tile at the right edge is partial, of 1 to 255 hashes: a prefix
//! of every later version of itself, so a store needs one row a `(level, index)` and cuts from it what an
//! older checkpoint asks for ([`TileId::cut`]). No tile is ever empty.
//!
//! Levels run to 7, which is all that a tree of [`MAX_SIZE`] leaves has; a path of a
//! higher level, which the specification's grammar allows up to 63, names no tile of any tree here and is
//! refused. Pruning is out of scope.

mod builder;
mod entries;
mod path;
mod source;

pub use builder::{Tile, TileBuilder};
pub use entries::{
    EntriesError, MAX_BUNDLE_BYTES, MAX_ENTRY_BYTES, cut_entries, decode_entries, encode_entries,
};
pub(crate) use path::decimal;
pub use path::{MAX_PATH_BYTES, PathError, TilePath};
pub use source::{TileSource, TileSourceError};

use crate::hash::HASH_BYTES;
use crate::tree::MAX_SIZE;

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// Bytes of a full tile: 8,192.
pub const TILE_BYTES: usize = TILE_WIDTH as usize * HASH_BYTES;

/// The highest level of tiles in any tree.
pub const MAX_LEVEL: u8 = 7;

/// Which tile, at which width. Always one that some tree of at most [`MAX_SIZE`] leaves has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId {
    level: u8,
    index: u64,
    width: u16,
}

impl TileId {
    /// A tile of `width` hashes (1 to 256), or `None` when no tree has it.
    #[must_use]
    pub fn new(level: u8, index: u64, width: u16) -> Option<Self> {
        if level > MAX_LEVEL || width == 0 || width > TILE_WIDTH {
            return None;
        }
        let hashes = u128::from(index) * u128::from(TILE_WIDTH) + u128::from(width);
        let fits = hashes << (8 * level) <= u128::from(MAX_SIZE);
        fits.then_some(Self { level, index, width })
    }

    /// The tile `(level, index)` as wide as it is in a tree of `size` leaves, or `None` when it isn't there.
    #[must_use]
    pub fn in_tree(size: u64, level: u8, index: u64) -> Option<Self> {
        if size > MAX_SIZE {
            return None;
        }
        let hashes = hashes_at(size, level).checked_sub(index.checked_mul(TILE_WIDTH.into())?)?;
        Self::new(level, index, hashes.min(TILE_WIDTH.into()) as u16)
    }

    /// The tile's level: 0 for leaf hashes.
    #[must_use]
    pub fn level(self) -> u8 {
        self.level
    }

    /// The tile's place within its level, from 0.
    #[must_use]
    pub fn index(self) -> u64 {
        self.index
    }

    /// Hashes in the tile: 1 to 256.
    #[must_use]
    pub fn width(self) -> u16 {
        self.width
    }

    /// Whether the tile is full and so never changes again.
    #[must_use]
    pub fn is_full(self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The tile's length in bytes.
    #[must_use]
    pub fn byte_length(self) -> usize {
        usize::from(self.width) * HASH_BYTES
    }

    /// This tile's bytes out of a later, wider version of it, or `None` when `stored` is too short.
    #[must_use]
    pub fn cut(self, stored: &[u8]) -> Option<&[u8]> {
        stored.get(..self.byte_length())
    }

    /// Every tile of a tree of `size` leaves, level by level; none for the empty tree.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        (0..=MAX_LEVEL).flat_map(move |level| {
            let tiles = hashes_at(size, level).div_ceil(TILE_WIDTH.into());
            (0..tiles).filter_map(move |index| Self::in_tree(size, level, index))
        })
    }

    /// The partial tiles of a tree of `size` leaves, lowest level first: at most one a level.
    pub fn right_edge(size: u64) -> impl Iterator<Item = Self> {
        (0..=MAX_LEVEL).filter_map(move |level| {
            let hashes = hashes_at(size, level);
            Self::in_tree(size, level, hashes / u64::from(TILE_WIDTH)).filter(|tile| !tile.is_full())
        })
    }
}

/// Which bundle of entries, at which width. Beside each level-0 tile there is one of the same index and width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntriesId(TileId);

impl EntriesId {
    /// A bundle of `width` entries (1 to 256), or `None` when no tree has it.
    #[must_use]
    pub fn new(index: u64, width: u16) -> Option<Self> {
        TileId::new(0, index, width).map(Self)
    }

    /// The bundle `index` as wide as it is in a tree of `size` leaves, or `None` when it isn't there.
    #[must_use]
    pub fn in_tree(size: u64, index: u64) -> Option<Self> {
        TileId::in_tree(size, 0, index).map(Self)
    }

    /// The bundle's place, from 0.
    #[must_use]
    pub fn index(self) -> u64 {
        self.0.index
    }

    /// Entries in the bundle: 1 to 256.
    #[must_use]
    pub fn width(self) -> u16 {
        self.0.width
    }

    /// Whether the bundle is full and so never changes again.
    #[must_use]
    pub fn is_full(self) -> bool {
        self.0.is_full()
    }

    /// Every bundle of a tree of `size` leaves; none for the empty tree.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        (0..size.div_ceil(TILE_WIDTH.into())).filter_map(move |index| Self::in_tree(size, index))
    }
}

/// How many hashes a tree of `size` leaves has at a tile level.
fn hashes_at(size: u64, level: u8) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(size: u64) -> Vec<(u8, u64, u16)> {
        TileId::all(size)
            .map(|tile| (tile.level, tile.index, tile.width))
            .collect()
    }

    #[test]
    fn a_tree_of_70_000_has_the_specified_shape() {
        let tiles = shape(70_000);
        let full = |level| tiles.iter().filter(|t| t.0 == level && t.2 == TILE_WIDTH).count();
        let partial: Vec<_> = tiles.iter().filter(|t| t.2 != TILE_WIDTH).copied().collect();
        assert_eq!((full(0), full(1), full(2)), (273, 1, 0));
        assert_eq!(partial, [(0, 273, 112), (1, 1, 17), (2, 0, 1)]);
        assert_eq!(tiles.len(), 277);
        assert_eq!(EntriesId::all(70_000).count(), 274);
    }

    #[test]
    fn no_tile_is_ever_empty() {
        assert_eq!(shape(0), []);
        assert_eq!(shape(1), [(0, 0, 1)]);
        assert_eq!(shape(255), [(0, 0, 255)]);
        assert_eq!(shape(256), [(0, 0, 256), (1, 0, 1)]);
        assert_eq!(shape(257), [(0, 0, 256), (0, 1, 1), (1, 0, 1)]);
        assert_eq!(EntriesId::all(0).count(), 0);
        assert_eq!(
            EntriesId::all(256).map(EntriesId::width).collect::<Vec<_>>(),
            [256]
        );
    }

    #[test]
    fn the_right_edge_is_exactly_the_partial_tiles() {
        for size in (0..2000).chain([65_535, 65_536, 70_000, 1 << 24]) {
            let partial: Vec<_> = TileId::all(size).filter(|tile| !tile.is_full()).collect();
            assert_eq!(
                TileId::right_edge(size).collect::<Vec<_>>(),
                partial,
                "{size} leaves"
            );
        }
        assert_eq!(TileId::right_edge(MAX_SIZE).count(), 8);
        assert_eq!(TileId::right_edge(u64::MAX).count(), 0);
    }

    #[test]
    fn a_tile_that_no_tree_has_is_no_tile() {
        assert_eq!(TileId::new(0, 0, 0), None);
        assert_eq!(TileId::new(0, 0, 257), None);
        assert_eq!(TileId::new(8, 0, 1), None);
        assert_eq!(TileId::new(0, u64::MAX, 1), None);
        assert_eq!(TileId::new(7, 0, 128), None);
        assert!(TileId::new(7, 0, 127).is_some());
        assert_eq!(TileId::in_tree(256, 0, 1), None);
        assert_eq!(TileId::in_tree(u64::MAX, 0, 0), None);
        assert_eq!(TileId::in_tree(5, 255, 0), None);
    }

    #[test]
    fn an_older_width_is_cut_from_what_is_stored() {
        let tile = TileId::new(0, 0, 2).unwrap();
        assert_eq!(tile.cut(&[7; 96]), Some(&[7; 64][..]));
        assert_eq!(tile.cut(&[7; 63]), None);
    }
}
