//! Reconsideration (复核): a reviewer who had no part in it looks again at the outcome of a dispute, or at a look.
//! What they change is carried out by a day; so is what a court or another body outside decides, at any time. What such a
//! body decided about a record that nobody disputed here, or whose dispute was answered, comes in the same way. Whether
//! there is a record to correct, to take back or to file again is not known here.

mod state;

pub use state::{
    EarlierDecision, Order, OutsideDecision, ReconsiderationOpening, ReconsiderationState, Reconsidered,
};

use jiff::{Timestamp, civil::Date};

use super::{Actor, Course, Notice, Outcome, ReviewerId, StepName, Why, Words, assignment, course::free};
use state::ReconsiderationState as State;

/// A reconsideration in its course.
pub type Reconsideration = Course<ReconsiderationState>;

impl Course<ReconsiderationState> {
    /// Opens a reconsideration that a reviewer must answer by `due_on`.
    pub fn open(opening: ReconsiderationOpening, due_on: Date) -> (Self, Vec<Notice>) {
        let (by, at) = (opening.by.into(), opening.opened_at);
        Self::begin(opening, State::Open { due_on }, by, at)
    }

    /// A reviewer opens one, to put down what a body outside decided. All is as though the person had.
    pub fn open_by_reviewer(
        opening: ReconsiderationOpening,
        by: ReviewerId,
        due_on: Date,
    ) -> (Self, Vec<Notice>) {
        let at = opening.opened_at;
        Self::begin(opening, State::Open { due_on }, Actor::Reviewer(by), at)
    }

    /// Gives it to a reviewer, who is none of those that `took_part` in what is reconsidered.
    ///
    /// # Errors
    /// When it is answered already, the reviewer took part, or the actor is neither reviewer nor installation.
    pub fn assign(
        self,
        reviewer: ReviewerId,
        took_part: &[ReviewerId],
        by: Actor,
        at: Timestamp,
    ) -> Outcome<Self> {
        let apart = assignment::apart(&reviewer, took_part);
        self.go(
            StepName::Assign,
            by,
            at,
            |_, _| apart,
            |state| match state {
                State::Open { due_on } | State::Assigned { due_on, .. } => {
                    State::Assigned { due_on, reviewer }
                }
                State::Overdue { due_on } | State::AssignedOverdue { due_on, .. } => {
                    State::AssignedOverdue { due_on, reviewer }
                }
                other => other,
            },
        )
    }

    /// The reviewer says that the outcome stands, or that the look was proper.
    ///
    /// # Errors
    /// When it is nobody's yet, another reviewer's, or answered already.
    pub fn confirm(self, by: ReviewerId, reasons: Words, at: Timestamp) -> Outcome<Self> {
        self.go(StepName::Confirm, Actor::Reviewer(by), at, free, |_| {
            State::Confirmed { reasons }
        })
    }

    /// The reviewer changes the outcome and orders what is to be done by `follow_by`. About a record that is no dispute's,
    /// a body outside alone does.
    ///
    /// # Errors
    /// When it is nobody's yet, another reviewer's, or answered already, or the order does not fit.
    pub fn change(
        self,
        by: ReviewerId,
        reasons: Words,
        order: Order,
        follow_by: Date,
        at: Timestamp,
    ) -> Outcome<Self> {
        self.go(
            StepName::Change,
            Actor::Reviewer(by),
            at,
            |opening, _| match opening.of {
                Reconsidered::Record(_) => Err(Why::OrderUnfit),
                // That the outcome stands is said by confirming it.
                _ if order == Order::Stand => Err(Why::OrderUnfit),
                _ => fits(opening, order),
            },
            |_| State::Changed {
                reasons,
                order,
                follow_by,
            },
        )
    }

