//! Status lists: one bit a certificate, valid or not, at a random place of a large list, so that a list tells
//! nobody who was disciplined (Token Status List, draft-ietf-oauth-status-list).
//!
//! Once an older copy of the database was put back, nobody knows what the lists gave out since. They are closed: what is
//! not known in them is not valid, and new certificates get a list whose number was never given before.

use std::time::Duration;

use jiff::{Timestamp, civil::Date};
use model::Randomness;
use sd_jwt::{Bits, Status, StatusList, StatusListToken};
use storage::{Access, Param, Store, StoreError, Tx};

use crate::{Registry, RegistryError, day, open::is_of_an_installation};

/// How many places a list has.
pub const PLACES: i64 = 131_072;

/// How many of them are given out, so that a random free place is found at once.
const GIVEN_OUT: i64 = PLACES / 2;

/// For how long a signed list may be relied on.
const GOOD_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// After how long a copy is to be fetched anew.
const FETCH_AGAIN_SECONDS: u32 = 5 * 60;

/// Takes a random free place of the list that is being filled.
pub(super) fn take_place(
    tx: &mut dyn Tx,
    randomness: &dyn Randomness,
    now: i64,
) -> Result<(i64, i64), RegistryError> {
    let list = match latest(tx)? {
        Some((list, used)) if used < GIVEN_OUT => list,
        full => {
            let list = full.map_or(0, |(list, _)| list + 1);
            begin(tx, list, now)?;
            list
        }
    };
    loop {
        let mut random = [0; 8];
        randomness.fill(&mut random)?;
        let place = (u64::from_be_bytes(random) % PLACES as u64) as i64;
        let taken = tx.execute(
            "INSERT INTO status_place (list, place) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[Param::Int(list), Param::Int(place)],
        )?;
        if taken == 1 {
            tx.execute(
                "UPDATE status_list SET used = used + 1 WHERE list = $1",
                &[Param::Int(list)],
            )?;
            return Ok((list, place));
        }
    }
}

/// The list that is being filled, and how many places of it are given out.
fn latest(tx: &mut dyn Tx) -> Result<Option<(i64, i64)>, StoreError> {
    let rows = tx.query(
        "SELECT list, used FROM status_list ORDER BY list DESC LIMIT 1",
        &[],
    )?;
    let latest = rows.into_iter().next();
    latest.map(|mut row| Ok((row.int()?, row.int()?))).transpose()
}

fn begin(tx: &mut dyn Tx, list: i64, now: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO status_list (list, used, changed_at) VALUES ($1, 0, $2)",
        &[Param::Int(list), Param::Int(now)],
    )?;
    Ok(())
}

/// Closes all lists, since this may be an older copy of the database, with the one that would have been begun next: it may
/// have been since the copy. Begins one whose number none can have had by then, which is the second.
pub(crate) fn close_all(tx: &mut dyn Tx, now: i64) -> Result<(), StoreError> {
    let next = latest(tx)?.map_or(0, |(list, _)| list + 1);
    begin(tx, next, now)?;
    tx.execute(
        "UPDATE status_list SET closed_at = $1 WHERE closed_at IS NULL",
        &[Param::Int(now)],
    )?;
    begin(tx, now.max(next + 1), now)
}

