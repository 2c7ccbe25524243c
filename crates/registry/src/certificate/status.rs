//! Status lists: one bit a certificate, valid or not, at a random place of a large list, so that a list tells
//! nobody who was disciplined (Token Status List, draft-ietf-oauth-status-list).

use std::time::Duration;

use jiff::civil::Date;
use model::Randomness;
use sd_jwt::{Bits, Status, StatusList, StatusListToken};
use storage::{Access, Param, StoreError, Tx};

use crate::{Registry, RegistryError, day};

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
    let rows = tx.query(
        "SELECT list, used FROM status_list ORDER BY list DESC LIMIT 1",
        &[],
    )?;
    let latest = rows
        .into_iter()
        .next()
        .map(|mut row| Ok::<_, StoreError>((row.int()?, row.int()?)))
        .transpose()?;
    let list = match latest {
        Some((list, used)) if used < GIVEN_OUT => list,
        full => {
            let list = full.map_or(0, |(list, _)| list + 1);
            tx.execute(
                "INSERT INTO status_list (list, used, changed_at) VALUES ($1, 0, $2)",
                &[Param::Int(list), Param::Int(now)],
            )?;
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
                let there = tx.query(
                    "SELECT list FROM status_list WHERE list = $1",
                    &[Param::Int(list)],
                )?;
                if there.is_empty() {
                    return Ok(None);
                }
                let today = Param::Int(day::to_number(today));
                // A decision counts from its first moment, whether or not what is due was done since.
                let rows = tx.query(
                    "SELECT place FROM status_place WHERE list = $1 AND revoked_at IS NOT NULL \
                     UNION SELECT status_place FROM certificate WHERE status_list = $1 \
                     AND revoked_at IS NULL AND revoke_on <= $2",
                    &[Param::Int(list), today],
                )?;
                let places = rows
                    .into_iter()
                    .map(|mut row| row.int())
                    .collect::<Result<Vec<_>, _>>()?;
                let rows = tx.query(
                    "SELECT MIN(revoke_on) FROM certificate WHERE status_list = $1 AND revoke_on > $2",
                    &[Param::Int(list), today],
                )?;
                let next = match rows.into_iter().next() {
                    Some(mut row) => row.opt_int()?.map(day::from_number).transpose()?,
                    None => None,
                };
                Ok::<_, RegistryError>(Some((places, next)))
            })
            .await?;
        found
            .map(|(places, next)| self.sign_list(list, &places, next))
            .transpose()
    }

    /// Signs a list, that is relied on no longer than to the beginning of the day `until`.
    fn sign_list(&self, list: i64, revoked: &[i64], until: Option<Date>) -> Result<String, RegistryError> {
        let fault = |error: &dyn std::error::Error| RegistryError::Certificate(error.to_string());
        let mut bits = StatusList::new(Bits::One, PLACES as u64).map_err(|error| fault(&error))?;
        for place in revoked {
            bits.set(*place as u64, Status::Invalid)
                .map_err(|error| fault(&error))?;
        }
        let now = self.clock.now().as_second();
        let midnight = until
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
