//! What everybody reaches.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod common;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use common::Kit;
use model::RecordKind;
use registry::{Answer, Checker, EventKind, Trust};
use testkit::{licences_csv, made_up};

#[tokio::test]
async fn a_certificate_checks_out_with_what_is_served() {
    let kit = Kit::new();
    let registry = &kit.installation.registry;
    kit.installation
        .submit("law-bureau", RecordKind::Licence, "a.csv", licences_csv(0, 1))
        .unwrap();
    let person = registry.keys().person(&made_up(0).number);
    let file = registry.person_file(person, EventKind::OwnLook).await.unwrap();
    let issued = registry
        .issue_certificate(person, file.records[0].record, None)
        .await
        .unwrap();

    let list = kit.get("/status-lists/0").await;
    assert_eq!(
        (list.status, list.header("content-type")),
        (StatusCode::OK, "application/statuslist+jwt")
    );
    assert_eq!(list.header("access-control-allow-origin"), "*");
    let again = kit.get("/status-lists/0").await;
    assert_eq!(list.body, again.body, "kept for ten seconds");
    for none in ["1", "-1", "00", "x"] {
        assert_eq!(
            kit.get(&format!("/status-lists/{none}")).await.problem(),
            "not-found"
        );
    }

    let issuer = kit.get("/.well-known/jwt-vc-issuer").await.json();
    assert_eq!(issuer["issuer"], registry.public_url());
    let trust: Trust = serde_json::from_value(kit.get("/trust.json").await.json()).unwrap();
    let now = registry.now().as_second();
    let checker = Checker::new(trust, now);
    assert_eq!(checker.check(&issued.text, now).answer, Answer::Valid);
}

#[tokio::test]
async fn the_checkpoint_verifies_with_the_key_beside_it() {
    let kit = Kit::new();
    kit.installation
        .submit("law-bureau", RecordKind::Licence, "a.csv", licences_csv(0, 2))
        .unwrap();
    let key = String::from_utf8(kit.get("/log/vkey").await.body).unwrap();
    let checkpoint = kit.get("/log/checkpoint").await;
    assert_eq!(checkpoint.header("content-type"), "text/plain; charset=utf-8");
    let key: tlog::VerifierKey = key.trim_end().parse().unwrap();
    let opened = tlog::Checkpoint::open(&checkpoint.body, &[key]).unwrap();
    // The clerk, two records and their submission.
    assert_eq!(
        (opened.checkpoint.origin(), opened.checkpoint.size()),
        ("standing.example/log", 4)
    );
}

#[tokio::test]
async fn every_address_that_is_none_and_every_method_that_is_not_taken_is_a_problem() {
    let mut kit = Kit::new();
    let none = kit.get("/api/v1/people").await;
    assert_eq!(
        (none.status.as_u16(), none.problem().as_str()),
        (404, "not-found")
    );
    kit.hold("Problem", &none.json()).await;
    assert_eq!(kit.get("/log/everything").await.problem(), "not-found");
    for (method, path) in [
        ("DELETE", "/api/v1/submissions"),
        ("GET", "/api/v1/inquiries"),
        ("POST", "/log/checkpoint"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::empty())
            .unwrap();
        let answer = kit.send(request).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (405, "method-not-allowed"),
            "{method} {path}"
        );
        assert!(!answer.header("allow").is_empty(), "{method} {path}");
    }
}

#[tokio::test]
async fn problems_speak_the_language_that_is_asked_for() {
    let kit = Kit::new();
    let title = async |language: Option<&str>| {
        let mut request = Request::get("/api/none");
        if let Some(language) = language {
            request = request.header("accept-language", language);
        }
        let answer = kit.send(request.body(Body::empty()).unwrap()).await;
        (
            answer.json()["title"].as_str().unwrap().to_owned(),
            answer.header("content-language").to_owned(),
        )
    };
    assert_eq!(
        title(Some("en")).await,
        ("There is nothing at this address".into(), "en".into())
    );
    assert_eq!(
        title(Some("zh-CN,en;q=0.5")).await,
        ("没有这个地址".into(), "zh".into())
    );
    // The installation's own.
    assert_eq!(title(None).await.1, "zh");
}

#[tokio::test]
async fn the_service_says_that_it_is_well_and_what_it_takes() {
    let kit = Kit::new();
    let health = kit.get("/healthz").await;
    assert_eq!(
        (health.status, health.header("x-content-type-options")),
        (StatusCode::OK, "nosniff")
    );
    let document = kit.get("/api/v1/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
}

#[tokio::test]
async fn an_address_that_is_no_text_is_answered_as_a_problem_in_the_askers_language() {
    let kit = Kit::new();
    for path in [
        "/status-lists/%FF",
        "/api/v1/alerts/%FF/open",
        "/api/v1/submissions/%FF",
        "/api/v1/looks/%FF/receipt",
        "/api/v1/procedures/%FF/files/%FF/open",
        "/api/v1/figures/improper-looks/%FF",
        "/log/tile/%FF",
    ] {
        for language in ["zh", "en"] {
            let method = if path.ends_with("/open") { "POST" } else { "GET" };
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header("accept-language", language);
            let answer = kit.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(
                (
                    answer.status,
                    answer.header("content-type"),
                    answer.header("content-language")
                ),
                (StatusCode::NOT_FOUND, "application/problem+json", language),
                "{path}"
            );
            let problem = answer.json();
            let title = problem["title"].as_str().unwrap();
            assert_eq!(title.is_ascii(), language == "en", "{path}: {problem}");
        }
    }
}
