//! `/review/procedures/{id}`: a reconsideration or a complaint, or what an authority is late with. A reviewer who had
//! no part in it takes it, and answers it; what a court decided is put down here.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use jiff::civil::Date;
use model::{
    ProcedureId, RecordKind, RecordStatus,
    procedure::{Order, Procedure, ProcedureKind, Reconsidered, ReviewerId, Role, StepName},
};
use registry::{OutsideOrder, ProcedureError, ProcedureView, Reader, RecordView};

use super::breaches::BreachForm;
use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    pages::{
        certificates::see_other,
        office::{
            Choice, Problems,
            course::CourseView,
            procedure::{fault, file_for, open_steps, ordered},
        },
    },
    process, said_office,
    visit::{ReviewerVisit, Visit},
    words::{Key, say},
};

/// What a reviewer may do now.
#[derive(Default)]
struct Open {
    /// Take it, or take it over.
    take: bool,
    /// Answer a reconsideration, by saying that it stands
    answer: bool,
    /// or by one of these orders.
    orders: Vec<Choice>,
    /// Answer a complaint.
    complaint: bool,
    /// and report a breach that came to light.
    breach: BreachForm,
    /// Put down what a court decided, with what it may have ordered.
    courts: Vec<Choice>,
    court_orders: Vec<Choice>,
    /// Of a correction: what is to be put right.
    court_fields: Vec<Choice>,
    /// Put the look down as improper, as was ordered.
    improper: bool,
}

#[derive(Template)]
#[template(path = "review-procedure.html")]
pub(super) struct ProcedurePage {
    page: Page,
    course: CourseView,
    open: Open,
    sent: Sent,
    problems: Problems,
}

/// What the forms held.
#[derive(Default)]
struct Sent {
    finding: String,
    reasons: String,
    measures: String,
    reference: String,
    decided_on: String,
}

impl Sent {
    fn new(form: &Form) -> Self {
        let value = |name| form.one(name).to_owned();
        Self {
            finding: value("finding"),
            reasons: value("reasons"),
            measures: value("measures"),
            reference: value("reference"),
            decided_on: value("decided_on"),
        }
    }
}

fn open(
    visit: &Visit,
    (view, record): (&ProcedureView, Option<&RecordView>),
    reviewer: &ReviewerId,
    sent: Option<&Form>,
) -> Open {
    let steps = open_steps(view, Role::Reviewer);
    let mine = view.summary.waits_for.as_deref() == Some(&format!("reviewer:{reviewer}"));
    let value = |name: &str| sent.map_or("", |form| form.one(name)).to_owned();
    let mut open = Open {
        take: steps.contains(&StepName::Assign) && !mine,
        complaint: mine && steps.contains(&StepName::FindFounded),
        improper: steps.contains(&StepName::Follow) && ordered(view) == Some(Order::LookImproper),
        ..Open::default()
    };
    if open.complaint {
        open.breach = BreachForm::new(visit, sent, view.summary.body.as_deref().unwrap_or_default());
    }
    if view.summary.kind != ProcedureKind::Reconsideration {
        return open;
    }
    let (possible, chosen) = (possible_orders(view, record), value("finding"));
    if mine && steps.contains(&StepName::Change) {
        open.answer = true;
        // About a record that is no dispute's, a court alone orders something.
        if !process::of_court(view) {
            open.orders = orders(visit, &possible, &chosen);
        }
    }
    // One that was followed may have been put down wrongly.
    if steps.contains(&StepName::RecordOutsideDecision) || steps.contains(&StepName::AmendOutsideOrder) {
        open.courts = courts(visit, &value("court"));
        // A higher court may set aside what was ordered before.
        let possible: Vec<Order> = possible.into_iter().chain([Order::Stand]).collect();
        open.court_orders = orders(visit, &possible, &value("outside_order"));
        if possible.contains(&Order::Correct) {
            open.court_fields = court_fields(visit, record.map(|record| record.kind), sent);
        }
    }
    open
}

