//! Every attempt in every situation that can be reached: what the code does and what the tables say are the same.

use std::collections::{BTreeSet, HashSet};

use jiff::{Timestamp, ToSpan};
use model::procedure::{Party, Procedure, ProcedureKind, Rule, Status, StepName, Why};

use crate::attempts::{Attempt, FIRST, KINDS, Tried, begun, every, try_on};

/// How many steps the walk goes. Every rule is met on the way, which a test holds; further on, situations differ in
/// their days alone.
const DEPTH: usize = 7;

/// Days to wait: past the first due day of a restoration alone, and past every due day.
const WAITS: [i32; 2] = [6, 30];

/// Walks from the beginning through every situation, and shows what was tried, on what, with what came of it.
/// Situations are the same where their state is, however they were reached.
fn walk(mut see: impl FnMut(&Procedure, Attempt, &Tried)) {
    let mut attempts = every();
    attempts.extend(WAITS.map(Attempt::Wait));
    let mut seen = HashSet::new();
    let mut front: Vec<_> = begun()
        .into_iter()
        .map(|(procedure, _)| (procedure, FIRST))
        .collect();
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for (procedure, day) in front {
            for attempt in &attempts {
                let today = match attempt {
                    Attempt::Wait(days) => day + days.days(),
                    _ => day,
                };
                let Some(tried) = try_on(procedure.clone(), *attempt, today, Timestamp::UNIX_EPOCH) else {
                    continue;
                };
                see(&procedure, *attempt, &tried);
                if let Ok((after, _)) = tried
                    && seen.insert(situation(&after))
                {
                    next.push((after, today));
                }
            }
        }
        front = next;
    }
}

fn situation(procedure: &Procedure) -> String {
    let mut json = serde_json::to_value(procedure).unwrap();
    // What stood there before decides nothing any more, and grows with each amendment.
    if let Some(decision) = json["state"]["decision"].as_object_mut() {
        decision.remove("earlier");
    }
    format!("{} {} {}", json["kind"], json["opening"], json["state"])
}

/// The rules by which the steps that were added to the history lead on.
fn rules_taken(before: &Procedure, after: &Procedure) -> Vec<&'static Rule> {
    let mut status = before.status();
    let added = &after.history()[before.history().len()..];
    let taken = added.iter().map(|step| {
        let rules = before.kind().rules();
        let rule = rules
            .iter()
            .find(|rule| rule.from == Some(status) && rule.step == step.name)
            .unwrap();
        assert!(
            rule.by.contains(&step.actor.role()),
            "{rule:?} by {:?}",
            step.actor
        );
        status = rule.to;
        rule
    });
    let taken = taken.collect();
    assert_eq!(status, after.status(), "the history leads elsewhere");
    taken
}

#[test]
fn the_code_does_every_step_of_the_tables_and_no_other() {
    let mut taken: BTreeSet<(ProcedureKind, Option<Status>, StepName)> = BTreeSet::new();
    walk(|before, attempt, tried| {
        if let Ok((after, _)) = tried {
            let rules = rules_taken(before, after);
            let waited = matches!(attempt, Attempt::Wait(_));
            // What a body that stands apart confirms is no step before it may show.
            let apart = matches!(
                (attempt, after),
                (Attempt::ConfirmStopped(3), Procedure::Restoration(_))
            );
            assert!(waited || apart || !rules.is_empty(), "{attempt:?} left no trace");
            taken.extend(rules.iter().map(|rule| (before.kind(), rule.from, rule.step)));
        }
    });
    for kind in ProcedureKind::ALL {
        for rule in kind.rules().iter().filter(|rule| rule.from.is_some()) {
            assert!(
                taken.contains(&(*kind, rule.from, rule.step)),
                "{kind}: nobody can do {rule:?}"
            );
        }
    }
}

