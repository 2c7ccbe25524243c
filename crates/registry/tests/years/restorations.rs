//! Restorations: applied for too early or not, answered or not, and bodies that stop using a decision.

use std::collections::BTreeSet;

use jiff::Timestamp;
use model::{EventId, RecordKind, RecordStatus, VersionKind};
use registry::{Apply, RestorationAnswer};
use testkit::wait;

use crate::{
    calendar::after_working_days,
    changing_values::{ACCEPTANCE_WORKING_DAYS, ANSWER_WORKING_DAYS, CONFIRM_WORKING_DAYS},
    looks::Ask,
    model::{Apart, Penalty, Procedure, Record, Who},
    run::{CLERKS, EDUCATION, LAW, QUIET, Run},
};

use crate::procedures::{
    To,
    To::{Authority, Person as ToPerson},
    blank,
};

impl Run {
    pub(crate) fn apply_restoration(&mut self) {
        // Mostly one that may be applied for.
        let (today, any) = (self.today(), self.one_in(3));
        let good = |one: &Record| {
            one.kind == RecordKind::Decision
                && (any
                    || one.own_status(today) == RecordStatus::InForce
                        && one.said().restorable_from() <= today)
        };
        let Some(who) = self.who_has(|person| person.records.iter().any(good)) else {
            return;
        };
        self.bind(who);
        let decisions = self.records_where(who, good);
        let record = self.pick(&decisions);
        let (person, id) = (self.id(who), self.record_id(who, record));
        let (by, holds) = self.speaker(who);
        let pledged = !self.one_in(8);
        let apply = |registry: &registry::Registry| {
            let application = Apply {
                by,
                decision: id,
                pledge: pledged.then(|| "made-up pledge".to_owned()),
                duties: Some("made-up duties".to_owned()),
            };
            wait(registry.apply_restoration(person, application))
        };
        let outcome = self.call(apply);
        let one = self.record(who, record).clone();
        let (said, status) = (one.said(), one.own_status(today));
        let prohibits = said.penalty == Some(Penalty::Prohibition);
        let ended = match status {
            RecordStatus::Withdrawn | RecordStatus::Restored | RecordStatus::Erased => true,
            RecordStatus::Expired => !prohibits,
            _ => false,
        };
        let of_record = |other: &&Procedure| other.record == Some(record) && other.kind == "restoration";
        let under_way = self
            .of(who)
            .procedures
            .iter()
            .filter(of_record)
            .any(Procedure::waits);
        let from = said.restorable_from().max(said.from);
        let refused = match () {
            () if !self.of(who).known => "record-unknown",
            () if ended => "record-ended",
            () if under_way => "procedure-under-way",
            () if today < from => "restoration-too-early",
            () if prohibits && said.lasts_until() >= today => "prohibition-in-force",
            () if !pledged => "pledge-missing",
            () if !holds => "mandate-not-covered",
            () => "",
        };
        let opened = match outcome {
            Err(error) => {
                assert_eq!(error.code(), refused, "{who}");
                return self.did("applications refused");
            }
            Ok(opened) => opened,
        };
        assert_eq!(refused, "", "{who}");
        let mut procedure = blank(opened, "restoration", "applied", by);
        (procedure.record, procedure.authority) = (Some(record), Some(one.authority.to_owned()));
        procedure.answer_by = Some(after_working_days(today, ANSWER_WORKING_DAYS.on(today)));
        self.m.of(who).procedures.push(procedure);
        let at = self.of(who).procedures.len() - 1;
        let due = after_working_days(today, ACCEPTANCE_WORKING_DAYS.on(today));
        self.set(who, at, "applied", Some(due), Some(one.authority.to_owned()));
        let tells: &[To] = &[ToPerson, Authority];
        self.step(who, at, "apply", "self", Some(("restoration-applied", tells)));
        self.did("applications for restoration");
    }

