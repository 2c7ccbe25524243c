//! `/inbox`: every notice in plain words, unread ones first, each with its date and the way to where something can be
//! done. A representative finds there what concerns the procedures that they take steps in.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use jiff::Timestamp;
use model::{NoticeId, procedure::Speaker};
use registry::{BodyNotice, Notice, NoticeKind};

use super::certificates::see_other;
use crate::{
    acting::{ForPerson, Procedures, inbox_of},
    fault::Fault,
    form::Form,
    page::{Page, Pages, Section, html},
    said,
    words::Key,
};

/// How many notices stand on a page.
const A_PAGE: usize = 30;

/// A notice.
struct Item {
    id: String,
    words: Key,
    at: Timestamp,
    unread: bool,
    /// Where something can be done, and what it is called.
    door: Option<(String, Key)>,
}

#[derive(Template)]
#[template(path = "inbox.html")]
struct InboxPage {
    page: Page,
    unread: u64,
    items: Vec<Item>,
    pages: Pages,
}

/// Which part of the list to show.
#[derive(serde::Deserialize)]
pub(crate) struct Part {
    #[serde(default)]
    page: Option<usize>,
}

/// `GET /inbox`
pub(crate) async fn show(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    Query(part): Query<Part>,
) -> Result<Response, Fault> {
    let registry = &visit.state.registry;
    let mut items: Vec<Item> = match by {
        Speaker::Person => registry.notices(person).await?.iter().map(own).collect(),
        Speaker::Representative(mandate) => {
            let notices = registry.body_notices(&inbox_of(mandate)).await?;
            notices.iter().map(of_representative).collect()
        }
    };
    // They come the latest first, and stay so among the unread and the read.
    items.sort_by_key(|item| !item.unread);
    let unread = items.iter().filter(|item| item.unread).count();
    let pages = Pages::new("/inbox?page=", part.page.unwrap_or(1), items.len(), A_PAGE);
    html(&InboxPage {
        page: visit.page(Section::Inbox),
        unread: unread as u64,
        items: items.into_iter().skip(pages.skipped()).take(A_PAGE).collect(),
        pages,
    })
}

/// `POST /notices/{id}/read`
pub(crate) async fn mark_read(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let notice: NoticeId = id.parse().map_err(|_| Fault::NotFound)?;
    let registry = &visit.state.registry;
    match by {
        Speaker::Person => registry.mark_read(person, notice).await?,
        Speaker::Representative(mandate) => {
            registry.mark_body_notice_read(&inbox_of(mandate), notice).await?;
        }
    }
    Ok(see_other("/inbox".to_owned()))
}

fn own(notice: &Notice) -> Item {
    Item {
        id: notice.notice.to_string(),
        words: words(notice.kind),
        at: notice.at,
        unread: notice.read_at.is_none(),
        door: door(notice.kind, notice.subject.as_deref()),
    }
}

fn of_representative(notice: &BodyNotice) -> Item {
    let kind = NoticeKind::Procedure(notice.kind);
    Item {
        id: notice.notice.to_string(),
        words: words(kind),
        at: notice.at,
        unread: notice.read_at.is_none(),
        door: door(kind, Some(&notice.procedure.to_string())),
    }
}

