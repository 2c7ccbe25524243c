//! Puts disclosures in their places (RFC 9901 §7.1, step 3).

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::disclosure::{Digest, Disclosure, NEVER_DISCLOSABLE, RESERVED, parse_digest};
use crate::{MAX_DEPTH, VerifyError};

/// Where one disclosure belongs.
pub(crate) struct Place {
    /// The JSON pointer (RFC 6901) to the value.
    pub(crate) pointer: String,
    /// The disclosure within whose value this one lies, as an index.
    pub(crate) parent: Option<usize>,
}

pub(crate) struct Resolved {
    /// The payload with the disclosures merged, and without anything that belongs to the format.
    pub(crate) claims: Map<String, Value>,
    /// One place for each disclosure, in their order.
    pub(crate) places: Vec<Place>,
}

/// Merges the disclosures into the payload.
///
/// Every digest may stand once, every disclosure must belong to a digest, no disclosure may replace a claim.
pub(crate) fn resolve(
    mut payload: Map<String, Value>,
    disclosures: Vec<Disclosure>,
) -> Result<Resolved, VerifyError> {
    match payload.remove("_sd_alg") {
        // The default is sha-256 (RFC 9901 §4.1.1).
        None => {}
        Some(Value::String(name)) if name == "sha-256" => {}
        Some(_) => return Err(VerifyError::Malformed("_sd_alg is not sha-256")),
    }
    let mut by_digest = HashMap::with_capacity(disclosures.len());
    let mut waiting = Vec::with_capacity(disclosures.len());
    let mut places = Vec::with_capacity(disclosures.len());
    for (index, disclosure) in disclosures.into_iter().enumerate() {
        if by_digest.insert(disclosure.digest, index).is_some() {
            return Err(VerifyError::Malformed("a disclosure stands twice"));
        }
        waiting.push(Some((disclosure.name, disclosure.value)));
        places.push(None);
    }
    let mut walk = Walk {
        by_digest,
        waiting,
        places,
        seen: HashSet::new(),
        pointer: String::new(),
    };
    walk.object(&mut payload, None, 0)?;
    let places = walk.places.into_iter().collect::<Option<Vec<_>>>();
    let places = places.ok_or(VerifyError::Altered("a disclosure belongs to no digest"))?;
    Ok(Resolved {
        claims: payload,
        places,
    })
}

struct Walk {
    by_digest: HashMap<Digest, usize>,
    /// The disclosures that have not found their place yet.
    waiting: Vec<Option<(Option<String>, Value)>>,
    places: Vec<Option<Place>>,
    seen: HashSet<Digest>,
    pointer: String,
}

impl Walk {
    fn object(
        &mut self,
        map: &mut Map<String, Value>,
        parent: Option<usize>,
        depth: usize,
    ) -> Result<(), VerifyError> {
        let digests = match map.remove("_sd") {
            None => Vec::new(),
            Some(Value::Array(digests)) => digests,
            Some(_) => return Err(VerifyError::Malformed("_sd is not a list")),
        };
        if RESERVED.iter().any(|name| map.contains_key(*name)) {
            return Err(VerifyError::Malformed("a reserved name stands where it may not"));
        }
        for (name, value) in map.iter_mut() {
            self.step(name, value, parent, depth)?;
        }
        for digest in &digests {
            let Some((index, name, mut value)) = self.take(digest)? else {
                continue;
            };
            let name = name.ok_or(VerifyError::Malformed("a list element is disclosed as a claim"))?;
            if depth == 0 && NEVER_DISCLOSABLE.contains(&name.as_str()) {
                return Err(VerifyError::Malformed(
                    "a claim is disclosed that must always be visible",
                ));
            }
            if map.contains_key(&name) {
                return Err(VerifyError::Malformed("a disclosure would replace a claim"));
            }
            self.settle(&name, &mut value, index, parent, depth)?;
            map.insert(name, value);
        }
        Ok(())
    }

