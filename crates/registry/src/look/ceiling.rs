//! The day's ceilings: what a member of staff asks for is counted, a look or a request for consent alike, and what is
//! refused at a ceiling leads on to the steps against misuse.

use jiff::{Timestamp, civil::Date};
use policy::Refusal;
use storage::{Access, Param, StoreError, Tx};

use crate::{Registry, RegistryError, day, erasure::Withdrawn};

/// A look, or a request for consent, that somebody asks for.
pub(crate) struct Attempt<'a> {
    pub(crate) body: &'a str,
    /// None: nobody is named who asks so.
    pub(crate) staff: Option<&'a str>,
    pub(crate) purpose: &'a str,
    pub(crate) today: Date,
    pub(crate) at: Timestamp,
}

/// What was counted before.
#[derive(Default)]
pub(crate) struct Counted {
    pub(crate) looks: u64,
    pub(crate) all: u64,
    pub(crate) refusals: u64,
}

/// Why a transaction was not kept.
enum Undone<E> {
    /// It stops somebody. That is written apart first; then the attempt is taken again.
    Stops(Vec<Withdrawn>),
    Failed(E),
}

impl<E: From<RegistryError>> From<RegistryError> for Undone<E> {
    fn from(error: RegistryError) -> Self {
        Self::Failed(error.into())
    }
}

impl<E: From<StoreError>> From<StoreError> for Undone<E> {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Registry {
    /// Takes an attempt, in one transaction. `work` leaves what it stops, which is written apart before it is done.
    pub(crate) async fn run_attempt<T, E>(
        &self,
        name: &'static str,
        work: impl Fn(&mut dyn Tx, &mut Vec<Withdrawn>) -> Result<T, E> + Clone + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + From<RegistryError> + Send + 'static,
    {
        let mut written = Vec::new();
        loop {
            let (work, expected) = (work.clone(), written.clone());
            let work = move |tx: &mut dyn Tx| {
                let mut stops = Vec::new();
                let made = work(tx, &mut stops).map_err(Undone::Failed)?;
                if stops == expected {
                    Ok(Some(made))
                } else {
                    Err(Undone::Stops(stops))
                }
            };
            let done = if written.is_empty() {
                self.store.run_async(name, Access::Write, work).await
            } else {
                let stops = written.clone();
                self.withdraw_async(name, move |_| Ok(stops.clone()), work).await
            };
            match done {
                // Others may have asked meanwhile: then it is taken once more.
                Err(Undone::Stops(stops)) => written = stops,
                Err(Undone::Failed(error)) => return Err(error),
                // There is none only where nothing was to be written apart, and then nothing is asked of it.
                Ok(made) => {
                    return made.ok_or_else(|| RegistryError::Stored("what came of an attempt").into());
                }
            }
        }
    }

    /// Counts the attempt of a member of staff under a registered purpose. Of anybody else nothing is counted, since
    /// nothing is let through.
    pub(crate) fn count_attempt(
        &self,
        tx: &mut dyn Tx,
        attempt: &Attempt<'_>,
    ) -> Result<Counted, RegistryError> {
        match self.counts(attempt) {
            Some(who) => Ok(count(tx, who, attempt.purpose, day::to_number(attempt.today))?),
            None => Ok(Counted::default()),
        }
    }

    /// Counts that the attempt was refused, and takes the step that a refusal at a ceiling asks for. Answers what was
    /// stopped.
    pub(crate) fn count_refusal(
        &self,
        tx: &mut dyn Tx,
        attempt: &Attempt<'_>,
        counted: &Counted,
        refusal: Refusal,
    ) -> Result<Vec<Withdrawn>, RegistryError> {
        let Some(who) = self.counts(attempt) else {
            return Ok(Vec::new());
        };
        take_out(tx, who, day::to_number(attempt.today), refusal.at_ceiling())?;
        if refusal.at_ceiling() {
            return self.refused_at_ceiling(tx, who.0, who.1, counted.refusals + 1, attempt.at);
        }
        Ok(Vec::new())
    }

    /// The body and the member of its staff that the attempt counts for, if it does.
    fn counts<'a>(&self, attempt: &Attempt<'a>) -> Option<(&'a str, &'a str)> {
        let registered = self.profile.purposes.contains_key(attempt.purpose);
        let staff = attempt.staff.filter(|_| registered)?;
        Some((attempt.body, staff))
    }
}

/// Counts an attempt of a member of staff, and answers how many there were before it today: under the purpose, and
/// in all, and how often one was refused at a ceiling.
fn count(
    tx: &mut dyn Tx,
    (body, staff): (&str, &str),
    purpose: &str,
    day: i64,
) -> Result<Counted, StoreError> {
    let asker = format!("{body}/{staff}");
    let (asker, purpose, day) = (Param::Text(&asker), Param::Text(purpose), Param::Int(day));
    let (body, staff) = (Param::Text(body), Param::Text(staff));
    // Written before they are read, so that of two at once one waits. RETURNING would make SQLite open a table each.
    tx.execute(
        "INSERT INTO inquiry_count (asker, purpose, day, looks) VALUES ($1, $2, $3, 1) \
         ON CONFLICT (asker, purpose, day) DO UPDATE SET looks = inquiry_count.looks + 1",
        &[asker, purpose, day],
    )?;
    tx.execute(
        "INSERT INTO staff_day (body, staff, day, looks, refusals) VALUES ($1, $2, $3, 1, 0) \
         ON CONFLICT (body, staff, day) DO UPDATE SET looks = staff_day.looks + 1",
        &[body, staff, day],
    )?;
    let rows = tx.query(
        "SELECT inquiry_count.looks, staff_day.looks, staff_day.refusals FROM staff_day, inquiry_count \
         WHERE inquiry_count.asker = $1 AND inquiry_count.purpose = $2 AND inquiry_count.day = $3 \
         AND staff_day.body = $4 AND staff_day.staff = $5 AND staff_day.day = $3",
        &[asker, purpose, day, body, staff],
    )?;
    let mut row = rows
        .into_iter()
        .next()
        .ok_or(StoreError::Shape("a count is expected"))?;
    let (looks, all, refusals) = (row.int()?, row.int()?, row.int()?);
    Ok(Counted {
        looks: (looks - 1) as u64,
        all: (all - 1) as u64,
        refusals: refusals as u64,
    })
}

/// Takes a refused attempt out of the count of looks again, and counts it as a refusal at a ceiling if it is one.
fn take_out(
    tx: &mut dyn Tx,
    (body, staff): (&str, &str),
    day: i64,
    at_ceiling: bool,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE staff_day SET looks = looks - 1, refusals = refusals + $1 WHERE body = $2 AND staff = $3 AND day = $4",
        &[
            Param::Int(i64::from(at_ceiling)),
            Param::Text(body),
            Param::Text(staff),
            Param::Int(day),
        ],
    )?;
    Ok(())
}
