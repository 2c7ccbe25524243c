//! Signed notes: text with signature lines below it.
//!
//! [c2sp.org/signed-note](https://c2sp.org/signed-note), and the Ed25519 cosignatures of
//! [c2sp.org/tlog-cosignature](https://c2sp.org/tlog-cosignature). A note is a text ending in a newline, a blank
//! line, and lines `— name base64(key id ‖ signature)`. A line whose name and key id match no known key is
//! ignored, so that other keys and later algorithms can sign the same note; a line of a known key must hold.
//!
//! **Out of scope**: making cosignatures; ML-DSA-44 (type `0x06`), whose lines are carried like any unknown one.
//!
//! **Limits**: [`MAX_NOTE_BYTES`] and [`MAX_SIGNATURES`], with room for 16 post-quantum signatures and more.

mod key;
mod sign;

pub use key::{Algorithm, KeyError, KeyId, MAX_KEY_BYTES, VerifierKey};
pub use sign::{Ed25519Signer, NoteSigner, SignError};

use base64::{Engine, engine::general_purpose::STANDARD};
use std::{fmt, str::FromStr};

/// The most bytes a note can have, signatures included.
pub const MAX_NOTE_BYTES: usize = 512 * 1024;

/// The most signature lines a note can have.
pub const MAX_SIGNATURES: usize = 64;

/// Why bytes are not a note, or a note is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The note is too long.
    #[error("a note has at most {MAX_NOTE_BYTES} bytes; this one has {bytes}")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The note isn't UTF-8, or has control characters other than newlines.
    #[error("a note is UTF-8 text without control characters other than newlines")]
    Characters,
    /// The text is empty or doesn't end in a newline.
    #[error("a note's text is not empty and ends in a newline")]
    Text,
    /// There's no blank line with signature lines below it.
    #[error("a note ends in a blank line and signature lines, each with its newline")]
    NoSignatures,
    /// There are too many signature lines.
    #[error("a note has at most {MAX_SIGNATURES} signature lines")]
    TooManySignatures,
    /// A signature line isn't of the form.
    #[error("signature line {line} is not: em dash, blank, key name, blank, base64 of key id and signature")]
    SignatureLine {
        /// Which line, from 1.
        line: usize,
    },
    /// A known key's signature doesn't hold: the note was altered.
    #[error("the signature of {name} (key {id}) does not hold; the note was altered")]
    BadSignature {
        /// The key's name.
        name: String,
        /// The key's id.
        id: KeyId,
    },
    /// No known key has signed.
    #[error("no trusted key has signed this note")]
    NoTrustedSignature,
    /// A signer could not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl NoteError {
    /// A code that stays the same across releases.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadSignature { .. } => "note-altered",
            Self::NoTrustedSignature => "note-not-trusted",
            Self::Sign(_) => "note-not-signed",
            _ => "note-malformed",
        }
    }
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    name: String,
    id: KeyId,
    bytes: Vec<u8>,
}

impl Signature {
    /// The name of the key that is said to have signed.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// That key's id.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }
}

impl fmt::Display for Signature {
    /// The line without its newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blob = [&self.id.0[..], &self.bytes].concat();
        write!(f, "\u{2014} {} {}", self.name, STANDARD.encode(blob))
    }
}

impl FromStr for Signature {
    type Err = NoteError;

    /// Reads one signature line without its newline, such as a witness returns.
    fn from_str(line: &str) -> Result<Self, NoteError> {
        let malformed = NoteError::SignatureLine { line: 1 };
        if line.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLong { bytes: line.len() });
        }
        let fields = line
            .strip_prefix("\u{2014} ")
            .and_then(|rest| rest.split_once(' '));
        let (name, blob) = fields.ok_or_else(|| malformed.clone())?;
        let blob = STANDARD.decode(blob).map_err(|_| malformed.clone())?;
        match blob.split_first_chunk::<4>() {
            Some((id, bytes)) if !bytes.is_empty() && key::is_name(name) => Ok(Self {
                name: name.to_owned(),
                id: KeyId(*id),
                bytes: bytes.to_vec(),
            }),
            _ => Err(malformed),
        }
    }
}

