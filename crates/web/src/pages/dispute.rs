//! `/records/{record}/dispute`: the person disputes a record, or one field of it, with a text and files.

use axum::{
    extract::{Multipart, Path, multipart::MultipartRejection},
    response::Response,
};
use profile::FieldKind;
use registry::{NamedRecord, OpenDispute};

use super::{
    case_form::{self, Area, CasePage, Choice, Choosing, Question, Sent},
    certificates::see_other,
};
use crate::{
    acting::{self, ForPerson, Procedures},
    fault::Fault,
    page::Section,
    said,
    visit::Visit,
    words::Key,
};

fn page(visit: &Visit, record: &NamedRecord, sent: &Sent) -> CasePage {
    let (profile, language) = (visit.state.profile(), visit.language);
    let words = (Key("dispute-title"), Key("dispute-lead"), Key("dispute-button"));
    let mut page = CasePage::new(visit, Section::Records, words);
    page.back = acting::records_place(&page.page);
    page.action = format!("/records/{}/dispute", record.record);
    let chosen = sent.one("field");
    let whole = Choice {
        value: String::new(),
        text: page.page.say("dispute-whole").to_string(),
        chosen: chosen.is_empty(),
    };
    let record_type = profile.record_type(record.kind);
    let fields = record_type.into_iter().flat_map(|one| &one.fields);
    let named =
        fields.filter(|field| record.fields.contains(&field.name) && !matches!(field.kind, FieldKind::Basis));
    let fields = named.map(|field| Choice {
        value: field.name.clone(),
        text: field.label.get(language).to_owned(),
        chosen: field.name == chosen,
    });
    page.questions = vec![Question {
        name: "field",
        label: Key("dispute-field"),
        hint: Some(format!(
            "{} · {} · {} · {}",
            page.page.say(said::kind(record.kind)),
            said::profession(profile, &record.profession, language),
            said::authority(profile, &record.authority, language),
            page.page.day(&record.filed_on),
        )),
        choosing: Choosing::Select,
        choices: std::iter::once(whole).chain(fields).collect(),
    }];
    page.areas = vec![Area {
        name: "text",
        label: Key("dispute-text"),
        hint: Key("dispute-text-hint"),
        value: sent.one("text"),
    }];
    page
}

/// `GET /records/{record}/dispute`
pub(crate) async fn show(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let record = acting::standing_record(&visit, (person, by), &id).await?;
    page(&visit, &record, &Sent::default()).answer()
}

/// `POST /records/{record}/dispute`
pub(crate) async fn open(
    ForPerson {
        visit, person, by, ..
    }: ForPerson<Procedures>,
    Path(id): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fault> {
    let mut sent = case_form::receive(&visit, form).await?;
    let record = acting::standing_record(&visit, (person, by), &id).await?;
    let mut page = page(&visit, &record, &sent);
    page.problem = sent.problem(&page);
    if page.problem.is_none() {
        let dispute = OpenDispute {
            by,
            record: record.record,
            field: Some(sent.one("field")).filter(|field| !field.is_empty()),
            text: sent.one("text"),
            files: std::mem::take(&mut sent.files),
        };
        match visit.state.registry.open_dispute(person, dispute).await {
            Ok(procedure) => return Ok(see_other(format!("/procedures/{procedure}"))),
            Err(error) => page.problem = Some(case_form::problem(&page, error)?),
        }
    }
    page.answer()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::pages::tests::{Portal, between, link};

    const PDF: &[u8] = b"%PDF-1.4\nmade up\nstartxref\n9\n%%EOF\n";

    #[tokio::test]
    async fn a_person_disputes_a_field_with_a_file_and_everybody_who_is_shown_the_record_is_told() {
        let portal = Portal::demo().await;
        let person = portal.as_person().await;
        let page = person.get("/records").await.body;
        let address = link(&page, "/dispute");
        let form = person.get(&address).await.body;
        assert!(
            form.contains("4000 characters") && form.contains("PDF, PNG, JPEG"),
            "{form}"
        );
        let token = person.token();
        let fields: [(&str, &[u8]); 4] = [
            ("token", token.as_bytes()),
            ("field", b"scope"),
            ("text", "虚构示例：范围写错了".as_bytes()),
            ("files", PDF),
        ];
        let opened = person.upload(&address, &fields).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
        let procedure = opened.location.unwrap();
        let page = person.get(&procedure).await.body;
        for words in [
            "虚构示例：范围写错了",
            "13 December 2026",
            "shown to nobody",
            "PDF",
            "Opened",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let file = format!("{procedure}/files/{}", between(&page, "/files/", "\""));
        let answer = person.get(&file).await;
        assert_eq!(answer.bytes, PDF);
        assert_eq!(answer.headers["content-type"], "application/pdf");
        let other = portal.as_person_number(1).await;
        for path in [&procedure, &file, &address] {
            assert_eq!(other.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let records = person.get("/records").await.body;
        assert!(records.contains("is still to be followed"), "{records}");
        assert!(records.contains("See your dispute"), "{records}");
    }

    #[tokio::test]
    async fn what_is_wrong_is_said_at_the_field_and_what_was_written_is_kept() {
        let portal = Portal::demo().await;
        let person = portal.as_person().await;
        let page = person.get("/records").await.body;
        let address = link(&page, "/dispute");
        let (token, long) = (person.token(), "长".repeat(4_001));
        let huge = vec![b'x'; 10 * 1024 * 1024 + 1];
        let cases: [(&[u8], &[u8], &str, &str); 4] = [
            (b"", b"", "text", "Write what is wrong"),
            (long.as_bytes(), b"", "text", "at most 4000 characters"),
            (
                b"kept words",
                b"hello, I am no PDF",
                "files",
                "none of PDF, PNG, JPEG",
            ),
            (b"kept words", &huge, "files", "at most 10 MB"),
        ];
        for (text, file, field, words) in cases {
            let fields: [(&str, &[u8]); 4] = [
                ("token", token.as_bytes()),
                ("field", b"scope"),
                ("text", text),
                ("files", file),
            ];
            let again = person.upload(&address, &fields).await;
            assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
            assert!(again.body.contains(words), "{words}: {}", again.body);
            assert!(
                again.body.contains(&format!("id=\"{field}-error\"")),
                "{field}: {}",
                again.body
            );
            assert!(again.body.contains(&format!("href=\"#{field}\"")), "{field}");
            assert!(
                again.body.contains("<option value=\"scope\" selected>"),
                "{}",
                again.body
            );
            assert!(again.body.contains(std::str::from_utf8(text).unwrap()), "{words}");
        }
        let mut many: Vec<(&str, &[u8])> = vec![("token", token.as_bytes()), ("text", b"kept words")];
        many.extend(std::iter::repeat_n(("files", PDF), 6));
        let again = person.upload(&address, &many).await.body;
        assert!(
            again.contains("at most 5 files") && again.contains("kept words"),
            "{again}"
        );
        let forged = person.upload(&address, &[("text", b"x")]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
    }
}
