//! `mail_request`: at most one for each person. It outlives what it asked for by a day, as the count of codes that
//! were sent.

use keys::{DataKey, Keyring, Place};
use model::{NoticeId, PersonId};
use storage::{Param, StoreError, Tx};

use super::{ASKS_WITHIN, AskedEmail, CodeLetter, DIGITS};
use crate::{
    MailLease, MailLetter, Registry, RegistryError,
    mail::{ATTEMPTS, LEASE, wait},
    person,
};

const WAITS: &str = "waits";
const SENT: &str = "sent";
const REFUSED: &str = "refused";

/// What is sealed until it is confirmed.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Content {
    pub(super) address: String,
    pub(super) code: String,
}

/// What a person asked for. None of it is left where there is no `content`, but how often they asked.
pub(super) struct Asked {
    pub(super) content: Option<Content>,
    pub(super) state: String,
    pub(super) expires_at: i64,
    pub(super) tries_left: i64,
    pub(super) asks: i64,
    pub(super) asks_since: i64,
}

impl Asked {
    /// What the person is shown of it.
    pub(super) fn shown(self) -> Result<Option<AskedEmail>, StoreError> {
        let letter = match self.state.as_str() {
            WAITS => CodeLetter::Waits,
            SENT => CodeLetter::Sent,
            REFUSED => CodeLetter::Refused,
            _ => return Err(StoreError::Shape("the state of a letter is expected")),
        };
        let until = crate::time(self.expires_at)?;
        Ok(self.content.map(|content| AskedEmail {
            address: content.address,
            letter,
            until,
            tries_left: self.tries_left,
        }))
    }
}

fn place<'a>(row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "mail_request",
        column: "sealed_request",
        row,
    }
}

fn open(key: &DataKey, person: PersonId, sealed: &[u8]) -> Result<Content, RegistryError> {
    let plain = key.open(&place(&[person.as_bytes()]), sealed)?;
    serde_json::from_slice(&plain).map_err(|_| RegistryError::Stored("an address to be confirmed"))
}

/// What this person asked for, if anything.
pub(super) fn find(
    tx: &mut dyn Tx,
    keys: &Keyring,
    person: PersonId,
) -> Result<Option<Asked>, RegistryError> {
    let rows = tx.query(
        "SELECT sealed_request, state, expires_at, tries_left, asks, asks_since FROM mail_request \
         WHERE person = $1",
        &[Param::Blob(person.as_bytes())],
    )?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let content = match row.opt_blob()? {
        Some(sealed) => match person::find_one(tx, keys, person)? {
            Some(known) => Some(open(&known.key, person, &sealed)?),
            None => None,
        },
        None => None,
    };
    Ok(Some(Asked {
        content,
        state: row.text()?,
        expires_at: row.int()?,
        tries_left: row.int()?,
        asks: row.int()?,
        asks_since: row.int()?,
    }))
}

/// Writes what a person asks for, in the place of what they asked for before, and has its letter sent from `now` on.
pub(super) fn put(
    tx: &mut dyn Tx,
    this: &Registry,
    (person, key): (PersonId, &DataKey),
    job: NoticeId,
    asked: &Asked,
    now: i64,
) -> Result<(), RegistryError> {
    let plain = serde_json::to_vec(&asked.content)
        .map_err(|_| RegistryError::Stored("an address to be confirmed"))?;
    let row: [&[u8]; 1] = [person.as_bytes()];
    let sealed = key.seal(&place(&row), &plain, &*this.randomness)?;
    tx.execute(
        "INSERT INTO mail_request (person, job, sealed_request, state, expires_at, tries_left, asks, asks_since, \
         next_at, attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) \
         ON CONFLICT (person) DO UPDATE SET job = $2, sealed_request = $3, state = $4, expires_at = $5, \
         tries_left = $6, asks = $7, asks_since = $8, next_at = $9, attempts = 0, token = NULL",
        &[
            Param::Blob(person.as_bytes()),
            Param::Blob(job.as_bytes()),
            Param::Blob(&sealed),
            Param::Text(WAITS),
            Param::Int(asked.expires_at),
            Param::Int(asked.tries_left),
            Param::Int(asked.asks),
            Param::Int(asked.asks_since),
            Param::Int(now),
        ],
    )?;
    Ok(())
}

