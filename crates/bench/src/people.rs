//! Made-up people and their licences, as files on disk.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    ops::Range,
    path::Path,
};

use crate::Fault;

/// The numbers of the people who are added to the large database on top of its own.
pub(crate) const ADDED: u32 = 10_000_000;

/// The authority that files them.
pub(crate) const AUTHORITY: &str = "law-bureau";

/// Writes a file of licences of these people, all different.
pub(crate) fn write(path: &Path, people: Range<u32>) -> Result<(), Fault> {
    const AT_ONCE: u32 = 10_000;
    let mut file = BufWriter::new(File::create(path)?);
    for first in people.clone().step_by(AT_ONCE as usize) {
        let part = testkit::licences_csv(first, AT_ONCE.min(people.end - first));
        let from = if first == people.start {
            0
        } else {
            part.find('\n').map_or(0, |end| end + 1)
        };
        file.write_all(&part.as_bytes()[from..])?;
    }
    // What the system still has to write would be charged to whatever is measured next.
    file.into_inner()
        .map_err(|error| error.into_error())?
        .sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_heading_and_all_its_people() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        write(&path, 5..25_006).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(text.lines().count(), 1 + 25_001);
        assert_eq!(text.matches("证件号码").count(), 1);
        let people: std::collections::HashSet<&str> =
            text.lines().filter_map(|line| line.split(',').nth(2)).collect();
        assert_eq!(people.len(), 1 + 25_001);
    }
}
