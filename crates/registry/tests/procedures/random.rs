//! Over any sequence of steps, days, restarts and failing commits, what is stored of a person's procedures is what the
//! machines of the model make of the same steps; every step stands in the log once; everybody was told what the machines
//! say; and the record is shown, disputed or kept back as they say.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{
    ProcedureId, RecordId, RecordKind, RecordStatus,
    procedure::{
        Actor, Application, AuthorityId, Complaint, ComplaintOpening, Dispute, DisputeOpening, Files, Matter,
        Notice, NoticeKind as Kind, Order, OutsideDecision, Party, Procedure, ProcedureKind, Prohibition,
        Reconsideration, ReconsiderationOpening, ReconsiderationState, Reconsidered, Refused, Restoration,
        ReviewerId, Speaker, Terms, Words,
    },
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::Index,
    test_runner::{Config, TestRunner},
};
use registry::{
    CarryOut, DisputeAnswer, Finding, Found, NoticeKind, OutsideOrder, ProcedureError, RestorationAnswer,
};
use testkit::{Engine, Installation, on_both_engines, prove_log, wait};

use crate::{
    kit::*,
    restarts::{Cut, Plan, flaky},
};

const REVIEWER: [&str; 3] = ["first", "second", "third"];

#[derive(Debug, Clone, Copy)]
enum Step {
    Dispute,
    Uphold(Index),
    Correct(Index),
    Withdraw(Index),
    TakeBack(Index),
    State(Index),
    Ask(Index),
    Assign(Index, usize),
    Judge(Index, usize, Option<Order>),
    Outside(Index, Order),
    Follow(Index, bool),
    Apply,
    Take(Index),
    NotTake(Index),
    Grant(Index),
    Refuse(Index),
    Confirm(Index),
    Complain,
    Find(Index, usize, bool),
    /// So many days pass, and the day's work is done or not.
    Days(i64, bool),
    Restart,
}

