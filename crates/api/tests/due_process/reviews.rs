//! Reconsiderations, complaints and mandates, from the reviewers' side.

use model::{
    EventId, ProcedureId, RecordKind, RecordStatus,
    procedure::{Matter, Reconsidered, Speaker},
};
use registry::{Complain, EventKind, NoticeKind, Reconsider};
use serde_json::{Value, json};
use testkit::made_up;

use crate::{
    common::Ask,
    kit::{By, Desk, LAW},
};

async fn reconsider(desk: &Desk, of: Reconsidered) -> ProcedureId {
    let wish = Reconsider {
        by: Speaker::Person,
        of,
        text: "made-up objection".to_owned(),
        files: Vec::new(),
    };
    let person = desk.person(1).await;
    let registry = &desk.kit.installation.registry;
    registry.open_reconsideration(person, wish).await.unwrap()
}

/// The person's reconsideration of a dispute about their decision that was upheld.
async fn upheld_and_again(desk: &mut Desk) -> ProcedureId {
    let dispute = desk.dispute(RecordKind::Decision).await;
    let path = format!("/api/v1/procedures/{dispute}/dispute-answer");
    let uphold = json!({"answer": "uphold", "reasons": "It is as the register says."});
    desk.post(By::Law, &path, ("DisputeAnswer", uphold), (200, "Stands"))
        .await;
    reconsider(desk, Reconsidered::Dispute(dispute)).await
}

fn at(id: ProcedureId, step: &str) -> String {
    format!("/api/v1/review/procedures/{id}/{step}")
}

async fn assign(desk: &mut Desk, by: By, id: ProcedureId, to: &str) {
    let body = json!({"reviewer": to});
    desk.post(by, &at(id, "assign"), ("Assign", body), (204, ""))
        .await;
}

#[tokio::test]
async fn an_order_of_a_reviewer_is_carried_out_by_the_authority_alone_and_as_ordered() {
    let mut desk = Desk::new();
    let id = upheld_and_again(&mut desk).await;
    let list = desk.get(By::One, "/api/v1/review/procedures", "Procedures").await;
    assert_eq!(list["procedures"][0]["procedure"], id.to_string());
    assert!(
        !list.to_string().contains("objection"),
        "a list says nothing personal"
    );
    let nobody = json!({"reviewer": "nobody"});
    assert_eq!(
        desk.refusal(By::One, &at(id, "assign"), nobody).await,
        "reviewer-unknown"
    );
    assign(&mut desk, By::Two, id, "reviewer-1").await;

    let read = desk.events(1, EventKind::ProcedureRead).await;
    let open = desk.tell(By::One, &at(id, "open"), (200, "Procedure")).await;
    assert_eq!(open["course"]["opening"]["text"], "made-up objection");
    assert_eq!(open["filed"]["fields"]["penalty"], "警告");
    let whom = [made_up(1).name, made_up(1).number];
    let text = open.to_string();
    assert!(
        !whom.iter().any(|word| text.contains(word)),
        "a reviewer does not read whom it is about"
    );
    assert_eq!(desk.events(1, EventKind::ProcedureRead).await, read + 1);

    let answer = at(id, "reconsideration-answer");
    let order = json!({"order": "withdraw", "reasons": "The file says otherwise."});
    assert_eq!(
        desk.refusal(By::Two, &answer, order.clone()).await,
        "step-not-yours"
    );
    let improper = json!({"order": "look-improper", "reasons": "x"});
    assert_eq!(desk.refusal(By::One, &answer, improper).await, "order-unfit");
    let stands = desk
        .post(
            By::One,
            &answer,
            ("ReconsiderationAnswer", order),
            (200, "Stands"),
        )
        .await;
    assert_eq!(stands["status"], "changed");

    let carry_out = format!("/api/v1/procedures/{id}/carry-out");
    for (body, code) in [
        (json!({"order": "correct"}), "field-missing"),
        (json!({"order": "withdraw", "row": {}}), "field-unknown"),
        (json!({"order": "look-improper"}), "body-malformed"),
    ] {
        assert_eq!(desk.refusal(By::Law, &carry_out, body).await, code);
    }
    let withdraw = json!({"order": "withdraw"});
    assert_eq!(
        desk.refusal(By::Hospital, &carry_out, withdraw.clone()).await,
        "step-not-yours"
    );
    let stands = desk
        .post(By::Law, &carry_out, ("CarryOut", withdraw), (200, "Stands"))
        .await;
    assert_eq!(stands["status"], "change-followed");
    let file = desk.file_of(1).await;
    let decision = file
        .records
        .iter()
        .find(|record| record.kind == RecordKind::Decision)
        .unwrap();
    assert_eq!(decision.status, RecordStatus::Withdrawn);
}

