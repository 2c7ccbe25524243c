//! Taking a submission back whole: every record that it made is withdrawn, every correction is undone, but
//! for those that were touched since. These are reported and left as they are.

use std::collections::HashSet;

use jiff::Timestamp;
use keys::DataKey;
use model::{PersonId, RecordId, RecordKind, SubmissionId, VersionKind};
use storage::{Access, Param, StoreError, Tx};

use super::{
    desk::{self, SubmissionState},
    incoming::{self, Common},
    outcome::Chunk,
};
use crate::{
    Registry, RegistryError, alert,
    certificate::{Why, revoke},
    leaf,
    licence::Licences,
    log, person, procedure,
    record::{self, Sealed, Version, VersionHead, VersionPlace},
};

/// What became of a submission that was taken back.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TakeBack {
    /// How many of its rows are taken back by now.
    pub taken_back: u64,
    /// The rows that were left as they are, with the reason.
    pub left: Vec<(u64, Left)>,
}

/// Why a row was left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Left {
    /// The record was corrected, withdrawn or restored since.
    ChangedSince,
    /// The person disputes the record, or another procedure is open about it, which comes first.
    ProcedureOpen,
    /// A decision speaks of the licence.
    HasDecision,
    /// Its retention period is over and it is erased.
    Erased,
}

