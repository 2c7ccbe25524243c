//! Takes values out of the claims and leaves digests in their places (RFC 9901 §4.2.4 to §4.2.6).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::IssueError;
use crate::disclosure::{self, RESERVED, SALT_BYTES, digest_text};
use crate::issue::{OWN_METHOD, unwritable};

/// Replaces the parts by digests, the deepest first, so that what is hidden can itself hold hidden parts.
pub(crate) fn hide_parts(
    visible: &mut Map<String, Value>,
    disclosable: &mut [(String, Value)],
    mut parts: Vec<String>,
    hider: &mut Hider<'_>,
) -> Result<(), IssueError> {
    parts.sort_by_key(|pointer| std::cmp::Reverse(pointer.matches('/').count()));
    // Digests of hidden members, by the pointer of their object.
    let mut hidden: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut depth = usize::MAX;
    for pointer in &parts {
        let missing = || IssueError::NoSuchPart(pointer.clone());
        let steps = pointer.matches('/').count();
        if steps < depth {
            put_digests(visible, disclosable, std::mem::take(&mut hidden));
            depth = steps;
        }
        let (parent, last) = pointer.rsplit_once('/').ok_or_else(missing)?;
        let name = last.replace("~1", "/").replace("~0", "~");
        match find(visible, disclosable, parent) {
            Some(Value::Object(map)) if !RESERVED.contains(&name.as_str()) => {
                let value = map.remove(&name).ok_or_else(missing)?;
                hidden
                    .entry(parent)
                    .or_default()
                    .push(hider.hide(Some(&name), &value)?);
            }
            Some(Value::Array(list)) => {
                let index = list_index(&name).ok_or_else(missing)?;
                let element = list.get_mut(index).ok_or_else(missing)?;
                if element.as_object().is_some_and(|map| map.contains_key("...")) {
                    return Err(missing());
                }
                let digest = hider.hide(None, element)?;
                *element = json!({"...": digest});
            }
            _ => return Err(missing()),
        }
    }
    put_digests(visible, disclosable, hidden);
    Ok(())
}

/// Turns values into disclosures, each with a salt of its own.
pub(crate) struct Hider<'a> {
    pub(crate) salts: &'a [[u8; SALT_BYTES]],
    pub(crate) scratch: Vec<u8>,
    pub(crate) disclosures: Vec<String>,
}

impl Hider<'_> {
    /// Makes the disclosure; gives its digest.
    pub(crate) fn hide(&mut self, name: Option<&str>, value: &Value) -> Result<String, IssueError> {
        // One salt was drawn for each disclosure.
        let (salt, rest) = self.salts.split_first().ok_or(IssueError::TooMany)?;
        self.salts = rest;
        let text = disclosure::write(salt, name, value, &mut self.scratch).map_err(unwritable)?;
        let digest = digest_text(&text);
        self.disclosures.push(text);
        Ok(digest)
    }
}

/// Writes `_sd` into the objects at the pointers.
fn put_digests(
    visible: &mut Map<String, Value>,
    disclosable: &mut [(String, Value)],
    hidden: BTreeMap<&str, Vec<String>>,
) {
    for (pointer, mut digests) in hidden {
        digests.sort_unstable();
        if let Some(Value::Object(map)) = find(visible, disclosable, pointer) {
            map.insert("_sd".to_owned(), Value::from(digests));
        }
    }
}

/// The value at a pointer below a claim of either kind.
fn find<'a>(
    visible: &'a mut Map<String, Value>,
    disclosable: &'a mut [(String, Value)],
    pointer: &str,
) -> Option<&'a mut Value> {
    let (first, rest) = match pointer.strip_prefix('/')?.split_once('/') {
        Some((first, _)) => (first, &pointer[first.len() + 1..]),
        None => (&pointer[1..], ""),
    };
    let name = first.replace("~1", "/").replace("~0", "~");
    if OWN_METHOD.contains(&name.as_str()) {
        return None;
    }
    let claim = match disclosable.iter_mut().find(|(given, _)| *given == name) {
        Some((_, value)) => value,
        None => visible.get_mut(&name)?,
    };
    claim.pointer_mut(rest)
}

/// A list index of a JSON pointer: digits without leading zeros (RFC 6901 §4).
fn list_index(text: &str) -> Option<usize> {
    let index: usize = text.parse().ok()?;
    (index.to_string() == text).then_some(index)
}
