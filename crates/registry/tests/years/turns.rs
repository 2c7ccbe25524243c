//! Days that bring something by themselves: whoever one of their records, procedures or consents turns for on a day is
//! looked at on that day, whatever else happens to them.

use jiff::civil::Date;

use crate::{
    calendar::after_days,
    model::{Person, Procedure, Who},
    run::Run,
};

/// The days on which something of somebody's begins or is over.
fn turns(person: &Person) -> Vec<Date> {
    let mut begins = Vec::new();
    let mut last = Vec::new();
    for one in person.records.iter().filter(|one| !one.erased) {
        begins.push(one.said().from);
        last.push(Some(one.kept_until()));
        last.push(one.said().shown_until(one.kind));
    }
    for one in person.procedures.iter().filter(|one| one.waits()) {
        last.extend([one.due, one.answer_by]);
    }
    last.extend(person.procedures.iter().map(Procedure::wakes_after));
    for one in &person.consents {
        let terms = one.granted.as_ref().unwrap_or(&one.asked);
        begins.push(terms.from);
        last.push(Some(terms.until));
    }
    begins.extend(person.waiting.iter().map(|one| one.shows_on));
    begins.extend(person.certificates.iter().filter_map(|one| one.revoke_on));
    last.extend(person.proposals.iter().map(|one| one.kept_until));
    last.extend(person.alerts.iter().filter(|one| one.open).map(|one| one.says.to));
    begins.extend(last.into_iter().flatten().map(|day| after_days(day, 1)));
    begins
}

impl Run {
    /// Notes on which days to come something turns for these people.
    pub(crate) fn note_turns(&mut self, people: impl Iterator<Item = Who>) {
        let today = self.today();
        for who in people {
            for day in turns(self.of(who)) {
                if day > today {
                    self.turns.entry(day).or_default().insert(who);
                }
            }
        }
    }

    /// A day begins, or some that the clock jumped over.
    pub(crate) fn turn(&mut self) {
        let later = self.turns.split_off(&after_days(self.today(), 1));
        let turned = std::mem::replace(&mut self.turns, later);
        self.turned = turned.into_values().flatten().collect();
        self.touched.extend(&self.turned);
        self.unworked.extend(&self.turned);
        if !self.turned.is_empty() {
            self.did("days that brought something by themselves");
        }
    }
}
