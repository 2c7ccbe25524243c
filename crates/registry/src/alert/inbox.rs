//! What an authority has in its inbox, and what the person sees.
//!
//! An inbox holds the open alerts in the professions that an authority licenses, without whom they are about. To
//! see that it opens them one at a time; the person sees each opening. There is no search, and what is closed is
//! gone from it by itself.

use jiff::{Timestamp, civil::Date};
use model::{AlertId, EventId, PersonId};
use storage::{Access, Param, StoreError, Tx};

use super::{
    AlertContent, step,
    stored::{self, COLUMNS, HERE, Stored},
};
use crate::{
    ForBody, Registry, RegistryError,
    event::{self, Event, EventKind},
};

/// An open alert in an authority's inbox.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AlertItem {
    /// Its identifier here.
    pub alert: AlertId,
    /// The profession.
    pub profession: String,
    /// The authority that decided, by its id in the profile of the instance that it comes from.
    pub authority: String,
    /// The peer that it comes from; none if it was decided here.
    pub peer: Option<String>,
    /// What the decision does: it `prohibits`, `suspends` or `revokes`.
    pub effect: String,
    /// The first day.
    pub starts_on: Option<Date>,
    /// The last day.
    pub ends_on: Option<Date>,
    /// When it arrived.
    pub arrived_at: Timestamp,
    /// When the authority first opened it, which confirms its receipt.
    pub seen_at: Option<Timestamp>,
    /// In an inbox: the last day on which it is opened in time, where it is not opened yet.
    pub open_by: Option<Date>,
    /// Whether that day is over.
    pub late: bool,
    /// Whether the record shows as disputed.
    pub disputed: bool,
    /// Whether the record is withheld until its authority answers a dispute: the alert is opened to nobody.
    pub withheld: bool,
}

/// An alert that was opened.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OpenedAlert {
    /// What stands in the inbox.
    pub item: AlertItem,
    /// What it says.
    pub content: AlertContent,
    /// The opening's own identifier, which the person sees too.
    pub look: EventId,
}

/// Who got an alert, for the person.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AlertReceiverView {
    /// The authority, or the peer.
    pub receiver: String,
    /// Whether it is a peer.
    pub peer: bool,
    /// By which day it is to be told.
    pub due_on: Option<Date>,
    /// When it was told last, and has confirmed it.
    pub told_at: Option<Timestamp>,
    /// When it was closed there.
    pub closed_at: Option<Timestamp>,
}

/// An alert, for the person.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AlertView {
    /// What an inbox says of it.
    pub item: AlertItem,
    /// The decision, in hexadecimal, if it was filed here.
    pub record: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Who got it.
    pub receivers: Vec<AlertReceiverView>,
}

/// Why an alert was not opened.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// The authority has no such open alert.
    #[error("there is no such open alert")]
    NoSuchAlert,
    /// The record is withheld until its authority answers a dispute.
    #[error("the record is withheld until a dispute is answered")]
    Withheld,
    /// The account of the member of staff is not there, is stopped or was ended.
    #[error("the account of the member of staff may not be used")]
    NotAtWork,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<StoreError> for AlertError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

impl Registry {
    /// The open alerts in an authority's inbox, the latest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn alerts_for(&self, authority: &str) -> Result<Vec<AlertItem>, RegistryError> {
        let (this, today, authority) = (self.clone(), self.today(), authority.to_owned());
        self.store
            .run_async("alert.inbox", Access::Read, move |tx| {
                let found = inbox(tx, &this, &authority, None)?.into_iter();
                let items = found.map(|(alert, told_at, seen)| {
                    let mut item = item(tx, &alert, seen, today)?;
                    // What is withheld can't be opened.
                    if seen.is_none() && !item.withheld {
                        item.open_by = told_at.and_then(|told_at| this.open_by(told_at));
                        item.late = item.open_by.is_some_and(|day| day < today);
                    }
                    Ok(item)
                });
                Ok(items.collect::<Result<_, StoreError>>()?)
            })
            .await
    }

    /// Opens one alert of an authority's inbox. That it did is on disk when this answers.
    ///
    /// # Errors
    /// [`AlertError`].
    pub async fn open_alert(
        &self,
        by: impl Into<ForBody>,
        alert: AlertId,
    ) -> Result<OpenedAlert, AlertError> {
        let (this, by) = (self.clone(), by.into());
        let (stored, item, look) = self
            .store
            .run_async("alert.open", Access::Write, move |tx| see(tx, &this, &by, alert))
            .await?;
        // On disk: now it may be opened.
        let content = stored.open(&self.keys)?.ok_or(AlertError::NoSuchAlert)?;
        Ok(OpenedAlert { item, content, look })
    }

    /// Every alert about a person, the latest first, with who got it. For that person.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn alerts_about(&self, person: PersonId) -> Result<Vec<AlertView>, RegistryError> {
        let today = self.today();
        self.store
            .run_async("alert.mine", Access::Read, move |tx| about(tx, person, today))
            .await
    }
}

