//! The reviewers' queue, stops and waits, and the bodies' public figures.

use profile::{Delay, Profile};
use registry::{EventKind, NoticeKind};
use serde_json::{Value, json};
use testkit::{gansu, made_up};

use crate::{
    common::Ask,
    kit::{By, Desk, LAW},
};

/// Every look under a law is looked into, and one in a day is the most.
fn strict() -> Profile {
    let mut profile = gansu();
    profile
        .oversight
        .all_mut()
        .for_each(|one| one.random_share_percent = 100);
    profile
}

fn look(n: u32) -> Value {
    let person = made_up(n);
    json!({
        "purpose": "licensing-renewal", "profession": "lawyer", "id_number": person.number, "name": person.name,
        "case_reference": "CASE-1", "reason": "made-up reason",
    })
}

async fn looked(desk: &mut Desk, body: Value) -> String {
    let path = "/api/v1/inquiries";
    let seen = desk
        .post(By::Law, path, ("Inquiry", body), (200, "InquiryAnswer"))
        .await;
    seen["look"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_improper_look_is_told_to_the_person_and_counts_in_public() {
    let mut desk = Desk::with(strict());
    let id = looked(&mut desk, look(1)).await;
    let queue = desk.get(By::One, "/api/v1/review/queue", "ReviewQueue").await;
    assert_eq!(queue["looks"][0]["look"], id);
    assert_eq!(queue["looks"][0]["causes"], json!(["chance"]));

    let path = format!("/api/v1/review/looks/{id}");
    let open = desk
        .tell(By::One, &format!("{path}/open"), (200, "OpenedCase"))
        .await;
    assert_eq!(open["case"]["case_reference"], "CASE-1");
    let close = json!({"verdict": "improper", "reasons": "No such case."});
    let path = format!("{path}/close");
    let blank = json!({"verdict": "improper", "reasons": " "});
    assert_eq!(desk.refusal(By::One, &path, blank).await, "reasons-missing");
    desk.post(By::One, &path, ("CloseReview", close.clone()), (204, ""))
        .await;
    assert_eq!(desk.refusal(By::Two, &path, close).await, "item-closed");
    assert_eq!(desk.notices(1, NoticeKind::LookImproper).await, 1);
    let queue = desk.get(By::One, "/api/v1/review/queue", "ReviewQueue").await;
    assert_eq!(queue["looks"], json!([]));

    let figures = desk.kit.get("/api/v1/figures/improper-looks/2026").await;
    assert_eq!(figures.header("access-control-allow-origin"), "*");
    let figures = figures.json();
    desk.kit.hold("ImproperLooks", &figures).await;
    assert_eq!(figures, json!({"year": 2026, "improper_looks": {LAW: 1}}));
    let before = desk.kit.get("/api/v1/figures/improper-looks/2025").await.json();
    assert_eq!(before["improper_looks"], json!({}));
    for none in ["02026", "-1", "x", "99999", "0"] {
        let answer = desk
            .kit
            .get(&format!("/api/v1/figures/improper-looks/{none}"))
            .await;
        assert_eq!(desk.code(answer).await, "not-found", "{none}");
    }
}

#[tokio::test]
async fn a_look_that_is_not_in_the_queue_is_not_opened_or_closed() {
    let mut desk = Desk::new();
    for look in ["0".repeat(32), "x".to_owned()] {
        let path = format!("/api/v1/review/looks/{look}");
        let open = desk
            .send(By::One, &Ask::new("POST", format!("{path}/open")))
            .await;
        assert_eq!(desk.code(open).await, "item-unknown");
        let close = json!({"verdict": "proper", "reasons": "x"});
        assert_eq!(
            desk.refusal(By::One, &format!("{path}/close"), close).await,
            "item-unknown"
        );
        let wait = json!({"days": 1, "reasons": "x"});
        assert_eq!(
            desk.refusal(By::One, &format!("{path}/wait"), wait).await,
            "item-unknown"
        );
    }
    let seen = Ask::new("POST", format!("/api/v1/review/steps/{}/seen", "0".repeat(32)));
    let seen = desk.send(By::One, &seen).await;
    assert_eq!(desk.code(seen).await, "item-unknown");
}

#[tokio::test]
async fn a_stop_is_seen_and_lifted_with_reasons() {
    let mut profile = gansu();
    for one in profile.oversight.all_mut() {
        one.staff_ceiling_per_day = 1;
        one.refusals_before_staff_stopped = 1;
    }
    let mut desk = Desk::with(profile);
    looked(&mut desk, look(1)).await;
    let path = "/api/v1/inquiries";
    assert_eq!(
        desk.refusal(By::Law, path, look(2)).await,
        "staff-ceiling-reached"
    );
    assert_eq!(desk.refusal(By::Law, path, look(2)).await, "staff-stopped");
    // What else the account does is stopped as well.
    let list = desk.send(By::Law, &Ask::new("GET", "/api/v1/procedures")).await;
    assert_eq!(desk.code(list).await, "staff-stopped");

    let queue = desk.get(By::One, "/api/v1/review/queue", "ReviewQueue").await;
    let changes: Vec<&Value> = queue["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["change"])
        .collect();
    assert_eq!(changes, ["ceiling-refused", "staff-stopped"]);
    for step in queue["steps"].as_array().unwrap() {
        let path = format!("/api/v1/review/steps/{}/seen", step["step"].as_str().unwrap());
        desk.tell(By::One, &path, (204, "")).await;
    }
    let queue = desk.get(By::One, "/api/v1/review/queue", "ReviewQueue").await;
    assert_eq!(queue["steps"], json!([]));

    let path = "/api/v1/review/stops/lift";
    let lift = json!({"body": LAW, "staff": "law-bureau-1", "reasons": "It was a busy day."});
    desk.post(By::One, path, ("LiftStop", lift.clone()), (204, ""))
        .await;
    assert_eq!(desk.refusal(By::One, path, lift).await, "not-stopped");
    let body = json!({"body": LAW, "reasons": "It was a busy day."});
    assert_eq!(desk.refusal(By::One, path, body).await, "not-stopped");
    let staff = desk.get(By::Law, "/api/v1/staff", "StaffList").await;
    assert_eq!(staff["staff"][0]["stopped_at"], Value::Null);
}

#[tokio::test]
async fn a_wait_is_renewed_with_reasons_and_never_beyond_the_law() {
    let mut profile = gansu();
    profile.purposes.get_mut("licensing-renewal").unwrap().delay = Some(profile::ByDay::always(Delay {
        days: 10,
        basis: "lawyer-licensing".to_owned(),
    }));
    let mut desk = Desk::with(profile);
    let mut waits = look(1);
    waits["wait_days"] = json!(3);
    let id = looked(&mut desk, waits).await;
    assert_eq!(desk.events(1, EventKind::Look).await, 0, "it waits");
    let path = format!("/api/v1/review/looks/{id}/wait");
    let renew = |days: u32| json!({"days": days, "reasons": "The case goes on."});
    let day = desk
        .post(By::One, &path, ("RenewWait", renew(4)), (200, "Waits"))
        .await;
    assert_eq!(day["shows_on"], "2026-11-30");
    assert_eq!(desk.refusal(By::One, &path, renew(4)).await, "wait-no-longer");
    assert_eq!(
        desk.refusal(By::One, &path, renew(u32::MAX)).await,
        "wait-no-longer"
    );
}
