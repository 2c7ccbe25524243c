//! Representatives: a guardian or a lawyer acts for a person under a registered mandate with a scope and an end. What
//! they do names both, and the person is told.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use model::{EventId, MandateId, NoticeId, PersonId};
use storage::{Access, Param, Row, StoreError, Tx};

use crate::{
    NoticeKind, Registry, RegistryError, day,
    erasure::{Kind, Withdrawn},
    event::{self, By, Event, EventKind},
    notice, staff,
};

/// What a representative may do for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MandateScope {
    /// Read what is held about the person.
    Records,
    /// Answer, pause, resume and take back consents.
    Consents,
    /// Take the person's steps in procedures.
    Procedures,
}

impl MandateScope {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Records, Self::Consents, Self::Procedures];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Consents => "consents",
            Self::Procedures => "procedures",
        }
    }
}

/// A mandate to be registered.
#[derive(Debug, Clone)]
pub struct NewMandate {
    /// Whom it lets be represented.
    pub person: PersonId,
    /// Who represents them.
    pub representative: PersonId,
    /// For what.
    pub scope: BTreeSet<MandateScope>,
    /// The first day.
    pub from: Date,
    /// The last day. There is none without one.
    pub until: Date,
    /// Who registers it: a body, a reviewer, or the person.
    pub registered_by: String,
}

/// A mandate.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Mandate {
    /// Its identifier.
    pub mandate: MandateId,
    /// Whom it lets be represented.
    pub person: PersonId,
    /// Who represents them.
    pub representative: PersonId,
    /// For what.
    pub scope: BTreeSet<MandateScope>,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// When it was ended before that.
    pub ended_at: Option<Timestamp>,
}

/// Why a mandate was not registered, or does not let something be done.
#[derive(Debug, thiserror::Error)]
pub enum MandateError {
    /// It would be for nothing, over before it begins, or for oneself.
    #[error("a mandate has a scope, an end after its beginning, and two people")]
    Unfit,
    /// There is no such mandate for this person, or it was ended.
    #[error("there is no such mandate")]
    Unknown,
    /// It does not hold today, or not for this.
    #[error("the mandate does not hold today, or not for this")]
    NotCovered,
    /// It concerns the reviewer who would register or end it: as the person, or as their representative.
    #[error("the mandate concerns the reviewer: another one registers or ends it")]
    Concerned,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl MandateError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unfit => "mandate-unfit",
            Self::Unknown => "no-such-mandate",
            Self::NotCovered => "mandate-not-covered",
            Self::Concerned => "reviewer-concerned",
            Self::Registry(_) => "internal",
        }
    }
}

impl From<StoreError> for MandateError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

impl Registry {
    /// Whether a mandate would be registered, whoever is known: what is asked before the person is looked for, since
    /// whoever is found is told.
    ///
    /// # Errors
    /// As of [`Self::register_mandate`].
    pub async fn check_mandate(&self, new: &NewMandate) -> Result<(), MandateError> {
        self.fits(new)?;
        let (by, both) = (new.registered_by.clone(), [new.person, new.representative]);
        self.store
            .run_async("mandate.check", Access::Read, move |tx| {
                not_concerned(tx, &by, both)
            })
            .await
    }

    fn fits(&self, new: &NewMandate) -> Result<(), MandateError> {
        let backwards = new.until < new.from || new.until < self.today();
        if new.scope.is_empty() || backwards || new.person == new.representative {
            return Err(MandateError::Unfit);
        }
        Ok(())
    }

