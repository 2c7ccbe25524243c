//! `periods.toml`: how long records are disclosed and kept, with where each number comes from.

use std::collections::BTreeMap;

use model::RecordKind;

use super::{bases::ground, node::Node, table::Table};
use crate::{DecisionKind, DisclosurePeriod, FieldKind, RecordType, RetentionPeriod};

/// The longest period that a profile may set, in months.
const LONGEST_MONTHS: i64 = 1200;

type Periods = (
    BTreeMap<DecisionKind, DisclosurePeriod>,
    BTreeMap<RecordKind, RetentionPeriod>,
);
type Types = BTreeMap<RecordKind, RecordType>;

pub(super) fn read(table: Table<'_>, types: &Types) -> Option<Periods> {
    let retention = table.required("retention", "how long each kind of record is kept");
    let retention = retention.and_then(|node| retentions(&node, types));
    let kept = retention
        .as_ref()
        .and_then(|all| all.get(&RecordKind::Decision))
        .map(|period| period.months);
    let disclosure = table.required("disclosure", "how long each kind of decision is disclosed");
    let disclosure = disclosure.and_then(|node| disclosures(&node, kept));
    table.finish();
    Some((disclosure?, retention?))
}

fn retentions(node: &Node<'_>, types: &Types) -> Option<BTreeMap<RecordKind, RetentionPeriod>> {
    let table = node.table("a table with one period a kind of record")?;
    let mut periods = BTreeMap::new();
    for kind in RecordKind::ALL.iter().copied() {
        let period = table.required(kind.as_str(), "how long it is kept");
        if let Some(period) = period.and_then(|node| retention(&node, kind, types)) {
            periods.insert(kind, period);
        }
    }
    table.finish();
    (periods.len() == RecordKind::ALL.len()).then_some(periods)
}

fn retention(node: &Node<'_>, kind: RecordKind, types: &Types) -> Option<RetentionPeriod> {
    let table = node.table("how long it is kept")?;
    let months = table.number("months", 1, LONGEST_MONTHS);
    let expected = "the name of a required date field of this kind of record";
    let counted_from = table.required("counted_from", expected).and_then(|node| {
        let name = node.string(expected)?;
        let field = types.get(&kind).map(|record_type| record_type.field(&name));
        let dated = |kind: &FieldKind| matches!(kind, FieldKind::Date { .. });
        if field.is_some_and(|field| !field.is_some_and(|field| field.required && dated(&field.kind))) {
            node.fault(format!("“{name}” is not a required date field"), expected);
        }
        Some(name)
    });
    let ground = ground(&table);
    table.finish();
    Some(RetentionPeriod {
        months: months?,
        counted_from: counted_from?,
        ground: ground?,
    })
}

fn disclosures(node: &Node<'_>, kept: Option<u32>) -> Option<BTreeMap<DecisionKind, DisclosurePeriod>> {
    let table = node.table("a table with one period a kind of decision")?;
    let mut periods = BTreeMap::new();
    for kind in DecisionKind::ALL {
        let period = table.required(kind.as_str(), "how long it is disclosed");
        if let Some(period) = period.and_then(|node| disclosure(&node, kind, kept)) {
            periods.insert(kind, period);
        }
    }
    table.finish();
    (periods.len() == DecisionKind::ALL.len()).then_some(periods)
}

fn disclosure(node: &Node<'_>, kind: DecisionKind, kept: Option<u32>) -> Option<DisclosurePeriod> {
    let table = node.table("how long it is disclosed")?;
    let at_least_months: Option<u32> = table.number("at_least_months", 0, LONGEST_MONTHS);
    let at_most = match kind {
        DecisionKind::Prohibition => table.optional("at_most_months"),
        _ => table.required(
            "at_most_months",
            "the months after which it is no longer disclosed",
        ),
    };
    let at_most_months: Option<u32> = at_most.as_ref().and_then(|node| node.number(1, LONGEST_MONTHS));
    if let (Some(most), Some(node)) = (at_most_months, &at_most) {
        if at_least_months.is_some_and(|least| most < least) {
            node.fault(
                "is less than at_least_months",
                "at least as many months as at_least_months",
            );
        }
        if kept.is_some_and(|kept| kept < most) {
            node.fault(
                "is longer than decisions are kept",
                "at most the months of retention.decision",
            );
        }
    }
    let ground = ground(&table);
    table.finish();
    Some(DisclosurePeriod {
        at_least_months: at_least_months?,
        at_most_months,
        ground: ground?,
    })
}
