//! Values in and out of PostgreSQL's binary formats.

use std::error::Error;

use bytes::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use storage::{Param, StoreError, Value};

/// A parameter of another type than its place, or a text that PostgreSQL can't hold.
#[derive(Debug, thiserror::Error)]
#[error("a value does not fit its place")]
pub(crate) struct Mismatch;

/// A parameter on its way out.
#[derive(Debug)]
pub(crate) struct Sent<'p>(pub(crate) &'p Param<'p>);

impl ToSql for Sent<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self.0, kind) {
            (Param::Null, _) => return Ok(IsNull::Yes),
            (Param::Int(number), &Type::INT8) => out.extend_from_slice(&number.to_be_bytes()),
            (Param::Int(number), &Type::INT4) => {
                out.extend_from_slice(&i32::try_from(*number).map_err(|_| Mismatch)?.to_be_bytes());
            }
            (Param::Text(text), &Type::TEXT) if !text.as_bytes().contains(&0) => {
                out.extend_from_slice(text.as_bytes());
            }
            (Param::Blob(bytes), &Type::BYTEA) => out.extend_from_slice(bytes),
            _ => return Err(Mismatch.into()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        // Said by `to_sql`, which knows the value.
        true
    }

    to_sql_checked!();
}

/// Appends a value in the form of COPY BINARY: its length, then its bytes.
pub(crate) fn copy_out(param: &Param<'_>, kind: &Type, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let number;
    let bytes: &[u8] = match (param, kind) {
        (Param::Null, _) => {
            out.extend_from_slice(&(-1_i32).to_be_bytes());
            return Ok(());
        }
        (Param::Int(value), &Type::INT8) => {
            number = value.to_be_bytes();
            &number
        }
        (Param::Text(text), &Type::TEXT) => text.as_bytes(),
        (Param::Blob(bytes), &Type::BYTEA) => bytes,
        _ => return Err(StoreError::Shape("a value has another type than its column")),
    };
    if matches!(param, Param::Text(_)) && bytes.contains(&0) {
        return Err(StoreError::Shape("a text holds the character NUL"));
    }
    let length = i32::try_from(bytes.len()).map_err(|_| StoreError::Shape("a value is too long"))?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
    Ok(())
}

/// A value on its way in.
pub(crate) struct Received(pub(crate) Value);

impl<'r> FromSql<'r> for Received {
    fn from_sql(kind: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(match *kind {
            Type::INT8 => Value::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Value::Int(i32::from_sql(kind, raw)?.into()),
            Type::INT2 => Value::Int(i16::from_sql(kind, raw)?.into()),
            Type::BOOL => Value::Int(bool::from_sql(kind, raw)?.into()),
            Type::NUMERIC => Value::Int(whole(raw).ok_or(Mismatch)?),
            Type::BYTEA => Value::Blob(raw.to_vec()),
            _ => Value::Text(String::from_sql(kind, raw)?),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(
            *kind,
            Type::INT8
                | Type::INT4
                | Type::INT2
                | Type::BOOL
                | Type::NUMERIC
                | Type::BYTEA
                | Type::TEXT
                | Type::VARCHAR
                | Type::NAME
                | Type::UNKNOWN
        )
    }
}

/// A `NUMERIC` that is a whole number, which is what `sum` of a `BIGINT` answers: count of digits to the
/// base 10 000, power of the first, sign, digits after the point, digits.
fn whole(raw: &[u8]) -> Option<i64> {
    let mut words = raw
        .chunks_exact(2)
        .map(|word| u16::from_be_bytes([word[0], word[1]]));
    let (count, power, sign) = (words.next()?, words.next()? as i16, words.next()?);
    words.next()?;
    let mut digits = words.by_ref().take(count.into());
    let mut number: i128 = 0;
    for _ in 0..=power {
        number = number
            .checked_mul(10_000)?
            .checked_add(digits.next().unwrap_or(0).into())?;
    }
    if digits.any(|digit| digit != 0) {
        return None;
    }
    match sign {
        0x0000 => i64::try_from(number).ok(),
        0x4000 => i64::try_from(-number).ok(),
        // Not a number, or infinite.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn whole_numbers_are_read_from_numeric() {
        assert_eq!(whole(&raw(&[0, 0, 0, 0])), Some(0));
        assert_eq!(whole(&raw(&[1, 0, 0x4000, 0, 7])), Some(-7));
        assert_eq!(whole(&raw(&[1, 2, 0, 0, 3])), Some(300_000_000));
        assert_eq!(whole(&raw(&[2, 1, 0, 2, 12, 3456])), Some(123_456));
        assert_eq!(
            whole(&raw(&[5, 4, 0, 0, 922, 3372, 368, 5477, 5807])),
            Some(i64::MAX)
        );
        assert_eq!(
            whole(&raw(&[5, 4, 0x4000, 0, 922, 3372, 368, 5477, 5808])),
            Some(i64::MIN)
        );
    }

    #[test]
    fn what_is_no_whole_number_of_64_bits_is_refused() {
        // 1.5, 2^63, not a number, cut short.
        assert_eq!(whole(&raw(&[2, 0, 0, 1, 1, 5000])), None);
        assert_eq!(whole(&raw(&[5, 4, 0, 0, 922, 3372, 368, 5477, 5808])), None);
        assert_eq!(whole(&raw(&[0, 0, 0xc000, 0])), None);
        assert_eq!(whole(&raw(&[1, 0])), None);
    }
}
