//! Reconsiderations of disputes and of looks, decisions from outside, and what is ordered.

use std::collections::BTreeSet;

use jiff::civil::Date;
use model::{
    EventId, VersionKind,
    procedure::{Reconsidered, Speaker},
};
use registry::{CarryOut, Reconsider};
use testkit::wait;

use crate::{
    changing_values::{FOLLOW_WORKING_DAYS, RECONSIDERATION_DAYS},
    filing::row,
    model::{Order, Person, Procedure, Who},
    named_fields::{are_put_right, names_fields},
    run::{REVIEWERS, Run},
};

use crate::procedures::{
    To,
    To::{Authority, Person as ToPerson, Recipients, Reviewer, Reviewers},
    blank, order_of, refused, reviewer,
};

impl Run {
    pub(crate) fn reconsider_dispute(&mut self) {
        let any = self.one_in(3);
        let answered = |one: &Procedure| match one.status {
            "upheld" => true,
            "corrected" | "withdrawn" => any,
            _ => false,
        };
        let wanted = |one: &Procedure| one.kind == "dispute" && answered(one) && !one.reconsidered;
        let Some((who, at)) = self.procedure(wanted) else {
            return;
        };
        let dispute = self.of(who).procedures[at].clone();
        let (person, put) = (self.id(who), self.draw_files());
        let open = |registry: &registry::Registry| {
            let wish = Reconsider {
                by: Speaker::Person,
                of: Reconsidered::Dispute(dispute.id),
                text: "made-up words".to_owned(),
                files: put.files.clone(),
            };
            wait(registry.open_reconsideration(person, wish))
        };
        let outcome = self.call(open);
        if self.refused_files(who, &put, &outcome) {
            return;
        }
        // One reconsideration about a record waits at a time.
        let same = |one: &&Procedure| one.kind == "reconsideration" && one.record == dispute.record;
        let mut others = self.of(who).procedures.iter().filter(same);
        if others.any(|one| one.waits_for.is_some()) {
            assert_eq!(outcome.unwrap_err().code(), "procedure-under-way");
            return;
        }
        let id = outcome.unwrap();
        self.m.of(who).procedures[at].reconsidered = true;
        self.step(who, at, "ask-reconsideration", "self", None);
        let mut procedure = blank(id, "reconsideration", "open", Speaker::Person);
        (procedure.record, procedure.authority) = (dispute.record, dispute.authority);
        procedure.files = put.files;
        self.opened_for_reviewers(who, procedure, RECONSIDERATION_DAYS.due(self.today()));
        let at = self.of(who).procedures.len() - 1;
        let tells: &[To] = &[ToPerson, Authority, Reviewers, Recipients];
        self.step(who, at, "open", "self", Some(("reconsideration-opened", tells)));
        let today = self.today();
        self.m.alert(who, dispute.record.unwrap(), &Self::others(), today);
        self.did("reconsiderations of disputes");
    }

    /// What it means for alerts comes after all that an act does at once.
    pub(crate) fn opened_for_reviewers(&mut self, who: Who, procedure: Procedure, due: Date) {
        self.m.of(who).procedures.push(Procedure {
            due: Some(due),
            shown_due: Some(due),
            waits_for: Some(":reviewers".to_owned()),
            ..procedure
        });
    }

    /// A look of somebody that shows to them, of which no other procedure is about.
    pub(crate) fn look_to_complain_of(&mut self, kind: &str) -> Option<(Who, String, EventId)> {
        let today = self.today();
        let hidden = |person: &Person, look| {
            let waiting = person.waiting.iter();
            waiting
                .filter(|one| one.look == Some(look))
                .any(|one| one.shows_on > today)
        };
        let free = |person: &Person, look| {
            !hidden(person, look)
                && person.known
                && !person
                    .procedures
                    .iter()
                    .any(|one| one.kind == kind && one.look == Some(look))
        };
        if kind == "complaint" && self.one_in(3) {
            let who =
                self.who_has(|person| person.fruitless.last().is_some_and(|one| free(person, one.1)))?;
            let (body, look) = self.of(who).fruitless.last().unwrap().clone();
            self.did("complaints about looks that came to nothing");
            return Some((who, body, look));
        }
        let who = self.who_has(|person| person.looks.last().is_some_and(|one| free(person, one.2)))?;
        let (_, body, look) = self.of(who).looks.last().unwrap().clone();
        Some((who, body, look))
    }

