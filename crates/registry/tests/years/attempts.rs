//! What came to nothing: refused looks, looks that found nobody, refused requests for consent. Whom they were at is told
//! once a day of the same, and reviewers look into them as into looks.

use jiff::civil::Date;
use model::EventId;
use testkit::name_staff;

use crate::{
    calendar::after_days,
    changing_values::{MOST_REFUSALS, QUIET_DAYS},
    looks::Ask,
    model::{Waiting, Who},
    run::{EDUCATION, QUIET, RENEWAL, Run, UNNUMBERED},
};

/// So many refused attempts of one member of staff in a day go to a reviewer.
pub(crate) const MOST_ATTEMPTS: u32 = 6;

/// Which attempts of a day are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Same {
    pub(crate) kind: &'static str,
    pub(crate) body: &'static str,
    pub(crate) clerk: String,
    pub(crate) outcome: &'static str,
    pub(crate) on: Date,
}

impl Run {
    /// Whether anything is held about somebody.
    fn has_file(&self, who: Who) -> bool {
        let person = self.of(who);
        person.known || !person.records.is_empty() || self.m.incoming.values().any(|one| one.who == who)
    }

    /// Counts what was refused for another reason than a ceiling. A key that nobody is named for is told of once a day.
    pub(crate) fn count_attempt(&mut self, body: &'static str, clerk: &str) {
        let key = (body, clerk.to_owned());
        let of_today = (body, clerk.to_owned(), self.today());
        let counted = self.m.attempts.entry(of_today).or_default();
        *counted += 1;
        let attempts = *counted;
        if !attempts.is_multiple_of(MOST_ATTEMPTS) {
            return;
        }
        if !clerk.is_empty() {
            self.lead_on(key, attempts / MOST_ATTEMPTS);
        } else if attempts == MOST_ATTEMPTS {
            self.m.leaves += 1;
            self.m.steps += 1;
        }
    }

    /// One member of staff tries at one person after the other, until the account is stopped.
    pub(crate) fn try_too_often(&mut self) {
        let clerk = format!("prying-{}", self.next_text());
        let named = name_staff(self.registry(), EDUCATION, &clerk);
        self.m.leaves += u64::from(named);
        self.m.accounts.insert((EDUCATION, clerk.clone()), UNNUMBERED);
        for _ in 0..MOST_ATTEMPTS * MOST_REFUSALS.on(self.today()) + 3 {
            let who = self.somebody();
            self.bind(who);
            let ask = Ask {
                body: EDUCATION,
                clerk: clerk.clone(),
                purpose: RENEWAL,
                profession: "doctor",
                consent: None,
                wait_days: None,
                misnamed: false,
            };
            self.look(who, &ask);
        }
        assert!(self.m.is_stopped(EDUCATION, &clerk));
        self.did("members of staff stopped for attempts");
    }

    /// What the latest thing that happened to somebody is called.
    fn latest(&self, who: Who) -> EventId {
        let sql = "SELECT event FROM event WHERE person = $1 ORDER BY leaf DESC LIMIT 1";
        let found = self.rows(sql, self.id(who), |row| Ok(EventId::from_bytes(row.array()?)));
        found[0]
    }

    /// A look that was refused, or found nobody.
    pub(crate) fn fruitless(&mut self, who: Who, ask: &Ask, (kind, outcome): (&'static str, &'static str)) {
        let today = self.today();
        // A key that no member of staff is named for.
        let clerk = if ask.clerk == "nobody" { "" } else { &ask.clerk };
        let same = Same {
            kind,
            body: ask.body,
            clerk: clerk.to_owned(),
            outcome,
            on: today,
        };
        let (has_file, most) = (self.has_file(who), QUIET_DAYS.days(today));
        let days = match (ask.consent, ask.purpose, ask.wait_days) {
            (None, QUIET, Some(days)) if has_file => most.min(i64::from(days)),
            // What was refused about somebody unknown shows as soon as they are known.
            (None, QUIET, _) if has_file || kind == "look-found-nothing" => most,
            _ => 0,
        };
        let entry = (kind.to_owned(), ask.body.to_owned(), ask.purpose.to_owned());
        let look = has_file.then(|| self.latest(who));
        if days > 0 {
            let waiting = Waiting {
                look,
                entry,
                shows_on: after_days(today, days),
                latest: after_days(today, most),
                to_be_told: has_file,
                gave: Default::default(),
                attempt: Some(same.clone()),
            };
            self.m.of(who).waiting.push(waiting);
            self.m.leaves += 1;
        } else {
            self.m.event(who, kind, ask.body, ask.purpose);
        }
        let Some(look) = look else { return };
        self.m.looked_by.insert(look, (ask.body, clerk.to_owned()));
        self.m.of(who).fruitless.push((ask.body.to_owned(), look));
        if days == 0 {
            self.m.tell_attempt(who, &same, look);
        }
        self.queue_look(who, ask, (look, Some(same)), days > 0);
    }

    /// A request for consent that was refused.
    pub(crate) fn refused_ask(
        &mut self,
        who: Who,
        (body, clerk): (&'static str, &str),
        outcome: &'static str,
    ) {
        if !outcome.ends_with("-stopped") {
            self.count_attempt(body, clerk);
        }
        if !self.has_file(who) {
            return;
        }
        let same = Same {
            kind: "consent-ask-refused",
            body,
            clerk: clerk.to_owned(),
            outcome,
            on: self.today(),
        };
        let purpose = crate::run::HIRING;
        self.m.event(who, same.kind, body, purpose);
        let look = self.latest(who);
        self.m.tell_attempt(who, &same, look);
    }
}
