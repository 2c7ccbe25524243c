//! Files that are no files of records, through the whole registry: refused with a code, and nothing left
//! behind. And one that is only large.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use intake::FaultCode;
use model::RecordKind;
use registry::{RowOutcome, SubmissionState, SubmitError};
use testkit::{Engine, Installation, SourceRow, json_lines, licences_csv, on_both_engines, prove_log, wait};

const LAW: &str = "law-bureau";

/// Bytes that follow no format, the same on every run.
fn noise(length: usize) -> Vec<u8> {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// How much memory this process has held at most, in mebibytes.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

on_both_engines! {
    fn what_is_no_file_of_records_is_refused_and_leaves_nothing(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let columns: String = (0..1_001).map(|n| format!("列{n},")).collect();
        let csv = licences_csv(1, 3);
        let heading = csv.lines().next().unwrap();
        let files: Vec<(&str, Vec<u8>, Option<FaultCode>)> = vec![
            ("empty.csv", Vec::new(), Some(FaultCode::FileEmpty)),
            ("empty.jsonl", Vec::new(), Some(FaultCode::FileEmpty)),
            ("blank.csv", b"\r\n\r\n  \r\n".to_vec(), None),
            ("mark.csv", b"\xef\xbb\xbf".to_vec(), None),
            ("noise.csv", noise(200_000), None),
            ("noise.xlsx", noise(200_000), None),
            ("zip.xlsx", [b"PK\x03\x04".as_slice(), &noise(5_000)].concat(), None),
            ("old.xls", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 600]].concat(), None),
            ("columns.csv", columns.into_bytes(), Some(FaultCode::TooManyColumns)),
            ("utf16.csv", csv.encode_utf16().flat_map(u16::to_le_bytes).collect(), None),
            ("twice.csv", csv.replacen("许可类别", "许可编号", 1).into_bytes(), Some(FaultCode::HeadingTwice)),
            ("unknown.csv", csv.replacen("许可类别", "信用等级", 1).into_bytes(), Some(FaultCode::HeadingUnknown)),
            ("missing.csv", csv.replacen("证件号码,", "", 1).into_bytes(), Some(FaultCode::HeadingMissing)),
            ("heading.csv", heading.as_bytes().to_vec(), Some(FaultCode::NoRows)),
            ("archive.tar.gz", noise(100), None),
            ("long.csv", vec![b'a'; 3 * 1024 * 1024], None),
        ];
        let count = files.len();
        for (name, bytes, code) in files {
            match here.submit(LAW, RecordKind::Licence, name, bytes) {
                Err(SubmitError::File(fault)) => {
                    assert!(code.is_none_or(|code| code == fault.code), "{name}: {}", fault.code);
                    let view = wait(here.registry.submissions(LAW)).unwrap().remove(0);
                    assert_eq!(view.state, SubmissionState::Refused, "{name}");
                    assert_eq!(view.fault.as_deref(), Some(fault.code.as_str()), "{name}");
                }
                other => panic!("{name}: {other:?}"),
            }
            here.later(1);
        }
        for table in ["person", "document", "record_version", "submission_chunk", "log_leaf", "event"] {
            assert_eq!(here.store.rows(table), 0, "{table}");
        }
        assert_eq!(wait(here.registry.submissions(LAW)).unwrap().len(), count);
        here.submit(LAW, RecordKind::Licence, "licences.csv", csv).unwrap();
        prove_log(&here.registry);
    }

    fn nobody_files_for_another_authority_or_beyond_its_right(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let answer = here.submit("nobody", RecordKind::Licence, "x.csv", licences_csv(1, 1));
        assert!(matches!(answer, Err(SubmitError::NotYours(_))), "{answer:?}");
        assert_eq!(here.store.rows("submission"), 0);
        let rows = [SourceRow::licence(1), SourceRow::teacher(1).with("authority", "law-bureau")];
        let done = here.file("education-department", RecordKind::Licence, &rows);
        assert_eq!(done.counts.rejected, 2);
        assert_eq!(here.store.rows("record_version"), 0);
    }

    fn bad_rows_do_not_stop_the_good_ones_around_them(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let good = |n| json_lines(&[SourceRow::licence(n)]);
        let file = format!(
            "{}{{\"name\": \"\n{}[1, 2]\n{}{}\n{}",
            good(1),
            good(2),
            good(3),
            "{\"a\":".repeat(5_000),
            good(4)
        );
        let done = here.submit(LAW, RecordKind::Licence, "rows.jsonl", file).unwrap();
        let outcomes: Vec<RowOutcome> = here.outcomes(LAW, &done).into_iter().map(|(outcome, _)| outcome).collect();
        let (yes, no) = (RowOutcome::Accepted, RowOutcome::Rejected);
        assert_eq!(outcomes, [yes, no, yes, no, yes, no, yes]);
    }

    fn an_interrupted_submission_is_taken_up_by_sending_the_file_again(engine: Engine) {
        // The store stops before the second part of the file.
        let here = Installation::stopping(engine, "submission.file", 1);
        let mut rows = vec![SourceRow::licence(1); 8_192];
        rows.extend((2..6).map(SourceRow::licence));
        let file = json_lines(&rows);
        let stopped = here.submit(LAW, RecordKind::Licence, "rows.jsonl", file.clone());
        assert!(matches!(stopped, Err(SubmitError::Registry(_))), "{stopped:?}");
        let here = here.reopen();
        assert_eq!(wait(here.registry.submissions(LAW)).unwrap()[0].state, SubmissionState::Open);
        assert_eq!(here.store.rows("record_version"), 1);
        let done = here.submit(LAW, RecordKind::Licence, "rows.jsonl", file).unwrap();
        assert_eq!((done.counts.accepted, done.counts.unchanged), (4, 8_192));
        assert_eq!(here.store.rows("record_version"), 5);
        prove_log(&here.registry);
    }

    fn the_outcomes_of_rows_can_be_read_from_any_row_on(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let mut rows = vec![SourceRow::licence(1); 8_198];
        rows[1] = SourceRow::licence(2);
        let done = here.file(LAW, RecordKind::Licence, &rows);
        let read = |from| {
            let rows = wait(here.registry.submission_rows(LAW, done.submission, from)).unwrap();
            rows.map(|rows| (rows.first().unwrap().row, rows.last().unwrap().row))
        };
        assert_eq!(read(1), Some((1, 8_192)));
        assert_eq!(read(2), Some((2, 8_192)));
        assert_eq!(read(8_192), Some((8_192, 8_192)));
        assert_eq!(read(8_193), Some((8_193, 8_198)));
        assert_eq!(read(8_196), Some((8_196, 8_198)));
        assert_eq!(read(8_199), None);
    }

    fn two_who_send_the_same_file_at_once_file_it_once(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let counts = std::thread::scope(|scope| {
            let senders: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| here.submit(LAW, RecordKind::Licence, "x.csv", licences_csv(1, 300))))
                .collect();
            senders.into_iter().map(|sender| sender.join().unwrap().unwrap().counts).collect::<Vec<_>>()
        });
        assert_eq!(counts.iter().map(|one| one.accepted).sum::<u64>(), 300);
        assert_eq!(counts.iter().map(|one| one.unchanged).sum::<u64>(), 900);
        assert_eq!(here.store.rows("record_version"), 300);
        assert_eq!(prove_log(&here.registry), 304);
    }
}

