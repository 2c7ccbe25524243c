//! Content-Digest (RFC 9530, section 2): sha-256 and sha-512 of the body as it is sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use ring::digest::{Algorithm, Context, SHA256, SHA512};
use sfv::{BareItem, Dictionary, ListEntry, Parser};

use crate::SignatureError;
use crate::field::structured;

/// The name of the field.
pub(crate) const FIELD: &str = "content-digest";

/// The value of a `Content-Digest` field to send, with sha-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentDigest(String);

impl ContentDigest {
    /// The digest of a body that is at hand.
    pub fn of(body: &[u8]) -> Self {
        Self::from_sha256(ring::digest::digest(&SHA256, body).as_ref())
    }

    /// The field for a sha-256 that was computed while writing the body.
    pub fn from_sha256(sha256: &[u8]) -> Self {
        Self(format!("sha-256=:{}:", STANDARD.encode(sha256)))
    }

    /// The text of the field.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Checks a body against its digests while it streams in.
///
/// A request without a covered `Content-Digest` gives a check that any byte of a body fails, so that the
/// body can't be left out of the signature.
#[must_use = "a request counts only once its body has passed"]
pub struct DigestCheck {
    running: Vec<(Context, Vec<u8>)>,
    seen: bool,
}

impl std::fmt::Debug for DigestCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DigestCheck")
            .field("digests", &self.running.len())
            .finish_non_exhaustive()
    }
}

impl DigestCheck {
    /// The check for a request without a digest: only an empty body passes.
    pub(crate) fn nothing() -> Self {
        Self {
            running: Vec::new(),
            seen: false,
        }
    }

    /// The check for a request's `Content-Digest`. Algorithms that are unknown or broken are passed over;
    /// every known one has to fit.
    ///
    /// # Errors
    /// [`SignatureError::DigestMissing`] without the field or without a known algorithm in it,
    /// [`SignatureError::Malformed`].
    pub fn of(headers: &HeaderMap) -> Result<Self, SignatureError> {
        let malformed = |problem| SignatureError::Malformed {
            field: FIELD,
            problem,
        };
        let text = structured(headers, FIELD)?.ok_or(SignatureError::DigestMissing)?;
        let members: Dictionary = Parser::new(&text)
            .parse()
            .map_err(|_| malformed("not a structured dictionary"))?;
        let mut running = Vec::new();
        let known: [(&str, &'static Algorithm); 2] = [("sha-256", &SHA256), ("sha-512", &SHA512)];
        for (name, algorithm) in known {
            let Some(member) = members.get(name) else { continue };
            let ListEntry::Item(item) = member else {
                return Err(malformed("not a byte sequence"));
            };
            let BareItem::ByteSequence(expected) = &item.bare_item else {
                return Err(malformed("not a byte sequence"));
            };
            if expected.len() != algorithm.output_len() {
                return Err(malformed("a digest of the wrong length"));
            }
            running.push((Context::new(algorithm), expected.clone()));
        }
        if running.is_empty() {
            return Err(SignatureError::DigestMissing);
        }
        Ok(Self { running, seen: false })
    }

    /// Takes the next bytes of the body.
    pub fn update(&mut self, bytes: &[u8]) {
        self.seen |= !bytes.is_empty();
        for (context, _) in &mut self.running {
            context.update(bytes);
        }
    }

    /// Ends the body.
    ///
    /// # Errors
    /// [`SignatureError::DigestMismatch`]; [`SignatureError::DigestMissing`] for a body that came without a
    /// digest.
    pub fn finish(self) -> Result<(), SignatureError> {
        if self.running.is_empty() && self.seen {
            return Err(SignatureError::DigestMissing);
        }
        let mut fits = true;
        for (context, expected) in self.running {
            fits &= equal(context.finish().as_ref(), &expected);
        }
        if fits {
            Ok(())
        } else {
            Err(SignatureError::DigestMismatch)
        }
    }
}

/// Compares in a time that doesn't depend on where two texts differ.
fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .fold(0, |differences, (a, b)| differences | (a ^ b))
            == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: &str, body: &[u8]) -> Result<(), &'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(FIELD, field.parse().unwrap());
        let mut check = DigestCheck::of(&headers).map_err(|error| error.code())?;
        for chunk in body.chunks(5) {
            check.update(chunk);
        }
        check.finish().map_err(|error| error.code())
    }

    /// RFC 9530, appendix D, and RFC 9421, section B.2.
    const SHA_256: &str = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
    const SHA_512: &str =
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";

    #[test]
    fn the_digests_of_the_specification_fit_their_body() {
        let body = br#"{"hello": "world"}"#;
        assert_eq!(check(SHA_256, body), Ok(()));
        assert_eq!(check(SHA_512, body), Ok(()));
        assert_eq!(check(&format!("md5=:AAAA:, {SHA_256}, {SHA_512}"), body), Ok(()));
        assert_eq!(ContentDigest::of(body).as_str(), SHA_256);
    }

    #[test]
    fn another_body_or_one_wrong_digest_of_two_is_refused() {
        assert_eq!(check(SHA_256, br#"{"hello": "World"}"#), Err("digest-mismatch"));
        let wrong = SHA_512.replace("WZDP", "WZDQ");
        assert_eq!(
            check(&format!("{SHA_256}, {wrong}"), br#"{"hello": "world"}"#),
            Err("digest-mismatch")
        );
    }

    #[test]
    fn digests_that_do_not_count_are_refused() {
        assert_eq!(check("md5=:AAAA:", b""), Err("digest-missing"));
        assert_eq!(check("sha-256=:AAAA:", b""), Err("signature-malformed"));
        assert_eq!(check("sha-256=\"x\"", b""), Err("signature-malformed"));
        assert_eq!(check("?", b""), Err("signature-malformed"));
    }

    #[test]
    fn without_a_digest_only_an_empty_body_passes() {
        assert_eq!(DigestCheck::nothing().finish(), Ok(()));
        let mut check = DigestCheck::nothing();
        check.update(b"x");
        assert_eq!(check.finish(), Err(SignatureError::DigestMissing));
    }
}
