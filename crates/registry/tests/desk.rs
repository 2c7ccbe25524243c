//! What the desk promises: getting rejected rows back is a look at each known person in them, on disk before the
//! rows are handed out; a page shows nobody and costs no more than the parts in which its rows are stored.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use intake::MessageLanguage;
use model::{
    RecordKind, SubmissionId,
    procedure::{Order, Reconsidered, ReviewerId, Speaker},
};
use registry::{Change, EventKind, EventView, NoticeKind, Reconsider, RegistryError, RowFilter, RowOutcome};
use storage::{Access, Param};
use testkit::{
    Installation, SourceRow, json_lines, made_up, on_both_engines, prove_log, prove_receipt, wait,
};

const LAW: &str = "law-bureau";
/// As many rows as one part of a submission has.
const PART: usize = 8_192;

fn rejected(here: &Installation, id: SubmissionId) -> Result<String, RegistryError> {
    let mut out = Vec::new();
    let found = here
        .registry
        .rejected_csv(&LAW.into(), id, MessageLanguage::En, &mut out)?;
    assert!(found);
    Ok(String::from_utf8(out).unwrap())
}

/// The desk looks that the `n`th made-up person sees.
fn desk_looks(here: &Installation, n: u32) -> Vec<EventView> {
    let mut events = here.file_of(n).events;
    events.retain(|one| one.kind == EventKind::DeskLook);
    events
}

fn desk_looks_on_disk(here: &Installation) -> i64 {
    let counted = here.store.store.run("test.count", Access::Read, |tx| {
        let select = "SELECT COUNT(*) FROM event WHERE kind = $1";
        let rows = tx.query(select, &[Param::Text("desk-look")])?;
        rows.into_iter().next().unwrap().int()
    });
    counted.unwrap()
}

/// The numbers of the rows on a page.
fn page(here: &Installation, id: SubmissionId, filter: RowFilter, skip: u64, take: usize) -> Vec<u64> {
    let rows = wait(here.registry.submission_page(LAW, id, filter, skip, take))
        .unwrap()
        .unwrap();
    if filter == RowFilter::Rejected {
        assert!(
            rows.iter()
                .all(|row| row.outcome == RowOutcome::Rejected && row.fault.is_some())
        );
    }
    rows.into_iter().map(|row| row.row).collect()
}

/// A submission of three parts and a little: rejected rows stand in the first, the third and the last.
fn long(here: &Installation) -> SubmissionId {
    let wrong = SourceRow::licence(1).with("valid_from", "x");
    let mut rows = vec![SourceRow::licence(1); 3 * PART + 5];
    for at in [3, 4, 2 * PART + 1, 2 * PART + 2, 3 * PART + 5] {
        rows[at - 1] = wrong.clone();
    }
    here.file(LAW, RecordKind::Licence, &rows).submission
}

/// Makes what is stored of the part that begins with this row unreadable.
fn spoil(here: &Installation, id: SubmissionId, first_row: usize) {
    let spoilt = here.store.store.run("test.spoil", Access::Write, move |tx| {
        tx.execute(
            "UPDATE submission_chunk SET accepted_rows = $1, sealed_rejected = $1 \
             WHERE submission = $2 AND first_row = $3",
            &[
                Param::Blob(b"spoilt"),
                Param::Blob(id.as_bytes()),
                Param::Int(first_row as i64),
            ],
        )
    });
    assert_eq!(spoilt.unwrap(), 1);
}

