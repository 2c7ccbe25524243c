//! `/procedures/{id}`: one procedure with its timeline, what comes next on which day, its files, and what the person
//! can do now: take it back, add a statement, ask for reconsideration, apply again.

use askama::Template;
use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use model::{
    FileId, PersonId, ProcedureId,
    procedure::{FileKind, Procedure, ProcedureKind, Reconsidered, Speaker, Status, StepName},
};
use registry::ProcedureView;

use super::{
    case_form::{self, Area, CasePage, Sent},
    certificates::see_other,
    confirm::ConfirmPage,
};
use crate::{
    acting::{self, ForPerson, Procedures},
    fault::Fault,
    form::Form,
    page::{Page, Section, html},
    process,
    said::{self, GroundView},
    time,
    visit::Visit,
    words::Key,
};

/// A step of the timeline.
struct StepView {
    at: Timestamp,
    who: String,
    what: Key,
    said: Vec<(Key, String)>,
}

/// A file that was put to it.
struct FileView {
    id: String,
    kind: &'static str,
    kilobytes: u64,
}

#[derive(Template)]
#[template(path = "procedure.html")]
struct ProcedurePage {
    page: Page,
    id: String,
    kind: Key,
    status: Key,
    opened_at: Timestamp,
    body: String,
    /// What it is about: labels and values.
    facts: Vec<(Key, String)>,
    /// The record, look or dispute that it is about: address and what it is.
    about: Option<(String, Key)>,
    next: String,
    ground: Option<GroundView>,
    steps: Vec<StepView>,
    files: Vec<FileView>,
    /// What the person can do: address and words.
    doors: Vec<(String, Key)>,
}

async fn read(visit: &Visit, person: PersonId, by: Speaker, id: &str) -> Result<ProcedureView, Fault> {
    let id: ProcedureId = id.parse().map_err(|_| Fault::NotFound)?;
    let reader = acting::reader(person, by);
    Ok(visit.state.registry.read_procedure(reader, id).await?)
}

/// `GET /procedures/{id}`
pub(crate) async fn show(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let view = read(&visit, person, by, &id).await?;
    html(&page(&visit, &view))
}

fn page(visit: &Visit, view: &ProcedureView) -> ProcedurePage {
    let (profile, language) = (visit.state.profile(), visit.language);
    let page = visit.page(Section::Procedures);
    let (summary, course) = (&view.summary, view.course.as_ref());
    let steps = view.timeline.iter().map(|step| StepView {
        at: step.at,
        who: said::with_account(
            process::actor(profile, &step.actor, language),
            step.staff.as_deref(),
            language,
        ),
        what: process::step(step.name),
        said: course.map_or_else(Vec::new, |course| {
            let said = process::said_with(course, step.name);
            said.into_iter()
                .map(|(label, text)| match label {
                    process::OUTSIDE_BODY => (label, said::authority(profile, text, language)),
                    _ => (label, text.to_owned()),
                })
                .collect()
        }),
    });
    let files = course.map_or(&[][..], process::files);
    let body = summary.body.as_deref();
    ProcedurePage {
        id: summary.procedure.to_string(),
        kind: process::kind(summary.kind),
        status: process::status(summary.status),
        opened_at: summary.opened_at,
        body: body.map_or(String::new(), |body| said::authority(profile, body, language)),
        facts: facts(&page, visit, view),
        about: about(view),
        next: process::next(&page, profile, view),
        ground: process::deadline(profile, view).map(|one| GroundView::new(&one.ground, language)),
        steps: steps.collect(),
        files: files
            .iter()
            .map(|file| FileView {
                id: file.file.to_string(),
                kind: format_of(file.kind).0,
                kilobytes: file.bytes.div_ceil(1024),
            })
            .collect(),
        doors: doors(view),
        page,
    }
}

