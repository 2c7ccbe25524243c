//! `purposes.toml`: registered purposes, under a law or by consent, within the limits.

use crate::text::Said;
use std::collections::{BTreeMap, BTreeSet};

use model::RecordKind;

use super::{
    Known,
    bases::ground,
    by_day::by_day,
    node::Node,
    procedures::{NUMBER, number},
    table::Table,
};
use crate::{
    Authority, ByDay, ConsentTerms, Delay, HIGHEST_DAILY_CEILING, LONGEST_CONSENT_DAYS, LONGEST_DELAY_DAYS,
    LegalBasis, MOST_CONSENT_LOOKS, Number, Permission, Purpose, RecordType,
};

/// What purposes refer to.
pub(super) struct Context<'a> {
    /// The most looks of one member of staff in a day, whatever the purposes, where that is known.
    pub(super) staff_ceiling: Option<u32>,
    pub(super) authorities: &'a BTreeMap<String, Authority>,
    pub(super) bases: &'a BTreeMap<String, LegalBasis>,
    pub(super) record_types: &'a BTreeMap<RecordKind, RecordType>,
}

pub(super) fn read(table: &Table<'_>, known: &Known, context: &Context<'_>) -> BTreeMap<String, Purpose> {
    let entries = table.entries().into_iter();
    entries
        .filter_map(|(id, node)| Some((id.clone(), purpose(id, &node, known, context)?)))
        .collect()
}

fn purpose(id: String, node: &Node<'_>, known: &Known, context: &Context<'_>) -> Option<Purpose> {
    let table = node.table(Said("用途", "a purpose"))?;
    let name = table.text2("name");
    let fields = table.required(
        "fields",
        Said(
            "按记录类型列出可以看到的字段",
            "the fields that it may see, by kind of record",
        ),
    );
    let fields = fields.map(|node| visible(&node, context)).unwrap_or_default();
    let consent_node = table.optional("consent");
    let bases_node = if consent_node.is_some() {
        table.optional("bases")
    } else {
        table.required(
            "bases",
            Said(
                "其法律依据的标识，或者写明其授权的一节",
                "the ids of its legal bases, or a section with its consent",
            ),
        )
    };
    let bases = bases_node
        .as_ref()
        .map(|node| bases(node, &fields, known, context));
    let bases = bases.unwrap_or_default();
    let professions: BTreeSet<&String> = bases
        .iter()
        .filter_map(|id| context.bases.get(id))
        .map(|basis| &basis.profession)
        .collect();
    let who = table.list(
        "who",
        Said("可以使用者的标识", "the ids of those that may use it"),
    );
    let who = who
        .iter()
        .filter_map(|node| asker(node, &professions, consent_node.is_some(), known, context))
        .collect();
    let ceiling = table.required("daily_ceiling", NUMBER);
    let daily_ceiling = ceiling.and_then(|node| by_day(&node, NUMBER, |one| daily_ceiling(one, context)));
    let delay_node = table.optional("delay");
    let delay = delay_node
        .as_ref()
        .and_then(|node| by_day(node, DELAY, |one| delay(one, known)));
    if let (Some(node), Some(_), None) = (&delay_node, &consent_node, &bases_node) {
        let expected = Said(
            "不推迟：凭授权的查询立即可见",
            "no delay: a look by consent shows at once",
        );
        node.fault(
            Said(
                "没有可以推迟告知的依法查询",
                "has no look under a law that could wait",
            ),
            expected,
        );
    }
    let consent = consent_node.as_ref().and_then(consent);
    table.finish();
    Some(Purpose {
        id,
        name: name?,
        bases,
        fields,
        who,
        daily_ceiling: daily_ceiling?,
        delay,
        consent,
    })
}

fn daily_ceiling(table: &Table<'_>, context: &Context<'_>) -> Option<Number> {
    let looks = number(table, 1, HIGHEST_DAILY_CEILING.into())?;
    if let Some(most) = context.staff_ceiling.filter(|most| *most < looks.number)
        && let Some(node) = table.optional("number")
    {
        node.fault(
            both!(
                "不可能达到：一名工作人员一天最多查询 {most} 次，不论用途",
                "can't be reached: one member of staff has {most} looks in a day, whatever the purposes"
            ),
            &both!(
                "最多 {most}，即 oversight.toml 的 staff_ceiling_per_day；或者提高该值",
                "at most {most}, the staff_ceiling_per_day of oversight.toml, or a higher one there"
            ),
        );
    }
    Some(looks)
}

fn visible(node: &Node<'_>, context: &Context<'_>) -> BTreeMap<RecordKind, BTreeSet<String>> {
    let Some(table) = node.table(Said(
        "按记录类型列出可以看到的字段",
        "the fields that it may see, by kind of record",
    )) else {
        return BTreeMap::new();
    };
    let mut fields = BTreeMap::new();
    for kind in RecordKind::ALL.iter().copied() {
        let Some(list) = table.optional(kind.as_str()) else {
            continue;
        };
        let expected = both!(
            "记录类型 {kind} 的字段名称",
            "the names of fields of the record type {kind}"
        );
        let known = context.record_types.get(&kind);
        let mut names = BTreeSet::new();
        for node in list.list(&expected) {
            let Some(name) = node.string(&expected) else {
                continue;
            };
            if known.is_some_and(|record_type| record_type.field(&name).is_none()) {
                node.fault(
                    both!(
                        "“{name}”不是记录类型 {kind} 的字段",
                        "“{name}” is not a field of the record type {kind}"
                    ),
                    &expected,
                );
            }
            names.insert(name);
        }
        fields.insert(kind, names);
    }
    if fields.is_empty() {
        table.fault(
            Said("没有写明记录类型", "names no kind of record"),
            Said(
                "至少一种记录类型及其字段",
                "at least one kind of record with its fields",
            ),
        );
    }
    table.finish();
    fields
}

