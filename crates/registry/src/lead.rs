//! Who leads a body's staff: they alone add and end colleagues and say who else leads, and each time that is a leaf of
//! the log that names them. The first of a body is named by whoever runs the installation.

use jiff::Timestamp;
use storage::{Access, Param, StoreError, Tx};

use crate::{
    NewStaff, PORTAL_KEYS, Registry, RegistryError, StaffError,
    erasure::{Kind, Withdrawn},
    oversight::Change,
};

impl Registry {
    /// Adds a colleague, on behalf of a member of staff who leads. They can use the portal, and sign with those of the
    /// body's keys that are given, of which none is anybody else's. An account that is there already gets nothing
    /// more: whoever added a key to it could ask in its holder's name. Blocks.
    ///
    /// # Errors
    /// [`StaffError`].
    pub fn add_colleague(&self, lead: &str, mut new: NewStaff) -> Result<(), StaffError> {
        new.keys.push(format!("{PORTAL_KEYS}{}", new.staff));
        self.enrol(new, Some(lead.to_owned()))
    }

    /// Ends a colleague's account for good, or one's own, on behalf of a member of staff who leads. Blocks.
    ///
    /// # Errors
    /// [`StaffError::LastLead`] where nobody would lead any more.
    pub fn end_colleague(&self, lead: &str, body: &str, staff: &str) -> Result<(), StaffError> {
        self.end_account(body, staff, Some(lead.to_owned()))
    }

    /// Says whether a colleague leads, on behalf of a member of staff who does. That they do not lead any more holds in
    /// older copies too. Blocks.
    ///
    /// # Errors
    /// [`StaffError::LastLead`] where nobody would lead any more.
    pub fn set_lead(&self, lead: &str, body: &str, staff: &str, leads: bool) -> Result<(), StaffError> {
        let (this, lead) = (self.clone(), lead.to_owned());
        let (body, staff) = (body.to_owned(), staff.to_owned());
        let what = Withdrawn::of_body(Kind::Lead, &body, Some(&staff));
        let allowed = {
            let (body, staff, lead) = (body.clone(), staff.clone(), lead.clone());
            move |tx: &mut dyn Tx| {
                only_leads(tx, &body, &lead)?;
                if !leads {
                    leaves_a_lead(tx, &body, &staff)?;
                }
                if is_on_the_staff(tx, &body, &staff)? {
                    Ok(())
                } else {
                    Err(StaffError::Unknown)
                }
            }
        };
        let plan = {
            let allowed = allowed.clone();
            move |tx: &mut dyn Tx| allowed(tx).map(|()| vec![what.clone()])
        };
        let work = move |tx: &mut dyn Tx| {
            allowed(tx)?;
            put_lead(tx, &this, (&body, &staff), leads, (Some(&lead), this.clock.now()))?;
            Ok(())
        };
        if leads {
            self.store.run("staff.lead", Access::Write, work)
        } else {
            self.withdraw("staff.lead", plan, work)
        }
    }
}

/// Somebody who is added to the staff.
pub(crate) struct Enrolled<'a> {
    pub(crate) new: &'a NewStaff,
    /// The colleague who adds them. None: the installation.
    pub(crate) lead: Option<&'a str>,
    pub(crate) at: Timestamp,
}

impl Enrolled<'_> {
    /// Refuses what a colleague may not add.
    pub(crate) fn allowed(&self, tx: &mut dyn Tx) -> Result<(), StaffError> {
        let Some(lead) = self.lead else { return Ok(()) };
        let (body, staff) = (&self.new.body, &self.new.staff);
        only_leads(tx, body, lead)?;
        let there = tx.query(
            "SELECT staff FROM staff WHERE body = $1 AND staff = $2",
            &[Param::Text(body), Param::Text(staff)],
        )?;
        if !there.is_empty() {
            return Err(StaffError::Taken);
        }
        let signs = |key: &&String| key.strip_prefix(PORTAL_KEYS) != Some(staff);
        for key in self.new.keys.iter().filter(signs) {
            let of_body = tx.query(
                "SELECT key_id FROM authority_key WHERE key_id = $1 AND authority = $2 AND retired_at IS NULL",
                &[Param::Text(key), Param::Text(body)],
            )?;
            if of_body.is_empty() {
                return Err(StaffError::NoSuchKey);
            }
        }
        Ok(())
    }

    /// Puts down that they were added, where they are new, and that they lead, where they do from now on.
    pub(crate) fn put_down(&self, tx: &mut dyn Tx, this: &Registry, new: bool) -> Result<(), StaffError> {
        let account = (self.new.body.as_str(), self.new.staff.as_str());
        if new {
            this.staff_step(tx, Change::StaffAdded, account, self.lead, self.at)?;
        }
        if self.new.lead {
            put_lead(tx, this, account, true, (self.lead, self.at))?;
        }
        Ok(())
    }
}

/// Writes whether an account leads, and the leaf where that changes something. Answers whether it does.
pub(crate) fn put_lead(
    tx: &mut dyn Tx,
    this: &Registry,
    (body, staff): (&str, &str),
    leads: bool,
    (by, at): (Option<&str>, Timestamp),
) -> Result<bool, RegistryError> {
    let changed = tx.execute(
        "UPDATE staff SET lead = $1 WHERE body = $2 AND staff = $3 AND lead <> $1",
        &[
            Param::Int(i64::from(leads)),
            Param::Text(body),
            Param::Text(staff),
        ],
    )?;
    if changed == 1 {
        let change = if leads {
            Change::LeadGiven
        } else {
            Change::LeadTaken
        };
        this.staff_step(tx, change, (body, staff), by, at)?;
    }
    Ok(changed == 1)
}

/// Refuses whoever does not lead the body's staff, has left, or is stopped.
pub(crate) fn only_leads(tx: &mut dyn Tx, body: &str, lead: &str) -> Result<(), StaffError> {
    let found = tx.query(
        "SELECT staff FROM staff WHERE body = $1 AND staff = $2 AND lead = 1 AND stopped_at IS NULL \
         AND ended_at IS NULL",
        &[Param::Text(body), Param::Text(lead)],
    )?;
    if found.is_empty() {
        Err(StaffError::NotLead)
    } else {
        Ok(())
    }
}

/// Refuses to go on where nobody but this account leads: then nobody could add or end anybody.
pub(crate) fn leaves_a_lead(tx: &mut dyn Tx, body: &str, staff: &str) -> Result<(), StaffError> {
    let others = tx.query(
        "SELECT staff FROM staff WHERE body = $1 AND staff <> $2 AND lead = 1 AND stopped_at IS NULL \
         AND ended_at IS NULL",
        &[Param::Text(body), Param::Text(staff)],
    )?;
    if others.is_empty() {
        Err(StaffError::LastLead)
    } else {
        Ok(())
    }
}

pub(crate) fn is_on_the_staff(tx: &mut dyn Tx, body: &str, staff: &str) -> Result<bool, StoreError> {
    let found = tx.query(
        "SELECT staff FROM staff WHERE body = $1 AND staff = $2 AND ended_at IS NULL",
        &[Param::Text(body), Param::Text(staff)],
    )?;
    Ok(!found.is_empty())
}
