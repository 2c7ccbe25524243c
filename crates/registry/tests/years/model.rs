//! What should be: people, what was filed about them and how it ended, what they said, who was told. It knows nothing of
//! the registry's code, keys or tables; it keeps the promises in plain words and numbers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use model::{
    AlertId, CertificateId, ConsentId, EventId, MandateId, PersonId, PledgeId, ProcedureId, ProposalId,
    RecordId, RecordKind, RecordStatus, SubmissionId, VersionKind, consent::Terms,
};

use registry::Cause;

use crate::{
    alert::{Alert, Held, Says},
    attempts::Same,
    breaches::Breach,
    calendar::{TAKE_BACK_HOURS, after_days, after_months},
    changing_values::{CONSENT_DAYS, WARNING_MONTHS},
};

/// The number of a made-up person.
pub(crate) type Who = u32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Penalty {
    Warning,
    Fine,
    Suspension,
    Revocation,
    Prohibition,
}

impl Penalty {
    pub(crate) const ALL: [Self; 5] = [
        Self::Warning,
        Self::Fine,
        Self::Suspension,
        Self::Revocation,
        Self::Prohibition,
    ];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Warning => "警告",
            Self::Fine => "罚款",
            Self::Suspension => "暂扣许可证件",
            Self::Revocation => "吊销许可证件",
            Self::Prohibition => "限制从业",
        }
    }

    /// For how many months it is shown at most, where it takes effect on this day. None: while it lasts.
    fn shown_months(self, from: Date) -> Option<i32> {
        match self {
            Self::Warning => Some(WARNING_MONTHS.on(from) as i32),
            Self::Fine => Some(12),
            Self::Suspension | Self::Revocation => Some(36),
            Self::Prohibition => None,
        }
    }

    /// After how many months its restoration may be applied for.
    const fn least_months(self) -> i32 {
        match self {
            Self::Warning | Self::Prohibition => 0,
            Self::Fine => 3,
            Self::Suspension | Self::Revocation => 12,
        }
    }
}

/// What a version says, as far as it matters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    pub(crate) from: Date,
    /// As filed.
    pub(crate) to: Option<Date>,
    pub(crate) penalty: Option<Penalty>,
    pub(crate) text: u32,
}

impl Said {
    /// The last day on which it is kept.
    pub(crate) fn kept_until(&self, kind: RecordKind) -> Date {
        match kind {
            RecordKind::Licence => after_months(self.to.unwrap(), 60),
            RecordKind::Decision => {
                let kept = after_months(self.from, 60);
                match self.penalty {
                    Some(Penalty::Prohibition) => kept.max(self.to.unwrap()),
                    _ => kept,
                }
            }
            RecordKind::Training | RecordKind::Commendation => after_months(self.from, 120),
        }
    }

    /// The last day on which it is shown to others.
    pub(crate) fn shown_until(&self, kind: RecordKind) -> Option<Date> {
        let Some(penalty) = self.penalty else {
            return self.to;
        };
        let longest = penalty
            .shown_months(self.from)
            .map(|months| after_months(self.from, months));
        let filed = self.to.unwrap();
        let shown = longest.map_or(filed, |longest| longest.min(filed));
        Some(shown.min(self.kept_until(kind)))
    }

    pub(crate) fn restorable_from(&self) -> Date {
        after_months(self.from, self.penalty.unwrap().least_months())
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) change: VersionKind,
    /// None: the version says nothing new.
    pub(crate) said: Option<Said>,
    pub(crate) at: Timestamp,
    /// The file that it came in, where that is one that may be taken back whole.
    pub(crate) file: Option<SubmissionId>,
}

#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// Learnt from the registry the first time that somebody reads it.
    pub(crate) id: Option<RecordId>,
    pub(crate) kind: RecordKind,
    pub(crate) authority: &'static str,
    pub(crate) profession: &'static str,
    /// Its document's number, or a training's course.
    pub(crate) document: String,
    pub(crate) versions: Vec<Version>,
    pub(crate) erased: bool,
}

impl Record {
    pub(crate) fn add(&mut self, version: Version) {
        self.versions.push(version);
    }

