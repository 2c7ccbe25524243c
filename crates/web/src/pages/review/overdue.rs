//! `/review/overdue`: whatever waits for an authority, a reviewer or a body that was given a record past its day, the
//! longest late first, and a year of the calendar that has begun without its days; then authorities that have not opened
//! alerts in time, and other instances that have not confirmed in time what they are told of them.

use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use model::procedure::{ProcedureKind, Status};
use registry::{LateAlerts, LatePeer};

use crate::{
    fault::Fault,
    page::{Page, Section, html},
    pages::office::procedures::{List, Row},
    said,
    visit::ReviewerVisit,
    words::Key,
};

#[derive(Template)]
#[template(path = "review-overdue.html")]
struct OverduePage {
    page: Page,
    lists: Vec<List>,
    /// Authorities that have not opened alerts in time.
    unopened: Vec<LateRow>,
    /// Other instances that have not confirmed in time what they are told.
    peers: Vec<LateRow>,
    /// Years of the calendar that have begun and are provisional, with the reason.
    years: Vec<(String, String)>,
}

/// What is said around a list of those who are late with alerts.
struct Words {
    title: Key,
    lead: Option<Key>,
    none: Key,
    who: Key,
    /// Where the list says with what.
    what: Option<Key>,
}

const UNOPENED: Words = Words {
    title: Key("review-unopened-title"),
    lead: None,
    none: Key("review-unopened-none"),
    who: Key("office-body"),
    what: None,
};

const UNCONFIRMED: Words = Words {
    title: Key("review-peers-title"),
    lead: Some(Key("review-peers-lead")),
    none: Key("review-peers-none"),
    who: Key("review-peer"),
    what: Some(Key("review-peers-what")),
};

/// Who is late with alerts.
struct LateRow {
    who: String,
    what: Option<Key>,
    alerts: u64,
    due_on: Option<Date>,
}

impl From<LatePeer> for LateRow {
    fn from(one: LatePeer) -> Self {
        let what = match one.what {
            LateAlerts::Untold => Key("review-peers-untold"),
            LateAlerts::Changed => Key("review-peers-changed"),
            LateAlerts::Closed => Key("review-peers-closed"),
            LateAlerts::PutBack => Key("review-peers-put-back"),
        };
        Self {
            who: one.peer,
            what: Some(what),
            alerts: one.alerts,
            due_on: one.due_on,
        }
    }
}

/// Whether a reviewer may open it already: a dispute or an application is theirs to read once that it is late was
/// put down.
const fn opens(kind: ProcedureKind, status: Status) -> bool {
    match kind {
        ProcedureKind::Reconsideration | ProcedureKind::Complaint => true,
        ProcedureKind::Dispute => matches!(status, Status::Overdue),
        ProcedureKind::Restoration => matches!(
            status,
            Status::AcceptanceOverdue | Status::AnswerOverdue | Status::ConfirmationOverdue
        ),
    }
}

