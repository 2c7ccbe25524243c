//! Whose key opens what: a body's member of staff what is the body's, a reviewer what is the reviewers', an auditor the
//! whole log alone, and nobody what is another's.

use axum::{body::Body, http::Request};
use registry::{AuditorKey, AuthorityKey, ReviewerKey, StaffError};
use serde_json::Value;

use crate::{
    common::{Ask, register},
    kit::{By, Desk, HOSPITAL, LAW, reviewer},
};

/// Every signed call: method, address with something in each place, and whether it is the reviewers'.
async fn signed_calls(desk: &Desk) -> Vec<(&'static str, String, bool)> {
    let document = desk.kit.get("/api/v1/openapi.json").await.json();
    let mut calls = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "post", "patch", "head"] {
            let operation = &item[method];
            if operation["security"][0]["signature"] == Value::Null {
                continue;
            }
            let parts: Vec<String> = path
                .split('/')
                .map(|part| match part.starts_with('{') {
                    true => "0".repeat(32),
                    false => part.to_owned(),
                })
                .collect();
            let method = match method {
                "get" => "GET",
                "post" => "POST",
                "patch" => "PATCH",
                _ => "HEAD",
            };
            calls.push((method, parts.join("/"), path.contains("/review/")));
        }
    }
    assert!(calls.len() > 40, "{}", calls.len());
    calls
}

#[tokio::test]
async fn without_a_signature_nothing_that_is_signed_answers() {
    let desk = Desk::new();
    for (method, path, _) in signed_calls(&desk).await {
        let request = Request::builder().method(method).uri(&path);
        let answer = desk.kit.send(request.body(Body::empty()).unwrap()).await;
        // An address that names nothing may say so at once.
        assert!(
            [401, 404].contains(&answer.status.as_u16()),
            "{method} {path}: {}",
            answer.status
        );
        if answer.status == 401 {
            assert_eq!(answer.header("www-authenticate"), "Signature");
        }
    }
}

/// A key of an auditor who has no body.
fn auditor(desk: &Desk, key_id: &str, seed: u64) -> api::client::AuthorityKeyFile {
    let randomness = testkit::SeededRandomness::new(seed);
    let (text, _) = api::client::AuthorityKeyFile::generate(key_id, &randomness).unwrap();
    let key = api::client::AuthorityKeyFile::read(&text).unwrap();
    let row = AuditorKey {
        key_id: key_id.to_owned(),
        holder: "示例大学".to_owned(),
        public_key: key.public_key().try_into().unwrap(),
    };
    desk.kit.installation.registry.add_auditor_key(row).unwrap();
    key
}

#[tokio::test]
async fn a_key_of_one_kind_opens_nothing_of_anothers_and_an_auditors_the_tiles_alone() {
    let desk = Desk::new();
    let witness = auditor(&desk, "witness-1", 41);
    let mut tiles = 0;
    for (method, path, is_review) in signed_calls(&desk).await {
        if path.contains("/peer/") {
            continue;
        }
        // The address of a tile that is there.
        let is_tile = path.starts_with("/log/tile/");
        let path = if is_tile {
            "/log/tile/entries/000.p/1"
        } else {
            &path
        };
        tiles += usize::from(is_tile);
        let ask = Ask::new(method, path);
        for (who, key, opens) in [
            ("an auditor", &witness, is_tile),
            ("a reviewer", &desk.one, is_review),
            ("a body", &desk.kit.key, !is_review),
        ] {
            let answer = desk.kit.send(desk.kit.sign_as(key, &ask)).await;
            // Whoever may ask at all may still have sent what is none.
            let unknown = answer.status == 401 && (method == "HEAD" || answer.problem() == "key-unknown");
            assert_eq!(!unknown, opens, "{who}: {method} {path}");
            if is_tile && opens {
                assert_eq!(answer.status, 200, "{who}: {path}");
            }
        }
    }
    assert_eq!(tiles, 1);
}

