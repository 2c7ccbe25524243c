//! Days as the store keeps them: how many they are after 1 January 1970.

use jiff::civil::{Date, date};
use storage::StoreError;

const EPOCH: Date = date(1970, 1, 1);

/// The number of a day.
pub(crate) fn to_number(day: Date) -> i64 {
    // Dates of jiff span less than 20,000 years, so the difference in days always exists.
    day.since(EPOCH).map_or(0, |span| i64::from(span.get_days()))
}

/// The day of a number.
pub(crate) fn from_number(number: i64) -> Result<Date, StoreError> {
    jiff::Span::new()
        .try_days(number)
        .and_then(|span| EPOCH.checked_add(span))
        .map_err(|_| StoreError::Shape("the number of a day is expected"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_read_back() {
        for day in [
            date(1970, 1, 1),
            date(1969, 12, 31),
            date(2026, 11, 23),
            date(9999, 12, 31),
            date(1, 1, 1),
        ] {
            assert_eq!(from_number(to_number(day)).unwrap(), day);
        }
        assert_eq!(to_number(date(1971, 1, 1)), 365);
        assert!(from_number(i64::MAX).is_err());
    }
}
