//! A person pledges something of their own accord, from the profile's list. Nobody has to, and nobody else does it for
//! them.

use model::{PersonId, PledgeId};
use storage::{Access, Param, Tx};

use super::{Happened, PledgeError, pledge, practises, put_down};
use crate::{
    EventKind, Registry, RegistryError,
    event::{By, SELF},
    person,
};

impl Registry {
    /// Makes a pledge in a profession that the person has a licence in.
    ///
    /// # Errors
    /// [`PledgeError`].
    pub async fn make_pledge(
        &self,
        person: PersonId,
        profession: &str,
        word: &str,
    ) -> Result<PledgeId, PledgeError> {
        let offered = self.profile.pledges.get(word);
        if !offered.is_some_and(|pledge| pledge.is_for(profession)) {
            return Err(PledgeError::NotOffered);
        }
        let this = self.clone();
        let (profession, word) = (profession.to_owned(), word.to_owned());
        self.store
            .run_async("pledge.make", Access::Write, move |tx| {
                this.pledge(tx, person, &profession, &word)
            })
            .await
    }

    fn pledge(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        profession: &str,
        word: &str,
    ) -> Result<PledgeId, PledgeError> {
        let known = person::find_closed(tx, person)?;
        if known.is_none() || !practises(tx, person, profession)? {
            return Err(PledgeError::NotPractising);
        }
        let made = pledge::of_person(tx, person)?;
        if made
            .iter()
            .any(|one| (one.word.as_str(), one.profession.as_str()) == (word, profession))
        {
            return Err(PledgeError::Made);
        }
        let at = self.clock.now();
        let id = PledgeId::new(at, &*self.randomness).map_err(RegistryError::from)?;
        tx.execute(
            "INSERT INTO pledge (person, pledge, word, profession, made_at) VALUES ($1, $2, $3, $4, $5)",
            &[
                Param::Blob(person.as_bytes()),
                Param::Blob(id.as_bytes()),
                Param::Text(word),
                Param::Text(profession),
                Param::Int(at.as_second()),
            ],
        )?;
        let happened = Happened {
            person,
            kind: EventKind::PledgeMade,
            actor: SELF,
            purpose: word,
            subject: Some(*id.as_bytes()),
            by: By::default(),
        };
        put_down(tx, self, happened)?;
        Ok(id)
    }
}
