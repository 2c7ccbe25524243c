//! The profile: all that is particular to a jurisdiction.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use model::RecordKind;

use crate::{
    Association, Authority, ByDay, Calendar, ConsentTerms, Court, DecisionDays, DecisionKind,
    DisclosurePeriod, IdentityRule, Inquirer, Language, LegalBasis, NoticeTexts, Number, Oversight, Penalty,
    Permission, Pledge, Procedures, ProfileFault, Purpose, RecordType, RetentionPeriod, Text2, by_day::Bound,
    law::Cited, periods::after_months,
};

/// Nobody younger has a record, whatever a profile says.
pub const YOUNGEST: u32 = 18;

/// A regulated profession.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profession {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text2,
    /// What its licence is called.
    pub licence: Text2,
    /// The authority that licenses it.
    pub authority: String,
}

/// A loaded and checked profile. Every id in it refers to something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its id.
    pub id: String,
    /// The jurisdiction's name.
    pub name: Text2,
    /// The languages in the order in which pages offer them; the first is the default.
    pub languages: Vec<Language>,
    /// Hours ahead of UTC, by which days are counted.
    pub utc_offset_hours: i8,
    /// The rule for identity numbers.
    pub identity: IdentityRule,
    /// The youngest age, in years, at which a person may have a record; at least [`YOUNGEST`].
    pub minimum_age: u32,
    /// How many hours after it was received a submission can be taken back whole.
    pub take_back_hours: ByDay<Number>,
    /// How many days after it was received the file of rejected rows is kept for the sender.
    pub rejected_rows_days: ByDay<Number>,
    /// The authorities by id.
    pub authorities: BTreeMap<String, Authority>,
    /// Those who ask by consent alone, by id.
    pub inquirers: BTreeMap<String, Inquirer>,
    /// Those whose decisions are followed, by id.
    pub courts: BTreeMap<String, Court>,
    /// Those who may propose commendations, by id.
    pub associations: BTreeMap<String, Association>,
    /// The professions by id.
    pub professions: BTreeMap<String, Profession>,
    /// The legal bases by id.
    pub bases: BTreeMap<String, LegalBasis>,
    /// The record types; all four are there.
    pub record_types: BTreeMap<RecordKind, RecordType>,
    /// How long decisions are disclosed; all four kinds are there.
    pub disclosure: BTreeMap<DecisionKind, ByDay<DisclosurePeriod>>,
    /// How long records are kept, by kind; all four are there.
    pub retention: BTreeMap<RecordKind, ByDay<RetentionPeriod>>,
    /// The registered purposes by id.
    pub purposes: BTreeMap<String, Purpose>,
    /// The pledges that a person may make, by id.
    pub pledges: BTreeMap<String, Pledge>,
    /// The procedures' deadlines and other numbers.
    pub procedures: Procedures,
    /// Which days are worked.
    pub calendar: Calendar,
    /// How looks are overseen.
    pub oversight: ByDay<Oversight>,
    /// The words of notices by e-mail.
    pub notices: NoticeTexts,
    /// Each period, deadline and other number that comes from enactments, with its place in the files.
    pub(crate) cited: Vec<Cited>,
    /// The days before or after which there is no value, each with its place in the files.
    pub(crate) bounds: Vec<Bound>,
}

impl Profile {
    /// The day at a moment, by which days are counted.
    pub fn day_of(&self, at: Timestamp) -> Date {
        jiff::tz::offset(self.utc_offset_hours).to_datetime(at).date()
    }

    /// The record type of a kind.
    pub fn record_type(&self, kind: RecordKind) -> Option<&RecordType> {
        self.record_types.get(&kind)
    }

    /// The penalty category with this value, as senders write it.
    pub fn penalty(&self, category: &str) -> Option<&Penalty> {
        self.record_type(RecordKind::Decision)?
            .penalties()
            .iter()
            .find(|one| one.choice.value == category)
    }

    /// The days of a decision of this category, by the periods that hold on the day on which it takes effect.
    /// `filed_end` is the last day of disclosure as filed, `restricts_until` the last day on which the decision
    /// restricts its licences, where it names one. A prohibition is shown while it lasts and kept so long at least;
    /// any other is never shown or kept past its retention period. None where the profile knows no such category.
    pub fn decision_days(
        &self,
        category: &str,
        effective_on: Date,
        filed_end: Date,
        restricts_until: Option<Date>,
    ) -> Option<DecisionDays> {
        let kind = self.penalty(category)?.kind;
        let period = self.disclosure.get(&kind)?.on(effective_on);
        let retention = self.kept_until(RecordKind::Decision, effective_on)?;
        let (wanted_until, kept_until) = match kind {
            DecisionKind::Prohibition => {
                let lasts_until = restricts_until.map_or(filed_end, |day| day.min(filed_end));
                (lasts_until, retention.max(lasts_until))
            }
            DecisionKind::Minor | DecisionKind::General | DecisionKind::Serious => (filed_end, retention),
        };
        let disclosed_until = period.end(effective_on, wanted_until).min(kept_until);
        Some(DecisionDays {
            kind,
            disclosed_until,
            shortened: disclosed_until < filed_end,
            restorable_from: period.restorable_from(effective_on),
            kept_until,
        })
    }

