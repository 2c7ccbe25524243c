//! Disputes, reconsiderations, restorations and complaints: who does what, what follows, and who is told.

use std::collections::BTreeSet;

use jiff::civil::Date;
use model::{
    EventId, ProcedureId, RecordKind, VersionKind,
    procedure::{self, Matter, Reconsidered, ReviewerId, Speaker},
};
use registry::{
    Apply, CarryOut, Complain, DisputeAnswer, Finding, Found, OpenDispute, OutsideOrder, ProcedureError,
    Reconsider, RestorationAnswer,
};
use testkit::wait;

use crate::{
    calendar::{
        ACCEPTANCE_WORKING_DAYS, ANSWER_WORKING_DAYS, COMPLAINT_DAYS, DISPUTE_DAYS, FOLLOW_WORKING_DAYS,
        RECIPIENTS_MONTHS, RECONSIDERATION_DAYS, after_days, after_months, after_working_days,
    },
    filing::row,
    looks::ORDERS,
    model::{Order, Penalty, Person, Procedure, Who},
    run::{EDUCATION, LAW, REVIEWERS, Run},
};

/// To whom a notice goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    Person,
    Authority,
    Reviewers,
    /// The reviewer who has it.
    Reviewer,
    /// Whoever was given the record in the last years, but for the authority.
    Recipients,
}

use To::{Authority, Person as ToPerson, Recipients, Reviewer, Reviewers};

fn reviewer(id: &str) -> ReviewerId {
    ReviewerId::new(id).unwrap()
}

fn blank(id: ProcedureId, kind: &'static str, status: &'static str, by: Speaker) -> Procedure {
    Procedure {
        id,
        kind,
        status,
        record: None,
        look: None,
        authority: None,
        mandate: match by {
            Speaker::Person => None,
            Speaker::Representative(mandate) => Some(mandate),
        },
        due: None,
        shown_due: None,
        answer_by: None,
        waits_for: None,
        order: None,
        reviewer: None,
        took_part: BTreeSet::new(),
        statement: None,
        reconsidered: false,
        confirms: std::collections::BTreeMap::new(),
        forgotten: false,
    }
}

fn speaks(by: Speaker) -> String {
    match by {
        Speaker::Person => "self".to_owned(),
        Speaker::Representative(mandate) => format!("mandate:{mandate}"),
    }
}

/// The order as the registry takes it.
const fn order_of(order: Order) -> procedure::Order {
    match order {
        Order::Correct => procedure::Order::Correct,
        Order::Withdraw => procedure::Order::Withdraw,
        Order::Improper => procedure::Order::LookImproper,
    }
}

impl Run {
    /// The bodies that were given a record within the last years.
    fn recipients(&self, who: Who, record: Option<usize>) -> BTreeSet<String> {
        let (today, now) = self.both();
        let back = after_months(today, -RECIPIENTS_MONTHS);
        // At the same time of that day.
        let since = midnight(back) + (now - midnight(today));
        let given = self.of(who).given.iter();
        let recent = given.filter(|((of, _), at)| Some(*of) == record && **at >= since);
        recent.map(|((_, body), _)| body.clone()).collect()
    }

    /// A step that was done: its event, and whom it tells.
    fn step(&mut self, who: Who, at: usize, name: &str, actor: &str, tells: Option<(&str, &[To])>) {
        let one = self.of(who).procedures[at].clone();
        self.m
            .event(who, "procedure-step", actor, &format!("{}:{name}", one.kind));
        if let Some(id) = actor.strip_prefix("reviewer:") {
            self.m.of(who).procedures[at].took_part.insert(id.to_owned());
        }
        if let Some((kind, to)) = tells {
            self.tells(who, at, kind, to);
        }
    }

