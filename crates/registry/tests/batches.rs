//! Every shared batch gives its expected answers, to the letter, on both engines.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::{fs, path::PathBuf};

use model::RecordKind;
use registry::RowOutcome;
use testkit::{Engine, Installation};

fn batches() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/batches")
}

fn give_their_answers(engine: Engine) {
    let here = Installation::new(engine, "gansu");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut checked = 0;
    for prefix in ["licences", "decisions", "training"] {
        let mut names: Vec<String> = fs::read_dir(batches())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with(prefix) && !name.ends_with(".expected.jsonl"))
            .collect();
        names.sort();
        for name in names {
            let (kind, rest) = name.split_once('-').unwrap();
            let kind = match kind {
                "licences" => RecordKind::Licence,
                "decisions" => RecordKind::Decision,
                _ => RecordKind::Training,
            };
            let authority = rest.split_once('.').unwrap().0;
            let done = here
                .submit(authority, kind, &name, fs::read(batches().join(&name)).unwrap())
                .unwrap();
            let mut rows = Vec::new();
            let mut from = 1;
            while let Some(part) = runtime
                .block_on(here.registry.submission_rows(authority, done.submission, from))
                .unwrap()
            {
                from = part.last().unwrap().row + 1;
                rows.extend(part);
            }
            let expected = fs::read_to_string(batches().join(format!("{name}.expected.jsonl"))).unwrap();
            let expected: Vec<serde_json::Value> = expected
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            assert_eq!(rows.len(), expected.len(), "{name}");
            for (row, expected) in rows.iter().zip(&expected) {
                let outcome = match row.outcome {
                    RowOutcome::Accepted => "accepted",
                    RowOutcome::Unchanged => "unchanged",
                    RowOutcome::Rejected => "rejected",
                };
                let fault = row.fault.as_ref().map(|fault| fault.code.as_str());
                let found = (row.row, outcome, fault);
                let expected = (
                    expected["row"].as_u64().unwrap(),
                    expected["outcome"].as_str().unwrap(),
                    expected["fault"].as_str(),
                );
                assert_eq!(found, expected, "{name}");
                checked += 1;
            }
            let total = done.counts.accepted + done.counts.unchanged + done.counts.rejected;
            assert_eq!(total, rows.len() as u64, "{name}");
        }
    }
    assert!(checked > 900, "{checked} rows");
}

#[test]
fn every_batch_gives_its_expected_answers_on_sqlite() {
    give_their_answers(Engine::Sqlite);
}

#[test]
fn every_batch_gives_its_expected_answers_on_postgres() {
    give_their_answers(Engine::Postgres);
}
