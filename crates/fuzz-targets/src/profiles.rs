//! The files of a profile: one of them is as given, the others as they should be.

use std::{fs, path::PathBuf};

use profile::{
    HIGHEST_DAILY_CEILING, LONGEST_CONSENT_DAYS, LONGEST_DELAY_DAYS, MOST_CONSENT_LOOKS, Profile, YOUNGEST,
};
use tempfile::TempDir;

use crate::{Target, choices, project, seed};

/// See [`crate::profiles`].
pub const TARGET: Target = Target {
    name: "profiles",
    run,
    seeds,
    words: &[
        "[[",
        "]]",
        " = { zh = \"",
        "\", en = \"",
        "\" }",
        "\"\"\"",
        "'''",
        "\\u0000",
        "0x",
        "1979-05-27",
        "true",
        "false",
        "kind = \"",
        "confirmed = ",
        "from = 2027-01-01",
        "until = 2026-12-31",
        "values",
        "daily_ceiling = ",
        "minimum_age = ",
        "delay = { days = ",
        "longest_days = ",
        "most_looks = ",
        "holidays = [",
        "..",
        "basis = \"",
        "first_character = ",
        "\"64 digits\"",
        "max_chars = ",
        "\"score\"",
        "headings",
        "identity",
        "period",
    ],
};

const FILES: [&str; 18] = [
    "authorities.toml",
    "bases.toml",
    "periods.toml",
    "procedures.toml",
    "professions.toml",
    "profile.toml",
    "purposes.toml",
    "record-types/commendation.toml",
    "record-types/decision.toml",
    "record-types/licence.toml",
    "record-types/training.toml",
    "calendar.toml",
    "inquirers.toml",
    "courts.toml",
    "pledges.toml",
    "oversight.toml",
    "notices.toml",
    "associations.toml",
];

/// A copy of the fictional profile, which is the smaller one.
struct Copy(TempDir);

impl Copy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("record-types")).unwrap();
        for file in FILES {
            fs::copy(original(file), folder.path().join(file)).unwrap();
        }
        let loaded = Profile::load(folder.path()).map(|profile| profile.id);
        assert!(
            loaded.is_ok(),
            "nothing is wrong but in the file that is as given: {loaded:?}"
        );
        Self(folder)
    }
}

fn original(file: &str) -> PathBuf {
    project().join("profiles/northshire").join(file)
}

fn run(bytes: &[u8]) {
    thread_local! {
        static COPY: Copy = Copy::new();
    }
    let ([which], text) = choices(bytes);
    let file = FILES[usize::from(which) % FILES.len()];
    let loaded = COPY.with(|copy| {
        let path = copy.0.path().join(file);
        fs::write(&path, text).unwrap();
        let loaded = Profile::load(copy.0.path());
        fs::copy(original(file), path).unwrap();
        loaded
    });
    match loaded {
        Ok(profile) => limits_hold(&profile),
        Err(faults) => {
            assert!(!faults.is_empty(), "a profile is refused for a reason");
            let lines = text.iter().filter(|byte| **byte == b'\n').count() + 1;
            for fault in faults {
                let within = fault.file.as_os_str() != file || fault.line <= lines;
                assert!(within, "a fault is on a line of its file");
                assert!(
                    !fault.message.en.is_empty() && !fault.expected.en.is_empty(),
                    "a fault says what is wrong and what would be right"
                );
            }
        }
    }
}

/// What no profile can ask for, whatever it says.
fn limits_hold(profile: &Profile) {
    assert!(profile.minimum_age >= YOUNGEST, "limit 5");
    for purpose in profile.purposes.values() {
        let mut ceilings = purpose.daily_ceiling.all();
        assert!(
            ceilings.all(|(_, one)| (1..=HIGHEST_DAILY_CEILING).contains(&one.number)),
            "limit 7"
        );
        let mut delays = purpose.delay.iter().flat_map(profile::ByDay::all);
        assert!(
            delays.all(
                |(_, delay)| delay.days <= LONGEST_DELAY_DAYS && profile.bases.contains_key(&delay.basis)
            ),
            "limit 6"
        );
        assert!(
            purpose
                .bases
                .iter()
                .all(|basis| profile.bases.contains_key(basis)),
            "a purpose has a legal basis"
        );
        assert!(
            !purpose.bases.is_empty() || purpose.consent.is_some(),
            "a purpose is used under a law or by consent"
        );
        let mut terms = purpose.consent.iter().flat_map(profile::ByDay::all);
        assert!(
            terms.all(
                |(_, terms)| (1..=LONGEST_CONSENT_DAYS).contains(&terms.longest_days)
                    && (1..=MOST_CONSENT_LOOKS).contains(&terms.most_looks)
            ),
            "limit 7"
        );
    }
    for kind in profile.record_types.keys() {
        assert!(
            profile.json_schema(*kind).is_some(),
            "every kind of record has its schema"
        );
    }
    assert!(
        profile
            .identity
            .check("AB1234567882")
            .is_ok_and(|number| !number.canonical.is_empty())
            || profile.identity.check("").is_err(),
        "no identity number is empty"
    );
}

fn seeds() -> Vec<Vec<u8>> {
    let files = (0..).zip(FILES);
    files
        .map(|(which, file)| seed(&[which], fs::read(original(file)).unwrap()))
        .collect()
}
