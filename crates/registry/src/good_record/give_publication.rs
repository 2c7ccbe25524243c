//! The person says yes: one commendation of theirs is published.

use model::{PersonId, RecordId, procedure::Speaker};
use storage::{Access, Param, Tx};

use super::{Happened, PublicationError, publication, put_down};
use crate::{
    EventKind, MandateScope, NoticeKind, Registry,
    event::{By, SELF},
    mandate, person,
    procedure::tell_person,
};

impl Registry {
    /// Publishes one commendation, because its person says so. Said again it changes nothing. Once the commendation
    /// is corrected it is not published any more until they say so anew.
    ///
    /// # Errors
    /// [`PublicationError`].
    pub async fn give_publication(
        &self,
        person: PersonId,
        commendation: RecordId,
        by: Speaker,
    ) -> Result<(), PublicationError> {
        let this = self.clone();
        self.store
            .run_async("publication.give", Access::Write, move |tx| {
                this.publish(tx, person, commendation, by)
            })
            .await
    }

    fn publish(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        record: RecordId,
        by: Speaker,
    ) -> Result<(), PublicationError> {
        let known = person::find_one(tx, &self.keys, person)?;
        let known = known.ok_or(PublicationError::NoSuchCommendation)?;
        let view = publication::commendation(tx, self, (person, &known.key), record)?;
        let view = view.ok_or(PublicationError::NoSuchCommendation)?;
        if let Some(why) = publication::why_not(&view) {
            return Err(why);
        }
        let given = publication::of_person(tx, person)?;
        if given.iter().any(|one| one.holds(&view)) {
            return Ok(());
        }
        let version = view.versions.last().map_or(1, |version| version.version);
        tx.execute(
            "INSERT INTO published_commendation (person, record, version, published_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (person, record) DO UPDATE SET version = $3, published_at = $4",
            &[
                Param::Blob(person.as_bytes()),
                Param::Blob(record.as_bytes()),
                Param::Int(version),
                Param::Int(self.clock.now().as_second()),
            ],
        )?;
        self.log_publication(tx, person, record, by, EventKind::PublicationGiven)
    }

    /// Puts down what was decided about a publication, and tells the person where a representative did.
    pub(super) fn log_publication(
        &self,
        tx: &mut dyn Tx,
        person: PersonId,
        record: RecordId,
        by: Speaker,
        kind: EventKind,
    ) -> Result<(), PublicationError> {
        let mandate = match by {
            Speaker::Person => None,
            Speaker::Representative(mandate) => {
                let scope = MandateScope::Consents;
                let representative = mandate::acting(tx, person, mandate, scope, self.today())?;
                let told = (
                    person,
                    NoticeKind::PublicationByRepresentative,
                    *record.as_bytes(),
                );
                tell_person(tx, &*self.randomness, self.clock.now(), told)?;
                Some((mandate, representative))
            }
        };
        let happened = Happened {
            person,
            kind,
            actor: SELF,
            purpose: "",
            subject: Some(*record.as_bytes()),
            by: By { staff: None, mandate },
        };
        put_down(tx, self, happened)?;
        Ok(())
    }
}
