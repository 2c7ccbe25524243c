//! The authority's desk: its own submissions.

use std::str::FromStr;

use intake::Encoding;
use jiff::Timestamp;
use keys::DataKey;
use model::{RecordKind, SubmissionId};
use storage::{Access, Param, Row, StoreError, Tx};

use super::{
    outcome::Counts,
    submit::{self, place},
};
use crate::{Receipt, Registry, RegistryError, leaf::Salt, time};

macro_rules! states {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// How far a submission has come.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum SubmissionState { $($(#[$doc])* $name,)* }

        impl SubmissionState {
            /// Every one.
            pub const ALL: &'static [SubmissionState] = &[$(Self::$name,)*];

            /// The word for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

states! {
    /// Rows are being filed, or a kill interrupted it: sending the file again is harmless.
    Open = "open",
    /// Every row is filed or refused; or nobody went on with it and it was closed with the rows that got in.
    Done = "done",
    /// Nothing of the file could be read.
    Refused = "refused",
    /// It was taken back, but for rows that were touched since.
    TakenBack = "taken-back",
}

impl FromStr for SubmissionState {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let found = Self::ALL.iter().copied().find(|state| state.as_str() == text);
        found.ok_or(StoreError::Shape("the state of a submission is expected"))
    }
}

/// A submission as its authority sees it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct SubmissionView {
    /// Its identifier.
    pub submission: SubmissionId,
    /// The authority that filed it.
    pub authority: String,
    /// The kind of its records.
    pub kind: RecordKind,
    /// How far it has come.
    pub state: SubmissionState,
    /// The name of the file.
    pub file_name: String,
    /// The SHA-256 of the file, in hexadecimal.
    pub file_sha256: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// When its last row was done.
    pub finished_at: Option<Timestamp>,
    /// When it was taken back.
    pub taken_back_at: Option<Timestamp>,
    /// Until when it can be taken back whole.
    pub take_back_until: Timestamp,
    /// What became of its rows.
    #[serde(flatten)]
    pub counts: Counts,
    /// The code of the fault for which nothing could be read.
    pub fault: Option<String>,
}

/// What is sealed of a submission itself: its key, its file's name and headings.
pub(super) struct SealedNames {
    wrapped_key: Vec<u8>,
    file_name: Vec<u8>,
    form: Vec<u8>,
}

impl SealedNames {
    pub(super) fn seal(
        registry: &Registry,
        id: SubmissionId,
        key: &DataKey,
        name: &str,
    ) -> Result<Self, RegistryError> {
        let (row, randomness): ([&[u8]; 1], _) = ([id.as_bytes()], &*registry.randomness);
        Ok(Self {
            wrapped_key: registry
                .keys
                .wrapping()
                .wrap(&place("wrapped_key", &row), key, randomness)?
                .to_vec(),
            file_name: key.seal(&place("sealed_file_name", &row), name.as_bytes(), randomness)?,
            form: key.seal(&place("sealed_form", &row), b"null", randomness)?,
        })
    }
}

/// Writes a submission's row, unless it is there.
pub(super) fn insert(
    tx: &mut dyn Tx,
    id: SubmissionId,
    authority: &str,
    kind: RecordKind,
    sha256: &[u8; 32],
    sealed: &SealedNames,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO submission (submission, authority, kind, state, file_sha256, wrapped_key, sealed_file_name, \
         sealed_form, received_at, touched_at, accepted, unchanged, rejected) \
         VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $8, 0, 0, 0) ON CONFLICT DO NOTHING",
        &[
            Param::Blob(id.as_bytes()),
            Param::Text(authority),
            Param::Text(kind.as_str()),
            Param::Blob(sha256),
            Param::Blob(&sealed.wrapped_key),
            Param::Blob(&sealed.file_name),
            Param::Blob(&sealed.form),
            Param::Int(at.as_second()),
        ],
    )?;
    Ok(())
}

/// The sender's own headings and encoding, for the file of rejected rows.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct Form {
    pub(super) headings: Vec<String>,
    #[serde(with = "encoding_name")]
    pub(super) encoding: Encoding,
}

mod encoding_name {
    use intake::Encoding;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(encoding: &Encoding, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(encoding.name())
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Encoding, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse()
            .map_err(|_| D::Error::custom("the name of an encoding is expected"))
    }
}

/// Keeps the sender's headings and encoding.
pub(super) fn set_form(
    registry: &Registry,
    id: SubmissionId,
    key: &DataKey,
    form: &Form,
) -> Result<(), RegistryError> {
    let plain = serde_json::to_vec(form).map_err(|_| RegistryError::Stored("headings"))?;
    let sealed = key.seal(
        &place("sealed_form", &[id.as_bytes()]),
        &plain,
        &*registry.randomness,
    )?;
    registry
        .store
        .run("submission.headings", Access::Write, move |tx| {
            tx.execute(
                "UPDATE submission SET sealed_form = $1 WHERE submission = $2",
                &[Param::Blob(&sealed), Param::Blob(id.as_bytes())],
            )?;
            Ok(())
        })
}

/// A submission with what only the registry needs.
pub(super) struct Stored {
    pub(super) view: SubmissionView,
    pub(super) key: DataKey,
    pub(super) sha256: [u8; 32],
    pub(super) form: Option<Form>,
    pub(super) leaf: Option<(u64, Salt)>,
}

