//! What speaks for a person, and is shown when they want it: commendations that associations propose and authorities
//! take up, the person's own yes to each that is published, pledges of their own accord, and hours of training.
//! Whoever has none of it lacks nothing: no operation here tells of anybody who doesn't.
//!
//! | file | holds |
//! | --- | --- |
//! | `proposal` | the table of proposals; what the person, the authority and the association see of one |
//! | `propose`, `take_up`, `decline`, `open_proposal` | one operation each, by an association or an authority |
//! | `publication` | the table of yeses; which commendations are published today |
//! | `give_publication`, `withdraw_publication`, `published` | the person's yes and no, and what everybody sees |
//! | `pledge`, `make_pledge`, `end_pledge` | voluntary pledges, from the profile's list |
//! | `training` | hours of training in a profession, year by year |
//! | `mine` | all of it, for the person |
//! | `ends` | proposals whose day is over, and what goes with a record or a person that is erased |

mod decline;
mod end_pledge;
pub(crate) mod ends;
mod error;
mod give_publication;
mod make_pledge;
pub(crate) mod mine;
mod open_proposal;
pub(crate) mod pledge;
mod proposal;
mod propose;
mod publication;
mod published;
mod take_up;
mod training;
mod withdraw_publication;

use model::{EventId, PersonId, VersionKind};
use storage::Tx;

use crate::{
    EventKind, Registry, RegistryError,
    event::{self, By, Event},
    record,
};

pub use error::{PledgeError, ProposalError, PublicationError};
pub use mine::GoodRecord;
pub use open_proposal::OpenedProposal;
pub use pledge::PledgeView;
pub use proposal::{OwnProposal, ProposalItem, ProposalStanding, ProposalView};
pub use propose::Propose;
pub use publication::Publication;
pub use published::{PublishedCommendation, PublishedPage};
pub use take_up::TakeUp;
pub use training::TrainingYear;

pub(crate) use end_pledge::end_pledge_again;
pub(crate) use training::{of_year, years};
pub(crate) use withdraw_publication::unpublish_again;

/// What happened, for the log.
struct Happened<'a> {
    person: PersonId,
    kind: EventKind,
    actor: &'a str,
    purpose: &'a str,
    subject: Option<[u8; 16]>,
    by: By,
}

/// Writes an event and its leaf in this transaction. Answers the event.
fn put_down(tx: &mut dyn Tx, this: &Registry, what: Happened<'_>) -> Result<EventId, RegistryError> {
    let at = this.clock.now();
    let id = EventId::new(at, &*this.randomness)?;
    let event = Event {
        id,
        person: what.person,
        kind: what.kind,
        actor: what.actor.to_owned(),
        purpose: what.purpose.to_owned(),
        subject: what.subject,
        at,
    };
    if what.by == By::default() {
        event::record(tx, &[event], &*this.randomness)?;
    } else {
        event::record_by(tx, &event, &what.by, &*this.randomness)?;
    }
    Ok(id)
}

/// Whether a person has a licence in this profession, whatever became of it, unless it should not have been filed.
fn practises(tx: &mut dyn Tx, person: PersonId, profession: &str) -> Result<bool, RegistryError> {
    let heads = record::heads(tx, &[person])?;
    let mut licences = record::latest(&heads, model::RecordKind::Licence);
    Ok(licences.any(|head| head.change != VersionKind::Withdrawn && *head.profession == *profession))
}