    fn tells(&mut self, who: Who, at: usize, kind: &str, to: &[To]) {
        let one = self.of(who).procedures[at].clone();
        let (subject, now) = (one.id.to_string(), self.now());
        let mut bodies: Vec<String> = Vec::new();
        for to in to {
            match to {
                ToPerson => {
                    self.m.tell(who, kind, &subject, now);
                    bodies.extend(one.mandate.map(|mandate| format!("mandate:{mandate}")));
                }
                Authority => bodies.extend(one.authority.clone()),
                Reviewers => bodies.push(":reviewers".to_owned()),
                Reviewer => bodies.extend(one.reviewer.as_ref().map(|id| format!("reviewer:{id}"))),
                Recipients => {
                    let given = self.recipients(who, one.record);
                    bodies.extend(
                        given
                            .into_iter()
                            .filter(|body| Some(body) != one.authority.as_ref()),
                    );
                }
            }
        }
        for body in bodies {
            self.tell_body(who, &body, kind, &subject);
        }
    }

    fn tell_body(&mut self, who: Who, body: &str, kind: &str, subject: &str) {
        let told = (body.to_owned(), kind.to_owned(), subject.to_owned());
        *self.m.of(who).told.entry(told).or_default() += 1;
    }

    /// What days that are over ask of a procedure.
    pub(crate) fn pass(&mut self, who: Who, at: usize) {
        let today = self.today();
        while self.of(who).procedures[at].due.is_some_and(|day| day < today) {
            let one = &mut self.m.of(who).procedures[at];
            let answer_by = one.answer_by;
            let (status, step, kind, due): (_, _, _, Option<Date>) = match (one.kind, one.status) {
                ("dispute", "open") => ("overdue", "pass-due-day", "dispute-overdue", None),
                ("reconsideration", "open") => ("overdue", "pass-due-day", "reconsideration-overdue", None),
                ("reconsideration", "assigned") => (
                    "assigned-overdue",
                    "pass-due-day",
                    "reconsideration-overdue",
                    None,
                ),
                ("reconsideration", "changed") => {
                    ("change-overdue", "pass-follow-day", "change-overdue", None)
                }
                ("reconsideration", "outside-decision") => (
                    "follow-overdue",
                    "pass-follow-day",
                    "outside-decision-overdue",
                    None,
                ),
                ("complaint", "open") => ("overdue", "pass-due-day", "complaint-overdue", None),
                ("complaint", "assigned") => ("assigned-overdue", "pass-due-day", "complaint-overdue", None),
                ("restoration", "applied") => (
                    "acceptance-overdue",
                    "pass-acceptance-day",
                    "restoration-acceptance-overdue",
                    answer_by,
                ),
                ("restoration", "acceptance-overdue" | "taken") => (
                    "answer-overdue",
                    "pass-answer-day",
                    "restoration-answer-overdue",
                    None,
                ),
                (kind, status) => panic!("a {kind} that is {status} waits for no day"),
            };
            one.status = status;
            one.due = due;
            one.shown_due = due.or(one.shown_due);
            let to: &[To] = match (one.kind, &one.reviewer) {
                ("complaint", _) => &[ToPerson, Reviewers, Reviewer],
                (_, Some(_)) => &[ToPerson, Authority, Reviewers, Reviewer],
                _ => &[ToPerson, Authority, Reviewers],
            };
            self.step(who, at, step, "installation", Some((kind, to)));
        }
    }

    fn set(
        &mut self,
        who: Who,
        at: usize,
        status: &'static str,
        due: Option<Date>,
        waits_for: Option<String>,
    ) {
        let one = &mut self.m.of(who).procedures[at];
        (one.status, one.due, one.shown_due, one.waits_for) = (status, due, due, waits_for);
    }

    /// Somebody with a procedure of which this holds, and its place.
    fn procedure(&mut self, wanted: impl Fn(&Procedure) -> bool) -> Option<(Who, usize)> {
        let live = |one: &Procedure| !one.forgotten && wanted(one);
        let who = self.who_has(|person: &Person| person.procedures.iter().any(live))?;
        self.bind(who);
        let at = self.of(who).procedures.iter().rposition(live)?;
        Some((who, at))
    }

    /// Nothing came of it: the mandate does not hold.
    fn not_covered(error: &ProcedureError, holds: bool) -> bool {
        let refused = error.code() == "mandate-not-covered";
        assert_eq!(refused, !holds, "{}", error.code());
        refused
    }