    /// Registers a mandate. The person is told. A reviewer registers none that concerns themselves.
    ///
    /// # Errors
    /// [`MandateError::Unfit`], [`MandateError::Concerned`], or a failure.
    pub async fn register_mandate(&self, new: NewMandate) -> Result<MandateId, MandateError> {
        self.fits(&new)?;
        let this = self.clone();
        self.store
            .run_async("mandate.register", Access::Write, move |tx| {
                not_concerned(tx, &new.registered_by, [new.person, new.representative])?;
                let at = this.clock.now();
                let id = MandateId::new(at, &*this.randomness).map_err(RegistryError::from)?;
                let scope: Vec<&str> = new.scope.iter().map(|scope| scope.as_str()).collect();
                tx.execute(
                    "INSERT INTO mandate (person, mandate, representative, scope, from_on, until_on, registered_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    &[
                        Param::Blob(new.person.as_bytes()),
                        Param::Blob(id.as_bytes()),
                        Param::Blob(new.representative.as_bytes()),
                        Param::Text(&scope.join(" ")),
                        Param::Int(day::to_number(new.from)),
                        Param::Int(day::to_number(new.until)),
                        Param::Int(at.as_second()),
                    ],
                )?;
                let both = (new.person, new.representative);
                let (kind, told) = (EventKind::MandateRegistered, NoticeKind::MandateRegistered);
                this.log_mandate(tx, both, id, (kind, told), &new.registered_by)?;
                Ok(id)
            })
            .await
    }

    /// Ends a mandate before its last day. Effective at once; the person is told, and no older copy brings it back.
    ///
    /// # Errors
    /// [`MandateError::Unknown`], [`MandateError::Concerned`] where a reviewer ends one that concerns themselves, or a
    /// failure.
    pub async fn end_mandate(
        &self,
        person: PersonId,
        mandate: MandateId,
        by: &str,
    ) -> Result<(), MandateError> {
        let (this, by) = (self.clone(), by.to_owned());
        let ends = by.clone();
        let plan = move |tx: &mut dyn Tx| {
            let found = find(tx, person, mandate)?.filter(|found| found.ended_at.is_none());
            let found = found.ok_or(MandateError::Unknown)?;
            not_concerned(tx, &ends, [found.person, found.representative])?;
            Ok(vec![Withdrawn::of_person(
                Kind::Mandate,
                person,
                mandate.as_bytes(),
            )])
        };
        self.withdraw_async("mandate.end", plan, move |tx| {
            if end(tx, &this, (person, mandate), &by)? {
                Ok(())
            } else {
                Err(MandateError::Unknown)
            }
        })
        .await
    }

    /// The mandates under which somebody acts for others today.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn acting_for(&self, representative: PersonId) -> Result<Vec<Mandate>, RegistryError> {
        let today = self.today();
        let all = self
            .mandates("mandate.acting", "representative", representative)
            .await?;
        Ok(all
            .into_iter()
            .filter(|mandate| mandate.holds_on(today))
            .collect())
    }

    /// Every mandate for a person, ended ones too.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mandates_of(&self, person: PersonId) -> Result<Vec<Mandate>, RegistryError> {
        self.mandates("mandate.mine", "person", person).await
    }

    async fn mandates(
        &self,
        name: &'static str,
        column: &'static str,
        who: PersonId,
    ) -> Result<Vec<Mandate>, RegistryError> {
        self.store
            .run_async(name, Access::Read, move |tx| {
                let sql = format!("{SELECT}{column} = $1 ORDER BY mandate DESC");
                let rows = tx.query(&sql, &[Param::Blob(who.as_bytes())])?;
                Ok(rows.into_iter().map(read).collect::<Result<_, StoreError>>()?)
            })
            .await
    }

    fn log_mandate(
        &self,
        tx: &mut dyn Tx,
        (person, representative): (PersonId, PersonId),
        mandate: MandateId,
        (kind, told): (EventKind, NoticeKind),
        actor: &str,
    ) -> Result<(), RegistryError> {
        let at = self.clock.now();
        let event = Event {
            id: EventId::new(at, &*self.randomness)?,
            person,
            kind,
            actor: actor.to_owned(),
            purpose: String::new(),
            subject: Some(*mandate.as_bytes()),
            at,
        };
        let by = By {
            staff: None,
            mandate: Some((mandate, representative)),
        };
        event::record_by(tx, &event, &by, &*self.randomness)?;
        let id = NoticeId::new(at, &*self.randomness)?;
        Ok(notice::put(tx, person, id, told, *mandate.as_bytes(), at)?)
    }
}

