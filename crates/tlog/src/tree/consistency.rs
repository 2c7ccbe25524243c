//! Consistency proofs: [RFC 9162, section 2.1.4](https://www.rfc-editor.org/rfc/rfc9162.html#section-2.1.4).

use super::{HashSource, ProofFault, TreeError, range_hash, split};
use crate::hash::{Hash, node_hash};

/// Proves that the tree of `new` leaves begins with the tree of `old` leaves.
///
/// From the empty tree and between equal trees the proof is empty.
///
/// # Errors
/// When `old` is above `new`, or what the source reports.
pub fn consistency_proof<S: HashSource>(
    source: &mut S,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, TreeError<S::Error>> {
    if old > new {
        return Err(TreeError::SizesReversed { old, new });
    }
    let mut proof = Vec::new();
    if old == 0 || old == new {
        return Ok(proof);
    }
    let (mut start, mut end) = (0, new);
    // From the root down, along the old tree's last leaf, until the range ends where the old tree ends.
    while end != old {
        let middle = start + split(end - start);
        let other = if old <= middle {
            (middle, end)
        } else {
            (start, middle)
        };
        proof.push(range_hash(source, other.0, other.1).map_err(TreeError::Source)?);
        if old <= middle {
            end = middle;
        } else {
            start = middle;
        }
    }
    // When that range is the whole old tree, its hash is the old root, which the verifier has.
    if start != 0 {
        proof.push(range_hash(source, start, end).map_err(TreeError::Source)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Checks a consistency proof by the algorithm of section 2.1.4.2.
///
/// Every tree begins with the empty one, so from `old` = 0 only the empty proof and [`Hash::EMPTY_ROOT`] hold.
///
/// # Errors
/// The first thing that doesn't hold.
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofFault> {
    if old > new {
        return Err(ProofFault::SizesReversed { old, new });
    }
    let length = ProofFault::Length { found: proof.len() };
    if old == 0 || old == new {
        if !proof.is_empty() {
            return Err(length);
        }
        let expected = if old == 0 { &Hash::EMPTY_ROOT } else { new_root };
        return same(expected, old_root, true);
    }
    let (mut node, mut last) = (old - 1, new - 1);
    let skipped = node.trailing_ones();
    node >>= skipped;
    last >>= skipped;
    // An old tree of a power of two leaves is itself the first node.
    let (first, rest) = if old.is_power_of_two() {
        (*old_root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(length)?;
        (*first, rest)
    };
    let (mut old_computed, mut new_computed) = (first, first);
    for hash in rest {
        if last == 0 {
            return Err(length);
        }
        if node & 1 == 1 || node == last {
            old_computed = node_hash(hash, &old_computed);
            new_computed = node_hash(hash, &new_computed);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_computed = node_hash(&new_computed, hash);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(length);
    }
    same(&old_computed, old_root, true)?;
    same(&new_computed, new_root, false)
}

fn same(computed: &Hash, expected: &Hash, old: bool) -> Result<(), ProofFault> {
    let (computed, expected) = (*computed, *expected);
    match (computed == expected, old) {
        (true, _) => Ok(()),
        (false, true) => Err(ProofFault::OldRoot { computed, expected }),
        (false, false) => Err(ProofFault::Root { computed, expected }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;

    #[test]
    fn from_the_empty_tree_only_the_empty_proof_and_root_hold() {
        let root = leaf_hash(b"leaf 0");
        assert_eq!(verify_consistency(0, 1, &Hash::EMPTY_ROOT, &root, &[]), Ok(()));
        assert_eq!(
            verify_consistency(0, 0, &Hash::EMPTY_ROOT, &Hash::EMPTY_ROOT, &[]),
            Ok(())
        );
        assert!(verify_consistency(0, 1, &root, &root, &[]).is_err());
        assert!(verify_consistency(0, 1, &Hash::EMPTY_ROOT, &root, &[root]).is_err());
    }

    #[test]
    fn equal_sizes_need_equal_roots_and_no_proof() {
        let (root, other) = (leaf_hash(b"leaf 0"), leaf_hash(b"leaf 1"));
        assert_eq!(verify_consistency(9, 9, &root, &root, &[]), Ok(()));
        assert!(matches!(
            verify_consistency(9, 9, &root, &other, &[]),
            Err(ProofFault::OldRoot { .. })
        ));
        assert_eq!(
            verify_consistency(9, 9, &root, &root, &[root]),
            Err(ProofFault::Length { found: 1 })
        );
    }

    #[test]
    fn a_tree_cannot_shrink() {
        let root = leaf_hash(b"leaf 0");
        let fault = verify_consistency(2, 1, &root, &root, &[]);
        assert_eq!(fault, Err(ProofFault::SizesReversed { old: 2, new: 1 }));
    }
}
