//! A look as the person it was at reads it: who, for what, in which case and why, and what a reviewer found.

use jiff::Timestamp;
use model::{ConsentId, EventId, PersonId};
use storage::{Access, Param, Tx};

use super::{receipt::opt_consent, store};
use crate::{EventKind, LookFinding, Registry, RegistryError, ReviewCase, event, oversight, person};

/// A look, for the person it was at.
#[derive(Debug, Clone, serde::Serialize)]
pub struct LookDetail {
    /// Its identifier.
    pub look: EventId,
    /// The body.
    pub body: String,
    /// The member of its staff, by the id of their account.
    pub staff: Option<String>,
    /// The registered purpose.
    pub purpose: String,
    /// `seen`, `nothing`, or the code of the refusal.
    pub outcome: String,
    /// The consent that allowed it, if one did.
    pub consent: Option<ConsentId>,
    /// The case and the reason. None: the look was by consent, or the body gave another name, so that they may be
    /// about somebody else.
    pub case: Option<ReviewCase>,
    /// What reviewers found, the first first: one may have been overturned. Empty: none looked into it.
    pub findings: Vec<LookFinding>,
    /// When.
    pub at: Timestamp,
    /// When the person was told, where a law let that wait.
    pub told_at: Option<Timestamp>,
}

impl LookDetail {
    /// Whether the person may have it reconsidered: it was answered, or a reviewer found something about it. Of one that
    /// came to nothing they complain.
    pub fn may_be_reconsidered(&self) -> bool {
        self.outcome == store::SEEN || !self.findings.is_empty()
    }
}

impl Registry {
    /// One look at this person, as they read it. None: there is no such look, or a law lets it wait.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn look_detail(
        &self,
        person: PersonId,
        look: EventId,
    ) -> Result<Option<LookDetail>, RegistryError> {
        let this = self.clone();
        self.store
            .run_async("look.detail", Access::Read, move |tx| {
                this.read_detail(tx, person, look)
            })
            .await
    }

    fn read_detail(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        look: EventId,
    ) -> Result<Option<LookDetail>, RegistryError> {
        let today = self.today();
        let shows = event::of_person(tx, person)?
            .iter()
            .any(|logged| logged.event.id == look && self.shows(logged, today));
        if !shows {
            return Ok(None);
        }
        let rows = tx.query(
            "SELECT event.kind, event.outcome, event.actor, event.staff, event.purpose, event.subject, event.at, \
             event.sealed_case, look_wait.told_at FROM event \
             LEFT JOIN look_wait ON look_wait.person = event.person AND look_wait.look = event.event \
             WHERE event.person = $1 AND event.event = $2",
            &[Param::Blob(person.as_bytes()), Param::Blob(look.as_bytes())],
        )?;
        let Some(mut row) = rows.into_iter().next() else {
            return Ok(None);
        };
        let outcome = match (row.text()?.parse::<EventKind>()?, row.opt_text()?) {
            (EventKind::ConsentAskRefused, _) => None,
            // An association that sought somebody and found nobody did not inquire.
            (EventKind::LookFoundNothing, None) => Some(store::NOTHING.to_owned()),
            (_, outcome) => outcome,
        };
        let Some(outcome) = outcome else {
            return Ok(None);
        };
        let mut detail = LookDetail {
            look,
            body: row.text()?,
            staff: row.opt_text()?,
            purpose: row.text()?,
            outcome,
            consent: opt_consent(&mut row)?,
            case: None,
            findings: Vec::new(),
            at: crate::time(row.int()?)?,
            told_at: None,
        };
        let sealed = row.opt_blob()?;
        let told_at = row.opt_int()?.map(crate::time).transpose()?;
        detail.told_at = told_at.filter(|told_at| *told_at > detail.at);
        let sealed = sealed.filter(|_| detail.outcome != store::NOTHING);
        let known = person::find_one(tx, &self.keys, person)?;
        let key = known.as_ref().map(|known| &known.key);
        detail.findings = oversight::findings(tx, (person, key), look)?;
        if let (Some(sealed), Some(known)) = (sealed, known) {
            detail.case = match store::open_case(&known.key, person, look, &sealed) {
                // Sealed under a key that was destroyed since.
                Err(RegistryError::Seal(_)) => None,
                opened => Some(opened?),
            };
        }
        Ok(Some(detail))
    }
}
