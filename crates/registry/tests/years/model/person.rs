//! What should be of a person: what they hold, granted and were told, and how their records stand together.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use model::{
    CertificateId, ConsentId, EventId, MandateId, PersonId, PledgeId, ProposalId, RecordKind, RecordStatus,
    VersionKind, consent::Terms,
};

use super::{Penalty, Procedure, Record, Who};
use crate::{alert::Alert, attempts::Same, calendar::after_days, changing_values::CONSENT_DAYS};

#[derive(Debug, Clone)]
pub(crate) struct Consent {
    pub(crate) id: ConsentId,
    pub(crate) body: &'static str,
    pub(crate) asked_on: Date,
    pub(crate) asked: Terms,
    pub(crate) granted: Option<Terms>,
    pub(crate) refused: bool,
    pub(crate) paused: bool,
    pub(crate) revoked: bool,
    pub(crate) used: u32,
}

impl Consent {
    /// What was granted, as it holds today.
    pub(crate) fn granted(&self, today: Date) -> Option<Terms> {
        let until = |terms: &Terms| self.last_day(terms, today);
        let granted = self.granted.as_ref();
        granted.map(|terms| Terms {
            until: until(terms),
            ..terms.clone()
        })
    }

    /// The last day under these terms, which what the law allows today may make an earlier one.
    fn last_day(&self, terms: &Terms, today: Date) -> Date {
        let first = terms.from.min(self.asked_on);
        terms.until.min(after_days(first, CONSENT_DAYS.days(today) - 1))
    }

    pub(crate) fn standing(&self, today: Date) -> &'static str {
        let Some(terms) = self.granted(today) else {
            return match self.refused {
                true => "refused",
                false if self.last_day(&self.asked, today) < today => "lapsed",
                false => "asked",
            };
        };
        match () {
            () if self.revoked => "revoked",
            () if terms.until < today => "expired",
            () if self.used >= terms.looks => "used-up",
            () if self.paused => "paused",
            () if today < terms.from => "not-yet",
            () => "granted",
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Certificate {
    pub(crate) id: CertificateId,
    pub(crate) record: usize,
    pub(crate) text: String,
    pub(crate) expires_at: Timestamp,
    pub(crate) revoked: bool,
    pub(crate) revoke_on: Option<Date>,
}

/// An association's wish that somebody is commended.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    pub(crate) id: ProposalId,
    /// What makes its words out among others.
    pub(crate) text: u32,
    /// As it was last put down.
    pub(crate) standing: &'static str,
    /// The last day to answer, or on which the words of one that was declined are kept.
    pub(crate) kept_until: Option<Date>,
    /// The commendation, once it was taken up.
    pub(crate) record: Option<usize>,
    /// Its words are destroyed.
    pub(crate) wordless: bool,
}

impl Proposal {
    pub(crate) fn is_over(&self, today: Date) -> bool {
        self.kept_until.is_some_and(|day| day < today)
    }

    /// Whether somebody can answer it: the words of whoever is forgotten are gone, also where they are known again.
    pub(crate) fn waits(&self, today: Date) -> bool {
        self.standing(today) == "waits" && !self.wordless
    }

    /// How it stands, put down or not.
    pub(crate) fn standing(&self, today: Date) -> &'static str {
        match self.standing {
            "waits" if self.is_over(today) => "lapsed",
            standing => standing,
        }
    }
}

/// A look whose entry a law keeps from the person for some days.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) look: Option<EventId>,
    pub(crate) entry: Entry,
    pub(crate) shows_on: Date,
    /// The law lets it wait no longer.
    pub(crate) latest: Date,
    /// Whether the notice is still to be sent, on that day.
    pub(crate) to_be_told: bool,
    /// Of what came to nothing.
    pub(crate) attempt: Option<Same>,
    /// The records that it gave, and when.
    pub(crate) gave: (BTreeSet<usize>, Timestamp),
}

/// An e-mail that is to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    /// When it was written, in seconds.
    pub(crate) at: i64,
    pub(crate) next_at: i64,
    pub(crate) attempts: i64,
    pub(crate) leased: bool,
}

/// For how many seconds a letter is to leave before its person is forgotten.
const LETTER_FIRST: i64 = 12 * 60 * 60;

/// Kind, actor and purpose of an event.
pub(crate) type Entry = (String, String, String);

#[derive(Debug, Clone, Default)]
pub(crate) struct Person {
    pub(crate) id: Option<PersonId>,
    /// Whether name, number and key are held.
    pub(crate) known: bool,
    pub(crate) records: Vec<Record>,
    pub(crate) procedures: Vec<Procedure>,
    pub(crate) consents: Vec<Consent>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) alerts: Vec<Alert>,
    pub(crate) mandates: Vec<(MandateId, Who, Date)>,
    /// Which body was given which record, and when last.
    pub(crate) given: BTreeMap<(usize, String), Timestamp>,
    /// The same of what the person was told of.
    pub(crate) given_openly: BTreeMap<(usize, String), Timestamp>,
    /// Answered looks that the person may complain of: when, by whom, and which.
    pub(crate) looks: Vec<(Timestamp, String, EventId)>,
    /// Looks that came to nothing, of which they may complain: by whom, and which.
    pub(crate) fruitless: Vec<(String, EventId)>,
    /// Every look that was asked for, whatever came of it.
    pub(crate) asked_at: Vec<(Timestamp, String)>,
    /// What came to nothing, of which they were told.
    pub(crate) told_of: BTreeSet<Same>,
    pub(crate) events: BTreeMap<Entry, u32>,
    pub(crate) waiting: Vec<Waiting>,
    pub(crate) notices: BTreeMap<(String, String), u32>,
    /// Notices about this person's procedures to others: to whom, what, about which.
    pub(crate) told: BTreeMap<(String, String, String), u32>,
    pub(crate) address: bool,
    /// How many addresses were put on file.
    pub(crate) addresses: u32,
    pub(crate) mail: Vec<Mail>,
    /// Commendations that they want published, each with how many versions it had when they said so.
    pub(crate) yeses: BTreeMap<usize, usize>,
    /// Pledges that they made and did not end.
    pub(crate) pledges: BTreeMap<&'static str, PledgeId>,
    pub(crate) proposals: Vec<Proposal>,
    /// Which reviewers certified that which documents may come in again.
    pub(crate) certified: BTreeSet<(String, String)>,
    /// Documents that ended, how, and whether a reviewer certified that they are right.
    pub(crate) ended: BTreeMap<String, (usize, &'static str, bool)>,
}

