//! `/review/court`: puts down what a court or an appeals body decided about a record, where nobody disputed it here or the
//! dispute was answered. The person and the record are named in the form alone, and the page tells nothing about a person but
//! whether this one record can be decided about.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use model::{
    RecordId,
    procedure::{Order, Why},
};
use registry::ProcedureError;

use super::procedure::{court_fields, courts, orders, outside_order};
use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    pages::{
        certificates::see_other,
        office::{Choice, Problems},
    },
    said_office,
    visit::{ReviewerVisit, Visit},
    words::Key,
};

/// What can be ordered about a record. Whether it was withdrawn, the page does not tell.
const ORDERS: [Order; 4] = [Order::Correct, Order::Withdraw, Order::Readmit, Order::Stand];

#[derive(Template)]
#[template(path = "review-court.html")]
struct CourtPage {
    page: Page,
    courts: Vec<Choice>,
    orders: Vec<Choice>,
    fields: Vec<Choice>,
    id_number: String,
    record: String,
    reference: String,
    decided_on: String,
    text: String,
    problems: Problems,
}

impl CourtPage {
    fn new(visit: &Visit, form: Option<&Form>, problems: Problems) -> Self {
        let value = |name: &str| form.map_or("", |form| form.one(name)).to_owned();
        Self {
            page: visit.page(Section::ReviewProcedures),
            courts: courts(visit, &value("court")),
            orders: orders(visit, &ORDERS, &value("outside_order")),
            // Of which kind the record is, the page does not tell.
            fields: court_fields(visit, None, form),
            id_number: value("id_number"),
            record: value("record"),
            reference: value("reference"),
            decided_on: value("decided_on"),
            text: value("text"),
            problems,
        }
    }
}

/// `GET /review/court`
pub(crate) async fn show(ReviewerVisit { visit, .. }: ReviewerVisit) -> Result<Response, Fault> {
    html(&CourtPage::new(&visit, None, Problems::default()))
}

