//! Identifiers in addresses. What is not an identifier names nothing.

use std::str::FromStr;

use crate::problem::{Code, Problem};

/// The identifier in this part of an address; `code` says what there is none of.
pub(crate) fn id<T: FromStr>(text: &str, code: Code) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::new(code))
}
