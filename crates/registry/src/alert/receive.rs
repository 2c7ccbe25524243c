//! Being told by a peer. Whatever is repeated or comes too late is answered alike and changes nothing.
//!
//! Who sends is told by the key. A peer that was ended and registered anew under another name is the same instance: what
//! it sent under the one is revised and closed under the other.

use model::{AlertId, PersonId};
use storage::{Access, Param, StoreError, Tx};

use super::{
    AlertContent, EFFECTS, peer, step,
    stored::{self, COLUMNS, NewAlert, Stored},
};
use crate::{Peer, Registry, RegistryError, look, notice::NoticeKind};

/// One revision of an alert, as it goes from one instance to another.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertMessage {
    /// Its identifier, the same however often it is sent: 32 hexadecimal digits.
    pub message: String,
    /// The alert's identifier at its source.
    pub alert: AlertId,
    /// The revision, from 1.
    pub revision: i64,
    /// What the alert says. None: it has ended and is to be closed.
    pub open: Option<AlertContent>,
}

/// The confirmation of a message: the receiver holds this revision or a later one.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AlertTaken {
    /// The message.
    pub message: String,
    /// The alert.
    pub alert: AlertId,
    /// The revision of the message.
    pub revision: i64,
}

/// Why a message of a peer is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// No alerts are taken from this peer, or not any more.
    #[error("no alerts are taken from this peer")]
    NotTaken,
    /// The peer is not registered for the profession, or nobody here licenses it.
    #[error("no alerts in this profession are taken from this peer")]
    Profession,
    /// The message is of another form.
    #[error("the message is of another form")]
    Malformed,
    /// The signed request came before.
    #[error("this signed request was received before")]
    Replayed,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl ReceiveError {
    /// The stable code of a refusal; none for a failure.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::NotTaken => Some("alerts-not-taken"),
            Self::Profession => Some("alert-profession"),
            Self::Malformed => Some("alert-malformed"),
            Self::Replayed => Some("replayed"),
            Self::Registry(_) => None,
        }
    }
}

impl From<StoreError> for ReceiveError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

impl Registry {
    /// Takes a message of a peer, whose signature was checked. `nonce` is that of the signed request, with until
    /// when it is remembered.
    ///
    /// # Errors
    /// [`ReceiveError`].
    pub async fn receive_alert(
        &self,
        from: &str,
        nonce: Option<(String, i64)>,
        message: AlertMessage,
    ) -> Result<AlertTaken, ReceiveError> {
        let (this, from) = (self.clone(), from.to_owned());
        self.store
            .run_async("alert.receive", Access::Write, move |tx| {
                if let Some((nonce, until)) = &nonce
                    && !look::remember_nonce(tx, &from, nonce, *until)?
                {
                    return Err(ReceiveError::Replayed);
                }
                let peer = peer::find(tx, &from)?.ok_or(ReceiveError::NotTaken)?;
                take(tx, &this, &peer, &message)
            })
            .await
    }
}

fn take(
    tx: &mut dyn Tx,
    this: &Registry,
    peer: &Peer,
    message: &AlertMessage,
) -> Result<AlertTaken, ReceiveError> {
    let mut id = [0; 16];
    if hex::decode_to_slice(&message.message, &mut id).is_err() || message.revision < 1 {
        return Err(ReceiveError::Malformed);
    }
    let (from, key) = (&peer.registered.peer, &peer.registered.public_key);
    let taken = AlertTaken {
        message: message.message.clone(),
        alert: message.alert,
        revision: message.revision,
    };
    let held = tx.query(
        "SELECT MAX(revision) FROM peer_alert WHERE remote = $2 \
         AND peer IN (SELECT peer FROM peer WHERE public_key = $1)",
        &[Param::Blob(key), Param::Blob(message.alert.as_bytes())],
    )?;
    let held = held.into_iter().next().map(|mut row| row.opt_int()).transpose()?;
    if held.flatten().is_some_and(|held| held >= message.revision) {
        return Ok(taken);
    }
    let mut open = open(tx, key, message.alert)?.into_iter();
    let latest = open.next();
    // One opened twice, under two names, is one.
    for twice in open {
        step::close(tx, this, &twice)?;
    }
    match (&message.open, latest) {
        (Some(content), old) => {
            // What is open already may be revised, as it may be closed, whatever became of the peer.
            if old.is_none() && (peer.ended || !peer.registered.takes) {
                return Err(ReceiveError::NotTaken);
            }
            let person = check(this, peer, content)?;
            put(tx, this, from, message, person, content, old)?;
        }
        (None, Some(old)) => step::close(tx, this, &old)?,
        (None, None) => {}
    }
    tx.execute(
        "INSERT INTO peer_alert (peer, remote, revision, message, taken_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (peer, remote) DO UPDATE SET revision = $3, message = $4, taken_at = $5",
        &[
            Param::Text(from),
            Param::Blob(message.alert.as_bytes()),
            Param::Int(message.revision),
            Param::Blob(&id),
            Param::Int(this.clock.now().as_second()),
        ],
    )?;
    Ok(taken)
}

