//! Dates, amounts and numbers as people write them.

use std::borrow::Cow;

use jiff::civil::Date;

use super::text;

/// The first and the last year that a date may have.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=9999;

/// Reads a date: `2026-01-31`, `2026/1/31`, `2026.1.31`, `20260131`, `2026年1月31日`, in full-width forms too,
/// and with a time of midnight after it, as spreadsheets export dates.
pub(crate) fn date(cell: &str) -> Option<Date> {
    let cell = text::trim(cell);
    if let Some(date) = plain_date(cell.as_bytes()) {
        return Some(date);
    }
    // No date is longer, however long the cell is.
    let narrow: String = cell.chars().take(32).map(text::narrow).collect();
    let day = narrow
        .strip_suffix("00:00:00")
        .map_or(narrow.as_str(), |day| day.trim_end_matches(['T', ' ']));
    if day.len() == 8
        && day.bytes().all(|b| b.is_ascii_digit())
        && let (Some(year), Some(month), Some(date)) = (day.get(..4), day.get(4..6), day.get(6..))
    {
        return civil(digits(year)?, digits(month)?, digits(date)?);
    }
    let day = day.strip_suffix('日').unwrap_or(day);
    let mut parts = day.split(['-', '/', '.', '年', '月']);
    let (year, month, date) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() > 2 || date.len() > 2 {
        return None;
    }
    civil(digits(year)?, digits(month)?, digits(date)?)
}

fn plain_date(cell: &[u8]) -> Option<Date> {
    let &[a, b, c, d, first, e, f, second, g, h] = cell else {
        return None;
    };
    if first != second || !matches!(first, b'-' | b'/' | b'.') {
        return None;
    }
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_i16, |sum, b| {
            b.is_ascii_digit().then(|| sum * 10 + i16::from(b - b'0'))
        })
    };
    civil(number(&[a, b, c, d])?, number(&[e, f])?, number(&[g, h])?)
}

fn digits(text: &str) -> Option<i16> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn civil(year: i16, month: i16, day: i16) -> Option<Date> {
    if !YEARS.contains(&year) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Appends `YYYY-MM-DD`.
pub(crate) fn write_date(date: Date, out: &mut Vec<u8>) {
    let two = |n: i16| [b'0' + (n / 10 % 10) as u8, b'0' + (n % 10) as u8];
    let year = date.year();
    out.extend(two(year / 100));
    out.extend(two(year % 100));
    out.push(b'-');
    out.extend(two(date.month().into()));
    out.push(b'-');
    out.extend(two(date.day().into()));
}

/// The most digits before the decimal point.
const WHOLE_DIGITS: usize = 15;

/// Reads an amount of zero or more with at most `decimals` digits after the point, and writes it without
/// needless zeros. Commas may part thousands.
pub(crate) fn amount(cell: &str, decimals: u32) -> Option<Cow<'_, str>> {
    let cell = text::code(cell);
    let unsigned = cell.strip_prefix('+').unwrap_or(&cell);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    if unsigned.ends_with('.') || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let whole = thousands(whole)?;
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    if whole.len() > WHOLE_DIGITS || fraction.len() > decimals as usize {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(Cow::Owned(if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    }))
}

/// Digits without the commas between thousands; none where there are no digits or a comma is out of place.
fn thousands(whole: &str) -> Option<Cow<'_, str>> {
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !whole.contains(',') {
        return all_digits(whole).then_some(Cow::Borrowed(whole));
    }
    let mut parts = whole.split(',');
    let first = parts.next().filter(|part| all_digits(part) && part.len() <= 3)?;
    let mut joined = first.to_owned();
    for part in parts {
        if part.len() != 3 || !all_digits(part) {
            return None;
        }
        joined.push_str(part);
    }
    Some(Cow::Owned(joined))
}

/// Reads a whole number between `min` and `max`; `30.0` is one.
pub(crate) fn number(cell: &str, min: i64, max: i64) -> Option<i64> {
    let cell = text::code(cell);
    let (negative, unsigned) = match cell.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, &*cell),
    };
    let value: i64 = amount(unsigned, 0)?.parse().ok()?;
    let value = if negative { -value } else { value };
    (min..=max).contains(&value).then_some(value)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        for written in [
            "2017-05-04",
            "2017/05/04",
            "2017/5/4",
            "2017.5.4",
            "20170504",
            "2017年5月4日",
            "２０１７-０５-０４",
            " 2017-05-04　",
            "2017-05-04 00:00:00",
            "2017-05-04T00:00:00",
        ] {
            assert_eq!(date(written), Some(day(2017, 5, 4)), "{written}");
        }
        assert_eq!(date("2199-01-01"), Some(day(2199, 1, 1)));
        for written in [
            "2021-02-30",
            "2021-13-01",
            "",
            "2021",
            "21-01-01",
            "2021-01",
            "2021-01-01-01",
            "01/02/2021",
            "2021-01-01 10:00:00",
            "1899-12-31",
            "2021-1-",
            "+021-01-01",
            "2021-01/01x",
            "44000",
            "长期",
        ] {
            assert_eq!(date(written), None, "{written}");
        }
    }

    #[test]
    fn amounts_are_written_in_one_way() {
        for (written, canonical) in [
            ("0.40", "0.4"),
            ("4.6", "4.6"),
            ("3", "3"),
            ("007", "7"),
            ("0", "0"),
            ("1,234.50", "1234.5"),
            ("１２", "12"),
            (".5", ""),
        ] {
            assert_eq!(
                amount(written, 6).as_deref().unwrap_or(""),
                canonical,
                "{written}"
            );
        }
        for written in [
            "-3",
            "",
            "1e3",
            "1.2345678",
            "12,34",
            ",123",
            "1.",
            "x",
            "1 000 000 000 000 000",
            "--1",
            "NaN",
            "０x1",
        ] {
            assert_eq!(amount(written, 6), None, "{written}");
        }
    }

    #[test]
    fn numbers_are_whole_and_in_range() {
        assert_eq!(number("30", 1, 500), Some(30));
        assert_eq!(number("30.0", 1, 500), Some(30));
        assert_eq!(number("-4", -5, 500), Some(-4));
        for written in ["-4", "0", "501", "30.5", "x", "", "99999999999999999999"] {
            assert_eq!(number(written, 1, 500), None, "{written}");
        }
    }

    proptest! {
        #[test]
        fn a_written_date_reads_back(days in 0_i32..100_000) {
            let date = day(1900, 1, 1).saturating_add(jiff::Span::new().days(days));
            let mut written = Vec::new();
            write_date(date, &mut written);
            let written = String::from_utf8(written).unwrap();
            prop_assert_eq!(&written, &date.to_string());
            prop_assert_eq!(super::date(&written), Some(date));
        }

        #[test]
        fn an_amount_is_canonical_once_read(text in "[0-9,.+０-９ -]{0,12}") {
            if let Some(once) = amount(&text, 4) {
                let again = amount(&once, 4);
                prop_assert_eq!(again.as_deref(), Some(&*once));
            }
        }

        #[test]
        fn no_text_is_too_odd_to_be_read(text in "\\PC*") {
            let _ = (date(&text), amount(&text, 2), number(&text, 0, 9));
        }
    }
}
