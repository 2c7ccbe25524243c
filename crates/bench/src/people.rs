//! Made-up people and their licences, as files. Neither people nor documents stand in the order of their
//! numbers, as they do not in a register that is sorted by name or by nothing.

use std::{
    fs::File,
    io::{BufWriter, Write},
    ops::Range,
    path::Path,
};

use testkit::MadeUp;

use crate::Fault;

/// The numbers of the people who are added to the large database on top of its own.
pub(crate) const ADDED: u32 = 10_000_000;

/// The authority that files them.
pub(crate) const AUTHORITY: &str = "law-bureau";

/// How many different people there can be.
const ALL: u64 = 16_800_000;

/// Where the person with this number stands among all: a step that has no divisor in common with their
/// number reaches everybody once.
fn scattered(number: u32) -> u32 {
    (u64::from(number) * 611_953 % ALL) as u32
}

/// A person.
pub(crate) fn person(number: u32) -> MadeUp {
    testkit::made_up(scattered(number))
}

/// A file of licences of these people, all different.
pub(crate) fn csv(people: Range<u32>) -> Vec<u8> {
    let mut file = Vec::with_capacity(people.len() * 200);
    // Writing to memory cannot fail.
    let _ = put(&mut file, people);
    file
}

/// The same on disk.
pub(crate) fn write(path: &Path, people: Range<u32>) -> Result<(), Fault> {
    let mut file = BufWriter::new(File::create(path)?);
    put(&mut file, people)?;
    // What the system still has to write would be charged to whatever is measured next.
    file.into_inner()
        .map_err(|error| error.into_error())?
        .sync_all()?;
    Ok(())
}

fn put(file: &mut impl Write, people: Range<u32>) -> std::io::Result<()> {
    let first = people.start;
    for number in people {
        let one = testkit::licences_csv(scattered(number), 1);
        let from = if number == first {
            0
        } else {
            one.find('\n').map_or(0, |end| end + 1)
        };
        file.write_all(&one.as_bytes()[from..])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_file_has_one_heading_and_all_its_people() {
        let text = String::from_utf8(csv(5..25_006)).unwrap();
        assert_eq!(text.lines().count(), 1 + 25_001);
        assert_eq!(text.matches("证件号码").count(), 1);
        let numbers: HashSet<&str> = text
            .lines()
            .skip(1)
            .filter_map(|line| line.split(',').nth(2))
            .collect();
        assert_eq!(numbers.len(), 25_001);
        assert!(numbers.contains(person(25_005).number.as_str()));
    }

    #[test]
    fn nobody_stands_in_two_places() {
        let mut seen = vec![false; ALL as usize];
        for number in 0..ALL as u32 {
            let place = scattered(number) as usize;
            assert!(!std::mem::replace(&mut seen[place], true), "{number}");
        }
    }
}
