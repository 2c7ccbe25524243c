//! Code knows no province: the same program serves a jurisdiction with other professions, other identity
//! numbers, other headings and other periods.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use model::{RecordKind, RecordStatus};
use registry::{Answer, Checker, EventKind, InquiryRequest, RowOutcome};
use testkit::{Engine, Installation, name_staff, under_law, wait};

/// A resident number: two letters, eight digits, two check digits (ISO 7064 MOD 97-10).
fn number(letters: &str, digits: u32) -> String {
    let body = format!("{letters}{digits:08}");
    let rest = format!("{body}00").bytes().fold(0u64, |sum, byte| match byte {
        b'0'..=b'9' => (sum * 10 + u64::from(byte - b'0')) % 97,
        _ => (sum * 100 + u64::from(byte - b'A') + 10) % 97,
    });
    format!("{body}{:02}", 98 - rest)
}

fn licences() -> String {
    let (ada, child) = (number("QZ", 99_000_001), number("QZ", 99_000_002));
    let wrong = format!("{}{}", &ada[..11], if ada.ends_with('0') { '1' } else { '0' });
    let row = |name: &str, number: &str, born: &str, grant: &str| {
        format!(
            "{name},{number},{born},{grant},Surveyor's licence,SV-{grant},2020-01-15,2020-02-01,2040-01-31,land-office,\
             surveyor-register\n"
        )
    };
    format!(
        "Full name,Resident no.,Date of birth,Grant no.,Licence,Licence no.,Granted,From,Until,Body,Legal basis\n{}{}{}{}",
        row("Ada Example", &ada, "1980-03-04", "G-1"),
        row("Bo Example", &wrong, "1981-03-04", "G-2"),
        row("Cy Example", &child, "2010-03-04", "G-3"),
        row("Ada Example", &ada, "1980-03-04", "G-1"),
    )
}

fn serves(engine: Engine) {
    let here = Installation::new(engine, "northshire");
    let registry = &here.registry;
    let done = here
        .submit("land-office", RecordKind::Licence, "licences.csv", licences())
        .unwrap();
    let rows = wait(registry.submission_rows("land-office", done.submission, 1))
        .unwrap()
        .unwrap();
    let found: Vec<_> = rows
        .iter()
        .map(|row| (row.outcome, row.fault.as_ref().map(|fault| fault.code.as_str())))
        .collect();
    assert_eq!(
        found,
        [
            (RowOutcome::Accepted, None),
            (RowOutcome::Rejected, Some("id-check-digit")),
            (RowOutcome::Rejected, Some("under-age")),
            (RowOutcome::Unchanged, None),
        ]
    );
    let ada = number("QZ", 99_000_001);
    let person = wait(registry.find_person(&ada, "Ada Example")).unwrap().unwrap();
    let file = wait(registry.person_file(person, EventKind::OwnLook)).unwrap();
    assert_eq!(
        (file.records[0].status, file.records[0].profession.as_str()),
        (RecordStatus::InForce, "surveyor")
    );

    let issued = wait(registry.issue_certificate(person, file.records[0].record, None)).unwrap();
    let now = registry.now().as_second();
    let check = Checker::new(wait(registry.trust()).unwrap(), now).check(&issued.text, now);
    assert_eq!(check.answer, Answer::Valid);
    assert_eq!(check.claims.unwrap()["licence_number"], "SV-G-1");

    let request = InquiryRequest {
        authority: "land-office".into(),
        asker: "land-office-1".into(),
        purpose: "renewal".into(),
        profession: "surveyor".into(),
        id_number: ada,
        name: "Ada Example".into(),
        under: under_law(),
        nonce: None,
    };
    name_staff(registry, &request.authority, &request.asker);
    let seen = wait(registry.inquire(request)).unwrap();
    assert_eq!(seen.records.len(), 1);
}

#[test]
fn northshire_is_served_by_the_same_program_on_sqlite() {
    serves(Engine::Sqlite);
}

#[test]
fn northshire_is_served_by_the_same_program_on_postgres() {
    serves(Engine::Postgres);
}
