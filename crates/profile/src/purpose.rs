//! Registered purposes: the only reasons for which a body may look at a person's records, under a law or with the
//! person's consent. One person an inquiry; there is no way to write a purpose for many.

use std::collections::{BTreeMap, BTreeSet};

use model::RecordKind;

use crate::{ByDay, Ground, Number, Text2};

/// How late a look may show to the person, and which law says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delay {
    /// The most days. After them the look shows, always.
    pub days: u32,
    /// The legal basis that lets the notice wait.
    pub basis: String,
}

/// What a body may ask the person to consent to, at most. The person may grant less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentTerms {
    /// The most days that a consent lasts. None is without an end.
    pub longest_days: u32,
    /// The most looks under one consent.
    pub most_looks: u32,
    /// The most days that an answer may be kept.
    pub keep_answer_days: u32,
    /// Where these numbers come from.
    pub ground: Ground,
}

/// A registered reason for inquiry: under a law, with the person's consent, or either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// Its id.
    pub id: String,
    /// What the person reads.
    pub name: Text2,
    /// The legal bases, one for each profession and kind of record: under each it reaches records of that
    /// profession alone. Empty where it is only used by consent.
    pub bases: Vec<String>,
    /// The fields that it may see, by kind of record. A kind that is not here is out of reach.
    pub fields: BTreeMap<RecordKind, BTreeSet<String>>,
    /// The authorities that may use it, and the inquirers that may ask for consent under it.
    pub who: BTreeSet<String>,
    /// The most looks that one member of staff may take in a day.
    pub daily_ceiling: ByDay<Number>,
    /// Whether a look under a law may show late. None: it shows at once, as every look by consent does.
    pub delay: Option<ByDay<Delay>>,
    /// On which terms it may be used with the person's consent. None: it may not.
    pub consent: Option<ByDay<ConsentTerms>>,
}
