//! `/records`: everything that is held about the person, in plain words.

use askama::Template;
use axum::response::Response;
use jiff::{Timestamp, civil::Date};
use model::{RecordKind, RecordStatus};
use profile::{Language, Profile};
use registry::{EventKind, RecordView, VersionView};

use super::record_doors::{Around, Door, may_be_restored};
use crate::{
    acting::{self, ForPerson, Records},
    fault::Fault,
    page::{Page, Section, html},
    said::{self, BasisView, DecisionView, FieldView, GroundView},
    words::{Key, say},
};

/// A record as its person reads it.
pub(crate) struct RecordCard {
    pub(crate) id: String,
    pub(crate) kind: Key,
    pub(crate) profession: String,
    pub(crate) status: Key,
    pub(crate) status_meaning: Key,
    /// The decisions that give a licence its status.
    pub(crate) decided_by: Vec<DecisionView>,
    pub(crate) authority: String,
    pub(crate) basis: Option<BasisView>,
    pub(crate) fields: Vec<FieldView>,
    /// What the first day is named.
    pub(crate) first_day: Key,
    pub(crate) starts_on: Option<Date>,
    pub(crate) shown_until: Option<Date>,
    /// The last day that the authority filed, where the law's is earlier.
    pub(crate) filed_until: Option<Date>,
    pub(crate) shown_ground: Option<GroundView>,
    pub(crate) restorable_from: Option<Date>,
    pub(crate) kept_until: Option<Date>,
    pub(crate) kept_ground: Option<GroundView>,
    pub(crate) versions: Vec<VersionCard>,
}

/// One version of a record as its person reads it.
pub(crate) struct VersionCard {
    pub(crate) number: i64,
    pub(crate) change: Key,
    pub(crate) filed_at: Timestamp,
    pub(crate) has_receipt: bool,
    /// What it said otherwise than the record says now.
    pub(crate) fields: Vec<FieldView>,
}

impl RecordCard {
    /// The card of one of a person's `records`.
    pub(crate) fn new(
        profile: &Profile,
        view: &RecordView,
        records: &[RecordView],
        language: Language,
    ) -> Self {
        let day = view.days.starts_on.unwrap_or(Date::ZERO);
        let basis = profile
            .bases
            .get(&view.basis)
            .and_then(|basis| BasisView::new(basis, day, language));
        let retention = profile.retention.get(&view.kind).map(|period| {
            let counted_from = view.fields.get(period.counted_from());
            let from = counted_from.and_then(|value| value.as_str()?.parse().ok());
            period.on(from.unwrap_or(day))
        });
        Self {
            id: view.record.to_string(),
            kind: said::kind(view.kind),
            profession: said::profession(profile, &view.profession, language),
            status: said::status(view.kind, view.status),
            status_meaning: said::status_meaning(view.kind, view.status),
            decided_by: said::decided_by(profile, view, records, language),
            authority: said::authority(profile, &view.authority, language),
            basis,
            fields: fields(profile, view, language),
            first_day: said::first_day(view.kind),
            starts_on: view.days.starts_on,
            shown_until: view.days.shown_until,
            filed_until: view.days.ends_on.filter(|_| view.days.shortened),
            shown_ground: disclosure(profile, view, language),
            // Where nothing can be restored any more, the day would promise what is not to be had.
            restorable_from: view
                .days
                .restorable_from
                .filter(|_| may_be_restored(profile, view)),
            kept_until: view.days.kept_until,
            kept_ground: retention.map(|period| GroundView::new(&period.ground, language)),
            versions: view
                .versions
                .iter()
                .map(|version| VersionCard {
                    number: version.version,
                    change: said::change(version.change),
                    filed_at: version.filed_at,
                    has_receipt: view.status != RecordStatus::Erased,
                    fields: otherwise(profile, view, version, language),
                })
                .collect(),
        }
    }
}

/// The fields that say something which the card does not say anyway.
fn fields(profile: &Profile, view: &RecordView, language: Language) -> Vec<FieldView> {
    let mut fields = said::fields(profile, view.kind, &view.fields, language);
    let label = say(language, Key("records-authority")).to_string();
    let authority = said::authority(profile, &view.authority, language);
    fields.retain(|field| field.label != label || field.value != authority);
    fields
}

/// What a version said otherwise than the record says now.
fn otherwise(
    profile: &Profile,
    view: &RecordView,
    version: &VersionView,
    language: Language,
) -> Vec<FieldView> {
    let now = said::fields(profile, view.kind, &view.fields, language);
    let then = version
        .fields
        .as_ref()
        .map(|then| said::fields(profile, view.kind, then, language));
    let differs = |field: &FieldView| !now.contains(field);
    then.unwrap_or_default().into_iter().filter(differs).collect()
}

