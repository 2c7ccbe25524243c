//! The members of a body's staff who ask, and the reviewers. Both are registered by an operator. A signed request
//! names a key; the key is one of a member of staff.

use jiff::Timestamp;
use keys::Place;
use model::PersonId;
use storage::{Access, Param, Row, StoreError, Tx};

use crate::{
    Registry, RegistryError,
    erasure::{Kind, Withdrawn},
    lead::{self, Enrolled},
    oversight::Change,
    reviewer_key::{self, ReviewerKey},
};

/// A member of a body's staff, to be registered.
#[derive(Clone)]
pub struct NewStaff {
    /// The body: an authority, or an inquirer.
    pub body: String,
    /// The id of the account; never a name.
    pub staff: String,
    /// The name.
    pub name: String,
    /// Their own identity number, so that looks at colleagues can be told.
    pub own_number: Option<String>,
    /// The keys that they sign requests with.
    pub keys: Vec<String>,
    /// Whether they lead: add and end colleagues, and say who else leads.
    pub lead: bool,
}

/// A member of a body's staff.
#[derive(Clone, serde::Serialize)]
pub struct StaffMember {
    /// The id of the account.
    pub staff: String,
    /// The name.
    pub name: String,
    /// Whether they lead. Whoever has left does not.
    pub leads: bool,
    /// Whether they are registered with their own identity number. Without it, looks at them by colleagues, or by
    /// themselves, are not queued for review as such.
    pub own_number: bool,
    /// Since when the account is stopped, if it is.
    pub stopped_at: Option<Timestamp>,
    /// Since when they are no longer on the staff, if so.
    pub ended_at: Option<Timestamp>,
}

/// Why a member of staff, or a reviewer, was not registered or ended.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// The profile has no such body.
    #[error("the profile has no body {0}")]
    UnknownBody(String),
    /// An id is 1 to 64 visible ASCII characters.
    #[error("not the id of an account: 1 to 64 visible ASCII characters are expected")]
    Id,
    /// The name is blank.
    #[error("the name is blank")]
    NameMissing,
    /// The identity number is not one.
    #[error("the identity number is not one")]
    Number,
    /// Another account has this id, this key, or this number.
    #[error("another account has this id, key or number")]
    Taken,
    /// There is no such account.
    #[error("there is no such account")]
    Unknown,
    /// The body has no such key in use.
    #[error("the body has no such key in use")]
    NoSuchKey,
    /// Whoever asks does not lead the body's staff, or not any more.
    #[error("only a member of staff who leads may do this")]
    NotLead,
    /// Nobody would lead the body's staff any more.
    #[error("this is the last member of staff who leads: let somebody else lead first")]
    LastLead,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl StaffError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownBody(_) => "body-unknown",
            Self::Id => "account-id",
            Self::NameMissing => "name-missing",
            Self::Number => "number-malformed",
            Self::Taken => "account-taken",
            Self::Unknown => "account-unknown",
            Self::NoSuchKey => "account-key-unknown",
            Self::NotLead => "not-lead",
            Self::LastLead => "last-lead",
            Self::Registry(_) => "internal",
        }
    }
}

impl From<StoreError> for StaffError {
    fn from(error: StoreError) -> Self {
        Self::Registry(error.into())
    }
}

impl Registry {
    /// Registers a member of a body's staff, for whoever runs the installation. The same member again only adds keys,
    /// lets them lead, or adds their own number where there is none. Blocks.
    ///
    /// # Errors
    /// [`StaffError`].
    pub fn add_staff(&self, new: NewStaff) -> Result<(), StaffError> {
        self.enrol(new, None)
    }

