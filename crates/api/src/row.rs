//! A whole row in a body: one JSON object under the names of a record's fields. What is in it is checked as every
//! filed row is; here it only has to be flat, and to say nothing twice.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::{Map, Value};

/// The most fields. No kind of record has nearly as many.
const MOST: usize = 200;

/// The row.
pub(crate) struct Row(Map<String, Value>);

impl Row {
    /// Its text, as it is filed.
    pub(crate) fn into_text(self) -> String {
        Value::Object(self.0).to_string()
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row, a flat object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Row, A::Error> {
        let mut fields = Map::new();
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            if value.is_array() || value.is_object() || fields.len() == MOST {
                return Err(A::Error::custom("a row is flat and short"));
            }
            if fields.contains_key(&name) {
                return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
            }
            fields.insert(name, value);
        }
        Ok(Row(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{json, problem::Code};

    fn read(text: &str) -> Result<String, Code> {
        let row = json::read::<Row>(text.as_bytes());
        row.map(Row::into_text).map_err(|problem| problem.code)
    }

    #[test]
    fn a_flat_object_is_a_row() {
        let text = r#"{"hours":12,"name":"测一安","note":null}"#;
        assert_eq!(read(text).as_deref(), Ok(text));
    }

    #[test]
    fn a_field_that_stands_twice_is_named_and_nothing_deep_or_endless_is_taken() {
        assert_eq!(read(r#"{"a":1,"a":2}"#), Err(Code::FieldTwice));
        for deep in [r#"{"a":{}}"#, r#"{"a":[1]}"#, "[]", "1", r#""a""#] {
            assert_eq!(read(deep), Err(Code::BodyMalformed), "{deep}");
        }
        let deepest = format!("{{\"a\":{}1{}}}", "[".repeat(1000), "]".repeat(1000));
        assert_eq!(read(&deepest), Err(Code::BodyMalformed));
        let many: Vec<String> = (0..=MOST).map(|n| format!("\"f{n}\":1")).collect();
        assert_eq!(read(&format!("{{{}}}", many.join(","))), Err(Code::BodyMalformed));
    }
}
