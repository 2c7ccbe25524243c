//! Restoration (修复): after its minimum disclosure a decision no longer counts, when its duties are fulfilled and a
//! pledge is given. The authority says first whether it takes the application, then answers it. Its silence never
//! stops the person's clock. Granted, every body that was given the record confirms that it stopped using it; who has
//! not by a day is reminded once, and the reviewers are told.
//!
//! A body that was given the record by a look of which a law lets the notice wait stands apart until the person is told of
//! the look: it is asked at once and may confirm, and no step, status or day says so before ([`Apart`]).

mod state;

pub use state::{Apart, Recipient, RestorationOpening, RestorationState};

use jiff::{Timestamp, civil::Date};

use super::{
    Actor, AuthorityId, Course, Notice, NoticeKind, Outcome, Party, ProcedureKind, Refusal, Refused, Speaker,
    StepName, Why, Words, course::free,
};
use crate::RecordId;
use state::RestorationState as State;

/// A restoration in its course.
pub type Restoration = Course<RestorationState>;

/// What a person applies with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Who applies.
    pub by: Speaker,
    /// The decision.
    pub decision: RecordId,
    /// The authority that decided, which answers.
    pub authority: AuthorityId,
    /// What the person pledges.
    pub pledge: Option<Words>,
    /// How the duties from the decision were fulfilled, as the person says.
    pub duties: Option<Words>,
    /// When they applied.
    pub applied_at: Timestamp,
}

named! {
    /// Whether a decision prohibits to practise.
    Prohibition {
        /// It does not.
        None = "none",
        /// It does, and is in force.
        InForce = "in-force",
        /// It did, and was lifted.
        Lifted = "lifted",
    }
}

/// What the law says of an application, worked out beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The day of the application.
    pub today: Date,
    /// The first day on which it may be applied for.
    pub may_apply_from: Date,
    /// Whether the decision prohibits to practise.
    pub prohibition: Prohibition,
    /// The last day on which the authority says in time whether it takes the application.
    pub accept_by: Date,
    /// The last day on which the authority answers in time.
    pub answer_by: Date,
}

impl Course<RestorationState> {
    /// Applies for a restoration.
    ///
    /// # Errors
    /// When it is too early, a prohibition is in force, the duties are not stated or there is no pledge. The
    /// application comes back.
    pub fn apply(
        application: Application,
        terms: Terms,
    ) -> Result<(Self, Vec<Notice>), Box<Refused<Application>>> {
        if terms.today < terms.may_apply_from {
            let may_apply_from = terms.may_apply_from;
            return Err(not_begun(application, Why::TooEarly { may_apply_from }));
        }
        if terms.prohibition == Prohibition::InForce {
            return Err(not_begun(application, Why::ProhibitionInForce));
        }
        let Some(duties) = application.duties.clone() else {
            return Err(not_begun(application, Why::DutiesNotStated));
        };
        let Some(pledge) = application.pledge.clone() else {
            return Err(not_begun(application, Why::PledgeMissing));
        };
        let opening = RestorationOpening {
            by: application.by,
            decision: application.decision,
            authority: application.authority,
            pledge,
            duties,
            applied_at: application.applied_at,
        };
        let state = State::Applied {
            accept_by: terms.accept_by,
            answer_by: terms.answer_by,
        };
        let (by, at) = (opening.by.into(), opening.applied_at);
        Ok(Self::begin(opening, state, by, at))
    }

    /// The authority takes the application.
    ///
    /// # Errors
    /// When it said so already, its silence counts as taken, or it is another authority's.
    pub fn take(self, by: AuthorityId, at: Timestamp) -> Outcome<Self> {
        self.go(
            StepName::Take,
            Actor::Authority(by),
            at,
            free,
            |state| match state {
                State::Applied { answer_by, .. } => State::Taken { answer_by },
                other => other,
            },
        )
    }

    /// The authority does not take the application.
    ///
    /// # Errors
    /// When it took it already, its silence counts as taken, or it is another authority's.
    pub fn not_take(self, by: AuthorityId, reasons: Words, at: Timestamp) -> Outcome<Self> {
        self.go(StepName::NotTake, Actor::Authority(by), at, free, |_| {
            State::NotTaken { reasons }
        })
    }

