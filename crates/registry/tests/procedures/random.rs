//! Over any sequence of steps, days, restarts and failing commits, what is stored of a person's procedures is what the
//! machines of the model make of the same steps; every step stands in the log once; everybody was told what the machines
//! say; and the record is shown, disputed or kept back as they say.

mod comparison;
mod complaints;
mod disputes;
mod reconsiderations;
mod restorations;
mod steps;

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{
    ProcedureId, RecordId, RecordKind, RecordStatus,
    procedure::{AuthorityId, Notice, Procedure, ProcedureKind, Refused, Words},
};
use proptest::{
    collection::vec,
    sample::Index,
    test_runner::{Config, TestRunner},
};
use registry::{DisputeAnswer, ProcedureError, RestorationAnswer};
use testkit::{Engine, Installation, on_both_engines, prove_log, wait};

use crate::{
    kit::*,
    restarts::{Cut, Plan, flaky},
};
use steps::{Step, step};

const REVIEWER: [&str; 3] = ["first", "second", "third"];

/// What the machines make of a step, or the code by which it is refused.
type Expected = Result<(Procedure, Vec<Notice>), &'static str>;

fn pure<C: Into<Procedure>>(outcome: Result<(C, Vec<Notice>), Box<Refused<C>>>) -> Expected {
    match outcome {
        Ok((course, notices)) => Ok((course.into(), notices)),
        Err(refused) => Err(refused.code()),
    }
}

fn words(text: &str) -> Words {
    Words::new(text).unwrap()
}

fn law() -> AuthorityId {
    AuthorityId::new(LAW).unwrap()
}

struct World {
    here: Option<Installation>,
    plan: Plan,
    /// Whether it was opened anew; then its store never fails.
    reopened: bool,
    decision: RecordId,
    courses: BTreeMap<ProcedureId, Procedure>,
    /// What everybody is to have been told.
    told: Vec<Notice>,
    /// How the decision ended by a procedure, and how many versions it has.
    ended: Option<RecordStatus>,
    version: i64,
    contents: u32,
    /// Whether the store fails before the step is done.
    cut: Option<Cut>,
}

impl World {
    fn new(engine: Engine) -> Self {
        let (here, plan) = flaky(engine);
        let here = fined(here);
        give(&here, HOSPITAL);
        on(&here, "2027-02-10");
        let decision = decision(&here);
        Self {
            here: Some(here),
            plan,
            reopened: false,
            decision,
            courses: BTreeMap::new(),
            told: Vec::new(),
            ended: None,
            version: 1,
            contents: 0,
            cut: None,
        }
    }

    fn here(&self) -> &Installation {
        self.here.as_ref().unwrap()
    }

    fn now(&self) -> Timestamp {
        self.here().registry.now()
    }

    fn by_day(&self, deadline: &profile::ByDay<profile::Deadline>) -> jiff::civil::Date {
        let registry = &self.here().registry;
        deadline
            .due_on(registry.today(), &registry.profile().calendar)
            .unwrap()
    }

    /// One of the procedures of this kind, if there is one.
    fn pick(&self, which: Index, kinds: &[ProcedureKind]) -> Option<ProcedureId> {
        let all: Vec<_> = self
            .courses
            .iter()
            .filter(|(_, course)| kinds.contains(&course.kind()))
            .collect();
        (!all.is_empty()).then(|| *which.get(&all).0)
    }

    /// A procedure as it stands once the days that are over are put down, and whom that tells.
    fn today(&self, id: ProcedureId) -> (Procedure, Vec<Notice>) {
        self.courses[&id]
            .clone()
            .on_day(self.here().registry.today(), self.now())
    }

    /// Compares what a step came to with what was expected, and takes it over.
    fn settle(&mut self, id: ProcedureId, expected: Expected, done: Result<(), ProcedureError>) {
        let (_, passed) = self.today(id);
        let commits = match self.cut.take() {
            Some(Cut::Before | Cut::AtCommit) => {
                // A step that is refused never comes to the commit, and one that asks nothing of the store neither.
                let failed = matches!(done, Err(ProcedureError::Registry(_)));
                assert!(failed || expected.is_err(), "{done:?}");
                false
            }
            Some(Cut::After) => {
                assert!(
                    matches!(done, Err(ProcedureError::Registry(_))) || expected.is_err(),
                    "{done:?}"
                );
                true
            }
            None => {
                let code = match &done {
                    Ok(()) => Ok(()),
                    Err(error) => Err(error.code()),
                };
                assert_eq!(code, expected.as_ref().map(|_| ()).map_err(|code| *code));
                true
            }
        };
        if let (Ok((course, notices)), true) = (expected, commits) {
            self.told.extend(passed);
            self.told.extend(notices);
            self.courses.insert(id, course);
        }
    }

