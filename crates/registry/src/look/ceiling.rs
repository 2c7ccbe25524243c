//! What a member of staff asks for in a day is counted, a look or a request for consent alike. What is refused at a ceiling
//! leads on to the steps against misuse. What is refused for another reason takes nothing of the day and is counted for
//! itself: so many of those lead on too, or people could be gone through by trying.

use jiff::{Timestamp, civil::Date};
use policy::{Refusal, Staff};
use storage::{Access, Param, StoreError, Tx};

use crate::{Registry, RegistryError, day, erasure::Withdrawn, staff::Asking};

/// A look, or a request for consent, that somebody asks for.
pub(crate) struct Attempt<'a> {
    pub(crate) body: &'a str,
    pub(crate) asking: &'a Asking,
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
    pub(crate) attempts: u64,
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

    /// Counts that the attempt was refused, and takes the step that so many refusals ask for. Answers what was stopped.
    pub(crate) fn count_refusal(
        &self,
        tx: &mut dyn Tx,
        attempt: &Attempt<'_>,
        counted: &Counted,
        refusal: Refusal,
    ) -> Result<Vec<Withdrawn>, RegistryError> {
        let day = day::to_number(attempt.today);
        let Some(who) = self.counts(attempt) else {
            return self.count_unregistered(tx, attempt, day);
        };
        if refusal.at_ceiling() {
            take_out(tx, who, day, (1, 0))?;
            return self.refused_at_ceiling(tx, who, counted.refusals + 1, attempt.at);
        }
        take_out_of_purpose(tx, who, attempt.purpose, day)?;
        // Whoever is stopped already is let through with nothing, and no further step is left to take.
        let may_ask = attempt.asking.standing == Staff::Active && !attempt.asking.member_stopped;
        take_out(tx, who, day, (0, i64::from(may_ask)))?;
        if !may_ask {
            return Ok(Vec::new());
        }
        self.refused_attempt(tx, (who.0, Some(who.1)), counted.attempts + 1, attempt.at)
    }

    /// Counts a refused attempt for what is no registered purpose, or with a key of a body's that no member of its staff is
    /// named for. It was not counted before.
    fn count_unregistered(
        &self,
        tx: &mut dyn Tx,
        attempt: &Attempt<'_>,
        day: i64,
    ) -> Result<Vec<Withdrawn>, RegistryError> {
        let Asking {
            staff,
            standing,
            member_stopped,
            ..
        } = attempt.asking;
        if *standing == Staff::Stopped || *member_stopped {
            return Ok(Vec::new());
        }
        // No account has an empty name.
        let name = staff.as_deref().unwrap_or_default();
        let attempts = count_alone(tx, (attempt.body, name), day)?;
        self.refused_attempt(tx, (attempt.body, staff.as_deref()), attempts, attempt.at)
    }

    /// The body and the member of its staff that the attempt counts for, if it does.
    fn counts<'a>(&self, attempt: &Attempt<'a>) -> Option<(&'a str, &'a str)> {
        let registered = self.profile.purposes.contains_key(attempt.purpose);
        let staff = attempt.asking.staff.as_deref().filter(|_| registered)?;
        Some((attempt.body, staff))
    }
}

/// Counts an attempt of a member of staff, and answers how many there were before it today: under the purpose, and
/// in all, how often one was refused at a ceiling, and how often for another reason.
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
        "SELECT inquiry_count.looks, staff_day.looks, staff_day.refusals, staff_day.attempts FROM staff_day, inquiry_count \
         WHERE inquiry_count.asker = $1 AND inquiry_count.purpose = $2 AND inquiry_count.day = $3 \
         AND staff_day.body = $4 AND staff_day.staff = $5 AND staff_day.day = $3",
        &[asker, purpose, day, body, staff],
    )?;
    let mut row = rows
        .into_iter()
        .next()
        .ok_or(StoreError::Shape("a count is expected"))?;
    let (looks, all, refusals, attempts) = (row.int()?, row.int()?, row.int()?, row.int()?);
    Ok(Counted {
        looks: (looks - 1) as u64,
        all: (all - 1) as u64,
        refusals: refusals as u64,
        attempts: attempts as u64,
    })
}

/// Takes a refused attempt out of the day's count of looks again, and counts it as a refusal at a ceiling or for another
/// reason.
fn take_out(
    tx: &mut dyn Tx,
    (body, staff): (&str, &str),
    day: i64,
    (refusals, attempts): (i64, i64),
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE staff_day SET looks = looks - 1, refusals = refusals + $1, attempts = attempts + $2 \
         WHERE body = $3 AND staff = $4 AND day = $5",
        &[
            Param::Int(refusals),
            Param::Int(attempts),
            Param::Text(body),
            Param::Text(staff),
            Param::Int(day),
        ],
    )?;
    Ok(())
}

/// Takes it out of the count of its purpose too. One that was refused at a ceiling is past it, counted or not.
fn take_out_of_purpose(
    tx: &mut dyn Tx,
    (body, staff): (&str, &str),
    purpose: &str,
    day: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE inquiry_count SET looks = looks - 1 WHERE asker = $1 AND purpose = $2 AND day = $3",
        &[
            Param::Text(&format!("{body}/{staff}")),
            Param::Text(purpose),
            Param::Int(day),
        ],
    )?;
    Ok(())
}

/// Counts a refused attempt alone, and answers which of the day it is.
fn count_alone(tx: &mut dyn Tx, (body, staff): (&str, &str), day: i64) -> Result<u64, StoreError> {
    let key = [Param::Text(body), Param::Text(staff), Param::Int(day)];
    tx.execute(
        "INSERT INTO staff_day (body, staff, day, looks, refusals, attempts) VALUES ($1, $2, $3, 0, 0, 1) \
         ON CONFLICT (body, staff, day) DO UPDATE SET attempts = staff_day.attempts + 1",
        &key,
    )?;
    let rows = tx.query(
        "SELECT attempts FROM staff_day WHERE body = $1 AND staff = $2 AND day = $3",
        &key,
    )?;
    let row = rows.into_iter().next();
    Ok(row.ok_or(StoreError::Shape("a count is expected"))?.int()? as u64)
}
