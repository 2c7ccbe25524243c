//! The canonical texts of a row: which document it speaks of, and what it says.

use std::sync::Arc;

use model::RecordKind;

use super::{Value, value};

/// The kind and the values of the identity fields. No value can hold U+001F: control characters are a fault.
pub(super) fn document(kind: RecordKind, places: &[usize], values: &[Option<Value<'_>>]) -> String {
    let mut document = String::with_capacity(64);
    document.push_str(kind.as_str());
    for place in places {
        document.push('\u{1f}');
        match &values[*place] {
            Some(Value::Text(text)) => document.push_str(text),
            Some(Value::Number(number)) => document.push_str(&number.to_string()),
            Some(Value::Date(date)) => document.push_str(&date.to_string()),
            None => {}
        }
    }
    document
}

/// A JSON object of the values that are there, in the order of `sorted`.
pub(super) fn canonical(names: &[Arc<str>], sorted: &[usize], values: &[Option<Value<'_>>]) -> Vec<u8> {
    let mut json = Vec::with_capacity(768);
    json.push(b'{');
    for place in sorted {
        let Some(value) = &values[*place] else { continue };
        if json.len() > 1 {
            json.push(b',');
        }
        string(&names[*place], &mut json);
        json.push(b':');
        match value {
            Value::Text(text) => string(text, &mut json),
            Value::Number(number) => json.extend_from_slice(number.to_string().as_bytes()),
            Value::Date(date) => {
                json.push(b'"');
                value::write_date(*date, &mut json);
                json.push(b'"');
            }
        }
    }
    json.push(b'}');
    json
}

/// Appends a JSON text. Only quotation marks, backslashes and control characters are escaped, so that one
/// text has one form.
fn string(text: &str, json: &mut Vec<u8>) {
    json.push(b'"');
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte < 0x20 || matches!(byte, b'"' | b'\\') {
            json.extend_from_slice(&bytes[from..at]);
            match byte {
                b'\n' => json.extend_from_slice(b"\\n"),
                b'\t' => json.extend_from_slice(b"\\t"),
                b'"' | b'\\' => json.extend_from_slice(&[b'\\', *byte]),
                _ => json.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            }
            from = at + 1;
        }
    }
    json.extend_from_slice(&bytes[from..]);
    json.push(b'"');
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn canonical_content_is_json_that_says_the_same(text in any::<String>(), number in any::<i64>()) {
            let names: Vec<Arc<str>> = vec!["b".into(), "a".into(), "c".into()];
            let values = [Some(Value::Text(Cow::Borrowed(text.as_str()))), Some(Value::Number(number)), None];
            let json = canonical(&names, &[1, 0, 2], &values);
            let read: serde_json::Value = serde_json::from_slice(&json).unwrap();
            prop_assert_eq!(&read, &serde_json::json!({"a": number, "b": text}));
            prop_assert_eq!(serde_json::to_vec(&read).unwrap().starts_with(b"{\"a\""), true);
        }
    }
}
