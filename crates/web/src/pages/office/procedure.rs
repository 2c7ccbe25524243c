//! `/desk/procedures/{id}`: one procedure, with its record and the answers that are open where it stands. That it was
//! opened is in the log before the page is written, and the person sees it.

use askama::Template;
use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{
    FileId, ProcedureId,
    procedure::{FileKind, Order, OutsideDecision, Procedure, ReconsiderationState, Role, Status, StepName},
};
use registry::{ProcedureError, ProcedureView, Reader, RecordView};

use super::{Problems, course::CourseView};
use crate::{
    fault::{Fault, refused},
    page::{Page, Section, html},
    said, session,
    visit::{ClerkVisit, Visit},
    words::Key,
};

/// An answer that the authority may give now.
pub(super) struct Answer {
    pub(super) value: &'static str,
    pub(super) word: Key,
    pub(super) hint: Key,
    pub(super) chosen: bool,
}

#[derive(Template)]
#[template(path = "office-procedure.html")]
pub(super) struct ProcedurePage {
    page: Page,
    authority: String,
    course: CourseView,
    answers: Vec<Answer>,
    /// Whether the record may be put right now.
    correct: bool,
    /// Whether it is to be filed again.
    readmit: bool,
    problems: Problems,
    reasons: String,
}

/// Who reads: the person sees which member of staff it was.
fn reader(visit: &Visit, authority: &str) -> Reader {
    match visit.session.as_ref().map(|session| &session.role) {
        Some(session::Role::Staff { body, staff }) => Reader::Staff {
            body: body.clone(),
            staff: staff.clone(),
        },
        _ => Reader::Body(authority.to_owned()),
    }
}

/// The procedure with this id and its record, if the authority takes part in it.
pub(super) async fn find(
    visit: &Visit,
    authority: &str,
    id: &str,
) -> Result<(ProcedureView, Option<RecordView>), Fault> {
    let id: ProcedureId = id.parse().map_err(|_| Fault::NotFound)?;
    let reader = reader(visit, authority);
    visit
        .state
        .registry
        .read_procedure_record(reader, id)
        .await
        .map_err(fault)
}

/// What reading a procedure comes to where it fails.
pub(crate) fn fault(error: ProcedureError) -> Fault {
    match error {
        ProcedureError::Registry(error) => error.into(),
        ProcedureError::Concerned => Fault::Concerned,
        _ => Fault::NotFound,
    }
}

/// What is ordered in a reconsideration, if something is.
pub(crate) fn ordered(view: &ProcedureView) -> Option<Order> {
    let Some(Procedure::Reconsideration(one)) = &view.course else {
        return None;
    };
    match one.state() {
        ReconsiderationState::Changed { order, .. } | ReconsiderationState::ChangeOverdue { order, .. } => {
            Some(*order)
        }
        ReconsiderationState::OutsideDecision {
            decision: OutsideDecision { order, .. },
        }
        | ReconsiderationState::FollowOverdue {
            decision: OutsideDecision { order, .. },
        } => Some(*order),
        _ => None,
    }
}

/// The steps that somebody in this role may do where the procedure stands.
pub(crate) fn open_steps(view: &ProcedureView, role: Role) -> Vec<StepName> {
    let status: Status = view.summary.status;
    let rules = view.summary.kind.rules().iter();
    rules
        .filter(|rule| rule.from == Some(status) && rule.by.contains(&role))
        .map(|rule| rule.step)
        .collect()
}

fn answers(view: &ProcedureView, chosen: &str) -> Vec<Answer> {
    let answer = |value, word, hint| Answer {
        value,
        word,
        hint,
        chosen: chosen == value,
    };
    let open = |step: StepName| match step {
        StepName::Uphold => Some(answer(
            "uphold",
            Key("office-do-uphold"),
            Key("office-do-uphold-hint"),
        )),
        StepName::Withdraw => Some(answer(
            "withdraw",
            Key("office-do-withdraw"),
            Key("office-do-withdraw-hint"),
        )),
        StepName::Take => Some(answer("take", Key("office-do-take"), Key("office-do-take-hint"))),
        StepName::NotTake => Some(answer(
            "not-take",
            Key("office-do-not-take"),
            Key("office-do-not-take-hint"),
        )),
        StepName::Grant => Some(answer(
            "grant",
            Key("office-do-grant"),
            Key("office-do-grant-hint"),
        )),
        StepName::Refuse => Some(answer(
            "refuse",
            Key("office-do-refuse"),
            Key("office-do-refuse-hint"),
        )),
        StepName::Follow if ordered(view) == Some(Order::Withdraw) => Some(answer(
            "follow",
            Key("office-do-follow"),
            Key("office-do-follow-hint"),
        )),
        _ => None,
    };
    open_steps(view, Role::Authority)
        .into_iter()
        .filter_map(open)
        .collect()
}

