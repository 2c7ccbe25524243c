//! The table of proposals. What is proposed is sealed under a key of its own, wrapped by the person's; beside it
//! stands what lists and days are found by.

use jiff::{Timestamp, civil::Date};
use keys::{DataKey, Place};
use model::{PersonId, ProposalId, Randomness, RecordId};
use storage::{Access, Param, Row, StoreError, Tx};

use crate::{Fields, Registry, RegistryError, day};

/// How a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProposalStanding {
    /// The authority has not answered.
    Waits,
    /// The authority took it up and filed a commendation.
    TakenUp,
    /// The authority does not take it up.
    Declined,
    /// The authority did not answer in time.
    Lapsed,
}

impl ProposalStanding {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Waits, Self::TakenUp, Self::Declined, Self::Lapsed];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waits => "waits",
            Self::TakenUp => "taken-up",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
        }
    }
}

/// A proposal about them, as the person reads it: who proposed what, when and to whom.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ProposalView {
    /// Its identifier.
    pub proposal: ProposalId,
    /// The association that proposed it.
    pub association: String,
    /// The authority that it was proposed to.
    pub authority: String,
    /// The profession.
    pub profession: String,
    /// How it stands today.
    pub standing: ProposalStanding,
    /// The commendation that was filed, once it was taken up.
    pub record: Option<RecordId>,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// When the authority answered.
    pub decided_at: Option<Timestamp>,
    /// The last day on which its words are kept: while it waits, the last day to answer. None: they go with the
    /// commendation.
    pub kept_until: Option<Date>,
    /// What is proposed, under the names of the commendation's fields. None once it is destroyed.
    pub words: Option<Fields>,
}

/// A proposal that waits, in an authority's list: without whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ProposalItem {
    /// Its identifier.
    pub proposal: ProposalId,
    /// The association that proposed it.
    pub association: String,
    /// The profession.
    pub profession: String,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// The last day to answer.
    pub answer_by: Option<Date>,
}

/// A proposal as its association finds it: without whom it is about, and without what the person made of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OwnProposal {
    /// Its identifier.
    pub proposal: ProposalId,
    /// The authority that it was proposed to.
    pub authority: String,
    /// The profession.
    pub profession: String,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// How it stands today.
    pub standing: ProposalStanding,
}

/// A proposal as it is stored.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) person: PersonId,
    pub(super) id: ProposalId,
    pub(super) association: String,
    pub(super) authority: String,
    pub(super) profession: String,
    state: ProposalStanding,
    pub(super) record: Option<RecordId>,
    pub(super) kept_until: Option<Date>,
    pub(super) proposed_at: Timestamp,
    decided_at: Option<Timestamp>,
    sealed: Option<(Vec<u8>, Vec<u8>)>,
}

fn place<'a>(column: &'static str, row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table: "commendation_proposal",
        column,
        row,
    }
}

impl Stored {
    /// A new one, its words sealed.
    pub(super) fn new(
        (person, key): (PersonId, &DataKey),
        id: ProposalId,
        (association, authority, profession): (&str, &str, &str),
        words: &[u8],
        (at, answer_by): (Timestamp, Date),
        randomness: &dyn Randomness,
    ) -> Result<Self, RegistryError> {
        let row: [&[u8]; 2] = [person.as_bytes(), id.as_bytes()];
        let own = DataKey::generate(randomness)?;
        let wrapped = key.wrap(&place("wrapped_key", &row), &own, randomness)?;
        let sealed = own.seal(&place("sealed_words", &row), words, randomness)?;
        Ok(Self {
            person,
            id,
            association: association.to_owned(),
            authority: authority.to_owned(),
            profession: profession.to_owned(),
            state: ProposalStanding::Waits,
            record: None,
            kept_until: Some(answer_by),
            proposed_at: at,
            decided_at: None,
            sealed: Some((wrapped.to_vec(), sealed)),
        })
    }

