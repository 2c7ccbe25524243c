//! What decisions do to licences: a suspension and a prohibition while they last, a revocation for good.
//!
//! The effect of a decision is kept beside its sealed content and outlives it. A decision reaches the licences
//! that bear the number that it names; a prohibition reaches every licence of the person in its profession.

use jiff::civil::Date;
use model::{RecordId, RecordKind, RecordStatus, VersionKind};
use profile::LicenceEffect;
use storage::StoreError;

use crate::{RecordView, licence::Licences, record::Version};

/// What decisions do to one licence on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Effects {
    /// It is revoked, or its holder may not practise: it is not in force.
    pub(crate) ended: bool,
    /// It is suspended.
    pub(crate) suspended: bool,
}

/// What a person's decisions do to `licence` on this day. `views` holds at least those that reach it.
pub(crate) fn on(today: Date, versions: &[Version], views: &[RecordView], licence: RecordId) -> Effects {
    let licences = Licences::of(versions.iter().map(|one| &one.head));
    let mut effects = Effects::default();
    let records = versions.chunk_by(|a, b| a.head.record == b.head.record);
    for head in records.filter_map(|record| Some(&record.last()?.head)) {
        let counts = head.kind == RecordKind::Decision
            && !matches!(head.change, VersionKind::Withdrawn | VersionKind::Restored)
            && head.starts_on.is_some_and(|day| day <= today);
        if !counts || !licences.reached(head).contains(&licence) {
            continue;
        }
        let lasts = views
            .iter()
            .any(|view| view.record == head.record && view.status == RecordStatus::InForce);
        match head.effect {
            LicenceEffect::Revokes => effects.ended = true,
            LicenceEffect::Prohibits => effects.ended |= lasts,
            LicenceEffect::Suspends => effects.suspended |= lasts,
            LicenceEffect::None => {}
        }
    }
    effects
}

/// The word that an effect is stored as.
pub(crate) fn word(effect: LicenceEffect) -> Option<&'static str> {
    match effect {
        LicenceEffect::None => None,
        LicenceEffect::Suspends => Some("suspends"),
        LicenceEffect::Revokes => Some("revokes"),
        LicenceEffect::Prohibits => Some("prohibits"),
    }
}

/// The effect that is stored as this word.
pub(crate) fn of_word(word: Option<&str>) -> Result<LicenceEffect, StoreError> {
    match word {
        None => Ok(LicenceEffect::None),
        Some("suspends") => Ok(LicenceEffect::Suspends),
        Some("revokes") => Ok(LicenceEffect::Revokes),
        Some("prohibits") => Ok(LicenceEffect::Prohibits),
        Some(_) => Err(StoreError::Shape("the effect of a decision is expected")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_read_back() {
        for effect in [
            LicenceEffect::None,
            LicenceEffect::Suspends,
            LicenceEffect::Revokes,
            LicenceEffect::Prohibits,
        ] {
            assert_eq!(of_word(word(effect)).unwrap(), effect);
        }
        assert!(of_word(Some("")).is_err());
    }
}
