//! A file from its announcement to its answer, over the router.
#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod common;

use api::Options;
use axum::http::StatusCode;
use common::{Ask, Kit, announce, register};
use model::RecordKind;
use serde_json::json;
use testkit::{Engine, Installation, gansu, licences_csv};

#[tokio::test]
async fn a_file_in_pieces_is_filed_and_answered_row_by_row() {
    let mut kit = Kit::new();
    let csv = licences_csv(0, 5).replacen("身份证", "护照簿", 1).into_bytes();
    let announced = kit.ask(&announce("licence", &csv)).await;
    assert_eq!(announced.status, StatusCode::CREATED);
    kit.hold("Upload", &announced.json()).await;
    let path = announced.header("location").to_owned();
    assert_eq!(
        path,
        format!(
            "/api/v1/submissions/{}",
            announced.json()["submission"].as_str().unwrap()
        )
    );

    let first = kit.ask(&Ask::new("PATCH", &path).piece(0, &csv[..100])).await;
    assert_eq!(
        (first.status, first.header("upload-offset")),
        (StatusCode::NO_CONTENT, "100")
    );
    let early = kit.ask(&Ask::new("POST", format!("{path}/file"))).await;
    assert_eq!(
        (early.status.as_u16(), early.problem().as_str()),
        (409, "not-whole")
    );
    let wrong = kit.ask(&Ask::new("PATCH", &path).piece(50, &csv[50..])).await;
    assert_eq!((wrong.status.as_u16(), wrong.problem().as_str()), (409, "offset"));
    assert_eq!(
        (wrong.header("upload-offset"), &wrong.json()["received"]),
        ("100", &json!(100))
    );
    let long = kit
        .ask(&Ask::new("PATCH", &path).piece(100, &[csv.as_slice(), b"x"].concat()))
        .await;
    assert_eq!(long.problem(), "piece-too-long");
    let head = kit.ask(&Ask::new("HEAD", &path)).await;
    assert_eq!((head.header("upload-offset"), head.body.len()), ("100", 0));
    assert_eq!(head.header("upload-length"), csv.len().to_string());
    assert_eq!(
        kit.ask(&Ask::new("PATCH", &path).piece(100, &csv[100..]))
            .await
            .status,
        StatusCode::NO_CONTENT
    );

    let filed = kit
        .ask(&Ask::new("POST", format!("{path}/file")).header("accept-language", "zh"))
        .await;
    assert_eq!(filed.status, StatusCode::OK);
    assert_eq!(filed.header("cache-control"), "no-store");
    let answer = filed.json();
    kit.hold("Submission", &answer).await;
    assert_eq!((&answer["accepted"], &answer["rejected"]), (&json!(4), &json!(1)));
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!(
        rows.iter()
            .map(|row| row["row"].as_u64().unwrap())
            .collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
    assert_eq!(rows[0]["outcome"], "rejected");
    assert_eq!(rows[0]["column"], "证件类型");
    assert!(!rows[0]["message"].as_str().unwrap().is_ascii());
    assert_eq!(
        rows[1],
        json!({"row": 2, "outcome": "accepted", "fault": null, "column": null, "message": null})
    );

    // The connection broke before the answer was whole: asking again gives the same.
    let again = kit
        .ask(&Ask::new("POST", format!("{path}/file")).header("accept-language", "zh"))
        .await
        .json();
    assert_eq!(again["rows"], answer["rows"]);
    assert_eq!(again["receipt"]["statement"], answer["receipt"]["statement"]);
    let summary = kit.ask(&Ask::new("GET", &path)).await;
    kit.hold("SubmissionSummary", &summary.json()).await;
    assert_eq!(
        (&summary.json()["state"], &summary.json()["accepted"]),
        (&json!("done"), &json!(4))
    );

    let rejected = kit.ask(&Ask::new("GET", format!("{path}/rejected.csv"))).await;
    assert_eq!(rejected.header("content-type"), "text/csv");
    let text = String::from_utf8(rejected.body).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("护照簿") && text.contains(rows[0]["fault"].as_str().unwrap()));
}

