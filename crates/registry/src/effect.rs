//! What decisions do to licences: a suspension and a prohibition while they last, a revocation for good.
//!
//! A revocation outlives the disclosure of its decision, its content and its restoration: that no longer counts about
//! the person, and the licence is still gone. Only a withdrawal, which says that it was never valid, gives it back.
//!
//! The effect of a decision is kept beside its sealed content and outlives it. A decision reaches the licences
//! that bear the number that it names; a prohibition reaches every licence of the person in its profession.

use jiff::civil::Date;
use model::{RecordKind, RecordStatus, VersionKind};
use profile::LicenceEffect;
use storage::StoreError;

use crate::{
    RecordView,
    licence::Licences,
    record::{Version, VersionHead},
};

/// Gives the licences in `views` the status that the person's decisions give them on this day. `versions`
/// stand record by record, the oldest version first; what they say is in `views`.
pub(crate) fn apply(today: Date, versions: &[Version], views: &mut [RecordView]) {
    let of_one = |a: &Version, b: &Version| a.head.record == b.head.record;
    let decided: Vec<(&VersionHead, RecordStatus)> = versions
        .chunk_by(of_one)
        .filter_map(|record| Some(&record.last()?.head))
        .filter_map(|head| Some((head, gives(head, today, views)?)))
        .collect();
    if decided.is_empty() {
        return;
    }
    let licences = Licences::of(versions.iter().map(|one| &one.head));
    for (decision, status) in decided {
        let reached = licences.reached(decision);
        for view in views.iter_mut().filter(|view| reached.contains(&view.record)) {
            let under = view.status.under(status);
            if under != view.status {
                view.status = under;
                view.decided_by.clear();
            }
            if under == status {
                view.decided_by.push(decision.record);
            }
        }
    }
}

/// The status that a decision gives, on this day, to the licences that it reaches. A revocation outlives the
/// decision's disclosure, its content and its restoration; a suspension and a prohibition end after the day that they name,
/// and with the disclosure at the latest.
fn gives(decision: &VersionHead, today: Date, views: &[RecordView]) -> Option<RecordStatus> {
    let counts = decision.kind == RecordKind::Decision
        && decision.change != VersionKind::Withdrawn
        && decision.starts_on.is_some_and(|day| day <= today);
    let lasts = || {
        views.iter().any(|view| {
            view.record == decision.record
                && view.status == RecordStatus::InForce
                && view.days.restricts_until.is_none_or(|last| today <= last)
        })
    };
    match decision.effect {
        LicenceEffect::Revokes if counts => Some(RecordStatus::Revoked),
        LicenceEffect::Prohibits if counts && lasts() => Some(RecordStatus::Prohibited),
        LicenceEffect::Suspends if counts && lasts() => Some(RecordStatus::Suspended),
        _ => None,
    }
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
