//! `associations.toml`: those who may propose commendations.

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
            ("an authority", &known.authorities),
            ("an inquirer", &known.inquirers),
            ("a court", courts),
        ] {
            if ids.contains(&id) {
                node.fault(format!("is already the id of {other}"), "an id of its own");
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
    let table = node.table("an association")?;
    let name = table.text2("name");
    let nodes = table.list(
        "professions",
        "the ids of the professions in which it may propose commendations",
    );
    let professions = nodes.iter().filter_map(|node| {
        let profession = node.reference("a profession", &known.professions)?;
        let commended = authorities.values().any(|body| {
            body.professions.contains(&profession) && body.record_kinds.contains(&RecordKind::Commendation)
        });
        if !commended {
            node.fault(
                format!("nobody who licenses “{profession}” files commendations"),
                "a profession whose authority has “commendation” among its records",
            );
        }
        Some(profession)
    });
    let professions = professions.collect();
    let proposals = by_day::among(&table, "how much it may propose", proposals);
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
