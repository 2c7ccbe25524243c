//! The adapter over `lettre`: one connection for each letter, step by step, so that a fault says at which step it came.
//! lettre's own transports say only that something was refused for good, and a wrong password would then lose every
//! letter that waits. Each answer has to be the one that belongs to its command: lettre keeps what it has read before a
//! STARTTLS, so somebody on the way could slip an answer in there, and all that come after would be taken for those of
//! the command before.

use std::net::{SocketAddr, ToSocketAddrs as _};

use lettre::{
    Address,
    message::Mailbox,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{Certificate, CertificateStore, SmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
        response::Response,
    },
};

use crate::{Fault, Letter, Mailer, Server, ServerFault, Step, Tls};

/// How many of a server's addresses are tried.
const ADDRESSES: usize = 2;

/// Hands letters to one server. Its debug form shows no password.
pub struct Smtp {
    server: Server,
    from: Mailbox,
    hello: ClientId,
    tls: Option<TlsParameters>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp").field("server", &self.server).finish()
    }
}

impl Smtp {
    /// An adapter for this server. Connects to nothing yet.
    ///
    /// # Errors
    /// What is wrong in the settings.
    pub fn new(server: Server) -> Result<Self, ServerFault> {
        server.check()?;
        let from = server.from.parse().map_err(|_| ServerFault::From)?;
        let tls = match server.tls {
            Tls::None => None,
            Tls::Tls | Tls::StartTls => Some(encryption(&server)?),
        };
        Ok(Self {
            from,
            hello: ClientId::Domain(server.hello.clone()),
            tls,
            server,
        })
    }

    fn addresses(&self) -> Result<Vec<SocketAddr>, Fault> {
        let found = (self.server.host.as_str(), self.server.port).to_socket_addrs();
        let found = found.map_err(|error| Fault::at(Step::Find, None, error.to_string()))?;
        // A name of this machine may have been given to another.
        let found = found.filter(|one| self.server.tls != Tls::None || one.ip().is_loopback());
        Ok(found.take(ADDRESSES).collect())
    }

    /// A connection on which letters can be handed over.
    fn connect(&self) -> Result<SmtpConnection, Fault> {
        let wrapped = self.tls.as_ref().filter(|_| self.server.tls == Tls::Tls);
        let addresses = self.addresses()?;
        let connected = SmtpConnection::connect(
            addresses.as_slice(),
            Some(self.server.timeout),
            &self.hello,
            wrapped,
            None,
        );
        let mut connection = connected.map_err(|error| at(Step::Connect, &error))?;
        if let (Tls::StartTls, Some(tls)) = (self.server.tls, &self.tls) {
            let encrypted = connection.starttls(tls, &self.hello);
            encrypted.map_err(|error| at(Step::Encrypt, &error))?;
        }
        if let Some((user, password)) = &self.server.user {
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            let signed_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            expect(Step::SignIn, signed_in, &[235])?;
        }
        Ok(connection)
    }

    fn hand_over(&self, connection: &mut SmtpConnection, to: Address, message: &[u8]) -> Result<(), Fault> {
        let mut options = Vec::new();
        if !message.is_ascii() {
            // Its address is the one thing in a letter that need not be ASCII (RFC 6531).
            let server = connection.server_info();
            if !server.supports_feature(Extension::SmtpUtfEight)
                || !server.supports_feature(Extension::EightBitMime)
            {
                return Err(Fault::of_the_letter(
                    "the server takes no such address (SMTPUTF8)",
                ));
            }
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
            options.push(MailParameter::SmtpUtfEight);
        }
        let sender = connection.command(Mail::new(Some(self.from.email.clone()), options));
        expect(Step::Sender, sender, &[250])?;
        let recipient = connection.command(Rcpt::new(to, Vec::new()));
        expect(Step::Recipient, recipient, &[250, 251])?;
        let ready = connection.command(Data);
        expect(Step::Content, ready, &[354])?;
        let taken = connection.message(message);
        expect(Step::Content, taken, &[250])
    }
}

impl Mailer for Smtp {
    fn send(&self, letter: &Letter) -> Result<(), Fault> {
        let unusable = || Fault::of_the_letter("this is no address that a letter can go to");
        let to = letter.address().ok_or_else(unusable)?;
        let message = letter.message(&self.from, &to).ok_or_else(unusable)?;
        let mut connection = self.connect()?;
        let done = self.hand_over(&mut connection, to, &message);
        // Only a server that still answers is bidden farewell. What goes wrong in parting changes nothing.
        if done.as_ref().err().is_none_or(|fault| fault.code().is_some()) {
            let _ = connection.quit();
        }
        done
    }
}

fn encryption(server: &Server) -> Result<TlsParameters, ServerFault> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(pem) = &server.roots {
        builder = builder.certificate_store(CertificateStore::None);
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(|_| ServerFault::Roots)?);
    }
    builder.build_rustls().map_err(|_| ServerFault::Host)
}

/// Whether the server gave one of these answers.
fn expect(step: Step, answer: Result<Response, Error>, codes: &[u16]) -> Result<(), Fault> {
    let answer = answer.map_err(|error| at(step, &error))?;
    let code = u16::from(answer.code());
    if codes.contains(&code) {
        return Ok(());
    }
    let said = format!("{code} is no answer to what was said");
    Err(Fault::at(step, None, said))
}

/// The fault of this error, with all that it and its causes say.
fn at(step: Step, error: &Error) -> Fault {
    let mut said = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if !said.contains(&text) {
            said.push_str(": ");
            said.push_str(&text);
        }
        cause = error.source();
    }
    Fault::at(step, error.status().map(u16::from), said)
}
