//! Checks of one row that need nothing but the profile, the authority that files, and the day.
//!
//! A row is checked field by field in the order of its record type, then as a whole: the period, the legal
//! basis on its day, the person's age. The first fault found is the row's fault. What needs the records that
//! are there already (whether a licence is known, whether a document came before) is the registry's to say.

mod content;
mod field;
pub(crate) mod text;
mod value;

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use jiff::civil::Date;
use model::RecordKind;
use profile::{FieldKind, IdentityNumber, IdentityRule, Permission, Profile, RecordType};

use self::field::{Gathered, Value};
use crate::{
    Binding, FaultCode, RawRow, RowFault,
    headings::shown,
    row::{CellKind, Place},
};

/// A row that passed every check, with its values in canonical form.
///
/// It has no `Debug`: it holds a name and an identity number, which must not get into a log.
pub struct CheckedRow {
    /// The number of the data row, from 1; in JSON Lines, the line.
    pub number: u64,
    /// The line of the file on which it begins.
    pub line: u64,
    /// The person's name.
    pub name: String,
    /// The person's identity number.
    pub identity: IdentityNumber,
    /// The person's birth date, from the number or from a field.
    pub born_on: Date,
    /// Which document the row speaks of: the kind and the identity fields of its type, parted by U+001F.
    /// Rows with the same text speak of the same document. May hold the identity number.
    pub document: String,
    /// The number of the licence, where the type has one.
    pub licence_number: Option<String>,
    /// The id of the profession that the legal basis speaks of.
    pub profession: Arc<str>,
    /// The id of the legal basis.
    pub legal_basis: Arc<str>,
    /// The category of penalty as the profile writes it, in decisions.
    pub penalty: Option<Arc<str>>,
    /// The first day on which the record counts.
    pub starts_on: Date,
    /// The last day on which it counts; none while it counts without end.
    pub ends_on: Option<Date>,
    /// All dates of the row by the name of their field.
    pub dates: Vec<(Arc<str>, Date)>,
    /// What a correction puts right; none: the row is no correction.
    pub correction: Option<String>,
    /// The canonical content: a JSON object of the fields that are there, sorted by name, without blanks, and
    /// without the correction field. It follows the JSON Schema of the record type. The same content again
    /// is the same text.
    pub content: Vec<u8>,
}

impl CheckedRow {
    /// The date in the field with this name.
    pub fn date(&self, field: &str) -> Option<Date> {
        self.dates
            .iter()
            .find(|(name, _)| **name == *field)
            .map(|(_, date)| *date)
    }
}

/// A name in the one form in which names are kept and compared.
pub fn normalise_name(name: &str) -> String {
    text::name(name).into_owned()
}

/// Why nothing can be checked for an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckerError {
    /// The profile has no such authority.
    #[error("the profile has no authority with this id")]
    AuthorityUnknown,
    /// The authority does not file records of this kind.
    #[error("this authority does not file records of this kind")]
    KindNotFiled,
}

/// A legal basis as far as rows need it.
struct Basis {
    id: Arc<str>,
    profession: Arc<str>,
    /// Whether the authority may file this kind of record under it.
    covers: bool,
    in_force: Vec<(Date, Option<Date>)>,
}

/// Checks rows of one kind from one authority on one day.
pub struct Checker {
    record_type: RecordType,
    names: Vec<Arc<str>>,
    /// The places of the fields in the order of their names, without the correction.
    sorted: Vec<usize>,
    identity_places: Vec<usize>,
    from_place: Option<usize>,
    to_place: Option<usize>,
    restricts_place: Option<usize>,
    /// The place of the date on which the matter was decided: the first that may not lie ahead.
    decided_place: Option<usize>,
    penalties: HashMap<String, Arc<str>>,
    bases: HashMap<String, Basis>,
    identity: IdentityRule,
    minimum_age: u32,
    authority: String,
    today: Date,
}

impl std::fmt::Debug for Checker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checker")
            .field("kind", &self.record_type.kind)
            .field("authority", &self.authority)
            .field("today", &self.today)
            .finish_non_exhaustive()
    }
}

impl Checker {
    /// A checker for records of `kind` that `authority` files on the day `today`, as days are counted in the
    /// profile's jurisdiction.
    ///
    /// # Errors
    /// When the profile does not know the authority, or does not let it file this kind.
    pub fn new(
        profile: &Profile,
        kind: RecordKind,
        authority: &str,
        today: Date,
    ) -> Result<Self, CheckerError> {
        let filing = profile
            .authorities
            .get(authority)
            .ok_or(CheckerError::AuthorityUnknown)?;
        let record_type = match profile.record_type(kind) {
            Some(record_type) if filing.record_kinds.contains(&kind) => record_type.clone(),
            _ => return Err(CheckerError::KindNotFiled),
        };
        let bases = profile.bases.values().map(|basis| {
            let covers =
                filing.professions.contains(&basis.profession) && basis.allows(Permission::Collect, kind);
            let in_force = basis
                .enactments
                .iter()
                .map(|one| (one.in_force_from, one.in_force_to))
                .collect();
            let (id, profession) = (basis.id.as_str().into(), basis.profession.as_str().into());
            (
                basis.id.clone(),
                Basis {
                    id,
                    profession,
                    covers,
                    in_force,
                },
            )
        });
        let place = |name: &String| record_type.fields.iter().position(|field| field.name == *name);
        let mut sorted: Vec<usize> = (0..record_type.fields.len())
            .filter(|place| !matches!(record_type.fields[*place].kind, FieldKind::Correction { .. }))
            .collect();
        sorted.sort_by_key(|place| &record_type.fields[*place].name);
        let penalties = record_type
            .penalties()
            .iter()
            .map(|one| one.choice.value.as_str());
        Ok(Self {
            names: record_type
                .fields
                .iter()
                .map(|field| field.name.as_str().into())
                .collect(),
            sorted,
            identity_places: record_type.identity.iter().filter_map(place).collect(),
            from_place: place(&record_type.period.from),
            to_place: record_type.period.to.as_ref().and_then(place),
            restricts_place: record_type.period.restricts_until.as_ref().and_then(place),
            decided_place: record_type
                .fields
                .iter()
                .position(|field| matches!(field.kind, FieldKind::Date { future: false })),
            penalties: penalties.map(|value| (value.to_owned(), value.into())).collect(),
            bases: bases.collect(),
            identity: profile.identity.clone(),
            minimum_age: profile.minimum_age,
            authority: authority.to_owned(),
            today,
            record_type,
        })
    }

