//! Files of several rows: filed, taken back whole, mended and sent again.

use jiff::SignedDuration;
use model::{RecordKind, SubmissionId, VersionKind};
use registry::{Left, RowOutcome, TakeBack, TakeBackError};

use crate::{
    calendar::TAKE_BACK_HOURS,
    filing::{lines, row},
    model::{Batch, Record, Said, Version, Who},
    run::{LAW, Run},
};

/// How many files are kept in mind.
const KEPT: usize = 40;

/// A row of a file.
struct Row {
    who: Who,
    /// The record that it corrects.
    corrects: Option<usize>,
    record: Record,
    said: Said,
}

impl Run {
    /// A file about several people: of some something new, of others a correction.
    pub(crate) fn file_several(&mut self) {
        let kind = match self.draw(8) {
            0..=2 => RecordKind::Licence,
            3 => RecordKind::Training,
            4 => RecordKind::Commendation,
            _ => RecordKind::Decision,
        };
        let mut rows: Vec<Row> = Vec::new();
        for _ in 0..2 + self.draw(4) {
            let who = self.somebody();
            if rows.iter().all(|one| one.who != who) {
                let row = self.draw_row(who, kind);
                rows.push(row);
            }
        }
        self.file_rows(kind, rows);
        self.did("files of several rows");
    }

    fn draw_row(&mut self, who: Who, kind: RecordKind) -> Row {
        self.bind(who);
        let today = self.today();
        let standing = self.records_where(who, |one| {
            one.kind == kind
                && one.authority == LAW
                && one.stands()
                && !one.erased
                && one.kept_until() >= today
        });
        if !standing.is_empty() && self.one_in(3) {
            let at = self.pick(&standing);
            let said = self.corrected(who, at);
            let record = self.record(who, at).clone();
            return Row {
                who,
                corrects: Some(at),
                record,
                said,
            };
        }
        let (record, said) = self.something(kind);
        Row {
            who,
            corrects: None,
            record,
            said,
        }
    }

    fn file_rows(&mut self, kind: RecordKind, rows: Vec<Row>) {
        let sent = |one: &Row| row(one.who, &one.record, &one.said, one.corrects.is_some());
        let sent: Vec<serde_json::Value> = rows.iter().map(sent).collect();
        let done = self.here().submit(LAW, kind, "rows.jsonl", lines(&sent)).unwrap();
        self.m.leaves += 1;
        let outcomes = self.here().outcomes(LAW, &done);
        assert_eq!(outcomes.len(), rows.len());
        let mut batch = Batch {
            id: done.submission,
            kind,
            at: self.now(),
            rows: Vec::new(),
            taken_back: false,
            undone: Vec::new(),
        };
        for (number, (one, outcome)) in (1..).zip(rows.into_iter().zip(outcomes)) {
            let Row {
                who,
                corrects,
                record,
                said,
            } = one;
            self.touched.insert(who);
            // A decision that is put right names its licence also where that was withdrawn since.
            let unlicensed = kind == RecordKind::Decision
                && corrects.is_none()
                && self.of(who).licences("lawyer").is_empty();
            if unlicensed {
                assert_eq!(outcome, (RowOutcome::Rejected, Some("licence-unknown")), "{who}");
                continue;
            }
            assert_eq!(outcome, (RowOutcome::Accepted, None), "{who}");
            let at = match corrects {
                Some(at) => {
                    self.put_right(who, at, said);
                    at
                }
                None => {
                    self.filed(who, record, said);
                    self.of(who).records.len() - 1
                }
            };
            let versions = &mut self.m.of(who).records[at].versions;
            versions.last_mut().unwrap().file = Some(batch.id);
            batch.rows.push((number, who, at));
        }
        self.m.batches.push(batch);
        if self.m.batches.len() > KEPT {
            self.m.batches.remove(0);
        }
    }

