//! `/review/breaches`: a reviewer reports a breach that somebody noticed. Whom it affects stands in the form alone, by
//! identity number; each is told, and the page says of none whether they are known. Below, the reports so far.

use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response};
use jiff::civil::Date;
use registry::{BreachReported, INSTALLATION, ProcedureError, ReportBreach};

use crate::{
    fault::{Fault, refused},
    form::Form,
    page::{Page, Section, html},
    pages::{
        certificates::see_other,
        office::{Choice, Problems},
    },
    said, said_office,
    visit::{ReviewerVisit, Visit},
    words::Key,
};

/// A report with the body's name.
struct Row {
    body: String,
    report: BreachReported,
}

#[derive(Template)]
#[template(path = "review-breaches.html")]
struct BreachesPage {
    page: Page,
    /// The one that was reported just now.
    done: Option<BreachReported>,
    breach: BreachForm,
    measures: String,
    reports: Vec<Row>,
    problems: Problems,
}

/// The one that was reported just now.
#[derive(serde::Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    done: Option<String>,
}

async fn page(
    visit: &Visit,
    sent: Option<&Form>,
    done: Option<&str>,
    problems: Problems,
) -> Result<BreachesPage, Fault> {
    let reports = visit.state.registry.breach_reports().await?;
    let profile = visit.state.profile();
    let value = |name: &str| sent.map_or("", |form| form.one(name)).to_owned();
    let name = |body: &str| said::actor(profile, body, visit.language);
    Ok(BreachesPage {
        page: visit.page(Section::ReviewProcedures),
        done: done.and_then(|id| reports.iter().find(|one| one.breach.to_string() == id).cloned()),
        breach: BreachForm::new(visit, sent, ""),
        measures: value("measures"),
        reports: reports
            .into_iter()
            .map(|report| Row {
                body: name(&report.body),
                report,
            })
            .collect(),
        problems,
    })
}

/// What a form of a breach holds, besides the measures.
#[derive(Default)]
pub(super) struct BreachForm {
    pub(super) bodies: Vec<Choice>,
    pub(super) noticed_on: String,
    pub(super) happened: String,
    pub(super) affected: String,
}

impl BreachForm {
    /// As it was sent, or empty, with `body` chosen.
    pub(super) fn new(visit: &Visit, sent: Option<&Form>, body: &str) -> Self {
        let profile = visit.state.profile();
        let value = |name: &str| sent.map_or("", |form| form.one(name)).to_owned();
        let ids = profile.authorities.keys();
        let ids = ids
            .chain(profile.inquirers.keys())
            .chain(profile.associations.keys());
        let chosen = sent.map_or(body, |form| form.one("body"));
        let choice = |id: &str| Choice {
            value: id.to_owned(),
            name: said::actor(profile, id, visit.language),
            chosen: id == chosen,
        };
        Self {
            bodies: std::iter::once(INSTALLATION)
                .chain(ids.map(String::as_str))
                .map(choice)
                .collect(),
            noticed_on: value("noticed_on"),
            happened: value("happened"),
            affected: value("affected"),
        }
    }

    /// Whether anything is written in it.
    pub(super) fn begun(&self) -> bool {
        [&self.noticed_on, &self.happened, &self.affected]
            .iter()
            .any(|text| !text.trim().is_empty())
    }
}

/// The report that was sent. Otherwise the field that is wrong, and what would be right.
pub(super) fn sent(form: &Form) -> Result<ReportBreach, (&'static str, Key)> {
    let text = |name: &str| form.one(name).trim().to_owned();
    let noticed_on = form.one("noticed_on").parse::<Date>();
    let noticed_on = noticed_on.map_err(|_| ("noticed_on", Key("office-day-malformed")))?;
    for (field, words) in [
        ("happened", Key("breach-happened-missing")),
        ("measures", Key("review-measures-missing")),
    ] {
        if text(field).is_empty() {
            return Err((field, words));
        }
    }
    let lines = form.one("affected").lines().map(str::trim);
    Ok(ReportBreach {
        body: text("body"),
        noticed_on,
        happened: text("happened"),
        measures: text("measures"),
        affected: lines.filter(|line| !line.is_empty()).map(str::to_owned).collect(),
    })
}