const SELECT: &str = "SELECT submission, authority, kind, state, file_sha256, wrapped_key, sealed_file_name, \
     sealed_form, received_at, finished_at, taken_back_at, accepted, unchanged, rejected, fault, leaf, salt \
     FROM submission ";

/// One submission.
pub(super) fn read(
    tx: &mut dyn Tx,
    registry: &Registry,
    id: SubmissionId,
) -> Result<Option<Stored>, RegistryError> {
    let sql = format!("{SELECT}WHERE submission = $1");
    let rows = tx.query(&sql, &[Param::Blob(id.as_bytes())])?;
    rows.into_iter()
        .next()
        .map(|row| from_row(registry, row))
        .transpose()
}

/// The number of the last row of a submission that is done; 0 before the first.
pub(super) fn rows_done(tx: &mut dyn Tx, id: SubmissionId) -> Result<u64, StoreError> {
    let rows = tx.query(
        "SELECT MAX(last_row) FROM submission_chunk WHERE submission = $1",
        &[Param::Blob(id.as_bytes())],
    )?;
    let last = rows
        .into_iter()
        .next()
        .map(|mut row| row.opt_int())
        .transpose()?
        .flatten();
    Ok(last.map_or(0, |last| last as u64))
}

fn from_row(registry: &Registry, mut row: Row) -> Result<Stored, RegistryError> {
    let id = SubmissionId::from_bytes(row.array()?);
    let authority = row.text()?;
    let kind = row
        .text()?
        .parse()
        .map_err(|_| StoreError::Shape("a kind of record is expected"))?;
    let state = row.text()?.parse()?;
    let sha256: [u8; 32] = row.array()?;
    let ids: [&[u8]; 1] = [id.as_bytes()];
    let key = registry
        .keys
        .wrapping()
        .unwrap_key(&place("wrapped_key", &ids), &row.blob()?)?;
    let name = key.open(&place("sealed_file_name", &ids), &row.blob()?)?;
    let form = key.open(&place("sealed_form", &ids), &row.blob()?)?;
    let received_at = time(row.int()?)?;
    let finished_at = row.opt_int()?.map(time).transpose()?;
    let taken_back_at = row.opt_int()?.map(time).transpose()?;
    let counts = Counts {
        accepted: row.int()? as u64,
        unchanged: row.int()? as u64,
        rejected: row.int()? as u64,
    };
    let fault = row.opt_text()?;
    let leaf = match (row.opt_int()?, row.opt_blob()?) {
        (Some(leaf), Some(salt)) => {
            let salt = salt
                .try_into()
                .map_err(|_| StoreError::Shape("a salt is expected"))?;
            Some((leaf as u64, salt))
        }
        _ => None,
    };
    let hours = registry
        .profile
        .take_back_hours
        .on(registry.day_of(received_at))
        .number;
    let window = jiff::SignedDuration::from_hours(i64::from(hours));
    let view = SubmissionView {
        submission: id,
        authority,
        kind,
        state,
        file_name: String::from_utf8(name).map_err(|_| RegistryError::Stored("the name of a file"))?,
        file_sha256: hex::encode(sha256),
        received_at,
        finished_at,
        taken_back_at,
        take_back_until: received_at.checked_add(window).unwrap_or(received_at),
        counts,
        fault,
    };
    let form = serde_json::from_slice(&form).map_err(|_| RegistryError::Stored("headings"))?;
    Ok(Stored {
        view,
        key,
        sha256,
        form,
        leaf,
    })
}

impl Registry {
    /// The submissions of an authority, the latest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn submissions(&self, authority: &str) -> Result<Vec<SubmissionView>, RegistryError> {
        let (this, authority) = (self.clone(), authority.to_owned());
        self.store
            .run_async("desk.list", Access::Read, move |tx| {
                let sql = format!(
                    "{SELECT}WHERE authority = $1 ORDER BY received_at DESC, submission DESC LIMIT 200"
                );
                let rows = tx.query(&sql, &[Param::Text(&authority)])?;
                rows.into_iter()
                    .map(|row| from_row(&this, row).map(|stored| stored.view))
                    .collect()
            })
            .await
    }

    /// One submission of an authority. None: it has no such submission.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn submission(
        &self,
        authority: &str,
        id: SubmissionId,
    ) -> Result<Option<SubmissionView>, RegistryError> {
        Ok(self.stored(authority, id).await?.map(|stored| stored.view))
    }

    pub(super) async fn stored(
        &self,
        authority: &str,
        id: SubmissionId,
    ) -> Result<Option<Stored>, RegistryError> {
        let this = self.clone();
        let found = self
            .store
            .run_async("desk.read", Access::Read, move |tx| read(tx, &this, id))
            .await?;
        Ok(found.filter(|stored| stored.view.authority == authority))
    }

    /// The receipt of an authority's submission. None: there is no such submission, or it is not done.
    ///
    /// # Errors
    /// When the store or the log fails.
    pub async fn submission_receipt(
        &self,
        authority: &str,
        id: SubmissionId,
    ) -> Result<Option<Receipt>, RegistryError> {
        let Some(stored) = self.stored(authority, id).await? else {
            return Ok(None);
        };
        let Some((leaf, salt)) = stored.leaf else {
            return Ok(None);
        };
        let view = &stored.view;
        let statement = submit::statement(&view.authority, view.kind, id, &stored.sha256, view.counts);
        self.receipt(leaf, salt, statement).await.map(Some)
    }
}
