//! Confirms an address by the code in the letter to it.

use model::PersonId;
use ring::hmac;
use storage::{Access, Tx};

use super::{DIGITS, EmailError, store};
use crate::{
    Registry, RegistryError,
    mail::{self, Forget},
    person,
};

/// What became of a code that was entered. A wrong one is counted, so it is no error of the transaction.
enum Entered {
    Right,
    Wrong(i64),
    /// It is right, and there is an address on file whose place the new one takes.
    Replaces,
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
        let first = code.clone();
        let entered = self
            .store
            .run_async("email.confirm", Access::Write, move |tx| {
                this.enter(tx, person, &first, None)
            })
            .await?;
        let entered = match entered {
            // Only now that the code is right is it written apart that the other address goes.
            Entered::Replaces => {
                let this = self.clone();
                self.without_address("email.replace", person, move |tx, forget| {
                    match this.enter(tx, person, &code, Some(forget)) {
                        Err(EmailError::Registry(error)) => Err(error),
                        entered => Ok(entered),
                    }
                })
                .await??
            }
            other => other,
        };
        match entered {
            Entered::Right | Entered::Replaces => Ok(()),
            Entered::Wrong(0) => Err(EmailError::UsedUp),
            Entered::Wrong(left) => Err(EmailError::WrongCode(left)),
        }
    }

    /// Puts the address on file that this code confirms. Where there is one already, only with
    /// a way to `forget` that.
    fn enter(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        code: &str,
        forget: Option<Forget<'_>>,
    ) -> Result<Entered, EmailError> {
        let now = self.clock.now().as_second();
        let asked = store::find(tx, &self.keys, person)?.ok_or(EmailError::NothingAsked)?;
        let content = asked.content.ok_or(EmailError::NothingAsked)?;
        if asked.expires_at <= now {
            return Err(EmailError::Expired);
        }
        if asked.tries_left <= 0 {
            return Err(EmailError::UsedUp);
        }
        if !self.same(&content.code, code)? {
            let left = asked.tries_left - 1;
            store::count_try(tx, person, left)?;
            return Ok(Entered::Wrong(left));
        }
        let known = person::find_one(tx, &self.keys, person)?.ok_or(EmailError::NobodyKnown)?;
        match forget {
            Some(forget) => forget(tx)?,
            None if self.address(tx, person)?.is_some() => return Ok(Entered::Replaces),
            None => {}
        }
        mail::put_address(tx, self, person, &known.key, &content.address)?;
        store::clear(tx, person)?;
        Ok(Entered::Right)
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
