//! E-mail notices: that there is something in the inbox, and nothing else. Enqueued in the transaction that causes
//! them for a person who has an address on file, leased by whoever sends them, and gone once sent. A sender that
//! dies loses its lease, and the notice is leased again. Letters with a code (`email`) are leased beside them, first.

use std::collections::HashSet;

use jiff::Timestamp;
use keys::Place;
use model::{NoticeId, PersonId};
use ring::digest::{SHA256, digest};
use storage::{Access, Param, StoreError, Tx};

use crate::{
    Registry, RegistryError, email,
    erasure::{Planned, What, destroy_now},
    log, person,
};

/// For how long a lease holds, in seconds.
pub(crate) const LEASE: i64 = 300;
/// After how many attempts a notice is given up. It stays in the inbox all the same.
pub(crate) const ATTEMPTS: i64 = 12;
/// For how long a letter that waits keeps the key of somebody of whom nothing else is held, in seconds: without it
/// there is no address to send it to. It is tried eight times by then.
const LETTER_FIRST: i64 = 12 * 60 * 60;
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

/// What a letter says. Its debug form shows no code.
#[derive(Clone, PartialEq, Eq)]
pub enum MailLetter {
    /// That there is something in the inbox.
    Notice,
    /// The code by which the person shows that the address is theirs.
    Code(String),
}

impl std::fmt::Debug for MailLetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Notice => "Notice",
            Self::Code(_) => "Code",
        })
    }
}