    /// A file is taken back, mostly one that may be; now and then with a kill half-way.
    pub(crate) fn take_back_file(&mut self) {
        let (now, any) = (self.now(), self.one_in(5));
        let window = SignedDuration::from_hours(TAKE_BACK_HOURS);
        // Rows that were left may be taken back when what kept them is gone.
        let whole = |one: &Batch| one.undone.len() == one.rows.len();
        let may = |one: &Batch| !(one.taken_back && whole(one)) && now <= one.at + window;
        let fresh = |one: &Batch| !one.taken_back && now <= one.at + window;
        let all = &self.m.batches;
        let places: Vec<usize> = (0..all.len()).filter(|at| any || fresh(&all[*at])).collect();
        if places.is_empty() {
            return;
        }
        let place = self.pick(&places);
        let batch = self.m.batches[place].clone();
        let mut killed_after = None;
        if self.one_in(5) {
            let after = self.draw(3) as i64;
            self.kill(after, |here| drop(here.registry.take_back(LAW, batch.id)));
            killed_after = Some(after);
        }
        let outcome = self.registry().take_back(LAW, batch.id);
        let report = match outcome {
            // All of it was done before, or before the kill.
            Err(TakeBackError::TakenBack) if may(&batch) => None,
            Err(TakeBackError::TakenBack) => return assert!(batch.taken_back),
            Err(TakeBackError::TooLate(_)) => return assert!(!batch.taken_back && now > batch.at + window),
            other => Some(other.unwrap()),
        };
        assert!(may(&batch));
        let expected = self.taken_back(&batch);
        match report {
            Some(report) => assert_eq!(report, expected, "what is told of a file that is taken back"),
            None => assert!(killed_after.is_some() && expected.left.is_empty()),
        }
        let left = |number: &u64| expected.left.iter().any(|(row, _)| row == number);
        let undone = batch.rows.iter().map(|(number, ..)| *number);
        let undone: Vec<u64> = undone.filter(|number| !left(number)).collect();
        self.m.batches[place].taken_back = true;
        self.m.batches[place].undone = undone;
        if batch.taken_back {
            return self.did("files of which rows were left taken back again");
        }
        self.did("files taken back whole");
        if !expected.left.is_empty() {
            self.did("files taken back but for some rows");
        }
        if self.one_in(2) {
            self.send_mended(&batch, &expected);
        }
    }

    /// What follows from a file that is taken back: rows that were touched since are left.
    fn taken_back(&mut self, batch: &Batch) -> TakeBack {
        let mut report = TakeBack::default();
        for (number, who, at) in &batch.rows {
            if batch.undone.contains(number) {
                report.taken_back += 1;
                continue;
            }
            self.touched.insert(*who);
            match self.why_left(*who, *at, batch) {
                Some(why) => report.left.push((*number, why)),
                None => {
                    self.undo(*who, *at, batch.id);
                    report.taken_back += 1;
                }
            }
        }
        if batch.kind == RecordKind::Decision {
            let today = self.today();
            for (_, who, at) in &batch.rows {
                self.m.alert(*who, *at, &Self::others(), today);
            }
        }
        report
    }

    fn why_left(&self, who: Who, at: usize, batch: &Batch) -> Option<Left> {
        let (person, one) = (self.of(who), self.record(who, at));
        // A decision that was withdrawn never was one; every other speaks of its licence, whatever became of it.
        let decided =
            |one: &Record| one.kind == RecordKind::Decision && one.latest() != VersionKind::Withdrawn;
        match () {
            () if one.versions.last()?.file != Some(batch.id) => Some(Left::ChangedSince),
            () if person
                .procedures
                .iter()
                .any(|procedure| procedure.record == Some(at) && procedure.waits()) =>
            {
                Some(Left::ProcedureOpen)
            }
            () if batch.kind == RecordKind::Licence && person.records.iter().any(decided) => {
                Some(Left::HasDecision)
            }
            () if one.erased => Some(Left::Erased),
            () => None,
        }
    }

    /// What stood before the file stands again, or nothing does.
    fn undo(&mut self, who: Who, at: usize, file: SubmissionId) {
        let (today, now) = self.both();
        let (reached, why) = match self.record(who, at).kind {
            RecordKind::Licence => (vec![at], "withdrawn"),
            RecordKind::Decision => (self.of(who).licences("lawyer"), "corrected"),
            _ => (Vec::new(), ""),
        };
        let one = &mut self.m.of(who).records[at];
        let before = one
            .versions
            .iter()
            .rposition(|version| version.file != Some(file));
        let said = before.and_then(|before| {
            let earlier = one.versions[..=before].iter().rev();
            earlier.clone().find_map(|version| version.said.clone())
        });
        let change = match said {
            Some(_) => VersionKind::Corrected,
            None => VersionKind::Withdrawn,
        };
        one.add(Version {
            change,
            said,
            at: now,
            file: Some(file),
        });
        self.m.leaves += 1;
        self.m.end_certificates(who, &reached, today, why, (today, now));
    }

    /// The same file with other words, but for the rows that were left.
    fn send_mended(&mut self, batch: &Batch, report: &TakeBack) {
        let undone = |number: u64| report.left.iter().all(|(left, _)| *left != number);
        let mut rows = Vec::new();
        for (_, who, at) in batch.rows.iter().filter(|one| undone(one.0)) {
            let said = self.corrected(*who, *at);
            let record = self.record(*who, *at).clone();
            let corrects = record.stands().then_some(*at);
            let record = match corrects {
                Some(_) => record,
                None => Record {
                    id: None,
                    versions: Vec::new(),
                    ..record
                },
            };
            rows.push(Row {
                who: *who,
                corrects,
                record,
                said,
            });
        }
        if !rows.is_empty() {
            self.file_rows(batch.kind, rows);
            self.did("mended files sent again");
        }
    }
}
