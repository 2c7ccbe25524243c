//! What these tests share.

use std::collections::BTreeSet;

use model::{ConsentId, RecordKind, consent::FieldsByKind};
use registry::{ConsentAsk, EventKind, InquiryAnswer, InquiryError, InquiryRequest, NoticeKind, Under};
use storage::{Access, Param, StoreError};
use testkit::{Engine, Installation, SourceRow, made_up, name_staff, under_law, wait};

pub(crate) const LAW: &str = "law-bureau";
pub(crate) const RENEWAL: &str = "licensing-renewal";
pub(crate) const HOSPITAL: &str = "example-hospital";
pub(crate) const HIRING: &str = "employment-check";

/// Two lawyers, the first with a decision, and a clerk of each body.
pub(crate) fn filled(engine: Engine) -> Installation {
    fill(Installation::new(engine, "gansu"))
}

pub(crate) fn fill(here: Installation) -> Installation {
    here.file(
        LAW,
        RecordKind::Licence,
        &[SourceRow::licence(1), SourceRow::licence(2)],
    );
    here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
    name_staff(&here.registry, LAW, "clerk");
    name_staff(&here.registry, HOSPITAL, "clerk");
    here
}

/// A look of the law bureau at the `n`th person.
pub(crate) fn by_law(n: u32) -> InquiryRequest {
    let person = made_up(n);
    InquiryRequest {
        authority: LAW.to_owned(),
        asker: "clerk".to_owned(),
        purpose: RENEWAL.to_owned(),
        profession: "lawyer".to_owned(),
        under: under_law(),
        id_number: person.number,
        name: person.name,
        nonce: None,
    }
}

/// A look of the hospital at the `n`th person.
pub(crate) fn by_consent(n: u32, consent: ConsentId) -> InquiryRequest {
    InquiryRequest {
        authority: HOSPITAL.to_owned(),
        purpose: HIRING.to_owned(),
        under: Under::Consent(consent),
        ..by_law(n)
    }
}

pub(crate) fn look(here: &Installation, request: InquiryRequest) -> Result<InquiryAnswer, InquiryError> {
    wait(here.registry.inquire(request))
}

/// The code of a refusal.
pub(crate) fn code(answer: &Result<InquiryAnswer, InquiryError>) -> &'static str {
    match answer {
        Ok(_) => "answered",
        Err(InquiryError::Refused(refusal)) => refusal.code(),
        Err(InquiryError::NobodyKnown) => "nobody-known",
        Err(other) => panic!("{other}"),
    }
}

pub(crate) fn fields(licence: &[&str], decision: &[&str]) -> FieldsByKind {
    let set = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let both = [
        (RecordKind::Licence, set(licence)),
        (RecordKind::Decision, set(decision)),
    ];
    both.into_iter()
        .filter(|(_, fields)| !fields.is_empty())
        .collect()
}

/// The hospital's wish to look at the `n`th person until the end of the year, twice.
pub(crate) fn ask(n: u32) -> ConsentAsk {
    let person = made_up(n);
    ConsentAsk {
        body: HOSPITAL.to_owned(),
        asker: "clerk".to_owned(),
        purpose: HIRING.to_owned(),
        profession: "lawyer".to_owned(),
        fields: fields(&["name", "licence_number", "scope"], &["penalty"]),
        from: None,
        until: Some("2026-12-31".parse().unwrap()),
        looks: Some(2),
        keep_answer_days: 30,
        id_number: person.number,
        name: person.name,
        nonce: None,
    }
}

/// Which of these kinds of event a person has, how often.
pub(crate) fn events(here: &Installation, n: u32, kind: EventKind) -> usize {
    here.file_of(n)
        .events
        .iter()
        .filter(|event| event.kind == kind)
        .count()
}

pub(crate) fn notices(here: &Installation, n: u32, kind: NoticeKind) -> usize {
    let notices = wait(here.registry.notices(here.person(n))).unwrap();
    notices.iter().filter(|notice| notice.kind == kind).count()
}

/// How many rows of a table hold this word in a column, read past the registry.
pub(crate) fn count(here: &Installation, table: &str, column: &str, word: &str) -> i64 {
    let (sql, word) = (
        format!("SELECT COUNT(*) FROM {table} WHERE {column} = $1"),
        word.to_owned(),
    );
    let counted = here.store.store.run("test.count", Access::Read, move |tx| {
        let rows = tx.query(&sql, &[Param::Text(&word)])?;
        rows.into_iter()
            .next()
            .ok_or(StoreError::Shape("a count is expected"))?
            .int()
    });
    counted.unwrap()
}
