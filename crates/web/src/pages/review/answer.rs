//! `POST /review/procedures/{id}/answer`: a reviewer's answer to a reconsideration or a complaint, with reasons. A
//! breach that came to light is reported with it.

use axum::{extract::Path, response::Response};
use model::{
    ProcedureId,
    procedure::{Order, ReviewerId},
};
use registry::{Finding, Found};

use super::{
    breaches::{self, BreachForm},
    procedure::{after, again},
};
use crate::{
    fault::Fault,
    form::Form,
    pages::office::Problems,
    visit::{ReviewerVisit, Visit},
    words::Key,
};

/// `POST /review/procedures/{id}/answer`: the fields `finding`, `reasons` and `measures`, and those of a breach.
pub(crate) async fn answer(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fault> {
    let procedure: ProcedureId = id.parse().map_err(|_| Fault::NotFound)?;
    let registry = &visit.state.registry;
    let reasons = form.one("reasons").trim().to_owned();
    let order = match form.one("finding") {
        "confirm" => None,
        finding @ ("founded" | "unfounded") => {
            let founded = finding == "founded";
            return complaint(&visit, &reviewer, (&id, procedure), &form, founded).await;
        }
        other => match other.parse::<Order>() {
            Ok(order) => Some(order),
            Err(_) => {
                let problem = Problems::new(&visit, "finding", Key("office-choose-answer"));
                return again(&visit, &reviewer, &id, &form, problem).await;
            }
        },
    };
    let done = registry
        .answer_reconsideration(reviewer.clone(), procedure, order, reasons)
        .await;
    after(&visit, &reviewer, &id, &form, done).await
}

async fn complaint(
    visit: &Visit,
    reviewer: &ReviewerId,
    (id, procedure): (&str, ProcedureId),
    form: &Form,
    founded: bool,
) -> Result<Response, Fault> {
    let reasons = form.one("reasons").trim().to_owned();
    let finding = if founded {
        let measures = form.one("measures").trim().to_owned();
        if measures.is_empty() {
            let problem = Problems::new(visit, "measures", Key("review-measures-missing"));
            return again(visit, reviewer, id, form, problem).await;
        }
        let breach = match BreachForm::new(visit, Some(form), "").begun() {
            false => None,
            true => match breaches::sent(form) {
                Ok(breach) => Some(breach),
                Err((field, words)) => {
                    let problem = Problems::new(visit, field, words);
                    return again(visit, reviewer, id, form, problem).await;
                }
            },
        };
        Finding::Founded(Found {
            reasons,
            measures,
            breach,
        })
    } else {
        Finding::Unfounded(reasons)
    };
    let registry = &visit.state.registry;
    let done = registry
        .answer_complaint(reviewer.clone(), procedure, finding)
        .await;
    after(visit, reviewer, id, form, done).await
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use model::{
        ProcedureId,
        procedure::{Matter, Speaker},
    };
    use registry::{Complain, DisputeAnswer, NoticeKind, OpenDispute, Reconsider};

    use crate::pages::tests::Portal;

    async fn reconsideration(portal: &Portal) -> ProcedureId {
        let record = portal.file().await.records[0].record;
        let (person, registry) = (portal.person(0).await, portal.registry());
        let dispute = OpenDispute {
            by: Speaker::Person,
            record,
            field: None,
            text: "wrong".to_owned(),
            files: Vec::new(),
        };
        let dispute = registry.open_dispute(person, dispute).await.unwrap();
        let upheld = registry
            .answer_dispute("law-bureau", dispute, DisputeAnswer::Uphold, "right".to_owned())
            .await;
        upheld.unwrap();
        let again = Reconsider {
            by: Speaker::Person,
            of: model::procedure::Reconsidered::Dispute(dispute),
            text: "look again".to_owned(),
            files: Vec::new(),
        };
        registry.open_reconsideration(person, again).await.unwrap()
    }

    #[tokio::test]
    async fn a_reconsideration_is_taken_answered_and_followed_by_the_authority() {
        let portal = Portal::demo().await;
        let id = reconsideration(&portal).await;
        let reviewer = portal.as_reviewer(0).await;
        assert!(
            reviewer
                .get("/review/procedures")
                .await
                .body
                .contains(&id.to_string())
        );
        let path = format!("/review/procedures/{id}");
        let page = reviewer.get(&path).await.body;
        assert!(page.contains("look again") && !page.contains("name=\"finding\""));
        let one = testkit::made_up(0);
        assert!(
            !page.contains(&one.name) && !page.contains(&one.number),
            "not whom it is about"
        );
        let taken = reviewer.post(&format!("{path}/take"), &[]).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
        assert!(reviewer.get(&path).await.body.contains("name=\"finding\""));
        let other = portal.as_reviewer(1).await;
        assert!(!other.get(&path).await.body.contains("name=\"finding\""));
        let answer = format!("{path}/answer");
        let unchosen = reviewer.post(&answer, &[("reasons", "so")]).await;
        assert!(unchosen.body.contains("href=\"#finding\""));
        let fields = [("finding", "withdraw"), ("reasons", "never+valid")];
        let answered = reviewer.post(&answer, &fields).await;
        assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.body);
        let clerk = portal.as_clerk().await;
        let desk = format!("/desk/procedures/{id}");
        assert!(clerk.get(&desk).await.body.contains("value=\"follow\""));
        let followed = clerk.post(&format!("{desk}/answer"), &[("do", "follow")]).await;
        assert_eq!(followed.status, StatusCode::SEE_OTHER, "{}", followed.body);
        let records = portal.file().await.records;
        assert_eq!(records[0].status, model::RecordStatus::Withdrawn);
    }

    #[tokio::test]
    async fn what_was_withdrawn_wrongly_is_looked_at_again_and_ordered_to_be_filed_again() {
        let portal = Portal::demo().await;
        let (person, dispute) = (portal.as_person().await, portal.dispute().await);
        let withdraw = DisputeAnswer::Change(registry::CarryOut::Withdraw);
        let answered = portal
            .registry()
            .answer_dispute("law-bureau", dispute, withdraw, "all of it".to_owned())
            .await;
        answered.unwrap();
        let records = person.get("/records").await.body;
        let address = format!("/procedures/{dispute}/reconsideration");
        assert!(
            records.contains("/court\"") && !records.contains("/dispute\""),
            "{records}"
        );
        let page = person.get(&format!("/procedures/{dispute}")).await.body;
        assert!(page.contains(&address), "{page}");
        let token = person.token();
        let fields: [(&str, &[u8]); 2] = [("token", token.as_bytes()), ("text", b"one field was wrong")];
        let opened = person.upload(&address, &fields).await.location.unwrap();
        let path = format!("/review{opened}");
        let reviewer = portal.as_reviewer(0).await;
        reviewer.post(&format!("{path}/take"), &[]).await;
        let page = reviewer.get(&path).await.body;
        assert!(
            page.contains("value=\"readmit\"") && !page.contains("value=\"withdraw\""),
            "{page}"
        );
        let answer = format!("{path}/answer");
        let unfit = reviewer
            .post(&answer, &[("finding", "withdraw"), ("reasons", "so")])
            .await;
        assert_eq!(unfit.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            unfit.body.contains("cannot be ordered as things stand"),
            "{}",
            unfit.body
        );
        let fields = [("finding", "readmit"), ("reasons", "too+much")];
        assert_eq!(
            reviewer.post(&answer, &fields).await.status,
            StatusCode::SEE_OTHER
        );
        let clerk = portal.as_clerk().await;
        let desk = clerk.get(&format!("/desk{opened}")).await.body;
        assert!(
            desk.contains("file it again under the same document number"),
            "{desk}"
        );
        assert!(!desk.contains("name=\"do\""), "{desk}");
        let page = person.get(&opened).await.body;
        assert!(page.contains("files the withdrawn record again"), "{page}");
        let chinese = person.in_chinese().get(&opened).await.body;
        assert!(chinese.contains("由机关重新报送已撤销的记录"), "{chinese}");
    }

    #[tokio::test]
    async fn what_a_court_decided_is_put_down_and_waits_for_the_authority() {
        let portal = Portal::demo().await;
        let id = reconsideration(&portal).await;
        let reviewer = portal.as_reviewer(0).await;
        let path = format!("/review/procedures/{id}/outside");
        let fields = [
            ("court", "high-court"),
            ("reference", "2026-7"),
            ("decided_on", "2026-11-20"),
            ("outside_order", "correct"),
            ("fields", "*"),
        ];
        let page = reviewer.get(&path.replace("/outside", "")).await.body;
        assert!(page.contains("value=\"stand\""), "{page}");
        for missing in ["court", "reference", "decided_on", "outside_order", "fields"] {
            let fields: Vec<_> = fields.into_iter().filter(|(name, _)| *name != missing).collect();
            let again = reviewer.post(&path, &fields).await;
            assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{missing}");
            assert!(again.body.contains(&format!("href=\"#{missing}\"")), "{missing}");
        }
        assert_eq!(reviewer.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
        let desk = portal
            .as_clerk()
            .await
            .get(&format!("/desk/procedures/{id}"))
            .await
            .body;
        assert!(desk.contains("2026-7") && desk.contains("/correct"), "{desk}");
        let with = |reference: &'static str, day: &'static str, order: &'static str| {
            let mut fields = fields;
            (fields[1].1, fields[2].1, fields[3].1) = (reference, day, order);
            fields
        };
        let older = reviewer
            .post(&path, &with("2026-6", "2026-11-19", "withdraw"))
            .await;
        assert_eq!(older.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(older.body.contains("href=\"#decided_on\""), "{}", older.body);
        let higher = reviewer.post(&path, &with("2026-8", "2026-11-21", "stand")).await;
        assert_eq!(higher.status, StatusCode::SEE_OTHER, "{}", higher.body);
        let person = portal.as_person().await;
        let page = person.get(&format!("/procedures/{id}")).await.body;
        for words in ["all stays as it is", "2026-8"] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }

    #[tokio::test]
    async fn a_complaint_is_answered_with_measures_and_a_breach_tells_whom_it_affects() {
        let portal = Portal::demo().await;
        let (person, registry) = (portal.person(0).await, portal.registry());
        let complaint = Complain {
            by: Speaker::Person,
            about: Matter::Leak,
            look: None,
            body: Some("law-bureau".to_owned()),
            text: "it got out".to_owned(),
            files: Vec::new(),
        };
        let id = registry.open_complaint(person, complaint).await.unwrap();
        let reviewer = portal.as_reviewer(0).await;
        let path = format!("/review/procedures/{id}");
        reviewer.post(&format!("{path}/take"), &[]).await;
        let answer = format!("{path}/answer");
        let no_measures = [("finding", "founded"), ("reasons", "so")];
        let again = reviewer.post(&answer, &no_measures).await;
        assert!(again.body.contains("href=\"#measures\""), "{}", again.body);
        let wrong = [
            ("finding", "founded"),
            ("reasons", "so"),
            ("measures", "mended"),
            ("body", "law-bureau"),
            ("noticed_on", "2026-11-01"),
            ("happened", "A list lay open."),
            ("affected", "12345"),
        ];
        let again = reviewer.post(&answer, &wrong).await;
        assert!(again.body.contains("href=\"#affected\""), "{}", again.body);
        let no_day = [
            ("finding", "founded"),
            ("reasons", "so"),
            ("measures", "mended"),
            ("happened", "A list lay open."),
            ("affected", "990000199001010011"),
        ];
        let again = reviewer.post(&answer, &no_day).await;
        assert!(again.body.contains("href=\"#noticed_on\""), "{}", again.body);
        let numbers = format!(
            "{}%0D%0A{}",
            testkit::made_up(1).number,
            testkit::made_up(77).number
        );
        let right = [
            ("finding", "founded"),
            ("reasons", "so"),
            ("measures", "mended"),
            ("body", "law-bureau"),
            ("noticed_on", "2026-11-01"),
            ("happened", "A list lay open."),
            ("affected", numbers.as_str()),
        ];
        let answered = reviewer.post(&answer, &right).await;
        assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.body);
        let told = registry.notices(portal.person(1).await).await.unwrap();
        let breach = told
            .iter()
            .find(|one| one.kind == NoticeKind::BreachReported)
            .unwrap();
        let other = portal
            .as_person_number(1)
            .await
            .get(&format!("/breaches/{}", breach.subject.as_deref().unwrap()))
            .await
            .body;
        assert!(
            other.contains("A list lay open.") && other.contains("mended"),
            "{other}"
        );
        let page = reviewer.get(&path).await.body;
        assert!(page.contains("2 people") && !page.contains(&testkit::made_up(1).number));
    }
}
