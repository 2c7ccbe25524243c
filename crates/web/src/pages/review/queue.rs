//! `/review`: what waits for the reviewers: looks to look into, and steps against misuse to be seen.

use askama::Template;
use axum::{extract::Path, response::Response};
use jiff::Timestamp;
use model::EventId;
use registry::{Change, OversightStep, ReviewError, ReviewItem};

use crate::{
    fault::Fault,
    form::Form,
    page::{Page, Section, html},
    pages::{certificates::see_other, office},
    said, said_office,
    visit::{ReviewerVisit, Visit},
    words::Key,
};

/// A look to look into.
pub(super) struct Look {
    pub(super) id: String,
    pub(super) at: Timestamp,
    pub(super) body: String,
    pub(super) staff: String,
    pub(super) purpose: String,
    pub(super) under: Key,
    pub(super) outcome: Key,
    pub(super) causes: Vec<Key>,
}

impl Look {
    pub(super) fn new(visit: &Visit, item: &ReviewItem) -> Self {
        let (profile, language) = (visit.state.profile(), visit.language);
        let purpose = profile.purposes.get(&item.purpose);
        Self {
            id: item.look.to_string(),
            at: item.at,
            body: said::authority(profile, &item.body, language),
            staff: item.staff.clone(),
            purpose: purpose
                .map_or(item.purpose.as_str(), |one| one.name.get(language))
                .to_owned(),
            under: if item.consent.is_some() {
                Key("office-under-consent")
            } else {
                Key("office-under-law")
            },
            outcome: said_office::outcome(&item.outcome),
            causes: item
                .causes
                .iter()
                .map(|cause| said_office::cause(*cause))
                .collect(),
        }
    }
}

/// A step to be seen.
struct Step {
    id: String,
    what: Key,
    body: String,
    staff: String,
    at: Timestamp,
    /// Whether it stopped somebody, which is lifted on the page of the bodies.
    stops: bool,
}

#[derive(Template)]
#[template(path = "review-queue.html")]
struct QueuePage {
    page: Page,
    looks: Vec<Look>,
    steps: Vec<Step>,
}

fn step(visit: &Visit, step: &OversightStep) -> Step {
    Step {
        id: step.step.to_string(),
        what: said_office::change(step.change),
        body: said::authority(visit.state.profile(), &step.body, visit.language),
        staff: step.staff.clone().unwrap_or_default(),
        at: step.at,
        stops: matches!(step.change, Change::StaffStopped | Change::MemberStopped),
    }
}

/// `GET /review`
pub(crate) async fn show(ReviewerVisit { visit, reviewer }: ReviewerVisit) -> Result<Response, Fault> {
    let queue = visit.state.registry.review_queue_for(&reviewer).await?;
    html(&QueuePage {
        page: visit.page(Section::Review),
        looks: queue.looks.iter().map(|item| Look::new(&visit, item)).collect(),
        steps: queue.steps.iter().map(|one| step(&visit, one)).collect(),
    })
}

/// `POST /review/steps/{id}/seen`
pub(crate) async fn seen(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let id: EventId = id.parse().map_err(|_| Fault::NotFound)?;
    match visit.state.registry.close_step(id, reviewer.as_str()).await {
        // Another reviewer saw it meanwhile: it is out of the queue either way.
        Ok(()) | Err(ReviewError::Unknown) => Ok(see_other("/review".to_owned())),
        Err(error) => Err(fault(error)),
    }
}

/// What a reviewer's step comes to where no page says why.
pub(super) fn fault(error: ReviewError) -> Fault {
    match error {
        ReviewError::ReviewerUnknown => Fault::Stopped,
        ReviewError::Concerned => Fault::Concerned,
        ReviewError::Registry(error) => error.into(),
        _ => Fault::NotFound,
    }
}

