//! A record that was withdrawn is ordered to come in again, by a reviewer or by a court: the order certifies that it is
//! right, and is followed once it is filed.

use jiff::civil::date;
use model::{
    ProcedureId, RecordId, RecordKind, RecordStatus,
    procedure::{Actor, AuthorityId, NoticeKind as Kind, Order, Reconsidered, Status},
};
use registry::{EventKind, NoticeKind, OutsideOrder, ProcedureError, ReentryError, RowOutcome};
use testkit::{Installation, SourceRow, on_both_engines, prove_log, wait};

use crate::{kit::*, reconsiderations::decide_again};

const CERTIFIED: EventKind = EventKind::ReentryCertified;

/// The first person's decision, withdrawn after a dispute, and the dispute.
fn withdrawn(here: &Installation) -> (RecordId, ProcedureId) {
    let record = decision(here);
    let id = dispute(here);
    answer(here, id, withdrawal()).unwrap();
    (record, id)
}

fn ask(here: &Installation, of: Reconsidered) -> Result<ProcedureId, ProcedureError> {
    wait(
        here.registry
            .open_reconsideration(here.person(1), a_reconsideration(of)),
    )
}

/// The reconsideration of a dispute that was answered "withdrawn", in the hands of the first reviewer.
fn asked(here: &Installation) -> (RecordId, ProcedureId) {
    let (record, dispute) = withdrawn(here);
    let id = ask(here, Reconsidered::Dispute(dispute)).unwrap();
    assign(here, id, "first").unwrap();
    (record, id)
}

fn judgment(reference: &str, order: Order) -> OutsideOrder {
    OutsideOrder {
        court: "high-court".to_owned(),
        reference: reference.to_owned(),
        decided_on: date(2026, 11, 2),
        order,
        fields: None,
    }
}

fn put_down(here: &Installation, record: RecordId, order: Order) -> Result<ProcedureId, ProcedureError> {
    put_down_by(here, "first", record, judgment("1", order))
}

fn put_down_by(
    here: &Installation,
    by: &str,
    record: RecordId,
    decision: OutsideOrder,
) -> Result<ProcedureId, ProcedureError> {
    let text = "the court sent its judgment".to_owned();
    let about = (here.person(1), record);
    wait(
        here.registry
            .record_outside_decision_about(reviewer(by), about, decision, text),
    )
}

/// The authority files its decision again, as it was or mended.
fn file_again(here: &Installation, row: SourceRow) -> (RowOutcome, Option<&'static str>) {
    let done = here.file(LAW, RecordKind::Decision, &[row]);
    here.outcomes(LAW, &done).remove(0)
}

fn mended() -> SourceRow {
    SourceRow::decision(1).with("facts", "更正后的事实")
}

fn certify(here: &Installation, by: &str, record: RecordId) -> Result<(), ReentryError> {
    wait(
        here.registry
            .certify_reentry(reviewer(by), here.person(1), record),
    )
}

/// Who did this about the first person, in order.
fn who(here: &Installation, kind: EventKind) -> Vec<String> {
    let mut events = here.file_of(1).events;
    events.sort_by_key(|one| one.at);
    let of = events.into_iter().filter(|one| one.kind == kind);
    of.map(|one| one.actor).collect()
}

fn told_again(here: &Installation) -> usize {
    let notices = wait(here.registry.notices(here.person(1))).unwrap();
    let again = notices
        .iter()
        .filter(|one| one.kind == NoticeKind::RecordCameAgain);
    again.count()
}

const ACCEPTED: (RowOutcome, Option<&str>) = (RowOutcome::Accepted, None);
const ENDED: (RowOutcome, Option<&str>) = (RowOutcome::Rejected, Some("record-ended"));

