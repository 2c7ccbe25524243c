//! The seven limits of the design, at the registry's face: what Standing never does.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

mod in_the_source;

use std::collections::BTreeSet;

use in_the_source::names_a_label;
use intake::MessageLanguage;
use model::{RecordKind, RecordStatus};
use profile::Delay;
use registry::{
    Checker, EventKind, InquiryAnswer, InquiryError, InquiryRequest, NoticeKind,
    RowOutcome::{Accepted, Rejected},
};
use serde_json::{Value, json};
use testkit::{
    Installation, SourceRow, gansu, made_up, made_up_born_on, name_staff, on_both_engines, under_law, wait,
};

const LAW: &str = "law-bureau";
const SCHOOLS: &str = "education-department";

fn inquire(
    here: &Installation,
    authority: &str,
    profession: &str,
    n: u32,
) -> Result<InquiryAnswer, InquiryError> {
    let person = made_up(n);
    name_staff(&here.registry, authority, &format!("{authority}-key"));
    wait(here.registry.inquire(InquiryRequest {
        authority: authority.to_owned(),
        asker: format!("{authority}-key"),
        purpose: "licensing-renewal".to_owned(),
        profession: profession.to_owned(),
        id_number: person.number,
        name: person.name,
        under: under_law(),
        nonce: None,
    }))
}

/// Every field in a JSON value, with whether it holds a figure.
fn fields(value: &Value, found: &mut BTreeSet<(String, bool)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                found.insert((name.clone(), value.is_number()));
                fields(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| fields(value, found)),
        _ => {}
    }
}