#[tokio::test]
async fn a_courts_decision_is_put_down_and_followed() {
    let mut desk = Desk::new();
    let id = upheld_and_again(&mut desk).await;
    let path = at(id, "outside-decision");
    let decision = |court: &str| json!({"court": court, "reference": "made up 1", "decided_on": "2026-11-20", "order": "withdraw"});
    assert_eq!(
        desk.refusal(By::One, &path, decision("market")).await,
        "body-unknown"
    );
    desk.post(
        By::One,
        &path,
        ("OutsideDecision", decision("high-court")),
        (204, ""),
    )
    .await;
    let open = desk.tell(By::One, &at(id, "open"), (200, "Procedure")).await;
    assert_eq!(open["status"], "outside-decision");
    assert_eq!(open["course"]["state"]["decision"]["body"], "high-court");
    let carry_out = format!("/api/v1/procedures/{id}/carry-out");
    let withdraw = json!({"order": "withdraw"});
    let stands = desk
        .post(By::Law, &carry_out, ("CarryOut", withdraw), (200, "Stands"))
        .await;
    assert_eq!(stands["status"], "followed");
}

#[tokio::test]
async fn what_a_court_decided_about_a_record_that_nobody_disputed_is_put_down_and_followed() {
    let mut desk = Desk::new();
    let records = desk.file_of(1).await.records;
    let record = records
        .iter()
        .find(|record| record.kind == RecordKind::Decision)
        .unwrap()
        .record;
    let person = made_up(1);
    let about = |number: &str, court: &str| {
        json!({"id_number": number, "record": record, "court": court, "reference": "made up 2",
            "decided_on": "2026-11-20", "order": "withdraw", "text": "The court sent its judgment."})
    };
    let decision = |court: &str| about(&person.number, court);
    let path = "/api/v1/review/outside-decisions";
    // Whether anything is held about somebody is not said.
    for (number, court, code) in [
        (&made_up(2).number, "high-court", "record-unknown"),
        (&made_up(500).number, "high-court", "record-unknown"),
        (&person.number, "market", "body-unknown"),
    ] {
        assert_eq!(desk.refusal(By::One, path, about(number, court)).await, code);
    }
    let body = ("OutsideDecisionAbout", decision("high-court"));
    let opened = desk.post(By::One, path, body, (201, "ProcedureOpened")).await;
    let id = opened["procedure"].as_str().unwrap();
    let carry_out = format!("/api/v1/procedures/{id}/carry-out");
    let withdraw = json!({"order": "withdraw"});
    let stands = desk
        .post(By::Law, &carry_out, ("CarryOut", withdraw), (200, "Stands"))
        .await;
    assert_eq!(stands["status"], "followed");
    let body = ("OutsideDecisionAbout", decision("high-court"));
    let again = desk.post(By::One, path, body, (201, "ProcedureOpened")).await;
    assert_eq!(again["procedure"], id, "it is followed once");
    let other = decision("intermediate-court");
    let refused = desk.refusal(By::One, path, other).await;
    assert_eq!(refused, "order-unfit", "what is withdrawn is not withdrawn again");
}

