//! What uploads in pieces promise: what was acknowledged is on disk, a broken connection or a kill costs
//! nothing, a file is filed once, and nobody fills the disk.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::time::SystemTime;

use model::{RecordKind, SubmissionId};
use registry::{SubmissionState, Upload, UploadError, UploadRequest};
use ring::digest;
use testkit::{Installation, licences_csv, on_both_engines, prove_log, wait};

const LAW: &str = "law-bureau";

fn request(file: &[u8]) -> UploadRequest {
    UploadRequest {
        authority: LAW.to_owned(),
        kind: RecordKind::Licence,
        name: "licences.csv".to_owned(),
        length: file.len() as u64,
        sha256: digest::digest(&digest::SHA256, file).as_ref().try_into().unwrap(),
    }
}

fn announce(here: &Installation, file: &[u8]) -> SubmissionId {
    wait(here.registry.announce(request(file))).unwrap().submission
}

/// Announces small files until no more are taken, and answers how many there are then.
fn fill(here: &Installation) -> u64 {
    for number in 0..100_u8 {
        match wait(here.registry.announce(request(&[number]))) {
            Ok(_) => {}
            Err(UploadError::TooMuchUnderWay {
                uploads,
                most_uploads,
                ..
            }) => {
                assert_eq!(uploads, most_uploads);
                return uploads;
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    panic!("there is no end to it");
}

fn is_full(answer: &Result<Upload, UploadError>) -> bool {
    matches!(answer, Err(UploadError::TooMuchUnderWay { .. }))
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
        send(&here, id, &file, 0, 100);
        // As old as by the clock of the test.
        let spool = here.folder.path().join("spool").join(id.to_string());
        std::fs::File::options().write(true).open(spool).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        here.later(24);
        here.registry.do_what_is_due().unwrap();
        wait(here.registry.upload(LAW, id)).unwrap();
        assert_eq!(spooled(&here), 1);
        here.later(1);
        here.registry.do_what_is_due().unwrap();
        assert!(matches!(wait(here.registry.upload(LAW, id)), Err(UploadError::NoSuchUpload)));
        assert_eq!(spooled(&here), 0);
    }

    fn an_authority_has_so_many_uploads_under_way_and_no_more(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let file = licences_csv(1, 5).into_bytes();
        let id = announce(&here, &file);
        let most = fill(&here);
        assert_eq!(here.store.rows("upload"), most as i64, "what is refused leaves nothing");
        // Another authority has its own measure.
        let theirs = UploadRequest { authority: "education-department".to_owned(), ..request(b"theirs") };
        wait(here.registry.announce(theirs)).unwrap();
        send(&here, id, &file, 0, file.len());
        assert!(is_full(&wait(here.registry.announce(request(b"one more")))));
        // What is filed makes room for another.
        here.registry.finish_upload(LAW, id).unwrap();
        announce(&here, b"one more");
        assert!(is_full(&wait(here.registry.announce(request(b"two more")))));
    }

    fn what_is_announced_is_bounded_in_bytes_before_any_comes(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let long = |name: &str, length| {
            let request = UploadRequest { name: name.to_owned(), length, ..request(b"") };
            wait(here.registry.announce(request))
        };
        let Err(UploadError::TooLarge(longest)) = long("a.csv", u64::MAX) else {
            panic!("no file is that long");
        };
        assert!(matches!(long("a.csv", longest + 1), Err(UploadError::TooLarge(_))));
        long("a.csv", longest).unwrap();
        long("b.csv", longest - 1).unwrap();
        let answer = long("c.csv", 2);
        let Err(UploadError::TooMuchUnderWay { uploads, most_uploads, bytes, most_bytes }) = answer else {
            panic!("{answer:?}");
        };
        assert!(uploads == 2 && most_uploads > 2);
        assert_eq!((bytes, most_bytes), (2 * longest - 1, 2 * longest));
        long("d.csv", 1).unwrap();
    }

    fn announcements_at_the_same_moment_do_not_slip_through_together(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let answers: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..40_u8)
                .map(|number| {
                    let registry = here.registry.clone();
                    // Each file twice.
                    scope.spawn(move || wait(registry.announce(request(&[number / 2]))))
                })
                .collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let mut taken: Vec<_> = answers.iter().flatten().map(|upload| upload.submission.to_string()).collect();
        taken.sort();
        taken.dedup();
        let full = answers.iter().find_map(|answer| match answer {
            Err(UploadError::TooMuchUnderWay { most_uploads, .. }) => Some(*most_uploads),
            _ => None,
        });
        assert!(answers.iter().all(|answer| answer.is_ok() || is_full(answer)), "{answers:?}");
        assert_eq!(taken.len() as u64, full.unwrap());
        assert_eq!(here.store.rows("upload"), taken.len() as i64);
    }

    fn a_file_announced_again_is_gone_on_with_however_much_is_under_way(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let file = licences_csv(1, 5).into_bytes();
        let id = announce(&here, &file);
        send(&here, id, &file, 0, 100);
        fill(&here);
        let again = wait(here.registry.announce(request(&file))).unwrap();
        assert_eq!(again, Upload { submission: id, received: 100, length: file.len() as u64 });
        // Under another name, of another kind or by another authority it is another file.
        let renamed = UploadRequest { name: "others.csv".to_owned(), ..request(&file) };
        assert!(is_full(&wait(here.registry.announce(renamed))));
        let other = UploadRequest { kind: RecordKind::Decision, ..request(&file) };
        assert!(is_full(&wait(here.registry.announce(other))));
        let theirs = UploadRequest { authority: "education-department".to_owned(), ..request(&file) };
        assert_ne!(wait(here.registry.announce(theirs)).unwrap().submission, id);
        send(&here, id, &file, 100, file.len());
        assert_eq!(here.registry.finish_upload(LAW, id).unwrap().counts.accepted, 5);
        // Filed, it is announced anew.
        assert_ne!(announce(&here, &file), id);
    }

    fn a_file_announced_again_is_kept_for_another_day(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let id = announce(&here, b"x");
        here.later(20);
        assert_eq!(announce(&here, b"x"), id);
        here.later(20);
        here.registry.do_what_is_due().unwrap();
        wait(here.registry.upload(LAW, id)).unwrap();
    }

    fn what_nobody_goes_on_with_makes_room(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        fill(&here);
        here.later(25);
        assert!(is_full(&wait(here.registry.announce(request(b"one more")))), "nothing was swept yet");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(here.store.rows("upload"), 0);
        announce(&here, b"one more");
    }

    fn a_file_whose_submission_has_ended_is_announced_anew(engine: Engine) {
        // A kill leaves the upload behind, and the authority takes the submission back.
        let here = Installation::stopping(engine, "upload.drop", 0);
        let file = licences_csv(1, 5).into_bytes();
        let id = announce(&here, &file);
        send(&here, id, &file, 0, file.len());
        here.registry.finish_upload(LAW, id).unwrap_err();
        let here = here.reopen();
        here.registry.take_back(LAW, id).unwrap();
        let anew = announce(&here, &file);
        assert_ne!(anew, id);
        send(&here, anew, &file, 0, file.len());
        assert_eq!(here.registry.finish_upload(LAW, anew).unwrap().counts.accepted, 5);
    }

    fn a_file_whose_pieces_are_lost_is_announced_anew(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let file = licences_csv(1, 5).into_bytes();
        let id = announce(&here, &file);
        send(&here, id, &file, 0, 100);
        std::fs::remove_file(here.folder.path().join("spool").join(id.to_string())).unwrap();
        let anew = announce(&here, &file);
        send(&here, anew, &file, 0, file.len());
        assert_eq!(here.registry.finish_upload(LAW, anew).unwrap().counts.accepted, 5);
    }
}
