//! Checkpoints: what a log says of itself, signed.
//!
//! [c2sp.org/tlog-checkpoint](https://c2sp.org/tlog-checkpoint). The text has the log's origin, the tree's size in
//! decimal, the root in base64, and perhaps extension lines; it's signed as a [`Note`]. This crate holds the
//! log's key name to its origin, as the specification recommends, so that a witness's or another log's key can
//! never pass for the log's own.

use crate::hash::Hash;
use crate::note::{Algorithm, MAX_NOTE_BYTES, Note, NoteError, NoteSigner, Verified, VerifierKey};
use crate::tile::decimal;
use crate::tree::MAX_SIZE;
use std::fmt;

/// Why a checkpoint can't be made, read or believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it is malformed or not to be believed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The origin is empty or not one line of text.
    #[error("a checkpoint's first line is the log's origin, not empty")]
    Origin,
    /// The size isn't a decimal number in range.
    #[error("a checkpoint's second line is the tree's size: a number up to {MAX_SIZE} without leading zeros")]
    Size,
    /// The root isn't 32 bytes in canonical base64.
    #[error("a checkpoint's third line is the root: 32 bytes in base64")]
    Root,
    /// The size is 0, but the root isn't that of the empty tree.
    #[error("the root of the empty tree is {}", Hash::EMPTY_ROOT)]
    EmptyRoot,
    /// An extension line is empty or not one line of text.
    #[error("a checkpoint's extension lines are not empty, one line each")]
    Extension,
    /// The text is too long, or doesn't end in a newline.
    #[error("a checkpoint's text ends in a newline and has at most {MAX_NOTE_BYTES} bytes")]
    Text,
    /// The log itself hasn't signed: no trusted Ed25519 key is named as the origin.
    #[error("no trusted key of the log {origin} has signed this checkpoint")]
    NotByLog {
        /// The checkpoint's origin.
        origin: String,
    },
}

impl CheckpointError {
    /// A code that stays the same across releases.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Note(note) => note.code(),
            Self::NotByLog { .. } => "checkpoint-not-by-log",
            _ => "checkpoint-malformed",
        }
    }
}

/// A tree head: which log, how many leaves, which root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    extensions: Vec<String>,
}

/// A checkpoint whose signatures hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedCheckpoint {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The signatures that hold: the log's, and those of known witnesses.
    pub signatures: Vec<Verified>,
}

impl Checkpoint {
    /// A checkpoint without extension lines.
    ///
    /// # Errors
    /// When the origin isn't one line of text, the size is above [`MAX_SIZE`], or the root of the empty tree is
    /// another than [`Hash::EMPTY_ROOT`].
    pub fn new(origin: impl Into<String>, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        let origin = origin.into();
        if !is_line(&origin) {
            return Err(CheckpointError::Origin);
        }
        if size > MAX_SIZE {
            return Err(CheckpointError::Size);
        }
        if size == 0 && root != Hash::EMPTY_ROOT {
            return Err(CheckpointError::EmptyRoot);
        }
        Ok(Self {
            origin,
            size,
            root,
            extensions: Vec::new(),
        })
    }

    /// The same with one more extension line. No auditor can check what these say.
    ///
    /// # Errors
    /// When it's empty or not one line of text.
    pub fn with_extension(mut self, line: impl Into<String>) -> Result<Self, CheckpointError> {
        let line = line.into();
        if !is_line(&line) {
            return Err(CheckpointError::Extension);
        }
        self.extensions.push(line);
        Ok(self)
    }

