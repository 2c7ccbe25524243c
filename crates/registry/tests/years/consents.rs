//! Consents: asked for, granted or less, refused, paused, resumed, taken back; by the person or under a mandate.

use model::{
    RecordKind,
    consent::{ConsentAnswer, ConsentFault, FieldsByKind, Terms},
    procedure::Speaker,
};
use registry::{ConsentAsk, ConsentError, MandateError, MandateScope, NewMandate};
use testkit::{made_up, wait};

use crate::{
    back::Back,
    calendar::after_days,
    changing_values::CONSENT_DAYS,
    model::{Consent, Who},
    run::{CLERKS, HIRING, HOSPITAL, LAW, Run, SCHOOL},
};

fn fields() -> FieldsByKind {
    let set = |text: &str| text.split(' ').map(str::to_owned).collect();
    [
        (RecordKind::Licence, set("name licence_number scope")),
        (RecordKind::Decision, set("penalty effective_on")),
    ]
    .into()
}

impl Run {
    pub(crate) fn ask_consent(&mut self) {
        let who = self.somebody();
        let (today, person) = (self.today(), made_up(who));
        let body = self.pick(&[HOSPITAL, SCHOOL]);
        let from = after_days(today, self.draw(3) as i64);
        let until = after_days(from, self.draw(60) as i64);
        let looks = 1 + self.draw(3) as u32;
        let too_wide = self.one_in(10);
        let mut asked = fields();
        if too_wide {
            asked.insert(RecordKind::Training, ["course".to_owned()].into());
        }
        let ask = ConsentAsk {
            body: body.to_owned(),
            asker: self.pick(&CLERKS).to_owned(),
            purpose: HIRING.to_owned(),
            profession: "lawyer".to_owned(),
            fields: asked,
            from: Some(from),
            until: Some(until),
            looks: Some(looks),
            keep_answer_days: 30,
            id_number: person.number,
            name: person.name,
            nonce: None,
        };
        let clerk = ask.asker.clone();
        let too_long = until >= CONSENT_DAYS.due(today);
        let stopped = if self.m.stopped_bodies.contains(body) {
            Some("member-stopped")
        } else if self.m.is_stopped(body, &clerk) {
            Some("staff-stopped")
        } else {
            None
        };
        if !too_wide && !too_long && stopped.is_none() {
            self.m.asked.entry((body, clerk, today)).or_default().0 += 1;
        }
        self.touched.insert(who);
        let id = match self.call(|registry| wait(registry.ask_consent(ask.clone()))) {
            Err(ConsentError::Refused(refusal)) => {
                let wrong = if too_wide {
                    "consent-too-wide"
                } else {
                    "consent-too-long"
                };
                let expected = stopped.unwrap_or(wrong);
                assert_eq!(refusal.code(), expected);
                self.refused_ask(who, (body, &ask.asker), expected);
                return self.did(expected);
            }
            other => other.unwrap(),
        };
        assert!(!too_wide && !too_long && stopped.is_none());
        let terms = Terms {
            profession: "lawyer".to_owned(),
            fields: ask.fields,
            from,
            until,
            looks,
            keep_answer_days: 30,
        };
        self.m.of(who).consents.push(Consent {
            id,
            body,
            asked_on: today,
            asked: terms,
            granted: None,
            refused: false,
            paused: false,
            revoked: false,
            used: 0,
        });
        self.m.event(who, "consent-asked", body, HIRING);
        self.m.notice(who, "consent-asked", &id.to_string());
        self.did("consents asked for");
    }

    /// A mandate of somebody that is there, whether or not it holds today.
    pub(crate) fn speaker(&mut self, who: Who) -> (Speaker, bool) {
        let today = self.today();
        let mandates = self.of(who).mandates.clone();
        match mandates.last() {
            Some((mandate, _, until)) if self.one_in(2) => {
                (Speaker::Representative(*mandate), today <= *until)
            }
            _ => (Speaker::Person, true),
        }
    }

