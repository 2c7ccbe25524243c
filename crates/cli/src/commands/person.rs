//! Who a command is about: read from a file or standard input, never given on the command line, where other users of
//! the machine could read it.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

use model::PersonId;
use registry::Registry;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{failure::Failure, installation, words::both};

/// A person by name and identity number.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) id_number: String,
}

/// What a file says, or standard input where it is "-". `expected` says what would be right; what is there is not
/// repeated.
pub(crate) fn read<T: DeserializeOwned>(file: &Path, expected: &str) -> Result<T, Failure> {
    serde_json::from_slice(&bytes(file)?).map_err(|_| {
        let file = file.display();
        Failure::new(both!("{file}：应为 {expected}", "{file}: {expected} is expected"))
    })
}

/// All of a file, or of standard input where it is "-".
pub(crate) fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(file).map_err(|error| installation::at(file, &error))
}

/// The person, who must be known.
pub(crate) async fn find(registry: &Registry, id_number: &str, name: &str) -> Result<PersonId, Failure> {
    let found = registry.find_person(id_number, name).await?;
    found.ok_or_else(nobody)
}

/// Nobody is known by this number and name.
pub(crate) fn nobody() -> Failure {
    Failure::new(both!(
        "没有与该号码和姓名相符的人",
        "nobody with this number and name is known"
    ))
}
