//! What goes wrong in sending, and whether trying again could help.

use std::fmt;

/// What was being done. In the order in which it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Looking up the server's name.
    Find,
    /// Connecting and greeting.
    Connect,
    /// Agreeing on encryption.
    Encrypt,
    /// Signing in.
    SignIn,
    /// Naming the sender.
    Sender,
    /// Naming the recipient.
    Recipient,
    /// Handing over the letter.
    Content,
}

/// Why a letter was not sent, or why nobody knows whether it was. Neither its display nor its debug form says what the
/// server said, which may hold the address.
pub struct Fault {
    pub(crate) step: Step,
    pub(crate) code: Option<u16>,
    pub(crate) is_final: bool,
    pub(crate) said: String,
}

impl Fault {
    /// A fault of the letter, of which the server has said nothing, and which stays.
    pub(crate) fn of_the_letter(said: &str) -> Self {
        Self {
            step: Step::Recipient,
            code: None,
            is_final: true,
            said: said.to_owned(),
        }
    }

    /// A fault at this step with this answer of the server, if it gave one, and what was said. An address or letter that the server
    /// refuses for good (5xx) will be refused the next time too. Whatever is wrong before is between the two servers,
    /// also where it is called permanent: a password can be mended.
    pub fn at(step: Step, code: Option<u16>, said: String) -> Self {
        Self {
            step,
            code,
            is_final: step >= Step::Recipient && code.is_some_and(|code| (500..600).contains(&code)),
            said,
        }
    }

    /// What was being done.
    pub const fn step(&self) -> Step {
        self.step
    }

    /// The server's answer as a number (RFC 5321, section 4.2), if it gave one.
    pub const fn code(&self) -> Option<u16> {
        self.code
    }

    /// Whether trying again is of no use.
    pub const fn is_final(&self) -> bool {
        self.is_final
    }

    /// Whether it is about the server rather than this letter: the next letter would meet the same.
    pub const fn is_of_the_server(&self) -> bool {
        !self.is_final
            && (matches!(self.code, None | Some(421)) || (self.step as u8) < (Step::Recipient as u8))
    }

    /// What the server or the system said, word by word. It may hold the address: show it to nobody but whoever gave
    /// the address, and log it nowhere.
    pub fn said(&self) -> &str {
        &self.said
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.step {
            Step::Find => "the mail server's name is not known",
            Step::Connect => "the mail server cannot be reached",
            Step::Encrypt => "no encrypted connection to the mail server comes about",
            Step::SignIn => "the mail server does not take the user and password",
            Step::Sender => "the mail server does not take the sender",
            Step::Recipient => "the mail server does not take the recipient",
            Step::Content => "the mail server does not take the letter",
        })?;
        match self.code {
            Some(code) => write!(f, " ({code})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("step", &self.step)
            .field("code", &self.code)
            .field("is_final", &self.is_final)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_refused_for_good_about_the_letter_is_final() {
        let at = |step, code| Fault::at(step, code, String::new());
        assert!(at(Step::Recipient, Some(550)).is_final());
        assert!(at(Step::Content, Some(554)).is_final());
        for (step, code) in [
            (Step::Recipient, Some(451)),
            (Step::Recipient, None),
            (Step::Content, None),
            (Step::SignIn, Some(535)),
            (Step::Sender, Some(550)),
            (Step::Connect, Some(554)),
            (Step::Encrypt, None),
            (Step::Find, None),
        ] {
            assert!(!at(step, code).is_final(), "{step:?} {code:?}");
        }
    }

    #[test]
    fn a_fault_of_the_server_is_told_from_one_of_the_letter() {
        let at = |step, code| Fault::at(step, code, String::new()).is_of_the_server();
        assert!(at(Step::Connect, None) && at(Step::SignIn, Some(535)) && at(Step::Sender, Some(550)));
        assert!(at(Step::Content, None) && at(Step::Recipient, Some(421)));
        assert!(!at(Step::Recipient, Some(550)) && !at(Step::Recipient, Some(451)));
        assert!(!Fault::of_the_letter("").is_of_the_server());
    }

    #[test]
    fn what_the_server_said_is_shown_only_to_who_asks_for_it() {
        let fault = Fault::at(Step::Recipient, Some(550), "no somebody@example.org here".into());
        let shown = format!("{fault} {fault:?}");
        assert!(!shown.contains("somebody"), "{shown}");
        assert!(shown.contains("550"), "{shown}");
        assert!(fault.said().contains("somebody"));
    }
}
