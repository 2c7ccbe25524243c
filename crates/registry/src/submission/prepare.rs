//! Preparing a checked row: pseudonyms, seal and log entry, all that can be done before the transaction.

use intake::{CheckedRow, KeptRow};
use keys::Keyring;
use model::{Randomness, RecordId, RecordKind, VersionKind};
use profile::{LicenceEffect, Profile};

use super::incoming::{Common, Filing, NewRecord, Prepared, statement_of};
use crate::{
    RegistryError,
    key_bytes::KeyBytes,
    leaf,
    person::{Identity, NewPerson},
    record::VersionPlace,
    view,
};

/// What preparing takes besides the row.
pub(super) struct Bench<'a> {
    pub(super) keys: &'a Keyring,
    pub(super) profile: &'a Profile,
    pub(super) randomness: &'a dyn Randomness,
    pub(super) common: &'a Common,
}

impl Bench<'_> {
    /// Prepares one row.
    pub(super) fn prepare(&self, row: CheckedRow, kept: KeptRow) -> Result<Prepared, RegistryError> {
        let person = self.keys.person(&row.identity.canonical);
        let document = self
            .keys
            .document(self.common.kind, &self.common.authority, &row.document);
        let days = view::days_of(
            self.profile,
            self.common.kind,
            &|field| row.date(field),
            row.penalty.as_deref(),
        );
        let licence_mac = row
            .licence_number
            .as_ref()
            .filter(|_| matches!(self.common.kind, RecordKind::Licence | RecordKind::Decision))
            .map(|number| self.keys.licence(person, &row.profession, number));
        let mut prepared = Prepared {
            number: row.number,
            person,
            name_mac: self.keys.name(person, &row.name),
            document,
            content_mac: self.keys.content(&document, &row.content),
            profession: row.profession,
            basis: row.legal_basis,
            licence_mac,
            kept_until: days.kept_until,
            effect: row
                .penalty
                .as_deref()
                .and_then(|category| self.profile.penalty(category))
                .map_or(LicenceEffect::None, |penalty| penalty.effect),
            in_force_on: days.starts_on.unwrap_or(self.common.today),
            filing: Filing::Correction { content: Vec::new() },
            kept,
        };
        prepared.filing = if row.correction.is_some() {
            Filing::Correction { content: row.content }
        } else {
            let identity = Identity {
                name: row.name,
                number: row.identity.canonical,
            };
            self.seal(&prepared, &identity, &row.content)?
        };
        Ok(prepared)
    }

    /// Seals a new record, and a new person beside it: should the person be known already, which the
    /// transaction finds, theirs is not used.
    fn seal(
        &self,
        prepared: &Prepared,
        identity: &Identity,
        content: &[u8],
    ) -> Result<Filing, RegistryError> {
        let record = RecordId::new(self.common.at, self.randomness)?;
        let (record_key, person_key) = (
            KeyBytes::generate(self.randomness)?,
            KeyBytes::generate(self.randomness)?,
        );
        let (key, of_person) = (record_key.ready(), person_key.ready());
        let person = NewPerson::make(
            self.keys,
            prepared.person,
            prepared.name_mac,
            identity,
            &of_person,
            self.randomness,
        )?;
        let salt = leaf::salt(self.randomness)?;
        let place = VersionPlace::new(prepared.person, record, 1);
        let sealed = place.seal(&key, &salt, content, self.randomness)?;
        let head = prepared.head(self.common, record, 1, VersionKind::Filed);
        let entry = leaf::entry(&salt, &statement_of(&head, content));
        Ok(Filing::New(NewRecord {
            record,
            wrapped_key: place.wrap(&of_person, &key, self.randomness)?,
            key: record_key,
            sealed: sealed.into(),
            entry,
            person,
            person_key,
        }))
    }
}