/// A letter to be sent, leased to one sender. Its debug form shows no address.
pub struct MailLease {
    /// The letter's own identifier, the same each time that it is leased.
    pub job: NoticeId,
    /// What it says.
    pub letter: MailLetter,
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

/// How long is waited after so many attempts, in seconds: two minutes, four, eight …; the last ones are a day and
/// a half apart.
pub(crate) fn wait(attempts: i64) -> i64 {
    60 << attempts.clamp(1, ATTEMPTS)
}

/// Whether this is one address on one line: what else it is, the server there knows best.
pub(crate) fn is_address(text: &str) -> bool {
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
/// much as two. (One that failed may wait beside one that was enqueued while it was being sent.)
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
    if let Some(mut row) = waits.into_iter().next() {
        let job: [u8; 16] = row.array()?;
        if !letter_first(tx, person, at)? {
            // It has waited for long. From now on it is about this too, and leaves before its person is forgotten.
            tx.execute(
                "UPDATE mail_job SET job = $2 WHERE person = $1 AND job = $3",
                &[key[0], Param::Blob(notice.as_bytes()), Param::Blob(&job)],
            )?;
        }
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

/// Enqueues an e-mail to each of these people who has an address on file, about the notice at the same place.
pub(crate) fn enqueue_many(
    tx: &mut dyn Tx,
    at: Timestamp,
    people: &[PersonId],
    notices: &[NoticeId],
) -> Result<(), StoreError> {
    let ids: Vec<&[u8]> = people.iter().map(|person| person.as_bytes().as_slice()).collect();
    let rows = crate::sql::select_in(tx, "SELECT person FROM mail_address WHERE person IN ", &ids)?;
    let found = rows
        .into_iter()
        .map(|mut row| Ok(PersonId::from_bytes(row.array()?)));
    let found: HashSet<PersonId> = found.collect::<Result<_, StoreError>>()?;
    for (person, notice) in people
        .iter()
        .zip(notices)
        .filter(|(person, _)| found.contains(person))
    {
        enqueue(tx, at, *person, *notice)?;
    }
    Ok(())
}

/// Puts an address on file, sealed under the person's key.
pub(crate) fn put_address(
    tx: &mut dyn Tx,
    this: &Registry,
    person: PersonId,
    key: &keys::DataKey,
    address: &str,
) -> Result<(), RegistryError> {
    let row: [&[u8]; 1] = [person.as_bytes()];
    let sealed = key.seal(&place(&row), address.as_bytes(), &*this.randomness)?;
    tx.execute(
        "INSERT INTO mail_address (person, sealed_address) VALUES ($1, $2) \
         ON CONFLICT (person) DO UPDATE SET sealed_address = $2",
        &[Param::Blob(person.as_bytes()), Param::Blob(&sealed)],
    )?;
    Ok(())
}

/// Which address: the beginning of the hash of its ciphertext. It says nothing of the address, and the same address
/// put on file again has another.
pub(crate) type EmailTag = [u8; 16];

/// Which address a person has on file.
fn tag(tx: &mut dyn Tx, person: PersonId) -> Result<Option<EmailTag>, StoreError> {
    let rows = tx.query(
        "SELECT sealed_address FROM mail_address WHERE person = $1",
        &[Param::Blob(person.as_bytes())],
    )?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let hash = digest(&SHA256, &row.blob()?);
    let mut tag = EmailTag::default();
    for (to, from) in tag.iter_mut().zip(hash.as_ref()) {
        *to = *from;
    }
    Ok(Some(tag))
}

/// Forgets this address of a person. What waits to be sent is left for one that may take its place, or goes too where
/// its `letters` go. Answers false where it is not on file.
pub(crate) fn forget_tagged(
    tx: &mut dyn Tx,
    person: PersonId,
    wanted: EmailTag,
    letters: bool,
) -> Result<bool, StoreError> {
    if tag(tx, person)? != Some(wanted) {
        return Ok(false);
    }
    if letters {
        forget_address(tx, person)?;
    } else {
        let key = [Param::Blob(person.as_bytes())];
        tx.execute("DELETE FROM mail_address WHERE person = $1", &key)?;
    }
    Ok(true)
}

/// Forgets the address that is to go, in the transaction that is under way.
pub(crate) type Forget<'a> = &'a mut dyn FnMut(&mut dyn Tx) -> Result<(), RegistryError>;

/// Whether a person has an address on file.
pub(crate) fn has_address(tx: &mut dyn Tx, person: PersonId) -> Result<bool, StoreError> {
    Ok(tag(tx, person)?.is_some())
}

/// Whether a letter to a person is to leave before they are forgotten: one that was written not long before `at`.
pub(crate) fn letter_first(tx: &mut dyn Tx, person: PersonId, at: Timestamp) -> Result<bool, StoreError> {
    let rows = tx.query(
        "SELECT job FROM mail_job WHERE person = $1",
        &[Param::Blob(person.as_bytes())],
    )?;
    for mut row in rows {
        let written = NoticeId::from_bytes(row.array()?).time();
        if written.is_some_and(|written| at.as_second() - written.as_second() < LETTER_FIRST) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Forgets the address of a person, and what waits to be sent to it.
pub(crate) fn forget_address(tx: &mut dyn Tx, person: PersonId) -> Result<(), StoreError> {
    let key = [Param::Blob(person.as_bytes())];
    tx.execute("DELETE FROM mail_job WHERE person = $1", &key)?;
    tx.execute("DELETE FROM mail_address WHERE person = $1", &key)?;
    Ok(())
}

/// Forgets all that is held for e-mail to a person.
pub(crate) fn forget(tx: &mut dyn Tx, person: PersonId) -> Result<(), StoreError> {
    forget_address(tx, person)?;
    email::forget(tx, person)
}

impl Registry {
    /// Puts an e-mail address on file that nobody has confirmed, or takes it away with all that belongs to it. For
    /// tests alone: what a person gives is confirmed first ([`Registry::ask_email`]).
    ///
    /// # Errors
    /// When it is no address, nobody is known, or the store fails.
    #[cfg(feature = "test-support")]
    pub async fn set_email(&self, person: PersonId, address: Option<String>) -> Result<(), MailError> {
        if address.as_deref().is_some_and(|address| !is_address(address)) {
            return Err(MailError::NoAddress);
        }
        let this = self.clone();
        let done = self.without_address("mail.address", person, move |tx, forget_old| {
            let Some(address) = &address else {
                forget_old(tx)?;
                forget(tx, person)?;
                return Ok(true);
            };
            let Some(known) = person::find_one(tx, &this.keys, person)? else {
                return Ok(false);
            };
            forget_old(tx)?;
            put_address(tx, &this, person, &known.key, address)?;
            Ok(true)
        });
        match done.await? {
            true => Ok(()),
            false => Err(MailError::NobodyKnown),
        }
    }

    /// Runs a transaction that may take the address of a person from the file. That it goes is written apart first,
    /// so that no older copy brings it back, and taken back where the transaction lets it stay.
    pub(crate) async fn without_address<T: Send + 'static>(
        &self,
        name: &'static str,
        person: PersonId,
        mut work: impl FnMut(&mut dyn Tx, Forget<'_>) -> Result<T, RegistryError> + Send + 'static,
    ) -> Result<T, RegistryError> {
        let this = self.clone();
        let all = move || {
            let plan = || {
                this.store.run("mail.plan", Access::Read, move |tx| {
                    let what = tag(tx, person)?.map(|tag| (person, What::Email { tag }));
                    let (erasures, head) = (what.into_iter().collect(), log::head(tx)? as u64);
                    Ok::<_, RegistryError>(Planned { erasures, head })
                })
            };
            let again = this.clone();
            let (_, answer) = this.destroy_with(name, plan, move |tx, erasures| {
                let mut done = HashSet::new();
                let answer = work(tx, &mut |tx| {
                    done = destroy_now(tx, &again, erasures)?;
                    Ok(())
                })?;
                Ok((done, answer))
            })?;
            Ok(answer)
        };
        // It waits for the file and the store, which an async task must not.
        tokio::task::spawn_blocking(all)
            .await
            .map_err(|_| RegistryError::Log("taking an address away was interrupted".into()))?
    }

    /// Leases up to `most` letters that are due to be sent, each under a token of its own.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn lease_mail(&self, most: u32) -> Result<Vec<MailLease>, RegistryError> {
        let this = self.clone();
        self.store
            .run_async("mail.lease", Access::Write, move |tx| {
                let mut leases = email::lease(tx, &this, most)?;
                let left = most.saturating_sub(u32::try_from(leases.len()).unwrap_or(u32::MAX));
                leases.extend(this.lease_notices(tx, left)?);
                Ok(leases)
            })
            .await
    }

    fn lease_notices(&self, tx: &mut dyn Tx, most: u32) -> Result<Vec<MailLease>, RegistryError> {
        let now = self.clock.now().as_second();
        let rows = tx.query(
            "SELECT person, job, attempts FROM mail_job WHERE next_at <= $1 ORDER BY next_at, job LIMIT $2",
            &[Param::Int(now), Param::Int(i64::from(most))],
        )?;
        let mut leases = Vec::with_capacity(rows.len());
        for mut row in rows {
            let person = PersonId::from_bytes(row.array()?);
            let (job, attempts) = (NoticeId::from_bytes(row.array()?), row.int()?);
            if attempts >= ATTEMPTS {
                // Whoever had it last never said what became of it.
                tx.execute(
                    "DELETE FROM mail_job WHERE person = $1 AND job = $2",
                    &[Param::Blob(person.as_bytes()), Param::Blob(job.as_bytes())],
                )?;
                continue;
            }
            let Some(address) = self.address(tx, person)? else {
                forget_address(tx, person)?;
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
                    Param::Blob(job.as_bytes()),
                ],
            )?;
            leases.push(MailLease {
                job,
                letter: MailLetter::Notice,
                token,
                address,
                attempts,
                until: crate::time(now + LEASE)?,
            });
        }
        Ok(leases)
    }

    pub(crate) fn address(&self, tx: &mut dyn Tx, person: PersonId) -> Result<Option<String>, RegistryError> {
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
                Ok(gone > 0 || email::sent(tx, &token)?)
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
                    return Ok(email::failed(tx, &token, now, retry)?);
                };
                let attempts = row.int()?;
                if retry && attempts < ATTEMPTS {
                    tx.execute(
                        "UPDATE mail_job SET token = NULL, next_at = $1 WHERE token = $2",
                        &[Param::Int(now + wait(attempts)), Param::Blob(&token)],
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
    fn waits_grow_and_stay_within_two_days() {
        let waits: Vec<i64> = (1..ATTEMPTS).map(wait).collect();
        assert_eq!(waits[0], 120);
        assert!(waits.windows(2).all(|two| two[1] == 2 * two[0]), "{waits:?}");
        assert!(waits[waits.len() - 1] < 2 * 24 * 60 * 60, "{waits:?}");
    }

    #[test]
    fn a_letter_shows_no_code_where_it_is_written_down() {
        assert_eq!(format!("{:?}", MailLetter::Code("12345678".into())), "Code");
    }

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
