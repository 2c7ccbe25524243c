//! Loads a profile from its directory and checks it whole.

use crate::text::Said;
mod associations;
mod bases;
mod by_day;
mod calendar;
mod document;
mod general;
mod node;
mod notices;
mod oversight;
mod periods;
mod pledges;
mod procedures;
mod purposes;
mod record_types;
mod table;
mod who;

use std::{collections::BTreeSet, path::Path};

use model::RecordKind;

use self::{
    document::{Faults, Source},
    node::is_id,
    table::Table,
};
use crate::{Profile, ProfileFault, calendar::CALENDAR_FILE};

/// The file of each record type.
const RECORD_TYPES: [(RecordKind, &str); 4] = [
    (RecordKind::Licence, "record-types/licence.toml"),
    (RecordKind::Decision, "record-types/decision.toml"),
    (RecordKind::Training, "record-types/training.toml"),
    (RecordKind::Commendation, "record-types/commendation.toml"),
];

/// The other files.
const FILES: [&str; 14] = [
    "profile.toml",
    "authorities.toml",
    "professions.toml",
    "bases.toml",
    "periods.toml",
    "purposes.toml",
    "procedures.toml",
    CALENDAR_FILE,
    "inquirers.toml",
    "courts.toml",
    "pledges.toml",
    "oversight.toml",
    "notices.toml",
    "associations.toml",
];

/// The ids that the profile defines, so that a reference can be checked before its target is read.
struct Known {
    authorities: BTreeSet<String>,
    inquirers: BTreeSet<String>,
    /// The authorities and the inquirers.
    askers: BTreeSet<String>,
    professions: BTreeSet<String>,
    bases: BTreeSet<String>,
}

impl Profile {
    /// Loads the profile in the directory `dir` and checks it.
    ///
    /// # Errors
    /// Every fault found, in the order of files and lines. A file that can't be read is one, too.
    pub fn load(dir: &Path) -> Result<Self, Vec<ProfileFault>> {
        let faults = Faults::default();
        let mut profile = load(dir, &faults);
        if let Some(profile) = &mut profile {
            profile.cited = faults.take_cited();
            profile.bounds = faults.take_bounds();
        }
        let faults = faults.into_sorted();
        match profile {
            Some(profile) if faults.is_empty() => Ok(profile),
            _ => Err(faults),
        }
    }
}

fn load(dir: &Path, faults: &Faults) -> Option<Profile> {
    unknown_files(dir, faults);
    let sources = FILES.map(|file| Source::read(dir, file, faults));
    let parsed = sources.each_ref().map(Source::parse);
    let tables = std::array::from_fn(|at| Table::top(&sources[at], &parsed[at]));
    let type_sources = RECORD_TYPES.map(|(kind, file)| (kind, Source::read(dir, file, faults)));
    let types_parsed = type_sources.each_ref().map(|(_, source)| source.parse());
    let types: Vec<_> = type_sources
        .iter()
        .zip(&types_parsed)
        .map(|((kind, source), top)| (*kind, Table::top(source, top)))
        .collect();
    read(tables, types)
}

