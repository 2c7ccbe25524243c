//! A person asks that a reviewer looks again, at the outcome of a dispute or at a look, or that what a court decided
//! about a record is followed.

use jiff::civil::Date;
use keys::DataKey;
use model::{
    EventId, PersonId, ProcedureId, RecordId, RecordStatus,
    procedure::{
        AuthorityId, Procedure, ProcedureKind, Reconsideration, ReconsiderationOpening, Reconsidered,
        Speaker, Status,
    },
};
use storage::{Access, Tx};

use super::{
    ProcedureError,
    files::Put,
    open_dispute::under_way,
    stored::{self, New},
    take_back::own,
};
use crate::{EventKind, Registry, RegistryError, event, oversight};

/// What a person wants reconsidered.
pub struct Reconsider {
    /// Who speaks.
    pub by: Speaker,
    /// The outcome of a dispute, a look, or a record that a court decided about.
    pub of: Reconsidered,
    /// What they say.
    pub text: String,
    /// The contents of the files that they put to it.
    pub files: Vec<Vec<u8>>,
}

impl Registry {
    /// Opens a reconsideration. Reviewers, the authority and the person are told.
    ///
    /// # Errors
    /// When there is no such dispute that was answered, no such look or record, the record was erased, it is under way
    /// already, or text or files are not taken.
    pub async fn open_reconsideration(
        &self,
        person: PersonId,
        wish: Reconsider,
    ) -> Result<ProcedureId, ProcedureError> {
        let Reconsider { by, of, text, files } = wish;
        let put = self.check_put(text, files)?;
        let this = self.clone();
        self.store
            .run_async("reconsideration.open", Access::Write, move |tx| {
                this.reconsider_again(tx, person, by, of, &put)
            })
            .await
    }

    fn reconsider_again(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        by: Speaker,
        of: Reconsidered,
        put: &Put,
    ) -> Result<ProcedureId, ProcedureError> {
        let known = self.may_speak(tx, person)?;
        let at = self.clock.now();
        let id = ProcedureId::new(at, &*self.randomness)?;
        let (authority, record) = match of {
            Reconsidered::Dispute(dispute) => {
                let course = self.step(tx, dispute, &mut |tx, held| {
                    let Procedure::Dispute(dispute) = own(held, person)? else {
                        return Err(ProcedureError::OtherKind);
                    };
                    let (dispute, notices) = dispute.ask_reconsideration(by, id, at)?;
                    // Of another dispute about the record, or of what a court decided about it.
                    let record = dispute.opening().record;
                    if under_way(tx, person, ProcedureKind::Reconsideration, record)? {
                        return Err(ProcedureError::UnderWay);
                    }
                    Ok((dispute.into(), notices))
                })?;
                let Procedure::Dispute(dispute) = course else {
                    return Err(ProcedureError::OtherKind);
                };
                (
                    dispute.opening().authority.clone(),
                    Some(dispute.opening().record),
                )
            }
            Reconsidered::Look(look) => {
                let authority = self.look_to_reconsider(tx, person, look)?;
                let same = |course: &Procedure| match course {
                    Procedure::Reconsideration(other) => other.opening().of == of,
                    _ => false,
                };
                let others = stored::all_of(tx, &self.keys, person)?;
                if others.iter().any(|(_, _, course)| same(course)) {
                    return Err(ProcedureError::UnderWay);
                }
                (authority, None)
            }
            Reconsidered::Record(record) => {
                if under_way(tx, person, ProcedureKind::Reconsideration, record)? {
                    return Err(ProcedureError::UnderWay);
                }
                (self.decided_about(tx, person, record)?, Some(record))
            }
        };
        let told_in_vain = match of {
            Reconsidered::Record(record) => self.told_in_vain(tx, person, record)?,
            Reconsidered::Dispute(_) | Reconsidered::Look(_) => false,
        };
        let opening = ReconsiderationOpening {
            by,
            of,
            authority,
            text: put.text.clone(),
            files: put.files.clone(),
            opened_at: at,
            told_in_vain,
        };
        let (course, notices) = Reconsideration::open(opening, self.reconsidered_by(of)?);
        let key = DataKey::generate(&*self.randomness).map_err(RegistryError::from)?;
        let new = New {
            id,
            person,
            of_person: known.as_ref(),
            key: &key,
            record,
        };
        self.put_new(tx, &new, &course.into(), &notices)?;
        self.keep_files(tx, person, id, &key, put)?;
        Ok(id)
    }

    /// The last day on which a reconsideration that is opened today is answered in time. What a body outside decided is
    /// followed soon: whether it did, the reviewers say within as many days as the authority then has.
    pub(super) fn reconsidered_by(&self, of: Reconsidered) -> Result<Date, ProcedureError> {
        let profile = &self.profile;
        let answer = match of {
            Reconsidered::Record(_) => &profile.procedures.court_followed,
            Reconsidered::Dispute(_) | Reconsidered::Look(_) => &profile.procedures.reconsideration_answer,
        };
        answer
            .due_on(self.today(), &profile.calendar)
            .ok_or(ProcedureError::CalendarEnds)
    }

    /// Whether a reviewer has answered, about this record, that nothing is to be followed of what the person said that a
    /// court decided, and no decision was put down in that one since.
    fn told_in_vain(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        record: RecordId,
    ) -> Result<bool, RegistryError> {
        let answered = |course: &Procedure| match course {
            Procedure::Reconsideration(one) => {
                one.opening().of == Reconsidered::Record(record) && one.status() == Status::Confirmed
            }
            _ => false,
        };
        let all = stored::all_of(tx, &self.keys, person)?;
        Ok(all.iter().any(|(_, _, course)| answered(course)))
    }

    /// The authority of a record that a body outside may have decided about: it was not erased.
    pub(super) fn decided_about(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        record: RecordId,
    ) -> Result<AuthorityId, ProcedureError> {
        let (_, view) = self.record_of(tx, person, record)?;
        match view.status {
            RecordStatus::Erased => Err(ProcedureError::RecordEnded),
            _ => Ok(AuthorityId::new(view.authority)?),
        }
    }

    /// Who took a look at this person that shows to them already, or tried to: one that was refused, or found nobody, is
    /// complained of as one that was answered.
    pub(super) fn look_of(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        look: EventId,
    ) -> Result<AuthorityId, ProcedureError> {
        Ok(self.shown_look(tx, person, look)?.1)
    }

    /// Who took a look at this person that may be reconsidered. One that came to nothing has nothing to reconsider before
    /// a reviewer found something about it.
    fn look_to_reconsider(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        look: EventId,
    ) -> Result<AuthorityId, ProcedureError> {
        let (kind, authority) = self.shown_look(tx, person, look)?;
        let answered = matches!(kind, EventKind::Look | EventKind::DeskLook);
        if answered || !oversight::findings(tx, (person, None), look)?.is_empty() {
            Ok(authority)
        } else {
            Err(ProcedureError::NoSuchLook)
        }
    }

    fn shown_look(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        look: EventId,
    ) -> Result<(EventKind, AuthorityId), ProcedureError> {
        let today = self.today();
        let events = event::of_person(tx, person)?;
        let found = events
            .into_iter()
            .find(|logged| logged.event.id == look && self.shows(logged, today))
            .map(|logged| logged.event);
        let found = found.filter(|event| {
            matches!(
                event.kind,
                EventKind::Look | EventKind::DeskLook | EventKind::LookRefused | EventKind::LookFoundNothing
            )
        });
        let found = found.ok_or(ProcedureError::NoSuchLook)?;
        Ok((found.kind, AuthorityId::new(found.actor)?))
    }
}
