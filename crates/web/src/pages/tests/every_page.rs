//! What holds for every page.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use registry::MandateScope;
use testkit::{Engine, Installation, made_up};
use tower::ServiceExt as _;

use super::Portal;
use crate::{WebState, router};

#[tokio::test]
async fn every_page_keeps_to_itself() {
    let portal = Portal::demo().await.as_person().await;
    for path in ["/", "/records", "/verify", "/nothing-here"] {
        let answer = portal.get(path).await;
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        assert!(
            header("content-security-policy").starts_with("default-src 'none'"),
            "{path}"
        );
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        for inline in ["<script", " style=", " onclick=", "javascript:"] {
            assert!(!answer.body.contains(inline), "{path}: {inline}");
        }
    }
    let home = portal.get("/").await.body;
    let styles = home
        .split("href=\"/assets/")
        .find(|part| part.starts_with("standing"))
        .unwrap();
    let styles = portal
        .get(&format!("/assets/{}", styles.split('"').next().unwrap()))
        .await;
    assert_eq!(styles.status, StatusCode::OK);
    assert!(
        styles.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
}

#[tokio::test]
async fn every_form_that_changes_something_carries_the_token() {
    let portal = Portal::demo().await;
    let (person, clerk) = (portal.as_person().await, portal.as_clerk().await);
    let association = portal.as_clerk_number(3).await;
    let certificate = person.certificate().await;
    let (consent, dispute) = (portal.ask_consent().await, portal.dispute().await);
    portal.mandate(&MandateScope::ALL).await;
    let lawyer = portal.as_person_number(1).await;
    let (hospital, reviewer) = (portal.as_hospital().await, portal.as_reviewer(0).await);
    let pages = [
        (&clerk, format!("/desk/procedures/{dispute}")),
        (&clerk, format!("/desk/procedures/{dispute}/correct")),
        (&clerk, "/desk/inbox".to_owned()),
        (&clerk, "/desk/staff".to_owned()),
        (&clerk, "/look/law/licensing-renewal".to_owned()),
        (&hospital, "/ask/employment-check".to_owned()),
        (&reviewer, "/review/reentry".to_owned()),
        (&reviewer, "/review/court".to_owned()),
        (&person, "/sign-in".to_owned()),
        (&person, "/certificates".to_owned()),
        (&person, "/good-record".to_owned()),
        (&person, format!("{certificate}/revoke")),
        (&person, "/inbox".to_owned()),
        (&lawyer, "/mandates".to_owned()),
        (&person, format!("/consents/{consent}")),
        (&person, format!("/consents/{consent}/refuse")),
        (&person, "/procedures/complaint".to_owned()),
        (&person, format!("/procedures/{dispute}/take-back")),
        (&clerk, "/desk".to_owned()),
        (&association, "/proposals".to_owned()),
    ];
    for (visitor, path) in pages {
        let page = visitor.get(&path).await.body;
        let token = format!(
            "<input type=\"hidden\" name=\"token\" value=\"{}\">",
            visitor.token()
        );
        let forms: Vec<_> = page.split("<form ").skip(1).collect();
        assert!(forms.len() > 1, "{path}");
        for form in forms {
            assert!(form.contains(&token), "{path}: {form}");
        }
    }
}

#[tokio::test]
async fn an_error_has_a_page_in_the_visitors_language() {
    let portal = Portal::demo().await;
    let missing = portal.get("/nothing-here").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.body.contains("There is no such page"));
    let missing = portal.in_chinese().get("/certificates/zz").await;
    assert_eq!(missing.location.as_deref(), Some("/sign-in"));
    let missing = portal
        .as_person()
        .await
        .in_chinese()
        .get("/certificates/zz")
        .await;
    assert!(missing.body.contains("没有这个页面"));
    let method = portal.post_raw("/log", &[]).await;
    assert_eq!(method.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(method.body.contains("This is not done here"));
}

#[tokio::test]
async fn limit_6_nothing_about_a_person_stands_in_an_address() {
    let portal = Portal::demo().await.as_person().await;
    let certificate = portal.certificate().await;
    let person = made_up(0);
    portal.look().await;
    portal.ask_consent().await;
    portal.dispute().await;
    portal.mandate(&MandateScope::ALL).await;
    let paths = [
        "/records",
        "/looks",
        "/certificates",
        "/inbox",
        "/consents",
        "/procedures",
        "/mandates",
    ];
    for path in paths.into_iter().chain([certificate.as_str()]) {
        let page = portal.get(path).await.body;
        for address in page.split("href=\"").chain(page.split("action=\"")).skip(1) {
            let address = address.split('"').next().unwrap();
            for personal in [person.number.as_str(), person.name.as_str(), "LAW-"] {
                assert!(!address.contains(personal), "{path}: {address}");
            }
        }
    }
}

#[tokio::test]
async fn the_language_follows_the_choice_and_the_link_comes_back() {
    let portal = Portal::demo().await;
    let chosen = portal.get("/language/zh?to=%2Fverify").await;
    assert_eq!(chosen.location.as_deref(), Some("/verify"));
    let page = portal
        .with_cookie(&chosen.cookie.unwrap())
        .get("/verify")
        .await
        .body;
    assert!(page.contains("核验证明"));
    assert!(page.contains("href=\"/language/en?to=/verify\""));
    assert_eq!(portal.get("/language/xx").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn another_jurisdiction_has_its_own_name_language_and_hour() {
    let installation = tokio::task::spawn_blocking(|| Installation::new(Engine::Sqlite, "northshire"));
    let installation = installation.await.unwrap();
    let profile = installation.registry.profile();
    let router = router(WebState::new(installation.registry.clone(), None));
    let request = Request::builder().uri("/").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap();
    let page = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(page.contains("lang=\"en\""));
    assert!(page.contains(&profile.name.en));
    assert!(page.contains(&format!("UTC{:+}", profile.utc_offset_hours)));
    assert!(!page.contains("Gansu") && !page.contains("甘肃"));
}
