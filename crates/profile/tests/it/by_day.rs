//! A value that is known to change: each holds on its days, and a list with an overlap, a gap or no order is refused.

use std::{fs, path::Path};

use jiff::civil::{Date, date};
use model::RecordKind;
use profile::{DecisionKind, Profile, ProfileFault};

use crate::common::{changed, changed_files, copy, directory, has, listed};

const PROCEDURES: &str = "procedures.toml";
const PERIODS: &str = "periods.toml";
const CHANGE: Date = date(2027, 1, 1);

/// Two values of the answer to a dispute, with what else each says of its days.
fn two(first: &str, second: &str) -> String {
    let own = "own = { zh = \"测试\", en = \"made up\" }\n";
    let text = fs::read_to_string(directory("gansu").join(PROCEDURES)).unwrap();
    let (_, rest) = text.split_once("[reconsideration_answer]").unwrap();
    format!(
        "[[dispute_answer]]\n{first}days = 20\nworking_days = false\n{own}\n\
         [[dispute_answer]]\n{second}days = 15\nworking_days = false\n{own}\n[reconsideration_answer]{rest}"
    )
}

fn faults(file: &str, text: &str) -> Vec<ProfileFault> {
    let copy = copy("gansu");
    fs::write(copy.path().join(file), text).unwrap();
    Profile::load(copy.path()).map(|one| one.id).unwrap_err()
}

/// The one fault of these two values, which stands on the line of `at`.
fn fault(first: &str, second: &str, at: &str) -> ProfileFault {
    let text = two(first, second);
    let mut faults = faults(PROCEDURES, &text);
    assert_eq!(faults.len(), 1, "{}", listed(&faults));
    let fault = faults.remove(0);
    let line = text[..text.find(at).unwrap()].matches('\n').count() + 1;
    assert_eq!(
        (fault.file.as_path(), fault.line),
        (Path::new(PROCEDURES), line),
        "{fault}"
    );
    fault
}

#[test]
fn a_deadline_is_counted_by_the_value_that_holds_on_the_day_from_which_it_is_counted() {
    let lists = [
        two("", "from = 2027-01-01\n"),
        two("until = 2026-12-31\n", "from = 2027-01-01\n"),
        two(
            "from = 2013-03-15\nuntil = 2026-12-31\n",
            "from = 2027-01-01\nuntil = 2029-12-31\n",
        ),
    ];
    for text in lists {
        let profile = changed_files("gansu", &[(PROCEDURES, &text)]);
        let answer = &profile.procedures.dispute_answer;
        assert_eq!(
            (answer.on(date(2026, 12, 31)).days, answer.on(CHANGE).days),
            (20, 15)
        );
        let due = |from| answer.due_on(from, &profile.calendar);
        assert_eq!(
            due(date(2026, 12, 31)),
            Some(date(2027, 1, 20)),
            "it ends after the change"
        );
        assert_eq!(due(CHANGE), Some(date(2027, 1, 16)));
        profile.check_values(date(2026, 11, 28)).unwrap();
        profile.check_values(date(2029, 12, 31)).unwrap();
    }
}

#[test]
fn values_that_overlap_are_refused() {
    let fault = fault("until = 2027-03-31\n", "from = 2027-01-01\n", "from = 2027-01-01");
    assert_eq!(fault.key, "dispute_answer[2].from");
    assert_eq!(
        fault.message.en,
        "the value before it still holds, until 2027-03-31"
    );
    assert_eq!(
        fault.expected.en,
        "from = 2027-04-01, or until = 2026-12-31 in the value before it"
    );
}

#[test]
fn days_without_a_value_between_two_are_refused() {
    let fault = fault("until = 2026-11-30\n", "from = 2027-01-01\n", "from = 2027-01-01");
    assert_eq!(fault.key, "dispute_answer[2].from");
    assert_eq!(fault.message.en, "no value holds from 2026-12-01 to 2026-12-31");
    assert_eq!(
        fault.expected.en,
        "from = 2026-12-01, or until = 2026-12-31 in the value before it"
    );
}

