//! The table of the people's own yeses. Which of them are published is worked out when somebody asks: the version
//! that the person said yes to has to stand today, undisputed.

use jiff::Timestamp;
use keys::DataKey;
use model::{PersonId, RecordId, RecordKind, RecordStatus};
use storage::{Param, StoreError, Tx};

use super::PublicationError;
use crate::{RecordView, Registry, RegistryError, dispute_flags::Flags, record, view};

/// A yes of a person, as they see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Publication {
    /// The commendation.
    pub record: RecordId,
    /// The version that they said yes to.
    pub version: i64,
    /// When they did.
    pub given_at: Timestamp,
    /// Whether it is published today: that version stands, and nobody disputes it.
    pub published: bool,
}

/// A yes as it is stored.
pub(super) struct Given {
    pub(super) person: PersonId,
    pub(super) record: RecordId,
    pub(super) version: i64,
    pub(super) at: Timestamp,
}

impl Given {
    /// Whether this is published, where it is all that stands in the way.
    pub(super) fn holds(&self, view: &RecordView) -> bool {
        let version = view.versions.last().map(|version| version.version);
        view.record == self.record && version == Some(self.version) && why_not(view).is_none()
    }
}

/// What keeps a commendation from being published, whether or not its person wants it.
pub(super) fn why_not(view: &RecordView) -> Option<PublicationError> {
    if view.kind != RecordKind::Commendation {
        return Some(PublicationError::NoSuchCommendation);
    }
    if view.status != RecordStatus::InForce {
        return Some(PublicationError::NotStanding);
    }
    (view.disputed || view.withheld).then_some(PublicationError::Disputed)
}

/// The yeses that `which` finds.
pub(super) fn select(tx: &mut dyn Tx, which: &str, params: &[Param<'_>]) -> Result<Vec<Given>, StoreError> {
    let sql = format!("SELECT person, record, version, published_at FROM published_commendation {which}");
    let rows = tx.query(&sql, params)?;
    rows.into_iter()
        .map(|mut row| {
            Ok(Given {
                person: PersonId::from_bytes(row.array()?),
                record: RecordId::from_bytes(row.array()?),
                version: row.int()?,
                at: crate::time(row.int()?)?,
            })
        })
        .collect()
}

/// Every yes of a person.
pub(super) fn of_person(tx: &mut dyn Tx, person: PersonId) -> Result<Vec<Given>, StoreError> {
    select(
        tx,
        "WHERE person = $1 ORDER BY record",
        &[Param::Blob(person.as_bytes())],
    )
}

/// A commendation of this person as it stands today.
pub(super) fn commendation(
    tx: &mut dyn Tx,
    this: &Registry,
    (person, key): (PersonId, &DataKey),
    record: RecordId,
) -> Result<Option<RecordView>, RegistryError> {
    let versions = record::versions(tx, person, record)?;
    let mut views = view::records(&this.profile, this.today(), key, &versions)?;
    Flags::load(tx, person)?.mark(&mut views, this.today(), Some(key))?;
    Ok(views
        .into_iter()
        .find(|view| view.kind == RecordKind::Commendation))
}
