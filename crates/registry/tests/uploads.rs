//! What uploads in pieces promise: what was acknowledged is on disk, a broken connection or a kill costs
//! nothing, and a file is filed once.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use model::{RecordKind, SubmissionId};
use registry::{SubmissionState, UploadError, UploadRequest};
use ring::digest;
use testkit::{Installation, licences_csv, on_both_engines, prove_log, wait};

const LAW: &str = "law-bureau";

fn announce(here: &Installation, file: &[u8]) -> SubmissionId {
    let request = UploadRequest {
        authority: LAW.to_owned(),
        kind: RecordKind::Licence,
        name: "licences.csv".to_owned(),
        length: file.len() as u64,
        sha256: digest::digest(&digest::SHA256, file).as_ref().try_into().unwrap(),
    };
    wait(here.registry.announce(request)).unwrap().submission
}

fn send(here: &Installation, id: SubmissionId, file: &[u8], from: usize, to: usize) {
    let answer = here
        .registry
        .append(LAW, id, from as u64, &file[from..to])
        .unwrap();
    assert_eq!(answer.received, to as u64);
}

fn spooled(here: &Installation) -> usize {
    std::fs::read_dir(here.folder.path().join("spool"))
        .unwrap()
        .count()
}

on_both_engines! {
    fn a_file_comes_in_pieces_over_restarts(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let file = licences_csv(1, 1000).into_bytes();
        assert!(file.len() > 130_000, "more than two frames");
        let id = announce(&here, &file);
        send(&here, id, &file, 0, 70_001);
        let here = here.reopen();
        assert_eq!(wait(here.registry.upload(LAW, id)).unwrap().received, 70_001);
        send(&here, id, &file, 70_001, 70_002);
        // A kill behind the last acknowledged piece leaves something half written.
        let spool = here.folder.path().join("spool").join(id.to_string());
        let mut bytes = std::fs::read(&spool).unwrap();
        bytes.extend_from_slice(&[0, 1, 2, 3, 4, 5, 6]);
        std::fs::write(&spool, bytes).unwrap();
        let here = here.reopen();
        send(&here, id, &file, 70_002, file.len());
        let done = here.registry.finish_upload(LAW, id).unwrap();
        assert_eq!((done.submission, done.counts.accepted), (id, 1000));
        assert_eq!(spooled(&here), 0);
        let again = here.registry.finish_upload(LAW, id);
        assert!(matches!(again, Err(UploadError::NoSuchUpload)), "{again:?}");
        prove_log(&here.registry);
    }

    fn a_piece_in_the_wrong_place_or_by_somebody_else_is_not_taken(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let file = licences_csv(1, 5).into_bytes();
        let id = announce(&here, &file);
        send(&here, id, &file, 0, 100);
        let answer = |authority: &str, offset, piece: &[u8]| here.registry.append(authority, id, offset, piece);
        assert!(matches!(answer(LAW, 0, &file[..100]), Err(UploadError::Offset { received: 100 })));
        assert!(matches!(answer(LAW, 101, &file[101..]), Err(UploadError::Offset { received: 100 })));
        assert!(matches!(answer(LAW, 100, &file), Err(UploadError::TooLong)));
        assert!(matches!(answer("education-department", 100, &file[100..]), Err(UploadError::NoSuchUpload)));
        let early = here.registry.finish_upload(LAW, id);
        assert!(matches!(early, Err(UploadError::NotWhole { received: 100, .. })), "{early:?}");
        send(&here, id, &file, 100, file.len());
        assert_eq!(here.registry.finish_upload(LAW, id).unwrap().counts.accepted, 5);
    }

    fn another_file_than_was_announced_is_not_filed(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let file = licences_csv(1, 5).into_bytes();
        let id = announce(&here, &file);
        let other = licences_csv(2, 5).into_bytes();
        assert_eq!(file.len(), other.len());
        send(&here, id, &other, 0, other.len());
        assert!(matches!(here.registry.finish_upload(LAW, id), Err(UploadError::OtherFile)));
        assert_eq!((spooled(&here), here.store.rows("upload"), here.store.rows("record_version")), (0, 0, 0));
    }

    fn a_kill_after_the_last_row_does_not_file_it_twice(engine: Engine) {
        // The store stops when the upload is done and only its traces are to be removed.
        let here = Installation::stopping(engine, "upload.drop", 0);
        let file = licences_csv(1, 5).into_bytes();
        let id = announce(&here, &file);
        send(&here, id, &file, 0, file.len());
        let stopped = here.registry.finish_upload(LAW, id);
        assert!(matches!(stopped, Err(UploadError::Registry(_))), "{stopped:?}");
        let here = here.reopen();
        let size = prove_log(&here.registry);
        let first = wait(here.registry.submission_receipt(LAW, id)).unwrap().unwrap();
        // The authority takes it back before it hears of it; asking again must not undo that.
        here.registry.take_back(LAW, id).unwrap();
        let done = here.registry.finish_upload(LAW, id).unwrap();
        assert_eq!((done.submission, done.counts.accepted), (id, 5));
        assert_eq!(done.receipt.entry, first.entry);
        let view = wait(here.registry.submission(LAW, id)).unwrap().unwrap();
        assert_eq!(view.state, SubmissionState::TakenBack);
        assert_eq!(prove_log(&here.registry), size + 5, "five rows taken back and nothing else");
        assert_eq!(spooled(&here), 0);
    }

    fn a_kill_between_two_parts_goes_on_where_it_was(engine: Engine) {
        let here = Installation::stopping(engine, "submission.finish", 0);
        let file = licences_csv(1, 5).into_bytes();
        let id = announce(&here, &file);
        send(&here, id, &file, 0, file.len());
        here.registry.finish_upload(LAW, id).unwrap_err();
        let here = here.reopen();
        assert_eq!(prove_log(&here.registry), 5, "rows, but no submission yet");
        let done = here.registry.finish_upload(LAW, id).unwrap();
        assert_eq!((done.counts.accepted, done.counts.unchanged), (5, 0));
        assert_eq!(prove_log(&here.registry), 6);
    }

    fn what_nobody_goes_on_with_is_removed_after_a_day(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let file = licences_csv(1, 5).into_bytes();
        let id = announce(&here, &file);
        here.later(24);
        here.registry.do_what_is_due().unwrap();
        wait(here.registry.upload(LAW, id)).unwrap();
        here.later(1);
        here.registry.do_what_is_due().unwrap();
        assert!(matches!(wait(here.registry.upload(LAW, id)), Err(UploadError::NoSuchUpload)));
    }
}
