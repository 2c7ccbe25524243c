//! Alerts among those who license the same profession: that somebody may not practise it, or only within bounds.
//!
//! A decision that prohibits practising a profession, or suspends or revokes the licence for it, is told to the other
//! authorities that license that profession here, and to other instances that have registered as a peer for it. Nobody
//! else is told and nothing else: identity as needed to match, profession, authority, scope and period; no reasons, no
//! other decisions, nothing of another profession. The person is told at the same time, and sees each receiver.
//!
//! An alert is a state with a revision, not a row of messages ([`step`](self)): whatever changes a decision brings
//! its alert in step with what is stored, in the same transaction, and a receiver is told the latest revision
//! until it confirms it. So cuts, repeats and reordering change nothing: a receiver that holds a revision ignores
//! that one and earlier ones, and answers them alike. Revisions count from the clock, and where an older copy of the
//! database was put back every open alert is told anew, so that what is told then counts over what was told since that
//! copy. When it ends, by a day or by a correction, withdrawal or restoration, it is closed at every receiver by
//! itself, and its key destroyed there and here.
//!
//! It says whether its record shows as disputed, and is opened to nobody while that is withheld. Who opens it was given
//! the record, and hears like anybody else who was what becomes of it.
//!
//! | file | holds |
//! | --- | --- |
//! | `step` | bringing alerts in step with decisions; closing by day |
//! | `reach` | bringing what stands to those who become receivers later |
//! | `stored` | the SQL |
//! | `deliver` | telling peers: leases, attempts, waits |
//! | `receive` | being told by a peer |
//! | `put_back` | what peers tell one another after an older copy of the database was put back |
//! | `inbox` | what an authority and the person see |
//! | `desk` | what an authority sees of its own alerts, and of those that were closed |
//! | `late` | peers that have not confirmed in time, authorities that have not opened |
//! | `peer` | who is a peer, and this installation's key towards them |

mod deliver;
mod desk;
mod inbox;
mod late;
mod peer;
mod put_back;
mod reach;
mod receive;
mod step;
mod stored;

pub use deliver::{Delivered, PeerClient, PeerFault};
pub use desk::{ClosedAlert, SentAlert};
pub use inbox::{AlertError, AlertItem, AlertReceiverView, AlertView, OpenedAlert};
pub use late::{LateAlerts, LateAuthority, LatePeer};
pub use peer::{NewPeer, Peer, PeerError, PeerKey};
pub use put_back::{PutBack, PutBackTaken};
pub use receive::{AlertMessage, AlertTaken, ReceiveError};

pub(crate) use peer::end_peer;
pub(crate) use step::{close_due, in_step};
pub(crate) use stored::{known_by_alert, tell_anew, told_of};

use jiff::civil::Date;
use model::AlertId;
use ring::digest;

/// What an alert says. In clear only on its way to those who are to know it.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertContent {
    /// The person's name.
    pub name: String,
    /// Their canonical identity number.
    pub number: String,
    /// The one profession that it is about.
    pub profession: String,
    /// The authority that decided, by its id in its own profile.
    pub authority: String,
    /// That authority's name.
    pub authority_name: String,
    /// What the decision does: it `prohibits` practising, or `suspends` or `revokes` the licence.
    pub effect: String,
    /// The first day.
    pub starts_on: Option<Date>,
    /// The last day, if there is one.
    pub ends_on: Option<Date>,
    /// Whether the record shows as disputed. One that says nothing of it is not, as of an instance that knows no such
    /// mark.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disputed: bool,
    /// Whether the record is shown to nobody until its authority answers: nobody opens the alert until then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
}

impl std::fmt::Debug for AlertContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AlertContent(personal)")
    }
}

/// The effects that others are alerted to, by their words.
const EFFECTS: [&str; 3] = ["prohibits", "suspends", "revokes"];

/// The identifier of the message that tells this receiver this revision: the same however often it is sent.
fn message_id(alert: AlertId, receiver: &str, revision: i64) -> [u8; 16] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(b"standing alert v1\n");
    context.update(alert.as_bytes());
    context.update(&revision.to_be_bytes());
    context.update(receiver.as_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&context.finish().as_ref()[..16]);
    id
}
