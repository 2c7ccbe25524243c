//! Whoever holds a receipt can have it proved that nothing of what it speaks of can be read any more.

use model::RecordKind;
use registry::{ErasureProof, ErasureProofError, EventKind};
use storage::{Access, Param};
use testkit::{SourceRow, made_up, on_both_engines, wait};

use crate::restores::lived_in;

fn failing(proof: &ErasureProof) -> Vec<&str> {
    proof
        .checks
        .iter()
        .filter(|one| !one.holds)
        .map(|one| one.words.as_str())
        .collect()
}

on_both_engines! {
    fn a_receipt_of_a_filing_or_of_an_erasure_proves_the_end_of_it(engine: Engine) {
        let (here, copy) = lived_in(engine).copy();
        let person = here.person(1);
        let licence = here.file_of(1).records.iter().find(|one| one.kind == RecordKind::Licence).unwrap().record;
        let filed = wait(here.registry.version_receipt(person, licence, 1)).unwrap().unwrap();
        let before = here.registry.prove_erased(&filed).unwrap();
        assert!(!before.holds());
        assert_eq!(failing(&before), [
            "1 versions of the record can still be read",
            "1 certificates about it can still be read",
            "the log holds no erasure of it",
            "the erasure is not written apart: an older copy would bring it back",
        ]);

        here.at("2040-05-05T00:00:00Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(failing(&here.registry.prove_erased(&filed).unwrap()), [""; 0]);
        let file = here.file_of(1);
        for event in file.events.iter().filter(|one| matches!(one.kind, EventKind::Erased | EventKind::IdentityErased)) {
            let receipt = wait(here.registry.event_receipt(person, event.event)).unwrap().unwrap();
            assert_eq!(failing(&here.registry.prove_erased(&receipt).unwrap()), [""; 0]);
        }
        // A receipt of something else proves nothing, nor does a changed one.
        let look = file.events.iter().find(|one| one.kind == EventKind::OwnLook).unwrap();
        let look = wait(here.registry.event_receipt(person, look.event)).unwrap().unwrap();
        let refused = here.registry.prove_erased(&look);
        assert!(matches!(refused, Err(ErasureProofError::OtherReceipt)), "{refused:?}");
        let mut changed = filed.clone();
        changed.statement = changed.statement.replace("\"version\":1", "\"version\":2");
        assert_eq!(failing(&here.registry.prove_erased(&changed).unwrap()).len(), 1);

        // It holds on an older copy too, and a key that somebody puts back is found.
        let here = here.restore(&copy);
        let still = here.registry.prove_erased(&filed).unwrap();
        assert_eq!(failing(&still), [""; 0]);
        let id = here.registry.keys().person(&made_up(1).number);
        here.store.store.run("test.put-back", Access::Write, move |tx| {
            tx.execute(
                "UPDATE record_version SET wrapped_key = $1 WHERE person = $2 AND kind = 'licence'",
                &[Param::Blob(b"key"), Param::Blob(id.as_bytes())],
            )?;
            tx.execute(
                "UPDATE record_version SET sealed_content = $1 WHERE person = $2 AND kind = 'licence'",
                &[Param::Blob(b"content"), Param::Blob(id.as_bytes())],
            )
        }).unwrap();
        assert_eq!(failing(&here.registry.prove_erased(&filed).unwrap()), ["1 versions of the record can still be read"]);
    }

    fn the_key_of_a_person_of_whom_more_is_held_is_kept(engine: Engine) {
        let here = lived_in(engine);
        let person = here.person(1);
        let decision = here.file_of(1).records.iter().find(|one| one.kind == RecordKind::Decision).unwrap().record;
        let filed = wait(here.registry.version_receipt(person, decision, 1)).unwrap().unwrap();
        here.at("2031-11-11T00:00:00Z");
        here.registry.do_what_is_due().unwrap();
        let proof = here.registry.prove_erased(&filed).unwrap();
        assert!(proof.holds(), "{:?}", failing(&proof));
        assert!(proof.checks.iter().any(|one| one.words.contains("other records of theirs are held")));
        here.file("law-bureau", RecordKind::Licence, &[SourceRow::licence(3)]);
    }
}
