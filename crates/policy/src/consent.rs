//! Requests for consent: none wider, longer or more frequent than its purpose allows, none without an end.

use jiff::{Span, civil::Date};
use model::consent::{Ceiling, Consent, FieldsByKind, Terms};
use profile::Profile;

use crate::{Asker, Given, Refusal, below_ceilings, may_ask};

/// A body's wish to be allowed to look.
#[derive(Debug, Clone)]
pub struct ConsentRequest<'a> {
    /// The body that asks: an inquirer, or an authority.
    pub body: &'a str,
    /// The registered purpose.
    pub purpose: &'a str,
    /// The one profession.
    pub profession: &'a str,
    /// The fields, by kind of record.
    pub fields: &'a FieldsByKind,
    /// The first day. None: today.
    pub from: Option<Date>,
    /// The last day. None is refused.
    pub until: Option<Date>,
    /// How many looks. None: one.
    pub looks: Option<u32>,
    /// How many days an answer is kept.
    pub keep_answer_days: u32,
    /// The day.
    pub today: Date,
}

/// Decides a request for consent: whether this member of staff may ask for anything, then what is asked for, then the
/// day's ceilings. Answers what the person is asked for.
///
/// # Errors
/// The [`Refusal`], with a code of its own.
pub fn decide_consent_request(
    profile: &Profile,
    request: &ConsentRequest<'_>,
    asker: Asker,
) -> Result<Terms, Refusal> {
    may_ask(asker)?;
    let terms = check_consent_request(profile, request)?;
    let purpose = profile.purposes.get(request.purpose);
    below_ceilings(
        profile,
        purpose.ok_or(Refusal::PurposeUnknown)?,
        asker,
        request.today,
    )?;
    Ok(terms)
}

/// Checks a request for consent against the ceilings of its purpose, and answers what the person is asked for.
///
/// # Errors
/// The [`Refusal`], with a code of its own.
pub(crate) fn check_consent_request(
    profile: &Profile,
    request: &ConsentRequest<'_>,
) -> Result<Terms, Refusal> {
    let purpose = profile
        .purposes
        .get(request.purpose)
        .ok_or(Refusal::PurposeUnknown)?;
    let most = profile
        .consent_terms(request.purpose, request.body)
        .ok_or(Refusal::ConsentNotForYou)?
        .on(request.today);
    if !profile.professions.contains_key(request.profession) {
        return Err(Refusal::ProfessionUnknown);
    }
    let wider = request.fields.iter().any(|(kind, fields)| {
        let allowed = purpose.fields.get(kind);
        !allowed.is_some_and(|allowed| fields.is_subset(allowed))
    });
    if wider {
        return Err(Refusal::ConsentTooWide);
    }
    let looks = request.looks.unwrap_or(1);
    if looks == 0 || request.fields.values().all(std::collections::BTreeSet::is_empty) {
        return Err(Refusal::ConsentForNothing);
    }
    let until = request.until.ok_or(Refusal::ConsentWithoutEnd)?;
    let from = request.from.unwrap_or(request.today);
    if until < from || until < request.today {
        return Err(Refusal::ConsentOverBefore);
    }
    if until > last_day(from, request.today, most.longest_days) {
        return Err(Refusal::ConsentTooLong);
    }
    if looks > most.most_looks {
        return Err(Refusal::ConsentTooOften);
    }
    if request.keep_answer_days > most.keep_answer_days {
        return Err(Refusal::ConsentKeptTooLong);
    }
    Ok(Terms {
        profession: request.profession.to_owned(),
        fields: request.fields.clone(),
        from,
        until,
        looks,
        keep_answer_days: request.keep_answer_days,
    })
}

/// The last day of a consent. It lasts from the earlier of its first day and the day on which it was asked for: a request
/// far ahead is a long one too.
fn last_day(from: Date, asked_on: Date, longest_days: u32) -> Date {
    let first = from.min(asked_on);
    let after = first.checked_add(Span::new().days(i64::from(longest_days)));
    after.and_then(Date::yesterday).unwrap_or(Date::MAX)
}

/// The ceiling of a consent on a day: what the purpose allows on that day, whenever it was asked for. Nothing, where the
/// body may not ask under it any more.
pub fn consent_ceiling(profile: &Profile, given: &Given<'_>, today: Date) -> Ceiling {
    let most = profile.consent_terms(given.purpose, given.to);
    let purpose = profile.purposes.get(given.purpose);
    let from = given.consent.asked().from;
    match (most.map(|most| most.on(today)), purpose) {
        (Some(most), Some(purpose)) => Ceiling {
            fields: purpose.fields.clone(),
            until: last_day(from, given.asked_on, most.longest_days),
            looks: most.most_looks,
            keep_answer_days: most.keep_answer_days,
        },
        _ => Ceiling {
            fields: FieldsByKind::new(),
            until: from,
            looks: 0,
            keep_answer_days: 0,
        },
    }
}

/// A consent as it holds on a day, below the ceiling of that day.
pub fn consent_on(profile: &Profile, given: &Given<'_>, today: Date) -> Consent {
    given.consent.below(&consent_ceiling(profile, given, today))
}