    pub(crate) fn open_dispute(&mut self) {
        let who = self.somebody();
        self.bind(who);
        if self.of(who).records.is_empty() {
            return;
        }
        let record = self.draw(self.of(who).records.len() as u64) as usize;
        let (today, person, id) = (self.today(), self.id(who), self.record_id(who, record));
        let (by, holds) = self.speaker(who);
        let open = |registry: &registry::Registry| {
            let dispute = OpenDispute {
                by,
                record: id,
                field: None,
                text: "made-up words".to_owned(),
                files: Vec::new(),
            };
            wait(registry.open_dispute(person, dispute))
        };
        let outcome = self.call(open);
        let one = self.record(who, record).clone();
        let of_record = |other: &&Procedure| other.record == Some(record) && other.kind == "dispute";
        let under_way = self
            .of(who)
            .procedures
            .iter()
            .filter(of_record)
            .any(Procedure::waits);
        let known = self.of(who).known;
        let ended = !one.stands() || one.own_status(today) == model::RecordStatus::Erased;
        let opened = match outcome {
            Err(ProcedureError::NoSuchRecord) => return assert!(!known),
            Err(ProcedureError::RecordEnded) => return assert!(ended),
            Err(ProcedureError::UnderWay) => return assert!(under_way),
            Err(error) => return assert!(Self::not_covered(&error, holds)),
            Ok(opened) => opened,
        };
        assert!(known && !ended && !under_way && holds, "{who}");
        let due = after_days(today, DISPUTE_DAYS);
        let mut procedure = blank(opened, "dispute", "open", by);
        procedure.record = Some(record);
        procedure.authority = Some(one.authority.to_owned());
        self.m.of(who).procedures.push(procedure);
        let at = self.of(who).procedures.len() - 1;
        self.set(who, at, "open", Some(due), Some(one.authority.to_owned()));
        let tells: &[To] = &[ToPerson, Authority, Recipients];
        self.step(who, at, "open", &speaks(by), Some(("dispute-opened", tells)));
        self.did("disputes");
    }

    pub(crate) fn answer_dispute(&mut self) {
        let Some((who, at)) = self.procedure(|one| one.kind == "dispute" && one.waits()) else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let (record, authority) = (one.record.unwrap(), one.authority.unwrap());
        let (answer, said) = match self.draw(3) {
            0 => (DisputeAnswer::Uphold, None),
            1 => (DisputeAnswer::Change(CarryOut::Withdraw), None),
            _ => {
                let said = self.corrected(who, record);
                let row = row(who, self.record(who, record), &said, false).to_string();
                (DisputeAnswer::Change(CarryOut::Correct(row)), Some(said))
            }
        };
        let withdraws = matches!(answer, DisputeAnswer::Change(CarryOut::Withdraw));
        let id = one.id;
        let by = authority.clone();
        let answers = |registry: &registry::Registry| {
            wait(registry.answer_dispute(&by, id, answer.clone(), "made-up reasons".into()))
        };
        let outcome = self.call(answers);
        if let Err(error) = outcome {
            // It ended otherwise meanwhile, or names a licence that was taken back.
            assert!(self.cannot_change(who, record, &error), "{who}: {}", error.code());
            return;
        }
        self.pass(who, at);
        let tells: &[To] = &[ToPerson, Authority, Recipients];
        let (status, step, kind) = match (&said, withdraws) {
            (None, false) => ("upheld", "uphold", "dispute-upheld"),
            (None, true) => ("withdrawn", "withdraw", "dispute-withdrawn"),
            (Some(_), _) => ("corrected", "correct", "dispute-corrected"),
        };
        self.carried_out(who, record, said, withdraws);
        self.set(who, at, status, None, None);
        self.step(who, at, step, &authority, Some((kind, tells)));
        self.did(kind);
    }

    /// Whether an answer or order cannot be carried out on the record any more, for a reason that it gives.
    fn cannot_change(&self, who: Who, record: usize, error: &ProcedureError) -> bool {
        let one = self.record(who, record);
        let over = !one.stands() || one.own_status(self.today()) == model::RecordStatus::Erased;
        let unlicensed = one.kind == RecordKind::Decision && self.of(who).licences("lawyer").is_empty();
        match error.code() {
            "record-ended" | "correction-unknown" | "correction-other-record" => over,
            "licence-unknown" => unlicensed,
            _ => false,
        }
    }

