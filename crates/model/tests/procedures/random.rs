//! Random sequences of attempts and days.

use jiff::{Timestamp, ToSpan, civil::Date};
use model::procedure::{Procedure, StepName};
use proptest::prelude::*;

use crate::attempts::{Attempt, FIRST, KINDS, begun, every, try_on};

fn any_attempt() -> impl Strategy<Value = Attempt> {
    prop_oneof![
        4 => proptest::sample::select(every()),
        1 => (0..40_i32).prop_map(Attempt::Wait),
    ]
}

fn any_attempts() -> impl Strategy<Value = Vec<Attempt>> {
    proptest::collection::vec(any_attempt(), 0..60)
}

/// One attempt that meant something to the procedure.
struct Tried<'a> {
    before: &'a Procedure,
    attempt: Attempt,
    today: Date,
    after: &'a Procedure,
    notices: usize,
    refused: bool,
}

/// Runs a life. Each day that comes is asked for what it brings before anything else is tried, as callers do.
fn live(which: usize, attempts: &[Attempt], mut see: impl FnMut(Tried<'_>)) -> Procedure {
    let (mut procedure, _) = begun().swap_remove(which);
    let mut today = FIRST;
    for (second, attempt) in attempts.iter().enumerate() {
        if let Attempt::Wait(days) = attempt {
            today += days.days();
        }
        let at = Timestamp::from_second(second as i64).unwrap();
        let Some(tried) = try_on(procedure.clone(), *attempt, today, at) else {
            continue;
        };
        let refused = tried.is_err();
        let (after, notices) = match tried {
            Ok((after, notices)) => (after, notices.len()),
            Err(refused) => (refused.unchanged, 0),
        };
        see(Tried {
            before: &procedure,
            attempt: *attempt,
            today,
            after: &after,
            notices,
            refused,
        });
        procedure = after;
    }
    procedure
}

/// How many days go by in a life.
fn waited(attempts: &[Attempt]) -> i32 {
    let days = attempts.iter().map(|attempt| match attempt {
        Attempt::Wait(days) => *days,
        _ => 0,
    });
    days.sum()
}

fn lateness(procedure: &Procedure) -> usize {
    let steps = procedure.history().iter();
    steps
        .filter(|step| step.name.as_str().starts_with("pass-"))
        .count()
}

/// How many days a procedure was given to wait for: one with its beginning (a restoration: two), one with each
/// order, each decision from outside, each grant and each body that shows later.
fn due_days(procedure: &Procedure) -> usize {
    let of = |step| match step {
        StepName::Apply => 2,
        StepName::Open
        | StepName::Change
        | StepName::RecordOutsideDecision
        | StepName::AmendOutsideOrder
        | StepName::Grant
        | StepName::ShowRecipient => 1,
        _ => 0,
    };
    procedure.history().iter().map(|step| of(step.name)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_panics_loses_a_step_or_leaves_an_end(
        which in 0..KINDS.len(),
        attempts in any_attempts(),
    ) {
        live(which, &attempts, |tried| {
            let Tried { before, attempt, after, refused, .. } = tried;
            assert_eq!(after.kind(), KINDS[which]);
            assert!(after.history().starts_with(before.history()), "{attempt:?} rewrote the history");
            if before.is_ended() || refused {
                assert_eq!(after, before, "{attempt:?}");
            }
            let json = serde_json::to_string(after).unwrap();
            assert_eq!(&serde_json::from_str::<Procedure>(&json).unwrap(), after);
            if !after.is_ended() && after.due_on().is_some() {
                assert!(after.waits_for().is_some(), "a day is due and it is nobody's turn");
            }
        });
    }

    #[test]
    fn each_due_day_leads_to_one_step_at_most_and_to_one_for_certain_once_it_is_over(
        which in 0..KINDS.len(),
        attempts in any_attempts(),
    ) {
        let last = live(which, &attempts, |tried| {
            let Tried { before, today, after, notices, attempt, .. } = tried;
            if let Attempt::Wait(_) = attempt {
                let was_due = before.due_on().is_some_and(|day| day < today);
                assert_eq!(lateness(after) > lateness(before), was_due, "{before:?}");
                // Of those that the person is not to know of, a day tells and puts nothing down.
                assert_eq!(notices > 0, before.wakes_on().is_some_and(|day| day < today));
                assert!(after.due_on().is_none_or(|day| day >= today), "a day that is over is left");
            } else {
                assert_eq!(lateness(after), lateness(before), "{attempt:?}");
            }
        });
        prop_assert!(lateness(&last) <= due_days(&last));
    }

    #[test]
    fn asking_a_day_twice_or_skipping_days_comes_to_the_same(
        which in 0..KINDS.len(),
        attempts in any_attempts(),
        more in 0..80_i32,
    ) {
        let procedure = live(which, &attempts, |_| {});
        let waited = waited(&attempts);
        let (from, to) = (FIRST + waited.days(), FIRST + (waited + more).days());
        let at = Timestamp::UNIX_EPOCH;

        let (at_once, at_once_told) = procedure.clone().on_day(to, at);
        let (mut daily, mut daily_told) = (procedure, Vec::new());
        let mut day = from;
        while day <= to {
            for _ in 0..2 {
                let (next, told) = daily.on_day(day, at);
                daily = next;
                daily_told.extend(told);
            }
            day += 1.day();
        }
        prop_assert_eq!(&daily, &at_once);
        prop_assert_eq!(daily_told, at_once_told);
        let again = at_once.clone().on_day(to, at);
        prop_assert_eq!(again, (at_once, Vec::new()));
    }

    #[test]
    fn a_record_is_kept_back_by_the_day_alone_whether_or_not_it_was_put_down(
        which in 0..KINDS.len(),
        attempts in any_attempts(),
        more in 0..80_i32,
    ) {
        let procedure = live(which, &attempts, |_| {});
        let waited = waited(&attempts);
        let today = FIRST + (waited + more).days();
        let (put_down, _) = procedure.clone().on_day(today, Timestamp::UNIX_EPOCH);
        prop_assert_eq!(procedure.blocks_disclosure(today), put_down.blocks_disclosure(today));
        prop_assert_eq!(procedure.shows_as_disputed(), put_down.shows_as_disputed());
        if procedure.blocks_disclosure(today) {
            prop_assert!(procedure.shows_as_disputed(), "a record that is kept back is disputed");
        }
    }

    #[test]
    fn nothing_that_a_party_wrote_shows_in_the_debug_form(
        which in 0..KINDS.len(),
        attempts in any_attempts(),
    ) {
        let last = live(which, &attempts, |_| {});
        let debug = format!("{last:?}");
        for text in [" says", "still not so", "a court", "what is done"] {
            prop_assert!(!debug.contains(text), "{:?} in {}", text, debug);
        }
    }
}
