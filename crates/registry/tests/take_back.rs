//! What taking back promises: a submission is undone whole within the window, what was touched since is left
//! and named, and the log tells of all of it.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use model::{RecordId, RecordKind, RecordStatus, VersionKind, procedure::Speaker};
use registry::{
    DisputeAnswer, EventKind, Left, NoticeKind, OpenDispute,
    RowOutcome::{Accepted, Unchanged},
    SubmissionState, TakeBack, TakeBackError, Why,
};
use testkit::{Installation, SourceRow, on_both_engines, prove_log, prove_receipt, wait};

const LAW: &str = "law-bureau";

fn licences(people: std::ops::Range<u32>) -> Vec<SourceRow> {
    people.map(SourceRow::licence).collect()
}

on_both_engines! {
    fn a_submission_is_taken_back_whole_and_can_be_filed_again(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &licences(1..6));
        let before = here.file_of(1).records[0].record;
        let size = prove_log(&here.registry);
        here.later(71);
        let report = here.registry.take_back(LAW, done.submission).unwrap();
        assert_eq!(report, TakeBack { taken_back: 5, left: Vec::new() });
        assert_eq!(prove_log(&here.registry), size + 5);

        let view = wait(here.registry.submission(LAW, done.submission)).unwrap().unwrap();
        assert_eq!(view.state, SubmissionState::TakenBack);
        assert!(view.taken_back_at.is_some());
        let file = here.file_of(1);
        assert_eq!(file.records[0].status, RecordStatus::Withdrawn);
        assert_eq!(file.records[0].versions.len(), 2);

        let again = here.file(LAW, RecordKind::Licence, &licences(1..6));
        assert_eq!(again.counts.accepted, 5);
        let file = here.file_of(1);
        assert_eq!(file.records.len(), 2, "the person sees what was filed first, too");
        assert_eq!(file.records[0].status, RecordStatus::InForce);
        assert_ne!(file.records[0].record, before);
    }

    fn the_log_has_a_leaf_for_every_row_taken_back(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &licences(1..4));
        here.registry.take_back(LAW, done.submission).unwrap();
        for n in 1..4 {
            let record = here.file_of(n).records.remove(0);
            let last = record.versions.last().unwrap();
            assert_eq!(last.change, VersionKind::Withdrawn);
            let receipt = wait(here.registry.version_receipt(here.person(n), record.record, 2)).unwrap();
            let (leaf, statement) = prove_receipt(&here.registry, &receipt.unwrap());
            assert_eq!((leaf, statement["what"].as_str()), (last.leaf, Some("withdrawn")));
        }
    }

    fn it_is_refused_after_the_window_and_to_everybody_else(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &licences(1..3));
        let other = here.registry.take_back("education-department", done.submission);
        assert!(matches!(other, Err(TakeBackError::NoSuchSubmission)), "{other:?}");
        here.later(72);
        here.clock.set(here.registry.now() + std::time::Duration::from_secs(1));
        let late = here.registry.take_back(LAW, done.submission);
        assert!(matches!(late, Err(TakeBackError::TooLate(_))), "{late:?}");
        assert_eq!(here.file_of(1).records[0].status, RecordStatus::InForce);
    }

    fn the_last_second_of_the_window_counts(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &licences(1..3));
        here.later(72);
        assert_eq!(here.registry.take_back(LAW, done.submission).unwrap().taken_back, 2);
    }

    fn rows_touched_since_are_left_and_named(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &licences(1..6));
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(2).with("scope", "律师（专职）").correcting()]);
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(4)]);
        let report = here.registry.take_back(LAW, done.submission).unwrap();
        assert_eq!(report.taken_back, 3);
        assert_eq!(report.left, [(2, Left::ChangedSince), (4, Left::HasDecision)]);
        let status = |n| here.file_of(n).records.last().unwrap().status;
        assert_eq!(status(1), RecordStatus::Withdrawn);
        assert_eq!(status(2), RecordStatus::InForce);
        assert_eq!(status(4), RecordStatus::InForce);
    }

    fn rows_that_were_left_are_taken_back_once_what_kept_them_is_gone(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &licences(1..4));
        let decision = here.file(LAW, RecordKind::Decision, &[SourceRow::decision(2)]);
        let left = TakeBack { taken_back: 2, left: vec![(2, Left::HasDecision)] };
        assert_eq!(here.registry.take_back(LAW, done.submission).unwrap(), left);
        // As long as it is kept, asking again says so and does nothing; what was taken back may come again.
        let again = here.file(LAW, RecordKind::Licence, &licences(1..2));
        assert_eq!(again.counts.accepted, 1);
        let size = prove_log(&here.registry);
        assert_eq!(here.registry.take_back(LAW, done.submission).unwrap(), left);
        assert_eq!(prove_log(&here.registry), size);
        assert_eq!(here.file_of(1).records[0].status, RecordStatus::InForce);
        here.later(70);
        here.registry.take_back(LAW, decision.submission).unwrap();
        let size = prove_log(&here.registry);
        let report = here.registry.take_back(LAW, done.submission).unwrap();
        assert_eq!(report, TakeBack { taken_back: 3, left: Vec::new() });
        assert_eq!(prove_log(&here.registry), size + 1, "the licence that was kept, and nothing twice");
        assert_eq!(here.file_of(2).records.last().unwrap().status, RecordStatus::Withdrawn);
        assert_eq!(here.file_of(1).records[0].status, RecordStatus::InForce);
        let whole = here.registry.take_back(LAW, done.submission);
        assert!(matches!(whole, Err(TakeBackError::TakenBack)), "{whole:?}");
    }

    fn rows_about_which_a_procedure_is_open_are_left_until_it_is_answered(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &licences(1..4));
        let decision = here.file(LAW, RecordKind::Decision, &[SourceRow::decision(3)]);
        let dispute = |n: u32, record: RecordId| {
            let wish = OpenDispute {
                by: Speaker::Person,
                record,
                field: None,
                text: "this is not so".to_owned(),
                files: Vec::new(),
            };
            wait(here.registry.open_dispute(here.person(n), wish)).unwrap()
        };
        let of_licence = dispute(2, here.file_of(2).records[0].record);
        let records = here.file_of(3).records;
        let decided = records.iter().find(|one| one.kind == RecordKind::Decision).unwrap();
        let of_decision = dispute(3, decided.record);
        let size = prove_log(&here.registry);

        let kept = TakeBack { taken_back: 0, left: vec![(1, Left::ProcedureOpen)] };
        assert_eq!(here.registry.take_back(LAW, decision.submission).unwrap(), kept);
        let report = here.registry.take_back(LAW, done.submission).unwrap();
        assert_eq!(report.taken_back, 1);
        assert_eq!(report.left, [(2, Left::ProcedureOpen), (3, Left::HasDecision)]);
        assert_eq!(prove_log(&here.registry), size + 1);
        let record = here.file_of(2).records.remove(0);
        assert_eq!((record.status, record.disputed), (RecordStatus::InForce, true), "the dispute goes on");

        // Once it is answered, nothing keeps the row.
        for id in [of_licence, of_decision] {
            let answered = here.registry.answer_dispute(LAW, id, DisputeAnswer::Uphold, "so it is".to_owned());
            wait(answered).unwrap();
        }
        let whole = TakeBack { taken_back: 1, left: Vec::new() };
        assert_eq!(here.registry.take_back(LAW, decision.submission).unwrap(), whole);
        let whole = TakeBack { taken_back: 3, left: Vec::new() };
        assert_eq!(here.registry.take_back(LAW, done.submission).unwrap(), whole);
        assert_eq!(here.file_of(2).records[0].status, RecordStatus::Withdrawn);
    }

    fn rows_that_were_left_stay_after_the_window(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &licences(1..3));
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(2)]);
        assert_eq!(here.registry.take_back(LAW, done.submission).unwrap().left.len(), 1);
        here.later(73);
        let late = here.registry.take_back(LAW, done.submission);
        assert!(matches!(late, Err(TakeBackError::TakenBack)), "{late:?}");
        assert_eq!(here.file_of(2).records[0].status, RecordStatus::InForce);
    }

    fn a_decision_that_was_taken_back_does_not_keep_its_licence(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let licence = here.file(LAW, RecordKind::Licence, &licences(1..2));
        let decision = here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        here.registry.take_back(LAW, decision.submission).unwrap();
        let report = here.registry.take_back(LAW, licence.submission).unwrap();
        assert_eq!(report, TakeBack { taken_back: 1, left: Vec::new() });
    }

    fn corrections_are_undone_to_what_stood_before(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &licences(1..2));
        let wrong = SourceRow::licence(1).with("scope", "错").correcting();
        let worse = SourceRow::licence(1).with("scope", "更错").correcting();
        let done = here.file(LAW, RecordKind::Licence, &[wrong, worse, SourceRow::licence(2)]);
        let report = here.registry.take_back(LAW, done.submission).unwrap();
        assert_eq!(report, TakeBack { taken_back: 3, left: Vec::new() });

        let record = here.file_of(1).records.remove(0);
        assert_eq!(record.status, RecordStatus::InForce);
        assert_eq!(record.fields["scope"], "律师");
        assert_eq!(record.versions.len(), 4);
        assert_eq!(here.file_of(2).records[0].status, RecordStatus::Withdrawn);
        // What stands again is what the registry compares with: the same row is unchanged, another correction
        // of it gets in.
        let again = here.file(LAW, RecordKind::Licence, &[
            SourceRow::licence(1),
            SourceRow::licence(1).with("scope", "律师（专职）").correcting(),
        ]);
        assert_eq!(here.outcomes(LAW, &again), [(Unchanged, None), (Accepted, None)]);
        prove_log(&here.registry);
    }

    fn taking_back_twice_is_refused(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &licences(1..3));
        here.registry.take_back(LAW, done.submission).unwrap();
        let size = prove_log(&here.registry);
        let twice = here.registry.take_back(LAW, done.submission);
        assert!(matches!(twice, Err(TakeBackError::TakenBack)), "{twice:?}");
        assert_eq!(prove_log(&here.registry), size);
    }

    fn a_refused_file_cannot_be_taken_back(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.submit(LAW, RecordKind::Licence, "empty.csv", "").unwrap_err();
        let refused = wait(here.registry.submissions(LAW)).unwrap().remove(0);
        assert_eq!(refused.state, SubmissionState::Refused);
        let answer = here.registry.take_back(LAW, refused.submission);
        assert!(matches!(answer, Err(TakeBackError::NotDone)), "{answer:?}");
    }

    fn the_certificate_of_a_licence_taken_back_is_revoked_with_a_notice(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &licences(1..3));
        let record = here.file_of(1).records[0].record;
        let person = here.person(1);
        let issued = wait(here.registry.issue_certificate(person, record, None)).unwrap();
        here.registry.take_back(LAW, done.submission).unwrap();

        let certificates = wait(here.registry.certificates(person)).unwrap();
        assert_eq!(certificates[0].revoked.map(|(_, why)| why), Some(Why::Withdrawn));
        let notices = wait(here.registry.notices(person)).unwrap();
        assert_eq!(notices.len(), 1);
        assert_eq!(notices[0].kind, NoticeKind::RevokedByWithdrawal);
        assert_eq!(notices[0].subject.as_deref(), Some(issued.certificate.to_string().as_str()));
        let events = here.file_of(1).events;
        assert_eq!(events.iter().filter(|one| one.kind == EventKind::CertificateRevoked).count(), 1);
        assert!(wait(here.registry.notices(here.person(2))).unwrap().is_empty());
    }

    fn an_interrupted_take_back_goes_on_when_asked_again(engine: Engine) {
        // The first part, 8,192 rows, is three people's and one of them over and over; the second part two
        // people's. The store stops when the second is to be undone.
        let here = Installation::stopping(engine, "take-back.part", 1);
        let mut rows = licences(1..4);
        rows.resize(8_192, SourceRow::licence(1));
        rows.extend(licences(4..6));
        let done = here.file(LAW, RecordKind::Licence, &rows);
        assert_eq!((done.counts.accepted, done.counts.unchanged), (5, 8_189));
        let stopped = here.registry.take_back(LAW, done.submission);
        assert!(matches!(stopped, Err(TakeBackError::Registry(_))), "{stopped:?}");
        let here = here.reopen();
        assert_eq!(prove_log(&here.registry), 5 + 1 + 3, "the first part is undone");

        let report = here.registry.take_back(LAW, done.submission).unwrap();
        assert_eq!(report, TakeBack { taken_back: 5, left: Vec::new() });
        assert_eq!(prove_log(&here.registry), 5 + 1 + 5, "nothing is undone twice");
        let view = wait(here.registry.submission(LAW, done.submission)).unwrap().unwrap();
        assert_eq!(view.state, SubmissionState::TakenBack);
        assert_eq!(here.file_of(5).records[0].status, RecordStatus::Withdrawn);
    }
}
