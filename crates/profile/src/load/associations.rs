//! `associations.toml`: those who may propose commendations.

use crate::text::Said;
use std::collections::{BTreeMap, BTreeSet};

use model::RecordKind;

use super::{Known, bases::ground, by_day, node::Node, table::Table};
use crate::{Association, Authority, Proposals};

/// The most proposals a day that a profile may allow an association.
const MOST_A_DAY: i64 = 200;

pub(super) fn read(
    table: &Table<'_>,
    known: &Known,
    courts: &BTreeSet<String>,
    authorities: &BTreeMap<String, Authority>,
) -> BTreeMap<String, Association> {
    let read = |(id, node): (String, Node<'_>)| {
        for (other, ids) in [
            (Said("机关", "an authority"), &known.authorities),
            (Said("查询单位", "an inquirer"), &known.inquirers),
            (Said("法院", "a court"), courts),
        ] {
            if ids.contains(&id) {
                let Said(zh, en) = other;
                node.fault(
                    both!("已经是{zh}的标识", "is already the id of {en}"),
                    Said("另取标识", "an id of its own"),
                );
            }
        }
        Some((id.clone(), association(id, &node, known, authorities)?))
    };
    table.entries().into_iter().filter_map(read).collect()
}

fn association(
    id: String,
    node: &Node<'_>,
    known: &Known,
    authorities: &BTreeMap<String, Authority>,
) -> Option<Association> {
    let table = node.table(Said("协会", "an association"))?;
    let name = table.text2("name");
    let nodes = table.list(
        "professions",
        Said(
            "可以推荐表彰的职业的标识",
            "the ids of the professions in which it may propose commendations",
        ),
    );
    let professions = nodes.iter().filter_map(|node| {
        let profession = node.reference(Said("职业", "a profession"), &known.professions)?;
        let commended = authorities.values().any(|body| {
            body.professions.contains(&profession) && body.record_kinds.contains(&RecordKind::Commendation)
        });
        if !commended {
            node.fault(
                both!(
                    "没有“{profession}”的许可机关报送表彰",
                    "nobody who licenses “{profession}” files commendations"
                ),
                Said(
                    "其机关的 records 中有“commendation”的职业",
                    "a profession whose authority has “commendation” among its records",
                ),
            );
        }
        Some(profession)
    });
    let professions = professions.collect();
    let proposals = by_day::among(&table, Said("可以推荐多少", "how much it may propose"), proposals);
    table.finish();
    Some(Association {
        id,
        name: name?,
        professions,
        proposals: proposals?,
    })
}

fn proposals(table: &Table<'_>) -> Option<Proposals> {
    let per_day = table.number("proposals_per_day", 1, MOST_A_DAY);
    let ground = ground(table);
    Some(Proposals {
        per_day: per_day?,
        ground: ground?,
    })
}