    pub(crate) fn reconsider_look(&mut self) {
        let Some((who, body, look)) = self.look_to_complain_of("reconsideration") else {
            return;
        };
        let (person, put) = (self.id(who), self.draw_files());
        let open = |registry: &registry::Registry| {
            let wish = Reconsider {
                by: Speaker::Person,
                of: Reconsidered::Look(look),
                text: "made-up words".to_owned(),
                files: put.files.clone(),
            };
            wait(registry.open_reconsideration(person, wish))
        };
        let outcome = self.call(open);
        if self.refused_files(who, &put, &outcome) {
            return;
        }
        let id = outcome.unwrap();
        self.touched.insert(who);
        let mut procedure = blank(id, "reconsideration", "open", Speaker::Person);
        (procedure.look, procedure.authority) = (Some(look), Some(body));
        procedure.files = put.files;
        self.opened_for_reviewers(who, procedure, RECONSIDERATION_DAYS.due(self.today()));
        let at = self.of(who).procedures.len() - 1;
        let tells: &[To] = &[ToPerson, Authority, Reviewers];
        self.step(who, at, "open", "self", Some(("reconsideration-opened", tells)));
        self.did("reconsiderations of looks");
    }

    /// Reviewers who had a part in what a procedure is about.
    pub(crate) fn took_part(&self, who: Who, at: usize) -> BTreeSet<String> {
        let one = &self.of(who).procedures[at];
        let same = |other: &&Procedure| {
            other.id != one.id
                && !other.forgotten
                && (one.record.is_some() && other.record == one.record
                    || one.look.is_some() && other.look == one.look)
        };
        let others = self.of(who).procedures.iter().filter(same);
        let others = others.filter(|other| !(one.of_court && other.of_court));
        let mut found: BTreeSet<String> = others.flat_map(|other| other.took_part.clone()).collect();
        if let Some(record) = one.record {
            let (person, document) = (self.of(who), &self.record(who, record).document);
            let certified = person.certified.iter().filter(|(of, _)| of == document);
            found.extend(certified.map(|(_, reviewer)| reviewer.clone()));
        }
        found.extend(one.look.map(|look| self.took_as_staff(look)).unwrap_or_default());
        found.extend(
            one.look
                .and_then(|look| self.m.looked_into.get(&look).cloned())
                .unwrap_or_default(),
        );
        found
    }

    /// Whether an answer was refused, since the reviewer has judged the same elsewhere.
    pub(crate) fn judged_meanwhile<T>(
        &mut self,
        who: Who,
        at: usize,
        outcome: &Result<T, registry::ProcedureError>,
    ) -> bool {
        let refused = outcome
            .as_ref()
            .is_err_and(|error| error.code() == "reviewer-took-part");
        if refused {
            let has = self.of(who).procedures[at].reviewer.clone().unwrap();
            assert!(self.took_part(who, at).contains(&has), "{has} had no part in it");
            self.did("answers refused to who judged the same");
        }
        refused
    }

