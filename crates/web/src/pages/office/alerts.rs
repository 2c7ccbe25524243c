//! `/desk/alerts`: alerts in and out. One that came in is opened alone, by a form: that it was opened is in the log
//! before its page is written, and the person sees it.

use askama::Template;
use axum::{extract::Path, response::Response};
use jiff::{Timestamp, civil::Date};
use model::AlertId;
use registry::{AlertError, AlertItem, ClosedAlert, SentAlert};

use crate::{
    fault::Fault,
    form::Form,
    page::{Page, Section, html},
    pages::certificates::see_other,
    said,
    visit::{ClerkVisit, Visit},
    words::{Key, say},
};

/// An alert without whom it is about.
struct Row {
    id: String,
    profession: String,
    effect: Key,
    authority: String,
    arrived_at: Timestamp,
    starts_on: Option<Date>,
    ends_on: Option<Date>,
    seen_at: Option<Timestamp>,
    /// The last day on which it is opened in time.
    open_by: Option<Date>,
    late: bool,
    closed_at: Option<Timestamp>,
    receivers: Vec<(String, Key)>,
    disputed: bool,
    withheld: bool,
}

#[derive(Template)]
#[template(path = "office-alerts.html")]
struct AlertsPage {
    page: Page,
    authority: String,
    /// How many were not opened in time.
    late: u64,
    received: Vec<Row>,
    sent: Vec<Row>,
    closed: Vec<Row>,
}

#[derive(Template)]
#[template(path = "office-alert.html")]
struct AlertPage {
    page: Page,
    row: Row,
    name: String,
    number: String,
    /// The peer that it came from.
    peer: Option<String>,
}

fn effect(word: &str) -> Key {
    match word {
        "prohibits" => Key("office-effect-prohibits"),
        "revokes" => Key("office-effect-revokes"),
        _ => Key("office-effect-suspends"),
    }
}

/// The authority that decided: by its name where it is of this installation. What another instance calls its own is
/// within the alert, so until that is opened the peer that it is of is said.
fn decided_by(visit: &Visit, authority: &str, peer: Option<&str>) -> String {
    match peer {
        None => said::authority(visit.state.profile(), authority, visit.language),
        Some(peer) => say(visit.language, Key("office-alert-elsewhere"))
            .with("peer", peer)
            .to_string(),
    }
}

fn row(visit: &Visit, item: &AlertItem) -> Row {
    Row {
        id: item.alert.to_string(),
        profession: said::profession(visit.state.profile(), &item.profession, visit.language),
        effect: effect(&item.effect),
        authority: decided_by(visit, &item.authority, item.peer.as_deref()),
        arrived_at: item.arrived_at,
        starts_on: item.starts_on,
        ends_on: item.ends_on,
        seen_at: item.seen_at,
        open_by: item.open_by,
        late: item.late,
        closed_at: None,
        receivers: Vec::new(),
        disputed: item.disputed,
        withheld: item.withheld,
    }
}

fn sent(visit: &Visit, alert: &SentAlert) -> Row {
    let receivers = alert.receivers.iter().map(|one| {
        let name = if one.peer {
            one.receiver.clone()
        } else {
            said::authority(visit.state.profile(), &one.receiver, visit.language)
        };
        let state = match (one.closed_at, one.told_at) {
            (Some(_), _) => Key("office-alert-closed-there"),
            (None, Some(_)) => Key("office-alert-told"),
            (None, None) => Key("office-alert-not-told"),
        };
        (name, state)
    });
    Row {
        closed_at: alert.closed_at,
        receivers: receivers.collect(),
        ..row(visit, &alert.item)
    }
}

fn closed(visit: &Visit, alert: &ClosedAlert) -> Row {
    Row {
        id: alert.alert.to_string(),
        profession: said::profession(visit.state.profile(), &alert.profession, visit.language),
        effect: effect(&alert.effect),
        authority: decided_by(visit, &alert.authority, alert.peer.as_deref()),
        arrived_at: alert.closed_at,
        starts_on: None,
        ends_on: None,
        seen_at: None,
        open_by: None,
        late: false,
        closed_at: Some(alert.closed_at),
        receivers: Vec::new(),
        disputed: false,
        withheld: false,
    }
}

