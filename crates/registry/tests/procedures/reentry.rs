//! What was withdrawn or erased does not come back unless a reviewer certifies that it is right, and then the person is
//! told.

use model::{RecordId, RecordKind, RecordStatus};
use registry::{
    EventKind, Left, NoticeKind, ReentryError,
    RowOutcome::{Accepted, Rejected, Unchanged},
    TakeBackError,
};
use testkit::{Installation, SourceRow, made_up, on_both_engines, prove_log, wait};

use crate::kit::*;

fn certify(here: &Installation, record: RecordId) -> Result<(), ReentryError> {
    let person = here.registry.keys().person(&made_up(1).number);
    wait(here.registry.certify_reentry(reviewer("first"), person, record))
}

/// A decision of the first person that was withdrawn after a dispute.
fn withdrawn(here: &Installation) -> RecordId {
    let record = decision(here);
    let id = dispute(here);
    answer(here, id, withdrawal()).unwrap();
    record
}

fn file(
    here: &Installation,
    kind: RecordKind,
    row: SourceRow,
) -> (registry::RowOutcome, Option<&'static str>) {
    let done = here.file(LAW, kind, &[row]);
    here.outcomes(LAW, &done).remove(0)
}

fn came_again(here: &Installation) -> usize {
    let person = here.registry.keys().person(&made_up(1).number);
    let notices = wait(here.registry.notices(person)).unwrap();
    notices
        .iter()
        .filter(|one| one.kind == NoticeKind::RecordCameAgain)
        .count()
}

