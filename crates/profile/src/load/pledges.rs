//! `pledges.toml`: what a person may promise of their own accord.

use std::collections::BTreeMap;

use super::{Known, node::Node, table::Table};
use crate::Pledge;

pub(super) fn read(table: &Table<'_>, known: &Known) -> BTreeMap<String, Pledge> {
    let entries = table.entries().into_iter();
    entries
        .filter_map(|(id, node)| Some((id.clone(), pledge(id, &node, known)?)))
        .collect()
}

fn pledge(id: String, node: &Node<'_>, known: &Known) -> Option<Pledge> {
    let table = node.table("a pledge with its text")?;
    let text = table.text2("text");
    let professions = table.optional("professions").map(|node| {
        let nodes = node.list("the ids of the professions in which it can be made; without this key, all");
        let ids = nodes.iter();
        ids.filter_map(|node| node.reference("a profession", &known.professions))
            .collect()
    });
    table.finish();
    Some(Pledge {
        id,
        text: text?,
        professions,
    })
}
