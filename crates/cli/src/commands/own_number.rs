//! The own identity number of somebody who gets an account: read from a file, never from the command line.

use std::path::Path;

use super::person;
use crate::{
    failure::Failure,
    words::{Language, both},
};

/// The number in this file. `-` is standard input.
pub(super) fn read(file: Option<&Path>) -> Result<Option<String>, Failure> {
    let Some(file) = file else { return Ok(None) };
    let text = String::from_utf8(person::bytes(file)?);
    let text = text.map_err(|_| {
        Failure::new(both!(
            "--own-number：应为证件号码",
            "--own-number: an identity number is expected"
        ))
    })?;
    Ok(Some(text.trim().to_owned()))
}

/// What a list says of an account.
pub(super) const fn mark(own_number: bool, language: Language) -> &'static str {
    match (own_number, language) {
        (true, _) => "",
        (false, Language::Zh) => " 未登记本人号码",
        (false, Language::En) => " no-own-number",
    }
}