    /// The last day on which it is kept: a decision as its latest version says, anything else as long as any of them asks
    /// for, and as long as the latest could still be taken back.
    pub(crate) fn kept_until(&self) -> Date {
        let mut asked = self
            .versions
            .iter()
            .filter_map(|one| one.said.as_ref())
            .map(|said| said.kept_until(self.kind));
        let asked = match self.kind {
            RecordKind::Decision => asked.next_back(),
            RecordKind::Licence | RecordKind::Training | RecordKind::Commendation => asked.max(),
        };
        let window = jiff::SignedDuration::from_hours(TAKE_BACK_HOURS);
        let filed_at = self.versions.iter().map(|one| one.at).max().unwrap();
        asked.unwrap().max(crate::run::day_of(filed_at + window))
    }

    pub(crate) fn said(&self) -> &Said {
        let said = self.versions.iter().rev().find_map(|one| one.said.as_ref());
        said.unwrap()
    }

    pub(crate) fn latest(&self) -> VersionKind {
        self.versions.last().unwrap().change
    }

    /// Neither withdrawn nor restored.
    pub(crate) fn stands(&self) -> bool {
        matches!(self.latest(), VersionKind::Filed | VersionKind::Corrected)
    }

    /// What its own days give it.
    pub(crate) fn own_status(&self, today: Date) -> RecordStatus {
        let said = self.said();
        if self.erased || self.kept_until() < today {
            return RecordStatus::Erased;
        }
        match self.latest() {
            VersionKind::Withdrawn => RecordStatus::Withdrawn,
            VersionKind::Restored => RecordStatus::Restored,
            _ if today < said.from => RecordStatus::Pending,
            _ if said.shown_until(self.kind).is_some_and(|day| day < today) => RecordStatus::Expired,
            _ => RecordStatus::InForce,
        }
    }

    /// Whether it is to be destroyed.
    pub(crate) fn is_due(&self, today: Date) -> bool {
        !self.erased && self.kept_until() < today
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Correct,
    Withdraw,
    Improper,
}

/// What a court decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judgment {
    pub(crate) reference: String,
    pub(crate) decided_on: Date,
    pub(crate) order: Order,
}

/// A procedure, whatever its kind.
#[derive(Debug, Clone)]
pub(crate) struct Procedure {
    pub(crate) id: ProcedureId,
    pub(crate) kind: &'static str,
    /// As it was last put down.
    pub(crate) status: &'static str,
    /// Which of the person's records it is about.
    pub(crate) record: Option<usize>,
    pub(crate) look: Option<EventId>,
    pub(crate) authority: Option<String>,
    /// The representative's mandate, where one speaks.
    pub(crate) mandate: Option<MandateId>,
    /// The day that brings the next step by itself once it is over.
    pub(crate) due: Option<Date>,
    /// The day on which an answer is or would have been in time.
    pub(crate) shown_due: Option<Date>,
    /// An application's second day.
    pub(crate) answer_by: Option<Date>,
    pub(crate) waits_for: Option<String>,
    pub(crate) order: Option<Order>,
    /// What a court decided in it, the last that was put down.
    pub(crate) judgment: Option<Judgment>,
    /// Whether it is about what a court decided and nothing else, so that no reviewer orders anything.
    pub(crate) of_court: bool,
    pub(crate) reviewer: Option<String>,
    /// Reviewers who did a step in it.
    pub(crate) took_part: BTreeSet<String>,
    pub(crate) statement: Option<String>,
    pub(crate) reconsidered: bool,
    /// What was put to it.
    pub(crate) files: Vec<Vec<u8>>,
    /// Bodies that have to stop using the record, and whether they confirmed.
    pub(crate) confirms: BTreeMap<String, bool>,
    /// What was said in it is destroyed.
    pub(crate) forgotten: bool,
    /// It was opened by somebody without a key.
    pub(crate) alone: bool,
    /// When its last step was done.
    pub(crate) changed: Timestamp,
}

impl Procedure {
    pub(crate) fn waits(&self) -> bool {
        self.waits_for.is_some()
    }

    /// Whether what a court decided is yet to be followed.
    pub(crate) fn is_to_be_followed(&self) -> bool {
        matches!(self.status, "outside-decision" | "follow-overdue") && self.waits()
    }

    /// The bodies that have not confirmed that they stopped using a decision.
    pub(crate) fn unconfirmed(&self) -> impl Iterator<Item = &str> {
        let waiting = self.confirms.iter().filter(|(_, confirmed)| !**confirmed);
        waiting.map(|(body, _)| body.as_str())
    }

