//! Lists of statuses, a few bits each (draft-ietf-oauth-status-list §4 and §6).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use serde_json::Value;
use thiserror::Error;

use crate::{MAX_LIST_BYTES, VerifyError};

/// Why a status could not be read or set.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StatusListError {
    /// The list is not base64url of a zlib stream, or not 1, 2, 4 or 8 bits wide.
    #[error("the status list is not in form")]
    Malformed,
    /// The list is empty or larger than [`MAX_LIST_BYTES`].
    #[error("the status list is empty or larger than {MAX_LIST_BYTES} bytes")]
    Size,
    /// The list has no such place.
    #[error("the status list has no entry {index}")]
    OutOfRange {
        /// The place that was asked for.
        index: u64,
    },
    /// The status needs more bits than the list gives each.
    #[error("the status does not fit into an entry of this list")]
    TooWide,
    /// The list is another one than the credential names.
    #[error("the status list is another one than the credential names")]
    OtherList,
}

impl StatusListError {
    /// The stable machine code of this fault.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "status-malformed",
            Self::Size => "status-size",
            Self::OutOfRange { .. } => "status-out-of-range",
            Self::TooWide => "status-too-wide",
            Self::OtherList => "status-other-list",
        }
    }
}

/// How many bits a status takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bits {
    /// Valid or not.
    One,
    /// Four statuses.
    Two,
    /// Sixteen statuses.
    Four,
    /// 256 statuses.
    Eight,
}

impl Bits {
    /// The number of bits.
    #[must_use]
    pub fn count(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }

    /// From the number of bits.
    #[must_use]
    pub fn from_count(count: u64) -> Option<Self> {
        match count {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            4 => Some(Self::Four),
            8 => Some(Self::Eight),
            _ => None,
        }
    }
}

/// A status (draft-ietf-oauth-status-list §7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// 0: valid.
    Valid,
    /// 1: revoked, for good.
    Invalid,
    /// 2: suspended.
    Suspended,
    /// Any other; what it means is for the issuer to say.
    Other(u8),
}

impl Status {
    /// The number in the list.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Invalid => 1,
            Self::Suspended => 2,
            Self::Other(number) => number,
        }
    }

    /// From the number in the list.
    #[must_use]
    pub fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Valid,
            1 => Self::Invalid,
            2 => Self::Suspended,
            other => Self::Other(other),
        }
    }
}

/// Where the status of one credential stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StatusReference {
    /// The address of the list.
    pub uri: String,
    /// The place in the list, from 0.
    pub index: u64,
}

impl StatusReference {
    /// Reads the `status` claim.
    pub(crate) fn from_claim(claim: &Value) -> Result<Self, VerifyError> {
        let form = VerifyError::Malformed("the status claim is not in form");
        let Some(mechanisms) = claim.as_object() else {
            return Err(form);
        };
        let Some(list) = mechanisms.get("status_list") else {
            // A status that this crate cannot read must not look like a credential without one.
            return Err(form);
        };
        match (
            list.get("uri").and_then(Value::as_str),
            list.get("idx").and_then(Value::as_u64),
        ) {
            (Some(uri), Some(index)) => Ok(Self {
                uri: uri.to_owned(),
                index,
            }),
            _ => Err(form),
        }
    }
}

/// A list of statuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusList {
    bits: Bits,
    bytes: Vec<u8>,
}

impl StatusList {
    /// A list of at least `entries` places, all valid. Places fill whole bytes.
    ///
    /// # Errors
    /// [`StatusListError::Size`] for none or too many.
    pub fn new(bits: Bits, entries: u64) -> Result<Self, StatusListError> {
        let bytes = entries
            .checked_mul(u64::from(bits.count()))
            .map(|bits| bits.div_ceil(8));
        match bytes.and_then(|bytes| usize::try_from(bytes).ok()) {
            Some(bytes @ 1..=MAX_LIST_BYTES) => Ok(Self {
                bits,
                bytes: vec![0; bytes],
            }),
            _ => Err(StatusListError::Size),
        }
    }

