//! Faults that the years found, each as a fixed case. Those of them that one procedure shows have theirs beside it.

use model::{
    PersonId, ProcedureId, RecordId, RecordKind,
    procedure::{Matter, Order, Reconsidered, ReviewerId, Speaker, Status},
};
use registry::{
    Apply, CarryOut, Complain, DisputeAnswer, Finding, OpenDispute, Propose, Reconsider, RestorationAnswer,
};
use testkit::{Engine, Installation, SourceRow, wait};

use crate::{
    peer::{HERE, befriend},
    run::LAW,
    wire::{Plan, Wire},
};

fn reviewer() -> ReviewerId {
    ReviewerId::new("reviewer-1").unwrap()
}

fn filed(engine: Engine, licence: SourceRow) -> (Installation, PersonId) {
    let here = Installation::new(engine, "gansu");
    here.registry.add_reviewer("reviewer-1", "测试员", None).unwrap();
    here.file(LAW, RecordKind::Licence, &[licence]);
    let person = here.person(1);
    (here, person)
}

fn why() -> String {
    "made-up reasons".to_owned()
}

fn dispute(here: &Installation, person: PersonId, record: RecordId) -> ProcedureId {
    let dispute = OpenDispute {
        by: Speaker::Person,
        record,
        field: None,
        text: "made-up words".to_owned(),
        files: Vec::new(),
    };
    wait(here.registry.open_dispute(person, dispute)).unwrap()
}

/// A reconsideration of a dispute about this record, in which a correction was ordered.
fn correction_ordered(here: &Installation, person: PersonId, record: RecordId) -> ProcedureId {
    let id = dispute(here, person, record);
    wait(
        here.registry
            .answer_dispute(LAW, id, DisputeAnswer::Uphold, why()),
    )
    .unwrap();
    let wish = Reconsider {
        by: Speaker::Person,
        of: Reconsidered::Dispute(id),
        text: "made-up words".to_owned(),
        files: Vec::new(),
    };
    let again = wait(here.registry.open_reconsideration(person, wish)).unwrap();
    wait(here.registry.assign_procedure(again, reviewer(), reviewer())).unwrap();
    let order = Some(Order::Correct);
    wait(
        here.registry
            .answer_reconsideration(reviewer(), again, order, why()),
    )
    .unwrap();
    again
}

fn withdraw(here: &Installation, person: PersonId, record: RecordId) {
    let id = dispute(here, person, record);
    let withdraw = DisputeAnswer::Change(CarryOut::Withdraw);
    wait(here.registry.answer_dispute(LAW, id, withdraw, why())).unwrap();
}

fn restore(here: &Installation, person: PersonId, decision: RecordId) {
    let application = Apply {
        by: Speaker::Person,
        decision,
        pledge: Some("made-up pledge".to_owned()),
        duties: Some("made-up duties".to_owned()),
    };
    let id = wait(here.registry.apply_restoration(person, application)).unwrap();
    let answer = |answer| wait(here.registry.answer_restoration(LAW, id, answer)).unwrap();
    answer(RestorationAnswer::Take);
    assert_eq!(answer(RestorationAnswer::Grant(why())), Status::Complete);
}

fn days(here: &Installation, days: i64) {
    here.later(24 * days);
    here.registry.do_what_is_due().unwrap();
}

