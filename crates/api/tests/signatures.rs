//! What a signature has to be before anything of a request counts.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod common;

use api::Options;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use base64::Engine as _;
use common::{AUTHORITY, Ask, KEY, Kit, announce, register};
use http_signatures::SigningKey as _;
use serde_json::json;
use testkit::SeededRandomness;

#[tokio::test]
async fn without_a_signature_nothing_that_is_signed_answers() {
    let kit = Kit::new();
    let id = "0".repeat(32);
    for (method, path) in [
        ("POST", "/api/v1/submissions".to_owned()),
        ("GET", format!("/api/v1/submissions/{id}")),
        ("HEAD", format!("/api/v1/submissions/{id}")),
        ("PATCH", format!("/api/v1/submissions/{id}")),
        ("POST", format!("/api/v1/submissions/{id}/file")),
        ("GET", format!("/api/v1/submissions/{id}/rejected.csv")),
        ("POST", format!("/api/v1/submissions/{id}/take-back")),
        ("POST", "/api/v1/inquiries".to_owned()),
        ("GET", "/log/tile/0/000".to_owned()),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(&path)
            .body(Body::empty())
            .unwrap();
        let answer = kit.send(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        assert_eq!(answer.header("www-authenticate"), "Signature");
        if method != "HEAD" {
            assert_eq!(answer.problem(), "signature-missing");
        }
    }
}

#[tokio::test]
async fn the_same_signed_request_counts_once() {
    let kit = Kit::new();
    let ask = Ask {
        nonce: Some("twice-the-same".into()),
        ..announce("licence", b"x")
    };
    assert_eq!(kit.ask(&ask).await.status, StatusCode::CREATED);
    assert_eq!(kit.ask(&ask).await.problem(), "replayed");
}

#[tokio::test]
async fn an_altered_body_is_refused_and_the_genuine_one_still_counts() {
    let kit = Kit::new();
    let ask = announce("licence", b"x");
    let (parts, _) = kit.sign(&ask).into_parts();
    let altered = String::from_utf8(ask.body.clone().unwrap())
        .unwrap()
        .replace("file.csv", "evil.csv");
    let answer = kit
        .send(Request::from_parts(parts.clone(), Body::from(altered)))
        .await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (StatusCode::BAD_REQUEST, "digest-mismatch")
    );
    let genuine = Request::from_parts(parts, Body::from(ask.body.unwrap()));
    assert_eq!(kit.send(genuine).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_body_whose_digest_is_not_signed_is_refused() {
    let kit = Kit::new();
    let ask = announce("licence", b"x");
    let (mut parts, _) = kit
        .sign(&Ask {
            body: None,
            ..ask.clone()
        })
        .into_parts();
    let body = || Body::from(ask.body.clone().unwrap());
    let bare = kit.send(Request::from_parts(parts.clone(), body())).await;
    assert_eq!(bare.problem(), "component-missing");
    assert_eq!(bare.json()["component"], "content-type");

    let with_type = Ask {
        body: None,
        fields: vec!["content-type"],
        ..ask.clone()
    };
    let (covered, _) = kit.sign(&with_type).into_parts();
    let bare = kit.send(Request::from_parts(covered, body())).await;
    assert_eq!(bare.problem(), "digest-missing");

    let digest = http_signatures::ContentDigest::of(&ask.body.clone().unwrap());
    parts
        .headers
        .insert("content-digest", digest.as_str().parse().unwrap());
    let uncovered = kit.send(Request::from_parts(parts, body())).await;
    assert_eq!(uncovered.json()["component"], "content-digest");
}

#[tokio::test]
async fn a_signature_is_for_one_method_address_and_query() {
    let kit = Kit::new();
    let id = "0".repeat(32);
    let take_back = Ask::new("POST", format!("/api/v1/submissions/{id}/take-back"));
    let mut request = kit.sign(&take_back);
    *request.uri_mut() = format!("/api/v1/submissions/{id}/file").parse().unwrap();
    let answer = kit.send(request).await;
    assert_eq!(answer.problem(), "signature-invalid");
    assert_eq!(answer.json()["authority"], AUTHORITY);

    let mut request = kit.sign(&take_back);
    *request.uri_mut() = format!("{}?force=1", take_back.path).parse().unwrap();
    assert_eq!(kit.send(request).await.problem(), "signature-invalid");

    let elsewhere = Ask {
        authority: "elsewhere.example",
        ..take_back
    };
    assert_eq!(kit.ask(&elsewhere).await.problem(), "signature-invalid");
}

#[tokio::test]
async fn an_old_or_early_signature_is_refused() {
    let kit = Kit::new();
    let aged = |age| Ask {
        age,
        ..announce("licence", b"x")
    };
    assert_eq!(kit.ask(&aged(-59)).await.status, StatusCode::CREATED);
    assert_eq!(kit.ask(&aged(-61)).await.problem(), "signature-not-yet-valid");
    assert_eq!(kit.ask(&aged(359)).await.status, StatusCode::CREATED);
    assert_eq!(kit.ask(&aged(361)).await.problem(), "signature-expired");
}

#[tokio::test]
async fn a_key_that_is_not_registered_or_another_under_its_name_is_refused() {
    use api::client::AuthorityKeyFile;
    let kit = Kit::new();
    let read = |id: &str, seed| {
        let (text, _) = AuthorityKeyFile::generate(id, &SeededRandomness::new(seed)).unwrap();
        AuthorityKeyFile::read(&text).unwrap()
    };
    let ask = announce("licence", b"x");
    let unknown = kit.send(kit.sign_as(&read("nobodys", 3), &ask)).await;
    assert_eq!(unknown.problem(), "key-unknown");
    let forged = kit.send(kit.sign_as(&read(KEY, 99), &ask)).await;
    assert_eq!(forged.problem(), "signature-invalid");
    // A key is known from the moment that it is registered.
    let key = register(&kit.installation.registry, "nobodys", "health-commission", 3);
    assert_eq!(
        kit.send(kit.sign_as(&key, &ask)).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn bodies_of_another_type_or_too_long_are_refused() {
    let kit = Kit::new();
    let mut ask = announce("licence", b"x").header("content-type", "text/plain");
    let answer = kit.ask(&ask).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (415, "content-type")
    );
    assert_eq!(answer.json()["expected"], "application/json");
    ask = announce("licence", b"x").header("content-type", "application/json; charset=utf-8");
    assert_eq!(kit.ask(&ask).await.status, StatusCode::CREATED);
    ask.body = Some(vec![b' '; 64 * 1024 + 1]);
    let answer = kit.ask(&ask).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (413, "too-large")
    );
    assert_eq!(answer.json()["limit"], 64 * 1024);
}

#[tokio::test]
async fn unknown_fields_are_refused_by_name() {
    let kit = Kit::new();
    let mut body: serde_json::Value =
        serde_json::from_slice(&announce("licence", b"x").body.unwrap()).unwrap();
    body["sent_by"] = json!("health-commission");
    let answer = kit
        .ask(&Ask::new("POST", "/api/v1/submissions").json(&body))
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (400, "field-unknown")
    );
    assert_eq!(answer.json()["field"], "sent_by");
}

#[tokio::test]
async fn tiles_are_for_auditors_unless_the_installation_says_otherwise() {
    let kit = Kit::new();
    kit.installation
        .submit(
            "law-bureau",
            model::RecordKind::Licence,
            "a.csv",
            testkit::licences_csv(0, 3),
        )
        .unwrap();
    assert_eq!(
        kit.get("/log/tile/0/000.p/4").await.problem(),
        "signature-missing"
    );
    let tile = kit.ask(&Ask::new("GET", "/log/tile/0/000.p/4")).await;
    assert_eq!((tile.status, tile.body.len()), (StatusCode::OK, 4 * 32));
    assert_eq!(tile.header("cache-control"), "private, max-age=60");

    let open = Kit::with(Options { public_tiles: true });
    open.installation
        .submit(
            "law-bureau",
            model::RecordKind::Licence,
            "a.csv",
            testkit::licences_csv(0, 300),
        )
        .unwrap();
    let full = open.get("/log/tile/0/000").await;
    assert_eq!((full.status, full.body.len()), (StatusCode::OK, 8192));
    assert_eq!(
        full.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(full.header("content-type"), "application/octet-stream");
    assert_eq!(open.get("/log/tile/entries/000").await.body.len(), 256 * 34);
    assert_eq!(open.get("/log/tile/0/000.p/300").await.problem(), "not-found");
    assert_eq!(open.get("/log/tile/0/001").await.problem(), "not-found");
}

/// A signature over these components and values, written out by hand after RFC 9421, section 2.5.
fn by_hand(kit: &Kit, path: &str, components: &[(&str, &str)], nonce: &str) -> Request<Body> {
    let created = kit.installation.registry.now().as_second();
    let names: Vec<String> = components.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let input = format!(
        r#"({});created={created};expires={};nonce="{nonce}";keyid="{KEY}";tag="standing""#,
        names.join(" "),
        created + 60
    );
    let lines: String = components
        .iter()
        .map(|(name, value)| format!("\"{name}\": {value}\n"))
        .collect();
    let base = format!("{lines}\"@signature-params\": {input}");
    let signature = base64::engine::general_purpose::STANDARD.encode(kit.key.sign(base.as_bytes()));
    Request::get(path)
        .header("signature-input", format!("any={input}"))
        .header("signature", format!("any=:{signature}:"))
        .body(Body::empty())
        .unwrap()
}

#[tokio::test]
async fn a_signature_names_the_address_whole_or_in_its_parts() {
    let kit = Kit::new();
    let path = format!("/api/v1/submissions/{}", "0".repeat(32));
    let uri = format!("https://{AUTHORITY}{path}");
    let method = ("@method", "GET");
    let (authority, target) = (("@authority", AUTHORITY), ("@path", path.as_str()));

    let whole = by_hand(&kit, &path, &[method, ("@target-uri", &uri)], "nonce-whole");
    assert_eq!(kit.send(whole).await.problem(), "no-such-submission");
    let parts = by_hand(&kit, &path, &[authority, method, target], "nonce-parts");
    assert_eq!(kit.send(parts).await.problem(), "no-such-submission");

    for (covered, missing) in [
        (vec![method, authority], "@path"),
        (vec![method, target], "@authority"),
        (vec![authority, target], "@method"),
    ] {
        let answer = kit.send(by_hand(&kit, &path, &covered, "nonce-less")).await;
        assert_eq!(answer.problem(), "component-missing");
        assert_eq!(answer.json()["component"], missing);
    }
    let asked = format!("{path}?x=1");
    let query = by_hand(&kit, &asked, &[method, authority, target], "nonce-query");
    assert_eq!(kit.send(query).await.json()["component"], "@query");
}
