//! Restorations: only after the minimum, with duties and a pledge; granted, the decision no longer counts anywhere.

use jiff::civil::date;
use model::{
    RecordKind, RecordStatus, VersionKind,
    procedure::{NoticeKind as Kind, Status, StepName},
};
use registry::{Apply, RestorationAnswer};
use testkit::{Installation, SourceRow, on_both_engines, prove_log, prove_receipt, wait};

use crate::kit::*;

fn say(here: &Installation, id: model::ProcedureId, answer: RestorationAnswer) -> &'static str {
    code(wait(here.registry.answer_restoration(LAW, id, answer)))
}

fn because() -> String {
    "so it is".to_owned()
}

on_both_engines! {
    fn only_after_the_minimum_with_duties_and_a_pledge(engine: Engine) {
        let here = fined(unchanged(engine));
        assert_eq!(record(&here, RecordKind::Decision).days.restorable_from.unwrap().to_string(), "2027-02-10");
        here.at("2027-02-09T15:59:59Z");
        assert_eq!(code(apply(&here)), "restoration-too-early");
        here.at("2027-02-09T16:00:00Z");
        let with = |change: &dyn Fn(&mut Apply)| {
            let mut wish = an_application(decision(&here));
            change(&mut wish);
            code(wait(here.registry.apply_restoration(here.person(1), wish)))
        };
        assert_eq!(with(&|wish| wish.duties = None), "duties-not-stated");
        assert_eq!(with(&|wish| wish.pledge = Some("  ".to_owned())), "pledge-missing");
        assert_eq!(with(&|wish| wish.pledge = Some("字".repeat(4_001))), "words-too-long");
        let licence = record(&here, RecordKind::Licence).record;
        assert_eq!(with(&|wish| wish.decision = licence), "record-no-decision");
        assert_eq!(here.store.rows("procedure"), 0);
        assert_eq!(with(&|_| ()), "done");
        assert_eq!(with(&|_| ()), "procedure-under-way");
        assert_eq!(told(&here, 1, Kind::RestorationApplied), 1);
    }

    fn three_and_ten_working_days_over_moved_days(engine: Engine) {
        let here = fined(Installation::with(engine, with_moved_days()));
        on(&here, "2027-02-10");
        let id = apply(&here).unwrap();
        // Friday, Saturday that is worked, Monday.
        assert_eq!(due(&here, id), "2027-02-15");
        here.at("2027-02-15T15:59:59Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(status(&here, id), Status::Applied);
        on(&here, "2027-02-16");
        assert_eq!(status(&here, id), Status::AcceptanceOverdue, "silence counts as taken");
        assert_eq!(inbox(&here, REVIEWERS), [Kind::RestorationAcceptanceOverdue]);
        assert_eq!(say(&here, id, RestorationAnswer::NotTake(because())), "step-not-now");
        // Counted from the application: the Saturday after is worked too.
        assert_eq!(due(&here, id), "2027-02-23");
        on(&here, "2027-02-23");
        assert_eq!(status(&here, id), Status::AcceptanceOverdue);
        on(&here, "2027-02-24");
        assert_eq!(status(&here, id), Status::AnswerOverdue);
        assert_eq!(inbox(&here, REVIEWERS).last(), Some(&Kind::RestorationAnswerOverdue));
        assert_eq!(due(&here, id), "2027-02-23");
        assert_eq!(wait(here.registry.overdue()).unwrap().len(), 1);
        // Late, it can still be granted.
        assert_eq!(grant(&here, id).unwrap(), Status::Complete);
        assert!(wait(here.registry.overdue()).unwrap().is_empty());
    }

    fn a_long_silence_loses_no_step(engine: Engine) {
        let here = fined(unchanged(engine));
        on(&here, "2027-02-10");
        let id = apply(&here).unwrap();
        on(&here, "2027-06-01");
        let names: Vec<_> = view(&here, id).timeline.iter().map(|step| step.name).collect();
        assert_eq!(names, [StepName::Apply, StepName::PassAcceptanceDay, StepName::PassAnswerDay]);
        assert_eq!(inbox(&here, REVIEWERS).len(), 2);
        here.registry.do_what_is_due().unwrap();
        assert_eq!(inbox(&here, REVIEWERS).len(), 2);
    }

    fn granted_it_no_longer_counts_and_everybody_who_was_given_it_stops_and_confirms(engine: Engine) {
        let here = fined(unchanged(engine));
        on(&here, "2027-02-10");
        give(&here, HOSPITAL);
        give(&here, FIRM);
        assert_eq!(certified(&here)["decision_in_force"], true);
        let years = certified(&here)["whole_years_without_decision"].clone();
        let id = apply(&here).unwrap();
        assert_eq!(say(&here, id, RestorationAnswer::Grant(because())), "step-not-now");
        assert_eq!(take(&here, id), Status::Taken);
        let decided = decision(&here);
        assert_eq!(grant(&here, id).unwrap(), Status::Granted);

        let record = record(&here, RecordKind::Decision);
        assert_eq!((record.status, record.versions[1].change), (RecordStatus::Restored, VersionKind::Restored));
        assert!(seen(&here, decided).is_none());
        assert_eq!(give(&here, HOSPITAL).records.len(), 1, "the licence alone");
        assert_eq!(good_certificates(&here), 0, "those before spoke of it");
        let now = certified(&here);
        assert_eq!(now["decision_in_force"], false);
        assert_eq!((years.as_i64().unwrap(), now["whole_years_without_decision"].as_i64().unwrap()), (0, 6));

        for body in [HOSPITAL, FIRM] {
            assert_eq!(inbox(&here, body), [Kind::StopUsing]);
            let notice = wait(here.registry.body_notices(body)).unwrap().remove(0);
            let known = here.registry.keys().record_for_body(decided, body);
            assert_eq!((notice.record, notice.procedure), (Some(known), told_as(&here, body, id)));
        }
        let confirm = |body| wait(here.registry.confirm_stopped_use(body, told_as(&here, body, id)));
        for stranger in ["example-school", LAW] {
            assert_eq!(code(confirm(stranger)), "procedure-unknown", "it was not asked to");
        }
        // Neither another's identifier nor the procedure's own leads anywhere.
        for known in [id, told_as(&here, FIRM, id)] {
            assert_eq!(code(wait(here.registry.confirm_stopped_use(HOSPITAL, known))), "procedure-unknown");
        }
        assert_eq!(confirm(HOSPITAL).unwrap(), Status::Granted);
        assert_eq!(code(confirm(HOSPITAL)), "already-confirmed");
        assert_eq!(told(&here, 1, Kind::UseStopped), 1);
        assert_eq!(confirm(FIRM).unwrap(), Status::Complete);
        assert_eq!(code(confirm(FIRM)), "step-not-now");
        assert_eq!(told(&here, 1, Kind::RestorationComplete), 1);
        let receipt = wait(here.registry.version_receipt(here.person(1), decided, 2)).unwrap().unwrap();
        assert_eq!(prove_receipt(&here.registry, &receipt).1["what"], "restored");
        prove_log(&here.registry);
    }

    fn who_confirms_on_the_day_after_and_before_that_days_work_is_not_reminded(engine: Engine) {
        let (here, id) = restored_of_two(engine);
        here.at("2027-02-25T01:00:00Z");
        assert_eq!(inbox(&here, FIRM), [Kind::StopUsing]);
        wait(here.registry.confirm_stopped_use(FIRM, told_as(&here, FIRM, id))).unwrap();
        here.registry.do_what_is_due().unwrap();
        assert_eq!(inbox(&here, FIRM), [Kind::StopUsing], "it has confirmed");
        assert_eq!(inbox(&here, HOSPITAL), [Kind::StopUsing, Kind::StopUsingAgain]);
        assert_eq!((status(&here, id), told(&here, 1, Kind::ConfirmationOverdue)), (Status::ConfirmationOverdue, 1));
    }

    fn who_does_not_confirm_in_time_is_reminded_once_and_shown_to_the_reviewers_by_name(engine: Engine) {
        let (here, id) = restored_of_two(engine);
        assert_eq!(due(&here, id), "2027-02-24", "ten working days");
        wait(here.registry.confirm_stopped_use(FIRM, told_as(&here, FIRM, id))).unwrap();
        on(&here, "2027-02-24");
        assert_eq!(status(&here, id), Status::Granted);
        assert!(wait(here.registry.overdue()).unwrap().is_empty());
        on(&here, "2027-02-25");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(status(&here, id), Status::ConfirmationOverdue);
        assert_eq!(inbox(&here, HOSPITAL), [Kind::StopUsing, Kind::StopUsingAgain], "once");
        assert_eq!(inbox(&here, FIRM), [Kind::StopUsing], "it has confirmed");
        assert_eq!(inbox(&here, REVIEWERS), [Kind::ConfirmationOverdue]);
        assert_eq!(told(&here, 1, Kind::ConfirmationOverdue), 1);
        let late = wait(here.registry.overdue()).unwrap().remove(0);
        assert_eq!((late.procedure, late.late, late.unconfirmed), (id, true, vec![HOSPITAL.to_owned()]));
        assert_eq!(record(&here, RecordKind::Decision).status, RecordStatus::Restored, "it no longer counts");
        let here = here.reopen();
        on(&here, "2027-06-01");
        assert_eq!(inbox(&here, HOSPITAL).len(), 2, "and not again");

        assert_eq!(wait(here.registry.confirm_stopped_use(HOSPITAL, told_as(&here, HOSPITAL, id))).unwrap(), Status::Complete);
        assert!(wait(here.registry.overdue()).unwrap().is_empty());
        let notices = wait(here.registry.body_notices(HOSPITAL)).unwrap();
        assert!(notices.iter().all(|one| one.read_at.is_some()), "nothing is left to confirm");
        prove_log(&here.registry);
    }

    fn a_request_to_stop_using_is_never_buried_and_never_read_away(engine: Engine) {
        let here = fined(unchanged(engine));
        on(&here, "2027-02-10");
        give(&here, HOSPITAL);
        granted(&here);
        let asked = wait(here.registry.body_notices(HOSPITAL)).unwrap().remove(0);
        assert_eq!(asked.kind, Kind::StopUsing);
        // More notices than one answer holds come after it.
        let (person, later) = (here.registry.keys().person(&testkit::made_up(1).number), here.registry.now());
        here.store
            .store
            .run("test.bury", storage::Access::Write, move |tx| {
                for n in 0..1_100_u64 {
                    let mut notice = [0xee; 16];
                    notice[8..].copy_from_slice(&n.to_be_bytes());
                    tx.execute(
                        "INSERT INTO body_notice (person, notice, body, kind, procedure, at) \
                         VALUES ($1, $2, $3, $4, $5, $6)",
                        &[
                            storage::Param::Blob(person.as_bytes()),
                            storage::Param::Blob(&notice),
                            storage::Param::Text(HOSPITAL),
                            storage::Param::Text("statement-added"),
                            storage::Param::Blob(&[3; 16]),
                            storage::Param::Int(later.as_second() + 60),
                        ],
                    )?;
                }
                Ok::<_, storage::StoreError>(())
            })
            .unwrap();
        // Marking it as read confirms nothing, so it does not take it away either.
        wait(here.registry.mark_body_notice_read(HOSPITAL, asked.notice)).unwrap();
        let notices = wait(here.registry.body_notices(HOSPITAL)).unwrap();
        assert_eq!((notices[0].notice, notices[0].read_at, notices.len()), (asked.notice, None, 1_001));
        let confirmed = wait(here.registry.confirm_stopped_use(HOSPITAL, notices[0].procedure)).unwrap();
        assert_eq!(confirmed, Status::Complete);
        let notices = wait(here.registry.body_notices(HOSPITAL)).unwrap();
        assert!(notices.iter().all(|one| one.kind != Kind::StopUsing), "it is one among the others again");
    }

    fn restored_it_is_neither_disputed_nor_restored_again_nor_corrected(engine: Engine) {
        let here = fined(unchanged(engine));
        on(&here, "2027-02-10");
        granted(&here);
        assert_eq!(code(apply(&here)), "record-ended");
        let disputed = wait(here.registry.open_dispute(here.person(1), a_dispute(decision(&here))));
        assert_eq!(code(disputed), "record-ended");
        let done = here.file(LAW, RecordKind::Decision, &[fine().with("facts", "更正后的事实").correcting(), fine()]);
        let codes: Vec<_> = here.outcomes(LAW, &done).into_iter().map(|(_, code)| code).collect();
        assert_eq!(codes, [Some("record-ended"), None]);
        assert_eq!(done.counts.unchanged, 1, "the same again brings nothing back");
        assert_eq!(record(&here, RecordKind::Decision).status, RecordStatus::Restored);
    }

    fn refused_or_not_taken_it_goes_on_and_may_be_applied_for_again(engine: Engine) {
        let here = fined(unchanged(engine));
        on(&here, "2027-02-10");
        let id = apply(&here).unwrap();
        assert_eq!(say(&here, id, RestorationAnswer::NotTake(" ".to_owned())), "words-empty");
        assert_eq!(say(&here, id, RestorationAnswer::NotTake(because())), "done");
        let id = apply(&here).unwrap();
        take(&here, id);
        assert_eq!(say(&here, id, RestorationAnswer::Refuse(because())), "done");
        assert_eq!(status(&here, id), Status::Refused);
        assert!(seen(&here, decision(&here)).is_some());
        assert_eq!((told(&here, 1, Kind::RestorationNotTaken), told(&here, 1, Kind::RestorationRefused)), (1, 1));
        apply(&here).unwrap();
        let not_theirs = wait(here.registry.answer_restoration(SCHOOLS, id, RestorationAnswer::Take));
        assert_eq!(code(not_theirs), "step-not-now");
    }

    fn a_prohibition_is_restored_only_when_it_is_lifted(engine: Engine) {
        let here = unchanged(engine);
        let prohibition = |until: &str| {
            SourceRow::decision(1).with("penalty", "限制从业").with("disclosure_ends_on", until)
        };
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        decide(&here, prohibition("2028-11-10"));
        people(&here.registry);
        on(&here, "2027-12-01");
        assert_eq!(code(apply(&here)), "prohibition-in-force");
        // Lifted by its authority, a year early.
        decide(&here, prohibition("2027-11-30").correcting());
        assert_eq!(record(&here, RecordKind::Decision).status, RecordStatus::Expired);
        let id = apply(&here).unwrap();
        take(&here, id);
        assert_eq!(grant(&here, id).unwrap(), Status::Complete);
        assert_eq!(record(&here, RecordKind::Decision).status, RecordStatus::Restored);
    }

    fn a_prohibition_that_names_its_last_day_is_over_with_it_however_long_its_disclosure_was_filed(engine: Engine) {
        let here = unchanged(engine);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let prohibition = SourceRow::decision(1)
            .with("penalty", "限制从业")
            .with("restricted_until", "2027-02-09")
            .with("disclosure_ends_on", "2046-11-10");
        decide(&here, prohibition);
        people(&here.registry);
        let decided = decision(&here);
        assert_eq!(record(&here, RecordKind::Decision).days.kept_until, Some(date(2031, 11, 10)), "five years, as any");
        on(&here, "2027-02-09");
        assert!(seen(&here, decided).is_some());
        assert_eq!(record(&here, RecordKind::Licence).status, RecordStatus::Prohibited);
        assert_eq!(code(apply(&here)), "prohibition-in-force");
        on(&here, "2027-02-10");
        assert!(seen(&here, decided).is_none(), "nobody is given it any more");
        assert_eq!(record(&here, RecordKind::Licence).status, RecordStatus::InForce);
        assert_eq!(certified(&here)["decision_in_force"], false);
        let days = record(&here, RecordKind::Decision).days;
        assert_eq!((days.shown_until, days.shortened), (Some(date(2027, 2, 9)), true));
        let id = apply(&here).unwrap();
        take(&here, id);
        assert_eq!(grant(&here, id).unwrap(), Status::Complete);
        on(&here, "2031-11-10");
        assert!(!record(&here, RecordKind::Decision).fields.is_empty());
        on(&here, "2031-11-11");
        assert_eq!(record(&here, RecordKind::Decision).status, RecordStatus::Erased);
    }

    fn a_restoration_gives_no_licence_back_and_a_withdrawal_does(engine: Engine) {
        let here = unchanged(engine);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        people(&here.registry);
        let severe = |penalty| SourceRow::decision(1).with("penalty", penalty).with("disclosure_ends_on", "2029-11-10");
        decide(&here, severe("吊销许可证件"));
        on(&here, "2027-11-10");
        let id = reconsidered(&here);
        let restoration = apply(&here).unwrap();
        take(&here, restoration);
        grant(&here, restoration).unwrap();
        let licence = || record(&here, RecordKind::Licence);
        assert_eq!(licence().status, RecordStatus::Revoked);
        assert_eq!(look(&here).records.len(), 1, "the licence alone, without the decision");
        let refused = wait(here.registry.issue_certificate(here.person(1), licence().record, None));
        assert!(matches!(refused, Err(registry::CertificateError::NotInForce)));
        let outside = registry::OutsideOrder {
            court: "high-court".to_owned(),
            reference: "1".to_owned(),
            decided_on: here.registry.today(),
            order: model::procedure::Order::Withdraw,
            fields: None,
        };
        wait(here.registry.record_outside_decision(reviewer("first"), id, outside)).unwrap();
        wait(here.registry.follow_order(LAW, id, registry::CarryOut::Withdraw)).unwrap();
        assert_eq!(licence().status, RecordStatus::InForce);
        // A suspension is for a time, and ends with what it was in.
        decide(&here, severe("暂扣许可证件").document("甘律罚〔2026〕二号"));
        assert_eq!(licence().status, RecordStatus::Suspended);
        granted(&here);
        assert_eq!(licence().status, RecordStatus::InForce);
    }

    fn a_minor_decision_ends_by_itself_on_its_day(engine: Engine) {
        let here = fill(unchanged(engine));
        here.at("2027-01-31T15:59:59Z");
        assert_eq!(certified(&here)["decision_in_force"], true);
        here.at("2027-01-31T16:00:00Z");
        assert_eq!(record(&here, RecordKind::Decision).status, RecordStatus::Expired);
        assert_eq!(record(&here, RecordKind::Decision).versions.len(), 1, "an end without a version");
        assert!(seen(&here, decision(&here)).is_none());
        assert_eq!(certified(&here)["decision_in_force"], false);
        assert_eq!(code(apply(&here)), "record-ended", "there is nothing to apply for any more");
    }

    fn four_ends_have_four_meanings_and_four_traces(engine: Engine) {
        let here = unchanged(engine);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        people(&here.registry);
        let fine = |n: &str| fine().document(n);
        for n in ["甲号", "乙号", "丙号"] {
            decide(&here, fine(n));
        }
        decide(&here, SourceRow::decision(1).document("丁号"));
        let of = |n: &str| {
            let records = here.file_of(1).records;
            records.into_iter().find(|one| one.kind == RecordKind::Decision && one.fields["document_number"] == n).unwrap()
        };
        for (n, change) in [
            ("甲号", correction(fine("甲号").with("facts", "更正后的事实"))),
            ("乙号", registry::CarryOut::Withdraw),
        ] {
            let id = wait(here.registry.open_dispute(here.person(1), a_dispute(of(n).record))).unwrap();
            answer(&here, id, registry::DisputeAnswer::Change(change)).unwrap();
        }
        on(&here, "2027-02-10");
        let wish = an_application(of("丙号").record);
        let id = wait(here.registry.apply_restoration(here.person(1), wish)).unwrap();
        take(&here, id);
        grant(&here, id).unwrap();
        let trace = |n: &str| {
            let record = of(n);
            let changes: Vec<_> = record.versions.iter().map(|version| version.change).collect();
            (record.status, changes)
        };
        use VersionKind::{Corrected, Filed, Restored, Withdrawn};
        assert_eq!(trace("甲号"), (RecordStatus::InForce, vec![Filed, Corrected]));
        assert_eq!(trace("乙号"), (RecordStatus::Withdrawn, vec![Filed, Withdrawn]));
        assert_eq!(trace("丙号"), (RecordStatus::Restored, vec![Filed, Restored]));
        assert_eq!(trace("丁号"), (RecordStatus::Expired, vec![Filed]));
        let shown: Vec<_> = look(&here).records.iter().map(|one| one.record).collect();
        assert_eq!(shown.iter().filter(|one| **one == of("甲号").record).count(), 1);
        assert_eq!(shown.len(), 2, "the licence, and the one that was corrected");
        prove_log(&here.registry);
    }
}
