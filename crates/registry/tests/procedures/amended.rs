//! A law that is amended from a known day on: what began before that day keeps its deadline, and what begins on it has the
//! new one.

use jiff::civil::date;
use model::{
    RecordKind,
    procedure::{Speaker, Status},
};
use profile::{ByDay, Deadline, FileLimits, Number};
use registry::ProcedureError;
use testkit::{Engine, Installation, SourceRow, gansu, on_both_engines, prove_log, wait};

use crate::kit::*;

/// The value with another one from the first day of 2027 on.
fn amended<T: Clone>(value: &mut ByDay<T>, change: impl FnOnce(&mut T)) {
    let day = date(2027, 1, 1);
    let mut later = value.on(day).clone();
    change(&mut later);
    *value = value.clone().then(day, later);
}

fn days(days: u32) -> impl FnOnce(&mut Deadline) {
    move |one| one.days = days
}

/// Disputes are answered in ten days instead of twenty, restorations in five working days instead of ten, and texts are
/// shorter and files fewer.
fn installation(engine: Engine) -> Installation {
    let mut profile = gansu();
    let procedures = &mut profile.procedures;
    amended(&mut procedures.dispute_answer, days(10));
    amended(&mut procedures.restoration_answer, days(5));
    amended(&mut procedures.stop_confirmed, days(4));
    amended(&mut procedures.statement_characters, |one: &mut Number| {
        one.number = 100
    });
    amended(&mut procedures.files, |one: &mut FileLimits| one.most = 1);
    Installation::with(engine, profile)
}

on_both_engines! {
    fn a_dispute_keeps_the_deadline_of_the_day_on_which_it_was_opened(engine: Engine) {
        let here = installation(engine);
        for n in [1, 2] {
            here.file(LAW, RecordKind::Licence, &[SourceRow::licence(n)]);
            decide(&here, SourceRow::decision(n));
        }
        people(&here.registry);
        let open = |n| {
            let records = here.file_of(n).records;
            let decision = records.iter().find(|one| one.kind == RecordKind::Decision).unwrap().record;
            wait(here.registry.open_dispute(here.person(n), a_dispute(decision))).unwrap()
        };
        let stands = |n, id| {
            let all = wait(here.registry.procedures_of(here.person(n))).unwrap();
            let one = all.into_iter().find(|one| one.summary.procedure == id).unwrap();
            (one.summary.status, one.next.map(|(day, _)| day))
        };
        // The last minute of the year, and the first of the next.
        here.at("2026-12-31T15:59:00Z");
        let before = open(1);
        here.at("2026-12-31T16:00:00Z");
        let after = open(2);
        assert_eq!(stands(1, before), (Status::Open, Some(date(2027, 1, 20))));
        assert_eq!(stands(2, after), (Status::Open, Some(date(2027, 1, 11))));

        here.at("2027-01-12T01:00:00Z");
        here.registry.do_what_is_due().unwrap();
        let here = here.reopen();
        let status = |n, id| {
            let all = wait(here.registry.procedures_of(here.person(n))).unwrap();
            all.into_iter().find(|one| one.summary.procedure == id).unwrap().summary.status
        };
        assert_eq!((status(1, before), status(2, after)), (Status::Open, Status::Overdue));
        here.at("2027-01-20T15:59:00Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(status(1, before), Status::Open);
        here.at("2027-01-20T16:00:00Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(status(1, before), Status::Overdue);
        prove_log(&here.registry);
    }

    fn what_a_later_step_sets_going_has_the_deadline_of_that_step(engine: Engine) {
        let here = installation(engine);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        // To be restored from 10 December 2026 on.
        decide(&here, fine().with("effective_on", "2026-09-10").with("decided_on", "2026-09-01"));
        people(&here.registry);
        give(&here, HOSPITAL);
        here.at("2026-12-31T01:00:00Z");
        let id = apply(&here).unwrap();
        let next = |id| view(&here, id).next.map(|(day, _)| day);
        take(&here, id);
        // Ten working days from the old year, of which 1 to 3 January are off.
        assert_eq!(next(id), here.registry.profile().calendar.after_working_days(date(2026, 12, 31), 10));
        here.at("2027-01-04T01:00:00Z");
        grant(&here, id).unwrap();
        assert_eq!(next(id), here.registry.profile().calendar.after_working_days(date(2027, 1, 4), 4));
    }

    fn texts_and_files_go_by_the_day_on_which_they_are_sent(engine: Engine) {
        let here = fill(installation(engine));
        let long = || {
            let mut dispute = a_dispute(decision(&here));
            dispute.text = "文".repeat(101);
            wait(here.registry.open_dispute(here.person(1), dispute))
        };
        here.at("2026-12-31T15:59:00Z");
        let id = long().unwrap();
        wait(here.registry.take_back_procedure(here.person(1), Speaker::Person, id)).unwrap();
        here.at("2026-12-31T16:00:00Z");
        assert!(matches!(long(), Err(ProcedureError::TextTooLong { most: 100 })));
    }
}
