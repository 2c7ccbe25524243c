//! A body's own staff: whoever leads adds and ends colleagues, and nobody else does.

use serde_json::json;
use testkit::made_up;

use crate::{
    common::{Ask, register},
    kit::{By, Desk, HOSPITAL, LAW},
};

const ADD: &str = "/api/v1/staff";
const END: &str = "/api/v1/staff/end";
const LEAD: &str = "/api/v1/staff/lead";

/// The law bureau's clerk leads from now on, as whoever runs the installation says.
fn lead(desk: &Desk) {
    let new = registry::NewStaff {
        body: LAW.to_owned(),
        staff: "law-bureau-1".to_owned(),
        name: "测试员".to_owned(),
        own_number: None,
        keys: Vec::new(),
        lead: true,
    };
    desk.kit.installation.registry.add_staff(new).unwrap();
}

#[tokio::test]
async fn whoever_leads_adds_ends_and_lets_colleagues_lead() {
    let mut desk = Desk::new();
    lead(&desk);
    let key = api::client::AuthorityKeyFile::generate("law-bureau-2", &testkit::SeededRandomness::new(41));
    let key = api::client::AuthorityKeyFile::read(&key.unwrap().0).unwrap();
    let row = registry::AuthorityKey {
        key_id: "law-bureau-2".to_owned(),
        authority: LAW.to_owned(),
        public_key: key.public_key().try_into().unwrap(),
    };
    desk.kit.installation.registry.add_authority_key(row).unwrap();
    let new = json!({
        "staff": "second", "name": "测试员", "own_number": made_up(2).number, "keys": ["law-bureau-2"],
    });
    desk.post(By::Law, ADD, ("NewStaff", new.clone()), (204, ""))
        .await;
    assert_eq!(desk.refusal(By::Law, ADD, new).await, "account-taken");
    // The colleague is named for the key, and leads nobody.
    let list = desk.kit.send(desk.kit.sign_as(&key, &Ask::new("GET", ADD))).await;
    assert_eq!(list.status, 200, "{list:?}");
    let ending = Ask::new("POST", END).json(&json!({"staff": "law-bureau-1"}));
    let answer = desk.kit.send(desk.kit.sign_as(&key, &ending)).await;
    assert_eq!(desk.code(answer).await, "not-lead");
    assert_eq!(
        desk.refusal(By::Law, END, json!({"staff": "law-bureau-1"})).await,
        "last-lead"
    );
    let give = json!({"staff": "second", "lead": "give"});
    desk.post(By::Law, LEAD, ("StaffLead", give), (204, "")).await;
    let all = desk.get(By::Law, ADD, "StaffList").await;
    let leads: Vec<_> = all["staff"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["leads"])
        .collect();
    assert_eq!(leads, [true, true]);
    let end = json!({"staff": "law-bureau-1"});
    desk.post(By::Law, END, ("StaffAccount", end), (204, "")).await;
    let gone = desk.send(By::Law, &Ask::new("GET", ADD)).await;
    assert_eq!(desk.code(gone).await, "staff-stopped");
    // What the body does without naming anybody is closed to that key too.
    for ask in [
        common_announcement(),
        Ask::new("GET", "/api/v1/alerts"),
        Ask::new("GET", "/api/v1/submissions/01a223c045887329acba0db3334e2467"),
        Ask::new(
            "POST",
            "/api/v1/submissions/01a223c045887329acba0db3334e2467/take-back",
        ),
    ] {
        let gone = desk.send(By::Law, &ask).await;
        assert_eq!(desk.code(gone).await, "staff-stopped");
    }
    // Once a key is retired it opens nothing, whoever it was of.
    let registry = &desk.kit.installation.registry;
    registry.retire_authority_key("law-bureau-2").unwrap();
    assert!(registry.retire_authority_key("law-bureau-2").is_err());
    desk.kit.installation.later(1);
    let list = desk.kit.send(desk.kit.sign_as(&key, &Ask::new("GET", ADD))).await;
    assert_eq!(desk.code(list).await, "key-unknown");
}

fn common_announcement() -> Ask {
    crate::common::announce("licence", testkit::licences_csv(0, 1).as_bytes())
}

#[tokio::test]
async fn whoever_does_not_lead_changes_nothing_and_nobody_reaches_another_body() {
    let mut desk = Desk::new();
    let new = json!({"staff": "third", "name": "测试员"});
    for (path, body) in [
        (ADD, new.clone()),
        (END, json!({"staff": "law-bureau-1"})),
        (LEAD, json!({"staff": "law-bureau-1", "lead": "give"})),
        (LEAD, json!({"staff": "law-bureau-1", "lead": "take"})),
    ] {
        assert_eq!(desk.refusal(By::Law, path, body).await, "not-lead", "{path}");
    }
    let all = desk.get(By::Law, ADD, "StaffList").await;
    assert_eq!(all["staff"].as_array().unwrap().len(), 1);
    assert_eq!(all["staff"][0]["leads"], false);
    lead(&desk);
    register(&desk.kit.installation.registry, "hospital-2", HOSPITAL, 42);
    for (path, body, code) in [
        (END, json!({"staff": "hospital-2"}), "account-unknown"),
        (
            LEAD,
            json!({"staff": "hospital-2", "lead": "give"}),
            "account-unknown",
        ),
        (ADD, json!({"staff": "a b", "name": "测试员"}), "account-id"),
        (ADD, json!({"staff": "third", "name": " "}), "name-missing"),
        (
            ADD,
            json!({"staff": "third", "name": "测试员", "own_number": "1"}),
            "number-malformed",
        ),
        (
            ADD,
            json!({"staff": "third", "name": "测试员", "keys": ["hospital-2"]}),
            "account-key-unknown",
        ),
        (
            ADD,
            json!({"staff": "third", "name": "测试员", "keys": ["portal:law-bureau-1"]}),
            "account-key-unknown",
        ),
        (
            ADD,
            json!({"staff": "third", "name": "测试员", "keys": ["law-bureau-1"]}),
            "account-taken",
        ),
    ] {
        assert_eq!(desk.refusal(By::Law, path, body.clone()).await, code, "{body}");
    }
    let all = desk.get(By::Law, ADD, "StaffList").await;
    assert_eq!(all["staff"].as_array().unwrap().len(), 1, "nothing was half done");
}