    /// A reviewer puts down what a body outside decided. It takes the place of what was ordered before; where it says that
    /// all stays as it is, nothing is left to do. The same decision again, with another day or order, amends what was put
    /// down wrongly, also where that was followed; another order is then to be followed.
    ///
    /// # Errors
    /// When another decision from outside was followed already, or the order does not fit.
    pub fn record_outside(self, by: ReviewerId, decision: OutsideDecision, at: Timestamp) -> Outcome<Self> {
        let order = decision.order;
        let step = match self.state() {
            State::Followed { decision: before } if before.is_same_paper(&decision) => {
                match order == Order::Stand || decision.asks_the_same(before) {
                    true => StepName::AmendOutsideDecision,
                    false => StepName::AmendOutsideOrder,
                }
            }
            _ if order == Order::Stand => StepName::RecordOutsideStand,
            _ => StepName::RecordOutsideDecision,
        };
        // Fields are put right, and nothing else is done to them.
        let names_fields = order != Order::Correct && !decision.fields.is_empty();
        self.go(
            step,
            Actor::Reviewer(by),
            at,
            |opening, _| match names_fields {
                true => Err(Why::OrderUnfit),
                false => fits(opening, order),
            },
            |state| {
                let decision = match state {
                    State::OutsideDecision { decision: before }
                    | State::FollowOverdue { decision: before }
                    | State::Followed { decision: before } => decision.in_place_of(before, at),
                    _ => decision,
                };
                match step {
                    StepName::RecordOutsideStand | StepName::AmendOutsideDecision => {
                        State::Followed { decision }
                    }
                    _ => State::OutsideDecision { decision },
                }
            },
        )
    }

    /// What was ordered is done: by the authority, or by whoever put down that the look was improper.
    ///
    /// # Errors
    /// When nothing is to be done, or the actor is the person or another authority.
    pub fn follow(self, by: Actor, at: Timestamp) -> Outcome<Self> {
        self.go(StepName::Follow, by, at, free, |state| match state {
            State::Changed { reasons, order, .. } | State::ChangeOverdue { reasons, order, .. } => {
                State::ChangeFollowed { reasons, order }
            }
            State::OutsideDecision { decision } | State::FollowOverdue { decision } => {
                State::Followed { decision }
            }
            other => other,
        })
    }

    /// After which day the record is kept from everybody but the person and the authority, as things stand: what was
    /// ordered about it was not done in time, or no reviewer has said in time what a body outside decided about it. A look
    /// keeps nothing back, and neither does silence about a dispute that was answered, nor once a reviewer has answered
    /// about the same record that no court decided so: whoever tells of one judgment after another would keep it back.
    pub fn withheld_after(&self) -> Option<Date> {
        let opening = self.opening();
        let told = matches!(opening.of, Reconsidered::Record(_)) && !opening.told_in_vain;
        match self.state() {
            State::Open { due_on }
            | State::Assigned { due_on, .. }
            | State::Overdue { due_on }
            | State::AssignedOverdue { due_on, .. } => Some(*due_on).filter(|_| told),
            State::Changed { follow_by, .. } | State::ChangeOverdue { follow_by, .. } => Some(*follow_by),
            State::OutsideDecision { decision } | State::FollowOverdue { decision } => {
                Some(decision.follow_by)
            }
            State::Confirmed { .. }
            | State::ChangeFollowed { .. }
            | State::Followed { .. }
            | State::RecordErased {} => None,
        }
        .filter(|_| self.opening().of.is_of_record())
    }

    /// Whether the record is kept from everybody but the person and the authority on the day `today`.
    pub fn blocks_disclosure(&self, today: Date) -> bool {
        self.withheld_after().is_some_and(|day| day < today)
    }

    /// Whether the record shows as disputed: the outcome is not settled, or not carried out.
    pub fn shows_as_disputed(&self) -> bool {
        self.opening().of.is_of_record() && self.waits_for().is_some()
    }
}

