//! Verifying a request (RFC 9421, section 3.2).

use ed25519_dalek::Signature;
use sfv::{BareItem, Dictionary, InnerList, ListEntry, Parser};

use crate::base::signature_base;
use crate::digest::{self, DigestCheck};
use crate::field::{members, structured};
use crate::{Request, SignatureError};

const INPUT: &str = "signature-input";
const SIGNATURE: &str = "signature";
const MAX_COMPONENTS: usize = 32;

/// The algorithm of a key (RFC 9421, section 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// `ed25519`, section 3.3.6.
    Ed25519,
}

impl Algorithm {
    /// Its name in the registry of HTTP signature algorithms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
        }
    }
}

/// A public key with its algorithm; the algorithm is the key's, never the request's. Copied, it need not be worked
/// out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    algorithm: Algorithm,
    /// None: the bytes are no key, and no signature fits them.
    key: Option<ed25519_dalek::VerifyingKey>,
}

impl VerifyingKey {
    /// An Ed25519 public key (RFC 8032).
    pub fn ed25519(bytes: [u8; 32]) -> Self {
        Self {
            algorithm: Algorithm::Ed25519,
            key: ed25519_dalek::VerifyingKey::from_bytes(&bytes).ok(),
        }
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        match self.algorithm {
            Algorithm::Ed25519 => {
                let key = self.key.as_ref().ok_or(SignatureError::Invalid)?;
                let signature = Signature::from_slice(signature).map_err(|_| SignatureError::Invalid)?;
                // Strictly: no key and no point of small order, for which a signature fits more than one message.
                key.verify_strict(message, &signature)
                    .map_err(|_| SignatureError::Invalid)
            }
        }
    }
}

/// What a receiver asks of a signature.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    /// The components that have to be covered, such as `@method`; [`Policy::request`] names the usual ones.
    /// A `Content-Digest` that the request carries has to be covered in any case.
    pub required: &'a [&'a str],
    /// The tag of the signatures that count; others on the same request are passed over.
    pub tag: &'a str,
    /// How old a signature may be, in seconds.
    pub max_age: i64,
    /// How far the clocks of sender and receiver may differ, in seconds.
    pub clock_skew: i64,
}

impl<'a> Policy<'a> {
    /// What a request needs so that it can't be turned into another: method, authority, path and query.
    pub const fn request(tag: &'a str) -> Self {
        Self {
            required: &["@method", "@authority", "@path", "@query"],
            tag,
            max_age: 300,
            clock_skew: 60,
        }
    }
}

/// A request whose signature fits. Its body has still to pass [`Verified::body`].
#[derive(Debug)]
pub struct Verified {
    /// Whose key.
    pub key_id: String,
    /// To be remembered until [`Verified::expires`] and the skew have passed.
    pub nonce: String,
    /// When it was signed, in seconds since 1970.
    pub created: i64,
    /// Until when it counts, in seconds since 1970.
    pub expires: i64,
    /// The components that are covered, in the signature's order.
    pub covered: Vec<String>,
    /// The check that the body has to pass before anything of it counts.
    pub body: DigestCheck,
}

/// One signature of a request, parsed, with the exact text that it covers itself with.
struct Input {
    label: String,
    text: String,
    components: Vec<String>,
    created: i64,
    expires: i64,
    nonce: String,
    key_id: String,
    algorithm: Option<String>,
}

