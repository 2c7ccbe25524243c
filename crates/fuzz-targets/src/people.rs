//! Made-up keys of made-up issuers, authorities and logs. They are published here: trust them nowhere.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sd_jwt::{Credential, Ed25519Signer, IssuerMetadata, JwkSet, Signer, StatusReference};
use serde_json::json;

pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const LIST: &str = "https://issuer.example/status/1";
pub(crate) const NOW: i64 = 1_767_225_600;
pub(crate) const YEAR: i64 = 365 * 86_400;

pub(crate) fn issuer_key() -> Ed25519Signer {
    Ed25519Signer::from_seed(&[1; 32]).unwrap()
}

pub(crate) fn holder_key() -> Ed25519Signer {
    Ed25519Signer::from_seed(&[2; 32]).unwrap()
}

/// What a verifier trusts.
pub(crate) fn metadata() -> IssuerMetadata {
    IssuerMetadata {
        issuer: ISSUER.into(),
        jwks: JwkSet {
            keys: vec![issuer_key().public_key().to_jwk()],
        },
    }
}

/// A certificate with claims and parts to choose from, not signed yet.
pub(crate) fn certificate(vct: &str) -> Credential {
    Credential::new(ISSUER, vct)
        .issued_at(NOW)
        .not_before(NOW)
        .expires_at(NOW + YEAR)
        .status(&StatusReference {
            uri: LIST.into(),
            index: 7,
        })
        .claim("list", json!(["a", "b", "c"]))
        .disclosable("name", "测一安")
        .disclosable("number", "990000-2020-0001")
        .disclosable(
            "licence",
            json!({"title": "engineer", "years": {"in": 5, "without": 5}}),
        )
        .disclosable_part("/licence/years")
        .disclosable_part("/licence/years/without")
        .disclosable_part("/list/1")
}

/// The same bytes each time.
pub(crate) fn counting() -> impl FnMut(&mut [u8]) {
    let mut next = 0_u8;
    move |bytes| {
        for byte in bytes {
            *byte = next;
            next = next.wrapping_add(1);
        }
    }
}

/// A token with this header and payload, whatever they are.
pub(crate) fn signed(header: &[u8], payload: &[u8], key: &dyn Signer) -> String {
    let input = format!("{}.{}", BASE64.encode(header), BASE64.encode(payload));
    let signature = key.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", BASE64.encode(signature))
}

/// The part of a token that its signature is over.
pub(crate) fn signing_input(token: &str) -> &str {
    token.rsplit_once('.').map_or("", |(input, _)| input)
}