    fn carried_out(&mut self, who: Who, record: usize, said: Option<crate::model::Said>, withdraws: bool) {
        if let Some(said) = said {
            self.put_right(who, record, said);
        } else if withdraws {
            let both = self.both();
            self.m
                .end(who, record, VersionKind::Withdrawn, &Self::others(), both);
        }
    }

    pub(crate) fn take_back_procedure(&mut self) {
        let wanted = |one: &Procedure| matches!(one.kind, "dispute" | "complaint") && one.waits();
        let Some((who, at)) = self.procedure(wanted) else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let (id, person) = (one.id, self.id(who));
        self.call(|registry| wait(registry.take_back_procedure(person, Speaker::Person, id)))
            .unwrap();
        self.pass(who, at);
        // Whoever took it back speaks for themselves; who opened it hears of it too.
        let (kind, tells): (_, &[To]) = match one.kind {
            "dispute" => ("dispute-taken-back", &[ToPerson, Authority, Recipients]),
            _ => ("complaint-taken-back", &[ToPerson, Reviewers]),
        };
        self.set(who, at, "taken-back", None, None);
        self.step(who, at, "take-back", "self", Some((kind, tells)));
        self.did("procedures taken back");
    }

    pub(crate) fn add_statement(&mut self) {
        let wanted =
            |one: &Procedure| one.kind == "dispute" && one.status == "upheld" && one.statement.is_none();
        let Some((who, at)) = self.procedure(wanted) else {
            return;
        };
        let (id, person) = (self.of(who).procedures[at].id, self.id(who));
        let words = format!("made-up statement {}", self.next_text());
        self.call(|registry| wait(registry.add_statement(person, Speaker::Person, id, words.clone())))
            .unwrap();
        self.m.of(who).procedures[at].statement = Some(words);
        let tells: &[To] = &[ToPerson, Authority, Recipients];
        self.step(who, at, "add-statement", "self", Some(("statement-added", tells)));
        self.did("statements");
    }

    pub(crate) fn reconsider_dispute(&mut self) {
        let wanted = |one: &Procedure| one.kind == "dispute" && one.status == "upheld" && !one.reconsidered;
        let Some((who, at)) = self.procedure(wanted) else {
            return;
        };
        let dispute = self.of(who).procedures[at].clone();
        let person = self.id(who);
        let open = |registry: &registry::Registry| {
            let wish = Reconsider {
                by: Speaker::Person,
                of: Reconsidered::Dispute(dispute.id),
                text: "made-up words".to_owned(),
                files: Vec::new(),
            };
            wait(registry.open_reconsideration(person, wish))
        };
        let id = self.call(open).unwrap();
        self.m.of(who).procedures[at].reconsidered = true;
        self.step(who, at, "ask-reconsideration", "self", None);
        let mut procedure = blank(id, "reconsideration", "open", Speaker::Person);
        (procedure.record, procedure.authority) = (dispute.record, dispute.authority);
        self.opened_for_reviewers(who, procedure, RECONSIDERATION_DAYS);
        let at = self.of(who).procedures.len() - 1;
        let tells: &[To] = &[ToPerson, Authority, Reviewers, Recipients];
        self.step(who, at, "open", "self", Some(("reconsideration-opened", tells)));
        self.did("reconsiderations of disputes");
    }

    fn opened_for_reviewers(&mut self, who: Who, procedure: Procedure, days: i64) {
        self.m.of(who).procedures.push(procedure);
        let at = self.of(who).procedures.len() - 1;
        let due = after_days(self.today(), days);
        self.set(who, at, "open", Some(due), Some(":reviewers".to_owned()));
    }

    /// A look of somebody that shows to them, of which no other procedure is about.
    fn look_to_complain_of(&mut self, kind: &str) -> Option<(Who, String, EventId)> {
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
        let who = self.who_has(|person| person.looks.last().is_some_and(|one| free(person, one.2)))?;
        let (_, body, look) = self.of(who).looks.last().unwrap().clone();
        Some((who, body, look))
    }

