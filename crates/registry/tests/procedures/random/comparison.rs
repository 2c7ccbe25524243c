//! What is held to the machines: what is stored, what the log has, how the record shows, and who was told.

use model::{
    RecordStatus,
    procedure::{AuthorityId, NoticeKind as Kind, Party, Procedure, ProcedureKind},
};
use registry::NoticeKind;
use testkit::wait;

use super::{REVIEWER, World};
use crate::kit::{HOSPITAL, LAW, REVIEWERS, certified, inbox, reviewer};

impl World {
    pub(super) fn compare(&self) {
        let here = self.here();
        let views = wait(here.registry.procedures_of(here.person(1))).unwrap();
        assert_eq!(views.len(), self.courses.len());
        let today = here.registry.today();
        for view in views {
            let course = &self.courses[&view.summary.procedure];
            assert_eq!(view.course.as_ref(), Some(course));
            assert_eq!(view.summary.status, course.status());
            assert_eq!(view.summary.waits_for.is_some(), course.waits_for().is_some());
        }
        let file = here.file_of(1);
        let record = file
            .records
            .iter()
            .find(|one| one.record == self.decision)
            .unwrap();
        let of_record = || {
            self.courses
                .values()
                .filter(|course| course.kind() != ProcedureKind::Complaint)
        };
        assert_eq!(record.disputed, of_record().any(Procedure::shows_as_disputed));
        assert_eq!(
            record.withheld,
            of_record().any(|course| course.blocks_disclosure(today))
        );
        assert_eq!(record.versions.len() as i64, self.version);
        assert!(self.ended.is_none_or(|ended| record.status == ended));
        let shows = !record.withheld && record.status == RecordStatus::InForce;
        assert_eq!(certified(here)["decision_in_force"], shows);
        let done: usize = self.courses.values().map(|course| course.history().len()).sum();
        let logged = file
            .events
            .iter()
            .filter(|one| one.kind == registry::EventKind::ProcedureStep)
            .count();
        assert_eq!(logged, done, "every step stands in the log once");
    }

    /// Everybody was told what the machines say, and nothing else of it.
    pub(super) fn check_told(&self) {
        let here = self.here();
        let sorted = |mut kinds: Vec<Kind>| {
            kinds.sort();
            kinds
        };
        let expected = |wanted: &dyn Fn(&Party) -> bool| {
            let kinds = self
                .told
                .iter()
                .filter(|notice| wanted(&notice.to))
                .map(|notice| notice.kind);
            sorted(kinds.collect())
        };
        let notices = wait(here.registry.notices(here.person(1))).unwrap();
        let of_procedures = notices.iter().filter_map(|one| match one.kind {
            NoticeKind::Procedure(kind) => Some(kind),
            _ => None,
        });
        assert_eq!(
            sorted(of_procedures.collect()),
            expected(&|to| *to == Party::Person)
        );
        let authority = |id: &str| Party::Authority(AuthorityId::new(id).unwrap());
        assert_eq!(sorted(inbox(here, LAW)), expected(&|to| *to == authority(LAW)));
        let hospital = |to: &Party| *to == authority(HOSPITAL) || *to == Party::Recipients;
        assert_eq!(sorted(inbox(here, HOSPITAL)), expected(&hospital));
        assert_eq!(
            sorted(inbox(here, REVIEWERS)),
            expected(&|to| *to == Party::Reviewers)
        );
        for who in REVIEWER {
            let inbox = inbox(here, &format!("reviewer:{who}"));
            assert_eq!(
                sorted(inbox),
                expected(&|to| *to == Party::Reviewer(reviewer(who)))
            );
        }
    }
}