/// Refuses a reviewer who is one of the two whom a mandate is about.
fn not_concerned(tx: &mut dyn Tx, by: &str, both: [PersonId; 2]) -> Result<(), MandateError> {
    let Some(reviewer) = by.strip_prefix("reviewer:") else {
        return Ok(());
    };
    let own = staff::own_person(tx, reviewer)?;
    if own.is_some_and(|own| both.contains(&own)) {
        return Err(MandateError::Concerned);
    }
    Ok(())
}

impl Mandate {
    /// Whether it holds on this day.
    pub fn holds_on(&self, today: Date) -> bool {
        self.ended_at.is_none() && self.from <= today && today <= self.until
    }
}

/// Ends a mandate, and tells the person. Answers false where there is none that could be ended.
pub(crate) fn end(
    tx: &mut dyn Tx,
    this: &Registry,
    (person, mandate): (PersonId, MandateId),
    by: &str,
) -> Result<bool, RegistryError> {
    let found = find(tx, person, mandate)?.filter(|found| found.ended_at.is_none());
    let Some(found) = found else { return Ok(false) };
    tx.execute(
        "UPDATE mandate SET ended_at = $1 WHERE person = $2 AND mandate = $3",
        &[
            Param::Int(this.clock.now().as_second()),
            Param::Blob(person.as_bytes()),
            Param::Blob(mandate.as_bytes()),
        ],
    )?;
    let both = (person, found.representative);
    let said = (EventKind::MandateEnded, NoticeKind::MandateEnded);
    this.log_mandate(tx, both, mandate, said, by)?;
    Ok(true)
}

/// The representative who may do this for the person today under this mandate.
pub(crate) fn acting(
    tx: &mut dyn Tx,
    person: PersonId,
    mandate: MandateId,
    scope: MandateScope,
    today: Date,
) -> Result<PersonId, MandateError> {
    let found = find(tx, person, mandate)?.ok_or(MandateError::Unknown)?;
    if found.holds_on(today) && found.scope.contains(&scope) {
        Ok(found.representative)
    } else {
        Err(MandateError::NotCovered)
    }
}

/// Whether somebody is named as a representative in a mandate that was not ended.
pub(crate) fn represents(tx: &mut dyn Tx, representative: PersonId) -> Result<bool, StoreError> {
    let rows = tx.query(
        "SELECT mandate FROM mandate WHERE representative = $1 AND ended_at IS NULL LIMIT 1",
        &[Param::Blob(representative.as_bytes())],
    )?;
    Ok(!rows.is_empty())
}

const SELECT: &str =
    "SELECT mandate, person, representative, scope, from_on, until_on, ended_at FROM mandate WHERE ";

fn find(tx: &mut dyn Tx, person: PersonId, mandate: MandateId) -> Result<Option<Mandate>, StoreError> {
    let rows = tx.query(
        &format!("{SELECT}person = $1 AND mandate = $2"),
        &[Param::Blob(person.as_bytes()), Param::Blob(mandate.as_bytes())],
    )?;
    rows.into_iter().next().map(read).transpose()
}

fn read(mut row: Row) -> Result<Mandate, StoreError> {
    let mandate = MandateId::from_bytes(row.array()?);
    let person = PersonId::from_bytes(row.array()?);
    let representative = PersonId::from_bytes(row.array()?);
    let words = row.text()?;
    let named = |scope: &MandateScope| words.split(' ').any(|word| word == scope.as_str());
    Ok(Mandate {
        mandate,
        person,
        representative,
        scope: MandateScope::ALL.into_iter().filter(named).collect(),
        from: day::from_number(row.int()?)?,
        until: day::from_number(row.int()?)?,
        ended_at: row.opt_int()?.map(crate::time).transpose()?,
    })
}
