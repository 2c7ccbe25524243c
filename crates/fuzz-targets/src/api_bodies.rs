//! JSON bodies of the interface for machines, signed here by a body's member of staff or by a reviewer and sent to a
//! whole installation: every answer is of its form, none is a failure of the program, and none repeats what was in the
//! body.

use model::{ProcedureId, RecordKind, procedure::Speaker};
use registry::{AuthorityKey, EventKind, OpenDispute, ReviewerKey};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use testkit::{licences_csv, made_up, name_staff, wait};

use crate::{
    Target, choices,
    interface::{Interface, Signer},
    seed,
};

/// See [`crate::api_bodies`].
pub const TARGET: Target = Target {
    name: "api_bodies",
    run,
    seeds,
    words: &[
        "{\"",
        "\":\"",
        "\",\"",
        "\"}",
        "\"purpose\"",
        "\"profession\"",
        "\"id_number\"",
        "\"name\"",
        "\"kind\"",
        "\"file_name\"",
        "\"length\"",
        "\"sha256\"",
        "\"case_reference\"",
        "\"reason\"",
        "\"consent\"",
        "\"fields\"",
        "\"until\"",
        "\"keep_answer_days\"",
        "\"answer\"",
        "\"reasons\"",
        "\"row\"",
        "\"order\"",
        "\"breach\"",
        "licence",
        "lawyer",
        "uphold",
        "correct",
        "withdraw",
        "take",
        "grant",
        "founded",
        "2026-12-31",
        "[]",
        "{}",
        "null",
        "\\ud800",
        "18446744073709551615",
    ],
};

const STAFF: &str = "law-bureau-1";
const REVIEWER: &str = "reviewer-key-1";

/// Who posts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Staff,
    Reviewer,
}

/// What is posted to, and read as JSON. `P` stands for a dispute that waits, `0` for what there is none of. The places
/// are those that the first byte of a case names.
const PATHS: [(&str, Who); 19] = [
    ("/api/v1/inquiries", Who::Staff),
    ("/api/v1/submissions", Who::Staff),
    ("/api/v1/consents", Who::Staff),
    ("/api/v1/procedures/P/dispute-answer", Who::Staff),
    ("/api/v1/procedures/P/restoration-answer", Who::Staff),
    ("/api/v1/procedures/P/carry-out", Who::Staff),
    ("/api/v1/review/looks/0/close", Who::Reviewer),
    ("/api/v1/review/looks/0/wait", Who::Reviewer),
    ("/api/v1/review/stops/lift", Who::Reviewer),
    ("/api/v1/review/procedures/P/assign", Who::Reviewer),
    (
        "/api/v1/review/procedures/P/reconsideration-answer",
        Who::Reviewer,
    ),
    ("/api/v1/review/procedures/P/outside-decision", Who::Reviewer),
    ("/api/v1/review/procedures/P/complaint-answer", Who::Reviewer),
    ("/api/v1/review/reentries", Who::Reviewer),
    ("/api/v1/review/mandates", Who::Reviewer),
    ("/api/v1/review/mandates/0/end", Who::Reviewer),
    ("/api/v1/staff", Who::Staff),
    ("/api/v1/staff/end", Who::Staff),
    ("/api/v1/staff/lead", Who::Staff),
];

/// An installation with some people in it and a dispute, a clerk's key, and a reviewer's.
struct Kit {
    interface: Interface,
    staff: Ed25519KeyPair,
    reviewer: Ed25519KeyPair,
    dispute: ProcedureId,
}

fn public(key: &Ed25519KeyPair) -> [u8; 32] {
    key.public_key().as_ref().try_into().unwrap()
}