/// Verifies the one signature of a request that has the policy's tag, at a time in seconds since 1970.
/// `key` finds a public key by its id.
///
/// # Errors
/// Every [`SignatureError`] but [`SignatureError::DigestMismatch`], which is the body's.
pub fn verify(
    request: &Request<'_>,
    policy: &Policy<'_>,
    now: i64,
    key: impl FnOnce(&str) -> Option<VerifyingKey>,
) -> Result<Verified, SignatureError> {
    let input = find(request, policy.tag)?;
    for required in policy.required {
        if !input.components.iter().any(|name| name == required) {
            return Err(SignatureError::ComponentMissing((*required).to_owned()));
        }
    }
    let covers_digest = input.components.iter().any(|name| name == digest::FIELD);
    if !covers_digest && request.headers.contains_key(digest::FIELD) {
        return Err(SignatureError::ComponentMissing(digest::FIELD.to_owned()));
    }
    check_times(&input, policy, now)?;
    let key = key(&input.key_id).ok_or(SignatureError::KeyUnknown)?;
    if input
        .algorithm
        .as_ref()
        .is_some_and(|name| name != key.algorithm.name())
    {
        return Err(SignatureError::AlgorithmUnsupported);
    }
    let base = signature_base(request, &input.components, &input.text)?;
    key.verify(&base, &signature(request, &input.label)?)?;
    let body = if covers_digest {
        DigestCheck::of(request.headers)?
    } else {
        DigestCheck::nothing()
    };
    Ok(Verified {
        key_id: input.key_id,
        nonce: input.nonce,
        created: input.created,
        expires: input.expires,
        covered: input.components,
        body,
    })
}

/// The signature with a tag.
fn find(request: &Request<'_>, tag: &str) -> Result<Input, SignatureError> {
    let malformed = |problem| SignatureError::Malformed {
        field: INPUT,
        problem,
    };
    let text = structured(request.headers, INPUT)?.ok_or(SignatureError::Missing)?;
    let parsed: Dictionary = Parser::new(&text)
        .parse()
        .map_err(|_| malformed("not a structured dictionary"))?;
    let exact = members(&text).ok_or(malformed("a label that is there twice"))?;
    let mut found = None;
    for (label, entry) in &parsed {
        let ListEntry::InnerList(list) = entry else {
            return Err(malformed("a member without components"));
        };
        if string(list, "tag").as_deref() != Some(tag) {
            continue;
        }
        if found.is_some() {
            return Err(SignatureError::Ambiguous);
        }
        let (_, text) = exact
            .iter()
            .find(|(name, _)| *name == label.as_str())
            .ok_or(malformed("a label that can't be told apart"))?;
        found = Some((label.as_str(), *text, list));
    }
    let (label, text, list) = found.ok_or(SignatureError::Missing)?;
    read(label, text, list)
}

fn read(label: &str, text: &str, list: &InnerList) -> Result<Input, SignatureError> {
    let missing = SignatureError::ParameterMissing;
    let nonce = string(list, "nonce").ok_or(missing("nonce"))?;
    if !(8..=128).contains(&nonce.len()) {
        return Err(SignatureError::Malformed {
            field: INPUT,
            problem: "a nonce not of 8 to 128 characters",
        });
    }
    let key_id = string(list, "keyid").ok_or(missing("keyid"))?;
    if key_id.len() > 256 {
        return Err(SignatureError::Malformed {
            field: INPUT,
            problem: "a keyid of more than 256 characters",
        });
    }
    let algorithm = match list.params.get("alg") {
        None => None,
        Some(_) => Some(string(list, "alg").ok_or(missing("alg"))?),
    };
    Ok(Input {
        label: label.to_owned(),
        text: text.to_owned(),
        components: components(list)?,
        created: integer(list, "created").ok_or(missing("created"))?,
        expires: integer(list, "expires").ok_or(missing("expires"))?,
        nonce,
        key_id,
        algorithm,
    })
}

