//! Bringing what stands to those who come later: a peer that is registered for a profession, or an authority that the
//! profile lets license it from now on, is told of every decision in it that restricts and still counts. For an authority
//! that the profile does not let license it any more, every open alert in it is closed.
//!
//! Whoever has such a decision is gone through in the order of their pseudonyms, a slice in each transaction. How far
//! that went, and for which receivers, is written in the same one: a kill loses and doubles nothing, and where
//! receivers change meanwhile it begins anew, which changes nothing for those who were told. The store is not asked by
//! profession, and nothing that comes out of it leaves: nobody can look through people in this way.

use std::collections::BTreeSet;

use model::PersonId;
use ring::digest;
use storage::{Access, Param, StoreError, Tx};

use super::{step, stored, stored::HERE};
use crate::{Registry, RegistryError};

/// How many people are gone through in one transaction.
const SLICE: usize = 64;

/// How far people were gone through.
struct Mark {
    /// For whom: a hash of each profession with the names of its receivers, which may be more than a key has room for.
    receivers: String,
    /// The last person of the slice before.
    after: Vec<u8>,
    done: bool,
}

impl Registry {
    /// Brings alerts to receivers that were added since, and closes them for those who left. Doing it again does nothing more. Blocks.
    pub(crate) fn reach_alerts(&self) -> Result<(), RegistryError> {
        let this = self.clone();
        let mark = self
            .store
            .run("alert.unreached", Access::Read, move |tx| mark(tx, &this))?;
        let mut more = !mark.done;
        while more {
            let this = self.clone();
            // What stands out of step is brought in step too, and what an alert said may be destroyed with that.
            more = self
                .store
                .run("alert.reach", Access::Erase, move |tx| reach(tx, &this))?;
        }
        Ok(())
    }
}

/// How far people were gone through for those who are receivers now.
fn mark(tx: &mut dyn Tx, this: &Registry) -> Result<Mark, RegistryError> {
    let mut receivers = String::new();
    for profession in this.profile.professions.keys() {
        let mut names: Vec<String> = step::receivers(tx, this, profession, None)?
            .into_iter()
            .map(|(receiver, _)| receiver)
            .collect();
        names.sort_unstable();
        receivers.push_str(&format!("{profession}: {}\n", names.join(" ")));
    }
    let receivers = hex::encode(digest::digest(&digest::SHA256, receivers.as_bytes()));
    let rows = tx.query(
        "SELECT after_person, done FROM alert_reach WHERE receivers = $1",
        &[Param::Text(&receivers)],
    )?;
    let (after, done) = match rows.into_iter().next() {
        Some(mut row) => (row.blob()?, row.int()? == 1),
        None => (Vec::new(), false),
    };
    Ok(Mark {
        receivers,
        after,
        done,
    })
}

/// Goes through the next people. Answers whether there may be more.
fn reach(tx: &mut dyn Tx, this: &Registry) -> Result<bool, RegistryError> {
    let mark = mark(tx, this)?;
    if mark.done {
        return Ok(false);
    }
    let people = people(tx, &mark.after)?;
    step::in_step_where(tx, this, &people, &|_| true)?;
    for alert in stored::open_from_elsewhere(tx, &people)? {
        step::receivers_in_step(tx, this, &alert)?;
    }
    let done = people.len() < SLICE;
    let after = people
        .last()
        .map_or(mark.after, |person| person.as_bytes().to_vec());
    let receivers = Param::Text(&mark.receivers);
    tx.execute("DELETE FROM alert_reach WHERE receivers <> $1", &[receivers])?;
    tx.execute(
        "INSERT INTO alert_reach (receivers, after_person, done) VALUES ($1, $2, $3) \
         ON CONFLICT (receivers) DO UPDATE SET after_person = $2, done = $3",
        &[receivers, Param::Blob(&after), Param::Int(i64::from(done))],
    )?;
    Ok(!done)
}

/// The next people with a decision that takes something, or with an alert from elsewhere.
fn people(tx: &mut dyn Tx, after: &[u8]) -> Result<Vec<PersonId>, StoreError> {
    let (after, most) = (Param::Blob(after), Param::Int(SLICE as i64));
    let decided = tx.query(
        "SELECT DISTINCT person FROM record_version WHERE effect IS NOT NULL AND person > $1 \
         ORDER BY person LIMIT $2",
        &[after, most],
    )?;
    let elsewhere = tx.query(
        "SELECT DISTINCT person FROM alert WHERE closed_at IS NULL AND person > $1 AND source <> $3 \
         ORDER BY person LIMIT $2",
        &[after, most, Param::Text(HERE)],
    )?;
    let mut people = BTreeSet::new();
    for mut row in decided.into_iter().chain(elsewhere) {
        people.insert(PersonId::from_bytes(row.array()?));
    }
    Ok(people.into_iter().take(SLICE).collect())
}
