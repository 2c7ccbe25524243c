//! Receipts: a proof, complete in itself, that an entry is in the log.
//!
//! [c2sp.org/tlog-proof](https://c2sp.org/tlog-proof). The first line is `c2sp.org/tlog-proof@v1`; then perhaps
//! `extra` with data that nothing vouches for; `index` and the leaf's place; the hashes of the inclusion proof
//! from the leaf's sibling up; a blank line; the signed checkpoint as the log gave it.
//!
//! **Limits**: [`MAX_RECEIPT_BYTES`] in all, [`MAX_EXTRA_BYTES`] of extra data, 63 hashes.

use crate::checkpoint::{Checkpoint, CheckpointError, OpenedCheckpoint};
use crate::hash::{Hash, leaf_hash};
use crate::note::{MAX_NOTE_BYTES, VerifierKey};
use crate::tile::decimal;
use crate::tree::{MAX_PROOF_HASHES, MAX_SIZE, ProofFault, verify_inclusion};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{fmt, str::FromStr};

/// The first line of every receipt.
pub const RECEIPT_HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The most bytes of extra data.
pub const MAX_EXTRA_BYTES: usize = 48 * 1024;

/// The most bytes a receipt can have.
pub const MAX_RECEIPT_BYTES: usize = MAX_NOTE_BYTES + 128 * 1024;

/// Why a text is not a receipt, or one doesn't prove what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The receipt is too long.
    #[error("a receipt has at most {MAX_RECEIPT_BYTES} bytes, {MAX_EXTRA_BYTES} of them extra data")]
    TooLong,
    /// The receipt isn't UTF-8.
    #[error("a receipt is UTF-8 text")]
    Characters,
    /// The first line is another.
    #[error("a receipt's first line is {RECEIPT_HEADER}")]
    Header,
    /// The extra data isn't in canonical base64.
    #[error("a receipt's extra data is base64")]
    Extra,
    /// There's no index, or it isn't a number in range.
    #[error("a receipt has a line `index` with a number up to {MAX_SIZE} without leading zeros")]
    Index,
    /// A proof line isn't a hash.
    #[error("proof line {line} of the receipt is not 32 bytes in base64")]
    Hash {
        /// Which line of the proof, from 1.
        line: usize,
    },
    /// There are more hashes than any proof has.
    #[error("a receipt has at most {MAX_PROOF_HASHES} proof lines")]
    TooManyHashes,
    /// There's no checkpoint after a blank line.
    #[error("a receipt ends in a blank line and a signed checkpoint")]
    NoCheckpoint,
    /// The checkpoint is malformed or not to be believed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not at that place in the log.
    #[error("the receipt does not prove this entry: {0}")]
    NotProved(#[source] ProofFault),
}

impl ReceiptError {
    /// A code that stays the same across releases.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Checkpoint(checkpoint) => checkpoint.code(),
            Self::NotProved(_) => "receipt-not-proved",
            _ => "receipt-malformed",
        }
    }
}

/// A receipt. Printing gives the text that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    extra: Option<Vec<u8>>,
    index: u64,
    hashes: Vec<Hash>,
    checkpoint: String,
}

impl Receipt {
    /// A receipt for leaf `index` with its inclusion proof in the tree of a signed checkpoint.
    ///
    /// # Errors
    /// When the index or the number of hashes is out of range, or there's no checkpoint.
    pub fn new(index: u64, hashes: Vec<Hash>, checkpoint: impl Into<String>) -> Result<Self, ReceiptError> {
        let checkpoint = checkpoint.into();
        if index >= MAX_SIZE {
            return Err(ReceiptError::Index);
        }
        if hashes.len() > MAX_PROOF_HASHES {
            return Err(ReceiptError::TooManyHashes);
        }
        if checkpoint.is_empty() {
            return Err(ReceiptError::NoCheckpoint);
        }
        if checkpoint.len() > MAX_NOTE_BYTES {
            return Err(ReceiptError::TooLong);
        }
        Ok(Self {
            extra: None,
            index,
            hashes,
            checkpoint,
        })
    }

    /// The same with extra data, which nothing vouches for.
    ///
    /// # Errors
    /// When there's too much.
    pub fn with_extra(mut self, extra: impl Into<Vec<u8>>) -> Result<Self, ReceiptError> {
        let extra = extra.into();
        if extra.len() > MAX_EXTRA_BYTES {
            return Err(ReceiptError::TooLong);
        }
        self.extra = Some(extra);
        Ok(self)
    }