    /// Writes a member of staff, on behalf of the colleague who leads or, without one, of the installation.
    pub(crate) fn enrol(&self, new: NewStaff, lead: Option<String>) -> Result<(), StaffError> {
        let known = self.profile.inquirers.contains_key(&new.body)
            || self.profile.associations.contains_key(&new.body)
            || self.profile.authorities.contains_key(&new.body);
        if !known {
            return Err(StaffError::UnknownBody(new.body));
        }
        check(&new.staff, &new.name)?;
        let own = self.own(new.own_number.as_deref())?;
        let sealed_name = self.seal_name("staff", &[new.body.as_bytes(), new.staff.as_bytes()], &new.name)?;
        let (this, at) = (self.clone(), self.clock.now());
        self.store.run("staff.add", Access::Write, move |tx| {
            let step = Enrolled { new: &new, lead: lead.as_deref(), at };
            step.allowed(tx)?;
            let inserted = tx.execute(
                "INSERT INTO staff (body, staff, own_person, sealed_name, added_at) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT DO NOTHING",
                &[
                    Param::Text(&new.body),
                    Param::Text(&new.staff),
                    own.as_ref().map_or(Param::Null, |own| Param::Blob(own.as_bytes())),
                    Param::Blob(&sealed_name),
                    Param::Int(at.as_second()),
                ],
            )?;
            let stored = tx.query(
                "SELECT own_person, ended_at FROM staff WHERE body = $1 AND staff = $2",
                &[Param::Text(&new.body), Param::Text(&new.staff)],
            )?;
            let mut row = stored.into_iter().next().ok_or(StaffError::Unknown)?;
            let completes = same_or_first(row.opt_blob()?.as_deref(), own)?;
            if row.opt_int()?.is_some() {
                return Err(StaffError::Taken);
            }
            if let Some(own) = own {
                only_account(tx, (&new.body, &new.staff), own)?;
            }
            if let Some(own) = completes {
                tx.execute(
                    "UPDATE staff SET own_person = $1 WHERE body = $2 AND staff = $3",
                    &[
                        Param::Blob(own.as_bytes()),
                        Param::Text(&new.body),
                        Param::Text(&new.staff),
                    ],
                )?;
            }
            step.put_down(tx, &this, inserted == 1)?;
            new.keys.iter().try_for_each(|key| add_key(tx, &new, key))
        })
    }

    /// Ends an account for good, for whoever runs the installation: somebody has left. Blocks.
    ///
    /// # Errors
    /// [`StaffError`].
    pub fn stop_staff(&self, body: &str, staff: &str) -> Result<(), StaffError> {
        self.end_account(body, staff, None)
    }

    /// Ends an account, on behalf of the colleague who leads or, without one, of the installation. No older copy
    /// brings it back.
    pub(crate) fn end_account(
        &self,
        body: &str,
        staff: &str,
        lead: Option<String>,
    ) -> Result<(), StaffError> {
        let (this, body, staff) = (self.clone(), body.to_owned(), staff.to_owned());
        let allowed = {
            let (body, staff, lead) = (body.clone(), staff.clone(), lead.clone());
            move |tx: &mut dyn Tx| {
                if let Some(lead) = &lead {
                    lead::only_leads(tx, &body, lead)?;
                    lead::leaves_a_lead(tx, &body, &staff)?;
                }
                if lead::is_on_the_staff(tx, &body, &staff)? {
                    Ok(())
                } else {
                    Err(StaffError::Unknown)
                }
            }
        };
        let what = Withdrawn::of_body(Kind::Staff, &body, Some(&staff));
        let plan = {
            let allowed = allowed.clone();
            move |tx: &mut dyn Tx| allowed(tx).map(|()| vec![what.clone()])
        };
        self.withdraw("staff.end", plan, move |tx| {
            allowed(tx)?;
            end(tx, &this, (&body, &staff), lead.as_deref(), this.clock.now())?;
            Ok(())
        })
    }

