//! What a court decided about a record that nobody disputed here, or whose dispute is open or was answered, is followed
//! like any other decision from outside.

use jiff::civil::date;
use model::{
    ProcedureId, RecordId, RecordKind, RecordStatus, VersionKind,
    procedure::{NoticeKind as Kind, Order, Procedure, Reconsidered, Status},
};
use registry::{CarryOut, DisputeAnswer, OutsideOrder, ProcedureError};
use testkit::{Installation, on_both_engines, prove_log, wait};

use crate::kit::*;

fn judgment(reference: &str, order: Order) -> OutsideOrder {
    OutsideOrder {
        court: "high-court".to_owned(),
        reference: reference.to_owned(),
        decided_on: date(2026, 11, 2),
        order,
        fields: None,
    }
}

/// The person says that a court decided about their decision.
fn tell(here: &Installation) -> Result<ProcedureId, ProcedureError> {
    let wish = a_reconsideration(Reconsidered::Record(decision(here)));
    wait(here.registry.open_reconsideration(here.person(1), wish))
}

/// A reviewer puts down what a court decided about a record of the first person.
fn put_down(
    here: &Installation,
    by: &str,
    record: RecordId,
    decision: OutsideOrder,
) -> Result<ProcedureId, ProcedureError> {
    let text = "the court sent its judgment".to_owned();
    let about = (here.person(1), record);
    let done = here
        .registry
        .record_outside_decision_about(reviewer(by), about, decision, text);
    wait(done)
}

/// What was put down in the place of the decision from outside that holds in this procedure now.
fn before(here: &Installation, id: ProcedureId) -> Vec<(jiff::civil::Date, Order)> {
    let all = wait(here.registry.procedures_of(here.person(1))).unwrap();
    let view = all.into_iter().find(|one| one.summary.procedure == id).unwrap();
    let Some(Procedure::Reconsideration(one)) = view.course else {
        panic!("a reconsideration")
    };
    let decision = one.state().decided_outside().unwrap();
    decision
        .earlier
        .iter()
        .map(|one| (one.decided_on, one.order))
        .collect()
}

fn follow(here: &Installation, id: ProcedureId, what: CarryOut) -> Status {
    wait(here.registry.follow_order(LAW, id, what)).unwrap()
}