/// The bases. Each kind of record in each profession has exactly one, so that every look has one basis and
/// stays in its profession.
fn bases(
    node: &Node<'_>,
    fields: &BTreeMap<RecordKind, BTreeSet<String>>,
    known: &Known,
    context: &Context<'_>,
) -> Vec<String> {
    let mut seen: BTreeMap<(&str, RecordKind), usize> = BTreeMap::new();
    let mut ids = Vec::new();
    // A basis that could not be read has a fault of its own; what it would have reached is not known.
    let mut all_read = true;
    for node in node.list(Said("其法律依据的标识", "the ids of its legal bases")) {
        let Some(id) = node.reference(Said("法律依据", "a legal basis"), &known.bases) else {
            all_read = false;
            continue;
        };
        if let Some(basis) = context.bases.get(&id) {
            if !basis.allows.contains(&Permission::Inquire) {
                node.fault(
                    both!("“{id}”不允许查询", "“{id}” does not allow inquiries"),
                    Said("允许 inquire 的法律依据", "a legal basis that allows inquire"),
                );
            }
            for kind in fields.keys() {
                let count = seen.entry((&basis.profession, *kind)).or_default();
                *count += usize::from(basis.record_kinds.contains(kind));
            }
        }
        all_read &= context.bases.contains_key(&id);
        ids.push(id);
    }
    for ((profession, kind), count) in seen {
        let expected = both!(
            "每个职业的 {kind} 记录恰好一项法律依据，其他职业没有",
            "exactly one legal basis for {kind} records in each profession, and in no other"
        );
        if count != 1 && all_read {
            node.fault(
                both!(
                    "有 {count} 项依据涉及职业“{profession}”的 {kind} 记录",
                    "{count} bases reach {kind} records of the profession “{profession}”"
                ),
                &expected,
            );
        }
    }
    ids
}

fn asker(
    node: &Node<'_>,
    professions: &BTreeSet<&String>,
    by_consent: bool,
    known: &Known,
    context: &Context<'_>,
) -> Option<String> {
    let id = node.reference(Said("机关或查询单位", "an authority or inquirer"), &known.askers)?;
    if !by_consent && !known.authorities.contains(&id) {
        let message = both!(
            "“{id}”不是机关，只能凭授权查询",
            "“{id}” is not an authority, so it may look by consent alone"
        );
        node.fault(
            message,
            Said(
                "机关，或者写明该用途的授权的一节",
                "an authority, or a section with the purpose's consent",
            ),
        );
    }
    if let Some(authority) = context.authorities.get(&id)
        && !professions.is_empty()
        && !professions
            .iter()
            .any(|profession| authority.professions.contains(*profession))
    {
        let message = both!(
            "“{id}”不是这些依据所涉任何职业的许可机关",
            "“{id}” licenses none of the professions that the bases speak of"
        );
        node.fault(
            message,
            Said(
                "其中一个职业的许可机关",
                "an authority that licenses one of these professions",
            ),
        );
    }
    Some(id)
}

fn consent(node: &Node<'_>) -> Option<ByDay<ConsentTerms>> {
    let what = Said(
        "longest_days、most_looks、keep_answer_days 及其出处",
        "longest_days, most_looks, keep_answer_days and where they come from",
    );
    by_day(node, what, terms)
}

fn terms(table: &Table<'_>) -> Option<ConsentTerms> {
    let longest_days = table.number("longest_days", 1, i64::from(LONGEST_CONSENT_DAYS));
    let most_looks = table.number("most_looks", 1, i64::from(MOST_CONSENT_LOOKS));
    let keep_answer_days = table.number("keep_answer_days", 1, i64::from(LONGEST_CONSENT_DAYS));
    let ground = ground(table);
    Some(ConsentTerms {
        longest_days: longest_days?,
        most_looks: most_looks?,
        keep_answer_days: keep_answer_days?,
        ground: ground?,
    })
}

const DELAY: Said = Said("{ days = …, basis = \"…\" }", "{ days = …, basis = \"…\" }");

fn delay(table: &Table<'_>, known: &Known) -> Option<Delay> {
    let days = table.number("days", 1, i64::from(LONGEST_DELAY_DAYS));
    let basis = table.required(
        "basis",
        Said(
            "允许推迟告知的法律依据的标识",
            "the id of the legal basis that lets the notice wait",
        ),
    );
    let basis = basis.and_then(|node| node.reference(Said("法律依据", "a legal basis"), &known.bases));
    Some(Delay {
        days: days?,
        basis: basis?,
    })
}