/// The names of the covered components: each once, lower case, without parameters.
fn components(list: &InnerList) -> Result<Vec<String>, SignatureError> {
    let malformed = |problem| SignatureError::Malformed {
        field: INPUT,
        problem,
    };
    if list.items.len() > MAX_COMPONENTS {
        return Err(malformed("more than 32 components"));
    }
    let mut names: Vec<String> = Vec::new();
    for item in &list.items {
        let BareItem::String(name) = &item.bare_item else {
            return Err(malformed("a component that is not a string"));
        };
        let name = name.as_str();
        if !item.params.is_empty() {
            return Err(SignatureError::ComponentUnsupported(name.to_owned()));
        }
        let is_plain =
            |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase() && !b"\"\\".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_plain) {
            return Err(malformed("a component with a name that can't be one"));
        }
        if names.iter().any(|known| known == name) {
            return Err(malformed("a component that is covered twice"));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn check_times(input: &Input, policy: &Policy<'_>, now: i64) -> Result<(), SignatureError> {
    let skew = policy.clock_skew;
    if input.expires <= input.created {
        return Err(SignatureError::Malformed {
            field: INPUT,
            problem: "expires is not after created",
        });
    }
    if input.created > now.saturating_add(skew) {
        return Err(SignatureError::NotYetValid);
    }
    if now > input.expires.saturating_add(skew)
        || now.saturating_sub(input.created) > policy.max_age.saturating_add(skew)
    {
        return Err(SignatureError::Expired);
    }
    Ok(())
}

/// The bytes of the signature with a label.
fn signature(request: &Request<'_>, label: &str) -> Result<Vec<u8>, SignatureError> {
    let malformed = |problem| SignatureError::Malformed {
        field: SIGNATURE,
        problem,
    };
    let text = structured(request.headers, SIGNATURE)?.ok_or(SignatureError::Missing)?;
    let parsed: Dictionary = Parser::new(&text)
        .parse()
        .map_err(|_| malformed("not a structured dictionary"))?;
    members(&text).ok_or(malformed("a label that is there twice"))?;
    match parsed.get(label) {
        Some(ListEntry::Item(item)) => match &item.bare_item {
            BareItem::ByteSequence(bytes) => Ok(bytes.clone()),
            _ => Err(malformed("not a byte sequence")),
        },
        Some(ListEntry::InnerList(_)) => Err(malformed("not a byte sequence")),
        None => Err(SignatureError::Missing),
    }
}

fn string(list: &InnerList, name: &str) -> Option<String> {
    match list.params.get(name)? {
        BareItem::String(value) => Some(value.as_str().to_owned()),
        _ => None,
    }
}

fn integer(list: &InnerList, name: &str) -> Option<i64> {
    match list.params.get(name)? {
        BareItem::Integer(value) => Some(i64::from(*value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;
    use ring::signature::{Ed25519KeyPair, KeyPair as _};

    /// RFC 9421, section B.1.4.
    const SECRET: &str = "9f8362f87a484a954e6e740c5b4c0e84229139a20aa8ab56ff66586f6a7d29c5";
    const PUBLIC: &str = "26b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb";

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn the_ed25519_vector_of_the_specification_signs_and_verifies() {
        // RFC 9421, sections B.2 and B.2.6.
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("content-type", "application/json"),
            ("content-length", "18"),
            (
                "signature",
                "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
            ),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let request = Request {
            method: "POST",
            scheme: "https",
            authority: "example.com",
            path_and_query: "/foo?param=Value&Pet=dog",
            headers: &headers,
        };
        let input = r#"("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;
        let parsed: Dictionary = Parser::new(&format!("sig-b26={input}")).parse().unwrap();
        let Some(ListEntry::InnerList(list)) = parsed.get("sig-b26") else {
            panic!("an inner list")
        };
        let base = signature_base(&request, &components(list).unwrap(), input).unwrap();
        let expected = signature(&request, "sig-b26").unwrap();

        let public: [u8; 32] = bytes(PUBLIC).try_into().unwrap();
        assert_eq!(VerifyingKey::ed25519(public).verify(&base, &expected), Ok(()));
        let key = Ed25519KeyPair::from_seed_unchecked(&bytes(SECRET)).unwrap();
        assert_eq!(key.public_key().as_ref(), public);
        assert_eq!(crate::SigningKey::sign(&key, &base), expected);
    }
}
