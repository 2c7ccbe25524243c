//! `/procedures/records`: which records there are, without what is in them, for a representative whose mandate covers
//! procedures alone. It leads to the forms about each.

use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use model::RecordKind;
use registry::NamedRecord;

use crate::{
    acting::{self, ForPerson, Procedures},
    fault::Fault,
    page::{Page, Section, html},
    said,
    visit::Visit,
    words::Key,
};

/// A record in the list.
struct Row {
    id: String,
    kind: Key,
    profession: String,
    authority: String,
    filed_on: Date,
    /// Whether it stands, and may be disputed.
    stands: bool,
    /// Whether it is one that can be restored.
    restorable: bool,
    /// Whether it is one that a court may decide about.
    decides: bool,
}

#[derive(Template)]
#[template(path = "named-records.html")]
struct NamedRecordsPage {
    page: Page,
    rows: Vec<Row>,
}

fn row(visit: &Visit, one: &NamedRecord) -> Row {
    let (profile, language) = (visit.state.profile(), visit.language);
    Row {
        id: one.record.to_string(),
        kind: said::kind(one.kind),
        profession: said::profession(profile, &one.profession, language),
        authority: said::authority(profile, &one.authority, language),
        filed_on: one.filed_on,
        stands: one.stands,
        restorable: one.stands && one.kind == RecordKind::Decision,
        decides: matches!(one.kind, RecordKind::Licence | RecordKind::Decision),
    }
}

/// `GET /procedures/records`
pub(crate) async fn show(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
) -> Result<Response, Fault> {
    let records = acting::named_records(&visit, person, by).await?;
    html(&NamedRecordsPage {
        page: visit.page(Section::Procedures),
        rows: records.iter().map(|one| row(&visit, one)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use registry::MandateScope;
    use testkit::made_up;

    use crate::pages::tests::{Portal, link};

    /// The second person, who acts for the first under a new mandate.
    async fn acting(portal: &Portal, scope: &[MandateScope]) -> Portal {
        let mandate = portal.mandate(scope).await;
        let own = portal.as_person_number(1).await;
        let switched = own.post(&format!("/mandates/{mandate}/act"), &[]).await;
        own.with_cookie(&switched.cookie.unwrap())
    }

    #[tokio::test]
    async fn who_acts_in_procedures_alone_disputes_a_record_without_seeing_what_is_in_it() {
        for (language, words) in [
            (
                "en",
                [
                    "not what is in them",
                    "Lawyer",
                    "Law bureau",
                    "Scope of practice",
                    "Your representative",
                ],
            ),
            ("zh", ["不显示其内容", "律师", "司法厅", "执业范围", "您的代理人"]),
        ] {
            let portal = Portal::demo().await;
            let portal = if language == "zh" {
                portal.in_chinese()
            } else {
                portal
            };
            let acting = acting(&portal, &[MandateScope::Procedures]).await;
            assert_eq!(acting.get("/records").await.status, StatusCode::FORBIDDEN);
            let procedures = acting.get("/procedures").await.body;
            assert!(!procedures.contains("href=\"/records\""), "{procedures}");
            let list = acting.get(&link(&procedures, "/procedures/records")).await;
            assert_eq!(list.status, StatusCode::OK, "{}", list.body);
            let address = link(&list.body, "/dispute");
            let form = acting.get(&address).await.body;
            let person = portal.as_person().await;
            let own = person.get("/records").await.body;
            for words in &words[..4] {
                let both = format!("{}{form}", list.body);
                assert!(both.contains(words), "{words}: {both}");
            }
            let licence = format!("LAW-{:08}", 0);
            assert!(own.contains(&licence), "{own}");
            for secret in [&licence, &made_up(0).number] {
                assert!(
                    !list.body.contains(secret.as_str()) && !form.contains(secret.as_str()),
                    "{form}"
                );
            }
            let token = acting.token();
            let fields: [(&str, &[u8]); 3] = [
                ("token", token.as_bytes()),
                ("field", b"scope"),
                ("text", "虚构示例：范围写错了".as_bytes()),
            ];
            let opened = acting.upload(&address, &fields).await;
            assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
            // The person sees who looked for it, and who opened it.
            let looks = person.get("/looks").await.body;
            assert!(looks.matches(words[4]).count() >= 3, "{looks}");
            let other = portal.as_person_number(2).await;
            assert_eq!(other.get(&address).await.status, StatusCode::NOT_FOUND);
        }
    }

    #[tokio::test]
    async fn a_mandate_for_something_else_opens_neither_list_nor_form() {
        let portal = Portal::demo().await;
        let person = portal.as_person().await;
        let address = link(&person.get("/records").await.body, "/dispute");
        let acting = acting(&portal, &[MandateScope::Records, MandateScope::Consents]).await;
        for path in ["/procedures/records", &address] {
            assert_eq!(acting.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
}
