//! Identity numbers: a profile says how they are formed, and the checkers here read any number by that
//! rule. No country's or province's number is known to the code.
//!
//! In scope: fixed length, positions of digits and letters, a birth date inside, and the check characters
//! of ISO/IEC 7064 MOD 11-2, ISO/IEC 7064 MOD 97-10 and ISO/IEC 7812-1 annex B (Luhn).
//! Out of scope: numbers of varying length, and whether a number was ever given to anyone.

use jiff::civil::Date;

use crate::Text2;

/// Which characters may stand in a part of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Characters {
    Digits,
    Letters,
    LettersOrDigits,
    DigitOrX,
}

impl Characters {
    fn holds(self, c: char) -> bool {
        match self {
            Self::Digits => c.is_ascii_digit(),
            Self::Letters => c.is_ascii_uppercase(),
            Self::LettersOrDigits => c.is_ascii_digit() || c.is_ascii_uppercase(),
            Self::DigitOrX => c.is_ascii_digit() || c == 'X',
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Digits => "[0-9]",
            Self::Letters => "[A-Z]",
            Self::LettersOrDigits => "[0-9A-Z]",
            Self::DigitOrX => "[0-9X]",
        }
    }
}

/// A run of characters of one sort, such as seventeen digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Part {
    pub(crate) count: usize,
    pub(crate) characters: Characters,
}

impl Part {
    /// Reads a part as a profile writes it: a count from 1 to 64, then `digits`, `letters`,
    /// `letters or digits`, or `digit or X`; the singular will do.
    pub fn parse(text: &str) -> Option<Self> {
        let (count, what) = text.trim().split_once(' ')?;
        let count = count.parse().ok().filter(|count| (1..=64).contains(count))?;
        let characters = match what.trim() {
            "digit" | "digits" => Characters::Digits,
            "letter" | "letters" => Characters::Letters,
            "letter or digit" | "letters or digits" => Characters::LettersOrDigits,
            "digit or X" | "digits or X" => Characters::DigitOrX,
            _ => return None,
        };
        Some(Self { count, characters })
    }
}

/// How the check characters of a number are worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckDigits {
    /// There are none.
    None,
    /// ISO/IEC 7064 MOD 11-2: digits, then one digit or X.
    Mod11_2,
    /// ISO/IEC 7064 MOD 97-10 over digits and letters (A is 10, Z is 35), whole number congruent to 1.
    Mod97_10,
    /// ISO/IEC 7812-1 annex B (Luhn), digits alone.
    Luhn,
}

impl CheckDigits {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::None, Self::Mod11_2, Self::Mod97_10, Self::Luhn];

    /// Its word in a profile.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Mod11_2 => "iso7064-mod11-2",
            Self::Mod97_10 => "iso7064-mod97-10",
            Self::Luhn => "luhn",
        }
    }

    /// Whether the check characters of `number` are right. A character that the method doesn't know is wrong.
    fn hold(self, number: &str) -> bool {
        match self {
            Self::None => true,
            Self::Mod11_2 => mod_11_2(number),
            Self::Mod97_10 => mod_97_10(number),
            Self::Luhn => luhn(number),
        }
    }
}

fn mod_11_2(number: &str) -> bool {
    let last = number.len().saturating_sub(1);
    number
        .chars()
        .enumerate()
        .try_fold(0, |sum, (at, c)| {
            let value = if c == 'X' && at == last {
                10
            } else {
                c.to_digit(10)?
            };
            Some((sum * 2 + value) % 11)
        })
        .is_some_and(|sum| sum == 1)
}

fn mod_97_10(number: &str) -> bool {
    number
        .chars()
        .try_fold(0, |sum, c| {
            let value = c.to_digit(36)?;
            Some((sum * if value < 10 { 10 } else { 100 } + value) % 97)
        })
        .is_some_and(|sum| sum == 1)
}

fn luhn(number: &str) -> bool {
    number
        .chars()
        .rev()
        .enumerate()
        .try_fold(0, |sum, (at, c)| {
            let digit = c.to_digit(10)?;
            let doubled = if at % 2 == 1 { digit * 2 } else { digit };
            Some((sum + doubled / 10 + doubled % 10) % 10)
        })
        .is_some_and(|sum| sum == 0)
}