testkit::on_both_engines! {
    fn an_order_to_correct_is_followed_also_where_the_record_ended_meanwhile(engine: Engine) {
        for end in [withdraw, restore] {
            let (here, person) = filed(engine, SourceRow::licence(1));
            here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
            let records = here.file_of(1).records;
            let decision = records.iter().find(|one| one.kind == RecordKind::Decision).unwrap().record;
            let again = correction_ordered(&here, person, decision);
            end(&here, person, decision);
            let right = SourceRow::decision(1).with("facts", "虚构示例：另有说明。");
            let right = testkit::json_lines(&[right]).trim_end().to_owned();
            let status = wait(here.registry.follow_order(LAW, again, CarryOut::Correct(right))).unwrap();
            assert_eq!(status, Status::ChangeFollowed);
            let records = here.file_of(1).records;
            let one = records.iter().find(|one| one.record == decision).unwrap();
            assert_eq!(one.versions.len(), 2, "it ended once, and was not corrected");
            days(&here, 30);
            assert!(wait(here.registry.overdue()).unwrap().is_empty());
        }
    }

    fn nothing_waits_for_the_forgotten_where_an_older_copy_is_put_back(engine: Engine) {
        // Kept until 1 December 2026.
        let licence = SourceRow::licence(1)
            .with("decided_on", "2018-01-01")
            .with("valid_from", "2018-01-01")
            .with("valid_until", "2021-12-01");
        let (here, person) = filed(engine, licence);
        let complaint = Complain {
            by: Speaker::Person,
            about: Matter::Leak,
            look: None,
            body: None,
            text: "made-up words".to_owned(),
            files: Vec::new(),
        };
        let id = wait(here.registry.open_complaint(person, complaint)).unwrap();
        wait(here.registry.assign_procedure(id, reviewer(), reviewer())).unwrap();
        let (here, copy) = here.copy();
        wait(here.registry.answer_complaint(reviewer(), id, Finding::Unfounded(why()))).unwrap();
        days(&here, 12);
        assert!(here.file_of(1).identity.is_none());
        let here = here.restore(&copy);
        assert!(here.file_of(1).identity.is_none());
        days(&here, 60);
        assert!(wait(here.registry.overdue()).unwrap().is_empty());
        assert!(wait(here.registry.reviewer_procedures(&reviewer())).unwrap().is_empty());
    }

    fn a_proposal_about_somebody_who_is_forgotten_waits_on_no_desk(engine: Engine) {
        // Kept until 1 December 2026.
        let licence = SourceRow::licence(1)
            .with("decided_on", "2018-01-01")
            .with("valid_from", "2018-01-01")
            .with("valid_until", "2021-12-01");
        let (here, person) = filed(engine, licence);
        let made_up = testkit::made_up(1);
        let propose = Propose {
            association: "lawyers-association".to_owned(),
            staff: None,
            authority: LAW.to_owned(),
            profession: "lawyer".to_owned(),
            id_number: made_up.number,
            name: made_up.name,
            words: [("title".to_owned(), "虚构表彰".to_owned())].into(),
            nonce: None,
        };
        wait(here.registry.propose_commendation(propose.clone())).unwrap();
        assert_eq!(wait(here.registry.proposals_for(LAW)).unwrap().len(), 1);
        days(&here, 12);
        // Nobody can open, take up or decline it any more.
        assert!(wait(here.registry.person_file(person, registry::EventKind::OwnLook)).unwrap().identity.is_none());
        assert!(wait(here.registry.proposals_for(LAW)).unwrap().is_empty());
        // Known again, they may be proposed anew, and only that waits.
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1).document("甘许〔2026〕9号")]);
        let id = wait(here.registry.propose_commendation(propose)).unwrap();
        let desk = wait(here.registry.proposals_for(LAW)).unwrap();
        assert_eq!(desk.iter().map(|one| one.proposal).collect::<Vec<_>>(), [id]);
    }

    fn what_is_told_after_an_older_copy_was_put_back_counts_at_the_peer(engine: Engine) {
        let (here, there) = (Installation::new(engine, "gansu"), Installation::new(Engine::Sqlite, "gansu"));
        befriend(&here.registry, &there.registry);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let prohibition = SourceRow::decision(1).with("penalty", "限制从业");
        let until = |day| prohibition.clone().with("disclosure_ends_on", day);
        let tell = |here: &Installation| {
            here.later(24);
            let wire = Wire::new(&there.registry, HERE, Plan::default());
            here.registry.deliver_alerts(&wire).unwrap();
            wait(there.registry.alerts_for(LAW)).unwrap()[0].ends_on.unwrap().to_string()
        };
        here.file(LAW, RecordKind::Decision, &[until("2027-11-10")]);
        assert_eq!(tell(&here), "2027-11-10");
        let (here, copy) = here.copy();
        here.file(LAW, RecordKind::Decision, &[until("2027-12-10").correcting()]);
        assert_eq!(tell(&here), "2027-12-10");
        // What was said since is lost here, and stays at the peer until something later is said.
        let here = here.restore(&copy);
        here.file(LAW, RecordKind::Decision, &[until("2028-01-10").correcting()]);
        assert_eq!(tell(&here), "2028-01-10");
    }

    fn what_a_peer_was_told_since_an_older_copy_is_told_anew_as_it_stands(engine: Engine) {
        // Kept until 1 December 2026: destroyed after the copy, and again as it is put back.
        let licence = SourceRow::licence(2)
            .with("decided_on", "2018-01-01")
            .with("valid_from", "2018-01-01")
            .with("valid_until", "2021-12-01");
        let (here, person) = filed(engine, SourceRow::licence(1));
        here.file(LAW, RecordKind::Licence, &[licence]);
        let there = Installation::new(Engine::Sqlite, "gansu");
        befriend(&here.registry, &there.registry);
        let prohibition = SourceRow::decision(1).with("penalty", "限制从业").with("disclosure_ends_on", "2027-11-10");
        here.file(LAW, RecordKind::Decision, &[prohibition]);
        let tell = |here: &Installation| {
            let wire = Wire::new(&there.registry, HERE, Plan::default());
            here.registry.deliver_alerts(&wire).unwrap();
            wait(there.registry.alerts_for(LAW)).unwrap().len()
        };
        assert_eq!(tell(&here), 1);
        let (here, copy) = here.copy();
        let records = here.file_of(1).records;
        let decision = records.iter().find(|one| one.kind == RecordKind::Decision).unwrap().record;
        withdraw(&here, person, decision);
        days(&here, 12);
        assert_eq!(tell(&here), 0, "the decision was withdrawn");
        let here = here.restore(&copy);
        assert_eq!(here.registry.erased_again(), 2);
        assert_eq!(tell(&here), 1, "the decision stands again, since its withdrawal is lost");
    }
}
