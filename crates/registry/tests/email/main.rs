//! What the address promises at which a person is told of their inbox: it counts only once they have shown that it is
//! theirs, nobody can guess the code or have letters poured on somebody else, and it goes when they say so.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use jiff::SignedDuration;
use model::{Clock as _, PersonId, RecordKind};
use registry::{CodeLetter, EmailError, EventKind, InquiryRequest, MailLease, MailLetter};
use testkit::{
    Engine, Installation, SourceRow, give_email, made_up, name_staff, on_both_engines, prove_log, under_law,
    wait,
};

fn filled(engine: Engine) -> Installation {
    let here = Installation::new(engine, "gansu");
    here.file(
        "law-bureau",
        RecordKind::Licence,
        &[SourceRow::licence(1), SourceRow::licence(2)],
    );
    name_staff(&here.registry, "law-bureau", "clerk");
    here
}

/// Has somebody looked at, so that they are told.
fn look(here: &Installation, n: u32) {
    let person = made_up(n);
    let request = InquiryRequest {
        authority: "law-bureau".into(),
        asker: "clerk".into(),
        purpose: "licensing-renewal".into(),
        profession: "lawyer".into(),
        id_number: person.number,
        name: person.name,
        under: under_law(),
        nonce: None,
    };
    wait(here.registry.inquire(request)).unwrap();
}

fn leases(here: &Installation) -> Vec<MailLease> {
    wait(here.registry.lease_mail(10)).unwrap()
}

/// The code in the one letter that is due.
fn code(here: &Installation) -> String {
    let mut due = leases(here);
    assert_eq!(due.len(), 1);
    let lease = due.pop().unwrap();
    assert!(wait(here.registry.mail_sent(lease.token)).unwrap());
    match lease.letter {
        MailLetter::Code(code) => code,
        MailLetter::Notice => panic!("a letter with a code is expected"),
    }
}

fn ask(here: &Installation, address: &str) -> &'static str {
    said(wait(here.registry.ask_email(here.person(1), address)))
}

fn confirm(here: &Installation, code: &str) -> &'static str {
    said(wait(here.registry.confirm_email(here.person(1), code)))
}

fn said(answer: Result<(), EmailError>) -> &'static str {
    answer.map_or_else(|error| error.code(), |()| "done")
}

fn on_file(here: &Installation, person: PersonId) -> Option<String> {
    let view = wait(here.registry.email_of(person)).unwrap();
    let file = wait(here.registry.person_file(person, EventKind::OwnLook)).unwrap();
    assert_eq!(
        file.email, view.address,
        "what is held is in what the person takes with them"
    );
    view.address
}

fn minutes_later(here: &Installation, minutes: i64) {
    let then = here
        .clock
        .now()
        .checked_add(SignedDuration::from_mins(minutes))
        .unwrap();
    assert!(here.clock.set(then));
}

/// A code that is another one.
fn wrong(code: &str) -> String {
    let last = if code.ends_with('1') { "2" } else { "1" };
    format!("{}{last}", &code[..code.len() - 1])
}

