//! The model: documents with their versions, submissions, certificates and a count of leaves, with no store,
//! no keys and no log.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use model::{RecordKind, RecordStatus, SubmissionId, VersionKind};
use registry::RowOutcome;

/// The number of a person, a submission in the order of filing, or a record in the order of its making.
pub(crate) type Number = u32;

/// What a row says, as far as the model cares.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    pub(crate) variant: u32,
    pub(crate) effective_on: Option<Date>,
}

#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) submission: Number,
    pub(crate) change: VersionKind,
    pub(crate) said: Option<Said>,
}

#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) person: Number,
    pub(crate) kind: RecordKind,
    pub(crate) versions: Vec<Version>,
}

impl Record {
    pub(crate) fn stands(&self) -> bool {
        self.versions
            .last()
            .is_some_and(|last| last.change != VersionKind::Withdrawn)
    }

    /// What it says now; a withdrawn one, what it said last.
    pub(crate) fn said(&self) -> &Said {
        self.versions
            .iter()
            .rev()
            .find_map(|version| version.said.as_ref())
            .unwrap()
    }

    pub(crate) fn status(&self, today: Date) -> RecordStatus {
        match self.said().effective_on {
            _ if !self.stands() => RecordStatus::Withdrawn,
            Some(day) if today < day => RecordStatus::Pending,
            // A warning is shown for three months.
            Some(day) if today > day.saturating_add(jiff::Span::new().months(3)) => RecordStatus::Expired,
            _ => RecordStatus::InForce,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Certificate {
    pub(crate) person: Number,
    pub(crate) text: String,
    pub(crate) id: model::CertificateId,
    pub(crate) revoked: bool,
    pub(crate) revoke_on: Option<Date>,
}

#[derive(Debug, Clone)]
pub(crate) struct Submission {
    pub(crate) id: SubmissionId,
    pub(crate) at: Timestamp,
    pub(crate) kind: RecordKind,
    /// The records of its accepted rows.
    pub(crate) accepted: Vec<(u64, Number)>,
    pub(crate) taken_back: bool,
    /// Its rows that were taken back.
    pub(crate) undone: Vec<u64>,
}

/// A document: the person and, for a decision, which of theirs.
pub(crate) type Document = (Number, RecordKind, Number);

#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) records: Vec<Record>,
    pub(crate) documents: BTreeMap<Document, Number>,
    pub(crate) submissions: Vec<Submission>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) leaves: u64,
}

impl Model {
    fn licence(&self, person: Number) -> Option<Number> {
        let found = self.documents.get(&(person, RecordKind::Licence, 0)).copied();
        found.filter(|record| self.records[*record as usize].stands())
    }

    /// The standing decisions of a person.
    pub(crate) fn decisions(&self, person: Number) -> impl Iterator<Item = &Record> {
        let of_person = move |one: &&Record| one.person == person && one.kind == RecordKind::Decision;
        self.records.iter().filter(of_person).filter(|one| one.stands())
    }

    /// The licence that a certificate of this person could be about.
    pub(crate) fn certifiable(&self, person: Number) -> Option<Number> {
        self.licence(person)
    }

    fn revoke(&mut self, person: Number, on: Date, today: Date) {
        for one in self
            .certificates
            .iter_mut()
            .filter(|one| one.person == person && !one.revoked)
        {
            if on <= today {
                one.revoked = true;
                self.leaves += 1;
            } else {
                one.revoke_on = Some(one.revoke_on.map_or(on, |day| day.min(on)));
            }
        }
    }

    /// Files a row and answers what becomes of it.
    pub(crate) fn file(
        &mut self,
        submission: Number,
        row: u64,
        document: Document,
        said: Said,
        correction: bool,
        today: Date,
    ) -> (RowOutcome, Option<&'static str>) {
        let (person, kind, _) = document;
        let known = self.documents.get(&document).copied();
        let puts_right = correction && known.is_some();
        let same = known.is_some_and(|record| *self.records[record as usize].said() == said);
        if known.is_none() && correction {
            return (RowOutcome::Rejected, Some("correction-unknown"));
        }
        if kind == RecordKind::Decision && self.licence(person).is_none() && !puts_right {
            return (RowOutcome::Rejected, Some("licence-unknown"));
        }
        if same {
            return (RowOutcome::Unchanged, None);
        }
        if known.is_some() && !correction {
            return (RowOutcome::Rejected, Some("document-conflict"));
        }
        let record = match known {
            Some(record) => record,
            None => {
                self.records.push(Record {
                    person,
                    kind,
                    versions: Vec::new(),
                });
                self.records.len() as Number - 1
            }
        };
        let change = if correction {
            VersionKind::Corrected
        } else {
            VersionKind::Filed
        };
        let effective_on = said.effective_on;
        self.records[record as usize].versions.push(Version {
            submission,
            change,
            said: Some(said),
        });
        self.documents.insert(document, record);
        self.leaves += 1;
        self.submissions[submission as usize].accepted.push((row, record));
        match (effective_on, correction) {
            (_, true) => self.revoke(person, today, today),
            (Some(day), false) => self.revoke(person, day.max(today), today),
            (None, false) => {}
        }
        (RowOutcome::Accepted, None)
    }

    /// Takes a submission back, and answers how many rows were, and the rows that were left.
    pub(crate) fn take_back(&mut self, submission: Number, today: Date) -> (u64, Vec<u64>) {
        let Submission {
            accepted,
            kind,
            undone,
            ..
        } = self.submissions[submission as usize].clone();
        let (mut taken, mut left) = (0, Vec::new());
        for (row, record) in accepted {
            if undone.contains(&row) {
                taken += 1;
                continue;
            }
            let person = self.records[record as usize].person;
            let touched = self.records[record as usize].versions.last().unwrap().submission != submission;
            let decided = kind == RecordKind::Licence && self.decisions(person).next().is_some();
            if touched || decided {
                left.push(row);
                continue;
            }
            let versions = &mut self.records[record as usize].versions;
            let before = versions
                .iter()
                .rev()
                .find(|one| one.submission != submission)
                .cloned();
            let change = if before.is_some() {
                VersionKind::Corrected
            } else {
                VersionKind::Withdrawn
            };
            versions.push(Version {
                submission,
                change,
                said: before.and_then(|one| one.said),
            });
            if change == VersionKind::Withdrawn {
                self.documents.retain(|_, known| *known != record);
            }
            self.leaves += 1;
            taken += 1;
            self.submissions[submission as usize].undone.push(row);
            self.revoke(person, today, today);
        }
        self.submissions[submission as usize].taken_back = true;
        (taken, left)
    }

    /// What the day asks for: how many certificates end.
    pub(crate) fn due(&mut self, today: Date) -> usize {
        let mut ended = 0;
        for one in self.certificates.iter_mut().filter(|one| !one.revoked) {
            if one.revoke_on.is_some_and(|day| day <= today) {
                one.revoked = true;
                self.leaves += 1;
                ended += 1;
            }
        }
        ended
    }
}
