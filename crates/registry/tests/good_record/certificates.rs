//! What a certificate shows of a good record: what its holder chose, and the green channel where it is open.

use std::collections::BTreeSet;

use model::{PledgeId, RecordId, RecordKind};
use registry::{Answer, CertificateError, Check, Checker, Chosen, Issued, NoticeKind};
use serde_json::Value;
use testkit::{Installation, SourceRow, on_both_engines, wait};

use crate::kit::*;

fn licence_in(here: &Installation, n: u32, profession: &str) -> RecordId {
    let records = here.file_of(n).records;
    let mut licences = records.into_iter().filter(|one| one.kind == RecordKind::Licence);
    licences.find(|one| one.profession == profession).unwrap().record
}

fn issue(here: &Installation, n: u32, profession: &str, chosen: Chosen) -> Result<Issued, CertificateError> {
    let (person, licence) = (here.person(n), licence_in(here, n, profession));
    wait(
        here.registry
            .issue_certificate_with(person, licence, None, chosen),
    )
}

fn check(here: &Installation, text: &str) -> Check {
    let now = here.registry.now().as_second();
    Checker::new(wait(here.registry.trust()).unwrap(), now).check(text, now)
}

fn claims(here: &Installation, text: &str) -> serde_json::Map<String, Value> {
    check(here, text).claims.unwrap()
}

fn training(years: &[i16]) -> Chosen {
    Chosen {
        training: years.iter().copied().collect(),
        pledges: BTreeSet::new(),
    }
}

fn pledges(ids: &[PledgeId]) -> Chosen {
    Chosen {
        training: BTreeSet::new(),
        pledges: ids.iter().copied().collect(),
    }
}

/// The digests in a certificate's token: what is hidden, made up or not.
fn digests(text: &str) -> usize {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let payload = text.split('.').nth(1).unwrap();
    let payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    payload["_sd"].as_array().unwrap().len()
}

/// A lawyer who teaches too, with training in both professions.
fn trained(engine: testkit::Engine) -> Installation {
    let here = filled(engine);
    here.file(
        LAW,
        RecordKind::Training,
        &[
            SourceRow::training(1, "一", 24, "2025-06-20"),
            SourceRow::training(1, "二", 16, "2025-12-31"),
            SourceRow::training(1, "三", 8, "2026-01-01"),
        ],
    );
    let teaching = SourceRow::training(1, "教", 90, "2025-07-01")
        .with("authority", SCHOOLS)
        .with("legal_basis", "teacher-training");
    here.file(SCHOOLS, RecordKind::Training, &[teaching]);
    here
}

