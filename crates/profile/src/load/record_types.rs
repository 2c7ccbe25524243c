//! `record-types/*.toml`: closed lists of fields, within the limits.

use crate::text::Said;
use std::collections::{BTreeMap, BTreeSet};

use model::RecordKind;

use super::{node::Node, table::Table};
use crate::{
    Choice, DecisionKind, Field, FieldKind, LicenceEffect, Penalty, RecordType, Span, fold_heading,
    limits::forbidden_meaning,
};

/// The most characters that any text field may have.
const LONGEST_TEXT: i64 = 20_000;

const KINDS: [&str; 16] = [
    "text",
    "name",
    "id-number",
    "id-type",
    "birth-date",
    "date",
    "amount",
    "number",
    "choice",
    "penalty",
    "authority",
    "basis",
    "licence-number",
    "document-number",
    "remedies",
    "correction",
];

pub(super) fn read(
    tables: Vec<(RecordKind, Table<'_>)>,
    has_birth_date: bool,
) -> BTreeMap<RecordKind, RecordType> {
    let read = |(kind, table)| Some((kind, record_type(kind, table, has_birth_date)?));
    tables.into_iter().filter_map(read).collect()
}

fn record_type(kind: RecordKind, table: Table<'_>, has_birth_date: bool) -> Option<RecordType> {
    let name = table.text2("name");
    let mut headings = BTreeMap::new();
    let mut fields: Vec<Field> = Vec::new();
    for node in table.list("field", Said("至少一个 [[field]]", "at least one [[field]]")) {
        let Some(field) = field(&node, &mut headings) else {
            continue;
        };
        if fields.iter().any(|other| other.name == field.name) {
            let name = &field.name;
            node.fault_below(
                "name",
                both!("“{name}”重复", "“{name}” is there twice"),
                Said("每个字段只写一次", "each field once"),
            );
        }
        fields.push(field);
    }
    let required = Said("一个必填字段的名称", "the name of a required field");
    let identity: Vec<String> = table
        .list(
            "identity",
            Said(
                "共同表明一行属于哪份文书的字段",
                "the fields that together say which document a row speaks of",
            ),
        )
        .iter()
        .filter_map(|node| {
            let name = node.string(required)?;
            if !fields.iter().any(|field| field.name == name && field.required) {
                node.fault(
                    both!("“{name}”不是必填字段", "“{name}” is not a required field"),
                    required,
                );
            }
            Some(name)
        })
        .collect();
    let period = table
        .required(
            "period",
            Said("{ from = \"…\", to = \"…\" }", "{ from = \"…\", to = \"…\" }"),
        )
        .and_then(|node| span(&node, &fields));
    complete(kind, &table, &fields, has_birth_date);
    table.finish();
    Some(RecordType {
        kind,
        name: name?,
        fields,
        identity,
        period: period?,
        headings,
    })
}

const ANY_DATE: Said = Said("一个日期字段的名称", "the name of a date field");

fn span(node: &Node<'_>, fields: &[Field]) -> Option<Span> {
    let expected = Said("一个必填日期字段的名称", "the name of a required date field");
    let table = node.table(Said(
        "{ from = \"…\", to = \"…\" }",
        "{ from = \"…\", to = \"…\" }",
    ))?;
    let dated = |node: Node<'_>| {
        let name = node.string(expected)?;
        let field = fields.iter().find(|field| field.name == name && field.required);
        if !field.is_some_and(|field| matches!(field.kind, FieldKind::Date { .. })) {
            node.fault(
                both!(
                    "“{name}”不是必填的日期字段",
                    "“{name}” is not a required date field"
                ),
                expected,
            );
        }
        Some(name)
    };
    let from = table.required("from", expected).and_then(dated);
    let to = table.optional("to").and_then(dated);
    let restricts_until = table.optional("restricts_until").and_then(|node| {
        let name = node.string(ANY_DATE)?;
        let field = fields.iter().find(|field| field.name == name);
        if !field.is_some_and(|field| matches!(field.kind, FieldKind::Date { .. })) {
            node.fault(
                both!("“{name}”不是日期字段", "“{name}” is not a date field"),
                ANY_DATE,
            );
        }
        Some(name)
    });
    table.finish();
    Some(Span {
        from: from?,
        to,
        restricts_until,
    })
}