/// Counts a wrong try.
pub(super) fn count_try(tx: &mut dyn Tx, person: PersonId, left: i64) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE mail_request SET tries_left = $1 WHERE person = $2",
        &[Param::Int(left), Param::Blob(person.as_bytes())],
    )?;
    Ok(())
}

/// Takes away what a person asked for. How often they asked stays for a day.
pub(super) fn clear(tx: &mut dyn Tx, person: PersonId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE mail_request SET sealed_request = NULL, next_at = NULL, token = NULL WHERE person = $1",
        &[Param::Blob(person.as_bytes())],
    )?;
    Ok(())
}

/// Forgets what a person asked for, and how often.
pub(crate) fn forget(tx: &mut dyn Tx, person: PersonId) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM mail_request WHERE person = $1",
        &[Param::Blob(person.as_bytes())],
    )?;
    Ok(())
}

/// Destroys addresses that nobody confirmed in time, and counts that are more than a day old.
pub(crate) fn forget_old(tx: &mut dyn Tx, now: i64) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE mail_request SET sealed_request = NULL, next_at = NULL, token = NULL WHERE expires_at <= $1",
        &[Param::Int(now)],
    )?;
    tx.execute(
        "DELETE FROM mail_request WHERE sealed_request IS NULL AND asks_since <= $1",
        &[Param::Int(now - ASKS_WITHIN)],
    )?;
    Ok(())
}

/// Leases letters with codes that are due and whose codes still hold.
pub(crate) fn lease(tx: &mut dyn Tx, this: &Registry, most: u32) -> Result<Vec<MailLease>, RegistryError> {
    let now = this.clock.now().as_second();
    let rows = tx.query(
        "SELECT person, job, sealed_request, attempts FROM mail_request \
         WHERE next_at <= $1 AND expires_at > $1 AND sealed_request IS NOT NULL ORDER BY next_at, job LIMIT $2",
        &[Param::Int(now), Param::Int(i64::from(most))],
    )?;
    let mut leases = Vec::with_capacity(rows.len());
    for mut row in rows {
        let person = PersonId::from_bytes(row.array()?);
        let (job, sealed, attempts) = (NoticeId::from_bytes(row.array()?), row.blob()?, row.int()?);
        let Some(known) = person::find_one(tx, &this.keys, person)? else {
            forget(tx, person)?;
            continue;
        };
        let Content { address, code } = open(&known.key, person, &sealed)?;
        let mut token = [0; 16];
        this.randomness.fill(&mut token)?;
        tx.execute(
            "UPDATE mail_request SET token = $1, next_at = $2, attempts = attempts + 1 WHERE person = $3",
            &[
                Param::Blob(&token),
                Param::Int(now + LEASE),
                Param::Blob(person.as_bytes()),
            ],
        )?;
        leases.push(MailLease {
            job,
            letter: MailLetter::Code(grouped(&code)),
            token,
            address,
            attempts,
            until: crate::time(now + LEASE)?,
        });
    }
    Ok(leases)
}

/// A code as it is read: in two groups.
fn grouped(code: &str) -> String {
    match code.split_at_checked(DIGITS / 2) {
        Some((first, second)) => format!("{first} {second}"),
        None => code.to_owned(),
    }
}

/// Says that the letter under this token was sent. Answers false where there is none.
pub(crate) fn sent(tx: &mut dyn Tx, token: &[u8; 16]) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE mail_request SET state = $1, next_at = NULL, token = NULL WHERE token = $2",
        &[Param::Text(SENT), Param::Blob(token)],
    )?;
    Ok(changed > 0)
}

/// Says that the letter under this token could not be sent, and whether it is tried again. Answers false where there
/// is none.
pub(crate) fn failed(tx: &mut dyn Tx, token: &[u8; 16], now: i64, retry: bool) -> Result<bool, StoreError> {
    let rows = tx.query(
        "SELECT attempts FROM mail_request WHERE token = $1",
        &[Param::Blob(token)],
    )?;
    let Some(mut row) = rows.into_iter().next() else {
        return Ok(false);
    };
    let attempts = row.int()?;
    let (state, next_at) = if retry && attempts < ATTEMPTS {
        (WAITS, Param::Int(now + wait(attempts)))
    } else {
        (REFUSED, Param::Null)
    };
    tx.execute(
        "UPDATE mail_request SET state = $1, next_at = $2, token = NULL WHERE token = $3",
        &[Param::Text(state), next_at, Param::Blob(token)],
    )?;
    Ok(true)
}