    /// The staff of a body.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn staff(&self, body: &str) -> Result<Vec<StaffMember>, RegistryError> {
        let (this, body) = (self.clone(), body.to_owned());
        self.store
            .run_async("staff.list", Access::Read, move |tx| {
                let rows = tx.query(
                    "SELECT staff, sealed_name, lead, own_person, stopped_at, ended_at FROM staff WHERE body = $1 \
                     ORDER BY staff",
                    &[Param::Text(&body)],
                )?;
                rows.into_iter()
                    .map(|mut row| {
                        let staff = row.text()?;
                        this.member(&body, staff, row)
                    })
                    .collect()
            })
            .await
    }

    /// A member of staff, from the next columns: name, whether they lead, their own pseudonym, stopped and
    /// ended.
    pub(crate) fn member(
        &self,
        body: &str,
        staff: String,
        mut row: Row,
    ) -> Result<StaffMember, RegistryError> {
        let (sealed, lead) = (row.blob()?, row.int()? == 1);
        let own_number = row.opt_blob()?.is_some();
        let stopped_at = row.opt_int()?.map(crate::time).transpose()?;
        let ended_at = row.opt_int()?.map(crate::time).transpose()?;
        Ok(StaffMember {
            name: self.open_name("staff", &[body.as_bytes(), staff.as_bytes()], &sealed)?,
            staff,
            leads: lead && ended_at.is_none(),
            own_number,
            stopped_at,
            ended_at,
        })
    }

    /// Registers a reviewer, with their own identity number so that they judge nothing that is about themselves. The
    /// same one again is no error, and may add the number where there is none. Blocks.
    ///
    /// # Errors
    /// [`StaffError`].
    pub fn add_reviewer(
        &self,
        reviewer: &str,
        name: &str,
        own_number: Option<&str>,
    ) -> Result<(), StaffError> {
        check(reviewer, name)?;
        self.enrol_reviewer(reviewer, name, own_number, None)
    }

    /// Registers a reviewer with a key of theirs, or gives one a further key: all of it, or nothing. Blocks.
    ///
    /// # Errors
    /// As of [`Self::add_reviewer`] and [`Self::add_reviewer_key`].
    pub fn add_reviewer_with_key(
        &self,
        name: &str,
        own_number: Option<&str>,
        key: ReviewerKey,
    ) -> Result<(), StaffError> {
        check(&key.reviewer, name)?;
        reviewer_key::check(&key)?;
        let reviewer = key.reviewer.clone();
        self.enrol_reviewer(&reviewer, name, own_number, Some(key))
    }

    fn enrol_reviewer(
        &self,
        reviewer: &str,
        name: &str,
        own_number: Option<&str>,
        key: Option<ReviewerKey>,
    ) -> Result<(), StaffError> {
        let own = self.own(own_number)?;
        let sealed = self.seal_name("reviewer", &[reviewer.as_bytes()], name)?;
        let (at, reviewer) = (self.clock.now().as_second(), reviewer.to_owned());
        let this = self.clone();
        self.store.run("reviewer.add", Access::Write, move |tx| {
            tx.execute(
                "INSERT INTO reviewer (reviewer, sealed_name, added_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                &[Param::Text(&reviewer), Param::Blob(&sealed), Param::Int(at)],
            )?;
            // An account that was ended stays so: another person gets another id.
            if !is_reviewer(tx, &reviewer)? {
                return Err(StaffError::Taken);
            }
            let stored = own_person(tx, &reviewer)?;
            if let Some(own) = same_or_first(stored.as_ref().map(|own| &own.as_bytes()[..]), own)? {
                only_reviewer(tx, &reviewer, own)?;
                tx.execute(
                    "UPDATE reviewer SET own_person = $1 WHERE reviewer = $2",
                    &[Param::Blob(own.as_bytes()), Param::Text(&reviewer)],
                )?;
            }
            key.as_ref().map_or(Ok(()), |key| reviewer_key::put(tx, &this, key))
        })
    }

    /// Ends a reviewer's account for good. No older copy brings it back. Blocks.
    ///
    /// # Errors
    /// [`StaffError`].
    pub fn stop_reviewer(&self, reviewer: &str) -> Result<(), StaffError> {
        let (at, reviewer) = (self.clock.now(), reviewer.to_owned());
        let named = reviewer.clone();
        let plan = move |tx: &mut dyn Tx| {
            if is_reviewer(tx, &named)? {
                Ok(vec![Withdrawn::of_body(Kind::Reviewer, &named, None)])
            } else {
                Err(StaffError::Unknown)
            }
        };
        self.withdraw("reviewer.end", plan, move |tx| {
            if end_reviewer(tx, &reviewer, at)? {
                Ok(())
            } else {
                Err(StaffError::Unknown)
            }
        })
    }

    /// The pseudonym that somebody's own number leads to. The number itself is kept nowhere.
    fn own(&self, number: Option<&str>) -> Result<Option<PersonId>, StaffError> {
        let number = number.map(|number| self.profile.identity.check(number));
        let number = number.transpose().map_err(|_| StaffError::Number)?;
        Ok(number.map(|number| self.keys.person(&number.canonical)))
    }

    pub(crate) fn seal_name(
        &self,
        table: &'static str,
        row: &[&[u8]],
        name: &str,
    ) -> Result<Vec<u8>, RegistryError> {
        let sealed = self
            .keys
            .wrapping()
            .seal(&place(table, row), name.as_bytes(), &*self.randomness)?;
        Ok(sealed)
    }

    pub(crate) fn open_name(
        &self,
        table: &'static str,
        row: &[&[u8]],
        sealed: &[u8],
    ) -> Result<String, RegistryError> {
        let plain = self.keys.wrapping().open(&place(table, row), sealed)?;
        String::from_utf8(plain).map_err(|_| RegistryError::Stored("a name"))
    }
}