impl Person {
    /// The status of one of their records, with what decisions do to a licence.
    pub(crate) fn status(&self, record: usize, today: Date) -> RecordStatus {
        let one = &self.records[record];
        let own = one.own_status(today);
        let lasting = matches!(
            own,
            RecordStatus::Pending | RecordStatus::InForce | RecordStatus::Expired
        );
        if one.kind != RecordKind::Licence || !lasting {
            return own;
        }
        let mut gravest = own;
        for decision in self.decisions_on(record) {
            let decision = &self.records[decision];
            if decision.latest() == VersionKind::Withdrawn || decision.said().from > today {
                continue;
            }
            let in_force = decision.own_status(today) == RecordStatus::InForce;
            match decision.said().penalty.unwrap() {
                // For good, whatever becomes of the decision, unless it never was valid.
                Penalty::Revocation => return RecordStatus::Revoked,
                Penalty::Prohibition if in_force && own == RecordStatus::InForce => {
                    gravest = RecordStatus::Prohibited;
                }
                Penalty::Suspension if in_force && gravest == RecordStatus::InForce => {
                    gravest = RecordStatus::Suspended;
                }
                _ => {}
            }
        }
        gravest
    }

    /// The decisions that reach a licence. Every decision here names the one number that a lawyer has.
    pub(crate) fn decisions_on(&self, licence: usize) -> Vec<usize> {
        let licence = &self.records[licence];
        let reached = licence.latest() != VersionKind::Withdrawn;
        let reaches = |one: &Record| {
            reached && one.kind == RecordKind::Decision && one.profession == licence.profession
        };
        (0..self.records.len())
            .filter(|index| reaches(&self.records[*index]))
            .collect()
    }

    pub(crate) fn licences(&self, profession: &str) -> Vec<usize> {
        let is = |one: &Record| {
            one.kind == RecordKind::Licence
                && one.profession == profession
                && one.latest() != VersionKind::Withdrawn
        };
        (0..self.records.len())
            .filter(|index| is(&self.records[*index]))
            .collect()
    }

    pub(crate) fn is_disputed(&self, record: usize) -> bool {
        let of = |one: &&Procedure| one.record == Some(record);
        self.procedures.iter().filter(of).any(Procedure::disputes)
    }

    pub(crate) fn is_withheld(&self, record: usize, today: Date) -> bool {
        let of = |one: &&Procedure| one.record == Some(record);
        self.procedures.iter().filter(of).any(|one| one.withholds(today))
    }

    pub(crate) fn statements(&self, record: usize) -> Vec<String> {
        let of = |one: &&Procedure| one.record == Some(record) && !one.forgotten;
        let said = self.procedures.iter().filter(of);
        said.filter_map(|one| one.statement.clone()).collect()
    }

    /// Whether a record's document is free again: it was never to be filed, which is told from a withdrawal.
    pub(super) fn was_taken_back(&self, one: &Record) -> bool {
        one.latest() == VersionKind::Withdrawn && one.versions.last().is_some_and(|last| last.file.is_some())
    }

    /// What others may be shown of a kind of record in a profession today.
    pub(crate) fn shown(&self, kinds: &[RecordKind], profession: &str, today: Date) -> BTreeSet<usize> {
        let shows = |index: &usize| {
            let one = &self.records[*index];
            let status = self.status(*index, today);
            let licence = one.kind == RecordKind::Licence
                && matches!(
                    status,
                    RecordStatus::Pending
                        | RecordStatus::Suspended
                        | RecordStatus::Prohibited
                        | RecordStatus::Revoked
                        | RecordStatus::Expired
                );
            kinds.contains(&one.kind)
                && one.profession == profession
                && (licence || status == RecordStatus::InForce)
                && !self.is_withheld(*index, today)
        };
        (0..self.records.len()).filter(shows).collect()
    }

    /// Whether nothing is held about them any more and nothing runs.
    pub(crate) fn is_bare(&self, now: Timestamp) -> bool {
        self.known
            && !self.records.is_empty()
            && self.records.iter().all(|one| one.erased)
            && !self
                .certificates
                .iter()
                .any(|one| !one.revoked && one.expires_at > now)
            && !self.procedures.iter().any(|one| !one.forgotten && one.waits())
            && !self.letter_first(now.as_second())
    }

    /// Whether a letter to them leaves first.
    pub(super) fn letter_first(&self, now: i64) -> bool {
        self.mail.iter().any(|mail| now - mail.at < LETTER_FIRST)
    }

    /// Whether they may sign in, are told and may complain.
    pub(crate) fn speaks(&self) -> bool {
        let told = ["alert-sent", "alert-arrived", "breach-reported"];
        let told = |(kind, _): &(String, String)| told.contains(&kind.as_str());
        self.known || !self.records.is_empty() || self.notices.keys().any(told)
    }
}