/// Whether the record may be put right now.
pub(super) fn may_correct(view: &ProcedureView, record: Option<&RecordView>) -> bool {
    let open = open_steps(view, Role::Authority);
    let ordered = open.contains(&StepName::Follow) && ordered(view) == Some(Order::Correct);
    record.is_some_and(|record| !record.fields.is_empty()) && (open.contains(&StepName::Correct) || ordered)
}

/// The page, with what was wrong in what was sent.
pub(super) async fn page(
    visit: &Visit,
    authority: &str,
    id: &str,
    problems: Problems,
    (chosen, reasons): (&str, &str),
) -> Result<ProcedurePage, Fault> {
    let (view, record) = find(visit, authority, id).await?;
    Ok(ProcedurePage {
        page: visit.page(Section::DeskProcedures),
        authority: said::authority(visit.state.profile(), authority, visit.language),
        course: CourseView::new(visit, &view, record.as_ref(), "/desk/procedures"),
        answers: answers(&view, chosen),
        correct: may_correct(&view, record.as_ref()),
        readmit: open_steps(&view, Role::Authority).contains(&StepName::Follow)
            && ordered(&view) == Some(Order::Readmit),
        problems,
        reasons: reasons.to_owned(),
    })
}

/// `GET /desk/procedures/{id}`
pub(crate) async fn show(
    ClerkVisit { visit, authority, .. }: ClerkVisit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    html(&page(&visit, &authority, &id, Problems::default(), ("", "")).await?)
}

/// The page again, with a status that says that nothing was done.
pub(super) fn again(page: &ProcedurePage) -> Result<Response, Fault> {
    refused(StatusCode::UNPROCESSABLE_ENTITY, page)
}

/// `GET /desk/procedures/{id}/files/{file}`
pub(crate) async fn file(
    ClerkVisit { visit, authority, .. }: ClerkVisit,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Fault> {
    file_for(&visit, reader(&visit, &authority), &id, &file).await
}

/// A file of a procedure, to be kept by who takes part in it. It is never shown within a page.
pub(crate) async fn file_for(visit: &Visit, reader: Reader, id: &str, file: &str) -> Result<Response, Fault> {
    let id: ProcedureId = id.parse().map_err(|_| Fault::NotFound)?;
    let file: FileId = file.parse().map_err(|_| Fault::NotFound)?;
    let content = visit.state.registry.procedure_file(reader, id, file).await;
    let content = content.map_err(fault)?;
    let kind = kind_of(&content);
    let (mime, ending) = match kind {
        FileKind::Pdf => ("application/pdf", "pdf"),
        FileKind::Png => ("image/png", "png"),
        FileKind::Jpeg => ("image/jpeg", "jpg"),
    };
    let headers = [
        (header::CONTENT_TYPE, mime.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"file.{ending}\""),
        ),
    ];
    Ok((headers, content).into_response())
}