/// What it is about, in words.
fn facts(page: &Page, visit: &Visit, view: &ProcedureView) -> Vec<(Key, String)> {
    let profile = visit.state.profile();
    let mut facts = Vec::new();
    match &view.course {
        Some(Procedure::Dispute(one)) => {
            let field = one.opening().field.as_deref();
            let field = field.and_then(|name| process::field_label(profile, name, page.language));
            let whole = || page.say("dispute-whole").to_string();
            facts.push((Key("process-field"), field.unwrap_or_else(whole)));
        }
        Some(Procedure::Complaint(one)) => {
            let about = page.say(process::matter(one.opening().about));
            facts.push((Key("process-about"), about.to_string()));
        }
        Some(course @ Procedure::Reconsideration(_)) => {
            let ordered = process::ordered(course);
            facts.extend(ordered.map(|order| (Key("process-ordered"), page.say(order).to_string())));
            if let Some(decision) = process::decided_outside(course) {
                let fields = process::ordered_fields(profile, decision, page.language);
                facts.extend(fields.map(|fields| (Key("process-ordered-fields"), fields)));
                let day = time::day(page.language, decision.decided_on);
                facts.push((Key("process-decided-on"), day));
                // What was noted wrongly stays to be read.
                let before = process::decided_before(profile, decision, process::order, page.language);
                facts.extend(before.into_iter().map(|one| (Key("process-decided-before"), one)));
            }
        }
        Some(Procedure::Restoration(_)) | None => {}
    }
    facts
}

/// Where what it is about can be seen.
fn about(view: &ProcedureView) -> Option<(String, Key)> {
    let record = view
        .summary
        .record
        .map(|record| (format!("/records#record-{record}"), Key("process-see-record")));
    match &view.course {
        Some(Procedure::Reconsideration(one)) => Some(match one.opening().of {
            Reconsidered::Dispute(id) => (format!("/procedures/{id}"), Key("process-see-dispute")),
            Reconsidered::Look(id) => (format!("/looks/{id}"), Key("process-see-look")),
            Reconsidered::Record(_) => return record,
        }),
        Some(Procedure::Complaint(one)) => {
            let look = one.opening().look?;
            Some((format!("/looks/{look}"), Key("process-see-look")))
        }
        _ => record,
    }
}

/// What the person can do now.
fn doors(view: &ProcedureView) -> Vec<(String, Key)> {
    let id = view.summary.procedure;
    let mut doors = Vec::new();
    let dispute = match &view.course {
        Some(Procedure::Dispute(one)) => Some(one),
        _ => None,
    };
    let possible = |step| view.possible.contains(&step);
    if possible(StepName::AddStatement) && dispute.is_some_and(|one| one.statement().is_none()) {
        doors.push((format!("/procedures/{id}/statement"), Key("door-statement")));
    }
    match dispute.map(|one| one.state().reconsideration()) {
        Some(Some(other)) => {
            doors.push((format!("/procedures/{other}"), Key("door-see-reconsideration")));
        }
        Some(None) if possible(StepName::AskReconsideration) => {
            doors.push((
                format!("/procedures/{id}/reconsideration"),
                Key("door-reconsider"),
            ));
        }
        _ => {}
    }
    if possible(StepName::TakeBack) {
        doors.push((format!("/procedures/{id}/take-back"), Key("door-take-back")));
    }
    let again = matches!(view.summary.status, Status::NotTaken | Status::Refused);
    if let (ProcedureKind::Restoration, true, Some(record)) = (view.summary.kind, again, view.summary.record)
    {
        doors.push((
            format!("/records/{record}/restoration"),
            Key("door-restoration-again"),
        ));
    }
    doors
}

/// A file's name for people, its media type, and the name under which it is saved.
fn format_of(kind: FileKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        FileKind::Pdf => ("PDF", "application/pdf", "file.pdf"),
        FileKind::Png => ("PNG", "image/png", "file.png"),
        FileKind::Jpeg => ("JPEG", "image/jpeg", "file.jpg"),
    }
}

