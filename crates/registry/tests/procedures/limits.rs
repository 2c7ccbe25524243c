//! Limits of due process: nothing that a party said can be read by who takes no part, files are what they say they are,
//! and what is erased takes with it what was said about it.

use std::collections::BTreeSet;

use model::{RecordKind, procedure::Speaker};
use registry::{DisputeAnswer, OpenDispute, Reader};
use testkit::{Installation, on_both_engines, prove_log, wait};

use crate::kit::*;

fn open_with(
    here: &Installation,
    files: Vec<Vec<u8>>,
) -> Result<model::ProcedureId, registry::ProcedureError> {
    let wish = OpenDispute {
        files,
        ..a_dispute(decision(here))
    };
    wait(here.registry.open_dispute(here.person(1), wish))
}

/// Whether these bytes are anywhere in the installation.
fn anywhere(here: &Installation, wanted: &[u8]) -> bool {
    let stored = here.store.every_byte(here.folder.path());
    stored
        .iter()
        .any(|(_, bytes)| bytes.windows(wanted.len()).any(|part| part == wanted))
}

/// A whole PDF of this length.
fn pdf_of(bytes: usize) -> Vec<u8> {
    let mut content = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n".to_vec();
    let end = b"xref\ntrailer\n<<>>\nstartxref\n29\n%%EOF\n";
    content.resize(bytes - end.len(), b' ');
    content.extend(end);
    content
}

