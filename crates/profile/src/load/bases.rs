//! `bases.toml`: legal bases, and citations wherever they stand.

use crate::text::Said;
use std::collections::BTreeMap;

use super::{Known, node::Node, table::Table, who::record_kinds};
use crate::{Citation, Ground, LegalBasis, Permission};

const ONE_PROFESSION: Said = Said("恰好一个职业的标识", "the id of exactly one profession");

pub(super) fn read(table: &Table<'_>, known: &Known) -> BTreeMap<String, LegalBasis> {
    table
        .entries()
        .into_iter()
        .filter_map(|(id, node)| Some((id.clone(), basis(id, &node, known)?)))
        .collect()
}

fn basis(id: String, node: &Node<'_>, known: &Known) -> Option<LegalBasis> {
    let table = node.table(Said("法律依据", "a legal basis"))?;
    let name = table.text2("name");
    // What is decided in a profession has effect in that profession alone: a list is refused.
    let profession = table.required("profession", ONE_PROFESSION).and_then(|node| {
        if node.as_str().is_none() {
            node.fault(
                Said("不是一个职业的标识", "is not the id of one profession"),
                ONE_PROFESSION,
            );
            return None;
        }
        node.reference(Said("职业", "a profession"), &known.professions)
    });
    let record_kinds = record_kinds(table.list(
        "records",
        Said("所涵盖的记录类型", "the kinds of record that it covers"),
    ));
    let permissions = Permission::ALL.map(|permission| (permission.as_str(), permission));
    let allows = table.list(
        "allows",
        Said(
            "所允许的事项：collect、inquire、disclose",
            "what it allows: collect, inquire, disclose",
        ),
    );
    let allows = allows
        .iter()
        .filter_map(|node| node.one_of(&permissions))
        .collect();
    let enactments = table.list(
        "enactment",
        Said("至少一个 [[enactment]]", "at least one [[enactment]]"),
    );
    let mut placed: Vec<_> = enactments
        .iter()
        .filter_map(|node| Some((node, citation(node)?)))
        .collect();
    table.finish();
    placed.sort_by_key(|(_, citation)| citation.in_force_from);
    for pair in placed.windows(2) {
        let [(_, earlier), (node, later)] = pair else {
            continue;
        };
        if earlier.in_force_on(later.in_force_from) {
            let message = Said(
                "有效期与本依据的另一法规重叠",
                "is in force while another enactment of this basis still is",
            );
            node.fault_below(
                "in_force_from",
                message,
                Said(
                    "另一法规的 in_force_to 之后的日期",
                    "a day after the other's in_force_to",
                ),
            );
        }
    }
    let enactments = placed.into_iter().map(|(_, citation)| citation).collect();
    Some(LegalBasis {
        id,
        name: name?,
        profession: profession?,
        record_kinds,
        allows,
        enactments,
    })
}

/// One article of an enactment.
pub(super) fn citation(node: &Node<'_>) -> Option<Citation> {
    let table = node.table(Said(
        "法规，写明条款、有效日期和来源",
        "an enactment with article, dates in force and source",
    ))?;
    let enactment = table.text2("name");
    let article = table.text2("article");
    let from = table
        .required("in_force_from", Said("有效的第一天", "the first day in force"))
        .and_then(|node| node.date());
    let to_node = table.optional("in_force_to");
    let to = to_node.as_ref().and_then(Node::date);
    if let (Some(from), Some(to), Some(node)) = (from, to, &to_node)
        && to < from
    {
        node.fault(
            Said("早于 in_force_from", "is before in_force_from"),
            Said("in_force_from 之后的日期", "a day after in_force_from"),
        );
    }
    let source = table.text2("source");
    let confirmed_by = confirmation(&table);
    table.finish();
    Some(Citation {
        enactment: enactment?,
        article: article?,
        in_force_from: from?,
        in_force_to: to,
        source: source?,
        confirmed_by,
    })
}

/// Who confirmed it: the name of a lawyer, or `confirmed = false`.
pub(super) fn confirmation(table: &Table<'_>) -> Option<String> {
    const EXPECTED: Said = Said(
        "confirmed = false 或者 confirmed_by = \"律师姓名\"，二者之一",
        "either confirmed = false or confirmed_by = \"the lawyer's name\"",
    );
    let by = table.optional("confirmed_by");
    match (table.optional("confirmed"), by) {
        (Some(node), Some(_)) => {
            node.fault(
                Said("与 confirmed_by 重复", "says the same thing as confirmed_by"),
                EXPECTED,
            );
            None
        }
        (None, Some(by)) => by.string(EXPECTED),
        (Some(node), None) => {
            if node.bool() == Some(true) {
                node.fault(
                    Said("没有写明由谁确认", "does not say who confirmed it"),
                    EXPECTED,
                );
            }
            None
        }
        (None, None) => {
            table.fault(
                Said(
                    "没有写明是否经律师确认",
                    "does not say whether a lawyer confirmed it",
                ),
                EXPECTED,
            );
            None
        }
    }
}

/// Where a period or deadline comes from: `[[…enactment]]`, or the installation's `own` reason.
pub(super) fn ground(table: &Table<'_>) -> Option<Ground> {
    const EXPECTED: Said = Said(
        "[[enactment]]，或者写明理由的 own = { zh = \"…\", en = \"…\" }",
        "either an [[enactment]] or own = { zh = \"…\", en = \"…\" } with the reason",
    );
    match (table.optional("enactment"), table.optional("own")) {
        (Some(node), None) => {
            let citations: Vec<_> = node.list(EXPECTED).iter().filter_map(citation).collect();
            table.cites(&citations);
            (!citations.is_empty()).then_some(Ground::Enactments(citations))
        }
        (None, Some(node)) => node.text2().map(Ground::Own),
        (Some(_), Some(node)) => {
            node.fault(
                Said("已有法规，不应再写", "is there beside an enactment"),
                EXPECTED,
            );
            None
        }
        (None, None) => {
            table.fault(Said("没有写明出处", "does not say where it comes from"), EXPECTED);
            None
        }
    }
}
