//! Rows to file, field by field, as JSON Lines.

use serde_json::{Map, Value, json};

use crate::{MadeUp, made_up};

/// A row as an authority sends it, under the names of its fields.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceRow(Map<String, Value>);

impl SourceRow {
    fn of(n: u32, fields: Value) -> Self {
        let MadeUp { name, number } = made_up(n);
        let row = Self(fields.as_object().cloned().unwrap_or_default());
        row.with("name", name).with("id_number", number)
    }

    /// The licence of the `n`th made-up person as a lawyer, in force until 2035.
    pub fn licence(n: u32) -> Self {
        let fields = json!({
            "id_type": "身份证",
            "document_number": format!("甘许〔2020〕{n:07}号"),
            "licence_category": "普通",
            "licence_name": "律师执业证",
            "licence_number": format!("LAW-{n:08}"),
            "scope": "律师",
            "decided_on": "2020-05-04",
            "valid_from": "2020-05-04",
            "valid_until": "2035-05-04",
            "authority": "law-bureau",
            "source_authority": "law-bureau",
            "legal_basis": "lawyer-licensing",
        });
        Self::of(n, fields)
    }

    /// The licence of the `n`th made-up person as a teacher, in force until 2035.
    pub fn teacher(n: u32) -> Self {
        Self::licence(n)
            .with("licence_name", "教师资格证")
            .with("licence_number", format!("TEA-{n:08}"))
            .with("scope", "教师")
            .with("authority", "education-department")
            .with("source_authority", "education-department")
            .with("legal_basis", "teacher-licensing")
    }

    /// A warning to the `n`th made-up person as a lawyer, in force from 10 November 2026 and shown until
    /// 31 January 2027.
    pub fn decision(n: u32) -> Self {
        let fields = json!({
            "id_type": "身份证",
            "document_number": format!("甘律罚〔2026〕{n:05}号"),
            "violation": "执业违规",
            "facts": "虚构示例：案卷记录不全。",
            "legal_basis": "lawyer-discipline",
            "penalty": "警告",
            "penalty_content": "警告",
            "licence_number": format!("LAW-{n:08}"),
            "decided_on": "2026-11-01",
            "effective_on": "2026-11-10",
            "disclosure_ends_on": "2027-01-31",
            "authority": "law-bureau",
            "source_authority": "law-bureau",
            "remedies": "可在六十日内申请行政复议，或者在六个月内提起行政诉讼。",
        });
        Self::of(n, fields)
    }

    /// A commendation of the `n`th made-up person as a lawyer, of 4 December 2025.
    pub fn commendation(n: u32) -> Self {
        let fields = json!({
            "document_number": format!("甘律奖〔2025〕{n:05}号"),
            "title": "法律援助先进个人（示例）",
            "reason": "虚构示例：义务办理法律援助案件。",
            "granted_on": "2025-12-04",
            "authority": "law-bureau",
            "legal_basis": "lawyer-commendation",
        });
        Self::of(n, fields)
    }

    /// Training of the `n`th made-up person as a lawyer: this course, so many hours, completed on this day.
    pub fn training(n: u32, course: &str, hours: i64, completed_on: &str) -> Self {
        let fields = json!({
            "course": course,
            "hours": hours,
            "completed_on": completed_on,
            "authority": "law-bureau",
            "legal_basis": "lawyer-training",
        });
        Self::of(n, fields)
    }

    /// The same row with this value in a field.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.0.insert(field.to_owned(), value.into());
        self
    }

    /// The same row about somebody else.
    #[must_use]
    pub fn about(self, person: MadeUp) -> Self {
        self.with("name", person.name).with("id_number", person.number)
    }

    /// The same row, marked as a correction.
    #[must_use]
    pub fn correcting(self) -> Self {
        self.with("correction", "更正笔误")
    }

    /// The same row with another document's number.
    #[must_use]
    pub fn document(self, number: &str) -> Self {
        self.with("document_number", number)
    }
}

/// A file of these rows, one JSON object a line.
pub fn json_lines(rows: &[SourceRow]) -> String {
    rows.iter()
        .map(|row| Value::Object(row.0.clone()).to_string() + "\n")
        .collect()
}
