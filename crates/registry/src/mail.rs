//! E-mail notices: that there is something in the inbox, and nothing else. Enqueued in the transaction that causes
//! them for a person who has an address on file, leased by whoever sends them, and gone once sent. A sender that
//! dies loses its lease, and the notice is leased again.

use jiff::Timestamp;
use keys::Place;
use model::{NoticeId, PersonId};
use storage::{Access, Param, StoreError, Tx};

use crate::{Registry, RegistryError, person};

/// For how long a lease holds, in seconds.
const LEASE: i64 = 300;
/// After how many attempts a notice is given up. It stays in the inbox all the same.
const ATTEMPTS: i64 = 12;
/// The longest address that is taken (RFC 5321, 4.5.3.1.3).
const LONGEST: usize = 254;

/// Why an address is not taken.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// It is no address.
    #[error("this is no e-mail address")]
    NoAddress,
    /// Nobody is known under this identifier.
    #[error("nobody is known here")]
    NobodyKnown,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl MailError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoAddress => "email-invalid",
            Self::NobodyKnown => "person-unknown",
            Self::Registry(_) => "failed",
        }
    }
}

impl From<StoreError> for MailError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

/// A notice to be sent, leased to one sender. Its debug form shows no address.
pub struct MailLease {
    /// What the sender says when it is done.
    pub token: [u8; 16],
    /// Where to.
    pub address: String,
    /// How often it was tried before.
    pub attempts: i64,
    /// Until when it is nobody else's.
    pub until: Timestamp,
}

impl std::fmt::Debug for MailLease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailLease")
            .field("attempts", &self.attempts)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

fn place<'a>(row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "mail_address",
        column: "sealed_address",
        row,
    }
}

/// Whether this is one address on one line: what else it is, the server there knows best.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| !c.is_control() && !c.is_whitespace() && !"<>,;:\"()[]\\".contains(c))
    };
    text.len() <= LONGEST && plain(local) && plain(domain) && !local.contains('@') && domain.contains('.')
}

/// Enqueues an e-mail about this notice to a person who has an address on file, unless one waits already: one says as
/// much as two.
pub(crate) fn enqueue(
    tx: &mut dyn Tx,
    at: Timestamp,
    person: PersonId,
    notice: NoticeId,
) -> Result<(), StoreError> {
    let key = [Param::Blob(person.as_bytes())];
    let has_address = tx.query("SELECT person FROM mail_address WHERE person = $1", &key)?;
    if has_address.is_empty() {
        return Ok(());
    }
    // One that is being sent may have left before this was written.
    let waits = tx.query(
        "SELECT job FROM mail_job WHERE person = $1 AND token IS NULL",
        &key,
    )?;
    if !waits.is_empty() {
        return Ok(());
    }
    tx.execute(
        "INSERT INTO mail_job (person, job, next_at, attempts) VALUES ($1, $2, $3, 0)",
        &[
            Param::Blob(person.as_bytes()),
            Param::Blob(notice.as_bytes()),
            Param::Int(at.as_second()),
        ],
    )?;
    Ok(())
}

/// Forgets the address of a person, and what waits to be sent to it.
pub(crate) fn forget(tx: &mut dyn Tx, person: PersonId) -> Result<(), StoreError> {
    let key = [Param::Blob(person.as_bytes())];
    tx.execute("DELETE FROM mail_job WHERE person = $1", &key)?;
    tx.execute("DELETE FROM mail_address WHERE person = $1", &key)?;
    Ok(())
}

impl Registry {
    /// Puts an e-mail address on file for a person, or takes it away.
    ///
    /// # Errors
    /// When it is no address, nobody is known, or the store fails.
    pub async fn set_email(&self, person: PersonId, address: Option<String>) -> Result<(), MailError> {
        if address.as_deref().is_some_and(|address| !is_address(address)) {
            return Err(MailError::NoAddress);
        }
        let this = self.clone();
        self.store
            .run_async("mail.address", Access::Write, move |tx| {
                let Some(address) = &address else {
                    forget(tx, person)?;
                    return Ok(());
                };
                let known = person::find_one(tx, &this.keys, person)?.ok_or(MailError::NobodyKnown)?;
                let row: [&[u8]; 1] = [person.as_bytes()];
                let sealed = known
                    .key
                    .seal(&place(&row), address.as_bytes(), &*this.randomness)
                    .map_err(RegistryError::from)?;
                tx.execute(
                    "INSERT INTO mail_address (person, sealed_address) VALUES ($1, $2) \
                     ON CONFLICT (person) DO UPDATE SET sealed_address = $2",
                    &[Param::Blob(person.as_bytes()), Param::Blob(&sealed)],
                )?;
                Ok(())
            })
            .await
    }

