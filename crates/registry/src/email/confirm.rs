//! Confirms an address by the code in the letter to it.

use model::PersonId;
use ring::hmac;
use storage::Access;

use super::{DIGITS, EmailError, store};
use crate::{Registry, RegistryError, mail, person};

/// What became of a code that was entered. A wrong one is counted, so it is no error of the transaction.
enum Entered {
    Right,
    Wrong(i64),
}

impl Registry {
    /// Puts the address on file to which the letter with this code went. Blanks and hyphens in the code do not
    /// matter.
    ///
    /// # Errors
    /// [`EmailError`]: nothing was asked, the code's time is over, it is another code, or it was entered wrongly too
    /// often.
    pub async fn confirm_email(&self, person: PersonId, code: &str) -> Result<(), EmailError> {
        let (this, code) = (self.clone(), digits(code));
        let entered = self
            .store
            .run_async("email.confirm", Access::Write, move |tx| {
                let now = this.clock.now().as_second();
                let asked = store::find(tx, &this.keys, person)?.ok_or(EmailError::NothingAsked)?;
                let content = asked.content.ok_or(EmailError::NothingAsked)?;
                if asked.expires_at <= now {
                    return Err(EmailError::Expired);
                }
                if asked.tries_left <= 0 {
                    return Err(EmailError::UsedUp);
                }
                if !this.same(&content.code, &code)? {
                    let left = asked.tries_left - 1;
                    store::count_try(tx, person, left)?;
                    return Ok(Entered::Wrong(left));
                }
                let known = person::find_one(tx, &this.keys, person)?.ok_or(EmailError::NobodyKnown)?;
                mail::put_address(tx, &this, person, &known.key, &content.address)?;
                store::clear(tx, person)?;
                Ok(Entered::Right)
            })
            .await?;
        match entered {
            Entered::Right => Ok(()),
            Entered::Wrong(0) => Err(EmailError::UsedUp),
            Entered::Wrong(left) => Err(EmailError::WrongCode(left)),
        }
    }

    /// Whether two codes are the same. It takes as long whatever they hold: what is compared, in constant time, are
    /// their MACs under a key that is drawn anew.
    fn same(&self, one: &str, other: &str) -> Result<bool, RegistryError> {
        let mut key = [0; 32];
        self.randomness.fill(&mut key)?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let tag = hmac::sign(&key, one.as_bytes());
        Ok(one.len() == DIGITS && hmac::verify(&key, other.as_bytes(), tag.as_ref()).is_ok())
    }
}

/// The digits of a code as somebody enters it, full-width ones too.
fn digits(entered: &str) -> String {
    let narrow = |c: char| match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        other => other,
    };
    let kept = entered.chars().filter(|c| !c.is_whitespace() && *c != '-');
    kept.take(2 * DIGITS).map(narrow).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_the_same_however_it_is_grouped() {
        for entered in ["12345678", " 1234 5678 ", "1234-5678", "１２３４　５６７８"] {
            assert_eq!(digits(entered), "12345678", "{entered}");
        }
        assert_eq!(digits(&"9".repeat(10_000)).len(), 16);
        assert_eq!(digits("12x45678"), "12x45678");
    }
}
