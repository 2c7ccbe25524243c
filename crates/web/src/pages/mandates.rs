//! `/mandates`: who may act for the person, until when and for what, and the way to end it; and for whom the person
//! may act, with the switch.

use askama::Template;
use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use model::{MandateId, PersonId};
use registry::{Mandate, MandateScope, SELF};

use super::{certificates::see_other, confirm::ConfirmPage};
use crate::{
    acting::AnyPerson,
    fault::Fault,
    form::Form,
    page::{Page, Section, html},
    visit::{PersonVisit, Visit},
    words::{Key, say},
};

/// A mandate as a page shows it.
struct Row {
    id: String,
    /// The other of the two.
    name: String,
    scope: Vec<Key>,
    from: Date,
    until: Date,
    /// Whether it holds, or will.
    runs: bool,
    begun: bool,
}

#[derive(Template)]
#[template(path = "mandates.html")]
struct MandatesPage {
    page: Page,
    /// Those who may act for the person; nothing of it is shown while they act for somebody else.
    of_me: Vec<Row>,
    by_me: Vec<Row>,
}

fn scope(scope: MandateScope) -> Key {
    match scope {
        MandateScope::Records => Key("mandate-records"),
        MandateScope::Consents => Key("mandate-consents"),
        MandateScope::Procedures => Key("mandate-procedures"),
    }
}

fn row(visit: &Visit, mandate: &Mandate, other: PersonId) -> Row {
    let today = visit.state.registry.today();
    Row {
        id: mandate.mandate.to_string(),
        name: visit.state.demo_name(other).map_or_else(
            || say(visit.language, Key("mandate-somebody")).to_string(),
            str::to_owned,
        ),
        scope: mandate.scope.iter().copied().map(scope).collect(),
        from: mandate.from,
        until: mandate.until,
        runs: mandate.ended_at.is_none() && today <= mandate.until,
        begun: mandate.from <= today,
    }
}

/// `GET /mandates`
pub(crate) async fn show(AnyPerson { visit, person }: AnyPerson) -> Result<Response, Fault> {
    let registry = &visit.state.registry;
    let mut of_me = Vec::new();
    if visit.personal.acting.is_none() {
        let mandates = registry.mandates_of(person).await?;
        of_me = mandates
            .iter()
            .map(|one| row(&visit, one, one.representative))
            .collect();
        of_me.sort_by_key(|row| !row.runs);
    }
    let by_me = registry.acting_for(person).await?;
    html(&MandatesPage {
        page: visit.page(Section::Mandates),
        of_me,
        by_me: by_me.iter().map(|one| row(&visit, one, one.person)).collect(),
    })
}

/// `GET /mandates/{id}/end`: asks whether the person is sure.
pub(crate) async fn ask_to_end(
    PersonVisit { visit, person }: PersonVisit,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let found = find(&visit, person, &id).await?;
    let page = visit.page(Section::Mandates);
    let words = page
        .say("mandate-end-words")
        .with("name", &found.name)
        .to_string();
    ConfirmPage {
        title: Key("mandate-end-title"),
        words: vec![words],
        action: format!("/mandates/{}/end", found.id),
        button: Key("mandate-end-button"),
        back: ("/mandates".to_owned(), Key("nav-mandates")),
        page,
    }
    .answer()
}

/// `POST /mandates/{id}/end`
pub(crate) async fn end(
    PersonVisit { visit, person }: PersonVisit,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let found = find(&visit, person, &id).await?;
    let mandate: MandateId = found.id.parse().map_err(|_| Fault::NotFound)?;
    visit.state.registry.end_mandate(person, mandate, SELF).await?;
    Ok(see_other("/mandates".to_owned()))
}

/// A mandate of the person that can be ended.
async fn find(visit: &Visit, person: PersonId, id: &str) -> Result<Row, Fault> {
    let mandates = visit.state.registry.mandates_of(person).await?;
    let mut rows = mandates.iter().map(|one| row(visit, one, one.representative));
    rows.find(|row| row.id == id && row.runs).ok_or(Fault::NotFound)
}

/// `POST /mandates/{id}/act`: from now on for whoever gave this mandate.
pub(crate) async fn act(
    AnyPerson { visit, person }: AnyPerson,
    Path(id): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let mandates = visit.state.registry.acting_for(person).await?;
    let mut mandates = mandates.into_iter();
    let mandate = mandates
        .find(|one| one.mandate.to_string() == id)
        .ok_or(Fault::NotFound)?;
    let place = [
        (MandateScope::Procedures, "/procedures"),
        (MandateScope::Consents, "/consents"),
        (MandateScope::Records, "/records"),
    ];
    let place = place.iter().find(|(scope, _)| mandate.scope.contains(scope));
    let place = place.map_or("/mandates", |(_, place)| *place);
    switch(&visit, Some(mandate.mandate), place)
}

