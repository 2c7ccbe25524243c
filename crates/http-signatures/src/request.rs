//! The parts of a request that can be signed.

use http::HeaderMap;

use crate::SignatureError;
use crate::field::combined;

/// The parts of a request, as the sender means them and the receiver's public name has them.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The method, such as `POST`.
    pub method: &'a str,
    /// `https` or `http`, as seen by the sender.
    pub scheme: &'a str,
    /// The public host name of the service, with its port unless it is the scheme's own. On the receiving
    /// side this comes from configuration.
    pub authority: &'a str,
    /// The path with its query, as in the request line: `/a?b=c`.
    pub path_and_query: &'a str,
    /// The header fields.
    pub headers: &'a HeaderMap,
}

impl Request<'_> {
    /// The value of a component (RFC 9421, sections 2.1 and 2.2).
    pub(crate) fn component(&self, name: &str) -> Result<Vec<u8>, SignatureError> {
        let (path, query) = match self.path_and_query.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (self.path_and_query, None),
        };
        let path = if path.is_empty() { "/" } else { path };
        let text = match name {
            "@method" => self.method.to_owned(),
            "@scheme" => self.scheme.to_ascii_lowercase(),
            "@authority" => self.normal_authority(),
            "@path" => path.to_owned(),
            "@query" => format!("?{}", query.unwrap_or_default()),
            "@request-target" => self.path_and_query.to_owned(),
            "@target-uri" => format!(
                "{}://{}{path}{}",
                self.scheme.to_ascii_lowercase(),
                self.normal_authority(),
                query.map(|q| format!("?{q}")).unwrap_or_default()
            ),
            _ if name.starts_with('@') => return Err(SignatureError::ComponentUnsupported(name.to_owned())),
            _ => return self.field(name),
        };
        plain(name, text.into_bytes())
    }

    fn field(&self, name: &str) -> Result<Vec<u8>, SignatureError> {
        let value =
            combined(self.headers, name).ok_or_else(|| SignatureError::ComponentMissing(name.to_owned()))?;
        plain(name, value)
    }

    /// Lower case, without the scheme's own port (RFC 9421, section 2.2.3).
    fn normal_authority(&self) -> String {
        let authority = self.authority.to_ascii_lowercase();
        let own = if self.scheme.eq_ignore_ascii_case("http") {
            ":80"
        } else {
            ":443"
        };
        authority
            .strip_suffix(own)
            .map(str::to_owned)
            .unwrap_or(authority)
    }
}

/// A signature base is ASCII and has a component a line (RFC 9421, section 2.5).
fn plain(name: &str, value: Vec<u8>) -> Result<Vec<u8>, SignatureError> {
    if value
        .iter()
        .any(|byte| !byte.is_ascii() || *byte == b'\n' || *byte == b'\r')
    {
        return Err(SignatureError::ComponentUnsupported(name.to_owned()));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_components_are_as_in_section_2_2() {
        let headers = HeaderMap::new();
        let request = Request {
            method: "POST",
            scheme: "https",
            authority: "WWW.Example.COM:443",
            path_and_query: "/path?param=value",
            headers: &headers,
        };
        let bare = Request {
            scheme: "http",
            authority: "a:8080",
            path_and_query: "",
            ..request
        };
        for (request, name, expected) in [
            (request, "@method", "POST"),
            (request, "@authority", "www.example.com"),
            (request, "@scheme", "https"),
            (request, "@target-uri", "https://www.example.com/path?param=value"),
            (request, "@request-target", "/path?param=value"),
            (request, "@path", "/path"),
            (request, "@query", "?param=value"),
            (bare, "@query", "?"),
            (bare, "@path", "/"),
            (bare, "@target-uri", "http://a:8080/"),
        ] {
            assert_eq!(request.component(name).unwrap(), expected.as_bytes(), "{name}");
        }
        assert_eq!(
            request.component("@status").unwrap_err().code(),
            "component-unsupported"
        );
        assert_eq!(
            request.component("x-absent").unwrap_err().code(),
            "component-missing"
        );
    }
}
