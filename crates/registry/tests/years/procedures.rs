//! What the four procedures share: steps, whom they tell, and what days that are over ask for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::{
    ProcedureId, RecordKind, RecordStatus,
    procedure::{self, ReviewerId, Speaker},
};
use registry::ProcedureError;

use crate::{
    calendar::after_months,
    changing_values::RECIPIENTS_MONTHS,
    model::{Order, Person, Procedure, Who},
    run::Run,
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

pub(crate) fn reviewer(id: &str) -> ReviewerId {
    ReviewerId::new(id).unwrap()
}

pub(crate) fn blank(id: ProcedureId, kind: &'static str, status: &'static str, by: Speaker) -> Procedure {
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
        judgment: None,
        earlier: Vec::new(),
        of_court: false,
        told_in_vain: false,
        reviewer: None,
        took_part: BTreeSet::new(),
        statement: None,
        reconsidered: false,
        files: Vec::new(),
        confirms: BTreeMap::new(),
        apart: BTreeMap::new(),
        forgotten: false,
        alone: false,
        changed: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// Why something was refused, if it was.
pub(crate) fn refused<T>(outcome: &Result<T, ProcedureError>) -> Option<&'static str> {
    outcome.as_ref().err().map(ProcedureError::code)
}

/// The order as the registry takes it.
pub(crate) const fn order_of(order: Order) -> procedure::Order {
    match order {
        Order::Correct => procedure::Order::Correct,
        Order::Withdraw => procedure::Order::Withdraw,
        Order::Readmit => procedure::Order::Readmit,
        Order::Stand => procedure::Order::Stand,
        Order::Improper => procedure::Order::LookImproper,
    }
}

impl Run {
    /// The bodies that were given a record within the last years.
    pub(crate) fn recipients(&self, who: Who, record: Option<usize>) -> BTreeSet<String> {
        self.recent(&self.of(who).given, record)
    }

    /// Those of them of whose looks the person was told.
    pub(crate) fn open_recipients(&self, who: Who, record: Option<usize>) -> BTreeSet<String> {
        self.recent(&self.of(who).given_openly, record)
    }

    fn recent(
        &self,
        given: &BTreeMap<(usize, String), jiff::Timestamp>,
        record: Option<usize>,
    ) -> BTreeSet<String> {
        let (today, now) = self.both();
        let back = after_months(today, -(RECIPIENTS_MONTHS.on(today) as i32));
        // At the same time of that day.
        let since = midnight(back) + (now - midnight(today));
        let recent = given
            .iter()
            .filter(|((of, _), at)| Some(*of) == record && **at >= since);
        recent.map(|((_, body), _)| body.clone()).collect()
    }

    /// A step that was done: its event, and whom it tells.
    pub(crate) fn step(
        &mut self,
        who: Who,
        at: usize,
        name: &str,
        actor: &str,
        tells: Option<(&str, &[To])>,
    ) {
        self.m.of(who).procedures[at].changed = self.now();
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

    pub(crate) fn tells(&mut self, who: Who, at: usize, kind: &str, to: &[To]) {
        let one = self.of(who).procedures[at].clone();
        let subject = one.id.to_string();
        let mut bodies: Vec<String> = Vec::new();
        for to in to {
            match to {
                ToPerson => {
                    self.m.notice(who, kind, &subject);
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

    pub(crate) fn tell_body(&mut self, who: Who, body: &str, kind: &str, subject: &str) {
        let told = (body.to_owned(), kind.to_owned(), subject.to_owned());
        *self.m.of(who).told.entry(told).or_default() += 1;
    }

    /// What days that are over ask of a procedure.
    pub(crate) fn pass(&mut self, who: Who, at: usize) {
        self.pass_as(who, at, None);
    }

    /// The same where this body confirms that it stopped using the record: it is reminded of that no more.
    pub(crate) fn pass_as(&mut self, who: Who, at: usize, confirms: Option<&str>) {
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
                ("restoration", "granted") => (
                    "confirmation-overdue",
                    "pass-confirmation-day",
                    "confirmation-overdue",
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
            let one = &mut self.m.of(who).procedures[at];
            if one.status == "confirmation-overdue" {
                one.apart.values_mut().for_each(|one| one.reminded = true);
                let one = one.clone();
                self.remind(
                    who,
                    &one,
                    one.unconfirmed().filter(|body| Some(*body) != confirms),
                );
            }
        }
        let one = &mut self.m.of(who).procedures[at];
        if one.status != "complete" || one.wakes_after().is_none_or(|day| day >= today) {
            return;
        }
        // Nobody whom the person may know of is waited for, and no step says that others are late.
        let mut late = Vec::new();
        for (body, apart) in &mut one.apart {
            if !apart.reminded && !apart.confirmed && apart.due < today {
                apart.reminded = true;
                late.push(body.clone());
            }
        }
        let one = one.clone();
        self.tell_body(who, ":reviewers", "confirmation-overdue", &one.id.to_string());
        let late = late.iter().map(String::as_str);
        if self.remind(who, &one, late.filter(|body| Some(*body) != confirms)) {
            self.did("bodies reminded unseen that they stop using a decision");
        }
    }

    /// Who was reminded while the person could not know of it is not reminded again. Answers whether any was.
    fn remind<'b>(&mut self, who: Who, one: &Procedure, bodies: impl Iterator<Item = &'b str>) -> bool {
        let (kind, subject) = ("stop-using-again", one.id.to_string());
        let mut any = false;
        for body in bodies {
            let told = (body.to_owned(), kind.to_owned(), subject.clone());
            if !self.of(who).told.contains_key(&told) {
                self.tell_body(who, body, kind, &subject);
                self.did("bodies reminded that they stop using a decision");
                any = true;
            }
        }
        any
    }

    pub(crate) fn set(
        &mut self,
        who: Who,
        at: usize,
        status: &'static str,
        due: Option<Date>,
        waits_for: Option<String>,
    ) {
        let (today, now) = self.both();
        let one = &mut self.m.of(who).procedures[at];
        let withheld = one.withholds(today);
        (one.status, one.due, one.shown_due, one.waits_for) = (status, due, due, waits_for);
        let shows_again = withheld && !one.withholds(today);
        let Some(record) = one.record else { return };
        self.m.alert(who, record, &Self::others(), today);
        if !shows_again {
            return;
        }
        // It shows again: certificates that were issued meanwhile speak as though it were not there.
        let decision = self.record(who, record);
        let status = decision.own_status(today);
        if decision.kind == RecordKind::Decision
            && matches!(
                status,
                RecordStatus::InForce | RecordStatus::Pending | RecordStatus::Expired
            )
        {
            let on = decision.said().from.max(today);
            let reached = self.of(who).licences(decision.profession);
            self.m
                .end_certificates(who, &reached, on, "decision", (today, now));
        }
    }

    /// A record reaches its end: what waits about it ends with it, and whoever has something to do is told.
    pub(crate) fn end_with_record(&mut self, who: Who, record: usize) {
        for at in 0..self.of(who).procedures.len() {
            let one = &self.of(who).procedures[at];
            if one.record != Some(record) || one.forgotten || !one.waits() {
                continue;
            }
            self.touched.insert(who);
            self.pass(who, at);
            let one = self.of(who).procedures[at].clone();
            self.set(who, at, "record-erased", None, None);
            let to: &[To] = match (one.kind, &one.reviewer) {
                ("dispute", _) => &[ToPerson, Authority, Recipients],
                ("reconsideration", Some(_)) => &[ToPerson, Authority, Recipients, Reviewer],
                ("reconsideration", None) => &[ToPerson, Authority, Recipients, Reviewers],
                _ => &[ToPerson, Authority],
            };
            self.step(
                who,
                at,
                "erase-record",
                "installation",
                Some(("record-erased", to)),
            );
            for body in one.unconfirmed() {
                self.tell_body(who, body, "record-erased", &one.id.to_string());
            }
            self.did("procedures that ended with their record");
        }
    }

    /// Somebody with a procedure of which this holds, and its place.
    pub(crate) fn procedure(&mut self, wanted: impl Fn(&Procedure) -> bool) -> Option<(Who, usize)> {
        self.procedure_of(|_, one| wanted(one))
    }

    /// The same, where it depends on whose it is.
    pub(crate) fn procedure_of(
        &mut self,
        wanted: impl Fn(&Person, &Procedure) -> bool,
    ) -> Option<(Who, usize)> {
        let live = |person: &Person, one: &Procedure| !one.forgotten && wanted(person, one);
        let who = self.who_has(|person| person.procedures.iter().any(|one| live(person, one)))?;
        self.bind(who);
        let person = self.of(who);
        let at = person.procedures.iter().rposition(|one| live(person, one))?;
        Some((who, at))
    }

    /// Nothing came of it: the mandate does not hold.
    pub(crate) fn not_covered(error: &ProcedureError, holds: bool) -> bool {
        let refused = error.code() == "mandate-not-covered";
        assert_eq!(refused, !holds, "{}", error.code());
        refused
    }
}

fn midnight(day: Date) -> jiff::Timestamp {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    day.to_zoned(zone).unwrap().timestamp()
}