/// Where something can be done about it. Its address names what it is about by a random identifier.
fn door(kind: NoticeKind, subject: Option<&str>) -> Option<(String, Key)> {
    let subject = subject?;
    Some(match kind {
        NoticeKind::RevokedByHolder
        | NoticeKind::RevokedByDecision
        | NoticeKind::RevokedByCorrection
        | NoticeKind::RevokedByWithdrawal => (format!("/certificates/{subject}"), Key("notice-which")),
        // The record is elsewhere; here is who was told.
        NoticeKind::AlertArrived | NoticeKind::AlertReceiverAdded | NoticeKind::AlertReceiverClosed => {
            ("/looks".to_owned(), Key("inbox-who-was-told"))
        }
        NoticeKind::AlertSent | NoticeKind::AlertClosed => ("/records".to_owned(), Key("inbox-records")),
        NoticeKind::LookedAt
        | NoticeKind::LookRefused
        | NoticeKind::LookFoundNothing
        | NoticeKind::LookImproper => (format!("/looks/{subject}"), Key("inbox-look")),
        // Nothing came of it, so there is nothing to decide.
        NoticeKind::ConsentAskRefused => ("/looks".to_owned(), Key("inbox-who-asked")),
        NoticeKind::ConsentAsked => (format!("/consents/{subject}"), Key("inbox-decide")),
        NoticeKind::ConsentByRepresentative => (format!("/consents/{subject}"), Key("inbox-consent")),
        NoticeKind::MandateRegistered | NoticeKind::MandateEnded => {
            ("/mandates".to_owned(), Key("inbox-mandates"))
        }
        NoticeKind::CommendationProposed
        | NoticeKind::ProposalTakenUp
        | NoticeKind::ProposalDeclined
        | NoticeKind::ProposalLapsed
        | NoticeKind::PublicationByRepresentative => ("/good-record".to_owned(), Key("inbox-good-record")),
        NoticeKind::OtherNameFiled => ("/procedures/complaint".to_owned(), Key("inbox-complain")),
        NoticeKind::RecordCameAgain => (format!("/records#record-{subject}"), Key("inbox-record")),
        NoticeKind::BreachReported => (format!("/breaches/{subject}"), Key("inbox-breach")),
        NoticeKind::Procedure(_) => (format!("/procedures/{subject}"), Key("inbox-procedure")),
    })
}

