//! What courts decided about a record itself: told of by the person, or put down by a reviewer. It is followed within
//! the working days that the profile sets; past them reviewers see it, and the record shows to nobody until it is done.

use jiff::civil::Date;
use model::{
    RecordKind, RecordStatus, VersionKind,
    procedure::{Reconsidered, Speaker},
};
use registry::{CarryOut, OutsideOrder, ProcedureError, Reconsider};
use testkit::wait;

use crate::{
    calendar::after_days,
    changing_values::FOLLOW_WORKING_DAYS,
    filing::row,
    looks::ORDERS,
    model::{Judgment, Order, Person, Procedure, Record, Who},
    procedures::{
        To,
        To::{Authority, Person as ToPerson, Recipients, Reviewers},
        blank, order_of, reviewer,
    },
    run::{REVIEWERS, Run, day_of},
};

const TOLD: &[To] = &[ToPerson, Authority, Reviewers, Recipients];

/// The judgment as a reviewer puts it down.
pub(crate) fn outside(court: &str, judgment: &Judgment) -> OutsideOrder {
    OutsideOrder {
        court: court.to_owned(),
        reference: judgment.reference.clone(),
        decided_on: judgment.decided_on,
        order: order_of(judgment.order),
        fields: None,
    }
}

impl Run {
    /// Somebody says that a court decided about one of their records.
    pub(crate) fn tell_of_judgment(&mut self) {
        let who = self.somebody();
        self.bind(who);
        if self.of(who).records.is_empty() {
            return;
        }
        let record = self.draw(self.of(who).records.len() as u64) as usize;
        let (person, id) = (self.id(who), self.record_id(who, record));
        let (by, holds) = self.speaker(who);
        let put = self.draw_files();
        let open = |registry: &registry::Registry| {
            let wish = Reconsider {
                by,
                of: Reconsidered::Record(id),
                text: "made-up words".to_owned(),
                files: put.files.clone(),
            };
            wait(registry.open_reconsideration(person, wish))
        };
        let outcome = self.call(open);
        if self.refused_files(who, &put, &outcome) {
            return;
        }
        let refused = match () {
            () if !self.speaks(who) => "procedure-unknown",
            () if self.waiting_reconsideration(who, record).is_some() => "procedure-under-way",
            () if !self.of(who).known => "record-unknown",
            () if self.is_erased(who, record) => "record-ended",
            () if !holds => "mandate-not-covered",
            () => "",
        };
        let opened = match outcome {
            Err(error) => return assert_eq!(error.code(), refused, "{who}"),
            Ok(opened) => opened,
        };
        assert_eq!(refused, "", "{who}");
        let mut procedure = blank(opened, "reconsideration", "open", by);
        procedure.files = put.files;
        self.opened_about(who, record, procedure, "self");
        self.did("judgments that people told of");
    }

