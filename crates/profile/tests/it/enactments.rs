//! What an enactment sets holds only while one is in force.

use jiff::civil::date;

use crate::common::{changed, directory, load};

const FILE: &str = "procedures.toml";
const FROM: &str = "in_force_from = 2013-03-15\n";

#[test]
fn what_rests_on_an_enactment_that_has_ended_is_a_fault_from_the_day_after() {
    let ends = "in_force_from = 2013-03-15\nin_force_to = 2026-11-28\n";
    let profile = changed("gansu", FILE, &[(FROM, ends)]);
    profile.check_enactments(date(2026, 11, 28)).unwrap();
    let faults = profile.check_enactments(date(2026, 11, 29)).unwrap_err();
    let [fault] = faults.as_slice() else {
        panic!("one fault: the same law goes on elsewhere, {faults:?}")
    };
    let text = std::fs::read_to_string(directory("gansu").join(FILE)).unwrap();
    let line = text
        .lines()
        .position(|line| line == "[[dispute_answer.enactment]]");
    assert_eq!((fault.file.to_str(), fault.line), (Some(FILE), line.unwrap() + 1));
    assert_eq!(fault.key, "dispute_answer.enactment");
    assert!(
        fault.message.en.contains("the last one ended on 2026-11-28"),
        "{fault}"
    );
    assert!(fault.expected.en.contains("own = "), "{fault}");
}

#[test]
fn what_is_not_in_force_yet_is_one_too_and_a_later_enactment_takes_its_place() {
    let later = changed("gansu", FILE, &[(FROM, "in_force_from = 2031-01-01\n")]);
    let faults = later.check_enactments(date(2026, 11, 28)).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(!faults[0].message.en.contains("ended"), "{}", faults[0]);
    let two = "in_force_from = 2013-03-15\nin_force_to = 2020-12-31\nsource = { zh = \"-\", en = \"-\" }\nconfirmed = false\n\n\
               [[dispute_answer.enactment]]\nname = { zh = \"新法\", en = \"A later one\" }\n\
               article = { zh = \"一\", en = \"1\" }\nin_force_from = 2021-01-01\n";
    changed("gansu", FILE, &[(FROM, two)])
        .check_enactments(date(2026, 11, 28))
        .unwrap();
}

#[test]
fn both_profiles_rest_on_enactments_that_are_in_force_and_periods_and_purposes_are_looked_at_too() {
    for name in ["gansu", "northshire"] {
        let profile = load(name);
        profile.check_enactments(date(2026, 11, 28)).unwrap();
        let before_all = profile.check_enactments(date(1900, 1, 1)).unwrap_err();
        let files: std::collections::BTreeSet<_> = before_all.iter().map(|one| one.file.clone()).collect();
        assert!(
            files.contains(std::path::Path::new("periods.toml")),
            "{name}: {files:?}"
        );
        assert!(files.contains(std::path::Path::new(FILE)), "{name}: {files:?}");
    }
}