    pub(super) fn insert(&self, tx: &mut dyn Tx) -> Result<(), StoreError> {
        let (wrapped, sealed) = self
            .sealed
            .as_ref()
            .map_or((Param::Null, Param::Null), |(key, words)| {
                (Param::Blob(key), Param::Blob(words))
            });
        tx.execute(
            "INSERT INTO commendation_proposal (person, proposal, association, authority, profession, state, kept_until, \
             proposed_at, wrapped_key, sealed_words) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            &[
                Param::Blob(self.person.as_bytes()),
                Param::Blob(self.id.as_bytes()),
                Param::Text(&self.association),
                Param::Text(&self.authority),
                Param::Text(&self.profession),
                Param::Text(self.state.as_str()),
                self.kept_until
                    .map_or(Param::Null, |day| Param::Int(day::to_number(day))),
                Param::Int(self.proposed_at.as_second()),
                wrapped,
                sealed,
            ],
        )?;
        Ok(())
    }

    /// How it stands on this day, also before that was put down.
    pub(super) fn standing(&self, today: Date) -> ProposalStanding {
        match self.state {
            ProposalStanding::Waits if self.is_over(today) => ProposalStanding::Lapsed,
            state => state,
        }
    }

    /// Whether it can be answered. Whoever was forgotten took the words along, also where they are known again since.
    pub(super) fn waits(&self, today: Date) -> bool {
        self.standing(today) == ProposalStanding::Waits && self.sealed.is_some()
    }

    fn is_over(&self, today: Date) -> bool {
        self.kept_until.is_some_and(|day| day < today)
    }

    /// What is proposed. Nothing once its day is over.
    pub(super) fn words(&self, person: &DataKey, today: Date) -> Result<Option<Fields>, RegistryError> {
        let Some((wrapped, sealed)) = self.sealed.as_ref().filter(|_| !self.is_over(today)) else {
            return Ok(None);
        };
        let row: [&[u8]; 2] = [self.person.as_bytes(), self.id.as_bytes()];
        let key = person.unwrap_key(&place("wrapped_key", &row), wrapped)?;
        let plain = key.open(&place("sealed_words", &row), sealed)?;
        let words = serde_json::from_slice(&plain).map_err(|_| RegistryError::Stored("a proposal"))?;
        Ok(Some(words))
    }

    pub(super) fn item(&self) -> ProposalItem {
        ProposalItem {
            proposal: self.id,
            association: self.association.clone(),
            profession: self.profession.clone(),
            proposed_at: self.proposed_at,
            answer_by: self.kept_until,
        }
    }

    pub(super) fn view(&self, person: Option<&DataKey>, today: Date) -> Result<ProposalView, RegistryError> {
        let words = person.map(|person| self.words(person, today)).transpose()?;
        Ok(ProposalView {
            proposal: self.id,
            association: self.association.clone(),
            authority: self.authority.clone(),
            profession: self.profession.clone(),
            standing: self.standing(today),
            record: self.record,
            proposed_at: self.proposed_at,
            decided_at: self.decided_at,
            kept_until: self.kept_until,
            words: words.flatten(),
        })
    }

    /// Puts down that it was answered, if it still waits. Answers whether it did.
    pub(super) fn answer(
        &self,
        tx: &mut dyn Tx,
        state: ProposalStanding,
        record: Option<RecordId>,
        kept_until: Option<Date>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let answered = tx.execute(
            "UPDATE commendation_proposal SET state = $1, record = $2, kept_until = $3, decided_at = $4 \
             WHERE person = $5 AND proposal = $6 AND state = 'waits'",
            &[
                Param::Text(state.as_str()),
                record
                    .as_ref()
                    .map_or(Param::Null, |id| Param::Blob(id.as_bytes())),
                kept_until.map_or(Param::Null, |day| Param::Int(day::to_number(day))),
                Param::Int(at.as_second()),
                Param::Blob(self.person.as_bytes()),
                Param::Blob(self.id.as_bytes()),
            ],
        )?;
        Ok(answered == 1)
    }
}