    /// Which log this is of.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Leaves in the tree.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The tree's root.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.root
    }

    /// The extension lines.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// Reads the text of a checkpoint, without signatures.
    ///
    /// # Errors
    /// The first line that isn't of the form.
    pub fn parse_text(text: &str) -> Result<Self, CheckpointError> {
        let lines = text.strip_suffix('\n').filter(|_| text.len() <= MAX_NOTE_BYTES);
        let mut lines = lines.ok_or(CheckpointError::Text)?.split('\n');
        let origin = lines.next().ok_or(CheckpointError::Origin)?;
        let size = lines.next().and_then(decimal).ok_or(CheckpointError::Size)?;
        let root = lines
            .next()
            .and_then(Hash::from_base64)
            .ok_or(CheckpointError::Root)?;
        lines.try_fold(Self::new(origin, size, root)?, Self::with_extension)
    }

    /// Signs the checkpoint; the first signer is the log's own.
    ///
    /// # Errors
    /// When no signer is named as the origin, or one can't sign.
    pub fn sign(&self, signers: &[&dyn NoteSigner]) -> Result<Note, CheckpointError> {
        if !signers.iter().any(|signer| signer.name() == self.origin) {
            return Err(CheckpointError::NotByLog {
                origin: self.origin.clone(),
            });
        }
        let mut note = Note::new(self.to_string())?;
        for signer in signers {
            note.sign(*signer)?;
        }
        Ok(note)
    }

    /// Reads a signed checkpoint and verifies it.
    ///
    /// `keys` are the log's keys, more than one during a rotation, and those of the witnesses one knows.
    ///
    /// # Errors
    /// When it's malformed, a known key's signature doesn't hold, or the log's own is missing.
    pub fn open(bytes: &[u8], keys: &[VerifierKey]) -> Result<OpenedCheckpoint, CheckpointError> {
        let note = Note::parse(bytes)?;
        let signatures = note.verify(keys)?;
        let checkpoint = Self::parse_text(note.text())?;
        let by_log = |by: &Verified| by.name == checkpoint.origin && by.algorithm == Algorithm::Ed25519;
        if !signatures.iter().any(by_log) {
            return Err(CheckpointError::NotByLog {
                origin: checkpoint.origin,
            });
        }
        Ok(OpenedCheckpoint {
            checkpoint,
            signatures,
        })
    }
}

