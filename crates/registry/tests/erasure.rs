//! What the end of a retention period promises: the content is destroyed and cannot come back, and all that
//! stays is that there was something.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use jiff::civil::date;
use model::{EventId, RecordKind, RecordStatus};
use profile::{DecisionKind, DisclosurePeriod, RetentionPeriod};
use registry::{
    CertificateError, Due, EventKind, INSTALLATION, InquiryError, InquiryRequest,
    RowOutcome::{Accepted, Rejected, Unchanged},
};
use storage::{Access, Param};
use testkit::{
    Installation, SourceRow, gansu, made_up, name_staff, on_both_engines, prove_log, prove_receipt,
    under_law, wait,
};

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

/// How many licences have content.
fn sealed_licences(here: &Installation) -> usize {
    let found = here.store.store.run("test.sealed", Access::Read, |tx| {
        tx.query(
            "SELECT person FROM record_version WHERE kind = 'licence' AND wrapped_key IS NOT NULL",
            &[],
        )
    });
    found.unwrap().len()
}

/// The wrapped key and the sealed identity of a person, if they are there.
fn identity(here: &Installation, n: u32) -> Vec<Vec<u8>> {
    let person = here.registry.keys().person(&made_up(n).number);
    let found = here.store.store.run("test.identity", Access::Read, move |tx| {
        let select = "SELECT wrapped_key, sealed_identity FROM person WHERE person = $1";
        let mut found = Vec::new();
        for mut row in tx.query(select, &[Param::Blob(person.as_bytes())])? {
            found.extend([row.blob()?, row.blob()?]);
        }
        Ok::<_, storage::StoreError>(found)
    });
    found.unwrap()
}

/// A wish of the licensing authority to look at the first person.
fn request() -> InquiryRequest {
    InquiryRequest {
        authority: LAW.to_owned(),
        asker: "key-1".to_owned(),
        purpose: "licensing-renewal".to_owned(),
        profession: "lawyer".to_owned(),
        id_number: made_up(1).number,
        name: made_up(1).name,
        under: under_law(),
        nonce: None,
    }
}

