//! `pledges.toml`: what a person may promise of their own accord.

use crate::text::Said;
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
    let table = node.table(Said("承诺及其文字", "a pledge with its text"))?;
    let text = table.text2("text");
    let professions = table.optional("professions").map(|node| {
        let nodes = node.list(Said(
            "可以作出承诺的职业的标识；不写这个键即为全部职业",
            "the ids of the professions in which it can be made; without this key, all",
        ));
        let ids = nodes.iter();
        ids.filter_map(|node| node.reference(Said("职业", "a profession"), &known.professions))
            .collect()
    });
    table.finish();
    Some(Pledge {
        id,
        text: text?,
        professions,
    })
}
