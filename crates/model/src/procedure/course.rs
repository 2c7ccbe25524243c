//! The course of a procedure: what it was opened with, where it stands, and each step that was done. One engine
//! runs all four machines by their tables.

use jiff::{Timestamp, civil::Date};

use super::{
    Actor, Notice, NoticeKind, Party, ProcedureKind, Refusal, Refused, Rule, Status, StepName, Why, rule,
};

/// One step that was done.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub name: StepName,
}

/// A day that a procedure waits for, and the step that it brings once it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The last day that is still in time.
    pub on: Date,
    /// The step.
    pub step: StepName,
}

/// What a kind of procedure is: its states with their data, and its table.
pub trait Machine: Sized {
    /// What it is opened with, which never changes.
    type Opening;

    /// The kind.
    const KIND: ProcedureKind;
    /// The table.
    const RULES: &'static [Rule];

    /// Where it stands.
    fn status(&self) -> Status;

    /// The next day that it waits for.
    fn due(&self) -> Option<Due>;

    /// The state once that day is over and nobody did anything.
    #[must_use]
    fn passed(self) -> Self;

    /// Whether the step is this actor's own to do, among all of their role.
    fn is_theirs(&self, opening: &Self::Opening, step: StepName, actor: &Actor) -> bool;

    /// Whose turn it is. Nobody's once it is answered.
    fn waits_for(&self, opening: &Self::Opening) -> Option<Party>;

    /// Who is told, once a step that tells `kind` has led here.
    fn notices(&self, opening: &Self::Opening, kind: NoticeKind) -> Vec<Notice>;

    /// The state once the record that it is about is erased. None: it is about no record.
    fn record_erased(_: &Self::Opening) -> Option<Self> {
        None
    }

    /// Who had something to do here, and has to know that it is no longer to be done.
    fn at_work(&self, opening: &Self::Opening) -> Vec<Party> {
        self.waits_for(opening).into_iter().collect()
    }
}

/// What a transition comes to: the procedure as it stands now and who is to be told, or the procedure unchanged
/// with the reason.
pub type Outcome<T> = Result<(T, Vec<Notice>), Box<Refused<T>>>;

/// A procedure in its course.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course<M: Machine> {
    opening: M::Opening,
    state: M,
    history: Vec<Step>,
}

/// A transition without further conditions.
pub(super) fn free<M: Machine>(_: &M::Opening, _: &M) -> Result<(), Why> {
    Ok(())
}

impl<M: Machine> Course<M> {
    /// Begins, by the first line of the table.
    pub(super) fn begin(opening: M::Opening, state: M, by: Actor, at: Timestamp) -> (Self, Vec<Notice>) {
        let mut course = Self {
            opening,
            state,
            history: Vec::with_capacity(1),
        };
        let first = M::RULES.iter().find(|rule| rule.from.is_none());
        let notices = first.map_or_else(Vec::new, |rule| course.put_down(rule, by, at));
        (course, notices)
    }

    /// Does a step, if the table, the actor and `guard` allow it.
    pub(super) fn go(
        mut self,
        step: StepName,
        actor: Actor,
        at: Timestamp,
        guard: impl FnOnce(&M::Opening, &M) -> Result<(), Why>,
        change: impl FnOnce(M) -> M,
    ) -> Outcome<Self> {
        match self
            .rule_for(step, &actor)
            .and_then(|rule| guard(&self.opening, &self.state).map(|()| rule))
        {
            Ok(rule) => {
                self.state = change(self.state);
                let notices = self.put_down(rule, actor, at);
                Ok((self, notices))
            }
            Err(why) => Err(self.refused(step, why)),
        }
    }

