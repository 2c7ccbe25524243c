//! What courts decided, as reviewers put it down: in a reconsideration or about a record, again where it was put down
//! wrongly, and in the place of what was ordered before.

use model::procedure::Speaker;
use registry::{OutsideOrder, ProcedureError};
use testkit::wait;

use crate::{
    calendar::after_days,
    court::TOLD,
    model::{Judgment, Order, Person, Procedure, Record, Who},
    named_fields::{are_unknown, is_put_right, names_fields},
    procedures::{blank, order_of, reviewer},
    run::{REVIEWERS, Run},
};

/// What somebody does who puts a judgment down.
#[derive(Clone, Copy)]
enum Through {
    /// They name the record.
    Record(usize),
    /// They name the procedure.
    Procedure(usize),
}

/// The judgment as a reviewer puts it down, who says which fields it names or leaves that as it was put down before.
pub(crate) fn outside(court: &str, judgment: &Judgment, says_fields: bool) -> OutsideOrder {
    // In whatever order they are said, and however often.
    let fields = judgment.fields.iter().rev().chain(judgment.fields.first());
    let fields = fields.map(|field| (*field).to_owned()).collect();
    OutsideOrder {
        court: court.to_owned(),
        reference: judgment.reference.clone(),
        decided_on: judgment.decided_on,
        order: order_of(judgment.order),
        fields: says_fields.then_some(fields),
    }
}

impl Run {
    /// A reviewer puts down what a court decided about a record: sometimes what is put down already, of a court that
    /// there is not, or on a day to come.
    pub(crate) fn put_down_judgment(&mut self) {
        let Some((who, record, judgment)) = self.judgment_of_somebody() else {
            return;
        };
        let by = self.pick(&REVIEWERS);
        let unfit = match self.draw(16) {
            0 => ("no-such-court", judgment, "body-unknown"),
            1 => {
                let decided_on = after_days(self.today(), 1);
                let to_come = Judgment {
                    decided_on,
                    ..judgment
                };
                ("high-court", to_come, "day-to-come")
            }
            _ => return self.puts_down(who, Through::Record(record), judgment, by),
        };
        let (person, id) = (self.id(who), self.record_id(who, record));
        let (court, judgment, refused) = unfit;
        let puts_down = |registry: &registry::Registry| {
            let text = "the court sent its judgment".to_owned();
            let decision = outside(court, &judgment, true);
            wait(registry.record_outside_decision_about(reviewer(by), (person, id), decision, text))
        };
        let outcome = self.call(puts_down);
        assert_eq!(outcome.unwrap_err().code(), refused, "{who}");
    }

    /// A judgment about a record, often one that was withdrawn or corrected; or one that was put down before.
    fn judgment_of_somebody(&mut self) -> Option<(Who, usize, Judgment)> {
        if self.one_in(4)
            && let Some((who, at)) = self.procedure(|one| one.judgment.is_some() && one.record.is_some())
        {
            let one = &self.of(who).procedures[at];
            return Some((who, one.record?, one.judgment.clone()?));
        }
        if self.one_in(4) {
            let today = self.today();
            let wanted = |one: &Record| is_put_right(one, today);
            if let Some(who) = self.who_has(|person| person.records.iter().any(wanted)) {
                self.bind(who);
                let corrected = self.records_where(who, wanted);
                let record = self.pick(&corrected);
                return Some((who, record, self.judgment_overtaken(who, record)));
            }
        }
        if self.one_in(2) {
            // Few documents were withdrawn, filed again and withdrawn once more.
            let least = if self.one_in(3) { 2 } else { 1 };
            let wanted = |person: &Person, one: &Record| {
                let same = |other: &&Record| other.document == one.document && Self::may_come_again(other);
                Self::may_come_again(one) && person.records.iter().filter(same).count() >= least
            };
            let found = self.who_has(|person| person.records.iter().any(|one| wanted(person, one)));
            if let Some(who) = found {
                self.bind(who);
                let person = self.of(who);
                let withdrawn = self.records_where(who, |one| wanted(person, one));
                let record = self.pick(&withdrawn);
                return Some((who, record, self.judgment(who, record)));
            }
        }
        let who = self.somebody();
        self.bind(who);
        let records = self.of(who).records.len() as u64;
        if records == 0 {
            return None;
        }
        let record = self.draw(records) as usize;
        Some((who, record, self.judgment(who, record)))
    }