/// `GET /procedures/{id}/files/{file}`
pub(crate) async fn file(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let view = read(&visit, person, by, &id).await?;
    let file: FileId = file.parse().map_err(|_| Fault::NotFound)?;
    let files = view.course.as_ref().map_or(&[][..], process::files);
    let found = files.iter().find(|one| one.file == file).ok_or(Fault::NotFound)?;
    let (_, kind, name) = format_of(found.kind);
    let (registry, reader) = (&visit.state.registry, acting::reader(person, by));
    let content = registry
        .procedure_file(reader, view.summary.procedure, file)
        .await?;
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, content).into_response())
}

/// `GET /procedures/{id}/take-back`: asks whether the person is sure.
pub(crate) async fn ask_to_take_back(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let view = read(&visit, person, by, &id).await?;
    if !view.possible.contains(&StepName::TakeBack) {
        return Err(Fault::NotFound);
    }
    let words = match view.summary.kind {
        ProcedureKind::Dispute => Key("procedure-take-back-dispute"),
        _ => Key("procedure-take-back-complaint"),
    };
    let page = visit.page(Section::Procedures);
    let back = format!("/procedures/{}", view.summary.procedure);
    ConfirmPage {
        title: Key("procedure-take-back-title"),
        words: vec![page.say(words).to_string()],
        action: format!("{back}/take-back"),
        button: Key("procedure-take-back-button"),
        back: (back, process::kind(view.summary.kind)),
        page,
    }
    .answer()
}

/// `POST /procedures/{id}/take-back`
pub(crate) async fn take_back(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let id: ProcedureId = id.parse().map_err(|_| Fault::NotFound)?;
    visit.state.registry.take_back_procedure(person, by, id).await?;
    Ok(see_other(format!("/procedures/{id}")))
}

fn statement_page(visit: &Visit, view: &ProcedureView, sent: &Sent) -> CasePage {
    let words = (
        Key("statement-title"),
        Key("statement-lead"),
        Key("statement-button"),
    );
    let mut page = CasePage::new(visit, Section::Procedures, words);
    let address = format!("/procedures/{}", view.summary.procedure);
    page.action = format!("{address}/statement");
    page.back = (address, process::kind(view.summary.kind));
    page.files = false;
    page.areas = vec![Area {
        name: "text",
        label: Key("statement-text"),
        hint: Key("statement-text-hint"),
        value: sent.one("text"),
    }];
    page
}

/// `GET /procedures/{id}/statement`
pub(crate) async fn show_statement(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let view = read(&visit, person, by, &id).await?;
    if !view.possible.contains(&StepName::AddStatement) {
        return Err(Fault::NotFound);
    }
    statement_page(&visit, &view, &Sent::default()).answer()
}

