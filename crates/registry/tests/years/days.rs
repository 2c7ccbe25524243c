//! What days bring: the daily work, done, skipped, done twice or cut by a kill; the clock; older copies put back.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::{
    calendar::{after_days, after_months},
    model::{Erased, Who},
    run::{Run, day_of},
};

impl Run {
    /// The daily work, somehow.
    pub(crate) fn daily_work(&mut self) {
        if self.outage > 0 {
            self.outage -= 1;
            return self.did("days without the daily work");
        }
        match self.draw(40) {
            0 => {
                self.outage = 1 + self.draw(5) as u32;
                return;
            }
            // Killed between any two of its transactions, and begun anew.
            1..=3 => {
                let after = self.draw(12) as i64;
                self.kill(after, |here| drop(here.registry.do_what_is_due()));
                self.did("daily work cut by a kill");
            }
            4 | 5 => self.work(),
            _ => {}
        }
        self.work();
    }

    pub(crate) fn work(&mut self) {
        self.registry().do_what_is_due().unwrap();
        let (today, now) = self.both();
        self.left_open = self
            .left_open
            .filter(|at| now.duration_since(*at) <= SignedDuration::from_hours(1));
        let people = self.reached();
        for who in people.iter().copied() {
            self.end_by_day(who);
        }
        self.end_incoming_by_day();
        for who in people.iter().copied() {
            for at in 0..self.of(who).procedures.len() {
                self.pass_counted(who, at);
            }
            self.end_proposals(who);
        }
        if self.m.erased_on != Some(today) {
            self.erase_by_day(&people);
            self.m.erased_on = Some(today);
        }
        for who in people {
            let mut told = Vec::new();
            for one in &mut self.m.of(who).waiting {
                if one.to_be_told && one.shows_on <= today {
                    one.to_be_told = false;
                    told.extend(one.look.map(|look| (look, one.attempt.clone())));
                }
            }
            for (look, attempt) in told {
                self.touched.insert(who);
                match attempt {
                    Some(same) => self.m.tell_attempt(who, &same, look),
                    None => {
                        self.m.notice(who, "looked-at", &look.to_string());
                        self.shows(who, look);
                    }
                }
            }
        }
        self.prove_erasures();
    }

    /// Whom the daily work may have something to do for: something turned for them since it was done last, or happened to
    /// them today.
    fn reached(&mut self) -> BTreeSet<Who> {
        let mut people = std::mem::take(&mut self.unworked);
        people.extend(&self.touched);
        // The work may come before the day is begun.
        people.extend(self.turns.range(..=self.today()).flat_map(|(_, turned)| turned));
        people
    }

    /// Certificates whose day has come, and alerts whose last day is over.
    fn end_by_day(&mut self, who: Who) {
        let (today, now) = self.both();
        let mut ended = Vec::new();
        for one in &mut self.m.of(who).certificates {
            if one.revoked || one.revoke_on.is_none_or(|day| day > today) {
                continue;
            }
            one.revoke_on = None;
            if one.expires_at > now {
                one.revoked = true;
                ended.push(one.id);
            }
        }
        for id in ended {
            self.touched.insert(who);
            self.m.revoked(who, id, "decision");
        }
        let mut closed = Vec::new();
        for alert in &mut self.m.of(who).alerts {
            if alert.open && alert.says.is_over(today) {
                alert.close();
                closed.push(alert.record);
            }
        }
        for record in closed {
            self.touched.insert(who);
            let subject = self.record_id(who, record).to_string();
            self.m.notice(who, "alert-closed", &subject);
            self.did("alerts closed by their day");
        }
    }

    fn pass_counted(&mut self, who: Who, at: usize) {
        let today = self.today();
        let wakes_after = self.of(who).procedures[at].wakes_after();
        if wakes_after.is_some_and(|day| day < today) {
            self.touched.insert(who);
            self.pass(who, at);
            if let Some(record) = self.of(who).procedures[at].record {
                self.m.alert(who, record, &Self::others(), today);
            }
            self.did("silences");
        }
    }

    fn erase_by_day(&mut self, reached: &BTreeSet<Who>) {
        let (today, now) = self.both();
        let people = self.m.people.len() as Who;
        for who in 1..people {
            let due: Vec<usize> = match reached.contains(&who) {
                true => self.records_where(who, |one| one.is_due(today)),
                false => Vec::new(),
            };
            if !due.is_empty() {
                self.bind(who);
            }
            for record in due {
                let id = self.record_id(who, record);
                self.end_with_record(who, record);
                self.m.erase(who, record);
                self.apart.push(Erased::Record(who, id));
                self.did("records destroyed");
            }
            if self.of(who).is_bare(now) {
                self.touched.insert(who);
                self.m.forget(who);
                self.apart.push(Erased::Person(who));
                self.did("people forgotten");
            }
            self.forget_alone(who);
        }
    }

