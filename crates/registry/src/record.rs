//! Records: versions that are never overwritten, each sealed under a key of its own.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use keys::{DataKey, Place, WrappedKey};
use model::{PersonId, Randomness, RecordId, RecordKind, SubmissionId, VersionKind};
use profile::LicenceEffect;
use storage::{Param, Row, StoreError, Tx};

use crate::{RegistryError, day, effect, leaf, time};

/// What anybody who may see the row at all may know without opening it.
#[derive(Debug, Clone)]
pub(crate) struct VersionHead {
    pub(crate) person: PersonId,
    pub(crate) record: RecordId,
    pub(crate) version: i64,
    pub(crate) change: VersionKind,
    pub(crate) kind: RecordKind,
    pub(crate) authority: Arc<str>,
    pub(crate) profession: Arc<str>,
    pub(crate) basis: Arc<str>,
    pub(crate) document: [u8; 16],
    pub(crate) licence_mac: Option<[u8; 16]>,
    pub(crate) kept_until: Option<Date>,
    /// What a decision does to licences. It outlives the decision's content: what was revoked stays so.
    pub(crate) effect: LicenceEffect,
    /// The first day on which a decision counts.
    pub(crate) starts_on: Option<Date>,
    pub(crate) submission: SubmissionId,
    pub(crate) row_number: u64,
    pub(crate) filed_at: Timestamp,
    pub(crate) leaf: u64,
}

/// A version with its sealed content, which is gone once the record is erased.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) head: VersionHead,
    pub(crate) sealed: Option<Sealed>,
}

/// A version's key, wrapped by the person's, and its content under that key.
#[derive(Debug, Clone)]
pub(crate) struct Sealed {
    pub(crate) wrapped_key: Vec<u8>,
    pub(crate) content: Arc<[u8]>,
}

/// Where a version stands.
#[derive(Clone, Copy)]
pub(crate) struct VersionPlace {
    person: PersonId,
    record: RecordId,
    version: [u8; 8],
}

impl VersionPlace {
    pub(crate) fn new(person: PersonId, record: RecordId, version: i64) -> Self {
        Self {
            person,
            record,
            version: version.to_be_bytes(),
        }
    }

    fn with<T>(&self, column: &'static str, use_place: impl FnOnce(&Place<'_>) -> T) -> T {
        let row: [&[u8]; 3] = [self.person.as_bytes(), self.record.as_bytes(), &self.version];
        use_place(&Place {
            table: "record_version",
            column,
            row: &row,
        })
    }

    /// Seals salt and content under `key`.
    pub(crate) fn seal(
        &self,
        key: &DataKey,
        salt: &leaf::Salt,
        content: &[u8],
        randomness: &dyn Randomness,
    ) -> Result<Vec<u8>, RegistryError> {
        let mut plain = Vec::with_capacity(salt.len() + content.len());
        plain.extend_from_slice(salt);
        plain.extend_from_slice(content);
        Ok(self.with("sealed_content", |place| key.seal(place, &plain, randomness))?)
    }

    /// Wraps the version's key under the person's.
    pub(crate) fn wrap(
        &self,
        person: &DataKey,
        key: &DataKey,
        randomness: &dyn Randomness,
    ) -> Result<WrappedKey, RegistryError> {
        Ok(self.with("wrapped_key", |place| person.wrap(place, key, randomness))?)
    }

    fn open(&self, person: &DataKey, sealed: &Sealed) -> Result<(leaf::Salt, Vec<u8>), RegistryError> {
        let key = self.with("wrapped_key", |place| {
            person.unwrap_key(place, &sealed.wrapped_key)
        })?;
        let plain = self.with("sealed_content", |place| key.open(place, &sealed.content))?;
        let (salt, content) = plain
            .split_first_chunk()
            .ok_or(RegistryError::Stored("a content"))?;
        Ok((*salt, content.to_vec()))
    }
}

impl Version {
    /// Opens the content under the person's key: its salt and its JSON. Nothing if it was erased.
    pub(crate) fn open(&self, person: &DataKey) -> Result<Option<(leaf::Salt, Vec<u8>)>, RegistryError> {
        let place = VersionPlace::new(self.head.person, self.head.record, self.head.version);
        self.sealed
            .as_ref()
            .map(|sealed| place.open(person, sealed))
            .transpose()
    }
}

const COLUMNS: &[&str] = &[
    "person",
    "record",
    "version",
    "change",
    "kind",
    "authority",
    "profession",
    "basis",
    "document",
    "licence_mac",
    "kept_until",
    "effect",
    "starts_on",
    "submission",
    "row_number",
    "filed_at",
    "wrapped_key",
    "sealed_content",
    "leaf",
];

/// Adds versions.
pub(crate) fn insert(tx: &mut dyn Tx, versions: &[Version]) -> Result<(), StoreError> {
    insert_rows(
        tx,
        versions.iter().map(|Version { head, sealed }| VersionRow {
            head,
            leaf: head.leaf,
            sealed: sealed
                .as_ref()
                .map(|sealed| (&*sealed.wrapped_key, &*sealed.content)),
        }),
    )
}

/// A version on its way into the store.
pub(crate) struct VersionRow<'a> {
    /// All of it but its leaf.
    pub(crate) head: &'a VersionHead,
    pub(crate) leaf: u64,
    /// Its wrapped key, and its content under that.
    pub(crate) sealed: Option<(&'a [u8], &'a [u8])>,
}

