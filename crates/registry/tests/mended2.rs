//! Faults that were mended in taking files in: numbering, closing, resuming, and what is left open.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::io::{Cursor, Read, Seek, SeekFrom};

use model::{RecordKind, SubmissionId};
use registry::{RowOutcome, SubmissionFile, SubmissionState, SubmitError, UploadError, UploadRequest};
use ring::digest;
use testkit::{Installation, SourceRow, json_lines, made_up, on_both_engines, prove_log, wait};

const LAW: &str = "law-bureau";
/// As many rows as one transaction files.
const PART: usize = 65_536;

fn send(here: &Installation, file: &str) -> SubmissionId {
    let request = UploadRequest {
        authority: LAW.to_owned(),
        kind: RecordKind::Licence,
        name: "licences.jsonl".to_owned(),
        length: file.len() as u64,
        sha256: digest::digest(&digest::SHA256, file.as_bytes())
            .as_ref()
            .try_into()
            .unwrap(),
    };
    let id = wait(here.registry.announce(request)).unwrap().submission;
    here.registry.append(LAW, id, 0, file.as_bytes()).unwrap();
    id
}

fn state(here: &Installation, id: SubmissionId) -> SubmissionState {
    wait(here.registry.submission(LAW, id)).unwrap().unwrap().state
}

/// A part of one person's row over and over, with this many blank lines within.
fn part_with_blanks(blanks: usize) -> String {
    let line = json_lines(&[SourceRow::licence(1)]);
    let mut text = line.repeat(5) + &"\n".repeat(blanks);
    text.push_str(&line.repeat(PART - 5));
    text
}

/// A source that breaks off after `left` bytes, once it was read whole.
struct Breaking {
    file: Cursor<Vec<u8>>,
    read_whole: bool,
    left: u64,
}

impl Read for Breaking {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.read_whole && self.file.position() >= self.left {
            return Err(std::io::Error::other("the disk is gone"));
        }
        let count = self.file.read(out)?;
        self.read_whole |= count == 0;
        Ok(count)
    }
}

impl Seek for Breaking {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}

on_both_engines! {
    fn a_file_with_blank_lines_goes_on_at_the_right_row_after_a_kill(engine: Engine) {
        let here = Installation::stopping(engine, "submission.file", 1);
        let more: Vec<_> = (2..6).map(SourceRow::licence).collect();
        let id = send(&here, &(part_with_blanks(20) + &json_lines(&more)));
        here.registry.finish_upload(LAW, id).unwrap_err();
        let here = here.reopen();
        let done = here.registry.finish_upload(LAW, id).unwrap();
        assert_eq!((done.counts.accepted, done.counts.unchanged), (5, PART as u64 - 1));
        let rows = here.outcomes(LAW, &done);
        assert_eq!(rows.len(), PART + 4);
        assert_eq!(rows.iter().filter(|row| row.0 == RowOutcome::Accepted).count(), 5);
        assert_eq!(here.registry.take_back(LAW, id).unwrap().taken_back, 5);
    }

    fn a_submission_that_nobody_goes_on_with_is_closed_and_can_be_taken_back(engine: Engine) {
        let here = Installation::stopping(engine, "submission.file", 1);
        let id = send(&here, &(part_with_blanks(0) + &json_lines(&[SourceRow::licence(2)])));
        here.registry.finish_upload(LAW, id).unwrap_err();
        let here = here.reopen();
        here.later(23);
        here.registry.do_what_is_due().unwrap();
        assert_eq!(state(&here, id), SubmissionState::Open, "its upload is still here to go on with");
        wait(here.registry.upload(LAW, id)).unwrap();
        here.later(2);
        here.registry.do_what_is_due().unwrap();
        assert_eq!(state(&here, id), SubmissionState::Done);
        let gone = here.registry.finish_upload(LAW, id);
        assert!(matches!(gone, Err(UploadError::NoSuchUpload)), "{gone:?}");
        assert!(wait(here.registry.submission_receipt(LAW, id)).unwrap().is_some());
        assert_eq!(here.registry.take_back(LAW, id).unwrap().taken_back, 1);
        prove_log(&here.registry);
    }

    fn a_refused_file_is_answered_again_after_a_kill(engine: Engine) {
        let here = Installation::stopping(engine, "upload.drop", 0);
        let id = send(&here, "");
        here.registry.finish_upload(LAW, id).unwrap_err();
        let here = here.reopen();
        assert_eq!(state(&here, id), SubmissionState::Refused);
        let again = here.registry.finish_upload(LAW, id);
        assert!(matches!(again, Err(UploadError::Submit(SubmitError::File(_)))), "{again:?}");
        assert_eq!(state(&here, id), SubmissionState::Refused);
        assert_eq!(here.store.rows("upload"), 0);
    }

    fn a_name_given_by_mistake_and_taken_back_pins_nobody(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let wrong = SourceRow::licence(1).with("id_number", made_up(2).number);
        let done = here.file(LAW, RecordKind::Licence, &[wrong]);
        let early = here.file(LAW, RecordKind::Licence, &[SourceRow::licence(2)]);
        assert_eq!(here.outcomes(LAW, &early), [(RowOutcome::Rejected, Some("name-mismatch"))]);
        here.registry.take_back(LAW, done.submission).unwrap();
        let strange = SourceRow::licence(2).document("又一号").with("name", "某某");
        let real = here.file(LAW, RecordKind::Licence, &[SourceRow::licence(2), strange]);
        let first = (RowOutcome::Accepted, None);
        assert_eq!(here.outcomes(LAW, &real), [first, (RowOutcome::Rejected, Some("name-mismatch"))]);
        let file = here.file_of(2);
        assert_eq!(file.identity.unwrap().name, made_up(2).name);
        assert_eq!(file.records.len(), 2, "the person sees what was taken back, too");
    }

    fn a_source_that_breaks_off_leaves_the_submission_open(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let rows: Vec<_> = (1..2_000).map(SourceRow::licence).collect();
        let bytes = json_lines(&rows).into_bytes();
        let source = Breaking { left: bytes.len() as u64 / 2, file: Cursor::new(bytes), read_whole: false };
        let file = SubmissionFile {
            authority: LAW.to_owned(),
            kind: RecordKind::Licence,
            name: "rows.jsonl".to_owned(),
            encoding: None,
        };
        let answer = here.registry.submit(&file, source, &|_| ());
        assert!(matches!(answer, Err(SubmitError::Registry(_))), "{answer:?}");
        let left = wait(here.registry.submissions(LAW)).unwrap().remove(0);
        assert_eq!(left.state, SubmissionState::Open);
        assert_eq!(left.counts.rejected, 0);
    }

    fn an_upload_in_use_is_kept_however_long_it_takes(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let file = json_lines(&[SourceRow::licence(1)]);
        let request = UploadRequest {
            authority: LAW.to_owned(),
            kind: RecordKind::Licence,
            name: "licences.jsonl".to_owned(),
            length: file.len() as u64,
            sha256: digest::digest(&digest::SHA256, file.as_bytes()).as_ref().try_into().unwrap(),
        };
        let id = wait(here.registry.announce(request)).unwrap().submission;
        here.later(20);
        here.registry.append(LAW, id, 0, &file.as_bytes()[..10]).unwrap();
        here.later(20);
        here.registry.do_what_is_due().unwrap();
        here.registry.append(LAW, id, 10, &file.as_bytes()[10..]).unwrap();
        assert_eq!(here.registry.finish_upload(LAW, id).unwrap().counts.accepted, 1);
    }
}