    /// From the bytes of a list, the first entry in the lowest bits of the first byte.
    ///
    /// # Errors
    /// [`StatusListError::Size`] for none or too many.
    pub fn from_bytes(bits: Bits, bytes: Vec<u8>) -> Result<Self, StatusListError> {
        if bytes.is_empty() || bytes.len() > MAX_LIST_BYTES {
            return Err(StatusListError::Size);
        }
        Ok(Self { bits, bytes })
    }

    /// From the `lst` member: base64url of a zlib stream. Never takes more than [`MAX_LIST_BYTES`] of memory.
    ///
    /// # Errors
    /// [`StatusListError::Malformed`] or [`StatusListError::Size`].
    pub fn from_lst(bits: Bits, lst: &str) -> Result<Self, StatusListError> {
        let packed = BASE64.decode(lst).map_err(|_| StatusListError::Malformed)?;
        let bytes = decompress_to_vec_zlib_with_limit(&packed, MAX_LIST_BYTES).map_err(|error| {
            if error.status == miniz_oxide::inflate::TINFLStatus::HasMoreOutput {
                StatusListError::Size
            } else {
                StatusListError::Malformed
            }
        })?;
        Self::from_bytes(bits, bytes)
    }

    /// The `lst` member: base64url of a zlib stream at the highest level.
    #[must_use]
    pub fn to_lst(&self) -> String {
        BASE64.encode(compress_to_vec_zlib(&self.bytes, 9))
    }

    /// How wide an entry is.
    #[must_use]
    pub fn bits(&self) -> Bits {
        self.bits
    }

