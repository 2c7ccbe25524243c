//! The file with an authority's key: PKCS #8 in PEM (RFC 8410, RFC 7468), which other tools read too, after a
//! line with the key's name. PEM lets text stand before the key.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http_signatures::SigningKey;
use model::{Randomness, RandomnessError};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use zeroize::Zeroizing;

const NAME: &str = "Key-Id: ";
const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// What stands before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410, section 7).
const PREFIX: [u8; 16] = [
    0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
];

/// The longest name of a key, in characters.
const LONGEST_NAME: usize = 64;

/// An authority's key with its name.
pub struct AuthorityKeyFile {
    key_id: String,
    pair: Ed25519KeyPair,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum KeyFileError {
    /// The name cannot be one.
    #[error("a key's name has 1 to 64 letters, digits, points, hyphens and underscores")]
    Name,
    /// The file does not say the key's name.
    #[error("the file with the key has no line `Key-Id: NAME` before the key")]
    NoName,
    /// The file holds no key.
    #[error("the file holds no Ed25519 private key: PKCS #8 in PEM is expected, between {BEGIN} and {END}")]
    NoKey,
    /// There is no randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}

impl AuthorityKeyFile {
    /// A new key. Answers the text of its file, which its owner alone may read, and the public key in base64.
    ///
    /// # Errors
    /// When the name cannot be one, or there is no randomness.
    pub fn generate(
        key_id: &str,
        randomness: &dyn Randomness,
    ) -> Result<(Zeroizing<String>, String), KeyFileError> {
        let key_id = name(key_id)?;
        let mut der = Zeroizing::new([0; 48]);
        der[..16].copy_from_slice(&PREFIX);
        randomness.fill(&mut der[16..])?;
        let pair = pair(&der[..])?;
        let body = Zeroizing::new(STANDARD.encode(&der[..]));
        let text = format!("{NAME}{key_id}\n{BEGIN}\n{}\n{END}\n", *body);
        Ok((Zeroizing::new(text), STANDARD.encode(pair.public_key())))
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// When it has no name or no key.
    pub fn read(text: &str) -> Result<Self, KeyFileError> {
        let (before, rest) = text.split_once(BEGIN).ok_or(KeyFileError::NoKey)?;
        let (body, _) = rest.split_once(END).ok_or(KeyFileError::NoKey)?;
        let key_id = before
            .lines()
            .find_map(|line| line.strip_prefix(NAME))
            .ok_or(KeyFileError::NoName)?;
        let body: Zeroizing<String> = Zeroizing::new(body.split_ascii_whitespace().collect());
        let der = Zeroizing::new(STANDARD.decode(&*body).map_err(|_| KeyFileError::NoKey)?);
        Ok(Self {
            key_id: name(key_id.trim())?.to_owned(),
            pair: pair(&der)?,
        })
    }

    /// The key's name.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The public key.
    pub fn public_key(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }
}

impl SigningKey for AuthorityKeyFile {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        SigningKey::sign(&self.pair, message)
    }
}

impl fmt::Debug for AuthorityKeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthorityKeyFile({})", self.key_id)
    }
}

/// The public key in this base64, if it is 32 bytes.
pub fn parse_public_key(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text.trim()).ok()?.try_into().ok()
}

fn pair(der: &[u8]) -> Result<Ed25519KeyPair, KeyFileError> {
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(|_| KeyFileError::NoKey)
}

fn name(text: &str) -> Result<&str, KeyFileError> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    if plain && (1..=LONGEST_NAME).contains(&text.len()) {
        Ok(text)
    } else {
        Err(KeyFileError::Name)
    }
}

#[cfg(test)]
mod tests {
    use testkit::SeededRandomness;

    use super::*;

    #[test]
    fn a_new_key_reads_back_and_signs_for_its_public_key() {
        let (text, public) =
            AuthorityKeyFile::generate("law-bureau.2026", &SeededRandomness::new(5)).unwrap();
        let key = AuthorityKeyFile::read(&text).unwrap();
        assert_eq!(key.key_id(), "law-bureau.2026");
        assert_eq!(parse_public_key(&public).unwrap(), key.public_key());
        let public = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, key.public_key());
        assert!(public.verify(b"text", &SigningKey::sign(&key, b"text")).is_ok());
        assert_eq!(format!("{key:?}"), "AuthorityKeyFile(law-bureau.2026)");
    }

    #[test]
    fn the_key_of_rfc_8410_reads() {
        let text = "made elsewhere\r\nKey-Id: example\r\n-----BEGIN PRIVATE KEY-----\r\n\
            MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\r\n-----END PRIVATE KEY-----\r\n";
        let key = AuthorityKeyFile::read(text).unwrap();
        assert_eq!(
            hex::encode(key.public_key()),
            "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"
        );
    }

    #[test]
    fn what_is_no_key_file_is_refused() {
        let read = |text: &str| AuthorityKeyFile::read(text).unwrap_err();
        assert_eq!(read(""), KeyFileError::NoKey);
        assert_eq!(read(&format!("{BEGIN}\nAAAA\n{END}")), KeyFileError::NoName);
        assert_eq!(
            read(&format!("{NAME}a\n{BEGIN}\nAAAA\n{END}")),
            KeyFileError::NoKey
        );
        assert_eq!(
            read(&format!("{NAME}a b\n{BEGIN}\nAAAA\n{END}")),
            KeyFileError::Name
        );
        assert!(parse_public_key("AAAA").is_none());
    }
}
