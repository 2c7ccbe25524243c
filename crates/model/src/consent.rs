//! Consent: a person's permission to be looked at. Who asks, for what, which fields, from when until when, how
//! often. The person grants all of it or less, or refuses; pauses it and takes it back whenever they like.
//!
//! A transition takes the consent and gives it back as it stands then, or unchanged with the reason. That a consent
//! is over or used up is worked out when asked ([`Consent::standing`]), never stored.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::RecordKind;

/// Fields by kind of record.
pub type FieldsByKind = BTreeMap<RecordKind, BTreeSet<String>>;

/// What a consent is about. There is none without an end.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Terms {
    /// The one profession.
    pub profession: String,
    /// The fields, by kind of record. A kind that is not here is out of reach.
    pub fields: FieldsByKind,
    /// The first day on which it may be used.
    pub from: Date,
    /// The last day on which it may be used.
    pub until: Date,
    /// How many looks.
    pub looks: u32,
    /// How many days an answer may be kept.
    pub keep_answer_days: u32,
}

impl Terms {
    /// Whether nothing in these terms is wider than in `others`.
    pub fn within(&self, others: &Self) -> bool {
        let fields_within = self.fields.iter().all(|(kind, fields)| {
            others
                .fields
                .get(kind)
                .is_some_and(|wider| fields.is_subset(wider))
        });
        fields_within
            && self.profession == others.profession
            && self.from >= others.from
            && self.until <= others.until
            && self.looks <= others.looks
            && self.keep_answer_days <= others.keep_answer_days
    }

    /// What is left of these terms below a ceiling.
    #[must_use]
    pub fn below(&self, ceiling: &Ceiling) -> Self {
        let fields = self.fields.iter().filter_map(|(kind, fields)| {
            let fields: BTreeSet<String> = fields.intersection(ceiling.fields.get(kind)?).cloned().collect();
            (!fields.is_empty()).then_some((*kind, fields))
        });
        Self {
            profession: self.profession.clone(),
            fields: fields.collect(),
            from: self.from,
            until: self.until.min(ceiling.until),
            looks: self.looks.min(ceiling.looks),
            keep_answer_days: self.keep_answer_days.min(ceiling.keep_answer_days),
        }
    }

    /// Whether anything can be seen under these terms at all.
    pub fn is_empty(&self) -> bool {
        self.looks == 0 || self.until < self.from || self.fields.values().all(BTreeSet::is_empty)
    }
}

/// The most that the rules let a consent be on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceiling {
    /// The fields, by kind of record.
    pub fields: FieldsByKind,
    /// The last day.
    pub until: Date,
    /// How many looks in all.
    pub looks: u32,
    /// How many days an answer may be kept.
    pub keep_answer_days: u32,
}

/// What the person granted, and how often it was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    /// What was granted.
    pub terms: Terms,
    /// How many looks were taken.
    pub used: u32,
}

/// Where a consent stands by what was done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsentState {
    /// It waits for the person.
    Asked,
    /// The person refused.
    Refused,
    /// The person granted it.
    Granted(Permit),
    /// The person granted it and lets it rest.
    Paused(Permit),
    /// The person took it back.
    Revoked(Permit),
}

named! {
    /// Where a consent stands on a day.
    ConsentStanding {
        /// It waits for the person.
        Asked = "asked",
        /// The person did not answer before its last day was over.
        Lapsed = "lapsed",
        /// The person refused.
        Refused = "refused",
        /// Granted, and its first day is still to come.
        NotYet = "not-yet",
        /// It may be used.
        Granted = "granted",
        /// It rests.
        Paused = "paused",
        /// The person took it back.
        Revoked = "revoked",
        /// Its last day is over.
        Expired = "expired",
        /// Every look that it allows was taken.
        UsedUp = "used-up",
    }
}

/// A person's answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsentAnswer {
    /// Yes, on these terms, which are those that were asked for or narrower ones.
    Granted(Terms),
    /// No.
    Refused,
}

/// A consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    asked: Terms,
    state: ConsentState,
}

/// Why a step was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConsentFault {
    /// The step does not lead on from where the consent stands.
    #[error("the consent does not stand where this step leads on from")]
    NotNow,
    /// What would be granted is wider than what was asked for.
    #[error("what is granted is wider than what was asked for")]
    Wider,
    /// Nothing would be granted.
    #[error("nothing would be granted; refuse instead")]
    Empty,
}

impl ConsentFault {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::NotNow, Self::Wider, Self::Empty];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotNow => "consent-not-now",
            Self::Wider => "consent-wider",
            Self::Empty => "consent-empty",
        }
    }
}

