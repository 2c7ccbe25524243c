//! RFC 9162's definitions, word for word: recursive, slow, over all the leaves. Shares only the two hashes.

use tlog::{Hash, leaf_hash, node_hash};

/// The largest power of two below n.
fn k(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

/// MTH(D\[n\]), section 2.1.1.
pub(crate) fn mth(d: &[Hash]) -> Hash {
    match d {
        [] => Hash::EMPTY_ROOT,
        [leaf] => *leaf,
        _ => {
            let (left, right) = d.split_at(k(d.len()));
            node_hash(&mth(left), &mth(right))
        }
    }
}

/// PATH(m, D\[n\]), section 2.1.3.1.
pub(crate) fn path(m: usize, d: &[Hash]) -> Vec<Hash> {
    if d.len() == 1 {
        return vec![];
    }
    let k = k(d.len());
    let (left, right) = d.split_at(k);
    let (mut proof, other) = if m < k {
        (path(m, left), mth(right))
    } else {
        (path(m - k, right), mth(left))
    };
    proof.push(other);
    proof
}

/// PROOF(m, D\[n\]), section 2.1.4.1.
pub(crate) fn proof(m: usize, d: &[Hash]) -> Vec<Hash> {
    subproof(m, d, true)
}

fn subproof(m: usize, d: &[Hash], whole: bool) -> Vec<Hash> {
    if m == d.len() {
        return if whole { vec![] } else { vec![mth(d)] };
    }
    let k = k(d.len());
    let (left, right) = d.split_at(k);
    let (mut proof, other) = if m <= k {
        (subproof(m, left, whole), mth(right))
    } else {
        (subproof(m - k, right, false), mth(left))
    };
    proof.push(other);
    proof
}

/// Leaf hashes 0 to n.
pub(crate) fn leaves(n: u64) -> Vec<Hash> {
    (0..n)
        .map(|index| leaf_hash(format!("entry {index}").as_bytes()))
        .collect()
}
