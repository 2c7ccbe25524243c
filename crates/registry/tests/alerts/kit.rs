//! Installations that are peers, and a way between them that fails as it is told to.

use std::{cell::RefCell, collections::VecDeque};

use model::{AlertId, ProcedureId, RecordId, RecordKind, procedure::Speaker};
use registry::{
    AlertContent, AlertMessage, AlertTaken, AlertView, DisputeAnswer, EventKind, NewPeer, NoticeKind,
    OpenDispute, Peer, PeerClient, PeerFault, ProcedureError, PutBack, PutBackTaken, Registry,
};
use testkit::{Engine, Installation, SourceRow, gansu, made_up, wait};

pub(crate) const LAW: &str = "law-bureau";
/// An authority that the tests let license lawyers too.
pub(crate) const OTHER: &str = "education-department";

/// A profile in which two authorities license lawyers.
pub(crate) fn profile() -> profile::Profile {
    let mut profile = gansu();
    let other = profile.authorities.get_mut(OTHER).unwrap();
    other.professions.insert("lawyer".to_owned());
    profile
}

/// An installation of that profile in which the first person is a lawyer and a teacher.
pub(crate) fn installation(engine: Engine) -> Installation {
    let here = Installation::with(engine, profile());
    licensed(&here);
    here
}

pub(crate) fn licensed(here: &Installation) {
    here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
    here.file(OTHER, RecordKind::Licence, &[SourceRow::teacher(1)]);
}

/// A prohibition to practise from 10 November 2026 to this day.
pub(crate) fn prohibition(until: &str) -> SourceRow {
    SourceRow::decision(1)
        .with("penalty", "限制从业")
        .with("disclosure_ends_on", until)
}

pub(crate) fn decide(here: &Installation, row: SourceRow) -> registry::Submission {
    let done = here.file(LAW, RecordKind::Decision, &[row]);
    assert_eq!(done.counts.rejected, 0, "{:?}", here.outcomes(LAW, &done));
    done
}

/// Registers two installations with one another for lawyers.
pub(crate) fn befriend(from: &Registry, to: &Registry) {
    let peer = |id: &str, of: &Registry, sends| NewPeer {
        peer: id.to_owned(),
        url: format!("https://{id}.example"),
        public_key: of.peer_key().unwrap().public_key,
        professions: ["lawyer".to_owned()].into(),
        sends,
        takes: !sends,
    };
    from.add_peer(peer("there", to, true)).unwrap();
    to.add_peer(peer("first", from, false)).unwrap();
}

/// The alerts about the first person.
pub(crate) fn alerts(here: &Installation) -> Vec<AlertView> {
    let person = here.registry.keys().person(&made_up(1).number);
    wait(here.registry.alerts_about(person)).unwrap()
}

pub(crate) fn inbox(here: &Installation, authority: &str) -> Vec<AlertId> {
    let items = wait(here.registry.alerts_for(authority)).unwrap();
    items.into_iter().map(|item| item.alert).collect()
}

/// What the open alerts of an authority say.
pub(crate) fn opened(here: &Installation, authority: &str) -> Vec<AlertContent> {
    let open = |alert| wait(here.registry.open_alert(authority, alert)).unwrap().content;
    inbox(here, authority).into_iter().map(open).collect()
}

/// How many notices of each kind the first person has about alerts: sent or arrived, closed.
pub(crate) fn notices(here: &Installation) -> (usize, usize) {
    let person = here.registry.keys().person(&made_up(1).number);
    let notices = wait(here.registry.notices(person)).unwrap();
    let count = |kind| notices.iter().filter(|one| one.kind == kind).count();
    let opened = count(NoticeKind::AlertSent) + count(NoticeKind::AlertArrived);
    (opened, count(NoticeKind::AlertClosed))
}

/// The actors of the events of this kind that the first person sees.
pub(crate) fn actors(here: &Installation, kind: EventKind) -> Vec<String> {
    let person = here.registry.keys().person(&made_up(1).number);
    // Where they are not known nothing happened to them.
    let Ok(file) = wait(here.registry.person_file(person, EventKind::OwnLook)) else {
        return Vec::new();
    };
    let mut found: Vec<String> = file
        .events
        .into_iter()
        .filter(|one| one.kind == kind)
        .map(|one| one.actor)
        .collect();
    found.sort();
    found
}