    pub(crate) fn assign(&mut self) {
        let waits = |one: &Procedure| {
            matches!(one.kind, "reconsideration" | "complaint")
                && matches!(one.status, "open" | "overdue" | "assigned" | "assigned-overdue")
        };
        let fresh = self.draw(5) > 0;
        let Some((who, at)) = self.procedure(|one| waits(one) && (!fresh || one.reviewer.is_none())) else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let (to, by) = (self.pick(&REVIEWERS), self.pick(&REVIEWERS));
        let assigns = |registry: &registry::Registry| {
            wait(registry.assign_procedure(one.id, reviewer(to), reviewer(by)))
        };
        let outcome = self.call(assigns);
        let (apart, refused) = (self.took_part(who, at), refused(&outcome));
        if self.concerns(to, who) {
            self.kept_apart(to, who, refused);
            return;
        }
        if refused == Some("reviewer-took-part") {
            assert!(apart.contains(to), "{to} had no part in it");
            return;
        }
        let has = one.reviewer.as_deref() == Some(to);
        if !has && self.kept_apart(by, who, refused) {
            return;
        }
        outcome.unwrap();
        self.pass(who, at);
        if has {
            // Given to who has it already, it stays as it is.
            return;
        }
        assert!(!apart.contains(to), "{to} had a part in it");
        let one = &mut self.m.of(who).procedures[at];
        one.reviewer = Some(to.to_owned());
        one.waits_for = Some(format!("reviewer:{to}"));
        one.status = match one.status {
            "open" | "assigned" => "assigned",
            _ => "assigned-overdue",
        };
        let (kind, tells): (_, &[To]) = match one.kind {
            "complaint" => ("complaint-assigned", &[ToPerson, Reviewer]),
            _ => ("reconsideration-assigned", &[ToPerson, Authority, Reviewer]),
        };
        self.step(who, at, "assign", &format!("reviewer:{by}"), Some((kind, tells)));
        self.did("procedures assigned");
    }

    pub(crate) fn ordered(&mut self, who: Who, at: usize, status: &'static str, order: Order) {
        let today = self.today();
        let due = FOLLOW_WORKING_DAYS.due_working(today);
        let one = &mut self.m.of(who).procedures[at];
        (one.order, one.reviewer) = (Some(order), None);
        let waits_for = match one.record {
            Some(_) => one.authority.clone(),
            None => Some(":reviewers".to_owned()),
        };
        self.set(who, at, status, Some(due), waits_for);
    }

    pub(crate) fn answer_reconsideration(&mut self) {
        let wanted = |one: &Procedure| {
            one.kind == "reconsideration" && matches!(one.status, "assigned" | "assigned-overdue")
        };
        let Some((who, at)) = self.procedure(wanted) else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let has = one.reviewer.clone().unwrap();
        let order = match (self.one_in(2), one.record) {
            (true, _) => None,
            (false, Some(record)) => Some(self.order_about(who, record)),
            (false, None) => Some(Order::Improper),
        };
        let answers = |registry: &registry::Registry| {
            let order = order.map(order_of);
            wait(registry.answer_reconsideration(reviewer(&has), one.id, order, "made-up reasons".into()))
        };
        let outcome = self.call(answers);
        if one.of_court && order.is_some() || order == Some(Order::Stand) {
            // A court alone decides about a record; and that all stays as it is, a reviewer confirms.
            let refused = outcome.unwrap_err();
            return assert_eq!(refused.code(), "order-unfit", "{who}");
        }
        if self.judged_meanwhile(who, at, &outcome) {
            return;
        }
        let unfit = |(record, order): (usize, Order)| !self.fits(who, record, order);
        if one.record.zip(order).is_some_and(unfit) {
            assert_eq!(outcome.unwrap_err().code(), "order-unfit");
            return;
        }
        if self.kept_apart(&has, who, refused(&outcome)) {
            return;
        }
        outcome.unwrap();
        self.pass(who, at);
        let actor = format!("reviewer:{has}");
        let recipients = one.record.is_some();
        match order {
            None => {
                let all: &[To] = &[ToPerson, Authority, Reviewers, Recipients];
                let tells = if recipients { all } else { &all[..3] };
                self.m.of(who).procedures[at].reviewer = None;
                self.set(who, at, "confirmed", None, None);
                self.step(
                    who,
                    at,
                    "confirm",
                    &actor,
                    Some(("reconsideration-confirmed", tells)),
                );
            }
            Some(order) => {
                self.ordered(who, at, "changed", order);
                let tells: &[To] = &[ToPerson, Authority, Reviewers];
                self.step(
                    who,
                    at,
                    "change",
                    &actor,
                    Some(("reconsideration-changed", tells)),
                );
                self.let_in(who, at, &has);
            }
        }
        self.did("reconsiderations answered");
    }