#[tokio::test]
async fn an_answer_of_many_parts_has_every_row_once() {
    let kit = Kit::new();
    let csv = licences_csv(0, 40_000).into_bytes();
    let announced = kit.ask(&announce("licence", &csv)).await;
    let path = announced.header("location").to_owned();
    let mut sent = 0;
    for piece in csv.chunks(api::PIECE_BYTES) {
        let answer = kit.ask(&Ask::new("PATCH", &path).piece(sent, piece)).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        sent += piece.len() as u64;
    }
    let answer = kit.ask(&Ask::new("POST", format!("{path}/file"))).await.json();
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 40_000);
    assert!(
        rows.iter()
            .zip(1..)
            .all(|(row, number)| row["row"] == number && row["outcome"] == "accepted")
    );
    assert!(
        answer["receipt"]["proof"]
            .as_str()
            .unwrap()
            .starts_with("c2sp.org/tlog-proof@v1")
    );
}

#[tokio::test]
async fn a_piece_longer_than_is_taken_is_refused() {
    let kit = Kit::new();
    let bytes = vec![b'x'; api::PIECE_BYTES + 1];
    let path = kit
        .ask(&announce("licence", &bytes))
        .await
        .header("location")
        .to_owned();
    let answer = kit.ask(&Ask::new("PATCH", &path).piece(0, &bytes)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (413, "too-large")
    );
    let whole = kit.ask(&Ask::new("PATCH", &path).piece(0, &bytes[1..])).await;
    assert_eq!(
        (whole.status, whole.header("upload-offset")),
        (StatusCode::NO_CONTENT, "8388608")
    );
}

#[tokio::test]
async fn the_offset_of_a_piece_is_signed() {
    let kit = Kit::new();
    let path = kit
        .ask(&announce("licence", b"xy"))
        .await
        .header("location")
        .to_owned();
    let ask = Ask {
        fields: vec![],
        ..Ask::new("PATCH", &path).piece(0, b"x")
    };
    let answer = kit.ask(&ask).await;
    assert_eq!(answer.json()["component"], "upload-offset");
    let mut moved = kit.sign(&Ask::new("PATCH", &path).piece(0, b"x"));
    moved.headers_mut().insert("upload-offset", "1".parse().unwrap());
    assert_eq!(kit.send(moved).await.problem(), "signature-invalid");
    assert_eq!(
        kit.ask(
            &Ask::new("PATCH", &path)
                .piece(0, b"x")
                .header("upload-offset", "-1")
        )
        .await
        .problem(),
        "header-missing"
    );
}