    pub(crate) fn decide_consent(&mut self) {
        let today = self.today();
        let lapsed = self.one_in(8);
        let open = |one: &Consent| match one.standing(today) {
            "asked" | "granted" | "not-yet" | "paused" => !lapsed,
            standing => lapsed && standing == "lapsed",
        };
        let Some(who) = self.who_has(|person| person.consents.iter().any(open)) else {
            return;
        };
        let consents = &self.of(who).consents;
        let at = consents.iter().rposition(open).unwrap();
        let (id, standing) = (consents[at].id, consents[at].standing(today));
        let (by, holds) = self.speaker(who);
        let (kind, before) = (self.draw(6), consents_before(self.of(who), at));
        let mut terms = before.asked.clone();
        if kind < 2 {
            terms.fields.remove(&RecordKind::Decision);
            terms.looks = 1;
        }
        let granted = terms.clone();
        let person = self.id(who);
        let (event, outcome) = match (standing, kind) {
            ("asked" | "lapsed", 5) => {
                let refuse = |registry: &registry::Registry| {
                    wait(registry.decide_consent(person, id, ConsentAnswer::Refused, by))
                };
                ("consent-refused", self.call(refuse))
            }
            ("asked" | "lapsed", _) => {
                let grant = |registry: &registry::Registry| {
                    let answer = ConsentAnswer::Granted(terms.clone());
                    wait(registry.decide_consent(person, id, answer, by))
                };
                ("consent-granted", self.call(grant))
            }
            ("paused", 0..=3) => {
                let resume = |registry: &registry::Registry| wait(registry.resume_consent(person, id, by));
                ("consent-resumed", self.call(resume))
            }
            (_, 0 | 1) if standing != "paused" => {
                let pause = |registry: &registry::Registry| wait(registry.pause_consent(person, id, by));
                let Some(outcome) = self.call_back(pause) else {
                    self.touched.insert(who);
                    return self.took_back(who, Back::Paused(id), "installation");
                };
                ("consent-paused", outcome)
            }
            (_, 2 | 3) if standing != "paused" => return,
            _ => {
                let revoke = |registry: &registry::Registry| wait(registry.revoke_consent(person, id, by));
                let Some(outcome) = self.call_back(revoke) else {
                    self.touched.insert(who);
                    return self.took_back(who, Back::Consent(id), "installation");
                };
                ("consent-revoked", outcome)
            }
        };
        self.touched.insert(who);
        match outcome {
            Err(ConsentError::Fault(ConsentFault::NotNow)) => return assert_eq!(standing, "lapsed"),
            Err(ConsentError::Mandate(MandateError::NotCovered)) => return assert!(!holds),
            other => other.unwrap(),
        }
        assert!(holds && standing != "lapsed");
        let consent = &mut self.m.of(who).consents[at];
        match event {
            "consent-refused" => consent.refused = true,
            "consent-granted" => consent.granted = Some(granted),
            "consent-resumed" => consent.paused = false,
            "consent-paused" => self.took_back(who, Back::Paused(id), "self"),
            _ => self.took_back(who, Back::Consent(id), "self"),
        }
        if !["consent-paused", "consent-revoked"].contains(&event) {
            self.m.event(who, event, "self", HIRING);
        }
        if by != Speaker::Person {
            self.m.notice(who, "consent-by-representative", &id.to_string());
        }
        self.did(event);
    }

    pub(crate) fn register_mandate(&mut self) {
        let (who, other) = (self.somebody(), self.somebody());
        if who == other {
            return;
        }
        let (today, days) = (self.today(), self.draw(200) as i64);
        let until = after_days(today, days);
        let mandate = NewMandate {
            person: self.id(who),
            representative: self.id(other),
            scope: [MandateScope::Consents, MandateScope::Procedures].into(),
            from: today,
            until,
            registered_by: LAW.to_owned(),
        };
        let id = self
            .call(|registry| wait(registry.register_mandate(mandate.clone())))
            .unwrap();
        self.touched.insert(who);
        self.m.of(who).mandates.push((id, other, until));
        self.m.event(who, "mandate-registered", LAW, "");
        self.m.notice(who, "mandate-registered", &id.to_string());
        self.did("mandates");
    }

    /// Whether somebody may sign in, is told and may complain: also who acts for somebody else.
    pub(crate) fn speaks(&self, who: Who) -> bool {
        let named = |person: &crate::model::Person| person.mandates.iter().any(|one| one.1 == who);
        self.of(who).speaks() || self.m.people.iter().any(named)
    }

    pub(crate) fn end_mandate(&mut self) {
        let today = self.today();
        let holds = |one: &(model::MandateId, Who, jiff::civil::Date)| one.2 >= today;
        let Some(who) = self.who_has(|person| person.mandates.last().is_some_and(holds)) else {
            return;
        };
        let (person, (id, ..)) = (self.id(who), *self.of(who).mandates.last().unwrap());
        let outcome = self.call_back(|registry| wait(registry.end_mandate(person, id, LAW)));
        self.touched.insert(who);
        let actor = outcome.map_or("installation", |done| done.map(|()| LAW).unwrap());
        self.took_back(who, Back::Mandate(id), actor);
    }
}

fn consents_before(person: &crate::model::Person, at: usize) -> Consent {
    person.consents[at].clone()
}