/// What may be ordered: a record is put right or taken back, one that was taken back is filed again, a look is improper.
fn possible_orders(view: &ProcedureView, record: Option<&RecordView>) -> Vec<Order> {
    let withdrawn = record.is_some_and(|record| record.status == RecordStatus::Withdrawn);
    match &view.course {
        Some(Procedure::Reconsideration(one)) => match one.opening().of {
            Reconsidered::Dispute(_) | Reconsidered::Record(_) if withdrawn => vec![Order::Readmit],
            Reconsidered::Dispute(_) | Reconsidered::Record(_) => vec![Order::Correct, Order::Withdraw],
            Reconsidered::Look(_) => vec![Order::LookImproper],
        },
        _ => Vec::new(),
    }
}

/// Bodies outside that decide.
pub(super) fn courts(visit: &Visit, chosen: &str) -> Vec<Choice> {
    let courts = visit.state.profile().courts.values().map(|one| Choice {
        value: one.id.clone(),
        name: one.name.get(visit.language).to_owned(),
        chosen: one.id == chosen,
    });
    courts.collect()
}

/// The value of what is to be put right that stands for the record as a whole.
const WHOLE: &str = "*";

/// What a correction may be ordered of: the record as a whole, or fields of this kind of record, or of any.
pub(super) fn court_fields(visit: &Visit, kind: Option<RecordKind>, sent: Option<&Form>) -> Vec<Choice> {
    let chosen = |value: &str| sent.is_some_and(|form| form.all("fields").any(|one| one == value));
    let mut choices = vec![Choice {
        value: WHOLE.to_owned(),
        name: say(visit.language, Key("ordered-whole")).to_string(),
        chosen: chosen(WHOLE),
    }];
    let types = visit.state.profile().record_types.values();
    let fields = types.filter(|one| kind.is_none_or(|kind| one.kind == kind));
    for field in fields.flat_map(|one| one.correctable()) {
        if choices.iter().all(|one| one.value != field.name) {
            choices.push(Choice {
                value: field.name.clone(),
                name: field.label.get(visit.language).to_owned(),
                chosen: chosen(&field.name),
            });
        }
    }
    choices
}

/// What is to be put right, as it was chosen: some fields, or the record as a whole.
fn fields_of(form: &Form) -> Option<Vec<String>> {
    let whole = form.all("fields").any(|one| one == WHOLE);
    let fields: Vec<String> = form
        .all("fields")
        .filter(|one| *one != WHOLE)
        .map(str::to_owned)
        .collect();
    (whole == fields.is_empty()).then_some(fields)
}

pub(super) fn orders(visit: &Visit, orders: &[Order], chosen: &str) -> Vec<Choice> {
    let orders = orders.iter().map(|order| Choice {
        value: order.as_str().to_owned(),
        name: say(visit.language, said_office::order(*order)).to_string(),
        chosen: order.as_str() == chosen,
    });
    orders.collect()
}

/// The page, with what was wrong in what was sent.
pub(super) async fn page(
    visit: &Visit,
    reviewer: &ReviewerId,
    id: &str,
    problems: Problems,
    sent: Option<&Form>,
) -> Result<ProcedurePage, Fault> {
    let id: ProcedureId = id.parse().map_err(|_| Fault::NotFound)?;
    let reader = Reader::Reviewer(reviewer.clone());
    let found = visit.state.registry.read_procedure_record(reader, id).await;
    let (view, record) = found.map_err(fault)?;
    Ok(ProcedurePage {
        page: visit.page(Section::ReviewProcedures),
        course: CourseView::new(visit, &view, record.as_ref(), "/review/procedures"),
        open: open(visit, (&view, record.as_ref()), reviewer, sent),
        sent: sent.map(Sent::new).unwrap_or_default(),
        problems,
    })
}

/// `GET /review/procedures/{id}`
pub(crate) async fn show(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    html(&page(&visit, &reviewer, &id, Problems::default(), None).await?)
}

