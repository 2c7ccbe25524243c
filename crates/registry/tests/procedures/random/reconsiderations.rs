//! Reconsiderations of disputes, and complaints, given to reviewers; what they and a court decide; and what is ordered.

use model::{
    ProcedureId, RecordStatus,
    procedure::{
        Actor, Files, Order, OutsideDecision, Procedure, ProcedureKind, Reconsideration,
        ReconsiderationOpening, ReconsiderationState, Reconsidered, ReviewerId, Speaker,
    },
};
use proptest::sample::Index;
use registry::{CarryOut, OutsideOrder};
use testkit::wait;

use super::{Expected, REVIEWER, World, law, pure, words};
use crate::kit::{LAW, a_reconsideration, correction, fine, reviewer};

impl World {
    pub(super) fn ask(&mut self, which: Index) {
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

    pub(super) fn assign(&mut self, which: Index, who: usize) {
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

    pub(super) fn judge(&mut self, which: Index, who: usize, order: Option<Order>) {
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

    pub(super) fn outside(&mut self, which: Index, order: Order) {
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

    pub(super) fn follow(&mut self, which: Index, correct: bool) {
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
}
