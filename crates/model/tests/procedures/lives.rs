//! Whole lives of procedures, step by step: where each stands, on which day something is due, whose turn it is, and
//! who is told.

use jiff::{Timestamp, ToSpan, civil::Date};
use model::procedure::{Notice, Order, Party, Procedure};

use crate::attempts::{ActorKind, Attempt, FIRST, Side, begun, try_on};

const DISPUTE: usize = 0;
const OF_DISPUTE: usize = 1;
const OF_LOOK: usize = 2;
const RESTORATION: usize = 3;
const COMPLAINT: usize = 4;

/// What a step is expected to come to: status, days from the first to what is due, whose turn, who is told.
#[derive(Clone, Copy)]
struct Expected {
    attempt: Attempt,
    status: &'static str,
    due: Option<i32>,
    turn: &'static str,
    told: &'static str,
}

const fn step(
    attempt: Attempt,
    status: &'static str,
    due: Option<i32>,
    turn: &'static str,
    told: &'static str,
) -> Expected {
    Expected {
        attempt,
        status,
        due,
        turn,
        told,
    }
}

fn name(party: &Party) -> String {
    match party {
        Party::Person => "person".to_owned(),
        Party::Representative(_) => "representative".to_owned(),
        Party::Authority(id) => id.to_string(),
        Party::Reviewer(id) => id.to_string(),
        Party::Reviewers => "reviewers".to_owned(),
        Party::Recipients => "recipients".to_owned(),
    }
}

/// Each kind of notice with those beside the person's side who get it. That the person's side gets what is told is
/// held elsewhere.
fn told(notices: &[Notice]) -> String {
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for notice in notices {
        let kind = notice.kind.to_string();
        if lines.last().is_none_or(|(last, _)| *last != kind) {
            lines.push((kind, Vec::new()));
        }
        if !matches!(notice.to, Party::Person | Party::Representative(_)) {
            lines.last_mut().unwrap().1.push(name(&notice.to));
        }
    }
    let lines = lines
        .into_iter()
        .map(|(kind, parties)| format!("{kind}: {}", parties.join(" ")));
    lines.collect::<Vec<_>>().join("; ")
}

fn live(which: usize, steps: &[Expected]) -> Procedure {
    let (mut procedure, _) = begun().swap_remove(which);
    let mut today: Date = FIRST;
    for expected in steps {
        let attempt = expected.attempt;
        if let Attempt::Wait(days) = attempt {
            today += days.days();
        }
        let (after, notices) = try_on(procedure, attempt, today, Timestamp::UNIX_EPOCH)
            .unwrap()
            .unwrap();
        assert_eq!(after.status_word(), expected.status, "{attempt:?}");
        assert_eq!(
            after.due_on(),
            expected.due.map(|days| FIRST + days.days()),
            "{attempt:?}"
        );
        let turn = after
            .waits_for()
            .as_ref()
            .map_or_else(|| "nobody".to_owned(), name);
        assert_eq!(turn, expected.turn, "{attempt:?}");
        assert_eq!(told(&notices), expected.told, "{attempt:?}");
        procedure = after;
    }
    procedure
}

#[test]
fn a_dispute_that_the_authority_leaves_lying() {
    use Attempt::{AddStatement, AskReconsideration, Uphold, Wait};
    let dispute = live(
        DISPUTE,
        &[
            step(Wait(20), "open", Some(20), "law-bureau", ""),
            step(
                Wait(1),
                "overdue",
                None,
                "law-bureau",
                "dispute-overdue: law-bureau reviewers",
            ),
            step(Wait(9), "overdue", None, "law-bureau", ""),
            step(
                Uphold(Side::Theirs),
                "upheld",
                None,
                "nobody",
                "dispute-upheld: law-bureau recipients",
            ),
            step(
                AddStatement,
                "upheld",
                None,
                "nobody",
                "statement-added: law-bureau recipients",
            ),
            step(AskReconsideration, "upheld", None, "nobody", ""),
            step(Wait(365), "upheld", None, "nobody", ""),
        ],
    );
    assert!(
        !dispute.is_ended(),
        "a statement is refused by what was given, not by the table"
    );
}

#[test]
fn a_dispute_that_is_put_right() {
    let dispute = live(
        DISPUTE,
        &[
            step(
                Attempt::Correct(Side::Theirs, 2),
                "corrected",
                None,
                "nobody",
                "dispute-corrected: law-bureau recipients",
            ),
            // Wrongly, as the person thinks.
            step(Attempt::AskReconsideration, "corrected", None, "nobody", ""),
        ],
    );
    assert!(dispute.waits_for().is_none());
}

#[test]
fn a_reconsideration_that_goes_up_and_is_not_followed_at_once() {
    use Attempt::{Assign, Change, Follow, Wait};
    live(
        OF_DISPUTE,
        &[
            step(
                Wait(21),
                "overdue",
                None,
                "reviewers",
                "reconsideration-overdue: law-bureau reviewers",
            ),
            step(
                Assign(1, ActorKind::Reviewer),
                "assigned-overdue",
                None,
                "reviewer-1",
                "reconsideration-assigned: law-bureau reviewer-1",
            ),
            step(
                Change(1, Order::Withdraw),
                "changed",
                Some(24),
                "law-bureau",
                "reconsideration-changed: law-bureau reviewers",
            ),
            step(
                Wait(4),
                "change-overdue",
                None,
                "law-bureau",
                "change-overdue: law-bureau reviewers",
            ),
            step(
                Follow(ActorKind::Theirs),
                "change-followed",
                None,
                "nobody",
                "change-followed: law-bureau reviewers recipients",
            ),
        ],
    );
}

