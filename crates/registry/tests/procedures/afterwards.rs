//! Whoever is told of a look or a breach may complain of it, also when nothing is held about them any more or never was.
//! What they say is kept without a file about them, and no longer than its own period.

use model::{
    PersonId, ProcedureId,
    procedure::{Matter, NoticeKind as Kind, Reconsidered, Speaker, Status, StepName},
};
use registry::{Complain, EventKind, Finding, Found, NoticeKind, Reader, ReportBreach};
use storage::{Access, Param};
use testkit::{Installation, made_up, on_both_engines, prove_log, prove_receipt, wait};

use crate::kit::*;

/// Somebody about whom nothing is held, by their number.
fn by_number(here: &Installation, n: u32) -> PersonId {
    here.registry.keys().person(&made_up(n).number)
}

/// The first and the second person have been looked at, and every record of theirs is erased since.
fn erased(here: Installation) -> (Installation, model::EventId) {
    let look = look(&here).look;
    on(&here, "2040-05-05");
    assert_eq!(here.store.rows("person"), 0);
    (here, look)
}

fn breach(here: &Installation, affected: &[u32]) {
    let told = ReportBreach {
        body: LAW.to_owned(),
        noticed_on: here.registry.today(),
        happened: "A list lay open for a night.".to_owned(),
        measures: "It is closed.".to_owned(),
        affected: affected.iter().map(|n| made_up(*n).number).collect(),
    };
    wait(here.registry.report_breach(Some(reviewer("first")), told)).unwrap();
}

fn a_leak(text: &str) -> Complain {
    Complain {
        about: Matter::Leak,
        body: Some(LAW.to_owned()),
        text: text.to_owned(),
        files: vec![pdf()],
        ..a_complaint(None)
    }
}

fn founded() -> Finding {
    Finding::Founded(Found {
        reasons: "it was so".to_owned(),
        measures: "the account is closed".to_owned(),
        breach: None,
    })
}

/// Whether these bytes are anywhere in the installation.
fn anywhere(here: &Installation, wanted: &[u8]) -> bool {
    let stored = here.store.every_byte(here.folder.path());
    stored
        .iter()
        .any(|(_, bytes)| bytes.windows(wanted.len()).any(|part| part == wanted))
}

/// How many sealed states there are, and how many files.
fn kept(here: &Installation) -> (usize, usize) {
    let found = here.store.store.run("test.kept", Access::Read, |tx| {
        tx.query(
            "SELECT procedure FROM procedure WHERE sealed_state IS NOT NULL OR wrapped_key IS NOT NULL",
            &[],
        )
    });
    (found.unwrap().len(), here.store.rows("procedure_file") as usize)
}

/// Where a procedure of somebody stands, and its steps.
fn stands(here: &Installation, person: PersonId, id: ProcedureId) -> (Status, Vec<StepName>) {
    let all = wait(here.registry.procedures_of(person)).unwrap();
    let view = all.into_iter().find(|one| one.summary.procedure == id).unwrap();
    (
        view.summary.status,
        view.timeline.into_iter().map(|step| step.name).collect(),
    )
}

