//! The three steps, and whatever else is done to a body or to a member of its staff. Each is a leaf of the log and
//! waits in the reviewers' queue where one has to see it.

use jiff::Timestamp;
use keys::Place;
use model::EventId;
use storage::{Param, Row, StoreError, Tx};

use crate::{
    Registry, RegistryError,
    erasure::{Kind, Withdrawn},
    log,
};

macro_rules! changes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, waits: $waits:literal;)*) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Change { $($(#[$doc])* $name,)* }

        impl Change {
            /// Every one.
            pub const ALL: &'static [Change] = &[$(Change::$name,)*];

            /// The word for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Change::$name => $word,)* }
            }

            /// Whether a reviewer has to see it.
            const fn waits(self) -> bool {
                match self { $(Change::$name => $waits,)* }
            }
        }
    };
}

changes! {
    /// A look or a request for consent was refused, the member of staff having reached a ceiling of the day: of the
    /// purpose, or of all.
    CeilingRefused = "ceiling-refused", waits: true;
    /// A member of staff, or somebody with a key of the body's that nobody is named for, has asked so often in a day for
    /// what the rules refuse, whatever the reason, as goes to a reviewer.
    AttemptsRefused = "attempts-refused", waits: true;
    /// The account of a member of staff was stopped.
    StaffStopped = "staff-stopped", waits: true;
    /// The body was stopped.
    MemberStopped = "member-stopped", waits: true;
    /// A reviewer lets a member of staff ask again.
    StaffLifted = "staff-lifted", waits: false;
    /// A reviewer lets the body ask again.
    MemberLifted = "member-lifted", waits: false;
    /// A member of staff was added.
    StaffAdded = "staff-added", waits: false;
    /// A member of staff leads from now on: they may add and end colleagues.
    LeadGiven = "lead-given", waits: false;
    /// A member of staff does not lead any more.
    LeadTaken = "lead-taken", waits: false;
    /// A member of staff has left.
    StaffEnded = "staff-ended", waits: false;
    /// A look was asked for whose identity number is not one.
    NumberMalformed = "number-malformed", waits: false;
    /// An authority has filed as many rows in a day, under the numbers of people known by other names, as go to a
    /// reviewer.
    OtherNamesFiled = "other-names-filed", waits: true;
    /// A reviewer found that a look was proper.
    FoundProper = "found-proper", waits: false;
    /// That a look was improper, as a court was said to have found, was put down wrongly and is taken back. What was done to
    /// the body or the member of its staff stays: a reviewer sees to that.
    ImproperTakenBack = "improper-taken-back", waits: true;
    /// A reviewer opened the case that a look was taken in.
    CaseOpened = "case-opened", waits: false;
    /// A reviewer let the notice of a look wait longer.
    WaitRenewed = "wait-renewed", waits: false;
}

/// Something that was done to a body or to a member of its staff.
#[derive(Debug, Clone, serde::Serialize)]
pub struct OversightStep {
    /// Its identifier.
    pub step: EventId,
    /// What was done.
    pub change: Change,
    /// To which body.
    pub body: String,
    /// To which member of its staff, if to one.
    pub staff: Option<String>,
    /// The reviewer who did it, or who saw what the installation did. None: the installation, before anybody saw it, or a
    /// colleague.
    pub reviewer: Option<String>,
    /// The colleague who did it, by the id of their account. None: the installation, or a reviewer.
    pub by_staff: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Its place in the log.
    pub leaf: u64,
}

/// A step with what a reviewer adds.
pub(crate) struct Step<'a> {
    pub(crate) change: Change,
    pub(crate) body: &'a str,
    pub(crate) staff: Option<&'a str>,
    pub(crate) reviewer: Option<&'a str>,
    pub(crate) by_staff: Option<&'a str>,
    pub(crate) subject: Option<EventId>,
    pub(crate) reasons: Option<&'a str>,
    pub(crate) at: Timestamp,
}

impl<'a> Step<'a> {
    /// A step of the installation's, without more.
    const fn of(change: Change, body: &'a str, staff: Option<&'a str>, at: Timestamp) -> Self {
        Self {
            change,
            body,
            staff,
            reviewer: None,
            by_staff: None,
            subject: None,
            reasons: None,
            at,
        }
    }
}