/// An alert, when it came into the inbox, and when it was opened first.
type InInbox = (Stored, Option<Timestamp>, Option<Timestamp>);

/// An authority's open alerts, or one of them: in the professions that it licenses now, though an alert in another one may
/// not be closed for it yet.
fn inbox(
    tx: &mut dyn Tx,
    this: &Registry,
    authority: &str,
    one: Option<AlertId>,
) -> Result<Vec<InInbox>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS}, receiver.told_at, receiver.seen_at FROM alert_receiver AS receiver \
         JOIN alert ON alert.person = receiver.person AND alert.alert = receiver.alert \
         WHERE receiver.receiver = $1 AND receiver.closed_at IS NULL AND receiver.peer = 0 \
         AND alert.closed_at IS NULL ORDER BY alert.arrived_at DESC, alert.alert DESC"
    );
    let rows = tx.query(&sql, &[Param::Text(authority)])?;
    let mut found = Vec::with_capacity(rows.len());
    for mut row in rows {
        let alert = stored::read(&mut row)?;
        let licensed = step::licenses(this, authority, &alert.profession);
        if licensed && one.is_none_or(|one| one == alert.alert) {
            let told_at = row.opt_int()?.map(crate::time).transpose()?;
            found.push((alert, told_at, row.opt_int()?.map(crate::time).transpose()?));
        }
    }
    Ok(found)
}

fn see(
    tx: &mut dyn Tx,
    this: &Registry,
    for_body: &ForBody,
    alert: AlertId,
) -> Result<(Stored, AlertItem, EventId), AlertError> {
    let (authority, by) = (for_body.body(), for_body.by(tx)?.ok_or(AlertError::NotAtWork)?);
    let found = inbox(tx, this, authority, Some(alert))?;
    let (stored, _, seen) = found.into_iter().next().ok_or(AlertError::NoSuchAlert)?;
    if stored.withheld(tx, this.today())? {
        return Err(AlertError::Withheld);
    }
    let at = this.clock.now();
    let look = EventId::new(at, &*this.randomness).map_err(RegistryError::from)?;
    let event = Event {
        id: look,
        person: stored.person,
        kind: EventKind::AlertSeen,
        actor: authority.to_owned(),
        purpose: "alert".to_owned(),
        subject: Some(stored.subject()),
        at,
    };
    event::record_giving(tx, &event, &by, stored.record, &*this.randomness)?;
    tx.execute(
        "UPDATE alert_receiver SET seen_at = $1 WHERE person = $2 AND alert = $3 AND receiver = $4 \
         AND seen_at IS NULL",
        &[
            Param::Int(at.as_second()),
            Param::Blob(stored.person.as_bytes()),
            Param::Blob(alert.as_bytes()),
            Param::Text(authority),
        ],
    )?;
    let item = item(tx, &stored, Some(seen.unwrap_or(at)), this.today())?;
    Ok((stored, item, look))
}

fn about(tx: &mut dyn Tx, person: PersonId, today: Date) -> Result<Vec<AlertView>, RegistryError> {
    let sql = format!("SELECT {COLUMNS} FROM alert WHERE person = $1 ORDER BY arrived_at DESC, alert DESC");
    let mut views = Vec::new();
    for mut row in tx.query(&sql, &[Param::Blob(person.as_bytes())])? {
        let alert = stored::read(&mut row)?;
        views.push(AlertView {
            item: item(tx, &alert, None, today)?,
            record: alert.record.map(|record| record.to_string()),
            closed_at: alert.closed_at,
            receivers: receivers(tx, &alert)?,
        });
    }
    Ok(views)
}

/// Who got an alert.
pub(super) fn receivers(tx: &mut dyn Tx, alert: &Stored) -> Result<Vec<AlertReceiverView>, StoreError> {
    let rows = tx.query(
        "SELECT receiver, peer, due_on, told_at, closed_at FROM alert_receiver \
         WHERE person = $1 AND alert = $2 ORDER BY receiver",
        &[
            Param::Blob(alert.person.as_bytes()),
            Param::Blob(alert.alert.as_bytes()),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(AlertReceiverView {
                receiver: row.text()?,
                peer: row.int()? == 1,
                due_on: row.opt_int()?.map(crate::day::from_number).transpose()?,
                told_at: row.opt_int()?.map(crate::time).transpose()?,
                closed_at: row.opt_int()?.map(crate::time).transpose()?,
            })
        })
        .collect()
}

pub(super) fn item(
    tx: &mut dyn Tx,
    alert: &Stored,
    seen_at: Option<Timestamp>,
    today: Date,
) -> Result<AlertItem, StoreError> {
    Ok(AlertItem {
        alert: alert.alert,
        profession: alert.profession.clone(),
        authority: alert.authority.clone(),
        peer: (alert.source != HERE).then(|| alert.source.clone()),
        effect: alert.effect.clone(),
        starts_on: alert.starts_on,
        ends_on: alert.ends_on,
        arrived_at: alert.arrived_at,
        seen_at,
        open_by: None,
        late: false,
        disputed: alert.disputed,
        withheld: alert.withheld(tx, today)?,
    })
}