on_both_engines! {
    /// Every output type is walked with everything in it, every column of the schema, every public field.
    fn limit_1_there_is_no_score_and_no_figure_to_make_one_from(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1), SourceRow::decision(1)]);
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1)]);
        let person = here.person(1);
        let licence = here.file_of(1).records[1].record;
        let issued = wait(here.registry.issue_certificate(person, licence, None)).unwrap();
        let now = here.registry.now().as_second();
        let checked = Checker::new(wait(here.registry.trust()).unwrap(), now).check(&issued.text, now);
        let shown = [
            json!(done),
            json!(wait(here.registry.submission(LAW, done.submission)).unwrap()),
            json!(wait(here.registry.submissions(LAW)).unwrap()),
            json!(wait(here.registry.submission_rows(LAW, done.submission, 1)).unwrap()),
            json!(inquire(&here, LAW, "lawyer", 1).unwrap()),
            json!(here.file_of(1)),
            json!(wait(here.registry.certificates(person)).unwrap()),
            json!(wait(here.registry.notices(person)).unwrap()),
            json!(checked),
            json!(wait(here.registry.log_summary()).unwrap()),
        ];
        let mut found = BTreeSet::new();
        shown.iter().for_each(|value| fields(value, &mut found));
        assert!(found.len() > 60, "{}", found.len());
        for (name, _) in &found {
            assert!(!names_a_label(name), "{name} is shown");
        }
        // The only figures: counts of rows and leaves, places and times of things, and years.
        let figures: BTreeSet<&str> =
            found.iter().filter(|(_, figure)| *figure).map(|(name, _)| name.as_str()).collect();
        let allowed = [
            "accepted", "unchanged", "rejected", "row", "version", "leaf", "size", "signed_at", "exp", "iat", "as_of",
            "expires_at", "idx", "whole_years_without_decision",
        ];
        for figure in figures {
            assert!(allowed.contains(&figure), "{figure} is a new figure about somebody");
        }
    }

    fn limit_3_a_decision_has_no_effect_in_another_profession(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        here.file(SCHOOLS, RecordKind::Licence, &[SourceRow::teacher(1)]);
        let records = here.file_of(1).records;
        let teacher = records.iter().find(|one| one.profession == "teacher").unwrap().record;
        let person = here.person(1);
        let before = wait(here.registry.issue_certificate(person, teacher, None)).unwrap();
        let prohibition = SourceRow::decision(1)
            .with("penalty", "限制从业")
            .with("disclosure_ends_on", "2029-11-10");
        here.file(LAW, RecordKind::Decision, &[prohibition]);

        let seen = inquire(&here, SCHOOLS, "teacher", 1).unwrap();
        assert_eq!(seen.records.len(), 1);
        assert_eq!(seen.records[0].kind, RecordKind::Licence);
        for profession in ["lawyer", "doctor"] {
            let refused = inquire(&here, SCHOOLS, profession, 1);
            assert!(matches!(refused, Err(InquiryError::Refused(_))), "{refused:?}");
        }
        let now = here.registry.now().as_second();
        let checker = Checker::new(wait(here.registry.trust()).unwrap(), now);
        let after = wait(here.registry.issue_certificate(person, teacher, None)).unwrap();
        for text in [&before.text, &after.text] {
            let checked = checker.check(text, now);
            let claims = checked.claims.unwrap();
            assert_eq!(claims["decision_in_force"], false);
            assert_eq!(claims["licence_status"], "in-force");
        }
        let notices = wait(here.registry.notices(person)).unwrap();
        let of_looks = [NoticeKind::LookedAt, NoticeKind::LookRefused];
        assert!(notices.iter().all(|notice| of_looks.contains(&notice.kind)));
        // The authority of the same profession does see it.
        assert_eq!(inquire(&here, LAW, "lawyer", 1).unwrap().records.len(), 2);
    }

    fn limit_4_a_field_outside_the_list_is_turned_away_and_not_kept(engine: Engine) {
        const TELLTALE: &str = "fingerprint-telltale-7731";
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &[
            SourceRow::licence(1).with("fingerprint", TELLTALE),
            SourceRow::licence(2),
        ]);
        assert_eq!(here.outcomes(LAW, &done), [(Rejected, Some("field-unknown")), (Accepted, None)]);
        let person = made_up(1);
        assert_eq!(wait(here.registry.find_person(&person.number, &person.name)).unwrap(), None);
        assert_eq!(here.store.rows("person"), 1);
        assert_eq!(here.store.rows("record_version"), 1);
        let mut mended = Vec::new();
        here.registry.rejected_csv(&LAW.into(), done.submission, MessageLanguage::Zh, &mut mended).unwrap();
        assert!(!String::from_utf8_lossy(&mended).contains(TELLTALE), "the value is kept");
        // A column outside the list: the whole file is turned away, and not even its heading is kept.
        let csv = testkit::licences_csv(3, 1).replacen("许可依据", "许可依据,指纹", 1);
        let fault = here.submit(LAW, RecordKind::Licence, "x.csv", csv).unwrap_err();
        assert!(fault.to_string().contains("heading-unknown"), "{fault}");
        assert_eq!(here.store.rows("record_version"), 1);
    }

    fn limit_5_nobody_under_18_has_a_record_whatever_the_profile_says(engine: Engine) {
        let mut lenient = gansu();
        lenient.minimum_age = 14;
        let here = Installation::with(engine, lenient);
        // It is 23 November 2026.
        let row = |day| SourceRow::licence(1).document(day).about(made_up_born_on(1, day));
        let done = here.file(LAW, RecordKind::Licence, &[row("20111123"), row("20081124"), row("20081123")]);
        let young = (Rejected, Some("under-age"));
        assert_eq!(here.outcomes(LAW, &done), [young, young, (Accepted, None)]);
        assert_eq!(here.store.rows("person"), 1);
    }

    fn limit_6_every_look_shows_and_a_late_one_after_its_days(engine: Engine) {
        let mut profile = gansu();
        let purpose = profile.purposes.get_mut("licensing-renewal").unwrap();
        purpose.delay = Some(profile::ByDay::always(Delay { days: 30, basis: "lawyer-licensing".to_owned() }));
        let here = Installation::with(engine, profile);
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        let look = inquire(&here, LAW, "lawyer", 1).unwrap().look;
        let person = here.person(1);
        let shows = || {
            let listed = here.file_of(1).events.iter().any(|one| one.event == look);
            let receipt = wait(here.registry.event_receipt(person, look)).unwrap();
            assert_eq!(listed, receipt.is_some(), "list and receipt agree");
            listed
        };
        assert!(!shows());
        // 23 December begins at 16:00 UTC the day before.
        here.at("2026-12-22T15:59:59Z");
        assert!(!shows());
        here.at("2026-12-22T16:00:00Z");
        assert!(shows());
        // Under a purpose without delay it shows at once, and nothing else is ever late.
        let request = InquiryRequest {
            authority: LAW.to_owned(),
            asker: format!("{LAW}-key"),
            purpose: "cross-region-check".to_owned(),
            profession: "lawyer".to_owned(),
            id_number: made_up(1).number,
            name: made_up(1).name,
            under: under_law(),
            nonce: None,
        };
        let prompt = wait(here.registry.inquire(request)).unwrap().look;
        let events = here.file_of(1).events;
        assert!(events.iter().any(|one| one.event == prompt));
        assert_eq!(events.len() as i64, here.store.rows("event"), "nothing stays hidden");
        assert!(events.iter().filter(|one| one.kind == EventKind::OwnLook).count() > 2);
    }

    fn limit_6_every_record_shows_whatever_became_of_it(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        here.registry.take_back(LAW, done.submission).unwrap();
        here.file(LAW, RecordKind::Licence, &[SourceRow::licence(1)]);
        here.file(SCHOOLS, RecordKind::Licence, &[SourceRow::teacher(1).with("valid_until", "2026-01-01")]);
        here.file(LAW, RecordKind::Decision, &[SourceRow::decision(1).with("effective_on", "2026-12-24")]);
        let statuses: BTreeSet<RecordStatus> = here.file_of(1).records.iter().map(|one| one.status).collect();
        let all = [RecordStatus::Withdrawn, RecordStatus::InForce, RecordStatus::Expired, RecordStatus::Pending];
        assert_eq!(statuses, all.into());
    }

    fn limit_7_one_person_an_inquiry_and_only_ones_own_back(engine: Engine) {
        let here = Installation::new(engine, "gansu");
        let done = here.file(LAW, RecordKind::Licence, &[
            SourceRow::licence(1),
            SourceRow::licence(2).with("valid_from", "x"),
        ]);
        let seen = json!(inquire(&here, LAW, "lawyer", 1).unwrap()).to_string();
        assert!(seen.contains("LAW-00000001") && !seen.contains("LAW-00000002"));

        let rejected = |authority: &str| {
            let mut out = Vec::new();
            let found = here.registry.rejected_csv(&authority.into(), done.submission, MessageLanguage::En, &mut out).unwrap();
            (found, out.is_empty())
        };
        assert_eq!(rejected(LAW), (true, false));
        assert_eq!(rejected(SCHOOLS), (false, true));
        assert!(wait(here.registry.submissions(SCHOOLS)).unwrap().is_empty());
        assert!(wait(here.registry.submission(SCHOOLS, done.submission)).unwrap().is_none());
        assert!(wait(here.registry.submission_rows(SCHOOLS, done.submission, 1)).unwrap().is_none());
        assert!(wait(here.registry.submission_receipt(SCHOOLS, done.submission)).unwrap().is_none());
        assert!(wait(here.registry.submission(LAW, done.submission)).unwrap().is_some());
    }
}
