//! Sending letters by SMTP. [`Mailer`] is the port; [`Smtp`] is its one adapter, over `lettre`
//! (docs/adr/0013-mail.md). It knows nothing of the rest of Standing: a [`Letter`] is an address, a subject and a
//! plain text, and its date is given to it.
//!
//! What goes wrong is a [`Fault`]: at which [`Step`], with which answer of the server, and whether trying again could
//! help. Neither a fault nor the debug form of anything here shows an address or a password; what the server said is
//! in [`Fault::said`] alone, for the operator's own test letter.

mod fault;
mod letter;
mod server;
mod smtp;

pub use fault::{Fault, Step};
pub use letter::Letter;
pub use server::{Password, Server, ServerFault, Tls};
pub use smtp::Smtp;

/// Whatever can send a letter.
pub trait Mailer: Send + Sync {
    /// Sends a letter, and answers once somebody else has taken charge of it. Blocks.
    ///
    /// # Errors
    /// [`Fault`]: it was not sent, or nobody knows whether it was.
    fn send(&self, letter: &Letter) -> Result<(), Fault>;
}
