//! What was taken back: written apart before it is done, like an erasure, and taken back again on a copy that does not
//! hold it. One that is given anew later is not touched: by then the database holds the line.
//!
//! A line names a person by the pseudonym, a member of staff or a reviewer by the id of their account.

use std::collections::HashSet;

use jiff::Timestamp;
use model::{CertificateId, ConsentId, EventId, MandateId, PersonId, PledgeId, RecordId};
use storage::{Access, Param, StoreError, Tx};

use super::{apart::Line, replay};
use crate::{
    Registry, RegistryError, alert, auditor_key, authority_key, certificate, consent, good_record, lead,
    mandate, oversight, staff,
};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What was taken back.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            fn of(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)* _ => None }
            }
        }
    };
}

kinds! {
    /// The person's yes to the publication of a commendation.
    Publication = "publication",
    /// A consent.
    Consent = "consent",
    /// The use of a consent, until it is resumed.
    ConsentPaused = "consent-paused",
    /// A voluntary pledge.
    Pledge = "pledge",
    /// A certificate, by its holder.
    Certificate = "certificate",
    /// A mandate.
    Mandate = "mandate",
    /// The account of a member of staff who left.
    Staff = "staff",
    /// The use of such an account, until a reviewer lifts the stop.
    StaffStopped = "staff-stopped",
    /// That a member of staff leads.
    Lead = "lead",
    /// That a body may ask, until a reviewer lifts the stop.
    Member = "member",
    /// A reviewer's account.
    Reviewer = "reviewer",
    /// A peer.
    Peer = "peer",
    /// An auditor's key.
    Auditor = "auditor-key",
    /// A body's key.
    BodyKey = "body-key",
}

impl Kind {
    const fn of_a_person(self) -> bool {
        matches!(
            self,
            Self::Publication
                | Self::Consent
                | Self::ConsentPaused
                | Self::Pledge
                | Self::Certificate
                | Self::Mandate
        )
    }
}

/// What was taken back, from whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Withdrawn {
    kind: Kind,
    /// A pseudonym, a body, a reviewer, a peer or a key.
    whose: String,
    /// An identifier of 16 bytes, or of an account; `-` where there is none.
    which: String,
}

impl Withdrawn {
    /// Something of a person.
    pub(crate) fn of_person(kind: Kind, person: PersonId, which: &[u8; 16]) -> Self {
        Self {
            kind,
            whose: person.to_string(),
            which: hex::encode(which),
        }
    }

    /// Something of a body, or of one of its staff.
    pub(crate) fn of_body(kind: Kind, body: &str, staff: Option<&str>) -> Self {
        Self {
            kind,
            whose: body.to_owned(),
            which: staff.unwrap_or("-").to_owned(),
        }
    }

    /// A body's key, whose name may hold blanks.
    pub(crate) fn of_body_key(key_id: &str) -> Self {
        Self {
            kind: Kind::BodyKey,
            whose: hex::encode(key_id),
            which: "-".to_owned(),
        }
    }

    /// The name of a body's key.
    fn body_key(&self) -> Option<String> {
        String::from_utf8(hex::decode(&self.whose).ok()?).ok()
    }

    /// The person and the identifier.
    fn person(&self) -> Option<(PersonId, [u8; 16])> {
        let mut which = [0; 16];
        hex::decode_to_slice(&self.which, &mut which).ok()?;
        Some((self.whose.parse().ok()?, which))
    }
}

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Withdrawal {
    pub(crate) id: EventId,
    pub(crate) what: Withdrawn,
    pub(crate) at: Timestamp,
}

impl Withdrawal {
    pub(super) fn text(&self) -> String {
        let Withdrawn { kind, whose, which } = &self.what;
        let (word, second) = (kind.word(), self.at.as_second());
        format!("withdrawn {word} {whose} {which} {} {second}", self.id)
    }

    /// From the parts of a line but its first.
    pub(super) fn parse(parts: &[&str]) -> Option<Self> {
        let [word, whose, which, id, second] = parts else {
            return None;
        };
        let what = Withdrawn {
            kind: Kind::of(word)?,
            whose: (*whose).to_owned(),
            which: (*which).to_owned(),
        };
        if what.kind.of_a_person() {
            what.person()?;
        }
        if what.kind == Kind::BodyKey {
            what.body_key()?;
        }
        Some(Self {
            id: id.parse().ok()?,
            what,
            at: crate::time(second.parse().ok()?).ok()?,
        })
    }
}

