//! What Standing never does, whatever a profile asks for.

use crate::common::{broken, has, load};
use jiff::civil::date;
use model::RecordKind;

const LICENCE: &str = "record-types/licence.toml";

/// The field that stands in the place of the licence's scope, with this name, Chinese label and heading.
fn field_is_refused(name: &str, zh: &str, heading: &str) -> bool {
    let what = "name = \"scope\"\nlabel = { zh = \"执业范围\", en = \"Scope of practice\" }\n\
        kind = \"text\"\nmax_chars = 500\nrequired = false\npersonal = false\nheadings = [\"执业范围\"]";
    let with = format!(
        "name = \"{name}\"\nlabel = {{ zh = \"{zh}\", en = \"A field\" }}\n\
         kind = \"text\"\nmax_chars = 500\nrequired = false\npersonal = true\nheadings = [\"{heading}\"]"
    );
    broken("gansu", LICENCE, what, &with)
        .iter()
        .any(|fault| fault.message.en.contains("never kept"))
}

/// Each word is refused as a field's name, and so is the Chinese one as a label and as a heading.
fn meanings_are_refused(names: &[&str], chinese: &[&str]) {
    for name in names {
        assert!(field_is_refused(name, "说明", "说明"), "{name}");
    }
    for word in chinese {
        assert!(field_is_refused("remark", word, "说明"), "{word} as a label");
        assert!(field_is_refused("remark", "说明", word), "{word} as a heading");
    }
}

#[test]
fn limit_1_no_score_grade_rank_colour_or_tier_of_a_person() {
    meanings_are_refused(
        &[
            "score",
            "credit_score",
            "grade",
            "rank",
            "colour",
            "tier",
            "trust_rating",
            "points",
        ],
        &["信用评分", "信用等级", "个人积分", "排名", "信用评级", "个人标签"],
    );
}

#[test]
fn limit_2_no_list_of_people_to_shun() {
    meanings_are_refused(
        &["blacklist", "on_redlist", "watchlist"],
        &["黑名单", "红名单", "失信被执行人"],
    );
    for key in ["list", "export", "publish", "search"] {
        let faults = broken(
            "gansu",
            "purposes.toml",
            "daily_ceiling = ",
            &format!("{key} = true\ndaily_ceiling = "),
        );
        assert!(has(
            &faults,
            "purposes.toml",
            &format!("licensing-renewal.{key}"),
            "is not a key"
        ));
    }
    let faults = broken(
        "gansu",
        "authorities.toml",
        "records = [\"licence\"",
        "records = [\"blacklist\"",
    );
    assert!(has(
        &faults,
        "authorities.toml",
        "law-bureau.records[1]",
        "blacklist"
    ));
}

#[test]
fn limit_3_a_basis_names_exactly_one_profession() {
    let list = "profession = [\"lawyer\", \"teacher\"]";
    let faults = broken("gansu", "bases.toml", "profession = \"lawyer\"", list);
    assert!(has(
        &faults,
        "bases.toml",
        "lawyer-licensing.profession",
        "one profession"
    ));
    let faults = broken("gansu", "bases.toml", "profession = \"lawyer\"\n", "");
    assert!(has(
        &faults,
        "bases.toml",
        "lawyer-licensing.profession",
        "is missing"
    ));
}

#[test]
fn limit_3_a_purpose_reaches_decisions_of_the_askers_own_profession_alone() {
    let profile = load("gansu");
    let (purpose, kind) = ("licensing-renewal", RecordKind::Decision);
    for authority in profile.authorities.values() {
        for profession in profile.professions.keys() {
            let basis = profile.inquiry_basis(purpose, &authority.id, profession, kind);
            assert_eq!(basis.is_some(), authority.professions.contains(profession));
            assert!(basis.is_none_or(|basis| basis.profession == *profession));
        }
    }
    // Only the training bases of the purpose are missing here: a kind that it does not name is out of reach.
    let none = profile.inquiry_basis(purpose, "law-bureau", "lawyer", RecordKind::Commendation);
    assert!(none.is_none());
    assert!(
        profile
            .inquiry_basis("no-such-purpose", "law-bureau", "lawyer", kind)
            .is_none()
    );
}

#[test]
fn limit_3_a_purpose_for_another_profession_is_refused() {
    let faults = broken(
        "northshire",
        "purposes.toml",
        "who = [\"transport-board\"]",
        "who = [\"land-office\"]",
    );
    assert!(has(
        &faults,
        "purposes.toml",
        "accident-inquiry.who[1]",
        "licenses none"
    ));
    let bases = "bases = [\"tram-driver-register\", \"surveyor-conduct\"]";
    let faults = broken(
        "northshire",
        "purposes.toml",
        "bases = [\"tram-driver-register\"]",
        bases,
    );
    assert!(has(
        &faults,
        "purposes.toml",
        "accident-inquiry.bases",
        "surveyor"
    ));
    let two = "bases = [\"tram-driver-register\", \"tram-driver-register\"]";
    let faults = broken(
        "northshire",
        "purposes.toml",
        "bases = [\"tram-driver-register\"]",
        two,
    );
    assert!(has(&faults, "purposes.toml", "accident-inquiry.bases", "2 bases"));
}

