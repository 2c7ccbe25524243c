//! Header fields as RFC 9421 and RFC 9651 want them read.

use http::HeaderMap;

use crate::SignatureError;

/// The longest of the fields that this crate parses, in bytes.
pub(crate) const MAX_FIELD_BYTES: usize = 8 * 1024;

/// The value of a field: its lines in their order, trimmed and joined (RFC 9421, section 2.1). `None` if the
/// request has no such field.
pub(crate) fn combined(headers: &HeaderMap, name: &str) -> Option<Vec<u8>> {
    let mut lines = headers.get_all(name).iter().peekable();
    lines.peek()?;
    Some(
        lines
            .map(|line| line.as_bytes().trim_ascii())
            .collect::<Vec<_>>()
            .join(&b", "[..]),
    )
}

/// The value of a structured field as text, within the limit.
pub(crate) fn structured(headers: &HeaderMap, name: &'static str) -> Result<Option<String>, SignatureError> {
    let Some(value) = combined(headers, name) else {
        return Ok(None);
    };
    if value.len() > MAX_FIELD_BYTES {
        return Err(SignatureError::Malformed {
            field: name,
            problem: "longer than 8 KiB",
        });
    }
    match String::from_utf8(value) {
        Ok(text) if text.is_ascii() => Ok(Some(text)),
        _ => Err(SignatureError::Malformed {
            field: name,
            problem: "not ASCII",
        }),
    }
}

/// The members of a dictionary (RFC 9651, section 3.2) with the exact text of their values.
///
/// `None` for a text that isn't a dictionary or names a member twice: RFC 9651 lets the last one win, but a
/// signature that reads differently to two readers is nobody's.
pub(crate) fn members(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut members: Vec<(&str, &str)> = Vec::new();
    for part in split(text)? {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() || members.iter().any(|(known, _)| *known == name) {
            return None;
        }
        members.push((name, value));
    }
    Some(members)
}

/// Splits at the commas that stand neither in a string nor in an inner list.
fn split(text: &str) -> Option<Vec<&str>> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped, mut depth) = (false, false, 0_u32);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' => depth += 1,
            b')' => depth = depth.checked_sub(1)?,
            b',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (!quoted && depth == 0).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_text_to_the_letter() {
        let text = r#"a=("x,y"  "z" );n="q\",)" , b=:AA==:"#;
        let expected = [("a", r#"("x,y"  "z" );n="q\",)""#), ("b", ":AA==:")];
        assert_eq!(members(text).unwrap(), expected);
    }

    #[test]
    fn a_member_named_twice_and_unclosed_text_are_refused() {
        for text in ["a=1, a=2", "a=(", "a=\"", "a=)", "", "a=1,,b=2"] {
            assert_eq!(members(text), None, "{text}");
        }
    }

    #[test]
    fn lines_of_a_field_are_trimmed_and_joined() {
        let mut headers = HeaderMap::new();
        headers.append("x-y", " a ".parse().unwrap());
        headers.append("x-y", "b".parse().unwrap());
        assert_eq!(combined(&headers, "x-y").unwrap(), b"a, b");
        assert_eq!(combined(&headers, "x-z"), None);
    }
}
