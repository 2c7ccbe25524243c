//! Disputes: opened, answered, taken back, and what a person says to a record that stands.

use model::{RecordStatus, VersionKind, procedure::Speaker};
use registry::{CarryOut, DisputeAnswer, OpenDispute, ProcedureError};
use testkit::wait;

use crate::{
    changing_values::DISPUTE_DAYS,
    filing::row,
    model::{Procedure, Who},
    run::{EDUCATION, LAW, Run},
};

use crate::procedures::{
    To,
    To::{Authority, Person as ToPerson, Recipients, Reviewers},
    blank,
};

impl Run {
    pub(crate) fn open_dispute(&mut self) {
        let who = self.somebody();
        self.bind(who);
        if self.of(who).records.is_empty() {
            return;
        }
        let record = self.draw(self.of(who).records.len() as u64) as usize;
        let (today, person, id) = (self.today(), self.id(who), self.record_id(who, record));
        let (by, holds) = self.speaker(who);
        let put = self.draw_files();
        let open = |registry: &registry::Registry| {
            let dispute = OpenDispute {
                by,
                record: id,
                field: None,
                text: "made-up words".to_owned(),
                files: put.files.clone(),
            };
            wait(registry.open_dispute(person, dispute))
        };
        let outcome = self.call(open);
        if self.refused_files(who, &put, &outcome) {
            return;
        }
        let one = self.record(who, record).clone();
        let of_record = |other: &&Procedure| other.record == Some(record) && other.kind == "dispute";
        let under_way = self
            .of(who)
            .procedures
            .iter()
            .filter(of_record)
            .any(Procedure::waits);
        let known = self.of(who).known;
        let ended = !one.stands() || one.own_status(today) == RecordStatus::Erased;
        let opened = match outcome {
            Err(ProcedureError::NoSuchRecord) => return assert!(!known),
            Err(ProcedureError::RecordEnded) => return assert!(ended),
            Err(ProcedureError::UnderWay) => return assert!(under_way),
            Err(error) => return assert!(Self::not_covered(&error, holds)),
            Ok(opened) => opened,
        };
        assert!(known && !ended && !under_way && holds, "{who}");
        let due = DISPUTE_DAYS.due(today);
        let mut procedure = blank(opened, "dispute", "open", by);
        procedure.record = Some(record);
        procedure.authority = Some(one.authority.to_owned());
        procedure.files = put.files;
        self.m.of(who).procedures.push(procedure);
        let at = self.of(who).procedures.len() - 1;
        self.set(who, at, "open", Some(due), Some(one.authority.to_owned()));
        let tells: &[To] = &[ToPerson, Authority, Recipients];
        self.step(who, at, "open", "self", Some(("dispute-opened", tells)));
        self.did("disputes");
    }

    pub(crate) fn answer_dispute(&mut self) {
        let Some((who, at)) = self.procedure(|one| one.kind == "dispute" && one.waits()) else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let (record, authority) = (one.record.unwrap(), one.authority.unwrap());
        let (answer, said) = match self.draw(3) {
            0 => (DisputeAnswer::Uphold, None),
            1 => (DisputeAnswer::Change(CarryOut::Withdraw), None),
            _ => {
                let said = self.corrected(who, record);
                let row = row(who, self.record(who, record), &said, false).to_string();
                (DisputeAnswer::Change(CarryOut::Correct(row)), Some(said))
            }
        };
        let withdraws = matches!(answer, DisputeAnswer::Change(CarryOut::Withdraw));
        let id = one.id;
        let by = authority.clone();
        let answers = |registry: &registry::Registry| {
            wait(registry.answer_dispute(&by, id, answer.clone(), "made-up reasons".into()))
        };
        let outcome = self.call(answers);
        if let Err(error) = outcome {
            // It ended otherwise meanwhile, or names a licence that was taken back.
            assert!(self.cannot_change(who, record, &error), "{who}: {}", error.code());
            return;
        }
        self.pass(who, at);
        let tells: &[To] = &[ToPerson, Authority, Recipients];
        let (status, step, kind) = match (&said, withdraws) {
            (None, false) => ("upheld", "uphold", "dispute-upheld"),
            (None, true) => ("withdrawn", "withdraw", "dispute-withdrawn"),
            (Some(_), _) => ("corrected", "correct", "dispute-corrected"),
        };
        let withdrawn = self.record(who, record).latest() == VersionKind::Withdrawn;
        self.carried_out(who, record, said, withdraws && !withdrawn);
        self.set(who, at, status, None, None);
        self.step(who, at, step, &authority, Some((kind, tells)));
        self.did(kind);
    }

