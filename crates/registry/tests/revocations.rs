//! When a certificate ends before its time: its holder wishes it, or what it says is no longer so. It ends at
//! once or on the day, the holder is told, and nothing else of theirs is touched.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use model::{RecordId, RecordKind};
use registry::{Answer, Checker, Due, EventKind, Issued, NoticeKind, Why};
use testkit::{Installation, SourceRow, on_both_engines, prove_log, wait};

const LAW: &str = "law-bureau";

/// The person's licence with this number, the latest filed.
fn licence(here: &Installation, n: u32, number: &str) -> RecordId {
    let records = here.file_of(n).records;
    let found = records.iter().find(|one| {
        one.kind == RecordKind::Licence
            && one
                .fields
                .get("licence_number")
                .is_some_and(|value| value == number)
    });
    found.unwrap().record
}

fn issue(here: &Installation, n: u32) -> Issued {
    issue_about(here, n, licence(here, n, &format!("LAW-{n:08}")))
}

fn issue_about(here: &Installation, n: u32, licence: RecordId) -> Issued {
    wait(here.registry.issue_certificate(here.person(n), licence, None)).unwrap()
}

fn answer(here: &Installation, issued: &Issued) -> Answer {
    let now = here.registry.now().as_second();
    Checker::new(wait(here.registry.trust()).unwrap(), now)
        .check(&issued.text, now)
        .answer
}

fn says_decision(here: &Installation, issued: &Issued) -> bool {
    let now = here.registry.now().as_second();
    let checked = Checker::new(wait(here.registry.trust()).unwrap(), now).check(&issued.text, now);
    checked.claims.unwrap()["decision_in_force"] == true
}

fn why(here: &Installation, n: u32, issued: &Issued) -> Option<Why> {
    let certificates = wait(here.registry.certificates(here.person(n))).unwrap();
    let found = certificates
        .into_iter()
        .find(|one| one.certificate == issued.certificate)
        .unwrap();
    found.revoked.map(|(_, why)| why)
}

fn notices(here: &Installation, n: u32) -> Vec<NoticeKind> {
    wait(here.registry.notices(here.person(n)))
        .unwrap()
        .into_iter()
        .map(|one| one.kind)
        .collect()
}

fn filled(engine: testkit::Engine) -> Installation {
    let here = Installation::new(engine, "gansu");
    here.file(LAW, RecordKind::Licence, &[1, 2].map(SourceRow::licence));
    here
}

