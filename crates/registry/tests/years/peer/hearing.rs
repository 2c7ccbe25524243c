//! What the law bureau there decides, and what is heard of it here.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use model::{AlertId, RecordKind};
use registry::AlertMessage;
use testkit::{made_up, wait};

use super::{LAWYERS, LEASE_MINUTES, Peer, THERE, Theirs};
use crate::{
    alert::{Alert, Became, Says, take},
    calendar::after_days,
    crash::killed,
    filing::{new_record, row},
    model::{Penalty, Said, Who},
    run::{EDUCATION, LAW, Run},
    wire::{Arrived, Plan, Wire, content},
};

impl Run {
    /// The law bureau there decides something, or puts it right.
    pub(super) fn they_decide(&mut self, peer: &mut Peer) {
        let today = self.today();
        let in_force = |one: &Theirs| one.alert.open && !one.alert.says.is_over(today);
        let places: Vec<usize> = (0..peer.theirs.len())
            .filter(|at| in_force(&peer.theirs[*at]))
            .collect();
        if places.is_empty() || self.one_in(2) {
            let who = 1 + self.draw(u64::from(LAWYERS)) as Who;
            let penalty = self.pick(&[Penalty::Suspension, Penalty::Revocation, Penalty::Prohibition]);
            let said = Said {
                from: after_days(today, -(self.draw(60) as i64)),
                to: Some(after_days(today, 3 + self.draw(60) as i64)),
                penalty: Some(penalty),
                restricted: None,
                text: self.next_text(),
            };
            let record = new_record(RecordKind::Decision, format!("邻律罚〔2027〕{}号", said.text));
            peer.file(RecordKind::Decision, &[row(who, &record, &said, false)]);
            let alert = Alert::new(0, Says::of(&said).unwrap(), today, true);
            peer.theirs.push(Theirs {
                who,
                record,
                said,
                alert,
            });
            return;
        }
        let at = self.pick(&places);
        let softer = self.one_in(2);
        let longer = 1 + self.draw(20) as i64;
        let text = self.next_text();
        let one = &mut peer.theirs[at];
        one.said.text = text;
        one.said.to = one.said.to.map(|to| after_days(to, longer));
        if softer {
            one.said.penalty = Some(Penalty::Warning);
        }
        match Says::of(&one.said) {
            Some(says) => one.alert.revise(says),
            None => one.alert.close(),
        }
        let row = row(one.who, &one.record, &one.said, true);
        peer.file(RecordKind::Decision, &[row]);
    }

    /// Hears from the peer what it has to tell.
    pub(super) fn hear(&mut self, peer: &mut Peer, plan: Plan) {
        learn_their_ids(peer);
        let pending = pending_of(peer);
        let mut got = BTreeSet::new();
        let mut arrived = Vec::new();
        if let Some(after) = plan.sender_killed_after {
            let to = self.registry();
            let there = peer.there.take().unwrap();
            peer.there = Some(killed(there, after, |there| {
                let wire = Wire::new(to, THERE, plan);
                drop(there.registry.deliver_alerts(&wire));
                arrived = wire.arrived.take();
            }));
            // What came before the kill was told then.
            self.arrived_here(peer, &pending, std::mem::take(&mut arrived), &mut got);
            let later = self.now() + SignedDuration::from_mins(LEASE_MINUTES + 1);
            self.set_clock(later);
            peer.set_clock(later);
        }
        let from = &peer.there().registry;
        if let Some(after) = plan.receiver_killed_after {
            self.kill(after, |here| {
                let wire = Wire::new(&here.registry, THERE, plan);
                from.deliver_alerts(&wire).unwrap();
                arrived = wire.arrived.take();
            });
        } else {
            let wire = Wire::new(self.registry(), THERE, plan);
            from.deliver_alerts(&wire).unwrap();
            arrived = wire.arrived.take();
        }
        let unconfirmed = arrived
            .last()
            .filter(|_| plan.answer_lost)
            .map(|(one, _)| one.alert);
        self.arrived_here(peer, &pending, arrived, &mut got);
        assert!(
            !plan.is_whole() || got.len() == pending.len(),
            "all that waited there is told"
        );
        for at in pending {
            let alert = &mut peer.theirs[at].alert;
            alert.begun = true;
            if got.contains(&at) && alert.id != unconfirmed {
                alert.confirmed = alert.changes;
            }
        }
    }

    fn arrived_here(
        &mut self,
        peer: &mut Peer,
        pending: &[usize],
        arrived: Vec<Arrived>,
        got: &mut BTreeSet<usize>,
    ) {
        for (message, ids) in arrived {
            let of = |at: &&usize| peer.theirs[**at].alert.id == Some(message.alert);
            let at = *pending.iter().find(of).expect("a message about nothing new");
            let one = &peer.theirs[at];
            let open = one.alert.open.then(|| content(one.who, &one.alert.says));
            assert_eq!(message.open, open, "what the peer tells about {}", one.who);
            self.taken_here((one.who, &one.alert.says), &message, &ids);
            peer.strayed.remove(&message.alert);
            got.insert(at);
        }
    }

    fn taken_here(&mut self, about: (Who, &Says), message: &AlertMessage, ids: &BTreeSet<AlertId>) {
        let (who, today) = (about.0, self.today());
        self.touched.insert(who);
        let before = self.m.incoming.get(&message.alert).and_then(|one| one.id);
        match take(&mut self.m.incoming, message, about, today) {
            Became::Same => {}
            Became::Closed => self.incoming_closed(who, before.unwrap()),
            Became::Opened => {
                let new = ids.difference(&self.m.incoming_ids).next();
                let id = *new.expect("an alert that came to be");
                self.m.incoming_ids.insert(id);
                self.m.incoming.get_mut(&message.alert).unwrap().id = Some(id);
                self.m.notice(who, "alert-arrived", &id.to_string());
                for authority in [LAW, EDUCATION] {
                    self.m.event(who, "alert-sent", authority, "alert");
                }
                self.did("alerts from the peer");
            }
        }
    }

    fn incoming_closed(&mut self, who: Who, id: AlertId) {
        self.touched.insert(who);
        self.m.notice(who, "alert-closed", &id.to_string());
        self.did("alerts from the peer that ended");
    }

    /// What came from the peer ends here on its day, whether or not the peer says so.
    pub(crate) fn end_incoming_by_day(&mut self) {
        let today = self.today();
        let mut over = Vec::new();
        for one in self.m.incoming.values_mut() {
            if one.open && one.says.is_over(today) {
                one.open = false;
                over.push((one.who, one.id.unwrap()));
            }
        }
        for (who, id) in over {
            self.incoming_closed(who, id);
        }
    }
}

/// The peer's alerts of which we are to be told something.
pub(super) fn pending_of(peer: &Peer) -> Vec<usize> {
    (0..peer.theirs.len())
        .filter(|at| peer.theirs[*at].alert.is_pending())
        .collect()
}

fn learn_their_ids(peer: &mut Peer) {
    let new: Vec<usize> = (0..peer.theirs.len())
        .filter(|at| peer.theirs[*at].alert.id.is_none())
        .collect();
    for at in new {
        let one = &peer.theirs[at];
        let registry = &peer.there().registry;
        let person = registry.keys().person(&made_up(one.who).number);
        let known: BTreeSet<AlertId> = peer.theirs.iter().filter_map(|one| one.alert.id).collect();
        let views = wait(registry.alerts_about(person)).unwrap();
        let mut views = views
            .into_iter()
            .filter(|view| view.item.peer.is_none() && !known.contains(&view.item.alert));
        peer.theirs[at].alert.id = Some(views.next().unwrap().item.alert);
    }
}
