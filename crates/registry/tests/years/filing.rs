//! What bodies file: licences, decisions, training, commendations, corrections, and documents whose records ended.

use jiff::civil::Date;
use model::{RecordKind, VersionKind, procedure::ReviewerId};
use registry::{ReentryError, RowOutcome};
use serde_json::{Value, json};
use testkit::{licences_csv, made_up, wait};

use crate::{
    calendar::{after_days, after_months},
    model::{Penalty, Record, Said, Version, Who},
    run::{EDUCATION, LAW, REVIEWERS, Run},
};

pub(crate) fn text(variant: u32) -> String {
    format!("虚构内容{variant}")
}

/// A row as an authority sends it.
pub(crate) fn row(who: Who, record: &Record, said: &Said, correction: bool) -> Value {
    let person = made_up(who);
    let mut row = json!({
        "name": person.name,
        "id_number": person.number,
        "authority": record.authority,
    });
    let own = match record.kind {
        RecordKind::Licence => {
            let (name, mark) = match record.profession {
                "lawyer" => ("律师执业证", "LAW"),
                _ => ("教师资格证", "TEA"),
            };
            json!({
                "id_type": "身份证",
                "document_number": record.document,
                "licence_name": name,
                "licence_number": format!("{mark}-{who:08}"),
                "scope": text(said.text),
                "decided_on": said.from,
                "valid_from": said.from,
                "valid_until": said.to,
                "legal_basis": format!("{}-licensing", record.profession),
            })
        }
        RecordKind::Decision => json!({
            "id_type": "身份证",
            "document_number": record.document,
            "violation": "执业违规",
            "facts": "虚构示例：案卷记录不全。",
            "legal_basis": "lawyer-discipline",
            "penalty": said.penalty.unwrap().word(),
            "penalty_content": text(said.text),
            "licence_number": format!("LAW-{who:08}"),
            // Decided before it takes effect, and before today.
            "decided_on": after_days(said.from, -400),
            "effective_on": said.from,
            "disclosure_ends_on": said.to,
            "restricted_until": said.restricted,
            "remedies": "可在六十日内申请行政复议，或者在六个月内提起行政诉讼。",
        }),
        RecordKind::Training => json!({
            "course": record.document,
            "hours": said.text % 1000,
            "completed_on": said.from,
            "legal_basis": "lawyer-training",
        }),
        RecordKind::Commendation => json!({
            "document_number": record.document,
            "title": "虚构表彰",
            "reason": text(said.text),
            "granted_on": said.from,
            "legal_basis": "lawyer-commendation",
        }),
    };
    let (row_fields, own) = (row.as_object_mut().unwrap(), own);
    for (name, value) in own.as_object().unwrap() {
        row_fields.insert(name.clone(), value.clone());
    }
    if correction {
        row_fields.insert("correction".into(), "更正笔误".into());
    }
    row
}

pub(crate) fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

pub(crate) fn new_record(kind: RecordKind, document: String) -> Record {
    Record {
        id: None,
        kind,
        authority: LAW,
        profession: "lawyer",
        document,
        versions: Vec::new(),
        erased: false,
    }
}