/// `POST /mandates/back`: from now on for themself again.
pub(crate) async fn back(AnyPerson { visit, .. }: AnyPerson, _: Form) -> Result<Response, Fault> {
    switch(&visit, None, "/mandates")
}

/// From now on for somebody, or for themself again.
fn switch(visit: &Visit, acting: Option<MandateId>, place: &'static str) -> Result<Response, Fault> {
    let session = visit.session.as_ref().ok_or(Fault::Internal)?;
    let switched = session.switch(acting, visit.state.registry.now(), &*visit.state.randomness);
    let switched = switched.map_err(|error| {
        tracing::error!(%error, "no session could be made");
        Fault::Internal
    })?;
    let headers = [
        (header::SET_COOKIE, visit.cookie(&switched)),
        (header::LOCATION, place.to_owned()),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use registry::MandateScope;

    use crate::pages::tests::{Portal, between};

    #[tokio::test]
    async fn acting_for_somebody_is_marked_on_every_page_stays_in_the_mandate_and_has_a_way_back() {
        let portal = Portal::demo().await;
        let mandate = portal
            .mandate(&[MandateScope::Records, MandateScope::Procedures])
            .await;
        let lawyer = portal.as_person_number(1).await;
        let own = lawyer.get("/records").await.body;
        assert!(own.contains("LAW-00000001"), "{own}");
        let switched = lawyer.post(&format!("/mandates/{mandate}/act"), &[]).await;
        assert_eq!(switched.location.as_deref(), Some("/procedures"));
        let acting = lawyer.with_cookie(&switched.cookie.unwrap());
        for path in [
            "/records",
            "/looks",
            "/procedures",
            "/inbox",
            "/mandates",
            "/verify",
            "/nothing",
        ] {
            let page = acting.get(path).await.body;
            assert!(page.contains("You are acting for"), "{path}: {page}");
            assert!(page.contains("action=\"/mandates/back\""), "{path}");
            assert!(
                !page.contains("LAW-00000001"),
                "{path}: nothing of the representative's own"
            );
        }
        assert!(acting.get("/records").await.body.contains("LAW-00000000"));
        for path in ["/consents", "/certificates", "/records/download.json"] {
            let page = acting.get(path).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
            assert!(page.body.contains("not covered by your mandate"), "{}", page.body);
        }
        // The person sees who looked for them; the log names both.
        let looks = portal.as_person().await.get("/looks").await.body;
        assert!(looks.contains("Your representative"), "{looks}");
        // A form that was opened before the switch is not taken after it.
        let old = [("token", lawyer.token())];
        let old: Vec<_> = old.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(
            acting.post_raw("/mandates/back", &old).await.status,
            StatusCode::FORBIDDEN
        );
        let back = acting.post("/mandates/back", &[]).await;
        let back = acting.with_cookie(&back.cookie.unwrap());
        assert!(back.get("/records").await.body.contains("LAW-00000001"));
    }

    #[tokio::test]
    async fn a_mandate_that_was_ended_covers_nothing_from_then_on() {
        let portal = Portal::demo().await;
        let mandate = portal.mandate(&MandateScope::ALL).await;
        let (person, lawyer) = (portal.as_person().await, portal.as_person_number(1).await);
        let switched = lawyer.post(&format!("/mandates/{mandate}/act"), &[]).await;
        let acting = lawyer.with_cookie(&switched.cookie.unwrap());
        assert_eq!(acting.get("/consents").await.status, StatusCode::OK);
        let end = format!("/mandates/{mandate}/end");
        assert_eq!(lawyer.post(&end, &[]).await.status, StatusCode::NOT_FOUND);
        assert!(person.get(&end).await.body.contains("cannot be undone"));
        assert_eq!(person.post(&end, &[]).await.status, StatusCode::SEE_OTHER);
        let page = acting.get("/consents").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.body.contains("action=\"/mandates/back\""), "{}", page.body);
        assert!(person.get("/mandates").await.body.contains("Ended"));
        assert_eq!(
            lawyer.post(&format!("/mandates/{mandate}/act"), &[]).await.status,
            StatusCode::NOT_FOUND
        );
    }

    #[tokio::test]
    async fn both_sides_read_who_may_do_what_until_when() {
        let portal = Portal::demo().await;
        portal.mandate(&[MandateScope::Consents]).await;
        let page = portal.as_person().await.get("/mandates").await.body;
        let lawyer = testkit::made_up(1).name;
        assert!(
            page.contains(&lawyer) && page.contains("1 December 2026"),
            "{page}"
        );
        let page = portal
            .as_person_number(1)
            .await
            .in_chinese()
            .get("/mandates")
            .await
            .body;
        assert!(page.contains(&testkit::made_up(0).name), "{page}");
        assert!(page.contains("2026年12月1日"), "{page}");
        let end = between(
            &portal.as_person().await.get("/mandates").await.body,
            "href=\"/mandates/",
            "\"",
        )
        .to_owned();
        assert!(end.ends_with("/end"), "{end}");
    }
}
