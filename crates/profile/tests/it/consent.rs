//! Purposes that are used with the person's consent, and the bodies that ask, decide and promise.

use std::{collections::BTreeSet, fs};

use jiff::civil::date;
use model::RecordKind;
use profile::{ByDay, HIGHEST_DAILY_CEILING, LONGEST_CONSENT_DAYS, Language, MOST_CONSENT_LOOKS};

use crate::common::{broken, changed, changed_files, directory, has, load};

const PURPOSES: &str = "purposes.toml";

#[test]
fn an_inquirer_may_ask_for_consent_under_the_purposes_that_name_it() {
    let profile = load("gansu");
    let terms = profile
        .consent_terms("employment-check", "example-hospital")
        .unwrap()
        .on(date(2026, 11, 23));
    assert_eq!(
        (terms.longest_days, terms.most_looks, terms.keep_answer_days),
        (90, 3, 180)
    );
    assert!(
        profile
            .consent_terms("licensing-renewal", "example-hospital")
            .is_none()
    );
    assert!(profile.consent_terms("licensing-renewal", "law-bureau").is_none());
    assert!(profile.consent_terms("employment-check", "law-bureau").is_none());
    assert!(
        profile
            .consent_terms("no-such-purpose", "example-hospital")
            .is_none()
    );
    let profile = load("northshire");
    let terms = profile.consent_terms("hiring", "vale-animal-hospital").unwrap();
    let terms = terms.on(date(2026, 11, 23));
    assert_eq!(
        (terms.longest_days, terms.most_looks, terms.keep_answer_days),
        (60, 2, 90)
    );
}

#[test]
fn limit_3_no_law_lets_an_inquirer_look() {
    for profile in [load("gansu"), load("northshire")] {
        for (purpose, inquirer) in profile
            .purposes
            .keys()
            .flat_map(|purpose| profile.inquirers.keys().map(move |inquirer| (purpose, inquirer)))
        {
            for (profession, kind) in profile
                .professions
                .keys()
                .flat_map(|one| RecordKind::ALL.iter().map(move |kind| (one, *kind)))
            {
                let basis = profile.inquiry_basis(purpose, inquirer, profession, kind);
                assert!(basis.is_none(), "{purpose}: {inquirer}");
            }
        }
    }
}

#[test]
fn limit_6_no_purpose_of_a_real_place_waits_and_no_consent_does() {
    assert!(
        load("gansu")
            .purposes
            .values()
            .all(|purpose| purpose.delay.is_none())
    );
    let faults = broken(
        "northshire",
        PURPOSES,
        "daily_ceiling = { number = 10",
        "delay = { days = 1, basis = \"tram-driver-conduct\" }\ndaily_ceiling = { number = 10",
    );
    assert!(has(&faults, PURPOSES, "hiring.delay", "no look under a law"));
}

#[test]
fn limit_7_a_consent_has_an_end_and_is_no_subscription() {
    for (what, key) in [
        ("longest_days = 90\n", "employment-check.consent.longest_days"),
        ("most_looks = 3\n", "employment-check.consent.most_looks"),
        (
            "keep_answer_days = 180\n",
            "employment-check.consent.keep_answer_days",
        ),
    ] {
        let faults = broken("gansu", PURPOSES, what, "");
        assert!(has(&faults, PURPOSES, key, "is missing"), "{key}");
        for number in ["0", "367", "1000000"] {
            let name = what.split(' ').next().unwrap();
            let faults = broken("gansu", PURPOSES, what, &format!("{name} = {number}\n"));
            assert!(has(&faults, PURPOSES, key, &format!("is {number}")), "{key}");
        }
    }
    let faults = broken("gansu", PURPOSES, "most_looks = 3", "most_looks = 25");
    assert!(has(
        &faults,
        PURPOSES,
        "employment-check.consent.most_looks",
        "is 25"
    ));
    for profile in [load("gansu"), load("northshire")] {
        for purpose in profile.purposes.values() {
            let mut ceilings = purpose.daily_ceiling.all();
            assert!(ceilings.all(|(_, one)| (1..=HIGHEST_DAILY_CEILING).contains(&one.number)));
            assert!(purpose.consent.is_some() || !purpose.bases.is_empty());
            for (_, terms) in purpose.consent.iter().flat_map(ByDay::all) {
                assert!(terms.longest_days <= LONGEST_CONSENT_DAYS);
                assert!(terms.most_looks <= MOST_CONSENT_LOOKS);
            }
        }
    }
}

#[test]
fn a_purpose_may_be_used_under_a_law_or_by_consent_or_both() {
    let consent = "[licensing-renewal.consent]\nlongest_days = 30\nmost_looks = 1\nkeep_answer_days = 30\n\
        own = { zh = \"自行规定。\", en = \"Our own.\" }\n\n[licensing-renewal.fields]";
    // With consent it may also name an inquirer; without, it may not.
    let who = "who = [\n    \"law-bureau\"";
    let with = "who = [\n    \"example-hospital\",\n    \"law-bureau\"";
    let faults = broken("gansu", PURPOSES, who, with);
    assert_eq!(faults.len(), 1);
    assert!(has(
        &faults,
        PURPOSES,
        "licensing-renewal.who[1]",
        "by consent alone"
    ));
    let profile = changed(
        "gansu",
        PURPOSES,
        &[(who, with), ("[licensing-renewal.fields]", consent)],
    );
    assert!(profile.consent_terms("licensing-renewal", "law-bureau").is_some());
    assert!(
        profile
            .consent_terms("licensing-renewal", "example-hospital")
            .is_some()
    );
    let basis = profile.inquiry_basis("licensing-renewal", "law-bureau", "lawyer", RecordKind::Licence);
    assert!(basis.is_some());
}

#[test]
fn every_body_has_a_name_and_an_id_of_its_own() {
    let profile = load("gansu");
    for (id, zh) in [
        ("law-bureau", "司法厅"),
        ("example-hospital", "示例医院（虚构）"),
        ("high-court", "高级人民法院"),
    ] {
        assert_eq!(profile.body_name(id).map(|name| name.get(Language::Zh)), Some(zh));
    }
    assert_eq!(profile.body_name("nobody"), None);
    let bodies = profile.authorities.len() + profile.inquirers.len() + profile.courts.len();
    let ids = profile
        .authorities
        .keys()
        .chain(profile.inquirers.keys())
        .chain(profile.courts.keys());
    let all: BTreeSet<_> = ids.collect();
    assert_eq!(all.len(), bodies);
}

#[test]
fn a_place_may_do_without_inquirers_and_pledges() {
    let purposes = fs::read_to_string(directory("northshire").join(PURPOSES)).unwrap();
    let (under_law, _) = purposes.split_once("[hiring]").unwrap();
    let profile = changed_files(
        "northshire",
        &[
            ("inquirers.toml", "# Nobody asks by consent here.\n"),
            ("pledges.toml", ""),
            (PURPOSES, under_law),
        ],
    );
    assert!(profile.inquirers.is_empty() && profile.pledges.is_empty());
}

#[test]
fn a_pledge_is_made_in_the_professions_that_it_names() {
    let profile = load("gansu");
    let for_doctors: Vec<&str> = profile
        .pledges
        .values()
        .filter(|pledge| pledge.is_for("doctor"))
        .map(|pledge| pledge.id.as_str())
        .collect();
    assert_eq!(
        for_doctors,
        ["free-consultation", "lawful-practice", "yearly-training"]
    );
    assert!(profile.pledges["fees-in-writing"].text.en.contains("fees"));
}