/// Where a number holds its owner's birth date: eight digits, year, month and day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BirthDatePlace {
    /// The place of the first of the eight digits, counted from 1.
    pub first_character: usize,
}

impl BirthDatePlace {
    /// How many characters the date takes.
    pub(crate) const LENGTH: usize = 8;

    fn read(self, number: &str) -> Option<Date> {
        let from = self.first_character.checked_sub(1)?;
        let digits = number.get(from..from + Self::LENGTH)?;
        let year = digits.get(..4)?.parse().ok()?;
        let month = digits.get(4..6)?.parse().ok()?;
        let day = digits.get(6..)?.parse().ok()?;
        Date::new(year, month, day).ok()
    }
}

/// The rule for a jurisdiction's identity numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityRule {
    /// What the number is called.
    pub name: Text2,
    /// Its parts, from the left.
    pub form: Vec<Part>,
    /// How it is checked.
    pub check: CheckDigits,
    /// Where it holds a birth date. None: it holds none, and records carry a field for it.
    pub birth_date: Option<BirthDatePlace>,
}

/// An identity number that follows the rule. It has no `Debug`: a number must not get into a log.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityNumber {
    /// The number in its one canonical form.
    pub canonical: String,
    /// The birth date in it, where the rule knows one.
    pub born_on: Option<Date>,
}

/// What is wrong with an identity number: the first of these that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum IdentityFault {
    /// It has too many or too few characters.
    #[error("the identity number has the wrong length")]
    Length,
    /// A character can't stand where it does.
    #[error("the identity number has a character that cannot stand there")]
    Characters,
    /// The birth date in it is no day of the calendar.
    #[error("the birth date in the identity number is not in the calendar")]
    BirthDate,
    /// The check digit doesn't fit.
    #[error("the identity number's check digit does not fit")]
    CheckDigit,
}

impl IdentityFault {
    /// The stable fault code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length => "id-length",
            Self::Characters => "id-characters",
            Self::BirthDate => "id-birth-date",
            Self::CheckDigit => "id-check-digit",
        }
    }
}

impl IdentityRule {
    /// How many characters a number has.
    pub fn length(&self) -> usize {
        self.form.iter().map(|part| part.count).sum()
    }

    /// Reads a number as people write it: blanks around it, full-width forms and small letters are normal.
    ///
    /// # Errors
    /// The first of: wrong length, wrong character, impossible birth date, wrong check digit.
    pub fn check(&self, raw: &str) -> Result<IdentityNumber, IdentityFault> {
        // No longer than the rule allows, however long the cell is.
        let longest = self.length() + 1;
        let canonical: String = trim(raw)
            .chars()
            .take(longest)
            .map(|c| narrow(c).to_ascii_uppercase())
            .collect();
        if canonical.chars().count() != self.length() {
            return Err(IdentityFault::Length);
        }
        let allowed = self
            .form
            .iter()
            .flat_map(|part| std::iter::repeat_n(part.characters, part.count));
        if !canonical
            .chars()
            .zip(allowed)
            .all(|(c, characters)| characters.holds(c))
        {
            return Err(IdentityFault::Characters);
        }
        let born_on = match self.birth_date {
            Some(place) => Some(place.read(&canonical).ok_or(IdentityFault::BirthDate)?),
            None => None,
        };
        if !self.check.hold(&canonical) {
            return Err(IdentityFault::CheckDigit);
        }
        Ok(IdentityNumber { canonical, born_on })
    }

    /// Every number that follows the rule and stands anywhere in a text, whatever stands around it.
    pub fn numbers_in(&self, text: &str) -> impl Iterator<Item = IdentityNumber> {
        let length = self.length();
        text.split(|c| !narrow(c).is_ascii_alphanumeric())
            .filter(move |word| word.chars().count() == length)
            .filter_map(|word| self.check(word).ok())
    }

    /// A regular expression for the canonical form, as JSON Schema takes it.
    pub fn pattern(&self) -> String {
        let parts = self
            .form
            .iter()
            .map(|part| format!("{}{{{}}}", part.characters.class(), part.count));
        format!("^{}$", parts.collect::<String>())
    }
}

