//! Associations propose commendations, over the router.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod common;

use api::client::AuthorityKeyFile;
use axum::http::StatusCode;
use common::{Answer, Ask, Kit, register};
use model::RecordKind;
use serde_json::{Value, json};
use testkit::{licences_csv, made_up};

fn proposal(n: u32) -> Value {
    let person = made_up(n);
    json!({
        "authority": "law-bureau", "profession": "lawyer", "id_number": person.number, "name": person.name,
        "words": {"title": "推荐的表彰"},
    })
}

fn ask(body: &Value) -> Ask {
    Ask::new("POST", "/api/v1/commendation-proposals").json(body)
}

fn kit() -> (Kit, AuthorityKeyFile) {
    let kit = Kit::new();
    kit.installation
        .submit("law-bureau", RecordKind::Licence, "a.csv", licences_csv(0, 3))
        .unwrap();
    let key = register(
        &kit.installation.registry,
        "association-1",
        "lawyers-association",
        11,
    );
    (kit, key)
}

async fn send(kit: &Kit, key: &AuthorityKeyFile, body: &Value) -> Answer {
    kit.send(kit.sign_as(key, &ask(body))).await
}

#[tokio::test]
async fn an_association_proposes_with_its_signature_and_the_authority_finds_it() {
    let (mut kit, key) = kit();
    let answer = send(&kit, &key, &proposal(1)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
    let proposed = answer.json();
    kit.hold("Proposed", &proposed).await;
    kit.hold("CommendationProposal", &proposal(1)).await;
    let waiting = kit
        .installation
        .registry
        .proposals_for("law-bureau")
        .await
        .unwrap();
    assert_eq!(waiting[0].proposal.to_string(), proposed["proposal"]);
    assert_eq!(waiting[0].association, "lawyers-association");
    assert_eq!(send(&kit, &key, &proposal(1)).await.problem(), "proposal-waits");
}

#[tokio::test]
async fn what_is_refused_has_its_code_and_nothing_of_the_person() {
    let (mut kit, key) = kit();
    let with = |name: &str, value: Value| {
        let mut body = proposal(1);
        body[name] = value;
        body
    };
    for (body, status, code) in [
        (
            with("authority", json!("health-commission")),
            403,
            "proposal-not-yours",
        ),
        (with("profession", json!("doctor")), 403, "proposal-not-yours"),
        (with("words", json!({})), 422, "proposal-words"),
        (
            with("words", json!({"title": "a", "score": "9"})),
            422,
            "proposal-words",
        ),
        (proposal(999), 404, "nobody-known"),
        (with("name", json!(made_up(2).name)), 404, "nobody-known"),
        (with("id_number", json!("x")), 404, "nobody-known"),
        (with("people", json!([])), 400, "field-unknown"),
        (
            with("id_number", json!([made_up(1).number])),
            400,
            "body-malformed",
        ),
    ] {
        let answer = send(&kit, &key, &body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (status, code),
            "{body}"
        );
        kit.hold("Problem", &answer.json()).await;
        let text = String::from_utf8(answer.body).unwrap();
        assert!(
            !text.contains(&made_up(1).number) && !text.contains(&made_up(1).name),
            "{text}"
        );
    }
    // An authority's key proposes nothing.
    assert_eq!(kit.ask(&ask(&proposal(1))).await.problem(), "proposal-not-yours");
}

#[tokio::test]
async fn a_proposal_counts_once_however_often_its_request_comes() {
    let (kit, key) = kit();
    let same = Ask {
        nonce: Some("the-same-proposal".into()),
        ..ask(&proposal(1))
    };
    assert_eq!(
        kit.send(kit.sign_as(&key, &same)).await.status,
        StatusCode::CREATED
    );
    assert_eq!(kit.send(kit.sign_as(&key, &same)).await.problem(), "replayed");
}

#[tokio::test]
async fn an_association_files_and_looks_at_nothing() {
    let (kit, key) = kit();
    let announce = common::announce("commendation", b"{}");
    assert_eq!(
        kit.send(kit.sign_as(&key, &announce)).await.problem(),
        "not-yours"
    );
    let person = made_up(1);
    let look = Ask::new("POST", "/api/v1/inquiries").json(&json!({
        "purpose": "licensing-renewal", "profession": "lawyer", "id_number": person.number, "name": person.name,
        "case_reference": "CASE-1", "reason": "made-up reason",
    }));
    let answer = kit.send(kit.sign_as(&key, &look)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_association_lists_its_own_proposals_and_how_each_stands() {
    let (mut kit, key) = kit();
    let list = Ask::new("GET", "/api/v1/commendation-proposals");
    let none = kit.send(kit.sign_as(&key, &list)).await;
    assert_eq!(none.json(), json!({"proposals": []}));
    let mut made = Vec::new();
    for n in [1, 2] {
        made.push(send(&kit, &key, &proposal(n)).await.json()["proposal"].clone());
    }
    let registry = kit.installation.registry.clone();
    let first = made[0].as_str().unwrap().parse().unwrap();
    registry.decline_proposal("law-bureau", first).await.unwrap();
    let answer = kit.send(kit.sign_as(&key, &list)).await;
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (StatusCode::OK, "no-store")
    );
    let listed = answer.json();
    kit.hold("OwnProposals", &listed).await;
    let stands: Vec<_> = listed["proposals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["proposal"].clone(), one["standing"].clone()))
        .collect();
    assert_eq!(
        stands,
        [
            (made[1].clone(), json!("waits")),
            (made[0].clone(), json!("declined"))
        ]
    );
    let text = String::from_utf8(answer.body).unwrap();
    for n in [1, 2] {
        assert!(
            !text.contains(&made_up(n).name) && !text.contains(&made_up(n).number),
            "{text}"
        );
    }
    // Another association sees none of them, and an authority has no such list.
    let other = register(&registry, "association-2", "tour-guides-association", 12);
    assert_eq!(
        kit.send(kit.sign_as(&other, &list)).await.json(),
        json!({"proposals": []})
    );
    assert_eq!(kit.ask(&list).await.problem(), "proposal-not-yours");
    let unsigned = kit.get("/api/v1/commendation-proposals").await;
    assert_eq!(unsigned.status, StatusCode::UNAUTHORIZED);
}