/// A step that was not taken, with the consent unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct ConsentUnchanged {
    /// The consent, as it was.
    pub unchanged: Consent,
    /// Why.
    pub why: ConsentFault,
}

/// What a step leads to.
pub type ConsentStep = Result<Consent, Box<ConsentUnchanged>>;

impl Consent {
    /// A request that waits for the person.
    pub const fn ask(asked: Terms) -> Self {
        Self {
            asked,
            state: ConsentState::Asked,
        }
    }

    /// A consent as it was stored.
    pub const fn stored(asked: Terms, state: ConsentState) -> Self {
        Self { asked, state }
    }

    /// What was asked for.
    pub const fn asked(&self) -> &Terms {
        &self.asked
    }

    /// Where it stands by what was done to it.
    pub const fn state(&self) -> &ConsentState {
        &self.state
    }

    /// What was granted, whatever became of it.
    pub const fn permit(&self) -> Option<&Permit> {
        match &self.state {
            ConsentState::Asked | ConsentState::Refused => None,
            ConsentState::Granted(permit) | ConsentState::Paused(permit) | ConsentState::Revoked(permit) => {
                Some(permit)
            }
        }
    }

    /// Where it stands on this day.
    pub fn standing(&self, today: Date) -> ConsentStanding {
        match &self.state {
            ConsentState::Asked if self.asked.until < today => ConsentStanding::Lapsed,
            ConsentState::Asked => ConsentStanding::Asked,
            ConsentState::Refused => ConsentStanding::Refused,
            ConsentState::Revoked(_) => ConsentStanding::Revoked,
            ConsentState::Granted(permit) | ConsentState::Paused(permit) if permit.terms.until < today => {
                ConsentStanding::Expired
            }
            ConsentState::Granted(permit) | ConsentState::Paused(permit)
                if permit.used >= permit.terms.looks =>
            {
                ConsentStanding::UsedUp
            }
            ConsentState::Paused(_) => ConsentStanding::Paused,
            ConsentState::Granted(permit) if today < permit.terms.from => ConsentStanding::NotYet,
            ConsentState::Granted(_) => ConsentStanding::Granted,
        }
    }

    /// The consent as it holds below a ceiling: nothing asked for or granted is wider.
    #[must_use]
    pub fn below(&self, ceiling: &Ceiling) -> Self {
        let below = |permit: &Permit| Permit {
            terms: permit.terms.below(ceiling),
            used: permit.used,
        };
        Self {
            asked: self.asked.below(ceiling),
            state: match &self.state {
                ConsentState::Asked => ConsentState::Asked,
                ConsentState::Refused => ConsentState::Refused,
                ConsentState::Granted(permit) => ConsentState::Granted(below(permit)),
                ConsentState::Paused(permit) => ConsentState::Paused(below(permit)),
                ConsentState::Revoked(permit) => ConsentState::Revoked(below(permit)),
            },
        }
    }

    /// The person answers on a day on which a ceiling holds: what they grant of what was asked for is cut to it.
    ///
    /// # Errors
    /// As of [`Self::answer`]; also when nothing is left below the ceiling.
    pub fn answer_below(self, ceiling: &Ceiling, answer: ConsentAnswer, today: Date) -> ConsentStep {
        match answer {
            ConsentAnswer::Granted(terms) if terms.within(&self.asked) => {
                let below = self.below(ceiling);
                let answered = below.answer(ConsentAnswer::Granted(terms.below(ceiling)), today);
                match answered {
                    Ok(answered) => Ok(self.to(answered.state)),
                    Err(stays) => self.stays(stays.why),
                }
            }
            other => self.answer(other, today),
        }
    }

    /// The person answers.
    ///
    /// # Errors
    /// When it does not wait for an answer any more, or what would be granted is nothing or wider than asked for.
    pub fn answer(self, answer: ConsentAnswer, today: Date) -> ConsentStep {
        if self.standing(today) != ConsentStanding::Asked {
            return self.stays(ConsentFault::NotNow);
        }
        match answer {
            ConsentAnswer::Refused => Ok(self.to(ConsentState::Refused)),
            ConsentAnswer::Granted(terms) if !terms.within(&self.asked) => self.stays(ConsentFault::Wider),
            ConsentAnswer::Granted(terms) if terms.is_empty() => self.stays(ConsentFault::Empty),
            ConsentAnswer::Granted(terms) => Ok(self.to(ConsentState::Granted(Permit { terms, used: 0 }))),
        }
    }

