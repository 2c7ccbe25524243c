//! A record that reaches the end of its retention takes what is under way about it along, and everybody whose turn it
//! was is told.

use model::{
    ProcedureId, RecordKind,
    procedure::{Actor, NoticeKind as Kind, Speaker, Status, StepName},
};
use registry::{Due, EventKind, MailLetter, OpenDispute, Reader};
use storage::{Access, Param};
use testkit::{Installation, SourceRow, made_up, on_both_engines, prove_log, wait};

use crate::kit::*;

const ADDRESS: &str = "made-up-telltale@example.org";

/// The first person disputes their licence, the last record of theirs, days before the end of its retention.
fn last_one_disputed(here: &Installation) -> ProcedureId {
    on(here, "2040-05-01");
    let wish = a_dispute(record(here, RecordKind::Licence).record);
    wait(here.registry.open_dispute(here.person(1), wish)).unwrap()
}

/// How many procedures have a day or wait for somebody.
fn waiting(here: &Installation) -> usize {
    let found = here.store.store.run("test.waiting", Access::Read, |tx| {
        tx.query(
            "SELECT procedure FROM procedure WHERE due_on IS NOT NULL OR wakes_on IS NOT NULL \
             OR waits_for IS NOT NULL OR wrapped_key IS NOT NULL OR sealed_state IS NOT NULL",
            &[],
        )
    });
    found.unwrap().len()
}

/// How often a body, or an inbox of the reviewers, was told this, and how much it has not read.
fn told_to(here: &Installation, body: &str, kind: Kind) -> (usize, usize) {
    let notices = wait(here.registry.body_notices(body)).unwrap();
    let of_kind = notices.iter().filter(|one| one.kind == kind).count();
    (
        of_kind,
        notices.iter().filter(|one| one.read_at.is_none()).count(),
    )
}

/// Whether the first person's key, name and number are there.
fn known(here: &Installation) -> bool {
    let person = here.registry.keys().person(&made_up(1).number);
    let found = here.store.store.run("test.known", Access::Read, move |tx| {
        tx.query(
            "SELECT person FROM person WHERE person = $1",
            &[Param::Blob(person.as_bytes())],
        )
    });
    !found.unwrap().is_empty()
}

fn steps_of(here: &Installation, id: ProcedureId) -> Vec<(StepName, Actor)> {
    let person = here.registry.keys().person(&made_up(1).number);
    let all = wait(here.registry.procedures_of(person)).unwrap();
    let view = all.into_iter().find(|one| one.summary.procedure == id).unwrap();
    view.timeline
        .into_iter()
        .map(|step| (step.name, step.actor))
        .collect()
}

