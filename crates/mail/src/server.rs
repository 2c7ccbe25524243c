//! Which server letters are handed to, and how.

use std::{fmt, net::IpAddr, time::Duration};

use zeroize::Zeroizing;

/// How the connection to the server is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Encrypted from its first byte on (RFC 8314). The one to choose where the server offers it.
    Tls,
    /// Encrypted by STARTTLS; without it nothing is sent.
    StartTls,
    /// Not at all: on this machine alone.
    None,
}

impl Tls {
    /// The port that servers use for this.
    pub const fn port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::StartTls => 587,
            Self::None => 25,
        }
    }
}

/// A password. It is wiped from memory when it goes, and its debug form does not show it.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// A password. The end of its last line does not belong to it.
    pub fn new(text: impl Into<String>) -> Self {
        let text = Zeroizing::new(text.into());
        Self(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(secret)")
    }
}

/// The server that letters are handed to.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its name or address, which its certificate names too.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// The certificates, in PEM, of those who may vouch for the server. None: the public ones.
    pub roots: Option<Vec<u8>>,
    /// Who letters are from: an address, or a name and an address in angle brackets.
    pub from: String,
    /// The name by which this machine greets.
    pub hello: String,
    /// User and password, where the server wants them.
    pub user: Option<(String, Password)>,
    /// How long each step may take.
    pub timeout: Duration,
}

/// What is wrong in the settings of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ServerFault {
    /// The sender is no address.
    #[error("from: an address such as standing@example.org is expected")]
    From,
    /// The host is nothing to connect to.
    #[error("host: a name such as mail.example.org, or an address, is expected")]
    Host,
    /// Without encryption, to another machine.
    #[error("tls: \"none\" is for a server on this machine; choose \"tls\" or \"starttls\" for another")]
    InClear,
    /// The certificates are none.
    #[error("ca_file: certificates in PEM are expected")]
    Roots,
}

impl Server {
    /// Whether the settings hold together.
    ///
    /// # Errors
    /// The first thing that is wrong in them.
    pub(crate) fn check(&self) -> Result<(), ServerFault> {
        if self.host.is_empty() || self.host.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(ServerFault::Host);
        }
        if self.tls == Tls::None && !self.is_here() {
            return Err(ServerFault::InClear);
        }
        Ok(())
    }

    /// Whether the server is on this machine.
    fn is_here(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || self
                .host
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(host: &str, tls: Tls) -> Server {
        Server {
            host: host.into(),
            port: tls.port(),
            tls,
            roots: None,
            from: "standing@example.org".into(),
            hello: "standing.example".into(),
            user: Some(("standing".into(), Password::new("correct horse\n"))),
            timeout: Duration::from_secs(1),
        }
    }

    #[test]
    fn nothing_goes_in_clear_to_another_machine() {
        for here in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.8.8", "::1"] {
            assert_eq!(server(here, Tls::None).check(), Ok(()), "{here}");
        }
        for there in [
            "mail.example.org",
            "10.0.0.1",
            "localhost.example.org",
            "0.0.0.0",
            "::",
        ] {
            assert_eq!(
                server(there, Tls::None).check(),
                Err(ServerFault::InClear),
                "{there}"
            );
            assert_eq!(server(there, Tls::StartTls).check(), Ok(()), "{there}");
        }
        assert_eq!(server("a b", Tls::Tls).check(), Err(ServerFault::Host));
    }

    #[test]
    fn a_password_is_shown_nowhere_and_ends_before_its_line_does() {
        let server = server("mail.example.org", Tls::Tls);
        assert!(!format!("{server:?}").contains("horse"));
        assert_eq!(server.user.unwrap().1.reveal(), "correct horse");
    }
}