on_both_engines! {
    fn a_file_is_taken_for_what_is_in_it_and_never_for_its_name(engine: Engine) {
        let here = filled(engine);
        let page = b"<html>evidence.pdf</html>".to_vec();
        let behind = [b"%PDF-1.7\n".to_vec(), page.clone()].concat();
        let archive = b"PK\x03\x04 evidence.png".to_vec();
        let cut = png()[..20].to_vec();
        for wrong in [page, behind, archive, cut] {
            assert_eq!(code(open_with(&here, vec![pdf(), wrong])), "file-kind-unknown");
        }
        assert_eq!(code(open_with(&here, vec![Vec::new()])), "file-empty");
        assert_eq!(code(open_with(&here, vec![pdf(); 6])), "files-too-many");
        assert_eq!(code(open_with(&here, vec![pdf_of(10 * 1024 * 1024 + 1)])), "file-too-long");
        assert_eq!((here.store.rows("procedure"), here.store.rows("procedure_file")), (0, 0));
        let whole = pdf_of(10 * 1024 * 1024);
        let files = vec![whole.clone(), png(), jpeg()];
        let id = open_with(&here, files.clone()).unwrap();
        let course = serde_json::to_value(view(&here, id).course.unwrap()).unwrap();
        let listed = course["opening"]["files"].as_array().unwrap();
        let kinds: Vec<_> = listed.iter().map(|one| one["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["pdf", "png", "jpeg"]);
        for (one, content) in listed.iter().zip(&files) {
            let file = one["file"].as_str().unwrap().parse().unwrap();
            let read = wait(here.registry.procedure_file(Reader::Body(LAW.to_owned()), id, file)).unwrap();
            assert!(&read == content);
            let refused = wait(here.registry.procedure_file(Reader::Body(HOSPITAL.to_owned()), id, file));
            assert_eq!(code(refused), "procedure-unknown");
        }
        let none = model::FileId::from_bytes([1; 16]);
        assert_eq!(code(wait(here.registry.procedure_file(Reader::Body(LAW.to_owned()), id, none))), "file-unknown");
    }

    fn what_stands_behind_a_picture_is_kept_nowhere(engine: Engine) {
        let here = filled(engine);
        let film = b"ftypmp42 and <script>made up</script>\xff\xd9";
        let id = open_with(&here, vec![[&jpeg()[..], film].concat()]).unwrap();
        let course = serde_json::to_value(view(&here, id).course.unwrap()).unwrap();
        let listed = &course["opening"]["files"][0];
        assert_eq!((&listed["kind"], &listed["bytes"]), (&"jpeg".into(), &jpeg().len().into()));
        let file = listed["file"].as_str().unwrap().parse().unwrap();
        let read = wait(here.registry.procedure_file(Reader::Body(LAW.to_owned()), id, file)).unwrap();
        assert_eq!(read, jpeg());
    }

    fn nothing_that_was_said_stands_readable_and_an_erasure_takes_it_too(engine: Engine) {
        let here = fined(unchanged(engine));
        let say = |text: &str| OpenDispute {
            by: Speaker::Person,
            record: decision(&here),
            field: None,
            text: text.to_owned(),
            files: vec![pdf(), png()],
        };
        let id = wait(here.registry.open_dispute(here.person(1), say("telltale-text"))).unwrap();
        let uphold = wait(here.registry.answer_dispute(LAW, id, DisputeAnswer::Uphold, "telltale-reasons".to_owned()));
        uphold.unwrap();
        wait(here.registry.add_statement(here.person(1), Speaker::Person, id, "telltale-words".to_owned())).unwrap();
        complain(&here);
        let waiting = wait(here.registry.open_dispute(here.person(1), say("telltale-again"))).unwrap();
        for secret in [&b"telltale"[..], b"xref\ntrailer"] {
            assert!(!anywhere(&here, secret));
        }
        assert_eq!(here.store.rows("procedure_file"), 4);
        let sealed = |here: &Installation| {
            let found = here.store.store.run("test.sealed", storage::Access::Read, |tx| {
                let rows = tx.query("SELECT sealed_state FROM procedure WHERE sealed_state IS NOT NULL", &[])?;
                rows.into_iter().map(|mut row| row.blob()).collect::<Result<Vec<_>, storage::StoreError>>()
            });
            found.unwrap()
        };
        let before = sealed(&here);
        assert_eq!(before.len(), 3);
        on(&here, "2031-11-11");
        let left = sealed(&here);
        assert_eq!((left.len(), here.store.rows("procedure_file")), (1, 0), "the complaint is about no record");
        assert_eq!(before.iter().filter(|one| anywhere(&here, one)).count(), 0, "the complaint went on since");
        for id in [id, waiting] {
            let view = view(&here, id);
            assert!(view.course.is_none() && view.possible.is_empty());
            assert!(view.timeline.len() > 1, "which steps there were stays");
            assert!(!view.summary.late && view.summary.waits_for.is_none(), "nobody has to do anything any more");
            let read = wait(here.registry.read_procedure(Reader::Person(here.person(1)), id)).unwrap();
            assert!(read.course.is_none() && read.timeline == view.timeline, "they read what is left of it");
        }
        let erased = here.file_of(1).records.into_iter().find(|one| one.kind == RecordKind::Decision).unwrap();
        assert!(!erased.disputed && !erased.withheld && erased.statements.is_empty());
        assert_eq!(wait(here.registry.overdue()).unwrap().len(), 1, "the complaint alone");
        // That there were some stays, as with the record.
        assert!(steps(&here, "dispute:open") == 2 && view(&here, id).summary.record == Some(erased.record));
        // The complaint keeps who they are until it is answered; then it goes with them.
        on(&here, "2040-05-05");
        assert_eq!(here.store.rows("person"), 1);
        let complaint = wait(here.registry.overdue()).unwrap().remove(0).procedure;
        wait(here.registry.take_back_procedure(here.person(1), Speaker::Person, complaint)).unwrap();
        on(&here, "2040-05-06");
        assert_eq!(here.store.rows("person"), 0);
        assert!(sealed(&here).is_empty());
        prove_log(&here.registry);
    }

    fn an_older_copy_that_is_put_back_lets_nobody_wait_for_what_is_destroyed(engine: Engine) {
        let here = fined(unchanged(engine));
        complain(&here);
        dispute(&here);
        let (here, copy) = here.copy();
        let complaint = view_of_kind(&here, model::procedure::ProcedureKind::Complaint);
        wait(here.registry.take_back_procedure(here.person(1), Speaker::Person, complaint)).unwrap();
        on(&here, "2040-05-05");
        assert_eq!(here.store.rows("person"), 0);
        let here = here.restore(&copy);
        assert_eq!(here.store.rows("person"), 0);
        here.registry.do_what_is_due().unwrap();
        assert!(wait(here.registry.overdue()).unwrap().is_empty());
        assert!(wait(here.registry.desk_procedures(LAW)).unwrap().iter().all(|one| one.waits_for.is_none()));
    }

    fn limit_2_what_waits_is_listed_by_what_is_due_and_names_nobody(engine: Engine) {
        let here = filled(engine);
        give(&here, HOSPITAL);
        reconsidered(&here);
        complain(&here);
        dispute(&here);
        on(&here, "2027-01-20");
        let lists = serde_json::json!([
            wait(here.registry.desk_procedures(LAW)).unwrap(),
            wait(here.registry.reviewer_procedures(&reviewer("first"))).unwrap(),
            wait(here.registry.overdue()).unwrap(),
            wait(here.registry.body_notices(LAW)).unwrap(),
            wait(here.registry.body_notices(HOSPITAL)).unwrap(),
            wait(here.registry.reviewer_notices(&reviewer("first"))).unwrap(),
        ]);
        assert!(lists.as_array().unwrap().iter().all(|list| !list.as_array().unwrap().is_empty()));
        let text = lists.to_string();
        let person = testkit::made_up(1);
        for secret in [here.person(1).to_string(), person.name, person.number, "this is not so".to_owned()] {
            assert!(!text.contains(&secret), "{secret} is listed");
        }
        let desk = wait(here.registry.desk_procedures(LAW)).unwrap();
        let days: Vec<_> = desk.iter().filter(|one| one.waits_for.as_deref() == Some(LAW)).map(|one| one.due_on).collect();
        assert!(days.is_sorted(), "the first due first");
    }

    fn limit_3_a_dispute_and_a_restoration_reach_nobody_in_another_profession(engine: Engine) {
        let here = fined(unchanged(engine));
        here.file(SCHOOLS, RecordKind::Licence, &[testkit::SourceRow::teacher(1)]);
        on(&here, "2027-02-10");
        give(&here, HOSPITAL);
        let id = dispute(&here);
        answer(&here, id, DisputeAnswer::Uphold).unwrap();
        granted(&here);
        for body in here.registry.profile().authorities.keys().chain(here.registry.profile().inquirers.keys()) {
            let expected = [LAW, HOSPITAL].contains(&body.as_str());
            assert_eq!(!inbox(&here, body).is_empty(), expected, "{body}");
        }
    }

    fn limit_6_every_step_and_every_reading_shows_to_the_person_with_a_receipt(engine: Engine) {
        let here = filled(engine);
        let id = reconsidered(&here);
        assign(&here, id, "first").unwrap();
        wait(here.registry.read_procedure(Reader::Reviewer(reviewer("first")), id)).unwrap();
        let order = wait(here.registry.answer_reconsideration(reviewer("first"), id, None, "so it is".to_owned()));
        order.unwrap();
        let person = here.person(1);
        let mut wanted = BTreeSet::new();
        for event in here.file_of(1).events {
            if event.subject == Some(id.to_string()) {
                let receipt = wait(here.registry.event_receipt(person, event.event)).unwrap().unwrap();
                testkit::prove_receipt(&here.registry, &receipt);
                wanted.insert(event.purpose);
            }
        }
        let expected = ["reconsideration", "reconsideration:assign", "reconsideration:confirm", "reconsideration:open"];
        assert_eq!(wanted.into_iter().collect::<Vec<_>>(), expected);
        assert_eq!(here.file_of(1).events.len() as i64, here.store.rows("event"), "nothing stays hidden");
    }
}

fn view_of_kind(here: &Installation, kind: model::procedure::ProcedureKind) -> model::ProcedureId {
    let all = wait(here.registry.procedures_of(here.person(1))).unwrap();
    all.into_iter()
        .find(|one| one.summary.kind == kind)
        .unwrap()
        .summary
        .procedure
}