    /// Whether its record shows as disputed.
    pub(crate) fn disputes(&self) -> bool {
        match self.kind {
            "dispute" => matches!(self.status, "open" | "overdue"),
            "reconsideration" => self.record.is_some() && self.waits(),
            _ => false,
        }
    }

    /// Whether its record is shown to nobody: whoever has to answer or to follow is late, put down or not.
    pub(crate) fn withholds(&self, today: Date) -> bool {
        let late = self.due.is_some_and(|day| day < today);
        match (self.kind, self.status) {
            ("dispute", "open") => late,
            ("dispute", "overdue") => true,
            ("reconsideration", "changed" | "outside-decision") => late,
            ("reconsideration", "change-overdue" | "follow-overdue") => true,
            // What a court decided about a record, nobody has put down yet.
            ("reconsideration", "open" | "assigned") if self.of_court => late,
            ("reconsideration", "overdue" | "assigned-overdue") if self.of_court => true,
            _ => false,
        }
    }
}

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

/// A file of several rows, which may be taken back whole.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub(crate) id: SubmissionId,
    pub(crate) kind: RecordKind,
    pub(crate) at: Timestamp,
    /// The rows that were taken in: their numbers, and the records.
    pub(crate) rows: Vec<(u64, Who, usize)>,
    pub(crate) taken_back: bool,
    /// Its rows that were taken back.
    pub(crate) undone: Vec<u64>,
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
    fn was_taken_back(&self, one: &Record) -> bool {
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
    fn letter_first(&self, now: i64) -> bool {
        self.mail.iter().any(|mail| now - mail.at < LETTER_FIRST)
    }

    /// Whether they may sign in, are told and may complain.
    pub(crate) fn speaks(&self) -> bool {
        let told = ["alert-sent", "alert-arrived", "breach-reported"];
        let told = |(kind, _): &(String, String)| told.contains(&kind.as_str());
        self.known || !self.records.is_empty() || self.notices.keys().any(told)
    }
}

/// What was destroyed, in the order in which that was written apart.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Erased {
    Record(Who, RecordId),
    Person(Who),
    /// What was said in this procedure of theirs, which was kept alone.
    Procedure(Who, ProcedureId),
    /// The address that was put on file as this one of theirs, counted from 1.
    Email(Who, u32),
}

/// A look that reviewers have to look into for a cause that can be told beforehand.
#[derive(Debug, Clone)]
pub(crate) struct Review {
    pub(crate) who: Who,
    pub(crate) body: String,
    pub(crate) purpose: String,
    /// Of what came to nothing.
    pub(crate) same: Option<Same>,
    pub(crate) causes: BTreeSet<Cause>,
}

/// An account of a member of staff.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    /// Who it is, where they are registered with their own number.
    pub(crate) own: Option<Who>,
    pub(crate) ended: bool,
}