    /// The record type that rows are checked against.
    pub fn record_type(&self) -> &RecordType {
        &self.record_type
    }

    /// The authority that files.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Checks one row of a file whose columns are bound as `binding` says.
    ///
    /// # Errors
    /// The first fault of the row.
    pub fn check(&self, row: &RawRow, binding: &Binding) -> Result<CheckedRow, RowFault> {
        self.check_reading(row, binding)?;
        let mut values: Vec<Option<Value<'_>>> = Vec::with_capacity(self.record_type.fields.len());
        let mut gathered = Gathered::default();
        for (place, field) in self.record_type.fields.iter().enumerate() {
            let column = binding.column(place);
            let cell = column.map_or("", |column| row.cell(column));
            let kind = column.map_or(CellKind::Text, |column| row.kind(column));
            let value = if text::trim(cell).is_empty() {
                if field.required || self.identity_places.contains(&place) {
                    return Err(self.fault(self.missing(place, field), place, binding));
                }
                None
            } else {
                let value = self.field_value(place, field, cell, kind, &mut gathered);
                Some(value.map_err(|code| self.fault(code, place, binding))?)
            };
            values.push(value);
        }
        self.finish(row, binding, &values, gathered)
    }

    /// The faults that the reader found.
    fn check_reading(&self, row: &RawRow, binding: &Binding) -> Result<(), RowFault> {
        match row.fault() {
            None if binding.fits(row) => Ok(()),
            None => Err(RowFault::new(FaultCode::Columns)),
            // Our own columns are passed over, whatever has become of them.
            Some(fault)
                if matches!(fault.place, Place::Cell(column) if column >= binding.headings().len())
                    && binding.fits(row) =>
            {
                Ok(())
            }
            Some(fault) => Err(match &fault.place {
                Place::Row => RowFault::new(fault.code),
                Place::Named(name) => RowFault::at(fault.code, shown(name)),
                Place::Cell(column) => match binding.headings().get(*column) {
                    Some(heading) => RowFault::at(fault.code, shown(heading)),
                    None => RowFault::new(fault.code),
                },
            }),
        }
    }

    fn fault(&self, code: FaultCode, place: usize, binding: &Binding) -> RowFault {
        let heading = binding
            .column(place)
            .and_then(|column| binding.headings().get(column));
        RowFault::at(
            code,
            heading.map_or_else(|| self.names[place].to_string(), |heading| shown(heading)),
        )
    }

    /// The checks of the row as a whole.
    fn finish(
        &self,
        row: &RawRow,
        binding: &Binding,
        values: &[Option<Value<'_>>],
        gathered: Gathered<'_, '_>,
    ) -> Result<CheckedRow, RowFault> {
        let date_at = |place: Option<usize>| match place.and_then(|place| values[place].as_ref()) {
            Some(Value::Date(date)) => Some(*date),
            _ => None,
        };
        let missing = || RowFault::new(FaultCode::FieldMissing);
        let starts_on = date_at(self.from_place).ok_or_else(missing)?;
        let ends_on = date_at(self.to_place);
        for place in [self.to_place, self.restricts_place] {
            if let (Some(at), Some(ends_on)) = (place, date_at(place))
                && ends_on < starts_on
            {
                return Err(self.fault(FaultCode::PeriodReversed, at, binding));
            }
        }
        let (basis_place, basis) = gathered.basis.ok_or_else(missing)?;
        let day = date_at(self.decided_place).unwrap_or(starts_on);
        if !basis
            .in_force
            .iter()
            .any(|(from, to)| *from <= day && to.is_none_or(|to| day <= to))
        {
            return Err(self.fault(FaultCode::BasisScope, basis_place, binding));
        }
        let identity = gathered.identity.ok_or_else(missing)?;
        // Without a birth date nobody could say that the person is of age.
        let born_on = gathered.born_on.ok_or_else(missing)?;
        if profile::is_minor(born_on, self.today, self.minimum_age) {
            return Err(RowFault::new(FaultCode::UnderAge));
        }
        let dates = values
            .iter()
            .zip(&self.names)
            .filter_map(|(value, name)| match value {
                Some(Value::Date(date)) => Some((name.clone(), *date)),
                _ => None,
            });
        Ok(CheckedRow {
            number: row.number,
            line: row.line,
            name: gathered.name.ok_or_else(missing)?.into_owned(),
            identity,
            born_on,
            document: content::document(self.record_type.kind, &self.identity_places, values),
            licence_number: gathered.licence_number.map(Cow::into_owned),
            profession: basis.profession.clone(),
            legal_basis: basis.id.clone(),
            penalty: gathered.penalty,
            starts_on,
            ends_on,
            dates: dates.collect(),
            correction: gathered.correction,
            content: content::canonical(&self.names, &self.sorted, values),
        })
    }
}
