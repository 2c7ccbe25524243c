//! Looks under law and by consent, refused ones too; what reviewers do about them.

use std::collections::BTreeSet;

use model::{EventId, RecordKind, RecordStatus, consent::FieldsByKind};
use registry::{Cause, InquiryAnswer, InquiryError, InquiryRequest, ReviewError, Under, Verdict};
use testkit::{made_up, name_staff, wait};

use crate::{
    attempts::Same,
    calendar::{after_days, is_worked},
    changing_values::{MOST_LOOKS, MOST_REFUSALS, QUIET_DAYS, SAME_PERSON_LOOKS},
    filing::text,
    model::{Account, Consent, Improper, Procedure, Record, Review, Waiting, Who},
    run::{CLERKS, EDUCATION, HIRING, LAW, QUIET, RENEWAL, REVIEWERS, Run, UNNUMBERED},
};

/// What a look under a law sees, by the profile's words for the two purposes.
fn law_fields(purpose: &str) -> FieldsByKind {
    let set = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let licence = "name licence_name licence_number valid_from valid_until authority";
    let words = |text: &str| set(&text.split(' ').collect::<Vec<_>>());
    match purpose {
        RENEWAL => [
            (RecordKind::Licence, words(&format!("{licence} scope"))),
            (
                RecordKind::Decision,
                words("penalty penalty_content decided_on effective_on authority document_number"),
            ),
            (RecordKind::Training, words("course hours completed_on authority")),
        ]
        .into(),
        _ => [
            (RecordKind::Licence, words(licence)),
            (
                RecordKind::Decision,
                words("penalty effective_on disclosure_ends_on authority"),
            ),
        ]
        .into(),
    }
}

/// A look that is asked for.
pub(crate) struct Ask {
    pub(crate) body: &'static str,
    pub(crate) clerk: String,
    pub(crate) purpose: &'static str,
    pub(crate) profession: &'static str,
    pub(crate) consent: Option<usize>,
    pub(crate) wait_days: Option<u32>,
    pub(crate) misnamed: bool,
}

impl Run {
    fn request(&self, who: Who, ask: &Ask) -> InquiryRequest {
        let person = made_up(who);
        let under = match ask.consent {
            Some(consent) => Under::Consent(self.of(who).consents[consent].id),
            None => Under::Law {
                case_reference: "CASE-2027-0001".to_owned(),
                reason: "made-up reason".to_owned(),
                wait_days: ask.wait_days,
            },
        };
        InquiryRequest {
            authority: ask.body.to_owned(),
            asker: ask.clerk.clone(),
            purpose: ask.purpose.to_owned(),
            profession: ask.profession.to_owned(),
            under,
            id_number: person.number,
            name: if ask.misnamed {
                "虚无名".to_owned()
            } else {
                person.name
            },
            nonce: None,
        }
    }

    /// A look under a law, mostly a proper one.
    pub(crate) fn look_by_law(&mut self) {
        let (today, anybody) = (self.today(), self.somebody());
        let decided =
            |one: &Record| one.kind == RecordKind::Decision && one.own_status(today) == RecordStatus::InForce;
        let turned = self.turned.clone();
        let who = match self.draw(3) {
            0 => self
                .who_has(|person| person.records.iter().any(decided))
                .unwrap_or(anybody),
            1 if !turned.is_empty() => self.pick(&turned),
            _ => anybody,
        };
        self.bind(who);
        let kind = self.draw(12);
        let (body, profession) = match kind {
            0 => (EDUCATION, "lawyer"),
            1 => (EDUCATION, "teacher"),
            2 => (LAW, "teacher"),
            _ => (LAW, "lawyer"),
        };
        let quiet = kind == 3 || kind == 4;
        let ask = Ask {
            body,
            clerk: if kind == 5 {
                "nobody".to_owned()
            } else {
                self.pick(&CLERKS).to_owned()
            },
            purpose: if quiet { QUIET } else { RENEWAL },
            profession,
            consent: None,
            wait_days: quiet.then(|| self.draw(13) as u32).filter(|days| *days != 12),
            misnamed: kind == 6,
        };
        self.look(who, &ask);
    }

