//! Appending, with only the tree's right edge in hand.

use super::{HashSource, MAX_SIZE, Node, TreeError, cover};
use crate::hash::{Hash, node_hash};

/// The right edge of a tree: one complete node a set bit of the size, the largest first.
///
/// It's all that appending and the root need: at most 63 hashes for any tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    nodes: Vec<Hash>,
}

impl Frontier {
    /// The edge of the empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An edge that was kept: its hashes as [`Frontier::nodes`] gave them.
    ///
    /// # Errors
    /// When their number doesn't fit the size, or the size is above [`MAX_SIZE`].
    pub fn from_parts(size: u64, nodes: Vec<Hash>) -> Result<Self, TreeError> {
        if size > MAX_SIZE {
            return Err(TreeError::TooLarge);
        }
        let (expected, found) = (size.count_ones(), nodes.len());
        if usize::try_from(expected) != Ok(found) {
            return Err(TreeError::EdgeLength {
                size,
                expected,
                found,
            });
        }
        Ok(Self { size, nodes })
    }

    /// The edge of a tree of `size` leaves whose nodes can be read.
    ///
    /// # Errors
    /// When the size is above [`MAX_SIZE`], or what the source reports.
    pub fn load<S: HashSource>(source: &mut S, size: u64) -> Result<Self, TreeError<S::Error>> {
        if size > MAX_SIZE {
            return Err(TreeError::TooLarge);
        }
        let nodes: Result<_, _> = cover(0, size).map(|node| source.node(node)).collect();
        Ok(Self {
            size,
            nodes: nodes.map_err(TreeError::Source)?,
        })
    }

    /// Leaves in the tree.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The edge's hashes, from the largest subtree to the smallest.
    #[must_use]
    pub fn nodes(&self) -> &[Hash] {
        &self.nodes
    }

    /// Appends one leaf and tells `completed` of each node that is thereby complete, from the leaf up.
    ///
    /// # Errors
    /// When the tree has [`MAX_SIZE`] leaves already; nothing has changed then.
    pub fn append(&mut self, leaf: Hash, mut completed: impl FnMut(Node, &Hash)) -> Result<(), TreeError> {
        if self.size >= MAX_SIZE {
            return Err(TreeError::TooLarge);
        }
        let mut node = Node {
            level: 0,
            index: self.size,
        };
        let mut hash = leaf;
        completed(node, &hash);
        for _ in 0..self.size.trailing_ones() {
            // There's one node a set bit of the size, and this takes at most the trailing ones.
            let left = self.nodes.pop().expect("one node a set bit");
            hash = node_hash(&left, &hash);
            node = node.parent();
            completed(node, &hash);
        }
        self.nodes.push(hash);
        self.size += 1;
        Ok(())
    }

