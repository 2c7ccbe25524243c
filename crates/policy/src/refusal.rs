//! The closed list of refusals, each with a stable code.

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// Why an inquiry, or a request for consent, is refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
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

impl Refusal {
    /// Whether it is one at a ceiling of the day, which goes on to the reviewers.
    pub const fn at_ceiling(self) -> bool {
        matches!(self, Self::CeilingReached | Self::StaffCeilingReached)
    }
}

refusals! {
    /// No such purpose is registered.
    PurposeUnknown = "purpose-unknown",
    /// The body may not use this purpose.
    PurposeNotYours = "purpose-not-yours",
    /// The purpose has no legal basis: it is only used by consent.
    PurposeByConsentOnly = "purpose-by-consent-only",
    /// The authority does not license this profession, or no basis lets it look there.
    OtherProfession = "other-profession",
    /// The basis is not in force today.
    BasisNotInForce = "basis-not-in-force",
    /// A look under a law names a case.
    CaseMissing = "case-missing",
    /// A look under a law gives a reason.
    ReasonMissing = "reason-missing",
    /// The asker is not a named member of the body's staff.
    StaffUnknown = "staff-unknown",
    /// The account of this member of staff is stopped.
    StaffStopped = "staff-stopped",
    /// The body is stopped.
    MemberStopped = "member-stopped",
    /// The purpose's daily ceiling is reached.
    CeilingReached = "ceiling-reached",
    /// This member of staff has taken as many looks today as one may, whatever the purposes.
    StaffCeilingReached = "staff-ceiling-reached",
    /// The body may not ask for consent under this purpose.
    ConsentNotForYou = "consent-not-for-you",
    /// No consent with this identifier was given to this body for this purpose and profession.
    ConsentUnknown = "consent-unknown",
    /// The person has not answered yet, or did not answer in time.
    ConsentNotGiven = "consent-not-given",
    /// The person refused.
    ConsentRefused = "consent-refused",
    /// The first day of the consent is still to come.
    ConsentNotYet = "consent-not-yet",
    /// The person lets the consent rest.
    ConsentPaused = "consent-paused",
    /// The person took the consent back.
    ConsentRevoked = "consent-revoked",
    /// The last day of the consent is over.
    ConsentExpired = "consent-expired",
    /// Every look that the consent allows was taken.
    ConsentUsedUp = "consent-used-up",
    /// No such profession.
    ProfessionUnknown = "profession-unknown",
    /// A field that the purpose does not see is asked for.
    ConsentTooWide = "consent-too-wide",
    /// Nothing is asked for.
    ConsentForNothing = "consent-for-nothing",
    /// A consent without an end is asked for.
    ConsentWithoutEnd = "consent-without-end",
    /// It would end before it begins, or has ended already.
    ConsentOverBefore = "consent-over-before",
    /// It would last longer than the purpose allows.
    ConsentTooLong = "consent-too-long",
    /// More looks are asked for than the purpose allows.
    ConsentTooOften = "consent-too-often",
    /// The answer would be kept longer than the purpose allows.
    ConsentKeptTooLong = "consent-kept-too-long",
}