impl Run {
    /// The law bureau's lawyers, in two files: those to whom little happens, and the lively ones, of whom some hold
    /// licences that ended and have decisions from before, which is what is destroyed in these years.
    pub(crate) fn file_everybody(&mut self) {
        let (today, now) = self.both();
        let (lively, people) = (self.size.lively, self.size.people);
        let csv = licences_csv(lively + 1, people - lively);
        let done = self
            .here()
            .submit(LAW, RecordKind::Licence, "rows.csv", csv)
            .unwrap();
        assert_eq!(done.counts.accepted, u64::from(people - lively));
        let (from, to): (Date, Date) = ("2020-05-04".parse().unwrap(), "2035-05-04".parse().unwrap());
        for who in lively + 1..=people {
            let said = Said {
                from,
                to: Some(to),
                penalty: None,
                restricted: None,
                text: u32::MAX,
            };
            self.put(
                who,
                new_record(RecordKind::Licence, format!("甘许〔2020〕{who:07}号")),
                said,
                now,
            );
        }
        let (mut licences, mut decisions) = (Vec::new(), Vec::new());
        for who in 1..=lively {
            let over = self.one_in(2);
            let to = if over {
                after_days(after_months(today, -60), 20 + self.draw(1000) as i64)
            } else {
                after_days(today, 200 + self.draw(3000) as i64)
            };
            let said = Said {
                from: "2018-03-01".parse().unwrap(),
                to: Some(to),
                penalty: None,
                restricted: None,
                text: 0,
            };
            let record = new_record(RecordKind::Licence, format!("甘许〔2018〕{who:07}号"));
            licences.push(row(who, &record, &said, false));
            self.put(who, record, said, now);
            if self.one_in(2) {
                let penalty = self.pick(&Penalty::ALL);
                let from = after_days(after_months(today, -60), 10 + self.draw(1000) as i64);
                let to = after_months(from, 1 + self.draw(30) as i32);
                let said = Said {
                    from,
                    to: Some(to),
                    penalty: Some(penalty),
                    restricted: None,
                    text: 0,
                };
                let record = new_record(RecordKind::Decision, format!("甘律罚〔2022〕{who:05}号"));
                decisions.push((who, row(who, &record, &said, false)));
                self.put(who, record, said, now);
            }
        }
        let done = self
            .here()
            .submit(LAW, RecordKind::Licence, "rows.jsonl", lines(&licences))
            .unwrap();
        assert_eq!(done.counts.accepted, u64::from(lively));
        let rows: Vec<Value> = decisions.iter().map(|(_, row)| row.clone()).collect();
        let done = self
            .here()
            .submit(LAW, RecordKind::Decision, "rows.jsonl", lines(&rows))
            .unwrap();
        assert_eq!(done.counts.accepted, rows.len() as u64);
        self.m.leaves += 3;
        for who in 1..=lively {
            self.bind(who);
        }
        self.touched.clear();
        for (who, _) in decisions {
            let record = self.of(who).records.len() - 1;
            self.m.alert(who, record, &Self::others(), today);
        }
    }

    /// Notes a new record.
    fn put(&mut self, who: Who, mut record: Record, said: Said, at: jiff::Timestamp) {
        record.add(Version {
            change: VersionKind::Filed,
            said: Some(said),
            at,
            file: None,
        });
        let person = self.m.of(who);
        person.records.push(record);
        person.known = true;
        self.m.leaves += 1;
    }

    /// Files one row, now and then with a kill in between, after which the file is sent again.
    fn send(&mut self, authority: &str, kind: RecordKind, row: &Value) -> (RowOutcome, Option<&'static str>) {
        let file = lines(std::slice::from_ref(row));
        if self.one_in(60) {
            let (after, file) = (self.draw(4) as i64, file.clone());
            self.kill(after, |here| {
                drop(here.submit(authority, kind, "rows.jsonl", file))
            });
            // A submission may be left open, and a later one says that the row is there already.
            (self.counted, self.left_open) = (false, Some(self.now()));
        }
        let done = self.here().submit(authority, kind, "rows.jsonl", file).unwrap();
        self.m.leaves += 1;
        self.here().outcomes(authority, &done).pop().unwrap()
    }

    pub(crate) fn next_text(&mut self) -> u32 {
        self.text += 1;
        self.text
    }

    pub(crate) fn file_something(&mut self) {
        let who = self.somebody();
        let kind = match self.draw(10) {
            0 | 1 => RecordKind::Licence,
            2 => RecordKind::Training,
            3 => RecordKind::Commendation,
            _ => RecordKind::Decision,
        };
        let teacher = kind == RecordKind::Licence && self.one_in(2);
        let (record, said) = if teacher {
            self.teaching_licence()
        } else {
            self.something(kind)
        };
        self.file_new(who, record, said);
    }

    fn teaching_licence(&mut self) -> (Record, Said) {
        let (today, text, days) = (self.today(), self.next_text(), self.draw(1500) as i64);
        let mut record = new_record(RecordKind::Licence, format!("甘教许〔2027〕{text}号"));
        (record.authority, record.profession) = (EDUCATION, "teacher");
        let said = Said {
            from: after_days(today, -300),
            to: Some(after_days(today, days - 100)),
            penalty: None,
            restricted: None,
            text,
        };
        (record, said)
    }