/// Refuses a second account of somebody at one body, also where the first was stopped and then ended: nobody begins anew
/// what was stopped, and nobody's looks are counted apart.
fn only_account(tx: &mut dyn Tx, (body, staff): (&str, &str), own: PersonId) -> Result<(), StaffError> {
    let others = tx.query(
        "SELECT staff FROM staff WHERE own_person = $1 AND body = $2 AND staff <> $3 \
         AND (ended_at IS NULL OR stopped_at IS NOT NULL)",
        &[Param::Blob(own.as_bytes()), Param::Text(body), Param::Text(staff)],
    )?;
    if others.is_empty() {
        Ok(())
    } else {
        Err(StaffError::Taken)
    }
}

/// Refuses a second reviewer who is the same person: they would judge what they judged.
fn only_reviewer(tx: &mut dyn Tx, reviewer: &str, own: PersonId) -> Result<(), StaffError> {
    let others = tx.query(
        "SELECT reviewer FROM reviewer WHERE own_person = $1 AND reviewer <> $2 AND ended_at IS NULL",
        &[Param::Blob(own.as_bytes()), Param::Text(reviewer)],
    )?;
    if others.is_empty() {
        Ok(())
    } else {
        Err(StaffError::Taken)
    }
}

fn place<'a>(table: &'static str, row: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        table,
        column: "sealed_name",
        row,
    }
}

fn check(id: &str, name: &str) -> Result<(), StaffError> {
    let fits = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    if !fits {
        return Err(StaffError::Id);
    }
    if name.trim().is_empty() {
        return Err(StaffError::NameMissing);
    }
    Ok(())
}

/// The pseudonym that an account is to get: it has none yet. An account never gets another one than it has.
fn same_or_first(stored: Option<&[u8]>, own: Option<PersonId>) -> Result<Option<PersonId>, StaffError> {
    match (stored, own) {
        (None, own) => Ok(own),
        (Some(_), None) => Ok(None),
        (Some(stored), Some(own)) if stored == own.as_bytes() => Ok(None),
        (Some(_), Some(_)) => Err(StaffError::Taken),
    }
}

fn add_key(tx: &mut dyn Tx, new: &NewStaff, key: &str) -> Result<(), StaffError> {
    tx.execute(
        "INSERT INTO staff_key (body, key_id, staff) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[Param::Text(&new.body), Param::Text(key), Param::Text(&new.staff)],
    )?;
    let stored = tx.query(
        "SELECT staff FROM staff_key WHERE body = $1 AND key_id = $2",
        &[Param::Text(&new.body), Param::Text(key)],
    )?;
    let owner = stored.into_iter().next().map(|mut row| row.text()).transpose()?;
    if owner.as_ref() == Some(&new.staff) {
        Ok(())
    } else {
        Err(StaffError::Taken)
    }
}

/// Ends an account, on behalf of a colleague or, without one, of the installation. Answers false where there is none.
pub(crate) fn end(
    tx: &mut dyn Tx,
    this: &Registry,
    (body, staff): (&str, &str),
    lead: Option<&str>,
    at: Timestamp,
) -> Result<bool, RegistryError> {
    let ended = tx.execute(
        "UPDATE staff SET ended_at = $1 WHERE body = $2 AND staff = $3 AND ended_at IS NULL",
        &[Param::Int(at.as_second()), Param::Text(body), Param::Text(staff)],
    )?;
    if ended == 1 {
        this.staff_step(tx, Change::StaffEnded, (body, staff), lead, at)?;
    }
    Ok(ended == 1)
}

/// Ends a reviewer's account. Answers false where there is none.
pub(crate) fn end_reviewer(tx: &mut dyn Tx, reviewer: &str, at: Timestamp) -> Result<bool, StoreError> {
    let ended = tx.execute(
        "UPDATE reviewer SET ended_at = $1 WHERE reviewer = $2 AND ended_at IS NULL",
        &[Param::Int(at.as_second()), Param::Text(reviewer)],
    )?;
    Ok(ended == 1)
}

/// Whether this reviewer is registered and has not left.
pub(crate) fn is_reviewer(tx: &mut dyn Tx, reviewer: &str) -> Result<bool, StoreError> {
    let found = tx.query(
        "SELECT reviewer FROM reviewer WHERE reviewer = $1 AND ended_at IS NULL",
        &[Param::Text(reviewer)],
    )?;
    Ok(!found.is_empty())
}