#[test]
fn values_that_do_not_stand_in_the_order_of_their_days_are_refused() {
    for second in ["from = 2026-06-01\n", "from = 2027-01-01\n"] {
        let fault = fault(
            "from = 2027-01-01\n# After.\n",
            second,
            &format!("{second}days = 15"),
        );
        assert_eq!(fault.key, "dispute_answer[2].from");
        assert_eq!(
            fault.message.en,
            "is not after 2027-01-01, from which the value before it holds"
        );
        assert!(
            fault.expected.en.contains("in the order of their days"),
            "{fault}"
        );
    }
    let fault = fault(
        "",
        "from = 2027-01-01\nuntil = 2026-12-31\n",
        "until = 2026-12-31",
    );
    assert_eq!(
        (fault.key.as_str(), fault.message.en.as_str()),
        ("dispute_answer[2].until", "is before from")
    );
}

#[test]
fn a_later_value_without_its_first_day_and_an_empty_list_are_refused() {
    let fault = fault("until = 2026-12-31\n", "", "[[dispute_answer]]\ndays = 15");
    assert_eq!(
        (fault.key.as_str(), fault.message.en.as_str()),
        ("dispute_answer[2].from", "is missing")
    );
    let text = two("", "from = 2027-01-01\n");
    let rest = text.split_once("[reconsideration_answer]").unwrap().1;
    let empty = faults(
        PROCEDURES,
        &format!("dispute_answer = []\n[reconsideration_answer]{rest}"),
    );
    assert!(
        has(&empty, PROCEDURES, "dispute_answer", "is empty"),
        "{}",
        listed(&empty)
    );
    // What is wrong within a value is named with its place in the list.
    let wrong = faults(PROCEDURES, &text.replace("days = 15", "days = 0"));
    assert!(
        has(&wrong, PROCEDURES, "dispute_answer[2].days", "is 0"),
        "{}",
        listed(&wrong)
    );
}

#[test]
fn a_value_that_ended_with_none_after_it_or_that_has_not_begun_is_refused_on_that_day() {
    let text = two("from = 2013-03-15\n", "from = 2027-01-01\nuntil = 2029-12-31\n");
    let profile = changed_files("gansu", &[(PROCEDURES, &text)]);
    let only = |day| {
        let mut faults = profile.check_values(day).unwrap_err();
        assert_eq!(faults.len(), 1, "{}", listed(&faults));
        faults.remove(0)
    };
    let ended = only(date(2030, 1, 1));
    let line = text[..text.find("until = 2029").unwrap()].matches('\n').count() + 1;
    assert_eq!(
        ended.to_string(),
        format!(
            "procedures.toml:{line}: dispute_answer[2].until: ended on 2029-12-31, and no value comes after it; \
             expected a value after it with from = 2030-01-01, or no until"
        )
    );
    let before = only(date(2013, 3, 14));
    assert_eq!((before.key.as_str(), before.line), ("dispute_answer[1].from", 2));
    assert!(before.message.en.contains("begins on 2013-03-15"), "{before}");
    // A single value has its days, too.
    let ends = changed(
        "gansu",
        PROCEDURES,
        &[("days = 20\n", "days = 20\nuntil = 2026-12-31\n")],
    );
    ends.check_values(date(2026, 12, 31)).unwrap();
    let fault = ends.check_values(CHANGE).unwrap_err().remove(0);
    assert_eq!(fault.key, "dispute_answer.until");
}

#[test]
fn an_enactment_is_asked_for_on_the_days_of_its_value_alone() {
    let law = |from: &str| {
        format!(
            "[[dispute_answer.enactment]]\nname = {{ zh = \"法\", en = \"Law\" }}\narticle = {{ zh = \"一\", en = \"1\" }}\n\
             in_force_from = {from}\nsource = {{ zh = \"-\", en = \"-\" }}\nconfirmed = false\n\n"
        )
    };
    let rest = two("", "");
    let rest = rest.split_once("[reconsideration_answer]").unwrap().1;
    let values = |old: &str, new: &str| {
        let text = format!(
            "[[dispute_answer]]\ndays = 20\nworking_days = false\n{}\
             [[dispute_answer]]\nfrom = 2027-01-01\ndays = 15\nworking_days = false\n{}[reconsideration_answer]{rest}",
            law(old),
            law(new)
        );
        changed_files("gansu", &[(PROCEDURES, &text)])
    };
    let ends = "2013-03-15\nin_force_to = 2026-12-31";
    let amended = values(ends, "2027-01-01");
    for day in [date(2026, 11, 28), date(2026, 12, 31), CHANGE, date(2029, 1, 1)] {
        amended.check_enactments(day).unwrap();
    }
    // The later value begins before its law does: that is said beforehand.
    let faults = values(ends, "2027-03-01")
        .check_enactments(date(2026, 11, 28))
        .unwrap_err();
    assert_eq!(faults.len(), 1, "{}", listed(&faults));
    assert_eq!(faults[0].key, "dispute_answer[2].enactment");
    assert!(
        faults[0].message.en.contains("in force on 2027-01-01"),
        "{}",
        faults[0]
    );
}

