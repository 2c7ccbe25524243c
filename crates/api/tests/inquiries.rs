//! One look at one person, over the router.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod common;

use axum::http::StatusCode;
use common::{Ask, Kit, register};
use model::RecordKind;
use serde_json::{Value, json};
use testkit::{licences_csv, made_up};

fn inquiry(n: u32) -> Value {
    let person = made_up(n);
    json!({
        "purpose": "licensing-renewal", "profession": "lawyer", "id_number": person.number, "name": person.name,
        "case_reference": "CASE-1", "reason": "made-up reason",
    })
}

fn ask(body: &Value) -> Ask {
    Ask::new("POST", "/api/v1/inquiries").json(body)
}

fn kit() -> Kit {
    let kit = Kit::new();
    kit.installation
        .submit("law-bureau", RecordKind::Licence, "a.csv", licences_csv(0, 3))
        .unwrap();
    kit
}

#[tokio::test]
async fn a_look_shows_what_the_purpose_lets_be_seen() {
    let mut kit = kit();
    let answer = kit.ask(&ask(&inquiry(1))).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
    let answer = answer.json();
    kit.hold("InquiryAnswer", &answer).await;
    assert_eq!(answer["records"].as_array().unwrap().len(), 1);
    assert_eq!(answer["records"][0]["fields"]["licence_number"], "LAW-00000001");
    assert!(!answer.to_string().contains(&made_up(1).number));
}

#[tokio::test]
async fn a_look_counts_once_however_often_its_request_comes() {
    let kit = kit();
    let same = Ask {
        nonce: Some("the-same-look".into()),
        ..ask(&inquiry(1))
    };
    assert_eq!(kit.ask(&same).await.status, StatusCode::OK);
    assert_eq!(kit.ask(&same).await.problem(), "replayed");
}

#[tokio::test]
async fn nobody_asks_about_two_people_at_once() {
    let kit = kit();
    let several = json!([inquiry(1), inquiry(2)]);
    let answer = kit.ask(&ask(&several)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (400, "one-person")
    );
    let mut several = inquiry(1);
    several["id_number"] = json!([made_up(1).number, made_up(2).number]);
    assert_eq!(kit.ask(&ask(&several)).await.problem(), "one-person");
}

#[tokio::test]
async fn an_unknown_number_and_another_name_get_one_answer() {
    let mut kit = kit();
    let mut other_name = inquiry(1);
    other_name["name"] = json!(made_up(2).name);
    let mut bodies = vec![];
    for body in [inquiry(999), other_name] {
        let answer = kit.ask(&ask(&body)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (404, "nobody-known")
        );
        kit.hold("Problem", &answer.json()).await;
        bodies.push(answer.body);
    }
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn a_refusal_has_the_code_of_its_rule_and_nothing_of_the_person() {
    let kit = kit();
    let with = |name: &str, value: &str| {
        let mut body = inquiry(1);
        body[name] = json!(value);
        ask(&body)
    };
    for (asked, code) in [
        (with("purpose", "curiosity"), "purpose-unknown"),
        (with("profession", "doctor"), "other-profession"),
    ] {
        let answer = kit.ask(&asked).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (403, code));
        let text = String::from_utf8(answer.body).unwrap();
        assert!(!text.contains(&made_up(1).number) && !text.contains(&made_up(1).name));
    }
    let health = register(&kit.installation.registry, "health-1", "health-commission", 8);
    let answer = kit.send(kit.sign_as(&health, &ask(&inquiry(1)))).await;
    assert_eq!(answer.problem(), "other-profession");
}

#[tokio::test]
async fn a_look_under_a_law_names_its_case_and_reason() {
    let kit = kit();
    for (field, blank) in [("case_reference", "case-missing"), ("reason", "reason-missing")] {
        let mut body = inquiry(1);
        body[field] = json!(" ");
        assert_eq!(kit.ask(&ask(&body)).await.problem(), blank);
        body.as_object_mut().unwrap().remove(field);
        let answer = kit.ask(&ask(&body)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (400, "field-missing")
        );
        assert_eq!(answer.json()["field"], field);
    }
    let mut body = inquiry(1);
    body["reason"] = json!("x".repeat(10_000));
    assert_eq!(kit.ask(&ask(&body)).await.problem(), "words-too-long");
}

#[tokio::test]
async fn a_look_by_consent_names_the_consent_and_no_case() {
    let kit = kit();
    let person = made_up(1);
    let mut body = json!({
        "purpose": "employment-check", "profession": "lawyer", "id_number": person.number, "name": person.name,
        "consent": "0".repeat(32),
    });
    let hospital = register(&kit.installation.registry, "hospital-1", "example-hospital", 9);
    let answer = kit.send(kit.sign_as(&hospital, &ask(&body))).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (403, "consent-unknown")
    );
    body["case_reference"] = json!("CASE-1");
    let answer = kit.send(kit.sign_as(&hospital, &ask(&body))).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (400, "field-unknown")
    );
}

#[tokio::test]
async fn a_faulty_body_is_not_repeated() {
    let kit = kit();
    let mut body = inquiry(1);
    body["id_number"] = json!({"number": made_up(1).number});
    let answer = kit.ask(&ask(&body)).await;
    assert_eq!(answer.problem(), "body-malformed");
    assert!(
        !String::from_utf8(answer.body)
            .unwrap()
            .contains(&made_up(1).number)
    );
}