    /// Leases up to `most` e-mails that are due to be sent, each under a token of its own.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn lease_mail(&self, most: u32) -> Result<Vec<MailLease>, RegistryError> {
        let this = self.clone();
        self.store
            .run_async("mail.lease", Access::Write, move |tx| this.lease(tx, most))
            .await
    }

    fn lease(&self, tx: &mut dyn Tx, most: u32) -> Result<Vec<MailLease>, RegistryError> {
        let now = self.clock.now().as_second();
        let rows = tx.query(
            "SELECT person, job, attempts FROM mail_job WHERE next_at <= $1 ORDER BY next_at, job LIMIT $2",
            &[Param::Int(now), Param::Int(i64::from(most))],
        )?;
        let mut leases = Vec::with_capacity(rows.len());
        for mut row in rows {
            let person = PersonId::from_bytes(row.array()?);
            let (job, attempts) = (row.blob()?, row.int()?);
            if attempts >= ATTEMPTS {
                // Whoever had it last never said what became of it.
                tx.execute(
                    "DELETE FROM mail_job WHERE person = $1 AND job = $2",
                    &[Param::Blob(person.as_bytes()), Param::Blob(&job)],
                )?;
                continue;
            }
            let Some(address) = self.address(tx, person)? else {
                forget(tx, person)?;
                continue;
            };
            let mut token = [0; 16];
            self.randomness.fill(&mut token)?;
            tx.execute(
                "UPDATE mail_job SET token = $1, next_at = $2, attempts = attempts + 1 WHERE person = $3 AND job = $4",
                &[
                    Param::Blob(&token),
                    Param::Int(now + LEASE),
                    Param::Blob(person.as_bytes()),
                    Param::Blob(&job),
                ],
            )?;
            leases.push(MailLease {
                token,
                address,
                attempts,
                until: crate::time(now + LEASE)?,
            });
        }
        Ok(leases)
    }

    fn address(&self, tx: &mut dyn Tx, person: PersonId) -> Result<Option<String>, RegistryError> {
        let rows = tx.query(
            "SELECT sealed_address FROM mail_address WHERE person = $1",
            &[Param::Blob(person.as_bytes())],
        )?;
        let (Some(mut row), Some(known)) =
            (rows.into_iter().next(), person::find_one(tx, &self.keys, person)?)
        else {
            return Ok(None);
        };
        let plain = known.key.open(&place(&[person.as_bytes()]), &row.blob()?)?;
        let address = String::from_utf8(plain).map_err(|_| RegistryError::Stored("an address"))?;
        Ok(Some(address))
    }

    /// Says that the e-mail under this token was sent. Answers false where the lease was lost.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mail_sent(&self, token: [u8; 16]) -> Result<bool, RegistryError> {
        self.store
            .run_async("mail.sent", Access::Write, move |tx| {
                let gone = tx.execute("DELETE FROM mail_job WHERE token = $1", &[Param::Blob(&token)])?;
                Ok(gone > 0)
            })
            .await
    }

    /// Says that the e-mail under this token could not be sent: with `retry`, that it is tried again later, each
    /// time after twice as long; without, that it never will be. Answers false where the lease was lost.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mail_failed(&self, token: [u8; 16], retry: bool) -> Result<bool, RegistryError> {
        let now = self.clock.now().as_second();
        self.store
            .run_async("mail.failed", Access::Write, move |tx| {
                let rows = tx.query(
                    "SELECT attempts FROM mail_job WHERE token = $1",
                    &[Param::Blob(&token)],
                )?;
                let Some(mut row) = rows.into_iter().next() else {
                    return Ok(false);
                };
                let attempts = row.int()?;
                if retry && attempts < ATTEMPTS {
                    // Two minutes, four, eight …: the last ones are a day and a half apart.
                    let wait = 60 << attempts.clamp(1, ATTEMPTS);
                    tx.execute(
                        "UPDATE mail_job SET token = NULL, next_at = $1 WHERE token = $2",
                        &[Param::Int(now + wait), Param::Blob(&token)],
                    )?;
                } else {
                    tx.execute("DELETE FROM mail_job WHERE token = $1", &[Param::Blob(&token)])?;
                }
                Ok(true)
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_on_one_line() {
        for good in ["a@example.org", "first.last+tag@mail.example.org", "名@例子.中国"] {
            assert!(is_address(good), "{good}");
        }
        let long = format!("{}@example.org", "a".repeat(LONGEST));
        for bad in [
            "",
            "a",
            "@example.org",
            "a@",
            "a@b",
            "a b@example.org",
            "a@example.org\r\nBcc: b@example.org",
            "a@example.org,b@example.org",
            "<a@example.org>",
            "a@b@example.org",
            &long,
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
