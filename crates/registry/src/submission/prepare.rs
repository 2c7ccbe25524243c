//! Preparing a checked row: pseudonyms, seal and log entry, all that can be done before the transaction.

use intake::{CheckedRow, KeptRow};
use keys::{DataKey, Keyring};
use model::{Randomness, RecordId, RecordKind, VersionKind};
use profile::Profile;

use super::filing::{Common, Filing, Prepared, statement_of};
use crate::{
    RegistryError, leaf,
    person::Identity,
    record::VersionPlace,
    view::{self, Fields},
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
        let identity = Identity {
            name: row.name,
            number: row.identity.canonical,
        };
        let days = self.days(&row.content)?;
        let licence_mac = row
            .licence_number
            .as_ref()
            .filter(|_| matches!(self.common.kind, RecordKind::Licence | RecordKind::Decision))
            .map(|number| self.keys.licence(person, &row.profession, number));
        let mut prepared = Prepared {
            number: row.number,
            person,
            name_mac: self.keys.name(person, &identity.name),
            identity: serde_json::to_vec(&identity).map_err(|_| RegistryError::Stored("an identity"))?,
            document,
            content_mac: self.keys.content(&document, &row.content),
            profession: row.profession,
            basis: row.legal_basis,
            licence_mac,
            kept_until: days.kept_until,
            in_force_on: days.starts_on.unwrap_or(self.common.today),
            filing: Filing::Correction { content: Vec::new() },
            kept,
        };
        prepared.filing = if row.correction.is_some() {
            Filing::Correction { content: row.content }
        } else {
            self.seal(&prepared, &row.content)?
        };
        Ok(prepared)
    }

    fn seal(&self, prepared: &Prepared, content: &[u8]) -> Result<Filing, RegistryError> {
        let record = RecordId::new(self.common.at, self.randomness)?;
        let key = DataKey::generate(self.randomness)?;
        let salt = leaf::salt(self.randomness)?;
        let place = VersionPlace::new(prepared.person, record, 1);
        let sealed = place.seal(&key, &salt, content, self.randomness)?;
        let head = prepared.head(self.common, record, 1, VersionKind::Filed);
        let entry = leaf::entry(&salt, &statement_of(&head, content));
        Ok(Filing::New {
            record,
            key,
            sealed,
            entry,
        })
    }

    fn days(&self, content: &[u8]) -> Result<view::Days, RegistryError> {
        let fields: Fields =
            serde_json::from_slice(content).map_err(|_| RegistryError::Stored("a record's fields"))?;
        Ok(view::days(self.profile, self.common.kind, &fields))
    }
}
