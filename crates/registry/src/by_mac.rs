//! Maps by pseudonym or keyed hash. These are evenly spread already and nobody outside can choose them, so eight of
//! their bytes serve as their hash.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

/// A map by keys that are, or hold, a keyed hash.
pub(crate) type ByMac<K, V> = HashMap<K, V, BuildHasherDefault<FirstBytes>>;

/// Hashes to the first eight bytes.
#[derive(Default)]
pub(crate) struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 ^= u64::from_le_bytes(*first);
        }
    }

    // The length of a key, which is the same for all.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart_even_where_their_first_bytes_agree() {
        let mut map = ByMac::<[u8; 16], u8>::default();
        let (a, b) = ([7; 16], [[7; 8], [8; 8]].concat().try_into().unwrap());
        assert_eq!((map.insert(a, 1), map.insert(b, 2)), (None, None));
        assert_eq!(
            (map.get(&a), map.get(&b), map.get(&[0; 16])),
            (Some(&1), Some(&2), None)
        );
    }
}