#[tokio::test]
async fn a_file_that_is_meant_for_another_authority_than_the_key_is_refused_in_both_languages() {
    let mut kit = Kit::new();
    let sha256 = "00".repeat(32);
    let ask = |authority: serde_json::Value, language: &str| {
        Ask::new("POST", "/api/v1/submissions")
            .json(&json!({
                "authority": authority, "kind": "licence", "file_name": "a.csv", "length": 3, "sha256": sha256,
            }))
            .header("accept-language", language)
    };
    let refused = kit.ask(&ask(json!("health-commission"), "en")).await;
    assert_eq!(
        (refused.status.as_u16(), refused.problem().as_str()),
        (403, "authority-mismatch")
    );
    kit.hold("Problem", &refused.json()).await;
    assert_eq!(
        refused.json()["message"],
        "this key is law-bureau's, not health-commission's"
    );
    let refused = kit.ask(&ask(json!("health-commission"), "zh")).await;
    assert_eq!(
        refused.json()["message"],
        "该密钥属于 law-bureau，不属于 health-commission"
    );
    // What is no authority's id, and might be anything, is not said again.
    let refused = kit.ask(&ask(json!("somebody"), "en")).await;
    assert_eq!(refused.problem(), "authority-mismatch");
    assert!(!refused.json().to_string().contains("somebody"));
    let listed = kit.installation.registry.submissions("law-bureau").await;
    assert!(listed.unwrap().is_empty());
    for right in [json!("law-bureau"), json!(null)] {
        assert_eq!(kit.ask(&ask(right, "en")).await.status, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn another_authority_does_not_learn_that_a_submission_is_there() {
    let kit = Kit::new();
    let path = kit.upload("licence", licences_csv(0, 2).as_bytes()).await;
    let other = register(&kit.installation.registry, "health-1", "health-commission", 8);
    let asks = |filed: bool| {
        vec![
            Ask::new("GET", &path),
            Ask::new("PATCH", &path).piece(0, b"x"),
            Ask::new("POST", format!("{path}/file")),
            Ask::new("GET", format!("{path}/rejected.csv")),
            Ask::new("POST", format!("{path}/take-back")),
        ]
        .into_iter()
        .filter(move |ask| !(filed && ask.method == "PATCH"))
    };
    for ask in asks(false) {
        assert_eq!(
            kit.send(kit.sign_as(&other, &ask)).await.problem(),
            "no-such-submission"
        );
    }
    assert_eq!(
        kit.ask(&Ask::new("POST", format!("{path}/file"))).await.status,
        StatusCode::OK
    );
    for ask in asks(true) {
        let answer = kit.send(kit.sign_as(&other, &ask)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (404, "no-such-submission")
        );
    }
    assert_eq!(
        kit.ask(&Ask::new("GET", "/api/v1/submissions/not-an-id"))
            .await
            .problem(),
        "no-such-submission"
    );
}

#[tokio::test]
async fn a_kind_that_the_authority_does_not_file_is_refused_at_once() {
    let mut profile = gansu();
    let law_bureau = profile.authorities.get_mut("law-bureau").unwrap();
    law_bureau.record_kinds.remove(&RecordKind::Decision);
    let installation = Installation::with(Engine::Sqlite, profile);
    let kit = Kit::of(installation, "law-bureau", Options::default());
    let answer = kit.ask(&announce("decision", b"x")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (403, "not-yours")
    );
    assert_eq!(
        kit.ask(&announce("licence", b"x")).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_read_gets_its_fault_and_gets_it_again() {
    let mut kit = Kit::new();
    let path = kit.upload("licence", b"\x00\x01 no table at all").await;
    let first = kit.ask(&Ask::new("POST", format!("{path}/file"))).await;
    assert_eq!(
        (first.status.as_u16(), first.problem().as_str()),
        (422, "file-fault")
    );
    kit.hold("Problem", &first.json()).await;
    let again = kit.ask(&Ask::new("POST", format!("{path}/file"))).await;
    assert_eq!(again.json()["fault"], first.json()["fault"]);
    assert_eq!(again.json()["message"], first.json()["message"]);
    assert_eq!(kit.ask(&Ask::new("GET", &path)).await.json()["state"], "refused");
    let chinese = kit
        .ask(&Ask::new("POST", format!("{path}/file")).header("accept-language", "zh"))
        .await
        .json();
    assert!(!chinese["message"].as_str().unwrap().is_ascii());
}

#[tokio::test]
async fn a_file_other_than_the_announced_one_is_not_filed() {
    let kit = Kit::new();
    let csv = licences_csv(0, 1);
    let path = kit
        .ask(&announce("licence", csv.as_bytes()))
        .await
        .header("location")
        .to_owned();
    let other = csv.replacen("LAW-", "LAX-", 1);
    kit.ask(&Ask::new("PATCH", &path).piece(0, other.as_bytes()))
        .await;
    let answer = kit.ask(&Ask::new("POST", format!("{path}/file"))).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (422, "other-file")
    );
}

#[tokio::test]
async fn a_submission_is_taken_back_once() {
    let mut kit = Kit::new();
    let path = kit.upload("licence", licences_csv(0, 3).as_bytes()).await;
    let take_back = Ask::new("POST", format!("{path}/take-back"));
    assert_eq!(kit.ask(&take_back).await.problem(), "no-such-submission");
    kit.ask(&Ask::new("POST", format!("{path}/file"))).await;
    let done = kit.ask(&take_back).await;
    kit.hold("TakeBack", &done.json()).await;
    assert_eq!(done.json(), json!({"taken_back": 3, "left": []}));
    let again = kit.ask(&take_back).await;
    assert_eq!(
        (again.status.as_u16(), again.problem().as_str()),
        (409, "taken-back")
    );
}

#[tokio::test]
async fn an_authority_that_has_too_much_on_its_way_is_told_so_and_can_finish_it() {
    let mut kit = Kit::new();
    let first = licences_csv(0, 1).into_bytes();
    let path = kit.upload("licence", &first).await;
    let mut open = 1;
    let refused = loop {
        let answer = kit.ask(&announce("licence", &[open])).await;
        if answer.status != StatusCode::CREATED {
            break answer;
        }
        open += 1;
        assert!(open < 100, "somewhere it ends");
    };
    assert_eq!(
        (refused.status.as_u16(), refused.problem().as_str()),
        (429, "too-many-uploads")
    );
    let document = refused.json();
    kit.hold("Problem", &document).await;
    assert_eq!(document["uploads"], open);
    assert_eq!(document["uploads_limit"], open);
    let ask = announce("licence", &[open]).header("accept-language", "zh");
    let chinese = kit.ask(&ask).await.json();
    assert!(!chinese["message"].as_str().unwrap().is_ascii());
    assert!(!chinese["expected"].as_str().unwrap().is_ascii());

    // What is on its way is gone on with.
    let again = kit.ask(&announce("licence", &first)).await;
    assert_eq!(
        (again.status, again.header("location")),
        (StatusCode::CREATED, path.as_str())
    );
    assert_eq!(again.json()["received"], first.len());
    // Another authority has its own measure.
    let other = register(&kit.installation.registry, "health-1", "health-commission", 8);
    let theirs = kit.send(kit.sign_as(&other, &announce("licence", &[open]))).await;
    assert_eq!(theirs.status, StatusCode::CREATED);
    // Filing makes room.
    let filed = kit.ask(&Ask::new("POST", format!("{path}/file"))).await;
    assert_eq!(filed.status, StatusCode::OK);
    let now = kit.ask(&announce("licence", &[open])).await;
    assert_eq!(now.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_file_longer_than_is_taken_is_refused_when_it_is_announced() {
    let mut kit = Kit::new();
    let limit = 4_u64 * 1024 * 1024 * 1024;
    let long = |length: u64| {
        Ask::new("POST", "/api/v1/submissions").json(&json!({
            "kind": "licence",
            "file_name": "file.csv",
            "length": length,
            "sha256": hex::encode([7; 32]),
        }))
    };
    let refused = kit.ask(&long(limit + 1)).await;
    assert_eq!(
        (refused.status.as_u16(), refused.problem().as_str()),
        (413, "file-too-large")
    );
    kit.hold("Problem", &refused.json()).await;
    assert_eq!(refused.json()["limit"], limit);
    assert_eq!(kit.ask(&long(limit)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn two_who_ask_to_file_at_once_get_the_same_answer() {
    let kit = Kit::new();
    let path = kit.upload("licence", licences_csv(0, 2000).as_bytes()).await;
    let ask = Ask::new("POST", format!("{path}/file"));
    let (one, two) = tokio::join!(kit.ask(&ask), kit.ask(&ask));
    let (one, two) = (one.json(), two.json());
    assert_eq!(one["accepted"], 2000);
    assert_eq!(one["rows"], two["rows"]);
    assert_eq!(one["receipt"]["statement"], two["receipt"]["statement"]);
}
