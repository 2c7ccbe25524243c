//! A person in a body, by the number and name that the asker knows already.

use model::PersonId;
use serde::Deserialize;

use crate::{
    problem::{Code, Problem},
    state::Shared,
};

/// Whom a request is about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    id_number: String,
    name: String,
}

impl Person {
    /// The person, if there is one. One answer for an unknown number and another name.
    pub(crate) async fn find(&self, state: &Shared) -> Result<PersonId, Problem> {
        find(state, &self.id_number, &self.name).await
    }
}

/// The pseudonym that a number leads to, whoever is known.
pub(crate) fn of_number(state: &Shared, id_number: &str) -> Result<PersonId, Problem> {
    let registry = state.registry();
    let number = registry.profile().identity.check(id_number);
    let number = number.map_err(|_| Problem::new(Code::IdentityMalformed))?;
    Ok(registry.keys().person(&number.canonical))
}

/// The person with this number and name, if there is one.
pub(crate) async fn find(state: &Shared, id_number: &str, name: &str) -> Result<PersonId, Problem> {
    let found = state.registry().find_person(id_number, name).await?;
    found.ok_or(Problem::new(Code::NobodyKnown))
}