impl fmt::Display for Checkpoint {
    /// The text that is signed, with its last newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root.to_base64())?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn is_line(text: &str) -> bool {
    !text.is_empty() && !text.bytes().any(|byte| byte < b' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;
    use crate::note::Ed25519Signer;
    use base64::{Engine, engine::general_purpose::STANDARD};

    const ORIGIN: &str = "made-up.example/log";

    fn signer(name: &str, seed: u8) -> Ed25519Signer {
        Ed25519Signer::from_seed(name, &[seed; 32]).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint::new(ORIGIN, 1, leaf_hash(b"leaf 0")).unwrap()
    }

    // Rule: origin, size, base64 root of the tree with the one leaf "leaf 0"; signed with the seed of 32 bytes 01.
    const SIGNED: &str = "made-up.example/log\n1\nG7l9zCFjXUfiZj79/QoXRobZjdcBNS3SzQbotD/T0wU=\n\n— made-up.example/log c1SeiawD7RYtIfOw+NuWvmcZkPGqKvTXHsULB2mkJBBp3KxCJw7lCHeYdUsfP9MUaC82+BvBzGcZNE0X8PThJbY/8gY=\n";

    #[test]
    fn a_checkpoint_is_written_and_signed_as_specified() {
        let log = signer(ORIGIN, 1);
        assert_eq!(checkpoint().sign(&[&log]).unwrap().to_string(), SIGNED);
        let opened = Checkpoint::open(SIGNED.as_bytes(), &[log.verifier_key()]).unwrap();
        assert_eq!(opened.checkpoint, checkpoint());
    }

    #[test]
    fn any_altered_byte_is_noticed() {
        let keys = [signer(ORIGIN, 1).verifier_key()];
        for place in 0..SIGNED.len() {
            for flip in [0x01, 0x20, 0x80] {
                let mut altered = SIGNED.as_bytes().to_vec();
                altered[place] ^= flip;
                assert!(
                    Checkpoint::open(&altered, &keys).is_err(),
                    "byte {place} with {flip:#x}"
                );
            }
            assert!(
                Checkpoint::open(&SIGNED.as_bytes()[..place], &keys).is_err(),
                "cut at {place}"
            );
        }
    }

    #[test]
    fn extension_lines_are_kept_and_signed() {
        let log = signer(ORIGIN, 1);
        let extended = checkpoint()
            .with_extension("more")
            .unwrap()
            .with_extension("and more")
            .unwrap();
        let note = extended.sign(&[&log]).unwrap().to_string();
        let opened = Checkpoint::open(note.as_bytes(), &[log.verifier_key()]).unwrap();
        assert_eq!(opened.checkpoint.extensions(), ["more", "and more"]);
    }

    #[test]
    fn another_key_never_passes_for_the_logs_own() {
        let (log, witness) = (signer(ORIGIN, 1), signer("witness.example", 2));
        let fault = checkpoint().sign(&[&witness]).unwrap_err();
        assert_eq!(fault.code(), "checkpoint-not-by-log");
        let both = checkpoint().sign(&[&log, &witness]).unwrap().to_string();
        let only_witness = Checkpoint::open(both.as_bytes(), &[witness.verifier_key()]).unwrap_err();
        assert_eq!(only_witness.code(), "checkpoint-not-by-log");
        let keys = [witness.verifier_key(), log.verifier_key()];
        assert_eq!(
            Checkpoint::open(both.as_bytes(), &keys).unwrap().signatures.len(),
            2
        );
    }

    #[test]
    fn a_cosignature_under_the_logs_name_is_not_the_logs_signature() {
        let key = VerifierKey::new(
            ORIGIN,
            Algorithm::Cosignature,
            *signer(ORIGIN, 1).verifier_key().public_key(),
        );
        let key = key.unwrap();
        let message = format!("cosignature/v1\ntime 1700000000\n{}", checkpoint());
        let signature = signer(ORIGIN, 1).sign(message.as_bytes()).unwrap();
        let blob = [&key.id().0[..], &1_700_000_000_u64.to_be_bytes(), &signature].concat();
        let note = format!("{}\n\u{2014} {ORIGIN} {}\n", checkpoint(), STANDARD.encode(blob));
        assert_eq!(
            Note::parse(note.as_bytes())
                .unwrap()
                .verify(std::slice::from_ref(&key))
                .unwrap()
                .len(),
            1
        );
        let fault = Checkpoint::open(note.as_bytes(), &[key]).unwrap_err();
        assert_eq!(fault.code(), "checkpoint-not-by-log");
    }

    #[test]
    fn the_empty_tree_has_its_own_root_and_no_other() {
        assert!(Checkpoint::new(ORIGIN, 0, Hash::EMPTY_ROOT).is_ok());
        assert_eq!(
            Checkpoint::new(ORIGIN, 0, leaf_hash(b"")),
            Err(CheckpointError::EmptyRoot)
        );
    }

    #[test]
    fn any_other_writing_is_refused() {
        use CheckpointError::{Extension, Origin, Root, Size, Text};
        let root = leaf_hash(b"leaf 0").to_base64();
        for (text, fault) in [
            (String::new(), Text),
            ("log".into(), Text),
            ("log\n".into(), Size),
            ("log\n1\n".into(), Root),
            (format!("log\n1\n{root}"), Text),
            (format!("\n1\n{root}\n"), Origin),
            (format!("lo\tg\n1\n{root}\n"), Origin),
            (format!("log\n01\n{root}\n"), Size),
            (format!("log\n+1\n{root}\n"), Size),
            (format!("log\n 1\n{root}\n"), Size),
            (format!("log\n\n{root}\n"), Size),
            (format!("log\n9223372036854775808\n{root}\n"), Size),
            (format!("log\n18446744073709551616\n{root}\n"), Size),
            (format!("log\n1\n{}\n", &root[1..]), Root),
            (format!("log\n1\n{root} \n"), Root),
            (format!("log\n1\n{root}\n\n"), Extension),
            (format!("log\n1\n{root}\nmore\n\n"), Extension),
            (format!("{}\n1\n{root}\n", "a".repeat(MAX_NOTE_BYTES)), Text),
        ] {
            assert_eq!(Checkpoint::parse_text(&text), Err(fault), "{:.40}", text);
        }
    }
}