/// Adds versions.
pub(crate) fn insert_rows<'a>(
    tx: &mut dyn Tx,
    rows: impl Iterator<Item = VersionRow<'a>>,
) -> Result<(), StoreError> {
    let mut rows = rows.peekable();
    let mut values = Vec::with_capacity(crate::sql::AT_ONCE * COLUMNS.len());
    while rows.peek().is_some() {
        values.clear();
        for row in rows.by_ref().take(crate::sql::AT_ONCE) {
            push(&mut values, &row);
        }
        tx.insert_many("record_version", COLUMNS, &values)?;
    }
    Ok(())
}

fn push<'a>(values: &mut Vec<Param<'a>>, row: &VersionRow<'a>) {
    let VersionRow { head, leaf, sealed } = *row;
    {
        values.extend([
            Param::Blob(head.person.as_bytes()),
            Param::Blob(head.record.as_bytes()),
            Param::Int(head.version),
            Param::Text(head.change.as_str()),
            Param::Text(head.kind.as_str()),
            Param::Text(&head.authority),
            Param::Text(&head.profession),
            Param::Text(&head.basis),
            Param::Blob(&head.document),
            head.licence_mac
                .as_ref()
                .map_or(Param::Null, |mac| Param::Blob(mac)),
            head.kept_until
                .map_or(Param::Null, |date| Param::Int(day::to_number(date))),
            effect::word(head.effect).map_or(Param::Null, Param::Text),
            head.starts_on
                .map_or(Param::Null, |date| Param::Int(day::to_number(date))),
            Param::Blob(head.submission.as_bytes()),
            Param::Int(head.row_number as i64),
            Param::Int(head.filed_at.as_second()),
            sealed.map_or(Param::Null, |(wrapped_key, _)| Param::Blob(wrapped_key)),
            sealed.map_or(Param::Null, |(_, content)| Param::Blob(content)),
            Param::Int(leaf as i64),
        ]);
    }
}

const SELECT: &str = "SELECT person, record, version, change, kind, authority, profession, basis, document, \
     licence_mac, \
     kept_until, effect, starts_on, submission, row_number, filed_at, wrapped_key, sealed_content, leaf FROM record_version ";

/// Every version of every record of a person, record by record, the oldest version first.
pub(crate) fn of_person(tx: &mut dyn Tx, person: PersonId) -> Result<Vec<Version>, StoreError> {
    let sql = format!("{SELECT}WHERE person = $1");
    let versions = tx.query(&sql, &[Param::Blob(person.as_bytes())])?;
    let mut versions = versions.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    // There are few: an engine would set up more for sorting them than it takes.
    versions.sort_by_key(|version| (version.head.record, version.head.version));
    Ok(versions)
}

/// Every version of one record, the oldest first.
pub(crate) fn versions(
    tx: &mut dyn Tx,
    person: PersonId,
    record: RecordId,
) -> Result<Vec<Version>, StoreError> {
    let sql = format!("{SELECT}WHERE person = $1 AND record = $2 ORDER BY version");
    let params = [Param::Blob(person.as_bytes()), Param::Blob(record.as_bytes())];
    tx.query(&sql, &params)?.into_iter().map(read).collect()
}

/// What may be known of every version of every record of these people without opening it, record by record,
/// the oldest version first.
pub(crate) fn heads(tx: &mut dyn Tx, people: &[PersonId]) -> Result<Vec<VersionHead>, StoreError> {
    let ids: Vec<&[u8]> = people.iter().map(|person| person.as_bytes().as_slice()).collect();
    let rows = crate::sql::select_in(tx, &format!("{SELECT}WHERE person IN "), &ids)?;
    let mut heads = rows
        .into_iter()
        .map(|row| Ok(read(row)?.head))
        .collect::<Result<Vec<_>, StoreError>>()?;
    heads.sort_by_key(|head| (head.person, head.record, head.version));
    // A person that was asked for more than once, as the last one may be, came more than once.
    heads.dedup_by_key(|head| (head.person, head.record, head.version));
    Ok(heads)
}

/// The latest version of each record of one kind, out of versions that stand record by record, the oldest first.
pub(crate) fn latest(heads: &[VersionHead], kind: RecordKind) -> impl Iterator<Item = &VersionHead> {
    let records = heads.chunk_by(|a, b| (a.person, a.record) == (b.person, b.record));
    records
        .filter_map(<[VersionHead]>::last)
        .filter(move |head| head.kind == kind)
}

fn read(mut row: Row) -> Result<Version, StoreError> {
    let unknown = |_| StoreError::Shape("a word of the model is expected");
    let head = VersionHead {
        person: PersonId::from_bytes(row.array()?),
        record: RecordId::from_bytes(row.array()?),
        version: row.int()?,
        change: row.text()?.parse().map_err(unknown)?,
        kind: row.text()?.parse().map_err(unknown)?,
        authority: row.text()?.into(),
        profession: row.text()?.into(),
        basis: row.text()?.into(),
        document: row.array()?,
        licence_mac: match row.opt_blob()? {
            Some(mac) => Some(
                mac.try_into()
                    .map_err(|_| StoreError::Shape("sixteen bytes are expected"))?,
            ),
            None => None,
        },
        kept_until: row.opt_int()?.map(day::from_number).transpose()?,
        effect: effect::of_word(row.opt_text()?.as_deref())?,
        starts_on: row.opt_int()?.map(day::from_number).transpose()?,
        submission: SubmissionId::from_bytes(row.array()?),
        row_number: row.int()? as u64,
        filed_at: time(row.int()?)?,
        leaf: 0,
    };
    let sealed = match (row.opt_blob()?, row.opt_blob()?) {
        (Some(wrapped_key), Some(content)) => Some(Sealed {
            wrapped_key,
            content: content.into(),
        }),
        _ => None,
    };
    let leaf = row.int()? as u64;
    Ok(Version {
        head: VersionHead { leaf, ..head },
        sealed,
    })
}
