//! What decisions make of a licence's status: the person's own pages, an inquiry and a certificate say the
//! same on the same day, and none says more of a decision than its own law lets it be shown.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use model::{
    RecordId, RecordKind,
    RecordStatus::{self, Expired, InForce, Prohibited, Revoked, Suspended},
    SubmissionId,
};
use registry::{CertificateError, Checker, InquiryAnswer, InquiryRequest};
use testkit::{Engine, Installation, SourceRow, made_up, name_staff, on_both_engines, under_law, wait};

const LAW: &str = "law-bureau";
const SUSPENSION: &str = "暂扣许可证件";
const PROHIBITION: &str = "限制从业";
const REVOCATION: &str = "吊销许可证件";

fn filled(engine: Engine) -> Installation {
    let here = Installation::new(engine, "gansu");
    here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
    here
}

/// A decision on the first person, in force from 10 November 2026 and shown until 10 November 2027.
fn decision(penalty: &str) -> SourceRow {
    SourceRow::decision(1)
        .with("penalty", penalty)
        .with("disclosure_ends_on", "2027-11-10")
}

fn decide(here: &Installation, row: SourceRow) -> SubmissionId {
    let done = here.file(LAW, RecordKind::Decision, &[row]);
    assert_eq!(done.counts.accepted, 1);
    done.submission
}

fn inquire(here: &Installation, purpose: &str) -> InquiryAnswer {
    let person = made_up(1);
    let request = InquiryRequest {
        authority: LAW.into(),
        asker: format!("{purpose}-desk"),
        purpose: purpose.into(),
        profession: "lawyer".into(),
        id_number: person.number,
        name: person.name,
        under: under_law(),
        nonce: None,
    };
    name_staff(&here.registry, &request.authority, &request.asker);
    wait(here.registry.inquire(request)).unwrap()
}

/// The status of the person's licence as a lawyer, which everybody who may know it is told alike, and the
/// decisions that the person reads it comes from.
fn status(here: &Installation) -> (RecordStatus, Vec<RecordId>) {
    let records = here.file_of(1).records;
    let is_licence = |kind, profession: &str| kind == RecordKind::Licence && profession == "lawyer";
    let mine = records
        .iter()
        .find(|one| is_licence(one.kind, &one.profession))
        .unwrap();
    for purpose in ["licensing-renewal", "cross-region-check"] {
        let seen = inquire(here, purpose).records;
        let licence = seen.iter().find(|one| one.record == mine.record).unwrap();
        assert_eq!(licence.status, mine.status, "{purpose}");
    }
    let certified = match wait(here.registry.issue_certificate(here.person(1), mine.record, None)) {
        Ok(issued) => {
            let now = here.registry.now().as_second();
            let checker = Checker::new(wait(here.registry.trust()).unwrap(), now);
            let claims = checker.check(&issued.text, now).claims.unwrap();
            assert_eq!(claims["licence_status"], mine.status.as_str());
            true
        }
        Err(CertificateError::NotInForce) => false,
        Err(other) => panic!("{other}"),
    };
    assert_eq!(certified, mine.status.can_be_certified());
    (mine.status, mine.decided_by.clone())
}

/// The records of the person's decisions, the first filed first.
fn decisions(here: &Installation) -> Vec<RecordId> {
    let records = here.file_of(1).records;
    let decisions = records
        .iter()
        .rev()
        .filter(|one| one.kind == RecordKind::Decision);
    decisions.map(|one| one.record).collect()
}

