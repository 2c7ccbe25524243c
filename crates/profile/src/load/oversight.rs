//! `oversight.toml`: how looks are overseen.

use super::{bases::ground, by_day, node::Node, table::Table};
use crate::text::Said;
use crate::{ByDay, HIGHEST_DAILY_CEILING, OddHours, Oversight};

pub(super) fn read(table: Table<'_>) -> Option<ByDay<Oversight>> {
    let oversight = by_day::among(
        &table,
        Said("监督的各项数字", "the numbers of oversight"),
        numbers,
    );
    table.finish();
    oversight
}

/// The highest ceiling of a day for one member of staff: what is above it is never reached.
pub(super) fn highest_ceiling(oversight: &ByDay<Oversight>) -> Option<u32> {
    let ceilings = oversight.all().map(|(_, one)| one.staff_ceiling_per_day);
    ceilings.max()
}

fn numbers(table: &Table<'_>) -> Option<Oversight> {
    let random_share_percent = table.number("random_share_percent", 1, 100);
    let staff_ceiling_per_day = table.number("staff_ceiling_per_day", 1, i64::from(HIGHEST_DAILY_CEILING));
    let refusals_before_staff_stopped = table.number("refusals_before_staff_stopped", 1, 100);
    let stopped_staff_before_member_stopped = table.number("stopped_staff_before_member_stopped", 1, 100);
    let refused_attempts_before_review = table.number("refused_attempts_before_review", 2, 1_000);
    let same_person_looks = table.number("same_person_looks", 2, 100);
    let same_person_days = table.number("same_person_days", 1, 366);
    let other_names_before_review = table.number("other_names_before_review", 1, 1_000);
    let odd_hours = table.required("odd_hours", ODD_HOURS);
    let odd_hours = odd_hours.and_then(|node| hours(&node));
    let ground = ground(table);
    Some(Oversight {
        random_share_percent: random_share_percent?,
        staff_ceiling_per_day: staff_ceiling_per_day?,
        refusals_before_staff_stopped: refusals_before_staff_stopped?,
        stopped_staff_before_member_stopped: stopped_staff_before_member_stopped?,
        refused_attempts_before_review: refused_attempts_before_review?,
        same_person_looks: same_person_looks?,
        same_person_days: same_person_days?,
        odd_hours: odd_hours?,
        other_names_before_review: other_names_before_review?,
        ground: ground?,
    })
}

const ODD_HOURS: Said = Said(
    "{ from = 20:00:00, to = 07:00:00 }",
    "{ from = 20:00:00, to = 07:00:00 }",
);

fn hours(node: &Node<'_>) -> Option<OddHours> {
    let table = node.table(ODD_HOURS)?;
    let time = |key, expected| table.required(key, expected).and_then(|node| node.time());
    let from = time("from", Said("开始的时刻", "the time at which they begin"));
    let to = time("to", Said("结束的时刻", "the time at which they end"));
    table.finish();
    let (from, to) = (from?, to?);
    if from == to {
        node.fault(
            Said("开始与结束相同", "begin when they end"),
            Said("两个不同的时刻", "two different times"),
        );
    }
    Some(OddHours { from, to })
}