    /// The last day on which a record of `kind` is kept, where the field that its retention is counted from
    /// holds `day`. For decisions see [`Profile::decision_days`].
    pub fn kept_until(&self, kind: RecordKind, day: Date) -> Option<Date> {
        Some(self.retention.get(&kind)?.on(day).last_day(day))
    }

    /// Checks that the calendar holds the year of `today` and the next, so that deadlines in working days can be
    /// counted. It depends on the day, so [`Profile::load`] does not do it.
    ///
    /// # Errors
    /// A fault for each of the two years that is missing.
    pub fn check_calendar(&self, today: Date) -> Result<(), Vec<ProfileFault>> {
        self.calendar.check(today)
    }

    /// Checks that each period, deadline and other number that comes from enactments has one that is in force on `today`,
    /// and each value that holds only later one that is in force on its first day.
    /// It depends on the day, so [`Profile::load`] does not do it.
    ///
    /// # Errors
    /// A fault for each that has none.
    pub fn check_enactments(&self, today: Date) -> Result<(), Vec<ProfileFault>> {
        let faults: Vec<ProfileFault> = self.cited.iter().filter_map(|one| one.fault_on(today)).collect();
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Checks that there is a value of each period, deadline and other number on `today`. It depends on the day, so
    /// [`Profile::load`] does not do it.
    ///
    /// # Errors
    /// A fault for each whose first value has not begun, or whose last one has ended.
    pub fn check_values(&self, today: Date) -> Result<(), Vec<ProfileFault>> {
        let faults: Vec<ProfileFault> = self.bounds.iter().filter_map(|one| one.fault_on(today)).collect();
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Whether somebody born on `born_on` is too young on `today` to have a record. Someone born on
    /// 29 February comes of age on 1 March of a year without that day.
    pub fn is_minor(&self, born_on: Date, today: Date) -> bool {
        is_minor(born_on, today, self.minimum_age)
    }

    /// The legal basis under which `authority` may file records of `kind`, if the basis with this id is one:
    /// it covers the kind, allows filing, and the authority licenses its profession.
    pub fn filing_basis(&self, authority: &str, kind: RecordKind, basis: &str) -> Option<&LegalBasis> {
        let authority = self.authorities.get(authority)?;
        let basis = self.bases.get(basis)?;
        (authority.record_kinds.contains(&kind)
            && authority.professions.contains(&basis.profession)
            && basis.allows(Permission::Collect, kind))
        .then_some(basis)
    }

    /// The name of a body: an authority, an inquirer, a court or an association. No two bodies share an id.
    pub fn body_name(&self, id: &str) -> Option<&Text2> {
        let authority = self.authorities.get(id).map(|body| &body.name);
        let inquirer = || self.inquirers.get(id).map(|body| &body.name);
        let court = || self.courts.get(id).map(|body| &body.name);
        let association = || self.associations.get(id).map(|body| &body.name);
        authority.or_else(inquirer).or_else(court).or_else(association)
    }

    /// The terms on which `body` may ask the person for consent to look for this purpose. None: it may not.
    pub fn consent_terms(&self, purpose: &str, body: &str) -> Option<&ByDay<ConsentTerms>> {
        let purpose = self.purposes.get(purpose)?;
        purpose.consent.as_ref().filter(|_| purpose.who.contains(body))
    }

    /// The legal basis under which `authority` may look for this purpose at records of `kind` in
    /// `profession`. None: it may not. An authority reaches only the professions that it licenses itself.
    pub fn inquiry_basis(
        &self,
        purpose: &str,
        authority: &str,
        profession: &str,
        kind: RecordKind,
    ) -> Option<&LegalBasis> {
        let purpose = self.purposes.get(purpose)?;
        let asking = self.authorities.get(authority)?;
        if !purpose.who.contains(authority)
            || !asking.professions.contains(profession)
            || !purpose.fields.contains_key(&kind)
        {
            return None;
        }
        let mut bases = purpose.bases.iter().filter_map(|id| self.bases.get(id));
        bases.find(|basis| basis.profession == profession && basis.allows(Permission::Inquire, kind))
    }
}

/// Whether somebody born on `born_on` is younger than `age` years on `today`; below [`YOUNGEST`] years
/// always.
pub fn is_minor(born_on: Date, today: Date, age: u32) -> bool {
    let of_age = after_months(born_on, age.max(YOUNGEST).saturating_mul(12));
    // In a year without 29 February the day before would be too early.
    if of_age.day() == born_on.day() {
        today < of_age
    } else {
        today <= of_age
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn somebody_comes_of_age_on_the_birthday() {
        assert!(is_minor(date(2008, 11, 24), date(2026, 11, 23), 18));
        assert!(!is_minor(date(2008, 11, 23), date(2026, 11, 23), 18));
        assert!(is_minor(date(2008, 2, 29), date(2026, 2, 28), 18));
        assert!(!is_minor(date(2008, 2, 29), date(2026, 3, 1), 18));
    }

    #[test]
    fn limit_5_a_profile_cannot_lower_the_age() {
        assert!(is_minor(date(2010, 1, 1), date(2026, 1, 1), 14));
        assert!(is_minor(date(2007, 1, 1), date(2026, 1, 1), 21));
    }
}
