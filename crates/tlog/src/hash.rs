//! The three hashes of a log.
//!
//! [RFC 9162, section 2.1.1](https://www.rfc-editor.org/rfc/rfc9162.html#section-2.1.1), with SHA-256: a leaf
//! is `SHA-256(00 ‖ data)`, a node `SHA-256(01 ‖ left ‖ right)`, the empty tree SHA-256 of nothing. The first
//! byte keeps a leaf from ever passing for a node.

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::digest::{Context, SHA256, digest};
use std::fmt;

/// Length of a hash in bytes.
pub const HASH_BYTES: usize = 32;

/// A SHA-256 hash: of a leaf, of a node, or the root of a tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; HASH_BYTES]);

impl Hash {
    /// The root of the tree without leaves: SHA-256 of nothing.
    pub const EMPTY_ROOT: Self = Self([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
        0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
    ]);

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }

    /// A hash from exactly 32 bytes, or `None` for any other length.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Standard base64 with padding: 44 characters (RFC 4648, section 4).
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// A hash from its canonical base64 text, or `None` when the text is anything else.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        // Longer text can't be a hash; don't decode it.
        if text.len() != 44 {
            return None;
        }
        STANDARD
            .decode(text)
            .ok()
            .and_then(|bytes| Self::from_slice(&bytes))
    }
}

impl fmt::Display for Hash {
    /// 64 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

fn from_digest(digest: &ring::digest::Digest) -> Hash {
    let mut bytes = [0; HASH_BYTES];
    bytes.copy_from_slice(digest.as_ref());
    Hash(bytes)
}

/// SHA-256 of the parts, one after the other. For key ids, which are not tree hashes.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; HASH_BYTES] {
    let mut context = Context::new(&SHA256);
    parts.iter().for_each(|part| context.update(part));
    from_digest(&context.finish()).0
}

/// The hash of a leaf with this data: `SHA-256(00 ‖ data)`.
#[must_use]
pub fn leaf_hash(data: &[u8]) -> Hash {
    Hash(sha256(&[&[0], data]))
}

/// The hash of a node over two others: `SHA-256(01 ‖ left ‖ right)`.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut input = [1; 1 + 2 * HASH_BYTES];
    input[1..=HASH_BYTES].copy_from_slice(&left.0);
    input[1 + HASH_BYTES..].copy_from_slice(&right.0);
    from_digest(&digest(&SHA256, &input))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule: SHA-256(00 ‖ data) and SHA-256(01 ‖ left ‖ right), worked out apart from this crate.
    const LEAF_EMPTY: &str = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
    const LEAF_0: &str = "1bb97dcc21635d47e2663efdfd0a174686d98dd701352dd2cd06e8b43fd3d305";
    const LEAF_1: &str = "cb5a3ce862c3e321f3f7df6d2690549e936a8e377135aae9f3d69f691f547d5b";
    const NODE_0_1: &str = "fc5f6b88ff8554f75bb2f9e6f39c31b1936d44b69276edf7b1205a955b9761e3";

    #[test]
    fn empty_root_is_sha256_of_nothing() {
        assert_eq!(Hash::EMPTY_ROOT.0, sha256(&[]));
    }

    #[test]
    fn leaf_and_node_hashes_follow_the_rule() {
        assert_eq!(leaf_hash(b"").to_string(), LEAF_EMPTY);
        assert_eq!(leaf_hash(b"leaf 0").to_string(), LEAF_0);
        assert_eq!(leaf_hash(b"leaf 1").to_string(), LEAF_1);
        assert_eq!(
            node_hash(&leaf_hash(b"leaf 0"), &leaf_hash(b"leaf 1")).to_string(),
            NODE_0_1
        );
    }

    #[test]
    fn a_node_never_passes_for_a_leaf() {
        let (left, right) = (leaf_hash(b"leaf 0"), leaf_hash(b"leaf 1"));
        let joined = [left.0, right.0].concat();
        assert_ne!(node_hash(&left, &right), leaf_hash(&joined));
    }

    #[test]
    fn base64_is_canonical_or_refused() {
        let text = Hash::EMPTY_ROOT.to_base64();
        assert_eq!(Hash::from_base64(&text), Some(Hash::EMPTY_ROOT));
        // "U=" ends the text; "V=" has the same bytes with a stray bit.
        let stray_bit = text.replace("U=", "V=");
        for wrong in [
            "",
            "=",
            text.trim_end_matches('='),
            stray_bit.as_str(),
            &format!("{text}\n"),
        ] {
            assert_eq!(Hash::from_base64(wrong), None, "{wrong:?}");
        }
    }
}
