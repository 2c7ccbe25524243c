//! Looks that courts judge: one that was found improper counts for its body, and no more once the same judgment is put down
//! again as leaving it as it was.

use model::{EventId, ProcedureId};
use testkit::wait;

use crate::{
    calendar::after_days,
    judgments::outside,
    model::{Improper, Judgment, Order, Procedure, Who},
    procedures::{
        To,
        To::{Authority, Person as ToPerson, Reviewers},
        refused, reviewer,
    },
    run::{REVIEWERS, Run},
};

const TOLD: &[To] = &[ToPerson, Authority, Reviewers];

impl Run {
    /// A reviewer puts down what a court decided about a look, or puts it down anew; or what it ordered is done.
    pub(crate) fn judge_look(&mut self) {
        let anew = self.draw(4) > 0;
        let about = |one: &Procedure| one.kind == "reconsideration" && one.look.is_some();
        let found = self.procedure(|one| about(one) && (!anew || one.judgment.is_some()));
        let Some((who, at)) = found.or_else(|| self.procedure(about)) else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        if one.is_to_be_followed() && self.draw(3) > 0 {
            return self.put_down_improper(who, at);
        }
        let day = after_days(self.today(), -(self.draw(20) as i64));
        let other = self.one_in(8);
        let judgment = match one.judgment.filter(|_| !other) {
            Some(noted) => Judgment {
                decided_on: if self.one_in(3) { day } else { noted.decided_on },
                order: match (self.one_in(4), noted.order) {
                    (true, order) => order,
                    (false, Order::Stand) => Order::Improper,
                    (false, _) => Order::Stand,
                },
                ..noted
            },
            None => Judgment {
                reference: format!("made-up 2027-{}", self.next_text()),
                decided_on: day,
                order: match self.draw(8) {
                    0 => Order::Withdraw,
                    1 | 2 => Order::Stand,
                    _ => Order::Improper,
                },
                fields: Vec::new(),
            },
        };
        let by = self.pick(&REVIEWERS);
        self.judges_look(who, at, judgment, by);
    }

    fn judges_look(&mut self, who: Who, at: usize, judgment: Judgment, by: &str) {
        let before = self.of(who).procedures[at].clone();
        let outcome = self.call(|registry| {
            let decision = outside("high-court", &judgment, false);
            wait(registry.record_outside_decision(reviewer(by), before.id, decision))
        });
        let expected = self.not_judged(who, &before, &judgment, by);
        assert_eq!(refused(&outcome), expected, "{judgment:?} about a look at {who}");
        if expected.is_some() {
            return;
        }
        self.pass(who, at);
        let before = self.of(who).procedures[at].clone();
        if before.judgment.as_ref() == Some(&judgment) {
            return self.did("judgments put down twice");
        }
        let was_followed = before.is_settled_as(&judgment) && before.order == Some(Order::Improper);
        if was_followed && judgment.order == Order::Stand {
            self.take_back_improper(who, &before, by);
        }
        let (step, kind) = self.takes_place(who, at, judgment);
        self.step(who, at, step, &format!("reviewer:{by}"), Some((kind, TOLD)));
        self.did("judgments about looks");
    }

    /// Why a judgment about a look is not put down, if it is not.
    fn not_judged(&self, who: Who, one: &Procedure, judgment: &Judgment, by: &str) -> Option<&'static str> {
        let noted = one.judgment.as_ref();
        let other = noted.filter(|noted| !noted.is_same_paper(judgment));
        let later = other.is_some_and(|noted| noted.decided_on > judgment.decided_on);
        match () {
            () if noted == Some(judgment) => None,
            () if one.is_settled_as(judgment) => {
                Some("reviewer-concerned").filter(|_| self.concerns(by, who))
            }
            () if later => Some("later-decision-noted"),
            () if one.status == "followed" && other.is_some() => Some("step-not-now"),
            () if !matches!(judgment.order, Order::Improper | Order::Stand) => Some("order-unfit"),
            () => Some("reviewer-concerned").filter(|_| self.concerns(by, who)),
        }
    }

    /// A look is put down as improper in a procedure, unless it is already: it counts for the body and is no longer to be
    /// looked into.
    pub(crate) fn found_improper(&mut self, who: Who, look: EventId, (of, by): (ProcedureId, &str)) {
        if let Some(found) = self.m.improper.get_mut(&look) {
            found.otherwise = true;
            return;
        }
        let found = Improper {
            year: self.today().year(),
            body: self.m.looked_by[&look].0.to_owned(),
            of: Some(of),
            otherwise: false,
            waited: self.m.queue.remove(&look),
        };
        self.m.looks_into(look, by);
        self.m.improper.insert(look, found);
        self.m.event(who, "look-improper", &format!("reviewer:{by}"), "");
        if self.m.taken_back.contains(&look) {
            self.did("looks that count as improper again");
        }
    }

    /// A court left as it was what it was said to have found improper: that counts no more, unless somebody else found so too,
    /// and what was to be looked into is again.
    fn take_back_improper(&mut self, who: Who, one: &Procedure, by: &str) {
        let look = one.look.unwrap();
        let of_court = |found: &Improper| found.of == Some(one.id) && !found.otherwise;
        if !self.m.improper.get(&look).is_some_and(of_court) {
            return self.did("improper looks that count for another finding");
        }
        let found = self.m.improper.remove(&look).unwrap();
        self.did(match found.waited {
            Some(_) => "improper looks taken back that are to be looked into again",
            None => "improper looks taken back that nobody has to look into",
        });
        self.m.queue.extend(found.waited.map(|review| (look, review)));
        self.m.taken_back.insert(look);
        self.m.looks_into(look, by);
        self.m
            .event(who, "improper-taken-back", &format!("reviewer:{by}"), "");
        // Reviewers see to what was done because of it.
        self.m.leaves += 1;
        self.m.steps += 1;
    }
}