/// The problem in words, at `reasons` where they are missing.
pub(super) fn problems(visit: &Visit, error: ReviewError) -> Result<office::Problems, Fault> {
    let field = match error {
        ReviewError::Registry(error) => return Err(error.into()),
        ReviewError::ReviewerUnknown => return Err(Fault::Stopped),
        ReviewError::Concerned => return Err(Fault::Concerned),
        ReviewError::ReasonsMissing => "reasons",
        _ => "",
    };
    Ok(office::Problems::new(
        visit,
        field,
        said_office::review_error(&error),
    ))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use registry::NoticeKind;

    use crate::pages::tests::Portal;

    /// A portal with a look in the queue, and the look's address there.
    async fn with_a_look() -> (Portal, String) {
        let portal = Portal::demo().await;
        // Three looks of one body at one person are looked into.
        for _ in 0..3 {
            portal.look().await;
        }
        let reviewer = portal.as_reviewer(0).await;
        let page = reviewer.get("/review").await.body;
        let link = page.split("href=\"/review/looks/").nth(1).expect("a look");
        (
            portal,
            format!("/review/looks/{}", link.split('"').next().unwrap()),
        )
    }

    #[tokio::test]
    async fn the_queue_says_nothing_of_whom_and_the_case_is_opened_alone() {
        let (portal, path) = with_a_look().await;
        let reviewer = portal.as_reviewer(0).await;
        let queue = reviewer.get("/review").await.body;
        let one = testkit::made_up(0);
        assert!(!queue.contains(&one.name) && !queue.contains(&one.number));
        assert!(!queue.contains("CASE-2026"), "not before it is opened");
        let page = reviewer.get(&path).await.body;
        assert!(!page.contains("CASE-2026"));
        let case = reviewer.post(&format!("{path}/case"), &[]).await;
        assert!(case.body.contains("CASE-2026"), "{}", case.body);
        let clerk = portal.as_clerk().await;
        let staff = clerk.get("/desk/staff").await.body;
        assert!(staff.contains("opened the case"), "{staff}");
    }

    #[tokio::test]
    async fn who_has_the_reconsideration_of_a_look_is_told_that_another_one_closes_it() {
        let (portal, path) = with_a_look().await;
        let look: model::EventId = path.rsplit('/').next().unwrap().parse().unwrap();
        let wish = registry::Reconsider {
            by: model::procedure::Speaker::Person,
            of: model::procedure::Reconsidered::Look(look),
            text: "look again".to_owned(),
            files: Vec::new(),
        };
        let (person, registry) = (portal.person(0).await, portal.registry());
        let id = registry.open_reconsideration(person, wish).await.unwrap();
        let one = model::procedure::ReviewerId::new("reviewer-1").unwrap();
        registry.assign_procedure(id, one.clone(), one).await.unwrap();
        let reviewer = portal.as_reviewer(0).await;
        let fields = [("verdict", "proper"), ("reasons", "fine")];
        let refused = reviewer.post(&format!("{path}/close"), &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.body.contains("Another reviewer takes it"),
            "{}",
            refused.body
        );
        assert_eq!(reviewer.get(&path).await.status, StatusCode::OK, "it still waits");
    }

    #[tokio::test]
    async fn an_improper_look_is_closed_with_reasons_told_and_counted_in_public() {
        let (portal, path) = with_a_look().await;
        let reviewer = portal.as_reviewer(0).await;
        let close = format!("{path}/close");
        let none = reviewer
            .post(&close, &[("verdict", "improper"), ("reasons", "")])
            .await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.body.contains("href=\"#reasons\""));
        let unchosen = reviewer.post(&close, &[("reasons", "none")]).await;
        assert!(unchosen.body.contains("href=\"#verdict\""));
        let fields = [("verdict", "improper"), ("reasons", "no+case")];
        assert_eq!(reviewer.post(&close, &fields).await.status, StatusCode::SEE_OTHER);
        assert_eq!(reviewer.get(&path).await.status, StatusCode::NOT_FOUND);
        let person = portal.person(0).await;
        let notices = portal.registry().notices(person).await.unwrap();
        assert!(notices.iter().any(|one| one.kind == NoticeKind::LookImproper));
        let figures = portal.get("/oversight").await;
        assert_eq!(figures.status, StatusCode::OK);
        assert!(
            figures.body.contains("data-body=\"law-bureau\">1<"),
            "{}",
            figures.body
        );
        assert!(!figures.body.contains("clerk"), "no staff stand there");
    }

    #[tokio::test]
    async fn the_queue_is_for_reviewers_and_one_who_has_left_is_refused() {
        let portal = Portal::demo().await;
        for visitor in [portal.as_person().await, portal.as_clerk().await] {
            assert_eq!(visitor.get("/review").await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(portal.get("/review").await.location.as_deref(), Some("/sign-in"));
        let reviewer = portal.as_reviewer(0).await;
        assert_eq!(
            reviewer.get("/desk/procedures").await.status,
            StatusCode::FORBIDDEN
        );
        let registry = portal.registry().clone();
        let stopped = tokio::task::spawn_blocking(move || registry.stop_reviewer("reviewer-1"));
        stopped.await.unwrap().unwrap();
        let refused = reviewer.get("/review").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.body.contains("may not be used at present"));
    }

    #[tokio::test]
    async fn accounts_without_an_own_number_are_marked_for_reviewers_and_on_the_bodys_own_page() {
        let portal = Portal::demo().await;
        let (reviewer, clerk) = (portal.as_reviewer(0).await, portal.as_clerk().await);
        let page = reviewer.get("/review/members").await.body;
        assert!(
            page.contains("· clerk-1") && page.contains("· reviewer-1"),
            "{page}"
        );
        assert!(page.contains("may go unseen"), "{page}");
        let own = clerk.get("/desk/staff").await.body;
        assert!(
            own.contains("no own number") && own.contains("may go unseen"),
            "{own}"
        );
        let number = testkit::made_up(9).number;
        let registry = portal.registry().clone();
        let given = number.clone();
        let add = move || registry.add_reviewer("reviewer-1", "监督员", Some(&given));
        tokio::task::spawn_blocking(add).await.unwrap().unwrap();
        let page = reviewer.get("/review/members").await.body;
        assert!(
            !page.contains("· reviewer-1") && page.contains("· reviewer-2"),
            "{page}"
        );
        assert!(!page.contains(&number));
    }

    #[tokio::test]
    async fn a_stop_is_seen_and_lifted_with_reasons() {
        let portal = Portal::demo().await;
        let ceiling = portal
            .profile()
            .oversight
            .on(portal.registry().today())
            .staff_ceiling_per_day;
        assert!(ceiling > 0);
        portal.stop_member("law-bureau", "clerk-1").await;
        let clerk = portal.as_clerk().await;
        assert_eq!(clerk.get("/look").await.status, StatusCode::FORBIDDEN);
        let reviewer = portal.as_reviewer(0).await;
        let page = reviewer.get("/review/members").await.body;
        assert!(page.contains("clerk-1"), "{page}");
        let fields = [("body", "law-bureau"), ("staff", "clerk-1"), ("reasons", "")];
        let none = reviewer.post("/review/members/lift", &fields).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [
            ("body", "law-bureau"),
            ("staff", "clerk-1"),
            ("reasons", "talked+to"),
        ];
        let lifted = reviewer.post("/review/members/lift", &fields).await;
        assert_eq!(lifted.status, StatusCode::SEE_OTHER, "{}", lifted.body);
        assert_eq!(clerk.get("/look").await.status, StatusCode::OK);
        let queue = reviewer.get("/review").await.body;
        let step = queue.split("action=\"/review/steps/").nth(1).expect("a step");
        let path = format!("/review/steps/{}", step.split('"').next().unwrap());
        assert_eq!(reviewer.post(&path, &[]).await.status, StatusCode::SEE_OTHER);
        assert!(!reviewer.get("/review").await.body.contains(&path));
    }
}
