//! What an authority's desk says of alerts beside the open ones in its inbox: its own with who got them, and those
//! that were closed. None of it tells whom an alert is about.

use jiff::{Timestamp, civil::Date};
use model::AlertId;
use storage::{Access, Param, StoreError, Tx};

use super::{
    AlertItem, AlertReceiverView,
    inbox::{item, receivers},
    stored::{self, COLUMNS, HERE},
};
use crate::{Registry, RegistryError};

/// How many of each are shown.
const SHOWN: i64 = 200;

/// An alert about a decision of an authority's own.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SentAlert {
    /// What an inbox says of it.
    pub item: AlertItem,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Who got it.
    pub receivers: Vec<AlertReceiverView>,
}

/// An alert that an authority had in its inbox, and that has ended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ClosedAlert {
    /// Its identifier here.
    pub alert: AlertId,
    /// The profession.
    pub profession: String,
    /// The authority that decided.
    pub authority: String,
    /// The peer that it came from; none if it was decided here.
    pub peer: Option<String>,
    /// What the person might not do.
    pub effect: String,
    /// When it was closed for this authority.
    pub closed_at: Timestamp,
}

impl Registry {
    /// The latest alerts about decisions of an authority's own, the latest first, with who got them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn alerts_from(&self, authority: &str) -> Result<Vec<SentAlert>, RegistryError> {
        let (today, authority) = (self.today(), authority.to_owned());
        self.store
            .run_async("alert.sent", Access::Read, move |tx| {
                Ok::<_, RegistryError>(sent(tx, &authority, today)?)
            })
            .await
    }

    /// The latest alerts in an authority's inbox that have ended, the latest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn closed_alerts_for(&self, authority: &str) -> Result<Vec<ClosedAlert>, RegistryError> {
        let authority = authority.to_owned();
        self.store
            .run_async("alert.closed", Access::Read, move |tx| {
                Ok::<_, RegistryError>(closed(tx, &authority)?)
            })
            .await
    }
}

fn sent(tx: &mut dyn Tx, authority: &str, today: Date) -> Result<Vec<SentAlert>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alert WHERE source = $1 AND authority = $2 \
         ORDER BY arrived_at DESC, alert DESC LIMIT $3"
    );
    let params = [Param::Text(HERE), Param::Text(authority), Param::Int(SHOWN)];
    let mut alerts = Vec::new();
    for mut row in tx.query(&sql, &params)? {
        let alert = stored::read(&mut row)?;
        alerts.push(SentAlert {
            item: item(tx, &alert, None, today)?,
            closed_at: alert.closed_at,
            receivers: receivers(tx, &alert)?,
        });
    }
    Ok(alerts)
}

fn closed(tx: &mut dyn Tx, authority: &str) -> Result<Vec<ClosedAlert>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS}, receiver.closed_at FROM alert_receiver AS receiver \
         JOIN alert ON alert.person = receiver.person AND alert.alert = receiver.alert \
         WHERE receiver.receiver = $1 AND receiver.peer = 0 AND receiver.closed_at IS NOT NULL \
         ORDER BY receiver.closed_at DESC, alert.alert DESC LIMIT $2"
    );
    let mut alerts = Vec::new();
    for mut row in tx.query(&sql, &[Param::Text(authority), Param::Int(SHOWN)])? {
        let alert = stored::read(&mut row)?;
        // For an authority that licenses the profession no longer it may have been closed before it ended.
        if let Some(closed_at) = row.opt_int()?.map(crate::time).transpose()? {
            alerts.push(ClosedAlert {
                alert: alert.alert,
                peer: (alert.source != HERE).then_some(alert.source),
                profession: alert.profession,
                authority: alert.authority,
                effect: alert.effect,
                closed_at,
            });
        }
    }
    Ok(alerts)
}
