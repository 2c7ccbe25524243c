//! What courts decided about a record itself: told of by the person, or put down by a reviewer (`judgments`). It is
//! followed within the working days that the profile sets; past them reviewers see it, and the record shows to nobody
//! until it is done.

use jiff::civil::Date;
use model::{RecordKind, RecordStatus, VersionKind, procedure::Reconsidered};
use registry::{CarryOut, ProcedureError, Reconsider};
use testkit::wait;

use crate::{
    changing_values::FOLLOW_WORKING_DAYS,
    filing::row,
    model::{Order, Person, Procedure, Record, Who},
    named_fields::{are_put_right, names_fields},
    procedures::{
        To,
        To::{Authority, Person as ToPerson, Recipients, Reviewers},
        blank,
    },
    run::{Run, day_of},
};

pub(crate) const TOLD: &[To] = &[ToPerson, Authority, Reviewers, Recipients];

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
        let today = self.today();
        self.m.alert(who, record, &Self::others(), today);
        self.did("judgments that people told of");
    }

    pub(crate) fn opened_about(&mut self, who: Who, record: usize, mut procedure: Procedure, actor: &str) {
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
    pub(crate) fn waiting_reconsideration(&self, who: Who, record: usize) -> Option<usize> {
        let procedures = &self.of(who).procedures;
        let waits = |at: &usize| {
            let one = &procedures[*at];
            one.kind == "reconsideration" && one.record == Some(record) && one.waits()
        };
        let waiting = (0..procedures.len()).filter(waits);
        waiting.min_by_key(|at| procedures[*at].id)
    }

    /// Whether a record is destroyed, so that nobody needs to decide about it.
    pub(crate) fn is_erased(&self, who: Who, record: usize) -> bool {
        self.record(who, record).own_status(self.today()) == RecordStatus::Erased
    }

    /// An authority that was to put a record right says what the record says already. That follows the judgment where
    /// the record was put right since, and nothing else does.
    pub(crate) fn follow_with_the_same(&mut self) {
        let today = self.today();
        let fits = |person: &Person, one: &Procedure| {
            let corrects = one.is_to_be_followed() && one.order == Some(Order::Correct);
            corrects && is_known(&person.records[one.record.unwrap()], today)
        };
        let named = self.draw(3) > 0;
        let put_right = |person: &Person, one: &Procedure| {
            fits(person, one)
                && (!named || names_fields(one))
                && was_put_right(&person.records[one.record.unwrap()], one)
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
        // Where the whole record is to be put right, what was corrected before is no answer to that.
        let put_right = names_fields(&one) && are_put_right(&held, &one, held.said());
        if held.stands() && !put_right {
            let code = outcome.as_ref().map_err(ProcedureError::code).unwrap_err();
            return assert_eq!(*code, *"correction-same", "{who}");
        }
        outcome.unwrap();
        self.pass(who, at);
        let status = self.of(who).procedures[at].status;
        self.followed(who, at, status, &authority, TOLD);
        self.did(match held.stands() {
            true => "judgments that fields put right before follow",
            false => "judgments about what ended meanwhile that are followed",
        });
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
pub(crate) fn is_known(record: &Record, today: Date) -> bool {
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
