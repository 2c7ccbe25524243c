//! Who is told of a step: the person in their inbox, bodies and reviewers in theirs. All in the
//! transaction of the step.

use jiff::Timestamp;
use model::{
    NoticeId, PersonId, ProcedureId, Randomness, RecordId,
    procedure::{Notice, NoticeKind as Kind, Party},
};
use storage::Tx;

use super::{ProcedureError, beside::party_word};
use crate::{
    Registry, RegistryError, inbox,
    look::recipients,
    notice::{self, NoticeKind},
};

/// What is told of.
#[derive(Clone, Copy)]
pub(super) struct Told {
    pub(super) person: PersonId,
    pub(super) procedure: ProcedureId,
    pub(super) record: Option<RecordId>,
}

/// Writes these notices. Whom a breach affects is told by who finds it.
pub(super) fn tell(
    tx: &mut dyn Tx,
    this: &Registry,
    told: Told,
    notices: &[Notice],
) -> Result<(), ProcedureError> {
    for notice in notices {
        match (&notice.to, told.record) {
            (Party::Person, _) => {
                let kind = NoticeKind::Procedure(notice.kind);
                let what = (told.person, kind, *told.procedure.as_bytes());
                person(tx, &*this.randomness, this.clock.now(), what)?;
            }
            (Party::Recipients, None) => {}
            (Party::Recipients, Some(record)) => {
                let mut bodies = recipients(tx, told.person, record, this.recipients_since())?;
                // Whoever takes part is told for themselves.
                let takes_part = |body: &String| {
                    notices
                        .iter()
                        .any(|other| matches!(&other.to, Party::Authority(id) if id.as_str() == body))
                };
                bodies.retain(|body| !takes_part(body));
                for body in bodies {
                    inbox::put(tx, this, told.person, told.procedure, &body, notice.kind)?;
                }
            }
            (party, _) => {
                let body = party_word(party);
                // It was reminded while it stood apart, before the person could know of it.
                if notice.kind == Kind::StopUsingAgain
                    && inbox::was_told(tx, (told.person, told.procedure), &body, notice.kind)?
                {
                    continue;
                }
                inbox::put(tx, this, told.person, told.procedure, &body, notice.kind)?;
            }
        }
    }
    Ok(())
}

/// Tells a person of something.
pub(crate) fn person(
    tx: &mut dyn Tx,
    randomness: &dyn Randomness,
    at: Timestamp,
    (person, kind, subject): (PersonId, NoticeKind, [u8; 16]),
) -> Result<(), RegistryError> {
    let id = NoticeId::new(at, randomness)?;
    Ok(notice::put(tx, person, id, kind, subject, at)?)
}

impl Registry {
    /// From when on those who were given a record are told, in seconds after 1970.
    pub(super) fn recipients_since(&self) -> i64 {
        let months = self.profile.procedures.recipients_months.on(self.today()).number;
        let now = self.clock.now();
        let back = jiff::Span::new().try_months(i64::from(months));
        let since = back.and_then(|span| now.to_zoned(self.time_zone.clone()).checked_sub(span));
        // Longer than the calendar reaches: all of them.
        since.map_or(i64::MIN, |since| since.timestamp().as_second())
    }
}
