//! Whatever due process does to a decision, its alert follows in the same transaction: no day's work is needed.

use jiff::civil::date;
use model::{
    ProcedureId, RecordKind, RecordStatus,
    procedure::{Order, Reconsidered, ReviewerId, Speaker},
};
use registry::{Apply, CarryOut, Delivered, DisputeAnswer, OutsideOrder, Reconsider, RestorationAnswer};
use testkit::{Installation, SourceRow, gansu, json_lines, on_both_engines, prove_log, wait};

use crate::kit::{
    LAW, OTHER, Wire, alerts, answer, befriend, decide, decision, dispute, inbox, installation, licensed,
    notices, opened, prohibition,
};

fn correct(row: SourceRow) -> CarryOut {
    CarryOut::Correct(json_lines(&[row]))
}

fn revocation() -> SourceRow {
    SourceRow::decision(1)
        .with("penalty", "吊销许可证件")
        .with("disclosure_ends_on", "2029-11-10")
}

/// A reconsideration of a dispute that was upheld.
fn reconsidered(here: &Installation) -> ProcedureId {
    here.registry.add_reviewer("first", "测试员", None).unwrap();
    let id = dispute(here);
    answer(here, id, DisputeAnswer::Uphold);
    let wish = Reconsider {
        by: Speaker::Person,
        of: Reconsidered::Dispute(id),
        text: "still not so".to_owned(),
        files: Vec::new(),
    };
    wait(here.registry.open_reconsideration(here.person(1), wish)).unwrap()
}

on_both_engines! {
    fn a_withdrawal_and_a_correction_close_it_or_say_what_is_so_now(engine: Engine) {
        let here = installation(engine);
        decide(&here, prohibition("2027-11-10"));
        let id = dispute(&here);
        assert_eq!(inbox(&here, OTHER).len(), 1, "a dispute alone lifts nothing");
        answer(&here, id, DisputeAnswer::Change(correct(prohibition("2027-06-30"))));
        assert_eq!(opened(&here, OTHER)[0].ends_on, Some(date(2027, 6, 30)));
        assert_eq!(notices(&here), (1, 0));
        let id = dispute(&here);
        answer(&here, id, DisputeAnswer::Change(correct(prohibition("2027-01-31").with("penalty", "警告"))));
        assert!(inbox(&here, OTHER).is_empty());
        assert_eq!(notices(&here), (1, 1));

        decide(&here, revocation().document("甘律罚〔2026〕二号"));
        assert_eq!(inbox(&here, OTHER).len(), 1);
        let id = dispute(&here);
        answer(&here, id, DisputeAnswer::Change(CarryOut::Withdraw));
        assert!(inbox(&here, OTHER).is_empty());
        assert_eq!(notices(&here), (2, 2));
        assert!(alerts(&here).iter().all(|one| one.closed_at.is_some()));
        prove_log(&here.registry);
    }

    fn what_a_reviewer_or_a_court_orders_closes_it_once_it_is_followed(engine: Engine) {
        let here = installation(engine);
        decide(&here, revocation());
        let id = reconsidered(&here);
        let order = OutsideOrder {
            court: "high-court".to_owned(),
            reference: "1".to_owned(),
            decided_on: date(2026, 11, 20),
            order: Order::Withdraw,
            fields: None,
        };
        let first = ReviewerId::new("first").unwrap();
        wait(here.registry.record_outside_decision(first, id, order)).unwrap();
        assert_eq!(inbox(&here, OTHER).len(), 1);
        wait(here.registry.follow_order(LAW, id, CarryOut::Withdraw)).unwrap();
        assert!(inbox(&here, OTHER).is_empty());
        assert_eq!(notices(&here), (1, 1));
    }

    fn a_restoration_closes_it_here_and_at_every_peer(engine: Engine) {
        let (here, there) = (installation(engine), Installation::with(engine, gansu()));
        licensed(&there);
        befriend(&here.registry, &there.registry);
        decide(&here, revocation());
        let wire = Wire::new(&there.registry, &[]);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), Delivered { told: 1, failed: 0 });
        assert_eq!(inbox(&there, LAW).len(), 1);
        here.at("2027-11-10T04:00:00Z");
        there.at("2027-11-10T04:00:00Z");
        let apply = Apply {
            by: Speaker::Person,
            decision: decision(&here),
            pledge: Some("made-up pledge".to_owned()),
            duties: Some("made-up duties".to_owned()),
        };
        let id = wait(here.registry.apply_restoration(here.person(1), apply)).unwrap();
        let say = |answer| wait(here.registry.answer_restoration(LAW, id, answer)).unwrap();
        say(RestorationAnswer::Take);
        assert_eq!(inbox(&here, OTHER).len(), 1);
        say(RestorationAnswer::Grant("done".to_owned()));
        assert!(inbox(&here, OTHER).is_empty());
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap().told, 1);
        assert!(inbox(&there, LAW).is_empty());
        assert_eq!((notices(&here), notices(&there)), ((1, 1), (1, 1)));
        let licence = here.file_of(1).records.into_iter().find(|one| {
            one.kind == RecordKind::Licence && one.profession == "lawyer"
        }).unwrap();
        assert_eq!(licence.status, RecordStatus::Revoked, "a licence that is gone does not come back by it");
        prove_log(&here.registry);
    }
}