/// The one decision about the first person.
pub(crate) fn decision(here: &Installation) -> RecordId {
    let records = here.file_of(1).records;
    records
        .into_iter()
        .find(|one| one.kind == RecordKind::Decision)
        .unwrap()
        .record
}

pub(crate) fn dispute(here: &Installation) -> ProcedureId {
    try_dispute(here).unwrap()
}

pub(crate) fn try_dispute(here: &Installation) -> Result<ProcedureId, ProcedureError> {
    let wish = OpenDispute {
        by: Speaker::Person,
        record: decision(here),
        field: None,
        text: "this is not so".to_owned(),
        files: Vec::new(),
    };
    wait(here.registry.open_dispute(here.person(1), wish))
}

pub(crate) fn answer(here: &Installation, id: ProcedureId, answer: DisputeAnswer) {
    wait(
        here.registry
            .answer_dispute(LAW, id, answer, "so it is".to_owned()),
    )
    .unwrap();
}

/// What happens to a message on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// It arrives, and so does the answer.
    Through,
    /// It does not arrive.
    Lost,
    /// It arrives, the answer does not.
    AnswerLost,
    /// It arrives twice.
    Twice,
    /// It does not arrive now, but after whatever comes next.
    Late,
}

/// The way to a receiver.
pub(crate) struct Wire<'a> {
    to: &'a Registry,
    plan: RefCell<VecDeque<Way>>,
    late: RefCell<Vec<AlertMessage>>,
    pub(crate) arrived: RefCell<Vec<AlertMessage>>,
}

impl<'a> Wire<'a> {
    pub(crate) fn new(to: &'a Registry, plan: &[Way]) -> Self {
        Self {
            to,
            plan: RefCell::new(plan.iter().copied().collect()),
            late: RefCell::default(),
            arrived: RefCell::default(),
        }
    }

    fn arrive(&self, message: &AlertMessage) -> Result<AlertTaken, PeerFault> {
        self.arrived.borrow_mut().push(message.clone());
        let taken = wait(self.to.receive_alert("first", None, message.clone()));
        taken.map_err(|error| PeerFault::Refused(error.code().unwrap_or("failed").to_owned()))
    }

    /// Lets what is late arrive.
    pub(crate) fn settle(&self) {
        for message in self.late.take() {
            let _ = self.arrive(&message);
        }
    }
}

impl PeerClient for Wire<'_> {
    fn deliver(&self, to: &Peer, message: &AlertMessage) -> Result<AlertTaken, PeerFault> {
        assert_eq!(to.registered.peer, "there");
        let way = self.plan.borrow_mut().pop_front().unwrap_or(Way::Through);
        let away = || PeerFault::Away("a test has cut the wire".to_owned());
        if way != Way::Late {
            let late = self.late.take();
            let answer = match way {
                Way::Lost | Way::Late => Err(away()),
                Way::AnswerLost => self.arrive(message).and(Err(away())),
                Way::Twice => {
                    let first = self.arrive(message)?;
                    let second = self.arrive(message)?;
                    assert_eq!(first, second, "a repeat gets the same answer");
                    Ok(first)
                }
                Way::Through => self.arrive(message),
            };
            for message in late {
                let _ = self.arrive(&message);
            }
            return answer;
        }
        self.late.borrow_mut().push(message.clone());
        Err(away())
    }

    fn put_back(&self, to: &Peer, message: &PutBack) -> Result<PutBackTaken, PeerFault> {
        assert_eq!(to.registered.peer, "there");
        let way = self.plan.borrow_mut().pop_front().unwrap_or(Way::Through);
        let arrive = || {
            let taken = wait(self.to.receive_put_back("first", None, message.clone()));
            taken.map_err(|error| PeerFault::Refused(error.code().unwrap_or("failed").to_owned()))
        };
        let away = || PeerFault::Away("a test has cut the wire".to_owned());
        match way {
            Way::Lost | Way::Late => Err(away()),
            Way::AnswerLost => arrive().and(Err(away())),
            Way::Twice => arrive().and_then(|_| arrive()),
            Way::Through => arrive(),
        }
    }
}
