//! Who had a part in what a procedure is about: nobody judges that. It is asked when a procedure is given to a
//! reviewer, again when they answer, and when a look in the reviewers' queue is closed.

use std::collections::HashSet;

use keys::Keyring;
use model::{
    EventId, PersonId, ProcedureId, RecordId,
    procedure::{Actor, Procedure, Reconsidered, ReviewerId, StepName},
};
use storage::{Param, StoreError, Tx};

use super::{
    ProcedureError,
    stored::{self, Held},
};
use crate::{EventKind, RegistryError, oversight::Change, record, reentry::Judged};

/// What counts as a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    /// Whatever a reviewer did about the same.
    All,
    /// What a reviewer judged about the same. Whoever has a procedure opens the case for it, and gives other ones to
    /// colleagues.
    Judged,
}

/// Reviewers who may not be given this procedure.
pub(super) fn had_a_part(
    tx: &mut dyn Tx,
    keys: &Keyring,
    held: &Held,
) -> Result<Vec<ReviewerId>, ProcedureError> {
    took_part(tx, keys, held, Parts::All)
}

/// Refuses a reviewer who came to judge the same since they were given this procedure.
pub(super) fn still_apart(
    tx: &mut dyn Tx,
    keys: &Keyring,
    held: &Held,
    by: &ReviewerId,
) -> Result<(), ProcedureError> {
    if took_part(tx, keys, held, Parts::Judged)?.contains(by) {
        return Err(ProcedureError::TookPart);
    }
    Ok(())
}

/// Whether this reviewer has, or answered, a reconsideration or a complaint of this person about this look.
pub(crate) fn has_or_judged(
    tx: &mut dyn Tx,
    keys: &Keyring,
    person: PersonId,
    look: EventId,
    reviewer: &str,
) -> Result<bool, RegistryError> {
    let all = stored::all_of(tx, keys, person)?;
    Ok(all.iter().any(|(_, _, course)| {
        let about = look_of(course) == Some(look);
        let has = holder(course).is_some_and(|one| one.as_str() == reviewer);
        about && (has || did(course, Parts::Judged).any(|one| one.as_str() == reviewer))
    }))
}

fn took_part(
    tx: &mut dyn Tx,
    keys: &Keyring,
    held: &Held,
    parts: Parts,
) -> Result<Vec<ReviewerId>, ProcedureError> {
    let look = look_of(&held.course);
    let mut found = Vec::new();
    for (id, record, course) in stored::all_of(tx, keys, held.person)? {
        let same = record.is_some() && record == held.record || look.is_some() && look_of(&course) == look;
        if id != held.id && same {
            // Whether a court decided is no judgment of the record, however often it is asked: or who asks again and
            // again would leave nobody to answer.
            if !(of_court(&course) && of_court(&held.course)) {
                found.extend(did(&course, parts).cloned());
            }
            found.extend(as_staff(tx, held.person, Named::InSteps(id))?);
        }
    }
    if let Some(look) = look {
        found.extend(looked_into(tx, held.person, look, parts)?);
        found.extend(as_staff(tx, held.person, Named::InLook(look))?);
    }
    if let Some(record) = held.record {
        found.extend(certified(tx, held.person, record)?);
    }
    Ok(found)
}

/// Whether it asks what a court decided about a record.
fn of_court(course: &Procedure) -> bool {
    matches!(course, Procedure::Reconsideration(one) if matches!(one.opening().of, Reconsidered::Record(_)))
}

/// Where members of staff are named.
enum Named {
    /// Who took this look.
    InLook(EventId),
    /// Who did steps in this procedure.
    InSteps(ProcedureId),
}

/// The reviewers who did the same as members of a body's staff: those whose own number is that of somebody who is named.
fn as_staff(tx: &mut dyn Tx, person: PersonId, named: Named) -> Result<Vec<ReviewerId>, StoreError> {
    let (condition, id) = match &named {
        Named::InLook(look) => ("event.event = $2", *look.as_bytes()),
        Named::InSteps(procedure) => ("event.subject = $2", *procedure.as_bytes()),
    };
    let rows = tx.query(
        &format!(
            "SELECT reviewer.reviewer FROM event \
             JOIN staff ON staff.body = event.actor AND staff.staff = event.staff \
             JOIN reviewer ON reviewer.own_person = staff.own_person WHERE event.person = $1 AND {condition}"
        ),
        &[Param::Blob(person.as_bytes()), Param::Blob(&id)],
    )?;
    rows.into_iter().map(|mut row| reviewer(row.text()?)).collect()
}

