//! `/desk/procedures/{id}/correct`: the authority puts its record right, through the fields of the record's own form.
//! What it files so passes the checks that every filed row passes. Whom the record is about and which document it is
//! stay as they are: for another person or document it would be another record.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use model::procedure::{Procedure, ProcedureKind};
use profile::{Field, FieldKind, Language, Permission, Profile, RecordType};
use registry::{CarryOut, DisputeAnswer, ProcedureError, ProcedureView, RecordView};
use serde_json::Value;

use super::{
    Choice, Problem, Problems,
    procedure::{find, may_correct},
};
use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    pages::certificates::see_other,
    said, said_office,
    visit::{ClerkVisit, Visit},
    words::Key,
};

/// From how many characters on a text gets several lines.
const LONG_TEXT: usize = 200;

/// A field to be filled in.
struct Input {
    /// Its name in the form.
    name: String,
    label: String,
    value: String,
    /// `text`, `date`, `long` or `choice`.
    form: &'static str,
    choices: Vec<Choice>,
    required: bool,
}

#[derive(Template)]
#[template(path = "office-correct.html")]
struct CorrectPage {
    page: Page,
    authority: String,
    id: String,
    kind: Key,
    /// What stays as it is.
    fixed: Vec<said::FieldView>,
    inputs: Vec<Input>,
    problems: Problems,
    /// None: the reasons were given with the order.
    reasons: Option<String>,
}

impl CorrectPage {
    /// A field's label, which says of one that may stay empty that it may.
    fn label(&self, input: &Input) -> String {
        if input.required {
            return input.label.clone();
        }
        self.page
            .say("office-optional")
            .with("label", &input.label)
            .to_string()
    }
}

/// Whether a field may be put right: none that tells whom the record is about or which document it is.
fn may_change(record_type: &RecordType, field: &Field) -> bool {
    let whom = matches!(
        field.kind,
        FieldKind::Name { .. }
            | FieldKind::IdNumber
            | FieldKind::IdType { .. }
            | FieldKind::BirthDate
            | FieldKind::Authority
            | FieldKind::DocumentNumber
            | FieldKind::Correction { .. }
    );
    !whom && !record_type.identity.contains(&field.name)
}

