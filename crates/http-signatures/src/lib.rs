//! Signed requests: HTTP Message Signatures ([RFC 9421](https://www.rfc-editor.org/rfc/rfc9421)) with
//! Content-Digest ([RFC 9530](https://www.rfc-editor.org/rfc/rfc9530)), Ed25519.
//!
//! - [`sign`] gives the three header fields of a request: `Content-Digest`, `Signature-Input`, `Signature`.
//! - [`verify`] checks a request's signature against a [`Policy`] and gives [`Verified`]: who signed, the
//!   nonce to remember, and a [`DigestCheck`] that the body still has to pass while it streams in.
//!
//! # What a verified request promises
//! - Every component that the policy requires is covered, and no parameter was re-ordered or re-written on
//!   the way: the signature is checked over `Signature-Input` exactly as received (section 3.2), never over
//!   a copy that was parsed and written again.
//! - The body is covered. A body without a covered `Content-Digest` fails the [`DigestCheck`] at its first
//!   byte; there is no way to leave the body out.
//! - `created`, `expires`, `nonce`, `keyid` and `tag` are there and within the policy. The caller remembers
//!   `(key_id, nonce)` until `expires` and the policy's skew have passed, and refuses one it knows.
//!
//! # Behind a proxy
//! A proxy that ends TLS hides the scheme, and some rewrite `Host`. So [`sign`] covers `@authority`, `@path`
//! and `@query` instead of `@target-uri`, and [`Request::authority`] is the public name of the service from
//! its configuration, not what a header of the request claims.
//!
//! # In scope
//! Requests; derived components `@method`, `@authority`, `@scheme`, `@target-uri`, `@request-target`, `@path`,
//! `@query` (section 2.2); plain header fields (section 2.1); several signatures on one request, told apart
//! by `tag`.
//!
//! # Out of scope
//! Responses; `@status`, `@query-param`; component parameters `sf`, `key`, `bs`, `req`, `tr`; trailers;
//! `Accept-Signature`; algorithms other than Ed25519 ([`Algorithm`] is open for more). A signature that
//! covers any of these is refused with a code of its own.
//!
//! # Limits
//! 8 KiB for each of the three fields, 32 covered components, nonces of 8 to 128 characters, key ids of 256.

mod base;
mod digest;
mod error;
mod field;
mod request;
mod sign;
mod verify;

pub use digest::{ContentDigest, DigestCheck};
pub use error::SignatureError;
pub use request::Request;
pub use sign::{SignatureParams, SignedHeaders, SigningKey, sign};
pub use verify::{Algorithm, Policy, Verified, VerifyingKey, verify};
