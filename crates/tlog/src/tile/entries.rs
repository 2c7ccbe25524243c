//! Bundles of entries: each entry after its length in two bytes, big-endian.

use super::{EntriesId, TILE_WIDTH};

/// The most bytes an entry can have.
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;

/// The most bytes a bundle can have: 256 of the longest entries. For readers that must bound what they fetch.
pub const MAX_BUNDLE_BYTES: usize = TILE_WIDTH as usize * (2 + MAX_ENTRY_BYTES);

/// Why entries can't be bundled, or a bundle can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntriesError {
    /// An entry has more than 65,535 bytes.
    #[error("entry {position} of the bundle has {bytes} bytes; an entry has at most {MAX_ENTRY_BYTES}")]
    EntryTooLong {
        /// The entry's place in the bundle, from 0.
        position: usize,
        /// Its length.
        bytes: usize,
    },
    /// There are no entries, or more than 256.
    #[error("a bundle has 1 to {TILE_WIDTH} entries")]
    Count,
    /// The bundle ends in the middle of an entry or before its last.
    #[error("the bundle ends within entry {position}; {expected} entries were expected")]
    Truncated {
        /// The unfinished or missing entry's place, from 0.
        position: usize,
        /// Entries expected.
        expected: u16,
    },
    /// There are bytes after the last entry.
    #[error("{bytes} bytes follow the bundle's last entry; {expected} entries were expected")]
    Trailing {
        /// Bytes too many.
        bytes: usize,
        /// Entries expected.
        expected: u16,
    },
}

/// Bundles 1 to 256 entries.
///
/// # Errors
/// When there are none or too many, or one is too long.
pub fn encode_entries<T: AsRef<[u8]>>(entries: &[T]) -> Result<Vec<u8>, EntriesError> {
    if entries.is_empty() || entries.len() > usize::from(TILE_WIDTH) {
        return Err(EntriesError::Count);
    }
    let mut bundle = Vec::with_capacity(entries.iter().map(|entry| 2 + entry.as_ref().len()).sum());
    for (position, entry) in entries.iter().enumerate() {
        let entry = entry.as_ref();
        let too_long = |_| EntriesError::EntryTooLong {
            position,
            bytes: entry.len(),
        };
        let length = u16::try_from(entry.len()).map_err(too_long)?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// The entries of a bundle: exactly as many as its name says, and nothing after them.
///
/// # Errors
/// When the bundle is too short or too long for that.
pub fn decode_entries(id: EntriesId, bundle: &[u8]) -> Result<Vec<&[u8]>, EntriesError> {
    let (entries, rest) = split_entries(id, bundle)?;
    if !rest.is_empty() {
        return Err(EntriesError::Trailing {
            bytes: rest.len(),
            expected: id.width(),
        });
    }
    Ok(entries)
}

/// The bytes of this bundle out of a later, wider version of it.
///
/// # Errors
/// When the stored bundle is too short.
pub fn cut_entries(id: EntriesId, stored: &[u8]) -> Result<&[u8], EntriesError> {
    let (_, rest) = split_entries(id, stored)?;
    Ok(&stored[..stored.len() - rest.len()])
}

fn split_entries(id: EntriesId, bundle: &[u8]) -> Result<(Vec<&[u8]>, &[u8]), EntriesError> {
    let expected = id.width();
    let mut rest = bundle;
    let mut entries = Vec::with_capacity(expected.into());
    for position in 0..expected.into() {
        let truncated = EntriesError::Truncated { position, expected };
        let (length, after) = rest.split_first_chunk::<2>().ok_or(truncated)?;
        let length = u16::from_be_bytes(*length).into();
        let (entry, after) = after.split_at_checked(length).ok_or(truncated)?;
        entries.push(entry);
        rest = after;
    }
    Ok((entries, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    fn id(width: u16) -> EntriesId {
        EntriesId::new(0, width).unwrap()
    }

    #[test]
    fn a_bundle_is_each_entry_after_its_length_in_two_bytes() {
        let bundle = encode_entries(&[&b"ab"[..], b"", b"c"]).unwrap();
        assert_eq!(bundle, b"\x00\x02ab\x00\x00\x00\x01c");
        assert_eq!(decode_entries(id(3), &bundle), Ok(vec![&b"ab"[..], b"", b"c"]));
    }

    #[test]
    fn a_bundle_of_another_length_is_refused() {
        let bundle = encode_entries(&[b"ab", b"cd"]).unwrap();
        let short = decode_entries(id(3), &bundle);
        assert_eq!(
            short,
            Err(EntriesError::Truncated {
                position: 2,
                expected: 3
            })
        );
        let long = decode_entries(id(1), &bundle);
        assert_eq!(
            long,
            Err(EntriesError::Trailing {
                bytes: 4,
                expected: 1
            })
        );
        for end in 0..bundle.len() {
            assert!(matches!(
                decode_entries(id(2), &bundle[..end]),
                Err(EntriesError::Truncated { .. })
            ));
        }
    }

    #[test]
    fn the_longest_entries_fit_and_longer_ones_do_not() {
        let longest = vec![9; MAX_ENTRY_BYTES];
        assert_eq!(
            decode_entries(id(1), &encode_entries(&[&longest]).unwrap()),
            Ok(vec![&longest[..]])
        );
        let fault = encode_entries(&[vec![], vec![9; MAX_ENTRY_BYTES + 1]]);
        assert_eq!(
            fault,
            Err(EntriesError::EntryTooLong {
                position: 1,
                bytes: 65_536
            })
        );
    }

    #[test]
    fn a_bundle_has_1_to_256_entries() {
        assert_eq!(encode_entries::<&[u8]>(&[]), Err(EntriesError::Count));
        assert_eq!(encode_entries(&[b"a"; 257]), Err(EntriesError::Count));
        assert_eq!(encode_entries(&[b"a"; 256]).map(|bundle| bundle.len()), Ok(768));
    }

    #[test]
    fn an_older_width_is_cut_from_what_is_stored() {
        let stored = encode_entries(&[&b"ab"[..], b"", b"c"]).unwrap();
        assert_eq!(cut_entries(id(2), &stored), Ok(&b"\x00\x02ab\x00\x00"[..]));
        assert_eq!(cut_entries(id(3), &stored), Ok(&stored[..]));
        assert!(cut_entries(id(4), &stored).is_err());
    }

    proptest! {
        #![proptest_config(crate::tests_config())]

        #[test]
        fn entries_come_back_as_they_went_in(entries in vec(vec(any::<u8>(), 0..40), 1..=256)) {
            let bundle = encode_entries(&entries).unwrap();
            let back = decode_entries(id(entries.len() as u16), &bundle).unwrap();
            prop_assert_eq!(back, entries.iter().map(Vec::as_slice).collect::<Vec<_>>());
        }

        #[test]
        fn what_decodes_encodes_to_the_same_bytes(bytes in vec(prop_oneof![Just(0u8), 0u8..4, any::<u8>()], 0..80), width in 1u16..9) {
            if let Ok(entries) = decode_entries(id(width), &bytes) {
                prop_assert_eq!(encode_entries(&entries).unwrap(), bytes);
            }
        }
    }
}