    fn list(
        &mut self,
        list: &mut Vec<Value>,
        parent: Option<usize>,
        depth: usize,
    ) -> Result<(), VerifyError> {
        let mut kept = Vec::with_capacity(list.len());
        for (position, mut element) in list.drain(..).enumerate() {
            let step = position.to_string();
            let Some(digest) = element.as_object().and_then(|map| map.get("...")) else {
                self.step(&step, &mut element, parent, depth)?;
                kept.push(element);
                continue;
            };
            if element.as_object().is_some_and(|map| map.len() != 1) {
                return Err(VerifyError::Malformed("a hidden list element has other members"));
            }
            let Some((index, name, mut value)) = self.take(digest)? else {
                continue;
            };
            if name.is_some() {
                return Err(VerifyError::Malformed("a claim is disclosed as a list element"));
            }
            self.settle(&step, &mut value, index, parent, depth)?;
            kept.push(value);
        }
        *list = kept;
        Ok(())
    }

    /// Goes one step down into `value`.
    fn step(
        &mut self,
        name: &str,
        value: &mut Value,
        parent: Option<usize>,
        depth: usize,
    ) -> Result<(), VerifyError> {
        if !matches!(value, Value::Object(_) | Value::Array(_)) {
            return Ok(());
        }
        if depth >= MAX_DEPTH {
            return Err(VerifyError::Malformed("the claims nest too deep"));
        }
        let length = self.pointer.len();
        push_pointer(&mut self.pointer, name);
        match value {
            Value::Object(map) => self.object(map, parent, depth + 1)?,
            Value::Array(list) => self.list(list, parent, depth + 1)?,
            _ => {}
        }
        self.pointer.truncate(length);
        Ok(())
    }

    /// Notes the place of a disclosure and goes down into its value.
    fn settle(
        &mut self,
        name: &str,
        value: &mut Value,
        index: usize,
        parent: Option<usize>,
        depth: usize,
    ) -> Result<(), VerifyError> {
        let mut pointer = self.pointer.clone();
        push_pointer(&mut pointer, name);
        self.places[index] = Some(Place { pointer, parent });
        self.step(name, value, Some(index), depth)
    }

    /// The disclosure of a digest; `None` when it was not disclosed, or is a decoy.
    fn take(&mut self, digest: &Value) -> Result<Option<(usize, Option<String>, Value)>, VerifyError> {
        let digest = parse_digest(digest)?;
        if !self.seen.insert(digest) {
            return Err(VerifyError::Malformed("a digest stands twice"));
        }
        let Some(&index) = self.by_digest.get(&digest) else {
            return Ok(None);
        };
        Ok(self.waiting[index]
            .take()
            .map(|(name, value)| (index, name, value)))
    }
}

