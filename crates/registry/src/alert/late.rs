//! Peers that do not confirm in time what they are to be told, and authorities here that do not open in time what is in
//! their inbox. For reviewers; nobody is named.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use profile::{ByDay, Deadline, Held};
use storage::{Access, Param, Tx};

use super::put_back::CONCERNED;
use crate::{Registry, RegistryError, day};

/// How many days back a day is sought that is over by a deadline: longer than any deadline with all that is no working
/// day in it.
const BACK: i32 = 1_200;

/// What a peer has not confirmed in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LateAlerts {
    /// Alerts that it was not told of.
    Untold,
    /// Changes to alerts that it holds.
    Changed,
    /// The end of alerts that it holds, or may hold.
    Closed,
    /// Which alerts are open here since an older copy of the database was put back here.
    PutBack,
}

/// A peer that is late.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LatePeer {
    /// The peer.
    pub peer: String,
    /// What it has not confirmed.
    pub what: LateAlerts,
    /// How many alerts that is about.
    pub alerts: u64,
    /// The last day on which the first of them would have been confirmed in time.
    pub due_on: Option<Date>,
}

/// An authority here that has not opened in time what is in its inbox.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LateAuthority {
    /// The authority.
    pub authority: String,
    /// How many alerts.
    pub alerts: u64,
    /// The last day on which the first of them would have been opened in time.
    pub due_on: Option<Date>,
}

/// Alerts that a peer has to be told something of.
const OF_PEERS: &str = "JOIN peer ON peer.peer = receiver.receiver \
     WHERE receiver.pending = 1 AND receiver.peer = 1 AND ";
/// Alerts that an authority here may open and has not. What is withheld is opened to nobody.
const OF_AUTHORITIES: &str = "WHERE receiver.peer = 0 AND receiver.seen_at IS NULL AND receiver.closed_at IS NULL AND alert.closed_at IS NULL \
     AND alert.withheld = 0 AND ";

/// One kind of lateness, as the store is asked for it.
struct Asked<'a> {
    what: LateAlerts,
    /// Answers who is late, with how many alerts, and since when the deadline runs, in seconds after 1970. What began
    /// before `$1` and not before `$2` is late.
    sql: String,
    deadline: &'a ByDay<Deadline>,
}

/// Asks for alerts of those in `whose`, [`OF_PEERS`] or [`OF_AUTHORITIES`], for which the deadline runs from `since`.
fn alerts(whose: &str, which: &str, since: &str) -> String {
    format!(
        "SELECT receiver.receiver, COUNT(*), MIN({since}) FROM alert_receiver AS receiver \
         JOIN alert ON alert.person = receiver.person AND alert.alert = receiver.alert \
         {whose}{which}{since} < $1 AND {since} >= $2 GROUP BY receiver.receiver"
    )
}

/// Asks for peers that do not know yet that a copy was put back here, each with how many alerts that names: those from
/// here that it was told of or is to be told of, and its own.
fn not_put_back() -> String {
    let names = "(SELECT same.peer FROM peer AS same WHERE same.public_key = peer.public_key)";
    format!(
        "SELECT peer.peer, (SELECT COUNT(*) FROM alert WHERE alert.closed_at IS NULL AND (alert.source IN {names} \
         OR EXISTS (SELECT 1 FROM alert_receiver AS receiver WHERE receiver.person = alert.person \
         AND receiver.alert = alert.alert AND receiver.receiver IN {names} \
         AND (receiver.begun = 1 OR alert.withheld = 0)))), peer.put_back_at FROM peer \
         WHERE peer.put_back_at < $1 AND peer.put_back_at >= $2 AND {CONCERNED}"
    )
}

