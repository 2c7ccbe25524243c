//! Enactments: which law, which article, when it holds, where to read it, and whether a lawyer agreed.

use std::{collections::BTreeSet, path::Path};

use jiff::civil::Date;
use model::RecordKind;

use crate::{ProfileFault, Text2, by_day::Held, text::Said};

/// An article of an enactment, with the days on which it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The name of the enactment.
    pub enactment: Text2,
    /// The article, or words saying that it is still to be confirmed.
    pub article: Text2,
    /// The first day on which it is in force.
    pub in_force_from: Date,
    /// The last day on which it is in force; none while no end is known.
    pub in_force_to: Option<Date>,
    /// Where its text can be read.
    pub source: Text2,
    /// The lawyer who confirmed it. None: it is not confirmed, and every page that shows it says so.
    pub confirmed_by: Option<String>,
}

impl Citation {
    /// Whether it is in force on `day`; its first and last day count.
    pub fn in_force_on(&self, day: Date) -> bool {
        self.in_force_from <= day && self.in_force_to.is_none_or(|last| day <= last)
    }

    /// Whether a lawyer has confirmed it.
    pub fn is_confirmed(&self) -> bool {
        self.confirmed_by.is_some()
    }
}

/// What a fault says before it is known on which day it is one.
const NOT_IN_FORCE: Said = Said("没有有效的法规为据", "comes from no enactment that is in force");

/// What would be right.
const ENACTMENT: Said = Said(
    "有效的法规及其 in_force_from，或者写明自身理由的 own = { zh = \"…\", en = \"…\" }",
    "the enactment that is in force with its in_force_from, or own = { zh = \"…\", en = \"…\" } with the installation's own \
     reason",
);

/// Something that enactments set, with its place in the profile's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cited {
    /// What it is a fault of if none of them is in force.
    pub(crate) fault: ProfileFault,
    /// The days from and to which each is.
    days: Vec<(Date, Option<Date>)>,
    /// The days on which what they set holds.
    held: Held,
}

impl Cited {
    pub(crate) fn new(file: &Path, line: usize, key: &str, held: Held, citations: &[Citation]) -> Self {
        Self {
            fault: ProfileFault {
                file: file.to_owned(),
                line,
                key: key.to_owned(),
                message: NOT_IN_FORCE.into(),
                expected: ENACTMENT.into(),
            },
            days: citations
                .iter()
                .map(|one| (one.in_force_from, one.in_force_to))
                .collect(),
            held,
        }
    }

    /// The fault, if none of the enactments is in force on `today`, or on the first day of what holds only later. What
    /// holds no more is history.
    pub(crate) fn fault_on(&self, today: Date) -> Option<ProfileFault> {
        let day = self.held.from.map_or(today, |from| from.max(today));
        if !self.held.holds(day) {
            return None;
        }
        let holds = |(from, to): &(Date, Option<Date>)| *from <= day && to.is_none_or(|last| day <= last);
        if self.days.iter().any(holds) {
            return None;
        }
        let last = self
            .days
            .iter()
            .filter_map(|(_, to)| *to)
            .filter(|last| *last < day)
            .max();
        let mut message = both!(
            "没有在 {day} 有效的法规为据",
            "comes from no enactment that is in force on {day}"
        );
        if let Some(last) = last {
            let ended = both!("；最后一个已于 {last} 失效", "; the last one ended on {last}");
            message.zh.push_str(&ended.zh);
            message.en.push_str(&ended.en);
        }
        Some(ProfileFault {
            message,
            ..self.fault.clone()
        })
    }
}

/// Where a period or a deadline comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// These enactments set it; there is at least one.
    Enactments(Vec<Citation>),
    /// No enactment sets it; it is the installation's own, for the reason given.
    Own(Text2),
}

/// What a legal basis lets a body do with records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// File them here.
    Collect,
    /// Look at them under a registered purpose.
    Inquire,
    /// Show them outside: as a licence's status, or on a certificate that the holder asked for.
    Disclose,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Collect, Self::Inquire, Self::Disclose];

    /// Its word in a profile.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Inquire => "inquire",
            Self::Disclose => "disclose",
        }
    }
}

/// The legal basis under which a body collects, looks at or discloses a kind of record.
/// It names exactly one profession: what is decided in a profession has effect in that one alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalBasis {
    /// Its id, as senders write it in their files.
    pub id: String,
    /// Its name in plain words.
    pub name: Text2,
    /// The one profession that it speaks of.
    pub profession: String,
    /// The kinds of record that it covers.
    pub record_kinds: BTreeSet<RecordKind>,
    /// What it allows.
    pub allows: BTreeSet<Permission>,
    /// The enactments, the oldest first; no two hold on the same day.
    pub enactments: Vec<Citation>,
}

impl LegalBasis {
    /// The enactment that holds on `day`, if one does.
    pub fn in_force_on(&self, day: Date) -> Option<&Citation> {
        self.enactments.iter().find(|citation| citation.in_force_on(day))
    }

    /// Whether it lets a body do `permission` with records of `kind`.
    pub fn allows(&self, permission: Permission, kind: RecordKind) -> bool {
        self.allows.contains(&permission) && self.record_kinds.contains(&kind)
    }
}
