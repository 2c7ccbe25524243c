//! Hours of training, added up year by year within one profession. A certificate shows the years that its holder
//! chooses, and none without.

use std::collections::BTreeMap;

use model::{RecordKind, RecordStatus};
use profile::Profile;

use crate::{PersonFile, RecordView};

/// The hours of one year in one profession.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct TrainingYear {
    /// The year in which the training was completed.
    pub year: i16,
    /// The hours, added up.
    pub hours: i64,
}

/// The trainings in this profession that count today. What is withheld because of a dispute does not.
fn counting<'a>(
    profession: &'a str,
    records: &'a [RecordView],
) -> impl Iterator<Item = (i16, &'a RecordView)> {
    let counts = move |view: &&RecordView| {
        view.kind == RecordKind::Training
            && view.profession == profession
            && view.status == RecordStatus::InForce
            && !view.withheld
    };
    let counting = records.iter().filter(counts);
    counting.filter_map(|view| Some((view.days.starts_on?.year(), view)))
}

/// The field that holds the hours of a training.
fn hours(profile: &Profile) -> Option<&profile::Field> {
    profile.record_type(RecordKind::Training)?.field_of_kind("number")
}

/// The trainings in this profession that count today and were completed in this year.
pub(crate) fn of_year<'a>(
    profile: &Profile,
    profession: &'a str,
    records: &'a [RecordView],
    year: i16,
) -> impl Iterator<Item = &'a RecordView> {
    let field = hours(profile).map(|field| field.name.clone());
    counting(profession, records)
        .filter(move |(completed, view)| {
            *completed == year
                && field
                    .as_ref()
                    .is_some_and(|field| view.fields.contains_key(field))
        })
        .map(|(_, view)| view)
}

/// The years in which training in this profession is on record today, the latest first.
pub(crate) fn years(profile: &Profile, profession: &str, records: &[RecordView]) -> Vec<TrainingYear> {
    let Some(field) = hours(profile) else {
        return Vec::new();
    };
    let mut years: BTreeMap<i16, i64> = BTreeMap::new();
    for (year, view) in counting(profession, records) {
        if let Some(hours) = view.fields.get(&field.name).and_then(serde_json::Value::as_i64) {
            let sum = years.entry(year).or_default();
            *sum = sum.saturating_add(hours);
        }
    }
    let latest_first = years.into_iter().rev();
    latest_first
        .map(|(year, hours)| TrainingYear { year, hours })
        .collect()
}

impl PersonFile {
    /// The years in which training in this profession is on record, the latest first.
    pub fn training_years(&self, profile: &Profile, profession: &str) -> Vec<TrainingYear> {
        years(profile, profession, &self.records)
    }
}
