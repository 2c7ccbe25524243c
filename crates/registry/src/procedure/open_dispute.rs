//! A person disputes a record, or one field of it. From that moment it shows as disputed.

use std::collections::HashSet;

use keys::DataKey;
use model::{
    PersonId, ProcedureId, RecordId, RecordStatus,
    procedure::{AuthorityId, Dispute, DisputeOpening, ProcedureKind, Speaker},
};
use storage::{Access, Param, StoreError, Tx};

use super::{ProcedureError, files::Put, stored::New};
use crate::{RecordView, Registry, RegistryError, person, record, view};

/// What a person disputes.
pub struct OpenDispute {
    /// Who speaks.
    pub by: Speaker,
    /// The record.
    pub record: RecordId,
    /// The field, by its name in the profile. None: the whole.
    pub field: Option<String>,
    /// What they say.
    pub text: String,
    /// The contents of the files that they put to it.
    pub files: Vec<Vec<u8>>,
}

impl Registry {
    /// Opens a dispute. Its authority, whoever was given the record, and the person are told.
    ///
    /// # Errors
    /// When there is no such record or field, it has ended, it is disputed already, or text or files are not taken.
    pub async fn open_dispute(
        &self,
        person: PersonId,
        dispute: OpenDispute,
    ) -> Result<ProcedureId, ProcedureError> {
        let OpenDispute {
            by,
            record,
            field,
            text,
            files,
        } = dispute;
        let put = self.check_put(text, files)?;
        let this = self.clone();
        self.store
            .run_async("dispute.open", Access::Write, move |tx| {
                this.dispute(tx, person, by, (record, field.as_deref()), &put)
            })
            .await
    }

    fn dispute(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        by: Speaker,
        (record, field): (RecordId, Option<&str>),
        put: &Put,
    ) -> Result<ProcedureId, ProcedureError> {
        let (of_person, view) = self.record_of(tx, person, record)?;
        match view.status {
            RecordStatus::Withdrawn | RecordStatus::Restored | RecordStatus::Erased => {
                return Err(ProcedureError::RecordEnded);
            }
            _ => {}
        }
        if field.is_some_and(|field| !view.fields.contains_key(field)) {
            return Err(ProcedureError::NoSuchField);
        }
        if under_way(tx, person, ProcedureKind::Dispute, record)? {
            return Err(ProcedureError::UnderWay);
        }
        let (at, today) = (self.clock.now(), self.today());
        let profile = &self.profile;
        let due_on = profile.procedures.dispute_answer.due_on(today, &profile.calendar);
        let opening = DisputeOpening {
            by,
            record,
            version: view.versions.last().map_or(1, |version| version.version),
            field: field.map(str::to_owned),
            authority: AuthorityId::new(view.authority)?,
            text: put.text.clone(),
            files: put.files.clone(),
            opened_at: at,
        };
        let (course, notices) = Dispute::open(opening, due_on.ok_or(ProcedureError::CalendarEnds)?);
        let id = ProcedureId::new(at, &*self.randomness)?;
        let key = DataKey::generate(&*self.randomness).map_err(RegistryError::from)?;
        let new = New {
            id,
            person,
            of_person: Some(&of_person),
            key: &key,
            record: Some(record),
        };
        self.put_new(tx, &new, &course.into(), &notices)?;
        self.keep_files(tx, person, id, &key, put)?;
        Ok(id)
    }

    /// A record of this person as they see it, and the person's key.
    pub(super) fn record_of(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        record: RecordId,
    ) -> Result<(DataKey, RecordView), ProcedureError> {
        let known = person::find_one(tx, &self.keys, person)?.ok_or(ProcedureError::NoSuchRecord)?;
        let versions = record::versions(tx, person, record)?;
        let views = view::records(&self.profile, self.today(), &known.key, &versions)?;
        let view = views.into_iter().next().ok_or(ProcedureError::NoSuchRecord)?;
        Ok((known.key, view))
    }
}

/// The records of these people about which a procedure waits for somebody.
pub(crate) fn records_under_way(
    tx: &mut dyn Tx,
    people: &[PersonId],
) -> Result<HashSet<RecordId>, StoreError> {
    let people: Vec<&[u8]> = people.iter().map(|person| person.as_bytes().as_slice()).collect();
    let rows = crate::sql::select_in(
        tx,
        "SELECT record FROM procedure WHERE record IS NOT NULL AND waits_for IS NOT NULL AND person IN ",
        &people,
    )?;
    rows.into_iter()
        .map(|mut row| row.array().map(RecordId::from_bytes))
        .collect()
}

/// Whether a procedure of this kind about this record waits for somebody.
pub(super) fn under_way(
    tx: &mut dyn Tx,
    person: PersonId,
    kind: ProcedureKind,
    record: RecordId,
) -> Result<bool, ProcedureError> {
    let rows = tx.query(
        "SELECT kind FROM procedure WHERE person = $1 AND record = $2 AND waits_for IS NOT NULL",
        &[Param::Blob(person.as_bytes()), Param::Blob(record.as_bytes())],
    )?;
    for mut row in rows {
        if row.text()? == kind.as_str() {
            return Ok(true);
        }
    }
    Ok(false)
}
