//! What should be of a procedure: whose turn it is until when, what was ordered in it, and what it does to its record.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use model::{EventId, MandateId, ProcedureId};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Correct,
    Withdraw,
    /// What was withdrawn is filed again.
    Readmit,
    /// All stays as it is.
    Stand,
    Improper,
}

/// What a court decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judgment {
    pub(crate) reference: String,
    pub(crate) decided_on: Date,
    pub(crate) order: Order,
    /// Of a correction, the fields that are to be put right, by name. None: the record as a whole.
    pub(crate) fields: Vec<&'static str>,
}

impl Judgment {
    /// Whether they ask for the same.
    pub(crate) fn asks_the_same(&self, other: &Self) -> bool {
        self.order == other.order && self.fields == other.fields
    }

    /// Whether they have one number. One court alone judges here.
    pub(crate) fn is_same_paper(&self, other: &Self) -> bool {
        self.reference == other.reference
    }
}

/// A body of whose look the person is not told yet, and which has to stop using a record.
#[derive(Debug, Clone)]
pub(crate) struct Apart {
    pub(crate) confirmed: bool,
    /// By when it has to.
    pub(crate) due: Date,
    pub(crate) reminded: bool,
}

/// A procedure, whatever its kind.
#[derive(Debug, Clone)]
pub(crate) struct Procedure {
    pub(crate) id: ProcedureId,
    pub(crate) kind: &'static str,
    /// As it was last put down.
    pub(crate) status: &'static str,
    /// Which of the person's records it is about.
    pub(crate) record: Option<usize>,
    pub(crate) look: Option<EventId>,
    pub(crate) authority: Option<String>,
    /// The representative's mandate, where one speaks.
    pub(crate) mandate: Option<MandateId>,
    /// The day that brings the next step by itself once it is over.
    pub(crate) due: Option<Date>,
    /// The day on which an answer is or would have been in time.
    pub(crate) shown_due: Option<Date>,
    /// An application's second day.
    pub(crate) answer_by: Option<Date>,
    pub(crate) waits_for: Option<String>,
    pub(crate) order: Option<Order>,
    /// What a court decided in it, the last that was put down.
    pub(crate) judgment: Option<Judgment>,
    /// What was put down before that took its place, the first first.
    pub(crate) earlier: Vec<Judgment>,
    /// Whether it is about what a court decided and nothing else, so that no reviewer orders anything.
    pub(crate) of_court: bool,
    /// Reviewers answered before, about the same record, that no court decided so.
    pub(crate) told_in_vain: bool,
    pub(crate) reviewer: Option<String>,
    /// Reviewers who did a step in it.
    pub(crate) took_part: BTreeSet<String>,
    pub(crate) statement: Option<String>,
    pub(crate) reconsidered: bool,
    /// What was put to it.
    pub(crate) files: Vec<Vec<u8>>,
    /// Bodies that have to stop using the record, and whether they confirmed.
    pub(crate) confirms: BTreeMap<String, bool>,
    /// Those of whose looks the person is not told yet.
    pub(crate) apart: BTreeMap<String, Apart>,
    /// What was said in it is destroyed.
    pub(crate) forgotten: bool,
    /// It was opened by somebody without a key.
    pub(crate) alone: bool,
    /// When its last step was done.
    pub(crate) changed: Timestamp,
}

impl Procedure {
    pub(crate) fn waits(&self) -> bool {
        self.waits_for.is_some()
    }

    /// Since when somebody is late with it: the last day on which that would have been done in time.
    pub(crate) fn late_since(&self, today: Date) -> Option<Date> {
        let due = match self.waits() {
            true => self.shown_due,
            false => self.apart_due(|_| true),
        };
        due.filter(|day| *day < today)
    }

    /// Whether somebody is late with it.
    pub(crate) fn is_late(&self, today: Date) -> bool {
        self.late_since(today).is_some()
    }

    /// The first day by which one of these has to confirm that stands apart, where nobody else is waited for.
    fn apart_due(&self, which: impl Fn(&Apart) -> bool) -> Option<Date> {
        let complete = self.status == "complete" && !self.forgotten;
        let waiting = self
            .apart
            .values()
            .filter(|one| complete && !one.confirmed && which(one));
        waiting.map(|one| one.due).min()
    }

    /// The last day before the one on which the installation goes on with it by itself.
    pub(crate) fn wakes_after(&self) -> Option<Date> {
        self.due.or_else(|| self.apart_due(|one| !one.reminded))
    }

    /// Whether what a court decided is yet to be followed.
    pub(crate) fn is_to_be_followed(&self) -> bool {
        matches!(self.status, "outside-decision" | "follow-overdue") && self.waits()
    }

    /// Whether this was ordered, by a reviewer or a court, and is yet to be done.
    pub(crate) fn is_ordered(&self, order: Order) -> bool {
        let ordered = matches!(self.status, "changed" | "change-overdue") || self.is_to_be_followed();
        ordered && self.waits() && self.order == Some(order)
    }

    /// Whether this is what a court decided that was followed, put down with another day, or as nothing to be done: then
    /// nothing more is to be done.
    pub(crate) fn is_settled_as(&self, judgment: &Judgment) -> bool {
        let followed = self.judgment.as_ref().filter(|_| self.status == "followed");
        followed.is_some_and(|followed| {
            let no_more = judgment.order == Order::Stand || judgment.asks_the_same(followed);
            followed.is_same_paper(judgment) && no_more
        })
    }

    /// The bodies that have not confirmed that they stopped using a decision.
    pub(crate) fn unconfirmed(&self) -> impl Iterator<Item = &str> {
        let apart = self.apart.iter().map(|(body, one)| (body, one.confirmed));
        let all = self.confirms.iter().map(|(body, confirmed)| (body, *confirmed));
        let waiting = all.chain(apart).filter(|(_, confirmed)| !confirmed);
        waiting.map(|(body, _)| body.as_str())
    }

    /// Whether its record shows as disputed.
    pub(crate) fn disputes(&self) -> bool {
        match self.kind {
            "dispute" => matches!(self.status, "open" | "overdue"),
            "reconsideration" => self.record.is_some() && self.waits(),
            _ => false,
        }
    }

    /// Whether its record is shown to nobody: whoever has to answer or to follow is late, put down or not.
    pub(crate) fn withholds(&self, today: Date) -> bool {
        let late = self.due.is_some_and(|day| day < today);
        match (self.kind, self.status) {
            ("dispute", "open") => late,
            ("dispute", "overdue") => true,
            ("reconsideration", "changed" | "outside-decision") => late,
            ("reconsideration", "change-overdue" | "follow-overdue") => true,
            // What a court decided about a record, nobody has put down yet.
            ("reconsideration", "open" | "assigned") if self.of_court => late && !self.told_in_vain,
            ("reconsideration", "overdue" | "assigned-overdue") if self.of_court => !self.told_in_vain,
            _ => false,
        }
    }
}