/// Without the blanks and byte-order marks around it; the ideographic blank is one of them.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// The ASCII form of a full-width character (U+FF01 to U+FF5E, and the ideographic blank); any other
/// character as it is.
pub(crate) fn narrow(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn rule(form: &[&str], check: CheckDigits, birth_date: Option<usize>) -> IdentityRule {
        IdentityRule {
            name: Text2 {
                zh: "号码".to_owned(),
                en: "number".to_owned(),
            },
            form: form.iter().map(|part| Part::parse(part).unwrap()).collect(),
            check,
            birth_date: birth_date.map(|first_character| BirthDatePlace { first_character }),
        }
    }

    fn eighteen() -> IdentityRule {
        rule(&["17 digits", "1 digit or X"], CheckDigits::Mod11_2, Some(7))
    }

    fn letters() -> IdentityRule {
        rule(
            &["2 letters", "8 digits", "2 digits"],
            CheckDigits::Mod97_10,
            None,
        )
    }

    fn code(rule: &IdentityRule, raw: &str) -> &'static str {
        rule.check(raw).map_or_else(IdentityFault::code, |_| "ok")
    }

    /// The number with the check character that the standard's own description gives: the weights
    /// 2^(n-1) mod 11 from the right.
    fn with_mod_11_2(digits: &str) -> String {
        let weighted = digits.chars().rev().zip(1..).map(|(c, power)| {
            let weight = (0..power).fold(1, |weight, _| weight * 2 % 11);
            c.to_digit(10).unwrap() * weight
        });
        let check = (12 - weighted.sum::<u32>() % 11) % 11;
        format!(
            "{digits}{}",
            if check == 10 {
                "X".to_owned()
            } else {
                check.to_string()
            }
        )
    }

    #[test]
    fn made_up_numbers_get_their_expected_answers() {
        for (raw, expected) in [
            (" 994437195809264554\u{3000}", "ok"),
            ("99500019961011203X", "ok"),
            ("99500019961011203x", "ok"),
            ("９９５０００１９９６１０１１２０３Ｘ", "ok"),
            ("\u{feff}995575198506287263", "ok"),
            ("995575198506287260", "id-check-digit"),
            ("995757196905182780", "id-check-digit"),
            ("990299199902318804", "id-birth-date"),
            ("99086119990231062X", "id-birth-date"),
            ("99833019660728137", "id-length"),
            ("99614419760102331", "id-length"),
            ("9944371958092645544", "id-length"),
            ("", "id-length"),
            ("99443719580926455A", "id-characters"),
            ("X94437195809264554", "id-characters"),
            ("994437 95809264554", "id-characters"),
            ("九94437195809264554", "id-characters"),
        ] {
            assert_eq!(code(&eighteen(), raw), expected, "{raw}");
        }
    }

    #[test]
    fn the_first_fault_in_order_is_the_one_told() {
        assert_eq!(code(&eighteen(), "A"), "id-length");
        assert_eq!(code(&eighteen(), "A90299199902318800"), "id-characters");
        assert_eq!(code(&eighteen(), "990299199902318800"), "id-birth-date");
    }

    #[test]
    fn the_birth_date_comes_from_the_number() {
        let number = eighteen()
            .check("９９５０００１９９６１０１１２０３ｘ")
            .map_err(IdentityFault::code);
        let number = number.map(|number| (number.canonical, number.born_on));
        assert_eq!(
            number,
            Ok(("99500019961011203X".to_owned(), Some(date(1996, 10, 11))))
        );
        assert_eq!(eighteen().pattern(), "^[0-9]{17}[0-9X]{1}$");
    }

    #[test]
    fn numbers_are_found_in_any_text_and_no_others() {
        let found = |text: &str| -> Vec<String> {
            eighteen()
                .numbers_in(text)
                .map(|number| number.canonical)
                .collect()
        };
        assert_eq!(
            found("测试,\"994437195809264554\",身份证９９５０００１９９６１０１１２０３ｘ；"),
            ["994437195809264554", "99500019961011203X"]
        );
        for text in [
            "",
            "测试",
            "9944371958092645540",
            "995575198506287260",
            "994437-195809264554",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn an_endless_cell_is_a_wrong_length() {
        assert_eq!(code(&eighteen(), &"9".repeat(200_000)), "id-length");
    }

    #[test]
    fn other_rules_have_other_check_digits() {
        // The example of ISO 7064 MOD 97-10: 794 takes the check digits 44.
        assert_eq!(
            code(&rule(&["5 digits"], CheckDigits::Mod97_10, None), "79444"),
            "ok"
        );
        assert_eq!(
            code(&rule(&["5 digits"], CheckDigits::Mod97_10, None), "79445"),
            "id-check-digit"
        );
        let luhn = rule(&["11 digits"], CheckDigits::Luhn, None);
        assert_eq!(code(&luhn, "79927398713"), "ok");
        assert_eq!(code(&luhn, "79927398710"), "id-check-digit");
        assert_eq!(
            code(&rule(&["3 letters or digits"], CheckDigits::None, None), "a1-"),
            "id-characters"
        );
        assert_eq!(
            code(&rule(&["3 letters or digits"], CheckDigits::None, None), "a1b"),
            "ok"
        );
    }

    #[test]
    fn a_method_that_meets_a_strange_character_refuses_it() {
        for check in [CheckDigits::Mod11_2, CheckDigits::Luhn] {
            assert_eq!(
                code(&rule(&["2 letters or digits"], check, None), "AB"),
                "id-check-digit"
            );
        }
    }

    #[test]
    fn parts_of_a_form_are_read_from_words() {
        for right in [
            "17 digits",
            "1 digit",
            "2 letters",
            "1 digit or X",
            "3 letters or digits",
        ] {
            assert!(Part::parse(right).is_some(), "{right}");
        }
        for wrong in [
            "",
            "digits",
            "0 digits",
            "65 digits",
            "-1 digits",
            "2 Digits",
            "2 signs",
        ] {
            assert!(Part::parse(wrong).is_none(), "{wrong}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            rng_seed: proptest::test_runner::RngSeed::Fixed(7),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn a_right_check_digit_is_accepted_and_any_single_change_refused(
            region in 0u32..10_000, days in 0i64..40_000, sequence in 0u32..1000, at in 0usize..18, other in 0usize..11,
        ) {
            let born = date(1900, 1, 1).saturating_add(jiff::Span::new().days(days));
            let digits = format!("99{region:04}{}{sequence:03}", born.strftime("%Y%m%d"));
            let number = with_mod_11_2(&digits);
            let read = eighteen().check(&number).map_err(IdentityFault::code);
            prop_assert_eq!(read.map(|read| (read.canonical, read.born_on)), Ok((number.clone(), Some(born))));

            let mut changed: Vec<char> = number.chars().collect();
            let new = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'X'][other];
            if changed[at] != new {
                changed[at] = new;
                prop_assert!(eighteen().check(&changed.into_iter().collect::<String>()).is_err());
            }
        }

        #[test]
        fn mod_97_10_finds_any_single_change(text in "[A-Z]{2}[0-9]{8}", at in 0usize..12, other in 0u32..36) {
            let value = text.chars().fold(0u64, |sum, c| {
                let value = u64::from(c.to_digit(36).unwrap());
                (sum * if value < 10 { 10 } else { 100 } + value) % 97
            });
            let number = format!("{text}{:02}", 98 - value * 100 % 97);
            prop_assert_eq!(code(&letters(), &number), "ok");
            let mut changed: Vec<char> = number.chars().collect();
            let new = char::from_digit(other, 36).unwrap().to_ascii_uppercase();
            if changed[at] != new {
                changed[at] = new;
                prop_assert!(letters().check(&changed.into_iter().collect::<String>()).is_err());
            }
        }

        #[test]
        fn no_text_makes_a_checker_fail(raw in "\\PC{0,40}") {
            for rule in [eighteen(), letters()] {
                if let Ok(number) = rule.check(&raw) {
                    prop_assert_eq!(number.canonical.len(), rule.length());
                }
            }
        }
    }
}