on_both_engines! {
    fn somebody_whose_every_record_is_erased_complains_of_a_breach_and_is_answered(engine: Engine) {
        let (here, _) = erased(filled(engine));
        breach(&here, &[1]);
        let person = here.person(1);
        let id = wait(here.registry.open_complaint(person, a_leak("telltale-text"))).unwrap();
        assert_eq!(here.store.rows("person"), 0, "nobody is known for it");
        assert!(!anywhere(&here, b"telltale"));
        let again = wait(here.registry.open_complaint(person, a_leak("telltale-text")));
        assert_eq!(code(again), "procedure-under-way");
        assert_eq!(told(&here, 1, Kind::ComplaintOpened), 1);

        assign(&here, id, "second").unwrap();
        let read = wait(here.registry.read_procedure(Reader::Reviewer(reviewer("second")), id)).unwrap();
        let course = serde_json::to_value(&read.course).unwrap();
        assert_eq!(course["opening"]["text"], "telltale-text");
        let file = course["opening"]["files"][0]["file"].as_str().unwrap().parse().unwrap();
        let content = wait(here.registry.procedure_file(Reader::Reviewer(reviewer("second")), id, file)).unwrap();
        assert!(content == pdf());
        wait(here.registry.answer_complaint(reviewer("second"), id, founded())).unwrap();
        let steps = [StepName::Open, StepName::Assign, StepName::FindFounded].to_vec();
        assert_eq!(stands(&here, person, id), (Status::Founded, steps));
        let said = wait(here.registry.read_procedure(Reader::Person(person), id)).unwrap();
        assert!(serde_json::to_string(&said.course).unwrap().contains("the account is closed"));
        assert_eq!(told(&here, 1, Kind::ComplaintFounded), 1);
        assert!(inbox(&here, LAW).contains(&Kind::ComplaintFounded), "the body hears of it with the outcome");
        prove_log(&here.registry);
    }

    fn a_look_that_still_shows_can_be_complained_of_and_looked_at_again(engine: Engine) {
        let (here, look) = erased(filled(engine));
        let person = here.person(1);
        let complaint = wait(here.registry.open_complaint(person, a_complaint(Some(look)))).unwrap();
        let wish = a_reconsideration(Reconsidered::Look(look));
        let again = wait(here.registry.open_reconsideration(person, wish)).unwrap();
        let wish = a_reconsideration(Reconsidered::Look(look));
        assert_eq!(code(wait(here.registry.open_reconsideration(person, wish))), "procedure-under-way");
        assign(&here, complaint, "first").unwrap();
        wait(here.registry.answer_complaint(reviewer("first"), complaint, founded())).unwrap();
        // Nobody judges what they had a part in, here either.
        let both = wait(here.registry.assign_procedure(again, reviewer("first"), reviewer("second")));
        assert_eq!(code(both), "reviewer-took-part");
        let events = here.file_of(1).events;
        assert!(events.iter().any(|one| one.kind == EventKind::LookImproper), "it is put down, and shows");
        wait(here.registry.take_back_procedure(person, Speaker::Person, again)).unwrap_err();
        assert_eq!(here.store.rows("person"), 0);
        // A look at somebody else is none of theirs.
        let other = wait(here.registry.open_complaint(by_number(&here, 2), a_complaint(Some(look))));
        assert_eq!(code(other), "look-unknown");
    }

    fn whoever_may_sign_in_is_told_and_may_complain_and_nobody_else(engine: Engine) {
        let here = filled(engine);
        breach(&here, &[1, 3]);
        // Known; erased; only ever affected by a breach; never heard of.
        let sets = |here: &Installation| {
            let sign_in = |n| wait(here.registry.find_person(&made_up(n).number, &made_up(n).name)).unwrap().is_some();
            let file = |n| wait(here.registry.person_file(by_number(here, n), EventKind::OwnLook)).is_ok();
            let complains = |n| {
                let text = format!("by {n} on {}", here.registry.today());
                let wish = Complain { text, ..a_complaint(None) };
                wait(here.registry.open_complaint(by_number(here, n), wish)).is_ok()
            };
            [1, 2, 3, 4].map(|n| {
                let who = [sign_in(n), file(n), complains(n)];
                assert!(who == [true; 3] || who == [false; 3], "{n}: {who:?}");
                who[0]
            })
        };
        assert_eq!(sets(&here), [true, true, true, false]);
        let told = |n: u32, kind| {
            let notices = wait(here.registry.notices(by_number(&here, n))).unwrap();
            notices.into_iter().filter(|one| one.kind == kind).count()
        };
        assert_eq!([1, 2, 3, 4].map(|n| told(n, NoticeKind::BreachReported)), [1, 0, 1, 0]);
        let file = wait(here.registry.person_file(by_number(&here, 3), EventKind::OwnLook)).unwrap();
        assert!(file.identity.is_none() && file.records.is_empty() && file.email.is_none());
        assert_eq!(here.store.rows("person"), 2, "no file is begun about anybody");

        // The complaints of those who are known are taken back, and they end with their records.
        for n in [1, 2] {
            let all = wait(here.registry.procedures_of(by_number(&here, n))).unwrap();
            for one in all {
                let id = one.summary.procedure;
                wait(here.registry.take_back_procedure(by_number(&here, n), Speaker::Person, id)).unwrap();
            }
        }
        on(&here, "2040-05-05");
        assert_eq!(here.store.rows("person"), 0);
        assert_eq!(sets(&here), [true, true, true, false]);
        // Another's name fits as well as their own: there is none to compare. Their number is what leads to them.
        assert!(wait(here.registry.find_person(&made_up(3).number, "虚一名")).unwrap().is_some());
    }

    fn it_is_destroyed_so_many_months_after_its_end_and_in_every_copy(engine: Engine) {
        let (here, _) = erased(filled(engine));
        breach(&here, &[1]);
        let person = here.person(1);
        let answered = wait(here.registry.open_complaint(person, a_leak("one"))).unwrap();
        let open = wait(here.registry.open_complaint(person, a_leak("two"))).unwrap();
        assign(&here, answered, "second").unwrap();
        on(&here, "2040-06-01");
        wait(here.registry.answer_complaint(reviewer("second"), answered, founded())).unwrap();
        assert_eq!(kept(&here), (2, 2));
        let (here, copy) = here.copy();

        on(&here, "2040-12-01");
        assert_eq!(kept(&here), (2, 2), "the last day counts");
        on(&here, "2040-12-02");
        assert_eq!(kept(&here), (1, 1), "what waits for an answer stays until it has one");
        on(&here, "2040-12-03");
        let (status, steps) = stands(&here, person, answered);
        assert_eq!((status, steps.len()), (Status::Founded, 3), "that there was one stays");
        let events = here.file_of(1).events;
        let gone: Vec<_> = events.iter().filter(|one| one.kind == EventKind::ProcedureErased).collect();
        assert_eq!(gone.len(), 1);
        assert_eq!(gone[0].subject, Some(answered.to_string()));
        let receipt = wait(here.registry.event_receipt(person, gone[0].event)).unwrap().unwrap();
        assert_eq!(prove_receipt(&here.registry, &receipt).1["what"], "procedure-erased");
        assert_eq!(stands(&here, person, open).0, Status::Overdue);
        let event = gone[0].event;

        let here = here.restore(&copy);
        assert_eq!((here.registry.erased_again(), kept(&here)), (1, (1, 1)));
        let events = here.file_of(1).events;
        assert!(events.iter().any(|one| one.event == event), "the same event tells of it");
        let here = here.reopen();
        assert_eq!(here.registry.erased_again(), 0);
        prove_log(&here.registry);
    }

    fn a_later_filing_makes_them_known_and_what_they_complained_of_stays_readable_for_its_period(engine: Engine) {
        let (here, _) = erased(filled(engine));
        let person = here.person(1);
        let id = wait(here.registry.open_complaint(person, a_leak("one"))).unwrap();
        let anew = testkit::SourceRow::licence(1).document("甘许〔2040〕一号").with("valid_until", "2050-05-04");
        here.file(LAW, model::RecordKind::Licence, &[anew]);
        assert_eq!(here.store.rows("person"), 1);
        assert!(wait(here.registry.read_procedure(Reader::Person(person), id)).unwrap().course.is_some());
        let known = wait(here.registry.open_complaint(person, a_leak("two"))).unwrap();
        let alone = here.store.store.run("test.alone", Access::Read, move |tx| {
            let rows = tx.query("SELECT procedure FROM procedure WHERE person = $1 AND kept_alone = 1",
                &[Param::Blob(person.as_bytes())])?;
            rows.into_iter().map(|mut row| row.array()).collect::<Result<Vec<[u8; 16]>, storage::StoreError>>()
        });
        assert_eq!(alone.unwrap(), [*id.as_bytes()]);
        for one in [id, known] {
            wait(here.registry.take_back_procedure(person, Speaker::Person, one)).unwrap();
        }
        on(&here, "2041-05-05");
        let course = |id| wait(here.registry.read_procedure(Reader::Person(person), id)).unwrap().course.is_some();
        assert_eq!((course(id), course(known)), (false, true));
    }
}
