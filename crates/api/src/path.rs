//! What stands in addresses. What can't be read, or is not an identifier, names nothing.

use std::str::FromStr;

use axum::{extract::FromRequestParts, http::request::Parts};
use serde::de::DeserializeOwned;

use crate::problem::{Code, Problem};

/// The parts of an address that a route names. Where they are no text there is nothing at the address; that is a problem
/// like any other.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        found
            .map(|axum::extract::Path(found)| Self(found))
            .map_err(|_| Problem::new(Code::NotFound))
    }
}

/// The identifier in this part of an address; `code` says what there is none of.
pub(crate) fn id<T: FromStr>(text: &str, code: Code) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::new(code))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    /// A part of an address, or of what follows `?`, is refused in this one place: axum's own refusals are plain text.
    #[test]
    fn no_handler_takes_an_address_past_this_place() {
        fn check(folder: &Path) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    check(&path);
                } else if path != Path::new(env!("CARGO_MANIFEST_DIR")).join("src/path.rs") {
                    let text = fs::read_to_string(&path).unwrap();
                    let imports = text.split("extract::").skip(1);
                    for import in imports.filter_map(|rest| rest.split(';').next()) {
                        let mut names = import.split(|c: char| !c.is_ascii_alphanumeric());
                        let bare = names.any(|name| ["Path", "Query", "RawPathParams"].contains(&name));
                        assert!(!bare, "{}: {import}", path.display());
                    }
                }
            }
        }
        check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    }
}
