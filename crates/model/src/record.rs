//! Records: their kinds, the kinds of their versions, and the status worked out from dates and the day.

use jiff::civil::Date;

named! {
    /// The four kinds of official fact that Standing keeps. There is no fifth.
    RecordKind {
        /// A licence or registration to practise a profession.
        Licence = "licence",
        /// A disciplinary decision on a practitioner, with its notice of remedies.
        Decision = "decision",
        /// Training completed.
        Training = "training",
        /// A commendation.
        Commendation = "commendation",
    }
}

named! {
    /// What a version of a record did. A record is never overwritten: it gets another version.
    VersionKind {
        /// The first version: the record as it was filed.
        Filed = "filed",
        /// The authority put it right.
        Corrected = "corrected",
        /// The authority took it back: it should not have been filed.
        Withdrawn = "withdrawn",
        /// The record was restored (修复): it is no longer disclosed, before its period is over.
        Restored = "restored",
    }
}

named! {
    /// The status of a record on a day. It is worked out when asked and never stored. Only a licence is
    /// suspended, prohibited or revoked: by a decision that reaches it.
    RecordStatus {
        /// Filed, but its first day is still to come.
        Pending = "pending",
        /// In force (licence, decision) or shown (training, commendation).
        InForce = "in-force",
        /// A decision suspends it for a time.
        Suspended = "suspended",
        /// A decision prohibits for a time that its holder practises the profession.
        Prohibited = "prohibited",
        /// A decision ended it for good.
        Revoked = "revoked",
        /// Its last day is over; it is kept until the retention period ends. Unless it is a licence, it is shown
        /// to the person alone.
        Expired = "expired",
        /// Taken back by the authority.
        Withdrawn = "withdrawn",
        /// Restored before its period was over.
        Restored = "restored",
        /// Its retention period is over; its content is destroyed or about to be.
        Erased = "erased",
    }
}

impl RecordStatus {
    /// The status on the day `today` of a record whose latest version is of kind `latest`, that is in
    /// force (or disclosed) from `starts_on` to `ends_on`, both included, and kept to `kept_until`.
    pub fn on(
        today: Date,
        latest: VersionKind,
        starts_on: Date,
        ends_on: Option<Date>,
        kept_until: Option<Date>,
    ) -> Self {
        match latest {
            _ if kept_until.is_some_and(|day| day < today) => Self::Erased,
            VersionKind::Withdrawn => Self::Withdrawn,
            VersionKind::Restored => Self::Restored,
            VersionKind::Filed | VersionKind::Corrected if today < starts_on => Self::Pending,
            VersionKind::Filed | VersionKind::Corrected if ends_on.is_some_and(|day| day < today) => {
                Self::Expired
            }
            VersionKind::Filed | VersionKind::Corrected => Self::InForce,
        }
    }

    /// The status of a licence of status `self` that a decision gives the status `decided`. What is revoked
    /// stays so for good; a suspension or a prohibition is only of a licence that would be in force without it.
    /// The graver one counts.
    #[must_use]
    pub const fn under(self, decided: Self) -> Self {
        match (self, decided) {
            (
                Self::Pending | Self::InForce | Self::Suspended | Self::Prohibited | Self::Expired,
                Self::Revoked,
            )
            | (Self::InForce | Self::Suspended, Self::Prohibited)
            | (Self::InForce, Self::Suspended) => decided,
            _ => self,
        }
    }

    /// Whether a certificate can be issued about a licence of this status, which it then says: one that is in
    /// force, or suspended.
    pub const fn can_be_certified(self) -> bool {
        matches!(self, Self::InForce | Self::Suspended)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_last_day_counts_and_the_next_does_not() {
        let status = |today| {
            RecordStatus::on(
                today,
                VersionKind::Filed,
                date(2026, 1, 1),
                Some(date(2026, 3, 31)),
                Some(date(2031, 3, 31)),
            )
        };
        assert_eq!(status(date(2025, 12, 31)), RecordStatus::Pending);
        assert_eq!(status(date(2026, 1, 1)), RecordStatus::InForce);
        assert_eq!(status(date(2026, 3, 31)), RecordStatus::InForce);
        assert_eq!(status(date(2026, 4, 1)), RecordStatus::Expired);
        assert_eq!(status(date(2031, 3, 31)), RecordStatus::Expired);
        assert_eq!(status(date(2031, 4, 1)), RecordStatus::Erased);
    }

    #[test]
    fn correction_withdrawal_restoration_and_expiry_are_four_different_ends() {
        let on = |kind| RecordStatus::on(date(2026, 2, 1), kind, date(2026, 1, 1), None, None);
        assert_eq!(on(VersionKind::Corrected), RecordStatus::InForce);
        assert_eq!(on(VersionKind::Withdrawn), RecordStatus::Withdrawn);
        assert_eq!(on(VersionKind::Restored), RecordStatus::Restored);
    }

    #[test]
    fn a_revocation_is_for_good_and_a_suspension_or_prohibition_is_of_what_would_be_in_force() {
        use RecordStatus::{
            Erased, Expired, InForce, Pending, Prohibited, Restored, Revoked, Suspended, Withdrawn,
        };
        for status in [Pending, InForce, Suspended, Prohibited, Revoked, Expired] {
            assert_eq!(status.under(Revoked), Revoked, "{status}");
        }
        for decided in [Suspended, Prohibited] {
            assert_eq!(InForce.under(decided), decided);
            for status in [Pending, Revoked, Expired] {
                assert_eq!(status.under(decided), status);
            }
        }
        for status in [Withdrawn, Restored, Erased] {
            for decided in [Suspended, Prohibited, Revoked] {
                assert_eq!(status.under(decided), status, "a decision reaches nothing there");
            }
        }
    }

    #[test]
    fn of_several_decisions_the_gravest_counts_in_whichever_order_they_come() {
        use RecordStatus::{InForce, Prohibited, Revoked, Suspended};
        for (a, b) in [
            (Suspended, Prohibited),
            (Suspended, Revoked),
            (Prohibited, Revoked),
        ] {
            assert_eq!(InForce.under(a).under(b), b);
            assert_eq!(InForce.under(b).under(a), b);
        }
    }

    #[test]
    fn what_is_revoked_prohibited_or_over_is_not_certified() {
        let certified = RecordStatus::ALL
            .iter()
            .filter(|status| status.can_be_certified());
        let certified: Vec<_> = certified.collect();
        assert_eq!(certified, [&RecordStatus::InForce, &RecordStatus::Suspended]);
    }

    #[test]
    fn words_read_back() {
        for kind in RecordKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
        for status in RecordStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
        }
        assert!("score".parse::<RecordKind>().is_err());
    }
}