/// `POST /review/court`: the fields `id_number`, `record`, `text`, and those of a decision from outside.
pub(crate) async fn put_down(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    form: Form,
) -> Result<Response, Fault> {
    let number = visit.state.profile().identity.check(form.one("id_number"));
    let record = form.one("record").trim().parse::<RecordId>();
    let (field, words) = match (number, record, outside_order(&visit, &form)) {
        (Err(_), ..) => ("id_number", Key("review-number-malformed")),
        (_, Err(_), _) => ("record", Key("review-record-malformed")),
        (.., Err(problem)) => problem,
        (.., Ok(decision)) if !ORDERS.contains(&decision.order) => {
            ("outside_order", Key("office-choose-answer"))
        }
        (Ok(number), Ok(record), Ok(decision)) => {
            let registry = &visit.state.registry;
            let about = (registry.keys().person(&number.canonical), record);
            let text = form.one("text").trim().to_owned();
            let done = registry.record_outside_decision_about(reviewer, about, decision, text);
            match done.await {
                Ok(procedure) => return Ok(see_other(format!("/review/procedures/{procedure}"))),
                Err(ProcedureError::Registry(error)) => return Err(error.into()),
                Err(error) => {
                    let field = match &error {
                        ProcedureError::Words(_) => "text",
                        ProcedureError::NoSuchBody => "court",
                        ProcedureError::LaterDecisionNoted => "decided_on",
                        ProcedureError::NoSuchField => "fields",
                        ProcedureError::Step(refusal) if refusal.why == Why::OrderUnfit => "outside_order",
                        _ => "record",
                    };
                    (field, said_office::procedure_error(&error))
                }
            }
        }
    };
    let page = CourtPage::new(&visit, Some(&form), Problems::new(&visit, field, words));
    refused(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use registry::CarryOut;

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn what_a_court_decided_about_a_record_is_put_down_and_followed_without_a_dispute() {
        let portal = Portal::demo().await;
        let (person, reviewer) = (portal.as_person().await, portal.as_reviewer(0).await);
        let record = portal.file().await.records[0].record.to_string();
        let one = testkit::made_up(0);
        let fields = |changed: (&'static str, &'static str)| {
            let mut all = vec![
                ("id_number", one.number.clone()),
                ("record", record.clone()),
                ("court", "high-court".to_owned()),
                ("reference", "2026-7".to_owned()),
                ("decided_on", "2026-11-02".to_owned()),
                ("outside_order", "withdraw".to_owned()),
                ("text", "The court sent its judgment.".to_owned()),
            ];
            for (name, value) in &mut all {
                if *name == changed.0 {
                    changed.1.clone_into(value);
                }
            }
            all
        };
        let post = async |changed| {
            let fields = fields(changed);
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            reviewer.post("/review/court", &fields).await
        };
        for (name, value) in [
            ("id_number", "1"),
            ("record", "no record"),
            ("record", "00000000000000000000000000000000"),
            ("court", "nowhere"),
            ("reference", " "),
            ("decided_on", "2099-01-01"),
            ("outside_order", "look-improper"),
            ("outside_order", "correct"),
            ("text", ""),
        ] {
            let refused = post((name, value)).await;
            assert_eq!(
                refused.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{name}: {value}"
            );
            // A correction has to say of what.
            let name = if value == "correct" { "fields" } else { name };
            assert!(
                refused.body.contains(&format!("href=\"#{name}\"")),
                "{name}: {}",
                refused.body
            );
        }
        let done = post(("", "")).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let address = done.location.unwrap();
        let page = reviewer.get(&address).await.body;
        for words in ["The court sent its judgment.", "What the reviewer says", "2026-7"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert_eq!(
            post(("", "")).await.location,
            Some(address.clone()),
            "the same again is the same"
        );
        let address = address.replace("/review", "");
        let page = person.get(&address).await.body;
        for words in ["What the reviewer wrote", "High People"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("high-court"), "a name, no id");
        assert!(person.get("/records").await.body.contains("still to be followed"));

        let procedure = address.rsplit('/').next().unwrap().parse().unwrap();
        let followed = portal
            .registry()
            .follow_order("law-bureau", procedure, CarryOut::Withdraw)
            .await;
        followed.unwrap();
        let page = person.get("/records").await.body;
        assert!(
            page.contains(&format!("/records/{record}/court")),
            "a higher court may decide against that: {page}"
        );
        let ended = post(("reference", "2026-8")).await;
        assert!(
            ended.body.contains("href=\"#outside_order\""),
            "it is withdrawn already: {}",
            ended.body
        );
    }

    #[tokio::test]
    async fn a_reviewer_names_what_is_to_be_put_right_and_each_side_reads_it() {
        let portal = Portal::demo().await;
        let (person, reviewer) = (portal.as_person().await, portal.as_reviewer(0).await);
        let office = portal.as_clerk().await;
        let record = &portal.file().await.records[0];
        let (kind, id) = (record.kind, record.record.to_string());
        let number = testkit::made_up(0).number;
        let types = &portal.registry().profile().record_types;
        let fields: Vec<String> = types[&kind]
            .correctable()
            .take(2)
            .map(|one| one.name.clone())
            .collect();
        let labels = types[&kind].correctable().take(2).map(|one| one.label.en.clone());
        let labels = labels.collect::<Vec<_>>().join(", ");
        let post = async |chosen: &[&str]| {
            let mut sent = vec![
                ("id_number", number.as_str()),
                ("record", &id),
                ("court", "high-court"),
                ("reference", "2026-7"),
                ("decided_on", "2026-11-02"),
                ("outside_order", "correct"),
                ("text", "The court sent its judgment."),
            ];
            sent.extend(chosen.iter().map(|one| ("fields", *one)));
            reviewer.post("/review/court", &sent).await
        };
        for wrong in [&["*", fields[0].as_str()][..], &["weather"], &[]] {
            let refused = post(wrong).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.body.contains("href=\"#fields\""), "{}", refused.body);
        }
        let done = post(&[&fields[0], &fields[1]]).await;
        let address = done.location.unwrap();
        let procedure = address.rsplit('/').next().unwrap().to_owned();
        let read = async |client: &Portal, address: String| client.get(&address).await.body;
        for page in [
            read(&reviewer, address.clone()).await,
            read(&person, format!("/procedures/{procedure}")).await,
            read(&office, format!("/desk/procedures/{procedure}")).await,
        ] {
            assert!(
                page.contains("What is to be put right") && page.contains(&labels),
                "{labels}: {page}"
            );
        }
        post(&["*"]).await;
        let page = read(&person, format!("/procedures/{procedure}")).await;
        assert!(page.contains("The record as a whole"), "{page}");
    }

    #[tokio::test]
    async fn what_was_put_down_wrongly_of_a_court_stays_to_be_read_by_the_person_as_by_the_others() {
        let portal = Portal::demo().await;
        let (person, reviewer) = (portal.as_person().await, portal.as_reviewer(0).await);
        let office = portal.as_clerk().await;
        let record = portal.file().await.records[0].record.to_string();
        let number = testkit::made_up(0).number;
        let post = async |day, order| {
            let sent = [
                ("id_number", number.as_str()),
                ("record", &record),
                ("court", "high-court"),
                ("reference", "2026-7"),
                ("decided_on", day),
                ("outside_order", order),
                ("text", "The court sent its judgment."),
            ];
            reviewer.post("/review/court", &sent).await
        };
        let done = post("2026-11-02", "withdraw").await;
        post("2026-11-03", "withdraw").await;
        post("2026-11-04", "stand").await;
        let address = done.location.unwrap();
        let procedure = address.rsplit('/').next().unwrap().to_owned();
        for (reader, address) in [
            (&person, format!("/procedures/{procedure}")),
            (&reviewer, address),
            (&office, format!("/desk/procedures/{procedure}")),
        ] {
            let page = reader.get(&address).await.body;
            let last = page.find("4 November 2026").unwrap_or_else(|| panic!("{page}"));
            for before in ["· 2026-7 · 2 November 2026 ·", "· 2026-7 · 3 November 2026 ·"] {
                assert!(page[last..].contains(before), "{before}: {page}");
            }
        }
    }
}