    /// Whether an answer or order cannot be carried out on the record any more, for a reason that it gives.
    pub(crate) fn cannot_change(&self, who: Who, record: usize, error: &ProcedureError) -> bool {
        let one = self.record(who, record);
        let over = !one.stands() || one.own_status(self.today()) == RecordStatus::Erased;
        match error.code() {
            "record-ended" | "correction-unknown" | "correction-other-record" => over,
            _ => false,
        }
    }

    pub(crate) fn carried_out(
        &mut self,
        who: Who,
        record: usize,
        said: Option<crate::model::Said>,
        withdraws: bool,
    ) {
        if let Some(said) = said {
            self.corrected_as(who, record, said);
        } else if withdraws {
            let both = self.both();
            self.m
                .end(who, record, VersionKind::Withdrawn, &Self::others(), both);
        }
    }

    pub(crate) fn take_back_procedure(&mut self) {
        let wanted = |one: &Procedure| matches!(one.kind, "dispute" | "complaint") && one.waits();
        let Some((who, at)) = self.procedure(wanted) else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let (id, person) = (one.id, self.id(who));
        self.call(|registry| wait(registry.take_back_procedure(person, Speaker::Person, id)))
            .unwrap();
        self.pass(who, at);
        // Whoever took it back speaks for themselves; who opened it hears of it too.
        let (kind, tells): (_, &[To]) = match one.kind {
            "dispute" => ("dispute-taken-back", &[ToPerson, Authority, Recipients]),
            _ => ("complaint-taken-back", &[ToPerson, Reviewers]),
        };
        self.set(who, at, "taken-back", None, None);
        self.step(who, at, "take-back", "self", Some((kind, tells)));
        self.did("procedures taken back");
    }

    pub(crate) fn add_statement(&mut self) {
        let wanted =
            |one: &Procedure| one.kind == "dispute" && one.status == "upheld" && one.statement.is_none();
        let Some((who, at)) = self.procedure(wanted) else {
            return;
        };
        let (id, person) = (self.of(who).procedures[at].id, self.id(who));
        let words = format!("made-up statement {}", self.next_text());
        self.call(|registry| wait(registry.add_statement(person, Speaker::Person, id, words.clone())))
            .unwrap();
        self.m.of(who).procedures[at].statement = Some(words);
        let tells: &[To] = &[ToPerson, Authority, Recipients];
        self.step(who, at, "add-statement", "self", Some(("statement-added", tells)));
        self.did("statements");
    }

    /// A body that has no part in a procedure is told that there is none; one that has is put down as a reader.
    pub(crate) fn read_procedure(&mut self) {
        let Some((who, at)) = self.procedure(|one| one.kind == "dispute") else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let authority = one.authority.unwrap();
        let other = if authority == LAW { EDUCATION } else { LAW };
        let read = |registry: &registry::Registry, body: &str| {
            wait(registry.read_procedure(registry::Reader::Body(body.to_owned()), one.id))
        };
        assert!(read(self.registry(), other).is_err());
        self.call(|registry| read(registry, &authority)).unwrap();
        self.m.event(who, "procedure-read", &authority, "dispute");
    }
}
