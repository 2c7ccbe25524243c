//! Ends: proposals whose day is over lapse and lose their words; with a record that is erased goes what was proposed
//! about it and its publication, with a person everything here.
//!
//! The day on which words end stands beside them and nothing is shown past it, so an older copy that is put back shows
//! none either, and loses them as soon as what is due is done. So they are not written apart.

use model::PersonId;
use storage::{Access, Param, StoreError, Tx};

use super::{
    Happened, ProposalStanding,
    proposal::{self, Stored},
    put_down,
};
use crate::{
    EventKind, NoticeKind, Registry, RegistryError, day,
    event::{By, INSTALLATION},
    procedure::tell_person,
};

/// How many proposals one transaction ends.
const AT_ONCE: i64 = 500;

impl Registry {
    /// Lets proposals lapse that were not answered, and destroys the words of those whose day is over. Blocks.
    pub(crate) fn end_proposals(&self) -> Result<(), RegistryError> {
        loop {
            let this = self.clone();
            let ended = self.store.run("due.end-proposals", Access::Erase, move |tx| {
                let which = "kept_until < $1 ORDER BY kept_until, proposal LIMIT $2";
                let today = Param::Int(day::to_number(this.today()));
                let over = proposal::select(tx, which, &[today, Param::Int(AT_ONCE)])?;
                for one in &over {
                    this.end_proposal(tx, one)?;
                }
                Ok::<_, RegistryError>(over.len())
            })?;
            if (ended as i64) < AT_ONCE {
                return Ok(());
            }
        }
    }

    fn end_proposal(&self, tx: &mut dyn Tx, one: &Stored) -> Result<(), RegistryError> {
        let at = self.clock.now();
        // One that was declined stands where it did.
        let lapsed = one.answer(tx, ProposalStanding::Lapsed, None, None, at)?;
        tx.execute(
            "UPDATE commendation_proposal SET kept_until = NULL, wrapped_key = NULL, sealed_words = NULL \
             WHERE person = $1 AND proposal = $2",
            &[Param::Blob(one.person.as_bytes()), Param::Blob(one.id.as_bytes())],
        )?;
        if !lapsed {
            return Ok(());
        }
        let happened = Happened {
            person: one.person,
            kind: EventKind::ProposalLapsed,
            actor: INSTALLATION,
            purpose: "",
            subject: Some(*one.id.as_bytes()),
            by: By::default(),
        };
        put_down(tx, self, happened)?;
        let told = (one.person, NoticeKind::ProposalLapsed, *one.id.as_bytes());
        tell_person(tx, &*self.randomness, at, told)
    }
}

/// Forgets what speaks of a record that is erased. `record` holds the person and the record.
pub(crate) fn forget_record(tx: &mut dyn Tx, record: &[Param<'_>; 2]) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM published_commendation WHERE person = $1 AND record = $2",
        record,
    )?;
    tx.execute(
        "UPDATE commendation_proposal SET wrapped_key = NULL, sealed_words = NULL WHERE person = $1 AND record = $2",
        record,
    )?;
    Ok(())
}

/// Forgets everything that speaks for a person who is erased. That there were proposals stays, as with records.
pub(crate) fn forget_person(tx: &mut dyn Tx, person: PersonId) -> Result<(), StoreError> {
    let key = [Param::Blob(person.as_bytes())];
    tx.execute("DELETE FROM published_commendation WHERE person = $1", &key)?;
    tx.execute("DELETE FROM pledge WHERE person = $1", &key)?;
    tx.execute("DELETE FROM certificate_shows WHERE person = $1", &key)?;
    tx.execute(
        "UPDATE commendation_proposal SET wrapped_key = NULL, sealed_words = NULL WHERE person = $1",
        &key,
    )?;
    Ok(())
}