/// Appends one step to a JSON pointer (RFC 6901 §3).
pub(crate) fn push_pointer(pointer: &mut String, name: &str) {
    pointer.push('/');
    for character in name.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    use serde_json::json;

    use super::*;
    use crate::disclosure::digest_text;

    fn disclosure(value: &Value) -> (String, String) {
        let text = BASE64.encode(value.to_string());
        let digest = digest_text(&text);
        (text, digest)
    }

    fn run(payload: &Value, texts: &[&str]) -> Result<Resolved, VerifyError> {
        let payload = payload.as_object().unwrap().clone();
        resolve(
            payload,
            texts
                .iter()
                .map(|text| Disclosure::parse(text).unwrap())
                .collect(),
        )
    }

    fn code(payload: &Value, texts: &[&str]) -> &'static str {
        run(payload, texts).err().map_or("accepted", |error| error.code())
    }

    #[test]
    fn nested_claims_and_list_elements_find_their_places() {
        let (street, street_digest) = disclosure(&json!(["s1", "stre/et", "North"]));
        let (address, address_digest) =
            disclosure(&json!(["s2", "address", {"_sd": [street_digest], "no": 1}]));
        let (element, element_digest) = disclosure(&json!(["s3", "b"]));
        let decoy = digest_text("decoy");
        let payload = json!({"_sd": [address_digest, decoy], "_sd_alg": "sha-256",
            "list": ["a", {"...": element_digest}, {"...": digest_text("hidden")}, "d"]});

        let all = run(&payload, &[&street, &address, &element]).unwrap();
        let expected = json!({"list": ["a", "b", "d"], "address": {"no": 1, "stre/et": "North"}});
        assert_eq!(Value::Object(all.claims), expected);
        let places: Vec<_> = all
            .places
            .iter()
            .map(|p| (p.pointer.as_str(), p.parent))
            .collect();
        assert_eq!(
            places,
            [
                ("/address/stre~1et", Some(1)),
                ("/address", None),
                ("/list/1", None)
            ]
        );

        let none = run(&payload, &[]).unwrap();
        assert_eq!(Value::Object(none.claims), json!({"list": ["a", "d"]}));
        assert_eq!(code(&payload, &[&street]), "altered");
        assert_eq!(code(&payload, &[&address, &address]), "malformed");
    }

    #[test]
    fn a_digest_stands_once_anywhere() {
        let (inner, inner_digest) = disclosure(&json!(["s", "x", 1]));
        let (outer, outer_digest) = disclosure(&json!(["s", "o", {"_sd": [inner_digest]}]));
        assert_eq!(
            code(&json!({"_sd": [inner_digest, inner_digest]}), &[]),
            "malformed"
        );
        assert_eq!(
            code(&json!({"_sd": [inner_digest, outer_digest]}), &[&inner, &outer]),
            "malformed"
        );
        assert_eq!(
            code(&json!({"_sd": [inner_digest], "l": [{"...": inner_digest}]}), &[]),
            "malformed"
        );
    }

    #[test]
    fn claims_cannot_be_replaced_or_smuggled() {
        let (same, same_digest) = disclosure(&json!(["s", "name", 1]));
        let (again, again_digest) = disclosure(&json!(["t", "name", 2]));
        let (issuer, issuer_digest) = disclosure(&json!(["s", "iss", "x"]));
        let (element, element_digest) = disclosure(&json!(["s", "x"]));
        assert_eq!(
            code(&json!({"_sd": [same_digest], "name": 0}), &[&same]),
            "malformed"
        );
        assert_eq!(
            code(&json!({"_sd": [same_digest, again_digest]}), &[&same, &again]),
            "malformed"
        );
        assert_eq!(code(&json!({"_sd": [issuer_digest]}), &[&issuer]), "malformed");
        assert_eq!(
            code(&json!({"in": {"_sd": [issuer_digest]}}), &[&issuer]),
            "accepted"
        );
        assert_eq!(code(&json!({"_sd": [element_digest]}), &[&element]), "malformed");
        assert_eq!(code(&json!({"l": [{"...": same_digest}]}), &[&same]), "malformed");
        assert_eq!(
            code(&json!({"l": [{"...": element_digest, "x": 1}]}), &[]),
            "malformed"
        );
        assert_eq!(code(&json!({"...": element_digest}), &[]), "malformed");
        assert_eq!(code(&json!({"in": {"_sd_alg": "sha-256"}}), &[]), "malformed");
        assert_eq!(code(&json!({"_sd": "x"}), &[]), "malformed");
        assert_eq!(code(&json!({"_sd": ["short"]}), &[]), "malformed");
        assert_eq!(code(&json!({"_sd_alg": "md5"}), &[]), "malformed");
    }

    #[test]
    fn disclosures_within_disclosures_do_not_nest_past_the_limit() {
        let chain = |length: usize| {
            let mut texts = Vec::new();
            let mut digest = digest_text("end");
            for _ in 0..length {
                let (text, next) = disclosure(&json!(["s", "x", {"_sd": [digest]}]));
                texts.push(text);
                digest = next;
            }
            let texts: Vec<_> = texts.iter().map(String::as_str).collect();
            code(&json!({"_sd": [digest]}), &texts)
        };
        assert_eq!(chain(MAX_DEPTH), "accepted");
        assert_eq!(chain(MAX_DEPTH + 1), "malformed");
    }
}
