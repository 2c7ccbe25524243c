//! The compact text: the signed token, disclosures, and perhaps a key binding, parted by tildes
//! (RFC 9901 §4).

use crate::disclosure::Disclosure;
use crate::jws::Jws;
use crate::{MAX_DISCLOSURES, MAX_TEXT_BYTES, VerifyError};

pub(crate) struct Compact<'a> {
    pub(crate) token: &'a str,
    pub(crate) disclosures: Vec<&'a str>,
    /// The key binding token, if there is one.
    pub(crate) key_binding: Option<&'a str>,
    /// What the key binding speaks of: all up to and with the last tilde.
    pub(crate) presented: &'a str,
}

impl<'a> Compact<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, VerifyError> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(VerifyError::TooLarge {
                limit_bytes: MAX_TEXT_BYTES,
            });
        }
        let Some(last) = text.rfind('~') else {
            return Err(VerifyError::Malformed("there is no tilde after the signed token"));
        };
        let (presented, key_binding) = text.split_at(last + 1);
        let mut parts = presented[..last].split('~');
        let token = parts.next().unwrap_or_default();
        let disclosures: Vec<&str> = parts.by_ref().take(MAX_DISCLOSURES).collect();
        if parts.next().is_some() {
            return Err(VerifyError::Malformed("there are too many disclosures"));
        }
        let key_binding = (!key_binding.is_empty()).then_some(key_binding);
        Ok(Self {
            token,
            disclosures,
            key_binding,
            presented,
        })
    }

    pub(crate) fn read(&self) -> Result<(Jws<'a>, Vec<Disclosure>), VerifyError> {
        Ok((self.token()?, self.read_disclosures()?))
    }

    /// The signed token, read but not verified.
    pub(crate) fn token(&self) -> Result<Jws<'a>, VerifyError> {
        Jws::parse(self.token)
    }

    pub(crate) fn read_disclosures(&self) -> Result<Vec<Disclosure>, VerifyError> {
        self.disclosures
            .iter()
            .map(|text| Disclosure::parse(text))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_told_apart() {
        let compact = Compact::parse("a.b.c~x~y~").unwrap();
        assert_eq!(
            (compact.token, compact.disclosures, compact.key_binding),
            ("a.b.c", vec!["x", "y"], None)
        );
        let compact = Compact::parse("a.b.c~x~d.e.f").unwrap();
        assert_eq!(
            (compact.key_binding, compact.presented),
            (Some("d.e.f"), "a.b.c~x~")
        );
        assert!(Compact::parse("a.b.c~").unwrap().disclosures.is_empty());
        assert!(Compact::parse("a.b.c").is_err());
        assert!(Compact::parse("").is_err());
    }

    #[test]
    fn too_much_is_refused_before_it_is_read() {
        let many = |n: usize| format!("a.b.c~{}", "x~".repeat(n));
        assert!(Compact::parse(&many(MAX_DISCLOSURES)).is_ok());
        assert_eq!(
            Compact::parse(&many(MAX_DISCLOSURES + 1)).err().map(|e| e.code()),
            Some("malformed")
        );
        assert_eq!(
            Compact::parse(&"~".repeat(MAX_TEXT_BYTES + 1))
                .err()
                .map(|e| e.code()),
            Some("too-large")
        );
    }
}