impl Registry {
    /// Takes something back: `plan` says what, or refuses, before anything is written; then it is written apart, and
    /// `work` does it. Where there is nothing to take back, nothing is done. Blocks.
    pub(crate) fn withdraw<T, E>(
        &self,
        name: &'static str,
        plan: impl FnMut(&mut dyn Tx) -> Result<Vec<Withdrawn>, E> + Send + 'static,
        mut work: impl FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Default + Send + 'static,
        E: From<StoreError> + From<RegistryError> + Send + 'static,
    {
        let mut state = self.apart.hold()?;
        self.settle(&mut state)?;
        let planned = self.store.run("withdrawal.plan", Access::Read, plan)?;
        if planned.is_empty() {
            return Ok(T::default());
        }
        // As it reads back.
        let at = crate::time(self.clock.now().as_second())?;
        let draw = |what| {
            let id = EventId::new(at, &*self.randomness)?;
            Ok(Withdrawal { id, what, at })
        };
        let all: Vec<Withdrawal> = planned
            .into_iter()
            .map(draw)
            .collect::<Result<_, RegistryError>>()?;
        let lines: Vec<Line> = all.iter().cloned().map(Line::Withdrawal).collect();
        let mark = self.apart.write(&mut state, &lines)?;
        state.unsettled = lines;
        let done = self.store.run(name, Access::Write, move |tx| {
            let answer = work(tx)?;
            all.iter().try_for_each(|one| put(tx, one))?;
            replay::set_mark(tx, mark)?;
            Ok(answer)
        });
        match done {
            Ok(_) => state.unsettled.clear(),
            // Refused after all: it is taken back at once, or by whoever writes next.
            Err(_) => self.settle(&mut state)?,
        }
        done
    }

    /// The same for an async task, which must not wait for the file and the store.
    pub(crate) async fn withdraw_async<T, E>(
        &self,
        name: &'static str,
        plan: impl FnMut(&mut dyn Tx) -> Result<Vec<Withdrawn>, E> + Send + 'static,
        work: impl FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Default + Send + 'static,
        E: From<StoreError> + From<RegistryError> + Send + 'static,
    {
        let this = self.clone();
        tokio::task::spawn_blocking(move || this.withdraw(name, plan, work))
            .await
            .map_err(|_| RegistryError::Log("taking something back was interrupted".into()))?
    }
}

fn put(tx: &mut dyn Tx, one: &Withdrawal) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO withdrawal (withdrawal, line) VALUES ($1, $2)",
        &[Param::Blob(one.id.as_bytes()), Param::Text(&one.text())],
    )?;
    Ok(())
}

/// Those of these withdrawals that the database holds.
pub(super) fn held(tx: &mut dyn Tx, ids: &[EventId]) -> Result<HashSet<EventId>, StoreError> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let ids: Vec<&[u8]> = ids.iter().map(|id| id.as_bytes().as_slice()).collect();
    crate::sql::select_in(tx, "SELECT withdrawal FROM withdrawal WHERE withdrawal IN ", &ids)?
        .into_iter()
        .map(|mut row| Ok(EventId::from_bytes(row.array()?)))
        .collect()
}

/// The next withdrawals that the database holds.
pub(super) fn known(tx: &mut dyn Tx, after: EventId, most: usize) -> Result<Vec<Withdrawal>, RegistryError> {
    let rows = tx.query(
        "SELECT line FROM withdrawal WHERE withdrawal > $1 ORDER BY withdrawal LIMIT $2",
        &[Param::Blob(after.as_bytes()), Param::Int(most as i64)],
    )?;
    rows.into_iter()
        .map(|mut row| {
            let line = row.text()?;
            let parts: Vec<&str> = line.split(' ').skip(1).collect();
            Withdrawal::parse(&parts).ok_or(RegistryError::Stored("what was taken back"))
        })
        .collect()
}

/// Takes back again what the database does not hold. Answers whether there was anything to take back.
pub(super) fn again(tx: &mut dyn Tx, this: &Registry, one: &Withdrawal) -> Result<bool, RegistryError> {
    put(tx, one)?;
    let (whose, which, at) = (&*one.what.whose, &*one.what.which, this.clock.now());
    let person = one.what.person();
    match (one.what.kind, person) {
        (Kind::Publication, Some((person, record))) => {
            good_record::unpublish_again(tx, this, person, RecordId::from_bytes(record))
        }
        (kind @ (Kind::Consent | Kind::ConsentPaused), Some((person, id))) => consent::again(
            tx,
            this,
            (person, ConsentId::from_bytes(id)),
            kind == Kind::Consent,
        ),
        (Kind::Pledge, Some((person, pledge))) => {
            good_record::end_pledge_again(tx, this, person, PledgeId::from_bytes(pledge))
        }
        (Kind::Certificate, Some((person, one))) => {
            certificate::revoke::by_holder(tx, this, person, CertificateId::from_bytes(one))
        }
        (Kind::Mandate, Some((person, id))) => {
            mandate::end(tx, this, (person, MandateId::from_bytes(id)), crate::INSTALLATION)
        }
        (Kind::Staff, _) => staff::end(tx, this, (whose, which), None, at),
        (Kind::StaffStopped, _) => oversight::stop_staff(tx, this, (whose, which), at),
        (Kind::Lead, _) => lead::put_lead(tx, this, (whose, which), false, (None, at)),
        (Kind::Member, _) => oversight::stop_member(tx, this, whose, at),
        (Kind::Reviewer, _) => Ok(staff::end_reviewer(tx, whose, at)?),
        (Kind::Auditor, _) => auditor_key::end(tx, this, whose, at),
        (Kind::BodyKey, _) => {
            let key_id = one.what.body_key();
            let key_id = key_id.ok_or(RegistryError::Stored("what was taken back"))?;
            Ok(authority_key::retire(tx, &key_id, at)?)
        }
        (Kind::Peer, _) => Ok(alert::end_peer(tx, whose, at)?),
        (_, None) => Err(RegistryError::Stored("what was taken back")),
    }
}
