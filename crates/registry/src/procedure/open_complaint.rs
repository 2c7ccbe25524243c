//! A person complains about how data about them was handled.

use keys::DataKey;
use model::{
    EventId, PersonId, ProcedureId,
    procedure::{AuthorityId, Complaint, ComplaintOpening, Matter, Procedure, Speaker},
};
use storage::{Access, Tx};

use super::{
    ProcedureError,
    stored::{self, New},
};
use crate::{Registry, RegistryError, mine, person};

/// What a person complains of.
pub struct Complain {
    /// Who speaks.
    pub by: Speaker,
    /// What it is about.
    pub about: Matter,
    /// The look, where it is about one.
    pub look: Option<EventId>,
    /// The body that handled the data, where the person knows it. Where it is about a look, whoever looked.
    pub body: Option<String>,
    /// What they say.
    pub text: String,
    /// The contents of the files that they put to it.
    pub files: Vec<Vec<u8>>,
}

impl Registry {
    /// Opens a complaint. The reviewers and the person are told; the body hears of it with the outcome.
    ///
    /// # Errors
    /// When nobody is known, there is no such look or body, the same is under way, or text or files are not taken.
    pub async fn open_complaint(
        &self,
        person: PersonId,
        complaint: Complain,
    ) -> Result<ProcedureId, ProcedureError> {
        let Complain {
            by,
            about,
            look,
            body,
            text,
            files,
        } = complaint;
        let put = self.check_put(text, files)?;
        if body
            .as_deref()
            .is_some_and(|body| self.profile.body_name(body).is_none())
        {
            return Err(ProcedureError::NoSuchBody);
        }
        let this = self.clone();
        self.store
            .run_async("complaint.open", Access::Write, move |tx| {
                let known = this.may_speak(tx, person)?;
                let looked = match look {
                    Some(look) => Some(this.look_of(tx, person, look)?),
                    None => body.clone().map(AuthorityId::new).transpose()?,
                };
                let same = |course: &Procedure| match course {
                    Procedure::Complaint(other) => {
                        let other_opening = other.opening();
                        other.waits_for().is_some()
                            && (other_opening.about, other_opening.look) == (about, look)
                            && other_opening.authority == looked
                            && other_opening.text == put.text
                    }
                    _ => false,
                };
                let others = stored::all_of(tx, &this.keys, person)?;
                if others.iter().any(|(_, _, course)| same(course)) {
                    return Err(ProcedureError::UnderWay);
                }
                let (at, profile) = (this.clock.now(), &this.profile);
                let due_on = profile
                    .procedures
                    .complaint_answer
                    .due_on(this.today(), &profile.calendar);
                let opening = ComplaintOpening {
                    by,
                    about,
                    look,
                    authority: looked,
                    text: put.text.clone(),
                    files: put.files.clone(),
                    opened_at: at,
                };
                let (course, notices) = Complaint::open(opening, due_on.ok_or(ProcedureError::CalendarEnds)?);
                let id = ProcedureId::new(at, &*this.randomness)?;
                let key = DataKey::generate(&*this.randomness).map_err(RegistryError::from)?;
                let new = New {
                    id,
                    person,
                    of_person: known.as_ref(),
                    key: &key,
                    record: None,
                };
                this.put_new(tx, &new, &course.into(), &notices)?;
                this.keep_files(tx, person, id, &key, &put)?;
                Ok(id)
            })
            .await
    }

    /// The key of somebody who may complain or have a look reconsidered: whoever may sign in, and so is told of looks and
    /// breaches. None: nothing is held about them, and what they open is kept alone.
    pub(super) fn may_speak(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
    ) -> Result<Option<DataKey>, ProcedureError> {
        let known = person::find_one(tx, &self.keys, person)?;
        if known.is_none() && !mine::leads_to_somebody(tx, person)? {
            return Err(ProcedureError::NoSuchProcedure);
        }
        Ok(known.map(|known| known.key))
    }
}