#[tokio::test]
async fn an_auditors_request_counts_once_under_its_own_key_and_until_that_is_ended() {
    let desk = Desk::new();
    let (witness, other) = (auditor(&desk, "witness-1", 42), auditor(&desk, "witness-2", 43));
    let tile = Ask::new("GET", "/log/tile/0/000.p/1");
    let same = Ask {
        nonce: Some("the-same-request".into()),
        ..Ask::new("GET", "/log/tile/0/000.p/1")
    };
    assert_eq!(desk.kit.send(desk.kit.sign_as(&witness, &same)).await.status, 200);
    let again = desk.kit.send(desk.kit.sign_as(&witness, &same)).await;
    assert_eq!(again.problem(), "replayed");
    // Somebody else's key under this name.
    let (text, _) =
        api::client::AuthorityKeyFile::generate("witness-1", &testkit::SeededRandomness::new(44)).unwrap();
    let forged = api::client::AuthorityKeyFile::read(&text).unwrap();
    let answer = desk.kit.send(desk.kit.sign_as(&forged, &tile)).await;
    assert_eq!(answer.problem(), "signature-invalid");
    let registry = &desk.kit.installation.registry;
    registry.end_auditor_key("witness-1").unwrap();
    let answer = desk.kit.send(desk.kit.sign_as(&witness, &tile)).await;
    assert_eq!(answer.problem(), "key-unknown");
    assert_eq!(desk.kit.send(desk.kit.sign_as(&other, &tile)).await.status, 200);
}

#[tokio::test]
async fn a_key_of_nobody_by_name_and_a_stopped_account_are_turned_away() {
    let mut desk = Desk::new();
    let registry = desk.kit.installation.registry.clone();
    let key = register(&registry, "law-bureau-2", LAW, 21);
    registry.stop_staff(LAW, "law-bureau-2").unwrap();
    for path in [
        "/api/v1/procedures",
        "/api/v1/consents",
        "/api/v1/looks",
        "/api/v1/notices",
        "/api/v1/staff",
    ] {
        let ask = Ask::new("GET", path);
        let answer = desk.kit.send(desk.kit.sign_as(&key, &ask)).await;
        assert_eq!(desk.code(answer).await, "staff-stopped", "{path}");
    }
    let nobodys = {
        let (text, _) =
            api::client::AuthorityKeyFile::generate("bare", &testkit::SeededRandomness::new(22)).unwrap();
        let key = api::client::AuthorityKeyFile::read(&text).unwrap();
        let row = AuthorityKey {
            key_id: "bare".into(),
            authority: LAW.into(),
            public_key: key.public_key().try_into().unwrap(),
        };
        registry.add_authority_key(row).unwrap();
        key
    };
    let ask = Ask::new("GET", "/api/v1/procedures");
    let answer = desk.kit.send(desk.kit.sign_as(&nobodys, &ask)).await;
    assert_eq!(desk.code(answer).await, "staff-unknown");
}

#[tokio::test]
async fn a_body_lists_its_own_staff_alone() {
    let mut desk = Desk::new();
    let own = desk.get(By::Law, "/api/v1/staff", "StaffList").await;
    assert_eq!(own["staff"][0]["staff"], "law-bureau-1");
    assert_eq!(own["staff"].as_array().unwrap().len(), 1);
    let own = desk.get(By::Hospital, "/api/v1/staff", "StaffList").await;
    assert_eq!(own["staff"][0]["staff"], "hospital-1");
}

#[tokio::test]
async fn a_reviewer_who_has_left_opens_nothing_any_more() {
    let mut desk = Desk::new();
    let three = reviewer(&desk.kit, "reviewer-3", 31);
    let ask = Ask::new("GET", "/api/v1/review/queue");
    let answer = desk.kit.send(desk.kit.sign_as(&three, &ask)).await;
    assert_eq!(answer.status, 200);
    desk.kit
        .installation
        .registry
        .stop_reviewer("reviewer-3")
        .unwrap();
    let answer = desk.kit.send(desk.kit.sign_as(&three, &ask)).await;
    assert_eq!(desk.code(answer).await, "key-unknown");
}

