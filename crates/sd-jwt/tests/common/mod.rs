//! Made-up keys and credentials for tests and examples. The keys are published here: trust them nowhere.
#![allow(dead_code, reason = "each test uses a part of this")]
#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::rand::SystemRandom;
use sd_jwt::{Credential, IssuerMetadata, JwkSet, P256Signer, Signer, StatusReference};

pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const VCT: &str = "https://issuer.example/good-standing";
pub(crate) const LIST_URI: &str = "https://issuer.example/status/1";
/// 2026-01-01T00:00:00Z in unix seconds.
pub(crate) const NOW: i64 = 1_767_225_600;
pub(crate) const YEAR: i64 = 365 * 86_400;

/// The names that [`credential`] lets the holder disclose.
pub(crate) const NAMES: [&str; 8] = [
    "name",
    "profession",
    "authority",
    "number",
    "granted_on",
    "valid_until",
    "in_force",
    "years_without",
];

/// Private keys with their thumbprints, which were worked out by another implementation.
const KEYS: [(&str, &str); 2] = [
    (
        "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b02010104200000000000000000000000000000\
         000017d75441342c21bd519f27d6fb398115a14403420004e5a6f479f35c76de1ed92c06f59e6f1465c6dc0929caa13754ef\
         0861f386752077a72463e3e3556e9f636dd287abc8e6c5de8b25400bc5f30880f76e26019af3",
        "Cp2ELfeJ5cyxxJcyenGZrCEAhQvhrm-v5Ee5UNLPOVw",
    ),
    (
        "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b02010104200000000000000000000000000000\
         000017d754415c103cef985df1886973022aa14403420004746057189f0ae1829e33d29263f4ba508a5086ebe63524ab55a7\
         6f905e326416304fc1464545b7a720718ee4221852c664b91231a56caeaf65183458c35df9f8",
        "xZrDnrcBgjMPDxtoGbcqDjWUnDFuD3QubhvzMcinQGw",
    ),
];

pub(crate) fn issuer_key() -> P256Signer {
    key(0)
}

pub(crate) fn holder_key() -> P256Signer {
    key(1)
}

fn key(which: usize) -> P256Signer {
    let (hex, thumbprint) = KEYS[which];
    let der: Vec<u8> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    let signer = P256Signer::from_pkcs8(&der, system_random()).unwrap();
    assert_eq!(signer.kid(), thumbprint);
    signer
}

#[expect(
    clippy::disallowed_methods,
    reason = "an ECDSA key takes no other source for its nonces"
)]
pub(crate) fn system_random() -> SystemRandom {
    SystemRandom::new()
}

/// Randomness that is the same each time (a xorshift generator).
pub(crate) fn seeded(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    move |bytes| {
        for byte in bytes {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *byte = state.to_be_bytes()[2];
        }
    }
}

pub(crate) fn metadata() -> IssuerMetadata {
    IssuerMetadata {
        issuer: ISSUER.into(),
        jwks: JwkSet {
            keys: vec![issuer_key().public_key().to_jwk()],
        },
    }
}

pub(crate) fn credential(index: u64) -> Credential {
    Credential::new(ISSUER, VCT)
        .issued_at(NOW)
        .not_before(NOW)
        .expires_at(NOW + YEAR)
        .status(&StatusReference {
            uri: LIST_URI.into(),
            index,
        })
        .disclosable("name", "李四")
        .disclosable("profession", "engineer")
        .disclosable("authority", "990000 Harbour Office")
        .disclosable("number", "990000-2020-0001")
        .disclosable("granted_on", "2020-03-01")
        .disclosable("valid_until", "2027-03-01")
        .disclosable("in_force", false)
        .disclosable("years_without", 5)
}

/// A token with any header and payload, signed whatever they say.
pub(crate) fn signed(header: &str, payload: &str, signer: &dyn Signer) -> String {
    let input = format!("{}.{}", BASE64.encode(header), BASE64.encode(payload));
    let signature = signer.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", BASE64.encode(signature))
}
