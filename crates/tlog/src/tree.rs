//! The Merkle tree: nodes, roots, appending, proofs.
//!
//! [RFC 9162, section 2.1](https://www.rfc-editor.org/rfc/rfc9162.html#section-2.1). A node is named by its
//! level (0 is the leaves) and its index within the level; node `(l, i)` covers the leaves from `i · 2^l` up
//! to `(i + 1) · 2^l`. Only complete nodes have names: a tree of any size is made of them, and they never
//! change once complete, which is what lets tiles be immutable.

mod consistency;
mod frontier;
mod inclusion;

pub use consistency::{consistency_proof, verify_consistency};
pub use frontier::Frontier;
pub use inclusion::{inclusion_proof, verify_inclusion};

use crate::hash::{Hash, node_hash};

/// The most leaves a tree can have: the largest signed 64-bit number, so that databases can hold it.
pub const MAX_SIZE: u64 = i64::MAX as u64;

/// The most hashes that a proof of any kind can have in a tree of at most [`MAX_SIZE`] leaves.
///
/// An inclusion proof has at most one hash a level; a consistency proof one more.
pub const MAX_PROOF_HASHES: usize = 64;

/// The name of a complete node: the root of `2^level` leaves from `index · 2^level` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    /// Height above the leaves, which are at level 0.
    pub level: u8,
    /// Place within the level, from 0.
    pub index: u64,
}

impl Node {
    /// Whether this node is complete in a tree of `size` leaves.
    #[must_use]
    pub fn is_in(self, size: u64) -> bool {
        self.index < size.checked_shr(self.level.into()).unwrap_or(0)
    }

    /// The node above.
    pub(crate) fn parent(self) -> Self {
        Self {
            level: self.level + 1,
            index: self.index / 2,
        }
    }
}

/// Where the hashes of complete nodes come from: a store of tiles, a list, a network.
///
/// Takes `&mut self` so that a source can keep what it has read.
pub trait HashSource {
    /// Why a node could not be had.
    type Error;

    /// The hash of a complete node.
    ///
    /// # Errors
    /// When the node isn't in the tree or can't be read.
    fn node(&mut self, node: Node) -> Result<Hash, Self::Error>;
}

impl<S: HashSource + ?Sized> HashSource for &mut S {
    type Error = S::Error;

    fn node(&mut self, node: Node) -> Result<Hash, Self::Error> {
        (**self).node(node)
    }
}

/// Why a proof, or a longer tree, could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError<E = std::convert::Infallible> {
    /// The leaf isn't in the tree.
    #[error("leaf {index} is not in a tree of {size} leaves; indexes count from 0")]
    LeafOutside {
        /// The index asked for.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The old tree is the larger one.
    #[error("a tree of {new} leaves cannot extend one of {old}")]
    SizesReversed {
        /// Leaves in the old tree.
        old: u64,
        /// Leaves in the new tree.
        new: u64,
    },
    /// The tree would be, or is said to be, larger than any tree here.
    #[error("a tree has at most {MAX_SIZE} leaves")]
    TooLarge,
    /// The number of hashes doesn't fit the size.
    #[error("a tree of {size} leaves has {expected} right-edge nodes, not {found}")]
    EdgeLength {
        /// Leaves in the tree.
        size: u64,
        /// One a set bit of the size.
        expected: u32,
        /// How many were given.
        found: usize,
    },
    /// A node could not be read.
    #[error("could not read a node of the tree")]
    Source(#[source] E),
}

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// The leaf can't be in a tree of that size.
    #[error("leaf {index} is not in a tree of {size} leaves; indexes count from 0")]
    LeafOutside {
        /// The index claimed.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The old tree is the larger one.
    #[error("a tree of {new} leaves cannot extend one of {old}")]
    SizesReversed {
        /// Leaves in the old tree.
        old: u64,
        /// Leaves in the new tree.
        new: u64,
    },
    /// The proof has too few or too many hashes for these sizes.
    #[error("the proof has {found} hashes, which does not fit the tree's size")]
    Length {
        /// Hashes in the proof.
        found: usize,
    },
    /// The proof leads to another root of the old tree.
    #[error("the proof leads to the old root {computed}, not {expected}")]
    OldRoot {
        /// What the proof leads to.
        computed: Hash,
        /// The old tree's root.
        expected: Hash,
    },
    /// The proof leads to another root.
    #[error("the proof leads to the root {computed}, not {expected}")]
    Root {
        /// What the proof leads to.
        computed: Hash,
        /// The tree's root.
        expected: Hash,
    },
}

/// The root of the tree's first `size` leaves; [`Hash::EMPTY_ROOT`] when there are none.
///
/// # Errors
/// Only what the source reports.
pub fn root<S: HashSource>(source: &mut S, size: u64) -> Result<Hash, S::Error> {
    range_hash(source, 0, size)
}

/// The complete nodes that make up the leaves from `start` to `end`, left to right, largest first.
///
/// `start` must be a multiple of a power of two that is at least `end - start`, as in every range that the
/// RFC's recursions reach.
pub(crate) fn cover(start: u64, end: u64) -> impl DoubleEndedIterator<Item = Node> {
    let length = end - start;
    // One node a set bit of the length; what stands left of it has all the higher bits.
    (0..u64::BITS)
        .rev()
        .filter(move |bit| length >> bit & 1 == 1)
        .map(move |bit| {
            let before = (length >> bit ^ 1) << bit;
            Node {
                level: bit as u8,
                index: (start + before) >> bit,
            }
        })
}

/// The Merkle tree hash of the leaves from `start` to `end`; see [`cover`] for which ranges.
pub(crate) fn range_hash<S: HashSource>(source: &mut S, start: u64, end: u64) -> Result<Hash, S::Error> {
    let mut right: Option<Hash> = None;
    for node in cover(start, end).rev() {
        let left = source.node(node)?;
        right = Some(match right {
            Some(right) => node_hash(&left, &right),
            None => left,
        });
    }
    Ok(right.unwrap_or(Hash::EMPTY_ROOT))
}

/// The largest power of two below `length`, which must be at least 2.
pub(crate) fn split(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_covered_by_complete_nodes_from_left_to_right() {
        let nodes: Vec<_> = cover(0, 7).map(|n| (n.level, n.index)).collect();
        assert_eq!(nodes, [(2, 0), (1, 2), (0, 6)]);
        let nodes: Vec<_> = cover(8, 11).map(|n| (n.level, n.index)).collect();
        assert_eq!(nodes, [(1, 4), (0, 10)]);
        assert_eq!(cover(0, 0).count(), 0);
        assert_eq!(cover(0, MAX_SIZE).count(), 63);
    }

    #[test]
    fn split_is_the_largest_power_of_two_below() {
        let splits: Vec<_> = [2, 3, 4, 5, 8, 9, MAX_SIZE].map(split).into();
        assert_eq!(splits, [1, 2, 2, 4, 4, 8, 1 << 62]);
    }

    #[test]
    fn a_node_is_in_a_tree_only_when_complete() {
        assert!(Node { level: 3, index: 0 }.is_in(8));
        assert!(!Node { level: 3, index: 0 }.is_in(7));
        assert!(!Node { level: 255, index: 0 }.is_in(u64::MAX));
    }
}
