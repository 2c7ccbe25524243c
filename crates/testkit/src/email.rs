//! An address that a made-up person gives and confirms.

use model::PersonId;
use registry::{MailLetter, Registry};

use crate::wait;

/// Gives somebody an address and confirms it, as they would by the code in the letter.
///
/// # Panics
/// When the address is not taken, or other letters with codes are due.
pub fn give_email(registry: &Registry, person: PersonId, address: &str) {
    wait(registry.ask_email(person, address)).expect("the address is taken");
    let lease = wait(registry.lease_mail(1)).expect("the store").pop();
    let lease = lease.expect("a letter is due");
    let MailLetter::Code(code) = &lease.letter else {
        panic!("letters with codes come first");
    };
    assert_eq!(lease.address, address, "another letter with a code is due");
    assert!(wait(registry.mail_sent(lease.token)).expect("the store"));
    wait(registry.confirm_email(person, code)).expect("it is the code");
}