    pub(crate) fn follow(&mut self) {
        let wanted = |one: &Procedure| {
            one.kind == "reconsideration"
                && matches!(
                    one.status,
                    "changed" | "change-overdue" | "outside-decision" | "follow-overdue"
                )
        };
        let Some((who, at)) = self.procedure(wanted) else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let Some(record) = one.record else {
            return self.put_down_improper(who, at);
        };
        if one.order == Some(Order::Readmit) {
            return self.follow_by_filing(who, &one);
        }
        let (authority, order) = (one.authority.clone().unwrap(), one.order.unwrap());
        let (what, said) = if order == Order::Correct {
            let said = self.corrected_as_ordered(who, record, &one);
            let row = row(who, self.record(who, record), &said, false).to_string();
            (CarryOut::Correct(row), Some(said))
        } else {
            (CarryOut::Withdraw, None)
        };
        let follows =
            |registry: &registry::Registry| wait(registry.follow_order(&authority, one.id, what.clone()));
        let held = self.record(who, record);
        let same = said.as_ref() == Some(held.said());
        let leaves = |said: &crate::model::Said| names_fields(&one) && !are_put_right(held, &one, said);
        let left = said.as_ref().is_some_and(leaves);
        let outcome = self.call(follows);
        if let Err(error) = outcome {
            // What has ended already needs nothing more, so that nobody has to do what cannot be done.
            assert!(self.record(who, record).stands(), "{who}: {}", error.code());
            if self.cannot_change(who, record, &error) {
                return;
            }
            assert!(left, "{who}: {}", error.code());
            let expected = if same {
                "correction-same"
            } else {
                "ordered-fields-left"
            };
            assert_eq!(error.code(), expected, "{who}");
            return self.did("corrections that leave a field that is named");
        }
        let stands = self.record(who, record).stands();
        assert!(!left || !stands, "a field that a court named is as it was, {who}");
        if stands && names_fields(&one) && order == Order::Correct {
            self.did("fields that a court names put right");
        }
        self.pass(who, at);
        let status = self.of(who).procedures[at].status;
        let to_be_done = match order {
            Order::Correct => stands && !same,
            // What was restored was valid; now it never was.
            _ => self.record(who, record).latest() != VersionKind::Withdrawn,
        };
        if to_be_done {
            self.carried_out(who, record, said, order == Order::Withdraw);
        }
        let tells: &[To] = &[ToPerson, Authority, Reviewers, Recipients];
        self.followed(who, at, status, &authority, tells);
    }

    pub(crate) fn followed(&mut self, who: Who, at: usize, status: &str, actor: &str, tells: &[To]) {
        let (status, kind) = match status {
            "changed" | "change-overdue" => ("change-followed", "change-followed"),
            _ => ("followed", "outside-decision-followed"),
        };
        self.set(who, at, status, None, None);
        self.step(who, at, "follow", actor, Some((kind, tells)));
        self.did(kind);
    }

    pub(crate) fn put_down_improper(&mut self, who: Who, at: usize) {
        let one = self.of(who).procedures[at].clone();
        let by = self.pick(&REVIEWERS);
        let outcome = self.call(|registry| wait(registry.put_down_improper(reviewer(by), one.id)));
        if self.kept_apart(by, who, refused(&outcome)) {
            return;
        }
        outcome.unwrap();
        self.pass(who, at);
        let status = self.of(who).procedures[at].status;
        let actor = format!("reviewer:{by}");
        self.found_improper(who, one.look.unwrap(), (one.id, by));
        self.followed(who, at, status, &actor, &[ToPerson, Authority, Reviewers]);
    }
}
