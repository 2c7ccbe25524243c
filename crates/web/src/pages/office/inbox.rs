//! `/desk/inbox`: what a body is told: steps of procedures, and to stop using what was restored, which it confirms
//! here, and which stand first. Nobody is named; each stands under the identifier that they have for this body alone.

use askama::Template;
use axum::{extract::Path, response::Response};
use jiff::Timestamp;
use model::{NoticeId, ProcedureId};
use registry::{BodyNotice, ForBody, ProcedureError};

use super::Problems;
use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Pages, Section, html},
    pages::certificates::see_other,
    said, said_office,
    visit::{StaffVisit, Visit},
    words::Key,
};

/// How many stand on a page.
const A_PAGE: usize = 30;

/// A notice.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) words: Key,
    pub(crate) procedure: String,
    /// Where the procedure is, if the reader takes part in it.
    pub(crate) address: Option<String>,
    pub(crate) person: String,
    pub(crate) at: Timestamp,
    pub(crate) read: bool,
    /// Whether the body is asked to confirm here that it stopped using the record.
    pub(crate) confirm: bool,
}

impl Row {
    pub(crate) fn new(one: &BodyNotice, base: Option<&str>) -> Self {
        let procedure = one.procedure.to_string();
        Self {
            id: one.notice.to_string(),
            words: said_office::body_notice(one.kind),
            address: base.map(|base| format!("{base}/{procedure}")),
            procedure,
            person: one.person.clone(),
            at: one.at,
            read: one.read_at.is_some(),
            confirm: one.is_to_be_confirmed(),
        }
    }
}

/// Which part of the list to show.
#[derive(serde::Deserialize)]
pub(crate) struct Part {
    #[serde(default)]
    pub(crate) page: Option<usize>,
}

#[derive(Template)]
#[template(path = "office-inbox.html")]
pub(crate) struct InboxPage {
    pub(crate) page: Page,
    pub(crate) caption: String,
    /// The address of this page.
    pub(crate) base: &'static str,
    pub(crate) rows: Vec<Row>,
    pub(crate) pages: Pages,
    pub(crate) problems: Problems,
}

async fn page(visit: &Visit, body: &str, part: Part, problems: Problems) -> Result<InboxPage, Fault> {
    let registry = &visit.state.registry;
    let notices = registry.body_notices(body).await?;
    // A notice also goes to bodies that were given a record. They take no part in its procedure.
    let own: std::collections::BTreeSet<_> = registry
        .desk_procedures(body)
        .await?
        .into_iter()
        .map(|one| one.procedure)
        .collect();
    let authority = visit.state.profile().authorities.contains_key(body);
    let pages = Pages::new("/desk/inbox?page=", part.page.unwrap_or(1), notices.len(), A_PAGE);
    let shown = notices.iter().skip(pages.skipped()).take(A_PAGE);
    let rows = shown.map(|one| {
        let base = (authority && own.contains(&one.procedure)).then_some("/desk/procedures");
        Row::new(one, base)
    });
    Ok(InboxPage {
        page: visit.page(Section::DeskInbox),
        caption: said::authority(visit.state.profile(), body, visit.language),
        base: "/desk/inbox",
        rows: rows.collect(),
        pages,
        problems,
    })
}

/// `GET /desk/inbox`
pub(crate) async fn show(
    StaffVisit { visit, body, .. }: StaffVisit,
    axum::extract::Query(part): axum::extract::Query<Part>,
) -> Result<Response, Fault> {
    html(&page(&visit, &body, part, Problems::default()).await?)
}

/// `POST /desk/inbox/{id}/read`
pub(crate) async fn mark_read(
    StaffVisit { visit, body, .. }: StaffVisit,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let id: NoticeId = id.parse().map_err(|_| Fault::NotFound)?;
    visit.state.registry.mark_body_notice_read(&body, id).await?;
    Ok(see_other("/desk/inbox".to_owned()))
}

