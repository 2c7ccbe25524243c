//! A second installation of the program that is a peer for lawyers: each tells the other of what the law bureau there
//! decided. Messages are cut, repeated and lose their answers; either side is killed while they go; the peer is away
//! for days. What each holds follows from what arrived, and nothing that arrives twice has an effect twice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, civil::Date};
use model::{AlertId, Clock as _, RecordKind};
use registry::{AlertError, AlertMessage, AlertView, NewPeer, NoticeKind, Registry};
use testkit::{Engine, Installation, gansu, made_up, prove_log, wait};

use crate::{
    alert::{Alert, Became, Held, Says, take},
    calendar::{ALERT_DAYS, after_days},
    crash::killed,
    filing::{lines, new_record, row},
    model::{Penalty, Person, Record, Said, Who},
    run::{EDUCATION, LAW, Run, day_of},
    wire::{Arrived, Plan, Wire, content},
};

pub(crate) const HERE: &str = "first";
pub(crate) const THERE: &str = "there";
/// How many lawyers the peer has, who are those here to whom most happens.
const LAWYERS: Who = 30;
/// How many messages go at once: so many are begun before it shows that the peer is away.
const AT_ONCE: usize = 16;
/// For how long a side that was killed leaves alone what it was about to tell.
const LEASE_MINUTES: i64 = 15;

/// A decision of the peer's, with its alert.
struct Theirs {
    who: Who,
    record: Record,
    said: Said,
    alert: Alert,
}

/// The other instance, and what should be there.
pub(crate) struct Peer {
    there: Option<Installation>,
    theirs: Vec<Theirs>,
    /// Our alerts there.
    held: BTreeMap<AlertId, Held>,
    /// How often somebody was told there that an alert was sent and closed.
    told: BTreeMap<Who, (usize, usize)>,
    /// Days that it is still away.
    away: u32,
    /// Its alerts that an older copy here does not hold as they were told.
    strayed: BTreeSet<AlertId>,
}

/// Registers two installations with one another for lawyers.
pub(crate) fn befriend(here: &Registry, there: &Registry) {
    let new = |id: &str, of: &Registry| NewPeer {
        peer: id.to_owned(),
        url: format!("https://{id}.example"),
        public_key: of.peer_key().unwrap().public_key,
        professions: ["lawyer".to_owned()].into(),
        sends: true,
        takes: true,
    };
    here.add_peer(new(THERE, there)).unwrap();
    there.add_peer(new(HERE, here)).unwrap();
}

impl Peer {
    fn new(now: Timestamp) -> Self {
        let there = Installation::in_memory(Engine::Sqlite, gansu());
        there.clock.set(now);
        Self {
            there: Some(there),
            theirs: Vec::new(),
            held: BTreeMap::new(),
            told: BTreeMap::new(),
            away: 0,
            strayed: BTreeSet::new(),
        }
    }

    pub(crate) fn set_clock(&self, now: Timestamp) {
        self.there().clock.set(now);
    }

    fn there(&self) -> &Installation {
        self.there.as_ref().unwrap()
    }

    fn file(&self, kind: RecordKind, rows: &[serde_json::Value]) {
        let done = self.there().submit(LAW, kind, "rows.jsonl", lines(rows)).unwrap();
        assert_eq!(done.counts.rejected, 0, "{:?}", self.there().outcomes(LAW, &done));
    }

    /// Its own daily work.
    fn work(&mut self) {
        self.there().registry.do_what_is_due().unwrap();
        let today = day_of(self.there().clock.now());
        for one in &mut self.theirs {
            if one.alert.open && one.alert.says.is_over(today) {
                one.alert.close();
            }
        }
        for one in self.held.values_mut() {
            if one.open && one.says.is_over(today) {
                one.open = false;
                self.told.entry(one.who).or_default().1 += 1;
            }
        }
    }

    /// A message of ours came to it.
    fn take(&mut self, message: &AlertMessage, about: (Who, &Says)) {
        let today = day_of(self.there().clock.now());
        let told = self.told.entry(about.0).or_default();
        match take(&mut self.held, message, about, today) {
            Became::Opened => told.0 += 1,
            Became::Closed => told.1 += 1,
            Became::Same => {}
        }
    }

