//! Ends of a record that a procedure brings: withdrawn, it was never valid; restored, it was, and no longer counts.
//! Each is a version of its own, and the document does not come in again unasked.

use jiff::Timestamp;
use keys::DataKey;
use model::{PersonId, ProcedureId, RecordId, RecordKind, RecordStatus, SubmissionId, VersionKind};
use storage::{Param, Tx};

use super::ProcedureError;

use crate::{
    Registry, RegistryError,
    certificate::{Why, revoke},
    leaf,
    licence::Licences,
    log,
    record::{self, Sealed, Version, VersionHead, VersionPlace},
    reentry,
    submission::incoming::{self, Common},
};

/// The row number of a version that a procedure makes: rows are counted from 1.
const NO_ROW: u64 = 0;

/// Which record ends, and how.
pub(super) struct End {
    pub(super) person: PersonId,
    pub(super) record: RecordId,
    /// The procedure that ends it, in place of a submission.
    pub(super) by: ProcedureId,
    pub(super) change: VersionKind,
    pub(super) at: Timestamp,
}

/// Adds the version that ends a record, and ends the certificates that say otherwise. Answers its number. One that is
/// withdrawn already is as it is to be. None: the record is erased, or has ended otherwise.
pub(super) fn end(
    tx: &mut dyn Tx,
    this: &Registry,
    of_person: &DataKey,
    end: &End,
) -> Result<Option<i64>, RegistryError> {
    let versions = record::versions(tx, end.person, end.record)?;
    let Some(latest) = versions.last().filter(|latest| latest.sealed.is_some()) else {
        return Ok(None);
    };
    match (latest.head.change, end.change) {
        // As when the authority took back the submission that it came in.
        (VersionKind::Withdrawn, VersionKind::Withdrawn) => return Ok(Some(latest.head.version)),
        (VersionKind::Withdrawn, _) | (VersionKind::Restored, VersionKind::Restored) => return Ok(None),
        // One that no longer counts may turn out never to have been valid.
        _ => {}
    }
    let randomness = &*this.randomness;
    let mut head = VersionHead {
        version: latest.head.version + 1,
        change: end.change,
        submission: SubmissionId::from_bytes(*end.by.as_bytes()),
        row_number: NO_ROW,
        filed_at: end.at,
        ..latest.head.clone()
    };
    // What its certificates say is worked out before it is gone.
    let reached = match latest.head.change {
        VersionKind::Restored => Vec::new(),
        _ => reached(tx, &latest.head)?,
    };
    let key = DataKey::generate(randomness)?;
    let salt = leaf::salt(randomness)?;
    let place = VersionPlace::new(head.person, head.record, head.version);
    let content = place.seal(&key, &salt, &[], randomness)?;
    let wrapped_key = place.wrap(of_person, &key, randomness)?.to_vec();
    head.leaf = log::append(tx, &[incoming::entry_of(&salt, &head, &[])])?;
    let (version, document) = (head.version, head.document);
    let common = Common {
        submission: head.submission,
        authority: head.authority.clone(),
        kind: head.kind,
        at: end.at,
        today: this.day_of(end.at),
    };
    let sealed = Some(Sealed {
        wrapped_key,
        content: content.into(),
    });
    record::insert(tx, &[Version { head, sealed }])?;
    reentry::end_document(tx, end.person, document, end.record, end.change.as_str(), end.at)?;
    if end.change == VersionKind::Withdrawn {
        tx.execute(
            "DELETE FROM document WHERE document = $1",
            &[Param::Blob(&document)],
        )?;
    }
    let ended: Vec<_> = reached
        .into_iter()
        .map(|(licence, why)| (end.person, licence, common.today, why))
        .collect();
    revoke::because_of_filing(tx, randomness, &common, &ended)?;
    Ok(Some(version))
}

/// The licences whose certificates end with this record.
fn reached(tx: &mut dyn Tx, head: &VersionHead) -> Result<Vec<(RecordId, Why)>, RegistryError> {
    Ok(match head.kind {
        RecordKind::Licence => vec![(head.record, Why::Withdrawn)],
        RecordKind::Decision => {
            let licences = Licences::of(&record::heads(tx, &[head.person])?);
            let spoken_of = licences.spoken_of(head).into_iter();
            spoken_of.map(|licence| (licence, Why::Corrected)).collect()
        }
        // The certificates that show it.
        RecordKind::Training => vec![(head.record, Why::Corrected)],
        RecordKind::Commendation => Vec::new(),
    })
}

/// A decision that was kept back is disclosed again: the certificates of the licences that it reaches end, since those
/// that were issued meanwhile speak as though it were not there.
pub(super) fn shown_again(
    tx: &mut dyn Tx,
    this: &Registry,
    person: PersonId,
    record: RecordId,
) -> Result<(), ProcedureError> {
    let (_, view) = this.record_of(tx, person, record)?;
    if view.kind != RecordKind::Decision
        || !matches!(
            view.status,
            RecordStatus::InForce | RecordStatus::Pending | RecordStatus::Expired
        )
    {
        return Ok(());
    }
    let versions = record::versions(tx, person, record)?;
    let Some(latest) = versions.last() else {
        return Ok(());
    };
    let common = Common {
        submission: latest.head.submission,
        authority: latest.head.authority.clone(),
        kind: latest.head.kind,
        at: this.clock.now(),
        today: this.today(),
    };
    let on = view.days.starts_on.unwrap_or(common.today).max(common.today);
    let ended: Vec<_> = reached(tx, &latest.head)?
        .into_iter()
        .map(|(licence, _)| (person, licence, on, Why::Decision))
        .collect();
    Ok(revoke::because_of_filing(tx, &*this.randomness, &common, &ended)?)
}
