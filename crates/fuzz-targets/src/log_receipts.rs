//! Receipts, and the proofs in them: no receipt proves an entry that is not in the log.

use std::convert::Infallible;

use tlog::{
    Checkpoint, Ed25519Signer, Hash, HashSource, Node, Receipt, leaf_hash, node_hash,
    tree::{consistency_proof, inclusion_proof, root, verify_consistency, verify_inclusion},
};

use crate::{Target, choices, seed};

/// See [`crate::log_receipts`].
pub const TARGET: Target = Target {
    name: "log_receipts",
    run,
    seeds,
    words: &[
        "c2sp.org/tlog-proof@v1\n",
        "extra ",
        "index ",
        "\n\n",
        "\u{2014} made-up.example/log ",
    ],
};

const ORIGIN: &str = "made-up.example/log";
const SIZE: u64 = 7;

fn key() -> Ed25519Signer {
    Ed25519Signer::from_seed(ORIGIN, &[1; 32]).unwrap()
}

fn entry(index: u64) -> Vec<u8> {
    format!("leaf {index}").into_bytes()
}

/// The log: entry by entry, worked out anew each time.
struct Log;

impl HashSource for Log {
    type Error = Infallible;

    fn node(&mut self, node: Node) -> Result<Hash, Infallible> {
        let Some(level) = node.level.checked_sub(1) else {
            return Ok(leaf_hash(&entry(node.index)));
        };
        let mut below = |index| self.node(Node { level, index });
        Ok(node_hash(&below(node.index * 2)?, &below(node.index * 2 + 1)?))
    }
}

fn receipt(index: u64, size: u64) -> Receipt {
    let checkpoint = Checkpoint::new(ORIGIN, size, root(&mut Log, size).unwrap()).unwrap();
    let hashes = inclusion_proof(&mut Log, index, size).unwrap();
    Receipt::new(index, hashes, checkpoint.sign(&[&key()]).unwrap().to_string()).unwrap()
}

fn run(bytes: &[u8]) {
    let ([which], rest) = choices(bytes);
    if which & 0x80 != 0 {
        return proofs(rest);
    }
    let Ok(receipt) = Receipt::parse(rest) else { return };
    assert_eq!(
        receipt.to_string().as_bytes(),
        rest,
        "a receipt prints as it was read"
    );
    let index = u64::from(which % 8);
    if receipt.verify(&entry(index), &[key().verifier_key()]).is_ok() {
        assert!(
            receipt.index() == index && index < SIZE,
            "a receipt proves its own entry alone"
        );
    }
}

/// Proofs of made-up hashes, and real ones with a hash changed.
fn proofs(bytes: &[u8]) {
    let ([index, size, place], rest) = choices(bytes);
    let (index, size) = (u64::from(index), u64::from(size % 64) + 1);
    let hashes: Vec<Hash> = rest
        .as_chunks::<32>()
        .0
        .iter()
        .map(|bytes| Hash(*bytes))
        .collect();
    let whole = root(&mut Log, size).unwrap();
    let leaf = leaf_hash(&entry(index));
    let is_real = |proof: &[Hash]| {
        index < size && inclusion_proof(&mut Log, index, size).is_ok_and(|real| real == proof)
    };
    if verify_inclusion(index, size, &leaf, &hashes, &whole).is_ok() {
        assert!(is_real(&hashes), "a leaf has one proof");
    }
    if index >= size {
        return;
    }
    let mut proof = inclusion_proof(&mut Log, index, size).unwrap();
    assert!(
        verify_inclusion(index, size, &leaf, &proof, &whole).is_ok(),
        "a proof holds"
    );
    let between = consistency_proof(&mut Log, index, size).unwrap();
    let old = root(&mut Log, index).unwrap();
    assert!(
        verify_consistency(index, size, &old, &whole, &between).is_ok(),
        "a log extends what it was"
    );
    if let Some(hash) = proof.get_mut(usize::from(place) % 8) {
        hash.0[usize::from(place) / 8] ^= 1;
        assert!(
            verify_inclusion(index, size, &leaf, &proof, &whole).is_err(),
            "a changed proof is noticed"
        );
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = [0, 3, 4, 6]
        .map(|index| seed(&[index], receipt(index.into(), SIZE).to_string()))
        .to_vec();
    let extra = receipt(0, 1).with_extra(*b"salt").unwrap();
    seeds.push(seed(&[0], extra.to_string()));
    let proof: Vec<u8> = receipt(4, SIZE).hashes().iter().flat_map(|hash| hash.0).collect();
    seeds.push(seed(&[0x80, 4, 6, 1], proof));
    seeds
}