/// Why a submission was not taken back.
#[derive(Debug, thiserror::Error)]
pub enum TakeBackError {
    /// The authority has no such submission.
    #[error("there is no such submission")]
    NoSuchSubmission,
    /// Its rows are not all filed.
    #[error("the submission is not done")]
    NotDone,
    /// It was taken back before, and nothing is left that could be taken back now.
    #[error("the submission was taken back before")]
    TakenBack,
    /// The time for it is over.
    #[error("the time for taking it back ended at {0}")]
    TooLate(Timestamp),
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<StoreError> for TakeBackError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

impl Registry {
    /// Takes a submission back. Rows touched since are reported, not forced. Blocks. After a kill half-way,
    /// asking again takes back the rest; so it does where rows were left and what kept them is gone.
    ///
    /// # Errors
    /// [`TakeBackError`].
    pub fn take_back(&self, authority: &str, id: SubmissionId) -> Result<TakeBack, TakeBackError> {
        let this = self.clone();
        let found = self.store.run("take-back.read", Access::Read, move |tx| {
            desk::read(tx, &this, id)
        })?;
        let stored = found
            .filter(|stored| stored.view.authority == authority)
            .ok_or(TakeBackError::NoSuchSubmission)?;
        match stored.view.state {
            SubmissionState::Done | SubmissionState::TakenBack => {}
            SubmissionState::Open | SubmissionState::Refused => return Err(TakeBackError::NotDone),
        }
        let (at, today) = (self.clock.now(), self.today());
        let again = stored.view.state == SubmissionState::TakenBack;
        if at > stored.view.take_back_until {
            return Err(match again {
                true => TakeBackError::TakenBack,
                false => TakeBackError::TooLate(stored.view.take_back_until),
            });
        }
        let common = Common {
            submission: id,
            authority: authority.into(),
            kind: stored.view.kind,
            at,
            today,
        };
        let key = std::sync::Arc::new(stored.key);
        let mut report = TakeBack::default();
        let (mut from, mut undone) = (0, 0);
        loop {
            let (this, common, key) = (self.clone(), common.clone(), key.clone());
            let part = self.store.run("take-back.part", Access::Write, move |tx| {
                let Some(chunk) = Chunk::next(tx, id, &key, from)? else {
                    return Ok(None);
                };
                let (part, now) = withdraw(tx, &this, &common, &chunk)?;
                Ok::<_, RegistryError>(Some((chunk.last_row() + 1, part, now)))
            })?;
            let Some((next, part, now)) = part else { break };
            from = next;
            undone += now;
            report.taken_back += part.taken_back;
            report.left.extend(part.left);
        }
        if again && undone == 0 && report.left.is_empty() {
            return Err(TakeBackError::TakenBack);
        }
        self.store.run("take-back.done", Access::Write, move |tx| {
            tx.execute(
                "UPDATE submission SET state = 'taken-back', taken_back_at = $1 WHERE submission = $2",
                &[Param::Int(at.as_second()), Param::Blob(id.as_bytes())],
            )?;
            Ok::<_, RegistryError>(())
        })?;
        self.integrate()?;
        Ok(report)
    }
}

/// Undoes what can be undone of these rows, and says how many versions that made.
fn withdraw(
    tx: &mut dyn Tx,
    this: &Registry,
    common: &Common,
    chunk: &Chunk,
) -> Result<(TakeBack, u64), RegistryError> {
    let (mut report, mut undone) = (TakeBack::default(), 0);
    let mut ended = Vec::new();
    let people: Vec<PersonId> = chunk
        .accepted()
        .map(|(_, person, _)| person)
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    let known = person::find(tx, &this.keys, &people)?;
    let heads = match common.kind {
        RecordKind::Licence | RecordKind::Decision => record::heads(tx, &people)?,
        RecordKind::Training | RecordKind::Commendation => Vec::new(),
    };
    let under_way = procedure::records_under_way(tx, &people)?;
    let licences = Licences::of(&heads);
    let decided: HashSet<RecordId> = record::latest(&heads, RecordKind::Decision)
        .filter(|head| head.change != VersionKind::Withdrawn)
        .filter_map(|head| Some(licences.named(head.person, head.licence_mac?)))
        .flatten()
        .copied()
        .collect();
    for (row, person, record) in chunk.accepted() {
        let versions = record::versions(tx, person, record)?;
        let Some(latest) = versions.last() else {
            return Err(RegistryError::Stored("a record"));
        };
        let own = |head: &VersionHead| head.submission == common.submission;
        if versions
            .iter()
            .any(|one| own(&one.head) && one.head.row_number == UNDONE)
        {
            // Undone already: for another row about the same record, before a kill, or when it was asked before.
            report.taken_back += 1;
            continue;
        }
        if !own(&latest.head) {
            report.left.push((row, Left::ChangedSince));
            continue;
        }
        if under_way.contains(&record) {
            report.left.push((row, Left::ProcedureOpen));
            continue;
        }
        if decided.contains(&record) {
            report.left.push((row, Left::HasDecision));
            continue;
        }
        let before = versions
            .iter()
            .rev()
            .find(|one| one.head.submission != common.submission);
        if latest.sealed.is_none() || before.is_some_and(|before| before.sealed.is_none()) {
            report.left.push((row, Left::Erased));
            continue;
        }
        let known = known.get(&person).ok_or(RegistryError::Stored("a person"))?;
        undo(tx, this, common, &known.key, latest, before)?;
        report.taken_back += 1;
        undone += 1;
        let touched = licences_touched(&licences, &latest.head);
        ended.extend(
            touched
                .into_iter()
                .map(|(licence, why)| (person, licence, common.today, why)),
        );
        // What a decision named before its correction is undone, and what it names again.
        if let Some(before) = before {
            let touched = licences_touched(&licences, &before.head);
            ended.extend(
                touched
                    .into_iter()
                    .map(|(licence, why)| (person, licence, common.today, why)),
            );
        }
    }
    revoke::because_of_filing(tx, &*this.randomness, common, &ended)?;
    if common.kind == RecordKind::Decision {
        alert::in_step(
            tx,
            this,
            chunk.accepted().map(|(_, person, record)| (person, record)),
        )?;
    }
    Ok((report, undone))
}

/// The row number of a version that undoes others: rows are counted from 1.
const UNDONE: u64 = 0;

/// Adds the version that undoes a submission's: what stood before it, or a withdrawal where nothing did.
fn undo(
    tx: &mut dyn Tx,
    this: &Registry,
    common: &Common,
    person: &DataKey,
    latest: &Version,
    before: Option<&Version>,
) -> Result<(), RegistryError> {
    let randomness = &*this.randomness;
    let (change, content) = match before {
        Some(before) => {
            let (_, content) = before
                .open(person)?
                .ok_or(RegistryError::Stored("a record's fields"))?;
            (VersionKind::Corrected, content)
        }
        None => (VersionKind::Withdrawn, Vec::new()),
    };
    // What is said of a version outside its seal comes back with its content.
    let stands = before.map_or(&latest.head, |before| &before.head);
    let mut head = VersionHead {
        version: latest.head.version + 1,
        change,
        submission: common.submission,
        filed_at: common.at,
        row_number: UNDONE,
        ..stands.clone()
    };
    let document = Param::Blob(&latest.head.document);
    if change == VersionKind::Withdrawn {
        // The document may be filed again, as a new record.
        tx.execute("DELETE FROM document WHERE document = $1", &[document])?;
    } else {
        let mac = this.keys.content(&latest.head.document, &content);
        tx.execute(
            "UPDATE document SET content_mac = $1, version = $2 WHERE document = $3",
            &[Param::Blob(&mac), Param::Int(head.version), document],
        )?;
    }
    let key = DataKey::generate(randomness)?;
    let salt = leaf::salt(randomness)?;
    let place = VersionPlace::new(head.person, head.record, head.version);
    let content_sealed = place.seal(&key, &salt, &content, randomness)?;
    let wrapped_key = place.wrap(person, &key, randomness)?.to_vec();
    head.leaf = log::append(tx, &[incoming::entry_of(&salt, &head, &content)])?;
    record::insert(
        tx,
        &[Version {
            head,
            sealed: Some(Sealed {
                wrapped_key,
                content: content_sealed.into(),
            }),
        }],
    )?;
    Ok(())
}

/// The licences whose certificates end because of what was undone.
fn licences_touched(licences: &Licences, head: &VersionHead) -> Vec<(RecordId, Why)> {
    match head.kind {
        RecordKind::Licence => vec![(head.record, Why::Withdrawn)],
        RecordKind::Decision => {
            let spoken_of = licences.spoken_of(head).into_iter();
            spoken_of.map(|licence| (licence, Why::Corrected)).collect()
        }
        // The certificates that show it.
        RecordKind::Training => vec![(head.record, Why::Corrected)],
        RecordKind::Commendation => Vec::new(),
    }
}
