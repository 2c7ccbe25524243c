//! Whoever holds a receipt can have it proved that nothing of what it speaks of can be read any more.

use model::{
    RecordKind,
    procedure::{Matter, Speaker},
};
use registry::{Chosen, Complain, ErasureProof, ErasureProofError, EventKind, OpenDispute};
use storage::{Access, Param};
use testkit::{SourceRow, made_up, on_both_engines, wait};

use crate::restores::lived_in;

fn failing(proof: &ErasureProof) -> Vec<&str> {
    proof
        .checks
        .iter()
        .filter(|one| !one.holds)
        .map(|one| one.words.en.as_str())
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
            "versions of the record: 1 of 1 can still be read",
            "certificates about it: 1 of 1 can still be read",
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
        assert_eq!(failing(&here.registry.prove_erased(&filed).unwrap()), ["versions of the record: 1 of 1 can still be read"]);
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
        assert!(proof.checks.iter().any(|one| one.words.en.contains("other records of theirs are held")));
        here.file("law-bureau", RecordKind::Licence, &[SourceRow::licence(3)]);
    }

    fn it_looks_at_procedures_their_files_and_certificates_that_showed_it(engine: Engine) {
        let here = lived_in(engine);
        here.file("law-bureau", RecordKind::Training, &[SourceRow::training(1, "一", 24, "2025-06-20")]);
        let person = here.person(1);
        let of_kind = |kind| here.file_of(1).records.into_iter().find(|one| one.kind == kind).unwrap().record;
        let (licence, training) = (of_kind(RecordKind::Licence), of_kind(RecordKind::Training));
        let chosen = Chosen { training: [2025].into(), ..Chosen::default() };
        wait(here.registry.issue_certificate_with(person, licence, None, chosen)).unwrap();
        let filed = wait(here.registry.version_receipt(person, training, 1)).unwrap().unwrap();
        here.at("2035-06-10T04:00:00Z");
        let file = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\ntrailer\n<<>>\nstartxref\n29\n%%EOF\n".to_vec();
        let say = OpenDispute {
            by: Speaker::Person,
            record: training,
            field: None,
            text: "this is not so".to_owned(),
            files: vec![file],
        };
        wait(here.registry.open_dispute(person, say)).unwrap();
        assert_eq!(failing(&here.registry.prove_erased(&filed).unwrap())[..4], [
            "versions of the record: 1 of 1 can still be read",
            "certificates about another record that showed it: 1 of 1 can still be read",
            "procedures about it: 1 of 1 can still be read",
            "files that were put to such procedures: 1 of 1 can still be read",
        ]);

        here.at("2035-06-21T04:00:00Z");
        here.registry.do_what_is_due().unwrap();
        let proof = here.registry.prove_erased(&filed).unwrap();
        assert_eq!(failing(&proof), [""; 0]);
        // It says what it looked at.
        let words: Vec<_> = proof.checks.iter().map(|one| one.words.en.as_str()).collect();
        for said in [
            "certificates about it: there are none",
            "certificates about another record that showed it: looked at 1, and none has a key or anything in it any more",
            "procedures about it: looked at 1, and none has a key or anything in it any more",
            "files that were put to such procedures: there are none",
            "alerts about it: there are none",
        ] {
            assert!(words.contains(&said), "{said} in {words:?}");
        }
        // A certificate that shows nothing of it keeps its text, and what somebody puts back is found.
        let texts = wait(here.registry.certificates(person)).unwrap();
        assert_eq!(texts.iter().filter(|one| one.text.is_empty()).count(), 1);
        here.store.store.run("test.put-back", Access::Write, move |tx| {
            let key = [Param::Blob(b"sealed"), Param::Blob(person.as_bytes()), Param::Blob(training.as_bytes())];
            tx.execute("UPDATE procedure SET sealed_state = $1 WHERE person = $2 AND record = $3", &key)
        }).unwrap();
        let found = here.registry.prove_erased(&filed).unwrap();
        assert_eq!(failing(&found), ["procedures about it: 1 of 1 can still be read"]);
    }

    fn what_was_complained_of_without_a_key_and_a_person_with_all_of_theirs_are_proved_too(engine: Engine) {
        let here = lived_in(engine);
        here.registry.add_reviewer("first", "测试员", None).unwrap();
        let person = here.person(1);
        let complain = |text: &str| {
            let wish = Complain {
                by: Speaker::Person,
                about: Matter::Other,
                look: None,
                body: None,
                text: text.to_owned(),
                files: Vec::new(),
            };
            let id = wait(here.registry.open_complaint(person, wish)).unwrap();
            wait(here.registry.take_back_procedure(person, Speaker::Person, id)).unwrap();
        };
        complain("of something");
        let receipt_of = |kind| {
            let event = here.file_of(1).events.into_iter().find(|one| one.kind == kind).unwrap();
            wait(here.registry.event_receipt(person, event.event)).unwrap().unwrap()
        };
        here.at("2040-05-05T00:00:00Z");
        here.registry.do_what_is_due().unwrap();
        let identity = receipt_of(EventKind::IdentityErased);
        let proof = here.registry.prove_erased(&identity).unwrap();
        assert_eq!(failing(&proof), [""; 0]);
        let words: Vec<_> = proof.checks.iter().map(|one| one.words.en.as_str()).collect();
        let looked = "procedures of theirs: looked at 1, and none has a key or anything in it any more";
        assert!(words.contains(&looked), "{words:?}");
        // What they say since is none of it, and is proved by its own receipt.
        complain("of another thing");
        assert_eq!(failing(&here.registry.prove_erased(&identity).unwrap()), [""; 0]);
        here.at("2040-11-06T00:00:00Z");
        here.registry.do_what_is_due().unwrap();
        let erased = receipt_of(EventKind::ProcedureErased);
        let proof = here.registry.prove_erased(&erased).unwrap();
        assert_eq!((failing(&proof).len(), proof.checks.len()), (0, 5));
    }

    fn a_key_that_is_kept_for_a_letter_says_so(engine: Engine) {
        let here = lived_in(engine);
        let person = here.person(1);
        wait(here.registry.set_email(person, Some("made-up@example.org".to_owned()))).unwrap();
        let licence = here.file_of(1).records.into_iter().find(|one| one.kind == RecordKind::Licence).unwrap().record;
        let filed = wait(here.registry.version_receipt(person, licence, 1)).unwrap().unwrap();
        here.at("2040-05-01T00:00:00Z");
        here.registry.do_what_is_due().unwrap();
        let say = OpenDispute {
            by: Speaker::Person,
            record: licence,
            field: None,
            text: "this is not so".to_owned(),
            files: Vec::new(),
        };
        wait(here.registry.open_dispute(person, say)).unwrap();
        here.at("2040-05-05T00:00:00Z");
        here.registry.do_what_is_due().unwrap();
        let proof = here.registry.prove_erased(&filed).unwrap();
        assert_eq!(failing(&proof), [""; 0]);
        assert!(proof.checks.iter().any(|one| one.words.en.contains("a letter to them leaves first")));
        here.at("2040-05-06T00:00:00Z");
        here.registry.do_what_is_due().unwrap();
        let proof = here.registry.prove_erased(&filed).unwrap();
        assert_eq!(failing(&proof), [""; 0]);
        assert!(proof.checks.iter().any(|one| one.words.en.contains("nothing else of theirs is held")));
    }
}
