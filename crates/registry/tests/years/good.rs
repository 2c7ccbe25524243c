//! What speaks for somebody: commendations that they want published, one yes at a time, and pledges.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::{RecordKind, RecordStatus, procedure::Speaker};
use registry::{GoodRecord, PledgeError, PublicationError};
use testkit::{made_up, wait};

use crate::{
    back::Back,
    model::{Person, Record, Who},
    run::Run,
};

/// Pledges of the profile that a lawyer may make.
const PLEDGES: [&str; 3] = ["lawful-practice", "fees-in-writing", "free-consultation"];

fn is_commendation(one: &Record) -> bool {
    one.kind == RecordKind::Commendation
}

/// Why a commendation is not published, whoever wants it.
fn why_not(person: &Person, record: usize, today: Date) -> Option<&'static str> {
    match () {
        () if !person.known => Some("unknown"),
        () if person.status(record, today) != RecordStatus::InForce => Some("not standing"),
        () if person.is_disputed(record) || person.is_withheld(record, today) => Some("disputed"),
        () => None,
    }
}

/// The commendations of somebody that everybody may see: each as it stood when they said yes to it.
fn published(person: &Person, today: Date) -> Vec<usize> {
    let holds = |(record, versions): (&usize, &usize)| {
        let same = person.records[*record].versions.len() == *versions;
        (same && why_not(person, *record, today).is_none()).then_some(*record)
    };
    person.yeses.iter().filter_map(holds).collect()
}

impl Run {
    pub(crate) fn decide_publication(&mut self) {
        let Some(who) = self.who_has(|person| person.records.iter().any(is_commendation)) else {
            return;
        };
        self.bind(who);
        let bound = |one: &Record| is_commendation(one) && one.id.is_some();
        let commendations = self.records_where(who, bound);
        if commendations.is_empty() {
            return;
        }
        let record = self.pick(&commendations);
        if self.one_in(3) {
            self.take_yes_back(who, record);
        } else {
            self.say_yes(who, record);
        }
    }

    fn say_yes(&mut self, who: Who, record: usize) {
        let (person, id, today) = (self.id(who), self.record_id(who, record), self.today());
        let outcome = self.call(|registry| wait(registry.give_publication(person, id, Speaker::Person)));
        let refused = match outcome {
            Ok(()) => None,
            Err(PublicationError::NoSuchCommendation) => Some("unknown"),
            Err(PublicationError::NotStanding) => Some("not standing"),
            Err(PublicationError::Disputed) => Some("disputed"),
            Err(error) => panic!("{who}: {error}"),
        };
        assert_eq!(refused, why_not(self.of(who), record, today), "a yes of {who}");
        let versions = self.record(who, record).versions.len();
        // Said again it changes nothing.
        if refused.is_some() || self.of(who).yeses.get(&record) == Some(&versions) {
            return;
        }
        self.m.of(who).yeses.insert(record, versions);
        self.m.event(who, "publication-given", "self", "");
        self.did("commendations published");
    }

    fn take_yes_back(&mut self, who: Who, record: usize) {
        let (person, id) = (self.id(who), self.record_id(who, record));
        let outcome =
            self.call_back(|registry| wait(registry.withdraw_publication(person, id, Speaker::Person)));
        let actor = outcome.map_or("installation", |done| done.map(|()| "self").unwrap());
        if self.of(who).yeses.contains_key(&record) {
            self.took_back(who, Back::Yes(id), actor);
            self.did("yeses taken back");
        }
        // Gone at once, not only at the end of the day.
        self.check_published();
    }

    pub(crate) fn pledge(&mut self) {
        let pledged = self
            .one_in(2)
            .then(|| self.who_has(|person| !person.pledges.is_empty()));
        let who = pledged.flatten().unwrap_or_else(|| self.somebody());
        let (person, word) = (self.id(who), self.pick(&PLEDGES));
        self.touched.insert(who);
        let made = self.of(who).pledges.get(word).copied();
        if let Some(pledge) = made.filter(|_| self.one_in(2)) {
            let outcome = self.call_back(|registry| wait(registry.end_pledge(person, pledge)));
            let actor = outcome.map_or("installation", |done| done.map(|()| "self").unwrap());
            self.took_back(who, Back::Pledge(word, pledge), actor);
            self.did("pledges ended");
            return;
        }
        let outcome = self.call(|registry| wait(registry.make_pledge(person, "lawyer", word)));
        let practises = self.of(who).known && !self.of(who).licences("lawyer").is_empty();
        match outcome {
            Err(PledgeError::NotPractising) => assert!(!practises, "{who}"),
            Err(PledgeError::Made) => assert!(practises && made.is_some(), "{who}"),
            outcome => {
                let pledge = outcome.unwrap();
                assert!(practises && made.is_none(), "{who}");
                self.m.of(who).pledges.insert(word, pledge);
                self.m.event(who, "pledge-made", "self", word);
                self.did("pledges made");
            }
        }
    }

    /// Everybody sees the commendations that their people said yes to, as they stood then, and no others.
    pub(crate) fn check_published(&self) {
        let today = self.today();
        let mut seen: BTreeMap<(String, Option<Date>), u32> = BTreeMap::new();
        for number in 1.. {
            let page = wait(self.registry().published_commendations(number)).unwrap();
            for one in page.commendations {
                *seen.entry((one.name, one.granted_on)).or_default() += 1;
            }
            if !page.more {
                break;
            }
        }
        let mut expected: BTreeMap<(String, Option<Date>), u32> = BTreeMap::new();
        for (who, person) in (0..).zip(&self.m.people) {
            for record in published(person, today) {
                let granted_on = Some(person.records[record].said().from);
                *expected.entry((made_up(who).name, granted_on)).or_default() += 1;
            }
        }
        assert_eq!(seen, expected, "what everybody sees on {today}");
    }

    /// What somebody reads of their own good record.
    pub(crate) fn check_good_record(&self, who: Who, seen: &GoodRecord) {
        let (today, person) = (self.today(), self.of(who));
        let pledges: BTreeMap<_, _> = seen
            .pledges
            .iter()
            .map(|one| (one.word.as_str(), one.pledge))
            .collect();
        let expected: BTreeMap<_, _> = person.pledges.iter().map(|(word, id)| (*word, *id)).collect();
        assert_eq!(pledges, expected, "pledges of {who}");
        self.check_own_proposals(who, &seen.proposals);
        assert_eq!(seen.publications.len(), person.yeses.len(), "yeses of {who}");
        let shows = seen.publications.iter().filter(|one| one.published).count();
        assert_eq!(
            shows,
            published(person, today).len(),
            "what is published of {who}"
        );
    }
}
