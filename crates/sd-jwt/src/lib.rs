//! SD-JWT credentials with selective disclosure, and the status lists that revoke them.
//!
//! Specifications:
//! - SD-JWT and key binding: RFC 9901 (disclosures §4.2, key binding §4.3, verification §7);
//! - SD-JWT VC: draft-ietf-oauth-sd-jwt-vc (`typ: dc+sd-jwt`, `vct`, issuer metadata §5);
//! - Token Status List: draft-ietf-oauth-status-list (list §4, reference §6, token §5, verification §8);
//! - JWS RFC 7515, JWK RFC 7517, thumbprints RFC 7638, Ed25519 in JOSE RFC 8037.
//!
//! In scope: the compact serialisation; ES256 and EdDSA (Ed25519); SHA-256 digests; object properties, array
//! elements and nested objects as disclosures; decoy digests; key binding; status lists of 1, 2, 4 or 8 bits.
//! Out of scope: the JSON serialisation, encryption, X.509 chains, type metadata, other digest algorithms.
//!
//! This crate does no I/O and reads no clock: times are unix seconds handed in, randomness is a closure.
//! It is strict: a text that is not exactly in form is refused, with a stable code ([`VerifyError::code`]).
//!
//! Limits: [`MAX_TEXT_BYTES`], [`MAX_DISCLOSURES`], [`MAX_DEPTH`], [`MAX_LIST_BYTES`], [`MAX_TOKEN_BYTES`].
//!
//! The way of a credential: [`Credential::sign`] → [`present`] → [`bind_key`] → [`verify`] →
//! [`VerifiedStatusList::status_of`].

mod algorithm;
mod compact;
mod disclosure;
mod error;
mod hide;
mod issue;
mod issuer_metadata;
mod json;
mod jwk;
mod jws;
mod key_binding;
mod present;
mod resolve;
mod status_list;
mod status_token;
mod verify;

pub use algorithm::{Algorithm, Ed25519Signer, P256Signer, PublicKey, SignError, Signer};
pub use error::VerifyError;
pub use issue::{Credential, IssueError};
pub use issuer_metadata::{IssuerMetadata, KeyResolver, well_known_url};
pub use jwk::{Jwk, JwkSet, KeyError};
pub use key_binding::{BindError, KeyBinding, bind_key};
pub use present::{Disclosable, PresentError, disclosable_claims, present};
pub use status_list::{Bits, Status, StatusList, StatusListError, StatusReference};
pub use status_token::{StatusListToken, VerifiedStatusList, verify_status_list};
pub use verify::{VerifiedCredential, VerifyOptions, verify};

/// The longest credential or presentation that is read or made, in bytes of its compact text.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The most disclosures that one credential may carry.
pub const MAX_DISCLOSURES: usize = 100;

/// How deep objects and arrays may nest, counted after disclosures have been put in their places.
pub const MAX_DEPTH: usize = 16;

/// The largest status list after decompression, in bytes (16,777,216 entries of one bit).
pub const MAX_LIST_BYTES: usize = 2 * 1024 * 1024;

/// The longest status list token that is read, in bytes of its compact text.
pub const MAX_TOKEN_BYTES: usize = 4 * 1024 * 1024;

/// The media type of a credential in its `typ` header (draft-ietf-oauth-sd-jwt-vc §3.2.1).
pub const CREDENTIAL_TYPE: &str = "dc+sd-jwt";

/// The media type of a key binding token in its `typ` header (RFC 9901 §4.3).
pub const KEY_BINDING_TYPE: &str = "kb+jwt";

/// The media type of a status list token in its `typ` header (draft-ietf-oauth-status-list §5.1).
pub const STATUS_LIST_TYPE: &str = "statuslist+jwt";
