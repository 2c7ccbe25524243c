//! What corrections promise: nothing is overwritten, nothing is guessed, and sending again is harmless.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use model::{RecordKind, RecordStatus, VersionKind, procedure::Speaker};
use registry::{
    CarryOut, DisputeAnswer, OpenDispute,
    RowOutcome::{Accepted, Rejected, Unchanged},
};
use testkit::{Installation, SourceRow, licences_csv, on_both_engines, prove_log, prove_receipt, wait};

const LAW: &str = "law-bureau";

/// The person disputes their licence, and the authority finds that it never was valid.
fn withdraw_licence(here: &Installation) {
    let file = here.file_of(1);
    let licence = file.records.iter().find(|one| one.kind == RecordKind::Licence);
    let dispute = OpenDispute {
        by: Speaker::Person,
        record: licence.unwrap().record,
        field: None,
        text: "wrong".to_owned(),
        files: Vec::new(),
    };
    let id = wait(here.registry.open_dispute(here.person(1), dispute)).unwrap();
    let answer = DisputeAnswer::Change(CarryOut::Withdraw);
    wait(
        here.registry
            .answer_dispute(LAW, id, answer, "it never was".to_owned()),
    )
    .unwrap();
}

on_both_engines! {
    fn a_corrected_document_gets_version_2_and_the_first_stays_visible_to_the_person(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        here.later(1);
        let corrected = SourceRow::licence(1).with("scope", "律师（专职）").correcting();
        let done = here.file(LAW, RecordKind::Licence, &[corrected]);
        assert_eq!(here.outcomes(LAW, &done), [(Accepted, None)]);

        let file = here.file_of(1);
        let [record] = file.records.as_slice() else { panic!("one record is expected") };
        assert_eq!(record.status, RecordStatus::InForce);
        assert_eq!(record.fields["scope"], "律师（专职）");
        let said: Vec<_> = record
            .versions
            .iter()
            .map(|one| (one.version, one.change, one.fields.as_ref().unwrap()["scope"].as_str().unwrap()))
            .collect();
        assert_eq!(said, [(1, VersionKind::Filed, "律师"), (2, VersionKind::Corrected, "律师（专职）")]);
        assert!(record.versions[0].filed_at < record.versions[1].filed_at);
        assert_eq!(record.versions[1].submission, done.submission);
        for version in &record.versions {
            let receipt = wait(here.registry.version_receipt(here.person(1), record.record, version.version));
            let (leaf, statement) = prove_receipt(&here.registry, &receipt.unwrap().unwrap());
            assert_eq!(leaf, version.leaf);
            assert_eq!(statement["what"], version.change.as_str());
            assert_eq!(statement["version"], version.version);
        }
        prove_log(&here.registry);
    }

    fn the_same_row_and_the_same_correction_again_change_nothing(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let first = SourceRow::licence(1);
        let corrected = first.clone().with("scope", "律师（专职）").correcting();
        here.file(LAW, RecordKind::Licence, std::slice::from_ref(&first));
        let again = here.file(LAW, RecordKind::Licence, &[first]);
        assert_eq!(here.outcomes(LAW, &again), [(Unchanged, None)]);
        here.file(LAW, RecordKind::Licence, std::slice::from_ref(&corrected));
        for words in ["更正笔误", "同一更正，另一说明"] {
            let again = here.file(LAW, RecordKind::Licence, &[corrected.clone().with("correction", words)]);
            assert_eq!(here.outcomes(LAW, &again), [(Unchanged, None)]);
        }
        assert_eq!(here.file_of(1).records[0].versions.len(), 2);
    }

    fn other_content_without_the_mark_of_a_correction_is_a_conflict(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let other = SourceRow::licence(1).with("scope", "律师（专职）");
        // The document of one person is not another's either, marked or not.
        let taken = SourceRow::licence(2).document("甘许〔2020〕0000001号");
        let done = here.file(LAW, RecordKind::Licence, &[other, taken.clone(), taken.correcting()]);
        let conflict = (Rejected, Some("document-conflict"));
        assert_eq!(here.outcomes(LAW, &done), [conflict, conflict, conflict]);
        let record = &here.file_of(1).records[0];
        assert_eq!(record.versions.len(), 1);
        assert_eq!(record.fields["scope"], "律师");
    }

    fn a_correction_of_what_is_not_there_is_unknown(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1).correcting()]);
        assert_eq!(here.outcomes(LAW, &done), [(Rejected, Some("correction-unknown"))]);
        let person = testkit::made_up(1);
        assert_eq!(wait(here.registry.find_person(&person.number, &person.name)).unwrap(), None);
    }

    fn a_correction_in_the_same_file_follows_the_row_that_it_corrects(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let first = SourceRow::licence(1);
        let corrected = first.clone().with("scope", "律师（专职）").correcting();
        let twice = first.clone().with("scope", "律师（兼职）").correcting();
        let done = here.file(LAW, RecordKind::Licence, &[first.clone(), corrected, twice, first]);
        // The last row is the document as it was before its corrections: not what stands now.
        let conflict = (Rejected, Some("document-conflict"));
        assert_eq!(here.outcomes(LAW, &done), [(Accepted, None), (Accepted, None), (Accepted, None), conflict]);
        let record = &here.file_of(1).records[0];
        let versions: Vec<i64> = record.versions.iter().map(|one| one.version).collect();
        assert_eq!(versions, [1, 2, 3]);
        assert_eq!(record.fields["scope"], "律师（兼职）");
    }

    fn a_number_with_two_names_is_a_mismatch_and_never_a_merge(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let done = here.file("education-department", RecordKind::Licence, &[
            SourceRow::teacher(1).with("name", "虚一名"),
            SourceRow::teacher(1),
        ]);
        let mismatch = (Rejected, Some("name-mismatch"));
        assert_eq!(here.outcomes("education-department", &done), [mismatch, (Accepted, None)]);
        // Two names for an unknown number in one file: the first one stands.
        let done = here.file(LAW, RecordKind::Licence, &[
            SourceRow::licence(2),
            SourceRow::licence(2).with("name", "虚一名").document("甘许〔2020〕一号"),
        ]);
        assert_eq!(here.outcomes(LAW, &done), [(Accepted, None), mismatch]);
        assert_eq!(here.file_of(1).records.len(), 2);
    }

    fn a_decision_that_names_another_persons_licence_is_turned_away(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1), SourceRow::licence(2)]);
        here.file("education-department", RecordKind::Licence, &[SourceRow::teacher(1)]);
        let done = here.file(LAW, RecordKind::Decision, &[
            SourceRow::decision(1).with("licence_number", "LAW-00000002"),
            SourceRow::decision(1).with("licence_number", "LAW-99999999"),
            // The person's own licence, but of another profession.
            SourceRow::decision(1).with("licence_number", "TEA-00000001"),
            SourceRow::decision(1),
        ]);
        let unknown = (Rejected, Some("licence-unknown"));
        assert_eq!(here.outcomes(LAW, &done), [unknown, unknown, unknown, (Accepted, None)]);
        assert_eq!(here.file_of(2).records.len(), 1);
    }

    fn whether_somebody_holds_a_licence_is_not_told_by_rows_that_are_refused_in_any_case(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1), SourceRow::licence(2)]);
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        let (held, not_held) = ("LAW-00000002", "LAW-99999999");
        for licence in [held, not_held] {
            let about = |n: u32| SourceRow::decision(n).with("licence_number", licence);
            let unknown = about(2).correcting();
            let elses = about(2).document("甘律罚〔2026〕00001号");
            let done = here.file(LAW, RecordKind::Decision, &[unknown, elses]);
            let refused = [(Rejected, Some("correction-unknown")), (Rejected, Some("document-conflict"))];
            assert_eq!(here.outcomes(LAW, &done), refused, "{licence}");
        }
    }

    fn a_decision_is_put_right_also_when_its_licence_was_withdrawn_since(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        withdraw_licence(&here);
        let put_right = SourceRow::decision(1).with("penalty_content", "另一内容").correcting();
        let done = here.file(LAW, RecordKind::Decision, &[put_right]);
        assert_eq!(here.outcomes(LAW, &done), [(Accepted, None)]);
        let another = SourceRow::decision(1).with("licence_number", "LAW-99999999").correcting();
        let done = here.file(LAW, RecordKind::Decision, &[another]);
        assert_eq!(here.outcomes(LAW, &done), [(Rejected, Some("licence-unknown"))]);
    }

    fn the_heading_for_corrections_of_the_profile_is_understood(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let csv = licences_csv(1, 2);
        here.submit(LAW, RecordKind::Licence, "licences.csv", csv.clone()).unwrap();
        let lines: Vec<&str> = csv.lines().collect();
        let changed = lines[1].replace("LAW-00000001,律师", "LAW-00000001,律师（专职）");
        assert_ne!(changed, lines[1]);
        // A correction and, in the same file, a row whose field for corrections is empty.
        let file = format!("{},更正说明\r\n{changed},执业范围更正\r\n{},\r\n", lines[0], lines[2]);
        let done = here.submit(LAW, RecordKind::Licence, "corrections.csv", file).unwrap();
        assert_eq!(here.outcomes(LAW, &done), [(Accepted, None), (Unchanged, None)]);
        assert_eq!(here.file_of(1).records[0].versions.len(), 2);
        assert_eq!(here.file_of(2).records[0].versions.len(), 1);
    }
}