    /// It holds what it was told, and told each of those people once.
    fn check(&self, people: &BTreeSet<Who>) {
        let registry = &self.there().registry;
        let inbox = wait(registry.alerts_for(LAW)).unwrap();
        let mut found: Vec<_> = inbox
            .iter()
            .map(|one| {
                (
                    one.effect.as_str(),
                    one.starts_on,
                    one.ends_on,
                    (one.disputed, one.withheld),
                )
            })
            .collect();
        let open = self.held.values().filter(|one| one.open);
        let mut expected: Vec<_> = open
            .map(|one| {
                let (says, marks) = (&one.says, (one.says.disputed, one.says.withheld));
                (says.effect, Some(says.from), says.to, marks)
            })
            .collect();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "what the peer holds");
        for who in people {
            let person = registry.keys().person(&made_up(*who).number);
            let notices = wait(registry.notices(person)).unwrap();
            let count = |kind| notices.iter().filter(|one| one.kind == kind).count();
            let told = self.told.get(who).copied().unwrap_or_default();
            // Of alerts of its own the person hears too.
            let own = self.theirs.iter().filter(|one| one.who == *who);
            let own = own.fold((0, 0), |(sent, closed), one| {
                (sent + 1, closed + usize::from(!one.alert.open))
            });
            let kinds = [
                NoticeKind::AlertArrived,
                NoticeKind::AlertSent,
                NoticeKind::AlertClosed,
            ];
            assert_eq!(
                kinds.map(count),
                [told.0, own.0, told.1 + own.1],
                "what {who} was told there, each once"
            );
        }
    }
}

impl Run {
    /// The peer comes to be, after the first alerts went to those who license the same profession here.
    pub(crate) fn befriend(&mut self) {
        let peer = Peer::new(self.now());
        befriend(self.registry(), &peer.there().registry);
        let licence = |who| {
            let said = Said {
                from: "2018-03-01".parse().unwrap(),
                to: Some("2040-03-01".parse().unwrap()),
                penalty: None,
                restricted: None,
                text: 0,
            };
            row(
                who,
                &new_record(RecordKind::Licence, format!("甘许〔2018〕{who:07}号")),
                &said,
                false,
            )
        };
        let rows: Vec<_> = (1..=LAWYERS).map(licence).collect();
        peer.file(RecordKind::Licence, &rows);
        self.m.has_peer = true;
        self.peer = Some(peer);
        // It is told of what stands.
        self.work();
        let today = self.today();
        let mut stood = Vec::new();
        for (who, person) in self.m.people.iter_mut().enumerate() {
            for alert in &mut person.alerts {
                if alert.open && alert.to_peer.is_none() {
                    alert.to_peer = Some(today);
                    stood.push((who as Who, person.records[alert.record].id.unwrap()));
                }
            }
        }
        for (who, record) in &stood {
            self.touched.insert(*who);
            self.m.notice(*who, "alert-receiver-added", &record.to_string());
        }
        if !stood.is_empty() {
            self.did("alerts that stood before the peer");
        }
    }

    /// Messages of a day, to and fro.
    pub(crate) fn exchange(&mut self) {
        let Some(mut peer) = self.peer.take() else { return };
        self.learn_ids();
        peer.away = match peer.away {
            0 if self.one_in(25) => 1 + self.draw(6) as u32,
            days => days.saturating_sub(1),
        };
        // More than are begun at once would have to be told apart.
        if self.pending().len() > AT_ONCE {
            peer.away = 0;
        }
        if peer.away > 0 {
            self.did("days on which the peer was away");
            self.tell(&mut peer, Plan::AWAY);
        } else {
            peer.work();
            if self.one_in(3) {
                self.they_decide(&mut peer);
            }
            let plan = self.draw_plan(self.pending().len());
            let people = self.tell(&mut peer, plan);
            peer.check(&people);
            let plan = self.draw_plan(pending_of(&peer).len());
            self.hear(&mut peer, plan);
            self.check_peer(&peer);
        }
        self.peer = Some(peer);
        if self.one_in(4) {
            self.open_alert();
        }
    }

