//! Faults that were mended, each held by the promise that it broke: what decisions do to licences, what is
//! erased and when, and what an authority may learn.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use model::{RecordId, RecordKind, RecordStatus};
use registry::{
    Answer, CertificateError, Checker, Claims, EventKind, InquiryRequest, Issued,
    RowOutcome::{Accepted, Rejected, Unchanged},
    Why,
};
use testkit::{Installation, SourceRow, made_up, name_staff, on_both_engines, under_law, wait};

const LAW: &str = "law-bureau";
const FIRST: &str = "LAW-00000001";
const SECOND: &str = "LAW-20000001";

fn licence(here: &Installation, number: &str) -> RecordId {
    let records = here.file_of(1).records;
    let bears = |one: &&registry::RecordView| {
        one.kind == RecordKind::Licence
            && one
                .fields
                .get("licence_number")
                .is_some_and(|value| value == number)
    };
    records.iter().find(bears).unwrap().record
}

fn issue(here: &Installation, number: &str) -> Result<Issued, CertificateError> {
    let licence = licence(here, number);
    wait(here.registry.issue_certificate(here.person(1), licence, None))
}

fn not_in_force(answer: &Result<Issued, CertificateError>) -> bool {
    matches!(answer, Err(CertificateError::NotInForce))
}

fn claims(here: &Installation, issued: &Issued) -> (Answer, Claims) {
    let now = here.registry.now().as_second();
    let check = Checker::new(wait(here.registry.trust()).unwrap(), now).check(&issued.text, now);
    (check.answer, check.claims.unwrap())
}

/// A second licence of the first person, in the same profession.
fn second() -> SourceRow {
    SourceRow::licence(1)
        .document("甘许〔2021〕二号")
        .with("licence_number", SECOND)
}

fn revocation() -> SourceRow {
    SourceRow::decision(1)
        .with("penalty", "吊销许可证件")
        .with("disclosure_ends_on", "2028-01-31")
}