/// The fields without which a record of this kind can't be taken in, each exactly once and required.
fn complete(kind: RecordKind, table: &Table<'_>, fields: &[Field], has_birth_date: bool) {
    let mut needed = vec!["name", "id-number", "basis"];
    match kind {
        RecordKind::Licence => needed.extend(["licence-number", "document-number"]),
        RecordKind::Decision => needed.extend(["licence-number", "document-number", "penalty", "remedies"]),
        RecordKind::Training | RecordKind::Commendation => {}
    }
    if !has_birth_date {
        needed.push("birth-date");
    }
    for needed in needed {
        let of_kind: Vec<_> = fields
            .iter()
            .filter(|field| field.kind.as_str() == needed)
            .collect();
        if of_kind.len() != 1 || !of_kind.iter().all(|field| field.required) {
            let count = of_kind.len();
            let expected = both!(
                "恰好一个 {needed} 类的必填字段",
                "exactly one required field of the kind {needed}"
            );
            table.fault(
                both!(
                    "有 {count} 个 {needed} 类的字段，或者不是必填",
                    "{count} fields of the kind {needed}, or not required"
                ),
                &expected,
            );
        }
    }
    if !fields
        .iter()
        .any(|field| field.required && field.kind == FieldKind::Authority)
    {
        table.fault(
            Said(
                "没有 authority 类的必填字段",
                "no required field of the kind authority",
            ),
            Said(
                "一个 authority 类的必填字段",
                "a required field of the kind authority",
            ),
        );
    }
    let corrections: Vec<_> = fields
        .iter()
        .filter(|field| field.kind.as_str() == "correction")
        .collect();
    if corrections.len() > 1 || corrections.iter().any(|field| field.required) {
        table.fault(
            Said(
                "correction 类的字段不止一个，或者是必填的",
                "a field of the kind correction that is not alone or is required",
            ),
            Said("最多一个，且不是必填", "at most one, not required"),
        );
    }
}

