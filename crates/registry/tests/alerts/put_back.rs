//! After an older copy of the database was put back, here or at a peer.

use std::cell::RefCell;

use model::AlertId;
use registry::{
    AlertMessage, AlertTaken, Delivered, EventKind, LateAlerts, Peer, PeerClient, PeerFault, PutBack,
    PutBackTaken, Registry,
};
use testkit::{Installation, SourceRow, on_both_engines, wait};

use crate::{
    kit::{LAW, Way, Wire, actors, alerts, decide, inbox, notices, prohibition},
    peers::{content, message, pair},
};

const NOTHING: Delivered = Delivered { told: 0, failed: 0 };
const ONE: Delivered = Delivered { told: 1, failed: 0 };

/// What [`message`] speaks of.
const ALERT: AlertId = AlertId::from_bytes([7; 16]);

fn second() -> SourceRow {
    prohibition("2027-11-10").document("甘律罚〔2026〕二号")
}

/// The decision is about no prohibition any more.
fn lifted() -> SourceRow {
    SourceRow::decision(1)
        .with("disclosure_ends_on", "2027-11-10")
        .correcting()
}

/// The way from the one that is told of alerts to the one that tells of them.
struct Answers<'a> {
    to: &'a Registry,
    said: RefCell<Vec<PutBack>>,
}

impl<'a> Answers<'a> {
    fn to(to: &'a Registry) -> Self {
        Self {
            to,
            said: RefCell::default(),
        }
    }
}

impl PeerClient for Answers<'_> {
    fn deliver(&self, _: &Peer, _: &AlertMessage) -> Result<AlertTaken, PeerFault> {
        Err(PeerFault::Away("no alert goes this way".to_owned()))
    }

    fn put_back(&self, to: &Peer, message: &PutBack) -> Result<PutBackTaken, PeerFault> {
        assert_eq!(to.registered.peer, "first");
        self.said.borrow_mut().push(message.clone());
        Ok(wait(self.to.receive_put_back("there", None, message.clone())).unwrap())
    }
}

/// The way on which what is said is held up.
struct Holds(RefCell<Vec<PutBack>>);

impl PeerClient for Holds {
    fn deliver(&self, _: &Peer, _: &AlertMessage) -> Result<AlertTaken, PeerFault> {
        Err(PeerFault::Away("no alert goes this way".to_owned()))
    }

    fn put_back(&self, _: &Peer, message: &PutBack) -> Result<PutBackTaken, PeerFault> {
        self.0.borrow_mut().push(message.clone());
        Err(PeerFault::Away("it is under way".to_owned()))
    }
}

fn told(there: &Installation, message: AlertMessage) {
    wait(there.registry.receive_alert("first", None, message)).unwrap();
}

fn told_put_back(there: &Installation, revision: i64, open: &[AlertId]) -> i64 {
    let message = PutBack {
        revision,
        open: open.to_vec(),
        held: Vec::new(),
    };
    wait(there.registry.receive_put_back("first", None, message))
        .unwrap()
        .revision
}

