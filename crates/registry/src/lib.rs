//! What the system does, in one place each: submissions, records, looks, certificates, the log.
//!
//! [`Registry`] is the only face. Its operations take ids and plain values and answer types of their own,
//! one for each audience; what an audience may not see is not in its type.
//!
//! | room | holds |
//! | --- | --- |
//! | `submission` | taking files in, the desk, taking back, uploads and their spool |
//! | `record`, `person`, `event`, `notice` | repositories: the SQL, written once |
//! | `licence`, `effect` | which licences a number speaks of; what decisions do to them |
//! | `view` | a record opened, with its days and today's status |
//! | `mine`, `look` | the person's own view; a body's inquiry |
//! | `consent`, `mandate` | what the person lets others see; who acts for them |
//! | `staff`, `at_work`, `oversight` | who asks for a body; what stops them, and the reviewers' queue |
//! | `authority_key`, `reviewer_key` | the keys that signed requests are checked with, and whose they are |
//! | `breach` | reports of breaches, and telling whom they affect |
//! | `dispute_flags` | which records are disputed |
//! | `certificate` | issue, revoke, status lists, verify |
//! | `log` | leaves, tiles, checkpoints, receipts, recovery |
//! | `retention` | destroying what was kept long enough |
//! | `erasure` | writing apart what is destroyed, doing it again after a restore, proving it |
//! | `alert` | telling those who license the same profession, here and at peers |
//! | `good_record` | commendations proposed and published, pledges, training: one operation a file |
//! | `procedure` | disputes, reconsiderations, restorations, complaints: one operation a file |
//! | `dispute_flags` | which records show as disputed, or are shown to nobody until a dispute is answered |
//! | `reentry` | records that ended do not come back without a reviewer's certificate |
//! | `inbox`, `mail` | notices to bodies and reviewers; what is to be sent by e-mail |
//! | `email` | the address that a person gives, confirmed by a code |
//! | `due` | what a period or a day asks for by itself |

mod alert;
mod at_work;
mod auditor_key;
mod authority_key;
mod breach;
mod certificate;
mod consent;
mod day;
mod dispute_flags;
mod due;
mod effect;
mod email;
mod erasure;
mod error;
mod event;
mod for_body;
mod good_record;
mod inbox;
mod key_bytes;
mod lead;
pub mod leaf;
mod licence;
mod log;
mod look;
mod mail;
mod mandate;
mod mine;
mod notice;
mod open;
mod oversight;
mod person;
mod procedure;
mod record;
mod reentry;
mod retention;
mod reviewer_key;
mod setting;
mod sql;
mod staff;
mod submission;
mod view;

use std::sync::{Arc, Mutex};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use keys::Keyring;
use model::{Clock, Randomness};
use profile::Profile;
use sd_jwt::{IssuerMetadata, JwkSet, P256Signer};
use storage::{Store, StoreError};

