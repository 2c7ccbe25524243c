//! What an authority's machine sends with: signed requests, and uploads that go on after a broken connection.
//!
//! ```no_run
//! # use std::{path::Path, sync::Arc};
//! # fn example(clock: Arc<dyn model::Clock>, randomness: Arc<dyn model::Randomness>)
//! # -> Result<(), api::client::ClientError> {
//! use api::client::Client;
//! let client = Client::open("https://standing.example", Path::new("law-bureau.pem"), clock, randomness)?;
//! let filed = client.submit(Path::new("licences.csv"), model::RecordKind::Licence, &|_bytes| ())?;
//! assert_eq!(filed.counts.rejected, 0);
//! # Ok(())
//! # }
//! ```

mod alerts;
mod call;
mod error;
mod exchange;
mod key_file;
mod submit;

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use http::Uri;
use intake::MessageLanguage;
use jiff::Timestamp;
use model::{Clock, Randomness};
use serde_json::Value;
use ureq::Agent;

pub use alerts::HttpPeers;
pub use call::Called;
pub use error::{ClientError, Refusal};
pub use key_file::{AuthorityKeyFile, KeyFileError, parse_public_key};
pub use submit::{Filed, sha256_of};

/// How often, and how long after each other, something is tried again.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How many times in a row nothing may get through.
    pub tries: u32,
    /// The first wait; each is twice the one before.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
}

impl Default for Patience {
    /// Gives up after about four minutes.
    fn default() -> Self {
        Self {
            tries: 12,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(30),
        }
    }
}

impl Patience {
    fn wait(&self, failures: u32) -> Duration {
        let doubled = self
            .first
            .saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1).min(16)));
        doubled.min(self.longest)
    }
}

/// A server that could not be reached, and is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trying {
    /// Its address.
    pub server: String,
    /// What went wrong.
    pub cause: String,
    /// When it is given up.
    pub until: Timestamp,
}

/// Who hears that a server is tried again.
type Remark = Box<dyn Fn(&Trying) + Send + Sync>;

/// A client of one server with one key. Blocks; not for async tasks.
pub struct Client {
    agent: Agent,
    scheme: String,
    authority: String,
    /// What stands before the interface's own paths.
    prefix: String,
    key: AuthorityKeyFile,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    patience: Patience,
    language: MessageLanguage,
    /// The authority that files are meant to be of.
    files_for: Option<String>,
    remark: Option<Remark>,
    /// Whether the server ever answered.
    reached: AtomicBool,
}

impl Client {
    /// A client of the server at this address, its public one, with the key in this file.
    ///
    /// # Errors
    /// When the file cannot be read or holds no key, or the address is none.
    pub fn open(
        server: &str,
        key: &Path,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, ClientError> {
        let text = zeroize::Zeroizing::new(std::fs::read_to_string(key).map_err(ClientError::File)?);
        Self::new(server, AuthorityKeyFile::read(&text)?, clock, randomness)
    }

    /// The same with a key that was read before.
    ///
    /// # Errors
    /// When the address is none.
    pub fn new(
        server: &str,
        key: AuthorityKeyFile,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, ClientError> {
        let uri: Uri = server.parse().map_err(|_| ClientError::Address)?;
        let scheme = uri
            .scheme_str()
            .filter(|scheme| ["https", "http"].contains(scheme));
        let (Some(scheme), Some(authority)) = (scheme, uri.authority()) else {
            return Err(ClientError::Address);
        };
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            // A signature counts for one address alone.
            .max_redirects(0)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_per_read(Some(Duration::from_secs(60)))
            .timeout_per_write(Some(Duration::from_secs(60)))
            .user_agent(concat!("standing/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Ok(Self {
            agent,
            scheme: scheme.to_owned(),
            authority: authority.to_string(),
            prefix: uri.path().trim_end_matches('/').to_owned(),
            key,
            clock,
            randomness,
            patience: Patience::default(),
            language: MessageLanguage::En,
            files_for: None,
            remark: None,
            reached: AtomicBool::new(false),
        })
    }

    /// With messages in this language.
    #[must_use]
    pub fn with_language(mut self, language: MessageLanguage) -> Self {
        self.language = language;
        self
    }

    /// Filing for this authority alone: the server refuses the files where the key is another's.
    #[must_use]
    pub fn filing_for(mut self, authority: impl Into<String>) -> Self {
        self.files_for = Some(authority.into());
        self
    }

    /// With somebody who hears when the server cannot be reached and is tried again: of the first failure in a row.
    #[must_use]
    pub fn with_remark(mut self, remark: impl Fn(&Trying) + Send + Sync + 'static) -> Self {
        self.remark = Some(Box::new(remark));
        self
    }

    /// With more or less patience.
    #[must_use]
    pub fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Takes a submission back, or the rows of one that were left before, and answers the server's report.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn take_back(&self, submission: &str) -> Result<Value, ClientError> {
        let path = format!("/api/v1/submissions/{submission}/take-back");
        self.patiently(|| self.json(&exchange::Ask::post(&path)))
    }
}