/// Notes on a bare database that it may be an older copy: certificates that were issued since it was made are not valid
/// any more. For whoever puts a copy back, with or without the installation's secret. Blocks.
///
/// # Errors
/// [`RegistryError::DatabaseGone`] where no installation was ever opened on it, or when the store fails.
pub fn note_restored(store: &(dyn Store + 'static), at: Timestamp) -> Result<(), RegistryError> {
    store.run("status.close", Access::Write, move |tx| {
        if !is_of_an_installation(tx)? {
            return Err(RegistryError::DatabaseGone);
        }
        Ok(close_all(tx, at.as_second())?)
    })
}

/// A list as it is stored.
struct Stored {
    /// The places of certificates that are not valid any more.
    revoked: Vec<i64>,
    /// Those that are known, where the list is closed.
    known: Option<Vec<i64>>,
    /// The first day on which more are not valid.
    until: Option<Date>,
}

/// Whether a list is closed. None: there is no such list.
fn closed(tx: &mut dyn Tx, list: i64) -> Result<Option<bool>, StoreError> {
    let rows = tx.query(
        "SELECT closed_at FROM status_list WHERE list = $1",
        &[Param::Int(list)],
    )?;
    let closed = rows.into_iter().next();
    closed.map(|mut row| Ok(row.opt_int()?.is_some())).transpose()
}

fn places(tx: &mut dyn Tx, sql: &str, of: &[Param<'_>]) -> Result<Vec<i64>, StoreError> {
    tx.query(sql, of)?.into_iter().map(|mut row| row.int()).collect()
}

impl Registry {
    /// The address of a status list.
    pub fn status_list_uri(&self, list: i64) -> String {
        format!("{}/status-lists/{list}", self.public_url)
    }

    /// A status list as a signed token, made now. None: there is no such list.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn status_list(&self, list: i64) -> Result<Option<String>, RegistryError> {
        let today = self.today();
        let found = self
            .store
            .run_async("status.read", Access::Read, move |tx| {
                let Some(closed) = closed(tx, list)? else {
                    return Ok(None);
                };
                let (list, today) = (Param::Int(list), Param::Int(day::to_number(today)));
                // A decision counts from its first moment, whether or not what is due was done since.
                let revoked = "SELECT place FROM status_place WHERE list = $1 AND revoked_at IS NOT NULL \
                     UNION SELECT status_place FROM certificate WHERE status_list = $1 \
                     AND revoked_at IS NULL AND revoke_on <= $2";
                let revoked = places(tx, revoked, &[list, today])?;
                let known = match closed {
                    true => Some(places(
                        tx,
                        "SELECT place FROM status_place WHERE list = $1",
                        &[list],
                    )?),
                    false => None,
                };
                let rows = tx.query(
                    "SELECT MIN(revoke_on) FROM certificate WHERE status_list = $1 AND revoke_on > $2",
                    &[list, today],
                )?;
                let until = match rows.into_iter().next() {
                    Some(mut row) => row.opt_int()?.map(day::from_number).transpose()?,
                    None => None,
                };
                Ok::<_, RegistryError>(Some(Stored {
                    revoked,
                    known,
                    until,
                }))
            })
            .await?;
        found.map(|stored| self.sign_list(list, &stored)).transpose()
    }

    /// Signs a list, that is relied on no longer than to the beginning of the day on which more is revoked.
    fn sign_list(&self, list: i64, stored: &Stored) -> Result<String, RegistryError> {
        let fault = |error: &dyn std::error::Error| RegistryError::Certificate(error.to_string());
        let mut bits = StatusList::new(Bits::One, PLACES as u64).map_err(|error| fault(&error))?;
        let mut set = |place: i64, status| bits.set(place as u64, status).map_err(|error| fault(&error));
        if let Some(known) = &stored.known {
            (0..PLACES).try_for_each(|place| set(place, Status::Invalid))?;
            known.iter().try_for_each(|place| set(*place, Status::Valid))?;
        }
        stored
            .revoked
            .iter()
            .try_for_each(|place| set(*place, Status::Invalid))?;
        let now = self.clock.now().as_second();
        let midnight = stored
            .until
            .and_then(|day| day.to_zoned(self.time_zone.clone()).ok())
            .map(|start| start.timestamp().as_second());
        let good_until = now + GOOD_FOR.as_secs() as i64;
        let expires_at = midnight.map_or(good_until, |midnight| midnight.min(good_until));
        let token = StatusListToken {
            issuer: &self.public_url,
            uri: &self.status_list_uri(list),
            issued_at: now,
            expires_at,
            ttl_seconds: FETCH_AGAIN_SECONDS.min(u32::try_from(expires_at - now).unwrap_or(0)),
        };
        token.sign(&bits, &*self.issuer).map_err(|error| fault(&error))
    }

    /// All status lists, signed now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn status_lists(&self) -> Result<Vec<String>, RegistryError> {
        let lists = self
            .store
            .run_async("status.lists", Access::Read, |tx| {
                let rows = tx.query("SELECT list FROM status_list ORDER BY list", &[])?;
                let lists = rows
                    .into_iter()
                    .map(|mut row| row.int())
                    .collect::<Result<Vec<_>, _>>()?;
                Ok::<_, RegistryError>(lists)
            })
            .await?;
        let mut tokens = Vec::with_capacity(lists.len());
        for list in lists {
            tokens.extend(self.status_list(list).await?);
        }
        Ok(tokens)
    }
}