on_both_engines! {
    fn a_peer_closes_what_only_it_knows_of_and_keeps_what_is_open_here(engine: Engine) {
        let (here, there) = pair(engine);
        let through = Wire::new(&there.registry, &[]);
        decide(&here, prohibition("2027-11-10"));
        assert_eq!(here.registry.deliver_alerts(&through).unwrap(), ONE);
        let (here, copy) = here.copy();
        decide(&here, second());
        assert_eq!(here.registry.deliver_alerts(&through).unwrap(), ONE);
        let lost = through.arrived.borrow().last().cloned().unwrap();
        assert_eq!((inbox(&there, LAW).len(), notices(&there)), (2, (2, 0)));

        let here = here.restore(&copy);
        here.later(1);
        here.registry.note_put_back().unwrap();
        // Nothing arrives; then the answer is lost; then it comes twice.
        let wire = Wire::new(&there.registry, &[Way::Lost, Way::Through, Way::AnswerLost, Way::Twice]);
        let both = Delivered { told: 1, failed: 1 };
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), both, "the open alert anew, and no more");
        assert_eq!(inbox(&there, LAW).len(), 2);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), NOTHING, "not before its time");
        for expected in [Delivered { told: 0, failed: 1 }, ONE, NOTHING] {
            here.later(1);
            assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), expected);
            assert_eq!((inbox(&there, LAW).len(), notices(&there)), (1, (2, 1)), "the person is told once");
        }
        told(&there, lost);
        assert_eq!(inbox(&there, LAW).len(), 1, "what was under way opens nothing");

        // Filed again, it is an alert like any other.
        decide(&here, second());
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), ONE);
        assert_eq!((inbox(&there, LAW).len(), notices(&there)), (2, (3, 1)));
        assert_eq!(actors(&there, EventKind::AlertSent), [LAW; 3]);
    }

    fn what_was_told_after_that_and_what_is_said_to_be_open_stays(engine: Engine) {
        let (_, there) = pair(engine);
        told(&there, message(1_000, Some(content())));
        told_put_back(&there, 1_000, &[]);
        assert_eq!(inbox(&there, LAW).len(), 1, "it was told after that");
        told_put_back(&there, 2_000, &[ALERT]);
        assert_eq!(inbox(&there, LAW).len(), 1, "it is open there");
        assert_eq!(told_put_back(&there, 2_000, &[]), 2_000);
        assert_eq!(inbox(&there, LAW).len(), 0);
        told(&there, message(1_999, Some(content())));
        assert_eq!(inbox(&there, LAW).len(), 0);
        told(&there, message(2_000, Some(content())));
        assert_eq!(inbox(&there, LAW).len(), 1, "told anew, it is open");
    }

    fn one_that_was_put_back_hears_again_what_its_peer_told_it_since(engine: Engine) {
        let (here, there) = pair(engine);
        let (there, copy) = there.copy();
        decide(&here, prohibition("2027-11-10"));
        assert_eq!(here.registry.deliver_alerts(&Wire::new(&there.registry, &[])).unwrap(), ONE);
        let there = there.restore(&copy);
        let wire = Wire::new(&there.registry, &[]);
        here.later(1);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), NOTHING);
        assert_eq!(inbox(&there, LAW).len(), 0);

        there.registry.note_put_back().unwrap();
        let answers = Answers::to(&here.registry);
        assert_eq!(there.registry.deliver_alerts(&answers).unwrap(), ONE);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), ONE);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), NOTHING, "once is enough");
        assert_eq!((inbox(&there, LAW).len(), notices(&there)), (1, (1, 0)));

        // It also hears again that something has ended.
        let (there, copy) = there.copy();
        decide(&here, lifted());
        assert_eq!(here.registry.deliver_alerts(&Wire::new(&there.registry, &[])).unwrap(), ONE);
        assert_eq!((inbox(&there, LAW).len(), notices(&there)), (0, (1, 1)));
        let there = there.restore(&copy);
        assert_eq!(inbox(&there, LAW).len(), 1);
        there.registry.note_put_back().unwrap();
        let answers = Answers::to(&here.registry);
        assert_eq!(there.registry.deliver_alerts(&answers).unwrap(), ONE);
        assert_eq!(answers.said.borrow()[0].held, [alerts(&here)[0].item.alert]);
        assert_eq!(here.registry.deliver_alerts(&Wire::new(&there.registry, &[])).unwrap(), ONE);
        assert_eq!((inbox(&there, LAW).len(), notices(&there)), (0, (1, 1)));

        // The one that told it has told its person nothing twice, and nobody is late by it.
        assert_eq!(notices(&here), (1, 1));
        assert_eq!(actors(&here, EventKind::AlertSent).len(), 2);
        here.later(24 * 30);
        assert!(wait(here.registry.late_peers()).unwrap().is_empty());
    }

    fn a_peer_that_does_not_confirm_it_in_time_is_shown_to_the_reviewers(engine: Engine) {
        let (here, there) = pair(engine);
        decide(&here, prohibition("2027-11-10"));
        here.registry.deliver_alerts(&Wire::new(&there.registry, &[])).unwrap();
        let late = || {
            let late = wait(here.registry.late_peers()).unwrap();
            let late = late.into_iter().map(|one| (one.peer, one.what, one.alerts, one.due_on.unwrap().to_string()));
            late.filter(|one| one.1 == LateAlerts::PutBack).collect::<Vec<_>>()
        };
        here.at("2026-12-10T01:00:00Z");
        here.registry.note_put_back().unwrap();
        let way = Holds(RefCell::default());
        here.at("2026-12-13T15:59:00Z");
        here.registry.deliver_alerts(&way).unwrap();
        assert!(late().is_empty(), "it has until the day is over");
        here.at("2026-12-13T16:01:00Z");
        assert_eq!(late(), [("there".to_owned(), LateAlerts::PutBack, 1, "2026-12-13".to_owned())]);
        // It may hold what is open here, so it is told though it was ended.
        here.registry.end_peer("there").unwrap();
        assert_eq!(late().len(), 1);
        here.later(7);
        here.registry.deliver_alerts(&Wire::new(&there.registry, &[])).unwrap();
        assert!(late().is_empty());
    }

    fn what_is_held_of_a_peer_that_is_late_with_it_counts_too(engine: Engine) {
        let (_, there) = pair(engine);
        told(&there, message(1_000, Some(content())));
        there.registry.note_put_back().unwrap();
        there.later(24 * 30);
        let late = wait(there.registry.late_peers()).unwrap();
        let late: Vec<_> = late.iter().map(|one| (one.peer.as_str(), one.what, one.alerts)).collect();
        assert_eq!(late, [("first", LateAlerts::PutBack, 1)]);
    }

    fn a_peer_that_was_ended_and_holds_nothing_is_neither_told_nor_late(engine: Engine) {
        let (here, _) = pair(engine);
        here.registry.note_put_back().unwrap();
        here.later(24 * 30);
        let late = || wait(here.registry.late_peers()).unwrap().len();
        assert_eq!(late(), 1);
        here.registry.end_peer("there").unwrap();
        let way = Holds(RefCell::default());
        assert_eq!((here.registry.deliver_alerts(&way).unwrap(), late()), (NOTHING, 0));
    }

    fn what_is_told_while_that_is_under_way_stays(engine: Engine) {
        let (here, there) = pair(engine);
        here.registry.note_put_back().unwrap();
        let way = Holds(RefCell::default());
        assert_eq!(here.registry.deliver_alerts(&way).unwrap(), Delivered { told: 0, failed: 1 });
        decide(&here, prohibition("2027-11-10"));
        let wire = Wire::new(&there.registry, &[Way::Lost, Way::Through]);
        here.later(1);
        assert_eq!(here.registry.deliver_alerts(&wire).unwrap(), Delivered { told: 1, failed: 1 });
        for held in way.0.take() {
            assert!(held.open.is_empty());
            told_put_back(&there, held.revision, &held.open);
        }
        assert_eq!(inbox(&there, LAW).len(), 1, "what comes late closes nothing that is newer");
    }

    fn nothing_is_told_again_of_what_ended_and_is_not_held(engine: Engine) {
        let (here, there) = pair(engine);
        decide(&here, prohibition("2027-11-10"));
        here.registry.deliver_alerts(&Wire::new(&there.registry, &[])).unwrap();
        decide(&here, lifted());
        here.registry.deliver_alerts(&Wire::new(&there.registry, &[])).unwrap();
        there.registry.note_put_back().unwrap();
        let answers = Answers::to(&here.registry);
        assert_eq!(there.registry.deliver_alerts(&answers).unwrap(), ONE);
        let said = answers.said.take();
        assert!(said[0].open.is_empty() && said[0].held.is_empty());
        assert_eq!(here.registry.deliver_alerts(&Wire::new(&there.registry, &[])).unwrap(), NOTHING);
    }
}
