//! Preparing a checked row: pseudonyms, seal and log entry, all that can be done before the transaction.

use intake::{CheckedRow, KeptRow};
use keys::{Keyring, Mac};
use model::{Randomness, RecordId, RecordKind, VersionKind};
use profile::{LicenceEffect, Profile};

use super::incoming::{Common, Filing, NewRecord, Prepared, statement_of};
use crate::{
    RegistryError,
    key_bytes::KeyBytes,
    leaf,
    person::{Identity, NewPerson},
    record::{VersionHead, VersionPlace},
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
        let in_force_on = days.starts_on.unwrap_or(self.common.today);
        let effect = row
            .penalty
            .as_deref()
            .and_then(|category| self.profile.penalty(category))
            .map_or(LicenceEffect::None, |penalty| penalty.effect);
        let head = VersionHead {
            person,
            record: RecordId::new(self.common.at, self.randomness)?,
            version: 1,
            change: VersionKind::Filed,
            kind: self.common.kind,
            authority: self.common.authority.clone(),
            profession: row.profession,
            basis: row.legal_basis,
            document,
            licence_mac,
            kept_until: days.kept_until,
            effect,
            starts_on: (self.common.kind == RecordKind::Decision).then_some(in_force_on),
            submission: self.common.submission,
            row_number: row.number,
            filed_at: self.common.at,
            leaf: 0,
        };
        let name_mac = self.keys.name(person, &row.name);
        let content_mac = self.keys.content(&document, &row.content);
        let filing = if row.correction.is_some() {
            Filing::Correction { content: row.content }
        } else {
            let identity = Identity {
                name: row.name,
                number: row.identity.canonical,
            };
            Filing::New(self.seal(&head, name_mac, &identity, &row.content)?)
        };
        Ok(Prepared {
            head,
            name_mac,
            content_mac,
            in_force_on,
            filing,
            kept,
        })
    }

    /// Seals a new record, and a new person beside it: should the person be known already, which the
    /// transaction finds, theirs is not used.
    fn seal(
        &self,
        head: &VersionHead,
        name_mac: Mac,
        identity: &Identity,
        content: &[u8],
    ) -> Result<NewRecord, RegistryError> {
        let (record_key, person_key) = (
            KeyBytes::generate(self.randomness)?,
            KeyBytes::generate(self.randomness)?,
        );
        let (key, of_person) = (record_key.ready(), person_key.ready());
        let person = NewPerson::make(
            self.keys,
            head.person,
            name_mac,
            identity,
            &of_person,
            self.randomness,
        )?;
        let salt = leaf::salt(self.randomness)?;
        let place = VersionPlace::new(head.person, head.record, head.version);
        let sealed = place.seal(&key, &salt, content, self.randomness)?;
        let entry = leaf::entry(&salt, &statement_of(head, content));
        Ok(NewRecord {
            wrapped_key: place.wrap(&of_person, &key, self.randomness)?,
            key: record_key,
            sealed,
            entry,
            person,
            person_key,
        })
    }
}
