//! What a representative may do for a person: what the mandate covers and nothing else, and the log names both.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::collections::BTreeSet;

use model::{
    MandateId, ProcedureId, RecordId, RecordKind,
    procedure::{Actor, Speaker, StepName},
};
use registry::{
    EventKind, EventView, MandateError, MandateScope, NewMandate, OpenDispute, ProcedureError, Reader,
};
use storage::Access;
use testkit::{Engine, Installation, SourceRow, on_both_engines, prove_receipt, wait};

/// Two lawyers; the second may act for the first in this scope.
fn filled(engine: Engine, scope: &[MandateScope]) -> (Installation, MandateId) {
    let here = Installation::new(engine, "gansu");
    let rows = [SourceRow::licence(1), SourceRow::licence(2)];
    here.file("law-bureau", RecordKind::Licence, &rows);
    let mandate = NewMandate {
        person: here.person(1),
        representative: here.person(2),
        scope: scope.iter().copied().collect::<BTreeSet<_>>(),
        from: "2026-11-23".parse().unwrap(),
        until: "2026-12-01".parse().unwrap(),
        registered_by: "self".to_owned(),
    };
    let mandate = wait(here.registry.register_mandate(mandate)).unwrap();
    (here, mandate)
}

fn licence(here: &Installation) -> RecordId {
    here.file_of(1).records[0].record
}

fn dispute(here: &Installation, by: Speaker) -> Result<ProcedureId, ProcedureError> {
    let dispute = OpenDispute {
        by,
        record: licence(here),
        field: None,
        text: "made-up dispute".to_owned(),
        files: Vec::new(),
    };
    wait(here.registry.open_dispute(here.person(1), dispute))
}

/// The latest event of this kind, whose receipt names the person and their representative.
fn names_both(here: &Installation, kind: EventKind, mandate: MandateId) -> EventView {
    let event = here
        .file_of(1)
        .events
        .into_iter()
        .find(|one| one.kind == kind && one.mandate.is_some());
    let event = event.unwrap();
    assert_eq!(event.mandate, Some(mandate));
    let receipt = wait(here.registry.event_receipt(here.person(1), event.event))
        .unwrap()
        .unwrap();
    let (_, statement) = prove_receipt(&here.registry, &receipt);
    assert_eq!(statement["person"], here.person(1).to_string());
    assert_eq!(statement["representative"], here.person(2).to_string());
    event
}