/// The statuses of the licences that an inquiry shows.
fn seen(here: &Installation) -> Vec<RecordStatus> {
    let person = made_up(1);
    let profile = here.registry.profile();
    let pairs = profile.purposes.keys().flat_map(|purpose| {
        profile
            .authorities
            .keys()
            .map(move |authority| (purpose, authority))
    });
    for (purpose, authority) in pairs {
        let request = InquiryRequest {
            authority: authority.clone(),
            asker: format!("{authority}-desk"),
            purpose: purpose.clone(),
            profession: "lawyer".into(),
            id_number: person.number.clone(),
            name: person.name.clone(),
            under: under_law(),
            nonce: None,
        };
        // Not every purpose is every authority's.
        name_staff(&here.registry, &request.authority, &request.asker);
        let Ok(answer) = wait(here.registry.inquire(request)) else {
            continue;
        };
        let licences = answer
            .records
            .iter()
            .filter(|one| one.kind == RecordKind::Licence);
        let found: Vec<_> = licences.map(|one| one.status).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

on_both_engines! {
    fn a_decision_whose_correction_is_undone_names_its_first_licence_again(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1), second()]);
        here.file(LAW, RecordKind::Decision, &[revocation()]);
        assert!(not_in_force(&issue(&here, FIRST)));
        let moved = revocation().with("licence_number", SECOND).correcting();
        let done = here.file(LAW, RecordKind::Decision, &[moved]);
        assert!(not_in_force(&issue(&here, SECOND)));
        assert_eq!(here.registry.take_back(LAW, done.submission).unwrap().taken_back, 1);
        assert!(not_in_force(&issue(&here, FIRST)));
        issue(&here, SECOND).unwrap();
    }

    fn an_undone_correction_gives_back_the_retention_period(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let kept = here.file_of(1).records[0].days.kept_until;
        let shorter = SourceRow::licence(1).with("valid_until", "2022-05-04").correcting();
        let done = here.file(LAW, RecordKind::Licence, &[shorter]);
        here.registry.take_back(LAW, done.submission).unwrap();
        assert_eq!(here.file_of(1).records[0].days.kept_until, kept);
        here.at("2027-06-01T00:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 0);
        assert_eq!(here.file_of(1).records[0].status, RecordStatus::InForce);
    }

    fn a_slip_of_the_pen_in_a_date_destroys_nothing(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let slip = SourceRow::licence(1).with("valid_until", "2021-05-04").correcting();
        let done = here.file(LAW, RecordKind::Licence, &[slip]);
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 0);
        let record = here.file_of(1).records.remove(0);
        assert_eq!(record.status, RecordStatus::Expired, "it is not shown as destroyed");
        assert!(record.versions.iter().all(|version| version.fields.is_some()));
        assert_eq!(here.registry.take_back(LAW, done.submission).unwrap().taken_back, 1);
        assert_eq!(here.file_of(1).records[0].status, RecordStatus::InForce);
        let again = here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        assert_eq!(here.outcomes(LAW, &again), [(Unchanged, None)]);
    }

    fn what_was_filed_too_late_can_still_be_taken_back(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let old = SourceRow::licence(1)
            .with("decided_on", "2010-05-04")
            .with("valid_from", "2010-05-04")
            .with("valid_until", "2012-05-04");
        let done = here.file(LAW, RecordKind::Licence, std::slice::from_ref(&old));
        let new = here.file(LAW, RecordKind::Licence, &[old.document("又一号")]);
        assert_eq!((done.counts.accepted, new.counts.accepted), (1, 1));
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 0);
        assert_eq!(here.registry.take_back(LAW, done.submission).unwrap().taken_back, 1);
        // The other is destroyed once its time to be taken back is over.
        here.later(96);
        assert!(here.registry.do_what_is_due().unwrap().erased >= 1);
    }

    fn a_licence_once_revoked_stays_so_when_the_decision_is_destroyed(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        assert_eq!(seen(&here), [RecordStatus::InForce]);
        here.file(LAW, RecordKind::Decision, &[revocation()]);
        assert!(not_in_force(&issue(&here, FIRST)));
        assert_eq!(seen(&here), [RecordStatus::Revoked]);
        here.at("2032-02-01T00:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 1);
        assert!(not_in_force(&issue(&here, FIRST)));
        assert_eq!(seen(&here), [RecordStatus::Revoked]);
    }

    fn a_revocation_that_was_taken_back_counts_no_more(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let done = here.file(LAW, RecordKind::Decision, &[revocation()]);
        here.registry.take_back(LAW, done.submission).unwrap();
        issue(&here, FIRST).unwrap();
        assert_eq!(seen(&here), [RecordStatus::InForce]);
    }

    fn a_prohibition_reaches_every_licence_of_the_profession(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1), second()]);
        here.file("education-department", RecordKind::Licence, &[SourceRow::teacher(1)]);
        let other = issue(&here, SECOND).unwrap();
        let teacher = issue(&here, "TEA-00000001").unwrap();
        let prohibition =
            SourceRow::decision(1).with("penalty", "限制从业").with("disclosure_ends_on", "2033-01-31");
        here.file(LAW, RecordKind::Decision, &[prohibition]);
        assert_eq!(claims(&here, &other).0, Answer::Revoked);
        assert!(not_in_force(&issue(&here, FIRST)));
        assert!(not_in_force(&issue(&here, SECOND)));
        // It has no effect in another profession.
        assert_eq!(claims(&here, &teacher).0, Answer::Valid);
        issue(&here, "TEA-00000001").unwrap();
    }

    fn an_unknown_document_or_licence_is_unknown_whatever_the_name(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file("education-department", RecordKind::Licence, &[SourceRow::teacher(1)]);
        let probe = |kind, row: SourceRow| {
            let done = here.file(LAW, kind, &[row]);
            here.outcomes(LAW, &done)
        };
        let licence = |n| SourceRow::licence(n).document("探一号").correcting();
        for row in [licence(1), licence(1).with("name", "某某"), licence(2)] {
            assert_eq!(probe(RecordKind::Licence, row), [(Rejected, Some("correction-unknown"))]);
        }
        for row in [SourceRow::decision(1), SourceRow::decision(1).with("name", "某某"), SourceRow::decision(2)] {
            assert_eq!(probe(RecordKind::Decision, row), [(Rejected, Some("licence-unknown"))]);
        }
    }

    fn a_certificate_says_the_day_of_grant_as_it_was_put_right(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1).with("valid_from", "2012-05-04")]);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1).correcting()]);
        let (_, claims) = claims(&here, &issue(&here, FIRST).unwrap());
        assert_eq!(claims["first_granted_on"], "2020-05-04");
        assert_eq!(claims["whole_years_without_decision"], 6);
    }

    fn certificates_are_destroyed_with_their_licence(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1).with("valid_until", "2026-12-31")]);
        issue(&here, FIRST).unwrap();
        here.at("2032-02-01T00:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 1);
        let certificates = wait(here.registry.certificates(here.person(1))).unwrap();
        assert_eq!(certificates.len(), 1);
        assert_eq!(certificates[0].text, "");
    }

    fn a_list_made_on_the_day_of_a_decision_counts_it_before_anything_is_done(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let issued = issue(&here, FIRST).unwrap();
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1).with("effective_on", "2026-11-24")]);
        assert_eq!(claims(&here, &issued).0, Answer::Valid);
        // A list signed before midnight says nothing of the day after. Clocks may differ by a minute.
        let trust = wait(here.registry.trust()).unwrap();
        here.at("2026-11-23T16:01:01Z");
        let now = here.registry.now().as_second();
        assert_ne!(Checker::new(trust, now).check(&issued.text, now).answer, Answer::Valid);
        assert_eq!(claims(&here, &issued).0, Answer::Revoked);
    }

    fn a_certificate_that_ended_by_itself_is_not_revoked(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        issue(&here, FIRST).unwrap();
        let later = SourceRow::decision(1).with("effective_on", "2027-12-01").with("disclosure_ends_on", "2028-03-01");
        here.file(LAW, RecordKind::Decision, &[later]);
        here.at("2027-12-02T00:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap().revoked, 0);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1).with("scope", "律师（专职）").correcting()]);
        assert!(wait(here.registry.notices(here.person(1))).unwrap().is_empty());
        let revoked = |why: &(_, Why)| why.1;
        let certificates = wait(here.registry.certificates(here.person(1))).unwrap();
        assert_eq!(certificates[0].revoked.as_ref().map(revoked), None);
        let events = here.file_of(1).events;
        assert!(events.iter().all(|one| one.kind != EventKind::CertificateRevoked));
        let accepted = here.file(LAW, RecordKind::Licence, &[SourceRow::licence(2)]);
        assert_eq!(here.outcomes(LAW, &accepted), [(Accepted, None)]);
    }
}
