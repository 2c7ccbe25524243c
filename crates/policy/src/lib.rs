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
    /// what is in force is seen: what has ended, was withdrawn or restored is the person's own affair. A
    /// licence is seen whether or not it may be used today, which its status answers.
    pub fn sees(
        &self,
        kind: RecordKind,
        profession: &str,
        status: RecordStatus,
    ) -> Option<&BTreeSet<String>> {
        if profession != self.profession {
            return None;
        }
        match (kind, status) {
            // One that is over, suspended or revoked is the answer to whether somebody may practise.
            (
                RecordKind::Licence,
                RecordStatus::Pending
                | RecordStatus::Suspended
                | RecordStatus::Prohibited
                | RecordStatus::Revoked
                | RecordStatus::Expired,
            )
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
    let purpose = profile
        .purposes
        .get(inquiry.purpose)
        .ok_or(Refusal::PurposeUnknown)?;
    if !purpose.who.contains(inquiry.authority) {
        return Err(Refusal::PurposeNotYours);
    }
    let basis_for =
        |kind| profile.inquiry_basis(inquiry.purpose, inquiry.authority, inquiry.profession, kind);
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::civil::date;

    use super::*;

    fn profile() -> Profile {
        Profile::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/gansu")).unwrap()
    }

    fn inquiry<'a>() -> Inquiry<'a> {
        Inquiry {
            authority: "law-bureau",
            purpose: "licensing-renewal",
            profession: "lawyer",
            today: date(2026, 11, 23),
            looks_today: 0,
        }
    }

    #[test]
    fn the_licensing_authority_sees_the_fields_of_its_purpose() {
        let grant = decide(&profile(), inquiry()).unwrap();
        let fields = grant
            .sees(RecordKind::Licence, "lawyer", RecordStatus::InForce)
            .unwrap();
        assert!(fields.contains("licence_number"));
        assert!(!fields.contains("id_number"));
    }

    #[test]
    fn every_refusal_has_its_own_code() {
        let profile = profile();
        let refused = |inquiry| decide(&profile, inquiry).unwrap_err();
        assert_eq!(
            refused(Inquiry {
                purpose: "curiosity",
                ..inquiry()
            }),
            Refusal::PurposeUnknown
        );
        assert_eq!(
            refused(Inquiry {
                authority: "post-office",
                ..inquiry()
            }),
            Refusal::PurposeNotYours
        );
        assert_eq!(
            refused(Inquiry {
                profession: "doctor",
                ..inquiry()
            }),
            Refusal::OtherProfession
        );
        assert_eq!(
            refused(Inquiry {
                today: date(1950, 1, 1),
                ..inquiry()
            }),
            Refusal::BasisNotInForce
        );
        assert_eq!(
            refused(Inquiry {
                looks_today: 1_000_000,
                ..inquiry()
            }),
            Refusal::CeilingReached
        );
        let codes: BTreeSet<&str> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
        assert_eq!(codes.len(), Refusal::ALL.len());
    }

    #[test]
    fn limit_3_a_grant_in_one_profession_sees_nothing_of_another() {
        let grant = decide(&profile(), inquiry()).unwrap();
        for kind in RecordKind::ALL {
            assert_eq!(grant.sees(*kind, "tour-guide", RecordStatus::InForce), None);
        }
    }

    #[test]
    fn what_has_ended_is_the_persons_own_affair() {
        let grant = decide(&profile(), inquiry()).unwrap();
        let others = RecordStatus::ALL
            .iter()
            .filter(|status| **status != RecordStatus::InForce);
        for (kind, status) in others.flat_map(|status| {
            let but_licences = RecordKind::ALL
                .iter()
                .filter(|kind| **kind != RecordKind::Licence);
            but_licences.map(move |kind| (*kind, *status))
        }) {
            assert_eq!(grant.sees(kind, "lawyer", status), None, "{kind} {status}");
        }
    }

    #[test]
    fn a_licence_is_seen_whether_or_not_it_may_be_used_today() {
        let grant = decide(&profile(), inquiry()).unwrap();
        let unseen: Vec<RecordStatus> = RecordStatus::ALL
            .iter()
            .copied()
            .filter(|status| grant.sees(RecordKind::Licence, "lawyer", *status).is_none())
            .collect();
        let gone = [
            RecordStatus::Withdrawn,
            RecordStatus::Restored,
            RecordStatus::Erased,
        ];
        assert_eq!(unseen, gone);
    }

    #[test]
    fn limit_7_a_ceiling_holds_for_every_purpose() {
        let profile = profile();
        for (id, purpose) in &profile.purposes {
            assert!(
                purpose.daily_ceiling > 0 && purpose.daily_ceiling <= profile::HIGHEST_DAILY_CEILING,
                "{id}"
            );
        }
        let last = u64::from(profile.purposes["licensing-renewal"].daily_ceiling);
        assert!(
            decide(
                &profile,
                Inquiry {
                    looks_today: last - 1,
                    ..inquiry()
                }
            )
            .is_ok()
        );
        assert!(
            decide(
                &profile,
                Inquiry {
                    looks_today: last,
                    ..inquiry()
                }
            )
            .is_err()
        );
    }
}