impl Registry {
    /// Writes a step that the installation takes, and its leaf.
    pub(crate) fn body_step(
        &self,
        tx: &mut dyn Tx,
        change: Change,
        body: &str,
        staff: Option<&str>,
        at: Timestamp,
    ) -> Result<EventId, RegistryError> {
        self.put_step(tx, &Step::of(change, body, staff, at))
    }

    /// Writes a step that a colleague takes about a member of staff or, without one, the installation, and its leaf.
    pub(crate) fn staff_step(
        &self,
        tx: &mut dyn Tx,
        change: Change,
        (body, staff): (&str, &str),
        by_staff: Option<&str>,
        at: Timestamp,
    ) -> Result<EventId, RegistryError> {
        self.put_step(
            tx,
            &Step {
                by_staff,
                ..Step::of(change, body, Some(staff), at)
            },
        )
    }

    /// Writes a step and its leaf.
    pub(crate) fn put_step(&self, tx: &mut dyn Tx, step: &Step<'_>) -> Result<EventId, RegistryError> {
        let id = EventId::new(step.at, &*self.randomness)?;
        let mut statement = serde_json::json!({
            "what": step.change.as_str(),
            "step": id.to_string(),
            "body": step.body,
            "staff": step.staff,
            "reviewer": step.reviewer,
            "subject": step.subject.map(|look| look.to_string()),
            "at": step.at.as_second(),
        });
        if let Some(by_staff) = step.by_staff {
            statement["by_staff"] = by_staff.into();
        }
        let (salt, leaf) = log::append_statement(tx, &*self.randomness, &statement.to_string())?;
        let seal = |text: &str| {
            let place = Place {
                table: "oversight_step",
                column: "sealed_reasons",
                row: &[id.as_bytes()],
            };
            self.keys
                .wrapping()
                .seal(&place, text.as_bytes(), &*self.randomness)
        };
        let sealed = step.reasons.map(seal).transpose()?;
        tx.execute(
            "INSERT INTO oversight_step (step, change, body, staff, reviewer, subject, at, sealed_reasons, salt, leaf, \
             waits, by_staff) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            &[
                Param::Blob(id.as_bytes()),
                Param::Text(step.change.as_str()),
                Param::Text(step.body),
                step.staff.map_or(Param::Null, Param::Text),
                step.reviewer.map_or(Param::Null, Param::Text),
                step.subject.as_ref().map_or(Param::Null, |look| Param::Blob(look.as_bytes())),
                Param::Int(step.at.as_second()),
                sealed.as_ref().map_or(Param::Null, |sealed| Param::Blob(sealed)),
                Param::Blob(&salt),
                Param::Int(leaf),
                Param::Int(i64::from(step.change.waits())),
                step.by_staff.map_or(Param::Null, Param::Text),
            ],
        )?;
        Ok(id)
    }

    /// A look or a request for consent was refused at a ceiling of the day, for the `refusals`th time: refused, then
    /// the account is stopped, then the body. Answers what was stopped, which is to be written apart before the
    /// transaction.
    pub(crate) fn refused_at_ceiling(
        &self,
        tx: &mut dyn Tx,
        (body, staff): (&str, &str),
        refusals: u64,
        at: Timestamp,
    ) -> Result<Vec<Withdrawn>, RegistryError> {
        self.body_step(tx, Change::CeilingRefused, body, Some(staff), at)?;
        self.lead_on(tx, (body, staff), refusals, at)
    }

    /// A look or a request for consent was refused for another reason, the `attempts`th one of the day. A few lead to
    /// nothing: an honest slip is no misuse. As many as go to a reviewer are a step each time; then the account is
    /// stopped, then the body.
    pub(crate) fn refused_attempt(
        &self,
        tx: &mut dyn Tx,
        (body, staff): (&str, Option<&str>),
        attempts: u64,
        at: Timestamp,
    ) -> Result<Vec<Withdrawn>, RegistryError> {
        let before_review = u64::from(
            self.profile
                .oversight
                .on(self.day_of(at))
                .refused_attempts_before_review
                .max(1),
        );
        // Where nobody is named there is no account to stop, and reviewers are told once a day.
        if !attempts.is_multiple_of(before_review) || staff.is_none() && attempts > before_review {
            return Ok(Vec::new());
        }
        self.body_step(tx, Change::AttemptsRefused, body, staff, at)?;
        match staff {
            Some(staff) => self.lead_on(tx, (body, staff), attempts / before_review, at),
            None => Ok(Vec::new()),
        }
    }

    /// After so many steps of a day the account is stopped, then the body.
    fn lead_on(
        &self,
        tx: &mut dyn Tx,
        (body, staff): (&str, &str),
        steps: u64,
        at: Timestamp,
    ) -> Result<Vec<Withdrawn>, RegistryError> {
        let oversight = self.profile.oversight.on(self.day_of(at));
        // Counted anew after each stop, so that one that a reviewer lifts is not followed by another at once.
        if !steps.is_multiple_of(u64::from(oversight.refusals_before_staff_stopped.max(1))) {
            return Ok(Vec::new());
        }
        let mut stops = Vec::new();
        if stop_staff(tx, self, (body, staff), at)? {
            stops.push(Withdrawn::of_body(Kind::StaffStopped, body, Some(staff)));
        }
        // Those that the body ended since are among them: it does not get rid of a stop in that way.
        let stopped = tx.query(
            "SELECT COUNT(*) FROM staff WHERE body = $1 AND stopped_at IS NOT NULL",
            &[Param::Text(body)],
        )?;
        let stopped = stopped
            .into_iter()
            .next()
            .map(|mut row| row.int())
            .transpose()?
            .unwrap_or(0);
        if stopped < i64::from(oversight.stopped_staff_before_member_stopped.max(1)) {
            return Ok(stops);
        }
        if stop_member(tx, self, body, at)? {
            stops.push(Withdrawn::of_body(Kind::Member, body, None));
        }
        Ok(stops)
    }
}