    fn rule_for(&self, step: StepName, actor: &Actor) -> Result<&'static Rule, Why> {
        let rule = rule::find(M::RULES, Some(self.state.status()), step).ok_or(Why::NotNow)?;
        let theirs = rule.by.contains(&actor.role()) && self.state.is_theirs(&self.opening, step, actor);
        if theirs { Ok(rule) } else { Err(Why::NotYours) }
    }

    /// Writes a step that led here into the history, and answers whom it tells.
    fn put_down(&mut self, rule: &Rule, actor: Actor, at: Timestamp) -> Vec<Notice> {
        debug_assert_eq!(self.state.status(), rule.to, "the table says otherwise: {rule:?}");
        let name = rule.step;
        self.history.push(Step { at, actor, name });
        let told = rule.tells.map(|kind| self.state.notices(&self.opening, kind));
        told.unwrap_or_default()
    }

    pub(super) fn refused(self, step: StepName, why: Why) -> Box<Refused<Self>> {
        let refusal = Refusal {
            kind: M::KIND,
            status: Some(self.state.status()),
            step,
            why,
        };
        Box::new(Refused {
            unchanged: self,
            refusal,
        })
    }

    /// Does what the days up to and with `today` ask for, at the moment `at`. Doing it again does nothing more,
    /// and days that were skipped lose no step. Whoever does another step does this first, so that an answer after
    /// its day is late whether or not anybody noticed.
    #[must_use]
    pub fn on_day(mut self, today: Date, at: Timestamp) -> (Self, Vec<Notice>) {
        let mut notices = Vec::new();
        while let Some(due) = self.state.due().filter(|due| due.on < today)
            && let Some(rule) = rule::find(M::RULES, Some(self.state.status()), due.step)
        {
            self.state = self.state.passed();
            notices.extend(self.put_down(rule, Actor::Installation, at));
        }
        (self, notices)
    }

    /// Ends with the record that it is about, which is erased. Whoever takes part is told, and whoever still had
    /// something to do.
    ///
    /// # Errors
    /// When it has ended already, or is about no record.
    pub fn end_with_record(self, at: Timestamp) -> Outcome<Self> {
        let at_work = self.state.at_work(&self.opening);
        let Some(erased) = M::record_erased(&self.opening) else {
            return Err(self.refused(StepName::EraseRecord, Why::NotNow));
        };
        let (course, mut notices) =
            self.go(StepName::EraseRecord, Actor::Installation, at, free, |_| erased)?;
        for party in at_work {
            if !notices.iter().any(|notice| notice.to == party) {
                notices.extend(Notice::to_each([party], NoticeKind::RecordErased));
            }
        }
        Ok((course, notices))
    }

    /// What it was opened with.
    pub const fn opening(&self) -> &M::Opening {
        &self.opening
    }

    /// Where it stands, with what belongs to that.
    pub const fn state(&self) -> &M {
        &self.state
    }

    /// The same as somebody reads it who is not to see all of it.
    pub(super) fn masked(mut self, state: impl FnOnce(&mut M), step: impl Fn(&mut Step)) -> Self {
        state(&mut self.state);
        self.history.iter_mut().for_each(step);
        self
    }

    /// The steps that were done, the first first.
    pub fn history(&self) -> &[Step] {
        &self.history
    }

    /// Where it stands.
    pub fn status(&self) -> Status {
        self.state.status()
    }

    /// The last day by which what it waits for is in time. None while it waits for no day.
    pub fn next_due(&self) -> Option<Date> {
        self.state.due().map(|due| due.on)
    }

    /// Whose turn it is. None once it is answered, though a step may still be open to somebody.
    pub fn waits_for(&self) -> Option<Party> {
        self.state.waits_for(&self.opening)
    }

    /// Whether no step can follow any more.
    pub fn is_ended(&self) -> bool {
        rule::possible(M::RULES, self.state.status()).next().is_none()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::procedure::{
        Dispute, DisputeOpening, DisputeState, Files, Role, Speaker,
        samples::{DUE, LATE, at, bureau, hospital, one_file, reviewer, steps, why, words},
    };

    fn opened() -> Dispute {
        let opening = DisputeOpening {
            by: Speaker::Person,
            record: crate::RecordId::from_bytes([1; 16]),
            version: 1,
            field: None,
            authority: bureau(),
            text: words("not so"),
            files: one_file(),
            opened_at: at(7),
        };
        Dispute::open(opening, DUE).0
    }

    #[test]
    fn the_first_step_is_put_down_with_its_moment_and_actor() {
        let first = Step {
            at: at(7),
            actor: Actor::Person,
            name: StepName::Open,
        };
        assert_eq!(opened().history(), [first]);
        assert_ne!(opened().opening().files, Files::default(), "the opening is kept");
    }

    #[test]
    fn a_step_is_added_at_the_end_and_the_opening_stays() {
        let before = opened();
        let (after, _) = before.clone().uphold(bureau(), words("it is"), at(8)).unwrap();
        assert_eq!(after.opening(), before.opening());
        assert_eq!(after.history()[..1], *before.history());
        let last = Step {
            at: at(8),
            actor: Actor::Authority(bureau()),
            name: StepName::Uphold,
        };
        assert_eq!(after.history()[1..], [last]);
    }

    #[test]
    fn a_role_that_the_table_does_not_name_is_refused_before_anything_else_is_asked() {
        let before = opened();
        for actor in [
            Actor::Person,
            Actor::Reviewer(reviewer(1)),
            Actor::Installation,
            Actor::Authority(hospital()),
        ] {
            let unasked = |_: &DisputeOpening, _: &DisputeState| panic!("the guard is asked too early");
            let tried = before
                .clone()
                .go(StepName::Uphold, actor, at(8), unasked, |state| state);
            assert_eq!(why(&before, tried), Why::NotYours);
        }
    }

    #[test]
    fn a_step_that_the_table_does_not_have_is_refused_whoever_tries() {
        let before = opened();
        let tried = before
            .clone()
            .go(StepName::Grant, Actor::Authority(bureau()), at(8), free, |_| {
                panic!("a step that is refused changes nothing")
            });
        assert_eq!(why(&before, tried), Why::NotNow);
    }

    #[test]
    fn what_a_guard_refuses_comes_back_with_its_reason() {
        let before = opened();
        let tried = before.clone().go(
            StepName::Uphold,
            Actor::Authority(bureau()),
            at(8),
            |_, _| Err(Why::PledgeMissing),
            |_| panic!("a step that is refused changes nothing"),
        );
        assert_eq!(why(&before, tried), Why::PledgeMissing);
    }

    // A built release trusts the tests and does not ask.
    #[cfg(debug_assertions)]
    #[test]
    #[should_panic(expected = "the table says otherwise")]
    fn a_transition_that_leads_elsewhere_than_the_table_says_is_found_when_tested() {
        let _ = opened().go(StepName::Uphold, Actor::Authority(bureau()), at(8), free, |_| {
            DisputeState::TakenBack {}
        });
    }

    #[test]
    fn a_day_is_over_on_the_day_after() {
        for (today, expected) in [
            (date(1970, 1, 1), 1),
            (DUE, 1),
            (LATE, 2),
            (date(9999, 12, 31), 2),
        ] {
            assert_eq!(
                opened().on_day(today, at(9)).0.history().len(),
                expected,
                "{today}"
            );
        }
    }

    #[test]
    fn the_clock_set_back_undoes_nothing() {
        let (late, _) = opened().on_day(LATE, at(9));
        assert_eq!(
            late.clone().on_day(date(2026, 1, 1), at(1)),
            (late.clone(), vec![])
        );
        assert_eq!(steps(&late), [StepName::Open, StepName::PassDueDay]);
    }

    #[test]
    fn every_rule_names_a_role_and_no_role_twice() {
        for rule in DisputeState::RULES {
            let roles: std::collections::BTreeSet<&Role> = rule.by.iter().collect();
            assert!(!roles.is_empty() && roles.len() == rule.by.len(), "{rule:?}");
        }
    }
}