/// `POST /procedures/{id}/statement`
pub(crate) async fn add_statement(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fault> {
    let sent = Sent::of(form);
    let view = read(&visit, person, by, &id).await?;
    let (registry, procedure) = (&visit.state.registry, view.summary.procedure);
    match registry
        .add_statement(person, by, procedure, sent.one("text"))
        .await
    {
        Ok(()) => Ok(see_other(format!("/procedures/{procedure}"))),
        Err(error) => {
            let mut page = statement_page(&visit, &view, &sent);
            page.problem = Some(case_form::problem(&page, error)?);
            page.answer()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use jiff::civil::date;
    use model::RecordKind;
    use profile::{Deadline, DecisionKind, DisclosurePeriod, Ground, RetentionPeriod, Text2};

    use crate::pages::tests::{Portal, decision_csv};

    #[tokio::test]
    async fn an_answer_stands_in_the_timeline_with_its_reasons_and_opens_its_doors() {
        let portal = Portal::demo().await;
        let procedure = portal.dispute().await;
        let (person, address) = (portal.as_person().await, format!("/procedures/{procedure}"));
        let page = person.get(&address).await.body;
        assert!(
            page.contains("/take-back\"") && !page.contains("/statement\""),
            "{page}"
        );
        assert_eq!(
            person.get(&format!("{address}/statement")).await.status,
            StatusCode::NOT_FOUND
        );
        portal.uphold(procedure).await;
        let page = person.get(&address).await.body;
        for words in [
            "made-up reasons",
            "Said that the record stands",
            "/statement\"",
            "/reconsideration\"",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("/take-back\""), "{page}");
        let empty = person
            .post(&format!("{address}/statement"), &[("text", "+")])
            .await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.body.contains("id=\"text-error\""), "{}", empty.body);
        let added = person
            .post(
                &format!("{address}/statement"),
                &[("text", "my+made-up+statement")],
            )
            .await;
        assert_eq!(
            added.location.as_deref(),
            Some(address.as_str()),
            "{}",
            added.body
        );
        let page = person.get(&address).await.body;
        assert!(
            page.contains("my made-up statement") && !page.contains("/statement\""),
            "{page}"
        );
        let records = person.get("/records").await.body;
        assert!(
            records.contains("my made-up statement"),
            "it travels with the record: {records}"
        );
    }

    #[tokio::test]
    async fn a_number_is_shown_with_the_law_of_the_day_from_which_it_is_counted() {
        let own = |reason: &str| {
            Ground::Own(Text2 {
                zh: "测试".to_owned(),
                en: reason.to_owned(),
            })
        };
        let mut profile = testkit::gansu();
        // The decision takes effect in March, and the dispute is opened in November.
        let (before, after) = (date(2026, 2, 1), date(2026, 12, 1));
        let answer = &mut profile.procedures.dispute_answer;
        let later = Deadline {
            ground: own("the later law on disputes"),
            ..answer.on(after).clone()
        };
        *answer = answer.clone().then(after, later);
        let shown = profile.disclosure.get_mut(&DecisionKind::General).unwrap();
        let later = DisclosurePeriod {
            ground: own("the later law on disclosure"),
            ..shown.on(before).clone()
        };
        *shown = shown.clone().then(before, later);
        let kept = profile.retention.get_mut(&RecordKind::Decision).unwrap();
        let later = RetentionPeriod {
            ground: own("the later law on retention"),
            ..kept.on(after).clone()
        };
        *kept = kept.clone().then(after, later);
        let portal = Portal::of(profile).await;
        portal.submit("law-bureau", RecordKind::Decision, "d.csv", &decision_csv());
        let procedure = portal.dispute().await;
        portal.when_due("2026-12-02T04:00:00Z").await;
        let person = portal.as_person().await;
        let page = person.get(&format!("/procedures/{procedure}")).await.body;
        assert!(page.contains("Credit Reporting Industry Regulation"), "{page}");
        assert!(!page.contains("the later law on disputes"), "{page}");
        let records = person.get("/records").await.body;
        assert!(records.contains("the later law on disclosure"), "{records}");
        assert!(!records.contains("the later law on retention"), "{records}");
    }

    #[tokio::test]
    async fn where_nobody_answers_the_page_says_what_that_means() {
        let portal = Portal::demo().await;
        let procedure = portal.dispute().await;
        portal.when_due("2026-12-14T04:00:00Z").await;
        let person = portal.as_person().await;
        let page = person.get(&format!("/procedures/{procedure}")).await.body;
        assert!(page.contains("was due by 13 December 2026"), "{page}");
        assert!(page.contains("Standing itself"), "{page}");
        let records = person.get("/records").await.body;
        assert!(records.contains("Withheld"), "{records}");
        let list = person.get("/procedures").await.body;
        assert!(list.contains("late"), "{list}");
    }

    #[tokio::test]
    async fn a_procedure_is_its_persons_alone() {
        let portal = Portal::demo().await;
        let procedure = portal.dispute().await;
        let other = portal.as_person_number(1).await;
        for path in ["", "/take-back", "/statement", "/reconsideration"] {
            let address = format!("/procedures/{procedure}{path}");
            assert_eq!(other.get(&address).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["/take-back", "/statement"] {
            let address = format!("/procedures/{procedure}{path}");
            assert_eq!(
                other.post(&address, &[("text", "x")]).await.status,
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
        assert_eq!(
            portal.get("/procedures").await.location.as_deref(),
            Some("/sign-in")
        );
    }
}