    /// The bytes of the list, uncompressed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many places there are.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.bytes.len() as u64 * u64::from(8 / self.bits.count())
    }

    /// The status at `index`.
    ///
    /// # Errors
    /// [`StatusListError::OutOfRange`].
    pub fn status(&self, index: u64) -> Result<Status, StatusListError> {
        let (byte, shift, mask) = self.place(index)?;
        Ok(Status::from_number((self.bytes[byte] >> shift) & mask))
    }

    /// Sets the status at `index`.
    ///
    /// # Errors
    /// [`StatusListError::OutOfRange`], or [`StatusListError::TooWide`] for the entries of this list.
    pub fn set(&mut self, index: u64, status: Status) -> Result<(), StatusListError> {
        let (byte, shift, mask) = self.place(index)?;
        if status.number() & !mask != 0 {
            return Err(StatusListError::TooWide);
        }
        self.bytes[byte] = (self.bytes[byte] & !(mask << shift)) | (status.number() << shift);
        Ok(())
    }

    /// Byte, shift and mask of an entry.
    fn place(&self, index: u64) -> Result<(usize, u32, u8), StatusListError> {
        let bits = self.bits.count();
        let per_byte = u64::from(8 / bits);
        let byte = usize::try_from(index / per_byte)
            .ok()
            .filter(|byte| *byte < self.bytes.len());
        let byte = byte.ok_or(StatusListError::OutOfRange { index })?;
        // At most 7 places by 1 bit, or fewer by more: always below 8.
        let shift = (index % per_byte) as u32 * u32::from(bits);
        Ok((byte, shift, u8::MAX >> (8 - bits)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_lists_of_the_specification_are_read() {
        // draft-ietf-oauth-status-list §4: the bytes b9 a3 as 16 entries of one bit, and c9 44 f9 of two.
        let one = StatusList::from_lst(Bits::One, "eNrbuRgAAhcBXQ").unwrap();
        let numbers: Vec<_> = (0..16).map(|i| one.status(i).unwrap().number()).collect();
        assert_eq!(numbers, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
        let two = StatusList::from_lst(Bits::Two, "eNo76fITAAPfAgc").unwrap();
        let numbers: Vec<_> = (0..12).map(|i| two.status(i).unwrap().number()).collect();
        assert_eq!(numbers, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
    }

    #[test]
    fn a_place_outside_the_list_is_an_error() {
        let mut list = StatusList::new(Bits::One, 9).unwrap();
        assert_eq!(list.entries(), 16);
        assert_eq!(list.status(15), Ok(Status::Valid));
        for index in [16, u64::MAX] {
            assert_eq!(list.status(index), Err(StatusListError::OutOfRange { index }));
            assert_eq!(
                list.set(index, Status::Valid),
                Err(StatusListError::OutOfRange { index })
            );
        }
        assert_eq!(list.set(0, Status::Suspended), Err(StatusListError::TooWide));
    }

    #[test]
    fn no_list_is_empty_or_endless() {
        assert_eq!(StatusList::new(Bits::One, 0), Err(StatusListError::Size));
        assert_eq!(StatusList::new(Bits::Eight, u64::MAX), Err(StatusListError::Size));
        assert_eq!(
            StatusList::from_bytes(Bits::One, Vec::new()),
            Err(StatusListError::Size)
        );
        let pack = |bytes: usize| BASE64.encode(compress_to_vec_zlib(&vec![0; bytes], 9));
        assert!(StatusList::from_lst(Bits::One, &pack(MAX_LIST_BYTES)).is_ok());
        assert_eq!(
            StatusList::from_lst(Bits::One, &pack(MAX_LIST_BYTES + 1)),
            Err(StatusListError::Size)
        );
        assert_eq!(
            StatusList::from_lst(Bits::One, &pack(64 << 20)),
            Err(StatusListError::Size)
        );
        for lst in [
            "",
            "eNrbuRgAAhcBXA",
            "eNrbuRgAAhcB",
            "eNrbuRgAAhcBXQ==",
            "AAAA",
            "~",
        ] {
            assert_eq!(
                StatusList::from_lst(Bits::One, lst),
                Err(StatusListError::Malformed),
                "{lst}"
            );
        }
    }

    #[test]
    fn a_status_claim_that_cannot_be_read_is_not_taken_for_none() {
        let good = json!({"status_list": {"uri": "https://a.example/1", "idx": 7}});
        let reference = StatusReference {
            uri: "https://a.example/1".into(),
            index: 7,
        };
        assert_eq!(StatusReference::from_claim(&good), Ok(reference));
        for bad in [
            json!(null),
            json!({}),
            json!({"other": {}}),
            json!({"status_list": {"uri": "u"}}),
            json!({"status_list": {"uri": "u", "idx": -1}}),
            json!({"status_list": {"uri": "u", "idx": "7"}}),
        ] {
            assert!(StatusReference::from_claim(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn large_lists_survive_the_round_trip() {
        for entries in [100_000, 1_000_000] {
            let mut list = StatusList::new(Bits::One, entries).unwrap();
            for index in (0..entries).step_by(977) {
                list.set(index, Status::Invalid).unwrap();
            }
            let again = StatusList::from_lst(Bits::One, &list.to_lst()).unwrap();
            for index in 0..entries {
                let expected = if index % 977 == 0 {
                    Status::Invalid
                } else {
                    Status::Valid
                };
                assert_eq!(again.status(index), Ok(expected));
            }
        }
    }

    proptest! {
        #[test]
        fn every_entry_keeps_its_own_status(
            width in prop_oneof![Just(Bits::One), Just(Bits::Two), Just(Bits::Four), Just(Bits::Eight)],
            numbers in proptest::collection::vec(any::<u8>(), 1..200),
        ) {
            let mask = u8::MAX >> (8 - width.count());
            let mut list = StatusList::new(width, numbers.len() as u64).unwrap();
            for (index, number) in (0..).zip(&numbers) {
                list.set(index, Status::from_number(!number & mask)).unwrap();
                list.set(index, Status::from_number(number & mask)).unwrap();
            }
            let again = StatusList::from_lst(width, &list.to_lst()).unwrap();
            for (index, number) in (0..).zip(&numbers) {
                prop_assert_eq!(again.status(index).unwrap().number(), number & mask);
            }
        }
    }
}
