//! Alerts as they should be: at whoever decided, and at whoever was told.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::{AlertId, RecordKind};
use registry::AlertMessage;

use crate::model::{Penalty, Said, Who};

/// What an alert says, beside whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Says {
    pub(crate) effect: &'static str,
    pub(crate) from: Date,
    pub(crate) to: Option<Date>,
    pub(crate) disputed: bool,
    pub(crate) withheld: bool,
}

impl Says {
    /// Nothing, where others are not alerted to such a decision.
    pub(crate) fn of(said: &Said) -> Option<Self> {
        let effect = match said.penalty? {
            Penalty::Suspension => "suspends",
            Penalty::Revocation => "revokes",
            Penalty::Prohibition => "prohibits",
            Penalty::Warning | Penalty::Fine => return None,
        };
        Some(Self {
            effect,
            from: said.from,
            to: said.shown_until(RecordKind::Decision),
            disputed: false,
            withheld: false,
        })
    }

    pub(crate) fn is_over(&self, today: Date) -> bool {
        self.to.is_some_and(|day| day < today)
    }
}

/// An alert about a decision, at whoever decided.
#[derive(Debug, Clone)]
pub(crate) struct Alert {
    pub(crate) record: usize,
    pub(crate) says: Says,
    pub(crate) open: bool,
    pub(crate) opened_on: Date,
    /// Learnt before it is told.
    pub(crate) id: Option<AlertId>,
    /// From when on the peer is to be told. It was registered after the first ones.
    pub(crate) to_peer: Option<Date>,
    /// Whether telling the peer was begun.
    pub(crate) begun: bool,
    /// How often it changed, from 1, and which of these changes the peer confirmed last.
    pub(crate) changes: u32,
    pub(crate) confirmed: u32,
}

impl Alert {
    pub(crate) fn new(record: usize, says: Says, opened_on: Date, has_peer: bool) -> Self {
        Self {
            record,
            says,
            open: true,
            opened_on,
            id: None,
            to_peer: has_peer.then_some(opened_on),
            begun: false,
            changes: 1,
            confirmed: 0,
        }
    }

    /// Whether there is something to tell the peer: of what it never heard it need not hear the end.
    pub(crate) const fn is_pending(&self) -> bool {
        self.to_peer.is_some() && self.confirmed < self.changes && (self.begun || self.open)
    }

    pub(crate) fn revise(&mut self, says: Says) {
        self.changes += u32::from(self.says != says);
        self.says = says;
    }

    pub(crate) const fn close(&mut self) {
        self.open = false;
        self.changes += 1;
    }
}

/// An alert from elsewhere, at whoever was told.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) who: Who,
    pub(crate) says: Says,
    pub(crate) open: bool,
    /// Which of the messages about it was taken last.
    pub(crate) revision: i64,
    /// Its identifier here.
    pub(crate) id: Option<AlertId>,
}

/// What became of an alert at the receiver.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Became {
    Opened,
    Closed,
    /// Nothing that anybody is told of.
    Same,
}

/// What a message does to what the receiver holds: the latest counts, whatever comes when.
pub(crate) fn take(
    held: &mut BTreeMap<AlertId, Held>,
    message: &AlertMessage,
    (who, says): (Who, &Says),
    today: Date,
) -> Became {
    let old = held.get(&message.alert);
    if old.is_some_and(|old| old.revision >= message.revision) {
        return Became::Same;
    }
    let was_open = old.is_some_and(|old| old.open);
    let open = message.open.is_some() && !says.is_over(today);
    let new = Held {
        who,
        says: says.clone(),
        open,
        revision: message.revision,
        id: old.filter(|_| was_open).and_then(|old| old.id),
    };
    held.insert(message.alert, new);
    match (was_open, open) {
        (false, true) => Became::Opened,
        (true, false) => Became::Closed,
        _ => Became::Same,
    }
}