#[test]
fn limit_4_no_biometrics_location_contacts_purchases_speech_belief_politics_military_duty_or_family() {
    meanings_are_refused(
        &[
            "fingerprint",
            "face_template",
            "gps",
            "location",
            "contacts",
            "phone",
            "purchases",
            "speech",
            "belief",
            "religion",
            "political_party",
            "military",
            "family",
            "spouse_name",
        ],
        &[
            "指纹",
            "人脸识别",
            "定位",
            "行踪轨迹",
            "通讯录",
            "消费记录",
            "网络言论",
            "宗教信仰",
            "政治面貌",
            "兵役",
            "家庭成员",
        ],
    );
}

#[test]
fn limit_4_full_width_and_mixed_case_writing_does_not_help() {
    assert!(field_is_refused("remark", "说明", "Ｒｅｌｉｇｉｏｎ"));
    assert!(field_is_refused("remark", "说明", "Religion / FAITH"));
    assert!(!has(
        &broken("gansu", LICENCE, "max_chars = 500", "max_chars = 0"),
        LICENCE,
        "field[8]",
        "never kept"
    ));
}

#[test]
fn limit_5_nobody_under_18_has_a_record_whatever_the_profile_says() {
    for age in [0, 14, 17] {
        let faults = broken(
            "gansu",
            "profile.toml",
            "minimum_age = 18",
            &format!("minimum_age = {age}"),
        );
        assert!(has(&faults, "profile.toml", "minimum_age", &format!("is {age}")));
    }
    let mut profile = load("gansu");
    profile.minimum_age = 10;
    assert!(profile.is_minor(date(2009, 1, 2), date(2027, 1, 1)));
    assert!(!profile.is_minor(date(2009, 1, 1), date(2027, 1, 1)));
    meanings_are_refused(&["pupil_number"], &["学籍号", "未成年人"]);
}

#[test]
fn limit_5_where_the_number_tells_no_birth_date_each_record_does() {
    for file in ["licence", "decision", "training", "commendation"] {
        let file = format!("record-types/{file}.toml");
        let faults = broken(
            "northshire",
            &file,
            "kind = \"birth-date\"\nrequired = true",
            "kind = \"birth-date\"\nrequired = false",
        );
        assert!(has(&faults, &file, "", "birth-date"));
    }
}

#[test]
fn limit_6_a_look_shows_late_only_under_a_basis_and_by_a_bounded_number_of_days() {
    let delay = "delay = { days = 10, basis = \"tram-driver-conduct\" }";
    for (with, key, message) in [
        (
            "delay = { basis = \"tram-driver-conduct\" }",
            "accident-inquiry.delay.days",
            "is missing",
        ),
        (
            "delay = { days = 10 }",
            "accident-inquiry.delay.basis",
            "is missing",
        ),
        (
            "delay = { days = 10, basis = \"secrecy\" }",
            "accident-inquiry.delay.basis",
            "secrecy",
        ),
        (
            "delay = { days = 91, basis = \"tram-driver-conduct\" }",
            "accident-inquiry.delay.days",
            "is 91",
        ),
        (
            "delay = { days = -1, basis = \"tram-driver-conduct\" }",
            "accident-inquiry.delay.days",
            "is -1",
        ),
        ("hidden = true", "accident-inquiry.hidden", "is not a key"),
    ] {
        let faults = broken("northshire", "purposes.toml", delay, with);
        assert!(has(&faults, "purposes.toml", key, message), "{with}");
    }
    let purposes = load("northshire").purposes;
    assert_eq!(
        purposes["accident-inquiry"]
            .delay
            .as_ref()
            .map(|delay| delay.on(date(2026, 11, 23)).days),
        Some(10)
    );
    assert_eq!(purposes["renewal"].delay, None);
}

#[test]
fn limit_7_a_purpose_has_a_ceiling_and_no_bulk() {
    let purposes = "purposes.toml";
    let faults = broken(
        "gansu",
        purposes,
        "daily_ceiling = { number",
        "ceiling = { number",
    );
    assert!(has(
        &faults,
        purposes,
        "licensing-renewal.daily_ceiling",
        "is missing"
    ));
    for ceiling in ["0", "201", "1000000"] {
        let faults = broken(
            "gansu",
            purposes,
            "daily_ceiling = { number = 60",
            &format!("daily_ceiling = {{ number = {ceiling}"),
        );
        assert!(has(
            &faults,
            purposes,
            "licensing-renewal.daily_ceiling.number",
            ceiling
        ));
    }
    for key in ["bulk = true", "people = 100", "subscribe = true"] {
        let faults = broken(
            "gansu",
            purposes,
            "daily_ceiling = ",
            &format!("{key}\ndaily_ceiling = "),
        );
        let key = key.split(' ').next().unwrap();
        assert!(has(
            &faults,
            purposes,
            &format!("licensing-renewal.{key}"),
            "is not a key"
        ));
    }
}