/// A signature that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The key's name.
    pub name: String,
    /// The key's id.
    pub id: KeyId,
    /// How it signed.
    pub algorithm: Algorithm,
    /// When a cosigner says that it signed, in seconds since 1970; `None` for plain signatures.
    pub time: Option<u64>,
}

/// A text with its signature lines. Printing gives the bytes that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

impl Note {
    /// A note to be signed.
    ///
    /// # Errors
    /// When the text is empty, too long, doesn't end in a newline or has control characters.
    pub fn new(text: impl Into<String>) -> Result<Self, NoteError> {
        let text = text.into();
        if text.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLong { bytes: text.len() });
        }
        if has_control(&text) {
            return Err(NoteError::Characters);
        }
        if !text.ends_with('\n') {
            return Err(NoteError::Text);
        }
        Ok(Self {
            text,
            signatures: Vec::new(),
        })
    }

    /// Reads a note with at least one signature line. Nothing is verified yet.
    ///
    /// # Errors
    /// The first thing that is not of the form.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLong { bytes: bytes.len() });
        }
        let whole = str::from_utf8(bytes).map_err(|_| NoteError::Characters)?;
        // The last blank line parts text and signatures; the text may have blank lines of its own.
        let blank = whole.rfind("\n\n").ok_or(NoteError::NoSignatures)?;
        let (text, lines) = whole.split_at(blank + 1);
        let mut note = Self::new(text)?;
        let lines = lines
            .strip_prefix('\n')
            .and_then(|lines| lines.strip_suffix('\n'));
        let lines = lines.ok_or(NoteError::NoSignatures)?;
        if has_control(lines) {
            return Err(NoteError::Characters);
        }
        for (place, line) in lines.split('\n').enumerate() {
            let malformed = |_| NoteError::SignatureLine { line: place + 1 };
            note.add(line.parse().map_err(malformed)?)?;
        }
        Ok(note)
    }

    /// The text, with its last newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, trusted or not.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature line, such as a witness's.
    ///
    /// # Errors
    /// When there are [`MAX_SIGNATURES`] already.
    pub fn add(&mut self, signature: Signature) -> Result<(), NoteError> {
        if self.signatures.len() >= MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// Signs the text and adds the line.
    ///
    /// # Errors
    /// When the signer can't sign, or there are [`MAX_SIGNATURES`] already.
    pub fn sign(&mut self, signer: &dyn NoteSigner) -> Result<(), NoteError> {
        let name = signer.name();
        if !key::is_name(name) {
            return Err(SignError::Name.into());
        }
        let bytes = signer.sign(self.text.as_bytes())?.to_vec();
        self.add(Signature {
            name: name.to_owned(),
            id: signer.key_id(),
            bytes,
        })
    }

    /// Verifies the lines of known keys and returns them, each key once. Lines of other keys are ignored.
    ///
    /// # Errors
    /// When a known key's signature doesn't hold, or no known key has signed.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Vec<Verified>, NoteError> {
        let mut verified: Vec<Verified> = Vec::new();
        for line in &self.signatures {
            let known = keys
                .iter()
                .find(|key| key.name() == line.name && key.id() == line.id);
            let Some(key) = known else { continue };
            let holds = key.verify(self.text.as_bytes(), &line.bytes);
            let time = holds.map_err(|_| NoteError::BadSignature {
                name: line.name.clone(),
                id: line.id,
            })?;
            if !verified
                .iter()
                .any(|seen| seen.name == line.name && seen.id == line.id)
            {
                let (name, id, algorithm) = (line.name.clone(), line.id, key.algorithm());
                verified.push(Verified {
                    name,
                    id,
                    algorithm,
                    time,
                });
            }
        }
        if verified.is_empty() {
            Err(NoteError::NoTrustedSignature)
        } else {
            Ok(verified)
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn has_control(text: &str) -> bool {
    text.bytes().any(|byte| byte < b' ' && byte != b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "made-up.example/log\n\nthe second paragraph\n";

    fn signer(name: &str, seed: u8) -> Ed25519Signer {
        Ed25519Signer::from_seed(name, &[seed; 32]).unwrap()
    }

    fn signed(signers: &[&dyn NoteSigner]) -> Note {
        let mut note = Note::new(TEXT).unwrap();
        signers.iter().for_each(|signer| note.sign(*signer).unwrap());
        note
    }

    // Rule: Ed25519 (RFC 8032) over the text with the seed of 32 bytes 01, below the text and a blank line.
    const SIGNED: &str = "made-up.example/log\n\nthe second paragraph\n\n— made-up.example/log c1SeifTY3ivG2Dzq2CF9r6x8AHvJko5e7JUfehemYgHSCn3xtWTTHA9HBXvxSHeE0gpHHwgxQizHN0ne2yloV+UhFgs=\n";

    #[test]
    fn a_note_is_written_as_specified() {
        assert_eq!(signed(&[&signer("made-up.example/log", 1)]).to_string(), SIGNED);
    }

    #[test]
    fn a_note_reads_back_as_written_and_parts_at_the_last_blank_line() {
        let note = signed(&[&signer("one", 1), &signer("two", 2)]);
        let back = Note::parse(note.to_string().as_bytes()).unwrap();
        assert_eq!(back, note);
        assert_eq!(back.text(), TEXT);
    }

    #[test]
    fn each_known_key_counts_once_and_unknown_ones_are_tolerated() {
        let (one, two, other) = (signer("one", 1), signer("two", 2), signer("one", 3));
        let note = signed(&[&other, &two, &one, &two]);
        let keys = [one.verifier_key(), two.verifier_key()];
        let names: Vec<_> = note.verify(&keys).unwrap().into_iter().map(|v| v.name).collect();
        assert_eq!(names, ["two", "one"]);
        assert_eq!(note.verify(&keys[..1]).unwrap().len(), 1);
        assert_eq!(
            signed(&[&other]).verify(&keys),
            Err(NoteError::NoTrustedSignature)
        );
        assert_eq!(note.verify(&[]), Err(NoteError::NoTrustedSignature));
    }

    #[test]
    fn one_bad_signature_of_a_known_key_spoils_the_note() {
        let (one, two) = (signer("one", 1), signer("two", 2));
        let mut note = signed(&[&one]);
        let mut bad = signed(&[&two]).signatures()[0].clone();
        bad.bytes[10] ^= 1;
        note.add(bad).unwrap();
        assert!(note.verify(&[one.verifier_key()]).is_ok());
        let fault = note
            .verify(&[one.verifier_key(), two.verifier_key()])
            .unwrap_err();
        assert_eq!(fault.code(), "note-altered");
    }

    #[test]
    fn a_cosignature_covers_the_time_and_the_text() {
        // Rule: Ed25519 with seed 02… over "cosignature/v1\ntime 1700000000\n" and the text; type byte 04.
        let witness: VerifierKey = "witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"
            .parse()
            .unwrap();
        let line: Signature = "— witness.example/w1 3xwKNQAAAABlU/EAq2WyrqP3fY8tdp8tve9ChiZD2hBUv19RmK1aOnFylyj3e7X0pN3VV9EIUBEJt9YvHYbDFZxWBau6wvGdTMOHBA==".parse().unwrap();
        let mut note = Note::new(TEXT).unwrap();
        note.add(line.clone()).unwrap();
        let verified = note.verify(std::slice::from_ref(&witness)).unwrap();
        assert_eq!(
            (verified[0].algorithm, verified[0].time),
            (Algorithm::Cosignature, Some(1_700_000_000))
        );
        let mut other = Note::new(TEXT.replace("second", "third")).unwrap();
        other.add(line.clone()).unwrap();
        assert_eq!(
            other.verify(std::slice::from_ref(&witness)).unwrap_err().code(),
            "note-altered"
        );
        for place in 0..line.bytes.len() {
            let mut altered = line.clone();
            altered.bytes[place] ^= 1;
            let mut note = Note::new(TEXT).unwrap();
            note.add(altered).unwrap();
            assert_eq!(
                note.verify(std::slice::from_ref(&witness)).unwrap_err().code(),
                "note-altered"
            );
        }
    }

    #[test]
    fn what_is_not_a_note_is_refused() {
        use NoteError::{Characters, NoSignatures, SignatureLine, Text};
        let line = "\u{2014} one AAAAAAA=";
        for (bytes, fault) in [
            (String::new(), NoSignatures),
            ("text\n".into(), NoSignatures),
            ("text\n\n".into(), NoSignatures),
            (format!("text\n{line}\n"), NoSignatures),
            (format!("text\n\n{line}"), NoSignatures),
            (format!("\n{line}\n"), NoSignatures),
            (format!("te\txt\n\n{line}\n"), Characters),
            (format!("text\r\n\n{line}\n"), Characters),
            (format!("text\n\n{line}\r\n"), Characters),
            (format!("text\n\n{line}\n\n"), NoSignatures),
            (format!("text\n\n{line}\nx\n"), SignatureLine { line: 2 }),
            ("text\n\n- one AAAAAAA=\n".into(), SignatureLine { line: 1 }),
            ("text\n\n\u{2014} one\n".into(), SignatureLine { line: 1 }),
            ("text\n\n\u{2014}  AAAAAAA=\n".into(), SignatureLine { line: 1 }),
            (
                "text\n\n\u{2014} o+e AAAAAAA=\n".into(),
                SignatureLine { line: 1 },
            ),
            (
                "text\n\n\u{2014} o\u{3000}e AAAAAAA=\n".into(),
                SignatureLine { line: 1 },
            ),
            (
                "text\n\n\u{2014} one  AAAAAAA=\n".into(),
                SignatureLine { line: 1 },
            ),
            ("text\n\n\u{2014} one AAAAAAA\n".into(), SignatureLine { line: 1 }),
            (
                "text\n\n\u{2014} one AAAAAAB=\n".into(),
                SignatureLine { line: 1 },
            ),
            (
                "text\n\n\u{2014} one AAAAAA==\n".into(),
                SignatureLine { line: 1 },
            ),
        ] {
            assert_eq!(Note::parse(bytes.as_bytes()), Err(fault), "{bytes:?}");
        }
        assert_eq!(Note::parse(b"te\xffxt\n\n"), Err(Characters));
        assert_eq!(Note::new("no newline"), Err(Text));
        assert_eq!(Note::new(""), Err(Text));
    }

    #[test]
    fn size_and_number_of_signatures_are_bounded() {
        let line = "\u{2014} one AAAAAAA=\n";
        assert!(Note::parse(format!("text\n\n{}", line.repeat(MAX_SIGNATURES)).as_bytes()).is_ok());
        let many = format!("text\n\n{}", line.repeat(MAX_SIGNATURES + 1));
        assert_eq!(Note::parse(many.as_bytes()), Err(NoteError::TooManySignatures));
        let long = vec![b'a'; MAX_NOTE_BYTES + 1];
        assert_eq!(
            Note::parse(&long),
            Err(NoteError::TooLong {
                bytes: MAX_NOTE_BYTES + 1
            })
        );
        // Sixteen ML-DSA-44 cosignatures, of 2,420 bytes and a time, are well within the limits.
        let big = STANDARD.encode([7; 4 + 8 + 2420]);
        let post_quantum = format!("text\n\n{}", format!("\u{2014} witness {big}\n").repeat(16));
        assert_eq!(
            Note::parse(post_quantum.as_bytes()).map(|note| note.signatures().len()),
            Ok(16)
        );
    }
}
