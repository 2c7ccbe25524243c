//! What every page needs: the registry, the key for sessions, and the demonstration's people if it is one.

use std::sync::{Arc, OnceLock};

use keys::SystemRandomness;
use model::{PersonId, Randomness, procedure::ReviewerId};
use paper::{Fonts, PaperError};
use profile::{Profile, Text2};
use registry::Registry;
use ring::hmac;
use tokio::sync::Semaphore;

use crate::session;

/// How many heavy things (PDFs to set) are done at a time for people who are signed in; the others wait. This and the
/// next ones bound the memory.
const HEAVY_AT_ONCE: usize = 2;
/// How many certificates that anybody sent are read at a time, beside what is done for people who are signed in.
const CHECKING_AT_ONCE: usize = 2;
/// How many authorities' files are taken in at a time.
const FILINGS_AT_ONCE: usize = 2;
/// How many KiB of authorities' files are in memory.
const FILES_KIB: usize = 128 * 1024;
/// How many KiB of forms with files of people are in memory.
const CASES_KIB: usize = 192 * 1024;
/// How many KiB of certificates to check are in memory.
const CHECKS_KIB: usize = 128 * 1024;

/// A made-up person whom anybody may sign in as.
#[derive(Debug, Clone)]
pub struct DemoPerson {
    /// Their pseudonym.
    pub person: PersonId,
    /// Their made-up name.
    pub name: String,
    /// What there is to see as them.
    pub about: Text2,
}

/// A made-up member of a body's staff whom anybody may sign in as.
#[derive(Debug, Clone)]
pub struct DemoStaff {
    /// The body: an authority or an inquirer.
    pub body: String,
    /// The account.
    pub staff: String,
    /// Their made-up name.
    pub name: String,
}

/// A made-up reviewer whom anybody may sign in as.
#[derive(Debug, Clone)]
pub struct DemoReviewer {
    /// The account.
    pub reviewer: ReviewerId,
    /// Their made-up name.
    pub name: String,
}

/// A demonstration: everybody in it is made up, and anybody may sign in as any of them.
#[derive(Debug, Clone)]
pub struct Demo {
    /// The people to sign in as.
    pub people: Vec<DemoPerson>,
    /// The members of bodies' staff to sign in as.
    pub staff: Vec<DemoStaff>,
    /// The reviewers to sign in as.
    pub reviewers: Vec<DemoReviewer>,
}

/// What becomes of letters by e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// There are none: no mail server is set.
    None,
    /// They are sent.
    Sent,
    /// They are printed where the demonstration runs.
    Printed,
}

/// What the portal is made of.
pub struct WebState {
    pub(crate) registry: Registry,
    pub(crate) demo: Option<Demo>,
    pub(crate) letters: Letters,
    pub(crate) session_key: hmac::Key,
    pub(crate) left: session::Left,
    pub(crate) randomness: Arc<dyn Randomness>,
    pub(crate) heavy: Arc<Semaphore>,
    pub(crate) checking: Arc<Semaphore>,
    pub(crate) filings: Arc<Semaphore>,
    pub(crate) files: Arc<Semaphore>,
    pub(crate) cases: Arc<Semaphore>,
    pub(crate) checks: Arc<Semaphore>,
    fonts: OnceLock<Option<Arc<Fonts>>>,
}

impl WebState {
    /// The portal of this registry. Without `demo` nobody can sign in: no way to is set up yet.
    pub fn new(registry: Registry, demo: Option<Demo>) -> Self {
        let session_key = hmac::Key::new(hmac::HMAC_SHA256, registry.keys().session_key());
        Self {
            registry,
            demo,
            letters: Letters::None,
            session_key,
            left: session::Left::default(),
            randomness: Arc::new(SystemRandomness::new()),
            heavy: Arc::new(Semaphore::new(HEAVY_AT_ONCE)),
            checking: Arc::new(Semaphore::new(CHECKING_AT_ONCE)),
            filings: Arc::new(Semaphore::new(FILINGS_AT_ONCE)),
            files: Arc::new(Semaphore::new(FILES_KIB)),
            cases: Arc::new(Semaphore::new(CASES_KIB)),
            checks: Arc::new(Semaphore::new(CHECKS_KIB)),
            fonts: OnceLock::new(),
        }
    }

    /// The same portal, which says that this becomes of letters.
    #[must_use]
    pub fn with_letters(self, letters: Letters) -> Self {
        Self { letters, ..self }
    }

    pub(crate) fn profile(&self) -> &Profile {
        self.registry.profile()
    }

    /// Cookies go over TLS alone, but where the address is this machine's own and has none.
    pub(crate) fn secure_cookies(&self) -> bool {
        self.registry.public_url().starts_with("https://")
    }

    /// The name of a made-up person.
    pub(crate) fn demo_name(&self, person: PersonId) -> Option<&str> {
        let people = &self.demo.as_ref()?.people;
        people
            .iter()
            .find(|one| one.person == person)
            .map(|one| one.name.as_str())
    }

    /// The name of a made-up member of a body's staff.
    pub(crate) fn demo_staff_name(&self, body: &str, staff: &str) -> Option<&str> {
        let all = &self.demo.as_ref()?.staff;
        let found = all.iter().find(|one| one.body == body && one.staff == staff);
        found.map(|one| one.name.as_str())
    }

    /// The name of a made-up reviewer.
    pub(crate) fn demo_reviewer_name(&self, reviewer: &ReviewerId) -> Option<&str> {
        let all = &self.demo.as_ref()?.reviewers;
        let found = all.iter().find(|one| one.reviewer == *reviewer);
        found.map(|one| one.name.as_str())
    }

    /// The fonts for PDFs; they are large, so they are read when the first PDF is asked for. Blocks.
    pub(crate) fn fonts(&self) -> Option<Arc<Fonts>> {
        let load = || {
            Fonts::load()
                .inspect_err(|error: &PaperError| tracing::error!(%error, "no fonts"))
                .ok()
        };
        self.fonts.get_or_init(load).clone()
    }
}
