//! Consents as the person reads them, and as the body that asked does.

use jiff::Timestamp;
use model::{
    ConsentId, PersonId,
    consent::{Consent, ConsentStanding, Terms},
};
use storage::Access;

use super::store::{self, Stored};
use crate::{Registry, RegistryError};

/// How many of its own requests a body is shown.
const SHOWN: i64 = 200;

/// A consent, for the person.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ConsentView {
    /// Its identifier.
    pub consent: ConsentId,
    /// The body that asks.
    pub body: String,
    /// The registered purpose.
    pub purpose: String,
    /// Where it stands today.
    pub standing: ConsentStanding,
    /// What was asked for, as far as the purpose allows it today.
    pub asked: Terms,
    /// What was granted, as far as the purpose allows it today.
    pub granted: Option<Terms>,
    /// Whether the purpose allows less today than what was asked for or granted.
    pub narrowed: bool,
    /// How many looks were taken.
    pub used: u32,
    /// When it was asked for.
    pub asked_at: Timestamp,
}

/// A consent, for the body that asked for it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct AskedConsent {
    /// Its identifier.
    pub consent: ConsentId,
    /// The person's identifier for this body alone. It says nothing of whether they are known.
    pub person: String,
    /// The registered purpose.
    pub purpose: String,
    /// Where it stands today.
    pub standing: ConsentStanding,
    /// What was asked for, as far as the purpose allows it today.
    pub asked: Terms,
    /// What was granted, as far as the purpose allows it today.
    pub granted: Option<Terms>,
    /// Whether the purpose allows less today than what was asked for or granted.
    pub narrowed: bool,
    /// How many looks were taken.
    pub used: u32,
    /// When it was asked for.
    pub asked_at: Timestamp,
}

impl Registry {
    /// Every consent that this person was asked for, the latest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn consents_of(&self, person: PersonId) -> Result<Vec<ConsentView>, RegistryError> {
        let (this, today) = (self.clone(), self.today());
        let view = move |stored: Stored| {
            let holds = stored.holds_on(&this, today);
            ConsentView {
                consent: stored.id,
                standing: holds.standing(today),
                asked: holds.asked().clone(),
                granted: holds.permit().map(|permit| permit.terms.clone()),
                narrowed: narrowed(&stored.consent, &holds),
                used: holds.permit().map_or(0, |permit| permit.used),
                body: stored.body,
                purpose: stored.purpose,
                asked_at: stored.asked_at,
            }
        };
        self.store
            .run_async("consent.mine", Access::Read, move |tx| {
                Ok(store::of_person(tx, person)?.into_iter().map(&view).collect())
            })
            .await
    }

    /// The latest consents that a body itself asked for, the latest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn asked_consents(&self, body: &str) -> Result<Vec<AskedConsent>, RegistryError> {
        let (this, today, body) = (self.clone(), self.today(), body.to_owned());
        self.store
            .run_async("consent.asked", Access::Read, move |tx| {
                let view = |stored: Stored| {
                    let holds = stored.holds_on(&this, today);
                    AskedConsent {
                        consent: stored.id,
                        person: this.keys.person_for_authority(stored.person, &body),
                        standing: holds.standing(today),
                        asked: holds.asked().clone(),
                        granted: holds.permit().map(|permit| permit.terms.clone()),
                        narrowed: narrowed(&stored.consent, &holds),
                        used: holds.permit().map_or(0, |permit| permit.used),
                        purpose: stored.purpose,
                        asked_at: stored.asked_at,
                    }
                };
                Ok(store::of_body(tx, &body, SHOWN)?.into_iter().map(view).collect())
            })
            .await
    }
}

/// Whether the ceiling of a day takes anything from a consent: from what was granted, or else from what was asked for.
fn narrowed(stored: &Consent, holds: &Consent) -> bool {
    match (stored.permit(), holds.permit()) {
        (Some(granted), Some(holds)) => granted.terms != holds.terms,
        _ => stored.asked() != holds.asked(),
    }
}