/// `periods.toml` with another disclosure of general decisions from 2027 on, and another retention of decisions.
fn periods(disclosed: u32, kept: u32) -> String {
    let text = fs::read_to_string(directory("northshire").join(PERIODS)).unwrap();
    let own = "own = { zh = \"测试\", en = \"made up\" }\n";
    let text = text
        .replacen("[disclosure.general]", "[[disclosure.general]]", 1)
        .replacen("[retention.decision]", "[[retention.decision]]", 1);
    let general = format!(
        "\n[[disclosure.general]]\nfrom = 2027-01-01\nat_least_months = 1\nat_most_months = {disclosed}\n{own}"
    );
    let decision = format!(
        "\n[[retention.decision]]\nfrom = 2027-01-01\nmonths = {kept}\ncounted_from = \"effective_on\"\n{own}"
    );
    format!("{text}{general}{decision}")
}

#[test]
fn disclosure_and_retention_go_by_the_day_on_which_a_decision_takes_effect() {
    let profile = changed_files("northshire", &[(PERIODS, &periods(6, 36))]);
    let penalty = profile.record_types[&RecordKind::Decision].penalties();
    let general = penalty
        .iter()
        .find(|one| one.kind == DecisionKind::General)
        .unwrap();
    let days = |from| {
        profile
            .decision_days(&general.choice.value, from, date(2035, 1, 1), None)
            .unwrap()
    };
    let (before, after) = (days(date(2026, 12, 31)), days(CHANGE));
    assert_eq!(before.disclosed_until, date(2027, 9, 30));
    assert_eq!(
        (before.restorable_from, before.kept_until),
        (date(2027, 2, 28), date(2030, 12, 31))
    );
    assert_eq!(after.disclosed_until, date(2027, 7, 1));
    assert_eq!(
        (after.restorable_from, after.kept_until),
        (date(2027, 2, 1), date(2030, 1, 1))
    );
}

#[test]
fn what_one_number_says_of_another_is_checked_for_the_days_that_they_share() {
    let northshire = |text: String| {
        let copy = copy("northshire");
        fs::write(copy.path().join(PERIODS), text).unwrap();
        Profile::load(copy.path()).map(|one| one.id).unwrap_err()
    };
    let faults = northshire(periods(37, 36));
    let key = "disclosure.general[2].at_most_months";
    assert!(
        has(&faults, PERIODS, key, "longer than decisions are kept"),
        "{}",
        listed(&faults)
    );
    // Nine months are longer than six, but end before.
    let faults = northshire(periods(6, 6));
    assert!(
        !has(&faults, PERIODS, "disclosure.general[1].at_most_months", "longer"),
        "{}",
        listed(&faults)
    );
    // Years without a decision look back on decisions that the earlier period kept.
    assert!(has(
        &faults,
        PROCEDURES,
        "green_channel_years.number",
        "longer than decisions are kept"
    ));
    let faults = northshire(periods(6, 36).replace(
        "counted_from = \"effective_on\"\nown",
        "counted_from = \"decided_on\"\nown",
    ));
    let key = "retention.decision[2].counted_from";
    assert!(
        has(&faults, PERIODS, key, "counted from “effective_on”"),
        "{}",
        listed(&faults)
    );
}