/// Whether an alert may be taken, and whom it is about. It is held to what a file of an authority is held to: its texts
/// are plain, its days in order, and nothing is held about children.
fn check(this: &Registry, peer: &Peer, content: &AlertContent) -> Result<PersonId, ReceiveError> {
    let licensed = step::licensing(this, &content.profession, None).next().is_some();
    if !licensed || !peer.registered.professions.contains(&content.profession) {
        return Err(ReceiveError::Profession);
    }
    let bounded = [&content.name, &content.authority, &content.authority_name]
        .iter()
        .all(|text| text.chars().count() <= 200 && !text.chars().any(char::is_control));
    let in_order = match (content.starts_on, content.ends_on) {
        (Some(first), Some(last)) => first <= last,
        _ => true,
    };
    let number = this.profile.identity.check(&content.number);
    let known = bounded && in_order && EFFECTS.contains(&content.effect.as_str());
    let (Ok(number), true) = (number, known) else {
        return Err(ReceiveError::Malformed);
    };
    let today = this.today();
    if number
        .born_on
        .is_some_and(|born_on| this.profile.is_minor(born_on, today))
    {
        return Err(ReceiveError::Malformed);
    }
    Ok(this.keys.person(&number.canonical))
}

/// What is open of an alert of the instance with this key, under whatever name it came; the latest first.
fn open(tx: &mut dyn Tx, key: &[u8; 32], remote: AlertId) -> Result<Vec<Stored>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alert WHERE source IN (SELECT peer FROM peer WHERE public_key = $1) AND remote = $2 \
         AND closed_at IS NULL ORDER BY alert DESC"
    );
    let rows = tx.query(&sql, &[Param::Blob(key), Param::Blob(remote.as_bytes())])?;
    rows.into_iter().map(|mut row| stored::read(&mut row)).collect()
}

/// Keeps what an alert says, sealed, and puts it to those who license the profession here.
fn put(
    tx: &mut dyn Tx,
    this: &Registry,
    from: &str,
    message: &AlertMessage,
    person: PersonId,
    content: &AlertContent,
    old: Option<Stored>,
) -> Result<(), ReceiveError> {
    let over = content.ends_on.is_some_and(|day| day < this.today());
    match old {
        Some(old) if over || old.person != person || old.profession != content.profession => {
            step::close(tx, this, &old)?;
        }
        Some(old) => {
            let sealed = stored::seal(&this.keys, person, old.alert, content, &*this.randomness)?;
            stored::revise(tx, &old, message.revision, content, &sealed)?;
            return Ok(());
        }
        None => {}
    }
    // One that came so late that it is over opens nothing.
    if over {
        return Ok(());
    }
    let at = this.clock.now();
    let alert = AlertId::new(at, &*this.randomness).map_err(RegistryError::from)?;
    let new = NewAlert {
        person,
        alert,
        source: from,
        remote: Some(message.alert),
        record: None,
        revision: message.revision,
        content,
        sealed: stored::seal(&this.keys, person, alert, content, &*this.randomness)?,
        at,
    };
    let put = stored::insert(tx, new)?;
    step::tell(tx, this, person, NoticeKind::AlertArrived, put.subject())?;
    // The notice of its arrival is theirs too.
    step::add_receivers(tx, this, &put)?;
    Ok(())
}
