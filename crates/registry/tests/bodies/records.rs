//! A procedure with the record that it is about, for who answers it.

use model::{
    ProcedureId, RecordKind,
    procedure::{Reconsidered, ReviewerId, Speaker},
};
use registry::{DisputeAnswer, EventKind, OpenDispute, ProcedureError, Reader, Reconsider};
use testkit::{Installation, SourceRow, made_up, on_both_engines, wait};

const LAW: &str = "law-bureau";

fn reads(here: &Installation) -> usize {
    let events = here.file_of(1).events;
    events
        .iter()
        .filter(|event| event.kind == EventKind::ProcedureRead)
        .count()
}

fn disputed(here: &Installation) -> ProcedureId {
    here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
    let dispute = OpenDispute {
        by: Speaker::Person,
        record: here.file_of(1).records[0].record,
        field: None,
        text: "wrong".to_owned(),
        files: Vec::new(),
    };
    wait(here.registry.open_dispute(here.person(1), dispute)).unwrap()
}

on_both_engines! {
    fn the_authority_that_filed_a_record_reads_it_whole_and_that_is_put_down(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let id = disputed(&here);
        let (view, record) = wait(here.registry.read_procedure_record(Reader::Body(LAW.to_owned()), id)).unwrap();
        let record = record.unwrap();
        assert_eq!(view.summary.record, Some(record.record));
        assert_eq!(record.fields["id_number"], made_up(1).number);
        assert_eq!(reads(&here), 1);
        let elsewhere = Reader::Body("health-commission".to_owned());
        let refused = wait(here.registry.read_procedure_record(elsewhere, id));
        assert!(matches!(refused, Err(ProcedureError::NoSuchProcedure)));
        assert_eq!(reads(&here), 1, "who is refused reads nothing");
    }

    fn a_reviewer_reads_the_record_without_whom_it_is_about(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let id = disputed(&here);
        let upheld = here.registry.answer_dispute(LAW, id, DisputeAnswer::Uphold, "right".to_owned());
        wait(upheld).unwrap();
        let again = Reconsider {
            by: Speaker::Person,
            of: Reconsidered::Dispute(id),
            text: "look again".to_owned(),
            files: Vec::new(),
        };
        let again = wait(here.registry.open_reconsideration(here.person(1), again)).unwrap();
        here.registry.add_reviewer("reviewer-1", "监督员", None).unwrap();
        let reviewer = Reader::Reviewer(ReviewerId::new("reviewer-1").unwrap());
        let (_, record) = wait(here.registry.read_procedure_record(reviewer, again)).unwrap();
        let record = record.unwrap();
        assert!(record.fields.contains_key("scope") && record.versions.is_empty());
        let shown = serde_json::to_string(&record).unwrap();
        let one = made_up(1);
        assert!(!shown.contains(&one.name) && !shown.contains(&one.number), "{shown}");
    }
}