    fn judgment(&mut self, who: Who, record: usize) -> Judgment {
        let order = self.order_about(who, record);
        Judgment {
            reference: format!("made-up 2027-{}", self.next_text()),
            decided_on: after_days(self.today(), -(self.draw(30) as i64)),
            order,
            fields: self.fields_about(who, record, order),
        }
    }

    /// A reviewer puts down in a reconsideration what a court decided about its record.
    pub(crate) fn outside_decision(&mut self) {
        let (followed, today) = (self.one_in(4), self.today());
        let about = |one: &Procedure| {
            one.kind == "reconsideration" && one.record.is_some() && (one.status == "followed") == followed
        };
        let overtaken = |person: &Person, one: &Procedure| {
            about(one) && is_put_right(&person.records[one.record.unwrap()], today)
        };
        let corrected = match self.one_in(3) {
            true => self.procedure_of(overtaken),
            false => None,
        };
        let Some((who, at)) = corrected.or_else(|| self.procedure(about)) else {
            return;
        };
        let record = self.of(who).procedures[at].record.unwrap();
        let judgment = match corrected {
            Some(_) => self.judgment_overtaken(who, record),
            None => self.judgment(who, record),
        };
        let by = self.pick(&REVIEWERS);
        self.puts_down(who, Through::Procedure(at), judgment, by);
    }

    /// A higher court decides about what a lower one did before that was followed, mostly that all stays as it is.
    pub(crate) fn higher_court(&mut self) {
        let readmits = self.one_in(2);
        let found = self.procedure(|one| {
            one.is_to_be_followed() && (!readmits || one.is_ordered(Order::Readmit)) && one.record.is_some()
        });
        let Some((who, at)) = found else {
            return;
        };
        let record = self.of(who).procedures[at].record.unwrap();
        let mut judgment = self.judgment(who, record);
        judgment.decided_on = after_days(self.today(), -(self.draw(4) as i64));
        if self.draw(3) > 0 {
            (judgment.order, judgment.fields) = (Order::Stand, Vec::new());
        }
        let by = self.pick(&REVIEWERS);
        let through = match self.one_in(2) {
            true => Through::Procedure(at),
            false => Through::Record(record),
        };
        self.puts_down(who, through, judgment, by);
    }

    /// A judgment that was put down with a wrong day, order or fields is put down again, whether or not it was followed.
    pub(crate) fn amend_judgment(&mut self) {
        let waits = self.one_in(2);
        let found = self.procedure(|one| {
            one.judgment.is_some() && one.record.is_some() && (!waits || one.is_to_be_followed())
        });
        let Some((who, at)) = found else {
            return;
        };
        let one = &self.of(who).procedures[at];
        let (record, former) = (one.record.unwrap(), one.judgment.clone().unwrap());
        let (day, order) = match self.draw(3) {
            0 => (true, false),
            1 => (false, true),
            _ => (true, true),
        };
        let mut judgment = former;
        if day {
            judgment.decided_on = after_days(self.today(), -(self.draw(40) as i64));
        }
        if order {
            judgment.order = self.order_about(who, record);
        }
        if order || self.one_in(3) {
            judgment.fields = self.fields_about(who, record, judgment.order);
        }
        let by = self.pick(&REVIEWERS);
        let through = match self.one_in(2) {
            true => Through::Procedure(at),
            false => Through::Record(record),
        };
        self.puts_down(who, through, judgment, by);
    }