impl Registry {
    /// The peers that have not confirmed in time what they were to be told, those late longest first: they are away, or
    /// refuse it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn late_peers(&self) -> Result<Vec<LatePeer>, RegistryError> {
        let this = self.clone();
        self.store
            .run_async("alert.late", Access::Read, move |tx| {
                let numbers = &this.profile.procedures;
                let mut late = this.untold(tx)?;
                // Revisions count from the clock.
                let changed = "alert.closed_at IS NULL AND receiver.told > 0 AND peer.ended_at IS NULL AND ";
                let late_by = [
                    Asked {
                        what: LateAlerts::Changed,
                        sql: alerts(OF_PEERS, changed, "alert.revision"),
                        deadline: &numbers.alert_sent,
                    },
                    Asked {
                        what: LateAlerts::Closed,
                        sql: alerts(OF_PEERS, "", "alert.closed_at"),
                        deadline: &numbers.alert_closed,
                    },
                    Asked {
                        what: LateAlerts::PutBack,
                        sql: not_put_back(),
                        deadline: &numbers.alert_closed,
                    },
                ];
                for asked in &late_by {
                    late.extend(this.late(tx, asked)?);
                }
                late.sort_by(|a, b| (a.due_on, &a.peer).cmp(&(b.due_on, &b.peer)));
                Ok(late)
            })
            .await
    }

    /// The authorities here that have not opened in time what they were told: within the days in which it is sent, from
    /// when it was in their inbox. Those late longest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn late_authorities(&self) -> Result<Vec<LateAuthority>, RegistryError> {
        let this = self.clone();
        self.store
            .run_async("alert.unopened", Access::Read, move |tx| {
                let unopened = Asked {
                    what: LateAlerts::Untold,
                    sql: alerts(OF_AUTHORITIES, "", "receiver.told_at"),
                    deadline: &this.profile.procedures.alert_sent,
                };
                let late = this.late(tx, &unopened)?;
                let late = late.into_iter().map(|one| LateAuthority {
                    authority: one.peer,
                    alerts: one.alerts,
                    due_on: one.due_on,
                });
                let mut late: Vec<LateAuthority> = late.collect();
                late.sort_by(|a, b| (a.due_on, &a.authority).cmp(&(b.due_on, &b.authority)));
                Ok(late)
            })
            .await
    }

    /// The last day on which an authority opens in time what came into its inbox at this moment.
    pub(super) fn open_by(&self, told_at: Timestamp) -> Option<Date> {
        let deadline = &self.profile.procedures.alert_sent;
        deadline.due_on(self.day_of(told_at), &self.profile.calendar)
    }

    /// Of what is withheld nobody new is told, and of what they were to be told by a day an ended peer is not.
    fn untold(&self, tx: &mut dyn Tx) -> Result<Vec<LatePeer>, RegistryError> {
        let rows = tx.query(
            "SELECT receiver.receiver, COUNT(*), MIN(receiver.due_on) FROM alert_receiver AS receiver \
             JOIN alert ON alert.person = receiver.person AND alert.alert = receiver.alert \
             JOIN peer ON peer.peer = receiver.receiver \
             WHERE receiver.pending = 1 AND receiver.told = 0 AND receiver.due_on < $1 AND peer.ended_at IS NULL \
             AND alert.closed_at IS NULL AND (receiver.begun = 1 OR alert.withheld = 0) GROUP BY receiver.receiver",
            &[Param::Int(day::to_number(self.today()))],
        )?;
        rows.into_iter()
            .map(|mut row| {
                Ok(LatePeer {
                    peer: row.text()?,
                    what: LateAlerts::Untold,
                    alerts: row.int()? as u64,
                    due_on: row.opt_int()?.map(day::from_number).transpose()?,
                })
            })
            .collect()
    }

    /// The deadline that holds on the day on which something began says when it is late.
    fn late(&self, tx: &mut dyn Tx, asked: &Asked<'_>) -> Result<Vec<LatePeer>, RegistryError> {
        let mut late: BTreeMap<String, LatePeer> = BTreeMap::new();
        for (held, deadline) in asked.deadline.all() {
            let Some((from, over)) = self.over_by(held, deadline) else {
                continue;
            };
            for mut row in tx.query(&asked.sql, &[Param::Int(over), Param::Int(from)])? {
                let (peer, alerts) = (row.text()?, row.int()? as u64);
                let since = self.day_of(crate::time(row.int()?)?);
                let due_on = deadline.due_on(since, &self.profile.calendar);
                let one = late.entry(peer.clone()).or_insert(LatePeer {
                    peer,
                    what: asked.what,
                    alerts: 0,
                    due_on,
                });
                one.alerts += alerts;
                one.due_on = one.due_on.min(due_on);
            }
        }
        Ok(late.into_values().collect())
    }

    /// From which moment on, and before which, whatever began has passed this deadline, which holds for what begins on
    /// these days: in seconds after 1970.
    fn over_by(&self, held: Held, deadline: &Deadline) -> Option<(i64, i64)> {
        let today = self.today();
        let passed = |from: &Date| {
            let due_on = deadline.due_on(*from, &self.profile.calendar);
            due_on.is_some_and(|day| day < today)
        };
        let latest = held.until.map_or(today, |until| until.min(today));
        let days = (0..BACK).filter_map(|back| latest.checked_sub(jiff::Span::new().days(back)).ok());
        let mut days = days.take_while(|day| held.from.is_none_or(|from| from <= *day));
        let last = days.find(passed)?;
        let begin = |day: Date| day.to_zoned(self.time_zone.clone());
        let second = |day: Date| Some(begin(day).ok()?.timestamp().as_second());
        let from = held.from.map_or(Some(i64::MIN), second)?;
        Some((from, second(last.tomorrow().ok()?)?))
    }
}
