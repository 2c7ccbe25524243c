//! Profiles broken on purpose, one place at a time.

use std::{
    fs,
    path::{Path, PathBuf},
};

use profile::{Profile, ProfileFault};
use tempfile::TempDir;

/// The directory of a profile of this project.
pub(crate) fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../profiles")
        .join(name)
}

/// A profile of this project.
pub(crate) fn load(name: &str) -> Profile {
    Profile::load(&directory(name)).unwrap_or_else(|faults| panic!("{}", listed(&faults)))
}

/// The faults, one a line.
pub(crate) fn listed(faults: &[ProfileFault]) -> String {
    faults.iter().map(|fault| format!("{fault}\n")).collect()
}

/// A copy of a profile in a folder of its own.
pub(crate) fn copy(name: &str) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join("record-types")).unwrap();
    for folder in ["", "record-types"] {
        for entry in fs::read_dir(directory(name).join(folder)).unwrap() {
            let from = entry.unwrap().path();
            if from.is_file() {
                fs::copy(&from, copy.path().join(folder).join(from.file_name().unwrap())).unwrap();
            }
        }
    }
    copy
}

/// The faults of the profile `name` once the first `what` in `file` reads `with`. There are some.
pub(crate) fn broken(name: &str, file: &str, what: &str, with: &str) -> Vec<ProfileFault> {
    let copy = copy(name);
    let path = copy.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(what), "{file} has no {what}");
    fs::write(&path, text.replacen(what, with, 1)).unwrap();
    let loaded = Profile::load(copy.path()).map(|profile| profile.id);
    loaded
        .err()
        .unwrap_or_else(|| panic!("{file} loads with {with} for {what}"))
}

/// The profile `name` once each first `what` in `file` reads `with`.
pub(crate) fn changed(name: &str, file: &str, changes: &[(&str, &str)]) -> Profile {
    let mut text = fs::read_to_string(directory(name).join(file)).unwrap();
    for (what, with) in changes {
        assert!(text.contains(what), "{file} has no {what}");
        text = text.replacen(what, with, 1);
    }
    changed_files(name, &[(file, &text)])
}

/// The profile `name` with other texts for some of its files.
pub(crate) fn changed_files(name: &str, texts: &[(&str, &str)]) -> Profile {
    let copy = copy(name);
    for (file, text) in texts {
        fs::write(copy.path().join(file), text).unwrap();
    }
    Profile::load(copy.path()).unwrap_or_else(|faults| panic!("{}", listed(&faults)))
}

/// Whether one of the faults is at this key of this file and its message holds `message`.
pub(crate) fn has(faults: &[ProfileFault], file: &str, key: &str, message: &str) -> bool {
    faults
        .iter()
        .any(|fault| fault.file == Path::new(file) && fault.key == key && fault.message.en.contains(message))
}
