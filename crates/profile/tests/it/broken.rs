//! Every fault of a profile is named with file, line, key and what would be right.

use std::{fs, path::Path};

use profile::{Language, Profile};

use crate::common;

/// What is broken, and the fault that must be the only one.
struct Case {
    file: &'static str,
    what: &'static str,
    with: &'static str,
    /// A text whose first place in the broken file is on the fault's line.
    at: &'static str,
    key: &'static str,
    message: &'static str,
    expected: &'static str,
}

macro_rules! cases {
    ($($file:literal: $what:literal => $with:literal, at $at:literal, $key:literal $message:literal $expected:literal;)*) => {
        &[$(Case { file: $file, what: $what, with: $with, at: $at, key: $key, message: $message, expected: $expected },)*]
    };
}

const CASES: &[Case] = cases! {
    "profile.toml": "id = \"gansu\"" => "id = \"Gan Su\"", at "id = ", "id" "is not an id" "small letters";
    "profile.toml": "\nname = { zh = \"甘肃省\", en = \"Gansu Province\" }" => "\nname = { zh = \"甘肃省\" }",
        at "\nname", "name.en" "is missing" "English";
    "profile.toml": "languages = [\"zh\", \"en\"]" => "languages = [\"zh\", \"fr\"]",
        at "\"fr\"", "languages[2]" "“fr”" "zh, en";
    "profile.toml": "languages = [\"zh\", \"en\"]" => "languages = []", at "languages", "languages" "is empty" "list";
    "profile.toml": "utc_offset_hours = 8" => "utc_offset_hours = 25", at "utc_offset", "utc_offset_hours" "is 25" "-12 to 14";
    "profile.toml": "take_back_hours" => "take_back_hour", at "take_back_hour ", "take_back_hour" "is not a key" "take_back_hours";
    "profile.toml": "rejected_rows_days = { number = 30" => "rejected_rows_days = { number = \"30\"",
        at "rejected_rows_days", "rejected_rows_days.number" "is string" "whole number";
    "profile.toml": "\"17 digits\"" => "\"17 numerals\"", at "17 numerals", "identity.form[1]" "not a part" "17 digits";
    "profile.toml": "iso7064-mod11-2" => "mod11", at "mod11", "identity.check" "“mod11”" "iso7064-mod11-2";
    "profile.toml": "iso7064-mod11-2" => "luhn", at "luhn", "identity.check" "does not fit" "digits alone";
    "profile.toml": "first_character = 7" => "first_character = 12", at "first_character", "identity.birth_date" "eight digits" "eight digits";
    "authorities.toml": "professions = [\"lawyer\"]" => "professions = [\"lawyer\", \"lawyr\"]",
        at "lawyr", "law-bureau.professions[2]" "“lawyr”" "such as lawyer";
    "authorities.toml": "records = [\"licence\"" => "records = [\"license\"", at "\"license\"", "law-bureau.records[1]" "“license”" "licence, decision";
    "professions.toml": "authority = \"law-bureau\"" => "authority = \"law-office\"",
        at "law-office", "lawyer.authority" "“law-office”" "such as law-bureau";
    "professions.toml": "authority = \"law-bureau\"" => "authority = \"tax-bureau\"",
        at "tax-bureau", "lawyer.authority" "does not license" "“lawyer”";
    "bases.toml": "profession = \"lawyer\"" => "profession = \"barrister\"",
        at "barrister", "lawyer-licensing.profession" "“barrister”" "a profession";
    "bases.toml": "in_force_from = 2008-06-01" => "in_force_from = \"2008-06-01\"",
        at "\"2008-06-01\"", "lawyer-licensing.enactment[1].in_force_from" "is string" "without quotation marks";
    "bases.toml": "in_force_from = 2008-06-01" => "in_force_from = 2008-06-31", at "2008-06-31", "" "" "well-formed TOML";
    "bases.toml": "in_force_to = 2022-02-28" => "in_force_to = 2022-03-01",
        at "in_force_from = 2022-03-01", "doctor-licensing.enactment[2].in_force_from" "another enactment" "in_force_to";
    "bases.toml": "in_force_to = 2022-02-28" => "in_force_to = 1998-02-28",
        at "in_force_to = 1998", "doctor-licensing.enactment[1].in_force_to" "before in_force_from" "after";
    "bases.toml": "confirmed = false\n" => "confirmed = true\n",
        at "confirmed = true", "lawyer-licensing.enactment[1].confirmed" "who confirmed" "confirmed_by";
    "bases.toml": "confirmed = false\n" => "\n", at "[[lawyer-licensing.enactment]]",
        "lawyer-licensing.enactment[1]" "whether a lawyer" "confirmed = false";
    "bases.toml": "source = { zh = \"国家" => "sauce = { zh = \"国家", at "sauce", "lawyer-licensing.enactment[1].sauce" "is not a key" "source";
    "bases.toml": "source = { zh = \"国家法律法规数据库 flk.npc.gov.cn\", en = \"National Database of Laws and Regulations, flk.npc.gov.cn\" }" => "source = \"flk.npc.gov.cn\"",
        at "source = \"flk", "lawyer-licensing.enactment[1].source" "is string" "zh = ";
    "bases.toml": ", en = \"National Database" => ", de = \"National Database", at "de = \"National",
        "lawyer-licensing.enactment[1].source.de" "is not a key" "en";
    "calendar.toml": "source = { zh" => "source = { z", at "source = { z", "year.2024.source.z" "is not a key" "zh";
    "periods.toml": "[disclosure.minor]" => "[disclosure.tiny]", at "[disclosure.tiny]", "disclosure.tiny" "is not a key" "minor";
    "periods.toml": "at_most_months = 3\n" => "at_most_months = 0\n", at "at_most_months = 0", "disclosure.minor.at_most_months" "is 0" "1 to";
    "periods.toml": "at_least_months = 3\n" => "at_least_months = 13\n",
        at "at_most_months = 12", "disclosure.general.at_most_months" "less than" "at_least_months";
    "periods.toml": "at_most_months = 36" => "at_most_months = 61",
        at "at_most_months = 61", "disclosure.serious.at_most_months" "longer than decisions are kept" "retention.decision";
    "periods.toml": "counted_from = \"effective_on\"" => "counted_from = \"penalty\"",
        at "counted_from = \"penalty\"", "retention.decision.counted_from" "“penalty”" "date field";
    "periods.toml": "own = { zh = \"保留十年。\", en = \"Kept ten years.\" }" => "",
        at "[retention.commendation]", "retention.commendation" "where it comes from" "own";
    "procedures.toml": "days = 20" => "days = 0", at "days = 0", "dispute_answer.days" "is 0" "1 to 366";
    "procedures.toml": "[complaint_answer]" => "[complaints_answer]", at "[complaints_answer]", "complaints_answer" "is not a key" "complaint_answer";
    "procedures.toml": "[court_followed]" => "[court_heard]", at "[court_heard]", "court_heard" "is not a key" "court_followed";
    "procedures.toml": "[stop_confirmed]\ndays = 10" => "[stop_confirmed]\ndays = 0", at "days = 0", "stop_confirmed.days" "is 0" "1 to 366";
    "procedures.toml": "number = 4000" => "number = 40", at "number = 40", "statement_characters.number" "is 40" "100 to 4000";
    "procedures.toml": "number = 4000" => "number = 4001", at "number = 4001", "statement_characters.number" "is 4001" "100 to 4000";
    "procedures.toml": "number = 4000" => "characters = 4000", at "[statement_characters]", "statement_characters.number" "is missing" "whole number";
    "procedures.toml": "most = 5" => "most = 0", at "most = 0", "files.most" "is 0" "1 to 10";
    "procedures.toml": "most_megabytes = 10" => "most_megabytes = 11", at "most_megabytes", "files.most_megabytes" "is 11" "1 to 10";
    "procedures.toml": "\"png\"" => "\"docx\"", at "\"docx\"", "files.formats[2]" "“docx”" "pdf, png, jpeg";
    "procedures.toml": "number = 36" => "number = 0", at "number = 0", "recipients_months.number" "is 0" "1 to";
    "procedures.toml": "number = 3\n" => "number = 6\n",
        at "number = 6\n", "green_channel_years.number" "longer than decisions are kept" "retention.decision";
    "procedures.toml": "[restoration_acceptance]\ndays = 3" => "[restoration_acceptance]\ndays = 11",
        at "days = 11", "restoration_acceptance.days" "not over before" "restoration_answer";
    "calendar.toml": "[\"saturday\", \"sunday\"]" => "[\"saturday\", \"sonday\"]", at "sonday", "weekly_days_off[2]" "“sonday”" "monday, tuesday";
    "calendar.toml": "[\"saturday\", \"sunday\"]" => "[\"sunday\", \"sunday\"]", at "\"sunday\"]", "weekly_days_off[2]" "twice" "once";
    "calendar.toml": "[\"saturday\", \"sunday\"]" =>
        "[\"monday\", \"tuesday\", \"wednesday\", \"thursday\", \"friday\", \"saturday\", \"sunday\"]",
        at "weekly_days_off = ", "weekly_days_off" "no day to work" "at most six";
    "calendar.toml": "[year.2024]" => "[years.2024]", at "[years.2024]", "years" "is not a key" "year";
    "calendar.toml": "[year.2024]" => "[year.24]", at "[year.24]", "year.24" "is not a year" "2026";
    "calendar.toml": "[year.2027]" => "[year.2031]", at "[year.2024]", "year.2027" "is missing" "every year between";
    "calendar.toml": "2024-01-01" => "2023-12-31", at "2023-12-31", "year.2024.holidays[1]" "not within 2024" "days of 2024";
    "calendar.toml": "2024-05-01..2024-05-05" => "2024-05-01..2025-05-05",
        at "2025-05-05", "year.2024.holidays[4]" "not within 2024" "days of 2024";
    "calendar.toml": "2024-05-01..2024-05-05" => "2024-05-05..2024-05-01",
        at "2024-05-05", "year.2024.holidays[4]" "ends before it begins" "not before the first";
    "calendar.toml": "2024-05-01..2024-05-05" => "2024-05-01 to 2024-05-05",
        at "2024-05-01 to", "year.2024.holidays[4]" "2024-05-01 to 2024-05-05" "2026-05-01..2026-05-05";
    "calendar.toml": "\"2024-05-01..2024-05-05\"" => "20240501",
        at "20240501", "year.2024.holidays[4]" "is integer" "without quotation marks";
    "calendar.toml": "    2024-06-10," => "    2024-06-09,", at "2024-06-09", "year.2024.holidays[5]" "off by its day of the week" "not off anyway";
    "calendar.toml": "    2024-06-10," => "    2024-05-03,", at "    2024-05-03", "year.2024.holidays[5]" "another holiday" "once";
    "calendar.toml": "2024-02-04" => "2024-02-05", at "2024-02-05", "year.2024.worked[1]" "worked anyway" "day of the week is off";
    "calendar.toml": "2024-02-04" => "2023-02-04", at "2023-02-04", "year.2024.worked[1]" "not a day of 2024" "a day of 2024";
    "calendar.toml": "2024-02-04" => "2024-02-11", at "2024-02-11", "year.2024.worked[1]" "also a holiday" "not among the holidays";
    "calendar.toml": "2024-02-04" => "2024-02-18", at "2024-02-18,\n    2024-04-07", "year.2024.worked[2]" "twice" "once";
    "calendar.toml": "confirmed = false" => "", at "[year.2024]", "year.2024" "whether a lawyer" "confirmed = false";
    "calendar.toml": "source = " => "sauce = ", at "sauce", "year.2024.sauce" "is not a key" "source";
    "calendar.toml": "provisional = { zh" => "provisional = { cn", at "provisional = { cn", "year.2027.provisional.zh" "is missing" "Chinese";
    "purposes.toml": "\"lawyer-licensing\"" => "\"lawyer-licencing\"",
        at "lawyer-licencing", "licensing-renewal.bases[1]" "“lawyer-licencing”" "such as lawyer-licensing";
    "purposes.toml": "daily_ceiling = { number = 60" => "daily_ceiling = { number = 81",
        at "number = 81", "licensing-renewal.daily_ceiling.number" "can't be reached: one member of staff has 80 looks" "at most 80";
    "oversight.toml": "random_share_percent = 5" => "random_share_percent = 0",
        at "random_share", "random_share_percent" "is 0" "1 to 100";
    "oversight.toml": "staff_ceiling_per_day = 80" => "staff_ceiling_per_day = 201",
        at "staff_ceiling", "staff_ceiling_per_day" "is 201" "1 to 200";
    "oversight.toml": "same_person_looks = 3" => "same_person_looks = 1", at "same_person_looks", "same_person_looks" "is 1" "2 to 100";
    "oversight.toml": "from = 20:00:00" => "from = \"20:00\"", at "odd_hours", "odd_hours.from" "is string" "20:00:00, without";
    "oversight.toml": "from = 20:00:00" => "from = 2026-01-01T20:00:00", at "odd_hours", "odd_hours.from" "is datetime" "20:00:00, without";
    "oversight.toml": "to = 07:00:00" => "to = 20:00:00", at "odd_hours", "odd_hours" "begin when they end" "two different";
    "oversight.toml": "to = 07:00:00" => "until = 07:00:00", at "odd_hours", "odd_hours.until" "is not a key" "from, to";
    "oversight.toml": "own = {" => "ours = {", at "ours = { zh", "ours" "is not a key" "own";
    "notices.toml": "您好：" => "{name}，您好：", at "zh = \"\"\"", "body.zh" "“{name}” is not a placeholder" "{address}";
    "notices.toml": "{address}\n\nTo" => "our portal\n\nTo", at "en = \"\"\"", "body.en" "where to look" "{address}";
    "notices.toml": "收件箱中有一条新消息\"" => "{address}\"", at "subject", "subject.zh" "a placeholder" "without braces";
    "notices.toml": "There is something in your inbox\" }" => "There is something\\nin your inbox\" }",
        at "subject", "subject.en" "more than one line" "one line";
    "notices.toml": "There is something in your inbox\" }" =>
        "There is something in your inbox, and you would do well to sign in soon and to read it\" }",
        at "subject", "subject.en" "too long" "78 characters";
    "notices.toml": "[body]" => "[text]", at "[text]", "text" "is not a key" "body";
    "notices.toml": "enter this code:\n\n{code}" => "enter the code:\n\n",
        at "en = \"\"\"\nHello,\n\nSomebody", "code.body.en" "does not hold the code" "{code}";
    "notices.toml": "{code}\n\n{address}\n\n如果" => "{code} {name}\n\n{address}\n\n如果",
        at "zh = \"\"\"\n您好：\n\n有人", "code.body.zh" "“{name}” is not a placeholder" "{code}";
    "notices.toml": "zh = \"您的验证码\"" => "zh = \"{code}\"", at "subject = { zh = \"{code}", "code.subject.zh" "a placeholder" "without braces";
    "purposes.toml": "\"example-hospital\"" => "\"example-hospice\"",
        at "example-hospice", "employment-check.who[1]" "“example-hospice”" "such as example-hospital";
    "purposes.toml": "[employment-check.consent]" => "[employment-check.consents]",
        at "[employment-check.consents]", "employment-check.consents" "is not a key" "consent";
    "purposes.toml": "[employment-check.consent]" => "[employment-check.consents]",
        at "[employment-check]", "employment-check.bases" "is missing" "consent";
    "purposes.toml": "own = { zh = \"法律要求" => "reason = { zh = \"法律要求",
        at "[employment-check.consent]", "employment-check.consent" "where it comes from" "own";
    "inquirers.toml": "[example-school]" => "[Example School]", at "[Example School]", "" "" "well-formed TOML";
    "inquirers.toml": "[example-school]" => "[example_school]", at "[example_school]", "example_school" "not an id" "hyphens";
    "inquirers.toml": "[example-school]" => "[law-bureau]", at "[law-bureau]", "law-bureau" "already the id of an authority" "its own";
    "inquirers.toml": "name = { zh" => "nome = { zh", at "[example-hospital]", "example-hospital.name" "is missing" "both languages";
    "courts.toml": "[high-court]" => "[example-insurer]", at "[example-insurer]", "example-insurer" "id of an inquirer" "its own";
    "courts.toml": "[high-court]" => "[tax-bureau]", at "[tax-bureau]", "tax-bureau" "id of an authority" "its own";
    "courts.toml": "[high-court]" => "[high-court]\nprofessions = [\"lawyer\"]",
        at "professions", "high-court.professions" "is not a key" "name";
    "pledges.toml": "\"tour-guide\"" => "\"tour-guides\"",
        at "\"tour-guides\"", "fees-in-writing.professions[6]" "“tour-guides”" "such as tour-guide";
    "pledges.toml": "professions = [\"doctor\", \"pharmacist\", \"lawyer\"]" => "professions = []",
        at "professions = []", "free-consultation.professions" "is empty" "without this key, all";
    "purposes.toml": "training = [\"course\"" => "training = [\"courses\"",
        at "courses", "licensing-renewal.fields.training[1]" "“courses”" "record type training";
    "record-types/licence.toml": "kind = \"name\"" => "kind = \"nom\"", at "\"nom\"", "field[1].kind" "“nom”" "text, name";
    "record-types/licence.toml": "identity = [\"authority\"" => "identity = [\"autority\"",
        at "autority", "identity[1]" "“autority”" "required field";
    "record-types/licence.toml": "from = \"valid_from\"" => "from = \"scope\"", at "from = \"scope\"", "period.from" "“scope”" "date field";
    "record-types/licence.toml": "headings = [\"许可编号\"]" => "headings = [\"执业范围\"]",
        at "headings = [\"执业范围\"]\n\n[[field]]\nname = \"decided_on\"", "field[8].headings[1]" "licence_number" "one field";
    "record-types/licence.toml": "name = \"scope\"" => "name = \"Scope\"", at "\"Scope\"", "field[8].name" "“Scope”" "snake_case";
    "record-types/licence.toml": "personal = true" => "personal = false", at "personal = false", "field[1].personal" "is false" "true";
    "record-types/licence.toml": "max_chars = 100" => "max_chars = 0", at "max_chars = 0", "field[1].max_chars" "is 0" "1 to 20000";
    "record-types/decision.toml": "decision = \"minor\"" => "decision = \"mild\"",
        at "\"mild\"", "field[8].values[1].decision" "“mild”" "minor, general";
    "record-types/decision.toml": "value = \"罚款\"" => "value = \"警告\"",
        at "value = \"警告\", label = { zh = \"罚款\"", "field[8].values[3].value" "twice" "once";
    "record-types/training.toml": "max = 2000" => "max = -1", at "max = -1", "field[4].max" "is -1" "0 to";
};

