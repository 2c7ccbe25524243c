//! What became of each row of a submission. Of the sender's cells nothing is shown here, so nobody is looked at.

use intake::RejectedRow;
use keys::DataKey;
use model::SubmissionId;
use storage::{Access, Tx};

use super::outcome::{self, Chunk, Outcome, RejectedPart};
use crate::{Registry, RegistryError};

/// What became of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowOutcome {
    /// It got in.
    Accepted,
    /// The same document was there already.
    Unchanged,
    /// It was refused.
    Rejected,
}

/// One row of a submission as its authority sees it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RowView {
    /// Its number, from 1; the heading is not counted.
    pub row: u64,
    /// What became of it.
    pub outcome: RowOutcome,
    /// What is wrong with a refused one.
    pub fault: Option<intake::RowFault>,
}

impl From<(u64, Outcome)> for RowView {
    fn from((row, outcome): (u64, Outcome)) -> Self {
        let outcome = match outcome {
            Outcome::Accepted { .. } => RowOutcome::Accepted,
            Outcome::Unchanged => RowOutcome::Unchanged,
            Outcome::Rejected(rejected) => return Self::from(*rejected),
        };
        Self {
            row,
            outcome,
            fault: None,
        }
    }
}

impl From<RejectedRow> for RowView {
    fn from(rejected: RejectedRow) -> Self {
        Self {
            row: rejected.number,
            outcome: RowOutcome::Rejected,
            fault: Some(rejected.fault),
        }
    }
}

/// Which rows of a submission are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFilter {
    /// All of them.
    All,
    /// Those that were refused.
    Rejected,
}

impl Registry {
    /// The next rows of an authority's submission from row `from` on, to the end of a stored part. None: there
    /// are no more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn submission_rows(
        &self,
        authority: &str,
        id: SubmissionId,
        from: u64,
    ) -> Result<Option<Vec<RowView>>, RegistryError> {
        let Some(stored) = self.stored(authority, id).await? else {
            return Ok(None);
        };
        let chunk = self
            .store
            .run_async("desk.rows", Access::Read, move |tx| {
                Chunk::next(tx, id, &stored.key, from)
            })
            .await?;
        Ok(chunk.map(|chunk| {
            let rows = chunk.into_rows().into_iter().filter(|(row, _)| *row >= from);
            rows.map(RowView::from).collect()
        }))
    }

    /// A page of an authority's submission: up to `take` of the rows that are asked for, after the first `skip`.
    /// None: it has no such submission. Costs no more than the parts in which these rows are stored.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn submission_page(
        &self,
        authority: &str,
        id: SubmissionId,
        filter: RowFilter,
        skip: u64,
        take: usize,
    ) -> Result<Option<Vec<RowView>>, RegistryError> {
        let Some(stored) = self.stored(authority, id).await? else {
            return Ok(None);
        };
        self.store
            .run_async("desk.page", Access::Read, move |tx| {
                page(tx, id, &stored.key, filter, (skip, take)).map(Some)
            })
            .await
    }
}

fn page(
    tx: &mut dyn Tx,
    id: SubmissionId,
    key: &DataKey,
    filter: RowFilter,
    (mut skip, take): (u64, usize),
) -> Result<Vec<RowView>, RegistryError> {
    let rejected_only = filter == RowFilter::Rejected;
    let mut page = Vec::new();
    for part in outcome::parts(tx, id, rejected_only)? {
        let here = if rejected_only {
            part.counts.rejected
        } else {
            part.counts.accepted + part.counts.unchanged + part.counts.rejected
        };
        if here <= skip {
            skip -= here;
            continue;
        }
        let rows: Vec<RowView> = if rejected_only {
            let part = RejectedPart::at(tx, id, key, part.first_row)?;
            let rows = part.map_or_else(Vec::new, |part| part.rows);
            rows.into_iter().map(RowView::from).collect()
        } else {
            let part = Chunk::at(tx, id, key, part.first_row)?;
            let rows = part.map_or_else(Vec::new, Chunk::into_rows);
            rows.into_iter().map(RowView::from).collect()
        };
        // What is left to skip is less than this part has.
        page.extend(rows.into_iter().skip(skip as usize).take(take - page.len()));
        skip = 0;
        if page.len() == take {
            break;
        }
    }
    Ok(page)
}