fn text_of(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn choices(
    profile: &Profile,
    authority: &str,
    record: &RecordView,
    field: &Field,
    value: &str,
    language: Language,
) -> Vec<Choice> {
    let choice = |one: &str, name: &str| Choice {
        value: one.to_owned(),
        name: name.to_owned(),
        chosen: one == value,
    };
    let mut choices: Vec<Choice> = match &field.kind {
        FieldKind::Choice { values } => values
            .iter()
            .map(|one| choice(&one.value, one.label.get(language)))
            .collect(),
        FieldKind::Penalty { values } => values
            .iter()
            .map(|one| choice(&one.choice.value, one.choice.label.get(language)))
            .collect(),
        FieldKind::Basis => {
            let may = profile.bases.values().filter(|basis| {
                basis.profession == record.profession
                    && basis.allows(Permission::Collect, record.kind)
                    && profile.filing_basis(authority, record.kind, &basis.id).is_some()
            });
            may.map(|basis| choice(&basis.id, basis.name.get(language)))
                .collect()
        }
        _ => Vec::new(),
    };
    if !field.required && !choices.is_empty() {
        choices.insert(0, choice("", "–"));
    }
    choices
}

/// The record's form, with its values as they stand or as they were sent.
fn inputs(visit: &Visit, authority: &str, record: &RecordView, sent: Option<&Form>) -> Vec<Input> {
    let (profile, language) = (visit.state.profile(), visit.language);
    let Some(record_type) = profile.record_type(record.kind) else {
        return Vec::new();
    };
    let fields = record_type.fields.iter();
    fields
        .filter(|field| may_change(record_type, field))
        .map(|field| {
            let name = format!("f-{}", field.name);
            let stored = text_of(record.fields.get(&field.name));
            let value = sent
                .and_then(|form| form.all(&name).next())
                .map_or(stored, str::to_owned);
            let choices = choices(profile, authority, record, field, &value, language);
            let form = match field.kind {
                _ if !choices.is_empty() => "choice",
                FieldKind::Date { .. } => "date",
                FieldKind::Text { max_chars } | FieldKind::Remedies { max_chars }
                    if max_chars > LONG_TEXT =>
                {
                    "long"
                }
                _ => "text",
            };
            Input {
                name,
                label: field.label.get(language).to_owned(),
                value,
                form,
                choices,
                required: field.required,
            }
        })
        .collect()
}

fn page(
    visit: &Visit,
    authority: &str,
    (view, record): (&ProcedureView, &RecordView),
    problems: Problems,
    sent: Option<&Form>,
) -> CorrectPage {
    let (profile, language) = (visit.state.profile(), visit.language);
    let mut fixed = record.fields.clone();
    if let Some(record_type) = profile.record_type(record.kind) {
        fixed.retain(|name, _| {
            let field = record_type.field(name);
            field.is_some_and(|field| !may_change(record_type, field))
        });
    }
    let with_reasons = view.summary.kind == ProcedureKind::Dispute;
    let reasons = sent.map(|form| form.one("reasons")).unwrap_or_default();
    CorrectPage {
        page: visit.page(Section::DeskProcedures),
        authority: said::authority(profile, authority, language),
        id: view.summary.procedure.to_string(),
        kind: said::kind(record.kind),
        fixed: said::fields(profile, record.kind, &fixed, language),
        inputs: inputs(visit, authority, record, sent),
        problems,
        reasons: with_reasons.then(|| reasons.to_owned()),
    }
}

/// The procedure and its record, if the record may be put right now.
async fn to_correct(visit: &Visit, authority: &str, id: &str) -> Result<(ProcedureView, RecordView), Fault> {
    let (view, record) = find(visit, authority, id).await?;
    if !may_correct(&view, record.as_ref()) {
        return Err(Fault::NotFound);
    }
    Ok((view, record.ok_or(Fault::NotFound)?))
}

/// `GET /desk/procedures/{id}/correct`
pub(crate) async fn show(
    ClerkVisit { visit, authority, .. }: ClerkVisit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let (view, record) = to_correct(&visit, &authority, &id).await?;
    html(&page(
        &visit,
        &authority,
        (&view, &record),
        Problems::default(),
        None,
    ))
}

/// The whole row as it should be: what is stored, with what was sent in its place.
fn row(profile: &Profile, record: &RecordView, form: &Form) -> String {
    let mut row: serde_json::Map<String, Value> = record
        .fields
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let record_type = profile.record_type(record.kind);
    for field in record_type.into_iter().flat_map(|one| &one.fields) {
        let name = format!("f-{}", field.name);
        let Some(sent) = form.all(&name).next() else {
            continue;
        };
        let may = record_type.is_some_and(|record_type| may_change(record_type, field));
        // Browsers send lines with another end than they were given.
        let sent = sent.replace("\r\n", "\n");
        if !may || sent == text_of(record.fields.get(&field.name)) {
            continue;
        }
        if sent.trim().is_empty() {
            row.remove(&field.name);
        } else {
            row.insert(field.name.clone(), Value::String(sent));
        }
    }
    Value::Object(row).to_string()
}

/// What is wrong with the correction, at its field.
fn problem(visit: &Visit, error: &ProcedureError) -> Problems {
    let ProcedureError::Row(fault) = error else {
        let field = if matches!(error, ProcedureError::Words(_)) {
            "reasons"
        } else {
            ""
        };
        return Problems::new(visit, field, said_office::procedure_error(error));
    };
    let zh = visit.language == Language::Zh;
    let text = |zh_words: &str, en_words: &str| said::sentence(if zh { zh_words } else { en_words });
    Problems::of(Problem {
        field: fault
            .column
            .as_ref()
            .map(|column| format!("f-{column}"))
            .unwrap_or_default(),
        words: text(&fault.message.zh, &fault.message.en),
        advice: text(&fault.expected.zh, &fault.expected.en),
    })
}

/// `POST /desk/procedures/{id}/correct`: the record's fields, each as `f-` with its name, and `reasons`.
pub(crate) async fn correct(
    asked: ClerkVisit,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fault> {
    let (by, ClerkVisit { visit, authority, .. }) = (asked.for_body(), asked);
    let (view, record) = to_correct(&visit, &authority, &id).await?;
    let what = CarryOut::Correct(row(visit.state.profile(), &record, &form));
    let (registry, procedure) = (&visit.state.registry, view.summary.procedure);
    let done = match &view.course {
        Some(Procedure::Dispute(_)) => {
            let (answer, reasons) = (DisputeAnswer::Change(what), form.one("reasons").trim().to_owned());
            registry.answer_dispute(by, procedure, answer, reasons).await
        }
        _ => registry.follow_order(by, procedure, what).await,
    };
    match done {
        Ok(_) => Ok(see_other(format!("/desk/procedures/{id}"))),
        Err(ProcedureError::Registry(error)) => Err(error.into()),
        Err(error) => {
            let problems = problem(&visit, &error);
            let page = page(&visit, &authority, (&view, &record), problems, Some(&form));
            refused(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_a_record_is_about_and_which_document_it_is_stay_as_they_are() {
        let profile = Profile::load(&testkit::profiles_folder().join("gansu")).unwrap();
        for record_type in profile.record_types.values() {
            let fields = record_type.fields.iter();
            let open: Vec<_> = fields
                .filter(|field| may_change(record_type, field))
                .map(|field| field.name.as_str())
                .collect();
            assert!(!open.is_empty());
            for fixed in [
                "name",
                "id_number",
                "id_type",
                "document_number",
                "authority",
                "correction",
            ] {
                assert!(!open.contains(&fixed), "{fixed}");
            }
        }
    }
}