on_both_engines! {
    fn what_its_sender_takes_back_within_the_window_may_come_in_again_and_no_withdrawal_hides_in_it(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        people(&here.registry);
        let first = decide(&here, SourceRow::decision(1));
        let record = decision(&here);
        // A slip of the pen, put right by whoever made it: the document has not ended, and nobody certifies anything.
        assert_eq!(here.registry.take_back(LAW, first.submission).unwrap().taken_back, 1);
        assert!(matches!(certify(&here, record), Err(ReentryError::NotEnded)));
        let second = decide(&here, SourceRow::decision(1).with("facts", "更正后的事实"));
        let standing: Vec<_> = here.file_of(1).records.into_iter()
            .filter(|one| one.kind == RecordKind::Decision)
            .map(|one| (one.status, one.record == record))
            .collect();
        assert_eq!(standing, [(RecordStatus::InForce, false), (RecordStatus::Withdrawn, true)], "the person sees both");
        assert_eq!(came_again(&here), 0, "it is no record that had ended");

        // A withdrawal is none, in the same window too: taking its submission back leaves it, and frees nothing.
        let ended = withdrawn(&here);
        let left = here.registry.take_back(LAW, second.submission).unwrap();
        assert_eq!((left.taken_back, left.left), (0, vec![(1, Left::ChangedSince)]));
        let again = || file(&here, RecordKind::Decision, SourceRow::decision(1));
        assert_eq!(again(), (Rejected, Some("record-ended")));
        certify(&here, ended).unwrap();
        assert_eq!(again(), (Accepted, None));
        assert_eq!(came_again(&here), 1);

        // After the window nothing is taken back: what was wrong is withdrawn, and that ends its document.
        let third = decide(&here, SourceRow::decision(1).document("甘罚〔2026〕九号"));
        here.later(73);
        let late = here.registry.take_back(LAW, third.submission);
        assert!(matches!(late, Err(TakeBackError::TooLate(_))), "{late:?}");
        prove_log(&here.registry);
    }

    fn a_withdrawn_record_comes_in_once_after_a_certificate_and_the_person_is_told(engine: Engine) {
        let here = filled(engine);
        let before = decision(&here);
        assert!(matches!(certify(&here, before), Err(ReentryError::NotEnded)));
        let record = withdrawn(&here);
        assert_eq!(record, before);
        let again = || file(&here, RecordKind::Decision, SourceRow::decision(1));
        let ended = (Rejected, Some("record-ended"));
        assert_eq!(again(), ended);
        assert_eq!(file(&here, RecordKind::Decision, SourceRow::decision(1).with("facts", "更正后的事实")), ended);
        assert_eq!(file(&here, RecordKind::Decision, SourceRow::decision(1).correcting()), ended);
        certify(&here, record).unwrap();
        assert!(matches!(certify(&here, record), Err(ReentryError::Certified)));
        assert_eq!(came_again(&here), 0);
        assert_eq!(again(), (Accepted, None));
        assert_eq!(came_again(&here), 1, "at once, which is within five working days");
        let events = here.file_of(1).events;
        let of = |kind| events.iter().filter(|one| one.kind == kind).map(|one| one.actor.as_str()).collect::<Vec<_>>();
        assert_eq!(of(EventKind::ReentryCertified), ["reviewer:first"]);
        assert_eq!(of(EventKind::RecordCameAgain), [LAW]);
        let decisions: Vec<_> = here.file_of(1).records.into_iter()
            .filter(|one| one.kind == RecordKind::Decision)
            .map(|one| (one.status, one.record == record))
            .collect();
        assert_eq!(decisions, [(RecordStatus::InForce, false), (RecordStatus::Withdrawn, true)]);
        // It is a record like any other: known, corrected, and for another end another certificate is needed.
        assert_eq!(again(), (Unchanged, None));
        assert_eq!(came_again(&here), 1);
        let mended = SourceRow::decision(1).with("facts", "更正后的事实");
        assert_eq!(file(&here, RecordKind::Decision, mended.correcting()), (Accepted, None));
        withdrawn(&here);
        assert_eq!(again(), ended);
        assert!(matches!(certify(&here, record), Err(ReentryError::NotEnded)), "it is about the later record now");
        prove_log(&here.registry);
    }

    fn what_was_restored_stays_restored(engine: Engine) {
        let here = fined(unchanged(engine));
        on(&here, "2027-02-10");
        granted(&here);
        assert!(matches!(certify(&here, decision(&here)), Err(ReentryError::Restored)));
        let record = decision(&here);
        // Its erasure opens no way back either.
        on(&here, "2031-11-11");
        assert_eq!(record, decision(&here));
        assert!(matches!(certify(&here, record), Err(ReentryError::Restored)));
    }

    fn taking_back_a_submission_ends_no_document(engine: Engine) {
        let here = filled(engine);
        let done = decide(&here, SourceRow::decision(1).document("甘律罚〔2026〕二号"));
        here.registry.take_back(LAW, done.submission).unwrap();
        let mended = SourceRow::decision(1).document("甘律罚〔2026〕二号").with("facts", "更正后的事实");
        assert_eq!(file(&here, RecordKind::Decision, mended), (Accepted, None));
        assert_eq!(came_again(&here), 0);
    }

    fn an_erasure_of_what_was_taken_back_leaves_what_was_sent_again_alone(engine: Engine) {
        let here = unchanged(engine);
        let slip = SourceRow::licence(1).with("valid_until", "2027-05-04");
        let done = here.file(LAW, RecordKind::Licence, &[slip]);
        here.registry.take_back(LAW, done.submission).unwrap();
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        on(&here, "2032-05-05");
        let statuses: Vec<_> = here.file_of(1).records.iter().map(|one| one.status).collect();
        assert_eq!(statuses, [RecordStatus::InForce, RecordStatus::Erased]);
        let right = SourceRow::licence(1).with("scope", "专职律师").correcting();
        assert_eq!(file(&here, RecordKind::Licence, right), (Accepted, None));
    }

    fn a_certificate_outlives_the_erasure_of_what_was_withdrawn(engine: Engine) {
        let here = filled(engine);
        let record = withdrawn(&here);
        certify(&here, record).unwrap();
        on(&here, "2031-11-11");
        assert_eq!(here.file_of(1).records.iter().find(|one| one.record == record).unwrap().status, RecordStatus::Erased);
        assert_eq!(file(&here, RecordKind::Decision, SourceRow::decision(1)), (Accepted, None));
    }

    fn the_same_holds_of_somebody_of_whom_everything_was_erased(engine: Engine) {
        let here = unchanged(engine);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        people(&here.registry);
        let licence = record(&here, RecordKind::Licence).record;
        let id = wait(here.registry.open_dispute(here.person(1), a_dispute(licence))).unwrap();
        answer(&here, id, withdrawal()).unwrap();
        on(&here, "2040-05-05");
        assert_eq!(here.store.rows("person"), 0);
        let again = || file(&here, RecordKind::Licence, SourceRow::licence(1).with("valid_until", "2060-05-04"));
        assert_eq!(again(), (Rejected, Some("record-ended")));
        assert_eq!((here.store.rows("person"), here.store.rows("document")), (0, 0), "nothing of it is left behind");
        certify(&here, licence).unwrap();
        assert_eq!(again(), (Accepted, None));
        assert_eq!(came_again(&here), 1);
        prove_log(&here.registry);
    }

    fn what_was_erased_comes_in_only_after_a_certificate(engine: Engine) {
        let here = filled(engine);
        let record = decision(&here);
        on(&here, "2031-11-11");
        assert_eq!(file(&here, RecordKind::Decision, SourceRow::decision(1)), (Unchanged, None));
        let longer = SourceRow::decision(1).with("effective_on", "2031-11-10").with("decided_on", "2031-11-09")
            .with("disclosure_ends_on", "2032-01-31");
        assert_eq!(file(&here, RecordKind::Decision, longer.clone()).0, Rejected);
        assert_eq!(file(&here, RecordKind::Decision, longer.clone().correcting()), (Rejected, Some("record-ended")));
        certify(&here, record).unwrap();
        assert_eq!(file(&here, RecordKind::Decision, longer), (Accepted, None));
        assert_eq!(came_again(&here), 1);
    }
}
