//! A run: draws operations, does them to the registry and to the model, and compares.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Span, civil::Date};
use model::{PersonId, RecordKind, VersionKind};
use registry::{Answer, Checker, EventKind, InquiryError, InquiryRequest, RecordView, TakeBackError};
use testkit::{Engine, Installation, SourceRow, made_up, name_staff, prove_log, under_law, wait};

use crate::model::{Certificate, Document, Model, Number, Record, Said, Submission};

const LAW: &str = "law-bureau";
const PEOPLE: u64 = 9;

pub(crate) struct Run {
    here: Installation,
    model: Model,
    random: u64,
    /// Who has been filed at all.
    known: BTreeMap<Number, PersonId>,
    size: u64,
}

impl Run {
    pub(crate) fn new(engine: Engine, seed: u64) -> Self {
        let random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Self {
            here: Installation::new(engine, "gansu"),
            model: Model::default(),
            random,
            known: BTreeMap::new(),
            size: 0,
        }
    }

    fn draw(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) % below
    }

    fn today(&self) -> Date {
        self.here.registry.today()
    }

    /// Does one operation to both, and says what it was.
    pub(crate) fn step(&mut self) -> String {
        match self.draw(100) {
            0..=29 => self.file(RecordKind::Licence),
            30..=47 => self.file(RecordKind::Decision),
            48..=56 => self.take_back(),
            57..=66 => self.inquire(),
            67..=79 => self.issue(),
            80..=84 => self.revoke(),
            85..=95 => self.move_clock(),
            _ => self.due(),
        }
    }

    fn file(&mut self, kind: RecordKind) -> String {
        let today = self.today();
        let mut rows: Vec<(Document, Said, bool, SourceRow)> = Vec::new();
        for _ in 0..1 + self.draw(3) {
            let person = 1 + self.draw(PEOPLE) as Number;
            let which = if kind == RecordKind::Decision {
                self.draw(2) as Number
            } else {
                0
            };
            let document = (person, kind, which);
            // Two rows of one document in one file have a test of their own.
            if rows.iter().any(|row| row.0 == document) {
                continue;
            }
            let correction = self.draw(3) == 0;
            let variant = self.draw(3) as u32;
            let effective_on = (kind == RecordKind::Decision).then(|| {
                today
                    .checked_add(Span::new().days(self.draw(12) as i64 - 5))
                    .unwrap()
            });
            let said = self.again(document).filter(|_| variant == 0).unwrap_or(Said {
                variant,
                effective_on,
            });
            rows.push((
                document,
                said.clone(),
                correction,
                source(document, &said, correction),
            ));
        }
        let sources: Vec<SourceRow> = rows.iter().map(|row| row.3.clone()).collect();
        let done = self.here.file(LAW, kind, &sources);
        let number = self.model.submissions.len() as Number;
        self.model.submissions.push(Submission {
            id: done.submission,
            at: self.here.registry.now(),
            kind,
            accepted: Vec::new(),
            taken_back: false,
            undone: Vec::new(),
        });
        let mut expected = Vec::new();
        for (row, (document, said, correction, _)) in (1..).zip(rows) {
            let outcome = self.model.file(number, row, document, said, correction, today);
            if outcome.1.is_none() {
                self.known
                    .entry(document.0)
                    .or_insert_with(|| self.here.person(document.0));
            }
            expected.push(outcome);
        }
        self.model.leaves += 1;
        let outcomes = self.here.outcomes(LAW, &done);
        assert_eq!(outcomes, expected, "filing {kind}");
        format!("file {kind}: {outcomes:?}")
    }

    /// What a document says now, to be sent once more.
    fn again(&self, document: Document) -> Option<Said> {
        let record = *self.model.documents.get(&document)?;
        Some(self.model.records[record as usize].said().clone())
    }

    fn take_back(&mut self) -> String {
        if self.model.submissions.is_empty() {
            return "nothing to take back".to_owned();
        }
        // Mostly one of the latest: the window is three days.
        let count = self.model.submissions.len() as u64;
        let number = (count - 1 - self.draw(count.min(8))) as Number;
        let submission = self.model.submissions[number as usize].clone();
        let answer = self.here.registry.take_back(LAW, submission.id);
        let late = self.here.registry.now() > submission.at + SignedDuration::from_hours(72);
        match answer {
            Err(TakeBackError::TakenBack) => {
                assert!(submission.taken_back);
                assert!(late || submission.undone.len() == submission.accepted.len());
            }
            Err(TakeBackError::TooLate(_)) => assert!(late && !submission.taken_back),
            Ok(report) => {
                assert!(!late);
                assert!(!submission.taken_back || submission.undone.len() < submission.accepted.len());
                let (taken, left) = self.model.take_back(number, self.today());
                let rows: Vec<u64> = report.left.iter().map(|(row, _)| *row).collect();
                assert_eq!((report.taken_back, rows), (taken, left), "taking back {number}");
            }
            Err(other) => panic!("{other}"),
        }
        format!("take back submission {number}")
    }

    fn inquire(&mut self) -> String {
        let n = 1 + self.draw(PEOPLE) as Number;
        let person = made_up(n);
        let request = InquiryRequest {
            authority: LAW.to_owned(),
            asker: format!("key-{}", self.random),
            purpose: "licensing-renewal".to_owned(),
            profession: "lawyer".to_owned(),
            id_number: person.number,
            name: person.name,
            under: under_law(),
            nonce: None,
        };
        let named = name_staff(&self.here.registry, LAW, &request.asker);
        self.model.leaves += u64::from(named);
        match wait(self.here.registry.inquire(request)) {
            Ok(answer) => {
                assert!(self.known.contains_key(&n));
                // The person's and the body's own.
                self.model.leaves += 2;
                let today = self.today();
                let in_force =
                    |one: &&Record| one.person == n && one.status(today) == model::RecordStatus::InForce;
                assert_eq!(
                    answer.records.len(),
                    self.model.records.iter().filter(in_force).count()
                );
            }
            Err(InquiryError::NobodyKnown) => {
                assert!(!self.known.contains_key(&n));
                self.model.leaves += 1;
            }
            Err(other) => panic!("{other}"),
        }
        format!("inquire about {n}")
    }

    fn issue(&mut self) -> String {
        let Some((n, person)) = self.somebody() else {
            return "nobody to issue to".to_owned();
        };
        let Some(licence) = self.records(n).into_iter().find(|one| {
            one.kind == RecordKind::Licence && one.versions.last().unwrap().change != VersionKind::Withdrawn
        }) else {
            assert!(self.model.certifiable(n).is_none());
            return format!("{n} has no licence");
        };
        assert!(self.model.certifiable(n).is_some());
        let issued = wait(self.here.registry.issue_certificate(person, licence.record, None)).unwrap();
        let today = self.today();
        let to_come = self.model.decisions(n).filter_map(|one| one.said().effective_on);
        let revoke_on = to_come.filter(|day| *day > today).min();
        self.model.leaves += 1;
        self.model.certificates.push(Certificate {
            person: n,
            text: issued.text,
            id: issued.certificate,
            revoked: false,
            revoke_on,
        });
        format!("issue to {n}")
    }

    fn revoke(&mut self) -> String {
        let count = self.model.certificates.len() as u64;
        if count == 0 {
            return "nothing to revoke".to_owned();
        }
        let at = self.draw(count) as usize;
        let one = &mut self.model.certificates[at];
        let done = wait(
            self.here
                .registry
                .revoke_certificate(self.known[&one.person], one.id),
        )
        .unwrap();
        assert_eq!(done, !one.revoked);
        self.model.leaves += u64::from(done);
        one.revoked = true;
        format!("revoke certificate {at}")
    }

    fn move_clock(&mut self) -> String {
        let hours = 1 + self.draw(30) as i64;
        self.here.later(hours);
        format!("{hours} hours pass")
    }

    fn due(&mut self) -> String {
        let due = self.here.registry.do_what_is_due().unwrap();
        let expected = self.model.due(self.today());
        assert_eq!((due.revoked, due.erased), (expected, 0));
        "what is due".to_owned()
    }

    fn somebody(&mut self) -> Option<(Number, PersonId)> {
        let count = self.known.len() as u64;
        if count == 0 {
            return None;
        }
        let at = self.draw(count) as usize;
        self.known.iter().nth(at).map(|(n, person)| (*n, *person))
    }

    /// A person's records, by their own look, which is logged.
    fn records(&mut self, n: Number) -> Vec<RecordView> {
        self.model.leaves += 1;
        wait(self.here.registry.person_file(self.known[&n], EventKind::OwnLook))
            .unwrap()
            .records
    }

    /// What every step is held to.
    pub(crate) fn compare(&mut self, step: &str) {
        if let Some((n, _)) = self.somebody() {
            self.compare_person(n, step);
        }
        let size = self.here.registry.integrate().unwrap();
        assert!(size >= self.size, "{step}: the log shrank");
        assert_eq!(size, self.model.leaves, "{step}: leaves");
        self.size = size;
        if self.draw(10) == 0 {
            self.compare_certificates(step);
        }
    }

    /// The records of a person are those of the model, in the order of filing, with their status and content.
    fn compare_person(&mut self, n: Number, step: &str) {
        let today = self.today();
        let mut found = self.records(n);
        found.reverse();
        let expected: Vec<&Record> = self.model.records.iter().filter(|one| one.person == n).collect();
        assert_eq!(found.len(), expected.len(), "{step}: records of {n}");
        for (view, record) in found.iter().zip(expected) {
            assert_eq!(view.kind, record.kind, "{step}");
            assert_eq!(view.status, record.status(today), "{step}: {record:?}");
            let changes: Vec<VersionKind> = view.versions.iter().map(|one| one.change).collect();
            let modelled: Vec<VersionKind> = record.versions.iter().map(|one| one.change).collect();
            assert_eq!(changes, modelled, "{step}");
            let field = if record.kind == RecordKind::Licence {
                "scope"
            } else {
                "facts"
            };
            assert_eq!(view.fields[field], text(record.said().variant), "{step}");
        }
    }

    fn compare_certificates(&self, step: &str) {
        let now = self.here.registry.now().as_second();
        let checker = Checker::new(wait(self.here.registry.trust()).unwrap(), now);
        for one in &self.model.certificates {
            // A decision counts from its first moment, before what is due is done.
            let expected = if one.revoked || one.revoke_on.is_some_and(|day| day <= self.today()) {
                Answer::Revoked
            } else {
                Answer::Valid
            };
            assert_eq!(
                checker.check(&one.text, now).answer,
                expected,
                "{step}: a certificate of {}",
                one.person
            );
        }
    }

    pub(crate) fn compare_everything(&mut self, step: &str) {
        let everybody: Vec<Number> = self.known.keys().copied().collect();
        assert!(
            everybody.len() as u64 > PEOPLE / 2,
            "{step}: most people were filed"
        );
        for n in everybody {
            self.compare_person(n, step);
        }
        self.compare_certificates(step);
        assert!(
            self.model.certificates.iter().any(|one| one.revoked),
            "{step}: something was revoked"
        );
        assert_eq!(
            prove_log(&self.here.registry),
            self.model.leaves,
            "{step}: leaves"
        );
    }
}

fn text(variant: u32) -> String {
    format!("虚构内容{variant}")
}

fn source((person, _, which): Document, said: &Said, correction: bool) -> SourceRow {
    let row = match said.effective_on {
        None => SourceRow::licence(person).with("scope", text(said.variant)),
        Some(day) => SourceRow::decision(person)
            .document(&format!("甘律罚〔2026〕{person}-{which}号"))
            .with("facts", text(said.variant))
            .with("effective_on", day.to_string())
            // Later than the law allows, so that the law decides: three months for a warning.
            .with("disclosure_ends_on", "2029-12-31"),
    };
    if correction { row.correcting() } else { row }
}
