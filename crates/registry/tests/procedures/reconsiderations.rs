//! Reconsiderations: by a reviewer who had no part in it; what is ordered is carried out within three working days, and
//! what a court decides comes before it.

use jiff::civil::date;
use model::{
    RecordKind, RecordStatus,
    procedure::{NoticeKind as Kind, Order, Procedure, Reconsidered, Speaker, Status},
};
use registry::{
    CarryOut, DisputeAnswer, EventKind, OpenDispute, OutsideOrder, ProcedureError, Reader, ReviewError,
    Verdict,
};
use testkit::{Installation, SourceRow, gansu, on_both_engines, prove_log, wait};

use crate::kit::*;

pub(crate) fn decide_again(
    here: &Installation,
    id: model::ProcedureId,
    by: &str,
    order: Option<Order>,
) -> Result<Status, ProcedureError> {
    wait(
        here.registry
            .answer_reconsideration(reviewer(by), id, order, "looked into".to_owned()),
    )
}

fn court(order: Order) -> OutsideOrder {
    OutsideOrder {
        court: "high-court".to_owned(),
        reference: "（2026）甘行终1号".to_owned(),
        decided_on: date(2026, 11, 2),
        order,
        fields: None,
    }
}

/// A look that a reviewer has closed as proper, and its reconsideration.
fn of_a_look(here: &Installation) -> (model::EventId, model::ProcedureId) {
    let look = look(here).look;
    let wish = a_reconsideration(Reconsidered::Look(look));
    (
        look,
        wait(here.registry.open_reconsideration(here.person(1), wish)).unwrap(),
    )
}

/// Every look goes to the reviewers.
fn watched(engine: testkit::Engine) -> Installation {
    let mut profile = gansu();
    profile
        .oversight
        .all_mut()
        .for_each(|one| one.random_share_percent = 100);
    fill(Installation::with(engine, profile))
}