/// The pseudonym that a reviewer's own number leads to, if they are registered with one.
pub(crate) fn own_person(tx: &mut dyn Tx, reviewer: &str) -> Result<Option<PersonId>, StoreError> {
    let rows = tx.query(
        "SELECT own_person FROM reviewer WHERE reviewer = $1 AND own_person IS NOT NULL",
        &[Param::Text(reviewer)],
    )?;
    let row = rows.into_iter().next();
    row.map(|mut row| Ok(PersonId::from_bytes(row.array()?)))
        .transpose()
}

/// Whether a reviewer's own number is that of somebody on the staff of this body: of the account that is named, or else
/// of any that has not ended.
pub(crate) fn is_on_staff(
    tx: &mut dyn Tx,
    reviewer: &str,
    body: &str,
    staff: Option<&str>,
) -> Result<bool, StoreError> {
    let Some(own) = own_person(tx, reviewer)? else {
        return Ok(false);
    };
    let named = staff.map_or("ended_at IS NULL", |_| "staff = $3");
    let sql = format!("SELECT 1 FROM staff WHERE own_person = $1 AND body = $2 AND {named}");
    let of = [
        Param::Blob(own.as_bytes()),
        Param::Text(body),
        Param::Text(staff.unwrap_or_default()),
    ];
    let found = tx.query(&sql, &of[..2 + usize::from(staff.is_some())])?;
    Ok(!found.is_empty())
}

/// Reviewers who do not go on with what they were given: each with the one person whom they may not judge, who they are
/// themselves, or with none, where they have left and judge nobody.
pub(crate) fn set_aside(tx: &mut dyn Tx) -> Result<Vec<(String, Option<PersonId>)>, StoreError> {
    let rows = tx.query(
        "SELECT reviewer, own_person, ended_at FROM reviewer WHERE own_person IS NOT NULL OR ended_at IS NOT NULL",
        &[],
    )?;
    let reviewers = rows.into_iter().map(|mut row| {
        let reviewer = row.text()?;
        let own = row.opt_blob()?.map(|id| PersonId::from_slice(&id)).transpose();
        let own = own.map_err(|_| StoreError::Shape("an identifier is expected"))?;
        Ok((reviewer, if row.opt_int()?.is_some() { None } else { own }))
    });
    reviewers.collect()
}

/// Who asks, as far as the store knows.
pub(crate) struct Asking {
    /// The account, if the key is one of a named member of staff.
    pub(crate) staff: Option<String>,
    pub(crate) standing: policy::Staff,
    pub(crate) member_stopped: bool,
    /// Whether whom they ask about is on the same staff.
    pub(crate) colleague: bool,
}

/// Who asks for `body` with this key, about `person`.
pub(crate) fn asking(
    tx: &mut dyn Tx,
    body: &str,
    key_id: &str,
    person: Option<PersonId>,
) -> Result<Asking, StoreError> {
    // No member of staff has an empty pseudonym.
    let person = person.as_ref().map_or(&[][..], |person| &person.as_bytes()[..]);
    let rows = tx.query(
        "SELECT key.staff, staff.stopped_at, staff.ended_at, \
         (SELECT stop.stopped_at FROM member_stop AS stop WHERE stop.body = key.body), \
         (SELECT COUNT(*) FROM staff AS other WHERE other.own_person = $3 AND other.body = key.body) \
         FROM staff_key AS key JOIN staff ON staff.body = key.body AND staff.staff = key.staff \
         WHERE key.body = $1 AND key.key_id = $2",
        &[Param::Text(body), Param::Text(key_id), Param::Blob(person)],
    )?;
    let Some(mut row) = rows.into_iter().next() else {
        // Whoever of the body it was, a look at somebody on its staff is one at a colleague.
        let own = tx.query(
            "SELECT 1 FROM staff WHERE own_person = $1 AND body = $2",
            &[Param::Blob(person), Param::Text(body)],
        )?;
        return Ok(Asking {
            staff: None,
            standing: policy::Staff::Unknown,
            member_stopped: false,
            colleague: !own.is_empty(),
        });
    };
    let staff = row.text()?;
    let stopped = row.opt_int()?.is_some() | row.opt_int()?.is_some();
    Ok(Asking {
        staff: Some(staff),
        standing: if stopped {
            policy::Staff::Stopped
        } else {
            policy::Staff::Active
        },
        member_stopped: row.opt_int()?.is_some(),
        colleague: row.int()? > 0,
    })
}
