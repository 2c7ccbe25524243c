//! Roots and proofs of every size up to 600, and of random larger ones, against the naive implementation.

use crate::{config, naive};
use proptest::prelude::*;
use std::{collections::HashMap, convert::Infallible};
use tlog::tree::{
    MAX_PROOF_HASHES, ProofFault, consistency_proof, inclusion_proof, root, verify_consistency,
    verify_inclusion,
};
use tlog::{Frontier, Hash, TileBuilder, TileId, TileSource};

/// The tiles of a log that has grown to some size, one row a (level, index).
struct Stored(HashMap<(u8, u64), Vec<u8>>);

impl Stored {
    fn of(leaves: &[Hash]) -> Self {
        let tiles = TileBuilder::new().append(leaves).unwrap();
        Self(
            tiles
                .into_iter()
                .map(|t| ((t.id.level(), t.id.index()), t.bytes))
                .collect(),
        )
    }

    /// The nodes of an older tree of this size.
    fn at(&self, size: u64) -> TileSource<impl FnMut(TileId) -> Result<Vec<u8>, Infallible>> {
        TileSource::new(size, |id: TileId| {
            Ok(id.cut(&self.0[&(id.level(), id.index())]).unwrap().to_vec())
        })
    }
}

fn sampled(size: u64) -> Vec<u64> {
    let mut sample = vec![
        0,
        1,
        size / 3,
        size / 2,
        size - size / 4,
        size.saturating_sub(2),
        size - 1,
    ];
    sample.retain(|index| *index < size);
    sample.sort_unstable();
    sample.dedup();
    sample
}

#[test]
fn every_size_up_to_600_has_the_naive_root() {
    let leaves = naive::leaves(600);
    let stored = Stored::of(&leaves);
    let mut frontier = Frontier::new();
    for size in 0..=600u64 {
        let expected = naive::mth(&leaves[..size as usize]);
        assert_eq!(frontier.root(), expected, "appending, {size} leaves");
        assert_eq!(
            root(&mut stored.at(size), size).unwrap(),
            expected,
            "from tiles, {size} leaves"
        );
        let loaded = Frontier::load(&mut stored.at(size), size).unwrap();
        assert_eq!(loaded, frontier);
        if let Some(leaf) = leaves.get(size as usize) {
            frontier.append(*leaf, |_, _| ()).unwrap();
        }
    }
}

#[test]
fn every_size_up_to_600_has_the_naive_inclusion_proofs_and_they_hold() {
    let leaves = naive::leaves(600);
    let stored = Stored::of(&leaves);
    for size in 1..=600u64 {
        let tree = &leaves[..size as usize];
        let root = naive::mth(tree);
        let mut source = stored.at(size);
        for index in sampled(size) {
            let proof = inclusion_proof(&mut source, index, size).unwrap();
            assert_eq!(proof, naive::path(index as usize, tree), "leaf {index} of {size}");
            verify_inclusion(index, size, &tree[index as usize], &proof, &root).unwrap();
        }
    }
}

#[test]
fn every_size_up_to_600_has_the_naive_consistency_proofs_and_they_hold() {
    let leaves = naive::leaves(600);
    let stored = Stored::of(&leaves);
    for new in 1..=600u64 {
        let tree = &leaves[..new as usize];
        let new_root = naive::mth(tree);
        let mut source = stored.at(new);
        for old in sampled(new).into_iter().chain([new]).filter(|old| *old > 0) {
            let proof = consistency_proof(&mut source, old, new).unwrap();
            assert_eq!(proof, naive::proof(old as usize, tree), "{old} to {new}");
            let old_root = naive::mth(&tree[..old as usize]);
            verify_consistency(old, new, &old_root, &new_root, &proof).unwrap();
        }
        assert_eq!(consistency_proof(&mut source, 0, new).unwrap(), []);
        verify_consistency(0, new, &Hash::EMPTY_ROOT, &new_root, &[]).unwrap();
    }
}

#[test]
fn a_proof_of_one_leaf_holds_for_no_other_index_or_size() {
    let leaves = naive::leaves(40);
    for size in 1..=40u64 {
        let tree = &leaves[..size as usize];
        let root = naive::mth(tree);
        for index in 0..size {
            let proof = naive::path(index as usize, tree);
            for other in (0..size + 2).filter(|other| *other != index) {
                let leaf = &tree[index as usize];
                assert!(
                    verify_inclusion(other, size, leaf, &proof, &root).is_err(),
                    "{index}≠{other}/{size}"
                );
            }
        }
    }
}

/// Every way to alter one hash, drop one, double one or add one.
fn alterations(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut altered = Vec::new();
    for place in 0..proof.len() {
        for byte in 0..32 {
            let mut flipped = proof.to_vec();
            flipped[place].0[byte] ^= 0x10;
            altered.push(flipped);
        }
        let mut dropped = proof.to_vec();
        dropped.remove(place);
        altered.push(dropped);
        let mut doubled = proof.to_vec();
        doubled.insert(place, proof[place]);
        altered.push(doubled);
        if place > 0 {
            let mut swapped = proof.to_vec();
            swapped.swap(place - 1, place);
            altered.push(swapped);
        }
    }
    altered.push([proof, &[Hash::EMPTY_ROOT]].concat());
    altered
}