/// Stops the account of a member of staff. Answers false where it is stopped already, or there is none.
pub(crate) fn stop_staff(
    tx: &mut dyn Tx,
    this: &Registry,
    (body, staff): (&str, &str),
    at: Timestamp,
) -> Result<bool, RegistryError> {
    let new = tx.execute(
        "UPDATE staff SET stopped_at = $1 WHERE body = $2 AND staff = $3 AND stopped_at IS NULL",
        &[Param::Int(at.as_second()), Param::Text(body), Param::Text(staff)],
    )?;
    if new == 1 {
        this.body_step(tx, Change::StaffStopped, body, Some(staff), at)?;
    }
    Ok(new == 1)
}

/// Stops a body. Answers false where it is stopped already.
pub(crate) fn stop_member(
    tx: &mut dyn Tx,
    this: &Registry,
    body: &str,
    at: Timestamp,
) -> Result<bool, RegistryError> {
    let new = tx.execute(
        "INSERT INTO member_stop (body, stopped_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[Param::Text(body), Param::Int(at.as_second())],
    )?;
    if new == 1 {
        this.body_step(tx, Change::MemberStopped, body, None, at)?;
    }
    Ok(new == 1)
}

/// The steps that a reviewer has yet to see, the oldest first.
pub(crate) fn waiting(tx: &mut dyn Tx) -> Result<Vec<OversightStep>, StoreError> {
    tx.query(
        "SELECT step, change, body, staff, reviewer, by_staff, at, leaf FROM oversight_step WHERE waits = 1 ORDER BY leaf",
        &[],
    )?
    .into_iter()
    .map(read)
    .collect()
}

/// The latest steps that were done to a body or its staff, the latest first.
pub(super) fn of_body(tx: &mut dyn Tx, body: &str, most: i64) -> Result<Vec<OversightStep>, StoreError> {
    tx.query(
        "SELECT step, change, body, staff, reviewer, by_staff, at, leaf FROM oversight_step WHERE body = $1 \
         ORDER BY leaf DESC LIMIT $2",
        &[Param::Text(body), Param::Int(most)],
    )?
    .into_iter()
    .map(read)
    .collect()
}

fn read(mut row: Row) -> Result<OversightStep, StoreError> {
    let step = EventId::from_bytes(row.array()?);
    let word = row.text()?;
    let change = Change::ALL.iter().copied().find(|change| change.as_str() == word);
    Ok(OversightStep {
        step,
        change: change.ok_or(StoreError::Shape("a step of the oversight is expected"))?,
        body: row.text()?,
        staff: row.opt_text()?,
        reviewer: row.opt_text()?,
        by_staff: row.opt_text()?,
        at: crate::time(row.int()?)?,
        leaf: row.int()? as u64,
    })
}