    fn draw_plan(&mut self, pending: usize) -> Plan {
        let mut plan = Plan::default();
        if pending == 0 || pending > AT_ONCE {
            return plan;
        }
        match self.draw(12) {
            0 => plan.cut_after = Some(self.draw(pending as u64) as u32),
            1 => (plan.cut_after, plan.answer_lost) = (Some(self.draw(pending as u64) as u32), true),
            2 => plan.sender_killed_after = Some(self.draw(6) as i64),
            3 => plan.receiver_killed_after = Some(self.draw(3) as i64),
            4 | 5 => plan.twice = true,
            _ => {}
        }
        plan
    }

    /// Our alerts of which the peer is to be told something: whose, and their places. Of what is withheld it hears only
    /// where it knows of it.
    fn pending(&self) -> Vec<(Who, usize)> {
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
    fn learn_ids(&mut self) {
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
    fn tell(&mut self, peer: &mut Peer, plan: Plan) -> BTreeSet<Who> {
        let pending = self.pending();
        let mut arrived = Vec::new();
        if let Some(after) = plan.sender_killed_after {
            let to = &peer.there().registry;
            self.kill(after, |here| {
                let wire = Wire::new(to, HERE, plan);
                drop(here.registry.deliver_alerts(&wire));
                arrived = wire.arrived.take();
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
            }));
            self.did("messages between peers cut by a kill");
        } else {
            let wire = Wire::new(&peer.there().registry, HERE, plan);
            let delivered = self.registry().deliver_alerts(&wire).unwrap();
            assert_eq!(
                delivered.failed > 0,
                plan.cut_after.is_some() && !pending.is_empty()
            );
            arrived.extend(wire.arrived.take());
        }
        // That the peer is told is put down before it is, once for each alert.
        for (who, at) in &pending {
            let alert = &mut self.m.of(*who).alerts[*at];
            if !std::mem::replace(&mut alert.begun, true) {
                self.m.event(*who, "alert-sent", THERE, "alert");
                self.touched.insert(*who);
            }
        }
        self.arrived_there(peer, &pending, arrived, plan);
        pending.into_iter().map(|(who, _)| who).collect()
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

    /// The law bureau there decides something, or puts it right.
    fn they_decide(&mut self, peer: &mut Peer) {
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
    fn hear(&mut self, peer: &mut Peer, plan: Plan) {
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

    /// Where nothing waits to be told, each side holds exactly what the other one says today.
    fn check_peer(&self, peer: &Peer) {
        let today = self.today();
        let all = (0..)
            .zip(&self.m.people)
            .flat_map(|(who, person): (Who, _)| person.alerts.iter().map(move |alert| (who, alert)));
        let own = all.map(|(who, alert)| {
            (
                who,
                alert,
                peer.held
                    .get(&alert.id.unwrap_or_else(|| AlertId::from_bytes([0; 16]))),
            )
        });
        let theirs = peer
            .theirs
            .iter()
            .map(|one| (one.who, &one.alert, self.m.incoming.get(&one.alert.id.unwrap())));
        for (who, alert, held) in own.chain(theirs) {
            let strayed = alert.id.is_some_and(|id| peer.strayed.contains(&id));
            if alert.to_peer.is_none() || alert.is_pending() || strayed {
                continue;
            }
            let open = alert.open && !alert.says.is_over(today);
            let held = held.filter(|one| one.open && !one.says.is_over(today));
            let says = held.map(|one| &one.says);
            assert_eq!(
                says,
                open.then_some(&alert.says),
                "an alert about {who} at the other side"
            );
        }
    }

    /// What somebody reads of the alerts about them: who was told, by which day it had to be, and who has confirmed.
    pub(crate) fn check_alerts(&self, who: Who, views: &[AlertView]) {
        let person = self.of(who);
        let incoming = self
            .m
            .incoming
            .values()
            .filter(|one| one.who == who && one.open)
            .count();
        let from_peer = views
            .iter()
            .filter(|one| one.item.peer.is_some() && one.closed_at.is_none());
        assert_eq!(from_peer.count(), incoming, "alerts about {who} from the peer");
        let own = views.iter().filter(|one| one.item.peer.is_none()).count();
        assert_eq!(own, person.alerts.len(), "alerts about {who}");
        for alert in person.alerts.iter().filter(|one| one.id.is_some()) {
            let view = views.iter().find(|one| Some(one.item.alert) == alert.id).unwrap();
            assert_eq!(view.closed_at.is_none(), alert.open, "an alert about {who}");
            let [here, there] = view.receivers.as_slice() else {
                panic!("an alert about {who} goes to one here and to the peer")
            };
            let due_on = |from: Date| Some(after_days(from, ALERT_DAYS));
            let to_peer = due_on(alert.to_peer.unwrap());
            assert_eq!(
                (here.receiver.as_str(), here.due_on),
                (EDUCATION, due_on(alert.opened_on))
            );
            assert_eq!((there.receiver.as_str(), there.due_on), (THERE, to_peer));
            let marks = (
                alert.open && person.is_disputed(alert.record),
                alert.open && person.is_withheld(alert.record, self.today()),
            );
            assert_eq!(
                (view.item.disputed, view.item.withheld),
                marks,
                "what an alert about {who} says of a dispute"
            );
            assert!(here.told_at.is_some());
            assert_eq!(
                here.closed_at.is_none(),
                alert.open,
                "an alert about {who} is closed here at once"
            );
            assert_eq!(
                there.told_at.is_some(),
                alert.confirmed > 0,
                "what the peer confirmed about {who}"
            );
            let closed = !alert.open && !alert.is_pending();
            assert_eq!(
                there.closed_at.is_some(),
                closed,
                "that the peer confirmed the end about {who}"
            );
        }
    }

    /// An authority opens an alert in its inbox, and whom it is about sees that.
    fn open_alert(&mut self) {
        let open = |alert: &Alert| alert.open && alert.id.is_some();
        let Some(who) = self.who_has(|person| person.alerts.iter().any(open)) else {
            return;
        };
        let alert = self.of(who).alerts.iter().find(|one| open(one)).unwrap().clone();
        let opened = self.call(|registry| wait(registry.open_alert(EDUCATION, alert.id.unwrap())));
        if self.of(who).is_withheld(alert.record, self.today()) {
            assert!(
                matches!(opened, Err(AlertError::Withheld)),
                "an alert about {who}"
            );
            return self.did("alerts withheld");
        }
        let opened = opened.unwrap();
        // From now on they are among those who hear what becomes of the record.
        let now = self.now();
        let given = (alert.record, EDUCATION.to_owned());
        let person = self.m.of(who);
        person.given_openly.insert(given.clone(), now);
        person.given.insert(given, now);
        assert_eq!(opened.content, content(who, &alert.says), "an alert about {who}");
        self.m.event(who, "alert-seen", EDUCATION, "alert");
        self.touched.insert(who);
        self.did("alerts opened");
    }

    /// Whatever had to be destroyed again as the database was opened, it may be an older copy: of all that is open the
    /// peer is told anew.
    pub(crate) fn told_anew(&mut self) {
        if self.registry().erased_again() == 0 {
            return;
        }
        let all = self.m.people.iter_mut().flat_map(|person| &mut person.alerts);
        for alert in all.filter(|alert| alert.to_peer.is_some() && alert.open) {
            alert.changes += 1;
        }
    }

    /// An older copy was put back here: what came from the peer since is lost, which the peer does not know.
    pub(crate) fn strayed(&mut self) {
        let Some(peer) = self.peer.as_mut() else { return };
        for one in &peer.theirs {
            let held = one.alert.id.and_then(|id| self.m.incoming.get(&id));
            let held = held.map(|held| (held.open, &held.says));
            if held != Some((one.alert.open, &one.alert.says)) {
                peer.strayed.extend(one.alert.id);
            }
        }
    }

    /// The peer's own log, whole.
    pub(crate) fn check_peer_log(&self) {
        if let Some(peer) = &self.peer {
            prove_log(&peer.there().registry);
        }
    }
}

/// The peer's alerts of which we are to be told something.
fn pending_of(peer: &Peer) -> Vec<usize> {
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
