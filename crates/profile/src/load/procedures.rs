//! `procedures.toml`: deadlines and other numbers, with where each comes from.

use model::procedure::{Files, Words};

use super::{bases::ground, node::Node, table::Table};
use crate::{Deadline, FileFormat, FileLimits, Number, Procedures};

// What procedures take at all: a profile's own limits beyond would never be reached.
const MOST_CHARACTERS: i64 = Words::MOST as i64;
const MOST_FILES: i64 = Files::MOST as i64;
const MOST_MEGABYTES: i64 = (Files::MOST_BYTES / FileLimits::MEGABYTE) as i64;

/// Reads them. `kept_months` is how long decisions are kept, where that is known.
pub(super) fn read(table: Table<'_>, kept_months: Option<u32>) -> Option<Procedures> {
    let deadline = |key| table.required(key, "a deadline").and_then(|node| deadline(&node));
    let dispute_answer = deadline("dispute_answer");
    let reconsideration_answer = deadline("reconsideration_answer");
    let complaint_answer = deadline("complaint_answer");
    let restoration_acceptance = deadline("restoration_acceptance");
    let restoration_answer = deadline("restoration_answer");
    let stop_confirmed = deadline("stop_confirmed");
    let court_followed = deadline("court_followed");
    let alert_sent = deadline("alert_sent");
    let alert_closed = deadline("alert_closed");
    let reentry_told = deadline("reentry_told");
    let breach_told = deadline("breach_told");
    let proposal_answer = deadline("proposal_answer");
    let statement_characters = number(&table, "statement_characters", 100, MOST_CHARACTERS);
    let files = table.required("files", "how many files of which size and form");
    let files = files.and_then(|node| file_limits(&node));
    let recipients_months = number(&table, "recipients_months", 1, 1200);
    let green_channel_years = number(&table, "green_channel_years", 1, 20);
    if let (Some(years), Some(kept)) = (&green_channel_years, kept_months)
        && years.number.saturating_mul(12) > kept
        && let Some(node) = table.optional("green_channel_years")
    {
        // Past its retention a decision is gone, and nobody could say that there was none.
        node.fault_below(
            "number",
            "is longer than decisions are kept",
            "at most the months of retention.decision in periods.toml",
        );
    }
    if let (Some(taken), Some(answered)) = (&restoration_acceptance, &restoration_answer)
        && always_later(taken, answered)
        && let Some(node) = table.optional("restoration_acceptance")
    {
        node.fault_below(
            "days",
            "is not over before the application has to be answered",
            "at most the days of restoration_answer, which are counted from the same day",
        );
    }
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
        green_channel_years: green_channel_years?,
    })
}

/// Whether the one deadline is over after the other, from whichever day both are counted. So many working days are
/// never fewer days than they are; how many more depends on the calendar.
fn always_later(one: &Deadline, other: &Deadline) -> bool {
    one.days > other.days && (one.working_days || !other.working_days)
}

fn deadline(node: &Node<'_>) -> Option<Deadline> {
    let table = node.table("a deadline")?;
    let days = table.number("days", 1, 366);
    let working_days = table.bool("working_days");
    let ground = ground(&table);
    table.finish();
    Some(Deadline {
        days: days?,
        working_days: working_days?,
        ground: ground?,
    })
}

fn number(table: &Table<'_>, key: &'static str, from: i64, to: i64) -> Option<Number> {
    let expected = "a number, and where it comes from";
    let table = table.required(key, expected)?.table(expected)?;
    let number = table.number("number", from, to);
    let ground = ground(&table);
    table.finish();
    Some(Number {
        number: number?,
        ground: ground?,
    })
}

fn file_limits(node: &Node<'_>) -> Option<FileLimits> {
    let table = node.table("how many files of which size and form")?;
    let most = table.number("most", 1, MOST_FILES);
    let most_megabytes = table.number("most_megabytes", 1, MOST_MEGABYTES);
    let all = FileFormat::ALL.map(|format| (format.as_str(), format));
    let formats = table.list("formats", "a list such as [\"pdf\", \"png\", \"jpeg\"]");
    let formats = formats.iter().filter_map(|node| node.one_of(&all)).collect();
    let ground = ground(&table);
    table.finish();
    Some(FileLimits {
        most: most?,
        most_megabytes: most_megabytes?,
        formats,
        ground: ground?,
    })
}