/// `GET /desk/alerts`
pub(crate) async fn show(ClerkVisit { visit, authority, .. }: ClerkVisit) -> Result<Response, Fault> {
    let registry = &visit.state.registry;
    let received = registry.alerts_for(&authority).await?;
    let from = registry.alerts_from(&authority).await?;
    let ended = registry.closed_alerts_for(&authority).await?;
    let late = received.iter().filter(|item| item.late).count();
    html(&AlertsPage {
        late: late as u64,
        page: visit.page(Section::Alerts),
        authority: said::authority(visit.state.profile(), &authority, visit.language),
        received: received.iter().map(|item| row(&visit, item)).collect(),
        sent: from.iter().map(|alert| sent(&visit, alert)).collect(),
        closed: ended.iter().map(|alert| closed(&visit, alert)).collect(),
    })
}

/// `POST /desk/alerts/{id}`: opens one.
pub(crate) async fn open(asked: ClerkVisit, Path(id): Path<String>, _: Form) -> Result<Response, Fault> {
    let (by, ClerkVisit { visit, .. }) = (asked.for_body(), asked);
    let id: AlertId = id.parse().map_err(|_| Fault::NotFound)?;
    let opened = match visit.state.registry.open_alert(by, id).await {
        Ok(opened) => opened,
        Err(AlertError::NotAtWork) => return Err(Fault::Stopped),
        Err(AlertError::NoSuchAlert) => return Err(Fault::NotFound),
        // The list says so, where the other alerts are.
        Err(AlertError::Withheld) => return Ok(see_other("/desk/alerts".to_owned())),
        Err(AlertError::Registry(error)) => return Err(error.into()),
    };
    html(&AlertPage {
        page: visit.page(Section::Alerts),
        row: Row {
            authority: opened.content.authority_name.clone(),
            ..row(&visit, &opened.item)
        },
        peer: opened.item.peer.clone(),
        name: opened.content.name,
        number: opened.content.number,
    })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn alerts_that_were_not_opened_in_time_are_said_at_the_desk_and_to_the_reviewers_until_they_are() {
        let mut profile = testkit::gansu();
        let health = profile.authorities.get_mut("health-commission").unwrap();
        health.professions.insert("lawyer".to_owned());
        let name = health.name.en.clone();
        let portal = Portal::of(profile).await;
        let decision = crate::pages::tests::decision_with("限制从业");
        portal.submit("law-bureau", model::RecordKind::Decision, "d.csv", &decision);
        const SAID: [&str; 2] = ["An alert waits to be opened past its day", "有1条通报逾期未查阅"];
        let says = async || {
            let clerk = portal.as_clerk_number(1).await;
            let chinese = clerk.in_chinese();
            let mut found = Vec::new();
            for path in ["/desk", "/desk/alerts"] {
                for (visitor, words) in [(&clerk, SAID[0]), (&chinese, SAID[1])] {
                    found.push(visitor.get(path).await.body.contains(words));
                }
            }
            let reviewer = portal.as_reviewer(0).await;
            found.push(reviewer.get("/review/overdue").await.body.contains(&name));
            found
        };
        assert_eq!(
            says().await,
            [false; 5],
            "the last day on which it is opened in time"
        );
        portal.when_due("2026-11-27T04:00:00Z").await;
        assert_eq!(says().await, [true; 5]);
        let clerk = portal.as_clerk_number(1).await;
        assert!(
            clerk
                .get("/desk")
                .await
                .body
                .contains("href=\"/desk/alerts\">An alert waits"),
            "and led to"
        );
        let list = clerk.get("/desk/alerts").await.body;
        let alert = crate::pages::tests::between(&list, "action=\"/desk/alerts/", "\"");
        clerk.post(&format!("/desk/alerts/{alert}"), &[]).await;
        assert_eq!(says().await, [false; 5], "once it is opened nothing is late");
    }

    #[tokio::test]
    async fn the_desk_shows_alerts_and_opens_none_that_is_not_there() {
        let portal = Portal::demo().await;
        let decision = crate::pages::tests::decision_with("限制从业");
        portal.submit("law-bureau", model::RecordKind::Decision, "d.csv", &decision);
        let clerk = portal.as_clerk().await;
        let page = clerk.get("/desk/alerts").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains(&testkit::made_up(0).name), "{}", page.body);
        let elsewhere = clerk
            .post("/desk/alerts/00000000000000000000000000000000", &[])
            .await;
        assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
        let hospital = portal.as_hospital().await;
        assert_eq!(hospital.get("/desk/alerts").await.status, StatusCode::FORBIDDEN);
    }
}
