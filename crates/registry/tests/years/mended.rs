//! Faults that the years found, each as a fixed case.

use model::{
    PersonId, ProcedureId, RecordId, RecordKind, VersionKind,
    procedure::{Matter, Order, Reconsidered, ReviewerId, Speaker, Status},
};
use registry::{
    Apply, CarryOut, Complain, DisputeAnswer, EventKind, Finding, MandateScope, NewMandate, OpenDispute,
    ProcedureError, Reconsider, ReentryError, RestorationAnswer, RowOutcome,
};
use testkit::{Engine, Installation, SourceRow, prove_receipt, wait};

use crate::run::LAW;

const ENDED: (RowOutcome, Option<&str>) = (RowOutcome::Rejected, Some("record-ended"));

fn reviewer() -> ReviewerId {
    ReviewerId::new("reviewer-1").unwrap()
}

/// A licence that is kept until 1 December 2026.
fn old_licence() -> SourceRow {
    SourceRow::licence(1)
        .with("decided_on", "2018-01-01")
        .with("valid_from", "2018-01-01")
        .with("valid_until", "2021-12-01")
}

fn filed(engine: Engine, licence: SourceRow) -> (Installation, PersonId) {
    let here = Installation::new(engine, "gansu");
    here.registry.add_reviewer("reviewer-1", "测试员").unwrap();
    here.file(LAW, RecordKind::Licence, &[licence]);
    let person = here.person(1);
    (here, person)
}

fn record(here: &Installation, kind: RecordKind) -> RecordId {
    let records = here.file_of(1).records;
    records.iter().find(|one| one.kind == kind).unwrap().record
}

fn dispute(
    here: &Installation,
    person: PersonId,
    record: RecordId,
    by: Speaker,
) -> Result<ProcedureId, ProcedureError> {
    let dispute = OpenDispute {
        by,
        record,
        field: None,
        text: "made-up words".to_owned(),
        files: Vec::new(),
    };
    wait(here.registry.open_dispute(person, dispute))
}

fn withdraw(here: &Installation, person: PersonId, record: RecordId) {
    let id = dispute(here, person, record, Speaker::Person).unwrap();
    let withdraw = DisputeAnswer::Change(CarryOut::Withdraw);
    wait(
        here.registry
            .answer_dispute(LAW, id, withdraw, "made-up reasons".into()),
    )
    .unwrap();
}