/// The ground of a decision's disclosure period.
fn disclosure(profile: &Profile, view: &RecordView, language: Language) -> Option<GroundView> {
    if view.kind != RecordKind::Decision {
        return None;
    }
    let values = view.fields.values().filter_map(serde_json::Value::as_str);
    let penalty = values.filter_map(|value| profile.penalty(value)).next()?;
    let period = profile.disclosure.get(&penalty.kind)?;
    let period = period.on(view.days.starts_on.unwrap_or(Date::ZERO));
    Some(GroundView::new(&period.ground, language))
}

#[derive(Template)]
#[template(path = "records.html")]
struct RecordsPage {
    page: Page,
    /// None once everything is erased.
    name: Option<String>,
    records: Vec<(RecordCard, Around)>,
}

impl RecordsPage {
    fn has_receipts(&self) -> bool {
        let mut versions = self.records.iter().flat_map(|(record, _)| &record.versions);
        versions.any(|one| one.has_receipt)
    }
}

/// `GET /records`
pub(crate) async fn show(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Records>,
) -> Result<Response, Fault> {
    let file = acting::file(&visit, person, by, EventKind::OwnLook).await?;
    let (registry, profile) = (&visit.state.registry, visit.state.profile());
    let page = visit.page(Section::Records);
    // What a mandate does not cover is no door.
    let procedures = match page.covers_procedures() {
        true => Some(registry.procedures_of(person).await?),
        false => None,
    };
    let here = (registry.time_zone(), registry.today(), visit.language);
    html(&RecordsPage {
        page,
        name: file.identity.map(|identity| identity.name),
        records: file
            .records
            .iter()
            .map(|view| {
                let card = RecordCard::new(profile, view, &file.records, visit.language);
                (card, Around::new(profile, view, procedures.as_deref(), here))
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use crate::pages::tests::{Portal, decision_csv, decision_with};

    #[tokio::test]
    async fn a_person_reads_what_is_held_by_whom_under_which_basis_and_until_when() {
        let portal = Portal::demo().await.as_person().await;
        let page = portal.get("/records").await.body;
        for words in [
            "LAW-00000000",
            "Lawyers Law",
            "No lawyer has confirmed",
            "4 May 2020",
            "in force",
            "Kept until",
            "/receipt",
            "/records/download.json",
        ] {
            assert!(page.contains(words), "{words}");
        }
        let chinese = portal.in_chinese().get("/records").await.body;
        for words in ["律师", "尚未经律师确认", "2020年5月4日"] {
            assert!(chinese.contains(words), "{words}");
        }
    }

    #[tokio::test]
    async fn a_person_reads_that_the_law_lets_a_decision_be_shown_for_less_than_was_filed() {
        let portal = Portal::demo().await;
        portal.submit(
            "law-bureau",
            model::RecordKind::Decision,
            "d.csv",
            &decision_csv(),
        );
        let page = portal.as_person().await.get("/records").await.body;
        assert!(
            page.contains("The authority had asked for 1 March 2031"),
            "{page}"
        );
    }

    #[tokio::test]
    async fn the_day_of_restoration_shows_only_where_restoration_is_to_be_had() {
        let over = decision_with("警告").replace("2031-03-01", "2026-04-01");
        for (csv, shown) in [(decision_csv(), true), (over, false)] {
            let portal = Portal::demo().await;
            portal.submit("law-bureau", model::RecordKind::Decision, "d.csv", &csv);
            let page = portal.as_person().await.get("/records").await.body;
            let says = page.contains("You may ask for restoration from");
            assert_eq!(says, shown, "{page}");
            let door = page.contains("/restoration\"") || page.contains("You can ask for restoration from");
            assert_eq!(door, shown, "{page}");
        }
    }

    #[tokio::test]
    async fn a_licence_that_a_decision_reaches_says_so_and_which_decision_it_was() {
        for (penalty, english, chinese) in [
            (
                "暂扣许可证件",
                "A decision suspends this licence for a time",
                "已暂停",
            ),
            ("限制从业", "practice prohibited", "暂不得执业"),
            (
                "吊销许可证件",
                "A decision revoked this licence for good",
                "已吊销",
            ),
        ] {
            let portal = Portal::demo().await;
            let csv = decision_with(penalty);
            portal.submit("law-bureau", model::RecordKind::Decision, "d.csv", &csv);
            let person = portal.as_person().await;
            let cards = person.get("/records").await.body;
            let licence = cards
                .split("<article ")
                .find(|card| card.contains("LAW-00000000") && card.contains("律师执业证"));
            let licence = licence.unwrap();
            assert!(licence.contains(english), "{licence}");
            assert!(!licence.contains("In force today"), "{licence}");
            assert!(
                licence.contains("Decision · 甘罚〔2026〕00001号</a>"),
                "{licence}"
            );
            let in_chinese = person.in_chinese().get("/records").await.body;
            assert!(in_chinese.contains(chinese), "{in_chinese}");
        }
    }

    #[tokio::test]
    async fn an_earlier_version_shows_what_it_said_otherwise_and_nothing_else() {
        let portal = Portal::demo().await;
        let csv = testkit::licences_csv(0, 1).replacen("许可依据", "许可依据,更正说明", 1);
        let csv = csv.replacen("lawyer-licensing", "lawyer-licensing,虚构示例：范围更正", 1);
        let csv = csv.replacen(",律师,2020", ",律师（专职）,2020", 1);
        portal.submit("law-bureau", model::RecordKind::Licence, "c.csv", &csv);
        let page = portal.as_person().await.get("/records").await.body;
        assert!(page.contains("Corrected"), "{page}");
        let earlier = page
            .split("govuk-details__text")
            .nth(1)
            .unwrap()
            .split("</details>")
            .next()
            .unwrap();
        assert_eq!(earlier.matches("govuk-summary-list__row").count(), 1, "{earlier}");
        assert!(earlier.contains(">律师<"), "{earlier}");
    }

    #[tokio::test]
    async fn a_record_that_was_withdrawn_says_so_with_a_receipt_for_each_version() {
        let portal = Portal::demo().await;
        let clerk = portal.as_clerk().await;
        let desk = clerk.get("/desk").await.body;
        let links = desk.split("href=\"/desk/").skip(1);
        let id = links
            .filter_map(|link| link.split('"').next())
            .find(|id| id.len() == 32)
            .unwrap();
        clerk.post(&format!("/desk/{id}/take-back"), &[]).await;
        let person = portal.as_person().await;
        let page = person.get("/records").await.body;
        assert!(page.contains("it should not have been filed"), "{page}");
        let receipts: Vec<_> = page
            .split("href=\"")
            .filter(|part| part.contains("/receipt\""))
            .collect();
        assert_eq!(receipts.len(), 2);
        for receipt in receipts {
            let receipt = person.get(receipt.split('"').next().unwrap()).await;
            assert_eq!(receipt.status, axum::http::StatusCode::OK);
        }
    }

    #[tokio::test]
    async fn somebody_whose_every_record_is_erased_still_sees_what_happened() {
        let portal = Portal::demo().await;
        let asked = portal.as_person().await.certificate().await;
        portal.when_due("2040-05-05T00:00:00Z").await;
        let person = portal.as_person().await;
        let page = person.get("/records").await;
        assert_eq!(page.status, axum::http::StatusCode::OK);
        assert!(
            page.body.contains("your name and identity number with it"),
            "{}",
            page.body
        );
        assert!(page.body.contains("erased"));
        let looks = person.get("/looks").await.body;
        for words in [
            "Your name and identity number were erased",
            "A record was erased",
            "Filed",
        ] {
            assert!(looks.contains(words), "{words}: {looks}");
        }
        let chinese = person.in_chinese();
        assert!(
            chinese
                .get("/records")
                .await
                .body
                .contains("您的姓名和证件号码也一并销毁")
        );
        assert!(
            chinese
                .get("/looks")
                .await
                .body
                .contains("删除了您的姓名和证件号码")
        );
        assert_eq!(
            person.get("/certificates").await.status,
            axum::http::StatusCode::OK
        );
        assert_eq!(person.get(&asked).await.status, axum::http::StatusCode::NOT_FOUND);
        let json = person.get("/records/download.json").await.body;
        let file: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert!(file["identity"].is_null() && file["records"].as_array().unwrap().len() == 1);
        let pdf = person.get("/records/download.pdf").await;
        assert!(pdf.bytes.starts_with(b"%PDF-"));
    }

    #[tokio::test]
    async fn limit_6_every_own_look_shows_too() {
        let portal = Portal::demo().await.as_person().await;
        portal.get("/records").await;
        assert!(
            portal
                .get("/looks?own=yes")
                .await
                .body
                .contains("You looked at your records")
        );
    }
}
