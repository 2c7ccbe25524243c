//! Which records show as disputed, which are shown to nobody until a dispute is answered, and what the person says
//! to them. All but the words follows from what stands beside the sealed state of their procedures.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use keys::DataKey;
use model::{
    PersonId, ProcedureId, RecordId,
    procedure::{Procedure, ProcedureKind, Status},
};
use storage::{Param, StoreError, Tx};

use crate::{RecordView, RegistryError, day, procedure::Sealed};

/// A dispute, or the reconsideration of one, as far as it marks its record.
struct Mark {
    record: RecordId,
    kind: ProcedureKind,
    status: Status,
    withheld_after: Option<Date>,
    waits: bool,
    sealed: Sealed,
}

impl Mark {
    fn shows_as_disputed(&self) -> bool {
        match self.kind {
            // Once the record is erased it is nobody's turn.
            ProcedureKind::Dispute => self.waits && matches!(self.status, Status::Open | Status::Overdue),
            ProcedureKind::Reconsideration => self.waits,
            ProcedureKind::Restoration | ProcedureKind::Complaint => false,
        }
    }

    /// Follows from the day alone, so that it holds also before the step is put down.
    fn blocks_disclosure(&self, today: Date) -> bool {
        self.waits && self.withheld_after.is_some_and(|day| day < today)
    }
}

/// What the procedures of a person say of their records.
pub(crate) struct Flags(Vec<Mark>);

impl Flags {
    /// Reads them; what is sealed stays closed.
    pub(crate) fn load(tx: &mut dyn Tx, person: PersonId) -> Result<Self, StoreError> {
        let rows = tx.query(
            "SELECT procedure, kind, status, record, withheld_after, waits_for, wrapped_key, sealed_state FROM procedure \
             WHERE person = $1 AND record IS NOT NULL ORDER BY procedure",
            &[Param::Blob(person.as_bytes())],
        )?;
        let unknown = |_| StoreError::Shape("a word of the model is expected");
        let marks = rows.into_iter().map(|mut row| {
            let procedure = ProcedureId::from_bytes(row.array()?);
            Ok(Mark {
                kind: row.text()?.parse().map_err(unknown)?,
                status: row.text()?.parse().map_err(unknown)?,
                record: RecordId::from_bytes(row.array()?),
                withheld_after: row.opt_int()?.map(day::from_number).transpose()?,
                waits: row.opt_text()?.is_some(),
                sealed: Sealed::read(person, procedure, &mut row)?,
            })
        });
        marks.collect::<Result<_, _>>().map(Self)
    }

    /// The records that show as disputed.
    pub(crate) fn disputed(&self) -> BTreeSet<RecordId> {
        let marks = self.0.iter().filter(|mark| mark.shows_as_disputed());
        marks.map(|mark| mark.record).collect()
    }

    /// The records that are shown to nobody for now.
    pub(crate) fn withheld(&self, today: Date) -> BTreeSet<RecordId> {
        let marks = self.0.iter().filter(|mark| mark.blocks_disclosure(today));
        marks.map(|mark| mark.record).collect()
    }

    /// Marks these records. Without the person's key, which is gone once nothing is held, nothing was said.
    pub(crate) fn mark(
        &self,
        views: &mut [RecordView],
        today: Date,
        person: Option<&DataKey>,
    ) -> Result<(), RegistryError> {
        let (disputed, withheld) = (self.disputed(), self.withheld(today));
        let mut statements = match person {
            Some(person) => self.statements(person)?,
            None => BTreeMap::new(),
        };
        for view in views {
            view.disputed = disputed.contains(&view.record);
            view.withheld = withheld.contains(&view.record);
            view.statements = statements.remove(&view.record).unwrap_or_default();
        }
        Ok(())
    }

    fn statements(&self, person: &DataKey) -> Result<BTreeMap<RecordId, Vec<String>>, RegistryError> {
        let mut said: BTreeMap<RecordId, Vec<String>> = BTreeMap::new();
        let upheld = |mark: &&Mark| (mark.kind, mark.status) == (ProcedureKind::Dispute, Status::Upheld);
        for mark in self.0.iter().filter(upheld) {
            let Some((_, Procedure::Dispute(dispute))) = mark.sealed.open(person)? else {
                continue;
            };
            if let Some(statement) = dispute.statement() {
                said.entry(mark.record)
                    .or_default()
                    .push(statement.text.as_str().to_owned());
            }
        }
        Ok(said)
    }
}

/// The records of a person that are shown to nobody but the person and the authority that filed them, because that
/// authority is late with an answer or with what was ordered, or the reviewers are with what a court decided.
pub(crate) fn withheld(
    tx: &mut dyn Tx,
    person: PersonId,
    today: Date,
) -> Result<BTreeSet<RecordId>, StoreError> {
    Ok(Flags::load(tx, person)?.withheld(today))
}