fn look(here: &Installation) -> EventId {
    name_staff(&here.registry, LAW, &request().asker);
    wait(here.registry.inquire(request())).unwrap().look
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
    fn a_decision_is_shown_and_kept_as_long_as_the_law_says_on_the_day_on_which_it_takes_effect(engine: Engine) {
        // From 2027 on, general decisions are shown for half a year and decisions are kept for three.
        let (mut profile, day) = (gansu(), date(2027, 1, 1));
        let kept = profile.retention.get_mut(&RecordKind::Decision).unwrap();
        *kept = kept.clone().then(day, RetentionPeriod { months: 36, ..kept.on(day).clone() });
        let shown = profile.disclosure.get_mut(&DecisionKind::General).unwrap();
        let half = DisclosurePeriod { at_least_months: 1, at_most_months: Some(6), ..shown.on(day).clone() };
        *shown = shown.clone().then(day, half);
        let here = Installation::with(engine, profile);
        let fine = |n, from: &str| {
            let row = SourceRow::decision(n).with("penalty", "罚款").with("decided_on", from).with("effective_on", from);
            let row = row.with("disclosure_ends_on", "2028-12-31");
            let licence = here.file(LAW, RecordKind::Licence, &[SourceRow::licence(n)]);
            let filed = here.file(LAW, RecordKind::Decision, &[row]);
            assert_eq!((licence.counts.rejected, filed.counts.rejected), (0, 0));
        };
        let decision = |here: &Installation, n| {
            let records = here.file_of(n).records;
            records.into_iter().find(|one| one.kind == RecordKind::Decision).unwrap()
        };
        let days = |here: &Installation, n| {
            let days = decision(here, n).days;
            [days.restorable_from, days.shown_until, days.kept_until].map(|day| day.unwrap().to_string())
        };
        fine(1, "2026-11-10");
        here.at("2027-01-12T01:00:00Z");
        // It comes in after the change, and took effect before it: when somebody files changes nothing.
        fine(2, "2026-12-31");
        fine(3, "2027-01-01");
        assert_eq!(days(&here, 1), ["2027-02-10", "2027-11-10", "2031-11-10"]);
        assert_eq!(days(&here, 2), ["2027-03-31", "2027-12-31", "2031-12-31"]);
        assert_eq!(days(&here, 3), ["2027-02-01", "2027-07-01", "2030-01-01"]);

        here.at("2027-07-01T16:00:00Z");
        let status = |n| decision(&here, n).status;
        assert_eq!([status(1), status(2), status(3)],
            [RecordStatus::InForce, RecordStatus::InForce, RecordStatus::Expired]);
        here.at("2030-01-01T15:59:59Z");
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 0);
        here.at("2030-01-01T16:00:00Z");
        let here = here.reopen();
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 1);
        assert_eq!([1, 2, 3].map(|n| sealed(&here, n).len()), [2, 2, 0]);
        here.at("2031-12-31T16:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 2);
        assert_eq!([1, 2].map(|n| sealed(&here, n).len()), [0, 0]);
        prove_log(&here.registry);
    }

    fn a_slip_of_the_pen_that_was_corrected_keeps_a_decision_no_longer(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let slip = SourceRow::decision(1).with("effective_on", "2036-11-10").with("disclosure_ends_on", "2037-01-31");
        here.file(LAW, RecordKind::Decision, &[slip]);
        let kept = || here.file_of(1).records[0].days.kept_until.unwrap().to_string();
        assert_eq!(kept(), "2041-11-10");
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1).correcting()]);
        assert_eq!(kept(), "2031-11-10");
        here.at("2031-11-10T16:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 1);
        assert!(sealed(&here, 1).is_empty(), "neither version is left");
    }

    fn a_slip_of_the_pen_to_an_earlier_day_destroys_nothing_while_it_can_be_taken_back(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        let slip = SourceRow::decision(1)
            .with("decided_on", "2020-11-01")
            .with("effective_on", "2020-11-10")
            .with("disclosure_ends_on", "2021-01-31")
            .correcting();
        let done = here.file(LAW, RecordKind::Decision, &[slip]);
        assert_eq!(done.counts.accepted, 1);
        here.later(71);
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 0);
        let decision = here.file_of(1).records[0].clone();
        assert_eq!(decision.status, RecordStatus::Expired, "not shown as destroyed");
        assert_eq!(here.registry.take_back(LAW, done.submission).unwrap().taken_back, 1);
        assert_eq!(here.file_of(1).records[0].days.kept_until.unwrap().to_string(), "2031-11-10");
        here.later(96);
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 0);
        assert_eq!(here.file_of(1).records[0].status, RecordStatus::InForce);
    }

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

        if here.store.config().is_none() {
            // At once, with everything still open.
            for secret in &secrets {
                assert!(!anywhere(&here, secret), "sealed bytes are still in a file");
            }
        }
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

    fn with_the_last_record_the_persons_key_and_identity_are_destroyed(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1), SourceRow::licence(2)]);
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        let person = here.person(1);
        let licence = here.file_of(1).records[1].record;
        let issued = wait(here.registry.issue_certificate(person, licence, None)).unwrap();
        wait(here.registry.revoke_certificate(person, issued.certificate)).unwrap();
        let look = look(&here);
        let secrets = identity(&here, 1);
        assert_eq!(secrets.len(), 2);
        assert!(anywhere(&here, &secrets[0]) && anywhere(&here, &secrets[1]));

        // The decision goes first; the licence is still held.
        here.at("2031-11-11T00:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 1);
        assert_eq!(here.file_of(1).identity.unwrap().name, made_up(1).name);
        assert_eq!(identity(&here, 1), secrets);
        // The second person's licence was renewed: it is kept longer.
        let longer = SourceRow::licence(2).with("valid_until", "2044-05-04").correcting();
        here.file(LAW, RecordKind::Licence, &[longer]);

        here.at("2040-05-05T00:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap(), Due { revoked: 0, erased: 1 });
        assert_eq!(here.registry.do_what_is_due().unwrap(), Due::default());
        assert!(identity(&here, 1).is_empty());
        assert_eq!(here.store.rows("person"), 1);
        let here = here.reopen();
        assert_eq!(here.registry.do_what_is_due().unwrap(), Due::default(), "a new start finds nothing more");
        if here.store.config().is_none() {
            for secret in &secrets {
                assert!(!anywhere(&here, secret), "key or identity is still on disk");
            }
        }
        assert_eq!(here.file_of(2).identity.unwrap().name, made_up(2).name);

        // Their number still leads to them, and they see what happened, with receipts.
        assert_eq!(here.person(1), person);
        let file = here.file_of(1);
        assert!(file.identity.is_none());
        assert_eq!(file.records.len(), 2);
        assert!(file.records.iter().all(|one| one.status == RecordStatus::Erased && one.fields.is_empty()));
        let of_kind = |kind| file.events.iter().filter(move |one| one.kind == kind);
        assert_eq!(of_kind(EventKind::Erased).count(), 2);
        assert_eq!(of_kind(EventKind::IdentityErased).count(), 1);
        let told = of_kind(EventKind::IdentityErased).next().unwrap();
        assert_eq!((told.actor.as_str(), told.subject.as_deref()), (INSTALLATION, None));
        assert_eq!(of_kind(EventKind::Look).next().unwrap().event, look);
        for event in &file.events {
            let proof = wait(here.registry.event_receipt(person, event.event)).unwrap().unwrap();
            assert_eq!(prove_receipt(&here.registry, &proof).1["what"], event.kind.as_str());
        }
        let certificates = wait(here.registry.certificates(person)).unwrap();
        assert_eq!((certificates.len(), certificates[0].text.as_str()), (1, ""));
        // Of the look, and of the certificate that ended.
        assert_eq!(wait(here.registry.notices(person)).unwrap().len(), 2);
        let refused = wait(here.registry.issue_certificate(person, licence, None));
        assert!(matches!(refused, Err(CertificateError::NoSuchLicence)), "{refused:?}");
        assert!(wait(here.registry.version_receipt(person, licence, 1)).unwrap().is_none());
        // To everybody else there is nobody.
        name_staff(&here.registry, LAW, &request().asker);
        let nobody = wait(here.registry.inquire(request()));
        assert!(matches!(nobody, Err(InquiryError::NobodyKnown)), "{nobody:?}");
        prove_log(&here.registry);
    }

    fn a_later_filing_about_somebody_erased_makes_them_a_new_key_and_any_name_is_theirs(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let (person, before) = (here.person(1), identity(&here, 1));
        here.at("2040-05-05T00:00:00Z");
        here.registry.do_what_is_due().unwrap();
        assert!(identity(&here, 1).is_empty());

        // What was erased is not filed again, nor corrected.
        let again = SourceRow::licence(1);
        let corrected = SourceRow::licence(1).with("scope", "律师（专职）").correcting();
        let done = here.file(LAW, RecordKind::Licence, &[again, corrected]);
        assert_eq!(
            here.outcomes(LAW, &done),
            [(Unchanged, None), (Rejected, Some("correction-unknown"))]
        );
        assert!(identity(&here, 1).is_empty());

        let named = |name: &str, document: &str| {
            let row = SourceRow::licence(1).document(document).with("name", name);
            row.with("valid_until", "2050-05-04")
        };
        let done = here.file(LAW, RecordKind::Licence, &[named("虚一名", "甘许〔2040〕一号")]);
        assert_eq!(here.outcomes(LAW, &done), [(Accepted, None)]);
        let after = identity(&here, 1);
        assert_eq!(after.len(), 2);
        assert!(before.iter().all(|secret| !after.contains(secret)), "the key is a new one");
        let done = here.file(LAW, RecordKind::Licence, &[named(&made_up(1).name, "甘许〔2040〕二号")]);
        assert_eq!(here.outcomes(LAW, &done), [(Rejected, Some("name-mismatch"))]);

        let file = wait(here.registry.person_file(person, EventKind::OwnLook)).unwrap();
        assert_eq!(file.identity.unwrap().name, "虚一名");
        let statuses: Vec<_> = file.records.iter().map(|one| one.status).collect();
        assert_eq!(statuses, [RecordStatus::InForce, RecordStatus::Erased]);
        assert_eq!(file.records[0].fields["licence_number"], "LAW-00000001");
        assert!(wait(here.registry.version_receipt(person, file.records[0].record, 1)).unwrap().is_some());
        wait(here.registry.issue_certificate(person, file.records[0].record, None)).unwrap();
        assert!(file.events.iter().any(|one| one.kind == EventKind::IdentityErased), "what was, shows still");
    }

    fn a_kill_leaves_record_and_identity_both_or_neither(engine: Engine) {
        let here = Installation::stopping(engine, "due.erase", 0);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        here.at("2040-05-05T00:00:00Z");
        here.registry.do_what_is_due().unwrap_err();
        assert_eq!(identity(&here, 1).len(), 2);
        assert_eq!(sealed_licences(&here), 1);
        // It was written apart, so the next start does it.
        let here = here.reopen();
        assert_eq!(here.registry.erased_again(), 2);
        assert!(identity(&here, 1).is_empty());
        assert_eq!(sealed_licences(&here), 0);
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 0);
    }

    fn who_holds_a_certificate_that_still_runs_can_be_found_by_number_and_name(engine: Engine) {
        let mut profile = gansu();
        // Licences are kept for five years from their first day, in force or not.
        let period = profile.retention.get_mut(&RecordKind::Licence).unwrap();
        period.all_mut().for_each(|one| one.counted_from = "valid_from".to_owned());
        let here = Installation::with(engine, profile);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1).with("valid_from", "2022-01-01")]);
        let person = here.person(1);
        let licence = here.file_of(1).records[0].record;
        let issued = wait(here.registry.issue_certificate(person, licence, None)).unwrap();
        assert_eq!(issued.expires_at.to_string(), "2027-11-23T04:00:00Z");

        here.at("2027-01-02T00:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 1);
        assert_eq!(here.file_of(1).identity.unwrap().name, made_up(1).name);
        let other = wait(here.registry.find_person(&made_up(1).number, "虚一名")).unwrap();
        assert_eq!(other, None);
        assert!(wait(here.registry.certificates(person)).unwrap()[0].text.is_empty());

        here.at("2027-11-23T03:59:59Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(identity(&here, 1).len(), 2);
        here.at("2027-11-24T00:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap(), Due::default());
        assert!(identity(&here, 1).is_empty());
        let events = here.file_of(1).events;
        assert_eq!(events.iter().filter(|one| one.kind == EventKind::IdentityErased).count(), 1);
        prove_log(&here.registry);
    }

    fn a_filing_at_the_same_moment_keeps_its_key(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let old: Vec<_> = (1..=20).map(SourceRow::licence).collect();
        here.file(LAW, RecordKind::Licence, &old);
        here.at("2040-05-05T00:00:00Z");
        std::thread::scope(|scope| {
            scope.spawn(|| here.registry.do_what_is_due().unwrap());
            for n in 1..=20 {
                let new = SourceRow::licence(n).document(&format!("甘许〔2040〕{n}号"));
                here.file(LAW, RecordKind::Licence, &[new.with("valid_until", "2050-05-04")]);
            }
        });
        for n in 1..=20 {
            let file = here.file_of(n);
            assert_eq!(file.identity.unwrap().name, made_up(n).name);
            assert_eq!(file.records[0].fields["licence_number"], format!("LAW-{n:08}"), "{n}");
            assert_eq!(file.records[1].status, RecordStatus::Erased);
        }
        prove_log(&here.registry);
    }

    fn rejected_rows_are_kept_for_the_sender_and_then_destroyed(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1).with("valid_from", "x")]);
        let rejected = || {
            let mut out = Vec::new();
            here.registry.rejected_csv(&LAW.into(), done.submission, intake::MessageLanguage::Zh, &mut out).unwrap();
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
