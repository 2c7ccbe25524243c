//! Registered purposes: the only reasons for which a body may look at a person's records without their
//! consent. One person an inquiry; there is no way to write a purpose for many.

use std::collections::{BTreeMap, BTreeSet};

use model::RecordKind;

use crate::Text2;

/// How late a look may show to the person, and which law says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delay {
    /// The most days. After them the look shows, always.
    pub days: u32,
    /// The legal basis that lets the notice wait.
    pub basis: String,
}

/// A registered reason for inquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// Its id.
    pub id: String,
    /// What the person reads.
    pub name: Text2,
    /// The legal bases, one for each profession and kind of record: under each it reaches records of that
    /// profession alone.
    pub bases: Vec<String>,
    /// The fields that it may see, by kind of record. A kind that is not here is out of reach.
    pub fields: BTreeMap<RecordKind, BTreeSet<String>>,
    /// The authorities that may use it.
    pub who: BTreeSet<String>,
    /// The most looks that one member of staff may take in a day.
    pub daily_ceiling: u32,
    /// Whether a look may show late. None: it shows at once.
    pub delay: Option<Delay>,
}