    pub(crate) fn answer_restoration(&mut self) {
        let wanted = |one: &Procedure| {
            one.kind == "restoration"
                && matches!(
                    one.status,
                    "applied" | "acceptance-overdue" | "taken" | "answer-overdue"
                )
        };
        let Some((who, at)) = self.procedure(wanted) else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let (record, today) = (one.record.unwrap(), self.today());
        let late = one.due.is_some_and(|day| day < today);
        let why = "made-up reasons".to_owned();
        let answer = match (one.status, self.draw(4)) {
            ("applied", 0) => RestorationAnswer::NotTake(why),
            ("applied", _) => RestorationAnswer::Take,
            (_, 0) => RestorationAnswer::Refuse(why),
            _ => RestorationAnswer::Grant(why),
        };
        let answers =
            |registry: &registry::Registry| wait(registry.answer_restoration(LAW, one.id, answer.clone()));
        let outcome = self.call(answers);
        if let Err(error) = outcome {
            match error.code() {
                // Its silence counts as taken, put down or not.
                "step-not-now" => assert!(late && one.status == "applied", "{who}: {}", one.status),
                code => {
                    assert_eq!(code, "record-ended");
                    assert!(!self.record(who, record).stands());
                }
            }
            return;
        }
        self.pass(who, at);
        let tells: &[To] = &[ToPerson, Authority];
        match answer {
            RestorationAnswer::Take => {
                let answer_by = one.answer_by;
                self.set(who, at, "taken", answer_by, Some(LAW.to_owned()));
                self.step(who, at, "take", LAW, Some(("restoration-taken", tells)));
            }
            RestorationAnswer::NotTake(_) => {
                self.set(who, at, "not-taken", None, None);
                self.step(who, at, "not-take", LAW, Some(("restoration-not-taken", tells)));
            }
            RestorationAnswer::Refuse(_) => {
                self.set(who, at, "refused", None, None);
                self.step(who, at, "refuse", LAW, Some(("restoration-refused", tells)));
            }
            RestorationAnswer::Grant(_) => self.granted(who, at, record),
        }
        self.did("applications answered");
    }

    pub(crate) fn granted(&mut self, who: Who, at: usize, record: usize) {
        let mut given = self.recipients(who, Some(record));
        given.remove(LAW);
        let told_of = self.open_recipients(who, Some(record));
        let subject = self.of(who).procedures[at].id.to_string();
        let tells: &[To] = &[ToPerson, Authority];
        let today = self.today();
        let due = after_working_days(today, CONFIRM_WORKING_DAYS.on(today));
        self.set(who, at, "granted", Some(due), Some(":recipients".to_owned()));
        self.step(who, at, "grant", LAW, Some(("restoration-granted", tells)));
        for body in &given {
            self.tell_body(who, body, "stop-using", &subject);
        }
        let both = self.both();
        self.m
            .end(who, record, VersionKind::Restored, &Self::others(), both);
        let one = &mut self.m.of(who).procedures[at];
        let (open, apart): (Vec<String>, _) = given.into_iter().partition(|body| told_of.contains(body));
        one.confirms = open.into_iter().map(|body| (body, false)).collect();
        let waited_for = |body| {
            let one = Apart {
                confirmed: false,
                due,
                reminded: false,
            };
            (body, one)
        };
        one.apart = apart.into_iter().map(waited_for).collect();
        if !one.apart.is_empty() {
            self.did("restorations that keep a body back from the person");
        }
        self.did("restorations granted");
        self.completed(who, at);
    }

    pub(crate) fn completed(&mut self, who: Who, at: usize) {
        if self.of(who).procedures[at]
            .confirms
            .values()
            .all(|confirmed| *confirmed)
        {
            self.set(who, at, "complete", None, None);
            let tells: &[To] = &[ToPerson, Authority];
            self.step(
                who,
                at,
                "complete",
                "installation",
                Some(("restoration-complete", tells)),
            );
        }
    }