    pub(crate) fn reconsider_look(&mut self) {
        let Some((who, body, look)) = self.look_to_complain_of("reconsideration") else {
            return;
        };
        let person = self.id(who);
        let open = |registry: &registry::Registry| {
            let wish = Reconsider {
                by: Speaker::Person,
                of: Reconsidered::Look(look),
                text: "made-up words".to_owned(),
                files: Vec::new(),
            };
            wait(registry.open_reconsideration(person, wish))
        };
        let id = self.call(open).unwrap();
        self.touched.insert(who);
        let mut procedure = blank(id, "reconsideration", "open", Speaker::Person);
        (procedure.look, procedure.authority) = (Some(look), Some(body));
        self.opened_for_reviewers(who, procedure, RECONSIDERATION_DAYS);
        let at = self.of(who).procedures.len() - 1;
        let tells: &[To] = &[ToPerson, Authority, Reviewers];
        self.step(who, at, "open", "self", Some(("reconsideration-opened", tells)));
        self.did("reconsiderations of looks");
    }

    pub(crate) fn complain(&mut self) {
        let found = if self.one_in(2) {
            self.look_to_complain_of("complaint")
        } else {
            None
        };
        let (who, body, look) = match found {
            Some((who, body, look)) => (who, Some(body), Some(look)),
            None => {
                let who = self.somebody();
                (who, Some(LAW.to_owned()), None)
            }
        };
        let person = self.id(who);
        let open = |registry: &registry::Registry| {
            let complaint = Complain {
                by: Speaker::Person,
                about: Matter::Leak,
                look,
                body: body.clone().filter(|_| look.is_none()),
                text: "made-up words".to_owned(),
                files: Vec::new(),
            };
            wait(registry.open_complaint(person, complaint))
        };
        let outcome = self.call(open);
        self.touched.insert(who);
        let known = self.of(who).known;
        let id = match outcome {
            Err(ProcedureError::NoSuchProcedure) => return assert!(!known),
            other => other.unwrap(),
        };
        assert!(known);
        let mut procedure = blank(id, "complaint", "open", Speaker::Person);
        (procedure.look, procedure.authority) = (look, body);
        self.opened_for_reviewers(who, procedure, COMPLAINT_DAYS);
        let at = self.of(who).procedures.len() - 1;
        self.step(
            who,
            at,
            "open",
            "self",
            Some(("complaint-opened", &[ToPerson, Reviewers])),
        );
        self.did("complaints");
    }