/// `GET /review/procedures/{id}/files/{file}`
pub(crate) async fn file(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Fault> {
    file_for(&visit, Reader::Reviewer(reviewer), &id, &file).await
}

/// What a step of a reviewer comes to: on to the procedure, or the page again with why not.
pub(super) async fn after<T>(
    visit: &Visit,
    reviewer: &ReviewerId,
    id: &str,
    form: &Form,
    done: Result<T, ProcedureError>,
) -> Result<Response, Fault> {
    let problem = match done {
        Ok(_) => return Ok(see_other(format!("/review/procedures/{id}"))),
        Err(ProcedureError::NoSuchProcedure) => return Err(Fault::NotFound),
        Err(ProcedureError::Registry(error)) => return Err(error.into()),
        Err(error) => {
            let field = match &error {
                ProcedureError::Words(_) => "reasons",
                ProcedureError::NobodyAffected | ProcedureError::NumberMalformed { .. } => "affected",
                ProcedureError::DayToCome => "noticed_on",
                ProcedureError::NoSuchBody if form.one("finding") == "founded" => "body",
                ProcedureError::NoSuchBody => "court",
                ProcedureError::LaterDecisionNoted => "decided_on",
                ProcedureError::NoSuchField => "fields",
                _ => "",
            };
            Problems::new(visit, field, said_office::procedure_error(&error))
        }
    };
    again(visit, reviewer, id, form, problem).await
}

/// The page again, with what was wrong.
pub(super) async fn again(
    visit: &Visit,
    reviewer: &ReviewerId,
    id: &str,
    form: &Form,
    problem: Problems,
) -> Result<Response, Fault> {
    let page = page(visit, reviewer, id, problem, Some(form)).await?;
    refused(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// `POST /review/procedures/{id}/take`: the reviewer takes it.
pub(crate) async fn take(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fault> {
    let procedure: ProcedureId = id.parse().map_err(|_| Fault::NotFound)?;
    let registry = &visit.state.registry;
    let done = registry
        .assign_procedure(procedure, reviewer.clone(), reviewer.clone())
        .await;
    after(&visit, &reviewer, &id, &form, done).await
}

/// What a body outside decided: the fields `court`, `reference`, `decided_on`, `outside_order` and, of a correction,
/// `fields`. Otherwise the field that
/// is wrong, and what would be right.
pub(super) fn outside_order(visit: &Visit, form: &Form) -> Result<OutsideOrder, (&'static str, Key)> {
    let decided_on = form.one("decided_on").parse::<Date>();
    let today = visit.state.registry.today();
    let decided_on = decided_on
        .ok()
        .filter(|day| *day <= today)
        .ok_or(("decided_on", Key("office-day-malformed")))?;
    let order = form.one("outside_order").parse::<Order>();
    let order = order.map_err(|_| ("outside_order", Key("office-choose-answer")))?;
    let reference = form.one("reference").trim().to_owned();
    if reference.is_empty() {
        return Err(("reference", Key("review-reference-missing")));
    }
    let fields = match order {
        Order::Correct => Some(fields_of(form).ok_or(("fields", Key("review-fields-choose")))?),
        // Nothing is put right.
        _ => None,
    };
    Ok(OutsideOrder {
        court: form.one("court").to_owned(),
        reference,
        decided_on,
        order,
        fields,
    })
}

/// `POST /review/procedures/{id}/outside`: the fields `court`, `reference`, `decided_on` and `outside_order`.
pub(crate) async fn outside(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fault> {
    let procedure: ProcedureId = id.parse().map_err(|_| Fault::NotFound)?;
    let decision = match outside_order(&visit, &form) {
        Ok(decision) => decision,
        Err((field, words)) => {
            let problem = Problems::new(&visit, field, words);
            return again(&visit, &reviewer, &id, &form, problem).await;
        }
    };
    let registry = &visit.state.registry;
    let done = registry
        .record_outside_decision(reviewer.clone(), procedure, decision)
        .await;
    after(&visit, &reviewer, &id, &form, done).await
}

/// `POST /review/procedures/{id}/improper`: the look is put down as improper, as was ordered.
pub(crate) async fn improper(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fault> {
    let procedure: ProcedureId = id.parse().map_err(|_| Fault::NotFound)?;
    let registry = &visit.state.registry;
    let done = registry.put_down_improper(reviewer.clone(), procedure).await;
    after(&visit, &reviewer, &id, &form, done).await
}
