//! Profiles: all that is particular to a jurisdiction, as files that a lawyer can read. Code knows no
//! province; whatever differs from place to place is said here, with its citation.
//!
//! A profile is a directory of TOML files, which profiles/README.md lists, and one more a kind of record in
//! `record-types/`. [`Profile::load`] reads and checks all of it and names every fault with file, line, key
//! and what would be right. [`Profile::check_calendar`] is apart, since its answer depends on the day.
//!
//! What Standing never does is held here too: a profile can't ask for a score, a list of people, a field
//! about beliefs, an inquiry without a ceiling, or a look that never shows.

// First, for the macro in it.
#[macro_use]
mod text;

mod association;
mod body;
mod by_day;
mod calendar;
mod fault;
mod identity;
mod law;
mod limits;
mod load;
mod notices;
mod oversight;
mod periods;
mod pledge;
mod procedure;
mod profile;
mod purpose;
mod record_type;
mod schema;

pub use association::{Association, Proposals};
pub use body::{Authority, Court, Inquirer};
pub use by_day::{ByDay, Held};
pub use calendar::{Calendar, CalendarYear};
pub use fault::ProfileFault;
pub use identity::{BirthDatePlace, CheckDigits, IdentityFault, IdentityNumber, IdentityRule, Part};
pub use law::{Citation, Ground, LegalBasis, Permission};
pub use limits::{HIGHEST_DAILY_CEILING, LONGEST_CONSENT_DAYS, LONGEST_DELAY_DAYS, MOST_CONSENT_LOOKS};
pub use notices::{CodeTexts, NoticeTexts};
pub use oversight::{OddHours, Oversight};
pub use periods::{DecisionDays, DecisionKind, DisclosurePeriod, RetentionPeriod};
pub use pledge::Pledge;
pub use procedure::{Deadline, FileFormat, FileLimits, Number, Procedures};
pub use profile::{Profession, Profile, YOUNGEST, is_minor};
pub use purpose::{ConsentTerms, Delay, Purpose};
pub use record_type::{Choice, Field, FieldKind, LicenceEffect, Penalty, RecordType, Span, fold_heading};
pub use text::{Language, Text2};
