//! A store that fails and a process that is stopped, at every step: what was done is done once, what was not is as
//! though it had never been tried, and trying again comes to the same.

use std::sync::{Arc, Mutex};

use jiff::civil::date;
use model::{
    ProcedureId,
    procedure::{Order, Reconsidered, Speaker},
};
use registry::{CarryOut, DisputeAnswer, Finding, Found, OutsideOrder, ProcedureError};
use storage::{Access, Body, Done, Store, StoreError};
use testkit::{Engine, Installation, SourceRow, gansu, on_both_engines, prove_log, wait};

use crate::kit::*;

/// How a transaction fails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cut {
    /// The store is not reached.
    Before,
    /// Everything was done, and then the commit failed.
    AtCommit,
    /// It is on disk, and the answer is lost on the way.
    After,
}

/// Which transaction fails next, and how. None of a name: any that writes.
pub(crate) type Plan = Arc<Mutex<Option<(Option<&'static str>, Cut)>>>;

/// A store that fails as it is told to.
struct Flaky {
    store: Arc<dyn Store>,
    plan: Plan,
}

impl Store for Flaky {
    fn submit(&self, name: &'static str, access: Access, mut body: Body, done: Done) {
        let mut plan = self.plan.lock().unwrap();
        let meant =
            plan.is_some_and(|(wanted, _)| wanted.map_or(access != Access::Read, |wanted| wanted == name));
        let cut = if meant { plan.take() } else { None };
        drop(plan);
        let lost = || StoreError::Unavailable("a test has cut it".into());
        match cut {
            None => self.store.submit(name, access, body, done),
            Some((_, Cut::Before)) => done(Err(lost())),
            Some((_, Cut::AtCommit)) => {
                let fails: Body =
                    Box::new(move |tx| body(tx).and(Err(StoreError::Engine("no commit".into()))));
                self.store.submit(name, access, fails, done);
            }
            Some((_, Cut::After)) => {
                let loses = move |_: Result<(), StoreError>| done(Err(lost()));
                self.store.submit(name, access, body, Box::new(loses));
            }
        }
    }
}

/// An installation whose store fails by this plan.
pub(crate) fn flaky(engine: Engine) -> (Installation, Plan) {
    let plan = Plan::default();
    let wrapped = plan.clone();
    let wrap = |store| -> Arc<dyn Store> { Arc::new(Flaky { store, plan: wrapped }) };
    (Installation::through(engine, gansu(), wrap), plan)
}

/// All that a step may write, counted.
fn counts(here: &Installation) -> Vec<i64> {
    let count = |what: &'static str| {
        let found = here.store.store.run("test.count", Access::Read, move |tx| {
            let rows = tx.query(&format!("SELECT COUNT(*) FROM {what}"), &[])?;
            rows.into_iter()
                .next()
                .ok_or(StoreError::Shape("a count is expected"))?
                .int()
        });
        found.unwrap()
    };
    [
        "procedure",
        "procedure_file",
        "event WHERE kind <> 'own-look'",
        "notice",
        "body_notice",
        "record_version",
        "ended_document",
        "ended_document WHERE certified_at IS NOT NULL",
        "certificate WHERE revoked_at IS NOT NULL",
        "review_item WHERE closed_at IS NOT NULL",
        "mail_job",
    ]
    .map(count)
    .into()
}

type Ready = fn(&Installation) -> ProcedureId;
type Act = fn(&Installation, ProcedureId) -> Result<(), ProcedureError>;

/// A step: in which transaction, from where, what, and what it answers when it is done already.
struct Case {
    transaction: &'static str,
    ready: Ready,
    act: Act,
    again: &'static str,
}

const fn case(transaction: &'static str, ready: Ready, act: Act, again: &'static str) -> Case {
    Case {
        transaction,
        ready,
        act,
        again,
    }
}

fn nothing(_: &Installation) -> ProcedureId {
    ProcedureId::from_bytes([0; 16])
}