/// The profile that the tables of its files make.
fn read(tables: [Table<'_>; FILES.len()], types: Vec<(RecordKind, Table<'_>)>) -> Option<Profile> {
    let [
        general,
        authorities,
        professions,
        bases,
        periods,
        purposes,
        procedures,
        calendar,
        inquirers,
        courts,
        pledges,
        oversight,
        notices,
        associations,
    ] = tables;
    let known = Known::new(&authorities, &inquirers, &professions, &bases);
    let court_ids = some_ids(&courts);
    ids(&pledges);
    ids(&associations);
    let general = general::read(general);
    let authorities = who::authorities(&authorities, &known);
    let inquirers = who::inquirers(&inquirers, &known);
    let courts = who::courts(&courts, &known);
    let professions = who::professions(&professions, &known, &authorities);
    let bases = bases::read(&bases, &known);
    let has_birth_date = general
        .as_ref()
        .is_none_or(|general| general.identity.birth_date.is_some());
    let record_types = record_types::read(types, has_birth_date);
    let periods = periods::read(periods, &record_types);
    // A purpose's ceiling is below the one of all.
    let oversight = oversight::read(oversight);
    let context = purposes::Context {
        staff_ceiling: oversight.as_ref().and_then(oversight::highest_ceiling),
        authorities: &authorities,
        bases: &bases,
        record_types: &record_types,
    };
    let purposes = purposes::read(&purposes, &known, &context);
    let kept = periods
        .as_ref()
        .and_then(|(_, retention)| retention.get(&RecordKind::Decision));
    let procedures = procedures::read(procedures, kept);
    let calendar = calendar::read(calendar);
    let associations = associations::read(&associations, &known, &court_ids, &authorities);
    let pledges = pledges::read(&pledges, &known);
    let notices = notices::read(notices);

    let general = general?;
    let (disclosure, retention) = periods?;
    Some(Profile {
        id: general.id,
        name: general.name,
        languages: general.languages,
        utc_offset_hours: general.utc_offset_hours,
        identity: general.identity,
        minimum_age: general.minimum_age,
        take_back_hours: general.take_back_hours,
        rejected_rows_days: general.rejected_rows_days,
        authorities,
        inquirers,
        courts,
        associations,
        professions,
        bases,
        record_types,
        disclosure,
        retention,
        purposes,
        pledges,
        procedures: procedures?,
        calendar: calendar?,
        oversight: oversight?,
        notices: notices?,
        cited: Vec::new(),
        bounds: Vec::new(),
    })
}

impl Known {
    fn new(
        authorities: &Table<'_>,
        inquirers: &Table<'_>,
        professions: &Table<'_>,
        bases: &Table<'_>,
    ) -> Self {
        let (authorities, inquirers) = (some_ids(authorities), ids(inquirers));
        Self {
            askers: authorities.union(&inquirers).cloned().collect(),
            authorities,
            inquirers,
            professions: some_ids(professions),
            bases: some_ids(bases),
        }
    }
}

/// The ids that a file defines; there must be one.
fn some_ids(table: &Table<'_>) -> BTreeSet<String> {
    let ids = ids(table);
    if ids.is_empty() {
        table.fault(
            Said("没有任何内容", "nothing is defined"),
            Said("至少一项，如 [some-id]", "at least one entry such as [some-id]"),
        );
    }
    ids
}

/// The ids that a file defines, if any; a key that can't be an id is a fault.
fn ids(table: &Table<'_>) -> BTreeSet<String> {
    let entries = table.entries();
    for (id, node) in &entries {
        if !is_id(id) {
            node.fault(
                Said("不是标识", "is not an id"),
                Said(
                    "小写字母、数字和连字符，以字母开头",
                    "small letters, digits and hyphens, beginning with a letter",
                ),
            );
        }
    }
    entries.into_iter().map(|(id, _)| id).collect()
}

/// A TOML file that nobody reads is most likely a misspelt one.
fn unknown_files(dir: &Path, faults: &Faults) {
    let known: BTreeSet<&str> = FILES
        .into_iter()
        .chain(RECORD_TYPES.map(|(_, file)| file))
        .collect();
    for folder in ["", "record-types/"] {
        let Ok(entries) = std::fs::read_dir(dir.join(folder)) else {
            continue;
        };
        for entry in entries.flatten() {
            let file = format!("{folder}{}", entry.file_name().to_string_lossy());
            if file.ends_with(".toml") && !known.contains(file.as_str()) {
                let expected = {
                    let known: Vec<_> = known.iter().copied().collect();
                    let (zh, en) = (known.join("、"), known.join(", "));
                    both!("只有：{zh}", "only: {en}")
                };
                faults.add(
                    Path::new(&file),
                    0,
                    "",
                    Said("不是规则集的文件", "is not a file of a profile"),
                    &expected,
                );
            }
        }
    }
}