/// A look at the first person, which shows to them.
async fn looked(desk: &mut Desk) -> EventId {
    let person = made_up(1);
    let look = json!({
        "purpose": "licensing-renewal", "profession": "lawyer", "id_number": person.number, "name": person.name,
        "case_reference": "CASE-1", "reason": "made-up reason",
    });
    let seen = desk
        .post(
            By::Law,
            "/api/v1/inquiries",
            ("Inquiry", look),
            (200, "InquiryAnswer"),
        )
        .await;
    seen["look"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_look_that_was_improper_is_put_down_as_such_when_that_is_ordered() {
    let mut desk = Desk::new();
    let look = looked(&mut desk).await;
    let id = reconsider(&desk, Reconsidered::Look(look)).await;
    assign(&mut desk, By::One, id, "reviewer-1").await;
    let early = desk
        .send(By::One, &Ask::new("POST", at(id, "improper-look")))
        .await;
    assert_eq!(desk.code(early).await, "step-not-now");
    let order = json!({"order": "look-improper", "reasons": "No such case."});
    desk.post(
        By::One,
        &at(id, "reconsideration-answer"),
        ("ReconsiderationAnswer", order),
        (200, "Stands"),
    )
    .await;
    let stands = desk
        .tell(By::One, &at(id, "improper-look"), (200, "Stands"))
        .await;
    assert_eq!(stands["status"], "change-followed");
    assert_eq!(desk.events(1, EventKind::LookImproper).await, 1);
}

#[tokio::test]
async fn a_reviewer_is_given_nothing_that_is_about_themselves() {
    let mut profile = testkit::gansu();
    for one in profile.oversight.all_mut() {
        one.random_share_percent = 100;
    }
    let mut desk = Desk::with(profile);
    let look = looked(&mut desk).await;
    let registry = desk.kit.installation.registry.clone();
    let number = testkit::made_up(1).number;
    let numbered = move || registry.add_reviewer("reviewer-1", "测试员", Some(&number));
    tokio::task::spawn_blocking(numbered).await.unwrap().unwrap();
    let close = json!({"verdict": "proper", "reasons": "The case is there."});
    let path = format!("/api/v1/review/looks/{look}/close");
    assert_eq!(
        desk.refusal(By::One, &path, close.clone()).await,
        "reviewer-concerned"
    );
    let id = reconsider(&desk, Reconsidered::Look(look)).await;
    let oneself = json!({"reviewer": "reviewer-1"});
    assert_eq!(
        desk.refusal(By::Two, &at(id, "assign"), oneself).await,
        "reviewer-concerned"
    );
    desk.post(By::Two, &path, ("CloseReview", close), (204, "")).await;
}

#[tokio::test]
async fn whoever_had_a_part_in_a_look_is_not_given_its_reconsideration() {
    let mut profile = testkit::gansu();
    profile
        .oversight
        .all_mut()
        .for_each(|one| one.random_share_percent = 100);
    let mut desk = Desk::with(profile);
    let look = looked(&mut desk).await;
    let close = json!({"verdict": "proper", "reasons": "The case is there."});
    let path = format!("/api/v1/review/looks/{look}/close");
    desk.post(By::One, &path, ("CloseReview", close), (204, "")).await;
    let id = reconsider(&desk, Reconsidered::Look(look)).await;
    let took_part = json!({"reviewer": "reviewer-1"});
    assert_eq!(
        desk.refusal(By::Two, &at(id, "assign"), took_part).await,
        "reviewer-took-part"
    );
    assign(&mut desk, By::Two, id, "reviewer-2").await;
    // Nor does who has the reconsideration of a look close it.
    let look = looked(&mut desk).await;
    let other = reconsider(&desk, Reconsidered::Look(look)).await;
    assign(&mut desk, By::Two, other, "reviewer-2").await;
    let path = format!("/api/v1/review/looks/{look}/close");
    let close = json!({"verdict": "proper", "reasons": "The case is there."});
    assert_eq!(desk.refusal(By::Two, &path, close).await, "reviewer-took-part");
    let reasons = json!({"reasons": "The case is there."});
    let stands = desk
        .post(
            By::Two,
            &at(id, "reconsideration-answer"),
            ("ReconsiderationAnswer", reasons),
            (200, "Stands"),
        )
        .await;
    assert_eq!(stands["status"], "confirmed");
}

async fn complained(desk: &Desk) -> ProcedureId {
    let complaint = Complain {
        by: Speaker::Person,
        about: Matter::Leak,
        look: None,
        body: Some(LAW.to_owned()),
        text: "made-up complaint".to_owned(),
        files: vec![crate::kit::PDF.to_vec()],
    };
    let person = desk.person(1).await;
    let registry = &desk.kit.installation.registry;
    registry.open_complaint(person, complaint).await.unwrap()
}

fn named(n: u32) -> Value {
    let person = made_up(n);
    json!({"id_number": person.number, "name": person.name})
}

fn number(n: u32) -> String {
    made_up(n).number
}

/// A breach at the law bureau that affects these.
fn breach(affected: Value) -> Value {
    json!({
        "body": LAW, "noticed_on": "2026-11-01", "happened": "A list lay open.", "measures": "A new lock.",
        "affected": affected,
    })
}

#[tokio::test]
async fn a_breach_is_told_to_all_whom_it_affects_or_to_nobody() {
    let mut desk = Desk::new();
    let id = complained(&desk).await;
    assign(&mut desk, By::One, id, "reviewer-1").await;
    let open = desk.tell(By::One, &at(id, "open"), (200, "Procedure")).await;
    let file = open["course"]["opening"]["files"][0]["file"].as_str().unwrap();
    let file = Ask::new("POST", at(id, &format!("files/{file}/open")));
    let file = desk.send(By::One, &file).await;
    assert_eq!(file.header("content-type"), "application/pdf");

    let path = at(id, "complaint-answer");
    let founded = |affected: Value| json!({"finding": "founded", "reasons": "It was.", "measures": "A new lock.", "breach": breach(affected)});
    let ask = Ask::new("POST", &path).json(&founded(json!([number(1), "12345"])));
    let answer = desk.send(By::One, &ask).await;
    assert_eq!(answer.json()["place"], 2);
    assert_eq!(desk.code(answer).await, "number-malformed");
    let told = NoticeKind::BreachReported;
    assert_eq!(
        desk.notices(1, told).await,
        0,
        "nobody is told before the list is right"
    );
    assert_eq!(
        desk.refusal(By::One, &path, founded(json!([]))).await,
        "breach-affects-nobody"
    );

    let both = founded(json!([number(1), number(2), number(999)]));
    let stands = desk
        .post(By::One, &path, ("ComplaintAnswer", both), (200, "Stands"))
        .await;
    assert_eq!(stands["status"], "founded");
    assert_eq!((desk.notices(1, told).await, desk.notices(2, told).await), (1, 1));
    // The body reads it now that it is answered.
    let open = desk
        .tell(
            By::Law,
            &format!("/api/v1/procedures/{id}/open"),
            (200, "Procedure"),
        )
        .await;
    assert_eq!(open["course"]["state"]["breach"]["affected"], 3);
    // The same report as one that is made by itself, and with no word of who is known.
    let reports = desk.get(By::One, "/api/v1/review/breaches", "Breaches").await;
    assert_eq!(reports["breaches"][0]["body"], LAW);
    assert_eq!(reports["breaches"][0]["affected"], 3);
}

#[tokio::test]
async fn a_report_of_more_people_than_other_bodies_have_room_for_reaches_each_of_them_once() {
    const PEOPLE: u32 = 3_200;
    let mut desk = Desk::new();
    let here = &desk.kit.installation;
    let licences = testkit::licences_csv(10, PEOPLE);
    let filed = here
        .submit(LAW, RecordKind::Licence, "many.csv", licences)
        .unwrap();
    assert_eq!(filed.counts.accepted, u64::from(PEOPLE));
    let somebody = desk.person(10).await;
    let address = Some("somebody@example.org".to_owned());
    here.registry.set_email(somebody, address).await.unwrap();
    let id = complained(&desk).await;
    assign(&mut desk, By::One, id, "reviewer-1").await;
    let path = at(id, "complaint-answer");
    // One of them stands in it twice.
    let people: Value = (10..10 + PEOPLE).chain([10]).map(number).collect();
    let mut report = json!({"finding": "founded", "reasons": "It was.", "measures": "A new lock.", "breach": breach(people)});
    assert!(report.to_string().len() > 64 * 1024, "more than others may send");
    report["breach"]["affected"][2_500] = json!("12345");
    let answer = desk.send(By::One, &Ask::new("POST", &path).json(&report)).await;
    assert_eq!(answer.json()["place"], 2_501);
    assert_eq!(desk.code(answer).await, "number-malformed");
    let told = NoticeKind::BreachReported;
    assert_eq!(
        desk.notices(10, told).await,
        0,
        "nobody is told before the list is right"
    );

    report["breach"]["affected"][2_500] = json!(number(2_510));
    let stands = desk
        .post(By::One, &path, ("ComplaintAnswer", report), (200, "Stands"))
        .await;
    assert_eq!(stands["status"], "founded");
    let registry = &desk.kit.installation.registry;
    for n in 10..10 + PEOPLE {
        let person = registry.keys().person(&made_up(n).number);
        let notices = registry.notices(person).await.unwrap();
        assert_eq!(notices.iter().filter(|one| one.kind == told).count(), 1, "{n}");
    }
    let letters = registry.lease_mail(10).await.unwrap();
    assert_eq!(letters.len(), 1, "and by e-mail who gave an address");
    let open = desk.tell(By::One, &at(id, "open"), (200, "Procedure")).await;
    assert_eq!(open["course"]["state"]["breach"]["affected"], PEOPLE);
}

#[test]
fn a_report_of_fifty_thousand_people_fits_into_one_call() {
    let one = json!("9".repeat(18));
    assert!((one.to_string().len() + 1) * 50_000 < 8 * 1024 * 1024);
}

#[tokio::test]
async fn an_unfounded_complaint_has_reasons_and_nothing_else() {
    let mut desk = Desk::new();
    let id = complained(&desk).await;
    let path = at(id, "complaint-answer");
    let unfounded = json!({"finding": "unfounded", "reasons": "It was not."});
    assert_eq!(
        desk.refusal(By::One, &path, unfounded.clone()).await,
        "step-not-now",
        "it is nobody's yet"
    );
    assign(&mut desk, By::One, id, "reviewer-1").await;
    for (more, code) in [("measures", "field-unknown"), ("breach", "field-unknown")] {
        let mut body = unfounded.clone();
        body[more] = if more == "breach" {
            breach(json!([number(1)]))
        } else {
            json!("x")
        };
        assert_eq!(desk.refusal(By::One, &path, body).await, code);
    }
    let bare = json!({"finding": "founded", "reasons": "x"});
    assert_eq!(desk.refusal(By::One, &path, bare).await, "field-missing");
    let stands = desk
        .post(By::One, &path, ("ComplaintAnswer", unfounded), (200, "Stands"))
        .await;
    assert_eq!(stands["status"], "unfounded");
}

#[tokio::test]
async fn what_is_late_is_in_the_reviewers_list_and_theirs_to_open() {
    let mut desk = Desk::new();
    let id = desk.dispute(RecordKind::Licence).await;
    let early = desk.send(By::One, &Ask::new("POST", at(id, "open"))).await;
    assert_eq!(desk.code(early).await, "procedure-unknown");
    let none = desk.get(By::One, "/api/v1/review/overdue", "Overdue").await;
    assert_eq!(none["procedures"], json!([]));
    desk.kit.installation.later(21 * 24);
    let registry = desk.kit.installation.registry.clone();
    tokio::task::spawn_blocking(move || registry.do_what_is_due().unwrap())
        .await
        .unwrap();
    let late = desk.get(By::One, "/api/v1/review/overdue", "Overdue").await;
    assert_eq!(late["procedures"][0]["procedure"], id.to_string());
    assert_eq!(late["procedures"][0]["late"], true);
    desk.tell(By::One, &at(id, "open"), (200, "Procedure")).await;

    let notices = desk.get(By::One, "/api/v1/review/notices", "BodyNotices").await;
    let notice = &notices["notices"][0];
    assert_eq!(notice["kind"], "dispute-overdue", "{notices}");
    let path = format!(
        "/api/v1/review/notices/{}/read",
        notice["notice"].as_str().unwrap()
    );
    desk.tell(By::One, &path, (204, "")).await;
    let notices = desk.get(By::Two, "/api/v1/review/notices", "BodyNotices").await;
    assert!(notices["notices"][0]["read_at"].is_string());
}

#[tokio::test]
async fn a_mandate_is_registered_and_ended_by_a_reviewer_and_the_person_is_told() {
    let mut desk = Desk::new();
    let person = made_up(1);
    // Nothing need be held about whoever represents somebody.
    let mandate = json!({
        "id_number": person.number, "name": person.name, "representative_id_number": made_up(500).number,
        "scope": ["records", "procedures"], "from": "2026-11-23", "until": "2026-12-31",
    });
    let path = "/api/v1/review/mandates";
    let with = |name: &str, value: Value| {
        let mut body = mandate.clone();
        body[name] = value;
        body
    };
    for (body, code) in [
        (with("name", json!(made_up(2).name)), "nobody-known"),
        (
            with("representative_id_number", json!("12")),
            "identity-malformed",
        ),
        (
            with("representative_id_number", json!(person.number)),
            "mandate-unfit",
        ),
        (with("until", json!("2026-11-01")), "mandate-unfit"),
        (with("scope", json!([])), "mandate-unfit"),
        (
            json!({"id_number": made_up(600).number, "name": person.name, "scope": [], "from": "2026-11-23",
                "representative_id_number": made_up(500).number, "until": "2026-12-31"}),
            "mandate-unfit",
        ),
        (with("scope", json!(["everything"])), "body-malformed"),
    ] {
        assert_eq!(desk.refusal(By::One, path, body).await, code);
    }
    // Of one that concerns the reviewer nothing is said of whoever else it is about.
    let own = made_up(400).number;
    let registry = &desk.kit.installation.registry;
    registry.add_reviewer("reviewer-2", "测试员", Some(&own)).unwrap();
    for number in [&person.number, &made_up(600).number] {
        let mut theirs = with("representative_id_number", json!(own));
        theirs["id_number"] = json!(number);
        assert_eq!(desk.refusal(By::Two, path, theirs).await, "reviewer-concerned");
    }
    let registered = desk
        .post(By::One, path, ("NewMandate", mandate), (201, "MandateRegistered"))
        .await;
    assert_eq!(desk.notices(1, NoticeKind::MandateRegistered).await, 1);
    let file = desk.file_of(1).await;
    let event = file
        .events
        .iter()
        .find(|event| event.kind == EventKind::MandateRegistered)
        .unwrap();
    assert_eq!(event.actor, "reviewer:reviewer-1");

    let end = format!("{path}/{}/end", registered["mandate"].as_str().unwrap());
    assert_eq!(desk.refusal(By::Two, &end, named(2)).await, "no-such-mandate");
    desk.post(By::Two, &end, ("Person", named(1)), (204, "")).await;
    assert_eq!(desk.refusal(By::Two, &end, named(1)).await, "no-such-mandate");
    assert_eq!(desk.notices(1, NoticeKind::MandateEnded).await, 1);
}

#[tokio::test]
async fn a_reviewer_reports_a_breach_by_itself_and_learns_of_nobody_whether_they_are_known() {
    let mut desk = Desk::new();
    let path = "/api/v1/review/breaches";
    let today = desk.kit.installation.registry.today();
    let report = |noticed_on: &str, affected: Value| {
        json!({
            "body": LAW, "noticed_on": noticed_on, "happened": "A list lay open.", "measures": "It is closed.",
            "affected": affected,
        })
    };
    let now = today.to_string();
    let refused = desk.refusal(By::One, path, report(&now, json!([]))).await;
    assert_eq!(refused, "breach-affects-nobody");
    let later = today.tomorrow().unwrap().to_string();
    let refused = desk
        .refusal(By::One, path, report(&later, json!([made_up(1).number])))
        .await;
    assert_eq!(refused, "day-to-come");
    let ask = Ask::new("POST", path).json(&report(&now, json!([made_up(1).number, "12"])));
    let answer = desk.send(By::One, &ask).await;
    assert_eq!(answer.json()["place"], 2);
    assert_eq!(desk.code(answer).await, "number-malformed");
    assert_eq!(desk.notices(1, NoticeKind::BreachReported).await, 0);

    let known = report(&now, json!([made_up(1).number, made_up(2).number]));
    let told = desk
        .post(By::One, path, ("ReportBreach", known), (200, "Breach"))
        .await;
    let unknown = report(&now, json!([made_up(901).number, made_up(902).number]));
    let nobody = desk
        .post(By::One, path, ("ReportBreach", unknown), (200, "Breach"))
        .await;
    for field in ["affected", "late", "body", "noticed_on", "tell_by", "reported_by"] {
        assert_eq!(
            told[field], nobody[field],
            "{field} tells the known from the unknown"
        );
    }
    assert_eq!(
        (told["affected"].as_u64(), told["late"].as_bool()),
        (Some(2), Some(false))
    );
    assert_eq!(desk.notices(2, NoticeKind::BreachReported).await, 1);
    let list = desk.get(By::One, path, "Breaches").await;
    assert_eq!(list["breaches"].as_array().unwrap().len(), 2);
    // A body's key opens none of it.
    desk.refusal(By::Law, path, report(&now, json!([made_up(1).number])))
        .await;
}
