//! The words of Standing as types: identifiers, kinds of record, the status of a record worked out from
//! its dates, the four procedures, and the two things that everything else takes as parameters, the clock and
//! randomness.
//! Nothing here does input or output.

#[macro_use]
mod named;

mod clock;
pub mod consent;
mod id;
pub mod procedure;
mod randomness;
mod record;

pub use clock::{Clock, FixedClock};
pub use id::{
    AlertId, BreachId, CertificateId, ConsentId, EventId, FileId, IdError, LeafIndex, MandateId, NoticeId,
    PersonId, PledgeId, ProcedureId, ProposalId, RecordId, SubmissionId,
};
pub use randomness::{Randomness, RandomnessError};
pub use record::{RecordKind, RecordStatus, VersionKind};