fn step() -> impl Strategy<Value = (Step, Option<Cut>)> {
    let which = any::<Index>;
    let order = || {
        prop::sample::select(vec![
            Order::Correct,
            Order::Withdraw,
            Order::Withdraw,
            Order::LookImproper,
            Order::Stand,
        ])
    };
    let step = prop_oneof![
        4 => Just(Step::Dispute),
        4 => which().prop_map(Step::Uphold),
        1 => which().prop_map(Step::Correct),
        1 => which().prop_map(Step::Withdraw),
        2 => which().prop_map(Step::TakeBack),
        2 => which().prop_map(Step::State),
        4 => which().prop_map(Step::Ask),
        6 => (which(), 0..3_usize).prop_map(|(which, who)| Step::Assign(which, who)),
        4 => (which(), 0..3_usize, prop::option::of(order())).prop_map(|(which, who, order)| Step::Judge(which, who, order)),
        2 => (which(), order()).prop_map(|(which, order)| Step::Outside(which, order)),
        3 => (which(), any::<bool>()).prop_map(|(which, correct)| Step::Follow(which, correct)),
        3 => Just(Step::Apply),
        3 => which().prop_map(Step::Take),
        1 => which().prop_map(Step::NotTake),
        2 => which().prop_map(Step::Grant),
        1 => which().prop_map(Step::Refuse),
        2 => which().prop_map(Step::Confirm),
        2 => Just(Step::Complain),
        2 => (which(), 0..3_usize, any::<bool>()).prop_map(|(which, who, founded)| Step::Find(which, who, founded)),
        6 => (1..25_i64, any::<bool>()).prop_map(|(days, work)| Step::Days(days, work)),
        1 => Just(Step::Restart),
    ];
    let cut = prop::sample::select(vec![Cut::Before, Cut::AtCommit, Cut::After]);
    (step, prop::option::weighted(0.2, cut))
}

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

    fn dispute(&mut self) {
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

    fn answer(&mut self, which: Index, answer: DisputeAnswer) {
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

    fn take_back(&mut self, which: Index) {
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

    fn state(&mut self, which: Index) {
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

    fn ask(&mut self, which: Index) {
        let Some(of) = self.pick(which, &[ProcedureKind::Dispute]) else {
            return;
        };
        let (Procedure::Dispute(one), passed) = self.today(of) else {
            panic!("a dispute")
        };
        let at = self.now();
        let wish = a_reconsideration(Reconsidered::Dispute(of));
        let opening = ReconsiderationOpening {
            by: Speaker::Person,
            of: Reconsidered::Dispute(of),
            authority: law(),
            text: words(&wish.text),
            files: Files::default(),
            opened_at: at,
            told_in_vain: false,
        };
        let due_on = self.by_day(&self.here().registry.profile().procedures.reconsideration_answer);
        let asked = |id| pure(one.clone().ask_reconsideration(Speaker::Person, id, at));
        let expected = asked(ProcedureId::from_bytes([0; 16])).map(|_| {
            let (course, notices) = Reconsideration::open(opening, due_on);
            (course.into(), notices)
        });
        let expected = self.alone(None, expected);
        let done = wait(
            self.here()
                .registry
                .open_reconsideration(self.here().person(1), wish),
        );
        if let Some(id) = self.settle_new(expected, done) {
            let (course, notices) = asked(id).unwrap();
            self.told.extend(passed);
            self.told.extend(notices);
            self.courses.insert(of, course);
        }
    }

    /// The reviewers who did something in another procedure about the same.
    fn apart(&self, id: ProcedureId) -> Vec<ReviewerId> {
        let about = |course: &Procedure| course.kind() != ProcedureKind::Complaint;
        let others = self
            .courses
            .iter()
            .filter(|(other, course)| **other != id && about(course));
        let steps = others
            .filter(|_| about(&self.courses[&id]))
            .flat_map(|(_, course)| course.history());
        let reviewers = steps.filter_map(|step| match &step.actor {
            Actor::Reviewer(reviewer) => Some(reviewer.clone()),
            _ => None,
        });
        reviewers.collect()
    }

    fn assign(&mut self, which: Index, who: usize) {
        let kinds = [ProcedureKind::Reconsideration, ProcedureKind::Complaint];
        let Some(id) = self.pick(which, &kinds) else {
            return;
        };
        let (who, at, apart) = (reviewer(REVIEWER[who]), self.now(), self.apart(id));
        let by = Actor::Reviewer(who.clone());
        let expected = match self.today(id).0 {
            Procedure::Reconsideration(one) if one.state().reviewer() == Some(&who) => {
                Ok((one.into(), vec![]))
            }
            Procedure::Complaint(one) if one.state().reviewer() == Some(&who) => Ok((one.into(), vec![])),
            Procedure::Reconsideration(one) => pure(one.assign(who.clone(), &apart, by, at)),
            Procedure::Complaint(one) => pure(one.assign(who.clone(), &apart, by, at)),
            _ => panic!("one that is assigned"),
        };
        let done = wait(self.here().registry.assign_procedure(id, who.clone(), who));
        self.settle(id, expected, done);
    }

    fn judge(&mut self, which: Index, who: usize, order: Option<Order>) {
        let Some(id) = self.pick(which, &[ProcedureKind::Reconsideration]) else {
            return;
        };
        let (Procedure::Reconsideration(one), _) = self.today(id) else {
            panic!("a reconsideration")
        };
        let (who, at, why) = (reviewer(REVIEWER[who]), self.now(), words("looked into"));
        let follow_by = self.by_day(&self.here().registry.profile().procedures.court_followed);
        let expected = match order {
            None => pure(one.confirm(who.clone(), why, at)),
            Some(order) => self.fit(order, pure(one.change(who.clone(), why, order, follow_by, at))),
        };
        let why = "looked into".to_owned();
        let done = wait(self.here().registry.answer_reconsideration(who, id, order, why)).map(|_| ());
        self.settle(id, expected, done);
    }

    /// What was withdrawn is neither put right nor taken back once more.
    fn fit(&self, order: Order, expected: Expected) -> Expected {
        let withdrawn = self.ended == Some(RecordStatus::Withdrawn);
        match expected {
            Ok(_) if withdrawn && matches!(order, Order::Correct | Order::Withdraw) => Err("order-unfit"),
            other => other,
        }
    }

    /// One reconsideration about a record waits at a time.
    fn alone(&self, but: Option<ProcedureId>, expected: Expected) -> Expected {
        let mut others = self.courses.iter().filter(|(id, _)| Some(**id) != but);
        let waits = others.any(|(_, course)| {
            course.kind() == ProcedureKind::Reconsideration && course.waits_for().is_some()
        });
        expected.and_then(|done| {
            if waits {
                Err("procedure-under-way")
            } else {
                Ok(done)
            }
        })
    }

    fn outside(&mut self, which: Index, order: Order) {
        let Some(id) = self.pick(which, &[ProcedureKind::Reconsideration]) else {
            return;
        };
        let (Procedure::Reconsideration(one), _) = self.today(id) else {
            panic!("a reconsideration")
        };
        let decided_on = jiff::civil::date(2027, 1, 4);
        let decision = OutsideDecision {
            body: words("high-court"),
            reference: words("1"),
            decided_on,
            order,
            fields: Vec::new(),
            follow_by: self.by_day(&self.here().registry.profile().procedures.court_followed),
            earlier: Vec::new(),
        };
        let noted = one.state().decided_outside().map(|noted| noted.order);
        let followed = matches!(one.state(), ReconsiderationState::Followed { .. });
        let expected = if noted == Some(order) {
            Ok((one.into(), vec![]))
        } else if followed && order == Order::Stand {
            // It was put down wrongly, and nothing more is to be done.
            pure(one.record_outside(reviewer("third"), decision, self.now()))
        } else {
            let noted = pure(one.record_outside(reviewer("third"), decision, self.now()));
            self.alone(Some(id), self.fit(order, noted))
        };
        let wish = OutsideOrder {
            court: "high-court".to_owned(),
            reference: "1".to_owned(),
            decided_on,
            order,
            fields: None,
        };
        let done = wait(
            self.here()
                .registry
                .record_outside_decision(reviewer("third"), id, wish),
        );
        self.settle(id, expected, done);
    }

    fn follow(&mut self, which: Index, correct: bool) {
        let Some(id) = self.pick(which, &[ProcedureKind::Reconsideration]) else {
            return;
        };
        let (Procedure::Reconsideration(one), _) = self.today(id) else {
            panic!("a reconsideration")
        };
        let ordered = match one.state() {
            ReconsiderationState::Changed { order, .. }
            | ReconsiderationState::ChangeOverdue { order, .. } => Some(*order),
            ReconsiderationState::OutsideDecision { decision }
            | ReconsiderationState::FollowOverdue { decision } => Some(decision.order),
            _ => None,
        };
        let (what, order) = if correct {
            self.contents += 1;
            let row = fine().with("facts", format!("更正后的事实{}", self.contents));
            (correction(row), Order::Correct)
        } else {
            (CarryOut::Withdraw, Order::Withdraw)
        };
        let (mut end, next) = (None, self.version + 1);
        let expected = if ordered.is_some_and(|ordered| ordered != order) {
            Err("ordered-otherwise")
        } else {
            let followed = pure(one.follow(Actor::Authority(law()), self.now()));
            match followed {
                // What has ended needs no correction any more: the order is followed, and the record stays as it is.
                Ok(followed) if correct && self.ended.is_some() => Ok(followed),
                Ok(followed) => {
                    end = Some(if correct {
                        (None, next)
                    } else {
                        (Some(RecordStatus::Withdrawn), self.withdrawn_as())
                    });
                    Ok(followed)
                }
                refused => refused,
            }
        };
        let done = wait(self.here().registry.follow_order(LAW, id, what)).map(|_| ());
        self.change(id, expected, done, end);
    }

    fn apply(&mut self) {
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

    fn restore(&mut self, which: Index, answer: RestorationAnswer) {
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

    fn confirm(&mut self, which: Index) {
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

    fn complain(&mut self) {
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

    fn find(&mut self, which: Index, who: usize, founded: bool) {
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

    fn compare(&self) {
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
    fn check_told(&self) {
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