    /// The authority grants the restoration. Each of `given_to` must stop using the record and confirm it, by
    /// `confirm_by` to be in time; where there is none, the restoration is complete at once.
    ///
    /// # Errors
    /// When the application is not taken or answered already, or another authority's.
    pub fn grant(
        self,
        by: AuthorityId,
        reasons: Words,
        given_to: Vec<AuthorityId>,
        confirm_by: Date,
        at: Timestamp,
    ) -> Outcome<Self> {
        self.grant_with_apart(by, reasons, (given_to, Vec::new()), confirm_by, at)
    }

    /// The same where some bodies, the second ones, stand apart.
    ///
    /// # Errors
    /// As for [`Self::grant`].
    pub fn grant_with_apart(
        self,
        by: AuthorityId,
        reasons: Words,
        (given_to, given_apart): (Vec<AuthorityId>, Vec<AuthorityId>),
        confirm_by: Date,
        at: Timestamp,
    ) -> Outcome<Self> {
        let granted = self.go(StepName::Grant, Actor::Authority(by), at, free, |_| {
            let mut recipients: Vec<Recipient> = Vec::with_capacity(given_to.len());
            for authority in given_to {
                // One that was given it twice is told once.
                if !recipients.iter().any(|one| one.authority == authority) {
                    recipients.push(Recipient {
                        authority,
                        confirmed_at: None,
                    });
                }
            }
            let mut apart: Vec<Apart> = Vec::with_capacity(given_apart.len());
            for authority in given_apart {
                let known = recipients.iter().any(|one| one.authority == authority);
                if !known && !apart.iter().any(|one| one.authority == authority) {
                    apart.push(Apart {
                        authority,
                        confirm_by,
                        confirmed_at: None,
                        confirmed_by: None,
                        reminded: false,
                    });
                }
            }
            State::Granted {
                reasons,
                recipients,
                apart,
                confirm_by: Some(confirm_by),
            }
        })?;
        Ok(completed(granted, at))
    }

    /// The authority refuses the restoration.
    ///
    /// # Errors
    /// When the application is not taken or answered already, or another authority's.
    pub fn refuse(self, by: AuthorityId, reasons: Words, at: Timestamp) -> Outcome<Self> {
        self.go(StepName::Refuse, Actor::Authority(by), at, free, |_| {
            State::Refused { reasons }
        })
    }

    /// The same as the authority reads it: how many bodies were given the record and which of their confirmations came when,
    /// and of none which it is. That is the person's to know.
    #[must_use]
    pub fn without_recipients(self) -> Self {
        self.masked(
            |state| {
                for one in state.recipients_mut() {
                    one.authority = AuthorityId::some_recipient();
                }
                state.apart_mut().map(Vec::clear);
            },
            |step| {
                if step.name == StepName::ConfirmStopped {
                    step.actor = Actor::Authority(AuthorityId::some_recipient());
                }
            },
        )
    }

    /// The same as the person reads it: without those that stand apart.
    #[must_use]
    pub fn without_apart(self) -> Self {
        self.masked(
            |state| {
                state.apart_mut().map(Vec::clear);
            },
            |_| {},
        )
    }

    /// A body that stands apart, and a member of its staff where it names one, confirms that it stopped using it. That is
    /// no step before the person may know of it.
    ///
    /// # Errors
    /// When the body does not stand apart, or confirmed already.
    pub fn confirm_apart(
        self,
        recipient: &AuthorityId,
        staff: Option<String>,
        at: Timestamp,
    ) -> Outcome<Self> {
        let found = self
            .state()
            .apart()
            .iter()
            .find(|one| one.authority == *recipient);
        let why = match found {
            None => Why::NotARecipient,
            Some(one) if one.confirmed_at.is_some() => Why::AlreadyConfirmed,
            Some(_) => {
                let confirm = |state: &mut State| {
                    let mut apart = state.apart_mut().into_iter().flatten();
                    if let Some(one) = apart.find(|one| one.authority == *recipient) {
                        one.confirmed_at = Some(at);
                        one.confirmed_by = staff;
                    }
                };
                return Ok((self.masked(confirm, |_| {}), Vec::new()));
            }
        };
        Err(self.refused(StepName::ConfirmStopped, why))
    }

