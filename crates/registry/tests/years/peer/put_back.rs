//! An older copy goes on as the installation here: what the peer hears of that, and tells anew.

use std::collections::BTreeSet;

use model::AlertId;
use registry::PutBack;

use super::Peer;
use crate::{model::Who, run::Run};

impl Run {
    /// The operator says that the copy goes on as this installation.
    pub(crate) fn goes_on(&mut self) {
        self.registry().note_put_back().unwrap();
        self.tell_open_anew();
        if let Some(peer) = self.peer.as_mut() {
            peer.put_back = true;
        }
    }

    /// The peer heard it, once or more than once: it closes what is not open here any more, and has what is open of its own,
    /// or held here, to tell anew. Answers whom it closed something about.
    pub(super) fn put_back_arrived(&mut self, peer: &mut Peer, said: &[PutBack]) -> BTreeSet<Who> {
        let mut closed = BTreeSet::new();
        for message in said {
            let open: BTreeSet<AlertId> = message.open.iter().copied().collect();
            let held: BTreeSet<AlertId> = message.held.iter().copied().collect();
            self.check_what_is_said(&open, &held);
            for (id, one) in &mut peer.held {
                if one.open && one.revision < message.revision && !open.contains(id) {
                    one.open = false;
                    one.revision = message.revision - 1;
                    peer.told.entry(one.who).or_default().1 += 1;
                    closed.insert(one.who);
                    self.did("alerts that the peer closed after a copy was put back");
                }
            }
            for one in &mut peer.theirs {
                let held = one.alert.id.is_some_and(|id| held.contains(&id));
                if one.alert.begun && (one.alert.open || held) {
                    one.alert.changes += 1;
                }
            }
            peer.strayed.clear();
            peer.put_back = false;
        }
        closed
    }

    /// Every alert is named that the peer was told of and that is open, and whatever is held here of it.
    fn check_what_is_said(&self, open: &BTreeSet<AlertId>, held: &BTreeSet<AlertId>) {
        let all = self.m.people.iter().flat_map(|person| &person.alerts);
        let all: Vec<_> = all.filter(|alert| alert.open).collect();
        let ids = |begun: bool| {
            let of = all.iter().filter(|alert| alert.begun || !begun);
            of.filter_map(|alert| alert.id).collect::<BTreeSet<AlertId>>()
        };
        assert!(
            ids(true).is_subset(open),
            "what the peer was told of is open here"
        );
        assert!(open.is_subset(&ids(false)), "what is said to be open is so");
        let incoming = self.m.incoming.iter().filter(|(_, one)| one.open);
        assert_eq!(
            held,
            &incoming.map(|(id, _)| *id).collect(),
            "what is held here of the peer"
        );
    }
}