on_both_engines! {
    fn a_representative_takes_the_persons_steps_in_procedures_and_the_log_names_both(engine: Engine) {
        let (here, mandate) = filled(engine, &[MandateScope::Procedures]);
        let (person, by) = (here.person(1), Speaker::Representative(mandate));
        let id = dispute(&here, by).unwrap();
        let opened = names_both(&here, EventKind::ProcedureStep, mandate);
        assert_eq!((opened.purpose.as_str(), opened.subject), ("dispute:open", Some(id.to_string())));
        let view = wait(here.registry.read_procedure(Reader::Representative(mandate), id)).unwrap();
        assert_eq!(view.timeline[0].actor, Actor::Representative(mandate));
        names_both(&here, EventKind::ProcedureRead, mandate);
        wait(here.registry.take_back_procedure(person, by, id)).unwrap();
        let view = wait(here.registry.read_procedure(Reader::Person(person), id)).unwrap();
        assert_eq!(view.timeline.last().unwrap().name, StepName::TakeBack);
        let theirs = here.store.store.run("test.count", Access::Read, |tx| {
            let rows = tx.query("SELECT COUNT(*) FROM event WHERE mandate IS NOT NULL AND representative IS NOT NULL", &[])?;
            rows.into_iter().next().unwrap().int()
        });
        assert_eq!(theirs.unwrap(), 4, "only what a representative did is put down as theirs");
    }

    fn a_representative_in_procedures_alone_sees_which_records_there_are_and_nothing_of_what_is_in_them(engine: Engine) {
        let (here, mandate) = filled(engine, &[MandateScope::Procedures]);
        here.file("law-bureau", RecordKind::Decision, &[SourceRow::decision(1)]);
        let (person, by) = (here.person(1), Speaker::Representative(mandate));
        let read = wait(here.registry.person_file_under(person, mandate, EventKind::OwnLook));
        assert!(matches!(read, Err(MandateError::NotCovered)));
        let named = wait(here.registry.named_records(person, by)).unwrap();
        names_both(&here, EventKind::RecordsNamed, mandate);
        let records = here.file_of(1).records;
        let kinds: Vec<_> = named.iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [RecordKind::Decision, RecordKind::Licence]);
        for (one, record) in named.iter().zip(&records) {
            assert_eq!((one.record, &one.authority, &one.profession), (record.record, &record.authority, &record.profession));
            assert_eq!(one.filed_on.to_string(), "2026-11-23");
            assert!(one.fields.iter().eq(record.fields.keys()) && !one.fields.is_empty());
            let said = serde_json::to_string(one).unwrap();
            // The authority and the profession are named; nothing else of what is in it.
            let values = record.fields.values().filter_map(|value| value.as_str());
            for value in values.filter(|value| value.chars().count() > 3 && *value != record.authority) {
                assert!(!said.contains(value), "{value}: {said}");
            }
        }
        dispute(&here, by).unwrap();

        // The person sees the same; nobody else, and under no other mandate.
        assert_eq!(wait(here.registry.named_records(person, Speaker::Person)).unwrap(), named);
        let of_another = wait(here.registry.named_records(here.person(2), by));
        assert_eq!(of_another.unwrap_err().code(), "no-such-mandate");
        wait(here.registry.end_mandate(person, mandate, "self")).unwrap();
        assert_eq!(wait(here.registry.named_records(person, by)).unwrap_err().code(), "mandate-not-covered");
        let events = here.file_of(1).events.into_iter().filter(|one| one.kind == EventKind::RecordsNamed);
        assert_eq!(events.count(), 2, "what was refused showed nothing");
    }

    fn a_guardian_about_whom_nothing_is_held_signs_in_and_acts_until_the_mandate_is_ended(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file("law-bureau", RecordKind::Licence, &[SourceRow::licence(1)]);
        let parent = testkit::made_up(50);
        let signs_in = || wait(here.registry.find_person(&parent.number, &parent.name)).unwrap();
        assert_eq!(signs_in(), None);
        let representative = here.registry.keys().person(&parent.number);
        let mandate = NewMandate {
            person: here.person(1),
            representative,
            scope: [MandateScope::Records].into(),
            from: "2026-11-20".parse().unwrap(),
            until: "2026-12-01".parse().unwrap(),
            registered_by: "self".to_owned(),
        };
        let mandate = wait(here.registry.register_mandate(mandate)).unwrap();
        assert_eq!(signs_in(), Some(representative));
        let own = wait(here.registry.person_file(representative, EventKind::OwnLook)).unwrap();
        assert!(own.records.is_empty() && own.identity.is_none());
        let file = wait(here.registry.person_file_under(here.person(1), mandate, EventKind::OwnLook)).unwrap();
        assert_eq!(file.records.len(), 1);
        wait(here.registry.end_mandate(here.person(1), mandate, "self")).unwrap();
        assert_eq!(signs_in(), None);
    }

    fn a_mandate_for_something_else_or_that_is_over_opens_and_reads_no_procedure(engine: Engine) {
        let (here, mandate) = filled(engine, &[MandateScope::Records, MandateScope::Consents]);
        let (person, by) = (here.person(1), Speaker::Representative(mandate));
        assert_eq!(dispute(&here, by).unwrap_err().code(), "mandate-not-covered");
        assert_eq!(here.store.rows("procedure"), 0);
        let id = dispute(&here, Speaker::Person).unwrap();
        let read = wait(here.registry.read_procedure(Reader::Representative(mandate), id));
        assert_eq!(read.unwrap_err().code(), "mandate-not-covered");
        assert_eq!(wait(here.registry.take_back_procedure(person, by, id)).unwrap_err().code(), "mandate-not-covered");
        let steps = here.file_of(1).events.into_iter().filter(|one| one.kind == EventKind::ProcedureStep).count();
        assert_eq!(steps, 1);
    }

    fn a_representative_reads_the_records_that_the_mandate_covers_and_the_person_sees_that(engine: Engine) {
        let (here, mandate) = filled(engine, &[MandateScope::Records]);
        let person = here.person(1);
        let look = || wait(here.registry.person_file_under(person, mandate, EventKind::OwnLook));
        assert_eq!(look().unwrap().records.len(), 1);
        names_both(&here, EventKind::OwnLook, mandate);
        let of_another = wait(here.registry.person_file_under(here.person(2), mandate, EventKind::OwnLook));
        assert!(matches!(of_another, Err(MandateError::Unknown)));
        wait(here.registry.end_mandate(person, mandate, "self")).unwrap();
        assert!(matches!(look(), Err(MandateError::NotCovered)));
        let looks = here.file_of(1).events.into_iter().filter(|one| one.mandate.is_some()
            && one.kind == EventKind::OwnLook);
        assert_eq!(looks.count(), 1, "what was refused showed nothing");
    }

    fn unread_notices_are_counted_until_they_are_read(engine: Engine) {
        let (here, _) = filled(engine, &[MandateScope::Records]);
        let person = here.person(1);
        dispute(&here, Speaker::Person).unwrap();
        let unread = || wait(here.registry.unread_notices(person)).unwrap();
        assert_eq!(unread(), 2, "the mandate and the dispute");
        let first = wait(here.registry.notices(person)).unwrap()[0].notice;
        for _ in 0..2 {
            wait(here.registry.mark_read(person, first)).unwrap();
            assert_eq!(unread(), 1);
        }
        assert_eq!(wait(here.registry.unread_notices(here.person(2))).unwrap(), 0);
    }
}