on_both_engines! {
    fn what_was_issued_since_an_older_copy_is_not_valid_once_that_is_put_back(engine: Engine) {
        let here = filled(engine);
        let before = issue(&here, 1);
        let (here, copy) = here.copy();
        let (revoked, since) = (issue(&here, 2), issue(&here, 1));
        assert!(wait(here.registry.revoke_certificate(here.person(2), revoked.certificate)).unwrap());
        // The database knows of neither any more, and the file of erasures that something was revoked.
        let here = here.restore(&copy);
        let answers = |here: &Installation, all: &[&Issued]| -> Vec<Answer> {
            all.iter().map(|one| answer(here, one)).collect()
        };
        let (valid, over) = (Answer::Valid, Answer::Revoked);
        assert_eq!(answers(&here, &[&before, &revoked, &since]), [valid, over, over]);
        let anew = issue(&here, 2);
        let (here, copy) = here.copy();
        let lost = issue(&here, 1);
        let here = here.restore(&copy);
        here.registry.note_put_back().unwrap();
        let again = issue(&here, 1);
        let all = [&before, &revoked, &since, &anew, &lost, &again];
        assert_eq!(answers(&here, &all), [valid, over, over, valid, over, valid]);
    }

    fn a_list_that_was_begun_since_an_older_copy_has_nothing_valid_once_that_is_put_back(engine: Engine) {
        let (here, copy) = filled(engine).copy();
        let since = issue(&here, 1);
        let here = here.restore(&copy);
        let list = |list| wait(here.registry.status_list(list)).unwrap();
        assert!(list(0).is_none());
        here.registry.note_put_back().unwrap();
        let now = here.registry.now().as_second();
        let mut trust = wait(here.registry.trust()).unwrap();
        assert!(list(0).is_some(), "it was begun since the copy");
        trust.status_lists = vec![list(0).unwrap()];
        assert_eq!(Checker::new(trust, now).check(&since.text, now).answer, Answer::Revoked);
        assert!(list(-1).is_none() && list(i64::MAX).is_none());
        assert_eq!(answer(&here, &issue(&here, 1)), Answer::Valid);
    }

    fn the_holders_wish_is_enough_and_nobody_elses(engine: Engine) {
        let here = filled(engine);
        let issued = issue(&here, 1);
        assert!(!wait(here.registry.revoke_certificate(here.person(2), issued.certificate)).unwrap());
        assert_eq!(answer(&here, &issued), Answer::Valid);
        assert!(wait(here.registry.revoke_certificate(here.person(1), issued.certificate)).unwrap());
        assert_eq!(answer(&here, &issued), Answer::Revoked);
        assert_eq!(why(&here, 1, &issued), Some(Why::Holder));
        assert_eq!(notices(&here, 1), [NoticeKind::RevokedByHolder]);
        assert!(!wait(here.registry.revoke_certificate(here.person(1), issued.certificate)).unwrap());
        let revocations = |kind| here.file_of(1).events.iter().filter(|one| one.kind == kind).count();
        assert_eq!(revocations(EventKind::CertificateRevoked), 1);
        prove_log(&here.registry);
    }

    fn a_decision_in_force_ends_it_with_a_notice(engine: Engine) {
        let here = filled(engine);
        let (mine, others) = (issue(&here, 1), issue(&here, 2));
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        assert_eq!(answer(&here, &mine), Answer::Revoked);
        assert_eq!(why(&here, 1, &mine), Some(Why::Decision));
        let told = wait(here.registry.notices(here.person(1))).unwrap().remove(0);
        assert_eq!(told.kind, NoticeKind::RevokedByDecision);
        assert_eq!(told.subject.as_deref(), Some(mine.certificate.to_string().as_str()));
        wait(here.registry.mark_read(here.person(2), told.notice)).unwrap();
        assert!(wait(here.registry.notices(here.person(1))).unwrap()[0].read_at.is_none());
        wait(here.registry.mark_read(here.person(1), told.notice)).unwrap();
        assert!(wait(here.registry.notices(here.person(1))).unwrap()[0].read_at.is_some());
        // What the verifier sees does not say why.
        assert_eq!(answer(&here, &others), Answer::Valid);
        assert!(notices(&here, 2).is_empty());
        // A new one says it.
        let new = issue(&here, 1);
        assert!(says_decision(&here, &new));
        assert_eq!(answer(&here, &new), Answer::Valid);
        prove_log(&here.registry);
    }

    fn a_decision_that_comes_into_force_later_ends_it_on_its_day(engine: Engine) {
        let here = filled(engine);
        let before = issue(&here, 1);
        let later = SourceRow::decision(1)
            .with("effective_on", "2026-12-01")
            .with("disclosure_ends_on", "2027-02-28");
        here.file(LAW, RecordKind::Decision, &[later]);
        let after = issue(&here, 1);
        assert!(!says_decision(&here, &after));
        // The last second of 30 November in the profile's time zone.
        here.at("2026-11-30T15:59:59Z");
        assert_eq!(here.registry.do_what_is_due().unwrap(), Due::default());
        assert_eq!(answer(&here, &before), Answer::Valid);
        here.at("2026-11-30T16:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap(), Due { revoked: 2, erased: 0 });
        for issued in [&before, &after] {
            assert_eq!(answer(&here, issued), Answer::Revoked);
            assert_eq!(why(&here, 1, issued), Some(Why::Decision));
        }
        assert_eq!(notices(&here, 1), [NoticeKind::RevokedByDecision; 2]);
        assert_eq!(here.registry.do_what_is_due().unwrap(), Due::default(), "once is enough");
    }

    fn a_correction_of_the_licence_ends_it(engine: Engine) {
        let here = filled(engine);
        let issued = issue(&here, 1);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        assert_eq!(answer(&here, &issued), Answer::Valid, "an unchanged row ends nothing");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1).with("scope", "律师（专职）").correcting()]);
        assert_eq!(answer(&here, &issued), Answer::Revoked);
        assert_eq!(why(&here, 1, &issued), Some(Why::Corrected));
        assert_eq!(notices(&here, 1), [NoticeKind::RevokedByCorrection]);
    }

    fn a_decision_follows_its_licence_when_the_number_is_corrected(engine: Engine) {
        let here = filled(engine);
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        here.file(LAW, RecordKind::Licence, &[
            SourceRow::licence(1).with("licence_number", "LAW-10000001").correcting(),
        ]);
        let issued = issue_about(&here, 1, licence(&here, 1, "LAW-10000001"));
        assert!(says_decision(&here, &issued), "a new number does not make a decision go away");
    }

    fn a_decision_moved_to_another_licence_of_the_profession_ends_the_certificates_of_both(engine: Engine) {
        let here = filled(engine);
        let second = SourceRow::licence(1).document("甘许〔2021〕二号").with("licence_number", "LAW-20000001");
        here.file(LAW, RecordKind::Licence, &[second]);
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        let (first, second) = (licence(&here, 1, "LAW-00000001"), licence(&here, 1, "LAW-20000001"));
        let (wronged, spared) = (issue_about(&here, 1, first), issue_about(&here, 1, second));
        // Both speak of the profession.
        assert!(says_decision(&here, &wronged) && says_decision(&here, &spared));
        let moved = SourceRow::decision(1).with("licence_number", "LAW-20000001").correcting();
        here.file(LAW, RecordKind::Decision, &[moved]);
        assert_eq!(answer(&here, &wronged), Answer::Revoked, "it says what is no longer so");
        assert_eq!(answer(&here, &spared), Answer::Revoked);
        for licence in [first, second] {
            assert!(says_decision(&here, &issue_about(&here, 1, licence)));
        }
    }

    fn a_decision_reaches_every_document_of_its_licence(engine: Engine) {
        let here = filled(engine);
        // The licence is renewed: another document with the same number.
        let renewed = SourceRow::licence(1).document("甘许〔2025〕一号").with("valid_from", "2025-05-04");
        here.file(LAW, RecordKind::Licence, &[renewed]);
        let records: Vec<RecordId> = here.file_of(1).records.iter().map(|one| one.record).collect();
        assert_eq!(records.len(), 2);
        let both = [issue_about(&here, 1, records[0]), issue_about(&here, 1, records[1])];
        let decision = here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        for issued in &both {
            assert_eq!(answer(&here, issued), Answer::Revoked);
        }
        // And so does taking it back.
        let both = [issue_about(&here, 1, records[0]), issue_about(&here, 1, records[1])];
        here.registry.take_back(LAW, decision.submission).unwrap();
        for issued in &both {
            assert_eq!(answer(&here, issued), Answer::Revoked);
            assert_eq!(why(&here, 1, issued), Some(Why::Corrected));
        }
        assert!(!says_decision(&here, &issue_about(&here, 1, records[0])));
    }

    fn a_decision_put_off_by_a_correction_is_no_longer_said(engine: Engine) {
        let here = filled(engine);
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        let issued = issue(&here, 1);
        assert!(says_decision(&here, &issued));
        let put_off = SourceRow::decision(1).with("effective_on", "2026-12-10").correcting();
        here.file(LAW, RecordKind::Decision, &[put_off]);
        assert_eq!(answer(&here, &issued), Answer::Revoked);
        let new = issue(&here, 1);
        assert!(!says_decision(&here, &new));
        here.at("2026-12-10T00:00:00Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(answer(&here, &new), Answer::Revoked);
    }

    fn a_licence_of_another_profession_is_not_touched(engine: Engine) {
        let here = filled(engine);
        here.file("education-department", RecordKind::Licence, &[SourceRow::teacher(1)]);
        let teacher = issue_about(&here, 1, licence(&here, 1, "TEA-00000001"));
        let lawyer = issue(&here, 1);
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1).with("penalty", "吊销许可证件")]);
        assert_eq!(answer(&here, &lawyer), Answer::Revoked);
        assert_eq!(answer(&here, &teacher), Answer::Valid);
        let new = issue_about(&here, 1, licence(&here, 1, "TEA-00000001"));
        assert!(!says_decision(&here, &new));
    }
}
