//! Whether the profile's calendar holds the days that deadlines need, looked at when serving begins: a deadline in
//! working days that can't be counted would stop every procedure that needs it.

use jiff::{ToSpan as _, civil::Date};
use profile::{ByDay, Deadline, Profile};

use crate::{
    failure::Failure,
    words::{Text2, both},
};

/// How long before its calendar ends whoever runs an installation is told.
const WARN_DAYS: i64 = 90;

/// What whoever runs the installation has to be told today.
///
/// # Errors
/// When a deadline that begins today can't be counted: which year is missing, and what to do.
pub(crate) fn check(profile: &Profile, today: Date) -> Result<Vec<Text2>, Failure> {
    let years = profile.calendar.years();
    let countable = |one: &ByDay<Deadline>| one.due_on(today, &profile.calendar).is_some();
    if profile.calendar.is_working_day(today).is_none() || !deadlines(profile).into_iter().all(countable) {
        let missing = (today.year()..).find(|year| !years.contains_key(year));
        let missing = missing.unwrap_or(today.year());
        return Err(Failure::new(both!(
            "规则集的日历缺少 [year.{missing}] 一节，而今天起算的期限需要它：请写入数据目录的规则集的 calendar.toml，用 \
             standing profile check 检查后再启动",
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
    let mut told: Vec<Text2> = provisional(profile.calendar.provisional_soon(today), today)
        .map(|Text2 { zh, en }| both!("规则集：{zh}", "the profile: {en}"))
        .collect();
    if soon.year() > last {
        let next = last.saturating_add(1);
        told.push(both!(
            "规则集的日历到 {last} 年为止：请在此之前把 [year.{next}] 一节写入数据目录的规则集的 calendar.toml，否则各项程序都不能再提起",
            "the profile's calendar ends with {last}: add a section [year.{next}] to calendar.toml in the data \
             directory's profile before then, or procedures can't be opened any more"
        ));
    }
    Ok(told)
}

/// What is said of years whose days are not all settled: why, and until when they have to be.
pub(crate) fn provisional<'a>(
    years: impl Iterator<Item = (i16, &'a Text2)>,
    today: Date,
) -> impl Iterator<Item = Text2> {
    years.map(move |(year, why)| {
        let when = if year <= today.year() {
            both!("{year} 年已经开始，请立即办理", "{year} has begun: do it at once")
        } else {
            both!("请在 {year}-01-01 前办理", "do it before {year}-01-01")
        };
        let (zh, en) = (why.zh.trim_end_matches('。'), why.en.trim_end_matches('.'));
        let Text2 { zh: by, en: before } = when;
        both!(
            "calendar.toml：year.{year} 为暂定（{zh}）；日期公布后请填入，并删去 provisional；{by}",
            "calendar.toml: year.{year} is provisional ({en}); put its days in once they are announced, and take \
             provisional out; {before}"
        )
    })
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

    /// What is told of the end of the calendar.
    fn of_its_end(day: Date) -> Option<String> {
        let told = check(&profile(), day).unwrap();
        let told = told.into_iter().map(|one| one.en);
        told.into_iter().find(|one| one.contains("ends with"))
    }

    #[test]
    fn a_provisional_year_is_told_from_two_months_before_it_until_it_is_over() {
        let told = |day| {
            let told = check(&profile(), day).unwrap();
            let years = told.into_iter().map(|one| one.en);
            years
                .filter(|one| one.contains("is provisional"))
                .collect::<Vec<_>>()
        };
        assert!(told(date(2026, 10, 31)).is_empty());
        let soon = told(date(2026, 11, 1));
        assert_eq!(soon.len(), 1);
        assert!(
            soon[0].contains("year.2027") && soon[0].contains("before 2027-01-01"),
            "{soon:?}"
        );
        assert!(soon[0].contains("Moved days not yet announced"), "{soon:?}");
        let begun = told(date(2027, 11, 1));
        assert_eq!(begun.len(), 2);
        assert!(
            begun[0].contains("2027 has begun") && begun[1].contains("before 2028-01-01"),
            "{begun:?}"
        );
    }

    #[test]
    fn a_calendar_that_lasts_is_not_spoken_of() {
        assert_eq!(of_its_end(date(2030, 10, 2)), None);
    }

    #[test]
    fn ninety_days_before_its_end_it_is() {
        let told = of_its_end(date(2030, 10, 3)).unwrap();
        assert!(
            told.contains("ends with 2030") && told.contains("[year.2031]"),
            "{told}"
        );
        assert!(of_its_end(date(2030, 12, 1)).is_some());
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