    /// The tree's root.
    #[must_use]
    pub fn root(&self) -> Hash {
        let edge = self.nodes.iter().copied().rev();
        edge.reduce(|right, left| node_hash(&left, &right))
            .unwrap_or(Hash::EMPTY_ROOT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;

    fn appended(size: u64) -> Frontier {
        let mut frontier = Frontier::new();
        for index in 0..size {
            frontier
                .append(leaf_hash(format!("leaf {index}").as_bytes()), |_, _| ())
                .unwrap();
        }
        frontier
    }

    // Rule: MTH of RFC 9162, section 2.1.1, over leaves with the data "leaf 0", "leaf 1" and so on.
    const ROOTS: &[(u64, &str)] = &[
        (
            0,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        (
            1,
            "1bb97dcc21635d47e2663efdfd0a174686d98dd701352dd2cd06e8b43fd3d305",
        ),
        (
            2,
            "fc5f6b88ff8554f75bb2f9e6f39c31b1936d44b69276edf7b1205a955b9761e3",
        ),
        (
            3,
            "d4f92c8fbb89720eb3b55677c7d7efaddfeb10d11a1a84a0ba8f1a23337faa95",
        ),
        (
            4,
            "4f631084a157c54f54fcfb23ff5eb8650c4ba160c295bb13a9832b109d52677e",
        ),
        (
            5,
            "341515982d650e23520dbd54d7fcf0afa1b70cc3a16a411d464dc9c1ac96c301",
        ),
        (
            6,
            "8363c3821ce41ebb46222116a42cc83dba753984b23cfca26aaad0a6867336ea",
        ),
        (
            7,
            "5a61fc2b54f9cfa71774f2432143dd40c6cb2b11947faf65a7d3da5cb65199c8",
        ),
        (
            8,
            "c5c2c820ed342fdda8ce896b6b9cf5b8c00a21cc4b20714cc6e5d3c05c35240b",
        ),
        (
            9,
            "7447cadc6862b30dedcb28c4b329909366b3bd338f6a90fefadcc4b2a8a2b948",
        ),
        (
            15,
            "7d5cf38c0b8bd4bee3ce6173f6dcf9a841a83fe2aa3ae855a450b1fd8fef64f9",
        ),
        (
            16,
            "714a29298ca7d8643975100569499c2309e83a6f2f970902dc46ef32ebc1b00f",
        ),
        (
            17,
            "46ef1bca4c6480cd65e50e29cc1c375db36711cd50245ecd3e6b310c6e2a383f",
        ),
        (
            255,
            "d71592a219d4067663eede247f9b54c3f9e0290682d55de09b495b07f1de41c9",
        ),
        (
            256,
            "cf5effdb11d0927a2edf53b0e73c7837f659414e00537da5d90eb5c4c49ff274",
        ),
        (
            257,
            "855b936aa00cb98b5114484249ad39d78a6be93623e26c01e8e487dc02184a5a",
        ),
        (
            1000,
            "2ff33fb9d8f14f89ca306289633336a168ff3f4532e8f741a0019dcb4c1d60a1",
        ),
        (
            65537,
            "689b22742cab2adeb36ba622ff2736336464858f5de4a2c02f33bf163e7dca5f",
        ),
    ];

    #[test]
    fn roots_follow_the_rule() {
        for (size, root) in ROOTS {
            assert_eq!(appended(*size).root().to_string(), *root, "{size} leaves");
        }
    }

    #[test]
    fn each_complete_node_is_told_once_from_the_leaf_up() {
        let mut frontier = appended(7);
        let mut told = Vec::new();
        frontier
            .append(leaf_hash(b"leaf 7"), |node, _| {
                told.push((node.level, node.index))
            })
            .unwrap();
        assert_eq!(told, [(0, 7), (1, 3), (2, 1), (3, 0)]);
    }

    #[test]
    fn a_kept_edge_goes_on_as_though_it_had_never_stopped() {
        for size in 0..70 {
            let mut kept = Frontier::from_parts(size, appended(size).nodes().to_vec()).unwrap();
            kept.append(leaf_hash(format!("leaf {size}").as_bytes()), |_, _| ())
                .unwrap();
            assert_eq!(kept, appended(size + 1));
        }
    }

    #[test]
    fn an_edge_that_does_not_fit_its_size_is_refused() {
        let fault = Frontier::from_parts(5, vec![Hash::EMPTY_ROOT]).unwrap_err();
        assert_eq!(
            fault,
            TreeError::EdgeLength {
                size: 5,
                expected: 2,
                found: 1
            }
        );
        assert_eq!(
            Frontier::from_parts(MAX_SIZE + 1, vec![]).unwrap_err(),
            TreeError::TooLarge
        );
    }

    #[test]
    fn a_full_tree_takes_no_more_and_stays_as_it_is() {
        let mut full = Frontier::from_parts(MAX_SIZE, vec![leaf_hash(b""); 63]).unwrap();
        let before = full.clone();
        assert_eq!(
            full.append(leaf_hash(b""), |_, _| ()).unwrap_err(),
            TreeError::TooLarge
        );
        assert_eq!(full, before);
    }
}