/// Whether this reviewer took the look themself, as a member of a body's staff.
pub(crate) fn looked(
    tx: &mut dyn Tx,
    person: PersonId,
    look: EventId,
    reviewer: &str,
) -> Result<bool, StoreError> {
    let found = as_staff(tx, person, Named::InLook(look))?;
    Ok(found.iter().any(|one| one.as_str() == reviewer))
}

/// The reviewers who did steps in a procedure.
fn did(course: &Procedure, parts: Parts) -> impl Iterator<Item = &ReviewerId> {
    let counts = move |name| parts == Parts::All || name != StepName::Assign;
    course.history().iter().filter_map(move |step| match &step.actor {
        Actor::Reviewer(reviewer) if counts(step.name) => Some(reviewer),
        _ => None,
    })
}

/// The reviewers who closed a look in their queue, let its notice wait longer or opened its case. Whoever closed it first
/// stands in the step alone, once another found otherwise.
fn looked_into(
    tx: &mut dyn Tx,
    person: PersonId,
    look: EventId,
    parts: Parts,
) -> Result<Vec<ReviewerId>, StoreError> {
    let key = [Param::Blob(person.as_bytes()), Param::Blob(look.as_bytes())];
    let mut rows = tx.query(
        "SELECT reviewer FROM review_item WHERE person = $1 AND look = $2 AND reviewer IS NOT NULL",
        &key,
    )?;
    let apart_from = match parts {
        Parts::All => "",
        Parts::Judged => Change::CaseOpened.as_str(),
    };
    // Among the steps since the look: those that wait for nobody are in the order of their time.
    rows.extend(tx.query(
        "SELECT reviewer FROM oversight_step WHERE waits = 0 AND subject = $2 AND reviewer IS NOT NULL \
         AND change <> $3 AND at >= (SELECT at FROM event WHERE person = $1 AND event = $2)",
        &[key[0], key[1], Param::Text(apart_from)],
    )?);
    rows.into_iter().map(|mut row| reviewer(row.text()?)).collect()
}

/// The reviewers who certified that the document of this record may come in again, as this record or as one before it. Who put
/// down that a court decided so judged nothing.
fn certified(tx: &mut dyn Tx, person: PersonId, of: RecordId) -> Result<Vec<ReviewerId>, StoreError> {
    let rows = tx.query(
        "SELECT actor, subject FROM event WHERE person = $1 AND kind = $2 AND purpose <> $3",
        &[
            Param::Blob(person.as_bytes()),
            Param::Text(EventKind::ReentryCertified.as_str()),
            Param::Text(&Judged::Outside.purpose()),
        ],
    )?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let heads = record::heads(tx, &[person])?;
    let own = heads.iter().filter(|head| head.record == of);
    let documents: HashSet<_> = own.map(|head| head.document).collect();
    let same = heads.iter().filter(|head| documents.contains(&head.document));
    let records: HashSet<[u8; 16]> = same.map(|head| *head.record.as_bytes()).collect();
    let mut found = Vec::new();
    for mut row in rows {
        let (actor, subject) = (row.text()?, row.array()?);
        if let Some(id) = actor
            .strip_prefix("reviewer:")
            .filter(|_| records.contains(&subject))
        {
            found.push(reviewer(id.to_owned())?);
        }
    }
    Ok(found)
}

fn reviewer(id: String) -> Result<ReviewerId, StoreError> {
    ReviewerId::new(id).map_err(|_| StoreError::Shape("a reviewer is expected"))
}

/// The look that a procedure is about.
pub(super) fn look_of(course: &Procedure) -> Option<EventId> {
    match course {
        Procedure::Reconsideration(one) => match one.opening().of {
            Reconsidered::Look(look) => Some(look),
            Reconsidered::Dispute(_) | Reconsidered::Record(_) => None,
        },
        Procedure::Complaint(one) => one.opening().look,
        Procedure::Dispute(_) | Procedure::Restoration(_) => None,
    }
}

/// The reviewer who has a procedure.
fn holder(course: &Procedure) -> Option<&ReviewerId> {
    match course {
        Procedure::Reconsideration(one) => one.state().reviewer(),
        Procedure::Complaint(one) => one.state().reviewer(),
        Procedure::Dispute(_) | Procedure::Restoration(_) => None,
    }
}