const SELECT: &str = "SELECT person, proposal, association, authority, profession, state, record, kept_until, \
     proposed_at, decided_at, wrapped_key, sealed_words FROM commendation_proposal WHERE ";

fn read(mut row: Row) -> Result<Stored, StoreError> {
    let unknown = || StoreError::Shape("how a proposal stands is expected");
    Ok(Stored {
        person: PersonId::from_bytes(row.array()?),
        id: ProposalId::from_bytes(row.array()?),
        association: row.text()?,
        authority: row.text()?,
        profession: row.text()?,
        state: {
            let word = row.text()?;
            let found = ProposalStanding::ALL.into_iter().find(|one| one.as_str() == word);
            found.ok_or_else(unknown)?
        },
        record: match row.opt_blob()? {
            Some(id) => Some(RecordId::from_slice(&id).map_err(|_| unknown())?),
            None => None,
        },
        kept_until: row.opt_int()?.map(day::from_number).transpose()?,
        proposed_at: crate::time(row.int()?)?,
        decided_at: row.opt_int()?.map(crate::time).transpose()?,
        sealed: row.opt_blob()?.zip(row.opt_blob()?),
    })
}

/// The proposals that `which` finds.
pub(super) fn select(tx: &mut dyn Tx, which: &str, params: &[Param<'_>]) -> Result<Vec<Stored>, StoreError> {
    let rows = tx.query(&format!("{SELECT}{which}"), params)?;
    rows.into_iter().map(read).collect()
}

/// Every proposal about a person, the latest first.
pub(super) fn of_person(tx: &mut dyn Tx, person: PersonId) -> Result<Vec<Stored>, StoreError> {
    let key = [Param::Blob(person.as_bytes())];
    select(tx, "person = $1 ORDER BY proposal DESC", &key)
}

/// One that was proposed to this authority.
pub(super) fn of_authority(
    tx: &mut dyn Tx,
    authority: &str,
    proposal: ProposalId,
) -> Result<Option<Stored>, StoreError> {
    let key = [Param::Blob(proposal.as_bytes())];
    let found = select(tx, "proposal = $1", &key)?.into_iter().next();
    Ok(found.filter(|one| one.authority == authority))
}

/// How many proposals a list holds at most.
const MOST: i64 = 500;

impl Registry {
    /// The proposals that wait for an authority's answer, those with the earliest day first. Without whom they are
    /// about.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn proposals_for(&self, authority: &str) -> Result<Vec<ProposalItem>, RegistryError> {
        let (authority, today) = (authority.to_owned(), self.today());
        self.store
            .run_async("proposal.inbox", Access::Read, move |tx| {
                let which = "authority = $1 AND state = 'waits' AND sealed_words IS NOT NULL \
                             ORDER BY kept_until, proposal LIMIT $2";
                let found = select(tx, which, &[Param::Text(&authority), Param::Int(MOST)])?;
                let waits = found.iter().filter(|one| one.waits(today));
                Ok(waits.map(Stored::item).collect())
            })
            .await
    }

    /// The latest proposals of an association, the latest first. Without whom they are about.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn proposals_of(&self, association: &str) -> Result<Vec<OwnProposal>, RegistryError> {
        let (association, today) = (association.to_owned(), self.today());
        self.store
            .run_async("proposal.own", Access::Read, move |tx| {
                let which = "association = $1 ORDER BY proposal DESC LIMIT $2";
                let found = select(tx, which, &[Param::Text(&association), Param::Int(MOST)])?;
                let own = found.into_iter().map(|one| OwnProposal {
                    standing: one.standing(today),
                    proposal: one.id,
                    authority: one.authority,
                    profession: one.profession,
                    proposed_at: one.proposed_at,
                });
                Ok(own.collect())
            })
            .await
    }
}
