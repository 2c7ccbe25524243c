//! Forms: their fields, which are read only once their token is found to be the session's.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::header,
};

use crate::{fault::Fault, visit::Visit};

/// How much a form without files may hold, in bytes.
const LARGEST: usize = 256 * 1024;

/// The fields of a form whose token was right.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Every field, in the order in which they were sent.
    pub(crate) fn into_fields(self) -> Vec<(String, String)> {
        self.0
    }

    /// The value of the field, empty where it was not sent.
    pub(crate) fn one(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(one, _)| one == name)
            .map_or("", |(_, value)| value)
    }
}

impl Form {
    /// Every value of the field, as a group of checkboxes sends them.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let fields = self.0.iter().filter(move |(one, _)| one == name);
        fields.map(|(_, value)| value.as_str())
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, state).await?;
        let kind = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return Err(Fault::Malformed);
        }
        let bytes = axum::body::to_bytes(body, LARGEST)
            .await
            .map_err(|_| Fault::TooLarge)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| Fault::Malformed)?;
        let form = Self(fields(text));
        check(&visit, form.one("token"))?;
        Ok(form)
    }
}

/// Whether a form's token is that of the visitor's session.
pub(crate) fn check(visit: &Visit, token: &str) -> Result<(), Fault> {
    let session = visit.session.as_ref().ok_or(Fault::OldForm)?;
    if session.accepts(token, &visit.state.session_key) {
        Ok(())
    } else {
        Err(Fault::OldForm)
    }
}

/// The fields in `application/x-www-form-urlencoded` (WHATWG URL, section 5.1).
pub(crate) fn fields(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => match after.get(..2).and_then(|digits| hex::decode(digits).ok()) {
                Some(value) => {
                    bytes.extend_from_slice(&value);
                    rest = &after[2..];
                }
                None => bytes.push(byte),
            },
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_read_as_a_browser_writes_them() {
        let form = Form(fields("name=%E5%BC%A0+%E4%B8%89&empty=&bare&odd=100%"));
        assert_eq!(form.one("name"), "张 三");
        assert_eq!(
            (form.one("empty"), form.one("bare"), form.one("absent")),
            ("", "", "")
        );
        assert_eq!(form.one("odd"), "100%");
        let boxes = Form(fields("show=a&other=b&show=c"));
        assert_eq!(boxes.all("show").collect::<Vec<_>>(), ["a", "c"]);
    }
}