fn words(kind: NoticeKind) -> Key {
    match kind {
        NoticeKind::RevokedByHolder => Key("notice-revoked-by-holder"),
        NoticeKind::RevokedByDecision => Key("notice-revoked-by-decision"),
        NoticeKind::RevokedByCorrection => Key("notice-revoked-by-correction"),
        NoticeKind::RevokedByWithdrawal => Key("notice-revoked-by-withdrawal"),
        NoticeKind::AlertSent => Key("notice-alert-sent"),
        NoticeKind::AlertReceiverAdded => Key("notice-alert-receiver-added"),
        NoticeKind::AlertReceiverClosed => Key("notice-alert-receiver-closed"),
        NoticeKind::AlertArrived => Key("notice-alert-arrived"),
        NoticeKind::AlertClosed => Key("notice-alert-closed"),
        NoticeKind::LookedAt => Key("notice-looked-at"),
        NoticeKind::LookRefused => Key("notice-look-refused"),
        NoticeKind::LookFoundNothing => Key("notice-look-found-nothing"),
        NoticeKind::LookImproper => Key("notice-look-improper"),
        NoticeKind::ConsentAsked => Key("notice-consent-asked"),
        NoticeKind::ConsentAskRefused => Key("notice-consent-ask-refused"),
        NoticeKind::ConsentByRepresentative => Key("notice-consent-by-representative"),
        NoticeKind::MandateRegistered => Key("notice-mandate-registered"),
        NoticeKind::MandateEnded => Key("notice-mandate-ended"),
        NoticeKind::RecordCameAgain => Key("notice-record-came-again"),
        NoticeKind::CommendationProposed => Key("notice-commendation-proposed"),
        NoticeKind::ProposalTakenUp => Key("notice-proposal-taken-up"),
        NoticeKind::ProposalDeclined => Key("notice-proposal-declined"),
        NoticeKind::ProposalLapsed => Key("notice-proposal-lapsed"),
        NoticeKind::PublicationByRepresentative => Key("notice-publication-by-representative"),
        NoticeKind::OtherNameFiled => Key("notice-other-name-filed"),
        NoticeKind::BreachReported => Key("notice-breach-reported"),
        NoticeKind::Procedure(kind) => said::procedure_notice(kind),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use registry::MandateScope;

    use crate::pages::tests::{Portal, between, decision_csv, link};

    #[tokio::test]
    async fn a_decision_that_comes_into_force_revokes_and_the_holder_is_told_until_they_have_read_it() {
        let portal = Portal::demo().await;
        let person = portal.as_person().await;
        person.certificate().await;
        portal.submit(
            "law-bureau",
            model::RecordKind::Decision,
            "d.csv",
            &decision_csv(),
        );
        let page = person.get("/inbox").await.body;
        let told = "because a decision about the licence came into force";
        assert!(page.contains(told), "{page}");
        assert!(page.contains("Inbox (1 new)"), "{page}");
        assert!(
            person
                .get("/certificates")
                .await
                .body
                .contains("href=\"/inbox\">1 new")
        );
        let notice = between(&page, "action=\"/notices/", "\"");
        let read = person.post(&format!("/notices/{notice}"), &[]).await;
        assert_eq!(
            (read.status, read.location.as_deref()),
            (StatusCode::SEE_OTHER, Some("/inbox"))
        );
        let page = person.get("/inbox").await.body;
        assert!(
            page.contains(told) && !page.contains("action=\"/notices/"),
            "{page}"
        );
        assert!(!page.contains("(1 new)"), "{page}");
    }

    #[tokio::test]
    async fn a_representative_finds_what_concerns_the_procedures_that_they_take_steps_in() {
        let portal = Portal::demo().await;
        portal.look().await;
        let mandate = portal.mandate(&MandateScope::ALL).await;
        let lawyer = portal.as_person_number(1).await;
        let switched = lawyer.post(&format!("/mandates/{mandate}/act"), &[]).await;
        let acting = lawyer.with_cookie(&switched.cookie.unwrap());
        let form = link(&acting.get("/records").await.body, "/dispute");
        let token = acting.token();
        let fields: [(&str, &[u8]); 2] = [("token", token.as_bytes()), ("text", b"made up")];
        let opened = acting.upload(&form, &fields).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
        let page = acting.get("/inbox").await.body;
        assert!(
            page.contains("dispute was opened") && page.contains("Inbox (1 new)"),
            "{page}"
        );
        assert!(
            !page.contains("See the look"),
            "the person's own notices are theirs: {page}"
        );
        let notice = between(&page, "action=\"/notices/", "\"");
        acting.post(&format!("/notices/{notice}"), &[]).await;
        assert!(!acting.get("/inbox").await.body.contains("(1 new)"));
        let timeline = acting.get(&opened.location.unwrap()).await.body;
        assert!(timeline.contains("Your representative"), "{timeline}");
        let person = portal.as_person().await;
        assert!(person.get("/inbox").await.body.contains("dispute was opened"));
        assert!(person.get("/looks").await.body.contains("Dispute · Opened"));
    }

    #[tokio::test]
    async fn unread_notices_stand_first_each_with_the_way_to_what_it_is_about() {
        let portal = Portal::demo().await;
        let person = portal.as_person().await;
        portal.look().await;
        portal.ask_consent().await;
        let page = person.get("/inbox").await.body;
        let read = between(&page, "action=\"/notices/", "\"").to_owned();
        person.post(&format!("/notices/{read}"), &[]).await;
        let page = person.get("/inbox").await.body;
        let (first, second) = page.split_at(page.find(&format!("notice-{}", &read[..32])).unwrap());
        assert!(
            first.contains("action=\"/notices/"),
            "the one still unread is first: {page}"
        );
        assert!(
            !second.contains("action=\"/notices/"),
            "the one that was read is last: {page}"
        );
        for door in ["/consents/", "/looks/"] {
            let address = format!("{door}{}", between(&page, &format!("href=\"{door}"), "\""));
            assert_eq!(person.get(&address).await.status, StatusCode::OK, "{address}");
        }
        let other = portal.as_person_number(1).await.get("/inbox").await.body;
        assert!(other.contains("There is nothing in your inbox"), "{other}");
        let chinese = person.in_chinese().get("/inbox").await.body;
        assert!(chinese.contains("收件箱（1 条新）"), "{chinese}");
    }

    #[tokio::test]
    async fn an_address_that_can_not_be_read_is_answered_by_a_page_in_the_readers_language() {
        let portal = Portal::demo().await;
        let person = portal.as_person().await;
        for path in [
            "/inbox?page=x",
            "/looks?page=-1",
            "/consents/%FF",
            "/language/%FF",
        ] {
            let english = person.get(path).await;
            assert!(english.status.is_client_error(), "{path}");
            assert!(
                english.body.contains("<h1") && english.body.contains("lang=\"en\""),
                "{path}: {}",
                english.body
            );
            let chinese = portal.as_person().await.in_chinese().get(path).await;
            assert_eq!(chinese.status, english.status, "{path}");
            assert!(chinese.body.contains("lang=\"zh"), "{path}: {}", chinese.body);
            assert!(!chinese.body.contains("deserialize"), "{path}: {}", chinese.body);
        }
    }
}