fn fits(opening: &ReconsiderationOpening, order: Order) -> Result<(), Why> {
    match (opening.of, order) {
        (
            Reconsidered::Dispute(_) | Reconsidered::Record(_),
            Order::Correct | Order::Withdraw | Order::Readmit,
        )
        | (Reconsidered::Look(_), Order::LookImproper)
        | (_, Order::Stand) => Ok(()),
        _ => Err(Why::OrderUnfit),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::procedure::samples::{
        DUE, LATE, at, bureau, hospital, one_file, reviewer, steps, told, why, words,
    };
    use crate::{
        EventId, ProcedureId, RecordId,
        procedure::{NoticeKind, Party, Speaker, Status},
    };

    const FOLLOW_BY: Date = date(2026, 4, 3);
    const TOO_LATE: Date = date(2026, 4, 4);
    const OF_DISPUTE: Reconsidered = Reconsidered::Dispute(ProcedureId::from_bytes([1; 16]));
    const OF_LOOK: Reconsidered = Reconsidered::Look(EventId::from_bytes([2; 16]));
    const OF_RECORD: Reconsidered = Reconsidered::Record(RecordId::from_bytes([3; 16]));

    fn opened(of: Reconsidered) -> Reconsideration {
        let opening = ReconsiderationOpening {
            by: Speaker::Person,
            of,
            authority: bureau(),
            text: words("look again"),
            files: one_file(),
            opened_at: at(0),
            told_in_vain: false,
        };
        Reconsideration::open(opening, DUE).0
    }

    fn given(before: Reconsideration, to: u8) -> Reconsideration {
        let given = before.assign(reviewer(to), &[reviewer(1)], Actor::Installation, at(1));
        given.unwrap().0
    }

    fn changed(of: Reconsidered, order: Order) -> Reconsideration {
        let answered = given(opened(of), 2).change(reviewer(2), words("wrong"), order, FOLLOW_BY, at(2));
        answered.unwrap().0
    }

    fn decision(order: Order) -> OutsideDecision {
        OutsideDecision {
            body: words("Court of Nowhere"),
            reference: words("2026-7"),
            decided_on: date(2026, 3, 30),
            order,
            fields: Vec::new(),
            follow_by: FOLLOW_BY,
            earlier: Vec::new(),
        }
    }

    #[test]
    fn it_is_given_to_nobody_who_had_a_part_in_it() {
        for before in [opened(OF_DISPUTE), opened(OF_DISPUTE).on_day(LATE, at(1)).0] {
            let same = before
                .clone()
                .assign(reviewer(1), &[reviewer(1)], Actor::Installation, at(1));
            assert_eq!(why(&before, same), Why::TookPart);
            let after = given(before, 2);
            assert_eq!(after.state().reviewer(), Some(&reviewer(2)));
            assert_eq!(after.waits_for(), Some(Party::Reviewer(reviewer(2))));
        }
    }

    #[test]
    fn only_reviewers_and_the_installation_give_it_to_somebody() {
        let before = opened(OF_DISPUTE);
        for actor in [Actor::Person, Actor::Authority(bureau())] {
            let given = before.clone().assign(reviewer(2), &[], actor, at(1));
            assert_eq!(why(&before, given), Why::NotYours);
        }
        let by_reviewer = before.assign(reviewer(2), &[], Actor::Reviewer(reviewer(3)), at(1));
        assert_eq!(by_reviewer.unwrap().0.status(), Status::Assigned);
    }

    #[test]
    fn the_reviewer_who_has_it_answers_and_the_last_one_has_it() {
        let before = opened(OF_DISPUTE);
        let nobodys = before.clone().confirm(reviewer(2), words("so be it"), at(2));
        assert_eq!(why(&before, nobodys), Why::NotNow);

        let before = given(given(before, 2), 3);
        let earlier = before.clone().confirm(reviewer(2), words("so be it"), at(2));
        assert_eq!(why(&before, earlier), Why::NotYours);
        let change = before
            .clone()
            .change(reviewer(2), words("no"), Order::Correct, FOLLOW_BY, at(2));
        assert_eq!(why(&before, change), Why::NotYours);

        let (after, notices) = before.confirm(reviewer(3), words("so be it"), at(2)).unwrap();
        assert_eq!(after.status(), Status::Confirmed);
        assert!(!after.shows_as_disputed() && after.waits_for().is_none());
        let parties = [
            Party::Person,
            Party::Authority(bureau()),
            Party::Reviewers,
            Party::Recipients,
        ];
        assert_eq!(told(&notices, NoticeKind::ReconsiderationConfirmed), parties);
    }

    #[test]
    fn a_late_answer_goes_up_to_all_reviewers_and_is_still_possible() {
        let (late, notices) = given(opened(OF_DISPUTE), 2).on_day(LATE, at(2));
        assert_eq!(late.status(), Status::AssignedOverdue);
        let parties = told(&notices, NoticeKind::ReconsiderationOverdue);
        assert!(parties.contains(&Party::Reviewers) && parties.contains(&Party::Reviewer(reviewer(2))));
        assert_eq!(
            late.clone().on_day(TOO_LATE, at(3)),
            (late.clone(), vec![]),
            "one due day, one step"
        );
        let (after, _) = late.confirm(reviewer(2), words("so be it"), at(3)).unwrap();
        assert_eq!(after.status(), Status::Confirmed);
    }

    #[test]
    fn the_same_decision_again_amends_one_that_was_followed_and_another_one_does_not() {
        let put = |before: Reconsideration, decision| before.record_outside(reviewer(1), decision, at(3));
        let (followed, _) = put(given(opened(OF_RECORD), 2), decision(Order::Stand)).unwrap();
        let other = OutsideDecision {
            reference: words("2026-8"),
            ..decision(Order::Withdraw)
        };
        assert_eq!(why(&followed, put(followed.clone(), other)), Why::NotNow);

        let earlier_day = OutsideDecision {
            decided_on: date(2026, 3, 1),
            ..decision(Order::Stand)
        };
        let (amended, notices) = put(followed, earlier_day).unwrap();
        assert_eq!(amended.status(), Status::Followed);
        let parties = [Party::Person, Party::Authority(bureau()), Party::Reviewers];
        assert_eq!(told(&notices, NoticeKind::OutsideDecisionAmended), parties);

        let (amended, notices) = put(amended, decision(Order::Withdraw)).unwrap();
        assert_eq!(amended.status(), Status::OutsideDecision);
        assert!(amended.shows_as_disputed() && amended.blocks_disclosure(TOO_LATE));
        assert!(told(&notices, NoticeKind::OutsideDecisionAmended).contains(&Party::Recipients));
        let now = amended.state().decided_outside().unwrap();
        let before: Vec<_> = now
            .earlier
            .iter()
            .map(|one| (one.decided_on, one.order))
            .collect();
        let stand = Order::Stand;
        assert_eq!(before, [(date(2026, 3, 30), stand), (date(2026, 3, 1), stand)]);
        let last = steps(&amended).split_off(3);
        assert_eq!(
            last,
            [StepName::AmendOutsideDecision, StepName::AmendOutsideOrder]
        );
    }

    #[test]
    fn other_fields_of_one_paper_are_another_order_and_only_a_correction_names_any() {
        let put = |before: Reconsideration, decision| before.record_outside(reviewer(1), decision, at(3));
        let naming = |order, fields: &[&str]| OutsideDecision {
            fields: fields.iter().map(|&one| one.to_owned()).collect(),
            ..decision(order)
        };
        let before = given(opened(OF_RECORD), 2);
        for order in [Order::Withdraw, Order::Stand] {
            let put = put(before.clone(), naming(order, &["penalty"]));
            assert_eq!(why(&before, put), Why::OrderUnfit);
        }
        let (whole, _) = put(before, naming(Order::Correct, &[])).unwrap();
        let (followed, _) = whole.follow(Actor::Authority(bureau()), at(4)).unwrap();
        let (amended, _) = put(followed, naming(Order::Correct, &["penalty"])).unwrap();
        assert_eq!(amended.status(), Status::OutsideDecision, "it is to be followed");
        let now = amended.state().decided_outside().unwrap();
        assert_eq!((now.fields.len(), now.earlier[0].fields.len()), (1, 0));
    }

    #[test]
    fn an_order_fits_what_is_reconsidered() {
        for (of, order, fits) in [
            (OF_DISPUTE, Order::Correct, true),
            (OF_DISPUTE, Order::Withdraw, true),
            (OF_DISPUTE, Order::LookImproper, false),
            (OF_LOOK, Order::Correct, false),
            (OF_LOOK, Order::Withdraw, false),
            (OF_LOOK, Order::LookImproper, true),
        ] {
            let before = given(opened(of), 2);
            let change = before
                .clone()
                .change(reviewer(2), words("wrong"), order, FOLLOW_BY, at(2));
            let outside = before.clone().record_outside(reviewer(1), decision(order), at(2));
            if fits {
                assert!(change.is_ok() && outside.is_ok());
            } else {
                assert_eq!(why(&before, change), Why::OrderUnfit);
                assert_eq!(why(&before, outside), Why::OrderUnfit);
            }
        }
    }

    #[test]
    fn a_change_that_is_not_carried_out_keeps_the_record_back_until_it_is() {
        let before = changed(OF_DISPUTE, Order::Correct);
        assert!(before.shows_as_disputed() && !before.blocks_disclosure(FOLLOW_BY));
        assert!(before.blocks_disclosure(TOO_LATE), "by the day alone");
        let (late, notices) = before.on_day(TOO_LATE, at(3));
        assert!(late.blocks_disclosure(TOO_LATE));
        assert!(told(&notices, NoticeKind::ChangeOverdue).contains(&Party::Reviewers));

        for stranger in [Actor::Person, Actor::Authority(hospital())] {
            assert_eq!(why(&late, late.clone().follow(stranger, at(4))), Why::NotYours);
        }
        let (after, _) = late.follow(Actor::Authority(bureau()), at(4)).unwrap();
        assert_eq!(after.status(), Status::ChangeFollowed);
        assert!(!after.shows_as_disputed() && !after.blocks_disclosure(TOO_LATE));
    }

    #[test]
    fn whoever_was_given_a_record_hears_when_it_begins_and_ceases_to_show_as_disputed() {
        let recipients = |notices: &[Notice]| notices.iter().any(|notice| notice.to == Party::Recipients);
        let reopen = |of| {
            let before = opened(of);
            Reconsideration::open(before.opening().clone(), DUE).1
        };
        assert!(recipients(&reopen(OF_DISPUTE)));
        assert!(!recipients(&reopen(OF_LOOK)), "a look was given to nobody");
        let (followed, notices) = changed(OF_DISPUTE, Order::Correct)
            .follow(Actor::Authority(bureau()), at(3))
            .unwrap();
        assert!(recipients(&notices));
        let (outside, notices) = followed
            .record_outside(reviewer(1), decision(Order::Withdraw), at(4))
            .unwrap();
        assert!(outside.shows_as_disputed() && recipients(&notices));
    }

    #[test]
    fn a_look_blocks_no_record() {
        let before = changed(OF_LOOK, Order::LookImproper);
        assert_eq!(before.waits_for(), Some(Party::Reviewers));
        let (late, _) = before.on_day(TOO_LATE, at(3));
        assert!(!late.blocks_disclosure(TOO_LATE) && !late.shows_as_disputed());
        let (after, _) = late.follow(Actor::Installation, at(4)).unwrap();
        assert_eq!(after.waits_for(), None);
    }

    #[test]
    fn a_decision_from_outside_comes_at_any_time_until_one_was_followed() {
        let open = opened(OF_DISPUTE);
        let confirmed = given(open.clone(), 2).confirm(reviewer(2), words("so be it"), at(2));
        let changed = changed(OF_DISPUTE, Order::Correct);
        let carried_out = changed.clone().follow(Actor::Authority(bureau()), at(3));
        let before = [
            open.clone(),
            open.on_day(LATE, at(1)).0,
            confirmed.unwrap().0,
            changed.on_day(TOO_LATE, at(4)).0,
            carried_out.unwrap().0,
        ];
        for before in before {
            let order = decision(Order::Withdraw);
            let (outside, notices) = before.record_outside(reviewer(1), order, at(5)).unwrap();
            assert_eq!(
                (outside.status(), outside.next_due()),
                (Status::OutsideDecision, Some(FOLLOW_BY))
            );
            assert!(
                told(&notices, NoticeKind::OutsideDecisionRecorded).contains(&Party::Authority(bureau()))
            );
            let (higher, _) = outside
                .record_outside(reviewer(1), decision(Order::Correct), at(6))
                .unwrap();
            let (late, _) = higher.on_day(TOO_LATE, at(7));
            assert_eq!(late.status(), Status::FollowOverdue);
            let (followed, _) = late.follow(Actor::Authority(bureau()), at(8)).unwrap();
            assert!(followed.waits_for().is_none() && followed.next_due().is_none());
            let another = OutsideDecision {
                reference: words("2026-8"),
                ..decision(Order::Correct)
            };
            let again = followed.clone().record_outside(reviewer(1), another, at(9));
            assert_eq!(why(&followed, again), Why::NotNow);
        }
    }

    #[test]
    fn a_higher_body_that_sets_an_order_aside_leaves_nothing_to_do_and_keeps_nothing_back() {
        let outside = |before: Reconsideration, order| {
            let noted = before.record_outside(reviewer(1), decision(order), at(3));
            noted.unwrap()
        };
        let (ordered, _) = outside(opened(OF_RECORD), Order::Withdraw);
        let (late, _) = ordered.clone().on_day(TOO_LATE, at(2));
        assert!(late.blocks_disclosure(TOO_LATE));
        let (looked_at, _) = outside(opened(OF_LOOK), Order::LookImproper);
        for before in [ordered, late, changed(OF_DISPUTE, Order::Correct), looked_at] {
            let (after, notices) = outside(before.clone(), Order::Stand);
            assert_eq!((after.status(), after.waits_for()), (Status::Followed, None));
            assert!(!after.blocks_disclosure(TOO_LATE) && !after.shows_as_disputed());
            let told = told(&notices, NoticeKind::OutsideStandRecorded);
            assert!(told.contains(&Party::Person) && told.contains(&Party::Authority(bureau())));
            assert_eq!(
                told.contains(&Party::Recipients),
                before.opening().of.is_of_record()
            );
        }
        let before = given(opened(OF_DISPUTE), 2);
        let own = before
            .clone()
            .change(reviewer(2), words("so"), Order::Stand, FOLLOW_BY, at(2));
        assert_eq!(why(&before, own), Why::OrderUnfit);
    }

    #[test]
    fn about_a_record_a_body_outside_decides_and_no_reviewer() {
        let before = given(opened(OF_RECORD), 2);
        assert!(before.shows_as_disputed());
        for order in [Order::Correct, Order::Withdraw, Order::LookImproper] {
            let change = before
                .clone()
                .change(reviewer(2), words("wrong"), order, FOLLOW_BY, at(2));
            assert_eq!(why(&before, change), Why::OrderUnfit);
        }
        let (unfounded, _) = before
            .clone()
            .confirm(reviewer(2), words("nobody decided so"), at(2))
            .unwrap();
        assert!(!unfounded.shows_as_disputed());
        let unfit = before
            .clone()
            .record_outside(reviewer(1), decision(Order::LookImproper), at(2));
        assert_eq!(why(&before, unfit), Why::OrderUnfit);
        let (outside, notices) = before
            .record_outside(reviewer(1), decision(Order::Withdraw), at(2))
            .unwrap();
        assert_eq!(outside.waits_for(), Some(Party::Authority(bureau())));
        assert!(told(&notices, NoticeKind::OutsideDecisionRecorded).contains(&Party::Recipients));
        let (late, _) = outside.on_day(TOO_LATE, at(3));
        assert!(late.blocks_disclosure(TOO_LATE));
        let (followed, _) = late.follow(Actor::Authority(bureau()), at(4)).unwrap();
        assert!(followed.waits_for().is_none() && !followed.shows_as_disputed());
    }

    #[test]
    fn while_nobody_says_what_was_decided_about_a_record_it_is_kept_back() {
        let (late, notices) = opened(OF_RECORD).on_day(LATE, at(1));
        assert!(late.blocks_disclosure(LATE) && opened(OF_RECORD).blocks_disclosure(LATE));
        assert!(!late.blocks_disclosure(DUE));
        let overdue = told(&notices, NoticeKind::ReconsiderationOverdue);
        assert_eq!(
            overdue,
            [Party::Person, Party::Authority(bureau()), Party::Reviewers]
        );
        let late = given(late, 2);
        assert!(late.blocks_disclosure(LATE));
        let (noted, _) = late
            .clone()
            .record_outside(reviewer(1), decision(Order::Correct), at(2))
            .unwrap();
        let (unfounded, _) = late
            .confirm(reviewer(2), words("nobody decided so"), at(2))
            .unwrap();
        assert!(!noted.blocks_disclosure(LATE) && !unfounded.blocks_disclosure(TOO_LATE));
        for of in [OF_DISPUTE, OF_LOOK] {
            assert!(!opened(of).on_day(TOO_LATE, at(1)).0.blocks_disclosure(TOO_LATE));
        }
    }

    #[test]
    fn a_reviewer_opens_one_for_the_person_who_is_told_as_though_they_had() {
        let opening = opened(OF_RECORD).opening().clone();
        let (theirs, told_theirs) = Reconsideration::open(opening.clone(), DUE);
        let (reviewers, told_reviewers) = Reconsideration::open_by_reviewer(opening, reviewer(1), DUE);
        assert_eq!(told_theirs, told_reviewers);
        assert_eq!(theirs.state(), reviewers.state());
        assert_eq!(reviewers.history()[0].actor, Actor::Reviewer(reviewer(1)));
    }

    #[test]
    fn skipped_days_lose_no_step() {
        let (late, _) = opened(OF_DISPUTE).on_day(TOO_LATE, at(1));
        let late = given(late, 2);
        let (changed, _) = late
            .change(reviewer(2), words("wrong"), Order::Correct, FOLLOW_BY, at(2))
            .unwrap();
        let (after, _) = changed.on_day(date(2030, 1, 1), at(3));
        let expected = [
            StepName::Open,
            StepName::PassDueDay,
            StepName::Assign,
            StepName::Change,
            StepName::PassFollowDay,
        ];
        assert_eq!(steps(&after), expected);
    }
}
