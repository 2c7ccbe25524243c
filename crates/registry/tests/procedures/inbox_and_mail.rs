//! Inboxes of bodies and reviewers, and e-mails that say nothing but that there is something in the inbox.

use model::procedure::{NoticeKind as Kind, Speaker};
use registry::{DisputeAnswer, MailError, MailLease};
use testkit::{Installation, made_up, on_both_engines, wait};

use crate::kit::*;

const ADDRESS: &str = "made-up-telltale@example.org";

fn with_address(here: &Installation) {
    wait(here.registry.set_email(here.person(1), Some(ADDRESS.to_owned()))).unwrap();
}

fn lease(here: &Installation) -> Vec<MailLease> {
    wait(here.registry.lease_mail(10)).unwrap()
}

on_both_engines! {
    fn each_body_reads_its_own_notices_under_its_own_name_for_the_person(engine: Engine) {
        let here = filled(engine);
        give(&here, HOSPITAL);
        give(&here, FIRM);
        let id = dispute(&here);
        let (mut people, mut ids) = (Vec::new(), std::collections::BTreeSet::new());
        for body in [HOSPITAL, FIRM, LAW] {
            let notices = wait(here.registry.body_notices(body)).unwrap();
            assert_eq!(notices.len(), 1);
            assert!(notices[0].read_at.is_none());
            people.push(notices[0].person.clone());
            ids.extend([notices[0].procedure.to_string(), notices[0].record.unwrap().to_string()]);
            ids.insert(notices[0].notice.to_string());
            assert_eq!(notices[0].procedure == id, body == LAW, "who takes part knows it by its own: {body}");
        }
        assert_eq!(ids.len(), 9, "nor by any other identifier in a notice");
        people.push(here.person(1).to_string());
        people.sort();
        people.dedup();
        assert_eq!(people.len(), 4, "two of them cannot join what they know");
        let notice = wait(here.registry.body_notices(HOSPITAL)).unwrap()[0].notice;
        wait(here.registry.mark_body_notice_read(FIRM, notice)).unwrap();
        assert!(wait(here.registry.body_notices(HOSPITAL)).unwrap()[0].read_at.is_none(), "not theirs to mark");
        wait(here.registry.mark_body_notice_read(HOSPITAL, notice)).unwrap();
        let read_at = wait(here.registry.body_notices(HOSPITAL)).unwrap()[0].read_at;
        assert!(read_at.is_some());
        here.later(1);
        wait(here.registry.mark_body_notice_read(HOSPITAL, notice)).unwrap();
        assert_eq!(wait(here.registry.body_notices(HOSPITAL)).unwrap()[0].read_at, read_at, "the first time counts");
    }

    fn a_reviewer_reads_what_is_for_them_and_what_is_for_all(engine: Engine) {
        let here = filled(engine);
        let id = complain(&here);
        here.later(1);
        assign(&here, id, "first").unwrap();
        let of = |who| {
            let notices = wait(here.registry.reviewer_notices(&reviewer(who))).unwrap();
            notices.into_iter().map(|one| one.kind).collect::<Vec<_>>()
        };
        assert_eq!(of("first"), [Kind::ComplaintAssigned, Kind::ComplaintOpened], "the latest first");
        assert_eq!(of("second"), [Kind::ComplaintOpened]);
    }

    fn an_email_is_due_for_whatever_is_in_the_inbox_and_one_says_as_much_as_two(engine: Engine) {
        let here = filled(engine);
        dispute(&here);
        assert!(lease(&here).is_empty(), "nobody asked for any");
        with_address(&here);
        look(&here);
        wait(here.registry.take_back_procedure(
            here.person(1), Speaker::Person, wait(here.registry.procedures_of(here.person(1))).unwrap()[0].summary.procedure,
        )).unwrap();
        let leases = lease(&here);
        assert_eq!((leases.len(), leases[0].address.as_str(), leases[0].attempts), (1, ADDRESS, 0));
        assert!(!format!("{:?}", leases[0]).contains("telltale"));
        assert!(lease(&here).is_empty(), "it is somebody's");
        // What comes while it is under way may come too late for it.
        dispute(&here);
        assert_eq!(lease(&here).len(), 1);
        assert!(wait(here.registry.mail_sent(leases[0].token)).unwrap());
        assert!(!wait(here.registry.mail_sent(leases[0].token)).unwrap());
        assert_eq!(here.store.rows("mail_job"), 1);
    }

    fn no_address_stands_readable(engine: Engine) {
        let here = filled(engine);
        with_address(&here);
        for (place, bytes) in here.store.every_byte(here.folder.path()) {
            assert!(!bytes.windows(8).any(|part| part == b"telltale"), "{place}");
        }
        let bad = wait(here.registry.set_email(here.person(1), Some("a@b\r\nBcc: c@d.example".to_owned())));
        assert_eq!(bad.unwrap_err().code(), "email-invalid");
        let stranger = here.registry.keys().person(&made_up(40).number);
        let nobody = wait(here.registry.set_email(stranger, Some(ADDRESS.to_owned())));
        assert!(matches!(nobody, Err(MailError::NobodyKnown)));
    }

    fn a_sender_that_dies_loses_its_lease_and_the_email_is_sent_by_another(engine: Engine) {
        let here = filled(engine);
        with_address(&here);
        dispute(&here);
        let lost = lease(&here).remove(0);
        let here = here.reopen();
        assert!(lease(&here).is_empty());
        here.later(1);
        let second = lease(&here).remove(0);
        assert_eq!(second.attempts, 1);
        assert!(!wait(here.registry.mail_sent(lost.token)).unwrap());
        assert!(!wait(here.registry.mail_failed(lost.token, false)).unwrap());
        assert!(wait(here.registry.mail_sent(second.token)).unwrap());
        assert_eq!(here.store.rows("mail_job"), 0);
    }

    fn one_that_fails_waits_longer_each_time_and_is_given_up_in_the_end(engine: Engine) {
        let here = filled(engine);
        with_address(&here);
        dispute(&here);
        let mut hours = Vec::new();
        for _ in 0..12 {
            let mut waited = 0;
            let leased = loop {
                let found = lease(&here);
                if let Some(one) = found.into_iter().next() {
                    break one;
                }
                here.later(1);
                waited += 1;
                assert!(waited < 48, "it is tried within two days");
            };
            hours.push(waited);
            assert!(wait(here.registry.mail_failed(leased.token, true)).unwrap());
        }
        assert!(hours.is_sorted(), "{hours:?}");
        assert_eq!(here.store.rows("mail_job"), 0);
        assert_eq!(told(&here, 1, Kind::DisputeOpened), 1, "it stays in the inbox");
        // One whose senders all die is given up as well, and one that can never be sent at once.
        dispute_again(&here);
        for _ in 0..12 {
            assert_eq!(lease(&here).len(), 1);
            here.later(1);
        }
        assert!(lease(&here).is_empty());
        assert_eq!(here.store.rows("mail_job"), 0);
        answer_latest(&here);
        let never = lease(&here).remove(0);
        assert!(wait(here.registry.mail_failed(never.token, false)).unwrap());
        assert_eq!(here.store.rows("mail_job"), 0);
    }

    fn whoever_takes_their_address_away_gets_no_more_and_an_erasure_takes_it_too(engine: Engine) {
        let here = filled(engine);
        with_address(&here);
        dispute(&here);
        wait(here.registry.set_email(here.person(1), None)).unwrap();
        assert!(lease(&here).is_empty());
        assert_eq!((here.store.rows("mail_job"), here.store.rows("mail_address")), (0, 0));
        with_address(&here);
        wait(here.registry.set_email(here.person(1), Some("other@example.org".to_owned()))).unwrap();
        answer_latest(&here);
        assert_eq!(lease(&here)[0].address, "other@example.org");
        on(&here, "2040-05-05");
        assert_eq!((here.store.rows("mail_job"), here.store.rows("mail_address")), (0, 0));
        assert!(lease(&here).is_empty());
    }
}

fn latest(here: &Installation) -> model::ProcedureId {
    wait(here.registry.procedures_of(here.person(1))).unwrap()[0]
        .summary
        .procedure
}

fn dispute_again(here: &Installation) {
    wait(
        here.registry
            .take_back_procedure(here.person(1), Speaker::Person, latest(here)),
    )
    .unwrap();
}

fn answer_latest(here: &Installation) {
    if answer(here, latest(here), DisputeAnswer::Uphold).is_err() {
        dispute(here);
    }
}
