//! What an issuer publishes about its keys (draft-ietf-oauth-sd-jwt-vc §5), and who may be trusted.

use serde::{Deserialize, Serialize};

use crate::{JwkSet, PublicKey};

/// The trusted keys: which key an issuer signs with.
pub trait KeyResolver {
    /// The key of `issuer` that is named `kid`; `None` when the issuer or the key is not trusted.
    fn key(&self, issuer: &str, kid: Option<&str>) -> Option<PublicKey>;
}

impl<F: Fn(&str, Option<&str>) -> Option<PublicKey>> KeyResolver for F {
    fn key(&self, issuer: &str, kid: Option<&str>) -> Option<PublicKey> {
        self(issuer, kid)
    }
}

/// The document at an issuer's well-known address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuerMetadata {
    /// The issuer, the same text as `iss` in its credentials.
    pub issuer: String,
    /// The issuer's keys.
    pub jwks: JwkSet,
}

impl KeyResolver for IssuerMetadata {
    fn key(&self, issuer: &str, kid: Option<&str>) -> Option<PublicKey> {
        (self.issuer == issuer).then(|| self.jwks.find(kid)).flatten()
    }
}

impl KeyResolver for [IssuerMetadata] {
    fn key(&self, issuer: &str, kid: Option<&str>) -> Option<PublicKey> {
        self.iter().find_map(|one| one.key(issuer, kid))
    }
}

impl KeyResolver for Vec<IssuerMetadata> {
    fn key(&self, issuer: &str, kid: Option<&str>) -> Option<PublicKey> {
        self.as_slice().key(issuer, kid)
    }
}

/// Where an issuer's metadata is found: `/.well-known/jwt-vc-issuer` goes between host and path
/// (draft-ietf-oauth-sd-jwt-vc §5). `None` when `issuer` is not an https address.
#[must_use]
pub fn well_known_url(issuer: &str) -> Option<String> {
    let rest = issuer.strip_prefix("https://")?;
    if rest.contains(['?', '#']) {
        return None;
    }
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if host.is_empty() {
        return None;
    }
    Some(format!(
        "https://{host}/.well-known/jwt-vc-issuer{}",
        path.trim_end_matches('/')
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_well_known_part_goes_between_host_and_path() {
        let cases = [
            (
                "https://a.example",
                Some("https://a.example/.well-known/jwt-vc-issuer"),
            ),
            (
                "https://a.example/",
                Some("https://a.example/.well-known/jwt-vc-issuer"),
            ),
            (
                "https://a.example:8443/x/y",
                Some("https://a.example:8443/.well-known/jwt-vc-issuer/x/y"),
            ),
            ("http://a.example", None),
            ("https://", None),
            ("https://a.example?x", None),
        ];
        for (issuer, url) in cases {
            assert_eq!(well_known_url(issuer).as_deref(), url);
        }
    }

    #[test]
    fn only_the_named_issuer_is_answered_for() {
        let key = PublicKey::Ed25519([3; 32]);
        let metadata = IssuerMetadata {
            issuer: "https://a.example".into(),
            jwks: JwkSet {
                keys: vec![key.to_jwk()],
            },
        };
        let kid = key.thumbprint();
        assert_eq!(metadata.key("https://a.example", Some(&kid)), Some(key));
        assert_eq!(metadata.key("https://b.example", Some(&kid)), None);
        assert_eq!(vec![metadata].key("https://a.example", Some("other")), None);
    }
}