/// 60,000 rows in several parts, some of them wrong or twice.
fn a_large_file(engine: Engine) {
    const ROWS: u32 = 60_000;
    let here = Installation::new(engine, "gansu");
    here.submit(LAW, RecordKind::Licence, "first.csv", licences_csv(1, 100))
        .unwrap();
    let csv = licences_csv(1, ROWS).replace("LAW-00030000,律师,2020-05-04", "LAW-00030000,律师,x");
    let before = most_memory();
    let parts = std::cell::RefCell::new(Vec::new());
    let file = registry::SubmissionFile {
        authority: LAW.to_owned(),
        kind: RecordKind::Licence,
        name: "large.csv".to_owned(),
        encoding: None,
    };
    let source = std::io::Cursor::new(csv.into_bytes());
    let done = here
        .registry
        .submit(&file, source, &|rows| parts.borrow_mut().push(rows))
        .unwrap();
    let grown = most_memory() - before;
    assert!(grown < 170, "memory grew by {grown} MiB");
    assert_eq!(
        (done.counts.accepted, done.counts.unchanged, done.counts.rejected),
        (u64::from(ROWS) - 101, 100, 1)
    );
    let parts = parts.into_inner();
    assert!(
        parts.len() > 3 && parts.is_sorted() && parts.last() == Some(&u64::from(ROWS)),
        "{parts:?}"
    );
    assert_eq!(here.store.rows("record_version"), i64::from(ROWS) - 1);
    assert_eq!(
        here.outcomes(LAW, &done)[29_999],
        (RowOutcome::Rejected, Some("date-invalid"))
    );
    assert_eq!(prove_log(&here.registry), u64::from(ROWS) - 1 + 2);
}

#[test]
fn a_large_file_is_taken_in_by_parts_within_170_mib_on_sqlite() {
    a_large_file(Engine::Sqlite);
}

#[test]
fn a_large_file_is_taken_in_by_parts_within_170_mib_on_postgres() {
    a_large_file(Engine::Postgres);
}
