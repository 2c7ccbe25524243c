//! Certificates: what the holder asks for, gets at once, shows to whom they like, and ends when they like.

mod chosen;
mod issue;
pub(crate) mod revoke;
pub(crate) mod status;
mod verify;

use jiff::Timestamp;
use keys::{DataKey, Place};
use model::{CertificateId, PersonId, RecordId};
use storage::{Access, Param, Row, StoreError, Tx};

pub use chosen::Chosen;
pub use issue::{CertificateError, Issued};
pub use revoke::Why;
pub use status::{PLACES, note_restored};
pub use verify::{Answer, Check, Checker, Claims, StatusKnown, Trust, TrustError, VCT};

use crate::{Registry, RegistryError, person};

/// A certificate as its holder sees it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct CertificateView {
    /// Its identifier.
    pub certificate: CertificateId,
    /// The licence that it is about.
    pub record: RecordId,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was revoked, and why.
    pub revoked: Option<(Timestamp, Why)>,
    /// The signed text. Empty: the licence's retention period is over, and the text is destroyed with it.
    pub text: String,
}

const SELECT: &str = "SELECT certificate, record, issued_at, expires_at, revoked_at, revoked_why, wrapped_key, \
     sealed_text FROM certificate ";

impl Registry {
    /// The certificates of a holder, the latest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn certificates(&self, person: PersonId) -> Result<Vec<CertificateView>, RegistryError> {
        let keys = self.keys.clone();
        self.store
            .run_async("certificate.list", Access::Read, move |tx| {
                let known = person::find_one(tx, &keys, person)?;
                let key = known.as_ref().map(|known| &known.key);
                let sql = format!("{SELECT}WHERE person = $1 ORDER BY issued_at DESC, certificate DESC");
                let rows = tx.query(&sql, &[Param::Blob(person.as_bytes())])?;
                rows.into_iter().map(|row| read(person, key, row)).collect()
            })
            .await
    }
}

fn place<'a>(column: &'static str, row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "certificate",
        column,
        row,
    }
}

fn read(
    person: PersonId,
    person_key: Option<&DataKey>,
    mut row: Row,
) -> Result<CertificateView, RegistryError> {
    let certificate = CertificateId::from_bytes(row.array()?);
    let record = RecordId::from_bytes(row.array()?);
    let (issued_at, expires_at) = (crate::time(row.int()?)?, crate::time(row.int()?)?);
    let revoked = match (row.opt_int()?, row.opt_text()?) {
        (Some(at), Some(why)) => Some((crate::time(at)?, why.parse()?)),
        _ => None,
    };
    let ids: [&[u8]; 2] = [person.as_bytes(), certificate.as_bytes()];
    let text = match (row.opt_blob()?, row.opt_blob()?) {
        (Some(wrapped_key), Some(sealed)) => {
            let person_key = person_key.ok_or(RegistryError::Stored("a person"))?;
            let key = person_key.unwrap_key(&place("wrapped_key", &ids), &wrapped_key)?;
            key.open(&place("sealed_text", &ids), &sealed)?
        }
        _ => Vec::new(),
    };
    let text = String::from_utf8(text).map_err(|_| RegistryError::Stored("a certificate"))?;
    Ok(CertificateView {
        certificate,
        record,
        issued_at,
        expires_at,
        revoked,
        text,
    })
}

/// Seals a certificate's text under a key of its own and writes its row.
struct NewCertificate<'a> {
    person: PersonId,
    certificate: CertificateId,
    record: RecordId,
    record_version: i64,
    status: (i64, i64),
    issued_at: Timestamp,
    expires_at: Timestamp,
    revoke_on: Option<i64>,
    text: &'a str,
}

impl NewCertificate<'_> {
    fn insert(
        &self,
        tx: &mut dyn Tx,
        person_key: &DataKey,
        randomness: &dyn model::Randomness,
    ) -> Result<(), RegistryError> {
        let ids: [&[u8]; 2] = [self.person.as_bytes(), self.certificate.as_bytes()];
        let key = DataKey::generate(randomness)?;
        let wrapped = person_key.wrap(&place("wrapped_key", &ids), &key, randomness)?;
        let sealed = key.seal(&place("sealed_text", &ids), self.text.as_bytes(), randomness)?;
        tx.execute(
            "INSERT INTO certificate (person, certificate, record, record_version, status_list, status_place, \
             issued_at, expires_at, revoke_on, wrapped_key, sealed_text) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            &[
                Param::Blob(self.person.as_bytes()),
                Param::Blob(self.certificate.as_bytes()),
                Param::Blob(self.record.as_bytes()),
                Param::Int(self.record_version),
                Param::Int(self.status.0),
                Param::Int(self.status.1),
                Param::Int(self.issued_at.as_second()),
                Param::Int(self.expires_at.as_second()),
                self.revoke_on.map_or(Param::Null, Param::Int),
                Param::Blob(&wrapped),
                Param::Blob(&sealed),
            ],
        )?;
        Ok(())
    }
}

/// A stored word that is not one of ours.
fn unknown() -> StoreError {
    StoreError::Shape("a word of the model is expected")
}