fn field(node: &Node<'_>, headings: &mut BTreeMap<String, String>) -> Option<Field> {
    let table = node.table(Said("字段", "a field"))?;
    let snake = Said(
        "用下划线连接的小写名称，如 decided_on",
        "a name in snake_case, such as decided_on",
    );
    let name = table.required("name", snake).and_then(|node| {
        let name = node.string(snake)?;
        if !is_snake_case(&name) {
            node.fault(
                both!("“{name}”不是字段名称", "“{name}” is not a field name"),
                snake,
            );
        }
        Some(name)
    });
    let label_node = table.required("label", Said("两种语言的名称", "the label in both languages"));
    let label = label_node.as_ref().and_then(Node::text2);
    let kind = kind(&table);
    let required = table.bool("required");
    let personal_node = table.required("personal", Said("true 或 false", "true or false"));
    let personal = personal_node.as_ref().and_then(Node::bool);
    let given = table
        .optional("headings")
        .map(|node| node.list(Said("报送方的列名", "senders' headings")))
        .unwrap_or_default();
    table.finish();

    let mut texts: Vec<(&Node<'_>, String)> = Vec::new();
    texts.extend(name.iter().map(|name| (node, name.clone())));
    texts.extend(
        label
            .iter()
            .zip(&label_node)
            .flat_map(|(label, at)| [(at, label.zh.clone()), (at, label.en.clone())]),
    );
    texts.extend(given.iter().filter_map(|at| Some((at, at.as_str()?.to_owned()))));
    for (at, text) in texts {
        if let Some(Said(zh, en)) = forbidden_meaning(&text) {
            at.fault(
                both!(
                    "“{text}”是指{zh}，这类内容从不保存",
                    "“{text}” means {en}, which is never kept"
                ),
                Said(
                    "关于许可、决定、培训或表彰本身的字段",
                    "a field about the licence, decision, training or commendation itself",
                ),
            );
        }
    }
    let name = name?;
    claim(node, &name, &name, headings);
    for heading in &given {
        if let Some(text) = heading.string(Said("列名", "a heading")) {
            claim(heading, &text, &name, headings);
        }
    }
    let (kind, personal) = (kind?, personal?);
    let always = matches!(
        kind,
        FieldKind::Name { .. } | FieldKind::IdNumber | FieldKind::BirthDate
    );
    if let (true, false, Some(node)) = (always, personal, &personal_node) {
        node.fault(
            Said("是 false", "is false"),
            Said(
                "true：这类字段总是涉及本人",
                "true: this kind of field always tells something about the person",
            ),
        );
    }
    Some(Field {
        name,
        label: label?,
        kind,
        required: required?,
        personal,
    })
}

/// Enters a heading; one that another field already has is a fault.
fn claim(node: &Node<'_>, heading: &str, field: &str, headings: &mut BTreeMap<String, String>) {
    if let Some(other) = headings.insert(fold_heading(heading), field.to_owned())
        && other != field
    {
        node.fault(
            both!(
                "列名“{heading}”已对应字段 {other}",
                "the heading “{heading}” already means the field {other}"
            ),
            Said("每个列名只对应一个字段", "each heading for one field"),
        );
    }
}

fn is_snake_case(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn kind(table: &Table<'_>) -> Option<FieldKind> {
    let word = table
        .required("kind", Said("字段的类别", "the kind of field"))?
        .one_of(&KINDS.map(|kind| (kind, kind)))?;
    let max_chars = || table.number("max_chars", 1, LONGEST_TEXT);
    Some(match word {
        "text" => FieldKind::Text {
            max_chars: max_chars()?,
        },
        "name" => FieldKind::Name {
            max_chars: max_chars()?,
        },
        "remedies" => FieldKind::Remedies {
            max_chars: max_chars()?,
        },
        "correction" => FieldKind::Correction {
            max_chars: max_chars()?,
        },
        "id-number" => FieldKind::IdNumber,
        "birth-date" => FieldKind::BirthDate,
        "authority" => FieldKind::Authority,
        "basis" => FieldKind::Basis,
        "licence-number" => FieldKind::LicenceNumber,
        "document-number" => FieldKind::DocumentNumber,
        "date" => FieldKind::Date {
            future: table.bool("future")?,
        },
        "amount" => {
            let (unit, decimals) = (table.text2("unit"), table.number("decimals", 0, 6));
            FieldKind::Amount {
                unit: unit?,
                decimals: decimals?,
            }
        }
        "number" => number(table)?,
        "id-type" => FieldKind::IdType {
            values: values(table, choice),
        },
        "choice" => FieldKind::Choice {
            values: values(table, choice),
        },
        _ => FieldKind::Penalty {
            values: values(table, penalty),
        },
    })
}

fn number(table: &Table<'_>) -> Option<FieldKind> {
    let unit = table.text2("unit");
    let min: Option<i64> = table.number("min", 0, 1_000_000);
    let max_node = table.required("max", Said("允许的最大值", "the greatest allowed"));
    let max: Option<i64> = max_node.as_ref().and_then(|node| node.number(0, 1_000_000));
    if let (Some(min), Some(max), Some(node)) = (min, max, &max_node)
        && max < min
    {
        node.fault(
            Said("小于 min", "is less than min"),
            Said("不小于 min", "at least min"),
        );
    }
    Some(FieldKind::Number {
        min: min?,
        max: max?,
        unit: unit?,
    })
}

/// The allowed values, each read by `read` from a table with `value` and `label`.
fn values<T>(table: &Table<'_>, read: impl Fn(&Table<'_>, Choice) -> Option<T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    let mut values = Vec::new();
    for node in table.list(
        "values",
        Said(
            "由 { value = \"…\", label = { zh = \"…\", en = \"…\" } } 组成的列表",
            "a list of { value = \"…\", label = { zh = \"…\", en = \"…\" } }",
        ),
    ) {
        let Some(table) = node.table(Said(
            "{ value = \"…\", label = { zh = \"…\", en = \"…\" } }",
            "{ value = \"…\", label = { zh = \"…\", en = \"…\" } }",
        )) else {
            continue;
        };
        let value = table.string("value", Said("报送方所写的值", "the value as senders write it"));
        let label = table.text2("label");
        if let Some(value) = &value
            && !seen.insert(value.clone())
        {
            node.fault_below(
                "value",
                &both!("“{value}”重复", "“{value}” is there twice"),
                Said("每个值只写一次", "each value once"),
            );
        }
        if let (Some(value), Some(label)) = (value, label) {
            values.extend(read(&table, Choice { value, label }));
        }
        table.finish();
    }
    values
}

/// A value that says nothing more than itself.
fn choice(_: &Table<'_>, choice: Choice) -> Option<Choice> {
    Some(choice)
}

fn penalty(table: &Table<'_>, choice: Choice) -> Option<Penalty> {
    let kinds = DecisionKind::ALL.map(|kind| (kind.as_str(), kind));
    let kind = table
        .required("decision", Said("决定的种类", "the kind of decision"))
        .and_then(|node| node.one_of(&kinds));
    let effects = [
        ("none", LicenceEffect::None),
        ("suspends", LicenceEffect::Suspends),
        ("revokes", LicenceEffect::Revokes),
        ("prohibits", LicenceEffect::Prohibits),
    ];
    let effect = table
        .required("licence", Said("对许可的影响", "what it does to the licence"))
        .and_then(|node| node.one_of(&effects));
    Some(Penalty {
        choice,
        kind: kind?,
        effect: effect?,
    })
}
