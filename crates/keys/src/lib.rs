//! Keys: the installation's secret, the pseudonyms and seals made with it, and signing keys.
//!
//! There is one secret to guard, 32 bytes in a file of its own. From it come, by HKDF-SHA-256 (RFC 5869)
//! with a label each, the key that wraps the keys of people, and the peppers of the pseudonyms. Every
//! person has a key, wrapped by the installation's; every record version has a key, wrapped by the
//! person's. To destroy a wrapped key is to erase what lies under it.
//!
//! Sealing is AES-256-GCM with random nonces (NIST SP 800-38D: at most 2^32 under one key, which only the
//! wrapping of people's keys could ever come near). Ciphertext is bound to the table, row and column that
//! it stands in, so that it opens nowhere else.

mod keystore;
mod pseudonym;
mod randomness;
mod seal;
mod signing;

pub use keystore::{KeystoreError, create_keystore, open_keystore};
pub use pseudonym::{DocumentKey, Mac};
pub use randomness::{BufferedRandomness, SystemRandomness};
pub use seal::{DataKey, Place, SealError, WrappedKey};
pub use signing::{SigningError, new_ed25519, new_p256};

use ring::{hkdf, hmac};
use zeroize::Zeroizing;

/// All that is derived from the installation's secret.
pub struct Keyring {
    wrapping: DataKey,
    person: hmac::Key,
    document: hmac::Key,
    content: hmac::Key,
    name: hmac::Key,
    licence: hmac::Key,
    authority: hmac::Key,
    record: hmac::Key,
    procedure: hmac::Key,
    apart: hmac::Key,
    session: Zeroizing<[u8; 32]>,
}

struct Length(usize);
impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl Keyring {
    /// The keyring of this secret.
    pub fn new(secret: &[u8; 32]) -> Self {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"standing installation v1").extract(secret);
        let derive = |label: &str| {
            let mut key = Zeroizing::new([0; 32]);
            // 32 bytes are far below the 255 blocks that HKDF can give, so neither call can fail.
            let info = [label.as_bytes()];
            let okm = root
                .expand(&info, Length(32))
                .and_then(|okm| okm.fill(&mut key[..]));
            debug_assert!(okm.is_ok());
            key
        };
        let mac = |label: &str| hmac::Key::new(hmac::HMAC_SHA256, &derive(label)[..]);
        Self {
            wrapping: DataKey::from_bytes(&derive("wrapping of people's keys")),
            person: mac("pseudonyms of people"),
            document: mac("pseudonyms of documents"),
            content: mac("comparison of contents"),
            name: mac("comparison of names"),
            licence: mac("pseudonyms of licences"),
            authority: mac("identifiers for authorities"),
            record: mac("identifiers of records for bodies"),
            procedure: mac("identifiers of procedures for bodies"),
            apart: mac("erasures written apart"),
            session: derive("sessions of the portal"),
        }
    }

    /// The key that wraps people's keys, submissions' keys and signing keys.
    pub fn wrapping(&self) -> &DataKey {
        &self.wrapping
    }

    /// The key that the portal signs its session cookies with.
    pub fn session_key(&self) -> &[u8; 32] {
        &self.session
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring(secret)")
    }
}
