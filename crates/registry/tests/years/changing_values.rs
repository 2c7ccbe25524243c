//! Numbers of the law that change on known days within these years, written down apart from the profile and from the
//! code that reads it. A deadline or period has the value of the day from which it is counted, however the law stands
//! when it ends; any other number, the value of the day on which it is asked for.

use jiff::civil::{Date, date};
use profile::{ByDay, Deadline, DecisionKind, Profile};

use crate::{
    calendar::{after_days, after_working_days},
    run::{HIRING, QUIET},
};

/// A number, and those that take its place from later days on.
pub(crate) struct Number {
    pub(crate) first: u32,
    later: &'static [(Date, u32)],
}

impl Number {
    /// The number that holds on a day.
    pub(crate) fn on(&self, day: Date) -> u32 {
        let mut begun = self.later.iter().filter(|(from, _)| *from <= day);
        begun.next_back().map_or(self.first, |(_, number)| *number)
    }

    /// The same as days.
    pub(crate) fn days(&self, day: Date) -> i64 {
        i64::from(self.on(day))
    }

    /// The last of so many days from a day on.
    pub(crate) fn due(&self, day: Date) -> Date {
        after_days(day, self.days(day))
    }

    /// The last of so many working days from a day on.
    pub(crate) fn due_working(&self, day: Date) -> Date {
        after_working_days(day, self.on(day))
    }
}

const fn number(first: u32, later: &'static [(Date, u32)]) -> Number {
    Number { first, later }
}

/// An answer to a dispute, from its opening.
pub(crate) const DISPUTE_DAYS: Number = number(20, &[(date(2027, 3, 1), 15), (date(2028, 2, 1), 25)]);
/// An answer to a reconsideration, from its opening.
pub(crate) const RECONSIDERATION_DAYS: Number = number(15, &[(date(2028, 1, 1), 20)]);
/// An answer to a complaint, from its opening.
pub(crate) const COMPLAINT_DAYS: Number = number(30, &[(date(2027, 5, 1), 20)]);
/// Whether an application for restoration is taken, in working days.
pub(crate) const ACCEPTANCE_WORKING_DAYS: Number = number(3, &[(date(2028, 3, 1), 5)]);
/// An answer to an application, in working days.
pub(crate) const ANSWER_WORKING_DAYS: Number = number(10, &[(date(2028, 3, 1), 15)]);
/// That use stopped of what was restored, in working days from that it was.
pub(crate) const CONFIRM_WORKING_DAYS: Number = number(10, &[(date(2027, 8, 1), 5)]);
/// What a court or a reviewer ordered, in working days from that it was put down.
pub(crate) const FOLLOW_WORKING_DAYS: Number = number(3, &[(date(2027, 4, 1), 5), (date(2028, 6, 1), 2)]);
/// Whom a breach affects is told of it, from when it was noticed.
pub(crate) const BREACH_DAYS: Number = number(3, &[(date(2027, 4, 15), 2)]);
/// An answer to a proposal; for as long are the words of one kept that was declined.
pub(crate) const PROPOSAL_DAYS: Number = number(90, &[(date(2027, 7, 1), 60)]);
/// Whoever was given a record within so many months is told, from when there is something to tell.
pub(crate) const RECIPIENTS_MONTHS: Number = number(36, &[(date(2028, 1, 1), 6)]);
/// A warning is shown for so many months at most, from when it takes effect.
pub(crate) const WARNING_MONTHS: Number = number(3, &[(date(2027, 10, 1), 2)]);
/// The law lets the notice of a look wait for so long, from the look.
pub(crate) const QUIET_DAYS: Number = number(10, &[(date(2027, 12, 1), 6)]);
/// A consent lasts so many days at most, from when it is asked for.
pub(crate) const CONSENT_DAYS: Number = number(90, &[(date(2027, 4, 1), 45)]);

/// The days on which what is overseen changes.
const OVERSEEN: [Date; 2] = [date(2027, 4, 1), date(2028, 5, 1)];
/// The most looks that one member of staff may take in a day.
pub(crate) const MOST_LOOKS: Number = number(12, &[(OVERSEEN[0], 9), (OVERSEEN[1], 14)]);
/// After so many looks more the account is stopped.
pub(crate) const MOST_REFUSALS: Number = number(3, &[(OVERSEEN[0], 2), (OVERSEEN[1], 4)]);
/// So many looks of one body at the same person go to a reviewer.
pub(crate) const SAME_PERSON_LOOKS: Number = number(3, &[(OVERSEEN[0], 4), (OVERSEEN[1], 2)]);

/// The profile with these changes.
pub(crate) fn changed(mut profile: Profile) -> Profile {
    let all = &mut profile.procedures;
    for (held, number) in [
        (&mut all.dispute_answer, DISPUTE_DAYS),
        (&mut all.reconsideration_answer, RECONSIDERATION_DAYS),
        (&mut all.complaint_answer, COMPLAINT_DAYS),
        (&mut all.restoration_acceptance, ACCEPTANCE_WORKING_DAYS),
        (&mut all.restoration_answer, ANSWER_WORKING_DAYS),
        (&mut all.stop_confirmed, CONFIRM_WORKING_DAYS),
        (&mut all.court_followed, FOLLOW_WORKING_DAYS),
        (&mut all.breach_told, BREACH_DAYS),
        (&mut all.proposal_answer, PROPOSAL_DAYS),
    ] {
        change(held, &number, |deadline: &mut Deadline, days| {
            deadline.days = days
        });
    }
    change(&mut all.recipients_months, &RECIPIENTS_MONTHS, |held, months| {
        held.number = months;
    });
    let minor = profile.disclosure.get_mut(&DecisionKind::Minor).unwrap();
    change(minor, &WARNING_MONTHS, |held, months| {
        held.at_most_months = Some(months)
    });
    let quiet = profile.purposes.get_mut(QUIET).unwrap();
    change(quiet.delay.as_mut().unwrap(), &QUIET_DAYS, |held, days| {
        held.days = days
    });
    let hiring = profile.purposes.get_mut(HIRING).unwrap();
    change(hiring.consent.as_mut().unwrap(), &CONSENT_DAYS, |held, days| {
        held.longest_days = days;
    });
    let mut overseen = profile.oversight.on(Date::MIN).clone();
    for from in OVERSEEN {
        overseen.staff_ceiling_per_day = MOST_LOOKS.on(from);
        overseen.refusals_before_staff_stopped = MOST_REFUSALS.on(from);
        overseen.same_person_looks = SAME_PERSON_LOOKS.on(from);
        profile.oversight = profile.oversight.then(from, overseen.clone());
    }
    profile
}

/// Has a value change as a number does.
fn change<T: Clone>(held: &mut ByDay<T>, number: &Number, set: impl Fn(&mut T, u32)) {
    let mut value = held.on(Date::MIN).clone();
    set(&mut value, number.first);
    let mut changing = ByDay::always(value.clone());
    for (from, number) in number.later {
        set(&mut value, *number);
        changing = changing.then(*from, value.clone());
    }
    *held = changing;
}