#[test]
fn a_refused_step_gives_back_what_it_was_tried_on() {
    let mut codes = BTreeSet::new();
    walk(|before, attempt, tried| {
        if let Err(refused) = tried {
            assert_eq!(&refused.unchanged, before, "{attempt:?}");
            let refusal = refused.refusal;
            assert_eq!(
                (refusal.kind, refusal.status),
                (before.kind(), Some(before.status()))
            );
            let in_table = refusal.possible().contains(&refusal.step);
            // A body that stands apart may confirm where no other has to, and that is no step.
            let apart = refusal.why == Why::AlreadyConfirmed;
            assert!(apart || in_table == (refusal.why != Why::NotNow), "{refusal}");
            codes.insert(refused.code());
        }
    });
    let expected = [
        "already-confirmed",
        "not-a-recipient",
        "order-unfit",
        "reconsideration-asked",
        "reviewer-took-part",
        "statement-given",
        "step-not-now",
        "step-not-yours",
        "version-not-later",
    ];
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn nothing_leads_on_from_an_end_and_everything_else_waits_for_somebody_or_stays_open() {
    let mut led_on = BTreeSet::new();
    let (mut ended, mut running) = (BTreeSet::new(), BTreeSet::new());
    walk(|before, attempt, tried| {
        let place = (before.kind(), before.status());
        if before.is_ended() {
            assert_eq!((before.due_on(), before.waits_for()), (None, None), "{place:?}");
            let same = matches!(tried, Ok((after, notices)) if after == before && notices.is_empty());
            assert!(tried.is_err() || same, "{attempt:?} leads on from {place:?}");
            ended.insert(place);
        } else {
            running.insert(place);
            if matches!(tried, Ok((after, _)) if after != before) {
                led_on.insert(place);
            }
        }
    });
    assert_eq!(led_on, running);
    assert!(ended.contains(&(ProcedureKind::Restoration, Status::Refused)));
    assert!(ended.is_disjoint(&running));
}

#[test]
fn every_step_tells_both_sides() {
    let both = |kind: ProcedureKind, notices: &[model::procedure::Notice], what: &str| {
        let told = |side: fn(&Party) -> bool| notices.iter().any(|notice| side(&notice.to));
        assert!(
            told(|party| *party == Party::Person),
            "{kind}: {what} without the person"
        );
        assert!(
            told(|party| matches!(party, Party::Representative(_))),
            "{kind}: {what} without the representative"
        );
        let other = |party: &Party| !matches!(party, Party::Person | Party::Representative(_));
        assert!(told(other), "{kind}: {what} without the other side");
    };
    for ((_, notices), kind) in begun().iter().zip(KINDS) {
        both(kind, notices, "the beginning");
    }
    walk(|before, attempt, tried| {
        if let Ok((after, notices)) = tried
            && rules_taken(before, after).iter().any(|rule| rule.tells.is_some())
        {
            both(before.kind(), notices, &format!("{attempt:?}"));
        }
    });
}

#[test]
fn lateness_is_told_to_the_reviewers_once() {
    walk(|before, _, tried| {
        if let Ok((after, notices)) = tried {
            let late = rules_taken(before, after);
            let late = late.iter().filter(|rule| rule.step.as_str().starts_with("pass-"));
            let kinds: BTreeSet<_> = late.filter_map(|rule| rule.tells).collect();
            for kind in kinds {
                let told = notices
                    .iter()
                    .filter(|notice| notice.kind == kind && notice.to == Party::Reviewers);
                assert_eq!(told.count(), 1, "{kind}");
            }
        }
    });
}

#[test]
fn whoever_was_given_the_record_hears_of_every_change_of_its_marking() {
    walk(|before, attempt, tried| {
        if let Ok((after, notices)) = tried
            && after.shows_as_disputed() != before.shows_as_disputed()
        {
            let told = notices.iter().any(|notice| notice.to == Party::Recipients);
            assert!(told, "{attempt:?} on {:?}", before.status());
        }
    });
}

#[test]
fn whoever_had_something_to_do_is_told_that_the_record_is_erased_and_it_waits_for_nothing_more() {
    let mut seen = BTreeSet::new();
    walk(|before, attempt, tried| {
        let (Attempt::EraseRecord, Ok((after, notices))) = (attempt, tried) else {
            return;
        };
        let place = (before.kind(), before.status());
        assert_eq!(after.status(), Status::RecordErased, "{place:?}");
        assert_eq!((after.due_on(), after.waits_for()), (None, None), "{place:?}");
        assert!(after.is_ended() && !after.shows_as_disputed(), "{place:?}");
        let told = |party: &Party| notices.iter().filter(|notice| notice.to == *party).count();
        let turn = match (before, before.waits_for().unwrap()) {
            // Those who have yet to confirm, and not those who did.
            (Procedure::Restoration(one), Party::Recipients) => {
                for body in one.state().recipients() {
                    let waits = usize::from(body.confirmed_at.is_none());
                    assert_eq!(
                        told(&Party::Authority(body.authority.clone())),
                        waits,
                        "{place:?}"
                    );
                }
                Party::Person
            }
            (_, turn) => turn,
        };
        assert_eq!([told(&Party::Person), told(&turn)], [1, 1], "{place:?}");
        seen.insert(place);
    });
    // Every status of a procedure about a record in which it waits for somebody.
    assert_eq!(seen.len(), 2 + 8 + 6);
}

#[test]
fn what_is_about_no_record_does_not_end_with_one() {
    for (procedure, _) in begun() {
        let of_record = match &procedure {
            Procedure::Reconsideration(one) => one.opening().of.is_of_record(),
            Procedure::Complaint(_) => false,
            _ => true,
        };
        let ended = procedure.end_with_record(Timestamp::UNIX_EPOCH);
        assert_eq!(ended.is_some(), of_record);
    }
}

#[test]
fn every_situation_reads_back_from_what_is_stored() {
    walk(|_, attempt, tried| {
        if let Ok((after, _)) = tried {
            let json = serde_json::to_string(after).unwrap();
            let read: Procedure = serde_json::from_str(&json).unwrap();
            assert_eq!(&read, after, "{attempt:?}");
            let json: serde_json::Value = serde_json::from_str(&json).unwrap();
            assert_eq!(json["kind"], after.kind().as_str());
            assert_eq!(json["state"]["status"], after.status_word());
        }
    });
}

#[test]
fn what_is_stored_is_not_read_where_it_holds_anything_else() {
    for (procedure, _) in begun() {
        let json = serde_json::to_value(&procedure).unwrap();
        for place in ["", "/opening", "/state", "/history/0"] {
            let mut other = json.clone();
            other.pointer_mut(place).unwrap()["score"] = 1.into();
            assert!(serde_json::from_value::<Procedure>(other).is_err(), "{place}");
        }
        let mut unknown = json.clone();
        unknown["state"]["status"] = "forgotten".into();
        assert!(serde_json::from_value::<Procedure>(unknown).is_err());
    }
}