on_both_engines! {
    fn whoever_sued_without_disputing_here_has_the_judgment_followed(engine: Engine) {
        let here = filled(engine);
        give(&here, HOSPITAL);
        let id = tell(&here).unwrap();
        assert_eq!((status(&here, id), inbox(&here, REVIEWERS)), (Status::Open, vec![Kind::ReconsiderationOpened]));
        assert!(seen(&here, decision(&here)).unwrap().disputed, "until a reviewer has read the judgment");
        assert_eq!(code(tell(&here)), "procedure-under-way");
        assign(&here, id, "first").unwrap();
        let own = here.registry.answer_reconsideration(reviewer("first"), id, Some(Order::Withdraw), "no".to_owned());
        assert_eq!(code(wait(own)), "order-unfit", "what no court decided is a dispute's");
        let recorded = here.registry.record_outside_decision(reviewer("first"), id, judgment("1", Order::Withdraw));
        wait(recorded).unwrap();
        assert_eq!(follow(&here, id, CarryOut::Withdraw), Status::Followed);
        assert_eq!(record(&here, RecordKind::Decision).status, RecordStatus::Withdrawn);
        assert_eq!(inbox(&here, HOSPITAL).last(), Some(&Kind::OutsideDecisionFollowed));
        tell(&here).unwrap(); // A higher court may decide against the withdrawal.
        prove_log(&here.registry);
    }

    fn an_older_judgment_takes_no_place_of_a_later_one(engine: Engine) {
        let here = filled(engine);
        let of = decision(&here);
        let on_day = |reference: &str, day, order| OutsideOrder { decided_on: date(2026, 11, day), ..judgment(reference, order) };
        let id = put_down(&here, "first", of, on_day("2", 10, Order::Correct)).unwrap();
        assert_eq!(code(put_down(&here, "second", of, on_day("1", 9, Order::Withdraw))), "later-decision-noted");
        let older = here.registry.record_outside_decision(reviewer("second"), id, on_day("1", 9, Order::Withdraw));
        assert_eq!(code(wait(older)), "later-decision-noted");
        assert_eq!((status(&here, id), steps(&here, "reconsideration:record-outside-decision")), (Status::OutsideDecision, 1));
        // A slip of the pen in its own day is mended; a later one takes its place.
        assert_eq!(put_down(&here, "first", of, on_day("2", 8, Order::Correct)).unwrap(), id);
        assert_eq!(put_down(&here, "second", of, on_day("3", 9, Order::Withdraw)).unwrap(), id);
        assert_eq!(follow(&here, id, CarryOut::Withdraw), Status::Followed);
        assert_eq!(code(put_down(&here, "first", of, on_day("1", 7, Order::Readmit))), "later-decision-noted", "nor of one that was followed");
        let appeal = put_down(&here, "first", of, on_day("4", 11, Order::Readmit)).unwrap();
        assert_eq!(status(&here, appeal), Status::OutsideDecision);
        prove_log(&here.registry);
    }

    fn a_higher_court_that_sets_an_order_aside_ends_it_and_the_keeping_back(engine: Engine) {
        let here = filled(engine);
        give(&here, HOSPITAL);
        let of = decision(&here);
        let id = put_down(&here, "first", of, judgment("1", Order::Withdraw)).unwrap();
        on(&here, "2026-11-27");
        assert!(seen(&here, of).is_none());
        let higher = || put_down(&here, "second", of, judgment("2", Order::Stand));
        assert_eq!(higher().unwrap(), id);
        assert_eq!(status(&here, id), Status::Followed);
        let shown = seen(&here, of).unwrap();
        assert!(!shown.disputed);
        let nothing = wait(here.registry.follow_order(LAW, id, CarryOut::Withdraw));
        assert_eq!(code(nothing), "step-not-now");
        assert_eq!(told(&here, 1, Kind::OutsideStandRecorded), 1);
        for body in [LAW, REVIEWERS, HOSPITAL] {
            assert_eq!(inbox(&here, body).last(), Some(&Kind::OutsideStandRecorded), "{body}");
        }
        assert_eq!(higher().unwrap(), id, "the same again");
        assert!(wait(here.registry.overdue_for(&reviewer("second"))).unwrap().is_empty());
        assert_eq!(record(&here, RecordKind::Decision).versions.len(), 1);
        prove_log(&here.registry);
    }

    fn a_decision_that_was_put_down_with_too_late_a_day_is_amended_and_one_between_is_followed(engine: Engine) {
        let here = filled(engine);
        let of = decision(&here);
        let stand = |day| OutsideOrder { decided_on: date(2026, 11, day), ..judgment("1", Order::Stand) };
        let between = || OutsideOrder { decided_on: date(2026, 11, 10), ..judgment("2", Order::Withdraw) };
        let id = put_down(&here, "first", of, stand(20)).unwrap();
        assert_eq!(code(put_down(&here, "second", of, between())), "later-decision-noted");
        assert_eq!(put_down(&here, "second", of, stand(5)).unwrap(), id, "the same paper, in its own reconsideration");
        assert_eq!(put_down(&here, "second", of, stand(5)).unwrap(), id, "and the same once more changes nothing");
        assert_eq!((status(&here, id), told(&here, 1, Kind::OutsideDecisionAmended)), (Status::Followed, 1));
        for body in [LAW, REVIEWERS] {
            assert_eq!(inbox(&here, body).last(), Some(&Kind::OutsideDecisionAmended), "{body}");
        }
        assert_eq!(before(&here, id), [(date(2026, 11, 20), Order::Stand)], "what was put down wrongly stays to be seen");
        assert_eq!(steps(&here, "reconsideration:amend-outside-decision"), 1);
        let next = put_down(&here, "second", of, between()).unwrap();
        assert_ne!(next, id);
        assert_eq!(follow(&here, next, CarryOut::Withdraw), Status::Followed);
        assert_eq!(record(&here, RecordKind::Decision).status, RecordStatus::Withdrawn);
        // Its day alone is mended also where a later one was followed since; nothing is done about that.
        let named = here.registry.record_outside_decision(reviewer("third"), id, stand(6));
        wait(named).unwrap();
        assert_eq!(before(&here, id).len(), 2);
        let other = OutsideOrder { decided_on: date(2026, 11, 6), ..judgment("1", Order::Readmit) };
        assert_eq!(code(put_down(&here, "third", of, other)), "later-decision-noted");
        prove_log(&here.registry);
    }

    fn a_decision_that_was_put_down_with_another_order_is_amended_and_followed(engine: Engine) {
        let here = filled(engine);
        give(&here, HOSPITAL);
        let of = decision(&here);
        let id = put_down(&here, "first", of, judgment("1", Order::Stand)).unwrap();
        assert!(!seen(&here, of).unwrap().disputed);
        assert_eq!(put_down(&here, "second", of, judgment("1", Order::Withdraw)).unwrap(), id);
        assert_eq!((status(&here, id), due(&here, id).as_str()), (Status::OutsideDecision, "2026-11-26"));
        assert!(seen(&here, of).unwrap().disputed);
        for body in [LAW, REVIEWERS, HOSPITAL] {
            assert_eq!(inbox(&here, body).last(), Some(&Kind::OutsideDecisionAmended), "{body}");
        }
        on(&here, "2026-11-27");
        assert!(seen(&here, of).is_none(), "kept back while the authority is late with it, as any other");
        assert_eq!(follow(&here, id, CarryOut::Withdraw), Status::Followed);
        assert_eq!(record(&here, RecordKind::Decision).status, RecordStatus::Withdrawn);
        // What was done wrongly is undone by the order that undoes it.
        assert_eq!(put_down(&here, "first", of, judgment("1", Order::Readmit)).unwrap(), id);
        assert_eq!(before(&here, id), [(date(2026, 11, 2), Order::Stand), (date(2026, 11, 2), Order::Withdraw)]);
        here.file(LAW, RecordKind::Decision, &[testkit::SourceRow::decision(1)]);
        assert_eq!(status(&here, id), Status::Followed);
        prove_log(&here.registry);
    }

    fn a_decision_is_not_amended_into_another_order_while_another_reconsideration_waits(engine: Engine) {
        let here = filled(engine);
        let of = decision(&here);
        let id = put_down(&here, "first", of, judgment("1", Order::Stand)).unwrap();
        let waits = tell(&here).unwrap();
        let amend = || put_down(&here, "second", of, judgment("1", Order::Withdraw));
        assert_eq!(code(amend()), "procedure-under-way");
        assert_eq!((status(&here, id), status(&here, waits)), (Status::Followed, Status::Open));
        assign(&here, waits, "first").unwrap();
        let no = here.registry.answer_reconsideration(reviewer("first"), waits, None, "no other judgment".to_owned());
        wait(no).unwrap();
        assert_eq!(amend().unwrap(), id);
    }

    fn an_order_that_a_higher_court_sets_aside_lets_nothing_in(engine: Engine) {
        let here = filled(engine);
        let of = decision(&here);
        let open = dispute(&here);
        answer(&here, open, DisputeAnswer::Change(CarryOut::Withdraw)).unwrap();
        let id = put_down(&here, "first", of, judgment("1", Order::Readmit)).unwrap();
        assert_eq!(put_down(&here, "first", of, judgment("2", Order::Stand)).unwrap(), id);
        let done = here.file(LAW, RecordKind::Decision, &[testkit::SourceRow::decision(1)]);
        assert_eq!(here.outcomes(LAW, &done).remove(0).1, Some("record-ended"), "its certificate is taken back");
        let own = here.registry.certify_reentry(reviewer("second"), here.person(1), of);
        wait(own).unwrap();
    }

    fn one_reconsideration_about_a_record_waits_at_a_time(engine: Engine) {
        let here = filled(engine);
        let first = reconsidered(&here);
        assign(&here, first, "first").unwrap();
        let answered = here.registry.answer_reconsideration(reviewer("first"), first, None, "right".to_owned());
        wait(answered).unwrap();
        let second = upheld(&here);
        let told = tell(&here).unwrap();
        let wish = a_reconsideration(Reconsidered::Dispute(second));
        let ask = wait(here.registry.open_reconsideration(here.person(1), wish));
        assert_eq!(code(ask), "procedure-under-way");
        let in_the_first = here.registry.record_outside_decision(reviewer("third"), first, judgment("1", Order::Correct));
        assert_eq!(code(wait(in_the_first)), "procedure-under-way");
        let in_what_waits = here.registry.record_outside_decision(reviewer("third"), told, judgment("1", Order::Stand));
        wait(in_what_waits).unwrap();
        let wish = a_reconsideration(Reconsidered::Dispute(second));
        wait(here.registry.open_reconsideration(here.person(1), wish)).unwrap();
    }

    fn reviewers_who_are_silent_about_a_judgment_keep_the_record_back_until_they_say_what_it_is(engine: Engine) {
        let here = filled(engine);
        let of = decision(&here);
        let id = tell(&here).unwrap();
        assert_eq!(due(&here, id), "2026-11-26", "three working days, and not the fifteen of other reconsiderations");
        here.at("2026-11-26T04:00:00Z");
        assert!(seen(&here, of).unwrap().disputed);
        here.at("2026-11-27T04:00:00Z");
        assert!(seen(&here, of).is_none(), "from midnight on, before any job has run");
        on(&here, "2026-11-27");
        assert_eq!(status(&here, id), Status::Overdue);
        assert!(seen(&here, of).is_none());
        let own = record(&here, RecordKind::Decision);
        assert!(own.withheld && own.status == RecordStatus::InForce, "the person sees it, and that it is kept back");
        assert_eq!(told(&here, 1, Kind::ReconsiderationOverdue), 1);
        for body in [LAW, REVIEWERS] {
            assert_eq!(inbox(&here, body), [Kind::ReconsiderationOpened, Kind::ReconsiderationOverdue], "{body}");
        }
        let late = wait(here.registry.overdue_for(&reviewer("second"))).unwrap();
        assert_eq!(late.iter().map(|one| one.procedure).collect::<Vec<_>>(), [id]);
        assign(&here, id, "first").unwrap();
        assert!(seen(&here, of).is_none(), "to have it is no answer");
        let recorded = here.registry.record_outside_decision(reviewer("first"), id, judgment("1", Order::Correct));
        wait(recorded).unwrap();
        assert_eq!(due(&here, id), "2026-12-02", "the authority's days count from when it was put down");
        assert!(seen(&here, of).unwrap().disputed);
        let late = wait(here.registry.overdue_for(&reviewer("second"))).unwrap();
        assert!(late.is_empty());
        prove_log(&here.registry);
    }

    fn what_nobody_decided_shows_again_once_a_reviewer_says_so(engine: Engine) {
        let here = filled(engine);
        let id = tell(&here).unwrap();
        on(&here, "2026-11-27");
        assert!(seen(&here, decision(&here)).is_none());
        assert_eq!(certified(&here)["decision_in_force"], false);
        let good = good_certificates(&here);
        assign(&here, id, "first").unwrap();
        let answer = here.registry.answer_reconsideration(reviewer("first"), id, None, "no such judgment".to_owned());
        assert_eq!(wait(answer).unwrap(), Status::Confirmed);
        assert!(seen(&here, decision(&here)).is_some());
        assert!(good_certificates(&here) < good, "they spoke as though it were not there");
    }

    fn where_no_court_decided_the_reviewer_says_so_and_the_record_stands(engine: Engine) {
        let here = filled(engine);
        let id = tell(&here).unwrap();
        assign(&here, id, "first").unwrap();
        let answer = here.registry.answer_reconsideration(reviewer("first"), id, None, "no such judgment".to_owned());
        assert_eq!(wait(answer).unwrap(), Status::Confirmed);
        assert!(!seen(&here, decision(&here)).unwrap().disputed);
        // The court decides after all.
        tell(&here).unwrap();
    }

    fn who_tells_again_and_again_of_judgments_that_nobody_gave_leaves_reviewers_to_say_so(engine: Engine) {
        let here = filled(engine);
        for _ in 0..6 {
            let id = tell(&here).unwrap();
            assign(&here, id, "first").unwrap();
            let answer = here.registry.answer_reconsideration(reviewer("first"), id, None, "no such judgment".to_owned());
            assert_eq!(wait(answer).unwrap(), Status::Confirmed);
        }
        on(&here, "2026-12-10");
        assert!(!seen(&here, decision(&here)).unwrap().disputed, "nor is it kept back");
    }

    fn once_reviewers_answered_that_no_court_decided_so_telling_of_another_judgment_keeps_nothing_back(engine: Engine) {
        let here = filled(engine);
        let of = decision(&here);
        let first = tell(&here).unwrap();
        on(&here, "2026-11-27");
        assert!(seen(&here, of).is_none(), "the first keeps it back while reviewers are late");
        assign(&here, first, "first").unwrap();
        let no = |id| wait(here.registry.answer_reconsideration(reviewer("first"), id, None, "no such judgment".to_owned()));
        assert_eq!(no(first).unwrap(), Status::Confirmed);
        for (due_on, late_on) in [("2026-12-02", "2026-12-03"), ("2026-12-08", "2026-12-09")] {
            let again = tell(&here).unwrap();
            assert_eq!(due(&here, again), due_on, "it is due as the first was");
            on(&here, late_on);
            assert_eq!(status(&here, again), Status::Overdue);
            let own = record(&here, RecordKind::Decision);
            assert!(own.disputed && !own.withheld);
            assert!(seen(&here, of).unwrap().disputed, "others go on seeing it, and that it is disputed");
            let late = wait(here.registry.overdue_for(&reviewer("second"))).unwrap();
            assert_eq!(late.iter().map(|one| one.procedure).collect::<Vec<_>>(), [again]);
            assert_eq!(inbox(&here, REVIEWERS).last(), Some(&Kind::ReconsiderationOverdue));
            assign(&here, again, "first").unwrap();
            assert_eq!(no(again).unwrap(), Status::Confirmed);
        }
        prove_log(&here.registry);
    }

    fn a_judgment_that_was_given_keeps_its_record_back_until_followed_whatever_was_told_of_before(engine: Engine) {
        let here = filled(engine);
        let of = decision(&here);
        let first = tell(&here).unwrap();
        assign(&here, first, "first").unwrap();
        let no = here.registry.answer_reconsideration(reviewer("first"), first, None, "no such judgment".to_owned());
        wait(no).unwrap();
        let again = tell(&here).unwrap();
        let put = here.registry.record_outside_decision(reviewer("second"), again, judgment("1", Order::Withdraw));
        wait(put).unwrap();
        on(&here, "2026-11-27");
        assert_eq!(status(&here, again), Status::FollowOverdue);
        assert!(seen(&here, of).is_none(), "the authority is late with what a court did decide");
    }

    fn who_was_right_about_one_judgment_is_believed_about_the_next_one(engine: Engine) {
        let here = filled(engine);
        let of = decision(&here);
        let first = tell(&here).unwrap();
        let put = here.registry.record_outside_decision(reviewer("first"), first, judgment("1", Order::Stand));
        wait(put).unwrap();
        tell(&here).unwrap();
        on(&here, "2026-11-27");
        assert!(seen(&here, of).is_none(), "no reviewer has said that nobody decided so");
    }

    fn a_reviewer_puts_a_judgment_down_on_the_record_itself_and_it_counts_from_that_day(engine: Engine) {
        let here = filled(engine);
        let of = decision(&here);
        here.at("2026-12-31T04:00:00Z");
        let done = put_down(&here, "first", of, judgment("1", Order::Correct));
        let id = done.unwrap();
        // 1 January is off, 2 and 3 are a weekend.
        assert_eq!((status(&here, id), due(&here, id).as_str()), (Status::OutsideDecision, "2027-01-06"));
        assert_eq!(inbox(&here, LAW), [Kind::ReconsiderationOpened, Kind::OutsideDecisionRecorded]);
        assert_eq!(put_down(&here, "first", of, judgment("1", Order::Correct)).unwrap(), id, "the same again");
        on(&here, "2027-01-07");
        assert_eq!(status(&here, id), Status::FollowOverdue);
        assert!(seen(&here, of).is_none(), "kept back until it is followed");
        let row = testkit::SourceRow::decision(1).with("facts", "更正后的事实");
        assert_eq!(follow(&here, id, correction(row)), Status::Followed);
        let changes = record(&here, RecordKind::Decision).versions.into_iter().map(|one| one.change);
        assert_eq!(changes.collect::<Vec<_>>(), [VersionKind::Filed, VersionKind::Corrected]);
        assert!(!seen(&here, of).unwrap().disputed);

        let again = put_down(&here, "third", of, judgment("1", Order::Correct));
        assert_eq!(again.unwrap(), id, "a decision that was followed is not followed twice");

        // The court above decides otherwise, which has its own days.
        let appeal = put_down(&here, "second", of, judgment("2", Order::Withdraw)).unwrap();
        assert_ne!(appeal, id);
        assert_eq!(due(&here, appeal), "2027-01-12");
        let first = put_down(&here, "third", of, judgment("1", Order::Correct));
        assert_eq!(first.unwrap(), id, "nor is it put into another that waits");
        assert_eq!(follow(&here, appeal, CarryOut::Withdraw), Status::Followed);
        assert_eq!(record(&here, RecordKind::Decision).status, RecordStatus::Withdrawn);
        prove_log(&here.registry);
    }

    fn what_cannot_be_decided_about_is_refused_and_leaves_nothing(engine: Engine) {
        let here = filled(engine);
        let of = decision(&here);
        let nobody = RecordId::from_bytes([7; 16]);
        let tomorrow = OutsideOrder { decided_on: date(2099, 1, 1), ..judgment("1", Order::Withdraw) };
        let moon = OutsideOrder { court: "moon-court".to_owned(), ..judgment("1", Order::Withdraw) };
        for (done, expected) in [
            (put_down(&here, "nobody", of, judgment("1", Order::Withdraw)), "reviewer-unknown"),
            (put_down(&here, "first", nobody, judgment("1", Order::Withdraw)), "record-unknown"),
            (put_down(&here, "first", of, judgment("1", Order::LookImproper)), "order-unfit"),
            (put_down(&here, "first", of, moon), "body-unknown"),
            (put_down(&here, "first", of, tomorrow), "day-to-come"),
        ] {
            assert_eq!(code(done), expected);
        }
        assert!(wait(here.registry.procedures_of(here.person(1))).unwrap().is_empty());
        assert!(inbox(&here, LAW).is_empty());
    }

    fn a_judgment_takes_the_place_of_what_is_reconsidered_and_leaves_an_open_dispute_its_answer(engine: Engine) {
        let here = filled(engine);
        let of = decision(&here);
        let again = reconsidered(&here);
        assert_eq!(put_down(&here, "first", of, judgment("1", Order::Correct)).unwrap(), again);
        let row = testkit::SourceRow::decision(1).with("facts", "更正后的事实");
        follow(&here, again, correction(row));
        let open = dispute(&here);
        let id = put_down(&here, "first", of, judgment("2", Order::Correct)).unwrap();
        let row = testkit::SourceRow::decision(1).with("facts", "再次更正后的事实");
        follow(&here, id, correction(row));
        assert!(seen(&here, of).unwrap().disputed, "the person has not heard what became of their own");
        assert_eq!(answer(&here, open, DisputeAnswer::Uphold).unwrap(), Status::Upheld);
        assert!(!seen(&here, of).unwrap().disputed);
    }

    fn what_was_put_right_since_the_judgment_follows_it_in_the_fields_that_it_names_and_no_whole_record(engine: Engine) {
        let here = filled(engine);
        let of = decision(&here);
        on(&here, "2026-12-01");
        let row = testkit::SourceRow::decision(1).with("facts", "更正后的事实");
        let open = dispute(&here);
        let again = |fields| OutsideOrder { decided_on: date(2026, 12, 1), fields, ..judgment("1", Order::Correct) };
        let named = || again(Some(vec!["facts".to_owned()]));
        let id = put_down(&here, "first", of, named()).unwrap();
        let same = |row: &testkit::SourceRow| wait(here.registry.follow_order(LAW, id, correction(row.clone())));
        assert_eq!(code(same(&testkit::SourceRow::decision(1))), "correction-same", "nothing was put right yet");
        let change = DisputeAnswer::Change(correction(row.clone()));
        assert_eq!(answer(&here, open, change).unwrap(), Status::Corrected);
        // Where the whole record is to be put right, what was corrected in answer to something else is no answer to this.
        assert_eq!(put_down(&here, "first", of, again(Some(Vec::new()))).unwrap(), id);
        assert_eq!(code(same(&row)), "correction-same");
        assert_eq!(put_down(&here, "second", of, again(None)).unwrap(), id, "nothing else is said of it");
        assert_eq!(code(same(&row)), "correction-same");
        assert_eq!(put_down(&here, "second", of, named()).unwrap(), id);
        assert_eq!(same(&row).unwrap(), Status::Followed);
        assert_eq!(record(&here, RecordKind::Decision).versions.len(), 2);
        on(&here, "2026-12-20");
        assert!(!seen(&here, of).unwrap().disputed);
    }

    fn an_order_that_names_fields_is_followed_once_each_of_them_is_changed(engine: Engine) {
        let here = filled(engine);
        let of = decision(&here);
        let names = |fields: &[&str]| OutsideOrder {
            fields: Some(fields.iter().map(|&one| one.to_owned()).collect()),
            ..judgment("1", Order::Correct)
        };
        for unknown in [&["facts", "weather"][..], &["id_number"], &["document_number"], &["correction"]] {
            assert_eq!(code(put_down(&here, "first", of, names(unknown))), "field-unknown");
        }
        let withdrawn = OutsideOrder { order: Order::Withdraw, ..names(&["facts"]) };
        assert_eq!(code(put_down(&here, "first", of, withdrawn)), "order-unfit");
        let id = put_down(&here, "first", of, names(&["penalty_content", "facts", "facts"])).unwrap();
        let Some(Procedure::Reconsideration(one)) = view(&here, id).course else { panic!("a reconsideration") };
        assert_eq!(one.state().decided_outside().unwrap().fields, ["facts", "penalty_content"]);
        let corrects = |row: testkit::SourceRow| wait(here.registry.follow_order(LAW, id, correction(row)));
        let other = testkit::SourceRow::decision(1).with("violation", "另一行为");
        assert_eq!(code(corrects(other.clone())), "ordered-fields-left");
        let half = other.with("facts", "更正后的事实");
        assert_eq!(code(corrects(half.clone())), "ordered-fields-left");
        assert_eq!(record(&here, RecordKind::Decision).versions.len(), 1, "nothing was changed");
        // What is filed otherwise counts with it.
        decide(&here, half.clone().correcting());
        assert_eq!(code(corrects(half.clone())), "correction-same");
        assert_eq!(corrects(half.with("penalty_content", "口头警告")).unwrap(), Status::Followed);
        prove_log(&here.registry);
    }

    fn a_judgment_that_was_followed_as_a_whole_is_to_be_followed_again_once_its_fields_are_named(engine: Engine) {
        let here = filled(engine);
        let of = decision(&here);
        let id = put_down(&here, "first", of, judgment("1", Order::Correct)).unwrap();
        let other = testkit::SourceRow::decision(1).with("violation", "另一行为");
        assert_eq!(follow(&here, id, correction(other.clone())), Status::Followed);
        let named = OutsideOrder { fields: Some(vec!["facts".to_owned()]), ..judgment("1", Order::Correct) };
        assert_eq!(put_down(&here, "second", of, named).unwrap(), id);
        assert_eq!((status(&here, id), told(&here, 1, Kind::OutsideDecisionAmended)), (Status::OutsideDecision, 1));
        assert_eq!(code(wait(here.registry.follow_order(LAW, id, correction(other.clone())))), "correction-same");
        assert_eq!(follow(&here, id, correction(other.with("facts", "更正后的事实"))), Status::Followed);
    }

    fn of_a_dispute_about_a_field_a_court_that_names_none_means_that_field(engine: Engine) {
        let here = filled(engine);
        let wish = registry::OpenDispute { field: Some("facts".to_owned()), ..a_dispute(decision(&here)) };
        let disputed = wait(here.registry.open_dispute(here.person(1), wish)).unwrap();
        answer(&here, disputed, DisputeAnswer::Uphold).unwrap();
        let wish = a_reconsideration(Reconsidered::Dispute(disputed));
        let id = wait(here.registry.open_reconsideration(here.person(1), wish)).unwrap();
        let note = |fields| {
            let decided = OutsideOrder { fields, ..judgment("1", Order::Correct) };
            wait(here.registry.record_outside_decision(reviewer("first"), id, decided)).unwrap();
            let Some(Procedure::Reconsideration(one)) = view(&here, id).course else { panic!("a reconsideration") };
            one.state().decided_outside().unwrap().fields.clone()
        };
        assert_eq!(note(None), ["facts"]);
        assert!(note(Some(Vec::new())).is_empty(), "the whole, if that is said");
    }

    fn of_a_dispute_about_a_field_that_no_correction_changes_it_means_the_record_as_a_whole(engine: Engine) {
        let here = filled(engine);
        let wish = registry::OpenDispute { field: Some("name".to_owned()), ..a_dispute(decision(&here)) };
        let disputed = wait(here.registry.open_dispute(here.person(1), wish)).unwrap();
        answer(&here, disputed, DisputeAnswer::Uphold).unwrap();
        let wish = a_reconsideration(Reconsidered::Dispute(disputed));
        let id = wait(here.registry.open_reconsideration(here.person(1), wish)).unwrap();
        let decided = judgment("1", Order::Correct);
        wait(here.registry.record_outside_decision(reviewer("first"), id, decided)).unwrap();
        let Some(Procedure::Reconsideration(one)) = view(&here, id).course else { panic!("a reconsideration") };
        assert!(one.state().decided_outside().unwrap().fields.is_empty());
        let row = testkit::SourceRow::decision(1).with("facts", "更正后的事实");
        assert_eq!(follow(&here, id, correction(row)), Status::Followed);
    }

    fn a_dispute_that_was_put_right_wrongly_is_reconsidered_once(engine: Engine) {
        let here = filled(engine);
        let id = dispute(&here);
        let row = testkit::SourceRow::decision(1).with("facts", "更正后的事实");
        let change = DisputeAnswer::Change(correction(row));
        assert_eq!(answer(&here, id, change).unwrap(), Status::Corrected);
        let ask = || {
            let wish = a_reconsideration(Reconsidered::Dispute(id));
            wait(here.registry.open_reconsideration(here.person(1), wish))
        };
        let again = ask().unwrap();
        assert_eq!(code(ask()), "reconsideration-asked");
        assert!(seen(&here, decision(&here)).unwrap().disputed);
        assign(&here, again, "first").unwrap();
        let order = here.registry.answer_reconsideration(reviewer("first"), again, Some(Order::Withdraw), "never so".to_owned());
        assert_eq!(wait(order).unwrap(), Status::Changed);
        assert_eq!(follow(&here, again, CarryOut::Withdraw), Status::ChangeFollowed);
        assert_eq!(record(&here, RecordKind::Decision).status, RecordStatus::Withdrawn);
    }
}