    /// The same of one that was opened, of which only the registry knows the name.
    fn settle_new(
        &mut self,
        expected: Expected,
        done: Result<ProcedureId, ProcedureError>,
    ) -> Option<ProcedureId> {
        let cut = self.cut.take();
        match (&done, &expected, cut) {
            (Err(ProcedureError::Registry(_)), _, Some(_)) | (Ok(_), Ok(_), None) => {}
            (Err(error), Err(code), _) => assert_eq!(error.code(), *code),
            other => panic!("{other:?}"),
        }
        let all = wait(self.here().registry.procedures_of(self.here().person(1))).unwrap();
        let new: Vec<_> = all
            .iter()
            .map(|one| one.summary.procedure)
            .filter(|id| !self.courses.contains_key(id))
            .collect();
        let commits = expected.is_ok() && !matches!(cut, Some(Cut::Before | Cut::AtCommit));
        assert_eq!(
            new.len(),
            usize::from(commits),
            "opened and not there, or there and not opened"
        );
        let (Ok((course, notices)), Some(id)) = (expected, new.first()) else {
            return None;
        };
        self.told.extend(notices);
        self.courses.insert(*id, course);
        Some(*id)
    }

    fn waits(&self, kind: ProcedureKind) -> bool {
        self.courses
            .values()
            .any(|course| course.kind() == kind && course.waits_for().is_some())
    }

    fn take(&mut self, step: Step, cut: Option<Cut>) {
        let cut = cut.filter(|_| !self.reopened);
        self.cut = cut;
        *self.plan.lock().unwrap() = cut.map(|cut| (None, cut));
        match step {
            Step::Dispute => self.dispute(),
            Step::Uphold(which) => self.answer(which, DisputeAnswer::Uphold),
            Step::Correct(which) => {
                self.contents += 1;
                let row = fine().with("facts", format!("更正后的事实{}", self.contents));
                self.answer(which, DisputeAnswer::Change(correction(row)));
            }
            Step::Withdraw(which) => self.answer(which, withdrawal()),
            Step::TakeBack(which) => self.take_back(which),
            Step::State(which) => self.state(which),
            Step::Ask(which) => self.ask(which),
            Step::Assign(which, who) => self.assign(which, who),
            Step::Judge(which, who, order) => self.judge(which, who, order),
            Step::Outside(which, order) => self.outside(which, order),
            Step::Follow(which, correct) => self.follow(which, correct),
            Step::Apply => self.apply(),
            Step::Take(which) => self.restore(which, RestorationAnswer::Take),
            Step::NotTake(which) => self.restore(which, RestorationAnswer::NotTake("no".to_owned())),
            Step::Grant(which) => self.restore(which, RestorationAnswer::Grant("yes".to_owned())),
            Step::Refuse(which) => self.restore(which, RestorationAnswer::Refuse("no".to_owned())),
            Step::Confirm(which) => self.confirm(which),
            Step::Complain => self.complain(),
            Step::Find(which, who, founded) => self.find(which, who, founded),
            Step::Days(days, work) => self.days(days, work),
            Step::Restart => {
                *self.plan.lock().unwrap() = None;
                self.here = self.here.take().map(Installation::reopen);
                self.reopened = true;
            }
        }
        *self.plan.lock().unwrap() = None;
        self.cut = None;
        self.compare();
    }

    /// The version that a withdrawal makes, or has made.
    fn withdrawn_as(&self) -> i64 {
        if self.ended == Some(RecordStatus::Withdrawn) {
            self.version
        } else {
            self.version + 1
        }
    }

    /// Settles a step that changes the record.
    fn change(
        &mut self,
        id: ProcedureId,
        expected: Expected,
        done: Result<(), ProcedureError>,
        end: Option<(Option<RecordStatus>, i64)>,
    ) {
        let happens = expected.is_ok() && !matches!(self.cut, Some(Cut::Before | Cut::AtCommit));
        self.settle(id, expected, done);
        if let (Some((ended, version)), true) = (end, happens) {
            (self.ended, self.version) = (ended, version);
        }
    }

    fn days(&mut self, days: i64, work: bool) {
        self.here().later(days * 24);
        if !work {
            return;
        }
        // A failure stops the day's work; what was done stays, and what was not is done the next time.
        if self.here().registry.do_what_is_due().is_err() {
            *self.plan.lock().unwrap() = None;
            self.here().registry.do_what_is_due().unwrap();
        }
        let ids: Vec<_> = self.courses.keys().copied().collect();
        for id in ids {
            let (course, notices) = self.today(id);
            self.told.extend(notices);
            self.courses.insert(id, course);
        }
    }
}

on_both_engines! {
    fn what_is_stored_is_what_the_machines_make_of_the_same_steps(engine: Engine) {
        let cases = if engine == Engine::Sqlite { 48 } else { 12 };
        let mut runner = TestRunner::new(Config {
            failure_persistence: None,
            max_shrink_iters: 128,
            ..Config::with_cases(cases)
        });
        runner
            .run(&vec(step(), 1..40), |steps| {
                let mut world = World::new(engine);
                for (step, cut) in steps {
                    world.take(step, cut);
                }
                world.check_told();
                prove_log(&world.here().registry);
                assert!(record(world.here(), RecordKind::Decision).record == world.decision);
                Ok(())
            })
            .unwrap();
    }
}
