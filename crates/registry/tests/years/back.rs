//! What people take back: it stays so when an older copy is put back, or when a kill comes after it was written apart.

use model::{CertificateId, ConsentId, MandateId, PledgeId, RecordId};
use registry::Registry;

use crate::{
    model::Who,
    run::{HIRING, Run},
};

/// What was taken back, in the order in which that was written apart.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Back {
    Consent(ConsentId),
    Paused(ConsentId),
    Yes(RecordId),
    Pledge(&'static str, PledgeId),
    Certificate(CertificateId),
    Mandate(MandateId),
    /// The account of a member of staff who left, by its place among those of all who did.
    Account(usize),
}

impl Run {
    /// Takes something back. None: a kill came between, and it was done as the installation was opened again.
    pub(crate) fn call_back<T, E: std::fmt::Debug>(
        &mut self,
        act: impl Fn(&Registry) -> Result<T, E>,
    ) -> Option<Result<T, E>> {
        if self.one_in(60) {
            self.kill(0, |here| {
                let _ = act(&here.registry);
            });
            if self.registry().withdrawn_again() > 0 {
                self.did("taken back after a kill");
                return None;
            }
        }
        Some(act(self.registry()))
    }

    /// That it was done. `done` says by whom.
    pub(crate) fn took_back(&mut self, who: Who, what: Back, actor: &str) {
        assert!(
            self.take_back(who, what, actor),
            "{what:?} of {who} could be taken back"
        );
        self.back.push((who, what));
    }

    /// Takes back again, in what should be, what an older copy did not hold as taken back. Answers how much.
    pub(crate) fn back_again(&mut self, since: &[(Who, Back)]) -> usize {
        let mut again = 0;
        for (who, what) in since {
            self.touched.insert(*who);
            again += usize::from(self.take_back(*who, *what, "installation"));
        }
        again
    }

    fn take_back(&mut self, who: Who, what: Back, actor: &str) -> bool {
        let today = self.today();
        let record = match what {
            Back::Yes(id) => self.of(who).records.iter().position(|one| one.id == Some(id)),
            _ => None,
        };
        if let Back::Account(at) = what {
            let ended = self.m.accounts.get_mut(&self.ended_accounts[at]);
            let Some(one) = ended.filter(|one| !one.ended) else {
                return false;
            };
            one.ended = true;
            self.m.leaves += 1;
            return true;
        }
        let person = self.m.of(who);
        let consent = |id| move |one: &&mut crate::model::Consent| one.id == id;
        match what {
            Back::Consent(id) => {
                let found = person.consents.iter_mut().find(consent(id));
                let Some(one) = found.filter(|one| one.granted.is_some() && !one.revoked) else {
                    return false;
                };
                one.revoked = true;
                self.m.event(who, "consent-revoked", actor, HIRING);
            }
            Back::Paused(id) => {
                let found = person.consents.iter_mut().find(consent(id));
                let Some(one) = found.filter(|one| ["granted", "not-yet"].contains(&one.standing(today)))
                else {
                    return false;
                };
                one.paused = true;
                self.m.event(who, "consent-paused", actor, HIRING);
            }
            Back::Yes(_) => {
                if record.and_then(|record| person.yeses.remove(&record)).is_none() {
                    return false;
                }
                self.m.event(who, "publication-withdrawn", actor, "");
            }
            Back::Pledge(word, id) => {
                if person.pledges.get(word) != Some(&id) {
                    return false;
                }
                person.pledges.remove(word);
                self.m.event(who, "pledge-ended", actor, word);
            }
            Back::Certificate(id) => {
                let found = person.certificates.iter_mut().find(|one| one.id == id);
                let Some(one) = found.filter(|one| !one.revoked) else {
                    return false;
                };
                (one.revoked, one.revoke_on) = (true, None);
                self.m.revoked(who, id, "holder");
            }
            // Done above: it is nothing of the person's.
            Back::Account(_) => {}
            Back::Mandate(id) => {
                let Some(at) = person.mandates.iter().position(|one| one.0 == id) else {
                    return false;
                };
                person.mandates.remove(at);
                self.m.event(who, "mandate-ended", actor, "");
                self.m.notice(who, "mandate-ended", &id.to_string());
            }
        }
        true
    }
}
