//! docs/state-machines shows what the code does. With `STANDING_WRITE_DOCS=1` this writes the pages anew.
#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::{env, fs, path::PathBuf};

use model::procedure::{ProcedureKind, diagram};

/// The page of a kind.
fn page(kind: ProcedureKind) -> String {
    let (title, about) = match kind {
        ProcedureKind::Dispute => (
            "Dispute (异议)",
            "A person says that a version of a record, or one field of it, is wrong. While it is open or overdue the \
             record shows as disputed;\nwhile it is overdue the record is not disclosed.",
        ),
        ProcedureKind::Reconsideration => (
            "Reconsideration (复核)",
            "A reviewer who had no part in it looks again at the outcome of a dispute, or at a look. What is changed, \
             or decided by a body\noutside, is carried out by a day; until then the record shows as disputed, and \
             after that day it is not disclosed.",
        ),
        ProcedureKind::Restoration => (
            "Restoration (修复)",
            "A decision no longer counts. An authority that does not say in time whether it takes the application \
             has taken it. Granted, every\nbody that was given the record confirms that it stopped using it; one that has not \
             in time is reminded, and the reviewers are told.",
        ),
        ProcedureKind::Complaint => (
            "Complaint (投诉)",
            "A person says that data about them was handled wrongly. A reviewer finds it founded, with measures, or \
             not.",
        ),
    };
    format!(
        "# {title}\n\n{about}\n\n```mermaid\n{}```\n\n\
         Generated from the table in `crates/model/src/procedure` by `STANDING_WRITE_DOCS=1 cargo test -p model --test \
         state_machines`.\n",
        diagram(kind)
    )
}

#[test]
fn the_diagrams_in_the_documentation_are_those_of_the_code() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/state-machines");
    let write = env::var_os("STANDING_WRITE_DOCS").is_some_and(|value| value == "1");
    for kind in ProcedureKind::ALL {
        let path = folder.join(format!("{kind}.md"));
        let page = page(*kind);
        if write {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, page).unwrap();
            continue;
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == page,
            "docs/state-machines/{kind}.md is not what the code does; write it anew with STANDING_WRITE_DOCS=1"
        );
    }
}
