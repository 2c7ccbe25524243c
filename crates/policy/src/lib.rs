//! Pure decisions: what an inquiry may see, or a coded refusal. No clock, no store, no settings.
//!
//! What is granted is a [`Grant`], and only a grant opens records to a body ([`Grant::sees`]). It cannot be
//! made by hand, so that no operation can forget to ask.

mod consent;
mod grant;
mod refusal;
#[cfg(test)]
mod table;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::{
    RecordKind,
    consent::{Consent, ConsentStanding, FieldsByKind},
};
use profile::{Profile, Purpose};

pub use consent::{ConsentRequest, consent_ceiling, consent_on, decide_consent_request};
pub use grant::{BY_CONSENT, Grant};
pub use refusal::Refusal;

/// A body's wish to look at one person's records.
#[derive(Debug, Clone, Copy)]
pub struct Inquiry<'a> {
    /// The body that asks: an authority, or an inquirer.
    pub body: &'a str,
    /// The registered purpose that it names.
    pub purpose: &'a str,
    /// The profession that it asks about.
    pub profession: &'a str,
    /// What allows it.
    pub under: Under<'a>,
    /// Who asks for the body.
    pub asker: Asker,
    /// The day.
    pub today: Date,
}

/// What allows a look.
#[derive(Debug, Clone, Copy)]
pub enum Under<'a> {
    /// A law, in a case and for a reason.
    Law {
        /// Which case, as the body calls it.
        case_reference: &'a str,
        /// Why, in words.
        reason: &'a str,
    },
    /// The person's consent. None: there is none with the identifier that was given.
    Consent(Option<Given<'a>>),
}

/// A consent with whom it was given to, and for what.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The body that asked for it.
    pub to: &'a str,
    /// The registered purpose.
    pub purpose: &'a str,
    /// The day on which it was asked for.
    pub asked_on: Date,
    /// The consent.
    pub consent: &'a Consent,
}

/// A member of staff, as far as a decision depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staff {
    /// Nobody is named who asks so.
    Unknown,
    /// Named, and may ask.
    Active,
    /// Named, and the account is stopped.
    Stopped,
}

/// Who asks for the body, and how much was asked before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// The member of staff.
    pub staff: Staff,
    /// Whether the body is stopped.
    pub member_stopped: bool,
    /// How many looks the member of staff has taken today under this purpose, without this one.
    pub looks_today: u64,
    /// How many looks the member of staff has taken today under all purposes, without this one.
    pub staff_looks_today: u64,
}

/// Decides an inquiry.
///
/// # Errors
/// The [`Refusal`], with a code of its own.
pub fn decide(profile: &Profile, inquiry: Inquiry<'_>) -> Result<Grant, Refusal> {
    let purpose = profile
        .purposes
        .get(inquiry.purpose)
        .ok_or(Refusal::PurposeUnknown)?;
    if !purpose.who.contains(inquiry.body) {
        return Err(Refusal::PurposeNotYours);
    }
    may_ask(inquiry.asker)?;
    let grant = match inquiry.under {
        Under::Law {
            case_reference,
            reason,
        } => {
            let grant = by_law(profile, purpose, &inquiry)?;
            if case_reference.trim().is_empty() {
                return Err(Refusal::CaseMissing);
            }
            if reason.trim().is_empty() {
                return Err(Refusal::ReasonMissing);
            }
            grant
        }
        Under::Consent(given) => by_consent(profile, &inquiry, given)?,
    };
    below_ceilings(profile, purpose, inquiry.asker, inquiry.today)?;
    Ok(grant)
}

/// Whether this member of staff is below the day's ceilings: of the purpose, and of all.
///
/// # Errors
/// When one of them is reached ([`Refusal::at_ceiling`]).
fn below_ceilings(profile: &Profile, purpose: &Purpose, asker: Asker, today: Date) -> Result<(), Refusal> {
    if asker.looks_today >= u64::from(purpose.daily_ceiling.on(today).number) {
        return Err(Refusal::CeilingReached);
    }
    if asker.staff_looks_today >= u64::from(profile.oversight.on(today).staff_ceiling_per_day) {
        return Err(Refusal::StaffCeilingReached);
    }
    Ok(())
}