/// A reconsideration of a dispute about this record, in which this was ordered.
fn ordered(here: &Installation, person: PersonId, record: RecordId, order: Order) -> ProcedureId {
    let id = dispute(here, person, record, Speaker::Person).unwrap();
    wait(
        here.registry
            .answer_dispute(LAW, id, DisputeAnswer::Uphold, "made-up reasons".into()),
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
    let why = "made-up reasons".to_owned();
    wait(
        here.registry
            .answer_reconsideration(reviewer(), again, Some(order), why),
    )
    .unwrap();
    again
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
    assert_eq!(
        answer(RestorationAnswer::Grant("made-up reasons".to_owned())),
        Status::Complete
    );
}

fn days(here: &Installation, days: i64) {
    here.later(24 * days);
    here.registry.do_what_is_due().unwrap();
}

testkit::on_both_engines! {
    fn a_representative_takes_a_step_under_a_mandate_for_it_and_the_log_names_both(engine: Engine) {
        let (here, person) = filed(engine, SourceRow::licence(1));
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(2)]);
        let licence = record(&here, RecordKind::Licence);
        let register = |scope| {
            let mandate = NewMandate {
                person,
                representative: here.person(2),
                scope: [scope].into(),
                from: "2026-11-23".parse().unwrap(),
                until: "2026-11-30".parse().unwrap(),
                registered_by: LAW.to_owned(),
            };
            Speaker::Representative(wait(here.registry.register_mandate(mandate)).unwrap())
        };
        let refused = |by| dispute(&here, person, licence, by).unwrap_err().code();
        assert_eq!(refused(register(MandateScope::Consents)), "mandate-not-covered");
        let made_up = Speaker::Representative(model::MandateId::from_bytes([1; 16]));
        assert_eq!(refused(made_up), "no-such-mandate");
        assert!(wait(here.registry.procedures_of(person)).unwrap().is_empty());
        let by = register(MandateScope::Procedures);
        let id = dispute(&here, person, licence, by).unwrap();
        let events = here.file_of(1).events;
        let step = events.iter().find(|one| one.kind == EventKind::ProcedureStep).unwrap();
        let receipt = wait(here.registry.event_receipt(person, step.event)).unwrap().unwrap();
        let (_, said) = prove_receipt(&here.registry, &receipt);
        assert_eq!(said["representative"], here.person(2).to_string());
        days(&here, 10);
        let late = wait(here.registry.take_back_procedure(person, by, id));
        assert_eq!(late.unwrap_err().code(), "mandate-not-covered");
    }

    fn an_order_is_followed_also_where_the_record_ended_otherwise_meanwhile(engine: Engine) {
        let (here, person) = filed(engine, SourceRow::licence(1));
        let licence = record(&here, RecordKind::Licence);
        for order in [Order::Withdraw, Order::Correct] {
            let number = if order == Order::Withdraw { "甘许〔2020〕0000001号" } else { "甘许〔2020〕另1号" };
            let row = SourceRow::licence(1).document(number);
            here.file(LAW, RecordKind::Licence, std::slice::from_ref(&row));
            let licence = if order == Order::Withdraw { licence } else { record(&here, RecordKind::Licence) };
            let again = ordered(&here, person, licence, order);
            withdraw(&here, person, licence);
            let what = match order {
                Order::Withdraw => CarryOut::Withdraw,
                _ => CarryOut::Correct(testkit::json_lines(&[row.with("scope", "其他")]).trim().to_owned()),
            };
            let status = wait(here.registry.follow_order(LAW, again, what)).unwrap();
            assert_eq!(status, Status::ChangeFollowed);
            let records = here.file_of(1).records;
            let one = records.iter().find(|one| one.record == licence).unwrap();
            assert_eq!(one.versions.len(), 2, "it was withdrawn once");
        }
    }

    fn what_was_restored_can_still_be_found_never_to_have_been_valid(engine: Engine) {
        let (here, person) = filed(engine, SourceRow::licence(1));
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        let decision = record(&here, RecordKind::Decision);
        let again = ordered(&here, person, decision, Order::Withdraw);
        restore(&here, person, decision);
        wait(here.registry.follow_order(LAW, again, CarryOut::Withdraw)).unwrap();
        let records = here.file_of(1).records;
        let one = records.iter().find(|one| one.record == decision).unwrap();
        let changes: Vec<VersionKind> = one.versions.iter().map(|one| one.change).collect();
        assert_eq!(changes, [VersionKind::Filed, VersionKind::Restored, VersionKind::Withdrawn]);
    }

    fn nothing_waits_for_the_forgotten_where_an_older_copy_is_put_back(engine: Engine) {
        let (here, person) = filed(engine, old_licence());
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
        let unfounded = Finding::Unfounded("made-up reasons".to_owned());
        wait(here.registry.answer_complaint(reviewer(), id, unfounded)).unwrap();
        days(&here, 12);
        assert!(here.file_of(1).identity.is_none());
        let here = here.restore(&copy);
        assert!(here.file_of(1).identity.is_none());
        days(&here, 60);
        assert!(wait(here.registry.overdue()).unwrap().is_empty());
        assert!(wait(here.registry.reviewer_procedures(&reviewer())).unwrap().is_empty());
    }

    fn a_withdrawn_record_does_not_come_back_once_its_person_is_forgotten(engine: Engine) {
        let (here, person) = filed(engine, old_licence());
        let licence = record(&here, RecordKind::Licence);
        withdraw(&here, person, licence);
        days(&here, 12);
        assert!(here.file_of(1).identity.is_none());
        let done = here.file(LAW, RecordKind::Licence, &[old_licence()]);
        assert_eq!(here.outcomes(LAW, &done), [ENDED]);
        wait(here.registry.certify_reentry(reviewer(), person, licence)).unwrap();
        let done = here.file(LAW, RecordKind::Licence, &[old_licence()]);
        assert_eq!(done.counts.accepted, 1);
        let came = here.file_of(1).events.into_iter().filter(|one| one.kind == EventKind::RecordCameAgain);
        assert_eq!(came.count(), 1, "the person is told");
    }

    fn a_document_that_came_again_does_not_end_with_its_old_record(engine: Engine) {
        let (here, person) = filed(engine, old_licence());
        let licence = record(&here, RecordKind::Licence);
        withdraw(&here, person, licence);
        wait(here.registry.certify_reentry(reviewer(), person, licence)).unwrap();
        let longer = || old_licence().with("valid_until", "2030-12-01");
        assert_eq!(here.file(LAW, RecordKind::Licence, &[longer()]).counts.accepted, 1);
        days(&here, 12);
        let records = here.file_of(1).records;
        assert!(records.iter().any(|one| one.record == licence && one.fields.is_empty()), "it is erased");
        let right = longer().with("scope", "其他").correcting();
        let done = here.file(LAW, RecordKind::Licence, &[right]);
        assert_eq!(here.outcomes(LAW, &done), [(RowOutcome::Accepted, None)]);
    }

    fn what_was_restored_stays_so_once_it_is_erased(engine: Engine) {
        let (here, person) = filed(engine, SourceRow::licence(1));
        let suspended = SourceRow::decision(1)
            .with("penalty", "暂扣许可证件")
            .with("decided_on", "2023-12-01")
            .with("effective_on", "2023-12-20")
            .with("disclosure_ends_on", "2026-12-20");
        here.file(LAW, RecordKind::Decision, &[suspended]);
        let decision = record(&here, RecordKind::Decision);
        restore(&here, person, decision);
        days(&here, 800);
        let records = here.file_of(1).records;
        assert!(records.iter().any(|one| one.record == decision && one.fields.is_empty()), "it is erased");
        let certified = wait(here.registry.certify_reentry(reviewer(), person, decision));
        assert!(matches!(certified, Err(ReentryError::Restored)));
    }
}
