//! Asks that a person be told at an address: a letter with a code goes there.

use model::{NoticeId, PersonId, Randomness, RandomnessError};
use storage::Access;

use super::{
    ASKS, ASKS_WITHIN, DIGITS, EmailError, HOLDS, TRIES,
    store::{self, Asked, Content},
};
use crate::{Registry, RegistryError, mail, person};

impl Registry {
    /// Takes an address that a person gives, and has a letter with a code sent to it. Until the code is entered
    /// ([`Registry::confirm_email`]) the address before it stays on file. An earlier code is worth nothing any more.
    ///
    /// # Errors
    /// [`EmailError`]: it is no address, nobody is known, or no more codes are sent today.
    pub async fn ask_email(&self, person: PersonId, address: &str) -> Result<(), EmailError> {
        let address = address.trim().to_owned();
        if !mail::is_address(&address) {
            return Err(EmailError::NoAddress);
        }
        let this = self.clone();
        self.store
            .run_async("email.ask", Access::Write, move |tx| {
                let at = this.clock.now();
                let now = at.as_second();
                let known = person::find_one(tx, &this.keys, person)?.ok_or(EmailError::NobodyKnown)?;
                let before = store::find(tx, &this.keys, person)?;
                let (asks, asks_since) = match before {
                    Some(before) if now - before.asks_since < ASKS_WITHIN => (before.asks, before.asks_since),
                    _ => (0, now),
                };
                if asks >= ASKS {
                    return Err(EmailError::TooOften);
                }
                let asked = Asked {
                    content: Some(Content {
                        address: address.clone(),
                        code: new_code(&*this.randomness).map_err(RegistryError::from)?,
                    }),
                    state: String::new(),
                    expires_at: now + HOLDS,
                    tries_left: TRIES,
                    asks: asks + 1,
                    asks_since,
                };
                let job = NoticeId::new(at, &*this.randomness).map_err(RegistryError::from)?;
                Ok(store::put(tx, &this, (person, &known.key), job, &asked, now)?)
            })
            .await
    }
}

/// A new code: so many digits, each code as likely as the next to within one in a hundred thousand million.
fn new_code(randomness: &dyn Randomness) -> Result<String, RandomnessError> {
    let mut bytes = [0; 8];
    randomness.fill(&mut bytes)?;
    let number = u64::from_be_bytes(bytes) % 10_u64.pow(DIGITS as u32);
    Ok(format!("{number:0DIGITS$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bytes([u8; 8]);

    impl Randomness for Bytes {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
            bytes.copy_from_slice(&self.0[..bytes.len()]);
            Ok(())
        }
    }

    #[test]
    fn a_code_has_all_its_digits_also_when_it_begins_with_noughts() {
        assert_eq!(new_code(&Bytes([0; 8])).unwrap(), "00000000");
        assert_eq!(
            new_code(&Bytes(1_234_567_890_u64.to_be_bytes())).unwrap(),
            "34567890"
        );
    }
}