fn assigned(here: &Installation) -> ProcedureId {
    let id = reconsidered(here);
    assign(here, id, "first").unwrap();
    id
}

fn ordered(here: &Installation, order: Order) -> ProcedureId {
    let id = assigned(here);
    judge(here, id, Some(order)).unwrap();
    id
}

fn judge(here: &Installation, id: ProcedureId, order: Option<Order>) -> Result<(), ProcedureError> {
    let why = "looked into".to_owned();
    wait(
        here.registry
            .answer_reconsideration(reviewer("first"), id, order, why),
    )
    .map(|_| ())
}

fn improper(here: &Installation) -> ProcedureId {
    let of = Reconsidered::Look(look(here).look);
    let id = wait(
        here.registry
            .open_reconsideration(here.person(1), a_reconsideration(of)),
    )
    .unwrap();
    assign(here, id, "first").unwrap();
    judge(here, id, Some(Order::LookImproper)).unwrap();
    id
}

fn applied(here: &Installation) -> ProcedureId {
    give(here, HOSPITAL);
    on(here, "2027-02-10");
    apply(here).unwrap()
}

fn taken(here: &Installation) -> ProcedureId {
    let id = applied(here);
    take(here, id);
    certified(here);
    id
}

fn granted(here: &Installation) -> ProcedureId {
    let id = taken(here);
    grant(here, id).unwrap();
    id
}

fn complained(here: &Installation) -> ProcedureId {
    let id = complain(here);
    assign(here, id, "first").unwrap();
    id
}

const LATE: &str = "2026-12-14T04:00:00Z";

const CASES: [Case; 19] = [
    case(
        "dispute.open",
        nothing,
        |here, _| {
            let wish = registry::OpenDispute {
                files: vec![pdf(), png()],
                ..a_dispute(decision(here))
            };
            wait(here.registry.open_dispute(here.person(1), wish)).map(|_| ())
        },
        "procedure-under-way",
    ),
    case(
        "dispute.answer",
        dispute,
        |here, id| answer(here, id, DisputeAnswer::Uphold).map(|_| ()),
        "step-not-now",
    ),
    case(
        "dispute.answer",
        dispute,
        |here, id| answer(here, id, withdrawal()).map(|_| ()),
        "step-not-now",
    ),
    case(
        "dispute.answer",
        dispute,
        |here, id| {
            let right = correction(fine().with("facts", "更正后的事实"));
            answer(here, id, DisputeAnswer::Change(right)).map(|_| ())
        },
        "step-not-now",
    ),
    // Answered late, after a certificate was issued that did not speak of the decision.
    case(
        "dispute.answer",
        |here| {
            let id = dispute(here);
            here.at(LATE);
            certified(here);
            id
        },
        |here, id| answer(here, id, DisputeAnswer::Uphold).map(|_| ()),
        "step-not-now",
    ),
    case(
        "dispute.statement",
        upheld,
        |here, id| {
            wait(
                here.registry
                    .add_statement(here.person(1), Speaker::Person, id, "not so".to_owned()),
            )
        },
        "statement-given",
    ),
    case(
        "procedure.take-back",
        dispute,
        |here, id| {
            wait(
                here.registry
                    .take_back_procedure(here.person(1), Speaker::Person, id),
            )
        },
        "step-not-now",
    ),
    case(
        "procedure.pass-day",
        |here| {
            let id = dispute(here);
            complain(here);
            here.at("2027-01-20T04:00:00Z");
            id
        },
        |here, _| Ok(here.registry.do_what_is_due().map(|_| ())?),
        "done",
    ),
    case(
        "reconsideration.open",
        upheld,
        |here, id| {
            let wish = a_reconsideration(Reconsidered::Dispute(id));
            wait(here.registry.open_reconsideration(here.person(1), wish)).map(|_| ())
        },
        "reconsideration-asked",
    ),
    case(
        "procedure.assign",
        reconsidered,
        |here, id| assign(here, id, "first"),
        "done",
    ),
    case(
        "reconsideration.answer",
        assigned,
        |here, id| judge(here, id, None),
        "step-not-now",
    ),
    case(
        "reconsideration.outside",
        reconsidered,
        |here, id| {
            let decision = OutsideOrder {
                court: "high-court".to_owned(),
                reference: "1".to_owned(),
                decided_on: date(2026, 11, 20),
                order: Order::Withdraw,
                fields: None,
            };
            wait(
                here.registry
                    .record_outside_decision(reviewer("first"), id, decision),
            )
        },
        "done",
    ),
    case(
        "reconsideration.follow",
        |here| ordered(here, Order::Withdraw),
        |here, id| wait(here.registry.follow_order(LAW, id, CarryOut::Withdraw)).map(|_| ()),
        "step-not-now",
    ),
    case(
        "reconsideration.improper",
        improper,
        |here, id| wait(here.registry.put_down_improper(reviewer("first"), id)).map(|_| ()),
        "step-not-now",
    ),
    case(
        "restoration.apply",
        |here| {
            on(here, "2027-02-10");
            nothing(here)
        },
        |here, _| apply(here).map(|_| ()),
        "procedure-under-way",
    ),
    case(
        "restoration.answer",
        taken,
        |here, id| grant(here, id).map(|_| ()),
        "step-not-now",
    ),
    case(
        "restoration.confirm",
        granted,
        |here, id| {
            wait(
                here.registry
                    .confirm_stopped_use(HOSPITAL, told_as(here, HOSPITAL, id)),
            )
            .map(|_| ())
        },
        "step-not-now",
    ),
    case(
        "complaint.open",
        nothing,
        |here, _| wait(here.registry.open_complaint(here.person(1), a_complaint(None))).map(|_| ()),
        "procedure-under-way",
    ),
    case(
        "complaint.answer",
        complained,
        |here, id| {
            let found = Found {
                reasons: "so it was".to_owned(),
                measures: "the account is closed".to_owned(),
                breach: Some(registry::ReportBreach {
                    body: LAW.to_owned(),
                    noticed_on: here.registry.today(),
                    happened: "a list lay open".to_owned(),
                    measures: "the list is gone".to_owned(),
                    affected: vec![testkit::made_up(1).number],
                }),
            };
            wait(
                here.registry
                    .answer_complaint(reviewer("first"), id, Finding::Founded(found)),
            )
            .map(|_| ())
        },
        "step-not-now",
    ),
];