    /// A reviewer puts down what a court decided about a record: sometimes what is put down already, of a court that
    /// there is not, or on a day to come.
    pub(crate) fn put_down_judgment(&mut self) {
        let Some((who, record, judgment)) = self.judgment_of_somebody() else {
            return;
        };
        let (person, id, by) = (self.id(who), self.record_id(who, record), self.pick(&REVIEWERS));
        let (court, judgment, unfit) = match self.draw(16) {
            0 => ("no-such-court", judgment, "body-unknown"),
            1 => {
                let decided_on = after_days(self.today(), 1);
                (
                    "high-court",
                    Judgment {
                        decided_on,
                        ..judgment
                    },
                    "day-to-come",
                )
            }
            _ => ("high-court", judgment, ""),
        };
        let puts_down = |registry: &registry::Registry| {
            let decision = outside(court, &judgment);
            let text = "the court sent its judgment".to_owned();
            wait(registry.record_outside_decision_about(reviewer(by), (person, id), decision, text))
        };
        let outcome = self.call(puts_down);
        let waits = self.waiting_reconsideration(who, record);
        let followed = self.of(who).procedures.iter().position(|one| {
            !one.forgotten
                && one.record == Some(record)
                && one.status == "followed"
                && one.judgment.as_ref() == Some(&judgment)
        });
        let noted = waits.is_some_and(|at| {
            let one = &self.of(who).procedures[at];
            one.is_to_be_followed() && one.judgment.as_ref() == Some(&judgment)
        });
        let refused = match () {
            () if !unfit.is_empty() => unfit,
            () if !self.of(who).known => "record-unknown",
            () if noted || followed.is_some() => "",
            () if self.later_noted(who, (waits, Some(record)), &judgment) => "later-decision-noted",
            () if waits.is_none() && self.is_erased(who, record) => "record-ended",
            () if self.withdrawn(who, Some(record)) => "order-unfit",
            () if self.concerns(by, who) => "reviewer-concerned",
            () => "",
        };
        let found = match outcome {
            Err(error) => return assert_eq!(error.code(), refused, "{who}"),
            Ok(found) => found,
        };
        assert_eq!(refused, "", "{who}");
        let id_of = |at: usize| self.of(who).procedures[at].id;
        match (waits, followed) {
            (_, Some(at)) => {
                assert_eq!(found, id_of(at), "what was followed is not followed twice, {who}");
                return self.did("judgments put down twice");
            }
            (Some(at), None) => {
                assert_eq!(found, id_of(at), "it comes into the one that waits, {who}");
                self.pass(who, at);
                if noted {
                    return self.did("judgments put down twice");
                }
                self.put_down(who, at, judgment, by);
            }
            (None, None) => {
                let procedure = blank(found, "reconsideration", "open", Speaker::Person);
                self.opened_about(who, record, procedure, &format!("reviewer:{by}"));
                let at = self.of(who).procedures.len() - 1;
                self.put_down(who, at, judgment, by);
            }
        }
        self.did("judgments that reviewers put down");
    }

    /// A judgment about a record, or one that was put down before.
    fn judgment_of_somebody(&mut self) -> Option<(Who, usize, Judgment)> {
        if self.one_in(4)
            && let Some((who, at)) = self.procedure(|one| one.judgment.is_some())
        {
            let one = &self.of(who).procedures[at];
            return Some((who, one.record?, one.judgment.clone()?));
        }
        let who = self.somebody();
        self.bind(who);
        let records = self.of(who).records.len() as u64;
        (records > 0).then(|| (who, self.draw(records) as usize, self.judgment()))
    }

    pub(crate) fn judgment(&mut self) -> Judgment {
        Judgment {
            reference: format!("made-up 2027-{}", self.next_text()),
            decided_on: after_days(self.today(), -(self.draw(30) as i64)),
            order: self.pick(&ORDERS),
        }
    }

    /// What follows from a judgment that is put down.
    pub(crate) fn put_down(&mut self, who: Who, at: usize, judgment: Judgment, by: &str) {
        self.ordered(who, at, "outside-decision", judgment.order);
        self.m.of(who).procedures[at].judgment = Some(judgment);
        let tells = Some(("outside-decision-recorded", TOLD));
        self.step(
            who,
            at,
            "record-outside-decision",
            &format!("reviewer:{by}"),
            tells,
        );
    }

    fn opened_about(&mut self, who: Who, record: usize, mut procedure: Procedure, actor: &str) {
        procedure.record = Some(record);
        procedure.authority = Some(self.record(who, record).authority.to_owned());
        procedure.of_court = true;
        let in_vain = |one: &Procedure| {
            one.of_court && one.record == Some(record) && one.status == "confirmed" && !one.forgotten
        };
        procedure.told_in_vain = actor == "self" && self.of(who).procedures.iter().any(in_vain);
        self.opened_for_reviewers(who, procedure, FOLLOW_WORKING_DAYS.due_working(self.today()));
        let at = self.of(who).procedures.len() - 1;
        self.step(who, at, "open", actor, Some(("reconsideration-opened", TOLD)));
    }

    /// The first reconsideration about a record that waits for somebody.
    fn waiting_reconsideration(&self, who: Who, record: usize) -> Option<usize> {
        let procedures = &self.of(who).procedures;
        let waits = |at: &usize| {
            let one = &procedures[*at];
            one.kind == "reconsideration" && one.record == Some(record) && one.waits()
        };
        let waiting = (0..procedures.len()).filter(waits);
        waiting.min_by_key(|at| procedures[*at].id)
    }

