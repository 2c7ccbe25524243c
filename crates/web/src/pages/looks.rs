//! `/looks`: every look at the person's records, every filing and everything else that was done, with time,
//! body, purpose and receipt.

use askama::Template;
use axum::{extract::Query, response::Response};
use jiff::Timestamp;
use model::RecordStatus;
use registry::{EventKind, EventView, PersonFile};

use crate::{
    acting::{self, ForPerson, Records},
    fault::Fault,
    page::{Page, Pages, Section, html},
    process, said,
    visit::Visit,
    words::Key,
};

/// How many entries stand on a page.
const A_PAGE: usize = 50;

/// One thing that was done.
struct Entry {
    leaf: u64,
    at: Timestamp,
    who: String,
    what: Key,
    /// The kind of record, for a filing.
    about: Option<Key>,
    why: String,
    /// Where its receipt is; none once what it was about is destroyed.
    receipt: Option<String>,
    /// Where more is said, or something can be done about it.
    door: Option<(String, Key)>,
}

#[derive(Template)]
#[template(path = "looks.html")]
struct LooksPage {
    page: Page,
    entries: Vec<Entry>,
    pages: Pages,
}

/// Which part of the list to show.
#[derive(serde::Deserialize)]
pub(crate) struct Part {
    #[serde(default)]
    page: Option<usize>,
}

/// `GET /looks`
pub(crate) async fn show(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Records>,
    Query(part): Query<Part>,
) -> Result<Response, Fault> {
    let file = acting::file(&visit, person, by, EventKind::OwnLook).await?;
    let mut entries = entries(&visit, &file);
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.leaf));
    let pages = Pages::new("/looks?page=", part.page.unwrap_or(1), entries.len(), A_PAGE);
    let entries = entries.into_iter().skip(pages.skipped()).take(A_PAGE).collect();
    html(&LooksPage {
        page: visit.page(Section::Looks),
        entries,
        pages,
    })
}

fn entries(visit: &Visit, file: &PersonFile) -> Vec<Entry> {
    let (profile, language) = (visit.state.profile(), visit.language);
    let filings = file.records.iter().flat_map(|record| {
        let basis = profile
            .bases
            .get(&record.basis)
            .map(|basis| basis.name.get(language));
        record.versions.iter().map(move |version| Entry {
            leaf: version.leaf,
            at: version.filed_at,
            who: said::authority(profile, &record.authority, language),
            what: said::change(version.change),
            about: Some(said::kind(record.kind)),
            why: basis.unwrap_or_default().to_owned(),
            receipt: (record.status != RecordStatus::Erased)
                .then(|| format!("/records/{}/{}/receipt", record.record, version.version)),
            door: None,
        })
    });
    let events = file.events.iter().map(|event| Entry {
        leaf: event.leaf,
        at: event.at,
        who: match event.mandate {
            // What a representative did for the person, and not a mandate that was registered or ended.
            Some(_) if !matches!(event.kind, EventKind::MandateRegistered | EventKind::MandateEnded) => {
                said::actor(profile, "mandate:", language)
            }
            _ => said::with_account(
                said::actor(profile, &event.actor, language),
                event.staff.as_deref(),
                language,
            ),
        },
        what: said::event(event.kind),
        about: None,
        why: match profile.purposes.get(&event.purpose) {
            Some(purpose) => purpose.name.get(language).to_owned(),
            None => process::event_purpose(&event.purpose, language).unwrap_or_default(),
        },
        receipt: Some(format!("/looks/{}/receipt", event.event)),
        door: door(event),
    });
    filings.chain(events).collect()
}

/// Where more is said about what was done.
fn door(event: &EventView) -> Option<(String, Key)> {
    match (event.kind, &event.subject) {
        (EventKind::Look | EventKind::LookRefused | EventKind::LookFoundNothing, _) => {
            Some((format!("/looks/{}", event.event), Key("looks-more")))
        }
        (EventKind::DeskLook, _) => {
            Some((format!("/looks/{}/complaint", event.event), Key("looks-complain")))
        }
        (EventKind::ProcedureStep | EventKind::ProcedureRead, Some(procedure)) => {
            Some((format!("/procedures/{procedure}"), Key("looks-procedure")))
        }
        (
            EventKind::ConsentAsked
            | EventKind::ConsentGranted
            | EventKind::ConsentRefused
            | EventKind::ConsentPaused
            | EventKind::ConsentResumed
            | EventKind::ConsentRevoked,
            Some(consent),
        ) => Some((format!("/consents/{consent}"), Key("looks-consent"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::Portal;

    #[tokio::test]
    async fn looks_and_filings_show_with_time_body_purpose_and_receipt() {
        let portal = Portal::demo().await;
        portal.look().await;
        let portal = portal.as_person().await;
        let page = portal.get("/looks").await.body;
        let (bureau, purpose) = portal.bureau_and_purpose();
        for words in [
            "23 November 2026, 12:00",
            bureau.as_str(),
            purpose.as_str(),
            "Filed",
            "Looked",
        ] {
            assert!(page.contains(words), "{words}");
        }
        let receipt = page
            .split("href=\"/looks/")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let receipt = portal.get(&format!("/looks/{receipt}")).await;
        assert_eq!(receipt.status, StatusCode::OK);
        assert!(receipt.body.contains("c2sp.org/tlog-proof@v1"));
    }

    #[tokio::test]
    async fn a_long_list_has_pages() {
        let portal = Portal::demo().await.as_person().await;
        for _ in 0..60 {
            portal.get("/looks").await;
        }
        let page = portal.get("/looks?page=2").await.body;
        assert!(page.contains("href=\"/looks?page=1\""));
        assert_eq!(portal.get("/looks?page=99").await.status, StatusCode::OK);
        assert_eq!(portal.get("/looks?page=x").await.status, StatusCode::BAD_REQUEST);
    }
}
