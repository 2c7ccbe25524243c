//! The good record as the person sees it, beside their records.

use keys::DataKey;
use model::PersonId;
use storage::Tx;

use super::{PledgeView, ProposalView, Publication, pledge, proposal, publication};
use crate::{RecordView, Registry, RegistryError};

/// Proposals about a person, what of theirs is published, and what they pledged.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct GoodRecord {
    /// Proposals of associations, the latest first. None of them is a record.
    pub proposals: Vec<ProposalView>,
    /// The commendations that the person said yes to.
    pub publications: Vec<Publication>,
    /// The pledges that they made and did not end, the earliest first.
    pub pledges: Vec<PledgeView>,
}

/// A person's good record. `records` are all of theirs, as they stand today.
pub(crate) fn of_person(
    tx: &mut dyn Tx,
    this: &Registry,
    person: PersonId,
    key: Option<&DataKey>,
    records: &[RecordView],
) -> Result<GoodRecord, RegistryError> {
    let today = this.today();
    let proposals = proposal::of_person(tx, person)?;
    let given = publication::of_person(tx, person)?.into_iter();
    Ok(GoodRecord {
        proposals: proposals
            .iter()
            .map(|one| one.view(key, today))
            .collect::<Result<_, _>>()?,
        publications: given
            .map(|one| Publication {
                record: one.record,
                version: one.version,
                given_at: one.at,
                published: records.iter().any(|view| one.holds(view)),
            })
            .collect(),
        pledges: pledge::of_person(tx, person)?,
    })
}