    /// Whether a record is destroyed, so that nobody needs to decide about it.
    fn is_erased(&self, who: Who, record: usize) -> bool {
        self.record(who, record).own_status(self.today()) == RecordStatus::Erased
    }

    /// Whether a later judgment about the same record, or in the same procedure, is noted already. In its procedure the
    /// same judgment may be put down anew.
    pub(crate) fn later_noted(
        &self,
        who: Who,
        (own, record): (Option<usize>, Option<usize>),
        judgment: &Judgment,
    ) -> bool {
        let procedures = self.of(who).procedures.iter().enumerate();
        let mut noted =
            procedures.filter(|(at, one)| own == Some(*at) || record.is_some() && one.record == record);
        noted.any(|(at, one)| {
            let noted = one.judgment.as_ref().filter(|_| !one.forgotten);
            noted.is_some_and(|noted| {
                let anew = own == Some(at) && noted.reference == judgment.reference;
                noted.decided_on > judgment.decided_on && !anew
            })
        })
    }

    /// An authority that was to put a record right says what the record says already. That follows the judgment where
    /// the record was put right since, and nothing else does.
    pub(crate) fn follow_with_the_same(&mut self) {
        let today = self.today();
        let fits = |person: &Person, one: &Procedure| {
            let corrects = one.is_to_be_followed() && one.order == Some(Order::Correct);
            corrects && is_known(&person.records[one.record.unwrap()], today)
        };
        let put_right = |person: &Person, one: &Procedure| {
            fits(person, one) && was_put_right(&person.records[one.record.unwrap()], one)
        };
        // Few were put right meanwhile.
        let found = self.procedure_of(put_right).or_else(|| self.procedure_of(fits));
        let Some((who, at)) = found else {
            return;
        };
        let one = self.of(who).procedures[at].clone();
        let record = one.record.unwrap();
        if self.record(who, record).stands() && self.one_in(2) {
            // In a file, as it corrects anything else.
            self.correct(who, record);
        }
        let held = self.record(who, record).clone();
        let authority = one.authority.clone().unwrap();
        let same = CarryOut::Correct(row(who, &held, held.said(), false).to_string());
        let follows =
            |registry: &registry::Registry| wait(registry.follow_order(&authority, one.id, same.clone()));
        let outcome = self.call(follows);
        // The whole record is to be put right: what was corrected before is no answer to that.
        if held.stands() {
            let code = outcome.as_ref().map_err(ProcedureError::code).unwrap_err();
            return assert_eq!(*code, *"correction-same", "{who}");
        }
        outcome.unwrap();
        self.pass(who, at);
        let status = self.of(who).procedures[at].status;
        self.followed(who, at, status, &authority, TOLD);
        self.did("judgments that what was put right before follows");
    }

    /// Some of those of whom a judgment was not followed in time are looked at on each day.
    pub(crate) fn watch_judgments(&mut self) {
        /// How many.
        const WATCHED: usize = 4;

        let today = self.today();
        let late = |one: &Procedure| one.is_to_be_followed() && is_over(one.shown_due, today);
        let people = self.m.people.iter().enumerate().skip(1);
        let late: Vec<Who> = people
            .filter(|(_, person)| person.procedures.iter().any(late))
            .map(|(who, _)| who as Who)
            .collect();
        for _ in 0..late.len().min(WATCHED) {
            let who = self.pick(&late);
            self.touched.insert(who);
            self.did("days on which a late judgment kept a record back");
        }
    }
}

/// Whether the record's words are known and there.
fn is_known(record: &Record, today: Date) -> bool {
    matches!(record.kind, RecordKind::Licence | RecordKind::Decision)
        && record.own_status(today) != RecordStatus::Erased
        && record.said().text != u32::MAX
}

/// Whether the record was put right since the judgment.
fn was_put_right(record: &Record, one: &Procedure) -> bool {
    let last = record.versions.last().unwrap();
    let since = one.judgment.as_ref().unwrap().decided_on;
    last.change == VersionKind::Corrected && day_of(last.at) >= since
}

fn is_over(day: Option<Date>, today: Date) -> bool {
    day.is_some_and(|day| day < today)
}