#[test]
fn how_late_a_look_shows_and_how_much_is_proposed_change_on_their_day_too() {
    let text = fs::read_to_string(directory("northshire").join("purposes.toml")).unwrap();
    let delay = "delay = { days = 10, basis = \"tram-driver-conduct\" }";
    let later = "delay = [{ days = 10, basis = \"tram-driver-conduct\" }, \
                 { from = 2027-01-01, days = 4, basis = \"tram-driver-conduct\" }]";
    let purposes = text.replace(delay, later);
    let text = fs::read_to_string(directory("northshire").join("associations.toml")).unwrap();
    let one = "proposals_per_day = 5\nown = { zh = \"本安装自行规定。\", en = \"This installation sets its own number.\" }\n";
    assert!(text.ends_with(one));
    let (start, _) = text.rsplit_once("proposals_per_day").unwrap();
    let two = format!(
        "{start}[[nurses-society.values]]\n{one}[[nurses-society.values]]\nfrom = 2027-01-01\n{}",
        one.replace('5', "2")
    );
    let texts = [("purposes.toml", purposes.as_str()), ("associations.toml", &two)];
    let profile = changed_files("northshire", &texts);
    let delay = profile.purposes["accident-inquiry"].delay.as_ref().unwrap();
    let proposals = &profile.associations["nurses-society"].proposals;
    for (day, days, per_day) in [(date(2026, 12, 31), 10, 5), (CHANGE, 4, 2)] {
        assert_eq!((delay.on(day).days, proposals.on(day).per_day), (days, per_day));
    }
}

#[test]
fn oversight_and_the_terms_of_consents_change_on_their_day_too() {
    let text = fs::read_to_string(directory("gansu").join("oversight.toml")).unwrap();
    let twice = format!(
        "[[values]]\n{text}\n[[values]]\nfrom = 2027-01-01\n{}",
        text.replace("staff_ceiling_per_day = 80", "staff_ceiling_per_day = 50")
    );
    let purposes = fs::read_to_string(directory("gansu").join("purposes.toml")).unwrap();
    let (start, terms) = purposes.split_once("[employment-check.consent]").unwrap();
    let later = terms.replace("most_looks = 3", "from = 2027-01-01\nmost_looks = 2");
    let purposes = format!("{start}[[employment-check.consent]]{terms}\n[[employment-check.consent]]{later}");
    let texts = [("oversight.toml", twice.as_str()), ("purposes.toml", &purposes)];
    let profile = changed_files("gansu", &texts);
    let terms = profile
        .consent_terms("employment-check", "example-hospital")
        .unwrap();
    for (day, ceiling, looks) in [(date(2026, 12, 31), 80, 3), (CHANGE, 50, 2)] {
        assert_eq!(profile.oversight.on(day).staff_ceiling_per_day, ceiling);
        assert_eq!(terms.on(day).most_looks, looks);
    }
    let mixed = faults("oversight.toml", &format!("random_share_percent = 5\n{twice}"));
    assert!(
        has(&mixed, "oversight.toml", "random_share_percent", "is not a key"),
        "{}",
        listed(&mixed)
    );
}

#[test]
fn a_ceiling_of_a_purpose_and_what_a_desk_has_time_for_change_on_a_known_day() {
    let own = "own = { zh = \"测试\", en = \"made up\" }";
    let later = |number: u32| format!(", {{ number = {number}, from = 2027-01-01, {own} }}]\n");
    let as_list = |text: &str, key: &str, number: u32| {
        let at = text.find(&format!("{key} = {{")).unwrap();
        let (start, rest) = text.split_at(at);
        let (line, end) = rest.split_once('\n').unwrap();
        let value = line.strip_prefix(&format!("{key} = ")).unwrap();
        format!("{start}{key} = [{value}{}{end}", later(number))
    };
    let read = |file| fs::read_to_string(directory("gansu").join(file)).unwrap();
    let general = as_list(&read("profile.toml"), "take_back_hours", 48);
    let general = as_list(&general, "rejected_rows_days", 20);
    let purposes = as_list(&read("purposes.toml"), "daily_ceiling", 40);
    let texts = [
        ("profile.toml", general.as_str()),
        ("purposes.toml", purposes.as_str()),
    ];
    let profile = changed_files("gansu", &texts);
    let numbers = [
        &profile.take_back_hours,
        &profile.rejected_rows_days,
        &profile.purposes["licensing-renewal"].daily_ceiling,
    ];
    let on = |day| numbers.map(|one| one.on(day).number);
    assert_eq!((on(date(2026, 12, 31)), on(CHANGE)), ([72, 30, 60], [48, 20, 40]));
}
