//! What should be: people, what was filed about them and how it ended, what they said, who was told. It knows nothing of
//! the registry's code, keys or tables; it keeps the promises in plain words and numbers.

mod person;
mod procedure;
mod record;

pub(crate) use person::{Certificate, Consent, Entry, Mail, Person, Proposal, Waiting};
pub(crate) use procedure::{Apart, Judgment, Order, Procedure};
pub(crate) use record::{Penalty, Record, Said, Version};

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use model::{
    AlertId, CertificateId, EventId, ProcedureId, RecordId, RecordKind, RecordStatus, SubmissionId,
    VersionKind,
};
use registry::Cause;

use crate::{
    alert::{Alert, Held, Says},
    attempts::Same,
    breaches::Breach,
};

/// The number of a made-up person.
pub(crate) type Who = u32;

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

/// A look that was found improper.
#[derive(Debug, Clone)]
pub(crate) struct Improper {
    pub(crate) year: i16,
    pub(crate) body: String,
    /// The procedure in which it was found. None: when it was looked into.
    pub(crate) of: Option<ProcedureId>,
    /// Whether it was found again since.
    pub(crate) otherwise: bool,
    /// That it was to be looked into.
    pub(crate) waited: Option<Review>,
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
    /// The log as somebody outside saw it who reads on each day.
    pub(crate) followed: testkit::Followed,
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
    /// Looks that were found improper.
    pub(crate) improper: BTreeMap<EventId, Improper>,
    /// Those of which that was taken back.
    pub(crate) taken_back: BTreeSet<EventId>,
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