on_both_engines! {
    fn whoever_had_all_withdrawn_for_one_wrong_field_has_it_filed_again(engine: Engine) {
        let here = filled(engine);
        give(&here, HOSPITAL);
        let (record, id) = asked(&here);
        assert_eq!(file_again(&here, mended()), ENDED);
        for order in [Order::Correct, Order::Withdraw, Order::LookImproper] {
            assert_eq!(code(decide_again(&here, id, "first", Some(order))), "order-unfit");
        }
        assert!(who(&here, CERTIFIED).is_empty());
        assert_eq!(decide_again(&here, id, "first", Some(Order::Readmit)).unwrap(), Status::Changed);
        assert_eq!(due(&here, id), "2026-11-26", "three working days");
        assert_eq!(view(&here, id).summary.waits_for.as_deref(), Some(LAW));
        assert_eq!(who(&here, CERTIFIED), ["reviewer:first"]);
        assert!(matches!(certify(&here, "second", record), Err(ReentryError::Certified)));
        let other = wait(here.registry.follow_order(LAW, id, registry::CarryOut::Withdraw));
        assert_eq!(code(other), "ordered-otherwise", "it is followed by filing alone");
        assert_eq!(file_again(&here, mended()), ACCEPTED);
        assert_eq!(status(&here, id), Status::ChangeFollowed);
        let law = Actor::Authority(AuthorityId::new(LAW).unwrap());
        assert_eq!(view(&here, id).timeline.last().unwrap().actor, law);
        assert_eq!((told_again(&here), told(&here, 1, Kind::ChangeFollowed)), (1, 1));
        assert_eq!(inbox(&here, HOSPITAL).last(), Some(&Kind::ChangeFollowed));
        let now = self::record(&here, RecordKind::Decision);
        assert_eq!((now.status, now.record == record), (RecordStatus::InForce, false));
        assert!(!seen(&here, now.record).unwrap().disputed);
        // Once used, the certificate is used up.
        let open = dispute(&here);
        answer(&here, open, withdrawal()).unwrap();
        assert_eq!(file_again(&here, mended()), ENDED);
        prove_log(&here.registry);
    }

    fn a_withdrawal_that_was_right_stays(engine: Engine) {
        let here = filled(engine);
        let (_, id) = asked(&here);
        assert_eq!(decide_again(&here, id, "first", None).unwrap(), Status::Confirmed);
        assert!(who(&here, CERTIFIED).is_empty());
        assert_eq!(file_again(&here, mended()), ENDED);
        assert_eq!(code(ask(&here, view(&here, id).course.map(of).unwrap())), "reconsideration-asked");
    }

    fn a_courts_decision_against_a_withdrawal_is_followed_and_shows_where_it_is_late(engine: Engine) {
        let here = filled(engine);
        let (record, _) = withdrawn(&here);
        let id = ask(&here, Reconsidered::Record(record)).unwrap();
        for order in [Order::Correct, Order::Withdraw] {
            assert_eq!(code(put_down(&here, record, order)), "order-unfit");
        }
        assert_eq!(put_down(&here, record, Order::Readmit).unwrap(), id, "in what the person opened");
        assert_eq!((status(&here, id), due(&here, id).as_str()), (Status::OutsideDecision, "2026-11-26"));
        assert_eq!(put_down(&here, record, Order::Readmit).unwrap(), id, "the same again");
        assert_eq!(who(&here, CERTIFIED), ["reviewer:first"]);
        on(&here, "2026-11-27");
        assert_eq!(status(&here, id), Status::FollowOverdue);
        let late = wait(here.registry.overdue_for(&reviewer("second"))).unwrap();
        assert_eq!(late.iter().map(|one| one.procedure).collect::<Vec<_>>(), [id]);
        assert_eq!(file_again(&here, SourceRow::decision(1)), ACCEPTED);
        assert_eq!(status(&here, id), Status::Followed);
        assert_eq!(put_down(&here, record, Order::Readmit).unwrap(), id, "a decision that was followed is not followed twice");
        prove_log(&here.registry);
    }

    fn whoever_put_down_that_a_court_had_a_record_filed_again_judges_it_as_anybody_does(engine: Engine) {
        let here = filled(engine);
        let reviewers = ["first", "second", "third"];
        for (by, reference) in reviewers.into_iter().zip(["1", "2", "3"]) {
            let (record, open) = (decision(&here), dispute(&here));
            answer(&here, open, withdrawal()).unwrap();
            put_down_by(&here, by, record, judgment(reference, Order::Readmit)).unwrap();
            assert_eq!(file_again(&here, mended()), ACCEPTED);
        }
        assert_eq!(who(&here, CERTIFIED).len(), 3);
        let id = reconsidered(&here);
        for by in reviewers {
            assign(&here, id, by).unwrap();
        }
        assert_eq!(decide_again(&here, id, "third", None).unwrap(), Status::Confirmed);
        prove_log(&here.registry);
    }

    fn whoever_judged_that_a_record_is_filed_again_judges_it_no_more_though_a_court_said_so_too(engine: Engine) {
        let here = filled(engine);
        let (record, id) = asked(&here);
        // One ordered it, one certified it, and what a court decided was put down by another.
        decide_again(&here, id, "first", Some(Order::Readmit)).unwrap();
        put_down_by(&here, "third", record, judgment("1", Order::Readmit)).unwrap();
        assert_eq!(file_again(&here, mended()), ACCEPTED);
        let (again, open) = (decision(&here), dispute(&here));
        answer(&here, open, withdrawal()).unwrap();
        certify(&here, "second", again).unwrap();
        put_down_by(&here, "third", again, judgment("2", Order::Readmit)).unwrap();
        assert_eq!(file_again(&here, mended()), ACCEPTED);
        assert_eq!(who(&here, CERTIFIED), ["reviewer:second", "reviewer:first"]);
        let id = reconsidered(&here);
        for judged in ["first", "second"] {
            assert_eq!(code(assign(&here, id, judged)), "reviewer-took-part");
        }
        assign(&here, id, "third").unwrap();
        prove_log(&here.registry);
    }

    fn whoever_orders_in_what_another_certified_judged_it_too(engine: Engine) {
        // The order meets the certificate, or finds that it was used already.
        for used in [false, true] {
            let here = filled(engine);
            let (record, id) = asked(&here);
            certify(&here, "second", record).unwrap();
            if used {
                assert_eq!(file_again(&here, mended()), ACCEPTED);
            }
            decide_again(&here, id, "first", Some(Order::Readmit)).unwrap();
            if !used {
                assert_eq!(file_again(&here, mended()), ACCEPTED);
            }
            assert_eq!(status(&here, id), Status::ChangeFollowed);
            assert_eq!(who(&here, CERTIFIED).len(), 2, "both judged it");
            let later = reconsidered(&here);
            for judged in ["first", "second"] {
                assert_eq!(code(assign(&here, later, judged)), "reviewer-took-part");
            }
            assign(&here, later, "third").unwrap();
            prove_log(&here.registry);
        }
    }

    fn what_stands_does_not_come_in_again(engine: Engine) {
        let here = filled(engine);
        let record = decision(&here);
        assert_eq!(code(put_down(&here, record, Order::Readmit)), "order-unfit");
        let id = reconsidered(&here);
        assign(&here, id, "first").unwrap();
        assert_eq!(code(decide_again(&here, id, "first", Some(Order::Readmit))), "order-unfit");
        assert_eq!(status(&here, id), Status::Assigned);
        assert!(who(&here, CERTIFIED).is_empty());
    }

    fn a_certificate_that_was_given_before_holds_for_the_order(engine: Engine) {
        let here = filled(engine);
        let (record, _) = withdrawn(&here);
        certify(&here, "second", record).unwrap();
        let id = put_down(&here, record, Order::Readmit).unwrap();
        assert_eq!(who(&here, CERTIFIED), ["reviewer:second"], "one is enough");
        assert_eq!(file_again(&here, mended()), ACCEPTED);
        assert_eq!((status(&here, id), told_again(&here)), (Status::Followed, 1));
    }

    fn what_was_filed_again_before_the_order_leaves_nothing_to_do(engine: Engine) {
        let here = filled(engine);
        let (record, _) = withdrawn(&here);
        certify(&here, "second", record).unwrap();
        assert_eq!(file_again(&here, mended()), ACCEPTED);
        let id = put_down(&here, record, Order::Readmit).unwrap();
        assert_eq!(status(&here, id), Status::Followed);
        assert_eq!(who(&here, CERTIFIED), ["reviewer:second"]);
        // It was withdrawn once more: the first of the two may still be ordered to come in.
        let open = dispute(&here);
        answer(&here, open, withdrawal()).unwrap();
        let text = "a second judgment".to_owned();
        let about = (here.person(1), record);
        let again = here.registry.record_outside_decision_about(reviewer("first"), about, judgment("2", Order::Readmit), text);
        let again = wait(again).unwrap();
        assert_eq!(status(&here, again), Status::OutsideDecision);
        assert_eq!(file_again(&here, mended()), ACCEPTED);
        assert_eq!(status(&here, again), Status::Followed);
    }

    fn a_court_may_order_back_in_what_its_authority_took_back_with_a_submission(engine: Engine) {
        let here = unchanged(engine);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        people(&here.registry);
        let done = decide(&here, SourceRow::decision(1));
        let record = decision(&here);
        here.registry.take_back(LAW, done.submission).unwrap();
        let id = put_down(&here, record, Order::Readmit).unwrap();
        assert_eq!(status(&here, id), Status::OutsideDecision);
        assert_eq!(file_again(&here, SourceRow::decision(1)), ACCEPTED);
        assert_eq!((status(&here, id), told_again(&here)), (Status::Followed, 1));
    }

    fn what_was_restored_before_it_was_withdrawn_comes_in_by_no_order(engine: Engine) {
        let here = fined(unchanged(engine));
        let record = decision(&here);
        let id = put_down(&here, record, Order::Withdraw).unwrap();
        on(&here, "2027-02-10");
        let restoration = apply(&here).unwrap();
        take(&here, restoration);
        grant(&here, restoration).unwrap();
        wait(here.registry.follow_order(LAW, id, registry::CarryOut::Withdraw)).unwrap();
        assert_eq!(self::record(&here, RecordKind::Decision).status, RecordStatus::Withdrawn);
        let text = "a second judgment".to_owned();
        let about = (here.person(1), record);
        let again = here.registry.record_outside_decision_about(reviewer("first"), about, judgment("2", Order::Readmit), text);
        assert_eq!(code(wait(again)), "order-unfit", "it no longer counted");
        assert!(matches!(certify(&here, "second", record), Err(ReentryError::Restored)));
    }

    fn an_order_that_is_set_aside_leaves_another_one_about_the_same_document_its_certificate(engine: Engine) {
        let here = filled(engine);
        let (first, _) = withdrawn(&here);
        certify(&here, "second", first).unwrap();
        assert_eq!(file_again(&here, mended()), ACCEPTED);
        // It came in again as a record of its own, and was withdrawn once more.
        let file = here.file_of(1).records;
        let second = file.iter().find(|one| one.kind == RecordKind::Decision && one.record != first).unwrap().record;
        let open = wait(here.registry.open_dispute(here.person(1), a_dispute(second))).unwrap();
        answer(&here, open, withdrawal()).unwrap();
        let decided = |record, reference, order| {
            let text = "the court sent its judgment".to_owned();
            let (by, about) = (reviewer("first"), (here.person(1), record));
            wait(here.registry.record_outside_decision_about(by, about, judgment(reference, order), text)).unwrap()
        };
        let of_the_first = decided(first, "1", Order::Readmit);
        let of_the_second = decided(second, "2", Order::Readmit);
        assert_eq!(decided(first, "3", Order::Stand), of_the_first);
        assert_eq!(status(&here, of_the_second), Status::OutsideDecision);
        assert_eq!(file_again(&here, mended()), ACCEPTED, "what is still ordered can be done");
        assert_eq!(status(&here, of_the_second), Status::Followed);
        prove_log(&here.registry);
    }

    fn what_is_ordered_in_again_may_name_a_licence_that_was_withdrawn_since(engine: Engine) {
        let here = filled(engine);
        let (decision, _) = withdrawn(&here);
        let licence = self::record(&here, RecordKind::Licence).record;
        let open = wait(here.registry.open_dispute(here.person(1), a_dispute(licence))).unwrap();
        answer(&here, open, withdrawal()).unwrap();
        let unknown = (RowOutcome::Rejected, Some("licence-unknown"));
        assert_eq!(file_again(&here, mended()), unknown, "nobody ordered it yet");
        let id = put_down(&here, decision, Order::Readmit).unwrap();
        let other = mended().with("licence_number", "LAW-2019-000009");
        assert_eq!(file_again(&here, other), unknown, "a licence that it never named");
        assert_eq!(file_again(&here, mended()), ACCEPTED, "what is ordered can be done");
        assert_eq!((status(&here, id), told_again(&here)), (Status::Followed, 1));
        prove_log(&here.registry);
    }

    fn an_order_ends_with_the_record_and_its_certificate_holds(engine: Engine) {
        let here = filled(engine);
        let (record, id) = asked(&here);
        decide_again(&here, id, "first", Some(Order::Readmit)).unwrap();
        on(&here, "2031-11-11");
        let ended = view(&here, id);
        assert_eq!((ended.summary.waits_for, ended.course), (None, None));
        assert_eq!(code(ask(&here, Reconsidered::Record(record))), "record-ended");
        assert_eq!((file_again(&here, SourceRow::decision(1)), told_again(&here)), (ACCEPTED, 1));
    }

    fn of_somebody_who_is_known_no_more_nothing_is_ordered(engine: Engine) {
        let here = unchanged(engine);
        let over = SourceRow::licence(1).with("valid_until", "2024-06-04");
        here.file(LAW, RecordKind::Licence, &[over]);
        people(&here.registry);
        let licence = self::record(&here, RecordKind::Licence).record;
        let open = wait(here.registry.open_dispute(here.person(1), a_dispute(licence))).unwrap();
        answer(&here, open, withdrawal()).unwrap();
        on(&here, "2029-06-05");
        assert_eq!(here.store.rows("person"), 0);
        assert_eq!(code(ask(&here, Reconsidered::Dispute(open))), "procedure-unknown");
        assert_eq!(code(put_down(&here, licence, Order::Readmit)), "record-unknown");
    }
}

fn of(course: model::procedure::Procedure) -> Reconsidered {
    match course {
        model::procedure::Procedure::Reconsideration(one) => one.opening().of,
        _ => panic!("a reconsideration is expected"),
    }
}
