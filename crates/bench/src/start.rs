//! The start of a process on a large database: profile, store, keys, and the proof of the log's edge.

use crate::{
    Fault, Plan,
    child::{self, Task},
    intake::Loaded,
    measure::median,
    table::{Line, Need, Table},
};

pub(crate) fn measure(plan: &Plan, loaded: &Loaded, table: &mut Table) -> Result<(), Fault> {
    let mut seconds = Vec::new();
    for _ in 0..plan.rounds * 4 {
        // The file is not read.
        seconds.push(child::start(Task::Open, &loaded.large, &loaded.large)?.seconds);
    }
    table.push(Line {
        path: format!("start of a process with {} records", plan.rows),
        limit: None,
        value: median(seconds),
        unit: "s",
        need: Need::Below(2.0),
    });
    Ok(())
}