    /// Reminds those that stand apart of confirming, where nobody else is waited for and their day is over before `today`. The
    /// reviewers are told. That is no step: the person is not to know of it yet. Doing it again does nothing more.
    #[must_use]
    pub fn remind_apart(self, today: Date) -> (Self, Vec<Notice>) {
        if self.state().remind_apart_after().is_none_or(|day| day >= today) {
            return (self, Vec::new());
        }
        let mut notices = Notice::to_each([Party::Reviewers], NoticeKind::ConfirmationOverdue);
        let remind = |state: &mut State| {
            for one in state.apart_mut().into_iter().flatten() {
                if !one.reminded && one.waited_for_until().is_some_and(|day| day < today) {
                    one.reminded = true;
                    let body = Party::Authority(one.authority.clone());
                    notices.extend(Notice::to_each([body], NoticeKind::StopUsingAgain));
                }
            }
        };
        (self.masked(remind, |_| {}), notices)
    }

    /// The person may know from now on of a body that stood apart. What it confirmed meanwhile is put down with it; what it
    /// did not, it has to.
    ///
    /// # Errors
    /// When the body does not stand apart.
    pub fn show_recipient(self, recipient: &AuthorityId, at: Timestamp) -> Outcome<Self> {
        let found = self
            .state()
            .apart()
            .iter()
            .find(|one| one.authority == *recipient);
        let confirmed_at = found.and_then(|one| one.confirmed_at);
        let stands_apart = match found {
            Some(_) => Ok(()),
            None => Err(Why::NotARecipient),
        };
        let (shown, mut notices) = self.go(
            StepName::ShowRecipient,
            Actor::Installation,
            at,
            |_, _| stands_apart,
            |state| state.with_shown(recipient),
        )?;
        let Some(confirmed_at) = confirmed_at else {
            return Ok((shown, notices));
        };
        let by = Actor::Authority(recipient.clone());
        let (confirmed, more) = shown.go(StepName::ConfirmStopped, by, confirmed_at, free, |state| state)?;
        notices.extend(more);
        let (restoration, more) = completed((confirmed, Vec::new()), at);
        notices.extend(more);
        Ok((restoration, notices))
    }

    /// A body that was given the record confirms that it stopped using it. The last one completes the restoration.
    ///
    /// # Errors
    /// When it is not granted, or complete, or the body was not given the record, or confirmed already.
    pub fn confirm(self, recipient: AuthorityId, at: Timestamp) -> Outcome<Self> {
        let id = recipient.clone();
        let confirmed = self.go(
            StepName::ConfirmStopped,
            Actor::Authority(recipient),
            at,
            |_, state| match state.recipients().iter().find(|one| one.authority == id) {
                None => Err(Why::NotARecipient),
                Some(one) if one.confirmed_at.is_some() => Err(Why::AlreadyConfirmed),
                Some(_) => Ok(()),
            },
            |mut state| {
                if let State::Granted { recipients, .. } | State::ConfirmationOverdue { recipients, .. } =
                    &mut state
                {
                    for one in recipients.iter_mut().filter(|one| one.authority == id) {
                        one.confirmed_at = Some(at);
                    }
                }
                state
            },
        )?;
        Ok(completed(confirmed, at))
    }

    /// Whether the decision no longer counts.
    pub const fn is_granted(&self) -> bool {
        matches!(
            self.state(),
            State::Granted { .. } | State::ConfirmationOverdue { .. } | State::Complete { .. }
        )
    }
}