    /// The person lets it rest.
    ///
    /// # Errors
    /// When it is not granted, or over.
    pub fn pause(self, today: Date) -> ConsentStep {
        match (self.standing(today), &self.state) {
            (ConsentStanding::Granted | ConsentStanding::NotYet, ConsentState::Granted(permit)) => {
                let permit = permit.clone();
                Ok(self.to(ConsentState::Paused(permit)))
            }
            _ => self.stays(ConsentFault::NotNow),
        }
    }

    /// The person lets it be used again.
    ///
    /// # Errors
    /// When it does not rest, or is over.
    pub fn resume(self, today: Date) -> ConsentStep {
        match (self.standing(today), &self.state) {
            (ConsentStanding::Paused, ConsentState::Paused(permit)) => {
                let permit = permit.clone();
                Ok(self.to(ConsentState::Granted(permit)))
            }
            _ => self.stays(ConsentFault::NotNow),
        }
    }

    /// The person takes it back.
    ///
    /// # Errors
    /// When there is nothing to take back.
    pub fn revoke(self) -> ConsentStep {
        match &self.state {
            ConsentState::Granted(permit) | ConsentState::Paused(permit) => {
                let permit = permit.clone();
                Ok(self.to(ConsentState::Revoked(permit)))
            }
            ConsentState::Asked | ConsentState::Refused | ConsentState::Revoked(_) => {
                self.stays(ConsentFault::NotNow)
            }
        }
    }

    /// One look is taken.
    ///
    /// # Errors
    /// When it may not be used on this day.
    pub fn use_once(self, today: Date) -> ConsentStep {
        match (self.standing(today), &self.state) {
            (ConsentStanding::Granted, ConsentState::Granted(permit)) => {
                let mut permit = permit.clone();
                permit.used += 1;
                Ok(self.to(ConsentState::Granted(permit)))
            }
            _ => self.stays(ConsentFault::NotNow),
        }
    }

    fn to(self, state: ConsentState) -> Self {
        Self { state, ..self }
    }

