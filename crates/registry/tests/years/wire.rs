//! The way between two installations: messages are cut, repeated or lose their answers.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};

use model::AlertId;
use registry::{
    AlertContent, AlertMessage, AlertTaken, Peer as Registered, PeerClient, PeerFault, PutBack, PutBackTaken,
    Registry,
};
use testkit::{made_up, wait};

use crate::{alert::Says, model::Who, run::LAW};

/// A message that was taken, and the alerts from the sender that its person had then.
pub(crate) type Arrived = (AlertMessage, BTreeSet<AlertId>);

/// The way from one to the other.
pub(crate) struct Wire<'a> {
    to: &'a Registry,
    from: &'static str,
    /// After so many messages the other side does not answer any more.
    cut_after: Option<u32>,
    /// Whether the one that is cut arrives all the same.
    answer_lost: bool,
    twice: bool,
    sent: Cell<u32>,
    pub(crate) arrived: RefCell<Vec<Arrived>>,
    /// What arrived of a copy that was put back. It goes before all alerts.
    pub(crate) put_back: RefCell<Vec<PutBack>>,
}

fn away() -> PeerFault {
    PeerFault::Away("a test has cut the wire".to_owned())
}

impl<'a> Wire<'a> {
    pub(crate) fn new(to: &'a Registry, from: &'static str, plan: Plan) -> Self {
        Self {
            to,
            from,
            cut_after: plan.cut_after,
            answer_lost: plan.answer_lost,
            twice: plan.twice,
            sent: Cell::new(0),
            arrived: RefCell::default(),
            put_back: RefCell::default(),
        }
    }

    /// A side that is killed answers nothing.
    fn arrive(&self, message: &AlertMessage) -> Result<AlertTaken, PeerFault> {
        let taken = wait(self.to.receive_alert(self.from, None, message.clone()));
        let taken = taken.map_err(|error| {
            assert_eq!(error.code(), None, "a message of a peer is refused");
            away()
        })?;
        let ids = message.open.iter().flat_map(|content| {
            let person = self.to.keys().person(&content.number);
            let about = wait(self.to.alerts_about(person)).unwrap_or_default().into_iter();
            about
                .filter(|one| one.item.peer.is_some())
                .map(|one| one.item.alert)
        });
        self.arrived.borrow_mut().push((message.clone(), ids.collect()));
        Ok(taken)
    }
}

impl PeerClient for Wire<'_> {
    fn deliver(&self, _: &Registered, message: &AlertMessage) -> Result<AlertTaken, PeerFault> {
        let number = self.sent.replace(self.sent.get() + 1);
        if self.cut_after.is_some_and(|most| number >= most) {
            if self.answer_lost {
                self.arrive(message)?;
            }
            return Err(away());
        }
        let taken = self.arrive(message)?;
        if self.twice {
            assert_eq!(self.arrive(message)?, taken, "a repeat gets the same answer");
        }
        Ok(taken)
    }

    fn put_back(&self, _: &Registered, message: &PutBack) -> Result<PutBackTaken, PeerFault> {
        let cut = self.cut_after == Some(0);
        if cut && !self.answer_lost {
            return Err(away());
        }
        let taken = wait(self.to.receive_put_back(self.from, None, message.clone()));
        let taken = taken.map_err(|error| {
            assert_eq!(error.code(), None, "what a peer says of a copy is refused");
            away()
        })?;
        self.put_back.borrow_mut().push(message.clone());
        if cut { Err(away()) } else { Ok(taken) }
    }
}

/// What happens to messages of one day in one direction.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Plan {
    pub(crate) cut_after: Option<u32>,
    pub(crate) answer_lost: bool,
    pub(crate) twice: bool,
    pub(crate) sender_killed_after: Option<i64>,
    pub(crate) receiver_killed_after: Option<i64>,
}

impl Plan {
    pub(crate) const AWAY: Self = Self {
        cut_after: Some(0),
        answer_lost: false,
        twice: false,
        sender_killed_after: None,
        receiver_killed_after: None,
    };

    /// Whether everything arrives and is confirmed in the end.
    pub(crate) const fn is_whole(&self) -> bool {
        self.cut_after.is_none() && self.receiver_killed_after.is_none()
    }
}

/// What a message says of somebody.
pub(crate) fn content(who: Who, says: &Says) -> AlertContent {
    let person = made_up(who);
    AlertContent {
        name: person.name,
        number: person.number,
        profession: "lawyer".to_owned(),
        authority: LAW.to_owned(),
        authority_name: "司法厅".to_owned(),
        effect: says.effect.to_owned(),
        starts_on: Some(says.from),
        ends_on: says.to,
        disputed: says.disputed,
        withheld: says.withheld,
    }
}
