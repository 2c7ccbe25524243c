//! Why a request's signature is refused, each with a stable code.

/// A fault of a signature. None of them holds anything of the request but names of components.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// No signature with the wanted tag.
    #[error("the request has no signature with the tag this service asks for")]
    Missing,
    /// Several signatures with the wanted tag.
    #[error("the request has several signatures with the same tag; send one")]
    Ambiguous,
    /// A field can't be parsed, or is too long.
    #[error("{field}: {problem}")]
    Malformed {
        /// The name of the field.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A parameter that must be there isn't, or has another type.
    #[error("Signature-Input: the parameter {0} is missing or not of its type")]
    ParameterMissing(&'static str),
    /// A component that must be covered isn't, or is covered and not in the request.
    #[error("the signature has to cover {0}, and the request has to have it")]
    ComponentMissing(String),
    /// A component that this crate doesn't support is covered.
    #[error("the signature covers {0}, which is not supported here")]
    ComponentUnsupported(String),
    /// The algorithm isn't supported or isn't the key's.
    #[error("the signature's algorithm is not supported; sign with ed25519")]
    AlgorithmUnsupported,
    /// Nobody knows the key.
    #[error("the key is not known or no longer valid here")]
    KeyUnknown,
    /// The signature was made in the future.
    #[error("the signature's created is in the future; check the clock of the sender")]
    NotYetValid,
    /// The signature has expired or is older than allowed.
    #[error("the signature has expired; sign the request again")]
    Expired,
    /// The signature doesn't fit the request and the key.
    #[error("the signature does not fit this request and key")]
    Invalid,
    /// The body isn't the one that was signed.
    #[error("the body does not fit its Content-Digest; send it again")]
    DigestMismatch,
    /// The body has no Content-Digest, or none with an algorithm that counts.
    #[error("a request with a body needs a Content-Digest with sha-256 or sha-512, covered by the signature")]
    DigestMissing,
    /// A parameter can't be written into a field.
    #[error("{0}: only printable ASCII can be signed")]
    Unwritable(&'static str),
}

impl SignatureError {
    /// The stable code of this fault.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "signature-missing",
            Self::Ambiguous => "signature-ambiguous",
            Self::Malformed { .. } => "signature-malformed",
            Self::ParameterMissing(_) => "parameter-missing",
            Self::ComponentMissing(_) => "component-missing",
            Self::ComponentUnsupported(_) => "component-unsupported",
            Self::AlgorithmUnsupported => "algorithm-unsupported",
            Self::KeyUnknown => "key-unknown",
            Self::NotYetValid => "signature-not-yet-valid",
            Self::Expired => "signature-expired",
            Self::Invalid => "signature-invalid",
            Self::DigestMismatch => "digest-mismatch",
            Self::DigestMissing => "digest-missing",
            Self::Unwritable(_) => "parameter-unwritable",
        }
    }
}