on_both_engines! {
    fn a_licence_says_what_a_decision_does_to_it_and_which_decision(engine: Engine) {
        for (penalty, gives) in [(SUSPENSION, Suspended), (PROHIBITION, Prohibited), (REVOCATION, Revoked)] {
            let here = filled(engine);
            assert_eq!(status(&here), (InForce, Vec::new()));
            decide(&here, decision(penalty));
            assert_eq!(status(&here), (gives, decisions(&here)), "{penalty}");
        }
    }

    fn a_decision_that_does_nothing_to_licences_changes_no_status(engine: Engine) {
        let here = filled(engine);
        decide(&here, decision("罚款"));
        assert_eq!(status(&here), (InForce, Vec::new()));
    }

    fn it_counts_from_its_first_day_and_a_suspension_or_prohibition_to_its_last(engine: Engine) {
        for (penalty, gives, after) in [
            (SUSPENSION, Suspended, InForce),
            (PROHIBITION, Prohibited, InForce),
            (REVOCATION, Revoked, Revoked),
        ] {
            let here = filled(engine);
            decide(&here, decision(penalty).with("effective_on", "2026-11-24"));
            assert_eq!(status(&here).0, InForce, "{penalty}");
            // Midnight in the profile's time zone.
            here.at("2026-11-23T16:00:00Z");
            assert_eq!(status(&here).0, gives, "{penalty}");
            here.at("2027-11-10T15:59:59Z");
            assert_eq!(status(&here).0, gives, "{penalty}");
            here.at("2027-11-10T16:00:00Z");
            assert_eq!(status(&here).0, after, "{penalty}");
        }
    }

    fn a_revocation_stays_when_its_decision_is_no_longer_shown_and_when_it_is_destroyed(engine: Engine) {
        let here = filled(engine);
        decide(&here, decision(REVOCATION));
        let shows_decision = || {
            let seen = inquire(&here, "licensing-renewal").records;
            seen.iter().any(|one| one.kind == RecordKind::Decision)
        };
        assert!(shows_decision());
        here.at("2027-11-11T00:00:00Z");
        assert!(!shows_decision(), "its disclosure is over");
        assert_eq!(status(&here).0, Revoked);
        here.at("2032-02-01T00:00:00Z");
        assert_eq!(here.registry.do_what_is_due().unwrap().erased, 1);
        assert!(!shows_decision());
        assert_eq!(status(&here), (Revoked, decisions(&here)), "the person still reads which it was");
        // Nor does it come to a gentler end with the licence's own last day.
        here.at("2035-05-06T00:00:00Z");
        assert_eq!(status(&here).0, Revoked);
    }

    fn a_suspension_is_of_what_would_be_in_force(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1).with("valid_until", "2026-12-31")]);
        decide(&here, decision(SUSPENSION));
        assert_eq!(status(&here).0, Suspended);
        here.at("2027-01-01T00:00:00Z");
        assert_eq!(status(&here), (Expired, Vec::new()));
    }

    fn the_gravest_decision_counts_and_without_it_the_next(engine: Engine) {
        let here = filled(engine);
        let filed = [REVOCATION, SUSPENSION, PROHIBITION, SUSPENSION].iter().enumerate();
        let filed: Vec<_> = filed
            .map(|(n, penalty)| decide(&here, decision(penalty).document(&format!("甘律罚〔2026〕9000{n}号"))))
            .collect();
        let [revocation, first, prohibition, second] = decisions(&here)[..] else { panic!("four decisions") };
        assert_eq!(status(&here), (Revoked, vec![revocation]));
        here.registry.take_back(LAW, filed[0]).unwrap();
        assert_eq!(status(&here), (Prohibited, vec![prohibition]));
        here.registry.take_back(LAW, filed[2]).unwrap();
        let (suspended, mut by) = status(&here);
        by.sort();
        let mut both = vec![first, second];
        both.sort();
        assert_eq!((suspended, by), (Suspended, both));
        here.registry.take_back(LAW, filed[1]).unwrap();
        here.registry.take_back(LAW, filed[3]).unwrap();
        assert_eq!(status(&here), (InForce, Vec::new()));
    }

    fn a_correction_of_the_penalty_corrects_the_status(engine: Engine) {
        let here = filled(engine);
        decide(&here, decision(REVOCATION));
        decide(&here, decision(SUSPENSION).correcting());
        assert_eq!(status(&here).0, Suspended);
        decide(&here, decision("罚款").correcting());
        assert_eq!(status(&here).0, InForce);
    }

    fn limit_3_a_licence_in_another_profession_keeps_its_status(engine: Engine) {
        let here = filled(engine);
        // It even bears the same number.
        let teacher = SourceRow::teacher(1).with("licence_number", "LAW-00000001");
        here.file("education-department", RecordKind::Licence, &[teacher]);
        for penalty in [PROHIBITION, REVOCATION] {
            decide(&here, decision(penalty).document(penalty));
            let records = here.file_of(1).records;
            let teacher = records.iter().find(|one| one.profession == "teacher").unwrap();
            assert_eq!((teacher.status, teacher.decided_by.as_slice()), (InForce, &[][..]), "{penalty}");
            assert_ne!(status(&here).0, InForce);
        }
    }
}
