//! Typed identifiers: sixteen bytes each, so that none can be given where another is meant.

use std::{fmt, str::FromStr};

use jiff::Timestamp;

use crate::{Randomness, RandomnessError};

/// A text is not an identifier of this kind.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
#[error("not an identifier: 32 hexadecimal digits, or 16 bytes, are expected")]
pub struct IdError;

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name([u8; 16]);

        impl $name {
            /// The identifier with these bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The identifier in these bytes, if there are sixteen.
            ///
            /// # Errors
            /// When there are more or fewer.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, IdError> {
                bytes.try_into().map(Self).map_err(|_| IdError)
            }

            /// Its bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut digits = [0; 32];
                hex::encode_to_slice(self.0, &mut digits).map_err(|_| fmt::Error)?;
                f.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let mut bytes = [0; 16];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| IdError)?;
                Ok(Self(bytes))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }
    )*};
}

identifiers! {
    /// The pseudonym under which a person is kept: a keyed hash of their identity number, never the number.
    /// It is also the shard key of every table about people.
    PersonId;
    /// One record, whatever its versions.
    RecordId;
    /// One submission of an authority.
    SubmissionId;
    /// One event about a person that is not a filing: a look, a certificate, a revocation.
    EventId;
    /// One certificate.
    CertificateId;
    /// One notice to a person.
    NoticeId;
    /// One procedure that a person opened: a dispute, a reconsideration, a restoration or a complaint.
    ProcedureId;
    /// One consent of a person to be looked at.
    ConsentId;
    /// One mandate under which a representative acts for a person.
    MandateId;
    /// One alert to authorities that license the same profession.
    AlertId;
    /// One file that a party put to a procedure.
    FileId;
    /// One proposal of an association that somebody is commended.
    ProposalId;
    /// One voluntary pledge that a person has made.
    PledgeId;
    /// One report of a breach. It follows from what is reported.
    BreachId;
}

/// Sixteen bytes in the order of time (UUID version 7, RFC 9562 section 5.7).
fn time_ordered(at: Timestamp, randomness: &dyn Randomness) -> Result<[u8; 16], RandomnessError> {
    let mut random = [0; 10];
    randomness.fill(&mut random)?;
    Ok(version_7(at, &random))
}

fn version_7(at: Timestamp, rest: &[u8; 10]) -> [u8; 16] {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, rest)
        .into_uuid()
        .into_bytes()
}

fn time_of(id: &[u8; 16]) -> Option<Timestamp> {
    let mut millis = [0; 8];
    millis[2..].copy_from_slice(&id[..6]);
    Timestamp::from_millisecond(i64::from_be_bytes(millis)).ok()
}

impl EventId {
    /// The identifier of the event that a request causes which may come twice: made of a time that the request names,
    /// and of a hash of what makes it one of a kind.
    pub fn of_request(at: Timestamp, hash: &[u8; 10]) -> Self {
        Self(version_7(at, hash))
    }
}

macro_rules! time_ordered {
    ($($name:ident)*) => {$(
        impl $name {
            /// A new identifier, in the order of time.
            ///
            /// # Errors
            /// When there is no randomness.
            pub fn new(at: Timestamp, randomness: &dyn Randomness) -> Result<Self, RandomnessError> {
                time_ordered(at, randomness).map(Self)
            }

            /// The time that it is made of.
            pub fn time(self) -> Option<Timestamp> {
                time_of(&self.0)
            }
        }
    )*};
}

time_ordered! {
    RecordId SubmissionId EventId CertificateId NoticeId ProcedureId ConsentId MandateId AlertId FileId ProposalId PledgeId
}

/// The place of a leaf in the log, counted from 0.
pub type LeafIndex = u64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_reads_back_from_its_text() {
        let id = RecordId::from_bytes([7; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("07".parse::<RecordId>(), Err(IdError));
        assert_eq!("zz".repeat(16).parse::<RecordId>(), Err(IdError));
    }

    /// Randomness that isn't any.
    struct Sevens;

    impl Randomness for Sevens {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
            bytes.fill(7);
            Ok(())
        }
    }

    #[test]
    fn an_event_that_a_request_causes_tells_the_time_that_it_is_called_after() {
        let at = Timestamp::from_millisecond(1_796_000_000_123).unwrap();
        assert_eq!(EventId::of_request(at, &[255; 10]).time(), Some(at));
        assert_eq!(EventId::from_bytes([255; 16]).time(), None, "after all years");
    }

    #[test]
    fn identifiers_sort_in_the_order_of_time() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let (early, late) = (
            ProcedureId::new(at(1), &Sevens).unwrap(),
            ProcedureId::new(at(2), &Sevens).unwrap(),
        );
        assert!(early < late);
        assert_eq!(
            MandateId::new(at(1), &Sevens).unwrap().as_bytes(),
            early.as_bytes()
        );
        assert_ne!(FileId::new(at(2), &Sevens).unwrap().as_bytes(), early.as_bytes());
    }
}
