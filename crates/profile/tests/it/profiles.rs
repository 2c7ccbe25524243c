//! What the two profiles say, and that one binary serves both.

use crate::common::load;
use jiff::civil::date;
use jsonschema::Validator;
use model::RecordKind;
use profile::{ByDay, DecisionKind, Ground, Language, LicenceEffect, Profile};
use serde_json::{Value, json};

fn field<'a>(profile: &'a Profile, kind: RecordKind, heading: &str) -> Option<&'a str> {
    profile
        .record_type(kind)?
        .field_for_heading(heading)
        .map(|field| field.name.as_str())
}

fn validator(profile: &Profile, kind: RecordKind) -> Validator {
    let schema = profile.json_schema(kind).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn gansu_has_the_key_professions_and_no_officials() {
    let profile = load("gansu");
    let ids: Vec<&str> = profile.professions.keys().map(String::as_str).collect();
    assert_eq!(
        ids,
        [
            "accountant",
            "appraiser",
            "constructor",
            "doctor",
            "estate-agent",
            "financial-practitioner",
            "fire-engineer",
            "lawyer",
            "pharmacist",
            "tax-accountant",
            "teacher",
            "tour-guide"
        ]
    );
}

#[test]
fn every_profession_has_bases_for_licences_decisions_training_and_commendations() {
    for profile in [load("gansu"), load("northshire")] {
        for profession in profile.professions.values() {
            for kind in RecordKind::ALL.iter().copied() {
                let mut bases = profile.bases.keys().filter(|id| {
                    profile
                        .filing_basis(&profession.authority, kind, id)
                        .is_some_and(|one| one.profession == profession.id)
                });
                assert!(bases.next().is_some(), "{}: {kind}", profession.id);
            }
        }
    }
}

#[test]
fn an_authority_files_only_under_bases_of_its_own_professions() {
    let profile = load("gansu");
    let basis = |authority, kind, basis| profile.filing_basis(authority, kind, basis).is_some();
    assert!(basis(
        "health-commission",
        RecordKind::Training,
        "doctor-licensing"
    ));
    assert!(basis(
        "housing-department",
        RecordKind::Decision,
        "constructor-discipline"
    ));
    assert!(!basis(
        "health-commission",
        RecordKind::Licence,
        "doctor-discipline"
    ));
    assert!(!basis("tax-bureau", RecordKind::Licence, "doctor-licensing"));
    assert!(!basis("health-commission", RecordKind::Licence, "no-such-basis"));
    assert!(!basis("another-bureau", RecordKind::Licence, "doctor-licensing"));
}

#[test]
fn where_a_law_can_be_read_is_said_in_each_language_alone() {
    let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    for name in ["gansu", "northshire"] {
        let profile = load(name);
        let cited = profile.bases.values().flat_map(|basis| &basis.enactments);
        let cited: Vec<_> = cited.map(|citation| &citation.source).collect();
        assert!(cited.len() > 5, "{name}");
        for source in cited {
            assert!(chinese(&source.zh), "{name}: {}", source.zh);
            assert!(!chinese(&source.en), "{name}: {}", source.en);
        }
    }
}

#[test]
fn nothing_in_gansu_is_confirmed_and_every_basis_says_where_it_can_be_read() {
    let profile = load("gansu");
    for basis in profile.bases.values() {
        assert!(
            basis
                .enactments
                .iter()
                .all(|one| !one.is_confirmed() && !one.source.en.is_empty()),
            "{}",
            basis.id
        );
    }
    let disclosed = profile.disclosure.values().flat_map(ByDay::all);
    let kept = profile.retention.values().flat_map(ByDay::all);
    let grounds = disclosed.map(|(_, period)| &period.ground);
    let grounds = grounds.chain(kept.map(|(_, period)| &period.ground));
    for ground in grounds {
        match ground {
            Ground::Enactments(all) => assert!(!all.is_empty() && all.iter().all(|one| !one.is_confirmed())),
            Ground::Own(reason) => assert!(!reason.get(Language::Zh).is_empty()),
        }
    }
}

#[test]
fn an_enactment_gives_way_to_the_next_on_its_day() {
    let profile = load("gansu");
    let name = |day| {
        profile.bases["doctor-licensing"]
            .in_force_on(day)
            .map(|one| one.enactment.en.as_str())
    };
    assert_eq!(name(date(1999, 4, 30)), None);
    assert_eq!(name(date(2022, 2, 28)), Some("Law on Practising Doctors"));
    assert_eq!(name(date(2022, 3, 1)), Some("Physicians Law"));
}

#[test]
fn the_sent_headings_mean_the_fields_in_either_writing() {
    let profile = load("gansu");
    let decision = |heading| field(&profile, RecordKind::Decision, heading);
    for (heading, name) in [
        ("行政相对人名称", "name"),
        ("\u{feff}行政相对人名称", "name"),
        (" 证件类型\u{3000}", "id_type"),
        ("证件号码", "id_number"),
        ("行政处罚决定书文号", "document_number"),
        ("违法行为类型", "violation"),
        ("违法事实", "facts"),
        ("处罚依据", "legal_basis"),
        ("处罚类别", "penalty"),
        ("处罚内容", "penalty_content"),
        ("罚款金额(万元)", "fine"),
        ("罚款金额（万元）", "fine"),
        ("许可编号", "licence_number"),
        ("处罚决定日期", "decided_on"),
        ("处罚生效日期", "effective_on"),
        ("公示截止期", "disclosure_ends_on"),
        ("处罚机关", "authority"),
        ("数据来源单位", "source_authority"),
        ("救济途径告知", "remedies"),
        ("更正说明", "correction"),
        ("Correction", "correction"),
    ] {
        assert_eq!(decision(heading), Some(name), "{heading}");
    }
    assert_eq!(decision("宗教"), None);
    for heading in [
        "name",
        "id_number",
        "course",
        "hours",
        "completed_on",
        "authority",
        "legal_basis",
    ] {
        assert_eq!(field(&profile, RecordKind::Training, heading), Some(heading));
    }
    assert_eq!(field(&profile, RecordKind::Training, "religion"), None);
    for heading in
        "行政相对人名称,证件类型,证件号码,行政许可决定文书号,许可类别,许可证书名称,许可编号,执业范围,\
                    许可决定日期,有效期自,有效期至,许可机关,数据来源单位,许可依据"
            .split(',')
    {
        assert!(
            field(&profile, RecordKind::Licence, heading).is_some(),
            "{heading}"
        );
    }
}

#[test]
fn northshire_knows_other_headings_numbers_and_languages() {
    let profile = load("northshire");
    assert_eq!(profile.languages, [Language::En, Language::Zh]);
    assert_eq!(
        field(&profile, RecordKind::Licence, "RESIDENT NO."),
        Some("id_number")
    );
    assert_eq!(field(&profile, RecordKind::Licence, "证件号码"), None);
    assert!(profile.identity.check("994437195809264554").is_err());
    let number = profile.identity.check(" nb12345678 ".trim()).err();
    assert_eq!(number.map(profile::IdentityFault::code), Some("id-length"));
}

#[test]
fn a_decision_is_shown_no_longer_than_its_kind_allows() {
    let profile = load("gansu");
    let from = date(2026, 1, 15);
    let three_years = date(2029, 1, 15);
    for (category, end) in [
        ("警告", date(2026, 4, 15)),
        ("罚款", date(2027, 1, 15)),
        ("暂扣许可证件", date(2029, 1, 15)),
        ("吊销许可证件", date(2029, 1, 15)),
    ] {
        assert_eq!(
            profile
                .decision_days(category, from, date(2035, 1, 1), None)
                .map(|days| days.disclosed_until),
            Some(end),
            "{category}"
        );
        assert_eq!(
            profile
                .decision_days(category, from, date(2026, 2, 1), None)
                .map(|days| days.disclosed_until),
            Some(date(2026, 2, 1)),
            "{category}"
        );
    }
    assert_eq!(profile.decision_days("嘉奖", from, three_years, None), None);
    let days = profile.decision_days("警告", from, three_years, None).unwrap();
    assert_eq!((days.kind, days.shortened), (DecisionKind::Minor, true));
    assert!(
        !profile
            .decision_days("罚款", from, date(2027, 1, 15), None)
            .unwrap()
            .shortened
    );
    assert_eq!(
        profile
            .decision_days("罚款", from, three_years, None)
            .unwrap()
            .restorable_from,
        date(2026, 4, 15)
    );
}

#[test]
fn adverse_information_is_kept_five_years_at_most_and_a_prohibition_while_it_lasts() {
    let profile = load("gansu");
    let from = date(2026, 1, 15);
    let days = profile
        .decision_days("吊销许可证件", from, date(2040, 1, 1), None)
        .unwrap();
    assert_eq!(days.kept_until, date(2031, 1, 15));
    let days = profile
        .decision_days("限制从业", from, date(2040, 1, 1), None)
        .unwrap();
    assert_eq!(
        (days.disclosed_until, days.kept_until, days.shortened),
        (date(2040, 1, 1), date(2040, 1, 1), false)
    );
    let days = profile
        .decision_days("限制从业", from, date(2027, 1, 1), None)
        .unwrap();
    assert_eq!(
        (days.disclosed_until, days.kept_until),
        (date(2027, 1, 1), date(2031, 1, 15))
    );
    // One that ends before its disclosure was to end is over with it.
    let days = profile
        .decision_days("限制从业", from, date(2046, 1, 1), Some(date(2027, 1, 1)))
        .unwrap();
    assert_eq!(
        (days.disclosed_until, days.kept_until, days.shortened),
        (date(2027, 1, 1), date(2031, 1, 15), true)
    );
    let days = profile
        .decision_days("限制从业", from, date(2027, 1, 1), Some(date(2046, 1, 1)))
        .unwrap();
    assert_eq!(days.disclosed_until, date(2027, 1, 1), "never longer than filed");
    let days = profile
        .decision_days("暂扣许可证件", from, date(2027, 1, 1), Some(date(2026, 4, 1)))
        .unwrap();
    assert_eq!(
        days.disclosed_until,
        date(2027, 1, 1),
        "a suspension is shown as any other"
    );
    assert_eq!(
        profile.kept_until(RecordKind::Training, date(2020, 2, 29)),
        Some(date(2030, 2, 28))
    );
}

#[test]
fn a_period_at_the_end_of_the_calendar_ends_with_it() {
    let last = jiff::civil::Date::MAX;
    let days = load("gansu").decision_days("罚款", last, last, None).unwrap();
    assert_eq!((days.disclosed_until, days.kept_until), (last, last));
}

#[test]
fn categories_of_penalty_say_what_they_do_to_the_licence() {
    let profile = load("gansu");
    let effect = |category| profile.penalty(category).map(|penalty| penalty.effect);
    assert_eq!(effect("警告"), Some(LicenceEffect::None));
    assert_eq!(effect("暂扣许可证件"), Some(LicenceEffect::Suspends));
    assert_eq!(effect("吊销许可证件"), Some(LicenceEffect::Revokes));
    assert_eq!(effect("限制从业"), Some(LicenceEffect::Prohibits));
    assert_eq!(effect("warning"), None);
}

fn training() -> Value {
    json!({
        "name": "陶试清", "id_number": "994152198707166786", "course": "继续医学教育示例课程", "hours": 30,
        "completed_on": "2025-07-27", "authority": "health-commission", "legal_basis": "doctor-licensing"
    })
}

#[test]
fn the_json_schemas_accept_records_and_refuse_what_is_outside_the_list() {
    let profile = load("gansu");
    let schema = validator(&profile, RecordKind::Training);
    assert!(schema.is_valid(&training()));
    for (key, value) in [
        ("religion", json!("不应收集")),
        ("hours", json!(-4)),
        ("hours", json!("30")),
        ("id_number", json!("99415219870716678")),
        ("authority", json!("another-bureau")),
        ("legal_basis", json!("doctor-discipline")),
        ("completed_on", json!("2025/07/27")),
        ("name", json!("")),
    ] {
        let mut record = training();
        record[key] = value;
        assert!(!schema.is_valid(&record), "{key}");
    }
    for key in [
        "name",
        "id_number",
        "course",
        "hours",
        "completed_on",
        "authority",
        "legal_basis",
    ] {
        let mut record = training();
        record.as_object_mut().unwrap().remove(key);
        assert!(!schema.is_valid(&record), "without {key}");
    }
}

#[test]
fn the_schema_of_decisions_takes_fines_as_decimal_texts_and_known_penalties() {
    let profile = load("gansu");
    let schema = validator(&profile, RecordKind::Decision);
    let decision = |key: &str, value: Value| {
        let mut record = json!({
            "name": "张测二", "id_type": "身份证", "id_number": "994437195809264554",
            "document_number": "甘罚〔2022〕00005号", "violation": "执业违规", "facts": "虚构示例",
            "legal_basis": "pharmacist-discipline", "penalty": "罚款", "penalty_content": "罚款人民币", "fine": "1.2",
            "licence_number": "PHA-99000083", "decided_on": "2022-01-16", "effective_on": "2022-01-16",
            "disclosure_ends_on": "2023-01-16", "authority": "drug-administration",
            "remedies": "可在六十日内申请行政复议，或六个月内提起行政诉讼"
        });
        record[key] = value;
        schema.is_valid(&record)
    };
    assert!(decision("fine", json!("1.2")));
    assert!(decision("fine", json!("0")));
    for fine in ["-3", "1.2345678", "01", "1e3", ""] {
        assert!(!decision("fine", json!(fine)), "{fine}");
    }
    assert!(!decision("penalty", json!("终身禁止")));
    assert!(!decision("id_type", json!("护照")));
    assert!(!decision("score", json!(600)));
}

#[test]
fn every_schema_of_both_profiles_is_closed() {
    for profile in [load("gansu"), load("northshire")] {
        for kind in RecordKind::ALL.iter().copied() {
            let schema = validator(&profile, kind);
            assert!(!schema.is_valid(&json!({})), "{kind}");
            let schema = profile.json_schema(kind).unwrap();
            assert_eq!(schema["additionalProperties"], json!(false));
            let properties = schema["properties"].as_object().unwrap();
            assert!(
                properties.values().all(|one| one["x-personal"].is_boolean()),
                "{kind}"
            );
        }
    }
}

#[test]
fn gansu_discloses_and_keeps_for_as_long_as_its_enactments_say() {
    let profile = load("gansu");
    let day = date(2026, 4, 1);
    let disclosed = |kind| {
        let period = profile.disclosure[&kind].on(day);
        (period.at_least_months, period.at_most_months)
    };
    // General Office of the State Council, 2025 No. 22; NDRC, Order 36 of 2025.
    assert_eq!(disclosed(DecisionKind::Minor), (0, Some(3)));
    assert_eq!(disclosed(DecisionKind::General), (3, Some(12)));
    assert_eq!(disclosed(DecisionKind::Serious), (12, Some(36)));
    assert_eq!(disclosed(DecisionKind::Prohibition), (0, None), "while it lasts");
    // Credit Reporting Industry Regulation, Article 16: adverse personal information, five years in all.
    assert_eq!(profile.retention[&RecordKind::Decision].on(day).months, 60);
}
