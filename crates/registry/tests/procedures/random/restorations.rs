//! Restorations: applied for, answered, and confirmed by whoever was given the record.

use model::{
    RecordStatus,
    procedure::{
        Application, AuthorityId, Procedure, ProcedureKind, Prohibition, Restoration, Speaker, Terms,
    },
};
use proptest::sample::Index;
use registry::RestorationAnswer;
use testkit::wait;

use super::{World, law, pure, words};
use crate::kit::{HOSPITAL, LAW, an_application, told_as};

impl World {
    pub(super) fn apply(&mut self) {
        let (at, today) = (self.now(), self.here().registry.today());
        let procedures = &self.here().registry.profile().procedures;
        let terms = Terms {
            today,
            may_apply_from: jiff::civil::date(2027, 2, 10),
            prohibition: Prohibition::None,
            accept_by: self.by_day(&procedures.restoration_acceptance),
            answer_by: self.by_day(&procedures.restoration_answer),
        };
        let wish = an_application(self.decision);
        let application = Application {
            by: Speaker::Person,
            decision: self.decision,
            authority: law(),
            pledge: wish.pledge.as_deref().map(words),
            duties: wish.duties.as_deref().map(words),
            applied_at: at,
        };
        let over = today > jiff::civil::date(2027, 11, 10);
        let expected = if self.ended.is_some() || over {
            Err("record-ended")
        } else if self.waits(ProcedureKind::Restoration) {
            Err("procedure-under-way")
        } else {
            let (course, notices) = Restoration::apply(application, terms).unwrap();
            Ok((course.into(), notices))
        };
        let done = wait(
            self.here()
                .registry
                .apply_restoration(self.here().person(1), wish),
        );
        self.settle_new(expected, done);
    }

    pub(super) fn restore(&mut self, which: Index, answer: RestorationAnswer) {
        let Some(id) = self.pick(which, &[ProcedureKind::Restoration]) else {
            return;
        };
        let (Procedure::Restoration(one), _) = self.today(id) else {
            panic!("a restoration")
        };
        let at = self.now();
        let mut end = None;
        let expected = match &answer {
            RestorationAnswer::Take => pure(one.take(law(), at)),
            RestorationAnswer::NotTake(why) => pure(one.not_take(law(), words(why), at)),
            RestorationAnswer::Refuse(why) => pure(one.refuse(law(), words(why), at)),
            RestorationAnswer::Grant(why) => {
                let given_to = vec![AuthorityId::new(HOSPITAL).unwrap()];
                let confirm_by = self.by_day(&self.here().registry.profile().procedures.stop_confirmed);
                match pure(one.grant(law(), words(why), given_to, confirm_by, at)) {
                    Ok(_) if self.ended.is_some() => Err("record-ended"),
                    Ok(granted) => {
                        end = Some((Some(RecordStatus::Restored), self.version + 1));
                        Ok(granted)
                    }
                    refused => refused,
                }
            }
        };
        let done = wait(self.here().registry.answer_restoration(LAW, id, answer)).map(|_| ());
        self.change(id, expected, done, end);
    }

    pub(super) fn confirm(&mut self, which: Index) {
        let Some(id) = self.pick(which, &[ProcedureKind::Restoration]) else {
            return;
        };
        let (Procedure::Restoration(one), _) = self.today(id) else {
            panic!("a restoration")
        };
        let known = told_as(self.here(), HOSPITAL, id);
        let done = wait(self.here().registry.confirm_stopped_use(HOSPITAL, known)).map(|_| ());
        let hospital = AuthorityId::new(HOSPITAL).unwrap();
        let asked = one
            .state()
            .recipients()
            .iter()
            .any(|one| one.authority == hospital);
        let expected = match asked {
            true => pure(one.confirm(hospital, self.now())),
            // It knows of no such procedure.
            false => Err("procedure-unknown"),
        };
        self.settle(id, expected, done);
    }
}
