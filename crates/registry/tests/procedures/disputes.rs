//! Disputes: the record shows as disputed from the moment on, and when the authority is silent it is shown to nobody.

use model::{
    RecordKind, RecordStatus, VersionKind,
    procedure::{NoticeKind as Kind, Speaker, Status, StepName},
};
use registry::{CertificateError, DisputeAnswer, OpenDispute, Reader};
use testkit::{SourceRow, on_both_engines, prove_log, prove_receipt, wait};

use crate::kit::*;

on_both_engines! {
    fn two_bodies_know_one_record_by_two_identifiers_and_each_by_the_same_again(engine: Engine) {
        let here = filled(engine);
        let own = decision(&here);
        let decisions = |answer: registry::InquiryAnswer| {
            let found = answer.records.into_iter().filter(|one| one.kind == RecordKind::Decision);
            found.map(|one| one.record).collect::<Vec<_>>()
        };
        let [hospital, firm] = [HOSPITAL, FIRM].map(|body| decisions(give(&here, body)));
        assert_eq!((hospital.len(), firm.len()), (1, 1));
        assert!(hospital != firm && hospital[0] != own && firm[0] != own);
        assert_eq!(decisions(look(&here)), [own], "who filed it knows it by its own");
        here.later(1);
        assert_eq!(decisions(give(&here, HOSPITAL)), hospital);
    }

    fn from_its_opening_on_the_record_shows_as_disputed_and_whoever_was_given_it_is_told(engine: Engine) {
        let here = filled(engine);
        give(&here, HOSPITAL);
        assert!(!seen(&here, decision(&here)).unwrap().disputed);
        let id = dispute(&here);
        let record = record(&here, RecordKind::Decision);
        assert!(record.disputed && !record.withheld);
        assert!(seen(&here, record.record).unwrap().disputed);
        assert_eq!(told(&here, 1, Kind::DisputeOpened), 1);
        assert_eq!(inbox(&here, HOSPITAL), [Kind::DisputeOpened]);
        assert_eq!(inbox(&here, LAW), [Kind::DisputeOpened], "its authority, once, though it looked too");
        assert!(inbox(&here, FIRM).is_empty() && inbox(&here, REVIEWERS).is_empty());
        // A body knows from its notice which of the records that it was given is meant.
        let notice = wait(here.registry.body_notices(HOSPITAL)).unwrap().remove(0);
        let known = here.registry.keys().record_for_body(record.record, HOSPITAL);
        assert_eq!((notice.record, notice.procedure), (Some(known), told_as(&here, HOSPITAL, id)));
        let filed = wait(here.registry.body_notices(LAW)).unwrap().remove(0);
        let own = (Some(record.record), id);
        assert_eq!((filed.record, filed.procedure), own, "who filed it knows both by their own");
        assert_ne!(notice.person, here.person(1).to_string());
        let view = view(&here, id);
        assert_eq!((view.summary.status, view.summary.waits_for.as_deref()), (Status::Open, Some(LAW)));
        assert_eq!(view.next.unwrap().1, StepName::PassDueDay);
        assert_eq!(view.possible, [StepName::TakeBack]);
        let desk = wait(here.registry.desk_procedures(LAW)).unwrap();
        assert_eq!((desk.len(), desk[0].procedure, desk[0].late), (1, id, false));
        assert!(wait(here.registry.desk_procedures(SCHOOLS)).unwrap().is_empty());
        prove_log(&here.registry);
    }

    fn only_those_who_were_given_it_in_the_past_three_years_are_told(engine: Engine) {
        let here = unchanged(engine);
        let here = {
            here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
            decide(&here, SourceRow::decision(1).with("penalty", "限制从业").with("disclosure_ends_on", "2030-11-10"));
            people(&here.registry);
            here
        };
        give(&here, HOSPITAL);
        here.at("2027-12-01T04:00:00Z");
        give(&here, FIRM);
        // Three years after the first look, to the day, and one day later.
        here.at("2029-11-23T04:00:00Z");
        let id = dispute(&here);
        assert_eq!((inbox(&here, HOSPITAL).len(), inbox(&here, FIRM).len()), (1, 1));
        here.at("2029-11-24T04:00:00Z");
        answer(&here, id, DisputeAnswer::Uphold).unwrap();
        assert_eq!((inbox(&here, HOSPITAL).len(), inbox(&here, FIRM).len()), (1, 2));
    }

    fn upheld_it_no_longer_shows_and_the_persons_statement_travels_with_the_record(engine: Engine) {
        let here = filled(engine);
        give(&here, HOSPITAL);
        let id = upheld(&here);
        assert_eq!(status(&here, id), Status::Upheld);
        assert!(!seen(&here, decision(&here)).unwrap().disputed);
        let say = |text: &str| {
            wait(here.registry.add_statement(here.person(1), Speaker::Person, id, text.to_owned()))
        };
        assert_eq!(code(say(" \n")), "words-empty");
        assert_eq!(code(say(&"字".repeat(4_001))), "words-too-long");
        say(&"字".repeat(4_000)).unwrap();
        assert_eq!(code(say("and also")), "statement-given");
        let words = seen(&here, decision(&here)).unwrap().statements;
        assert_eq!(words, ["字".repeat(4_000)]);
        assert_eq!(record(&here, RecordKind::Decision).statements, words);
        assert_eq!(inbox(&here, HOSPITAL), [Kind::DisputeOpened, Kind::DisputeUpheld, Kind::StatementAdded]);
        // It stays with the record when that is put right otherwise.
        decide(&here, SourceRow::decision(1).with("facts", "更正后的事实").correcting());
        assert_eq!(seen(&here, decision(&here)).unwrap().statements, words);
        assert_eq!(code(answer(&here, id, DisputeAnswer::Uphold)), "step-not-now");
        prove_log(&here.registry);
    }

    fn silence_past_the_day_keeps_the_record_back_until_it_is_answered(engine: Engine) {
        let here = filled(engine);
        let id = dispute(&here);
        assert_eq!(due(&here, id), "2026-12-13");
        here.at("2026-12-13T15:59:59Z");
        here.registry.do_what_is_due().unwrap();
        assert!(seen(&here, decision(&here)).is_some(), "the last day still counts");
        assert_eq!(certified(&here)["decision_in_force"], true);
        // From the first second of the next day on, though nothing has run yet.
        here.at("2026-12-13T16:00:00Z");
        assert!(seen(&here, decision(&here)).is_none());
        assert!(record(&here, RecordKind::Decision).withheld, "the person still sees it, and that");
        assert_eq!(certified(&here)["decision_in_force"], false);
        assert_eq!(status(&here, id), Status::Open);
        assert!(view(&here, id).summary.late);
        here.registry.do_what_is_due().unwrap();
        here.registry.do_what_is_due().unwrap();
        assert_eq!(status(&here, id), Status::Overdue);
        assert_eq!(inbox(&here, REVIEWERS), [Kind::DisputeOverdue], "told once");
        assert_eq!(inbox(&here, LAW), [Kind::DisputeOpened, Kind::DisputeOverdue]);
        assert_eq!(told(&here, 1, Kind::DisputeOverdue), 1);
        assert_eq!(steps(&here, "dispute:pass-due-day"), 1);
        let late = wait(here.registry.overdue()).unwrap();
        assert_eq!((late.len(), late[0].procedure), (1, id));
        assert_eq!(due(&here, id), "2026-12-13", "the day that was missed still shows");
        // A reviewer may read it now; that shows to the person.
        wait(here.registry.read_procedure(Reader::Reviewer(reviewer("first")), id)).unwrap();
        assert!(seen(&here, decision(&here)).is_none());

        answer(&here, id, DisputeAnswer::Uphold).unwrap();
        assert!(seen(&here, decision(&here)).is_some());
        assert!(!record(&here, RecordKind::Decision).withheld);
        assert!(wait(here.registry.overdue()).unwrap().is_empty());
    }

    fn a_certificate_that_was_issued_while_a_decision_was_kept_back_ends_when_it_shows_again(engine: Engine) {
        let here = filled(engine);
        let id = dispute(&here);
        here.at("2026-12-14T04:00:00Z");
        assert_eq!(certified(&here)["decision_in_force"], false);
        assert_eq!(good_certificates(&here), 1);
        answer(&here, id, DisputeAnswer::Uphold).unwrap();
        assert_eq!(good_certificates(&here), 0, "it says what is not so any more");
        assert_eq!(certified(&here)["decision_in_force"], true);
        // Answered in time nothing ends: every certificate speaks of it already.
        let id = dispute(&here);
        answer(&here, id, DisputeAnswer::Uphold).unwrap();
        assert_eq!(good_certificates(&here), 1);
    }

    fn an_answer_after_the_day_is_late_whether_or_not_anybody_noticed(engine: Engine) {
        let here = filled(engine);
        let id = dispute(&here);
        here.at("2027-01-10T04:00:00Z");
        answer(&here, id, DisputeAnswer::Uphold).unwrap();
        let names: Vec<_> = view(&here, id).timeline.iter().map(|step| step.name).collect();
        assert_eq!(names, [StepName::Open, StepName::PassDueDay, StepName::Uphold]);
        assert_eq!(inbox(&here, REVIEWERS), [Kind::DisputeOverdue]);
        here.registry.do_what_is_due().unwrap();
        assert_eq!(steps(&here, "dispute:pass-due-day"), 1);
    }

    fn a_licence_that_is_kept_back_is_not_certified(engine: Engine) {
        let here = filled(engine);
        let licence = record(&here, RecordKind::Licence).record;
        let id = wait(here.registry.open_dispute(here.person(1), a_dispute(licence))).unwrap();
        on(&here, "2026-12-14");
        let refused = wait(here.registry.issue_certificate(here.person(1), licence, None));
        assert!(matches!(refused, Err(CertificateError::Withheld)));
        assert!(seen(&here, licence).is_none());
        answer(&here, id, DisputeAnswer::Uphold).unwrap();
        assert_eq!(certified(&here)["licence_status"], "in-force");
    }

    fn corrected_it_is_a_version_that_passed_every_check(engine: Engine) {
        let here = filled(engine);
        give(&here, HOSPITAL);
        certified(&here);
        let id = dispute(&here);
        let correct = |row: SourceRow| answer(&here, id, DisputeAnswer::Change(correction(row)));
        assert_eq!(code(correct(SourceRow::decision(1))), "correction-same");
        assert_eq!(code(correct(SourceRow::decision(1).with("penalty", "驱逐"))), "choice-unknown");
        assert_eq!(code(correct(SourceRow::decision(1).with("fingerprint", "x"))), "field-unknown");
        assert_eq!(code(correct(SourceRow::decision(1).document("甘律罚〔2026〕别号"))), "correction-unknown");
        assert_eq!(code(correct(SourceRow::decision(2))), "correction-unknown");
        let free = DisputeAnswer::Change(registry::CarryOut::Correct("{".to_owned()));
        assert_eq!(code(answer(&here, id, free)), "json-malformed");
        assert_eq!(record(&here, RecordKind::Decision).versions.len(), 1, "nothing of it is left behind");
        assert_eq!(status(&here, id), Status::Open);

        correct(SourceRow::decision(1).with("penalty_content", "口头警告")).unwrap();
        let record = record(&here, RecordKind::Decision);
        assert_eq!((record.status, record.disputed), (RecordStatus::InForce, false));
        assert_eq!(record.versions[1].change, VersionKind::Corrected);
        assert_eq!(record.fields["penalty_content"], "口头警告");
        assert_eq!(good_certificates(&here), 0);
        assert_eq!(inbox(&here, HOSPITAL), [Kind::DisputeOpened, Kind::DisputeCorrected]);
        let receipt = wait(here.registry.version_receipt(here.person(1), record.record, 2)).unwrap().unwrap();
        assert_eq!(prove_receipt(&here.registry, &receipt).1["what"], "corrected");
        assert_eq!(view(&here, id).possible, [StepName::AskReconsideration], "it may be wrong still");
        prove_log(&here.registry);
    }

    fn a_correction_of_another_record_of_theirs_is_refused(engine: Engine) {
        let here = filled(engine);
        let second = SourceRow::decision(1).document("甘律罚〔2026〕二号");
        decide(&here, second.clone());
        let first = here.file_of(1).records.into_iter().find(|one| {
            one.kind == RecordKind::Decision && one.fields["document_number"] != "甘律罚〔2026〕二号"
        }).unwrap();
        let id = wait(here.registry.open_dispute(here.person(1), a_dispute(first.record))).unwrap();
        let other = correction(second.with("penalty_content", "口头警告"));
        assert_eq!(code(answer(&here, id, DisputeAnswer::Change(other))), "correction-other-record");
        assert!(here.file_of(1).records.iter().all(|one| one.versions.len() == 1));
        assert_eq!(status(&here, id), Status::Open);
    }

    fn withdrawn_it_was_never_valid(engine: Engine) {
        let here = filled(engine);
        give(&here, HOSPITAL);
        assert_eq!(certified(&here)["decision_in_force"], true);
        let id = dispute(&here);
        assert_eq!(answer(&here, id, withdrawal()).unwrap(), Status::Withdrawn);
        let record = record(&here, RecordKind::Decision);
        assert_eq!((record.status, record.versions[1].change), (RecordStatus::Withdrawn, VersionKind::Withdrawn));
        assert!(seen(&here, record.record).is_none());
        assert_eq!(good_certificates(&here), 0);
        assert_eq!(certified(&here)["decision_in_force"], false);
        assert_eq!(inbox(&here, HOSPITAL), [Kind::DisputeOpened, Kind::DisputeWithdrawn]);
        let again = wait(here.registry.open_dispute(here.person(1), a_dispute(record.record)));
        assert_eq!(code(again), "record-ended");
    }

    fn one_whose_submission_is_to_be_taken_back_meanwhile_is_answered_first(engine: Engine) {
        let here = filled(engine);
        let filed = decide(&here, SourceRow::decision(1).document("甘律罚〔2026〕二号"));
        let id = dispute(&here);
        assert_eq!(here.registry.take_back(LAW, filed.submission).unwrap().taken_back, 0, "it is disputed");
        assert_eq!(answer(&here, id, withdrawal()).unwrap(), Status::Withdrawn);
        assert_eq!(here.registry.take_back(LAW, filed.submission).unwrap().taken_back, 0, "it is gone already");
        let file = here.file_of(1);
        let ends: Vec<_> = file.records.iter().map(|one| (one.status, one.versions.len())).collect();
        assert_eq!(ends.iter().filter(|one| **one == (RecordStatus::Withdrawn, 2)).count(), 1, "not withdrawn twice");
        assert_eq!(ends.iter().filter(|one| **one == (RecordStatus::InForce, 1)).count(), 2);
    }

    fn taken_back_nothing_is_left_of_it_but_that_it_was(engine: Engine) {
        let here = filled(engine);
        let id = dispute(&here);
        on(&here, "2026-12-14");
        assert!(record(&here, RecordKind::Decision).withheld);
        wait(here.registry.take_back_procedure(here.person(1), Speaker::Person, id)).unwrap();
        let record = record(&here, RecordKind::Decision);
        assert!(!record.disputed && !record.withheld);
        assert_eq!(status(&here, id), Status::TakenBack);
        let again = wait(here.registry.take_back_procedure(here.person(1), Speaker::Person, id));
        assert_eq!(code(again), "step-not-now");
        dispute(&here);
    }

    fn a_field_is_disputed_by_its_name_and_one_dispute_at_a_time(engine: Engine) {
        let here = filled(engine);
        let open = |change: &dyn Fn(&mut OpenDispute)| {
            let mut wish = a_dispute(decision(&here));
            change(&mut wish);
            wait(here.registry.open_dispute(here.person(1), wish))
        };
        assert_eq!(code(open(&|wish| wish.field = Some("fingerprint".to_owned()))), "field-unknown");
        assert_eq!(code(open(&|wish| wish.text = "\u{3000}".to_owned())), "words-empty");
        assert_eq!(code(open(&|wish| wish.text = "字".repeat(4_001))), "words-too-long");
        assert_eq!(code(open(&|wish| wish.record = model::RecordId::from_bytes([9; 16]))), "record-unknown");
        let id = open(&|wish| wish.field = Some("facts".to_owned())).unwrap();
        assert_eq!(code(open(&|_| ())), "procedure-under-way");
        answer(&here, id, DisputeAnswer::Uphold).unwrap();
        open(&|_| ()).unwrap();
        assert_eq!(here.store.rows("procedure"), 2);
    }

    fn a_dispute_lifts_no_suspension(engine: Engine) {
        let here = filled(engine);
        decide(&here, SourceRow::decision(1)
            .with("penalty", "暂扣许可证件")
            .with("disclosure_ends_on", "2027-11-10")
            .document("甘律罚〔2026〕二号"));
        let id = dispute(&here);
        on(&here, "2026-12-14");
        assert!(seen(&here, decision(&here)).is_none());
        assert_eq!(record(&here, RecordKind::Licence).status, RecordStatus::Suspended);
        assert_eq!(certified(&here)["licence_status"], "suspended");
        answer(&here, id, withdrawal()).unwrap();
        assert_eq!(record(&here, RecordKind::Licence).status, RecordStatus::InForce);
    }
}