    pub(crate) fn confirm_stopped(&mut self) {
        let apart = |one: &Procedure| !one.apart.is_empty();
        let wanted = |one: &Procedure| matches!(one.status, "granted" | "confirmation-overdue");
        let found = if self.one_in(3) {
            self.procedure(apart)
        } else {
            None
        };
        let Some((who, at)) = found.or_else(|| self.procedure(wanted)) else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let apart = one.apart.keys();
        let bodies: Vec<String> = one.confirms.keys().chain(apart).cloned().collect();
        let body = self.pick(&bodies);
        // Who stands apart is often late, so that they are reminded.
        if one.apart.get(&body).is_some_and(|apart| !apart.reminded) && !self.one_in(3) {
            return;
        }
        let confirms = |registry: &registry::Registry| {
            let known = registry.keys().procedure_for_body(one.id, &body);
            wait(registry.confirm_stopped_use(&body, known))
        };
        if let Err(error) = self.call(confirms) {
            let apart = one.apart.get(&body).map(|one| one.confirmed);
            let refused = match one.status {
                // Whoever may be known to be waited for has confirmed.
                "complete" if apart.is_none() => "step-not-now",
                _ => "already-confirmed",
            };
            assert_eq!(error.code(), refused, "{who}");
            return assert!(apart.unwrap_or_else(|| one.confirms[&body]));
        }
        self.touched.insert(who);
        self.pass_as(who, at, Some(&body));
        if let Some(apart) = self.m.of(who).procedures[at].apart.get_mut(&body) {
            // Nothing of it shows before the person is told of the look.
            apart.confirmed = true;
            return self.did("bodies that stopped using a decision unseen");
        }
        self.m.of(who).procedures[at].confirms.insert(body.clone(), true);
        self.step(
            who,
            at,
            "confirm-stopped",
            &body,
            Some(("use-stopped", &[ToPerson, Authority])),
        );
        self.completed(who, at);
        self.did("bodies that stopped using a decision");
    }

    /// Another authority looks at somebody who applied for a restoration, and the law lets the notice wait.
    pub(crate) fn look_at_applicant(&mut self) {
        let waits = |one: &Procedure| {
            one.kind == "restoration"
                && matches!(
                    one.status,
                    "applied" | "acceptance-overdue" | "taken" | "answer-overdue"
                )
        };
        let Some((who, _)) = self.procedure(waits) else {
            return;
        };
        let ask = Ask {
            body: EDUCATION,
            clerk: self.pick(&CLERKS).to_owned(),
            purpose: QUIET,
            profession: "lawyer",
            consent: None,
            wait_days: None,
            misnamed: false,
        };
        self.look(who, &ask);
    }

    /// What a look gave, of which the person is told.
    pub(crate) fn given_openly(&mut self, who: Who, body: &str, (gave, at): (BTreeSet<usize>, Timestamp)) {
        for record in gave {
            let given = &mut self.m.of(who).given_openly;
            let last = given.entry((record, body.to_owned())).or_insert(at);
            *last = at.max(*last);
        }
    }

    /// The person is told of a look whose notice waited: they may know from now on whom it gave a record that was
    /// restored since, and whether that body stopped using it.
    pub(crate) fn shows(&mut self, who: Who, look: EventId) {
        let waiting = self.of(who).waiting.iter();
        let told = waiting
            .filter(|one| one.look == Some(look))
            .map(|one| (one.entry.1.clone(), one.gave.clone()))
            .collect::<Vec<_>>();
        for (body, gave) in told {
            self.given_openly(who, &body, gave);
        }
        for at in 0..self.of(who).procedures.len() {
            let one = &self.of(who).procedures[at];
            let Some(record) = one.record.filter(|_| !one.forgotten) else {
                continue;
            };
            let known = |body: &&String| {
                let given = &self.of(who).given_openly;
                given.contains_key(&(record, (*body).clone()))
            };
            let shown: Vec<String> = one.apart.keys().filter(known).cloned().collect();
            for body in shown {
                self.shows_recipient(who, at, body);
            }
        }
    }

    fn shows_recipient(&mut self, who: Who, at: usize, body: String) {
        let tells: &[To] = &[ToPerson, Authority];
        self.pass(who, at);
        let one = &mut self.m.of(who).procedures[at];
        let Apart { confirmed, due, .. } = one.apart.remove(&body).unwrap();
        one.confirms.insert(body.clone(), confirmed);
        if one.status == "complete" {
            self.set(who, at, "granted", Some(due), Some(":recipients".to_owned()));
            // That day may be over already, which the next daily work puts down.
            self.unworked.insert(who);
        }
        self.step(
            who,
            at,
            "show-recipient",
            "installation",
            Some(("recipient-shown", tells)),
        );
        self.did("bodies that show in a restoration once the person is told of their look");
        if confirmed {
            self.step(who, at, "confirm-stopped", &body, Some(("use-stopped", tells)));
            self.completed(who, at);
            self.did("bodies that show once they stopped using a decision");
        }
    }
}
