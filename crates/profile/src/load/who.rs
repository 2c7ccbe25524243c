//! `authorities.toml`, `inquirers.toml`, `courts.toml` and `professions.toml`.

use crate::text::{Said, Words};
use std::collections::{BTreeMap, BTreeSet};

use model::RecordKind;

use super::{Known, node::Node, table::Table};
use crate::{Authority, Court, Inquirer, Profession, Text2};

/// The kinds of record, by their words.
pub(super) fn record_kinds(nodes: Vec<Node<'_>>) -> BTreeSet<RecordKind> {
    let all: Vec<_> = RecordKind::ALL
        .iter()
        .map(|kind| (kind.as_str(), *kind))
        .collect();
    nodes.iter().filter_map(|node| node.one_of(&all)).collect()
}

pub(super) fn authorities(table: &Table<'_>, known: &Known) -> BTreeMap<String, Authority> {
    let read = |(id, node): (String, Node<'_>)| {
        let table = node.table(Said("机关", "an authority"))?;
        let name = table.text2("name");
        let professions = table
            .list(
                "professions",
                Said(
                    "其许可的职业的标识",
                    "the ids of the professions that it licenses",
                ),
            )
            .iter()
            .filter_map(|node| node.reference(Said("职业", "a profession"), &known.professions))
            .collect();
        let record_kinds = record_kinds(table.list(
            "records",
            Said("可以报送的记录类型", "the kinds of record that it may file"),
        ));
        table.finish();
        Some((
            id.clone(),
            Authority {
                id,
                name: name?,
                professions,
                record_kinds,
            },
        ))
    };
    table.entries().into_iter().filter_map(read).collect()
}

/// Those who ask by consent alone.
pub(super) fn inquirers(table: &Table<'_>, known: &Known) -> BTreeMap<String, Inquirer> {
    let named = named(
        table,
        Said("查询单位", "an inquirer"),
        &[(Said("机关", "an authority"), &known.authorities)],
    );
    let inquirer = |(id, name): (String, Text2)| (id.clone(), Inquirer { id, name });
    named.into_iter().map(inquirer).collect()
}

/// Those whose decisions are followed.
pub(super) fn courts(table: &Table<'_>, known: &Known) -> BTreeMap<String, Court> {
    let others = [
        (Said("机关", "an authority"), &known.authorities),
        (Said("查询单位", "an inquirer"), &known.inquirers),
    ];
    let named = named(table, Said("法院", "a court"), &others);
    let court = |(id, name): (String, Text2)| (id.clone(), Court { id, name });
    named.into_iter().map(court).collect()
}

/// Bodies that have nothing but a name. An id of another body is a fault: what is logged of one could be read
/// as the other's.
fn named(table: &Table<'_>, what: impl Words, others: &[(Said, &BTreeSet<String>)]) -> Vec<(String, Text2)> {
    let read = |(id, node): (String, Node<'_>)| {
        for (other, _) in others.iter().filter(|(_, ids)| ids.contains(&id)) {
            let Said(zh, en) = other;
            node.fault(
                both!("已经是{zh}的标识", "is already the id of {en}"),
                Said("另取标识", "an id of its own"),
            );
        }
        let table = node.table(what)?;
        let name = table.text2("name");
        table.finish();
        Some((id, name?))
    };
    table.entries().into_iter().filter_map(read).collect()
}

pub(super) fn professions(
    table: &Table<'_>,
    known: &Known,
    authorities: &BTreeMap<String, Authority>,
) -> BTreeMap<String, Profession> {
    let read = |(id, node): (String, Node<'_>)| {
        let table = node.table(Said("职业", "a profession"))?;
        let name = table.text2("name");
        let licence = table.text2("licence");
        let authority = table
            .required(
                "authority",
                Said("其许可机关的标识", "the id of the authority that licenses it"),
            )
            .and_then(|node| {
                let authority = node.reference(Said("机关", "an authority"), &known.authorities)?;
                if authorities
                    .get(&authority)
                    .is_some_and(|one| !one.professions.contains(&id))
                {
                    let expected = both!(
                        "professions 中列有“{id}”的机关",
                        "an authority that lists “{id}” among its professions"
                    );
                    node.fault(
                        both!(
                            "“{authority}”不是这个职业的许可机关",
                            "“{authority}” does not license this profession"
                        ),
                        &expected,
                    );
                }
                Some(authority)
            });
        table.finish();
        Some((
            id.clone(),
            Profession {
                id,
                name: name?,
                licence: licence?,
                authority: authority?,
            },
        ))
    };
    table.entries().into_iter().filter_map(read).collect()
}
