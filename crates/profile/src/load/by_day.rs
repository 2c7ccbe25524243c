//! A value, or a list of values each with the days on which it holds, in the order of those.

use crate::text::{Said, Words};
use jiff::civil::Date;

use super::{node::Node, table::Table};
use crate::{ByDay, by_day::Held};

const FROM: Said = Said(
    "适用的第一天，如 2027-01-01",
    "the first day on which it holds, such as 2027-01-01",
);

/// One entry: a table that is not read yet, with its days as they stand there.
struct Entry<'a> {
    node: Node<'a>,
    table: Table<'a>,
    from: Option<(Node<'a>, Date)>,
    until: Option<(Node<'a>, Date)>,
}

/// Reads what stands at `node`: a table, or a list of them.
pub(super) fn by_day<T>(
    node: &Node<'_>,
    what: impl Words,
    read: impl Fn(&Table<'_>) -> Option<T>,
) -> Option<ByDay<T>> {
    let nodes = if node.is_list() {
        node.list(Said(
            "按日期先后排列的各个值，每个都有 from",
            "values, each with from, in the order of their days",
        ))
    } else {
        vec![node.clone()]
    };
    values(nodes, what, read)
}

/// The same where the keys of the value stand in `table` among others: a list of values is called `values` there.
pub(super) fn among<T>(
    table: &Table<'_>,
    what: impl Words,
    read: impl Fn(&Table<'_>) -> Option<T>,
) -> Option<ByDay<T>> {
    match table.optional("values") {
        Some(node) => values(
            node.list(Said(
                "按日期先后排列的各个值，每个都有 from",
                "values, each with from, in the order of their days",
            )),
            what,
            read,
        ),
        None => read(table).map(ByDay::always),
    }
}

fn values<T>(
    nodes: Vec<Node<'_>>,
    what: impl Words,
    read: impl Fn(&Table<'_>) -> Option<T>,
) -> Option<ByDay<T>> {
    let entries = nodes.into_iter().map(|node| entry(node, what));
    let entries: Vec<_> = entries.collect::<Option<_>>()?;
    for (at, one) in entries.iter().enumerate() {
        if let (Some((_, from)), Some((node, until))) = (&one.from, &one.until)
            && until < from
        {
            node.fault(
                Said("早于 from", "is before from"),
                Said("不早于 from 的日期", "a day that is not before from"),
            );
        }
        let after = entries.get(at + 1).and_then(|next| next.from.as_ref());
        if let Some((node, from)) = after {
            follows(one, node, *from);
        }
    }
    bounds(&entries);
    let mut all: Option<ByDay<T>> = None;
    let mut complete = true;
    let begins: Vec<Option<Date>> = entries.iter().map(Entry::begins).collect();
    for (at, one) in entries.into_iter().enumerate() {
        let next = begins.get(at + 1).copied().flatten();
        one.table.holds(Held {
            from: one.begins(),
            until: one.ends().or_else(|| next.and_then(|day| day.yesterday().ok())),
        });
        let value = read(&one.table);
        let from = one.begins();
        if at > 0 && one.table.optional("from").is_none() {
            one.node.fault_below("from", Said("缺少", "is missing"), FROM);
        }
        one.table.finish();
        complete &= value.is_some() && (at == 0 || from.is_some());
        all = match (all, value, from) {
            (None, Some(value), _) => Some(ByDay::always(value)),
            (Some(all), Some(value), Some(from)) => Some(all.then(from, value)),
            (all, _, _) => all,
        };
    }
    all.filter(|_| complete)
}

fn entry<'a>(node: Node<'a>, what: impl Words) -> Option<Entry<'a>> {
    let table = node.table(what)?;
    let day = |key| {
        let node = table.optional(key)?;
        let day = node.date()?;
        Some((node, day))
    };
    let (from, until) = (day("from"), day("until"));
    Some(Entry {
        node,
        table,
        from,
        until,
    })
}

impl Entry<'_> {
    fn begins(&self) -> Option<Date> {
        self.from.as_ref().map(|(_, day)| *day)
    }

    fn ends(&self) -> Option<Date> {
        self.until.as_ref().map(|(_, day)| *day)
    }
}

/// What holds from `from` on begins after the value before it, on the day after its last one.
fn follows(before: &Entry<'_>, node: &Node<'_>, from: Date) {
    if let Some(begun) = before.begins().filter(|begun| from <= *begun) {
        node.fault(
            both!(
                "不晚于 {begun}，而前一个值自该日起适用",
                "is not after {begun}, from which the value before it holds"
            ),
            Said(
                "按日期先后排列的各个值，每个自不同的日期起",
                "the values in the order of their days, each from one of its own",
            ),
        );
        return;
    }
    let Some(until) = before.ends() else {
        return;
    };
    let (next, eve) = (
        until.tomorrow().unwrap_or(until),
        from.yesterday().unwrap_or(from),
    );
    let expected = both!(
        "from = {next}，或者在前一个值中写 until = {eve}",
        "from = {next}, or until = {eve} in the value before it"
    );
    if from <= until {
        node.fault(
            both!(
                "前一个值仍然适用，到 {until} 为止",
                "the value before it still holds, until {until}"
            ),
            &expected,
        );
    } else if from > next {
        node.fault(
            both!(
                "{next} 至 {eve} 没有适用的值",
                "no value holds from {next} to {eve}"
            ),
            &expected,
        );
    }
}

/// Notes before which day and after which there is no value, for a check that knows the day.
fn bounds(entries: &[Entry<'_>]) {
    if let Some((node, day)) = entries.first().and_then(|one| one.from.as_ref()) {
        node.bound(*day, false);
    }
    if let Some((node, day)) = entries.last().and_then(|one| one.until.as_ref()) {
        node.bound(*day, true);
    }
}
