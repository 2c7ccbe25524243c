//! `standing profile check`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use ::profile::{Profile, ProfileFault};
use jiff::civil::Date;
use model::Clock as _;

use crate::{
    calendar,
    clock::SystemClock,
    failure::{Outcome, say},
    installation,
    words::{Language, Text2, both},
};

/// What to do with a profile.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Check a profile: each fault with file, line, key, and what would be right.
    ///
    /// A deadline, period or other number that comes from enactments needs one that is in force on the day. A year of the
    /// calendar that is provisional is no fault; a notice says until when its days have to be put in.
    Check {
        /// The profile's folder.
        dir: PathBuf,
        /// The day, such as 2026-11-23, on which enactments must be in force and whose year and the next must be in the
        /// calendar. Today, if not given.
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
}

pub(crate) fn run(command: &Command, language: Language) -> Outcome {
    let Command::Check { dir, on } = command;
    installation::look_for_profile(dir)?;
    match check(dir, *on) {
        Ok((profile, day)) => {
            let unconfirmed = profile
                .bases
                .values()
                .flat_map(|basis| &basis.enactments)
                .filter(|citation| !citation.is_confirmed())
                .count();
            let (id, authorities) = (&profile.id, profile.authorities.len());
            let (professions, bases) = (profile.professions.len(), profile.bases.len());
            say(both!(
                "{id}：机关 {authorities} 个，职业 {professions} 个，法律依据 {bases} 项；引用的法规有 {unconfirmed} 处未经律师确认",
                "{id}: {authorities} authorities, {professions} professions, {bases} legal bases; {unconfirmed} citations \
                 are not confirmed by a lawyer"
            )
            .get(language));
            for notice in calendar::provisional(profile.calendar.provisional(day), day) {
                let Text2 { zh, en } = notice;
                say(both!("提示：{zh}", "notice: {en}").get(language));
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(faults) => {
            for fault in &faults {
                say(fault.line_in(language));
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The profile, if nothing is wrong with it on that day, and the day.
fn check(dir: &Path, on: Option<Date>) -> Result<(Profile, Date), Vec<ProfileFault>> {
    let profile = Profile::load(dir)?;
    let on = on.unwrap_or_else(|| profile.day_of(SystemClock.now()));
    let checks = [
        profile.check_calendar(on),
        profile.check_enactments(on),
        profile.check_values(on),
    ];
    let faults: Vec<ProfileFault> = checks.into_iter().filter_map(Result::err).flatten().collect();
    if faults.is_empty() {
        Ok((profile, on))
    } else {
        Err(faults)
    }
}