/// `POST /desk/inbox/confirm`: the body stopped using what was restored. The field `procedure`.
pub(crate) async fn confirm(
    StaffVisit { visit, body, staff }: StaffVisit,
    form: Form,
) -> Result<Response, Fault> {
    let procedure: ProcedureId = form.one("procedure").parse().map_err(|_| Fault::NotFound)?;
    let registry = &visit.state.registry;
    match registry
        .confirm_stopped_use(ForBody::staff(&*body, staff), procedure)
        .await
    {
        Ok(_) => Ok(see_other("/desk/inbox".to_owned())),
        Err(ProcedureError::NoSuchProcedure) => Err(Fault::NotFound),
        Err(ProcedureError::Registry(error)) => Err(error.into()),
        Err(error) => {
            let problems = Problems::new(&visit, "", said_office::procedure_error(&error));
            let page = page(&visit, &body, Part { page: None }, problems).await?;
            refused(axum::http::StatusCode::CONFLICT, &page)
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use model::procedure::Speaker;
    use registry::{Apply, OpenDispute, RestorationAnswer};

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn a_body_is_told_without_whom_and_confirms_that_it_stopped_using() {
        let portal = Portal::demo().await;
        portal.submit(
            "law-bureau",
            model::RecordKind::Decision,
            "d.csv",
            &crate::pages::tests::decision_csv(),
        );
        portal.look_of_the_hospital().await;
        let records = portal.file().await.records;
        let decision = records
            .iter()
            .find(|one| one.kind == model::RecordKind::Decision)
            .unwrap();
        let (person, registry) = (portal.person(0).await, portal.registry());
        let apply = Apply {
            by: Speaker::Person,
            decision: decision.record,
            pledge: Some("a pledge".to_owned()),
            duties: Some("all paid".to_owned()),
        };
        let applied = registry.apply_restoration(person, apply).await.unwrap();
        for answer in [
            RestorationAnswer::Take,
            RestorationAnswer::Grant("so be it".to_owned()),
        ] {
            registry
                .answer_restoration("law-bureau", applied, answer)
                .await
                .unwrap();
        }
        let other = portal.as_hospital().await;
        let page = other.get("/desk/inbox").await.body;
        assert!(page.contains("Stop using"), "{page}");
        assert!(!page.contains("/desk/procedures/"), "it takes no part in it");
        let field = |name: &str| {
            let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let procedure = field("procedure");
        let fields = [("procedure", procedure.as_str())];
        let confirmed = other.post("/desk/inbox/confirm", &fields).await;
        assert_eq!(confirmed.status, StatusCode::SEE_OTHER, "{}", confirmed.body);
        let again = other.post("/desk/inbox/confirm", &fields).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
    }

    #[tokio::test]
    async fn a_notice_is_marked_as_read_by_its_own_body_alone() {
        let portal = Portal::demo().await;
        let record = portal.file().await.records[0].record;
        let dispute = OpenDispute {
            by: Speaker::Person,
            record,
            field: None,
            text: "wrong".to_owned(),
            files: Vec::new(),
        };
        let person = portal.person(0).await;
        portal.registry().open_dispute(person, dispute).await.unwrap();
        let clerk = portal.as_clerk().await;
        let page = clerk.get("/desk/inbox").await.body;
        assert!(
            page.contains("was opened") && page.contains("/desk/procedures/"),
            "{page}"
        );
        let path = page.split("action=\"").find(|one| one.contains("/read")).unwrap();
        let path = path.split('"').next().unwrap();
        let elsewhere = portal.as_clerk_number(1).await;
        elsewhere.post(path, &[]).await;
        assert!(clerk.get("/desk/inbox").await.body.contains(path));
        assert_eq!(clerk.post(path, &[]).await.status, StatusCode::SEE_OTHER);
        assert!(!clerk.get("/desk/inbox").await.body.contains(path));
    }
}
