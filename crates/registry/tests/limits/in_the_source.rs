//! Limits that the source itself has to keep: what fields are called, and what operations there are.

use std::{collections::BTreeSet, fs, path::PathBuf};

/// Words by which a score, a grade or a label of a person might go.
const LABELS: &[&str] = &[
    "score",
    "scores",
    "scoring",
    "grade",
    "rank",
    "ranking",
    "rating",
    "rated",
    "tier",
    "colour",
    "color",
    "points",
    "stars",
    "credit",
    "label",
    "risk",
    "trustworthy",
    "untrustworthy",
    "blacklist",
    "redlist",
    "blacklisted",
    "standing_of",
    "category_of_person",
    "percentile",
    "index_of",
];

pub(crate) fn names_a_label(name: &str) -> bool {
    LABELS.contains(&name) || name.split(['_', '-']).any(|word| LABELS.contains(&word))
}

/// The Rust sources of this crate.
fn sources() -> Vec<(PathBuf, String)> {
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(found.len() > 20);
    found
}

/// The signature of every public operation of the registry: from its name to before its body.
fn operations() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (_, text) in sources() {
        for block in text.split("\nimpl Registry {").skip(1) {
            let block = block.split("\n}\n").next().unwrap();
            for part in block.split("\n    pub ").skip(1) {
                let part = part.strip_prefix("async ").unwrap_or(part);
                let Some(rest) = part.strip_prefix("fn ") else {
                    continue;
                };
                let signature = rest
                    .split('{')
                    .next()
                    .unwrap()
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ");
                let name = signature.split(['(', '<']).next().unwrap().to_owned();
                found.push((name, signature));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn limit_1_no_column_and_no_public_field_is_named_like_a_label() {
    for (table, column, _) in storage::columns::COLUMNS {
        assert!(
            !names_a_label(column) && !names_a_label(table),
            "{table}.{column}"
        );
    }
    let mut checked = 0;
    for (path, text) in sources() {
        for line in text
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("pub "))
        {
            let name = line.split([':', ' ', '(']).next().unwrap();
            assert!(!names_a_label(name), "{name} in {}", path.display());
            checked += 1;
        }
    }
    assert!(checked > 100, "{checked} fields and items");
    assert!(names_a_label("risk_of_person") && !names_a_label("licence_number"));
}

/// What each public operation reaches. One that is not here has to be thought about first.
const REACH: &[(&str, &[&str])] = &[
    (
        "one person, who is named",
        &[
            "person_file",
            "person_file_under",
            "version_receipt",
            "event_receipt",
            "notices",
            "unread_notices",
            "mark_read",
            "certificates",
            "issue_certificate",
            "revoke_certificate",
            "alerts_about",
            "look_detail",
            "looks_under",
            "consents_of",
            "decide_consent",
            "pause_consent",
            "resume_consent",
            "revoke_consent",
            "end_mandate",
            "mandates_of",
            "named_records",
            "open_dispute",
            "add_statement",
            "take_back_procedure",
            "open_reconsideration",
            "apply_restoration",
            "open_complaint",
            "procedures_of",
            "certify_reentry",
            "breach_told_to",
            "set_email",
            "email_of",
            "ask_email",
            "confirm_email",
            "remove_email",
            "give_publication",
            "withdraw_publication",
            "make_pledge",
            "end_pledge",
            "issue_certificate_with",
        ],
    ),
    (
        "one procedure, which the person opened, by those whose turn it is or whom it concerns",
        &[
            "answer_dispute",
            "answer_reconsideration",
            "record_outside_decision",
            "record_outside_decision_about",
            "follow_order",
            "put_down_improper",
            "answer_restoration",
            "confirm_stopped_use",
            "assign_procedure",
            "answer_complaint",
            "read_procedure",
            "read_procedure_record",
            "procedure_file",
        ],
    ),
    (
        "what waits for a body or for the reviewers, the first due first, without whom it is about",
        &[
            "desk_procedures",
            "reviewer_procedures",
            "report_breach",
            "breach_reports",
            "overdue",
            "overdue_for",
            "body_notices",
            "reviewer_notices",
            "mark_body_notice_read",
        ],
    ),
    (
        "addresses of those to whom a letter is due, at the moment of sending",
        &["lease_mail", "mail_sent", "mail_failed"],
    ),
    ("two people, both of whom are named", &["register_mandate"]),
    (
        "those who have put themselves into one person's hands",
        &["acting_for"],
    ),
    (
        "one person, whose number and name the asker knows",
        &["find_person", "inquire", "ask_consent", "propose_commendation"],
    ),
    (
        "one person, whom a receipt or a message of a peer speaks of",
        &["prove_erased", "receive_alert"],
    ),
    (
        "a peer's alerts here and the alerts from here that it was told of, by their identifiers, without whom they are about",
        &["receive_put_back"],
    ),
    (
        "an authority's open alerts in the professions that it licenses: without whom they are about, and one at a time",
        &["alerts_for", "open_alert"],
    ),
    (
        "an authority's own alerts, and those in its inbox that were closed: without whom they are about",
        &["alerts_from", "closed_alerts_for"],
    ),
    (
        "an authority's proposals that wait: without whom they are about, and one at a time; an association's own",
        &[
            "proposals_for",
            "open_proposal",
            "take_up_proposal",
            "decline_proposal",
            "proposals_of",
        ],
    ),
    (
        "commendations that their people want everybody to see, page by page in the order of their yeses",
        &["published_commendations"],
    ),
    (
        "an authority's own submissions",
        &[
            "submit",
            "announce",
            "upload",
            "append",
            "finish_upload",
            "submissions",
            "submission",
            "submission_rows",
            "submission_page",
            "rejected_csv",
            "submission_receipt",
            "take_back",
        ],
    ),
    (
        "a body's own looks and requests",
        &["looks_of", "look_receipt", "asked_consents"],
    ),
    (
        "bodies, their staff and the reviewers, and looks without whom they were at",
        &[
            "add_staff",
            "stop_staff",
            "add_colleague",
            "end_colleague",
            "set_lead",
            "staff",
            "staff_member",
            "reviews",
            "steps_of",
            "stops",
            "without_own_number",
            "add_reviewer",
            "add_reviewer_with_key",
            "stop_reviewer",
            "reviewers",
            "add_reviewer_key",
            "reviewer_key",
            "staff_of_key",
            "review_queue",
            "review_queue_for",
            "review_case",
            "close_review",
            "close_step",
            "lift_stop",
            "check_mandate",
            "renew_wait",
            "improper_looks",
        ],
    ),
    (
        "the installation, its log and its lists of bits",
        &[
            "open",
            "profile",
            "keys",
            "public_url",
            "now",
            "today",
            "time_zone",
            "issuer",
            "trust",
            "status_list_uri",
            "status_list",
            "status_lists",
            "integrate",
            "log_summary",
            "log_tile",
            "do_what_is_due",
            "erased_again",
            "withdrawn_again",
            "deliver_alerts",
            "note_put_back",
            "peer_key",
            "add_peer",
            "peers",
            "late_peers",
            "late_authorities",
            "end_peer",
            "peer_of_key",
            "add_authority_key",
            "retire_authority_key",
            "authority_key",
            "add_auditor_key",
            "end_auditor_key",
            "auditor_key",
            "auditors",
            "first_time",
        ],
    ),
];

#[test]
fn limit_2_no_operation_lists_people_or_searches_them_by_their_records() {
    let operations = operations();
    let listed: BTreeSet<&str> = REACH
        .iter()
        .flat_map(|(_, names)| names.iter().copied())
        .collect();
    let found: BTreeSet<&str> = operations.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(found, listed, "an operation came or went: does it list people?");
    for (name, signature) in &operations {
        let (takes, gives) = signature.split_once(" -> ").unwrap_or((signature, ""));
        // Nobody's identifier comes out, but for the one whose number and name went in.
        let gives_people = ["PersonId", "Identity", "PersonFile"]
            .iter()
            .any(|people| gives.contains(people));
        assert!(
            !gives_people || ["find_person", "person_file", "person_file_under"].contains(&name.as_str()),
            "{signature}"
        );
        assert!(
            !gives.contains("Vec<PersonId") && !gives.contains("Vec<PersonFile"),
            "{signature}"
        );
        // Many people cannot go in either.
        assert!(
            !takes.contains("[PersonId]") && !takes.contains("Vec<"),
            "{signature}"
        );
        let people = &REACH[0];
        assert!(
            !people.1.contains(&name.as_str()) || takes.matches("PersonId").count() == 1,
            "{signature}"
        );
    }
    // The store is never asked for anything by kind, penalty or profession, but of one person.
    for (path, text) in sources() {
        // What takes something is gone through in one place, from which nobody comes out.
        let goes_through = text.contains("effect IS NOT NULL");
        assert!(
            !goes_through || path.ends_with("alert/reach.rs"),
            "{}",
            path.display()
        );
        assert!(!goes_through || !text.contains("    pub fn ") && !text.contains("    pub async fn "));
        for filter in [
            "kind = $",
            "kind = '",
            "kind IN",
            "profession = $",
            "profession = '",
            "change = $",
        ] {
            for (at, _) in text.match_indices(filter) {
                let statement = text[..at].rsplit('"').next().unwrap();
                assert!(
                    statement.contains("WHERE person = $1 AND"),
                    "{filter} in {}",
                    path.display()
                );
            }
        }
    }
}
