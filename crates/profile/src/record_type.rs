//! Record types: closed lists of fields, and the headings under which senders know them.

use std::collections::BTreeMap;

use model::RecordKind;

use crate::{DecisionKind, Text2};

/// One allowed value of a field, as senders write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The value in files.
    pub value: String,
    /// What pages show.
    pub label: Text2,
}

/// What a decision does to the licence that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LicenceEffect {
    /// Nothing: the licence stays as it is.
    None,
    /// It is suspended.
    Suspends,
    /// It is revoked.
    Revokes,
    /// Its holder may not practise this profession while the decision lasts.
    Prohibits,
}

/// A category of penalty: one allowed value, with the kind of decision that it makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Penalty {
    /// The value and its label.
    pub choice: Choice,
    /// The kind of decision, which sets how long it may be disclosed.
    pub kind: DecisionKind,
    /// What it does to the licence.
    pub effect: LicenceEffect,
}

/// What a field holds, and so how its value is read, checked and written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// Free text.
    Text {
        /// The most characters that it may have.
        max_chars: usize,
    },
    /// The person's name.
    Name {
        /// The most characters that it may have.
        max_chars: usize,
    },
    /// The person's identity number, under the profile's identity rule.
    IdNumber,
    /// The kind of paper that the identity number stands on.
    IdType {
        /// The allowed ones.
        values: Vec<Choice>,
    },
    /// The person's birth date, where the identity number does not tell it.
    BirthDate,
    /// A calendar date.
    Date {
        /// Whether it may lie after the day of filing.
        future: bool,
    },
    /// An amount of money, never negative.
    Amount {
        /// The unit, such as ten thousand yuan.
        unit: Text2,
        /// The most digits after the decimal point.
        decimals: u32,
    },
    /// A number such as hours of training; its bounds are included.
    Number {
        /// The smallest allowed.
        min: i64,
        /// The greatest allowed.
        max: i64,
        /// The unit.
        unit: Text2,
    },
    /// One of a closed list of values.
    Choice {
        /// The allowed ones.
        values: Vec<Choice>,
    },
    /// The category of penalty.
    Penalty {
        /// The allowed ones.
        values: Vec<Penalty>,
    },
    /// An authority of the profile, by its id.
    Authority,
    /// A legal basis of the profile, by its id.
    Basis,
    /// The number of a licence: of the licence itself, or of the one that a decision speaks of.
    LicenceNumber,
    /// The number of the document, by which the record is known to its authority.
    DocumentNumber,
    /// The notice of remedies that the person was given.
    Remedies {
        /// The most characters that it may have.
        max_chars: usize,
    },
    /// What a correction puts right. A value files the row as a correction of the record with the same
    /// identity fields.
    Correction {
        /// The most characters that it may have.
        max_chars: usize,
    },
}

impl FieldKind {
    /// Its word in a profile.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Name { .. } => "name",
            Self::IdNumber => "id-number",
            Self::IdType { .. } => "id-type",
            Self::BirthDate => "birth-date",
            Self::Date { .. } => "date",
            Self::Amount { .. } => "amount",
            Self::Number { .. } => "number",
            Self::Choice { .. } => "choice",
            Self::Penalty { .. } => "penalty",
            Self::Authority => "authority",
            Self::Basis => "basis",
            Self::LicenceNumber => "licence-number",
            Self::DocumentNumber => "document-number",
            Self::Remedies { .. } => "remedies",
            Self::Correction { .. } => "correction",
        }
    }
}

/// One field of a record type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in snake_case, as in JSON and in the JSON Schema.
    pub name: String,
    /// What pages show.
    pub label: Text2,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether a row must have it.
    pub required: bool,
    /// Whether its value tells something about the person.
    pub personal: bool,
}

/// The two date fields between which a record counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The field with the first day.
    pub from: String,
    /// The field with the last day. None: it counts without end.
    pub to: Option<String>,
    /// The field of the last day on which a decision restricts its licences, if its type has one. Without a value a
    /// decision restricts as long as it is shown.
    pub restricts_until: Option<String>,
}

/// A record type: the closed list of its fields. A field outside it is turned away at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordType {
    /// The kind of record.
    pub kind: RecordKind,
    /// What pages show.
    pub name: Text2,
    /// The fields, in the order in which they are shown.
    pub fields: Vec<Field>,
    /// The fields that together say which document a row speaks of. The same values again are the same
    /// document.
    pub identity: Vec<String>,
    /// Between which days it counts.
    pub period: Span,
    /// Senders' headings, as [`fold_heading`] writes them, each with the name of its field. The fields'
    /// own names are among them.
    pub headings: BTreeMap<String, String>,
}

impl RecordType {
    /// The field with this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field that a sender's column heading or JSON key means. Blanks around it, byte-order marks,
    /// full-width forms and the case of Latin letters make no difference.
    pub fn field_for_heading(&self, heading: &str) -> Option<&Field> {
        self.field(self.headings.get(&fold_heading(heading))?)
    }

    /// The fields that a correction can put right: not those by which the record, its person and its authority
    /// are known, nor what says that it is a correction.
    pub fn correctable(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| {
            !matches!(
                field.kind,
                FieldKind::Name { .. }
                    | FieldKind::IdNumber
                    | FieldKind::IdType { .. }
                    | FieldKind::BirthDate
                    | FieldKind::Authority
                    | FieldKind::Basis
                    | FieldKind::DocumentNumber
                    | FieldKind::Correction { .. }
            )
        })
    }

    /// The first field of the kind whose word is `kind`, such as `id-number`.
    pub fn field_of_kind(&self, kind: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.kind.as_str() == kind)
    }

    /// The allowed penalties; empty for types other than decisions.
    pub fn penalties(&self) -> &[Penalty] {
        self.fields
            .iter()
            .find_map(|field| match &field.kind {
                FieldKind::Penalty { values } => Some(values.as_slice()),
                _ => None,
            })
            .unwrap_or_default()
    }
}

/// A heading as the heading map knows it: trimmed, in ASCII forms where it had full-width ones, and with
/// Latin letters in lower case.
pub fn fold_heading(heading: &str) -> String {
    heading
        .trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
        .chars()
        .map(crate::identity::narrow)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