/// What a file is that was checked when it came in.
fn kind_of(content: &[u8]) -> FileKind {
    match content {
        [0x89, b'P', b'N', b'G', ..] => FileKind::Png,
        [0xff, 0xd8, ..] => FileKind::Jpeg,
        _ => FileKind::Pdf,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use axum::http::StatusCode;
    use model::{ProcedureId, RecordKind, procedure::Speaker};
    use registry::{EventKind, OpenDispute};

    use crate::pages::tests::Portal;

    /// A dispute of the first person about their licence.
    pub(crate) async fn dispute(portal: &Portal) -> ProcedureId {
        let record = portal.file().await.records[0].record;
        let dispute = OpenDispute {
            by: Speaker::Person,
            record,
            field: Some("scope".to_owned()),
            text: "made-up words of the person".to_owned(),
            files: vec![b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n".to_vec()],
        };
        let person = portal.person(0).await;
        portal.registry().open_dispute(person, dispute).await.unwrap()
    }

    #[tokio::test]
    async fn what_waits_stands_first_and_opening_one_is_seen_by_the_person() {
        let portal = Portal::demo().await;
        let id = dispute(&portal).await;
        let clerk = portal.as_clerk().await;
        let list = clerk.get("/desk/procedures").await.body;
        assert!(list.contains(&format!("/desk/procedures/{id}")), "{list}");
        assert!(!list.contains("made-up words"));
        let page = clerk.get(&format!("/desk/procedures/{id}")).await.body;
        for words in [
            "made-up words of the person",
            "The record stands",
            "What comes next",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let events = portal.file().await.events;
        assert!(events.iter().any(|event| event.kind == EventKind::ProcedureRead));
    }

    #[tokio::test]
    async fn a_procedure_is_for_the_body_that_answers_it_and_no_other() {
        let portal = Portal::demo().await;
        let id = dispute(&portal).await;
        let path = format!("/desk/procedures/{id}");
        let elsewhere = portal.as_clerk_number(1).await;
        assert_eq!(elsewhere.get(&path).await.status, StatusCode::NOT_FOUND);
        assert!(
            !elsewhere
                .get("/desk/procedures")
                .await
                .body
                .contains(&id.to_string())
        );
        let hospital = portal.as_hospital().await;
        assert_eq!(hospital.get(&path).await.status, StatusCode::FORBIDDEN);
        let fields = [("do", "withdraw"), ("reasons", "none")];
        let answered = elsewhere.post(&format!("{path}/answer"), &fields).await;
        assert_eq!(answered.status, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn a_file_is_given_to_be_kept_and_never_shown_in_a_page() {
        let portal = Portal::demo().await;
        let id = dispute(&portal).await;
        let clerk = portal.as_clerk().await;
        let page = clerk.get(&format!("/desk/procedures/{id}")).await.body;
        let link = page
            .split("href=\"")
            .find(|link| link.contains("/files/"))
            .unwrap();
        let file = clerk.get(link.split('"').next().unwrap()).await;
        assert_eq!(file.status, StatusCode::OK);
        assert_eq!(file.headers["content-type"], "application/pdf");
        assert!(
            file.headers["content-disposition"]
                .to_str()
                .unwrap()
                .starts_with("attachment")
        );
        assert_eq!(file.headers["x-content-type-options"], "nosniff");
    }

    #[tokio::test]
    async fn a_dispute_is_upheld_with_reasons_and_not_without() {
        let portal = Portal::demo().await;
        let id = dispute(&portal).await;
        let clerk = portal.as_clerk().await;
        let path = format!("/desk/procedures/{id}/answer");
        let none = clerk.post(&path, &[("do", "uphold"), ("reasons", "")]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.body.contains("href=\"#reasons\""), "{}", none.body);
        let unchosen = clerk.post(&path, &[("reasons", "none")]).await;
        assert!(unchosen.body.contains("href=\"#do\""));
        let done = clerk
            .post(&path, &[("do", "uphold"), ("reasons", "it+is+right")])
            .await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let page = clerk.get(&done.location.unwrap()).await.body;
        assert!(page.contains("it is right") && !page.contains("name=\"do\""));
        let person = portal.as_person().await;
        for page in [format!("/procedures/{id}"), "/looks".to_owned()] {
            let page = person.get(&page).await.body;
            assert!(page.contains("Law bureau, account clerk-1"), "{page}");
        }
        let page = person.in_chinese().get("/looks").await.body;
        assert!(page.contains("司法厅（账号 clerk-1）"), "{page}");
    }

    #[tokio::test]
    async fn a_record_is_put_right_through_its_own_fields_and_the_same_checks() {
        let portal = Portal::demo().await;
        let id = dispute(&portal).await;
        let clerk = portal.as_clerk().await;
        let path = format!("/desk/procedures/{id}/correct");
        let form = clerk.get(&path).await.body;
        assert!(form.contains("name=\"f-scope\"") && !form.contains("name=\"f-id_number\""));
        let wrong = [
            ("f-scope", "new+scope"),
            ("f-valid_until", "2019-01-01"),
            ("reasons", "as+said"),
        ];
        let again = clerk.post(&path, &wrong).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("value=\"2019-01-01\""), "{}", again.body);
        let same = clerk.post(&path, &[("reasons", "as+said")]).await;
        assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
        let right = [("f-scope", "new+scope"), ("reasons", "as+said")];
        let done = clerk.post(&path, &right).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let records = portal.file().await.records;
        let licence = records
            .iter()
            .find(|one| one.kind == RecordKind::Licence)
            .unwrap();
        assert_eq!(licence.fields["scope"], "new scope");
        assert!(!licence.disputed);
    }

    #[tokio::test]
    async fn what_is_late_is_said_in_words_and_reviewers_find_it_and_may_open_it() {
        let portal = Portal::demo().await;
        let id = dispute(&portal).await;
        let clerk = portal.as_clerk().await;
        let late = ">late</strong>";
        assert!(!clerk.get("/desk/procedures").await.body.contains(late));
        let early = portal.as_reviewer(0).await;
        let path = format!("/review/procedures/{id}");
        assert_eq!(early.get(&path).await.status, StatusCode::NOT_FOUND);
        portal.when_due("2027-01-20T04:00:00Z").await;
        let clerk = portal.as_clerk().await;
        let list = clerk.get("/desk/procedures").await.body;
        assert!(list.contains(late), "{list}");
        let reviewer = portal.as_reviewer(0).await;
        let overdue = reviewer.get("/review/overdue").await.body;
        assert!(overdue.contains(late) && overdue.contains(&path), "{overdue}");
        assert_eq!(reviewer.get(&path).await.status, StatusCode::OK);
    }
}
