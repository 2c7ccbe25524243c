//! What everybody sees: the commendations that their people said yes to, page by page. Nobody is sought here, counted
//! or put in an order but that of the yeses.

use std::collections::HashMap;

use jiff::civil::Date;
use model::PersonId;
use storage::{Access, Param, Tx};

use super::publication::{self, Given};
use crate::{Fields, Registry, RegistryError, person, person::Known};

/// How many yeses stand on a page. Those that do not hold today are left out of it.
const A_PAGE: u64 = 20;

/// The furthest page that is looked for: far past what there will be.
const FURTHEST: u64 = 1_000_000;

/// A commendation as everybody sees it: only what its person said yes to.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
pub struct PublishedCommendation {
    /// Whom it is about.
    pub name: String,
    /// The profession.
    pub profession: String,
    /// The authority that commended.
    pub authority: String,
    /// What for: the texts of the commendation, by the names of its fields.
    pub words: Fields,
    /// The day of the commendation.
    pub granted_on: Option<Date>,
}

/// A page of them.
#[derive(Clone, serde::Serialize)]
pub struct PublishedPage {
    /// Those on this page, the latest yes first.
    pub commendations: Vec<PublishedCommendation>,
    /// Whether there may be more on the next.
    pub more: bool,
}

impl Registry {
    /// The commendations that are published today, on this page, counted from 1.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn published_commendations(&self, page: u64) -> Result<PublishedPage, RegistryError> {
        let this = self.clone();
        let before = (page.clamp(1, FURTHEST) - 1) * A_PAGE;
        self.store
            .run_async("publication.list", Access::Read, move |tx| {
                let which = "ORDER BY published_at DESC, record LIMIT $1 OFFSET $2";
                let params = [Param::Int(A_PAGE as i64 + 1), Param::Int(before as i64)];
                let mut given = publication::select(tx, which, &params)?;
                let more = given.len() as u64 > A_PAGE;
                given.truncate(A_PAGE as usize);
                let mut ids: Vec<PersonId> = given.iter().map(|one| one.person).collect();
                ids.sort();
                ids.dedup();
                let known = match ids.as_slice() {
                    [] => HashMap::new(),
                    ids => person::find(tx, &this.keys, ids)?,
                };
                let mut commendations = Vec::new();
                for one in &given {
                    if let Some(known) = known.get(&one.person) {
                        commendations.extend(this.shown(tx, one, known)?);
                    }
                }
                Ok(PublishedPage { commendations, more })
            })
            .await
    }

    /// The commendation of a yes, if it holds today.
    fn shown(
        &self,
        tx: &mut dyn Tx,
        given: &Given,
        known: &Known,
    ) -> Result<Option<PublishedCommendation>, RegistryError> {
        let view = publication::commendation(tx, self, (given.person, &known.key), given.record)?;
        let Some(view) = view.filter(|view| given.holds(view)) else {
            return Ok(None);
        };
        let worded = super::propose::worded(&self.profile);
        let words = worded.filter_map(|(field, _)| {
            let value = view.fields.get(&field.name)?;
            Some((field.name.clone(), value.clone()))
        });
        Ok(Some(PublishedCommendation {
            name: known.identity(given.person)?.name,
            words: words.collect(),
            granted_on: view.days.starts_on,
            profession: view.profession,
            authority: view.authority,
        }))
    }
}