    fn stays(self, why: ConsentFault) -> ConsentStep {
        Err(Box::new(ConsentUnchanged { unchanged: self, why }))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn terms() -> Terms {
        let fields = ["name", "scope"].map(str::to_owned).into();
        Terms {
            profession: "lawyer".to_owned(),
            fields: [(RecordKind::Licence, fields)].into(),
            from: date(2026, 11, 1),
            until: date(2026, 11, 30),
            looks: 2,
            keep_answer_days: 10,
        }
    }

    const DAY: Date = date(2026, 11, 10);
    const AFTER: Date = date(2026, 12, 1);

    fn asked() -> Consent {
        Consent::ask(terms())
    }

    fn granted() -> Consent {
        asked().answer(ConsentAnswer::Granted(terms()), DAY).unwrap()
    }

    fn why(step: ConsentStep) -> ConsentFault {
        step.unwrap_err().why
    }

    #[test]
    fn a_person_grants_what_was_asked_for_or_less_and_never_more() {
        assert!(terms().within(&terms()));
        let changes: [&dyn Fn(&mut Terms); 7] = [
            &|terms| terms.looks += 1,
            &|terms| terms.until = AFTER,
            &|terms| terms.from = date(2026, 10, 31),
            &|terms| terms.keep_answer_days += 1,
            &|terms| terms.profession = "doctor".to_owned(),
            &|terms| {
                terms
                    .fields
                    .insert(RecordKind::Decision, ["penalty".to_owned()].into());
            },
            &|terms| {
                terms
                    .fields
                    .entry(RecordKind::Licence)
                    .or_default()
                    .insert("more".to_owned());
            },
        ];
        for change in changes {
            let mut wider = terms();
            change(&mut wider);
            assert!(!wider.within(&terms()), "{wider:?}");
            assert_eq!(
                why(asked().answer(ConsentAnswer::Granted(wider), DAY)),
                ConsentFault::Wider
            );
        }
        let mut narrow = terms();
        narrow.fields = [(RecordKind::Licence, ["name".to_owned()].into())].into();
        narrow.looks = 1;
        let less = asked()
            .answer(ConsentAnswer::Granted(narrow.clone()), DAY)
            .unwrap();
        assert_eq!(less.permit().unwrap().terms, narrow);
        narrow.looks = 0;
        assert_eq!(
            why(asked().answer(ConsentAnswer::Granted(narrow), DAY)),
            ConsentFault::Empty
        );
    }

    #[test]
    fn every_standing_lets_its_own_steps_be_taken_and_no_others() {
        let used_up = || granted().use_once(DAY).unwrap().use_once(DAY).unwrap();
        let paused = || granted().pause(DAY).unwrap();
        let refused = || asked().answer(ConsentAnswer::Refused, DAY).unwrap();
        let early = date(2026, 10, 20);
        let table: [(Consent, Date, ConsentStanding, &str); 10] = [
            (asked(), DAY, ConsentStanding::Asked, "answer"),
            (asked(), AFTER, ConsentStanding::Lapsed, ""),
            (refused(), DAY, ConsentStanding::Refused, ""),
            (granted(), early, ConsentStanding::NotYet, "pause revoke"),
            (granted(), DAY, ConsentStanding::Granted, "pause revoke use"),
            (paused(), DAY, ConsentStanding::Paused, "resume revoke"),
            (granted(), AFTER, ConsentStanding::Expired, "revoke"),
            (paused(), AFTER, ConsentStanding::Expired, "revoke"),
            (used_up(), DAY, ConsentStanding::UsedUp, "revoke"),
            (granted().revoke().unwrap(), DAY, ConsentStanding::Revoked, ""),
        ];
        let mut seen = BTreeSet::new();
        for (consent, day, standing, allowed) in table {
            assert_eq!(consent.standing(day), standing);
            seen.insert(standing);
            let steps = [
                (
                    "answer",
                    consent.clone().answer(ConsentAnswer::Granted(terms()), day),
                ),
                ("answer", consent.clone().answer(ConsentAnswer::Refused, day)),
                ("pause", consent.clone().pause(day)),
                ("resume", consent.clone().resume(day)),
                ("revoke", consent.clone().revoke()),
                ("use", consent.clone().use_once(day)),
            ];
            for (step, outcome) in steps {
                let may = allowed.split(' ').any(|one| one == step);
                assert_eq!(outcome.is_ok(), may, "{step} from {standing}");
                if let Err(stays) = outcome {
                    assert_eq!(
                        *stays,
                        ConsentUnchanged {
                            unchanged: consent.clone(),
                            why: ConsentFault::NotNow
                        }
                    );
                }
            }
        }
        assert_eq!(seen.len(), ConsentStanding::ALL.len());
    }

    #[test]
    fn below_a_ceiling_nothing_is_wider_and_less_may_be_left() {
        let ceiling = Ceiling {
            fields: [(RecordKind::Licence, ["name".to_owned()].into())].into(),
            until: date(2026, 11, 20),
            looks: 1,
            keep_answer_days: 5,
        };
        let left = terms().below(&ceiling);
        assert!(left.within(&terms()));
        assert_eq!(
            (left.until, left.looks, left.keep_answer_days),
            (ceiling.until, 1, 5)
        );
        assert_eq!(left.fields, ceiling.fields);
        let standing = |consent: Consent, day| consent.below(&ceiling).standing(day);
        let late = date(2026, 11, 21);
        assert_eq!(standing(granted(), DAY), ConsentStanding::Granted);
        assert_eq!(
            standing(granted().use_once(DAY).unwrap(), DAY),
            ConsentStanding::UsedUp
        );
        assert_eq!(standing(granted(), late), ConsentStanding::Expired);
        assert_eq!(standing(asked(), late), ConsentStanding::Lapsed);
        let answer = |day| asked().answer_below(&ceiling, ConsentAnswer::Granted(terms()), day);
        let less = answer(DAY).unwrap();
        assert_eq!(less.asked(), &terms(), "what was asked for stays on file");
        assert_eq!(less.permit().unwrap().terms, left);
        assert_eq!(why(answer(late)), ConsentFault::NotNow);
        let mut wider = terms();
        wider.looks += 1;
        let wider = asked().answer_below(&ceiling, ConsentAnswer::Granted(wider), DAY);
        assert_eq!(
            why(wider),
            ConsentFault::Wider,
            "wider than was asked for is not cut"
        );
        let refused = asked().answer_below(&ceiling, ConsentAnswer::Refused, late);
        assert!(refused.is_ok(), "no is taken whatever the ceiling");
        let nothing = Ceiling { looks: 0, ..ceiling };
        let none = asked().answer_below(&nothing, ConsentAnswer::Granted(terms()), DAY);
        assert_eq!(why(none), ConsentFault::Empty);
    }

    #[test]
    fn every_fault_has_a_code_of_its_own() {
        let codes: BTreeSet<&str> = ConsentFault::ALL.into_iter().map(ConsentFault::code).collect();
        assert_eq!(codes.len(), ConsentFault::ALL.len());
    }
}
