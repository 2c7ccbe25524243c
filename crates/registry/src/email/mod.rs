//! The address at which a person wants to be told that there is something in their inbox. It counts only once they
//! have shown that it is theirs, by the code in a letter to it. Address and code are sealed under the person's key
//! until then; a code holds for half an hour and a few tries, and only a few are sent a day, so that nobody can have
//! letters poured on somebody else.

mod ask;
mod confirm;
mod remove;
mod store;

use jiff::Timestamp;
use model::PersonId;
use storage::{Access, StoreError};

use crate::{Registry, RegistryError};
pub(crate) use store::{failed, forget, forget_old, lease, sent};

/// For how long a code holds, in seconds.
const HOLDS: i64 = 30 * 60;
/// How often a code may be entered.
const TRIES: i64 = 5;
/// How many codes are sent within [`ASKS_WITHIN`].
const ASKS: i64 = 5;
/// The time within which codes are counted, in seconds: a day.
const ASKS_WITHIN: i64 = 24 * 60 * 60;
/// How many digits a code has.
const DIGITS: usize = 8;

/// Why an address is not taken or not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum EmailError {
    /// It is no address.
    #[error("this is no e-mail address")]
    NoAddress,
    /// Nobody is known under this identifier.
    #[error("nobody is known here")]
    NobodyKnown,
    /// As many codes were sent as are sent within a day.
    #[error("no more codes are sent today")]
    TooOften,
    /// There is no address to confirm.
    #[error("there is no address to confirm")]
    NothingAsked,
    /// The code's time is over.
    #[error("the code's time is over")]
    Expired,
    /// The code is another one; it may be entered so many times more.
    #[error("this is not the code; {0} tries are left")]
    WrongCode(i64),
    /// The code was entered wrongly too often and is worth nothing any more.
    #[error("the code was entered wrongly too often")]
    UsedUp,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl EmailError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoAddress => "email-invalid",
            Self::NobodyKnown => "person-unknown",
            Self::TooOften => "email-asked-too-often",
            Self::NothingAsked => "email-nothing-asked",
            Self::Expired => "email-code-expired",
            Self::WrongCode(_) => "email-code-wrong",
            Self::UsedUp => "email-code-used-up",
            Self::Registry(_) => "failed",
        }
    }
}

impl From<StoreError> for EmailError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

/// How far the letter with a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeLetter {
    /// It is yet to be sent.
    Waits,
    /// It was sent.
    Sent,
    /// It will not arrive: the server there refuses it.
    Refused,
}

/// An address that is yet to be confirmed. Its debug form shows no address.
#[derive(Clone, PartialEq, Eq)]
pub struct AskedEmail {
    /// The address.
    pub address: String,
    /// How far the letter is.
    pub letter: CodeLetter,
    /// Until when its code holds.
    pub until: Timestamp,
    /// How often the code may be entered.
    pub tries_left: i64,
}

impl std::fmt::Debug for AskedEmail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AskedEmail")
            .field("letter", &self.letter)
            .field("until", &self.until)
            .field("tries_left", &self.tries_left)
            .finish_non_exhaustive()
    }
}

/// What is held for e-mail to a person, for that person. Its debug form shows no address.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct EmailView {
    /// The address on file, which was confirmed.
    pub address: Option<String>,
    /// One that is yet to be confirmed.
    pub asked: Option<AskedEmail>,
}

impl std::fmt::Debug for EmailView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmailView")
            .field("on_file", &self.address.is_some())
            .field("asked", &self.asked)
            .finish()
    }
}

impl Registry {
    /// The address that a person has on file, and the one that they are about to confirm.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn email_of(&self, person: PersonId) -> Result<EmailView, RegistryError> {
        let this = self.clone();
        self.store
            .run_async("email.read", Access::Read, move |tx| {
                let now = this.clock.now().as_second();
                let address = this.address(tx, person)?;
                let asked = store::find(tx, &this.keys, person)?;
                let asked = asked.filter(|asked| asked.expires_at > now);
                Ok(EmailView {
                    address,
                    asked: asked.map(store::Asked::shown).transpose()?.flatten(),
                })
            })
            .await
    }
}
