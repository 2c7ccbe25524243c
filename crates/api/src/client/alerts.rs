//! Messages to peers: each signed with this installation's key towards them, and sent once.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use model::{Clock, Randomness};
use registry::{AlertMessage, AlertTaken, Peer, PeerClient, PeerFault, PeerKey, PutBack, PutBackTaken};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use super::{
    AuthorityKeyFile, Client, ClientError,
    exchange::{Ask, Failed},
};

/// The way to peers over HTTP. Blocks; not for async tasks.
pub struct HttpPeers {
    key: Zeroizing<String>,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
}

impl HttpPeers {
    /// The way to peers, with this key.
    ///
    /// # Errors
    /// When the key cannot be read.
    pub fn new(
        key: &PeerKey,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, ClientError> {
        let body = Zeroizing::new(STANDARD.encode(key.pkcs8.as_slice()));
        let text = format!(
            "Key-Id: {}\n-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            key.key_id, *body
        );
        AuthorityKeyFile::read(&text)?;
        Ok(Self {
            key: Zeroizing::new(text),
            clock,
            randomness,
        })
    }

    fn send<T: DeserializeOwned>(
        &self,
        to: &Peer,
        path: &str,
        message: &impl Serialize,
    ) -> Result<T, PeerFault> {
        self.sent(to, path, message).map_err(|failed| match failed {
            Failed::Again(why) => PeerFault::Away(why.cause),
            Failed::UnderWay => PeerFault::Away("it is busy".to_owned()),
            Failed::For(ClientError::Unreachable(why)) => PeerFault::Away(why),
            Failed::For(ClientError::Refused(refusal)) => PeerFault::Refused(refusal.code),
            Failed::For(other) => PeerFault::Refused(other.to_string()),
        })
    }

    fn sent<T: DeserializeOwned>(
        &self,
        to: &Peer,
        path: &str,
        message: &impl Serialize,
    ) -> Result<T, Failed> {
        let key = AuthorityKeyFile::read(&self.key).map_err(ClientError::from)?;
        let client = Client::new(
            &to.registered.url,
            key,
            self.clock.clone(),
            self.randomness.clone(),
        )?;
        let body = serde_json::to_vec(message)
            .map_err(|_| Failed::For(ClientError::Answer("a message that can be written")))?;
        let mut ask = Ask::post(path);
        ask.body = Some(("application/json", &body));
        client.json(&ask)
    }
}

impl PeerClient for HttpPeers {
    fn deliver(&self, to: &Peer, message: &AlertMessage) -> Result<AlertTaken, PeerFault> {
        self.send(to, "/api/v1/peer/alerts", message)
    }

    fn put_back(&self, to: &Peer, message: &PutBack) -> Result<PutBackTaken, PeerFault> {
        self.send(to, "/api/v1/peer/put-back", message)
    }
}