#[test]
fn each_fault_is_named_with_its_place_and_what_would_be_right() {
    let mut wrong = String::new();
    for case in CASES {
        let what = format!("{}: {} => {}", case.file, case.what, case.with);
        let text = fs::read_to_string(common::directory("gansu").join(case.file)).unwrap();
        let broken = text.replacen(case.what, case.with, 1);
        let at = broken
            .find(case.at)
            .unwrap_or_else(|| panic!("{what}: {} is not there", case.at));
        let start = at + case.at.len() - case.at.trim_start().len();
        let line = broken[..start].matches('\n').count() + 1;
        let faults = common::broken("gansu", case.file, case.what, case.with);
        let found = faults.iter().find(|fault| {
            fault.file == Path::new(case.file)
                && fault.line == line
                && fault.key == case.key
                && fault.message.en.contains(case.message)
                && fault.expected.en.contains(case.expected)
        });
        for fault in &faults {
            let (chinese, english) = (fault.line_in(Language::Zh), fault.line_in(Language::En));
            let own = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(own(&fault.message.zh), "{chinese}");
            // What is broken here is quoted in both.
            let quoted = own(case.with) || own(case.what);
            assert!(quoted || !own(&english), "{english}");
        }
        if found.is_none() {
            wrong += &format!(
                "{what}: no such fault on line {line} in\n{}",
                common::listed(&faults)
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_files_and_lines() {
    let copy = common::copy("gansu");
    for (file, what, with) in [
        ("profile.toml", "utc_offset_hours = 8", "utc_offset_hours = 99"),
        (
            "profile.toml",
            "take_back_hours = { number = 72",
            "take_back_hours = { number = 0",
        ),
        ("bases.toml", "profession = \"teacher\"", "profession = \"tutor\""),
    ] {
        let path = copy.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen(what, with, 1)).unwrap();
    }
    let faults = Profile::load(copy.path()).unwrap_err();
    let keys: Vec<&str> = faults.iter().map(|fault| fault.key.as_str()).collect();
    let own: Vec<&str> = keys.into_iter().filter(|key| !key.contains("bases")).collect();
    assert_eq!(
        own,
        [
            "teacher-licensing.profession",
            "utc_offset_hours",
            "take_back_hours.number"
        ]
    );
    let shown = faults.last().unwrap().to_string();
    assert!(shown.starts_with("profile.toml:"), "{shown}");
    assert!(
        shown.contains(": take_back_hours.number: is 0; expected a whole number from 1 to 720"),
        "{shown}"
    );
}

#[test]
fn a_missing_file_is_one_fault_and_a_misspelt_one_is_another() {
    let copy = common::copy("gansu");
    fs::rename(
        copy.path().join("procedures.toml"),
        copy.path().join("procedure.toml"),
    )
    .unwrap();
    let faults = Profile::load(copy.path()).unwrap_err();
    assert_eq!(faults.len(), 2, "{}", common::listed(&faults));
    assert!(common::has(&faults, "procedures.toml", "", "cannot be read"));
    assert!(common::has(
        &faults,
        "procedure.toml",
        "",
        "not a file of a profile"
    ));
}

#[test]
fn a_file_in_another_encoding_is_a_fault() {
    let copy = common::copy("gansu");
    fs::write(copy.path().join("procedures.toml"), b"# \xb8\xca\xcb\xe0").unwrap();
    assert!(common::has(
        &Profile::load(copy.path()).unwrap_err(),
        "procedures.toml",
        "",
        "cannot be read"
    ));
}

#[test]
fn whatever_line_is_lost_the_profile_loads_or_says_why_not() {
    for file in [
        "profile.toml",
        "procedures.toml",
        "oversight.toml",
        "inquirers.toml",
        "courts.toml",
        "calendar.toml",
        "record-types/training.toml",
        "record-types/decision.toml",
    ] {
        let copy = common::copy("northshire");
        let path = copy.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for lost in 0..lines.len() {
            let kept = lines.iter().enumerate().filter(|(at, _)| *at != lost);
            fs::write(
                &path,
                kept.map(|(_, line)| format!("{line}\n")).collect::<String>(),
            )
            .unwrap();
            if let Err(faults) = Profile::load(copy.path()) {
                assert!(!faults.is_empty(), "{file} without line {}", lost + 1);
            } else {
                let line = lines[lost].trim();
                let optional = [
                    "#",
                    "headings",
                    "{ value",
                    "professions = ",
                    "worked = ",
                    "provisional = ",
                ];
                let may_go = line.is_empty() || optional.iter().any(|begin| line.starts_with(begin));
                assert!(may_go, "{file} loads without: {line}");
            }
        }
        fs::write(&path, "").unwrap();
        assert!(
            !Profile::load(copy.path()).unwrap_err().is_empty(),
            "{file} empty"
        );
    }
}
