//! Rows under the number of somebody known, with another name. They are not taken in, and the answer tells the sender
//! that somebody of this number is known here by another name. That is no look that anybody allowed: the person is told,
//! and who files many in a day is looked into by a reviewer.

use std::collections::BTreeSet;

use model::{EventId, PersonId};
use storage::{Param, StoreError, Tx};

use super::incoming::Common;
use crate::{
    Registry, RegistryError, day,
    event::{self, Event, EventKind},
    notice::{self, NoticeKind},
    oversight::Change,
    person,
};

/// What is counted for an authority, among the purposes of its day. No purpose has such a name.
const COUNTED: &str = ":other-name";

/// Tells these people, and the reviewers once the authority has filed as many as the profile says in a day.
pub(super) fn in_step(
    tx: &mut dyn Tx,
    this: &Registry,
    common: &Common,
    people: &BTreeSet<PersonId>,
) -> Result<(), RegistryError> {
    let people: Vec<PersonId> = people.iter().copied().collect();
    // Somebody whom an earlier row of the same file brought may be gone with it.
    let mut known: Vec<PersonId> = person::known(tx, &people)?.into_iter().collect();
    if known.is_empty() {
        return Ok(());
    }
    known.sort_unstable();
    let (at, subject) = (this.clock.now(), *common.submission.as_bytes());
    let events = known
        .iter()
        .map(|person| {
            Ok(Event {
                id: EventId::new(at, &*this.randomness)?,
                person: *person,
                kind: EventKind::OtherNameFiled,
                actor: common.authority.to_string(),
                purpose: String::new(),
                subject: Some(subject),
                at,
            })
        })
        .collect::<Result<Vec<_>, RegistryError>>()?;
    event::record(tx, &events, &*this.randomness)?;
    notice::put_many(tx, this, &known, NoticeKind::OtherNameFiled, subject)?;
    let before = count(
        tx,
        &common.authority,
        day::to_number(common.today),
        known.len() as i64,
    )?;
    let most = i64::from(this.profile.oversight.on(common.today).other_names_before_review);
    if before < most && before + known.len() as i64 >= most {
        this.body_step(tx, Change::OtherNamesFiled, &common.authority, None, at)?;
    }
    Ok(())
}

/// Counts so many of an authority, and answers how many of the day came before.
fn count(tx: &mut dyn Tx, authority: &str, day: i64, more: i64) -> Result<i64, StoreError> {
    let rows = tx.query(
        "INSERT INTO inquiry_count (asker, purpose, day, looks) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (asker, purpose, day) DO UPDATE SET looks = inquiry_count.looks + $4 RETURNING looks",
        &[
            Param::Text(authority),
            Param::Text(COUNTED),
            Param::Int(day),
            Param::Int(more),
        ],
    )?;
    let all = rows.into_iter().next().map(|mut row| row.int()).transpose()?;
    Ok(all.unwrap_or(more) - more)
}
