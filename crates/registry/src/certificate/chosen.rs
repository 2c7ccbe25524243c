//! What the holder wants a certificate to show beside what every one says: hours of training, year by year, and pledges.
//! Each is a claim of its own, which the holder discloses or not. Without a choice there is none.

use std::collections::BTreeSet;

use keys::DataKey;
use model::{CertificateId, PersonId, PledgeId, RecordKind};
use serde_json::{Value, json};
use storage::{Param, StoreError, Tx};

use super::CertificateError;
use crate::{Registry, dispute_flags::Flags, good_record, record::Version, view};

/// What a certificate is to show beside what every one says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The years whose hours of training in the licence's profession it shows.
    pub training: BTreeSet<i16>,
    /// The pledges in the licence's profession that it shows.
    pub pledges: BTreeSet<PledgeId>,
}

/// What was chosen, as it goes into a certificate.
#[derive(Default)]
pub(super) struct Besides {
    /// The claims.
    pub(super) claims: Vec<(String, Value)>,
    /// The records and pledges that they rest on: when one of them no longer is what it was, the certificate ends.
    rests_on: Vec<[u8; 16]>,
}

impl Besides {
    /// Notes what a certificate rests on besides its licence.
    pub(super) fn note(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        certificate: CertificateId,
    ) -> Result<(), StoreError> {
        for subject in &self.rests_on {
            tx.execute(
                "INSERT INTO certificate_shows (person, certificate, subject) VALUES ($1, $2, $3)",
                &[
                    Param::Blob(person.as_bytes()),
                    Param::Blob(certificate.as_bytes()),
                    Param::Blob(subject),
                ],
            )?;
        }
        Ok(())
    }
}

/// The claims for what was chosen, in this profession.
pub(super) fn claims(
    tx: &mut dyn Tx,
    this: &Registry,
    (person, key): (PersonId, &DataKey),
    (versions, profession): (&[Version], &str),
    chosen: &Chosen,
) -> Result<Besides, CertificateError> {
    let mut besides = Besides::default();
    if !chosen.training.is_empty() {
        let training: Vec<Version> = versions
            .iter()
            .filter(|one| one.head.kind == RecordKind::Training && *one.head.profession == *profession)
            .cloned()
            .collect();
        let mut views = view::records(&this.profile, this.today(), key, &training)?;
        Flags::load(tx, person)?.mark(&mut views, this.today(), Some(key))?;
        let years = good_record::years(&this.profile, profession, &views);
        for year in &chosen.training {
            let found = years.iter().find(|one| one.year == *year);
            let hours = found.ok_or(CertificateError::NothingToShow)?.hours;
            besides
                .claims
                .push((format!("training_hours_{year}"), json!(hours)));
            let of_year = good_record::of_year(&this.profile, profession, &views, *year);
            besides
                .rests_on
                .extend(of_year.map(|view| *view.record.as_bytes()));
        }
    }
    if !chosen.pledges.is_empty() {
        let made = good_record::pledge::of_person(tx, person)?;
        for pledge in &chosen.pledges {
            let found = made
                .iter()
                .find(|one| one.pledge == *pledge && one.profession == profession);
            let found = found.ok_or(CertificateError::NothingToShow)?;
            let said = this.profile.pledges.get(&found.word);
            let said = &said.ok_or(CertificateError::NothingToShow)?.text;
            besides.rests_on.push(*pledge.as_bytes());
            besides.claims.push((
                format!("pledge_{}", found.word),
                json!({"zh": said.zh, "en": said.en}),
            ));
        }
    }
    Ok(besides)
}
