//! Who takes part in a procedure, who does a step, and who is told.

use std::fmt;

use crate::MandateId;

/// A text is not the id of a body or of a member of staff.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
#[error("not the id of a body or a member of staff: 1 to 64 visible ASCII characters are expected")]
pub struct PartyIdError;

macro_rules! party_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes an id.
            ///
            /// # Errors
            /// When it is empty, too long, or has blanks or letters outside ASCII.
            pub fn new(id: impl Into<String>) -> Result<Self, PartyIdError> {
                let id = id.into();
                let fits = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
                if fits { Ok(Self(id)) } else { Err(PartyIdError) }
            }

            /// The id.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = PartyIdError;
            fn try_from(id: String) -> Result<Self, PartyIdError> {
                Self::new(id)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

party_ids! {
    /// An authority, by its id in the profile.
    AuthorityId;
    /// A reviewer, by the id of their account. Never a name.
    ReviewerId;
}

/// Who speaks for the person's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Speaker {
    /// The person themself.
    Person,
    /// A representative under this mandate.
    Representative(MandateId),
}

impl Speaker {
    /// Whom a notice to the person's side goes to: the person always, also where another speaks for them.
    pub fn parties(self) -> Vec<Party> {
        match self {
            Self::Person => vec![Party::Person],
            Self::Representative(mandate) => vec![Party::Person, Party::Representative(mandate)],
        }
    }
}

/// Who did a step.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// The person themself.
    Person,
    /// A representative of the person, under this mandate.
    Representative(MandateId),
    /// An authority.
    Authority(AuthorityId),
    /// A reviewer.
    Reviewer(ReviewerId),
    /// The installation, because of a day or a rule.
    Installation,
}

impl AuthorityId {
    /// A body that was given a record, for whoever is not to learn which. No body has such an id.
    pub fn some_recipient() -> Self {
        Self(":recipient".to_owned())
    }
}

impl Actor {
    /// In which role they act.
    pub const fn role(&self) -> Role {
        match self {
            Self::Person | Self::Representative(_) => Role::Person,
            Self::Authority(_) => Role::Authority,
            Self::Reviewer(_) => Role::Reviewer,
            Self::Installation => Role::Installation,
        }
    }
}

impl From<Speaker> for Actor {
    fn from(speaker: Speaker) -> Self {
        match speaker {
            Speaker::Person => Self::Person,
            Speaker::Representative(mandate) => Self::Representative(mandate),
        }
    }
}

named! {
    /// The role in which somebody does a step.
    Role {
        /// The person, or who represents them.
        Person = "person",
        /// An authority.
        Authority = "authority",
        /// A reviewer.
        Reviewer = "reviewer",
        /// The installation, by itself.
        Installation = "installation",
    }
}

/// Somebody to be told, or whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// The person.
    Person,
    /// Their representative under this mandate.
    Representative(MandateId),
    /// This authority.
    Authority(AuthorityId),
    /// This reviewer.
    Reviewer(ReviewerId),
    /// All reviewers: it is nobody's yet, or it is late.
    Reviewers,
    /// Every body that was given the record within the time that the profile names.
    Recipients,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_a_party_is_short_and_visible() {
        for good in ["a", "law-bureau", "staff/7", &"x".repeat(64)] {
            assert_eq!(AuthorityId::new(good).unwrap().as_str(), good);
        }
        for bad in ["", " ", "a b", "司法厅", "a\n", &"x".repeat(65)] {
            assert_eq!(ReviewerId::new(bad), Err(PartyIdError), "{bad:?}");
        }
        assert!(serde_json::from_str::<ReviewerId>("\"a b\"").is_err());
        assert_eq!(AuthorityId::new("law-bureau").unwrap().to_string(), "law-bureau");
    }

    #[test]
    fn the_person_is_told_also_where_another_speaks_for_them() {
        let mandate = MandateId::from_bytes([1; 16]);
        assert_eq!(Speaker::Person.parties(), [Party::Person]);
        let both = Speaker::Representative(mandate).parties();
        assert_eq!(both, [Party::Person, Party::Representative(mandate)]);
    }

    #[test]
    fn a_representative_acts_in_the_role_of_the_person_and_is_named() {
        let mandate = MandateId::from_bytes([1; 16]);
        let actor = Actor::from(Speaker::Representative(mandate));
        assert_eq!(actor, Actor::Representative(mandate));
        assert_eq!(
            (actor.role(), Actor::from(Speaker::Person).role()),
            (Role::Person, Role::Person)
        );
        assert_eq!(
            Actor::Authority(AuthorityId::new("a").unwrap()).role(),
            Role::Authority
        );
        assert_eq!(
            Actor::Reviewer(ReviewerId::new("r").unwrap()).role(),
            Role::Reviewer
        );
        assert_eq!(Actor::Installation.role(), Role::Installation);
    }

    #[test]
    fn actors_and_parties_read_back() {
        let actors = [
            Actor::Person,
            Actor::Representative(MandateId::from_bytes([1; 16])),
            Actor::Authority(AuthorityId::new("a").unwrap()),
            Actor::Installation,
        ];
        let json = serde_json::to_string(&actors).unwrap();
        assert_eq!(serde_json::from_str::<[Actor; 4]>(&json).unwrap(), actors);
        assert_eq!(
            serde_json::to_string(&Party::Recipients).unwrap(),
            "\"recipients\""
        );
    }
}