/// `GET /review/overdue`
pub(crate) async fn show(ReviewerVisit { visit, reviewer }: ReviewerVisit) -> Result<Response, Fault> {
    let all = visit.state.registry.overdue_for(&reviewer).await?;
    let peers = visit.state.registry.late_peers().await?;
    let unopened = visit.state.registry.late_authorities().await?;
    let unopened = unopened.into_iter().map(|one| LateRow {
        who: said::authority(visit.state.profile(), &one.authority, visit.language),
        what: None,
        alerts: one.alerts,
        due_on: one.due_on,
    });
    let rows = all.iter().map(|one| {
        let mut row = Row::new(&visit, one, "/review/procedures");
        row.address = row.address.filter(|_| opens(one.kind, one.status));
        if one.status == Status::Complete {
            row.status = Key("review-complete-apart");
        }
        row
    });
    let lists = vec![List {
        heading: Key("review-overdue-title"),
        none: Key("review-overdue-none"),
        rows: rows.collect(),
    }];
    let today = visit.state.registry.today();
    let years = visit.state.profile().calendar.provisional_and_begun(today);
    html(&OverduePage {
        page: visit.page(Section::Overdue),
        lists,
        peers: peers.into_iter().map(LateRow::from).collect(),
        unopened: unopened.collect(),
        years: years
            .map(|(year, why)| (year.to_string(), why.get(visit.language).to_owned()))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use model::{RecordKind, procedure::Speaker};
    use registry::{Apply, InquiryRequest, RestorationAnswer};

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn a_year_that_has_begun_on_a_provisional_calendar_is_said_to_reviewers() {
        let portal = Portal::demo().await;
        let page = portal.as_reviewer(0).await.get("/review/overdue").await.body;
        assert!(!page.contains("is provisional"), "{page}");
        portal.when_due("2027-01-04T04:00:00Z").await;
        let reviewer = portal.as_reviewer(0).await;
        let page = reviewer.get("/review/overdue").await.body;
        assert!(page.contains("The calendar of 2027 is provisional"), "{page}");
        assert!(page.contains("Moved days not yet announced"), "{page}");
        assert!(!page.contains("calendar of 2028"), "{page}");
        let chinese = reviewer.in_chinese().get("/review/overdue").await.body;
        assert!(chinese.contains("2027年的工作日历是暂定的"), "{chinese}");
    }

    /// A look whose notice waits for 20 days.
    fn quiet_look() -> InquiryRequest {
        let one = testkit::made_up(0);
        InquiryRequest {
            authority: "health-commission".to_owned(),
            asker: "clerk".to_owned(),
            purpose: "licensing-renewal".to_owned(),
            profession: "lawyer".to_owned(),
            id_number: one.number,
            name: one.name,
            under: testkit::waiting_under_law(20),
            nonce: None,
        }
    }

    #[tokio::test]
    async fn why_a_restoration_that_is_complete_is_late_is_said_where_the_person_is_not_to_know_of_a_body_yet()
     {
        let mut profile = testkit::gansu();
        let health = profile.authorities.get_mut("health-commission").unwrap();
        health.professions.insert("lawyer".to_owned());
        let purpose = profile.purposes.get_mut("licensing-renewal").unwrap();
        purpose.delay = Some(profile::ByDay::always(profile::Delay {
            days: 30,
            basis: "lawyer-licensing".to_owned(),
        }));
        let portal = Portal::of(profile).await;
        let fine = crate::pages::tests::decision_csv();
        portal.submit("law-bureau", RecordKind::Decision, "d.csv", &fine);
        portal.when_due("2027-02-10T04:00:00Z").await;
        let (registry, person) = (portal.registry(), portal.person(0).await);
        let named = registry.clone();
        let name = move || testkit::name_staff(&named, "health-commission", "clerk");
        tokio::task::spawn_blocking(name).await.unwrap();
        let given = registry.inquire(quiet_look()).await.unwrap();
        assert_eq!(given.records.len(), 2, "the decision is given");
        let records = portal.file().await.records;
        let decision = records
            .iter()
            .find(|one| one.kind == RecordKind::Decision)
            .unwrap();
        let application = Apply {
            by: Speaker::Person,
            decision: decision.record,
            pledge: Some("made-up pledge".to_owned()),
            duties: Some("made-up duties".to_owned()),
        };
        let id = registry.apply_restoration(person, application).await.unwrap();
        for answer in [
            RestorationAnswer::Take,
            RestorationAnswer::Grant("done".to_owned()),
        ] {
            registry
                .answer_restoration("law-bureau", id, answer)
                .await
                .unwrap();
        }
        portal.when_due("2027-02-25T04:00:00Z").await;
        let reviewer = portal.as_reviewer(0).await;
        for (visitor, body, why) in [
            (&reviewer, "Health commission", "wait to be told to the person"),
            (&reviewer.in_chinese(), "卫生健康委员会", "依法暂不告知本人"),
        ] {
            let page = visitor.get("/review/overdue").await.body;
            assert!(page.contains(body) && page.contains(why), "{page}");
            assert!(!page.contains("href=\"/review/procedures/"), "{page}");
        }
    }

    #[tokio::test]
    async fn an_instance_that_does_not_confirm_stands_there_with_what_it_has_not() {
        let portal = Portal::demo().await;
        let registry = portal.registry().clone();
        let added = tokio::task::spawn_blocking(move || {
            registry.add_peer(registry::NewPeer {
                peer: "neighbour".to_owned(),
                url: "https://neighbour.example".to_owned(),
                public_key: [1; 32],
                professions: ["lawyer".to_owned()].into(),
                sends: true,
                takes: true,
            })
        });
        added.await.unwrap().unwrap();
        let decision = crate::pages::tests::decision_with("限制从业");
        portal.submit("law-bureau", model::RecordKind::Decision, "d.csv", &decision);
        let page = portal.as_reviewer(0).await.get("/review/overdue").await.body;
        assert!(
            page.contains("No other instance is late") && !page.contains("neighbour"),
            "{page}"
        );
        portal.when_due("2026-11-27T04:00:00Z").await;
        let reviewer = portal.as_reviewer(0).await;
        let chinese = reviewer.in_chinese();
        for (visitor, what, when) in [
            (&reviewer, "that they were issued", "26 November 2026"),
            (&chinese, "通报的发出", "2026年11月26日"),
        ] {
            let page = visitor.get("/review/overdue").await.body;
            let row = page
                .split("neighbour</th>")
                .nth(1)
                .unwrap_or_else(|| panic!("{page}"));
            let row = row.split("</tr>").next().unwrap();
            assert!(row.contains(what) && row.contains(when), "{row}");
        }
    }
}
