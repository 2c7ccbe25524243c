//! `/looks`: every look at the person's records, every filing and everything else that was done, with time,
//! body, purpose and receipt. The person's own looks stand apart, or those of others would be lost among them.

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
    /// Whether it is a look of the person's own.
    own: bool,
}

#[derive(Template)]
#[template(path = "looks.html")]
struct LooksPage {
    page: Page,
    /// Whether the person's own looks are shown, or all the rest.
    own: bool,
    own_count: usize,
    others_count: usize,
    entries: Vec<Entry>,
    pages: Pages,
}

/// Which part of the list to show.
#[derive(serde::Deserialize)]
pub(crate) struct Part {
    #[serde(default)]
    page: Option<usize>,
    #[serde(default)]
    own: Option<Own>,
}

/// That the person's own looks are asked for.
#[derive(serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Own {
    Yes,
}

/// `GET /looks`
pub(crate) async fn show(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Records>,
    Query(part): Query<Part>,
) -> Result<Response, Fault> {
    let file = acting::file(&visit, person, by, EventKind::OwnLook).await?;
    let (looks, others): (Vec<Entry>, Vec<Entry>) =
        entries(&visit, &file).into_iter().partition(|entry| entry.own);
    let (own_count, others_count) = (looks.len(), others.len());
    let own = part.own.is_some();
    let (mut entries, base) = match own {
        true => (looks, "/looks?own=yes&page="),
        false => (others, "/looks?page="),
    };
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.leaf));
    let pages = Pages::new(base, part.page.unwrap_or(1), entries.len(), A_PAGE);
    let entries = entries.into_iter().skip(pages.skipped()).take(A_PAGE).collect();
    html(&LooksPage {
        page: visit.page(Section::Looks),
        own,
        own_count,
        others_count,
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
            own: false,
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
        own: is_own_look(event),
    });
    filings.chain(events).collect()
}

/// Whether the person looked, and nobody who acts for them.
fn is_own_look(event: &EventView) -> bool {
    let looks = matches!(
        event.kind,
        EventKind::OwnLook | EventKind::RecordsNamed | EventKind::ProcedureRead | EventKind::Download
    );
    looks && event.actor == registry::SELF && event.mandate.is_none()
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
            .filter_map(|rest| rest.split('"').next())
            .find(|path| path.ends_with("/receipt"))
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
        let page = portal.get("/looks?own=yes&page=2").await.body;
        assert!(page.contains("href=\"/looks?own=yes&#38;page=1\""), "{page}");
        assert_eq!(portal.get("/looks?page=99").await.status, StatusCode::OK);
        for none in ["page=x", "own=no"] {
            let answer = portal.get(&format!("/looks?{none}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{none}");
        }
    }

    #[tokio::test]
    async fn limit_6_ones_own_looks_stand_apart_with_their_number_and_drown_nobody_elses() {
        let portal = Portal::demo().await;
        portal.look().await;
        let portal = portal.as_person().await;
        for _ in 0..60 {
            portal.get("/records").await;
        }
        let (bureau, purpose) = portal.bureau_and_purpose();
        let page = portal.get("/looks").await.body;
        assert!(
            page.contains(&purpose) && page.contains(&bureau),
            "the look is on the first page"
        );
        assert!(!page.contains("rel=\"next\""), "nothing else pushes it down");
        // The page itself was a look too, and is counted.
        assert!(page.contains("Your own looks: 61"), "{page}");
        assert!(page.contains("href=\"/looks?own=yes\""));
        let own = portal.get("/looks?own=yes").await.body;
        assert!(own.contains("Your own looks: 62") && own.contains("rel=\"next\""));
        assert!(!own.contains(&purpose), "each entry stands in one of the two");
        assert!(own.contains("href=\"/looks/"), "they have receipts");
    }
}