    fn puts_down(&mut self, who: Who, through: Through, mut judgment: Judgment, by: &str) {
        let person = self.id(who);
        let (at, record) = match through {
            Through::Procedure(at) => (Some(at), self.of(who).procedures[at].record.unwrap()),
            Through::Record(record) => (self.place_of(who, record, &judgment), record),
        };
        // Where nothing is said of fields, they are those that were put down before.
        let says_fields = judgment.order == Order::Correct && self.draw(4) > 0;
        if !says_fields {
            judgment.fields = self.fields_put_down(who, at, &judgment);
        }
        let outcome = match through {
            Through::Procedure(at) => {
                let id = self.of(who).procedures[at].id;
                self.call(|registry| {
                    let decision = outside("high-court", &judgment, says_fields);
                    wait(registry.record_outside_decision(reviewer(by), id, decision)).map(|()| id)
                })
            }
            Through::Record(record) => {
                let id = self.record_id(who, record);
                self.call(|registry| {
                    let text = "the court sent its judgment".to_owned();
                    let decision = outside("high-court", &judgment, says_fields);
                    let about = (person, id);
                    wait(registry.record_outside_decision_about(reviewer(by), about, decision, text))
                })
            }
        };
        let refused = self.not_put_down(who, (at, record), &judgment, by);
        if !refused.is_empty() {
            if refused == "reviewer-concerned" {
                self.did("reviewers kept from what is about themselves");
            }
            if refused == "field-unknown" {
                self.did("judgments that name a field that is not put right");
            }
            return assert_eq!(
                outcome.as_ref().map_err(ProcedureError::code),
                Err(refused),
                "{who}"
            );
        }
        let found = outcome.unwrap_or_else(|error| panic!("{judgment:?} about {who}: {}", error.code()));
        let at = at.unwrap_or_else(|| {
            let procedure = blank(found, "reconsideration", "open", Speaker::Person);
            self.opened_about(who, record, procedure, &format!("reviewer:{by}"));
            self.of(who).procedures.len() - 1
        });
        assert_eq!(
            found,
            self.of(who).procedures[at].id,
            "it comes into its own, or into the one that waits, {who}"
        );
        self.pass(who, at);
        if self.of(who).procedures[at].judgment.as_ref() == Some(&judgment) {
            return self.did("judgments put down twice");
        }
        self.put_down(who, at, judgment, by);
        self.did(match through {
            Through::Record(_) => "judgments that reviewers put down",
            Through::Procedure(_) => "decisions from outside",
        });
    }

    /// The procedure that a judgment about a record comes into: its own where it was followed, or else the one that waits.
    fn place_of(&self, who: Who, record: usize, judgment: &Judgment) -> Option<usize> {
        let own = self.of(who).procedures.iter().position(|one| {
            let noted = one
                .judgment
                .as_ref()
                .filter(|_| one.status == "followed" && !one.forgotten);
            one.record == Some(record) && noted.is_some_and(|noted| noted.is_same_paper(judgment))
        });
        own.or_else(|| self.waiting_reconsideration(who, record))
    }

