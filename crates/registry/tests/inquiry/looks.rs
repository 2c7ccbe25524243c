//! Looks: logged first whatever comes of them, told at once, with a receipt; the body is known by name.

use model::EventId;
use registry::{EventKind, InquiryAnswer, InquiryError, NoticeKind, Under};
use storage::{Access, Param};
use testkit::{SourceRow, made_up, on_both_engines, prove_log, prove_receipt, under_law, wait};

use crate::kit::*;

on_both_engines! {
    fn looks_at_two_people_are_two_whatever_their_sender_signs_twice(engine: Engine) {
        let here = filled(engine);
        let signed = |n| {
            let mut request = by_law(n);
            request.nonce = Some(("made-up-nonce-1".to_owned(), i64::MAX));
            look(&here, request)
        };
        let (one, two) = (signed(1).unwrap(), signed(2).unwrap());
        assert_ne!(one.look, two.look);
        assert!(matches!(signed(1), Err(InquiryError::Replayed)));
    }

    fn a_refusal_and_a_look_that_found_nothing_are_logged_and_show_to_the_person(engine: Engine) {
        let here = filled(engine);
        let leaves = wait(here.registry.log_summary()).unwrap().size;
        let mut refused = by_law(1);
        refused.profession = "doctor".to_owned();
        assert_eq!(code(&look(&here, refused)), "other-profession");
        let mut misnamed = by_law(1);
        misnamed.name = "虚一名".to_owned();
        assert_eq!(code(&look(&here, misnamed)), "nobody-known");
        assert_eq!(events(&here, 1, EventKind::LookRefused), 1);
        assert_eq!(events(&here, 1, EventKind::LookFoundNothing), 1);
        let person = here.person(1);
        for event in here.file_of(1).events.iter().filter(|event| event.kind != EventKind::OwnLook) {
            assert_eq!((event.actor.as_str(), event.staff.as_deref()), (LAW, Some("clerk")));
            let receipt = wait(here.registry.event_receipt(person, event.event)).unwrap().unwrap();
            let (_, statement) = prove_receipt(&here.registry, &receipt);
            assert_eq!(statement["staff"], "clerk");
            let detail = wait(here.registry.look_detail(person, event.event)).unwrap().unwrap();
            assert!(["other-profession", "nothing"].contains(&detail.outcome.as_str()));
            assert_eq!(detail.case.is_none(), detail.outcome == "nothing", "words that may be about somebody else");
        }
        let after = wait(here.registry.log_summary()).unwrap().size;
        assert!(after >= leaves + 2);
        prove_log(&here.registry);
    }

    fn a_look_at_somebody_unknown_shows_once_they_have_a_file(engine: Engine) {
        let here = filled(engine);
        assert_eq!(code(&look(&here, by_law(7))), "nobody-known");
        here.file(LAW, model::RecordKind::Licence, &[SourceRow::licence(7)]);
        assert_eq!(events(&here, 7, EventKind::LookFoundNothing), 1);
    }

    fn what_is_no_identity_number_and_what_is_no_purpose_is_logged_without_its_text(engine: Engine) {
        let here = filled(engine);
        let mut malformed = by_law(1);
        malformed.id_number = "telltale-number".to_owned();
        assert_eq!(code(&look(&here, malformed)), "nobody-known");
        assert_eq!(count(&here, "oversight_step", "change", "number-malformed"), 1);
        let mut unregistered = by_law(1);
        unregistered.purpose = "telltale-purpose".to_owned();
        assert_eq!(code(&look(&here, unregistered)), "purpose-unknown");
        assert_eq!(events(&here, 1, EventKind::LookRefused), 1);
        for (place, bytes) in here.store.every_byte(here.folder.path()) {
            assert!(!bytes.windows(9).any(|part| part == b"telltale-"), "{place}");
        }
    }

    fn only_named_members_of_staff_look(engine: Engine) {
        let here = filled(engine);
        let mut nobody = by_law(1);
        nobody.asker = "found-key".to_owned();
        assert_eq!(code(&look(&here, nobody)), "staff-unknown");
        here.registry.stop_staff(LAW, "clerk").unwrap();
        assert_eq!(code(&look(&here, by_law(1))), "staff-stopped");
        assert_eq!(events(&here, 1, EventKind::LookRefused), 2);
        let staff = wait(here.registry.staff(LAW)).unwrap();
        assert!(staff.len() == 1 && staff[0].ended_at.is_some() && staff[0].name == "测试员");
    }

    fn the_person_is_told_at_once_who_looked_in_which_case_and_why(engine: Engine) {
        let here = filled(engine);
        let answer = look(&here, by_law(1)).unwrap();
        assert_eq!(notices(&here, 1, NoticeKind::LookedAt), 1);
        let detail = wait(here.registry.look_detail(here.person(1), answer.look)).unwrap().unwrap();
        let case = detail.case.unwrap();
        let Under::Law { case_reference, reason, .. } = under_law() else { panic!("a case") };
        assert_eq!((case.case_reference, case.reason), (case_reference, reason));
        assert_eq!((detail.body.as_str(), detail.staff.as_deref()), (LAW, Some("clerk")));
        assert!(wait(here.registry.look_detail(here.person(2), answer.look)).unwrap().is_none());
        let Under::Law { case_reference, .. } = under_law() else { panic!("a case") };
        for (place, bytes) in here.store.every_byte(here.folder.path()) {
            let found = bytes.windows(case_reference.len()).any(|part| part == case_reference.as_bytes());
            assert!(!found, "a case stands readable in {place}");
        }
    }

    fn the_body_holds_a_receipt_that_names_the_person_as_it_alone_does(engine: Engine) {
        let here = filled(engine);
        let answer = look(&here, by_law(1)).unwrap();
        let receipt = wait(here.registry.look_receipt(LAW, answer.look)).unwrap().unwrap();
        assert_eq!((&receipt.statement, &receipt.salt), (&answer.receipt.statement, &answer.receipt.salt));
        let (leaf, statement) = prove_receipt(&here.registry, &receipt);
        assert_eq!(leaf, answer.receipt.leaf);
        assert_eq!(statement["person"], answer.person);
        assert!(!receipt.statement.contains(&here.person(1).to_string()));
        assert!(wait(here.registry.look_receipt("education-department", answer.look)).unwrap().is_none());
        let own = wait(here.registry.looks_of(LAW)).unwrap();
        assert_eq!((own.len(), own[0].look, own[0].person.as_str()), (1, answer.look, answer.person.as_str()));
        assert!(wait(here.registry.looks_of(HOSPITAL)).unwrap().is_empty());
    }

    fn who_was_given_which_record_is_written_with_the_look(engine: Engine) {
        let here = filled(engine);
        let answer = look(&here, by_law(1)).unwrap();
        assert_eq!(answer.records.len(), 2);
        assert!(answer.records.iter().all(|record| !record.disputed));
        let given = |look: EventId| {
            let found = here.store.store.run("test.given", Access::Read, move |tx| {
                let select = "SELECT given FROM event WHERE event = $1 AND actor = $2";
                let rows = tx.query(select, &[Param::Blob(look.as_bytes()), Param::Text(LAW)])?;
                rows.into_iter().next().unwrap().opt_blob()
            });
            found.unwrap()
        };
        let records = |answer: &InquiryAnswer| {
            let ids = answer.records.iter().flat_map(|record| *record.record.as_bytes());
            Some(ids.collect::<Vec<u8>>())
        };
        assert_eq!(given(answer.look), records(&answer));
        here.later(1);
        let again = look(&here, by_law(1)).unwrap();
        assert_eq!(given(again.look), records(&again));
        // What has ended is not shown, and so was given to nobody.
        here.at("2027-02-01T02:00:00Z");
        let mut other = by_law(1);
        other.purpose = "cross-region-check".to_owned();
        assert_eq!(look(&here, other).unwrap().records.len(), 1);
    }

    fn nothing_is_written_by_half_when_a_request_comes_twice(engine: Engine) {
        let here = filled(engine);
        let signed = || {
            let mut request = by_law(1);
            request.nonce = Some(("n".to_owned(), 4_000_000_000));
            request.profession = "doctor".to_owned();
            request
        };
        assert_eq!(code(&look(&here, signed())), "other-profession");
        assert!(matches!(look(&here, signed()), Err(InquiryError::Replayed)));
        assert_eq!(events(&here, 1, EventKind::LookRefused), 1);
        assert_eq!(made_up(1).number, signed().id_number);
    }

    fn a_request_that_comes_twice_is_answered_once_whatever_came_of_it(engine: Engine) {
        let here = filled(engine);
        let mut requests = [by_law(1), by_law(1), by_law(1)];
        requests[1].name = "虚一名".to_owned();
        requests[2].id_number = "no number".to_owned();
        for (place, request) in requests.iter_mut().enumerate() {
            request.nonce = Some((format!("nonce-{place}"), 4_000_000_000));
            let size = || wait(here.registry.log_summary()).unwrap().size;
            let first = code(&look(&here, request.clone()));
            let leaves = size();
            for _ in 0..2 {
                assert!(matches!(look(&here, request.clone()), Err(InquiryError::Replayed)), "after {first}");
            }
            assert_eq!(size(), leaves, "nothing more is written");
        }
        assert_eq!(events(&here, 1, EventKind::Look), 1);
        // Another nonce is another look, at the same moment by the same key.
        let mut other = by_law(1);
        other.nonce = Some(("nonce-9".to_owned(), 4_000_000_000));
        look(&here, other).unwrap();
        assert_eq!(events(&here, 1, EventKind::Look), 2);
    }

    fn of_the_same_request_many_times_at_once_one_is_answered(engine: Engine) {
        let here = filled(engine);
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| {
                let mut request = by_law(1);
                request.nonce = Some(("nonce".to_owned(), 4_000_000_000));
                look(&here, request)
            })).collect();
            threads.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let replayed = outcomes.iter().filter(|one| matches!(one, Err(InquiryError::Replayed))).count();
        assert_eq!((outcomes.iter().filter(|one| one.is_ok()).count(), replayed), (1, 7));
        assert_eq!(events(&here, 1, EventKind::Look), 1);
    }
}
