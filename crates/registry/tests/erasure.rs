//! What the end of a retention period promises: the content is destroyed and cannot come back, and all that
//! stays is that there was something.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use model::{RecordKind, RecordStatus};
use registry::{Due, EventKind, INSTALLATION, RowOutcome::Unchanged};
use storage::{Access, Param};
use testkit::{Installation, SourceRow, on_both_engines, prove_log, prove_receipt, wait};

const LAW: &str = "law-bureau";

/// The sealed contents of a person's decisions.
fn sealed(here: &Installation, n: u32) -> Vec<Vec<u8>> {
    let person = here.person(n);
    let found = here.store.store.run("test.sealed", Access::Read, move |tx| {
        let select = "SELECT sealed_content, wrapped_key FROM record_version \
                      WHERE person = $1 AND kind = 'decision' AND sealed_content IS NOT NULL";
        let rows = tx.query(select, &[Param::Blob(person.as_bytes())])?;
        let mut found = Vec::new();
        for mut row in rows {
            found.extend([row.blob()?, row.blob()?]);
        }
        Ok::<_, storage::StoreError>(found)
    });
    found.unwrap()
}

/// Whether these bytes are anywhere in the installation.
fn anywhere(here: &Installation, wanted: &[u8]) -> bool {
    let stored = here.store.every_byte(here.folder.path());
    assert!(!stored.is_empty());
    stored
        .iter()
        .any(|(_, bytes)| bytes.windows(wanted.len()).any(|part| part == wanted))
}

on_both_engines! {
    fn past_its_retention_period_a_decision_is_destroyed(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1).with("facts", "更正后的事实").correcting()]);
        let person = here.person(1);
        let decision = here.file_of(1).records[0].clone();
        assert_eq!(decision.days.kept_until.unwrap().to_string(), "2031-11-10");
        let secrets = sealed(&here, 1);
        assert_eq!(secrets.len(), 4);
        assert!(anywhere(&here, &secrets[0]), "the search finds what is there");

        // The last day in the profile's time zone still counts.
        here.at("2031-11-10T15:59:59Z");
        assert_eq!(here.registry.do_what_is_due().unwrap(), Due::default());
        let before = here.file_of(1).records[0].clone();
        assert_eq!(before.status, RecordStatus::Expired);
        assert_eq!(before.fields["facts"], "更正后的事实");
        let receipt = wait(here.registry.version_receipt(person, decision.record, 1)).unwrap().unwrap();
        let size = prove_log(&here.registry);

        here.at("2031-11-10T16:00:00Z");
        assert_eq!(here.file_of(1).records[0].status, RecordStatus::Erased, "even before it is done");
        assert_eq!(here.registry.do_what_is_due().unwrap(), Due { revoked: 0, erased: 1 });
        assert_eq!(here.registry.do_what_is_due().unwrap(), Due::default(), "once is enough");

        let file = here.file_of(1);
        let erased = file.records.iter().find(|one| one.record == decision.record).unwrap();
        assert_eq!(erased.status, RecordStatus::Erased);
        assert!(erased.fields.is_empty());
        assert_eq!(erased.versions.len(), 2);
        assert!(erased.versions.iter().all(|version| version.fields.is_none()));
        for version in [1, 2] {
            assert!(wait(here.registry.version_receipt(person, decision.record, version)).unwrap().is_none());
        }
        let events: Vec<_> = file.events.iter().filter(|one| one.kind == EventKind::Erased).collect();
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].actor, INSTALLATION);
        assert_eq!(events[0].subject.as_deref(), Some(decision.record.to_string().as_str()));
        let proof = wait(here.registry.event_receipt(person, events[0].event)).unwrap().unwrap();
        assert_eq!(prove_receipt(&here.registry, &proof).1["what"], "erased");
        // Nothing left the log: what was proved before is proved still.
        assert!(prove_log(&here.registry) > size);
        prove_receipt(&here.registry, &receipt);
        // The licence is kept.
        let licence = file.records.iter().find(|one| one.kind == RecordKind::Licence).unwrap();
        assert_eq!(licence.status, RecordStatus::InForce);

        let here = here.reopen();
        if here.store.config().is_none() {
            // The bytes themselves are overwritten. A server clears its pages in its own time.
            for secret in &secrets {
                assert!(!anywhere(&here, secret), "sealed bytes are still on disk");
            }
        }
        assert!(sealed(&here, 1).is_empty());
        prove_log(&here.registry);
    }

    fn what_is_erased_does_not_come_back_by_sending_it_again(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        here.at("2031-11-11T00:00:00Z");
        here.registry.do_what_is_due().unwrap();
        let again = here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        assert_eq!(here.outcomes(LAW, &again), [(Unchanged, None)]);
        assert_eq!(here.file_of(1).records[0].status, RecordStatus::Erased);
        // A certificate says nothing of it.
        let licence = here.file_of(1).records[1].record;
        wait(here.registry.issue_certificate(here.person(1), licence, None)).unwrap();
    }

    fn a_prohibition_is_kept_while_it_lasts(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let prohibition =
            SourceRow::decision(1).with("penalty", "限制从业").with("disclosure_ends_on", "2033-01-31");
        here.file(LAW, RecordKind::Decision, &[prohibition]);
        here.at("2033-01-31T15:59:59Z");
        assert_eq!(here.registry.do_what_is_due().unwrap(), Due::default());
        assert_eq!(here.file_of(1).records[0].status, RecordStatus::InForce);
        here.at("2033-01-31T16:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 1);
    }

    fn rejected_rows_are_kept_for_the_sender_and_then_destroyed(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1).with("valid_from", "x")]);
        let rejected = || {
            let mut out = Vec::new();
            here.registry.rejected_csv(LAW, done.submission, intake::MessageLanguage::Zh, &mut out).unwrap();
            out.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count()
        };
        here.later(30 * 24);
        here.registry.do_what_is_due().unwrap();
        assert_eq!(rejected(), 2, "a heading and a row");
        here.later(1);
        here.registry.do_what_is_due().unwrap();
        assert_eq!(rejected(), 1, "the heading alone");
    }
}