on_both_engines! {
    fn a_desk_look_that_is_found_improper_counts_in_the_public_figure_of_its_body(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let wrong = here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1).with("valid_from", "x")]);
        rejected(&here, wrong.submission).unwrap();
        let (person, look) = (here.person(1), desk_looks(&here, 1)[0].event);
        let figure = || wait(here.registry.improper_looks(2026)).unwrap().get(LAW).copied();
        assert_eq!(figure(), None);
        here.registry.add_reviewer("first", "测试员", None).unwrap();
        let one = ReviewerId::new("first").unwrap();
        let wish = Reconsider {
            by: Speaker::Person,
            of: Reconsidered::Look(look),
            text: "made-up reasons".to_owned(),
            files: Vec::new(),
        };
        let id = wait(here.registry.open_reconsideration(person, wish)).unwrap();
        wait(here.registry.assign_procedure(id, one.clone(), one.clone())).unwrap();
        let (order, why) = (Some(Order::LookImproper), "made-up reasons".to_owned());
        wait(here.registry.answer_reconsideration(one.clone(), id, order, why)).unwrap();
        wait(here.registry.put_down_improper(one, id)).unwrap();
        assert_eq!(figure(), Some(1));
        assert!(here.file_of(1).events.iter().any(|one| one.kind == EventKind::LookImproper));
        assert!(wait(here.registry.review_queue()).unwrap().looks.is_empty(), "it was looked into");
    }

    fn getting_rejected_rows_back_shows_to_each_known_person_in_them(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1), SourceRow::licence(2), SourceRow::licence(3)]);
        // One row with a fault; one under another name; two about somebody unknown, of which one cannot be read;
        // one with a number that is wrong; one that gets in.
        let done = here.file(LAW, RecordKind::Licence, &[
            SourceRow::licence(1).document("一号").with("valid_from", "x"),
            SourceRow::licence(2).document("二号").with("name", "虚一名"),
            SourceRow::licence(2).document("三号").with("valid_from", "x"),
            SourceRow::licence(7).with("valid_from", "x"),
            SourceRow::licence(8).with("id_number", "990000"),
            SourceRow::licence(3).document("四号"),
        ]);
        assert_eq!(done.counts.rejected, 5);
        // Pages and answers show no cell, so they are no looks.
        page(&here, done.submission, RowFilter::All, 0, 100);
        page(&here, done.submission, RowFilter::Rejected, 0, 100);
        here.outcomes(LAW, &done);
        wait(here.registry.submission(LAW, done.submission)).unwrap();
        assert_eq!(desk_looks_on_disk(&here), 0);

        let size = prove_log(&here.registry);
        let csv = rejected(&here, done.submission).unwrap();
        assert!(csv.contains(&made_up(1).number) && csv.contains(&made_up(7).number));
        assert_eq!(prove_log(&here.registry), size + 2, "a leaf for each of the two");
        for n in [1, 2] {
            let looks = desk_looks(&here, n);
            assert_eq!(looks.len(), 1, "{n}");
            assert_eq!(looks[0].actor, LAW);
            assert_eq!(looks[0].subject.as_deref(), Some(done.submission.to_string().as_str()));
            let proof = wait(here.registry.event_receipt(here.person(n), looks[0].event)).unwrap().unwrap();
            assert_eq!(prove_receipt(&here.registry, &proof).1["what"], "desk-look");
        }
        assert!(desk_looks(&here, 3).is_empty(), "a row that got in is not given back");

        // Once a day, and once for each submission.
        rejected(&here, done.submission).unwrap();
        assert_eq!(desk_looks_on_disk(&here), 2);
        let other = here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1).document("五号").with("valid_from", "x")]);
        rejected(&here, other.submission).unwrap();
        assert_eq!(desk_looks(&here, 1).len(), 2);
        // Midnight of the profile, not of UTC.
        here.at("2026-11-23T15:59:59Z");
        rejected(&here, done.submission).unwrap();
        assert_eq!(desk_looks_on_disk(&here), 3);
        here.at("2026-11-23T16:00:00Z");
        rejected(&here, done.submission).unwrap();
        assert_eq!(desk_looks_on_disk(&here), 5);
        // Somebody who has become known since is looked at from then on.
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(7)]);
        rejected(&here, done.submission).unwrap();
        assert_eq!((desk_looks(&here, 7).len(), desk_looks_on_disk(&here)), (1, 6));
        prove_log(&here.registry);
    }

    fn a_row_under_a_known_number_with_another_name_is_told_to_the_person_and_many_to_the_reviewers(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let known: Vec<SourceRow> = (0..12).map(SourceRow::licence).collect();
        here.file(LAW, RecordKind::Licence, &known);
        let other = |n: u32| SourceRow::licence(n).document(&format!("另一份{n}")).with("name", "虚一名");
        let size = prove_log(&here.registry);
        // Two rows about one person, one about another, one about somebody whom nobody knows.
        let done = here.file(LAW, RecordKind::Licence, &[other(1), other(1), other(2), other(40)]);
        assert_eq!((done.counts.rejected, done.counts.accepted), (3, 1));
        let told = |n: u32| {
            let mut events = here.file_of(n).events;
            events.retain(|one| one.kind == EventKind::OtherNameFiled);
            let notices = wait(here.registry.notices(here.person(n))).unwrap();
            (events, notices.iter().filter(|one| one.kind == NoticeKind::OtherNameFiled).count())
        };
        for n in [1, 2] {
            let (events, notices) = told(n);
            assert_eq!((events.len(), notices), (1, 1), "{n}");
            assert_eq!(events[0].actor, LAW);
            assert_eq!(events[0].subject.as_deref(), Some(done.submission.to_string().as_str()));
        }
        assert_eq!((told(0).0.len(), told(0).1), (0, 0));
        assert!(prove_log(&here.registry) >= size + 3, "a leaf for each of the two, and the record's");
        let steps = || {
            let queue = wait(here.registry.review_queue()).unwrap();
            queue.steps.iter().filter(|step| step.change == Change::OtherNamesFiled).count()
        };
        assert_eq!(steps(), 0);
        here.file(LAW, RecordKind::Licence, &(3..11).map(other).collect::<Vec<_>>());
        assert_eq!(steps(), 1, "ten in a day");
        here.file(LAW, RecordKind::Licence, &[other(11)]);
        assert_eq!(steps(), 1, "once a day");
    }

    fn a_number_is_found_where_the_cells_of_a_row_cannot_be_told_apart(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1), SourceRow::licence(2)]);
        // A line that is cut short, and a number in a column of others.
        let cut = json_lines(&[SourceRow::licence(1)]).trim_end().trim_end_matches('}').to_owned();
        let swapped = json_lines(&[SourceRow::licence(2).with("name", made_up(2).number).with("id_number", "x")]);
        let file = format!("{cut}\n{swapped}");
        let done = here.submit(LAW, RecordKind::Licence, "rows.jsonl", file).unwrap();
        assert_eq!(done.counts.rejected, 2);
        assert!(rejected(&here, done.submission).unwrap().contains(&made_up(1).number));
        assert_eq!((desk_looks(&here, 1).len(), desk_looks(&here, 2).len()), (1, 1));
    }

    fn no_row_is_given_back_before_the_look_is_on_disk(engine: Engine) {
        let here = Installation::stopping(engine, "desk.look", 0);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let wrong = SourceRow::licence(1).document("一号").with("valid_from", "x");
        let done = here.file(LAW, RecordKind::Licence, &[wrong]);
        let mut out = Vec::new();
        let answer = here.registry.rejected_csv(&LAW.into(), done.submission, MessageLanguage::En, &mut out);
        assert!(matches!(answer, Err(RegistryError::Store(_))), "{answer:?}");
        assert!(!String::from_utf8(out).unwrap().contains(&made_up(1).number));
        let here = here.reopen();
        assert_eq!(desk_looks_on_disk(&here), 0);
        rejected(&here, done.submission).unwrap();
        assert_eq!(desk_looks(&here, 1).len(), 1);
    }

    fn two_who_download_at_once_leave_one_look(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let people: Vec<_> = (1..=30).map(SourceRow::licence).collect();
        here.file(LAW, RecordKind::Licence, &people);
        let wrong: Vec<_> =
            (1..=30).map(|n| SourceRow::licence(n).document(&format!("{n}")).with("valid_from", "x")).collect();
        let done = here.file(LAW, RecordKind::Licence, &wrong);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| rejected(&here, done.submission).unwrap());
            }
        });
        assert_eq!(desk_looks_on_disk(&here), 30);
        prove_log(&here.registry);
    }

    fn a_page_goes_over_parts_and_reads_no_others(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let id = long(&here);
        assert_eq!(here.store.rows("submission_chunk"), 4);
        let numbers = |from: usize, to: usize| (from as u64..=to as u64).collect::<Vec<_>>();
        let all = |skip: usize, take| page(&here, id, RowFilter::All, skip as u64, take);
        assert_eq!(all(0, 100), numbers(1, 100));
        assert_eq!(all(PART, 100), numbers(PART + 1, PART + 100));
        assert_eq!(all(PART - 50, 100), numbers(PART - 49, PART + 50));
        assert_eq!(all(3 * PART - 50, 100), numbers(3 * PART - 49, 3 * PART + 5));
        assert!(all(3 * PART + 5, 100).is_empty());
        assert!(all(9 * PART, 100).is_empty());
        let some = |skip, take| page(&here, id, RowFilter::Rejected, skip, take);
        let (third, last) = (2 * PART as u64 + 1, 3 * PART as u64 + 5);
        assert_eq!(some(0, 100), [3, 4, third, third + 1, last]);
        assert_eq!(some(1, 2), [4, third]);
        assert_eq!(some(2, 1), [third]);
        assert_eq!(some(3, 2), [third + 1, last]);
        assert!(some(5, 100).is_empty());
        assert!(wait(here.registry.submission_page("nobody", id, RowFilter::All, 0, 10)).unwrap().is_none());
        let csv = rejected(&here, id).unwrap();
        assert_eq!(csv.lines().count(), 1 + 5);
        assert_eq!(desk_looks(&here, 1).len(), 1, "one look, in however many parts the person's rows are");

        // A part that is not wanted is not read.
        spoil(&here, id, 1);
        wait(here.registry.submission_page(LAW, id, RowFilter::All, 0, 1)).unwrap_err();
        assert_eq!(all(2 * PART - 10, 20), numbers(2 * PART - 9, 2 * PART + 10));
        assert_eq!(some(2, 3), [third, third + 1, last]);
        spoil(&here, id, 2 * PART + 1);
        assert_eq!(all(3 * PART, 20), numbers(3 * PART + 1, 3 * PART + 5));
        assert_eq!(some(4, 3), [last]);
    }

    fn rejected_rows_are_kept_and_submissions_taken_back_as_long_as_held_on_the_day_they_came(engine: Engine) {
        let mut profile = testkit::gansu();
        let (rows, hours) = (&mut profile.rejected_rows_days, &mut profile.take_back_hours);
        for (days, changed) in [(rows, 2), (hours, 1)] {
            let mut later = days.on("2026-11-23".parse().unwrap()).clone();
            later.number = changed;
            *days = days.clone().then("2026-12-01".parse().unwrap(), later);
        }
        let here = Installation::with(engine, profile);
        let wrong = |n| SourceRow::licence(n).with("valid_from", "x");
        let early = here.file(LAW, RecordKind::Licence, &[wrong(1)]).submission;
        here.at("2026-11-30T16:00:00Z");
        let late = here.file(LAW, RecordKind::Licence, &[wrong(2)]).submission;
        let kept = |id| rejected(&here, id).unwrap().lines().count() - 1;
        let until = |id| {
            let view = wait(here.registry.submission(LAW, id)).unwrap().unwrap();
            view.take_back_until.duration_since(view.received_at).as_hours()
        };
        assert_eq!((until(early), until(late)), (72, 1));
        here.at("2026-12-02T16:00:00Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!((kept(early), kept(late)), (1, 1));
        here.at("2026-12-02T16:00:01Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!((kept(early), kept(late)), (1, 0), "the one that came later goes first");
        here.at("2026-12-24T04:00:00Z");
        here.registry.do_what_is_due().unwrap();
        assert_eq!(kept(early), 0);
    }

    fn pages_stay_in_order_once_the_rejected_rows_are_destroyed(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let mut rows: Vec<_> = (1..=6).map(SourceRow::licence).collect();
        rows[1] = SourceRow::licence(2).with("valid_from", "x");
        let done = here.file(LAW, RecordKind::Licence, &rows);
        here.later(31 * 24);
        here.registry.do_what_is_due().unwrap();
        assert_eq!(page(&here, done.submission, RowFilter::All, 0, 3), [1, 3, 4]);
        assert_eq!(page(&here, done.submission, RowFilter::All, 3, 3), [5, 6]);
        assert!(page(&here, done.submission, RowFilter::Rejected, 0, 3).is_empty());
        assert_eq!(rejected(&here, done.submission).unwrap().lines().count(), 1);
        assert_eq!(desk_looks_on_disk(&here), 0);
    }
}
