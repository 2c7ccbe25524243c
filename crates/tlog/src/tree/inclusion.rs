//! Inclusion proofs: [RFC 9162, section 2.1.3](https://www.rfc-editor.org/rfc/rfc9162.html#section-2.1.3).

use super::{HashSource, ProofFault, TreeError, range_hash, split};
use crate::hash::{Hash, node_hash};

/// Proves that leaf `index` is in the tree of `size` leaves: the hashes from its sibling up to the root's child.
///
/// # Errors
/// When there's no such leaf, or what the source reports.
pub fn inclusion_proof<S: HashSource>(
    source: &mut S,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, TreeError<S::Error>> {
    if index >= size {
        return Err(TreeError::LeafOutside { index, size });
    }
    let (mut start, mut end) = (0, size);
    let mut proof = Vec::new();
    // From the root down; the other half of each split is one hash of the proof.
    while end - start > 1 {
        let middle = start + split(end - start);
        let other = if index < middle {
            (middle, end)
        } else {
            (start, middle)
        };
        proof.push(range_hash(source, other.0, other.1).map_err(TreeError::Source)?);
        if index < middle {
            end = middle;
        } else {
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// Checks an inclusion proof by the algorithm of section 2.1.3.2.
///
/// # Errors
/// The first thing that doesn't hold.
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &Hash,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofFault> {
    if index >= size {
        return Err(ProofFault::LeafOutside { index, size });
    }
    let length = ProofFault::Length { found: proof.len() };
    let (mut node, mut last) = (index, size - 1);
    let mut computed = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(length);
        }
        if node & 1 == 1 || node == last {
            computed = node_hash(sibling, &computed);
            // A node at the right edge without a sibling stands in for its parents until it has one.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            computed = node_hash(&computed, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(length);
    }
    if computed != *root {
        return Err(ProofFault::Root {
            computed,
            expected: *root,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;

    #[test]
    fn a_single_leaf_is_its_own_root_and_needs_no_proof() {
        let leaf = leaf_hash(b"leaf 0");
        assert_eq!(verify_inclusion(0, 1, &leaf, &[], &leaf), Ok(()));
        assert_eq!(
            verify_inclusion(0, 1, &leaf, &[leaf], &leaf),
            Err(ProofFault::Length { found: 1 })
        );
    }

    #[test]
    fn a_leaf_outside_is_refused() {
        let leaf = leaf_hash(b"leaf 0");
        for (index, size) in [(0, 0), (1, 1), (u64::MAX, u64::MAX)] {
            let fault = verify_inclusion(index, size, &leaf, &[], &leaf);
            assert_eq!(fault, Err(ProofFault::LeafOutside { index, size }));
        }
    }

    #[test]
    fn a_proof_of_another_length_is_refused() {
        let leaf = leaf_hash(b"leaf 0");
        for count in (0..200).filter(|count| *count != 63) {
            let fault = verify_inclusion(0, super::super::MAX_SIZE, &leaf, &vec![leaf; count], &leaf);
            assert_eq!(fault, Err(ProofFault::Length { found: count }));
        }
    }
}
