//! Every shared batch gives the answers written beside it, to the letter. What the registry knows (licences,
//! documents that came before) is kept in two simple maps here.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail like the tests themselves"
)]

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs::File,
    path::{Path, PathBuf},
};

use intake::{Checker, Intake, OpenOptions};
use jiff::civil::date;
use model::RecordKind;
use profile::Profile;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What the registry would know.
#[derive(Default)]
struct Known {
    /// Numbers of licences with their holders.
    licences: HashSet<(String, String)>,
    /// Documents with their content.
    documents: HashMap<String, Vec<u8>>,
}

fn kind_of(name: &str) -> RecordKind {
    match name.split('-').next() {
        Some("licences") => RecordKind::Licence,
        Some("decisions") => RecordKind::Decision,
        Some("training") => RecordKind::Training,
        other => panic!("no kind of record is called {other:?}"),
    }
}

type Answers = Vec<(u64, &'static str, Option<&'static str>)>;

/// Row, outcome and code for every row of the file.
fn submit(profile: &Profile, path: &Path, known: &mut Known) -> Answers {
    let name = path.file_name().unwrap().to_str().unwrap();
    let kind = kind_of(name);
    let authority = name.split_once('-').unwrap().1.rsplit_once('.').unwrap().0;
    let checker = Checker::new(profile, kind, authority, date(2026, 11, 23)).unwrap();
    let schema = jsonschema::validator_for(&profile.json_schema(kind).unwrap()).unwrap();
    let options = OpenOptions {
        name: name.to_owned(),
        ..OpenOptions::default()
    };
    let mut answers = Answers::new();
    for row in Intake::open(File::open(path).unwrap(), &options, &checker).unwrap() {
        let row = match row {
            Ok(row) => row,
            Err(rejected) => {
                answers.push((rejected.number, "rejected", Some(rejected.fault.code.as_str())));
                continue;
            }
        };
        let content: Value = serde_json::from_slice(&row.content).unwrap();
        assert!(
            schema.is_valid(&content),
            "{name}, row {}: not as the JSON Schema says",
            row.number
        );
        let holder = row
            .licence_number
            .clone()
            .map(|number| (number, row.identity.canonical.clone()));
        let answer = match (kind, &holder) {
            (RecordKind::Decision, Some(holder)) if !known.licences.contains(holder) => {
                (row.number, "rejected", Some("licence-unknown"))
            }
            _ => match known.documents.get(&row.document) {
                Some(content) if *content == row.content => (row.number, "unchanged", None),
                Some(_) => (row.number, "rejected", Some("document-conflict")),
                None => {
                    known.documents.insert(row.document, row.content);
                    if kind == RecordKind::Licence {
                        known.licences.extend(holder);
                    }
                    (row.number, "accepted", None)
                }
            },
        };
        answers.push(answer);
    }
    answers
}

/// Row, outcome and code as they should be.
fn expected(path: &Path) -> Vec<(u64, String, Option<String>)> {
    let text = std::fs::read_to_string(path).unwrap();
    let answer = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        (
            value["row"].as_u64().unwrap(),
            value["outcome"].as_str().unwrap().to_owned(),
            value["fault"].as_str().map(str::to_owned),
        )
    };
    text.lines().map(answer).collect()
}

#[test]
fn every_shared_batch_gets_its_expected_answers_and_none_is_accepted_twice() {
    let profile = Profile::load(&root().join("profiles/gansu")).unwrap();
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join("fixtures/batches"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.to_str().unwrap().ends_with(".expected.jsonl"))
        .collect();
    // Licences before the decisions that speak of them.
    files.sort_by_key(|path| {
        let name = path.file_name().unwrap().to_owned();
        (kind_of(name.to_str().unwrap()), name)
    });
    assert_eq!(files.len(), 19);
    let mut known = Known::default();
    let mut totals: BTreeMap<&str, u32> = BTreeMap::new();
    for path in &files {
        let answers = submit(&profile, path, &mut known);
        for (row, outcome, fault) in &answers {
            *totals.entry(outcome).or_default() += 1;
            assert!(*row > 0 && (fault.is_some() == (*outcome == "rejected")));
        }
        let answers: Vec<_> = answers
            .into_iter()
            .map(|(row, outcome, fault)| (row, outcome.to_owned(), fault.map(str::to_owned)))
            .collect();
        let beside = PathBuf::from(format!("{}.expected.jsonl", path.display()));
        for (ours, theirs) in answers.iter().zip(&expected(&beside)) {
            assert_eq!(ours, theirs, "{}", path.file_name().unwrap().display());
        }
        assert_eq!(answers.len(), expected(&beside).len());
    }
    assert_eq!(
        totals,
        BTreeMap::from([("accepted", 717), ("rejected", 175), ("unchanged", 18)])
    );
    for path in &files {
        for (_, outcome, _) in submit(&profile, path, &mut known) {
            assert_ne!(outcome, "accepted", "sending again is harmless");
        }
    }
}
