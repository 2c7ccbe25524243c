//! What the peer is told of our alerts.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use model::AlertId;
use testkit::wait;

use super::{HERE, LEASE_MINUTES, Peer, THERE};
use crate::{
    alert::Alert,
    crash::killed,
    model::{Person, Who},
    run::Run,
    wire::{Arrived, Plan, Wire, content},
};

impl Run {
    /// Our alerts of which the peer is to be told something: whose, and their places. Of what is withheld it hears only
    /// where it knows of it.
    pub(super) fn pending(&self) -> Vec<(Who, usize)> {
        let (people, today) = ((0..).zip(&self.m.people), self.today());
        let of = |(who, person): (Who, &Person)| {
            let alerts = person.alerts.iter().enumerate();
            let told = |alert: &Alert| alert.begun || !person.is_withheld(alert.record, today);
            let pending = alerts.filter(|(_, alert)| alert.is_pending() && told(alert));
            pending.map(|(at, _)| (who, at)).collect::<Vec<_>>()
        };
        people.flat_map(of).collect()
    }

    /// Learns the identifiers of new alerts: those about one decision come in the order in which they were opened.
    pub(super) fn learn_ids(&mut self) {
        let new = |alert: &Alert| alert.to_peer.is_some() && alert.id.is_none();
        let people = self.m.people.iter().enumerate();
        let with: Vec<usize> = people
            .filter(|(_, one)| one.alerts.iter().any(new))
            .map(|(who, _)| who)
            .collect();
        for who in with {
            let person = &self.m.people[who];
            let mut views = wait(self.registry().alerts_about(person.id.unwrap())).unwrap();
            views.sort_by_key(|one| (one.item.arrived_at, one.item.alert));
            let ids: Vec<AlertId> = person
                .alerts
                .iter()
                .map(|alert| {
                    let record = Some(person.records[alert.record].id.unwrap().to_string());
                    let at = views.iter().position(|one| one.record == record).unwrap();
                    views.remove(at).item.alert
                })
                .collect();
            for (alert, id) in self.m.people[who].alerts.iter_mut().zip(ids) {
                assert!(alert.id.is_none_or(|known| known == id), "another alert of {who}");
                alert.id = alert.to_peer.map(|_| id);
            }
        }
    }

    /// Tells the peer what it is to be told. Answers whom any of it is about.
    pub(super) fn tell(&mut self, peer: &mut Peer, plan: Plan) -> BTreeSet<Who> {
        let pending = self.pending();
        let (mut arrived, mut put_back) = (Vec::new(), Vec::new());
        if let Some(after) = plan.sender_killed_after {
            let to = &peer.there().registry;
            self.kill(after, |here| {
                let wire = Wire::new(to, HERE, plan);
                drop(here.registry.deliver_alerts(&wire));
                arrived = wire.arrived.take();
                put_back = wire.put_back.take();
            });
            self.did("messages between peers cut by a kill");
            let later = self.now() + SignedDuration::from_mins(LEASE_MINUTES + 1);
            self.set_clock(later);
            peer.set_clock(later);
        }
        if let Some(after) = plan.receiver_killed_after {
            let there = peer.there.take().unwrap();
            peer.there = Some(killed(there, after, |there| {
                let wire = Wire::new(&there.registry, HERE, plan);
                self.registry().deliver_alerts(&wire).unwrap();
                arrived.extend(wire.arrived.take());
                put_back.extend(wire.put_back.take());
            }));
            self.did("messages between peers cut by a kill");
        } else {
            let wire = Wire::new(&peer.there().registry, HERE, plan);
            let delivered = self.registry().deliver_alerts(&wire).unwrap();
            let any = !pending.is_empty() || peer.put_back;
            assert_eq!(delivered.failed > 0, plan.cut_after.is_some() && any);
            arrived.extend(wire.arrived.take());
            put_back.extend(wire.put_back.take());
        }
        if plan.is_whole() && peer.put_back {
            assert!(!put_back.is_empty(), "it hears that a copy was put back");
        }
        let closed = self.put_back_arrived(peer, &put_back);
        // That the peer is told is put down before it is, once for each alert.
        for (who, at) in &pending {
            let alert = &mut self.m.of(*who).alerts[*at];
            if !std::mem::replace(&mut alert.begun, true) {
                self.m.event(*who, "alert-sent", THERE, "alert");
                self.touched.insert(*who);
            }
        }
        self.arrived_there(peer, &pending, arrived, plan);
        pending.into_iter().map(|(who, _)| who).chain(closed).collect()
    }

    fn arrived_there(
        &mut self,
        peer: &mut Peer,
        pending: &[(Who, usize)],
        arrived: Vec<Arrived>,
        plan: Plan,
    ) {
        let unconfirmed = arrived
            .last()
            .filter(|_| plan.answer_lost)
            .map(|(one, _)| one.alert);
        let mut got = BTreeSet::new();
        for (message, _) in &arrived {
            let of = |(who, at): &&(Who, usize)| self.of(*who).alerts[*at].id == Some(message.alert);
            let (who, at) = *pending.iter().find(of).expect("a message about nothing new");
            let alert = &self.of(who).alerts[at];
            let open = alert.open.then(|| content(who, &alert.says));
            assert_eq!(message.open, open, "what the peer is told about {who}");
            peer.take(message, (who, &alert.says));
            got.insert((who, at));
            let ended = message.open.is_none();
            self.did(if ended {
                "alerts closed at the peer"
            } else {
                "alerts told to the peer"
            });
        }
        if plan.is_whole() {
            let all: BTreeSet<_> = pending.iter().copied().collect();
            assert_eq!(got, all, "all that waited is told");
        }
        for (who, at) in got {
            let alert = &mut self.m.of(who).alerts[at];
            if alert.id != unconfirmed {
                alert.confirmed = alert.changes;
            }
            self.touched.insert(who);
        }
    }
}