    /// One member of staff looks again and again, until the account is stopped.
    pub(crate) fn look_too_often(&mut self) {
        let clerk = format!("greedy-{}", self.next_text());
        let own = 1 + self.draw(u64::from(self.size.lively)) as Who;
        let numbered = self.name_as(EDUCATION, &clerk, own);
        if !numbered {
            let named = name_staff(self.registry(), EDUCATION, &clerk);
            self.m.leaves += u64::from(named);
            self.m.accounts.insert((EDUCATION, clerk.clone()), UNNUMBERED);
        }
        let who = self.somebody();
        self.bind(who);
        for _ in 0..MOST_LOOKS.on(self.today()) + 5 {
            let ask = Ask {
                body: EDUCATION,
                clerk: clerk.clone(),
                purpose: RENEWAL,
                profession: "lawyer",
                consent: None,
                wait_days: None,
                misnamed: true,
            };
            self.look(who, &ask);
        }
        self.did("members of staff stopped");
        if numbered {
            // Nobody begins anew what was stopped, also where the account is ended.
            self.end_account(EDUCATION, &clerk);
            let again = format!("colleague-{}", self.next_text());
            assert!(!self.name_as(EDUCATION, &again, own));
        }
    }

    /// Why a look is refused, if it is; and counts it.
    fn refusal(&mut self, who: Who, ask: &Ask) -> Option<&'static str> {
        let today = self.today();
        let key = (ask.body, ask.clerk.clone());
        if ask.clerk == "nobody" {
            self.count_attempt(ask.body, "");
            return Some("staff-unknown");
        }
        if self.m.stopped_bodies.contains(ask.body) {
            return Some("member-stopped");
        }
        if self.m.stopped.contains(&key) {
            return Some("staff-stopped");
        }
        let reason = match ask.consent {
            None if ask.profession == "doctor" => Some("other-profession"),
            None if ask.body == LAW && ask.profession == "teacher" => Some("other-profession"),
            None => None,
            Some(consent) => match self.of(who).consents[consent].standing(today) {
                "granted" => None,
                "asked" | "lapsed" => Some("consent-not-given"),
                "refused" => Some("consent-refused"),
                "not-yet" => Some("consent-not-yet"),
                "paused" => Some("consent-paused"),
                "revoked" => Some("consent-revoked"),
                "expired" => Some("consent-expired"),
                _ => Some("consent-used-up"),
            },
        };
        if reason.is_some() {
            self.count_attempt(ask.body, &ask.clerk);
            return reason;
        }
        let counted = self
            .m
            .asked
            .entry((ask.body, ask.clerk.clone(), today))
            .or_default();
        if counted.0 < MOST_LOOKS.on(today) {
            counted.0 += 1;
            return None;
        }
        counted.1 += 1;
        let refusals = counted.1;
        self.lead_on(key, refusals);
        Some("staff-ceiling-reached")
    }

    /// A step that reviewers are told of, the account's so-manieth of a day; after some of them the account is stopped, then
    /// the body.
    pub(crate) fn lead_on(&mut self, key: (&'static str, String), steps: u32) {
        let (body, stops) = (key.0, steps.is_multiple_of(MOST_REFUSALS.on(self.today())));
        self.m.leaves += 1;
        self.m.steps += 1;
        if stops && self.m.stopped.insert(key) {
            self.m.leaves += 1;
            self.m.steps += 1;
            let stopped = self.m.stopped.iter().filter(|one| one.0 == body).count();
            if stopped >= 3 && self.m.stopped_bodies.insert(body) {
                self.m.leaves += 1;
                self.m.steps += 1;
            }
        }
    }

    pub(crate) fn look(&mut self, who: Who, ask: &Ask) {
        let request = self.request(who, ask);
        let outcome = self.call(|registry| wait(registry.inquire(request.clone())));
        self.touched.insert(who);
        let refusal = self.refusal(who, ask);
        let found = self.of(who).known && !ask.misnamed;
        let now = self.both().1;
        self.m.of(who).asked_at.push((now, ask.body.to_owned()));
        match (outcome, refusal) {
            (Err(InquiryError::Refused(refused)), Some(expected)) => {
                assert_eq!(refused.code(), expected, "{who}");
                self.fruitless(who, ask, ("look-refused", expected));
                self.did("looks refused");
            }
            (Err(InquiryError::NobodyKnown), None) => {
                assert!(!found, "{who} was not found");
                self.fruitless(who, ask, ("look-found-nothing", "nothing"));
                self.did("looks that found nobody");
            }
            (Ok(answer), None) => {
                assert!(found, "{who} is not known");
                self.did(if ask.consent.is_some() {
                    "looks by consent"
                } else {
                    "looks by law"
                });
                self.answered(who, ask, &answer);
            }
            (outcome, refusal) => {
                panic!(
                    "{who}: {refusal:?} was expected, and {:?} came",
                    outcome.map(|_| "an answer")
                );
            }
        }
    }

    /// The answer holds what it should and nothing else; its entry is there.
    fn answered(&mut self, who: Who, ask: &Ask, answer: &InquiryAnswer) {
        let (today, now) = self.both();
        let fields = match ask.consent {
            Some(consent) => {
                let consent = &mut self.m.of(who).consents[consent];
                consent.used += 1;
                consent.granted.as_ref().unwrap().fields.clone()
            }
            None => law_fields(ask.purpose),
        };
        let gave = self.holds(who, ask, &fields, answer);
        // The body's own leaf beside the person's.
        self.m.leaves += 1;
        let most = QUIET_DAYS.days(today);
        let days = match (ask.consent, ask.purpose, ask.wait_days) {
            (None, QUIET, Some(days)) => most.min(i64::from(days)),
            (None, QUIET, None) => most,
            _ => 0,
        };
        if days > 0 {
            let entry = ("look".to_owned(), ask.body.to_owned(), ask.purpose.to_owned());
            let shows_on = after_days(today, days);
            let waiting = Waiting {
                look: Some(answer.look),
                entry,
                shows_on,
                latest: after_days(today, most),
                to_be_told: true,
                attempt: None,
                gave: (gave, now),
            };
            self.m.of(who).waiting.push(waiting);
            self.m.leaves += 1;
        } else {
            self.m.event(who, "look", ask.body, ask.purpose);
            self.m.notice(who, "looked-at", &answer.look.to_string());
            self.given_openly(who, ask.body, (gave, now));
        }
        let (body, look) = (ask.body.to_owned(), answer.look);
        self.m.of(who).looks.push((now, body, look));
        self.m.looked_by.insert(look, (ask.body, ask.clerk.clone()));
        self.queue_look(who, ask, (look, None), days > 0);
    }

    /// What the answer gave.
    fn holds(
        &mut self,
        who: Who,
        ask: &Ask,
        fields: &FieldsByKind,
        answer: &InquiryAnswer,
    ) -> BTreeSet<usize> {
        let (today, now) = self.both();
        let kinds: Vec<RecordKind> = fields.keys().copied().collect();
        let expected = self.of(who).shown(&kinds, ask.profession, today);
        // Who filed a record knows it by its own identifier, every other body by one of its own.
        let index = |seen: &registry::SeenRecord| {
            let keys = self.registry().keys();
            let known = |id| {
                if seen.authority == ask.body {
                    id
                } else {
                    keys.record_for_body(id, ask.body)
                }
            };
            let records = &self.of(who).records;
            records
                .iter()
                .position(|one| one.id.map(known) == Some(seen.record))
                .unwrap()
        };
        let found: BTreeSet<usize> = answer.records.iter().map(index).collect();
        assert_eq!(found, expected, "what is shown of {who}");
        for seen in &answer.records {
            let record = index(seen);
            let one = self.record(who, record);
            assert_eq!(seen.status, self.of(who).status(record, today), "{who}");
            assert_eq!(seen.disputed, self.of(who).is_disputed(record), "disputed, {who}");
            assert_eq!(seen.statements, self.of(who).statements(record), "{who}");
            let extra = seen
                .fields
                .keys()
                .find(|name| !fields[&seen.kind].contains(*name));
            assert_eq!(extra, None, "a field that nobody granted");
            let marked = ["scope", "penalty_content"]
                .into_iter()
                .find_map(|name| seen.fields.get(name));
            if let Some(marked) = marked.filter(|_| one.said().text != u32::MAX) {
                assert_eq!(*marked, text(one.said().text), "{who}");
            }
        }
        for &record in &found {
            let body = ask.body.to_owned();
            self.m.of(who).given.insert((record, body), now);
        }
        let entry = wait(self.registry().look_receipt(ask.body, answer.look)).unwrap();
        assert_eq!(entry.unwrap().statement, answer.receipt.statement);
        found
    }

    /// Why reviewers look into a look, but for chance.
    pub(crate) fn causes(&self, who: Who, body: &str, waits: bool) -> BTreeSet<Cause> {
        let (today, now) = self.both();
        let month = now - jiff::SignedDuration::from_hours(30 * 24);
        let asked = self.of(who).asked_at.iter();
        let of_body = asked.filter(|one| one.1 == body && one.0 >= month).count();
        let hour = (now.as_second() / 3600 + 8) % 24;
        let odd = !(7..20).contains(&hour) || !is_worked(today);
        let colleague = self.m.accounts_of(body).any(|(_, one)| one.own == Some(who));
        let again = of_body >= SAME_PERSON_LOOKS.on(today) as usize;
        let causes = [
            (again, Cause::SamePerson),
            (colleague, Cause::Colleague),
            (odd, Cause::OddHours),
            (waits, Cause::NoticeWaits),
        ];
        causes
            .into_iter()
            .filter_map(|(holds, cause)| holds.then_some(cause))
            .collect()
    }

    /// Notes that reviewers have to look into it: into a look, or into what came to nothing, where what waits already of
    /// the same day is not looked into twice.
    pub(crate) fn queue_look(
        &mut self,
        who: Who,
        ask: &Ask,
        (look, same): (EventId, Option<Same>),
        waits: bool,
    ) {
        let mut causes = self.causes(who, ask.body, waits);
        let same_waiting = |one: &&Review| same.is_some() && one.who == who && one.same == same;
        let waiting = self.m.queue.values().filter(same_waiting);
        let waiting: BTreeSet<Cause> = waiting.flat_map(|one| one.causes.clone()).collect();
        causes.retain(|cause| !waiting.contains(cause));
        let item = self.queued(who, look);
        let found = item.map_or_else(BTreeSet::new, |(found, outcome)| {
            if let Some(same) = &same {
                assert_eq!(outcome, same.outcome);
            }
            found
        });
        // Chance takes some under a law, and nobody can tell which.
        if found.contains(&Cause::Chance) {
            assert!(ask.consent.is_none(), "a look by consent is not chosen by chance");
            assert!(!waiting.contains(&Cause::Chance), "chance takes one of the same");
            causes.insert(Cause::Chance);
        }
        assert_eq!(found, causes, "why reviewers look into it");
        if !found.is_empty() {
            let review = Review {
                who,
                body: ask.body.to_owned(),
                purpose: ask.purpose.to_owned(),
                same,
                causes: found,
            };
            self.m.queue.insert(look, review);
        }
    }

    /// Why a look waits for reviewers and what came of it, as that is stored. The whole queue is read once a day.
    fn queued(&self, who: Who, look: EventId) -> Option<(BTreeSet<Cause>, String)> {
        let of_person = self.rows(
            "SELECT item.look, item.causes, event.outcome FROM review_item AS item \
             JOIN event ON event.person = item.person AND event.event = item.look \
             WHERE item.person = $1 AND item.closed_at IS NULL",
            self.id(who),
            |row| Ok((EventId::from_bytes(row.array()?), row.text()?, row.text()?)),
        );
        let (_, causes, outcome) = of_person.into_iter().find(|(id, ..)| *id == look)?;
        let causes = causes.split(' ').map(|word| {
            CAUSES
                .into_iter()
                .find(|cause| cause.to_string() == word)
                .unwrap()
        });
        Some((causes.collect(), outcome))
    }

    /// A reviewer opens a case, and closes what is in the queue.
    pub(crate) fn review(&mut self) {
        let reviewer = self.pick(&REVIEWERS);
        let waiting: Vec<EventId> = self.m.queue.keys().copied().collect();
        if waiting.is_empty() {
            return;
        }
        let today = self.today();
        let can_wait = |look: &EventId| {
            let waiting = &self.of(self.m.queue[look].who).waiting;
            waiting.iter().any(|one| {
                one.look == Some(*look) && one.to_be_told && today < one.shows_on && one.shows_on < one.latest
            })
        };
        // Few looks have a notice that may wait longer.
        let longer: Vec<EventId> = waiting.iter().copied().filter(can_wait).collect();
        let renews = !longer.is_empty() && self.one_in(2);
        let look = self.pick(if renews { &longer } else { &waiting });
        let Review {
            who,
            body,
            purpose,
            same: outcome,
            ..
        } = self.m.queue[&look].clone();
        self.touched.insert(who);
        let case = self.call(|registry| wait(registry.review_case(reviewer, look)));
        if self.concerns(reviewer, who) {
            assert_eq!(case.unwrap_err().code(), self.own_look(who, look), "{reviewer}");
            self.kept_apart(reviewer, who, Some("reviewer-concerned"));
            return;
        }
        let case = case.unwrap();
        self.m.leaves += 1;
        self.m.looks_into(look, reviewer);
        assert!(case.is_none_or(|case| case.case_reference == "CASE-2027-0001"));
        if renews || self.one_in(3) {
            self.renew_wait(who, look, reviewer);
            return;
        }
        let verdict = if self.one_in(4) {
            Verdict::Improper
        } else {
            Verdict::Proper
        };
        let closed =
            self.call(|registry| wait(registry.close_review(look, reviewer, verdict, "looked into")));
        let took = self.took_as_staff(look).contains(reviewer);
        if matches!(closed, Err(ReviewError::TookPart)) {
            let mine = |one: &Procedure| {
                one.look == Some(look)
                    && (one.reviewer.as_deref() == Some(reviewer) || one.took_part.contains(reviewer))
            };
            assert!(
                took || self.of(who).procedures.iter().any(mine),
                "{reviewer} had no part in it"
            );
            if took {
                self.did("reviewers kept from looks of their own");
            }
            return;
        }
        assert!(!took, "{reviewer} took the look");
        closed.unwrap();
        self.m.queue.remove(&look);
        if verdict == Verdict::Proper {
            self.m.leaves += 1;
            self.did("looks found proper");
            return;
        }
        self.did("looks found improper");
        let year = self.today().year();
        let found = Improper {
            year,
            body,
            of: None,
            otherwise: false,
            waited: None,
        };
        self.m.improper.insert(look, found);
        self.m
            .event(who, "look-improper", &format!("reviewer:{reviewer}"), &purpose);
        self.m.notice(who, "look-improper", &look.to_string());
        // It shows from now on, whatever was to wait.
        let today = self.today();
        let waiting = self.m.of(who).waiting.iter_mut();
        let waited = waiting
            .filter(|one| one.look == Some(look) && one.to_be_told)
            .map(|one| (one.shows_on, one.to_be_told) = (one.shows_on.min(today), false))
            .count();
        // A look that was answered is its own notice.
        if waited > 0 && outcome.is_none() {
            self.m.notice(who, "looked-at", &look.to_string());
            self.shows(who, look);
        }
    }

    /// A reviewer lets a notice wait longer, as far as the law does.
    fn renew_wait(&mut self, who: Who, look: EventId, reviewer: &'static str) {
        let (today, days) = (self.today(), 1 + self.draw(6) as u32);
        let renews =
            |registry: &registry::Registry| wait(registry.renew_wait(look, reviewer, days, "looked into"));
        let outcome = self.call(renews);
        let waiting = &mut self.m.of(who).waiting;
        let one = waiting
            .iter_mut()
            .find(|one| one.look == Some(look) && one.to_be_told);
        let Some(one) = one else {
            return assert!(matches!(outcome, Err(ReviewError::Unknown)), "nothing waits");
        };
        let later = after_days(one.shows_on, i64::from(days));
        if one.shows_on <= today || later > one.latest {
            return assert!(
                matches!(outcome, Err(ReviewError::NoLonger)),
                "the law says no longer"
            );
        }
        assert_eq!(outcome.unwrap(), later);
        one.shows_on = later;
        self.m.leaves += 1;
        self.did("notices that wait longer");
    }

    /// Reviewers see what was stopped, and let it go on.
    pub(crate) fn lift(&mut self) {
        let reviewer = self.pick(&REVIEWERS);
        for step in wait(self.registry().review_queue()).unwrap().steps {
            wait(self.registry().close_step(step.step, reviewer)).unwrap();
            self.m.steps -= 1;
        }
        for (body, clerk) in std::mem::take(&mut self.m.stopped) {
            self.lift_one(reviewer, body, Some(&clerk));
        }
        for body in std::mem::take(&mut self.m.stopped_bodies) {
            self.lift_one(reviewer, body, None);
        }
    }

    /// A reviewer lifts a stop, or another one does where it is their own.
    fn lift_one(&mut self, reviewer: &'static str, body: &'static str, clerk: Option<&str>) {
        let own = self.m.reviewers.get(reviewer).copied();
        let named = |name: &str| clerk.is_none_or(|one| one == name);
        let own_account = |(name, one): (&str, &Account)| named(name) && one.own == own;
        let concerned = own.is_some() && self.m.accounts_of(body).any(own_account);
        let lifts = |by| wait(self.registry().lift_stop(by, body, clerk, "looked into"));
        let lifted = match concerned {
            true => {
                assert_eq!(
                    lifts(reviewer).unwrap_err().code(),
                    "reviewer-concerned",
                    "{body}"
                );
                lifts(REVIEWERS[0])
            }
            false => lifts(reviewer),
        };
        lifted.unwrap();
        if concerned {
            self.did("reviewers kept from lifting their own stop");
        }
        self.m.leaves += 1;
    }

    /// A look by consent, whatever the consent says today.
    pub(crate) fn look_by_consent(&mut self) {
        let (today, any) = (self.today(), self.one_in(4));
        let good = |one: &Consent| any || one.standing(today) == "granted";
        let Some(who) = self.who_has(|person| person.consents.iter().any(good)) else {
            return;
        };
        self.bind(who);
        let consent = self.of(who).consents.iter().rposition(good).unwrap();
        let ask = Ask {
            body: self.of(who).consents[consent].body,
            clerk: self.pick(&CLERKS).to_owned(),
            purpose: HIRING,
            profession: "lawyer",
            consent: Some(consent),
            wait_days: None,
            misnamed: self.one_in(12),
        };
        self.look(who, &ask);
    }
}

/// Why a look may wait for reviewers.
const CAUSES: [Cause; 5] = [
    Cause::Chance,
    Cause::Colleague,
    Cause::SamePerson,
    Cause::OddHours,
    Cause::NoticeWaits,
];