/// `GET /review/breaches`
pub(crate) async fn show(
    ReviewerVisit { visit, .. }: ReviewerVisit,
    Query(done): Query<Done>,
) -> Result<Response, Fault> {
    html(&page(&visit, None, done.done.as_deref(), Problems::default()).await?)
}

/// `POST /review/breaches`: the fields `body`, `noticed_on`, `happened`, `measures` and `affected`.
pub(crate) async fn report(
    ReviewerVisit { visit, reviewer }: ReviewerVisit,
    form: Form,
) -> Result<Response, Fault> {
    let (field, words) = match sent(&form) {
        Err(wrong) => wrong,
        Ok(breach) => match visit.state.registry.report_breach(Some(reviewer), breach).await {
            Ok(done) => return Ok(see_other(format!("/review/breaches?done={}", done.breach))),
            Err(error) => wrong(error)?,
        },
    };
    let problems = Problems::new(&visit, field, words);
    let page = page(&visit, Some(&form), None, problems).await?;
    refused(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// What was wrong, and the field that it is about.
pub(super) fn wrong(error: ProcedureError) -> Result<(&'static str, Key), Fault> {
    Ok(match error {
        ProcedureError::Registry(error) => return Err(error.into()),
        ProcedureError::Concerned => return Err(Fault::Concerned),
        ProcedureError::ReviewerUnknown => return Err(Fault::Stopped),
        ProcedureError::NoSuchBody => ("body", Key("breach-body-missing")),
        ProcedureError::DayToCome => ("noticed_on", Key("office-day-malformed")),
        ProcedureError::NumberMalformed { .. } => ("affected", Key("review-number-malformed")),
        ProcedureError::NobodyAffected => ("affected", Key("review-breach-nobody")),
        other => ("happened", said_office::procedure_error(&other)),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::{Portal, between};

    #[tokio::test]
    async fn a_reviewer_reports_a_breach_and_whom_it_affects_reads_what_happened() {
        let portal = Portal::demo().await;
        let reviewer = portal.as_reviewer(0).await;
        let form = reviewer.get("/review/breaches").await.body;
        assert!(form.contains("name=\"affected\""), "{form}");
        let today = portal.registry().today();
        let day = |days: i64| (today - jiff::Span::new().days(days)).to_string();
        let numbers = format!(
            "{}\n\n {} \n",
            testkit::made_up(0).number,
            testkit::made_up(998).number
        );
        let fields = |day: &str, numbers: &str| {
            [
                ("body", "law-bureau".to_owned()),
                ("noticed_on", day.to_owned()),
                ("happened", "A list lay open.".to_owned()),
                ("measures", "It is closed.".to_owned()),
                ("affected", numbers.to_owned()),
            ]
        };
        for (day, numbers, at) in [
            ("", numbers.as_str(), "noticed_on"),
            (&day(-1), &numbers, "noticed_on"),
            (&day(0), "12", "affected"),
            (&day(0), " \n", "affected"),
        ] {
            let fields = fields(day, numbers);
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            let again = reviewer.post("/review/breaches", &fields).await;
            assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(again.body.contains(&format!("href=\"#{at}\"")), "{}", again.body);
            assert!(again.body.contains("A list lay open."), "what was written stays");
        }
        let fields = fields(&day(9), &numbers);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let done = reviewer.post("/review/breaches", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let page = reviewer.get(&done.location.unwrap()).await.body;
        assert!(page.contains("2 people") && page.contains("Told late"), "{page}");
        assert!(!page.contains(&testkit::made_up(0).number), "nobody stands there");

        let person = portal.as_person().await;
        let inbox = person.get("/inbox").await.body;
        let told = format!("/breaches/{}", between(&inbox, "href=\"/breaches/", "\""));
        let page = person.get(&told).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.body.contains("A list lay open.") && page.body.contains("It is closed."),
            "{}",
            page.body
        );
        let other = portal.as_person_number(1).await.get(&told).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND, "it is nothing of theirs");
    }
}
