//! One field of a row: what its cell says, in canonical form, or its fault.

use std::{borrow::Cow, sync::Arc};

use jiff::civil::Date;
use model::RecordKind;
use profile::{Choice, Field, FieldKind, IdentityFault, IdentityNumber};

use super::{Basis, Checker, text, value};
use crate::{FaultCode, row::CellKind};

/// The most characters of a licence's or a document's number.
const NUMBER_CHARS: usize = 100;

/// The value of one field.
pub(super) enum Value<'r> {
    Text(Cow<'r, str>),
    Number(i64),
    Date(Date),
}

/// What is gathered while the fields of a row are looked at.
#[derive(Default)]
pub(super) struct Gathered<'r, 'c> {
    pub(super) name: Option<Cow<'r, str>>,
    pub(super) identity: Option<IdentityNumber>,
    pub(super) born_on: Option<Date>,
    pub(super) licence_number: Option<Cow<'r, str>>,
    pub(super) basis: Option<(usize, &'c Basis)>,
    pub(super) penalty: Option<Arc<str>>,
    pub(super) correction: Option<String>,
}

impl Checker {
    /// The code of a required field that is empty.
    pub(super) fn missing(&self, place: usize, field: &Field) -> FaultCode {
        match &field.kind {
            FieldKind::Name { .. } => FaultCode::NameMissing,
            FieldKind::IdNumber => FaultCode::IdLength,
            FieldKind::Basis => FaultCode::BasisMissing,
            FieldKind::Remedies { .. } => FaultCode::RemedyMissing,
            FieldKind::DocumentNumber => FaultCode::DocumentMissing,
            FieldKind::LicenceNumber => FaultCode::LicenceMissing,
            FieldKind::Date { .. }
                if self.record_type.kind == RecordKind::Decision && self.to_place == Some(place) =>
            {
                FaultCode::DisclosureEndMissing
            }
            _ => FaultCode::FieldMissing,
        }
    }

    /// The value of a cell that is not empty.
    pub(super) fn field_value<'r, 'c>(
        &'c self,
        place: usize,
        field: &Field,
        cell: &'r str,
        kind: CellKind,
        gathered: &mut Gathered<'r, 'c>,
    ) -> Result<Value<'r>, FaultCode> {
        let short = |text: Cow<'r, str>, max: usize| {
            if text.len() > max && text.chars().count() > max {
                Err(FaultCode::CellTooLong)
            } else {
                Ok(text)
            }
        };
        Ok(Value::Text(match &field.kind {
            FieldKind::Text { max_chars } | FieldKind::Remedies { max_chars } => {
                short(text::free(cell), *max_chars)?
            }
            FieldKind::Correction { max_chars } => {
                let reason = short(text::free(cell), *max_chars)?;
                gathered.correction = Some(reason.clone().into_owned());
                reason
            }
            FieldKind::Name { max_chars } => {
                let name = short(text::name(cell), *max_chars)?;
                gathered.name = Some(name.clone());
                name
            }
            FieldKind::IdNumber if kind == CellKind::Number => return Err(FaultCode::IdNumberAsNumber),
            FieldKind::IdNumber => {
                let number = self.identity.check(cell).map_err(identity_code)?;
                let canonical = number.canonical.clone();
                gathered.born_on = gathered.born_on.or(number.born_on);
                gathered.identity = Some(number);
                Cow::Owned(canonical)
            }
            FieldKind::IdType { values } => chosen(values.iter(), cell)
                .ok_or(FaultCode::IdTypeUnknown)?
                .into(),
            FieldKind::Choice { values } => chosen(values.iter(), cell)
                .ok_or(FaultCode::ChoiceUnknown)?
                .into(),
            FieldKind::Penalty { values } => {
                let value =
                    chosen(values.iter().map(|one| &one.choice), cell).ok_or(FaultCode::ChoiceUnknown)?;
                gathered.penalty = self.penalties.get(&value).cloned();
                value.into()
            }
            FieldKind::BirthDate | FieldKind::Date { .. } => {
                return self.date_value(field, cell, gathered).map(Value::Date);
            }
            FieldKind::Amount { decimals, .. } => {
                value::amount(cell, *decimals).ok_or(FaultCode::FineInvalid)?
            }
            FieldKind::Number { min, max, .. } => {
                let code = if field.name == "hours" {
                    FaultCode::HoursInvalid
                } else {
                    FaultCode::NumberInvalid
                };
                return value::number(cell, *min, *max).map(Value::Number).ok_or(code);
            }
            FieldKind::Authority => {
                let id = text::code(cell);
                if *id != *self.authority {
                    return Err(FaultCode::AuthorityMismatch);
                }
                id
            }
            FieldKind::Basis => {
                let id = text::code(cell);
                let basis = self.bases.get(&*id).ok_or(FaultCode::BasisUnknown)?;
                if !basis.covers {
                    return Err(FaultCode::BasisScope);
                }
                gathered.basis = Some((place, basis));
                id
            }
            FieldKind::LicenceNumber => {
                let number = short(text::code(cell), NUMBER_CHARS)?;
                gathered.licence_number = Some(number.clone());
                number
            }
            FieldKind::DocumentNumber => short(text::code(cell), NUMBER_CHARS)?,
        }))
    }

    fn date_value(
        &self,
        field: &Field,
        cell: &str,
        gathered: &mut Gathered<'_, '_>,
    ) -> Result<Date, FaultCode> {
        let date = value::date(cell).ok_or(FaultCode::DateInvalid)?;
        match field.kind {
            FieldKind::Date { future: false } if date > self.today => Err(FaultCode::DateFuture),
            FieldKind::BirthDate => match gathered.born_on.replace(date) {
                Some(other) if other != date => Err(FaultCode::IdBirthDate),
                _ => Ok(date),
            },
            _ => Ok(date),
        }
    }
}

const fn identity_code(fault: IdentityFault) -> FaultCode {
    match fault {
        IdentityFault::Length => FaultCode::IdLength,
        IdentityFault::Characters => FaultCode::IdCharacters,
        IdentityFault::BirthDate => FaultCode::IdBirthDate,
        IdentityFault::CheckDigit => FaultCode::IdCheckDigit,
    }
}

/// The listed value that the cell means: full-width forms, blanks and the case of Latin letters aside.
fn chosen<'v>(mut values: impl Iterator<Item = &'v Choice> + Clone, cell: &str) -> Option<String> {
    let cell = text::trim(cell);
    let exact = values.clone().find(|choice| choice.value == cell);
    exact
        .or_else(|| {
            let folded = profile::fold_heading(cell);
            values.find(|choice| profile::fold_heading(&choice.value) == folded)
        })
        .map(|choice| choice.value.clone())
}