pub use alert::{
    AlertContent, AlertError, AlertItem, AlertMessage, AlertReceiverView, AlertTaken, AlertView, ClosedAlert,
    Delivered, LateAlerts, LateAuthority, LatePeer, NewPeer, OpenedAlert, Peer, PeerClient, PeerError,
    PeerFault, PeerKey, PutBack, PutBackTaken, ReceiveError, SentAlert,
};
pub use auditor_key::{Auditor, AuditorKey, AuditorKeyError};
pub use authority_key::{AuthorityKey, AuthorityKeyError, PORTAL_KEYS};
pub use breach::{BreachReported, BreachTold, ReportBreach};
pub use certificate::{
    Answer, CertificateError, CertificateView, Check, Checker, Chosen, Claims, Issued, PLACES, StatusKnown,
    Trust, TrustError, VCT, Why, note_restored,
};
pub use consent::{AskedConsent, ConsentAsk, ConsentError, ConsentView};
pub use due::Due;
pub use email::{AskedEmail, CodeLetter, EmailError, EmailView};
pub use erasure::{ErasureCheck, ErasureProof, ErasureProofError, ReadErasures, read_erasures};
pub use error::RegistryError;
pub use event::{EventKind, INSTALLATION, SELF};
pub use for_body::ForBody;
pub use good_record::{
    GoodRecord, OpenedProposal, OwnProposal, PledgeError, PledgeView, ProposalError, ProposalItem,
    ProposalStanding, ProposalView, Propose, Publication, PublicationError, PublishedCommendation,
    PublishedPage, TakeUp, TrainingYear,
};
pub use inbox::BodyNotice;
pub use log::{LogSummary, Receipt, StoredLog};
pub use look::{
    InquiryAnswer, InquiryError, InquiryRequest, LookDetail, LookReceipt, LookUnder, OwnLook, SeenRecord,
    Under,
};
pub use mail::{MailError, MailLease, MailLetter};
pub use mandate::{Mandate, MandateError, MandateScope, NewMandate};
pub use mine::{EventView, PersonFile};
pub use notice::{Notice, NoticeKind};
pub use open::Parts;
pub use oversight::{
    Cause, Change, LookFinding, OversightStep, ReviewCase, ReviewError, ReviewItem, ReviewQueue, Stop,
    Unnumbered, Verdict,
};
pub use person::Identity;
pub use procedure::{
    Answer as DisputeAnswer, Apply, CarryOut, Complain, DeskProcedure, FileFault as ProcedureFileFault,
    Finding, Found, NamedRecord, OpenDispute, OutsideOrder, ProcedureError, ProcedureSummary, ProcedureView,
    Reader, Reconsider, RestorationAnswer, TimelineStep, file_whole as procedure_file_whole,
};
pub use reentry::ReentryError;
pub use reviewer_key::{KeyHolder, Reviewer, ReviewerKey};
pub use staff::{NewStaff, StaffError, StaffMember};
pub use submission::{
    Counts, Left, RowFilter, RowOutcome, RowView, Submission, SubmissionFile, SubmissionState,
    SubmissionView, SubmitError, TakeBack, TakeBackError, Upload, UploadError, UploadRequest,
};
pub use view::{Days, Fields, RecordView, VersionView};

/// The registry: everything that the portal, the interface and the command line do.
#[derive(Clone)]
pub struct Registry {
    store: Arc<dyn Store>,
    keys: Arc<Keyring>,
    profile: Arc<Profile>,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    log: log::Log,
    issuer: Arc<P256Signer>,
    public_url: Arc<str>,
    time_zone: TimeZone,
    spool: submission::spool::Spool,
    /// The last day whose due records this process has destroyed.
    erased_on: Arc<Mutex<Option<Date>>>,
    /// The key that messages to peers are signed with.
    peer_pkcs8: Arc<zeroize::Zeroizing<Vec<u8>>>,
    /// What is destroyed is written here first.
    apart: erasure::Apart,
    /// How much was done again when it was opened.
    again: erasure::Again,
}

impl Registry {
    /// The profile of this installation.
    pub fn profile(&self) -> &Arc<Profile> {
        &self.profile
    }

    /// The keyring of this installation.
    pub fn keys(&self) -> &Arc<Keyring> {
        &self.keys
    }

    /// The address under which this installation is known; also the name of the issuer of its certificates.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The day in the profile's time zone.
    pub fn today(&self) -> Date {
        self.day_of(self.clock.now())
    }

    /// How many erasures the database did not hold when it was opened, as after a restore of an older copy, and
    /// which were done again.
    pub fn erased_again(&self) -> usize {
        self.again.erased
    }

    /// How much that was taken back, consents, publications, accounts and the like, the database did not hold as taken
    /// back when it was opened, and was taken back again.
    pub fn withdrawn_again(&self) -> usize {
        self.again.withdrawn
    }

    /// The time zone of the profile.
    pub fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }

    fn day_of(&self, at: Timestamp) -> Date {
        at.to_zoned(self.time_zone.clone()).date()
    }

    /// The issuer of certificates with its keys.
    pub fn issuer(&self) -> IssuerMetadata {
        IssuerMetadata {
            issuer: self.public_url.to_string(),
            jwks: JwkSet {
                keys: vec![self.issuer.public_key().to_jwk()],
            },
        }
    }

    /// What a verifier needs to check certificates without a network: the issuer's keys and its status lists
    /// as of now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn trust(&self) -> Result<Trust, RegistryError> {
        Ok(Trust {
            issuers: vec![self.issuer()],
            status_lists: self.status_lists().await?,
        })
    }
}

/// The moment so many seconds after 1970.
fn time(seconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_second(seconds).map_err(|_| StoreError::Shape("a time is expected"))
}
