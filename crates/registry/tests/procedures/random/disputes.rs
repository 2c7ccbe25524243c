//! Disputes: opened, answered, taken back, and what a person says to a record that stands.

use model::{
    RecordStatus,
    procedure::{Dispute, DisputeOpening, Files, Procedure, ProcedureKind, Speaker},
};
use proptest::sample::Index;
use registry::{CarryOut, DisputeAnswer};
use testkit::wait;

use super::{World, law, pure, words};
use crate::kit::a_dispute;

impl World {
    pub(super) fn dispute(&mut self) {
        let at = self.now();
        let opening = DisputeOpening {
            by: Speaker::Person,
            record: self.decision,
            version: self.version,
            field: None,
            authority: law(),
            text: words(&a_dispute(self.decision).text),
            files: Files::default(),
            opened_at: at,
        };
        let due_on = self.by_day(&self.here().registry.profile().procedures.dispute_answer);
        let expected = if self.ended.is_some() {
            Err("record-ended")
        } else if self.waits(ProcedureKind::Dispute) {
            Err("procedure-under-way")
        } else {
            let (course, notices) = Dispute::open(opening, due_on);
            Ok((course.into(), notices))
        };
        let person = self.here().person(1);
        let done = wait(
            self.here()
                .registry
                .open_dispute(person, a_dispute(self.decision)),
        );
        self.settle_new(expected, done);
    }

    pub(super) fn answer(&mut self, which: Index, answer: DisputeAnswer) {
        let Some(id) = self.pick(which, &[ProcedureKind::Dispute]) else {
            return;
        };
        let (Procedure::Dispute(dispute), _) = self.today(id) else {
            panic!("a dispute")
        };
        let (at, why) = (self.now(), words("so it is"));
        let mut end = None;
        let next = self.version + 1;
        let expected = match &answer {
            DisputeAnswer::Uphold => pure(dispute.uphold(law(), why, at)),
            DisputeAnswer::Change(CarryOut::Correct(_)) => {
                match pure(dispute.clone().uphold(law(), why.clone(), at)) {
                    Ok(_) if self.ended.is_some() => Err("record-ended"),
                    Ok(_) => {
                        end = Some((None, next));
                        pure(dispute.correct(law(), why, next, at))
                    }
                    refused => refused,
                }
            }
            DisputeAnswer::Change(CarryOut::Withdraw) => {
                let version = self.withdrawn_as();
                end = Some((Some(RecordStatus::Withdrawn), version));
                pure(dispute.withdraw(law(), why, version, at))
            }
        };
        let done = crate::kit::answer(self.here(), id, answer).map(|_| ());
        self.change(id, expected, done, end);
    }

    pub(super) fn take_back(&mut self, which: Index) {
        let Some(id) = self.pick(which, ProcedureKind::ALL) else {
            return;
        };
        let at = self.now();
        let expected = match self.today(id).0 {
            Procedure::Dispute(one) => pure(one.take_back(Speaker::Person, at)),
            Procedure::Complaint(one) => pure(one.take_back(Speaker::Person, at)),
            _ => Err("procedure-other-kind"),
        };
        let person = self.here().person(1);
        let done = wait(
            self.here()
                .registry
                .take_back_procedure(person, Speaker::Person, id),
        );
        self.settle(id, expected, done);
    }

    pub(super) fn state(&mut self, which: Index) {
        let Some(id) = self.pick(which, &[ProcedureKind::Dispute]) else {
            return;
        };
        let (Procedure::Dispute(one), _) = self.today(id) else {
            panic!("a dispute")
        };
        let expected = pure(one.add_statement(Speaker::Person, words("not so"), self.now()));
        let person = self.here().person(1);
        let done = wait(
            self.here()
                .registry
                .add_statement(person, Speaker::Person, id, "not so".to_owned()),
        );
        self.settle(id, expected, done);
    }
}