/// Whether this member of this body may ask for anything at all.
///
/// # Errors
/// When nobody is named so, or the account or the body is stopped.
fn may_ask(asker: Asker) -> Result<(), Refusal> {
    if asker.member_stopped {
        return Err(Refusal::MemberStopped);
    }
    match asker.staff {
        Staff::Unknown => Err(Refusal::StaffUnknown),
        Staff::Stopped => Err(Refusal::StaffStopped),
        Staff::Active => Ok(()),
    }
}

fn by_law(profile: &Profile, purpose: &Purpose, inquiry: &Inquiry<'_>) -> Result<Grant, Refusal> {
    if purpose.bases.is_empty() {
        return Err(Refusal::PurposeByConsentOnly);
    }
    let basis_for = |kind| profile.inquiry_basis(inquiry.purpose, inquiry.body, inquiry.profession, kind);
    let bases: Vec<_> = purpose
        .fields
        .keys()
        .filter_map(|kind| Some((*kind, basis_for(*kind)?)))
        .collect();
    if bases.is_empty() {
        return Err(Refusal::OtherProfession);
    }
    let in_force: Vec<_> = bases
        .into_iter()
        .filter(|(_, basis)| basis.in_force_on(inquiry.today).is_some())
        .collect();
    let basis = in_force.first().ok_or(Refusal::BasisNotInForce)?.1;
    let reached: BTreeSet<RecordKind> = in_force.iter().map(|(kind, _)| *kind).collect();
    let fields = purpose.fields.iter().filter(|(kind, _)| reached.contains(kind));
    Ok(Grant {
        profession: inquiry.profession.to_owned(),
        basis: basis.id.clone(),
        fields: fields.map(|(kind, fields)| (*kind, fields.clone())).collect(),
        shows_after_days: purpose
            .delay
            .as_ref()
            .map_or(0, |delay| delay.on(inquiry.today).days),
    })
}

fn by_consent(profile: &Profile, inquiry: &Inquiry<'_>, given: Option<Given<'_>>) -> Result<Grant, Refusal> {
    if profile.consent_terms(inquiry.purpose, inquiry.body).is_none() {
        return Err(Refusal::ConsentNotForYou);
    }
    let given = given
        .filter(|given| given.to == inquiry.body && given.purpose == inquiry.purpose)
        .filter(|given| given.consent.asked().profession == inquiry.profession)
        .ok_or(Refusal::ConsentUnknown)?;
    // What was asked for or granted under a higher ceiling holds no further than the one of today.
    let consent = consent_on(profile, &given, inquiry.today);
    match consent.standing(inquiry.today) {
        ConsentStanding::Granted => {}
        ConsentStanding::Asked | ConsentStanding::Lapsed => return Err(Refusal::ConsentNotGiven),
        ConsentStanding::Refused => return Err(Refusal::ConsentRefused),
        ConsentStanding::NotYet => return Err(Refusal::ConsentNotYet),
        ConsentStanding::Paused => return Err(Refusal::ConsentPaused),
        ConsentStanding::Revoked => return Err(Refusal::ConsentRevoked),
        ConsentStanding::Expired => return Err(Refusal::ConsentExpired),
        ConsentStanding::UsedUp => return Err(Refusal::ConsentUsedUp),
    }
    let permit = consent.permit().ok_or(Refusal::ConsentNotGiven)?;
    Ok(Grant {
        profession: permit.terms.profession.clone(),
        basis: BY_CONSENT.to_owned(),
        // Never more than was asked for, whatever is stored.
        fields: narrowed(&consent.asked().fields, &permit.terms.fields),
        shows_after_days: 0,
    })
}

/// What both see.
fn narrowed(one: &FieldsByKind, other: &FieldsByKind) -> FieldsByKind {
    let common = one.iter().filter_map(|(kind, fields)| {
        let fields: BTreeSet<String> = fields.intersection(other.get(kind)?).cloned().collect();
        (!fields.is_empty()).then_some((*kind, fields))
    });
    common.collect::<BTreeMap<_, _>>()
}

#[cfg(test)]
mod tests;
