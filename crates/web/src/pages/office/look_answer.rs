//! The answer to a look, on a page that is written once.

use askama::Template;
use registry::{InquiryAnswer, SeenRecord};

use super::requests;
use crate::{
    page::{Page, Section},
    said::{self, FieldView},
    time,
    visit::Visit,
    words::Key,
};

/// A record of the answer.
struct Seen {
    id: String,
    kind: Key,
    status: Key,
    disputed: bool,
    /// The authority that filed it; empty where a field says so.
    authority: String,
    statements: Vec<String>,
    fields: Vec<FieldView>,
}

#[derive(Template)]
#[template(path = "office-look-answer.html")]
pub(super) struct AnswerPage {
    page: Page,
    body: String,
    purpose: String,
    profession: String,
    person: String,
    records: Vec<Seen>,
    look: String,
    leaf: u64,
    /// Until which day the answer may be kept, where a consent says so.
    keep_until: Option<String>,
}

fn seen(visit: &Visit, record: &SeenRecord) -> Seen {
    let (profile, language) = (visit.state.profile(), visit.language);
    let fields = said::fields(profile, record.kind, &record.fields, language);
    let mut authority = said::authority(profile, &record.authority, language);
    // Most records name their authority among their fields already.
    if fields.iter().any(|field| field.value == authority) {
        authority.clear();
    }
    Seen {
        id: record.record.to_string(),
        kind: said::kind(record.kind),
        status: said::status(record.kind, record.status),
        disputed: record.disputed,
        authority,
        statements: record.statements.clone(),
        fields,
    }
}

/// The page with the answer to a look of this body. `keep_days` is how long a consent lets it be kept.
pub(super) fn answered(
    visit: &Visit,
    body: &str,
    (purpose, profession): (&str, &str),
    answer: &InquiryAnswer,
    keep_days: Option<u32>,
) -> AnswerPage {
    let (profile, language) = (visit.state.profile(), visit.language);
    let keep_until = keep_days.map(|days| {
        let today = visit.state.registry.today();
        let last = today.saturating_add(jiff::Span::new().days(i64::from(days.min(36_500))));
        time::day(language, last)
    });
    AnswerPage {
        page: visit.page(Section::Look),
        body: said::authority(profile, body, language),
        purpose: requests::purpose(visit, purpose),
        profession: said::profession(profile, profession, language),
        person: answer.person.clone(),
        records: answer.records.iter().map(|record| seen(visit, record)).collect(),
        look: answer.look.to_string(),
        leaf: answer.receipt.leaf,
        keep_until,
    }
}