#[test]
fn a_look_that_a_court_finds_improper_after_all() {
    use Attempt::{Assign, Confirm, Follow, RecordOutside};
    let look = live(
        OF_LOOK,
        &[
            step(
                Assign(2, ActorKind::Installation),
                "assigned",
                Some(20),
                "reviewer-2",
                "reconsideration-assigned: law-bureau reviewer-2",
            ),
            step(
                Confirm(2),
                "confirmed",
                None,
                "nobody",
                "reconsideration-confirmed: law-bureau reviewers",
            ),
            step(
                RecordOutside(Order::LookImproper),
                "outside-decision",
                Some(3),
                "reviewers",
                "outside-decision-recorded: law-bureau reviewers",
            ),
            step(
                Follow(ActorKind::Installation),
                "followed",
                None,
                "nobody",
                "outside-decision-followed: law-bureau reviewers",
            ),
        ],
    );
    assert!(look.waits_for().is_none());
}

#[test]
fn a_restoration_that_the_authority_is_silent_about_twice() {
    use Attempt::{ConfirmStopped, Grant, Wait};
    let restoration = live(
        RESTORATION,
        &[
            step(Wait(5), "applied", Some(5), "law-bureau", ""),
            step(
                Wait(1),
                "acceptance-overdue",
                Some(14),
                "law-bureau",
                "restoration-acceptance-overdue: law-bureau reviewers",
            ),
            step(
                Wait(9),
                "answer-overdue",
                None,
                "law-bureau",
                "restoration-answer-overdue: law-bureau reviewers",
            ),
            step(
                Grant(Side::Theirs, 3),
                "granted",
                Some(24),
                "recipients",
                "restoration-granted: law-bureau; stop-using: body-0 body-1 body-2",
            ),
            step(
                ConfirmStopped(2),
                "granted",
                Some(24),
                "recipients",
                "use-stopped: law-bureau",
            ),
            step(
                Wait(10),
                "confirmation-overdue",
                None,
                "recipients",
                "confirmation-overdue: law-bureau reviewers; stop-using-again: body-0 body-1",
            ),
            step(
                ConfirmStopped(0),
                "confirmation-overdue",
                None,
                "recipients",
                "use-stopped: law-bureau",
            ),
            step(
                ConfirmStopped(1),
                "complete",
                None,
                "nobody",
                "use-stopped: law-bureau; restoration-complete: law-bureau",
            ),
        ],
    );
    // As long as no other body comes to be known of.
    assert_eq!((restoration.due_on(), restoration.waits_for()), (None, None));
}

#[test]
fn a_restoration_of_what_one_body_was_given_by_a_look_whose_notice_waits() {
    use Attempt::{ConfirmStopped, GrantApart, ShowRecipient, Wait};
    let life = |after: &[Expected]| {
        let before = [
            step(
                Attempt::Take(Side::Theirs),
                "taken",
                Some(14),
                "law-bureau",
                "restoration-taken: law-bureau",
            ),
            step(
                GrantApart(Side::Theirs),
                "granted",
                Some(24),
                "recipients",
                "restoration-granted: law-bureau; stop-using: body-0 body-3",
            ),
            step(
                ConfirmStopped(0),
                "complete",
                None,
                "nobody",
                "use-stopped: law-bureau; restoration-complete: law-bureau",
            ),
        ];
        live(RESTORATION, &[&before[..], after].concat())
    };
    let shown = |to, due, turn, told| step(ShowRecipient(3), to, due, turn, told);
    let late = life(&[
        shown("granted", Some(24), "recipients", "recipient-shown: law-bureau"),
        step(
            Wait(30),
            "confirmation-overdue",
            None,
            "recipients",
            "confirmation-overdue: law-bureau reviewers; stop-using-again: body-3",
        ),
    ]);
    assert_eq!(late.history().len(), 7);
    // What it confirmed before is no step before it is shown.
    let told = "recipient-shown: law-bureau; use-stopped: law-bureau; restoration-complete: law-bureau";
    let early = life(&[
        step(ConfirmStopped(3), "complete", None, "nobody", ""),
        shown("complete", None, "nobody", told),
    ]);
    let names: Vec<_> = early
        .history()
        .iter()
        .skip(5)
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["show-recipient", "confirm-stopped", "complete"]);
}

#[test]
fn a_restoration_that_nobody_looked_at_for_a_year() {
    live(
        RESTORATION,
        &[step(
            Attempt::Wait(365),
            "answer-overdue",
            None,
            "law-bureau",
            "restoration-acceptance-overdue: law-bureau reviewers; \
             restoration-answer-overdue: law-bureau reviewers",
        )],
    );
}

#[test]
fn a_complaint_that_brings_a_breach_to_light() {
    use Attempt::{Assign, FindFounded, Wait};
    let complaint = live(
        COMPLAINT,
        &[
            step(
                Assign(1, ActorKind::Reviewer),
                "assigned",
                Some(20),
                "reviewer-1",
                "complaint-assigned: reviewer-1",
            ),
            step(
                Wait(21),
                "assigned-overdue",
                None,
                "reviewer-1",
                "complaint-overdue: reviewers reviewer-1",
            ),
            step(
                Assign(2, ActorKind::Installation),
                "assigned-overdue",
                None,
                "reviewer-2",
                "complaint-assigned: reviewer-2",
            ),
            step(
                FindFounded(2, 5),
                "founded",
                None,
                "nobody",
                "complaint-founded: reviewers law-bureau",
            ),
        ],
    );
    assert!(complaint.is_ended());
}
