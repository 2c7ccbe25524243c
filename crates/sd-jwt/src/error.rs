//! Why a text was refused.

use thiserror::Error;

use crate::{KeyError, StatusListError};

/// Why a credential, presentation or status list token was refused.
///
/// [`code`](Self::code) is stable. No message holds anything that the text says of a person.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The text is not in the form that the specification asks for.
    #[error("the text is not in form: {0}")]
    Malformed(&'static str),
    /// The text is longer than this crate reads.
    #[error("the text is longer than {limit_bytes} bytes")]
    TooLarge {
        /// The longest text that is read, in bytes.
        limit_bytes: usize,
    },
    /// The `typ` header is not the expected one, so this token is for something else.
    #[error("the token is of another type; expected typ {expected}")]
    WrongType {
        /// The `typ` that would be right.
        expected: &'static str,
    },
    /// The signature algorithm is unknown, not allowed here, or not that of the issuer's key.
    #[error("the signature algorithm is not allowed for this key")]
    AlgorithmNotAllowed,
    /// The issuer, or the issuer's key that the token names, is not among the trusted ones.
    #[error("the issuer or its key is not among the trusted ones")]
    UnknownIssuer,
    /// The signature does not fit, or a disclosure belongs to no digest.
    #[error("the text was altered after it was signed: {0}")]
    Altered(&'static str),
    /// The end of validity (`exp`) has passed.
    #[error("the validity ended at {expired_at} (unix seconds)")]
    Expired {
        /// The `exp` of the token, in unix seconds.
        expired_at: i64,
    },
    /// The start of validity (`nbf`, or `iat` when later) lies ahead.
    #[error("the validity begins at {valid_from} (unix seconds)")]
    NotYetValid {
        /// The time from which the token is valid, in unix seconds.
        valid_from: i64,
    },
    /// The credential is of another kind (`vct`) than the one that was asked for.
    #[error("the credential is of another kind than the one asked for")]
    WrongKind,
    /// The verifier asked for a key binding and there is none.
    #[error("there is no proof that the presenter holds the key")]
    KeyBindingMissing,
    /// The key binding does not fit the presentation, the verifier, the nonce or the time.
    #[error("the proof of the holder's key does not fit: {0}")]
    KeyBindingWrong(&'static str),
    /// The status list cannot answer for the credential.
    #[error("the status cannot be told: {0}")]
    Status(#[from] StatusListError),
}

impl VerifyError {
    /// The stable machine code of this refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::TooLarge { .. } => "too-large",
            Self::WrongType { .. } => "wrong-type",
            Self::AlgorithmNotAllowed => "algorithm-not-allowed",
            Self::UnknownIssuer => "unknown-issuer",
            Self::Altered(_) => "altered",
            Self::Expired { .. } => "expired",
            Self::NotYetValid { .. } => "not-yet-valid",
            Self::WrongKind => "wrong-kind",
            Self::KeyBindingMissing => "key-binding-missing",
            Self::KeyBindingWrong(_) => "key-binding-wrong",
            Self::Status(error) => error.code(),
        }
    }
}

impl From<KeyError> for VerifyError {
    fn from(_: KeyError) -> Self {
        Self::Malformed("a public key in the token is not in form")
    }
}