    /// Something of a kind that the law bureau files anew.
    pub(crate) fn something(&mut self, kind: RecordKind) -> (Record, Said) {
        let (today, text, days) = (self.today(), self.next_text(), self.draw(1500) as i64);
        // Ten years from then: some end within these years.
        let long_ago = after_days(after_months(today, -120), 1 + days);
        let (document, from, to) = match kind {
            RecordKind::Licence => (
                format!("甘许〔2027〕{text}号"),
                after_days(today, -20),
                Some(after_days(today, days + 20)),
            ),
            RecordKind::Training => (format!("虚构课程{text}"), long_ago, None),
            // The basis holds from December 2018 on.
            RecordKind::Commendation => (
                format!("甘表〔2027〕{text}号"),
                long_ago.max("2018-12-01".parse().unwrap()),
                None,
            ),
            RecordKind::Decision => return self.decision(text),
        };
        let said = Said {
            from,
            to,
            penalty: None,
            restricted: None,
            text,
        };
        (new_record(kind, document), said)
    }

    fn decision(&mut self, text: u32) -> (Record, Said) {
        let today = self.today();
        let penalty = self.pick(&Penalty::ALL);
        let from = match self.draw(4) {
            // From before, so that it ends within these years.
            0 => after_days(after_months(today, -60), 1 + self.draw(900) as i64),
            1 => after_days(today, self.draw(20) as i64),
            _ => after_days(today, -(self.draw(120) as i64)),
        };
        let to = after_months(from, 1 + self.draw(14) as i32);
        let names_its_last = penalty == Penalty::Prohibition && self.one_in(2);
        let restricted = names_its_last.then(|| after_days(from, self.draw(400) as i64));
        let record = new_record(RecordKind::Decision, format!("甘律罚〔2027〕{text}号"));
        let said = Said {
            from,
            to: Some(to),
            penalty: Some(penalty),
            restricted,
            text,
        };
        (record, said)
    }

    fn file_new(&mut self, who: Who, record: Record, said: Said) {
        let licensed = record.kind != RecordKind::Decision || !self.of(who).licences("lawyer").is_empty();
        let outcome = self.send(record.authority, record.kind, &row(who, &record, &said, false));
        self.touched.insert(who);
        if !licensed {
            assert_eq!(outcome, (RowOutcome::Rejected, Some("licence-unknown")), "{who}");
            self.did("decisions without a licence");
            return;
        }
        // A kill may have come after the row was filed.
        assert!(
            matches!(outcome.0, RowOutcome::Accepted | RowOutcome::Unchanged),
            "{who}: {outcome:?}"
        );
        self.did(record.kind.as_str());
        self.filed(who, record, said);
    }

    /// What follows from a new record.
    pub(crate) fn filed(&mut self, who: Who, record: Record, said: Said) {
        let (kind, today, now) = (record.kind, self.today(), self.now());
        let from = said.from;
        self.put(who, record, said, now);
        let index = self.of(who).records.len() - 1;
        self.bind(who);
        if kind == RecordKind::Decision {
            let reached = self.of(who).licences("lawyer");
            self.m
                .end_certificates(who, &reached, from.max(today), "decision", (today, now));
            self.m.alert(who, index, &Self::others(), today);
        }
    }

    /// A correction of something that stands, by its authority.
    pub(crate) fn correct_something(&mut self) {
        let who = self.somebody();
        self.bind(who);
        let today = self.today();
        let standing = self.records_where(who, |one| {
            one.stands() && !one.erased && one.kept_until() >= today
        });
        if standing.is_empty() {
            return;
        }
        let record = self.pick(&standing);
        self.correct(who, record);
    }

    /// A correction of this record.
    pub(crate) fn correct(&mut self, who: Who, record: usize) {
        let said = self.corrected(who, record);
        let one = self.record(who, record).clone();
        // A decision is put right under the licence that it names, also one that was withdrawn since.
        let outcome = self.send(one.authority, one.kind, &row(who, &one, &said, true));
        assert!(
            matches!(outcome.0, RowOutcome::Accepted | RowOutcome::Unchanged),
            "{who}: {outcome:?}"
        );
        self.did("corrections");
        self.put_right(who, record, said);
    }