    /// Reviewers who had a part in what a procedure is about.
    fn took_part(&self, who: Who, at: usize) -> BTreeSet<String> {
        let one = &self.of(who).procedures[at];
        let same = |other: &&Procedure| {
            other.id != one.id
                && !other.forgotten
                && (one.record.is_some() && other.record == one.record
                    || one.look.is_some() && other.look == one.look)
        };
        let others = self.of(who).procedures.iter().filter(same);
        let mut found: BTreeSet<String> = others.flat_map(|other| other.took_part.clone()).collect();
        found.extend(one.look.and_then(|look| self.m.closed_by.get(&look).cloned()));
        found
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
        let apart = self.took_part(who, at);
        if let Err(error) = outcome {
            assert_eq!(error.code(), "reviewer-took-part");
            assert!(apart.contains(to), "{to} had no part in it");
            return;
        }
        assert!(!apart.contains(to), "{to} had a part in it");
        self.pass(who, at);
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

    fn ordered(&mut self, who: Who, at: usize, status: &'static str, order: Order) {
        let due = after_working_days(self.today(), FOLLOW_WORKING_DAYS);
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
            (false, Some(_)) => Some(self.pick(&ORDERS)),
            (false, None) => Some(Order::Improper),
        };
        let answers = |registry: &registry::Registry| {
            let order = order.map(order_of);
            wait(registry.answer_reconsideration(reviewer(&has), one.id, order, "made-up reasons".into()))
        };
        self.call(answers).unwrap();
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
            }
        }
        self.did("reconsiderations answered");
    }

    pub(crate) fn outside_decision(&mut self) {
        let wanted = |one: &Procedure| {
            one.kind == "reconsideration" && one.record.is_some() && one.status != "followed"
        };
        let Some((who, at)) = self.procedure(wanted) else {
            return;
        };
        let (id, today) = (self.of(who).procedures[at].id, self.today());
        let (order, by) = (self.pick(&ORDERS), self.pick(&REVIEWERS));
        let records = |registry: &registry::Registry| {
            let decision = OutsideOrder {
                court: "high-court".to_owned(),
                reference: "made-up 2027-1".to_owned(),
                decided_on: today,
                order: order_of(order),
            };
            wait(registry.record_outside_decision(reviewer(by), id, decision))
        };
        self.call(records).unwrap();
        self.pass(who, at);
        self.ordered(who, at, "outside-decision", order);
        let tells: &[To] = &[ToPerson, Authority, Reviewers, Recipients];
        let actor = format!("reviewer:{by}");
        self.step(
            who,
            at,
            "record-outside-decision",
            &actor,
            Some(("outside-decision-recorded", tells)),
        );
        self.did("decisions from outside");
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
        let (authority, order) = (one.authority.clone().unwrap(), one.order.unwrap());
        let (what, said) = if order == Order::Correct {
            let said = self.corrected(who, record);
            let row = row(who, self.record(who, record), &said, false).to_string();
            (CarryOut::Correct(row), Some(said))
        } else {
            (CarryOut::Withdraw, None)
        };
        let follows =
            |registry: &registry::Registry| wait(registry.follow_order(&authority, one.id, what.clone()));
        if let Err(error) = self.call(follows) {
            // What has ended already needs nothing more, so that nobody has to do what cannot be done.
            assert!(self.record(who, record).stands(), "{who}: {}", error.code());
            assert!(self.cannot_change(who, record, &error), "{who}: {}", error.code());
            return;
        }
        self.pass(who, at);
        let status = self.of(who).procedures[at].status;
        let to_be_done = match order {
            Order::Correct => self.record(who, record).stands(),
            // What was restored was valid; now it never was.
            _ => self.record(who, record).latest() != VersionKind::Withdrawn,
        };
        if to_be_done {
            self.carried_out(who, record, said, order == Order::Withdraw);
        }
        let tells: &[To] = &[ToPerson, Authority, Reviewers, Recipients];
        self.followed(who, at, status, &authority, tells);
    }

    fn followed(&mut self, who: Who, at: usize, status: &str, actor: &str, tells: &[To]) {
        let (status, kind) = match status {
            "changed" | "change-overdue" => ("change-followed", "change-followed"),
            _ => ("followed", "outside-decision-followed"),
        };
        self.set(who, at, status, None, None);
        self.step(who, at, "follow", actor, Some((kind, tells)));
        self.did(kind);
    }

    fn put_down_improper(&mut self, who: Who, at: usize) {
        let one = self.of(who).procedures[at].clone();
        let by = self.pick(&REVIEWERS);
        self.call(|registry| wait(registry.put_down_improper(reviewer(by), one.id)))
            .unwrap();
        self.pass(who, at);
        let status = self.of(who).procedures[at].status;
        let actor = format!("reviewer:{by}");
        self.m.event(who, "look-improper", &actor, "");
        self.followed(who, at, status, &actor, &[ToPerson, Authority, Reviewers]);
    }

    pub(crate) fn answer_complaint(&mut self) {
        let wanted = |one: &Procedure| {
            one.kind == "complaint" && matches!(one.status, "assigned" | "assigned-overdue")
        };
        let Some((who, at)) = self.procedure(wanted) else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let has = one.reviewer.clone().unwrap();
        let founded = self.one_in(2);
        let affected: Vec<Who> = match self.one_in(3) {
            true if founded => vec![self.somebody(), self.somebody()],
            _ => Vec::new(),
        };
        let people: Vec<_> = affected.iter().map(|who| self.id(*who)).collect();
        let answers = |registry: &registry::Registry| {
            let finding = if founded {
                Finding::Founded(Found {
                    reasons: "made-up reasons".to_owned(),
                    measures: "made-up measures".to_owned(),
                    breach: Some(people.clone()).filter(|people| !people.is_empty()),
                })
            } else {
                Finding::Unfounded("made-up reasons".to_owned())
            };
            wait(registry.answer_complaint(reviewer(&has), one.id, finding))
        };
        self.call(answers).unwrap();
        self.pass(who, at);
        self.m.of(who).procedures[at].reviewer = None;
        let (status, step, kind) = if founded {
            ("founded", "find-founded", "complaint-founded")
        } else {
            ("unfounded", "find-unfounded", "complaint-unfounded")
        };
        self.set(who, at, status, None, None);
        let tells: &[To] = &[ToPerson, Reviewers, Authority];
        self.step(who, at, step, &format!("reviewer:{has}"), Some((kind, tells)));
        let now = self.now();
        for other in affected.into_iter().collect::<BTreeSet<_>>() {
            self.touched.insert(other);
            self.m.tell(other, "breach-affects-you", &one.id.to_string(), now);
        }
        self.did(kind);
    }

    pub(crate) fn apply_restoration(&mut self) {
        let decided = |person: &Person| person.records.iter().any(|one| one.kind == RecordKind::Decision);
        let Some(who) = self.who_has(decided) else { return };
        self.bind(who);
        let decisions = self.decisions(who);
        let record = self.pick(&decisions);
        let (today, person, id) = (self.today(), self.id(who), self.record_id(who, record));
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
            model::RecordStatus::Withdrawn | model::RecordStatus::Restored | model::RecordStatus::Erased => {
                true
            }
            model::RecordStatus::Expired => !prohibits,
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
            () if prohibits && said.to.unwrap() >= today => "prohibition-in-force",
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
        procedure.answer_by = Some(after_working_days(today, ANSWER_WORKING_DAYS));
        self.m.of(who).procedures.push(procedure);
        let at = self.of(who).procedures.len() - 1;
        let due = after_working_days(today, ACCEPTANCE_WORKING_DAYS);
        self.set(who, at, "applied", Some(due), Some(one.authority.to_owned()));
        let tells: &[To] = &[ToPerson, Authority];
        self.step(
            who,
            at,
            "apply",
            &speaks(by),
            Some(("restoration-applied", tells)),
        );
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

    fn granted(&mut self, who: Who, at: usize, record: usize) {
        let mut given = self.recipients(who, Some(record));
        given.remove(LAW);
        let subject = self.of(who).procedures[at].id.to_string();
        let tells: &[To] = &[ToPerson, Authority];
        self.set(who, at, "granted", None, Some(":recipients".to_owned()));
        self.step(who, at, "grant", LAW, Some(("restoration-granted", tells)));
        for body in &given {
            self.tell_body(who, body, "stop-using", &subject);
        }
        let both = self.both();
        self.m
            .end(who, record, VersionKind::Restored, &Self::others(), both);
        let one = &mut self.m.of(who).procedures[at];
        one.confirms = given.into_iter().map(|body| (body, false)).collect();
        self.did("restorations granted");
        self.completed(who, at);
    }

    fn completed(&mut self, who: Who, at: usize) {
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
        let Some((who, at)) = self.procedure(|one| one.status == "granted") else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let bodies: Vec<String> = one.confirms.keys().cloned().collect();
        let body = self.pick(&bodies);
        let confirms = |registry: &registry::Registry| wait(registry.confirm_stopped_use(&body, one.id));
        if let Err(error) = self.call(confirms) {
            assert_eq!(error.code(), "already-confirmed");
            return assert!(one.confirms[&body]);
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

    /// A body that has no part in a procedure is told that there is none; one that has is put down as a reader.
    pub(crate) fn read_procedure(&mut self) {
        let Some((who, at)) = self.procedure(|one| one.kind == "dispute") else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let authority = one.authority.unwrap();
        let other = if authority == LAW { EDUCATION } else { LAW };
        let read = |registry: &registry::Registry, body: &str| {
            wait(registry.read_procedure(registry::Reader::Body(body.to_owned()), one.id))
        };
        assert!(read(self.registry(), other).is_err());
        self.call(|registry| read(registry, &authority)).unwrap();
        self.m.event(who, "procedure-read", &authority, "dispute");
    }
}

fn midnight(day: Date) -> jiff::Timestamp {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    day.to_zoned(zone).unwrap().timestamp()
}