fn ready(case: &Case, engine: Engine) -> (Installation, Plan, ProcedureId) {
    let (here, plan) = flaky(engine);
    let here = fined(here);
    wait(
        here.registry
            .set_email(here.person(1), Some("a@example.org".to_owned())),
    )
    .unwrap();
    let id = (case.ready)(&here);
    // What waits to be sent is sent, so that what comes shows.
    for lease in wait(here.registry.lease_mail(10)).unwrap() {
        wait(here.registry.mail_sent(lease.token)).unwrap();
    }
    (here, plan, id)
}

on_both_engines! {
    fn a_step_that_is_cut_is_done_once_or_not_at_all_and_can_be_done_again(engine: Engine) {
        for (number, case) in CASES.iter().enumerate() {
            let name = format!("{number}: {}", case.transaction);
            let (here, _, id) = ready(case, engine);
            let before = counts(&here);
            (case.act)(&here, id).unwrap();
            let done = counts(&here);
            assert_ne!(before, done, "{name}: nothing happens");
            assert_eq!(code((case.act)(&here, id)), case.again, "{name}");
            assert_eq!(counts(&here), done, "{name}: done twice");

            let (here, plan, id) = ready(case, engine);
            for cut in [Cut::Before, Cut::AtCommit, Cut::After] {
                assert_eq!(counts(&here), before, "{name}, {cut:?}: something is left behind");
                *plan.lock().unwrap() = Some((Some(case.transaction), cut));
                let failed = (case.act)(&here, id);
                assert!(
                    matches!(failed, Err(ProcedureError::Registry(_))),
                    "{name}, {cut:?}: {failed:?}"
                );
            }
            // The last one is on disk. A process that is stopped there comes to the same.
            let here = here.reopen();
            if case.transaction != "procedure.pass-day" {
                assert_eq!(counts(&here), done, "{name}: lost or doubled");
            }
            assert_eq!(code((case.act)(&here, id)), case.again, "{name}");
            assert_eq!(counts(&here), done, "{name}: lost or doubled");
            prove_log(&here.registry);
        }
    }

    fn a_days_work_that_is_stopped_anywhere_goes_on_where_it_was(engine: Engine) {
        let late = |here: &Installation| {
            let id = dispute(here);
            complain(here);
            here.at("2027-01-20T04:00:00Z");
            id
        };
        for after in 0..2 {
            let here = Installation::stopping(engine, "procedure.pass-day", after);
            let here = fined(here);
            let id = late(&here);
            here.registry.do_what_is_due().unwrap_err();
            let here = here.reopen();
            here.registry.do_what_is_due().unwrap();
            assert_eq!(view(&here, id).timeline.len(), 2);
            assert_eq!(inbox(&here, REVIEWERS).len(), 3, "one opened, two late");
            here.registry.do_what_is_due().unwrap();
            assert_eq!(inbox(&here, REVIEWERS).len(), 3);
            prove_log(&here.registry);
        }
    }

    fn of_several_who_do_the_same_at_once_one_does_it(engine: Engine) {
        let here = fined(Installation::with(engine, gansu()));
        let (person, record) = (here.person(1), decision(&here));
        let at_once = |act: &(dyn Fn() -> &'static str + Sync)| {
            let codes = std::thread::scope(|scope| {
                let all: Vec<_> = (0..4).map(|_| scope.spawn(act)).collect();
                all.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
            });
            assert_eq!(codes.iter().filter(|code| **code == "done").count(), 1, "{codes:?}");
        };
        at_once(&|| code(wait(here.registry.open_dispute(person, a_dispute(record)))));
        let id = wait(here.registry.procedures_of(person)).unwrap()[0].summary.procedure;
        at_once(&|| code(answer(&here, id, withdrawal())));
        assert_eq!(view(&here, id).timeline.len(), 2);
        assert_eq!(here.file_of(1).records.iter().map(|one| one.versions.len()).sum::<usize>(), 3);
        at_once(&|| match wait(here.registry.certify_reentry(reviewer("first"), person, record)) {
            Ok(()) => "done",
            Err(error) => error.code(),
        });
        prove_log(&here.registry);
    }

    fn a_certificate_for_a_record_that_ended_is_given_and_used_once(engine: Engine) {
        for cut in [Cut::Before, Cut::AtCommit, Cut::After] {
            let (here, plan) = flaky(engine);
            let here = fined(here);
            let record = decision(&here);
            let id = dispute(&here);
            answer(&here, id, withdrawal()).unwrap();
            let certify = |here: &Installation| {
                wait(here.registry.certify_reentry(reviewer("first"), here.person(1), record))
            };
            *plan.lock().unwrap() = Some((Some("reentry.certify"), cut));
            certify(&here).unwrap_err();
            assert_eq!(certify(&here).is_ok(), cut != Cut::After, "{cut:?}");
            let again: SourceRow = fine();
            *plan.lock().unwrap() = Some((Some("submission.file"), cut));
            let _ = here.submit(LAW, model::RecordKind::Decision, "a.jsonl", testkit::json_lines(std::slice::from_ref(&again)));
            *plan.lock().unwrap() = None;
            let here = here.reopen();
            here.file(LAW, model::RecordKind::Decision, &[again]);
            let file = here.file_of(1);
            let decisions = file.records.iter().filter(|one| one.kind == model::RecordKind::Decision).count();
            let told = wait(here.registry.notices(here.person(1))).unwrap();
            let told = told.iter().filter(|one| one.kind == registry::NoticeKind::RecordCameAgain).count();
            assert_eq!((decisions, told), (2, 1), "{cut:?}");
        }
    }
}