    /// The same with another text, and sometimes another end.
    pub(crate) fn corrected(&mut self, who: Who, record: usize) -> Said {
        let text = self.next_text();
        let mut said = Said {
            text,
            ..self.record(who, record).said().clone()
        };
        if said.to.is_some() && self.one_in(4) {
            said.to = said.to.map(|to| after_days(to, 1 + self.draw(40) as i64));
        }
        said
    }

    /// What follows from a correction.
    pub(crate) fn put_right(&mut self, who: Who, record: usize, said: Said) {
        self.corrected_as(who, record, said);
        let today = self.today();
        if self.record(who, record).kind == RecordKind::Decision {
            self.m.alert(who, record, &Self::others(), today);
        }
    }

    /// The same without what it means for alerts, which are brought in step with all that an act does at once.
    pub(crate) fn corrected_as(&mut self, who: Who, record: usize, said: Said) {
        let (today, now) = self.both();
        let one = &mut self.m.of(who).records[record];
        one.add(Version {
            change: VersionKind::Corrected,
            said: Some(said),
            at: now,
            file: None,
        });
        let kind = one.kind;
        self.m.leaves += 1;
        let reached = match kind {
            RecordKind::Licence => vec![record],
            RecordKind::Decision => self.of(who).licences("lawyer"),
            _ => Vec::new(),
        };
        self.m
            .end_certificates(who, &reached, today, "corrected", (today, now));
    }

    /// A document whose record has ended is filed again, sometimes with a reviewer's certificate.
    pub(crate) fn file_again(&mut self) {
        let Some(who) = self.who_has(|person| !person.ended.is_empty()) else {
            return;
        };
        self.bind(who);
        let ended: Vec<String> = self.of(who).ended.keys().cloned().collect();
        let document = self.pick(&ended);
        let (record, how, certified) = self.of(who).ended[&document];
        let id = self.record_id(who, record);
        let person = self.id(who);
        let reviewer = self.pick(&REVIEWERS);
        if self.one_in(2) {
            let certifies = |registry: &registry::Registry| {
                wait(registry.certify_reentry(ReviewerId::new(reviewer).unwrap(), person, id))
            };
            match self.call(certifies) {
                outcome if self.concerns(reviewer, who) => {
                    self.kept_apart(reviewer, who, outcome.err().map(|error| error.code()));
                }
                Err(ReentryError::Restored) => assert_eq!(how, "restored"),
                Err(ReentryError::Certified) => assert!(certified && how != "restored"),
                Ok(()) => {
                    assert!(!certified && how != "restored", "{how}");
                    self.m
                        .event(who, "reentry-certified", &format!("reviewer:{reviewer}"), "");
                    self.m.of(who).ended.get_mut(&document).unwrap().2 = true;
                    let certified = (document.clone(), reviewer.to_owned());
                    self.m.of(who).certified.insert(certified);
                }
                Err(other) => panic!("{other}"),
            }
        }
        self.send_ended(who, &document);
    }

    /// A document whose record has ended is filed: it comes in where that was certified.
    pub(crate) fn send_ended(&mut self, who: Who, document: &str) {
        let (record, how, certified) = self.of(who).ended[document];
        let old = self.record(who, record).clone();
        let mut said = old.said().clone();
        if self.one_in(2) {
            said.text = self.next_text();
        }
        let correction = self.one_in(5);
        let outcome = self.send(old.authority, old.kind, &row(who, &old, &said, correction));
        // A decision comes in again under the licence that it named, also where that was withdrawn since.
        if !certified || correction {
            assert_ne!(
                outcome.0,
                RowOutcome::Accepted,
                "{who}: a record that was {how} came in again"
            );
            self.did("records that did not come again");
            return;
        }
        assert!(
            matches!(outcome.0, RowOutcome::Accepted | RowOutcome::Unchanged),
            "{who}: {outcome:?}"
        );
        self.did("records that came again");
        self.m.of(who).ended.remove(document);
        let record = Record {
            id: None,
            versions: Vec::new(),
            erased: false,
            ..old
        };
        let authority = record.authority;
        self.filed(who, record, said);
        let id = self.of(who).records.last().unwrap().id.unwrap();
        self.m.event(who, "record-came-again", authority, "");
        self.m.notice(who, "record-came-again", &id.to_string());
        self.came_as_ordered(who, document);
    }
}