/// All that should be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    /// By number; nobody has the number 0.
    pub(crate) people: Vec<Person>,
    pub(crate) leaves: u64,
    /// In seconds after 1970.
    pub(crate) now: i64,
    /// Looks to be looked into, by the look.
    pub(crate) queue: BTreeMap<EventId, Review>,
    /// Which reviewer closed a look.
    pub(crate) looked_into: BTreeMap<EventId, BTreeSet<String>>,
    /// The accounts of the bodies' staff, by body and account.
    pub(crate) accounts: BTreeMap<(&'static str, String), Account>,
    /// Which account took a look.
    pub(crate) looked_by: BTreeMap<EventId, (&'static str, String)>,
    /// Who the reviewers are that are registered with their own number.
    pub(crate) reviewers: BTreeMap<&'static str, Who>,
    /// Steps of the oversight that a reviewer has yet to see.
    pub(crate) steps: u64,
    /// Looks and refusals of a member of staff, by body, account and day.
    pub(crate) asked: BTreeMap<(&'static str, String, Date), (u32, u32)>,
    /// What was refused to a member of staff for another reason than a ceiling, by body, account and day.
    pub(crate) attempts: BTreeMap<(&'static str, String, Date), u32>,
    pub(crate) stopped: BTreeSet<(&'static str, String)>,
    pub(crate) stopped_bodies: BTreeSet<&'static str>,
    /// Looks that were found improper, in which year, and whose they were.
    pub(crate) improper: BTreeMap<EventId, (i16, String)>,
    /// Breaches that were reported, the latest last.
    pub(crate) breaches: Vec<Breach>,
    /// Whether a peer is registered.
    pub(crate) has_peer: bool,
    /// Alerts from the peer, by their identifiers there.
    pub(crate) incoming: BTreeMap<AlertId, Held>,
    /// The identifiers here of all that ever came from the peer.
    pub(crate) incoming_ids: BTreeSet<AlertId>,
    /// Files of several rows, the latest last.
    pub(crate) batches: Vec<Batch>,
    /// The last day on which due records were destroyed by this process.
    pub(crate) erased_on: Option<Date>,
}

impl Model {
    pub(crate) fn accounts_of(&self, body: &str) -> impl Iterator<Item = (&str, &Account)> {
        let all = self.accounts.iter().filter(move |((of, _), _)| *of == body);
        all.map(|((_, account), one)| (account.as_str(), one))
    }

    pub(crate) fn is_stopped(&self, body: &'static str, account: &str) -> bool {
        self.stopped.contains(&(body, account.to_owned()))
    }

    /// A reviewer had a part in a look.
    pub(crate) fn looks_into(&mut self, look: EventId, reviewer: &str) {
        self.looked_into
            .entry(look)
            .or_default()
            .insert(reviewer.to_owned());
    }

    pub(crate) fn of(&mut self, who: Who) -> &mut Person {
        &mut self.people[who as usize]
    }

    /// An event of the person, which is a leaf.
    pub(crate) fn event(&mut self, who: Who, kind: &str, actor: &str, purpose: &str) {
        let entry = (kind.to_owned(), actor.to_owned(), purpose.to_owned());
        *self.of(who).events.entry(entry).or_default() += 1;
        self.leaves += 1;
    }

    /// A notice in the person's inbox, and an e-mail where there is an address and none waits.
    pub(crate) fn notice(&mut self, who: Who, kind: &str, subject: &str) {
        let (notice, now) = ((kind.to_owned(), subject.to_owned()), self.now);
        let person = self.of(who);
        *person.notices.entry(notice).or_default() += 1;
        if !person.address {
            return;
        }
        // A look's letter is known by the look.
        let look = subject.parse::<EventId>().ok().filter(|_| kind == "looked-at");
        let at = look.and_then(EventId::time).map_or(now, |at| at.as_second());
        let first = person.letter_first(now);
        if let Some(waits) = person.mail.iter_mut().find(|mail| !mail.leased) {
            if !first {
                waits.at = at;
            }
        } else {
            person.mail.push(Mail {
                at,
                next_at: now,
                attempts: 0,
                leased: false,
            });
        }
    }

    /// Tells somebody of what came to nothing, once a day of the same.
    pub(crate) fn tell_attempt(&mut self, who: Who, same: &Same, look: EventId) {
        if self.of(who).told_of.insert(same.clone()) {
            self.notice(who, same.kind, &look.to_string());
        }
    }

    /// Ends a person's certificates about these licences, today or on a later day.
    pub(crate) fn end_certificates(
        &mut self,
        who: Who,
        licences: &[usize],
        on: Date,
        why: &str,
        (today, now): (Date, Timestamp),
    ) {
        let mut ended = Vec::new();
        for one in &mut self.of(who).certificates {
            if one.revoked || one.expires_at <= now || !licences.contains(&one.record) {
                continue;
            }
            if on <= today {
                one.revoked = true;
                one.revoke_on = None;
                ended.push(one.id);
            } else {
                one.revoke_on = Some(one.revoke_on.map_or(on, |day| day.min(on)));
            }
        }
        for id in ended {
            self.revoked(who, id, why);
        }
    }

    pub(crate) fn revoked(&mut self, who: Who, id: CertificateId, why: &str) {
        let actor = if why == "holder" { "self" } else { "installation" };
        let notice = match why {
            "holder" => "revoked-by-holder",
            "decision" => "revoked-by-decision",
            "corrected" => "revoked-by-correction",
            _ => "revoked-by-withdrawal",
        };
        self.event(who, "certificate-revoked", actor, why);
        self.notice(who, notice, &id.to_string());
    }

    /// What a changed decision means for those who were alerted to it.
    pub(crate) fn alert(&mut self, who: Who, record: usize, others: &[&str], today: Date) {
        let to_peer = self.has_peer;
        let person = self.of(who);
        let one = &person.records[record];
        let status = one.own_status(today);
        let stands =
            one.stands() && person.known && matches!(status, RecordStatus::Pending | RecordStatus::InForce);
        let wanted = Says::of(one.said()).filter(|_| stands).map(|says| Says {
            disputed: person.is_disputed(record),
            withheld: person.is_withheld(record, today),
            ..says
        });
        let subject = one.id;
        let open = person
            .alerts
            .iter_mut()
            .find(|alert| alert.record == record && alert.open);
        match (open, wanted) {
            (Some(alert), Some(says)) => alert.revise(says),
            (Some(alert), None) => {
                alert.close();
                self.notice(who, "alert-closed", &subject.unwrap().to_string());
            }
            (None, Some(says)) => {
                let alert = Alert::new(record, says, today, to_peer);
                person.alerts.push(alert);
                self.notice(who, "alert-sent", &subject.unwrap().to_string());
                for other in others {
                    self.event(who, "alert-sent", other, "alert");
                }
            }
            (None, None) => {}
        }
    }

    /// Adds the version that ends a record, with all that follows from it.
    pub(crate) fn end(
        &mut self,
        who: Who,
        record: usize,
        change: VersionKind,
        others: &[&str],
        (today, now): (Date, Timestamp),
    ) {
        let person = self.of(who);
        let reached = match person.records[record].kind {
            // What was restored was in no certificate.
            _ if person.records[record].latest() == VersionKind::Restored => Vec::new(),
            RecordKind::Licence => vec![record],
            RecordKind::Decision => person.licences(person.records[record].profession),
            _ => Vec::new(),
        };
        let why = match person.records[record].kind {
            RecordKind::Licence => "withdrawn",
            _ => "corrected",
        };
        let one = &mut person.records[record];
        one.add(Version {
            change,
            said: None,
            at: now,
            file: None,
        });
        let how = if change == VersionKind::Restored {
            "restored"
        } else {
            "withdrawn"
        };
        let document = one.document.clone();
        person.ended.insert(document, (record, how, false));
        self.leaves += 1;
        self.end_certificates(who, &reached, today, why, (today, now));
        self.alert(who, record, others, today);
    }

    /// Destroys a record.
    pub(crate) fn erase(&mut self, who: Who, record: usize) {
        let person = self.of(who);
        person.records[record].erased = true;
        let document = person.records[record].document.clone();
        // One that came in again since is another record; one that had ended before did so as it is noted.
        let later = person
            .records
            .iter()
            .skip(record + 1)
            .any(|other| other.document == document && !person.was_taken_back(other));
        if !later {
            person.ended.entry(document).or_insert((record, "erased", false));
        }
        for procedure in person
            .procedures
            .iter_mut()
            .filter(|one| one.record == Some(record))
        {
            procedure.forgotten = true;
            (procedure.due, procedure.shown_due, procedure.waits_for) = (None, None, None);
        }
        person.yeses.remove(&record);
        for proposal in person
            .proposals
            .iter_mut()
            .filter(|one| one.record == Some(record))
        {
            proposal.wordless = true;
        }
        for certificate in person.certificates.iter_mut().filter(|one| one.record == record) {
            certificate.text.clear();
        }
        self.event(who, "erased", "installation", "");
    }

    /// Destroys what was said in a procedure that is kept alone.
    pub(crate) fn forget_procedure(&mut self, who: Who, id: ProcedureId) {
        for one in self.of(who).procedures.iter_mut().filter(|one| one.id == id) {
            one.forgotten = true;
            (one.due, one.shown_due, one.waits_for) = (None, None, None);
        }
        self.event(who, "procedure-erased", "installation", "");
    }

    /// Destroys somebody's name, number and key.
    pub(crate) fn forget(&mut self, who: Who) {
        let person = self.of(who);
        person.known = false;
        person.address = false;
        person.mail.clear();
        person.yeses.clear();
        person.pledges.clear();
        for proposal in &mut person.proposals {
            proposal.wordless = true;
        }
        for procedure in &mut person.procedures {
            procedure.forgotten = true;
            (procedure.due, procedure.shown_due, procedure.waits_for) = (None, None, None);
        }
        self.event(who, "identity-erased", "installation", "");
    }
}