on_both_engines! {
    fn a_dispute_that_waits_ends_with_its_record_and_each_side_is_told_once(engine: Engine) {
        let here = fined(unchanged(engine));
        give(&here, HOSPITAL);
        on(&here, "2031-11-01");
        let say = OpenDispute { text: "telltale-text".to_owned(), files: vec![pdf()], ..a_dispute(decision(&here)) };
        let id = wait(here.registry.open_dispute(here.person(1), say)).unwrap();
        assert_eq!(told_to(&here, LAW, Kind::DisputeOpened), (1, 1));
        on(&here, "2031-11-10");
        assert_eq!((status(&here, id), told(&here, 1, Kind::RecordErased)), (Status::Open, 0), "the last day counts");

        on(&here, "2031-11-11");
        assert_eq!(here.registry.do_what_is_due().unwrap(), Due::default(), "once is enough");
        assert_eq!(steps_of(&here, id), [
            (StepName::Open, Actor::Person),
            (StepName::EraseRecord, Actor::Installation),
        ]);
        let view = view(&here, id);
        assert_eq!((view.summary.status, view.summary.body.as_deref()), (Status::RecordErased, Some(LAW)));
        assert!(view.course.is_none() && view.next.is_none() && view.possible.is_empty());
        assert_eq!(told(&here, 1, Kind::RecordErased), 1);
        // What it was asked before is no longer to be done: the last notice alone is unread.
        assert_eq!(told_to(&here, LAW, Kind::RecordErased), (1, 1));
        let last = &wait(here.registry.body_notices(LAW)).unwrap()[0];
        assert_eq!((last.kind, last.procedure), (Kind::RecordErased, id));
        assert_eq!(waiting(&here), 0);
        assert!(wait(here.registry.overdue()).unwrap().is_empty());
        let desk = wait(here.registry.desk_procedures(LAW)).unwrap();
        assert_eq!(desk.iter().map(|one| (one.status, one.due_on, one.late)).collect::<Vec<_>>(),
            [(Status::RecordErased, None, false)]);
        assert_eq!(here.store.rows("procedure_file"), 0);
        // Nothing is asked of anybody later either.
        on(&here, "2032-01-10");
        assert_eq!((told(&here, 1, Kind::DisputeOverdue), told(&here, 1, Kind::RecordErased)), (0, 1));
        prove_log(&here.registry);
    }

    fn those_who_took_part_read_what_is_left_and_nobody_else_does(engine: Engine) {
        let here = fined(unchanged(engine));
        give(&here, HOSPITAL);
        on(&here, "2031-11-01");
        let id = dispute(&here);
        on(&here, "2031-11-11");
        let before = here.file_of(1).events.len();
        for reader in [Reader::Person(here.person(1)), Reader::Body(LAW.to_owned())] {
            let (view, record) = wait(here.registry.read_procedure_record(reader, id)).unwrap();
            assert!(view.course.is_none() && record.is_none());
            assert_eq!(view.timeline.len(), 2);
        }
        let for_others = [Reader::Body(HOSPITAL.to_owned()), Reader::Reviewer(reviewer("first"))];
        for reader in for_others.into_iter().chain([Reader::Person(here.registry.keys().person(&made_up(2).number))]) {
            assert_eq!(code(wait(here.registry.read_procedure(reader, id))), "procedure-unknown");
        }
        let events = here.file_of(1).events;
        let read: Vec<_> = events.iter().filter(|one| one.kind == EventKind::ProcedureRead).collect();
        assert_eq!(read.iter().map(|one| one.actor.as_str()).collect::<Vec<_>>(), [LAW]);
        assert_eq!(events.len(), before + 2, "that, and the person's own look");
    }

    fn what_was_answered_keeps_its_outcome_and_nobody_is_told_of_its_end(engine: Engine) {
        let here = fined(unchanged(engine));
        let id = upheld(&here);
        on(&here, "2031-11-11");
        assert_eq!((status(&here, id), told(&here, 1, Kind::RecordErased)), (Status::Upheld, 0));
        assert_eq!(told_to(&here, LAW, Kind::RecordErased).0, 0);
        let steps: Vec<_> = steps_of(&here, id).into_iter().map(|(name, _)| name).collect();
        assert_eq!(steps, [StepName::Open, StepName::Uphold]);
    }

    fn whoever_has_yet_to_confirm_and_the_reviewer_who_has_it_are_told_that_nothing_is_to_be_done(engine: Engine) {
        let here = fined(unchanged(engine));
        let disputed = reconsidered(&here);
        assign(&here, disputed, "first").unwrap();
        on(&here, "2027-02-10");
        give(&here, HOSPITAL);
        give(&here, FIRM);
        let restored = apply(&here).unwrap();
        take(&here, restored);
        grant(&here, restored).unwrap();
        wait(here.registry.confirm_stopped_use(FIRM, told_as(&here, FIRM, restored))).unwrap();
        on(&here, "2031-11-10");
        let late: Vec<_> = wait(here.registry.overdue()).unwrap().iter().map(|one| one.procedure).collect();
        assert!(late.contains(&restored) && late.contains(&disputed));

        on(&here, "2031-11-11");
        assert_eq!(status(&here, restored), Status::RecordErased);
        assert_eq!(status(&here, disputed), Status::RecordErased);
        assert_eq!(told(&here, 1, Kind::RecordErased), 2);
        assert_eq!(told_to(&here, LAW, Kind::RecordErased).0, 2);
        assert_eq!(told_to(&here, HOSPITAL, Kind::RecordErased), (1, 1));
        assert_eq!(told_to(&here, FIRM, Kind::RecordErased).0, 0, "they had confirmed");
        assert_eq!(told_to(&here, "reviewer:first", Kind::RecordErased), (1, 1));
        assert_eq!(told_to(&here, REVIEWERS, Kind::RecordErased).0, 0);
        assert!(wait(here.registry.overdue()).unwrap().is_empty());
        assert_eq!(waiting(&here), 0);
        assert_eq!(code(wait(here.registry.confirm_stopped_use(HOSPITAL, told_as(&here, HOSPITAL, restored)))), "procedure-unknown");
    }

    fn with_the_last_record_the_letter_leaves_first_and_then_key_name_and_address_go(engine: Engine) {
        let here = filled(engine);
        wait(here.registry.set_email(here.person(1), Some(ADDRESS.to_owned()))).unwrap();
        let id = last_one_disputed(&here);
        let first = wait(here.registry.lease_mail(10)).unwrap().remove(0);
        assert!(wait(here.registry.mail_sent(first.token)).unwrap());

        on(&here, "2040-05-05");
        assert_eq!(waiting(&here), 0, "the record and what was said are gone on the day");
        assert_eq!(told(&here, 1, Kind::RecordErased), 1);
        assert!(known(&here));
        let letter = wait(here.registry.lease_mail(10)).unwrap().remove(0);
        assert_eq!((letter.address.as_str(), letter.letter), (ADDRESS, MailLetter::Notice));
        assert!(wait(here.registry.mail_sent(letter.token)).unwrap());
        on(&here, "2040-05-06");
        assert!(!known(&here));
        assert_eq!((here.store.rows("mail_job"), here.store.rows("mail_address")), (0, 0));
        // It still leads to who they were: they see that it ended, and when.
        assert_eq!(told(&here, 1, Kind::RecordErased), 1);
        assert_eq!(steps_of(&here, id).last().unwrap().0, StepName::EraseRecord);
        prove_log(&here.registry);
    }

    fn a_letter_that_cannot_be_sent_keeps_nobody_for_longer_than_a_day(engine: Engine) {
        let here = filled(engine);
        wait(here.registry.set_email(here.person(1), Some(ADDRESS.to_owned()))).unwrap();
        last_one_disputed(&here);
        on(&here, "2040-05-05");
        let letter = wait(here.registry.lease_mail(10)).unwrap().remove(0);
        assert!(wait(here.registry.mail_failed(letter.token, true)).unwrap());
        assert!(known(&here));
        on(&here, "2040-05-06");
        assert!(!known(&here));
        assert_eq!((here.store.rows("mail_job"), here.store.rows("mail_address")), (0, 0));
    }

    fn who_has_given_no_address_is_told_in_the_inbox_and_nothing_of_theirs_is_kept_for_it(engine: Engine) {
        let here = filled(engine);
        last_one_disputed(&here);
        on(&here, "2040-05-05");
        assert!(!known(&here));
        assert_eq!(told(&here, 1, Kind::RecordErased), 1);
        assert_eq!(told_to(&here, LAW, Kind::RecordErased).0, 1);
    }

    fn a_kill_tells_nobody_twice_and_forgets_nobody(engine: Engine) {
        // The decision goes in the first such transaction; the second is cut off.
        let here = fill(Installation::stopping(engine, "due.erase", 1));
        on(&here, "2031-11-11");
        let id = last_one_disputed(&here);
        here.at("2040-05-05T04:00:00Z");
        here.registry.do_what_is_due().unwrap_err();
        // It was written apart, so the next start does it, with all that belongs to it.
        let here = here.reopen();
        assert_eq!(told(&here, 1, Kind::RecordErased), 1);
        let here = here.reopen();
        here.registry.do_what_is_due().unwrap();
        assert_eq!(told(&here, 1, Kind::RecordErased), 1);
        assert_eq!(told_to(&here, LAW, Kind::RecordErased).0, 1);
        assert_eq!((status(&here, id), waiting(&here), known(&here)), (Status::RecordErased, 0, false));
        prove_log(&here.registry);
    }

    fn an_older_copy_that_is_put_back_tells_those_of_it_who_were_told_since(engine: Engine) {
        let here = filled(engine);
        on(&here, "2031-11-11");
        let id = last_one_disputed(&here);
        let (here, copy) = here.copy();
        on(&here, "2040-05-05");
        let here = here.restore(&copy);
        assert_eq!((told(&here, 1, Kind::RecordErased), told_to(&here, LAW, Kind::RecordErased).0), (1, 1));
        assert_eq!((status(&here, id), waiting(&here), known(&here)), (Status::RecordErased, 0, false));
        here.registry.do_what_is_due().unwrap();
        assert_eq!(told(&here, 1, Kind::RecordErased), 1);
    }
}

/// A later filing is another record: nothing of what ended comes back with it.
#[test]
fn a_dispute_of_what_came_later_is_another_one() {
    let here = filled(testkit::Engine::Sqlite);
    let id = last_one_disputed(&here);
    on(&here, "2040-05-05");
    let anew = SourceRow::licence(1)
        .document("甘许〔2040〕一号")
        .with("valid_until", "2050-05-04");
    here.file(LAW, RecordKind::Licence, &[anew]);
    let wish = a_dispute(record(&here, RecordKind::Licence).record);
    let other = wait(here.registry.open_dispute(here.person(1), wish)).unwrap();
    assert_eq!(
        (status(&here, id), status(&here, other)),
        (Status::RecordErased, Status::Open)
    );
    let taken = wait(
        here.registry
            .take_back_procedure(here.person(1), Speaker::Person, id),
    );
    assert_eq!(code(taken), "procedure-unknown");
}
