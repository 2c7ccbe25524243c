//! A second installation of the program that is a peer for lawyers: each tells the other of what the law bureau there
//! decided. Messages are cut, repeated and lose their answers; either side is killed while they go; the peer is away
//! for days. What each holds follows from what arrived, and nothing that arrives twice has an effect twice.

mod hearing;
mod held;
mod put_back;
mod telling;

use std::collections::{BTreeMap, BTreeSet};

use hearing::pending_of;
use jiff::Timestamp;
use model::{AlertId, Clock as _, RecordKind};
use registry::{AlertError, AlertMessage, NewPeer, Registry};
use testkit::{Engine, Installation, gansu, wait};

use crate::{
    alert::{Alert, Became, Held, Says, take},
    filing::{lines, new_record, row},
    model::{Person, Record, Said, Who},
    run::{EDUCATION, LAW, Run, day_of},
    wire::{Plan, content},
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
    /// Whether it is to hear that an older copy goes on as the installation here.
    put_back: bool,
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
            put_back: false,
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

    /// An authority opens an alert in its inbox, and whom it is about sees that. One whose record is kept back for now
    /// is not shown.
    fn open_alert(&mut self) {
        let today = self.today();
        let kept_back = self.one_in(2);
        let wanted = |person: &Person| {
            let mut open = person.alerts.iter().filter(|one| one.open && one.id.is_some());
            open.find(|one| !kept_back || person.is_withheld(one.record, today))
                .cloned()
        };
        let Some(who) = self.who_has(|person| wanted(person).is_some()) else {
            return;
        };
        let alert = wanted(self.of(who)).unwrap();
        let opened = self.call(|registry| wait(registry.open_alert(EDUCATION, alert.id.unwrap())));
        if self.of(who).is_withheld(alert.record, today) {
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
        if self.registry().erased_again() > 0 {
            self.tell_open_anew();
        }
    }

    fn tell_open_anew(&mut self) {
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
}