on_both_engines! {
    fn an_address_counts_only_once_it_is_confirmed(engine: Engine) {
        let here = filled(engine);
        let person = here.person(1);
        assert_eq!(ask(&here, " somebody@example.org "), "done");
        let asked = wait(here.registry.email_of(person)).unwrap().asked.unwrap();
        assert_eq!((asked.address.as_str(), asked.letter), ("somebody@example.org", CodeLetter::Waits));
        // Nobody is told anything there before.
        look(&here, 1);
        let code = code(&here);
        assert_eq!(on_file(&here, person), None);
        assert_eq!(wait(here.registry.email_of(person)).unwrap().asked.unwrap().letter, CodeLetter::Sent);
        assert!(leases(&here).is_empty());
        assert_eq!(confirm(&here, &code), "done");
        assert_eq!(on_file(&here, person).as_deref(), Some("somebody@example.org"));
        assert_eq!(wait(here.registry.email_of(person)).unwrap().asked, None);
        look(&here, 1);
        let due = leases(&here);
        assert_eq!((due.len(), &due[0].letter), (1, &MailLetter::Notice));
        assert_eq!(due[0].address, "somebody@example.org");
        // The code is worth nothing any more.
        assert_eq!(confirm(&here, &code), "email-nothing-asked");
    }

    fn the_address_before_stays_until_the_new_one_is_confirmed(engine: Engine) {
        let here = filled(engine);
        let person = here.person(1);
        give_email(&here.registry, person, "old@example.org");
        assert_eq!(ask(&here, "new@example.org"), "done");
        let new = code(&here);
        look(&here, 1);
        assert_eq!(leases(&here)[0].address, "old@example.org");
        assert_eq!(confirm(&here, &new), "done");
        assert_eq!(on_file(&here, person).as_deref(), Some("new@example.org"));
    }

    fn a_code_is_worth_nothing_after_five_wrong_tries_or_half_an_hour_or_a_later_one(engine: Engine) {
        let here = filled(engine);
        assert_eq!(confirm(&here, "12345678"), "email-nothing-asked");
        assert_eq!(ask(&here, "somebody@example.org"), "done");
        let first = code(&here);
        for left in (1..5).rev() {
            let answer = wait(here.registry.confirm_email(here.person(1), &wrong(&first)));
            assert!(matches!(answer, Err(EmailError::WrongCode(n)) if n == left), "{answer:?}");
        }
        assert_eq!(confirm(&here, &wrong(&first)), "email-code-used-up");
        assert_eq!(confirm(&here, &first), "email-code-used-up");
        assert_eq!(ask(&here, "somebody@example.org"), "done");
        let second = code(&here);
        assert_ne!(first, second);
        assert_eq!(confirm(&here, &first), "email-code-wrong");
        minutes_later(&here, 30);
        assert_eq!(confirm(&here, &second), "email-code-expired");
        assert_eq!(wait(here.registry.email_of(here.person(1))).unwrap().asked, None);
        assert_eq!(ask(&here, "somebody@example.org"), "done");
        minutes_later(&here, 29);
        assert_eq!(confirm(&here, &code(&here)), "done");
        for empty in ["", "0", "00000000000000000000"] {
            assert_ne!(confirm(&here, empty), "done");
        }
    }

    fn nobody_has_letters_poured_on_somebody_else(engine: Engine) {
        let here = filled(engine);
        for n in 0..5 {
            assert_eq!(ask(&here, &format!("victim{n}@example.org")), "done");
            // Neither confirming nor removing an address buys further letters.
            if n == 2 {
                assert_eq!(confirm(&here, &code(&here)), "done");
                wait(here.registry.remove_email(here.person(1))).unwrap();
            }
        }
        assert_eq!(ask(&here, "victim@example.org"), "email-asked-too-often");
        assert_eq!(said(wait(here.registry.ask_email(here.person(2), "other@example.org"))), "done");
        minutes_later(&here, 24 * 60 - 1);
        here.registry.do_what_is_due().unwrap();
        assert_eq!(ask(&here, "victim@example.org"), "email-asked-too-often");
        minutes_later(&here, 1);
        assert_eq!(ask(&here, "victim@example.org"), "done");
        for bad in ["", "victim", "a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org"] {
            assert_eq!(ask(&here, bad), "email-invalid");
        }
    }

    fn an_address_that_was_taken_away_or_replaced_does_not_come_back_with_an_older_copy(engine: Engine) {
        let here = filled(engine);
        for n in [1, 2] {
            give_email(&here.registry, here.person(n), "old@example.org");
        }
        let (here, copy) = here.copy();
        give_email(&here.registry, here.person(1), "new@example.org");
        wait(here.registry.remove_email(here.person(2))).unwrap();
        let told = |here: &Installation, n: u32| {
            let events = here.file_of(n).events.into_iter();
            let mut told: Vec<_> = events.filter(|one| one.kind == EventKind::EmailErased).map(|one| one.event).collect();
            told.sort();
            told
        };
        let before = (told(&here, 1), told(&here, 2));
        assert_eq!((before.0.len(), before.1.len()), (1, 1));

        let here = here.restore(&copy);
        assert_eq!(here.registry.erased_again(), 2);
        for n in [1, 2] {
            assert_eq!(on_file(&here, here.person(n)), None, "neither the old one, nor one that the copy never had");
            look(&here, n);
        }
        assert!(leases(&here).is_empty(), "nothing is sent there");
        assert_eq!((told(&here, 1), told(&here, 2)), before, "told of by the same event");
        prove_log(&here.registry);
        // What is put on file from then on stays, also when everything is opened again and when the file is lost.
        give_email(&here.registry, here.person(1), "old@example.org");
        let here = here.reopen();
        assert_eq!(here.registry.erased_again(), 0);
        std::fs::remove_file(here.folder.path().join("erasures.log")).unwrap();
        let here = here.reopen();
        assert_eq!(on_file(&here, here.person(1)).as_deref(), Some("old@example.org"));
        let here = here.restore(&copy);
        assert_eq!(on_file(&here, here.person(1)), None, "the new file knows what the database knew");
    }

    fn a_kill_between_the_line_and_its_transaction_loses_neither_and_a_wrong_code_writes_none(engine: Engine) {
        let here = filled(engine);
        let person = here.person(1);
        give_email(&here.registry, person, "somebody@example.org");
        let lines = |here: &Installation| {
            std::fs::read_to_string(here.folder.path().join("erasures.log")).unwrap().lines().count()
        };
        let before = lines(&here);
        assert_eq!(ask(&here, "other@example.org"), "done");
        assert_eq!(confirm(&here, &wrong(&code(&here))), "email-code-wrong");
        assert_eq!(lines(&here), before, "the one on file stays");
        // The copy is from before the transaction, the file from after the line.
        let (here, copy) = here.copy();
        wait(here.registry.remove_email(person)).unwrap();
        assert_eq!(lines(&here), before + 1);
        let here = here.restore(&copy);
        assert_eq!((here.registry.erased_again(), on_file(&here, person)), (1, None));
        let here = here.reopen();
        assert_eq!((here.registry.erased_again(), lines(&here)), (0, before + 1), "once");
        // Nothing on file: nothing to write.
        wait(here.registry.remove_email(person)).unwrap();
        assert_eq!(lines(&here), before + 1);
    }

    fn an_address_goes_when_the_person_says_so_and_nothing_is_sent_there_any_more(engine: Engine) {
        let here = filled(engine);
        let person = here.person(1);
        give_email(&here.registry, person, "somebody@example.org");
        look(&here, 1);
        assert_eq!(ask(&here, "other@example.org"), "done");
        wait(here.registry.remove_email(person)).unwrap();
        assert_eq!(on_file(&here, person), None);
        assert!(leases(&here).is_empty());
        look(&here, 1);
        assert!(leases(&here).is_empty());
        wait(here.registry.remove_email(person)).unwrap();
    }

    fn a_letter_with_a_code_is_tried_again_and_a_refusal_shows_to_the_person(engine: Engine) {
        let here = filled(engine);
        let letter = || wait(here.registry.email_of(here.person(1))).unwrap().asked.unwrap().letter;
        assert_eq!(ask(&here, "somebody@example.org"), "done");
        let first = leases(&here).pop().unwrap();
        assert!(leases(&here).is_empty());
        assert!(wait(here.registry.mail_failed(first.token, true)).unwrap());
        assert!(!wait(here.registry.mail_failed(first.token, true)).unwrap());
        minutes_later(&here, 2);
        let second = leases(&here).pop().unwrap();
        assert_eq!((second.job, &second.letter), (first.job, &first.letter));
        // A sender that died: the lease runs out.
        minutes_later(&here, 6);
        let third = leases(&here).pop().unwrap();
        assert_eq!(third.letter, first.letter);
        assert!(!wait(here.registry.mail_sent(second.token)).unwrap());
        assert_eq!(letter(), CodeLetter::Waits);
        assert!(wait(here.registry.mail_failed(third.token, false)).unwrap());
        assert_eq!(letter(), CodeLetter::Refused);
        minutes_later(&here, 6);
        assert!(leases(&here).is_empty());
    }

    fn neither_an_address_nor_a_code_stands_readable(engine: Engine) {
        let here = filled(engine);
        assert_eq!(ask(&here, "telltale@example.org"), "done");
        let code = code(&here);
        let digits = code.replace(' ', "");
        let shown = format!("{:?}", wait(here.registry.email_of(here.person(1))).unwrap());
        assert!(!shown.contains("telltale"), "{shown}");
        let nowhere = || {
            for (place, bytes) in here.store.every_byte(here.folder.path()) {
                for personal in ["telltale", &digits] {
                    assert!(!bytes.windows(8).any(|part| part == personal.as_bytes()), "{place}");
                }
            }
        };
        nowhere();
        assert_eq!(confirm(&here, &code), "done");
        nowhere();
        wait(here.registry.remove_email(here.person(1))).unwrap();
        assert_eq!(here.store.rows("mail_address"), 0);
    }

    fn an_address_that_nobody_confirmed_is_destroyed_by_itself(engine: Engine) {
        let here = filled(engine);
        assert_eq!(ask(&here, "somebody@example.org"), "done");
        minutes_later(&here, 31);
        // No letter with a code that is worth nothing leaves either.
        assert!(leases(&here).is_empty());
        here.registry.do_what_is_due().unwrap();
        assert_eq!(confirm(&here, "12345678"), "email-nothing-asked");
    }
}