impl Kit {
    fn new() -> Self {
        let interface = Interface::new();
        let here = &interface.installation;
        let pair = |seed| Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let (staff, reviewer) = (pair(7), pair(8));
        let row = AuthorityKey {
            key_id: STAFF.into(),
            authority: "law-bureau".into(),
            public_key: public(&staff),
        };
        here.registry.add_authority_key(row).unwrap();
        name_staff(&here.registry, "law-bureau", STAFF);
        here.registry.add_reviewer("reviewer-1", "测试员", None).unwrap();
        let row = ReviewerKey {
            key_id: REVIEWER.into(),
            reviewer: "reviewer-1".into(),
            public_key: public(&reviewer),
        };
        here.registry.add_reviewer_key(row).unwrap();
        let filed = here.submit("law-bureau", RecordKind::Licence, "x.csv", licences_csv(0, 3));
        filed.expect("the made-up licences are filed");
        let dispute = wait(async {
            let person = made_up(1);
            let registry = &here.registry;
            let person = registry.find_person(&person.number, &person.name).await;
            let person = person.unwrap().unwrap();
            let file = registry.person_file(person, EventKind::OwnLook).await.unwrap();
            let opened = OpenDispute {
                by: Speaker::Person,
                record: file.records[0].record,
                field: None,
                text: "made up".into(),
                files: Vec::new(),
            };
            registry.open_dispute(person, opened).await.unwrap()
        });
        Self {
            interface,
            staff,
            reviewer,
            dispute,
        }
    }
}

fn run(bytes: &[u8]) {
    thread_local! {
        static KIT: Kit = Kit::new();
    }
    let ([which], body) = choices(bytes);
    let (path, who) = PATHS[usize::from(which) % PATHS.len()];
    KIT.with(|kit| {
        let (key_id, key) = match who {
            Who::Staff => (STAFF, &kit.staff),
            Who::Reviewer => (REVIEWER, &kit.reviewer),
        };
        let path = path
            .replace("/P/", &format!("/{}/", kit.dispute))
            .replace("/0/", &format!("/{}/", "0".repeat(32)));
        kit.interface.post(Signer { key_id, key }, &path, body);
    });
}

fn seeds() -> Vec<Vec<u8>> {
    let person = made_up(1);
    let named = |more: Value| {
        let mut body = json!({"id_number": person.number, "name": person.name});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let inquiry = named(json!({
        "purpose": "licensing-renewal",
        "profession": "lawyer",
        "case_reference": "CASE-1",
        "reason": "made-up reason",
    }));
    let mut several = inquiry.clone();
    several["id_number"] = json!([person.number]);
    let none = "0".repeat(32);
    let bodies = [
        (0, inquiry),
        (0, several),
        (
            1,
            json!({"kind": "licence", "file_name": "file.csv", "length": 7, "sha256": "0a".repeat(32)}),
        ),
        (
            2,
            named(json!({
                "purpose": "employment-check",
                "profession": "lawyer",
                "fields": {"licence": ["name", "licence_number"]},
                "until": "2026-12-31",
                "keep_answer_days": 30,
            })),
        ),
        (
            3,
            json!({"answer": "correct", "reasons": "made up", "row": {"name": "x", "hours": 1}}),
        ),
        (3, json!({"answer": "uphold", "reasons": " "})),
        (4, json!({"answer": "not-take", "reasons": "made up"})),
        (5, json!({"order": "withdraw"})),
        (6, json!({"verdict": "improper", "reasons": "made up"})),
        (7, json!({"days": 3, "reasons": "made up"})),
        (
            8,
            json!({"body": "law-bureau", "staff": STAFF, "reasons": "made up"}),
        ),
        (9, json!({"reviewer": "reviewer-1"})),
        (10, json!({"order": "correct", "reasons": "made up"})),
        (
            11,
            json!({"court": "high-court", "reference": "1", "decided_on": "2026-11-20", "order": "withdraw"}),
        ),
        (
            12,
            json!({"finding": "founded", "reasons": "x", "measures": "y", "breach": [named(json!({}))]}),
        ),
        (13, named(json!({"record": none}))),
        (
            14,
            named(json!({
                "representative_id_number": made_up(2).number,
                "scope": ["records", "procedures"],
                "from": "2026-11-23",
                "until": "2026-12-31",
            })),
        ),
        (15, named(json!({}))),
    ];
    bodies
        .into_iter()
        .map(|(which, body)| seed(&[which], body.to_string()))
        .collect()
}
