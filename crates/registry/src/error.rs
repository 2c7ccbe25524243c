//! The one error of the registry's own failures. What a person or an authority may be told has types of its
//! own, beside the operation that says it.

use keys::{KeystoreError, SealError, SigningError};
use model::RandomnessError;
use storage::StoreError;

/// The registry could not do its work. Nothing in it is personal; none of it is shown to clients.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Sealed data does not open.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A signing key is unusable.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The secret cannot be read.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// The log is not what its checkpoint says.
    #[error("the log does not match its checkpoint: {0}")]
    Log(String),
    /// The erasures that are written apart were changed, or are of another installation.
    #[error("line {0} of the erasures written apart is not what this installation wrote")]
    ErasuresChanged(u64),
    /// The database is new, beside a file of erasures that is not.
    #[error("the database is empty, but this installation is not new: put a copy of its database back")]
    DatabaseGone,
    /// A file of the installation cannot be read or written.
    #[error("a file of the installation cannot be read or written: {0}")]
    File(#[from] std::io::Error),
    /// What is stored cannot be understood.
    #[error("what is stored cannot be understood: {0}")]
    Stored(&'static str),
    /// The installation belongs to another profile or address.
    #[error("this installation was made for {made_for}, not for {given}")]
    OtherInstallation {
        /// What it was made for.
        made_for: String,
        /// What was given now.
        given: String,
    },
    /// A certificate could not be made.
    #[error("the certificate could not be made: {0}")]
    Certificate(String),
}
