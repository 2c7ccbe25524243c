//! Sessions: who a visitor is, in a signed cookie. The server keeps none, so that a start or another process knows
//! every session; a session ends by itself after [`LASTS`] seconds. Those that were signed out of are remembered until
//! then, so that a copied cookie opens nothing.
//!
//! The cookie holds a pseudonym or the ids of a body and an account, never a name or number. It is signed with
//! HMAC-SHA-256 (RFC 2104) under a key that is the installation's.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use model::{MandateId, PersonId, Randomness, RandomnessError, procedure::ReviewerId};
use ring::hmac;

/// The name of the session's cookie.
pub(crate) const COOKIE: &str = "standing_session";

/// How long a session lasts, in seconds: four hours.
pub(crate) const LASTS: u64 = 4 * 60 * 60;

/// Keeps a signature made for something else under the same key from passing for a session.
const CONTEXT: &[u8] = b"standing session v1\0";

/// Who a visitor is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Role {
    /// Nobody yet: they have opened a form that needs a token, such as the sign-in.
    Nobody,
    /// The person whom records are about.
    Person(PersonId),
    /// A member of a body's staff, by the ids of both: of an authority or of an inquirer.
    Staff {
        /// The body.
        body: String,
        /// The account.
        staff: String,
    },
    /// A reviewer.
    Reviewer(ReviewerId),
}

/// A session, as the cookie holds it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Session {
    pub(crate) role: Role,
    /// The token that every form of this session carries.
    pub(crate) token: String,
    /// The mandate under which the person acts for somebody else now.
    #[serde(default)]
    pub(crate) acting: Option<MandateId>,
    /// When it ends, in seconds after 1970.
    pub(crate) ends_at: i64,
}

impl Session {
    /// A new session with a new token.
    pub(crate) fn start(
        role: Role,
        now: Timestamp,
        randomness: &dyn Randomness,
    ) -> Result<Self, RandomnessError> {
        let mut token = [0; 16];
        randomness.fill(&mut token)?;
        let ends_at = now.as_second().saturating_add_unsigned(LASTS);
        Ok(Self {
            role,
            token: URL_SAFE_NO_PAD.encode(token),
            acting: None,
            ends_at,
        })
    }

    /// The same person for themself or for somebody else, with a token of its own: a form that was opened for one is
    /// not taken for the other. It ends when this one would have.
    pub(crate) fn switch(
        &self,
        acting: Option<MandateId>,
        now: Timestamp,
        randomness: &dyn Randomness,
    ) -> Result<Self, RandomnessError> {
        Ok(Self {
            acting,
            ends_at: self.ends_at,
            ..Self::start(self.role.clone(), now, randomness)?
        })
    }

    /// The cookie's value.
    pub(crate) fn sign(&self, key: &hmac::Key) -> String {
        // Strings, numbers and a pseudonym always have a JSON form.
        let body = serde_json::to_vec(self).unwrap_or_default();
        let tag = hmac::sign(key, &signed(&body));
        format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(&body),
            URL_SAFE_NO_PAD.encode(tag.as_ref())
        )
    }

    /// The session in a cookie's value, if we signed it and it has not ended.
    pub(crate) fn read(value: &str, key: &hmac::Key, now: Timestamp) -> Option<Self> {
        let (body, tag) = value.split_once('.')?;
        let (body, tag) = (
            URL_SAFE_NO_PAD.decode(body).ok()?,
            URL_SAFE_NO_PAD.decode(tag).ok()?,
        );
        hmac::verify(key, &signed(&body), &tag).ok()?;
        let session: Self = serde_json::from_slice(&body).ok()?;
        (now.as_second() < session.ends_at).then_some(session)
    }

    /// Whether a form's token is this session's, in a time that does not tell how much of it is.
    pub(crate) fn accepts(&self, token: &str, key: &hmac::Key) -> bool {
        let ours = hmac::sign(key, self.token.as_bytes());
        hmac::verify(key, token.as_bytes(), ours.as_ref()).is_ok()
    }
}

/// The most sessions that were left and are remembered. What is beyond ends by itself, hours later.
const MOST_LEFT: usize = 100_000;

/// Sessions that were signed out of before their end, by their tokens, until that end. A start forgets them.
#[derive(Default)]
pub(crate) struct Left(Mutex<HashMap<String, i64>>);

impl Left {
    /// From now on this session is none.
    pub(crate) fn leave(&self, session: &Session, now: Timestamp) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        left.retain(|_, ends_at| now.as_second() < *ends_at);
        if left.len() < MOST_LEFT {
            left.insert(session.token.clone(), session.ends_at);
        }
    }

    /// Whether somebody signed out of it.
    pub(crate) fn has(&self, session: &Session) -> bool {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        left.contains_key(&session.token)
    }
}

fn signed(body: &[u8]) -> Vec<u8> {
    [CONTEXT, body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);
    impl Randomness for Counting {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
            bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
            Ok(())
        }
    }

    fn key() -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[7; 32])
    }

    fn session() -> Session {
        let role = Role::Person(PersonId::from_bytes([3; 16]));
        Session::start(role, Timestamp::UNIX_EPOCH, &Counting(1.into())).unwrap()
    }

    #[test]
    fn a_session_reads_back_until_it_ends() {
        let value = session().sign(&key());
        let at = |second: u64| Timestamp::from_second(second.try_into().unwrap()).unwrap();
        assert_eq!(Session::read(&value, &key(), at(LASTS - 1)), Some(session()));
        assert_eq!(Session::read(&value, &key(), at(LASTS)), None);
    }

    #[test]
    fn a_session_that_was_altered_or_signed_with_another_key_is_none() {
        let value = session().sign(&key());
        let now = Timestamp::UNIX_EPOCH;
        for at in 0..value.len() {
            let mut bytes = value.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(bytes).unwrap();
            assert_eq!(Session::read(&altered, &key(), now), None, "byte {at}");
        }
        let other = hmac::Key::new(hmac::HMAC_SHA256, &[8; 32]);
        assert_eq!(Session::read(&value, &other, now), None);
        assert_eq!(Session::read("", &key(), now), None);
    }

    #[test]
    fn a_form_needs_the_token_of_its_own_session() {
        let randomness = Counting(1.into());
        let start = || Session::start(Role::Nobody, Timestamp::UNIX_EPOCH, &randomness).unwrap();
        let (one, two) = (start(), start());
        assert!(one.accepts(&one.token, &key()));
        assert!(!one.accepts(&two.token, &key()));
        assert!(!one.accepts("", &key()));
    }
}
