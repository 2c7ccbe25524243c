//! `periods.toml`: how long records are disclosed and kept, with where each number comes from.

use crate::text::Said;
use std::{cell::RefCell, collections::BTreeMap};

use model::RecordKind;

use super::{bases::ground, by_day::by_day, node::Node, table::Table};
use crate::{ByDay, DecisionKind, DisclosurePeriod, FieldKind, RecordType, RetentionPeriod};

/// The longest period that a profile may set, in months.
const LONGEST_MONTHS: i64 = 1200;

const KEPT: Said = Said("保存多久", "how long it is kept");
const DISCLOSED: Said = Said("公示多久", "how long it is disclosed");

type Periods = (
    BTreeMap<DecisionKind, ByDay<DisclosurePeriod>>,
    BTreeMap<RecordKind, ByDay<RetentionPeriod>>,
);
type Types = BTreeMap<RecordKind, RecordType>;

pub(super) fn read(table: Table<'_>, types: &Types) -> Option<Periods> {
    let retention = table.required(
        "retention",
        Said("各类记录保存多久", "how long each kind of record is kept"),
    );
    let retention = retention.and_then(|node| retentions(&node, types));
    let kept = retention.as_ref().and_then(|all| all.get(&RecordKind::Decision));
    let disclosure = table.required(
        "disclosure",
        Said("各类决定公示多久", "how long each kind of decision is disclosed"),
    );
    let disclosure = disclosure.and_then(|node| disclosures(&node, kept));
    table.finish();
    Some((disclosure?, retention?))
}

fn retentions(node: &Node<'_>, types: &Types) -> Option<BTreeMap<RecordKind, ByDay<RetentionPeriod>>> {
    let table = node.table(Said(
        "每类记录一个期限的表",
        "a table with one period a kind of record",
    ))?;
    let mut periods = BTreeMap::new();
    for kind in RecordKind::ALL.iter().copied() {
        // From which day the months are counted says which of the values holds, so it can't change with them.
        let counted_from = RefCell::new(None);
        let read = |table: &Table<'_>| retention(table, kind, types, &counted_from);
        let node = table.required(kind.as_str(), KEPT);
        if let Some(period) = node.and_then(|node| by_day(&node, KEPT, read)) {
            periods.insert(kind, period);
        }
    }
    table.finish();
    (periods.len() == RecordKind::ALL.len()).then_some(periods)
}

fn retention(
    table: &Table<'_>,
    kind: RecordKind,
    types: &Types,
    before: &RefCell<Option<String>>,
) -> Option<RetentionPeriod> {
    let months = table.number("months", 1, LONGEST_MONTHS);
    let expected = Said(
        "这类记录的一个必填日期字段的名称",
        "the name of a required date field of this kind of record",
    );
    let counted_from = table.required("counted_from", expected).and_then(|node| {
        let name = node.string(expected)?;
        let field = types.get(&kind).map(|record_type| record_type.field(&name));
        let dated = |kind: &FieldKind| matches!(kind, FieldKind::Date { .. });
        if field.is_some_and(|field| !field.is_some_and(|field| field.required && dated(&field.kind))) {
            node.fault(
                both!(
                    "“{name}”不是必填的日期字段",
                    "“{name}” is not a required date field"
                ),
                expected,
            );
        }
        let before = before.borrow_mut().get_or_insert_with(|| name.clone()).clone();
        if name != before {
            let message = both!(
                "前一个值自“{before}”起算",
                "the value before it is counted from “{before}”"
            );
            node.fault(
                message,
                Said(
                    "一个期限的各个值用同一日期字段",
                    "the same date field in all values of a period",
                ),
            );
        }
        Some(name)
    });
    let ground = ground(table);
    Some(RetentionPeriod {
        months: months?,
        counted_from: counted_from?,
        ground: ground?,
    })
}

fn disclosures(
    node: &Node<'_>,
    kept: Option<&ByDay<RetentionPeriod>>,
) -> Option<BTreeMap<DecisionKind, ByDay<DisclosurePeriod>>> {
    let table = node.table(Said(
        "每类决定一个期限的表",
        "a table with one period a kind of decision",
    ))?;
    let mut periods = BTreeMap::new();
    for kind in DecisionKind::ALL {
        let node = table.required(kind.as_str(), DISCLOSED);
        let read = |table: &Table<'_>| disclosure(table, kind, kept);
        if let Some(period) = node.and_then(|node| by_day(&node, DISCLOSED, read)) {
            periods.insert(kind, period);
        }
    }
    table.finish();
    (periods.len() == DecisionKind::ALL.len()).then_some(periods)
}

fn disclosure(
    table: &Table<'_>,
    kind: DecisionKind,
    kept: Option<&ByDay<RetentionPeriod>>,
) -> Option<DisclosurePeriod> {
    let at_least_months: Option<u32> = table.number("at_least_months", 0, LONGEST_MONTHS);
    let at_most = match kind {
        DecisionKind::Prohibition => table.optional("at_most_months"),
        _ => table.required(
            "at_most_months",
            Said(
                "多少个月后不再公示",
                "the months after which it is no longer disclosed",
            ),
        ),
    };
    let at_most_months: Option<u32> = at_most.as_ref().and_then(|node| node.number(1, LONGEST_MONTHS));
    if let (Some(most), Some(node)) = (at_most_months, &at_most) {
        if at_least_months.is_some_and(|least| most < least) {
            node.fault(
                Said("小于 at_least_months", "is less than at_least_months"),
                Said(
                    "不少于 at_least_months 的月数",
                    "at least as many months as at_least_months",
                ),
            );
        }
        let mut kept = kept.into_iter().flat_map(ByDay::all);
        if kept.any(|(held, kept)| held.meets(table.held()) && kept.months < most) {
            node.fault(
                Said("长于决定的保存期限", "is longer than decisions are kept"),
                Said(
                    "不多于 retention.decision 的月数",
                    "at most the months of retention.decision",
                ),
            );
        }
    }
    let ground = ground(table);
    Some(DisclosurePeriod {
        at_least_months: at_least_months?,
        at_most_months,
        ground: ground?,
    })
}