    /// The fields that the same judgment was put down with in this procedure, where it ordered the same.
    fn fields_put_down(&self, who: Who, at: Option<usize>, judgment: &Judgment) -> Vec<&'static str> {
        let noted = at.and_then(|at| self.of(who).procedures[at].judgment.as_ref());
        let same = noted.filter(|one| one.is_same_paper(judgment) && one.order == judgment.order);
        same.map(|one| one.fields.clone()).unwrap_or_default()
    }

    /// Why a judgment is not put down in a procedure, or where there is none about its record. Empty: it is.
    fn not_put_down(
        &self,
        who: Who,
        (at, record): (Option<usize>, usize),
        judgment: &Judgment,
        by: &str,
    ) -> &'static str {
        let one = at.map(|at| &self.of(who).procedures[at]);
        let noted = one.and_then(|one| one.judgment.as_ref());
        let settled = one.is_some_and(|one| one.is_settled_as(judgment));
        let followed = one.is_some_and(|one| one.status == "followed");
        let other = noted.is_some_and(|noted| !noted.is_same_paper(judgment));
        let waits = self.waiting_reconsideration(who, record);
        match () {
            () if !self.of(who).known => "record-unknown",
            () if noted == Some(judgment) => "",
            () if settled && self.concerns(by, who) => "reviewer-concerned",
            () if settled => "",
            () if self.later_noted(who, (at, record), judgment) => "later-decision-noted",
            () if followed && other => "step-not-now",
            () if at.is_none() && self.is_erased(who, record) => "record-ended",
            () if !self.fits(who, record, judgment.order) => "order-unfit",
            () if are_unknown(&judgment.fields) => "field-unknown",
            // Two that wait could ask for two things of one record.
            () if waits.is_some_and(|waits| Some(waits) != at) => "procedure-under-way",
            () if self.concerns(by, who) => "reviewer-concerned",
            () => "",
        }
    }

    /// Whether a later judgment about the same record is noted already. In its procedure the same judgment may be put down
    /// anew.
    fn later_noted(&self, who: Who, (own, record): (Option<usize>, usize), judgment: &Judgment) -> bool {
        let procedures = self.of(who).procedures.iter().enumerate();
        let mut about = procedures.filter(|(_, one)| one.record == Some(record) && !one.forgotten);
        about.any(|(at, one)| {
            one.judgment.as_ref().is_some_and(|noted| {
                let anew = own == Some(at) && noted.is_same_paper(judgment);
                noted.decided_on > judgment.decided_on && !anew
            })
        })
    }

    /// A judgment takes its place in a procedure: as which step, and as what others are told of it.
    pub(crate) fn takes_place(
        &mut self,
        who: Who,
        at: usize,
        judgment: Judgment,
    ) -> (&'static str, &'static str) {
        let one = &mut self.m.of(who).procedures[at];
        let (order, settled) = (judgment.order, one.is_settled_as(&judgment));
        let step = match (one.status, order) {
            ("followed", _) if settled => ("amend-outside-decision", "outside-decision-amended"),
            ("followed", _) => ("amend-outside-order", "outside-decision-amended"),
            (_, Order::Stand) => ("record-outside-stand", "outside-stand-recorded"),
            _ => ("record-outside-decision", "outside-decision-recorded"),
        };
        one.earlier.extend(one.judgment.replace(judgment));
        if settled || order == Order::Stand {
            (one.order, one.reviewer) = (Some(order), None);
            self.set(who, at, "followed", None, None);
        } else {
            self.ordered(who, at, "outside-decision", order);
        }
        step
    }

    /// What follows from a judgment that is put down.
    fn put_down(&mut self, who: Who, at: usize, judgment: Judgment, by: &str) {
        let before = self.of(who).procedures[at].clone();
        let order = judgment.order;
        let settled = before.is_settled_as(&judgment);
        let (step, kind) = self.takes_place(who, at, judgment);
        // Who was given the record hears nothing where it showed as it does.
        let tells = if settled { &TOLD[..3] } else { TOLD };
        self.step(who, at, step, &format!("reviewer:{by}"), Some((kind, tells)));
        let noted = before
            .judgment
            .as_ref()
            .zip(self.of(who).procedures[at].judgment.as_ref());
        let same_paper = noted.is_some_and(|(before, now)| before.is_same_paper(now));
        self.did(match step {
            "amend-outside-decision" => "judgments that were followed amended",
            "amend-outside-order" => "judgments that were followed amended to another order",
            _ if same_paper => "judgments amended before they were followed",
            "record-outside-stand" if before.judgment.is_some() => "judgments set aside",
            "record-outside-stand" => "judgments that all stays as it is",
            _ => "judgments that order something",
        });
        if names_fields(&self.of(who).procedures[at]) {
            self.did("judgments that name fields");
        }
        self.keep_out(who, &before, order);
        self.let_in(who, at, by);
    }
}
