//! Reading JSON bodies strictly, and saying where one went wrong without repeating what it holds.

use serde::de::DeserializeOwned;
use serde_json::Error;

use crate::problem::{Code, Problem};

/// Reads a body. A field that is not asked for is a fault.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| malformed(&error))
}

fn malformed(error: &Error) -> Problem {
    let text = error.to_string();
    let named = |start: &str| text.strip_prefix(start)?.split('`').next().map(str::to_owned);
    let (code, field) = if let Some(field) = named("unknown field `") {
        (Code::FieldUnknown, Some(field))
    } else if let Some(field) = named("missing field `") {
        (Code::FieldMissing, Some(field))
    } else if let Some(field) = named("duplicate field `") {
        (Code::FieldTwice, Some(field))
    } else {
        (Code::BodyMalformed, None)
    };
    let problem = Problem::new(code)
        .with("line", error.line())
        .with("character", error.column());
    match field {
        // A name of a field is short; what is not, is none.
        Some(field) if field.len() <= 64 => problem.with("field", field),
        _ => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only read")]
        name: String,
    }

    #[test]
    fn a_fault_names_the_field_and_the_place_and_no_value() {
        let fault = |text: &str| read::<Body>(text.as_bytes()).unwrap_err();
        assert_eq!(fault(r#"{"name":"a","x":1}"#).code, Code::FieldUnknown);
        assert_eq!(fault("{}").code, Code::FieldMissing);
        assert_eq!(fault(r#"{"name":"a","name":"b"}"#).code, Code::FieldTwice);
        assert_eq!(fault(r#"{"name":{"secret":1}}"#).code, Code::BodyMalformed);
        let problem = fault(r#"{"name":7345}"#);
        assert_eq!(problem.code, Code::BodyMalformed);
        assert!(!format!("{problem:?}").contains("7345"));
    }
}