#[tokio::test]
async fn a_reviewers_request_counts_once_and_for_its_own_address_alone() {
    let mut desk = Desk::new();
    let same = Ask {
        nonce: Some("the-same-request".into()),
        ..Ask::new("GET", "/api/v1/review/queue")
    };
    assert_eq!(desk.send(By::One, &same).await.status, 200);
    let again = desk.send(By::One, &same).await;
    assert_eq!(desk.code(again).await, "replayed");
    let mut request = desk
        .kit
        .sign_as(&desk.one, &Ask::new("GET", "/api/v1/review/queue"));
    *request.uri_mut() = "/api/v1/review/overdue".parse().unwrap();
    let answer = desk.kit.send(request).await;
    assert_eq!(desk.code(answer).await, "signature-invalid");
}

#[tokio::test]
async fn no_name_of_a_key_stands_for_two() {
    let desk = Desk::new();
    let registry = &desk.kit.installation.registry;
    let row = |key_id: &str, reviewer: &str, byte: u8| ReviewerKey {
        key_id: key_id.to_owned(),
        reviewer: reviewer.to_owned(),
        public_key: [byte; 32],
    };
    registry.add_reviewer_key(row("k", "reviewer-1", 1)).unwrap();
    registry.add_reviewer_key(row("k", "reviewer-1", 1)).unwrap();
    for taken in [
        row("k", "reviewer-1", 2),
        row("k", "reviewer-2", 1),
        row("law-bureau-1", "reviewer-1", 3),
    ] {
        assert!(matches!(registry.add_reviewer_key(taken), Err(StaffError::Taken)));
    }
    for (unfit, expected) in [
        ("", "account-id"),
        ("a b", "account-id"),
        ("fits", "account-unknown"),
    ] {
        let refused = registry.add_reviewer_key(row(unfit, "nobody", 4)).unwrap_err();
        assert_eq!(refused.code(), expected);
    }
    let of_body = AuthorityKey {
        key_id: "k".into(),
        authority: HOSPITAL.into(),
        public_key: [5; 32],
    };
    assert!(registry.add_authority_key(of_body).is_err());
    let listed = registry.reviewers().await.unwrap();
    assert_eq!(listed[0].keys, ["k", "reviewer-1-key"]);
}

/// The block of the documentation after these words.
fn block<'a>(page: &'a str, after: &str) -> &'a str {
    let (_, rest) = page.split_once(after).unwrap();
    let (_, rest) = rest.split_once("```text\n").unwrap();
    rest.split_once("\n```").unwrap().0
}

#[test]
fn the_signature_in_the_documentation_is_right() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let page = include_str!("../../../../docs/api.md");
    let base = block(page, "this is signed:");
    let fields = block(page, "the request bears");
    let between = |start: &str, end: &str, text: &'static str| -> &'static str {
        text.split_once(start).unwrap().1.split_once(end).unwrap().0
    };
    let key = STANDARD.decode(between("public half is `", "`", page)).unwrap();
    let signature = fields
        .split_once("Signature: sig=:")
        .unwrap()
        .1
        .trim_end_matches(':');
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, key);
    key.verify(base.as_bytes(), &STANDARD.decode(signature).unwrap())
        .unwrap();
    let parameters = base.split_once("\"@signature-params\": ").unwrap().1;
    assert!(fields.contains(&format!("Signature-Input: sig={parameters}\n")));
    let body = between("with the body `", "`", page);
    let digest = STANDARD.encode(ring::digest::digest(&ring::digest::SHA256, body.as_bytes()));
    assert!(base.contains(&format!("\"content-digest\": sha-256=:{digest}:\n")));
    assert!(fields.starts_with(&format!("Content-Digest: sha-256=:{digest}:\n")));
}
