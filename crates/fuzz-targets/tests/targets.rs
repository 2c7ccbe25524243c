//! Every target holds its promises for its seeds, and for every input that once broke one.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use fuzz_targets::TARGETS;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The names of what is in a folder; none where there is no folder.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn hold(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    for seed in (target.seeds)() {
        (target.run)(&seed);
    }
    (target.run)(b"");
    let cases = fuzz().join("cases").join(name);
    for case in names(&cases) {
        (target.run)(&fs::read(cases.join(case)).unwrap());
    }
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(#[test] fn $name() { hold(stringify!($name)); })*

        #[test]
        fn every_target_is_tested_here() {
            assert_eq!(TARGETS.iter().map(|target| target.name).collect::<Vec<_>>(), [$(stringify!($name)),*]);
        }
    };
}

targets! {
    alert_messages
    api_bodies
    codes
    credential_claims
    credentials
    erasure_lines
    identity_numbers
    intake_csv
    intake_json_lines
    intake_sheets
    intake_workbooks
    log_notes
    log_receipts
    log_tiles
    papers
    procedure_files
    profiles
    sealed_data
    signed_requests
    status_lists
    trust_files
}

#[test]
fn every_target_has_its_binary_and_every_case_its_target() {
    let all: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    let files: BTreeSet<String> = all.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(names(&fuzz().join("fuzz_targets")), files);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for name in &all {
        let source = fs::read_to_string(fuzz().join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(
            source.contains(&format!("fuzz_targets::{name}::TARGET")),
            "{name}.rs runs its own target"
        );
        assert!(
            manifest.contains(&format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"")),
            "{name}"
        );
    }
    let cases = names(&fuzz().join("cases"));
    assert!(
        cases.is_subset(&all),
        "cases of no target: {:?}",
        cases.difference(&all).collect::<Vec<_>>()
    );
}
