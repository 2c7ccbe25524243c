//! `procedures.toml`: deadlines and other numbers, with where each comes from.

use crate::text::Said;
use jiff::Span;
use model::procedure::{Files, Words};

use super::{bases::ground, by_day::by_day, table::Table};
use crate::{ByDay, Deadline, FileFormat, FileLimits, Held, Number, Procedures, RetentionPeriod};

const DEADLINE: Said = Said("期限", "a deadline");
pub(super) const NUMBER: Said = Said("数字及其出处", "a number, and where it comes from");
const FILES: Said = Said("材料的个数、大小和格式", "how many files of which size and form");

// What procedures take at all: a profile's own limits beyond would never be reached.
const MOST_CHARACTERS: i64 = Words::MOST as i64;
const MOST_FILES: i64 = Files::MOST as i64;
const MOST_MEGABYTES: i64 = (Files::MOST_BYTES / FileLimits::MEGABYTE) as i64;

/// Reads them. `kept` is how long decisions are kept, where that is known.
pub(super) fn read(table: Table<'_>, kept: Option<&ByDay<RetentionPeriod>>) -> Option<Procedures> {
    let deadline = |key| by_day(&table.required(key, DEADLINE)?, DEADLINE, deadline);
    let number = |key, from, to| by_day(&table.required(key, NUMBER)?, NUMBER, |one| number(one, from, to));
    let dispute_answer = deadline("dispute_answer");
    let reconsideration_answer = deadline("reconsideration_answer");
    let complaint_answer = deadline("complaint_answer");
    let restoration_answer = deadline("restoration_answer");
    let restoration_acceptance = table.required("restoration_acceptance", DEADLINE);
    let restoration_acceptance = restoration_acceptance.and_then(|node| {
        by_day(&node, DEADLINE, |one| {
            acceptance(one, restoration_answer.as_ref())
        })
    });
    let stop_confirmed = deadline("stop_confirmed");
    let court_followed = deadline("court_followed");
    let alert_sent = deadline("alert_sent");
    let alert_closed = deadline("alert_closed");
    let reentry_told = deadline("reentry_told");
    let breach_told = deadline("breach_told");
    let proposal_answer = deadline("proposal_answer");
    let statement_characters = number("statement_characters", 100, MOST_CHARACTERS);
    let files = table.required("files", FILES);
    let files = files.and_then(|node| by_day(&node, FILES, file_limits));
    let recipients_months = number("recipients_months", 1, 1200);
    let complaint_kept_months = number("complaint_kept_months", 1, 1200);
    let green_channel_years = table.required("green_channel_years", NUMBER);
    let green_channel_years =
        green_channel_years.and_then(|node| by_day(&node, NUMBER, |one| green_channel(one, kept)));
    table.finish();
    Some(Procedures {
        dispute_answer: dispute_answer?,
        reconsideration_answer: reconsideration_answer?,
        complaint_answer: complaint_answer?,
        restoration_acceptance: restoration_acceptance?,
        restoration_answer: restoration_answer?,
        stop_confirmed: stop_confirmed?,
        court_followed: court_followed?,
        alert_sent: alert_sent?,
        alert_closed: alert_closed?,
        reentry_told: reentry_told?,
        breach_told: breach_told?,
        proposal_answer: proposal_answer?,
        statement_characters: statement_characters?,
        files: files?,
        recipients_months: recipients_months?,
        complaint_kept_months: complaint_kept_months?,
        green_channel_years: green_channel_years?,
    })
}

fn deadline(table: &Table<'_>) -> Option<Deadline> {
    let days = table.number("days", 1, 366);
    let working_days = table.bool("working_days");
    let ground = ground(table);
    Some(Deadline {
        days: days?,
        working_days: working_days?,
        ground: ground?,
    })
}

/// The authority says that it takes an application before it has to answer it, or its answer would be late first.
fn acceptance(table: &Table<'_>, answer: Option<&ByDay<Deadline>>) -> Option<Deadline> {
    let taken = deadline(table)?;
    let mut answers = answer.into_iter().flat_map(ByDay::all);
    if answers.any(|(held, answered)| held.meets(table.held()) && always_later(&taken, answered))
        && let Some(node) = table.optional("days")
    {
        node.fault(
            Said(
                "在申请须答复之前尚未结束",
                "is not over before the application has to be answered",
            ),
            Said(
                "不多于 restoration_answer 的天数，二者自同一天起算",
                "at most the days of restoration_answer, which are counted from the same day",
            ),
        );
    }
    Some(taken)
}

/// Whether the one deadline is over after the other, from whichever day both are counted. So many working days are
/// never fewer days than they are; how many more depends on the calendar.
fn always_later(one: &Deadline, other: &Deadline) -> bool {
    one.days > other.days && (one.working_days || !other.working_days)
}

pub(super) fn number(table: &Table<'_>, from: i64, to: i64) -> Option<Number> {
    let number = table.number("number", from, to);
    let ground = ground(table);
    Some(Number {
        number: number?,
        ground: ground?,
    })
}

/// Past its retention a decision is gone, and nobody could say that there was none: of all decisions that the years
/// look back on, as many are kept.
fn green_channel(table: &Table<'_>, kept: Option<&ByDay<RetentionPeriod>>) -> Option<Number> {
    let years = number(table, 1, 20)?;
    let months = years.number.saturating_mul(12);
    let held = table.held();
    let back = Span::new().months(i64::from(months));
    let looked_back_on = Held {
        from: held.from.map(|from| from.saturating_sub(back)),
        ..held
    };
    let mut kept = kept.into_iter().flat_map(ByDay::all);
    if kept.any(|(held, kept)| held.meets(looked_back_on) && kept.months < months)
        && let Some(node) = table.optional("number")
    {
        node.fault(
            Said("长于决定的保存期限", "is longer than decisions are kept"),
            Said(
                "不多于 periods.toml 中 retention.decision 的月数",
                "at most the months of retention.decision in periods.toml",
            ),
        );
    }
    Some(years)
}

fn file_limits(table: &Table<'_>) -> Option<FileLimits> {
    let most = table.number("most", 1, MOST_FILES);
    let most_megabytes = table.number("most_megabytes", 1, MOST_MEGABYTES);
    let all = FileFormat::ALL.map(|format| (format.as_str(), format));
    let formats = table.list(
        "formats",
        Said(
            "列表，如 [\"pdf\", \"png\", \"jpeg\"]",
            "a list such as [\"pdf\", \"png\", \"jpeg\"]",
        ),
    );
    let formats = formats.iter().filter_map(|node| node.one_of(&all)).collect();
    let ground = ground(table);
    Some(FileLimits {
        most: most?,
        most_megabytes: most_megabytes?,
        formats,
        ground: ground?,
    })
}
