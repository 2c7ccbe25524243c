//! Pure decisions: what an inquiry may see, or a coded refusal. No clock, no store, no settings.
//!
//! What is granted is a [`Grant`], and only a grant opens records to a body ([`Grant::sees`]). It cannot be
//! made by hand, so that no operation can forget to ask.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::{RecordKind, RecordStatus};
use profile::{Profile, Purpose};

/// A body's wish to look at one person's records.
#[derive(Debug, Clone, Copy)]
pub struct Inquiry<'a> {
    /// The authority that asks.
    pub authority: &'a str,
    /// The registered purpose that it names.
    pub purpose: &'a str,
    /// The profession that it asks about.
    pub profession: &'a str,
    /// The day.
    pub today: Date,
    /// How many looks the asker has taken today under this purpose, without this one.
    pub looks_today: u64,
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// Why an inquiry is refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Refusal { $($(#[$doc])* $name,)* }

        impl Refusal {
            /// Every one.
            pub const ALL: &'static [Refusal] = &[$(Refusal::$name,)*];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Refusal::$name => $code,)* }
            }
        }
    };
}

refusals! {
    /// No such purpose is registered.
    PurposeUnknown = "purpose-unknown",
    /// The authority may not use this purpose.
    PurposeNotYours = "purpose-not-yours",
    /// The authority does not license this profession, or no basis lets it look there.
    OtherProfession = "other-profession",
    /// The basis is not in force today.
    BasisNotInForce = "basis-not-in-force",
    /// The purpose's daily ceiling is reached.
    CeilingReached = "ceiling-reached",
}

/// What a granted inquiry may see: records in one profession, of certain kinds, and certain fields of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    profession: String,
    basis: String,
    fields: BTreeMap<RecordKind, BTreeSet<String>>,
    shows_after_days: u32,
}

impl Grant {
    /// The legal basis of the grant.
    pub fn basis(&self) -> &str {
        &self.basis
    }

    /// After how many days at the latest the look shows to the person. 0: at once.
    pub fn shows_after_days(&self) -> u32 {
        self.shows_after_days
    }

    /// The fields that may be seen of a record of this kind, in this profession, with this status. Only
    /// what is in force is seen: what has ended, was withdrawn or restored is the person's own affair.
    pub fn sees(&self, kind: RecordKind, profession: &str, status: RecordStatus) -> Option<&BTreeSet<String>> {
        if profession != self.profession {
            return None;
        }
        match (kind, status) {
            // An expired licence is the answer to whether somebody may practise.
            (RecordKind::Licence, RecordStatus::InForce | RecordStatus::Pending | RecordStatus::Expired)
            | (_, RecordStatus::InForce) => self.fields.get(&kind),
            _ => None,
        }
    }
}

/// Decides an inquiry.
///
/// # Errors
/// The [`Refusal`], with a code of its own.
pub fn decide(profile: &Profile, inquiry: Inquiry<'_>) -> Result<Grant, Refusal> {
    let purpose = profile.purposes.get(inquiry.purpose).ok_or(Refusal::PurposeUnknown)?;
    if !purpose.who.contains(inquiry.authority) {
        return Err(Refusal::PurposeNotYours);
    }
    let basis_for = |kind| profile.inquiry_basis(inquiry.purpose, inquiry.authority, inquiry.profession, kind);
    let bases: Vec<_> = purpose.fields.keys().filter_map(|kind| Some((*kind, basis_for(*kind)?))).collect();
    if bases.is_empty() {
        return Err(Refusal::OtherProfession);
    }
    let in_force: Vec<_> =
        bases.into_iter().filter(|(_, basis)| basis.in_force_on(inquiry.today).is_some()).collect();
    let basis = in_force.first().ok_or(Refusal::BasisNotInForce)?.1;
    if inquiry.looks_today >= u64::from(purpose.daily_ceiling) {
        return Err(Refusal::CeilingReached);
    }
    let reached: BTreeSet<RecordKind> = in_force.iter().map(|(kind, _)| *kind).collect();
    let fields = purpose.fields.iter().filter(|(kind, _)| reached.contains(kind));
    let fields: BTreeMap<_, _> = fields.map(|(kind, fields)| (*kind, fields.clone())).collect();
    Ok(Grant {
        profession: inquiry.profession.to_owned(),
        basis: basis.id.clone(),
        fields,
        shows_after_days: delay(purpose),
    })
}

fn delay(purpose: &Purpose) -> u32 {
    purpose.delay.as_ref().map_or(0, |delay| delay.days)
}
