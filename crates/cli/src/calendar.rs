//! Whether the profile's calendar holds the days that deadlines need, looked at when serving begins: a deadline in
//! working days that can't be counted would stop every procedure that needs it.

use jiff::{ToSpan as _, civil::Date};
use profile::{ByDay, Deadline, Profile};

use crate::failure::Failure;

/// How long before its calendar ends whoever runs an installation is told.
const WARN_DAYS: i64 = 90;

/// What whoever runs the installation has to be told today, if anything.
///
/// # Errors
/// When a deadline that begins today can't be counted: which year is missing, and what to do.
pub(crate) fn check(profile: &Profile, today: Date) -> Result<Option<String>, Failure> {
    let years = profile.calendar.years();
    let countable = |one: &ByDay<Deadline>| one.due_on(today, &profile.calendar).is_some();
    if profile.calendar.is_working_day(today).is_none() || !deadlines(profile).into_iter().all(countable) {
        let missing = (today.year()..).find(|year| !years.contains_key(year));
        let missing = missing.unwrap_or(today.year());
        return Err(Failure::new(format!(
            "the profile's calendar has no section [year.{missing}], and deadlines that begin today need it: add it \
             to calendar.toml in the data directory's profile, check it with `standing profile check`, and start again"
        )));
    }
    // Years may have gaps; what counts is up to where the first one is.
    let last = (today.year()..)
        .take_while(|year| years.contains_key(year))
        .last();
    let last = last.unwrap_or(today.year());
    let soon = today.saturating_add(WARN_DAYS.days());
    Ok((soon.year() > last).then(|| {
        format!(
            "the profile's calendar ends with {last}: add a section [year.{}] to calendar.toml in the data \
             directory's profile before then, or procedures can't be opened any more",
            last.saturating_add(1)
        )
    }))
}

/// The deadlines that may be counted from any day on.
fn deadlines(profile: &Profile) -> [&ByDay<Deadline>; 11] {
    let all = &profile.procedures;
    [
        &all.dispute_answer,
        &all.reconsideration_answer,
        &all.complaint_answer,
        &all.restoration_acceptance,
        &all.restoration_answer,
        &all.stop_confirmed,
        &all.court_followed,
        &all.alert_sent,
        &all.alert_closed,
        &all.reentry_told,
        &all.breach_told,
    ]
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::civil::date;

    use super::*;

    fn profile() -> Profile {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/gansu");
        let profile = Profile::load(&folder).unwrap();
        assert_eq!(profile.calendar.years().keys().max(), Some(&2030));
        profile
    }

    #[test]
    fn a_calendar_that_lasts_is_not_spoken_of() {
        assert_eq!(check(&profile(), date(2030, 10, 2)).unwrap(), None);
    }

    #[test]
    fn ninety_days_before_its_end_it_is() {
        let told = check(&profile(), date(2030, 10, 3)).unwrap().unwrap();
        assert!(
            told.contains("ends with 2030") && told.contains("[year.2031]"),
            "{told}"
        );
        assert!(check(&profile(), date(2030, 12, 1)).unwrap().is_some());
    }

    #[test]
    fn a_day_whose_deadlines_cant_be_counted_is_refused_with_what_to_do() {
        for day in [date(2030, 12, 30), date(2031, 1, 1), date(2040, 6, 1)] {
            let refused = check(&profile(), day).unwrap_err().to_string();
            let missing = format!("[year.{}]", day.year().max(2031));
            assert!(refused.contains(&missing), "{refused}");
            assert!(refused.contains("calendar.toml"), "{refused}");
        }
    }
}