    /// What somebody without a key complained of goes so many months after its end.
    fn forget_alone(&mut self, who: Who) {
        let today = self.today();
        for at in 0..self.of(who).procedures.len() {
            let one = &self.of(who).procedures[at];
            if one.alone && !one.forgotten && !one.waits() && after_months(day_of(one.changed), 6) < today {
                let id = one.id;
                self.touched.insert(who);
                self.m.forget_procedure(who, id);
                self.apart.push(Erased::Procedure(who, id));
                self.did("complaints kept alone that were destroyed");
            }
        }
    }

    /// The next day, or one some days later. Clocks that are put back stay where they are.
    pub(crate) fn next_day(&mut self) {
        let today = self.today();
        let days = if self.one_in(90) {
            2 + self.draw(13) as i64
        } else {
            1
        };
        if days > 1 {
            self.did("jumps of the clock");
        }
        if self.one_in(50) {
            let before = self.now();
            let back = before - SignedDuration::from_hours(1 + self.draw(48) as i64);
            assert!(!self.here().clock.set(back), "a clock went back");
            assert_eq!(self.now(), before);
        }
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
        let morning = after_days(today, days).to_zoned(zone).unwrap().timestamp();
        // Mostly in working hours; now and then at night.
        let hour = if self.one_in(15) { 3 } else { 9 };
        let at = morning + SignedDuration::from_mins(hour * 60 + self.draw(60) as i64);
        self.set_clock(at);
        assert_eq!(day_of(self.now()), after_days(today, days));
    }

    /// Keeps a copy of the database.
    pub(crate) fn keep_copy(&mut self) {
        let copy = self.change(testkit::Installation::copy);
        self.m.erased_on = None;
        self.copy = Some((copy, self.m.clone(), (self.apart.len(), self.back.len())));
    }

    /// Puts the copy back: all since then is lost, but what was destroyed stays destroyed, and what was taken back is
    /// not good again.
    pub(crate) fn put_copy_back(&mut self) {
        let Some((copy, model, (before, back))) = self.copy.take() else {
            return;
        };
        self.change(|here| (here.restore(&copy), ()));
        self.m = model;
        self.m.now = self.now().as_second();
        let taken = self.back.split_off(back);
        let again = self.back_again(&taken);
        self.back.extend(taken);
        assert_eq!(self.registry().withdrawn_again(), again, "taken back again");
        let since: Vec<Erased> = self.apart[before..].to_vec();
        assert_eq!(self.registry().erased_again(), since.len(), "erasures done again");
        for erased in since {
            match erased {
                Erased::Record(who, id) => {
                    self.touched.insert(who);
                    let at = self.of(who).records.iter().position(|one| one.id == Some(id));
                    match at {
                        Some(record) => {
                            self.end_with_record(who, record);
                            self.m.erase(who, record);
                        }
                        // Filed since, and lost with all else since; that it was destroyed is said all the same.
                        None => self.m.event(who, "erased", "installation", ""),
                    }
                }
                Erased::Procedure(who, id) => {
                    self.touched.insert(who);
                    self.m.forget_procedure(who, id);
                }
                Erased::Person(who) => {
                    self.touched.insert(who);
                    self.forget_all(who);
                }
                Erased::Email(who, address) => {
                    self.touched.insert(who);
                    let person = self.m.of(who);
                    if person.address && person.addresses == address {
                        person.address = false;
                        person.mail.clear();
                    }
                    self.m.event(who, "email-erased", "installation", "");
                }
            }
        }
        self.told_anew();
        self.strayed();
        self.goes_on();
        // They are proved again, in what was put back.
        self.proved = self.proved.min(before);
        self.m.erased_on = None;
        // A kill before the copy may have left something open in it.
        self.counted = false;
        self.did("older copies put back");
        // Days that were over turn once more.
        self.unworked.extend(1..=self.size.people);
        self.work();
    }

    /// All that the copy holds about somebody goes with their key.
    fn forget_all(&mut self, who: Who) {
        for record in &mut self.m.of(who).records {
            record.erased = true;
        }
        for certificate in &mut self.m.of(who).certificates {
            certificate.text.clear();
        }
        self.m.forget(who);
    }
}
