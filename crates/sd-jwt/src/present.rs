//! What the holder does: see what can be disclosed, and choose (RFC 9901 §7.2).

use thiserror::Error;

use crate::VerifyError;
use crate::compact::Compact;
use crate::resolve::{push_pointer, resolve};

/// Why a presentation could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PresentError {
    /// The credential is not in form.
    #[error(transparent)]
    Credential(#[from] VerifyError),
    /// No disclosure bears this name.
    #[error("the credential has nothing to disclose under {0:?}")]
    NoSuchClaim(String),
}

/// Something that a credential lets its holder disclose.
#[derive(Debug, Clone, PartialEq)]
pub struct Disclosable {
    /// Where it stands, as a JSON pointer (RFC 6901); `/name` for a claim at the top.
    pub pointer: String,
    /// Its value; parts within it that can be disclosed on their own are not in it.
    pub value: serde_json::Value,
}

/// All that the text can disclose, in its order. The signature is not checked.
///
/// # Errors
/// A [`VerifyError`] when the text is not in form.
pub fn disclosable_claims(compact: &str) -> Result<Vec<Disclosable>, VerifyError> {
    let (jws, disclosures) = Compact::parse(compact)?.read()?;
    let mut values: Vec<_> = disclosures
        .iter()
        .map(|disclosure| disclosure.value.clone())
        .collect();
    for value in &mut values {
        strip_digests(value);
    }
    let places = resolve(jws.payload, disclosures)?.places;
    let claims = places.into_iter().zip(values);
    Ok(claims
        .map(|(place, value)| Disclosable {
            pointer: place.pointer,
            value,
        })
        .collect())
}

/// Keeps only the disclosures that `picks` names; the others, and a key binding, fall away.
///
/// A pick is the name of a claim at the top, or a JSON pointer (it begins with `/`) to a part. What a part
/// lies in is disclosed with it. The signature is not checked.
///
/// # Errors
/// [`PresentError::NoSuchClaim`] when the text cannot disclose a pick, or the fault of the text.
pub fn present(compact: &str, picks: &[&str]) -> Result<String, PresentError> {
    let compact = Compact::parse(compact)?;
    let (jws, disclosures) = compact.read()?;
    let places = resolve(jws.payload, disclosures)?.places;
    let mut chosen = vec![false; places.len()];
    for pick in picks {
        let mut pointer = String::new();
        if pick.starts_with('/') {
            pointer.push_str(pick)
        } else {
            push_pointer(&mut pointer, pick)
        }
        let mut next = places.iter().position(|place| place.pointer == pointer);
        if next.is_none() {
            return Err(PresentError::NoSuchClaim((*pick).to_owned()));
        }
        while let Some(index) = next {
            chosen[index] = true;
            next = places[index].parent;
        }
    }
    let mut text = String::with_capacity(compact.presented.len());
    text.push_str(compact.token);
    text.push('~');
    for (disclosure, _) in compact
        .disclosures
        .iter()
        .zip(chosen)
        .filter(|(_, chosen)| *chosen)
    {
        text.push_str(disclosure);
        text.push('~');
    }
    Ok(text)
}

/// Takes the digests of undisclosed parts out of a value.
fn strip_digests(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => {
            map.remove("_sd");
            map.values_mut().for_each(strip_digests);
        }
        serde_json::Value::Array(list) => {
            list.retain(|element| element.as_object().is_none_or(|map| !map.contains_key("...")));
            list.iter_mut().for_each(strip_digests);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Credential, Ed25519Signer};

    fn issued() -> String {
        Credential::new("https://a.example", "kind")
            .disclosable("name", "Li Si")
            .disclosable("a/b", json!({"x": {"y": 1, "z": 2}}))
            .claim("list", json!(["p", "q"]))
            .disclosable_part("/a~1b/x")
            .disclosable_part("/a~1b/x/y")
            .disclosable_part("/list/1")
            .sign(&Ed25519Signer::from_seed(&[1; 32]).unwrap(), &mut counting())
            .unwrap()
    }

    fn counting() -> impl FnMut(&mut [u8]) {
        let mut next = 0_u8;
        move |bytes| {
            bytes.iter_mut().for_each(|byte| {
                *byte = next;
                next = next.wrapping_add(1);
            });
        }
    }

    fn pointers(text: &str) -> Vec<String> {
        let mut all: Vec<_> = disclosable_claims(text)
            .unwrap()
            .into_iter()
            .map(|d| d.pointer)
            .collect();
        all.sort();
        all
    }

    #[test]
    fn the_holder_sees_all_that_can_be_disclosed() {
        let issued = issued();
        assert_eq!(
            pointers(&issued),
            ["/a~1b", "/a~1b/x", "/a~1b/x/y", "/list/1", "/name"]
        );
        let x = disclosable_claims(&issued)
            .unwrap()
            .into_iter()
            .find(|d| d.pointer == "/a~1b/x")
            .unwrap();
        assert_eq!(x.value, json!({"z": 2}));
    }

    #[test]
    fn a_part_brings_along_what_it_lies_in_and_no_more() {
        let issued = issued();
        let presented = |picks: &[&str]| pointers(&present(&issued, picks).unwrap());
        assert_eq!(presented(&["/a~1b/x/y"]), ["/a~1b", "/a~1b/x", "/a~1b/x/y"]);
        assert_eq!(presented(&["a/b"]), ["/a~1b"]);
        assert_eq!(presented(&["name", "/list/1", "name"]), ["/list/1", "/name"]);
        assert!(presented(&[]).is_empty());
    }

    #[test]
    fn what_is_not_there_cannot_be_picked() {
        let narrowed = present(&issued(), &["name"]).unwrap();
        for pick in ["list", "/list/1", "/nam", "iss", ""] {
            assert_eq!(
                present(&narrowed, &[pick]),
                Err(PresentError::NoSuchClaim(pick.into()))
            );
        }
        assert!(matches!(present("x", &[]), Err(PresentError::Credential(_))));
    }
}