on_both_engines! {
    fn an_order_about_a_disputed_field_is_not_followed_by_a_correction_of_another(engine: Engine) {
        let here = filled(engine);
        let wish = OpenDispute { field: Some("facts".to_owned()), ..a_dispute(decision(&here)) };
        let disputed = wait(here.registry.open_dispute(here.person(1), wish)).unwrap();
        answer(&here, disputed, DisputeAnswer::Uphold).unwrap();
        let of = Reconsidered::Dispute(disputed);
        let id = wait(here.registry.open_reconsideration(here.person(1), a_reconsideration(of))).unwrap();
        assign(&here, id, "first").unwrap();
        decide_again(&here, id, "first", Some(Order::Correct)).unwrap();
        let other = SourceRow::decision(1).with("penalty_content", "口头警告");
        decide(&here, other.clone().correcting());
        let follow = |row| wait(here.registry.follow_order(LAW, id, correction(row)));
        assert_eq!(code(follow(other.clone())), "correction-same", "what was disputed stands as it did");
        let right = other.with("facts", "更正后的事实");
        decide(&here, right.clone().correcting());
        assert_eq!(follow(right).unwrap(), Status::ChangeFollowed);
        assert_eq!(record(&here, RecordKind::Decision).versions.len(), 3);
    }

    fn it_is_asked_for_once_about_a_dispute_that_was_upheld(engine: Engine) {
        let here = filled(engine);
        let open = dispute(&here);
        let ask = |id| {
            let wish = a_reconsideration(Reconsidered::Dispute(id));
            wait(here.registry.open_reconsideration(here.person(1), wish))
        };
        assert_eq!(code(ask(open)), "step-not-now");
        answer(&here, open, DisputeAnswer::Uphold).unwrap();
        let id = ask(open).unwrap();
        assert_eq!(code(ask(open)), "reconsideration-asked");
        assert_eq!(code(ask(id)), "procedure-other-kind");
        assert_eq!(code(ask(model::ProcedureId::from_bytes([7; 16]))), "procedure-unknown");
        assert_eq!((due(&here, id).as_str(), status(&here, id)), ("2026-12-08", Status::Open));
        assert!(seen(&here, decision(&here)).unwrap().disputed, "the outcome is not settled");
        assert_eq!(inbox(&here, REVIEWERS), [Kind::ReconsiderationOpened]);
        assert_eq!(wait(here.registry.reviewer_procedures(&reviewer("first"))).unwrap().len(), 1);
    }

    fn who_has_it_answers_and_nobody_else(engine: Engine) {
        let here = filled(engine);
        let id = reconsidered(&here);
        assert_eq!(code(decide_again(&here, id, "first", None)), "step-not-now");
        assign(&here, id, "first").unwrap();
        assert_eq!(code(decide_again(&here, id, "second", None)), "step-not-yours");
        assert!(wait(here.registry.reviewer_procedures(&reviewer("second"))).unwrap().is_empty());
        // Somebody falls ill: the last one has it.
        assign(&here, id, "second").unwrap();
        assert_eq!(code(decide_again(&here, id, "first", None)), "step-not-yours");
        assert_eq!(decide_again(&here, id, "second", None).unwrap(), Status::Confirmed);
        assert!(!seen(&here, decision(&here)).unwrap().disputed);
        assert_eq!(code(assign(&here, id, "first")), "step-not-now");
        assert_eq!(told(&here, 1, Kind::ReconsiderationConfirmed), 1);
        prove_log(&here.registry);
    }

    fn reviewers_who_are_late_are_told_and_the_person_keeps_what_they_have(engine: Engine) {
        let here = filled(engine);
        let id = reconsidered(&here);
        on(&here, "2026-12-09");
        assert_eq!(status(&here, id), Status::Overdue);
        assert_eq!(inbox(&here, REVIEWERS), [Kind::ReconsiderationOpened, Kind::ReconsiderationOverdue]);
        assert!(seen(&here, decision(&here)).unwrap().disputed, "the authority is not late: it is shown");
        assign(&here, id, "first").unwrap();
        assert_eq!(status(&here, id), Status::AssignedOverdue);
        assert_eq!(decide_again(&here, id, "first", None).unwrap(), Status::Confirmed);
    }

    fn what_is_ordered_is_carried_out_within_three_working_days_over_moved_days(engine: Engine) {
        let here = fill(Installation::with(engine, with_moved_days()));
        // Thursday before the days off: Friday, Saturday that is worked, Monday.
        on(&here, "2027-01-25");
        let id = reconsidered(&here);
        on(&here, "2027-02-04");
        assign(&here, id, "first").unwrap();
        assert_eq!(code(decide_again(&here, id, "first", Some(Order::LookImproper))), "order-unfit");
        assert_eq!(decide_again(&here, id, "first", Some(Order::Withdraw)).unwrap(), Status::Changed);
        assert_eq!(due(&here, id), "2027-02-15");
        on(&here, "2027-02-15");
        assert!(record(&here, RecordKind::Decision).disputed && !record(&here, RecordKind::Decision).withheld);
        on(&here, "2027-02-16");
        assert_eq!(status(&here, id), Status::ChangeOverdue);
        assert!(record(&here, RecordKind::Decision).withheld);
        assert_eq!(inbox(&here, REVIEWERS).last(), Some(&Kind::ChangeOverdue));

        let follow = |what| wait(here.registry.follow_order(LAW, id, what));
        let other = correction(SourceRow::decision(1).with("facts", "更正后的事实"));
        assert_eq!(code(follow(other)), "ordered-otherwise");
        let not_theirs = wait(here.registry.follow_order(SCHOOLS, id, CarryOut::Withdraw));
        assert_eq!(code(not_theirs), "step-not-yours");
        assert_eq!(follow(CarryOut::Withdraw).unwrap(), Status::ChangeFollowed);
        assert_eq!(code(follow(CarryOut::Withdraw)), "step-not-now");
        assert_eq!(record(&here, RecordKind::Decision).status, RecordStatus::Withdrawn);
        prove_log(&here.registry);
    }

    fn a_correction_that_was_ordered_passes_the_checks_too(engine: Engine) {
        let here = filled(engine);
        let id = reconsidered(&here);
        assign(&here, id, "first").unwrap();
        decide_again(&here, id, "first", Some(Order::Correct)).unwrap();
        let follow = |what| wait(here.registry.follow_order(LAW, id, what));
        assert_eq!(code(follow(CarryOut::Withdraw)), "ordered-otherwise");
        assert_eq!(code(follow(correction(SourceRow::decision(1)))), "correction-same");
        assert_eq!(status(&here, id), Status::Changed);
        let right = correction(SourceRow::decision(1).with("facts", "更正后的事实"));
        let not_theirs = wait(here.registry.follow_order(SCHOOLS, id, right.clone()));
        assert_eq!(code(not_theirs), "procedure-unknown");
        assert_eq!(follow(right).unwrap(), Status::ChangeFollowed);
        assert_eq!(record(&here, RecordKind::Decision).fields["facts"], "更正后的事实");
    }

    fn a_decision_from_outside_is_followed_whatever_the_reviewers_said(engine: Engine) {
        let here = filled(engine);
        let id = reconsidered(&here);
        assign(&here, id, "first").unwrap();
        decide_again(&here, id, "first", None).unwrap();
        let record_it = |decision| wait(here.registry.record_outside_decision(reviewer("third"), id, decision));
        let mut nobody = court(Order::Withdraw);
        nobody.court = "moon-court".to_owned();
        assert_eq!(code(record_it(nobody)), "body-unknown");
        assert_eq!(code(record_it(court(Order::LookImproper))), "order-unfit");
        here.at("2026-12-31T04:00:00Z");
        record_it(court(Order::Withdraw)).unwrap();
        // 1 January is off, 2 and 3 are a weekend.
        assert_eq!(due(&here, id), "2027-01-06");
        assert!(seen(&here, decision(&here)).unwrap().disputed);
        on(&here, "2027-01-07");
        assert_eq!(status(&here, id), Status::FollowOverdue);
        assert!(seen(&here, decision(&here)).is_none());
        assert_eq!(inbox(&here, REVIEWERS).last(), Some(&Kind::OutsideDecisionOverdue));
        let followed = wait(here.registry.follow_order(LAW, id, CarryOut::Withdraw)).unwrap();
        assert_eq!(followed, Status::Followed);
        assert_eq!(record(&here, RecordKind::Decision).status, RecordStatus::Withdrawn);
        record_it(court(Order::Withdraw)).unwrap();
        assert_eq!(steps(&here, "reconsideration:amend-outside-decision"), 0, "the same again changes nothing");
        let another = OutsideOrder { reference: "another".to_owned(), ..court(Order::Withdraw) };
        assert_eq!(code(record_it(another)), "step-not-now");
        prove_log(&here.registry);
    }

    fn a_decision_from_outside_that_comes_late_lets_the_record_show_until_its_day(engine: Engine) {
        let here = filled(engine);
        let id = reconsidered(&here);
        assign(&here, id, "first").unwrap();
        decide_again(&here, id, "first", Some(Order::Withdraw)).unwrap();
        on(&here, "2026-12-01");
        assert_eq!(status(&here, id), Status::ChangeOverdue);
        assert_eq!(certified(&here)["decision_in_force"], false);
        let court = court(Order::Correct);
        wait(here.registry.record_outside_decision(reviewer("third"), id, court)).unwrap();
        assert!(seen(&here, decision(&here)).unwrap().disputed);
        assert_eq!(good_certificates(&here), 0, "it was issued while the decision was kept back");
    }

    fn a_court_can_withdraw_what_was_restored_meanwhile(engine: Engine) {
        let here = fined(unchanged(engine));
        here.at("2027-02-10T04:00:00Z");
        let id = reconsidered(&here);
        let restoration = apply(&here).unwrap();
        take(&here, restoration);
        grant(&here, restoration).unwrap();
        assert_eq!(record(&here, RecordKind::Decision).status, RecordStatus::Restored);
        certified(&here);
        wait(here.registry.record_outside_decision(reviewer("third"), id, court(Order::Withdraw))).unwrap();
        let followed = wait(here.registry.follow_order(LAW, id, CarryOut::Withdraw)).unwrap();
        assert_eq!(followed, Status::Followed);
        let record = record(&here, RecordKind::Decision);
        assert_eq!((record.status, record.versions.len()), (RecordStatus::Withdrawn, 3), "never valid after all");
        assert_eq!(good_certificates(&here), 1, "they spoke as though it were not there already");
    }

    fn nobody_judges_what_they_had_a_part_in(engine: Engine) {
        let here = watched(engine);
        let (look, id) = of_a_look(&here);
        wait(here.registry.close_review(look, "first", Verdict::Proper, "the case is there")).unwrap();
        assert_eq!(code(assign(&here, id, "first")), "reviewer-took-part");
        let by_another = wait(here.registry.assign_procedure(id, reviewer("first"), reviewer("second")));
        assert_eq!(code(by_another), "reviewer-took-part");
        assign(&here, id, "second").unwrap();
        decide_again(&here, id, "second", None).unwrap();
        // Who confirmed the look does not judge the complaint about it.
        let complaint = wait(here.registry.open_complaint(here.person(1), a_complaint(Some(look)))).unwrap();
        assert_eq!(code(assign(&here, complaint, "first")), "reviewer-took-part");
        assert_eq!(code(assign(&here, complaint, "second")), "reviewer-took-part");
        assign(&here, complaint, "third").unwrap();
        // One about something else is anybody's.
        let other = complain(&here);
        assign(&here, other, "first").unwrap();
        // Nor does who judged an outcome judge the next one about the same record.
        let reconsideration = reconsidered(&here);
        assign(&here, reconsideration, "first").unwrap();
        decide_again(&here, reconsideration, "first", None).unwrap();
        let next = reconsidered(&here);
        assert_eq!(code(assign(&here, next, "first")), "reviewer-took-part");
        assign(&here, next, "second").unwrap();
    }

    fn whoever_has_a_reconsideration_does_not_close_the_look_and_whoever_closed_it_does_not_answer(engine: Engine) {
        let here = watched(engine);
        let (look, id) = of_a_look(&here);
        let close = |by: &str| wait(here.registry.close_review(look, by, Verdict::Proper, "the case is there"));
        assign(&here, id, "first").unwrap();
        assert!(matches!(close("first"), Err(ReviewError::TookPart)));
        assert_eq!(wait(here.registry.review_queue()).unwrap().looks.len(), 1, "it waits for another one");
        // They read the case for it, and give what else there is about the look to a colleague: neither is a judgment.
        wait(here.registry.review_case("first", look)).unwrap();
        let complaint = wait(here.registry.open_complaint(here.person(1), a_complaint(Some(look)))).unwrap();
        wait(here.registry.assign_procedure(complaint, reviewer("third"), reviewer("first"))).unwrap();
        assert!(matches!(close("third"), Err(ReviewError::TookPart)), "a complaint about it is the same");
        decide_again(&here, id, "first", None).unwrap();
        assert!(matches!(close("first"), Err(ReviewError::TookPart)), "nor after the answer");
        close("second").unwrap();
        let founded = registry::Finding::Unfounded("the case is there".to_owned());
        wait(here.registry.answer_complaint(reviewer("third"), complaint, founded)).unwrap();
        prove_log(&here.registry);
    }

    fn whoever_came_to_judge_the_same_since_answers_no_more(engine: Engine) {
        let here = watched(engine);
        let (look, id) = of_a_look(&here);
        let complaint = wait(here.registry.open_complaint(here.person(1), a_complaint(Some(look)))).unwrap();
        // Both by another one, so that the first has done no step in either.
        for one in [id, complaint] {
            wait(here.registry.assign_procedure(one, reviewer("first"), reviewer("second"))).unwrap();
        }
        decide_again(&here, id, "first", None).unwrap();
        let unfounded = || registry::Finding::Unfounded("the case is there".to_owned());
        let answered = wait(here.registry.answer_complaint(reviewer("first"), complaint, unfounded()));
        assert_eq!(code(answered), "reviewer-took-part");
        assert_eq!(status(&here, complaint), Status::Assigned, "nothing was done");
        assign(&here, complaint, "third").unwrap();
        wait(here.registry.answer_complaint(reviewer("third"), complaint, unfounded())).unwrap();
        prove_log(&here.registry);
    }

    fn whoever_opened_the_case_or_let_the_notice_wait_had_a_part(engine: Engine) {
        let mut profile = gansu();
        let purpose = profile.purposes.get_mut("licensing-renewal").unwrap();
        purpose.delay = Some(profile::ByDay::always(profile::Delay { days: 30, basis: "lawyer-licensing".to_owned() }));
        let here = fill(Installation::with(engine, profile));
        let mut soon = by_law();
        let registry::Under::Law { wait_days, .. } = &mut soon.under else { panic!("under a law") };
        *wait_days = Some(2);
        let look = wait(here.registry.inquire(soon)).unwrap().look;
        wait(here.registry.renew_wait(look, "first", 1, "looked into")).unwrap();
        wait(here.registry.review_case("second", look)).unwrap();
        on(&here, "2026-12-01");
        let id = wait(here.registry.open_reconsideration(here.person(1), a_reconsideration(Reconsidered::Look(look)))).unwrap();
        for part in ["first", "second"] {
            assert_eq!(code(assign(&here, id, part)), "reviewer-took-part");
        }
        assign(&here, id, "third").unwrap();
        decide_again(&here, id, "third", None).unwrap();
    }

    fn whoever_closed_a_look_first_stays_one_who_had_a_part_once_another_found_otherwise(engine: Engine) {
        let here = watched(engine);
        let (look, id) = of_a_look(&here);
        wait(here.registry.close_review(look, "first", Verdict::Proper, "the case is there")).unwrap();
        assign(&here, id, "second").unwrap();
        decide_again(&here, id, "second", Some(Order::LookImproper)).unwrap();
        wait(here.registry.put_down_improper(reviewer("second"), id)).unwrap();
        let complaint = wait(here.registry.open_complaint(here.person(1), a_complaint(Some(look)))).unwrap();
        for part in ["first", "second"] {
            assert_eq!(code(assign(&here, complaint, part)), "reviewer-took-part");
        }
        assign(&here, complaint, "third").unwrap();
    }

    fn whoever_certified_that_a_record_may_come_in_again_does_not_judge_its_dispute(engine: Engine) {
        let here = filled(engine);
        let (old, id) = (decision(&here), dispute(&here));
        answer(&here, id, withdrawal()).unwrap();
        wait(here.registry.certify_reentry(reviewer("first"), here.person(1), old)).unwrap();
        decide(&here, SourceRow::decision(1));
        assert_ne!(decision(&here), old);
        let id = reconsidered(&here);
        assert_eq!(code(assign(&here, id, "first")), "reviewer-took-part");
        // Of another record of the same person, anybody does.
        decide(&here, SourceRow::decision(1).document("甘律罚〔2026〕二号"));
        let other = reconsidered(&here);
        assign(&here, other, "first").unwrap();
        assign(&here, id, "second").unwrap();
        decide_again(&here, id, "second", None).unwrap();
    }

    fn whoever_took_the_look_or_answered_as_a_member_of_staff_judges_neither_as_a_reviewer(engine: Engine) {
        let here = watched(engine);
        for (body, n) in [(LAW, 8), (HOSPITAL, 9), (FIRM, 9)] {
            let number = testkit::made_up(n).number;
            here.registry.add_staff(registry::NewStaff {
                body: body.to_owned(),
                staff: "clerk".to_owned(),
                name: "测试员".to_owned(),
                own_number: Some(number),
                keys: vec![],
                lead: false,
            }).unwrap();
        }
        here.registry.add_reviewer("first", "测试员", Some(&testkit::made_up(8).number)).unwrap();
        here.registry.add_reviewer("second", "测试员", Some(&testkit::made_up(9).number)).unwrap();
        let (look, again) = of_a_look(&here);
        let taken = here.file_of(1).events.into_iter().find(|one| one.event == look).unwrap();
        let own = if taken.actor == LAW { "first" } else { "second" };
        assert_eq!(code(assign(&here, again, own)), "reviewer-took-part");
        let closed = wait(here.registry.close_review(look, own, Verdict::Proper, "reasons"));
        assert!(matches!(closed, Err(ReviewError::TookPart)), "{closed:?}");
        wait(here.registry.close_review(look, "third", Verdict::Proper, "reasons")).unwrap();

        let open = dispute(&here);
        let by = registry::ForBody::staff(LAW, "clerk");
        let upheld = here.registry.answer_dispute(by, open, DisputeAnswer::Uphold, "so it is".to_owned());
        wait(upheld).unwrap();
        let wish = a_reconsideration(Reconsidered::Dispute(open));
        let id = wait(here.registry.open_reconsideration(here.person(1), wish)).unwrap();
        assert_eq!(code(assign(&here, id, "first")), "reviewer-took-part", "they answered the dispute");
        assign(&here, id, "second").unwrap();
    }

    fn a_refused_look_is_reconsidered_once_a_reviewer_found_something_about_it(engine: Engine) {
        let here = watched(engine);
        let look = refused_look(&here);
        let again = || {
            let wish = a_reconsideration(Reconsidered::Look(look));
            wait(here.registry.open_reconsideration(here.person(1), wish))
        };
        let detail = || wait(here.registry.look_detail(here.person(1), look)).unwrap().unwrap();
        assert!(!detail().may_be_reconsidered());
        assert_eq!(code(again()), "look-unknown", "there is nothing to reconsider");
        wait(here.registry.close_review(look, "first", Verdict::Proper, "a slip of the hand")).unwrap();
        assert!(detail().may_be_reconsidered());
        let id = again().unwrap();
        assert_eq!(code(assign(&here, id, "first")), "reviewer-took-part");
        assign(&here, id, "second").unwrap();
    }

    fn a_look_that_was_improper_after_all_is_put_down_and_counts(engine: Engine) {
        let here = watched(engine);
        let (look, id) = of_a_look(&here);
        wait(here.registry.close_review(look, "first", Verdict::Proper, "the case is there")).unwrap();
        let again = wait(here.registry.open_reconsideration(here.person(1), a_reconsideration(Reconsidered::Look(look))));
        assert_eq!(code(again), "procedure-under-way");
        assign(&here, id, "second").unwrap();
        assert_eq!(code(decide_again(&here, id, "second", Some(Order::Withdraw))), "order-unfit");
        decide_again(&here, id, "second", Some(Order::LookImproper)).unwrap();
        assert_eq!(due(&here, id), "2026-11-26");
        let not_a_record = wait(here.registry.follow_order(LAW, id, CarryOut::Withdraw));
        assert_eq!(code(not_a_record), "ordered-otherwise");
        assert_eq!(wait(here.registry.improper_looks(2026)).unwrap().len(), 0);
        let done = wait(here.registry.put_down_improper(reviewer("second"), id)).unwrap();
        assert_eq!(done, Status::ChangeFollowed);
        assert_eq!(code(wait(here.registry.put_down_improper(reviewer("second"), id))), "step-not-now");
        let improper = |one: &&registry::EventView| {
            one.kind == EventKind::LookImproper && one.subject == Some(look.to_string())
        };
        assert_eq!(here.file_of(1).events.iter().filter(improper).count(), 1);
        assert_eq!(wait(here.registry.improper_looks(2026)).unwrap()[LAW], 1);
        // A complaint about the same look finds it so already.
        let complaint = wait(here.registry.open_complaint(here.person(1), a_complaint(Some(look)))).unwrap();
        assign(&here, complaint, "third").unwrap();
        let founded = registry::Finding::Founded(registry::Found {
            reasons: "so it was".to_owned(),
            measures: "the account is closed".to_owned(),
            breach: None,
        });
        wait(here.registry.answer_complaint(reviewer("third"), complaint, founded)).unwrap();
        assert_eq!(here.file_of(1).events.iter().filter(improper).count(), 1);
        let detail = wait(here.registry.look_detail(here.person(1), look)).unwrap().unwrap();
        let found = |all: &[registry::LookFinding]| -> Vec<_> {
            all.iter().map(|one| (one.verdict, one.reasons.clone().unwrap())).collect()
        };
        // What the first reviewer found is kept, and what the second found stands after it.
        let both = [(Verdict::Proper, "the case is there".to_owned()), (Verdict::Improper, "looked into".to_owned())];
        assert_eq!(found(&detail.findings), both);
        let read = |reader| wait(here.registry.read_procedure(reader, id)).unwrap().findings;
        assert_eq!(found(&read(Reader::Reviewer(reviewer("third")))), both);
        assert!(read(Reader::Body(LAW.to_owned())).is_empty(), "not the body's to read");
        assert_eq!(inbox(&here, LAW).last(), Some(&Kind::ComplaintFounded));
        prove_log(&here.registry);
    }

    fn of_a_look_that_a_court_found_improper_the_person_reads_which_decision_says_why(engine: Engine) {
        let here = watched(engine);
        let (look, id) = of_a_look(&here);
        wait(here.registry.record_outside_decision(reviewer("second"), id, court(Order::LookImproper))).unwrap();
        wait(here.registry.put_down_improper(reviewer("second"), id)).unwrap();
        let detail = wait(here.registry.look_detail(here.person(1), look)).unwrap().unwrap();
        let reasons = detail.findings.last().unwrap().reasons.clone().unwrap();
        let decided = court(Order::LookImproper);
        assert!(reasons.contains(&decided.reference) && reasons.contains(&decided.decided_on.to_string()), "{reasons}");
        assert!(!reasons.contains("high-court"), "by its name: {reasons}");
        // A slip of the pen in its day is mended there too.
        let day = decided.decided_on.yesterday().unwrap();
        let mended = OutsideOrder { decided_on: day, ..court(Order::LookImproper) };
        wait(here.registry.record_outside_decision(reviewer("second"), id, mended)).unwrap();
        let detail = wait(here.registry.look_detail(here.person(1), look)).unwrap().unwrap();
        assert_eq!(detail.findings.len(), 1);
        let reasons = detail.findings[0].reasons.clone().unwrap();
        assert!(reasons.contains(&day.to_string()) && !reasons.contains(&decided.decided_on.to_string()), "{reasons}");
        assert_eq!(wait(here.registry.improper_looks(2026)).unwrap()[LAW], 1);
    }

    fn a_look_counts_no_more_once_the_same_decision_of_a_court_is_said_to_leave_it_as_it_was(engine: Engine) {
        for closed in [true, false] {
            let here = watched(engine);
            let (look, id) = of_a_look(&here);
            if closed {
                wait(here.registry.close_review(look, "first", Verdict::Proper, "the case is there")).unwrap();
            }
            let waiting = || wait(here.registry.review_queue()).unwrap().looks.len();
            let queued = waiting();
            let record_it = |order| wait(here.registry.record_outside_decision(reviewer("second"), id, court(order)));
            let counted = || wait(here.registry.improper_looks(2026)).unwrap().get(LAW).copied();
            let put_down = || wait(here.registry.put_down_improper(reviewer("second"), id)).unwrap();
            let findings = || {
                let detail = wait(here.registry.look_detail(here.person(1), look)).unwrap().unwrap();
                let all = detail.findings.into_iter();
                all.map(|one| (one.verdict, one.taken_back, one.reasons.is_some())).collect::<Vec<_>>()
            };
            here.later(1);
            record_it(Order::LookImproper).unwrap();
            put_down();
            assert_eq!(counted(), Some(1));
            here.later(1);
            record_it(Order::Stand).unwrap();
            record_it(Order::Stand).unwrap();
            assert_eq!((counted(), waiting()), (None, queued), "nor is a reviewer rid of it");
            let before = closed.then_some((Verdict::Proper, false, true));
            let taken_back = Some((Verdict::Improper, true, true));
            assert_eq!(findings(), before.into_iter().chain(taken_back).collect::<Vec<_>>(), "both stay to be read");
            let event = |kind| here.file_of(1).events.iter().filter(|one| one.kind == kind).count();
            assert_eq!((event(EventKind::LookImproper), event(EventKind::ImproperTakenBack)), (1, 1));
            assert_eq!(told(&here, 1, Kind::OutsideDecisionAmended), 1);
            let steps = wait(here.registry.review_queue()).unwrap().steps;
            let seen: Vec<_> = steps.iter().map(|one| (one.change, one.body.as_str(), one.staff.as_deref())).collect();
            assert_eq!(seen, [(registry::Change::ImproperTakenBack, LAW, Some("clerk"))]);
            // Whoever sees that has judged nothing, and it stays what the other one did.
            wait(here.registry.close_step(steps[0].step, "third")).unwrap();
            let steps = wait(here.registry.steps_of(LAW)).unwrap();
            let taken_back = steps.iter().find(|one| one.change == registry::Change::ImproperTakenBack);
            assert_eq!(taken_back.unwrap().reviewer.as_deref(), Some("second"));
            let complaint = wait(here.registry.open_complaint(here.person(1), a_complaint(Some(look)))).unwrap();
            assign(&here, complaint, "third").unwrap();
            // Had it been right after all, it counts again.
            here.later(1);
            record_it(Order::LookImproper).unwrap();
            put_down();
            assert_eq!((counted(), findings().last()), (Some(1), Some(&(Verdict::Improper, false, true))));
            prove_log(&here.registry);
        }
    }

    fn what_was_taken_back_stays_so_after_a_reviewer_found_the_look_proper(engine: Engine) {
        let here = watched(engine);
        let (look, id) = of_a_look(&here);
        let record_it = |order| wait(here.registry.record_outside_decision(reviewer("second"), id, court(order)));
        record_it(Order::LookImproper).unwrap();
        wait(here.registry.put_down_improper(reviewer("second"), id)).unwrap();
        record_it(Order::Stand).unwrap();
        here.later(1);
        wait(here.registry.close_review(look, "first", Verdict::Proper, "the case is there")).unwrap();
        let detail = wait(here.registry.look_detail(here.person(1), look)).unwrap().unwrap();
        let found: Vec<_> = detail.findings.iter().map(|one| (one.verdict, one.taken_back)).collect();
        assert_eq!(found, [(Verdict::Improper, true), (Verdict::Proper, false)]);
        // As it is where the court had found so after all, before anybody else did.
        let (look, id) = of_a_look(&here);
        let record_it = |order| wait(here.registry.record_outside_decision(reviewer("second"), id, court(order)));
        for order in [Order::LookImproper, Order::Stand, Order::LookImproper] {
            here.later(1);
            record_it(order).unwrap();
            if order == Order::LookImproper {
                wait(here.registry.put_down_improper(reviewer("second"), id)).unwrap();
            }
        }
        let detail = wait(here.registry.look_detail(here.person(1), look)).unwrap().unwrap();
        let found: Vec<_> = detail.findings.iter().map(|one| (one.verdict, one.taken_back)).collect();
        assert_eq!(found, [(Verdict::Improper, true), (Verdict::Improper, false)]);
        // And not, once more: it waits for a reviewer again.
        here.later(1);
        let waiting = wait(here.registry.review_queue()).unwrap().looks.len();
        record_it(Order::Stand).unwrap();
        let counted = wait(here.registry.improper_looks(2026)).unwrap().get(LAW).copied();
        assert_eq!((counted, wait(here.registry.review_queue()).unwrap().looks.len()), (None, waiting + 1));
        let detail = wait(here.registry.look_detail(here.person(1), look)).unwrap().unwrap();
        assert!(detail.findings.iter().all(|one| one.taken_back));
        here.later(1);
        record_it(Order::LookImproper).unwrap();
        wait(here.registry.put_down_improper(reviewer("second"), id)).unwrap();
        assert_eq!(wait(here.registry.improper_looks(2026)).unwrap().get(LAW), Some(&1), "as often as that is said");
    }

    fn however_often_what_a_court_found_is_taken_back_each_time_stays_to_be_read(engine: Engine) {
        let here = watched(engine);
        let (look, id) = of_a_look(&here);
        let of_a_day = |day, order| OutsideOrder { decided_on: date(2026, 11, day), ..court(order) };
        let days = [5, 6, 7];
        for (day, by) in days.into_iter().zip(["first", "second", "third"]) {
            let record_it = |order| wait(here.registry.record_outside_decision(reviewer(by), id, of_a_day(day, order)));
            here.later(1);
            record_it(Order::LookImproper).unwrap();
            wait(here.registry.put_down_improper(reviewer(by), id)).unwrap();
            here.later(1);
            record_it(Order::Stand).unwrap();
        }
        // With the look stands the last one. Who found what when, and took it back, stands among what was done.
        let detail = wait(here.registry.look_detail(here.person(1), look)).unwrap().unwrap();
        assert_eq!(detail.findings.iter().map(|one| one.taken_back).collect::<Vec<_>>(), [true]);
        let mut events = here.file_of(1).events;
        events.retain(|one| matches!(one.kind, EventKind::LookImproper | EventKind::ImproperTakenBack));
        events.sort_by_key(|one| one.at);
        let of_look = events.iter().filter(|one| one.subject == Some(look.to_string()));
        let who: Vec<_> = of_look.map(|one| (one.kind, one.actor.as_str())).collect();
        let twice = |by| [(EventKind::LookImproper, by), (EventKind::ImproperTakenBack, by)];
        assert_eq!(who, ["reviewer:first", "reviewer:second", "reviewer:third"].map(twice).concat());
        // Why stands in the procedure, before the person and before reviewers: each decision as it was put down.
        for reader in [Reader::Person(here.person(1)), Reader::Reviewer(reviewer("first"))] {
            let read = wait(here.registry.read_procedure(reader, id)).unwrap();
            let Some(Procedure::Reconsideration(one)) = read.course else { panic!("a reconsideration") };
            let now = one.state().decided_outside().unwrap();
            let found = now.earlier.iter().filter(|one| one.order == Order::LookImproper);
            assert_eq!(found.map(|one| one.decided_on).collect::<Vec<_>>(), days.map(|day| date(2026, 11, day)));
        }
    }

    fn a_look_that_a_complaint_found_improper_too_goes_on_counting(engine: Engine) {
        let here = watched(engine);
        let (look, id) = of_a_look(&here);
        let record_it = |order| wait(here.registry.record_outside_decision(reviewer("second"), id, court(order)));
        record_it(Order::LookImproper).unwrap();
        wait(here.registry.put_down_improper(reviewer("second"), id)).unwrap();
        let complaint = wait(here.registry.open_complaint(here.person(1), a_complaint(Some(look)))).unwrap();
        assign(&here, complaint, "third").unwrap();
        let founded = registry::Finding::Founded(registry::Found {
            reasons: "there is no such case".to_owned(),
            measures: "the account is closed".to_owned(),
            breach: None,
        });
        wait(here.registry.answer_complaint(reviewer("third"), complaint, founded)).unwrap();
        here.later(1);
        record_it(Order::Stand).unwrap();
        assert_eq!(wait(here.registry.improper_looks(2026)).unwrap()[LAW], 1);
        assert!(wait(here.registry.review_queue()).unwrap().steps.is_empty());
        let detail = wait(here.registry.look_detail(here.person(1), look)).unwrap().unwrap();
        let last = detail.findings.last().unwrap();
        assert_eq!((last.taken_back, last.reasons.as_deref()), (false, Some("there is no such case")), "for that reason");
    }

    fn what_another_finding_counts_for_is_not_taken_back_with_the_decision_of_a_court(engine: Engine) {
        let here = watched(engine);
        let (look, id) = of_a_look(&here);
        wait(here.registry.close_review(look, "first", Verdict::Improper, "there is no such case")).unwrap();
        here.later(1);
        let record_it = |order| wait(here.registry.record_outside_decision(reviewer("second"), id, court(order)));
        record_it(Order::LookImproper).unwrap();
        wait(here.registry.put_down_improper(reviewer("second"), id)).unwrap();
        record_it(Order::Stand).unwrap();
        assert_eq!(wait(here.registry.improper_looks(2026)).unwrap()[LAW], 1, "all stays as it was");
        assert!(wait(here.registry.review_queue()).unwrap().steps.is_empty());
    }

    fn a_look_that_no_reviewer_ever_saw_counts_as_well(engine: Engine) {
        let mut profile = gansu();
        profile.oversight.all_mut().for_each(|one| one.random_share_percent = 0);
        let here = fill(Installation::with(engine, profile));
        let (_, id) = of_a_look(&here);
        assign(&here, id, "second").unwrap();
        decide_again(&here, id, "second", Some(Order::LookImproper)).unwrap();
        wait(here.registry.put_down_improper(reviewer("second"), id)).unwrap();
        assert_eq!(wait(here.registry.improper_looks(2026)).unwrap()[LAW], 1);
        assert!(wait(here.registry.review_queue()).unwrap().looks.is_empty());
    }

    fn only_a_look_that_shows_can_be_reconsidered_and_only_by_whom_it_was_at(engine: Engine) {
        let here = filled(engine);
        let looked = look(&here).look;
        let ask = |n, of| wait(here.registry.open_reconsideration(here.person(n), a_reconsideration(of)));
        assert_eq!(code(ask(2, Reconsidered::Look(looked))), "look-unknown");
        let own = here.file_of(1).events.into_iter().find(|one| one.kind == EventKind::OwnLook).unwrap();
        assert_eq!(code(ask(1, Reconsidered::Look(own.event))), "look-unknown");
        let mut profile = gansu();
        let purpose = profile.purposes.get_mut("licensing-renewal").unwrap();
        purpose.delay = Some(profile::ByDay::always(profile::Delay { days: 30, basis: "lawyer-licensing".to_owned() }));
        let here = fill(Installation::with(engine, profile));
        let hidden = look(&here).look;
        let wish = a_reconsideration(Reconsidered::Look(hidden));
        assert_eq!(code(wait(here.registry.open_reconsideration(here.person(1), wish))), "look-unknown");
        here.at("2026-12-23T04:00:00Z");
        let wish = a_reconsideration(Reconsidered::Look(hidden));
        wait(here.registry.open_reconsideration(here.person(1), wish)).unwrap();
    }

    fn a_dispute_of_somebody_else_is_not_theirs_to_take_on(engine: Engine) {
        let here = filled(engine);
        let id = upheld(&here);
        let wish = a_reconsideration(Reconsidered::Dispute(id));
        assert_eq!(code(wait(here.registry.open_reconsideration(here.person(2), wish))), "procedure-unknown");
        let said = wait(here.registry.add_statement(here.person(2), Speaker::Person, id, "mine".to_owned()));
        assert_eq!(code(said), "procedure-unknown");
    }
}
