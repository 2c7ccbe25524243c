//! JSON Schema (draft 2020-12) of a record type, in the canonical form of its values.

use serde_json::{Map, Value, json};

use crate::{Choice, Field, FieldKind, IdentityRule, Profile, RecordType};
use model::RecordKind;

impl Profile {
    /// The JSON Schema of a kind of record, with the profile's own lists of authorities and bases.
    pub fn json_schema(&self, kind: RecordKind) -> Option<Value> {
        self.record_type(kind)
            .map(|record_type| record_type.json_schema(self))
    }
}

impl RecordType {
    /// The JSON Schema (draft 2020-12) of a record of this type: an object with these fields and no other.
    /// Dates are `YYYY-MM-DD`; amounts are decimal texts, so that no digit is lost; numbers are numbers.
    pub fn json_schema(&self, profile: &Profile) -> Value {
        let properties: Map<String, Value> = self
            .fields
            .iter()
            .map(|field| (field.name.clone(), self.field_schema(field, profile)))
            .collect();
        let required: Vec<&str> = self
            .fields
            .iter()
            .filter(|field| field.required)
            .map(|field| field.name.as_str())
            .collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": format!("urn:standing:{}:{}", profile.id, self.kind),
            "title": self.name.en,
            "type": "object",
            "additionalProperties": false,
            "required": required,
            "properties": properties,
        })
    }

    fn field_schema(&self, field: &Field, profile: &Profile) -> Value {
        let mut schema = value_schema(&field.kind, &profile.identity);
        match &field.kind {
            FieldKind::Authority => {
                let ids: Vec<&String> = profile
                    .authorities
                    .values()
                    .filter(|authority| authority.record_kinds.contains(&self.kind))
                    .map(|authority| &authority.id)
                    .collect();
                schema["enum"] = json!(ids);
            }
            FieldKind::Basis => {
                let bases = profile
                    .bases
                    .values()
                    .filter(|basis| basis.record_kinds.contains(&self.kind));
                schema["enum"] = json!(bases.map(|basis| &basis.id).collect::<Vec<_>>());
            }
            _ => {}
        }
        schema["title"] = json!(field.label.en);
        schema["x-title-zh"] = json!(field.label.zh);
        schema["x-personal"] = json!(field.personal);
        schema
    }
}

fn value_schema(kind: &FieldKind, identity: &IdentityRule) -> Value {
    match kind {
        FieldKind::Text { max_chars }
        | FieldKind::Name { max_chars }
        | FieldKind::Remedies { max_chars }
        | FieldKind::Correction { max_chars } => text(*max_chars),
        FieldKind::IdNumber => json!({"type": "string", "pattern": identity.pattern()}),
        FieldKind::IdType { values } | FieldKind::Choice { values } => one_of(values.iter()),
        FieldKind::Penalty { values } => one_of(values.iter().map(|penalty| &penalty.choice)),
        FieldKind::BirthDate | FieldKind::Date { .. } => {
            json!({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
        }
        FieldKind::Amount { decimals: 0, .. } => {
            json!({"type": "string", "pattern": "^(0|[1-9][0-9]{0,14})$"})
        }
        FieldKind::Amount { decimals, .. } => {
            json!({"type": "string", "pattern": format!("^(0|[1-9][0-9]{{0,14}})([.][0-9]{{1,{decimals}}})?$")})
        }
        FieldKind::Number { min, max, .. } => json!({"type": "number", "minimum": min, "maximum": max}),
        FieldKind::Authority | FieldKind::Basis => json!({"type": "string"}),
        FieldKind::LicenceNumber | FieldKind::DocumentNumber => text(NUMBER_CHARS),
    }
}

/// The most characters of a licence's or a document's number.
pub(crate) const NUMBER_CHARS: usize = 100;

fn text(max_chars: usize) -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": max_chars})
}

fn one_of<'a>(values: impl Iterator<Item = &'a Choice>) -> Value {
    json!({"type": "string", "enum": values.map(|choice| &choice.value).collect::<Vec<_>>()})
}
