//! Which licences a number speaks of.
//!
//! A decision names its licence by number. Several records may bear one number, as when a licence was renewed
//! under another document; and a number may be put right after the decision, which must not make the decision
//! go away. So a number speaks of the person's licences that bear it now, and where none does, of those that
//! bore it before.

use std::{collections::HashMap, sync::Arc};

use keys::Mac;
use model::{PersonId, RecordId, RecordKind, VersionKind};
use profile::LicenceEffect;

use crate::record::VersionHead;

type ByNumber = HashMap<(PersonId, Mac), Vec<RecordId>>;

/// The licences of some people by their keyed numbers. Withdrawn ones are left out.
#[derive(Default)]
pub(crate) struct Licences {
    now: ByNumber,
    before: ByNumber,
    professions: HashMap<PersonId, Vec<(Arc<str>, RecordId)>>,
}

impl Licences {
    /// The licences in these versions, which stand record by record, the oldest version first.
    pub(crate) fn of<'a>(heads: impl IntoIterator<Item = &'a VersionHead>) -> Self {
        let mut licences = Self::default();
        let heads: Vec<&VersionHead> = heads
            .into_iter()
            .filter(|head| head.kind == RecordKind::Licence)
            .collect();
        for versions in heads.chunk_by(|a, b| (a.person, a.record) == (b.person, b.record)) {
            let [before @ .., latest] = versions else { continue };
            if latest.change == VersionKind::Withdrawn {
                continue;
            }
            for head in before {
                add(&mut licences.before, head);
            }
            add(&mut licences.now, latest);
            let held = licences.professions.entry(latest.person).or_default();
            held.push((latest.profession.clone(), latest.record));
        }
        licences
    }

    /// The licences of this person that a number speaks of.
    pub(crate) fn named(&self, person: PersonId, number: Mac) -> &[RecordId] {
        let key = (person, number);
        self.now
            .get(&key)
            .or_else(|| self.before.get(&key))
            .map_or(&[], Vec::as_slice)
    }

    /// The licences of its person that a decision reaches: those that its number speaks of, and all in its
    /// profession where it prohibits practising that.
    pub(crate) fn reached(&self, decision: &VersionHead) -> Vec<RecordId> {
        let mut reached = decision
            .licence_mac
            .map_or(&[][..], |number| self.named(decision.person, number))
            .to_vec();
        if decision.effect == LicenceEffect::Prohibits {
            self.add_profession(decision, &mut reached);
        }
        reached
    }

    /// The licences whose certificates speak of a decision: those that it reaches, and every other of its person in its
    /// profession, since a certificate says whether there is a decision in that profession.
    pub(crate) fn spoken_of(&self, decision: &VersionHead) -> Vec<RecordId> {
        let mut spoken_of = self.reached(decision);
        self.add_profession(decision, &mut spoken_of);
        spoken_of
    }

    /// Adds the licences of its person in the profession of a decision.
    fn add_profession(&self, decision: &VersionHead, licences: &mut Vec<RecordId>) {
        let held = self.professions.get(&decision.person).into_iter().flatten();
        let same = held.filter(|(profession, _)| *profession == decision.profession);
        licences.extend(same.map(|(_, licence)| *licence));
        licences.sort_unstable();
        licences.dedup();
    }
}

fn add(licences: &mut ByNumber, head: &VersionHead) {
    let Some(number) = head.licence_mac else { return };
    let records = licences.entry((head.person, number)).or_default();
    if !records.contains(&head.record) {
        records.push(head.record);
    }
}