#[test]
fn an_altered_consistency_proof_is_noticed() {
    let leaves = naive::leaves(33);
    for new in 1..=33u64 {
        let new_root = naive::mth(&leaves[..new as usize]);
        for old in 1..=new {
            let old_root = naive::mth(&leaves[..old as usize]);
            let proof = naive::proof(old as usize, &leaves[..new as usize]);
            for altered in alterations(&proof) {
                let verified = verify_consistency(old, new, &old_root, &new_root, &altered);
                assert!(verified.is_err(), "{old} to {new}");
            }
            let wrong = Hash([7; 32]);
            let old_fault = verify_consistency(old, new, &wrong, &new_root, &proof);
            // From a power of two the old root is also where the new root comes from; either may be named.
            assert!(matches!(
                old_fault,
                Err(ProofFault::OldRoot { .. } | ProofFault::Root { .. })
            ));
            if old < new {
                let new_fault = verify_consistency(old, new, &old_root, &wrong, &proof);
                assert!(matches!(new_fault, Err(ProofFault::Root { .. })));
            }
        }
    }
}

#[test]
fn an_altered_inclusion_proof_is_noticed() {
    let leaves = naive::leaves(33);
    for size in 1..=33u64 {
        let tree = &leaves[..size as usize];
        let root = naive::mth(tree);
        for index in 0..size {
            for altered in alterations(&naive::path(index as usize, tree)) {
                let leaf = &tree[index as usize];
                assert!(
                    verify_inclusion(index, size, leaf, &altered, &root).is_err(),
                    "{index} of {size}"
                );
            }
        }
    }
}

#[test]
fn a_log_that_rewrote_its_past_has_no_proof() {
    let honest = naive::leaves(100);
    let mut rewritten = honest.clone();
    rewritten[13].0[0] ^= 1;
    let stored = Stored::of(&rewritten);
    for old in 14..100u64 {
        let proof = consistency_proof(&mut stored.at(100), old, 100).unwrap();
        let (old_root, new_root) = (naive::mth(&honest[..old as usize]), naive::mth(&rewritten));
        assert!(
            verify_consistency(old, 100, &old_root, &new_root, &proof).is_err(),
            "from {old}"
        );
    }
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn random_larger_trees_agree_with_the_naive_one(size in 601u64..9000, at: prop::sample::Index, cut: prop::sample::Index) {
        let leaves = naive::leaves(size);
        let stored = Stored::of(&leaves);
        let mut source = stored.at(size);
        let expected = naive::mth(&leaves);
        prop_assert_eq!(root(&mut source, size).unwrap(), expected);

        let index = at.index(size as usize);
        let proof = inclusion_proof(&mut source, index as u64, size).unwrap();
        prop_assert_eq!(&proof, &naive::path(index, &leaves));
        prop_assert!(verify_inclusion(index as u64, size, &leaves[index], &proof, &expected).is_ok());

        let old = 1 + cut.index(size as usize);
        let proof = consistency_proof(&mut source, old as u64, size).unwrap();
        prop_assert_eq!(&proof, &naive::proof(old, &leaves));
        let old_root = naive::mth(&leaves[..old]);
        prop_assert!(verify_consistency(old as u64, size, &old_root, &expected, &proof).is_ok());
    }
}

proptest! {
    #![proptest_config(config(2000))]

    #[test]
    fn verifiers_take_any_numbers_and_hashes_and_never_accept_random_ones(
        a: u64, b: u64, shift in 0u32..64, seeds in prop::collection::vec(any::<u8>(), 0..70)
    ) {
        let hashes: Vec<_> = seeds.iter().map(|seed| Hash([*seed; 32])).collect();
        let (x, y) = (Hash([1; 32]), Hash([2; 32]));
        for (index, size) in [(a, b), (a >> shift, b), (a, b >> shift), (a >> shift, b >> shift)] {
            // A tree of one leaf has its leaf for a root, which these never are.
            prop_assert!(verify_inclusion(index, size, &x, &hashes, &y).is_err());
            prop_assert!(verify_consistency(index, size, &x, &y, &hashes).is_err());
        }
    }

    #[test]
    fn provers_ask_only_for_complete_nodes_and_keep_proofs_short(a: u64, b: u64, shift in 1u32..64) {
        let size = (b >> shift).max(1);
        let index = a % size;
        let mut source = TileSource::new(size, |id: TileId| Ok::<_, Infallible>(vec![3; id.byte_length()]));
        prop_assert!(inclusion_proof(&mut source, index, size).unwrap().len() <= MAX_PROOF_HASHES);
        prop_assert!(consistency_proof(&mut source, index, size).unwrap().len() <= MAX_PROOF_HASHES);
        prop_assert!(root(&mut source, size).is_ok());
        prop_assert!(inclusion_proof(&mut source, size, size).is_err());
        prop_assert!(consistency_proof(&mut source, size + 1, size).is_err());
    }
}
