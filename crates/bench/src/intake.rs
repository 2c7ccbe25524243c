//! Intake: the whole path of a file, against plain SQLite taking the same bytes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    Fault, Plan,
    child::{self, Report, Task},
    measure::median,
    people, say,
    table::{Line, Need, Table},
};

/// The databases that later measurements use.
pub(crate) struct Loaded {
    /// The large one.
    pub(crate) large: PathBuf,
    /// The small one, with a tenth of the records, at most 100,000.
    pub(crate) small: PathBuf,
}

struct Files {
    large: PathBuf,
    small: PathBuf,
    added: PathBuf,
}

fn files(plan: &Plan) -> Result<Files, Fault> {
    let at = |name: &str| plan.folder.join(name);
    let files = Files {
        large: at("large.csv"),
        small: at("small.csv"),
        added: at("added.csv"),
    };
    people::write(&files.large, 0..plan.rows)?;
    people::write(&files.small, 0..plan.small())?;
    people::write(&files.added, people::ADDED..people::ADDED + plan.small())?;
    Ok(files)
}

fn loaded(plan: &Plan) -> Loaded {
    Loaded {
        large: plan.folder.join("large"),
        small: plan.folder.join("small"),
    }
}

/// Loads both databases without measuring.
pub(crate) fn load(plan: &Plan) -> Result<Loaded, Fault> {
    say("loading");
    let (files, loaded) = (files(plan)?, loaded(plan));
    child::start(Task::Submit, &loaded.large, &files.large)?;
    child::start(Task::Submit, &loaded.small, &files.small)?;
    Ok(loaded)
}

/// Measures. The databases of the last round stay.
pub(crate) fn measure(plan: &Plan, table: &mut Table) -> Result<Loaded, Fault> {
    let (files, loaded) = (files(plan)?, loaded(plan));
    let (plain, base) = (plan.folder.join("plain"), plan.folder.join("base"));
    let rate = |report: &Report| report.rows as f64 / report.seconds;
    let (mut limits, mut large, mut small) = (Vec::new(), Vec::new(), Vec::new());
    let (mut onto_large, mut onto_small) = (Vec::new(), Vec::new());
    let mut peak_kib = 0;
    for round in 1..=plan.rounds {
        say(&format!("intake, round {round} of {}", plan.rounds));
        for folder in [&plain, &loaded.large, &loaded.small, &base] {
            remove(folder)?;
        }
        limits.push(rate(&child::start(Task::Plain, &plain, &files.large)?));
        remove(&plain)?;
        let whole = child::start(Task::Submit, &loaded.large, &files.large)?;
        peak_kib = peak_kib.max(whole.peak_kib);
        large.push(rate(&whole));
        for folder in [&loaded.small, &base] {
            small.push(rate(&child::start(Task::Submit, folder, &files.small)?));
        }
        onto_small.push(rate(&child::start(Task::Submit, &base, &files.added)?));
        onto_large.push(rate(&child::start(Task::Submit, &loaded.large, &files.added)?));
    }
    let rows = plan.rows;
    table.push(Line {
        path: format!("intake: CSV of {rows} rows, the whole path"),
        limit: Some((
            median(limits),
            "plain SQLite, the same bytes, two indexes, one transaction",
        )),
        value: median(large.clone()),
        unit: "rows/s",
        need: Need::Share(0.5),
    });
    table.push(Line {
        path: format!("intake: CSV of {rows} rows"),
        limit: Some((median(small), "a CSV of a tenth of the rows, at most 100,000")),
        value: median(large),
        unit: "rows/s",
        need: Need::Share(0.8),
    });
    table.push(Line {
        path: "intake: most memory that the process held".into(),
        limit: None,
        value: peak_kib as f64 / 1024.0,
        unit: "MiB",
        need: Need::Below(200.0),
    });
    table.push(Line {
        path: format!("intake: {} rows onto {rows} records", plan.small()),
        limit: Some((
            median(onto_small),
            "the same rows onto a tenth of the records, at most 100,000",
        )),
        value: median(onto_large),
        unit: "rows/s",
        need: Need::Nothing,
    });
    Ok(loaded)
}

fn remove(folder: &Path) -> Result<(), Fault> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
