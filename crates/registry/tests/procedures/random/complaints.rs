//! Complaints: made, and answered.

use model::procedure::{Complaint, ComplaintOpening, Files, Matter, Procedure, ProcedureKind, Speaker};
use proptest::sample::Index;
use registry::{Finding, Found};
use testkit::wait;

use super::{REVIEWER, World, pure, words};
use crate::kit::{a_complaint, reviewer};

impl World {
    pub(super) fn complain(&mut self) {
        let wish = a_complaint(None);
        let opening = ComplaintOpening {
            by: Speaker::Person,
            about: Matter::ImproperLook,
            look: None,
            authority: None,
            text: words(&wish.text),
            files: Files::default(),
            opened_at: self.now(),
        };
        let due_on = self.by_day(&self.here().registry.profile().procedures.complaint_answer);
        let expected = if self.waits(ProcedureKind::Complaint) {
            Err("procedure-under-way")
        } else {
            let (course, notices) = Complaint::open(opening, due_on);
            Ok((course.into(), notices))
        };
        let done = wait(self.here().registry.open_complaint(self.here().person(1), wish));
        self.settle_new(expected, done);
    }

    pub(super) fn find(&mut self, which: Index, who: usize, founded: bool) {
        let Some(id) = self.pick(which, &[ProcedureKind::Complaint]) else {
            return;
        };
        let (Procedure::Complaint(one), _) = self.today(id) else {
            panic!("a complaint")
        };
        let (who, at) = (reviewer(REVIEWER[who]), self.now());
        let (expected, finding) = if founded {
            let found = Found {
                reasons: "so it was".to_owned(),
                measures: "closed".to_owned(),
                breach: None,
            };
            let (reasons, measures) = (words("so it was"), words("closed"));
            (
                pure(one.find_founded(who.clone(), reasons, measures, None, at)),
                Finding::Founded(found),
            )
        } else {
            (
                pure(one.find_unfounded(who.clone(), words("no"), at)),
                Finding::Unfounded("no".to_owned()),
            )
        };
        let done = wait(self.here().registry.answer_complaint(who, id, finding)).map(|_| ());
        self.settle(id, expected, done);
    }
}