/// The same restoration, complete where every body confirmed.
fn completed(granted: (Restoration, Vec<Notice>), at: Timestamp) -> (Restoration, Vec<Notice>) {
    let (restoration, mut notices) = granted;
    let all = |_: &RestorationOpening, state: &State| {
        let confirmed = state.recipients().iter().all(|one| one.confirmed_at.is_some());
        if confirmed { Ok(()) } else { Err(Why::NotNow) }
    };
    let done = restoration.go(
        StepName::Complete,
        Actor::Installation,
        at,
        all,
        |state| match state {
            State::Granted {
                reasons,
                recipients,
                apart,
                ..
            }
            | State::ConfirmationOverdue {
                reasons,
                recipients,
                apart,
                ..
            } => State::Complete {
                reasons,
                recipients,
                apart,
            },
            other => other,
        },
    );
    match done {
        Ok((restoration, more)) => {
            notices.extend(more);
            (restoration, notices)
        }
        Err(not_yet) => (not_yet.unchanged, notices),
    }
}

fn not_begun(application: Application, why: Why) -> Box<Refused<Application>> {
    let refusal = Refusal {
        kind: ProcedureKind::Restoration,
        status: None,
        step: StepName::Apply,
        why,
    };
    Box::new(Refused {
        unchanged: application,
        refusal,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::procedure::Status;
    use crate::procedure::samples::{
        DUE, LATE, at, bureau, hospital, last_actor, representative, steps, told, why, words,
    };

    const ANSWER_BY: Date = date(2026, 4, 1);
    const UNANSWERED: Date = date(2026, 4, 2);
    const CONFIRM_BY: Date = date(2026, 4, 15);

    fn application() -> Application {
        Application {
            by: Speaker::Person,
            decision: RecordId::from_bytes([1; 16]),
            authority: bureau(),
            pledge: Some(words("never again")),
            duties: Some(words("the fine is paid")),
            applied_at: at(0),
        }
    }

    fn terms() -> Terms {
        Terms {
            today: date(2026, 3, 18),
            may_apply_from: date(2026, 3, 18),
            prohibition: Prohibition::None,
            accept_by: DUE,
            answer_by: ANSWER_BY,
        }
    }

    fn applied() -> Restoration {
        Restoration::apply(application(), terms()).unwrap().0
    }

    fn taken() -> Restoration {
        applied().take(bureau(), at(1)).unwrap().0
    }

    fn granted(given_to: Vec<AuthorityId>) -> (Restoration, Vec<Notice>) {
        taken()
            .grant(bureau(), words("well"), given_to, CONFIRM_BY, at(2))
            .unwrap()
    }

    #[test]
    fn who_fulfils_the_terms_may_apply() {
        let (restoration, notices) = Restoration::apply(application(), terms()).unwrap();
        assert_eq!(restoration.status(), Status::Applied);
        assert_eq!(restoration.next_due(), Some(DUE));
        assert_eq!(restoration.waits_for(), Some(Party::Authority(bureau())));
        let parties = [Party::Person, Party::Authority(bureau())];
        assert_eq!(told(&notices, NoticeKind::RestorationApplied), parties);
        let lifted = Terms {
            prohibition: Prohibition::Lifted,
            ..terms()
        };
        assert!(Restoration::apply(application(), lifted).is_ok());
    }

    #[test]
    fn an_application_that_may_not_be_comes_back_whole_with_what_would_be_right() {
        let early = Terms {
            today: date(2026, 3, 17),
            ..terms()
        };
        let prohibited = Terms {
            prohibition: Prohibition::InForce,
            ..terms()
        };
        let no_duties = Application {
            duties: None,
            ..application()
        };
        let no_pledge = Application {
            pledge: None,
            by: representative(),
            ..application()
        };
        let may_apply_from = terms().may_apply_from;
        for (given, terms, why) in [
            (application(), early, Why::TooEarly { may_apply_from }),
            (application(), prohibited, Why::ProhibitionInForce),
            (no_duties, terms(), Why::DutiesNotStated),
            (no_pledge, terms(), Why::PledgeMissing),
        ] {
            let refused = Restoration::apply(given.clone(), terms).unwrap_err();
            assert_eq!((refused.refusal.why, refused.refusal.status), (why, None));
            assert_eq!(refused.unchanged, given);
        }
    }

    #[test]
    fn the_authority_says_first_whether_it_takes_it() {
        let before = applied();
        let grant = before
            .clone()
            .grant(bureau(), words("well"), vec![], CONFIRM_BY, at(1));
        assert_eq!(why(&before, grant), Why::NotNow);
        assert_eq!(
            why(&before, before.clone().take(hospital(), at(1))),
            Why::NotYours
        );
        let (after, _) = before.not_take(bureau(), words("another's"), at(1)).unwrap();
        assert!(after.is_ended() && !after.is_granted());
        assert_eq!(taken().next_due(), Some(ANSWER_BY));
    }

    #[test]
    fn silence_counts_as_taken_and_never_stops_the_persons_clock() {
        let (silent, notices) = applied().on_day(LATE, at(1));
        assert_eq!(
            (silent.status(), silent.next_due()),
            (Status::AcceptanceOverdue, Some(ANSWER_BY))
        );
        let parties = [Party::Person, Party::Authority(bureau()), Party::Reviewers];
        assert_eq!(told(&notices, NoticeKind::RestorationAcceptanceOverdue), parties);
        let late = silent.clone().not_take(bureau(), words("no"), at(2));
        assert_eq!(why(&silent, late), Why::NotNow);
        let (after, _) = silent
            .grant(bureau(), words("well"), vec![], CONFIRM_BY, at(2))
            .unwrap();
        assert!(after.is_granted());
    }

    #[test]
    fn one_job_after_a_long_pause_does_both_steps_in_their_order() {
        let (late, notices) = applied().on_day(date(2027, 1, 1), at(1));
        let expected = [
            StepName::Apply,
            StepName::PassAcceptanceDay,
            StepName::PassAnswerDay,
        ];
        assert_eq!(steps(&late), expected);
        assert_eq!(told(&notices, NoticeKind::RestorationAcceptanceOverdue).len(), 3);
        assert_eq!(told(&notices, NoticeKind::RestorationAnswerOverdue).len(), 3);
        assert_eq!(late.clone().on_day(date(2028, 1, 1), at(2)), (late, vec![]));
    }

    #[test]
    fn a_late_authority_can_still_answer() {
        let (late, _) = taken().on_day(UNANSWERED, at(2));
        assert_eq!((late.status(), late.next_due()), (Status::AnswerOverdue, None));
        let granted = late
            .clone()
            .grant(bureau(), words("well"), vec![], CONFIRM_BY, at(3));
        assert!(granted.unwrap().0.is_granted());
        let (refused, notices) = late.refuse(bureau(), words("the fine is open"), at(3)).unwrap();
        assert!(refused.is_ended() && !refused.is_granted());
        assert_eq!(told(&notices, NoticeKind::RestorationRefused).len(), 2);
    }

    #[test]
    fn every_body_that_was_given_the_record_is_told_once_to_stop() {
        let given_to = vec![hospital(), bureau(), hospital()];
        let (restoration, notices) = granted(given_to);
        let told = told(&notices, NoticeKind::StopUsing);
        assert_eq!(told, [Party::Authority(hospital()), Party::Authority(bureau())]);
        assert_eq!(restoration.waits_for(), Some(Party::Recipients));
        assert_eq!(restoration.next_due(), Some(CONFIRM_BY));
    }

    #[test]
    fn who_does_not_confirm_in_time_is_reminded_once_and_still_can() {
        let (restoration, _) = granted(vec![hospital(), bureau()]);
        let (restoration, _) = restoration.confirm(bureau(), at(3)).unwrap();
        assert_eq!(restoration.clone().on_day(CONFIRM_BY, at(4)).1, []);
        let (late, notices) = restoration.on_day(date(2026, 4, 16), at(4));
        assert_eq!(
            (late.status(), late.next_due()),
            (Status::ConfirmationOverdue, None)
        );
        assert!(late.is_granted() && !late.is_ended());
        assert_eq!(late.waits_for(), Some(Party::Recipients));
        let again = told(&notices, NoticeKind::StopUsingAgain);
        assert_eq!(
            again,
            [Party::Authority(hospital())],
            "only who has not confirmed"
        );
        let all = [Party::Person, Party::Authority(bureau()), Party::Reviewers];
        assert_eq!(told(&notices, NoticeKind::ConfirmationOverdue), all);
        assert_eq!(
            late.clone().on_day(date(2027, 1, 1), at(5)),
            (late.clone(), vec![]),
            "once"
        );
        assert_eq!(
            why(&late, late.clone().confirm(bureau(), at(5))),
            Why::AlreadyConfirmed
        );
        let (done, notices) = late.confirm(hospital(), at(5)).unwrap();
        assert_eq!(done.status(), Status::Complete);
        assert_eq!(told(&notices, NoticeKind::RestorationComplete).len(), 2);
    }

    #[test]
    fn one_granted_before_there_was_a_day_waits_for_none() {
        let stored = serde_json::json!({"status": "granted", "reasons": "well", "recipients": []});
        let state: RestorationState = serde_json::from_value(stored).unwrap();
        assert_eq!(crate::procedure::Machine::due(&state), None);
    }

    #[test]
    fn the_last_confirmation_completes_it() {
        let (restoration, _) = granted(vec![hospital(), bureau()]);
        let (restoration, notices) = restoration.confirm(hospital(), at(3)).unwrap();
        assert_eq!(restoration.status(), Status::Granted);
        assert_eq!(told(&notices, NoticeKind::UseStopped).len(), 2);
        assert_eq!(restoration.state().recipients()[0].confirmed_at, Some(at(3)));

        let (restoration, notices) = restoration.confirm(bureau(), at(4)).unwrap();
        assert_eq!(restoration.status(), Status::Complete);
        assert_eq!(told(&notices, NoticeKind::RestorationComplete).len(), 2);
        assert!(restoration.waits_for().is_none() && restoration.is_granted());
        assert_eq!(last_actor(&restoration), Actor::Installation);
    }

    #[test]
    fn a_body_confirms_once_and_only_if_it_was_given_the_record() {
        let before = taken();
        assert_eq!(
            why(&before, before.clone().confirm(hospital(), at(3))),
            Why::NotNow
        );
        let (before, _) = granted(vec![hospital(), AuthorityId::new("court").unwrap()]);
        assert_eq!(
            why(&before, before.clone().confirm(bureau(), at(3))),
            Why::NotARecipient
        );
        let (before, _) = before.confirm(hospital(), at(3)).unwrap();
        assert_eq!(
            why(&before, before.clone().confirm(hospital(), at(4))),
            Why::AlreadyConfirmed
        );
    }

    #[test]
    fn who_stands_apart_alone_is_reminded_once_and_that_is_no_step() {
        let given = (vec![], vec![hospital()]);
        let (granted, _) = taken()
            .grant_with_apart(bureau(), words("well"), given, CONFIRM_BY, at(2))
            .unwrap();
        assert_eq!(granted.next_due(), None, "no day shows");
        assert_eq!(granted.state().remind_apart_after(), Some(CONFIRM_BY));
        assert_eq!(granted.clone().remind_apart(CONFIRM_BY).1, []);
        let late = date(2026, 4, 16);
        let (reminded, notices) = granted.clone().remind_apart(late);
        assert_eq!(
            told(&notices, NoticeKind::StopUsingAgain),
            [Party::Authority(hospital())]
        );
        assert_eq!(
            told(&notices, NoticeKind::ConfirmationOverdue),
            [Party::Reviewers]
        );
        assert_eq!(reminded.clone().without_apart(), granted.clone().without_apart());
        assert_eq!(reminded.state().remind_apart_after(), None);
        assert_eq!(
            reminded.clone().remind_apart(date(2027, 1, 1)),
            (reminded, vec![])
        );
        let (confirmed, _) = granted.confirm_apart(&hospital(), None, at(3)).unwrap();
        assert_eq!(confirmed.remind_apart(late).1, []);
    }

    #[test]
    fn where_nobody_was_given_the_record_it_is_complete_at_once() {
        let (restoration, notices) = granted(vec![]);
        assert_eq!(restoration.status(), Status::Complete);
        let expected = [
            StepName::Apply,
            StepName::Take,
            StepName::Grant,
            StepName::Complete,
        ];
        assert_eq!(steps(&restoration), expected);
        assert_eq!(told(&notices, NoticeKind::RestorationGranted).len(), 2);
        assert_eq!(told(&notices, NoticeKind::RestorationComplete).len(), 2);
    }
}