    /// Reads a receipt. Nothing is verified yet.
    ///
    /// # Errors
    /// The first line that isn't of the form.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        if bytes.len() > MAX_RECEIPT_BYTES {
            return Err(ReceiptError::TooLong);
        }
        str::from_utf8(bytes)
            .map_err(|_| ReceiptError::Characters)?
            .parse()
    }

    /// The leaf's place in the log, from 0.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The inclusion proof, from the leaf's sibling up.
    #[must_use]
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// The signed checkpoint, as the log gave it.
    #[must_use]
    pub fn checkpoint(&self) -> &str {
        &self.checkpoint
    }

    /// The extra data, which nothing vouches for.
    #[must_use]
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// Proves that this entry is in the log, at the receipt's index.
    ///
    /// # Errors
    /// When the checkpoint isn't signed by the log's key among `keys`, or the entry isn't the one at that place.
    pub fn verify(&self, entry: &[u8], keys: &[VerifierKey]) -> Result<OpenedCheckpoint, ReceiptError> {
        let opened = Checkpoint::open(self.checkpoint.as_bytes(), keys)?;
        let (size, root) = (opened.checkpoint.size(), opened.checkpoint.root());
        verify_inclusion(self.index, size, &leaf_hash(entry), &self.hashes, &root)
            .map_err(ReceiptError::NotProved)?;
        Ok(opened)
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{RECEIPT_HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes
            .iter()
            .try_for_each(|hash| writeln!(f, "{}", hash.to_base64()))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for Receipt {
    type Err = ReceiptError;

    fn from_str(text: &str) -> Result<Self, ReceiptError> {
        if text.len() > MAX_RECEIPT_BYTES {
            return Err(ReceiptError::TooLong);
        }
        let (header, rest) = text.split_once('\n').ok_or(ReceiptError::Header)?;
        if header != RECEIPT_HEADER {
            return Err(ReceiptError::Header);
        }
        let (proof, checkpoint) = rest.split_once("\n\n").ok_or(ReceiptError::NoCheckpoint)?;
        let mut lines = proof.split('\n').peekable();
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(decimal);
        let index = index.ok_or(ReceiptError::Index)?;
        let mut hashes = Vec::new();
        for (place, line) in lines.enumerate() {
            if hashes.len() >= MAX_PROOF_HASHES {
                return Err(ReceiptError::TooManyHashes);
            }
            hashes.push(Hash::from_base64(line).ok_or(ReceiptError::Hash { line: place + 1 })?);
        }
        let receipt = Self::new(index, hashes, checkpoint)?;
        match extra.and_then(|line| line.strip_prefix("extra ")) {
            Some(extra) => receipt.with_extra(STANDARD.decode(extra).map_err(|_| ReceiptError::Extra)?),
            None => Ok(receipt),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::Ed25519Signer;

    // Rule: leaves "leaf 0" to "leaf 6"; the receipt for leaf 4, which the right edge makes short of a level;
    // checkpoint signed with the seed of 32 bytes 01 under the name made-up.example/log.
    const RECEIPT: &str = "c2sp.org/tlog-proof@v1\nindex 4\nla3xW37122c4aouvvv7k0UVmKvpFB0DhhoVT6DSO06A=\n+3+GnOi3tR/fcZ/IwhpHNsmMwWCoJWBqgfeKf00iYdk=\nT2MQhKFXxU9U/Psj/164ZQxLoWDClbsTqYMrEJ1SZ34=\n\nmade-up.example/log\n7\nWmH8K1T5z6cXdPJDIUPdQMbLKxGUf69lp9PaXLZRmcg=\n\n— made-up.example/log c1Seied8jPDsYUxQcZNGtqbwv3dzxAq8++dRMuhlqrtTj4FrVKdbO6+ROdBoLvgpnItugNmNmUyOq/BwVR4TfY9VBQM=\n";

    fn keys() -> [VerifierKey; 1] {
        [Ed25519Signer::from_seed("made-up.example/log", &[1; 32])
            .unwrap()
            .verifier_key()]
    }

    #[test]
    fn a_receipt_reads_verifies_and_prints_back() {
        let receipt = Receipt::parse(RECEIPT.as_bytes()).unwrap();
        assert_eq!(receipt.to_string(), RECEIPT);
        assert_eq!(
            (receipt.index(), receipt.hashes().len(), receipt.extra()),
            (4, 3, None)
        );
        let opened = receipt.verify(b"leaf 4", &keys()).unwrap();
        assert_eq!(opened.checkpoint.size(), 7);
    }

    #[test]
    fn it_proves_that_entry_and_no_other() {
        let receipt = Receipt::parse(RECEIPT.as_bytes()).unwrap();
        assert_eq!(
            receipt.verify(b"leaf 5", &keys()).unwrap_err().code(),
            "receipt-not-proved"
        );
        let stranger = Ed25519Signer::from_seed("made-up.example/log", &[2; 32]).unwrap();
        let fault = receipt.verify(b"leaf 4", &[stranger.verifier_key()]).unwrap_err();
        assert_eq!(fault.code(), "note-not-trusted");
    }

    #[test]
    fn any_altered_or_missing_byte_is_noticed() {
        let holds = |bytes: &[u8]| {
            Receipt::parse(bytes)
                .and_then(|r| r.verify(b"leaf 4", &keys()))
                .is_ok()
        };
        assert!(holds(RECEIPT.as_bytes()));
        for place in 0..RECEIPT.len() {
            for flip in [0x01, 0x04, 0x20, 0x80] {
                let mut altered = RECEIPT.as_bytes().to_vec();
                altered[place] ^= flip;
                assert!(!holds(&altered), "byte {place} with {flip:#x}");
            }
            assert!(!holds(&RECEIPT.as_bytes()[..place]), "cut at {place}");
            let mut missing = RECEIPT.as_bytes().to_vec();
            missing.remove(place);
            assert!(!holds(&missing), "without byte {place}");
        }
        assert!(!holds(format!("{RECEIPT}\n").as_bytes()));
    }

    #[test]
    fn extra_data_is_carried() {
        let receipt = Receipt::parse(RECEIPT.as_bytes())
            .unwrap()
            .with_extra(*b"salt")
            .unwrap();
        let text = receipt.to_string();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra c2FsdA==\nindex 4\n"));
        assert_eq!(Receipt::parse(text.as_bytes()), Ok(receipt));
    }

    #[test]
    fn any_other_writing_is_refused() {
        use ReceiptError::{Extra, Hash as HashLine, Header, Index, NoCheckpoint, TooLong, TooManyHashes};
        let hash = Hash::EMPTY_ROOT.to_base64();
        let lines = |count| format!("{hash}\n").repeat(count);
        for (text, fault) in [
            (String::new(), Header),
            (RECEIPT_HEADER.into(), Header),
            ("c2sp.org/tlog-proof@v2\nindex 0\n\nx".into(), Header),
            (format!("{RECEIPT_HEADER}\nindex 0\n"), NoCheckpoint),
            (format!("{RECEIPT_HEADER}\nindex 0\n\n"), NoCheckpoint),
            (format!("{RECEIPT_HEADER}\nindex 00\n\nx"), Index),
            (format!("{RECEIPT_HEADER}\nindex -1\n\nx"), Index),
            (format!("{RECEIPT_HEADER}\nindex 9223372036854775807\n\nx"), Index),
            (
                format!("{RECEIPT_HEADER}\nindex 0\nextra AA==\n\nx"),
                HashLine { line: 1 },
            ),
            (format!("{RECEIPT_HEADER}\nextra AA\nindex 0\n\nx"), Extra),
            (
                format!("{RECEIPT_HEADER}\nextra AA==\nextra AA==\nindex 0\n\nx"),
                Index,
            ),
            (
                format!("{RECEIPT_HEADER}\nindex 0\n{}x\n\nx", lines(2)),
                HashLine { line: 3 },
            ),
            (
                format!("{RECEIPT_HEADER}\nindex 0\n{}\nx", lines(65)),
                TooManyHashes,
            ),
            ("a".repeat(MAX_RECEIPT_BYTES + 1), TooLong),
        ] {
            assert_eq!(Receipt::parse(text.as_bytes()), Err(fault), "{text:.60}");
        }
        assert!(Receipt::parse(format!("{RECEIPT_HEADER}\nindex 0\n{}\nx", lines(64)).as_bytes()).is_ok());
        assert_eq!(Receipt::parse(b"c2sp.org\xff"), Err(ReceiptError::Characters));
    }
}