on_both_engines! {
    fn without_a_choice_a_certificate_shows_neither_training_nor_pledges(engine: Engine) {
        let here = trained(engine);
        wait(here.registry.make_pledge(here.person(1), "lawyer", "lawful-practice")).unwrap();
        let text = wait(here.registry.issue_certificate(here.person(1), licence_in(&here, 1, "lawyer"), None)).unwrap().text;
        let all = sd_jwt::disclosable_claims(&text).unwrap();
        assert!(all.iter().all(|one| !one.pointer.contains("training") && !one.pointer.contains("pledge")));
    }

    fn the_chosen_years_show_their_hours_in_that_profession_alone_and_the_holder_still_picks(engine: Engine) {
        let here = trained(engine);
        let file = here.file_of(1);
        let offered = file.training_years(here.registry.profile(), "lawyer");
        let offered: Vec<(i16, i64)> = offered.iter().map(|one| (one.year, one.hours)).collect();
        assert_eq!(offered, [(2026, 8), (2025, 40)]);
        let text = issue(&here, 1, "lawyer", training(&[2025])).unwrap().text;
        let said = claims(&here, &text);
        assert_eq!(said["training_hours_2025"], 40, "not the 90 hours as a teacher");
        assert!(!said.contains_key("training_hours_2026"));
        let without = sd_jwt::present(&text, &["name"]).unwrap();
        assert!(!claims(&here, &without).contains_key("training_hours_2025"));
        assert_eq!(claims(&here, &issue(&here, 1, "teacher", training(&[2025])).unwrap().text)["training_hours_2025"], 90);
        let none = issue(&here, 1, "teacher", training(&[2026]));
        assert!(matches!(none, Err(CertificateError::NothingToShow)), "{none:?}");
    }

    fn a_training_that_was_taken_back_or_corrected_counts_as_it_stands(engine: Engine) {
        let here = filled(engine);
        let done = here.file(LAW, RecordKind::Training, &[SourceRow::training(1, "一", 24, "2025-06-20")]);
        here.file(LAW, RecordKind::Training, &[
            SourceRow::training(1, "二", 10, "2025-08-01"),
            SourceRow::training(1, "二", 12, "2025-08-01").correcting(),
        ]);
        assert_eq!(claims(&here, &issue(&here, 1, "lawyer", training(&[2025])).unwrap().text)["training_hours_2025"], 36);
        here.registry.take_back(LAW, done.submission).unwrap();
        assert_eq!(claims(&here, &issue(&here, 1, "lawyer", training(&[2025])).unwrap().text)["training_hours_2025"], 12);
    }

    fn the_chosen_pledges_show_their_words_and_one_that_was_ended_or_is_of_another_profession_does_not(engine: Engine) {
        let here = filled(engine);
        let person = here.person(1);
        let make = |profession: &str, word: &str| wait(here.registry.make_pledge(person, profession, word)).unwrap();
        let (lawful, fees) = (make("lawyer", "lawful-practice"), make("lawyer", "fees-in-writing"));
        let teaching = make("teacher", "yearly-training");
        let text = issue(&here, 1, "lawyer", pledges(&[lawful])).unwrap().text;
        let said = claims(&here, &text);
        let words = &here.registry.profile().pledges["lawful-practice"].text;
        assert_eq!(said["pledge_lawful-practice"]["en"], words.en.as_str());
        assert_eq!(said["pledge_lawful-practice"]["zh"], words.zh.as_str());
        assert!(!said.contains_key("pledge_fees-in-writing"));
        let bare = sd_jwt::present(&text, &["/pledge_lawful-practice"]).unwrap();
        assert!(claims(&here, &bare).contains_key("pledge_lawful-practice"));
        wait(here.registry.end_pledge(person, fees)).unwrap();
        for gone in [fees, teaching, PledgeId::from_bytes([3; 16])] {
            let refused = issue(&here, 1, "lawyer", pledges(&[gone]));
            assert!(matches!(refused, Err(CertificateError::NothingToShow)), "{refused:?}");
        }
        // Somebody else's pledge is not one's own.
        let others = issue(&here, 2, "lawyer", pledges(&[lawful]));
        assert!(matches!(others, Err(CertificateError::NothingToShow)), "{others:?}");
    }

    fn a_certificate_ends_when_training_that_it_shows_changes_and_no_other_does(engine: Engine) {
        let here = trained(engine);
        let shows = issue(&here, 1, "lawyer", training(&[2025])).unwrap().text;
        let other_year = issue(&here, 1, "lawyer", training(&[2026])).unwrap().text;
        let plain = issue(&here, 1, "lawyer", Chosen::default()).unwrap().text;
        let teaches = issue(&here, 1, "teacher", training(&[2025])).unwrap().text;
        let answers = |here: &Installation| {
            [&shows, &other_year, &plain, &teaches].map(|text| check(here, text).answer)
        };
        use Answer::{Revoked, Valid};
        here.file(LAW, RecordKind::Training, &[SourceRow::training(1, "四", 5, "2025-09-01")]);
        assert_eq!(answers(&here), [Valid; 4], "more training makes nothing untrue");
        here.file(LAW, RecordKind::Training, &[SourceRow::training(1, "一", 20, "2025-06-20").correcting()]);
        assert_eq!(answers(&here), [Revoked, Valid, Valid, Valid]);
        assert_eq!(notices(&here, 1, NoticeKind::RevokedByCorrection), 1);
        assert_eq!(claims(&here, &issue(&here, 1, "lawyer", training(&[2025])).unwrap().text)["training_hours_2025"], 41);
    }

    fn a_certificate_ends_when_training_that_it_shows_is_taken_back_or_its_pledge_is_ended(engine: Engine) {
        let here = filled(engine);
        let done = here.file(LAW, RecordKind::Training, &[SourceRow::training(1, "一", 24, "2025-06-20")]);
        let person = here.person(1);
        let pledge = wait(here.registry.make_pledge(person, "lawyer", "lawful-practice")).unwrap();
        let trained = issue(&here, 1, "lawyer", training(&[2025])).unwrap().text;
        let pledged = issue(&here, 1, "lawyer", pledges(&[pledge])).unwrap().text;
        let plain = issue(&here, 1, "lawyer", Chosen::default()).unwrap().text;
        let answers = |here: &Installation| [&trained, &pledged, &plain].map(|text| check(here, text).answer);
        use Answer::{Revoked, Valid};
        here.registry.take_back(LAW, done.submission).unwrap();
        assert_eq!(answers(&here), [Revoked, Valid, Valid]);
        wait(here.registry.end_pledge(person, pledge)).unwrap();
        assert_eq!(answers(&here), [Revoked, Revoked, Valid]);
        assert_eq!(notices(&here, 1, NoticeKind::RevokedByHolder), 1);
    }

    fn the_green_channel_opens_with_the_whole_years_of_the_profile_and_says_nothing_before(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1).with("valid_from", "2023-11-24")]);
        let green = |here: &Installation| {
            let text = issue(here, 1, "lawyer", Chosen::default()).unwrap().text;
            let checked = check(here, &text);
            assert_eq!(checked.answer, Answer::Valid);
            let claim = checked.claims.as_ref().unwrap().get("green_channel_years").cloned();
            assert_eq!(claim.as_ref().and_then(Value::as_u64), checked.green_channel_years());
            (checked.green_channel_years(), digests(&text), text)
        };
        // One day before three whole years.
        let (closed, hidden, text) = green(&here);
        assert_eq!(closed, None);
        assert!(!text_says(&text, "green"), "nothing is said, not even no");
        here.later(24);
        let (open, hidden_then, text) = green(&here);
        assert_eq!(open, Some(3));
        assert_eq!(hidden, hidden_then, "how much is hidden does not tell which it is");
        // The holder shows it or not, as all else; it shows without the number of years.
        let hidden = check(&here, &sd_jwt::present(&text, &["name"]).unwrap());
        assert_eq!((hidden.answer, hidden.green_channel_years()), (Answer::Valid, None));
        let alone = check(&here, &sd_jwt::present(&text, &["green_channel_years"]).unwrap());
        assert_eq!(alone.green_channel_years(), Some(3));
        assert!(!alone.claims.unwrap().contains_key("whole_years_without_decision"));
        // Once revoked it opens nothing.
        let kept = wait(here.registry.certificates(here.person(1))).unwrap();
        wait(here.registry.revoke_certificate(here.person(1), kept[0].certificate)).unwrap();
        assert_eq!(check(&here, &kept[0].text).green_channel_years(), None);
    }

    fn limit_3_a_decision_in_another_profession_does_not_touch_the_green_channel(engine: Engine) {
        let here = filled(engine);
        let green = |profession: &str| {
            let text = issue(&here, 1, profession, Chosen::default()).unwrap().text;
            check(&here, &text).green_channel_years()
        };
        assert_eq!((green("lawyer"), green("teacher")), (Some(3), Some(3)));
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        assert_eq!((green("lawyer"), green("teacher")), (None, Some(3)));
        // Its period over, it is spoken of no more.
        here.at("2027-02-01T00:00:00Z");
        assert_eq!((green("lawyer"), green("teacher")), (Some(3), Some(3)));
    }

    fn a_decision_that_is_still_in_force_keeps_it_shut_however_long_ago_it_began(engine: Engine) {
        let here = filled(engine);
        // In force for three years to this very day.
        let long = SourceRow::decision(1)
            .with("penalty", "暂扣许可证件")
            .with("decided_on", "2023-11-01")
            .with("effective_on", "2023-11-23")
            .with("disclosure_ends_on", "2026-11-23");
        here.file(LAW, RecordKind::Decision, &[long]);
        let said = |here: &Installation| {
            let text = issue(here, 1, "lawyer", Chosen::default()).unwrap().text;
            let checked = check(here, &text);
            let claims = checked.claims.clone().unwrap();
            let years = claims["whole_years_without_decision"].as_u64().unwrap();
            (claims["decision_in_force"].as_bool().unwrap(), years, checked.green_channel_years())
        };
        assert_eq!(said(&here), (true, 3, None));
        here.later(24);
        // Its years count on from its first day.
        assert_eq!(said(&here), (false, 3, Some(3)));
    }
}

/// Whether a claim of the certificate, disclosed or not, has this in its name.
fn text_says(text: &str, word: &str) -> bool {
    let all = sd_jwt::disclosable_claims(text).unwrap();
    all.iter().any(|one| one.pointer.contains(word))
}
